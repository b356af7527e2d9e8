// SPDX-License-Identifier: GPL-2.0
/* unit tests: vfnctl: table files: what they mean, where they are wrong, there and back */

#include <string.h>

#include <libvfn.h>
#include <names.h>
#include <table.h>
#include <vfnctl.h>

#include "tap.h"

static const char *getvar(const char *name)
{
	static const char *const set[][2] = {
		{ "HOME", "/home/ann" },
		{ "A", "/value" },
		{ "_b1", "b" },
		{ "EMPTY", "" },
		{ "ODD", " $A \\x41#~\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(set) / sizeof(set[0]); i++)
		if (!strcmp(set[i][0], name))
			return set[i][1];
	return NULL;
}

/* From memory of its own, so that reading behind its end is noticed. */
static struct table parse_bytes(const char *bytes, size_t length)
{
	char *copy = check_memory(malloc(length ? length : 1));
	struct table table;

	memcpy(copy, bytes, length);
	table = table_parse(copy, length, getvar);
	free(copy);
	return table;
}

static struct table parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static const struct {
	const char *text;
	const char *from;
	const char *to;
	unsigned int flags;
} one[] = {
	{ "/a b", "/a", "b", 0 },
	{ "/a /b\n", "/a", "/b", 0 },
	{ " \t/a \t /b \t", "/a", "/b", 0 },
	{ "/a /b # comment\n", "/a", "/b", 0 },
	{ "/a /b nofollow # comment\n", "/a", "/b", VFN_NOFOLLOW },
	{ "/a /b nofollow", "/a", "/b", VFN_NOFOLLOW },
	{ "/a - hide", "/a", NULL, 0 },
	{ "/a - hide  # gone\n", "/a", NULL, 0 },
	{ "# first\n\n  # second\n/a b\n#\n", "/a", "b", 0 },
	{ "# \x01 \" \\ $ '\n/a b", "/a", "b", 0 },
	{ "/a#b c#d", "/a#b", "c#d", 0 },
	{ "/a~ ~", "/a~", "/home/ann", 0 },
	{ "/a ~/b", "/a", "/home/ann/b", 0 },
	{ "~/a b", "/home/ann/a", "b", 0 },
	{ "~ b", "/home/ann", "b", 0 },
	{ "/a \\~", "/a", "~", 0 },
	{ "/a x/~", "/a", "x/~", 0 },
	{ "$A b", "/value", "b", 0 },
	{ "$A/$_b1 ${A}x${_b1}y", "/value/b", "/valuexby", 0 },
	{ "/$EMPTY${EMPTY}a b", "/a", "b", 0 },
	{ "/a ./$ODD", "/a", "./ $A \\x41#~\n", 0 },
	{ "/a -$EMPTY", "/a", "-", 0 },
	{ "/a \\-", "/a", "-", 0 },
	{ "/a ./-", "/a", "./-", 0 },
	{ "/a --", "/a", "--", 0 },
	{ "/a\\ b c\\ ", "/a b", "c ", 0 },
	{ "/\\\\ \\$A", "/\\", "$A", 0 },
	{ "/\\x41\\x6a\\x6A\\xff b", "/Ajj\xff", "b", 0 },
	{ "/\\n\\t\\x01 \\#", "/\n\t\x01", "#", 0 },
	{ "/a\"b'c \\\"", "/a\"b'c", "\"", 0 },
	{ "/a \\'", "/a", "'", 0 },
	{ "/a \\;\\|\\&\\*\\,", "/a", ";|&*,", 0 },
	{ "/\xc3\xa4 \xff", "/\xc3\xa4", "\xff", 0 },
	{ "/ ../x/..", "/", "../x/..", 0 },
	{ "/a,b nofollow", "/a,b", "nofollow", 0 },
	{ "/a hide", "/a", "hide", 0 },
};

START_TEST(mapping)
{
	struct table table = parse(one[_i].text);

	ck_assert_msg(!table.error, "%zu:%zu: %s", table.line, table.column, table.error);
	ck_assert_uint_eq(table.nr, 1);
	ck_assert_str_eq(table.mappings[0].from, one[_i].from);
	ck_assert_pstr_eq(table.mappings[0].to, one[_i].to);
	ck_assert_uint_eq(table.mappings[0].flags, one[_i].flags);
	table_free(&table);
}
END_TEST

START_TEST(many_in_order)
{
	struct table table = parse("/a 1\n\n# two\n  /b 2 nofollow\n/c - hide\n/a 3");
	static const size_t places[][2] = { { 1, 1 }, { 4, 3 }, { 5, 1 }, { 6, 1 } };
	size_t i;

	ck_assert_ptr_null(table.error);
	ck_assert_uint_eq(table.nr, 4);
	for (i = 0; i < 4; i++) {
		ck_assert_uint_eq(table.mappings[i].line, places[i][0]);
		ck_assert_uint_eq(table.mappings[i].column, places[i][1]);
	}
	ck_assert_str_eq(table.mappings[0].to, "1");
	ck_assert_uint_eq(table.mappings[1].flags, VFN_NOFOLLOW);
	ck_assert_uint_eq(table.mappings[2].flags, 0);
	ck_assert_str_eq(table.mappings[3].from, "/a");
	ck_assert_str_eq(table.mappings[3].to, "3");
	table_free(&table);
}
END_TEST

static const char *const nothing[] = { "", "\n", "  \t", "#", "# a\n#b", "\n\n \n" };

START_TEST(no_mapping)
{
	struct table table = parse(nothing[_i]);

	ck_assert_ptr_null(table.error);
	ck_assert_uint_eq(table.nr, 0);
	table_free(&table);
}
END_TEST

static const struct {
	const char *text;
	size_t line, column;
	const char *error;
} wrong[] = {
	{ "/a", 1, 3, "FROM '/a' has no TO" },
	{ "\n  /a  # /b\n", 2, 7, "FROM '/a' has no TO" },
	{ "/ok b\na /b", 2, 1, "FROM 'a' is relative; write an absolute name, such as \"$PWD/a\"" },
	{ "/ok b\n /a/../b c", 2, 2, "FROM '/a/../b' has a '..'; write the name without it" },
	{ "$EMPTY b", 1, 1, "FROM is empty" },
	{ "/a $EMPTY", 1, 4, "TO is empty" },
	{ "/a $NONE/b", 1, 4, "variable 'NONE' is not set" },
	{ "/a x/${NONE}", 1, 6, "variable 'NONE' is not set" },
	{ "/a $", 1, 4, "no variable's name follows the '$'; a '$' itself is written '\\$'" },
	{ "/a b$/c", 1, 5, "no variable's name follows the '$'; a '$' itself is written '\\$'" },
	{ "/a $1", 1, 4, "no variable's name follows the '$'; a '$' itself is written '\\$'" },
	{ "/a ${}", 1, 4, "no variable's name follows the '$'; a '$' itself is written '\\$'" },
	{ "/a ${A", 1, 4, "'${A' is not closed by a '}'" },
	{ "/a ${A b}", 1, 4, "'${A' is not closed by a '}'" },
	{ "/a ${A-x}", 1, 4, "'${A' is not closed by a '}'" },
	{ "/a ~ann/x", 1, 4, "only '~' and '~/' stand for a home directory, your own; "
			     "a '~' itself is written '\\~'" },
	{ "/a b\\", 1, 5, "nothing follows the '\\'; a name with a newline is written with '\\n'" },
	{ "/a b\\\n/c d", 1, 5, "nothing follows the '\\'; "
				"a name with a newline is written with '\\n'" },
	{ "/a \\q", 1, 4, "'\\q' has no meaning; a backslash itself is written '\\\\'" },
	{ "/a x\\0", 1, 5, "'\\0' has no meaning; a backslash itself is written '\\\\'" },
	{ "/a \\x4", 1, 4, "'\\x' wants two hexadecimal digits" },
	{ "/a \\x", 1, 4, "'\\x' wants two hexadecimal digits" },
	{ "/a \\x4g", 1, 4, "'\\x' wants two hexadecimal digits" },
	{ "/a b\\x00", 1, 5, "no name has a byte '\\x00'" },
	{ "/a \\\xff", 1, 4, "a '\\' before byte 0xff; write it '\\xff'" },
	{ "/a \\\t", 1, 4, "a '\\' before byte 0x09; write it '\\x09'" },
	{ "/a b\x1b[m", 1, 5, "control byte 0x1b; write it '\\x1b'" },
	{ "/a\x7f b", 1, 3, "control byte 0x7f; write it '\\x7f'" },
	{ "/a b\r\n/c d\r\n", 1, 5, "the line ends with a carriage return; "
				    "lines of a table end with a newline alone" },
	{ "\"/a b\" c", 1, 1, "names are not quoted; write a space '\\ ', "
			      "and a quote at the beginning '\\\"'" },
	{ "/a 'b c'", 1, 4, "names are not quoted; write a space '\\ ', "
			    "and a quote at the beginning '\\''" },
	{ "/a b c", 1, 6, "unknown option 'c'; there are 'hide' and 'nofollow', "
			  "and a space in a name is written '\\ '" },
	{ "/a b nofollow,c", 1, 15, "unknown option 'c'; there are 'hide' and 'nofollow', "
				    "and a space in a name is written '\\ '" },
	{ "/a b nofollow,", 1, 15, "unknown option ''; there are 'hide' and 'nofollow', "
				   "and a space in a name is written '\\ '" },
	{ "/a b \x1b[2J\xff", 1, 6, "unknown option '\\x1b[2J\\xff'; there are 'hide' and 'nofollow', "
				 "and a space in a name is written '\\ '" },
	{ "/a b ,", 1, 6, "unknown option ''; there are 'hide' and 'nofollow', "
			  "and a space in a name is written '\\ '" },
	{ "/a b nofollow,nofollow", 1, 15, "option 'nofollow' is given twice" },
	{ "/a - hide,nofollow", 1, 11, "options 'hide' and 'nofollow' exclude each other" },
	{ "/a b nofollow hide", 1, 15, "nothing but a comment may follow the options" },
	{ "/a b hide", 1, 4, "TO of a hidden name is '-'" },
	{ "/a \\- hide", 1, 4, "TO of a hidden name is '-'" },
	{ "/a  -", 1, 5, "TO is '-', which is for option 'hide'; "
			 "a file of that name is written './-'" },
	{ "/a - nofollow", 1, 4, "TO is '-', which is for option 'hide'; "
				 "a file of that name is written './-'" },
};

START_TEST(error_is_named_and_placed)
{
	struct table table = parse(wrong[_i].text);

	ck_assert_pstr_eq(table.error, wrong[_i].error);
	ck_assert_uint_eq(table.line, wrong[_i].line);
	ck_assert_uint_eq(table.column, wrong[_i].column);
	table_free(&table);
}
END_TEST

START_TEST(nul_is_an_error)
{
	struct table table = parse_bytes("/a b\n/c d\0e\n", 12);

	ck_assert_pstr_eq(table.error, "a NUL byte; a table is a text file");
	ck_assert_uint_eq(table.line, 2);
	ck_assert_uint_eq(table.column, 5);
	table_free(&table);
}
END_TEST

START_TEST(names_have_limits)
{
	char text[5000] = "/a /";
	struct table table;

	memset(text + 4, 'x', 256);
	table = parse(text);
	ck_assert_pstr_eq(table.error, "TO '/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' has a "
				       "component of 256 bytes, at most 255 are allowed");
	ck_assert_uint_eq(table.column, 4);
	table_free(&table);
	text[4 + 255] = '\0';
	table = parse(text);
	ck_assert_ptr_null(table.error);
	table_free(&table);
}
END_TEST

/* A name that is absolute if it SHALL be, of any bytes but NUL. */
static void random_name(char name[20], int absolute)
{
	static const char odd[] = " \t\n\\$#~\"'-/,\x7f\xff.{}ax0";
	size_t length = 1 + random() % 18, i = 0;

	if (absolute)
		name[i++] = '/';
	for (; i < length; i++) {
		if (random() % 2)
			name[i] = odd[random() % (sizeof(odd) - 1)];
		else
			name[i] = 1 + random() % 255;
	}
	name[i] = '\0';
}

START_TEST(lines_parse_back)
{
	char from[20], to[20], *line;
	unsigned int i, flags;
	struct table table;

	srandom(20);
	for (i = 0; i < 50000; i++) {
		do
			random_name(from, 1);
		while (has_dotdot(from));
		random_name(to, random() % 2);
		flags = random() % 3;
		line = table_line(from, flags == 2 ? NULL : to, flags == 1 ? VFN_NOFOLLOW : 0);
		table = parse(line);
		ck_assert_msg(!table.error, "'%s': %zu: %s", line, table.column, table.error);
		ck_assert_uint_eq(table.nr, 1);
		ck_assert_str_eq(table.mappings[0].from, from);
		ck_assert_pstr_eq(table.mappings[0].to, flags == 2 ? NULL : to);
		ck_assert_uint_eq(table.mappings[0].flags, flags == 1 ? VFN_NOFOLLOW : 0);
		table_free(&table);
		free(line);
	}
}
END_TEST

/* Whatever is read, either there is an error at a place in the file, or there is none. */
START_TEST(any_bytes)
{
	static const char *const parts[] = {
		"/a", " ", "b", "\n", "\t", "#", "\\", "x", "4", "1", "$", "{", "}", "A", "NONE",
		"~", "/", "-", "hide", "nofollow", ",", "\"", "'", "..", "\r", "\x80", "\x01",
	};
	char text[256];
	size_t length;
	unsigned int i, n;
	struct table table;

	srandom(21);
	for (i = 0; i < 50000; i++) {
		length = 0;
		for (n = random() % 20; n; n--) {
			const char *part = parts[random() % (sizeof(parts) / sizeof(parts[0]))];

			memcpy(text + length, part, strlen(part));
			length += strlen(part);
			if (random() % 200 == 0)
				text[length++] = random();
		}
		table = parse_bytes(text, length);
		if (table.error)
			ck_assert(table.line >= 1 && table.column >= 1 &&
				  table.column <= length + 1);
		for (n = 0; !table.error && n < table.nr; n++)
			ck_assert(table.mappings[n].from[0] == '/' &&
				  (!table.mappings[n].to || table.mappings[n].to[0]));
		table_free(&table);
	}
}
END_TEST

#define ADD_TABLE(tests, test, table) \
	tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *suite = suite_create("vfnctl-table");
	TCase *tests = tcase_create("vfnctl-table");

	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 120);
	ADD_TABLE(tests, mapping, one);
	tcase_add_test(tests, many_in_order);
	ADD_TABLE(tests, no_mapping, nothing);
	ADD_TABLE(tests, error_is_named_and_placed, wrong);
	tcase_add_test(tests, nul_is_an_error);
	tcase_add_test(tests, names_have_limits);
	tcase_add_test(tests, lines_parse_back);
	tcase_add_test(tests, any_bytes);
	return tap_run(suite);
}
