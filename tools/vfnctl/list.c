// SPDX-License-Identifier: GPL-2.0
/* vfnctl list: show the mappings of this process */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include <libsmartcols.h>

#include "list.h"

static const char help[] =
	"Usage: vfnctl list [--table | --json]\n"
	"\n"
	"Show the mappings that this process has, oldest first: those of the view that\n"
	"vfnctl is run in.\n"
	"\n"
	"  -t, --table  as a table with headings\n"
	"  -J, --json   as JSON\n"
	"  -h, --help   show this text\n"
	"\n"
	"Example:\n"
	"  vfnctl map /etc/hosts ./hosts -- vfnctl list\n";

enum { COL_FROM, COL_TO, COL_HIDDEN, COL_NOFOLLOW };

enum parse parse_list(enum list_format *format, int argc, char **argv, char **error)
{
	static const struct option longs[] = {
		{ "table", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'J' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	*format = LIST_PLAIN;
	optind = 0;
	while ((option = next_option(argc, argv, "+:tJh", longs, error)) != -1) {
		switch (option) {
		case 't':
			*format = LIST_TABLE;
			break;
		case 'J':
			*format = LIST_JSON;
			break;
		case 'h':
			return PARSE_HELP;
		default:
			return PARSE_BAD;
		}
	}
	if (optind < argc) {
		*error = text("unexpected argument '%s'", argv[optind]);
		return PARSE_BAD;
	}
	return PARSE_OK;
}

void print_name(FILE *out, const char *name)
{
	for (; *name; name++) {
		unsigned char byte = *name;

		if (iscntrl(byte) || byte == '\\')
			fprintf(out, "\\x%02x", byte);
		else
			fputc(byte, out);
	}
}

void print_plain(FILE *out, const struct vfn_mapping *mapping)
{
	print_name(out, mapping->from);
	if (mapping->to) {
		fputs(" -> ", out);
		print_name(out, mapping->to);
	} else {
		fputs(" (hidden)", out);
	}
	if (mapping->flags & VFN_NOFOLLOW)
		fputs(" (nofollow)", out);
	fputc('\n', out);
}

int show_mappings(const char *command,
		  void (*show)(const struct vfn_mapping *mapping, void *arg), void *arg)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping mapping;
	int more;

	if (!iter)
		return complain_unavailable(errno);
	while ((more = vfn_iter_next(iter, &mapping)) > 0)
		show(&mapping, arg);
	if (more < 0)
		complain("%s: can't read the table: %m", command);
	vfn_iter_free(iter);
	return more < 0 ? EXIT_OWN : 0;
}

static void show_plain(const struct vfn_mapping *mapping, void *arg)
{
	print_plain(arg, mapping);
}

static struct libscols_table *make_table(enum list_format format)
{
	static const char *const headings[] = { "from", "to", "hidden", "nofollow" };
	struct libscols_table *table = check_memory(scols_new_table());
	struct libscols_column *column;
	int i;

	for (i = COL_FROM; i <= COL_NOFOLLOW; i++) {
		column = check_memory(scols_table_new_column(table, headings[i], 0, 0));
		if (i >= COL_HIDDEN)
			scols_column_set_json_type(column, SCOLS_JSON_BOOLEAN);
	}
	scols_table_set_name(table, "mappings");
	scols_table_enable_json(table, format == LIST_JSON);
	return table;
}

static void set_cell(struct libscols_line *line, int column, const char *value)
{
	check_memory(scols_line_set_data(line, column, value) ? NULL : line);
}

static void show_row(const struct vfn_mapping *mapping, void *arg)
{
	struct libscols_line *line = check_memory(scols_table_new_line(arg, NULL));

	set_cell(line, COL_FROM, mapping->from);
	if (mapping->to)
		set_cell(line, COL_TO, mapping->to);
	set_cell(line, COL_HIDDEN, mapping->to ? "no" : "yes");
	set_cell(line, COL_NOFOLLOW, mapping->flags & VFN_NOFOLLOW ? "yes" : "no");
}

int command_list(int argc, char **argv)
{
	enum list_format format;
	struct libscols_table *table;
	enum parse result;
	char *error = NULL;
	int status;

	result = parse_list(&format, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("list", result, help, error);
	if (format == LIST_PLAIN)
		return show_mappings("list", show_plain, stdout);

	table = make_table(format);
	status = show_mappings("list", show_row, table);
	if (!status)
		scols_print_table(table);
	scols_unref_table(table);
	return status;
}
