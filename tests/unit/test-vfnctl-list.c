// SPDX-License-Identifier: GPL-2.0
/* unit tests: vfnctl list: its arguments, and how a mapping is shown */

#include <list.h>

#include "arguments.h"
#include "tap.h"

static enum parse list_of(struct list_options *options, char **argv, char **error)
{
	*error = NULL;
	return parse_list(options, count(argv), argv, error);
}

static const struct {
	char *option;
	enum list_format format;
} formats[] = {
	{ NULL, LIST_PLAIN },
	{ "--json", LIST_JSON },
	{ "-J", LIST_JSON },
	{ "--table", LIST_TABLE },
	{ "-t", LIST_TABLE },
};

START_TEST(list_formats)
{
	struct list_options options;
	char *error;

	ck_assert_int_eq(list_of(&options, ARGS("list", formats[_i].option), &error), PARSE_OK);
	ck_assert_int_eq(options.format, formats[_i].format);
	ck_assert_int_eq(options.pid, 0);
}
END_TEST

START_TEST(list_pid)
{
	struct list_options options;
	char *error;

	ck_assert_int_eq(list_of(&options, ARGS("list", "--pid", "12", "-J"), &error), PARSE_OK);
	ck_assert_int_eq(options.pid, 12);
	ck_assert_int_eq(options.format, LIST_JSON);
	ck_assert_int_eq(list_of(&options, ARGS("list", "-p2147483647"), &error), PARSE_OK);
	ck_assert_int_eq(options.pid, 2147483647);
	ck_assert_int_eq(list_of(&options, ARGS("list", "-h"), &error), PARSE_HELP);
}
END_TEST

static const struct {
	char *arguments[3];
	const char *error;
} bad_lists[] = {
	{ { "list", "/a" }, "unexpected argument '/a'" },
	{ { "list", "--jsom" }, "unknown option '--jsom'" },
	{ { "list", "--pid" }, "option '--pid' lacks its value" },
	{ { "list", "--pid=" }, "'' is no process ID" },
	{ { "list", "--pid=0" }, "'0' is no process ID" },
	{ { "list", "--pid=-1" }, "'-1' is no process ID" },
	{ { "list", "--pid=1x" }, "'1x' is no process ID" },
	{ { "list", "--pid=2147483648" }, "'2147483648' is no process ID" },
};

START_TEST(list_usage)
{
	char *argv[3] = { bad_lists[_i].arguments[0], bad_lists[_i].arguments[1] };
	struct list_options options;
	char *error;

	ck_assert_int_eq(list_of(&options, argv, &error), PARSE_BAD);
	ck_assert_str_eq(error, bad_lists[_i].error);
	free(error);
}
END_TEST

static const struct {
	struct vfn_mapping mapping;
	const char *line;
} lines[] = {
	{ { "/a", "/b", 0 }, "/a -> /b\n" },
	{ { "/a", NULL, 0 }, "/a (hidden)\n" },
	{ { "/a", "/b", VFN_NOFOLLOW }, "/a -> /b (nofollow)\n" },
	{ { "/a\n/c", "/b\\\x1b", 0 }, "/a\\x0a/c -> /b\\x5c\\x1b\n" },
	{ { "/\xc3\xa4", "/ b", 0 }, "/\xc3\xa4 -> / b\n" },
	{ { "/\xf0\x9f\x90\xa7", "/\xef\xbf\xbf", 0 },
	  "/\xf0\x9f\x90\xa7 -> /\xef\xbf\xbf\n" },
	/* no UTF-8: cut off, too long, a surrogate, beyond the last; and a control character */
	{ { "/\xc3", "/\xe2\x82/\xff", 0 }, "/\\xc3 -> /\\xe2\\x82/\\xff\n" },
	{ { "/\xc0\xaf", "/\xe0\x80\xaf", 0 }, "/\\xc0\\xaf -> /\\xe0\\x80\\xaf\n" },
	{ { "/\xed\xa0\x80", "/\xf4\x90\x80\x80", 0 },
	  "/\\xed\\xa0\\x80 -> /\\xf4\\x90\\x80\\x80\n" },
	{ { "/\xc2\x9b", "/\xc2\xa0\x7f", 0 }, "/\\xc2\\x9b -> /\xc2\xa0\\x7f\n" },
};

START_TEST(list_lines)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print_plain(out, &lines[_i].mapping);
	fclose(out);
	ck_assert_str_eq(text, lines[_i].line);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vfnctl-list");
	TCase *tests = tcase_create("vfnctl-list");

	suite_add_tcase(suite, tests);
	ADD_TABLE(tests, list_formats, formats);
	tcase_add_test(tests, list_pid);
	ADD_TABLE(tests, list_usage, bad_lists);
	ADD_TABLE(tests, list_lines, lines);
	return tap_run(suite);
}
