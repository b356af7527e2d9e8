// SPDX-License-Identifier: GPL-2.0
/* vfnctl: reading table files into plans */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "table.h"

/* All that IN has, for the caller to free; NULL: errno. */
static char *read_all(FILE *in, size_t *length)
{
	size_t room = 4096, got;
	char *bytes = check_memory(malloc(room));

	*length = 0;
	while ((got = fread(bytes + *length, 1, room - *length, in))) {
		*length += got;
		if (*length == room) {
			room *= 2;
			bytes = check_memory(realloc(bytes, room));
		}
	}
	if (!ferror(in))
		return bytes;
	free(bytes);
	return NULL;
}

static const char *getvar(const char *name)
{
	return getenv(name);
}

/* Takes the names of TABLE over, unless it has an error. */
static enum parse add_table(struct plan *plan, const char *name, struct table *table)
{
	size_t i;

	if (table->error) {
		plan_error(plan, text("%s:%zu:%zu: %s", name, table->line, table->column,
				      table->error));
		return PARSE_FILE;
	}
	for (i = 0; i < table->nr; i++) {
		const struct table_mapping *map = &table->mappings[i];

		plan_add(plan, &(struct edit){
			.from = map->from,
			.to = map->to,
			.flags = map->flags,
			.file = name,
			.line = map->line,
			.column = map->column,
		});
	}
	table->nr = 0;
	return PARSE_OK;
}

enum parse plan_read(struct plan *plan, const char *name)
{
	FILE *in = strcmp(name, "-") ? fopen(name, "re") : stdin;
	char *bytes = NULL;
	struct table table;
	enum parse result;
	size_t length;

	if (in)
		bytes = read_all(in, &length);
	if (!bytes)
		plan_error(plan, text("can't read table '%s': %m", name));
	if (in && in != stdin)
		fclose(in);
	if (!bytes)
		return PARSE_FILE;
	table = table_parse(bytes, length, getvar);
	result = add_table(plan, name, &table);
	table_free(&table);
	free(bytes);
	return result;
}
