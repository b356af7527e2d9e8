// SPDX-License-Identifier: GPL-2.0
/* vfnctl: rows and columns, as a table with headings or as JSON */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "grid.h"
#include "library.h"
#include "names.h"
#include "vfnctl.h"

#define FUNCTIONS(each)						\
	each(scols_column_set_json_type)			\
	each(scols_line_set_data)				\
	each(scols_new_table)					\
	each(scols_print_table)					\
	each(scols_table_enable_json)				\
	each(scols_table_enable_noencoding)			\
	each(scols_table_new_column)				\
	each(scols_table_new_line)				\
	each(scols_table_set_name)				\
	each(scols_unref_table)

/* libsmartcols, from the first table on */
static struct {
	FUNCTIONS(LIBRARY_MEMBER)
} lib;

static void load(void)
{
	static struct library library = {
		.file = "libsmartcols.so.1", .packages = "libsmartcols1 or libsmartcols",
	};

#define FIND(name) lib.name = library_function(&library, #name);
	FUNCTIONS(FIND)
#undef FIND
	library_require(&library);
}

struct libscols_table *grid_new(const char *name, bool json)
{
	struct libscols_table *table;

	load();
	table = check_memory(lib.scols_new_table());
	lib.scols_table_set_name(table, name);
	lib.scols_table_enable_json(table, json);
	/* Names are UTF-8 whatever the locale, in which libsmartcols counts columns. */
	lib.scols_table_enable_noencoding(table, !!setlocale(LC_CTYPE, "C.UTF-8"));
	return table;
}

void grid_column(struct libscols_table *table, const char *heading, int flags, int type)
{
	struct libscols_column *column;

	column = check_memory(lib.scols_table_new_column(table, heading, 0, flags));
	lib.scols_column_set_json_type(column, type);
}

struct libscols_line *grid_line(struct libscols_table *table)
{
	return check_memory(lib.scols_table_new_line(table, NULL));
}

void grid_cell(struct libscols_line *line, int column, const char *value)
{
	check_memory(lib.scols_line_set_data(line, column, value) ? NULL : line);
}

void grid_name(struct libscols_line *line, int column, const char *name)
{
	char *shown = show_name(name);

	grid_cell(line, column, shown);
	free(shown);
}

void grid_number(struct libscols_line *line, int column, unsigned long long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", value);
	grid_cell(line, column, digits);
}

void grid_print(struct libscols_table *table)
{
	lib.scols_print_table(table);
}

void grid_free(struct libscols_table *table)
{
	lib.scols_unref_table(table);
}
