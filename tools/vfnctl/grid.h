/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: rows and columns, as a table with headings or as JSON */
#ifndef VFNCTL_GRID_H
#define VFNCTL_GRID_H

#include <stdbool.h>

#include <libsmartcols.h>

/* NAME is what JSON calls the rows. */
struct libscols_table *grid_new(const char *name, bool json);

/* FLAGS and TYPE are libsmartcols's. */
void grid_column(struct libscols_table *table, const char *heading, int flags, int type);

struct libscols_line *grid_line(struct libscols_table *table);

/* VALUE is printed as it is, a name as show_name() has it. */
void grid_cell(struct libscols_line *line, int column, const char *value);
void grid_name(struct libscols_line *line, int column, const char *name);
void grid_number(struct libscols_line *line, int column, unsigned long long value);

void grid_print(struct libscols_table *table);
void grid_free(struct libscols_table *table);

#endif /* VFNCTL_GRID_H */
