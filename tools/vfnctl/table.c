// SPDX-License-Identifier: GPL-2.0
/* vfnctl: table files: from text to mappings, and back */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvfn.h>

#include "names.h"
#include "table.h"
#include "vfnctl.h"

/**
 * struct parser - a file being parsed
 * @at:		the next byte
 * @end:	behind the last one
 * @begin:	of the line
 * @line:	its number
 * @word:	the bytes of the word that is being read; NULL before the first
 * @length:	how many they are
 * @room:	for them
 * @getvar:	gives values
 * @table:	what has been made
 */
struct parser {
	const char *at;
	const char *end;
	const char *begin;
	size_t line;
	char *word;
	size_t length;
	size_t room;
	const char *(*getvar)(const char *name);
	struct table *table;
};

/* Takes ERROR over, which is about the byte at AT. */
static bool fail(struct parser *p, const char *at, char *error)
{
	p->table->error = error;
	p->table->line = p->line;
	p->table->column = at - p->begin + 1;
	return false;
}

static void add(struct parser *p, const char *bytes, size_t length)
{
	if (p->room - p->length <= length) {
		p->room = 2 * (p->room + length + 1);
		p->word = check_memory(realloc(p->word, p->room));
	}
	memcpy(p->word + p->length, bytes, length);
	p->length += length;
}

/* The bytes of ASCII, whatever the locale. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool at_word_end(const struct parser *p)
{
	return p->at == p->end || is_blank(*p->at) || *p->at == '\n';
}

static bool parse_hex(struct parser *p, const char *backslash)
{
	int high = p->end - p->at > 0 ? hex_value(p->at[0]) : -1;
	int low = p->end - p->at > 1 ? hex_value(p->at[1]) : -1;
	char byte;

	if (high < 0 || low < 0)
		return fail(p, backslash, text("'\\x' wants two hexadecimal digits"));
	byte = high << 4 | low;
	if (!byte)
		return fail(p, backslash, text("no name has a byte '\\x00'"));
	add(p, &byte, 1);
	p->at += 2;
	return true;
}

static bool parse_escape(struct parser *p)
{
	const char *backslash = p->at++;
	char byte;

	if (p->at == p->end || *p->at == '\n')
		return fail(p, backslash, text("nothing follows the '\\'; a name with a newline "
					       "is written with '\\n'"));
	byte = *p->at++;
	if (byte == 'x')
		return parse_hex(p, backslash);
	if (byte == 'n')
		byte = '\n';
	else if (byte == 't')
		byte = '\t';
	else if (is_letter(byte) || is_digit(byte))
		return fail(p, backslash, text("'\\%c' has no meaning; a backslash itself is "
					       "written '\\\\'", byte));
	else if (is_control(byte) || (unsigned char)byte >= 0x80)
		return fail(p, backslash, text("a '\\' before byte 0x%02x; write it '\\x%02x'",
					       (unsigned char)byte, (unsigned char)byte));
	add(p, &byte, 1);
	return true;
}

static bool add_variable(struct parser *p, const char *at, const char *name, size_t length)
{
	char *copy = check_memory(strndup(name, length));
	const char *value = p->getvar(copy);
	bool good = true;

	if (value)
		add(p, value, strlen(value));
	else
		good = fail(p, at, text("variable '%s' is not set", copy));
	free(copy);
	return good;
}

static bool parse_variable(struct parser *p)
{
	const char *dollar = p->at++, *name;
	bool braces = p->at < p->end && *p->at == '{';
	size_t length;

	p->at += braces;
	name = p->at;
	if (p->at < p->end && !is_digit(*p->at))
		while (p->at < p->end && (is_letter(*p->at) || is_digit(*p->at) || *p->at == '_'))
			p->at++;
	if (p->at == name)
		return fail(p, dollar, text("no variable's name follows the '$'; "
					    "a '$' itself is written '\\$'"));
	length = p->at - name;
	if (braces && (p->at == p->end || *p->at != '}'))
		return fail(p, dollar, text("'${%.*s' is not closed by a '}'", (int)length, name));
	p->at += braces;
	return add_variable(p, dollar, name, length);
}

static bool parse_tilde(struct parser *p)
{
	const char *tilde = p->at++;

	if (!at_word_end(p) && *p->at != '/')
		return fail(p, tilde, text("only '~' and '~/' stand for a home directory, your own; "
					   "a '~' itself is written '\\~'"));
	return add_variable(p, tilde, "HOME", strlen("HOME"));
}

/* A byte that doesn't mean itself, or is allowed nowhere. */
static bool parse_special(struct parser *p)
{
	unsigned char byte = *p->at;

	if (byte == '\\')
		return parse_escape(p);
	if (byte == '$')
		return parse_variable(p);
	if (byte == '\r' && (p->at + 1 == p->end || p->at[1] == '\n'))
		return fail(p, p->at, text("the line ends with a carriage return; "
					   "lines of a table end with a newline alone"));
	if (!byte)
		return fail(p, p->at, text("a NUL byte; a table is a text file"));
	return fail(p, p->at, text("control byte 0x%02x; write it '\\x%02x'", byte, byte));
}

