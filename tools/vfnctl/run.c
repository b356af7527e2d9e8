// SPDX-License-Identifier: GPL-2.0
/* vfnctl run: run a command under mappings from files and arguments */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static const char help[] =
	"Usage: vfnctl run [-f TABLE]... [-m FROM=TO]... -- COMMAND [ARG]...\n"
	"\n"
	"Run COMMAND. For it and all that it starts, names mean what the tables and\n"
	"mappings say, of which the last one counts. No other process sees a change.\n"
	"\n"
	"  -f, --file TABLE   add the mappings of a file, a line 'FROM TO [OPTIONS]' each, as\n"
	"                     'vfnctl save' writes it; '-' is the standard input\n"
	"  -m, --map FROM=TO  add a mapping; in both names '\\=' is '=' and '\\\\' is '\\',\n"
	"                     and the first '=' without a backslash ends FROM\n"
	"  -h, --help         show this text\n"
	"\n"
	"In a table, OPTIONS are 'nofollow' (if TO is a symlink, FROM is that symlink) and\n"
	"'hide' (FROM does not exist; TO is '-'); '#' begins a comment, '~/' is your home\n"
	"directory, '$VAR' a variable's value, and '\\' and a space a space in a name.\n"
	"\n"
	"Examples:\n"
	"  vfnctl run -m /etc/hosts=hosts -m /opt/tool=\"$HOME/tool\" -- make test\n"
	"  vfnctl run -f my.table -- make test\n";

/*
 * Copy SPEC to OUT, up to the first '=' that no backslash comes before if
 * AT_EQUALS, without the backslashes that escape.  Returns where it stopped.
 */
static const char *unescape(const char *spec, char *out, int at_equals)
{
	while (*spec && !(at_equals && *spec == '=')) {
		if (*spec == '\\' && (spec[1] == '=' || spec[1] == '\\'))
			spec++;
		*out++ = *spec++;
	}
	*out = '\0';
	return spec;
}

static enum parse add_mapping(struct plan *plan, const char *spec)
{
	struct edit edit = {
		.from = check_memory(malloc(strlen(spec) + 1)),
		.to = check_memory(malloc(strlen(spec) + 1)),
	};
	const char *equals = unescape(spec, edit.from, 1);

	if (!*equals) {
		free(edit.from);
		free(edit.to);
		return plan_error(plan, text("'%s' is not of the form FROM=TO", spec));
	}
	unescape(equals + 1, edit.to, 0);
	plan_add(plan, &edit);
	return PARSE_OK;
}

enum parse parse_run(struct plan *plan, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "file", required_argument, NULL, 'f' },
		{ "map", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	enum parse result;
	bool file = false;
	char *error;
	int option;

	optind = 0;
	while ((option = next_option(argc, argv, "+:f:m:h", longs, &error)) != -1) {
		switch (option) {
		case 'f':
			result = plan_read(plan, optarg);
			if (result != PARSE_OK)
				return result;
			file = true;
			break;
		case 'm':
			if (add_mapping(plan, optarg) == PARSE_BAD)
				return PARSE_BAD;
			break;
		case 'h':
			return PARSE_HELP;
		default:
			return plan_error(plan, error);
		}
	}

	/* A table may be empty. */
	if (!plan->nr_edits && !file)
		return plan_error(plan, text("no mapping: give -f TABLE or -m FROM=TO"));
	if (strcmp(argv[optind - 1], "--"))
		return plan_command(plan, argc, argv, argc);
	if (plan_command(plan, argc, argv, optind - 1) == PARSE_BAD)
		return PARSE_BAD;
	return plan_check(plan);
}

int command_run(int argc, char **argv)
{
	struct plan plan = { 0 };

	return plan_finish("run", parse_run(&plan, argc, argv), help, &plan);
}
