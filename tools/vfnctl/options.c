// SPDX-License-Identifier: GPL-2.0
/* vfnctl: options, with one-line errors of its own */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "vfnctl.h"

/*
 * The next option, or -1 when what is left are arguments, the first of them at
 * argv[optind].  Any other error gives '?' and says in *ERROR, for the caller
 * to free, what is wrong.  A new list begins with optind == 0; SHORTS begins
 * with "+:": stop at the first argument, tell missing values from unknown options.
 */
int next_option(int argc, char **argv, const char *shorts, const struct option *longs,
		char **error)
{
	int at = optind ? optind : 1;
	int option;

	opterr = 0;
	option = getopt_long(argc, argv, shorts, longs, NULL);
	switch (option) {
	case ':':
		*error = text("option '%s' lacks its value", argv[at]);
		return '?';
	case '?':
		*error = text("unknown option '%s'", argv[at]);
		return '?';
	default:
		return option;
	}
}

/*
 * The arguments of a command that takes --help and, if WHAT isn't NULL, exactly one
 * argument, which is called so in errors.
 */
static enum parse parse_arguments(const char *what, int argc, char **argv, char **error)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};

	optind = 0;
	switch (next_option(argc, argv, "+:h", longs, error)) {
	case -1:
		break;
	case 'h':
		return PARSE_HELP;
	default:
		return PARSE_BAD;
	}
	if (what && optind == argc) {
		*error = text("no %s given", what);
		return PARSE_BAD;
	}
	if (optind + !!what < argc) {
		*error = text("unexpected argument '%s'", argv[optind + !!what]);
		return PARSE_BAD;
	}
	return PARSE_OK;
}

enum parse parse_no_arguments(int argc, char **argv, char **error)
{
	return parse_arguments(NULL, argc, argv, error);
}

/* The argument is part of the list. */
enum parse parse_one_argument(const char *what, char **argument, int argc, char **argv,
			      char **error)
{
	enum parse result = parse_arguments(what, argc, argv, error);

	if (result == PARSE_OK)
		*argument = argv[optind];
	return result;
}

/* The arguments of a command that takes --json and --help. */
enum parse parse_json(bool *json, int argc, char **argv, char **error)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'J' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	*json = false;
	optind = 0;
	while ((option = next_option(argc, argv, "+:Jh", longs, error)) != -1) {
		if (option == 'h')
			return PARSE_HELP;
		if (option != 'J')
			return PARSE_BAD;
		*json = true;
	}
	if (optind < argc) {
		*error = text("unexpected argument '%s'", argv[optind]);
		return PARSE_BAD;
	}
	return PARSE_OK;
}

/* NULL, or what is wrong with it, for the caller to free. */
char *parse_pid(const char *argument, pid_t *pid)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(argument, &end, 10);
	if (errno || *end || end == argument || value <= 0 || value > INT_MAX)
		return text("'%s' is no process ID", argument);
	*pid = value;
	return NULL;
}

/* What command NAME does when RESULT isn't PARSE_OK; frees ERROR; the exit status. */
int finish_parse(const char *name, enum parse result, const char *help, char *error)
{
	if (result == PARSE_HELP) {
		fputs(help, stdout);
		return 0;
	}
	if (result == PARSE_FILE)
		complain("%s", error);
	else
		complain("%s: %s; see vfnctl %s --help", name, error, name);
	free(error);
	return EXIT_OWN;
}