/* How many bytes come here that mean themselves. */
static size_t plain_length(const struct parser *p)
{
	const char *at = p->at;

	while (at < p->end && !is_blank(*at) && !is_control(*at) && *at != '\\' && *at != '$')
		at++;
	return at - p->at;
}

/* The name that begins here, for the caller to free; NULL: an error. */
static char *parse_name(struct parser *p)
{
	p->length = 0;
	if (*p->at == '"' || *p->at == '\'') {
		fail(p, p->at, text("names are not quoted; write a space '\\ ', "
				    "and a quote at the beginning '\\%c'", *p->at));
		return NULL;
	}
	if (*p->at == '~' && !parse_tilde(p))
		return NULL;
	for (;;) {
		size_t plain = plain_length(p);

		add(p, p->at, plain);
		p->at += plain;
		if (at_word_end(p))
			break;
		if (!parse_special(p))
			return NULL;
	}
	return check_memory(strndup(p->word, p->length));
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->end && is_blank(*p->at))
		p->at++;
}

/* After blanks: is there no more in this line, but perhaps a comment? */
static bool at_line_end(const struct parser *p)
{
	return p->at == p->end || *p->at == '\n' || *p->at == '#';
}

#define OPTION_HIDE	(1u << 31)	/* beside the flags of vfn_map() */

static bool fail_option(struct parser *p, const char *begin, size_t length)
{
	char *word = check_memory(strndup(begin, length < 40 ? length : 40));
	char *shown = show_name(word), *error;

	error = text("unknown option '%s'; there are 'hide' and 'nofollow', "
		     "and a space in a name is written '\\ '", shown);
	free(shown);
	free(word);
	return fail(p, begin, error);
}

static bool parse_option(struct parser *p, unsigned int *options)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} known[] = {
		{ "hide", OPTION_HIDE },
		{ "nofollow", VFN_NOFOLLOW },
	};
	const char *begin = p->at;
	size_t length, i;

	while (!at_word_end(p) && *p->at != ',')
		p->at++;
	length = p->at - begin;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (length != strlen(known[i].name) || memcmp(begin, known[i].name, length))
			continue;
		if (*options & known[i].bit)
			return fail(p, begin, text("option '%s' is given twice", known[i].name));
		*options |= known[i].bit;
		if (*options == (OPTION_HIDE | VFN_NOFOLLOW))
			return fail(p, begin, text("options 'hide' and 'nofollow' exclude each other"));
		return true;
	}
	return fail_option(p, begin, length);
}

