// SPDX-License-Identifier: GPL-2.0
/* vfnctl: rows and columns, as a table with headings or as JSON */

#include <stdio.h>

#include "grid.h"
#include "vfnctl.h"

struct libscols_table *grid_new(const char *name, bool json)
{
	struct libscols_table *table = check_memory(scols_new_table());

	scols_table_set_name(table, name);
	scols_table_enable_json(table, json);
	return table;
}

void grid_column(struct libscols_table *table, const char *heading, int flags, int type)
{
	struct libscols_column *column;

	column = check_memory(scols_table_new_column(table, heading, 0, flags));
	scols_column_set_json_type(column, type);
}

void grid_cell(struct libscols_line *line, int column, const char *value)
{
	check_memory(scols_line_set_data(line, column, value) ? NULL : line);
}

void grid_number(struct libscols_line *line, int column, unsigned long long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", value);
	grid_cell(line, column, digits);
}

void grid_print(struct libscols_table *table)
{
	scols_print_table(table);
}

void grid_free(struct libscols_table *table)
{
	scols_unref_table(table);
}
