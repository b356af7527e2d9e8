// SPDX-License-Identifier: GPL-2.0
/* vfnctl save: write the mappings of this process to a table file */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"
#include "table.h"

static const char help[] =
	"Usage: vfnctl save FILE\n"
	"\n"
	"Write the mappings that this process has, oldest first, to the table FILE, or to\n"
	"the standard output if FILE is '-'. 'vfnctl run -f FILE' makes the same view of\n"
	"them, elsewhere or later. That a view is sealed is not kept.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Example:\n"
	"  vfnctl map /etc/hosts ./hosts -- vfnctl save my.table\n"
	"  vfnctl run -f my.table -- make test\n";

/**
 * struct output - where a table is written
 * @file:	open for writing
 * @name:	what it shall be called
 * @temp:	what it is called until it is whole; NULL: it is written in place
 */
struct output {
	FILE *file;
	const char *name;
	char *temp;
};

/* A file that is there, or isn't yet, is replaced when the new one is whole. */
static bool open_output(struct output *out)
{
	mode_t mask = umask(0);
	struct stat st;
	int fd;

	umask(mask);
	if (lstat(out->name, &st) == 0 && !S_ISREG(st.st_mode)) {
		out->file = fopen(out->name, "we");
		return out->file;
	}
	out->temp = text("%s.XXXXXX", out->name);
	fd = mkostemp(out->temp, O_CLOEXEC);
	if (fd < 0) {
		free(out->temp);
		out->temp = NULL;
		return false;
	}
	fchmod(fd, 0666 & ~mask);
	out->file = check_memory(fdopen(fd, "w"));
	return true;
}

static void show(const struct vfn_mapping *mapping, void *file)
{
	char *line = table_line(mapping->from, mapping->to, mapping->flags);

	fprintf(file, "%s\n", line);
	free(line);
}

static int write_table(FILE *file)
{
	fputs("# vfn table: FROM TO [OPTIONS]\n", file);
	return show_mappings("save", show, file);
}

/* The exit status; STATUS is that of what was done before. */
static int close_output(struct output *out, int status)
{
	bool good = !ferror(out->file);

	good = !fclose(out->file) && good;
	if (good && !status && out->temp)
		good = !rename(out->temp, out->name);
	if (!good)
		complain("save: can't write '%s': %m", out->name);
	if (out->temp && (status || !good))
		unlink(out->temp);
	free(out->temp);
	return good ? status : EXIT_OWN;
}

int command_save(int argc, char **argv)
{
	struct output out = { 0 };
	char *error = NULL, *name;
	enum parse result;

	result = parse_one_argument("FILE", &name, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("save", result, help, error);
	if (vfn_available() < 0)
		return complain_unavailable(errno);
	if (!strcmp(name, "-"))
		return write_table(stdout);
	out.name = name;
	if (!open_output(&out)) {
		complain("save: can't write '%s': %m", name);
		return EXIT_OWN;
	}
	return close_output(&out, write_table(out.file));
}