static bool parse_options(struct parser *p, unsigned int *options)
{
	*options = 0;
	skip_blanks(p);
	if (at_line_end(p))
		return true;
	for (;;) {
		if (!parse_option(p, options))
			return false;
		if (at_word_end(p))
			break;
		p->at++;
	}
	skip_blanks(p);
	return at_line_end(p) || fail(p, p->at, text("nothing but a comment may follow the options"));
}

/* Checks @map->to, which was written at TO, and takes it away if it only says "hide". */
static bool check_to(struct parser *p, struct table_mapping *map, const char *to, bool dash)
{
	char *error;

	if (map->flags & OPTION_HIDE) {
		if (!dash)
			return fail(p, to, text("TO of a hidden name is '-'"));
		free(map->to);
		map->to = NULL;
		map->flags = 0;
		return true;
	}
	if (dash)
		return fail(p, to, text("TO is '-', which is for option 'hide'; "
					"a file of that name is written './-'"));
	error = check_name("TO", map->to);
	return !error || fail(p, to, error);
}

static bool parse_mapping(struct parser *p, struct table_mapping *map)
{
	const char *from = p->at, *to;
	char *error;
	bool dash;

	map->line = p->line;
	map->column = from - p->begin + 1;
	map->from = parse_name(p);
	if (!map->from)
		return false;
	error = check_from("FROM", map->from);
	if (error)
		return fail(p, from, error);
	skip_blanks(p);
	if (at_line_end(p))
		return fail(p, p->at, text("FROM '%s' has no TO", map->from));
	to = p->at;
	map->to = parse_name(p);
	if (!map->to)
		return false;
	dash = p->at - to == 1 && *to == '-';
	return parse_options(p, &map->flags) && check_to(p, map, to, dash);
}

static struct table_mapping *new_mapping(struct table *table)
{
	struct table_mapping *map;

	/* Room for 2^n, so that it grows when there are as many. */
	if (!(table->nr & (table->nr - 1)))
		table->mappings = check_memory(reallocarray(table->mappings,
							    table->nr ? 2 * table->nr : 1,
							    sizeof(*map)));
	map = &table->mappings[table->nr++];
	*map = (struct table_mapping){ 0 };
	return map;
}

struct table table_parse(const char *bytes, size_t length,
			 const char *(*getvar)(const char *name))
{
	struct table table = { 0 };
	struct parser p = {
		.at = bytes, .end = bytes + length, .getvar = getvar, .table = &table,
	};

	while (p.at < p.end) {
		p.begin = p.at;
		p.line++;
		skip_blanks(&p);
		if (!at_line_end(&p) && !parse_mapping(&p, new_mapping(&table)))
			break;
		while (p.at < p.end && *p.at != '\n')
			p.at++;
		p.at += p.at < p.end;
	}
	free(p.word);
	return table;
}

void table_free(struct table *table)
{
	size_t i;

	for (i = 0; i < table->nr; i++) {
		free(table->mappings[i].from);
		free(table->mappings[i].to);
	}
	free(table->mappings);
	free(table->error);
	*table = (struct table){ 0 };
}

static void write_name(FILE *out, const char *name)
{
	const char *c;

	for (c = name; *c; c++) {
		if (is_control(*c))
			fprintf(out, "\\x%02x", (unsigned char)*c);
		else if (strchr(c == name ? " \\$#~\"'" : " \\$", *c))
			fprintf(out, "\\%c", *c);
		else
			fputc(*c, out);
	}
}

char *table_line(const char *from, const char *to, unsigned int flags)
{
	char *line = NULL;
	size_t length;
	FILE *out = check_memory(open_memstream(&line, &length));

	write_name(out, from);
	fputc(' ', out);
	if (!to)
		fputs("- hide", out);
	else if (!strcmp(to, "-"))
		fputs("\\-", out);
	else
		write_name(out, to);
	if (flags & VFN_NOFOLLOW)
		fputs(" nofollow", out);
	check_memory(fclose(out) ? NULL : line);
	return line;
}
