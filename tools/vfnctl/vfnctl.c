// SPDX-License-Identifier: GPL-2.0
/* vfnctl: views of file names from the command line: the table of commands */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vfn.h>

#include "vfnctl.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *description;
} commands[] = {
	{ "map", command_map, "run a command that sees other files under some names" },
	{ "hide", command_hide, "run a command for which some names do not exist" },
	{ "run", command_run, "run a command under mappings from files and arguments" },
	{ "save", command_save, "write the mappings of this process to a file for run -f" },
	{ "share", command_share, "hand this view to those who ask for it" },
	{ "enter", command_enter, "run a command in a view that is shared" },
	{ "list", command_list, "show the mappings of this process" },
	{ "ps", command_ps, "show the processes that have a view" },
	{ "events", command_events, "tell what becomes of views" },
	{ "which", command_which, "say what a name means in this view, and why" },
	{ "status", command_status, "show whether vfn can be used, and its limits" },
	{ "doctor", command_doctor, "look for what keeps vfn from working" },
	{ "load", command_load, "load the kernel module" },
	{ "unload", command_unload, "unload the kernel module" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_usage(void)
{
	size_t i;

	puts("Usage: vfnctl COMMAND [ARG]...\n"
	     "\n"
	     "Give a command, and all that it starts, its own view of file names.\n"
	     "\n"
	     "Commands:");
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].description);
	puts("\n"
	     "  -h, --help     show this text; 'vfnctl COMMAND --help' tells more\n"
	     "  -V, --version  show the version\n"
	     "\n"
	     "Example:\n"
	     "  vfnctl map /usr/bin/python3 ~/py39/usr/bin/python3.9 -- ./script\n"
	     "\n"
	     "Exit status: that of the command that was run; 126 if it can't be executed,\n"
	     "127 if it isn't found, 125 if vfnctl itself failed.");
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static int run(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	const struct command *command;
	char *error = NULL;

	switch (next_option(argc, argv, "+:hV", longs, &error)) {
	case -1:
		break;
	case 'h':
		print_usage();
		return 0;
	case 'V':
		printf("vfnctl %s (ABI %d)\n", VERSION, VFN_ABI_VERSION);
		return 0;
	default:
		complain("%s; see vfnctl --help", error);
		free(error);
		return EXIT_OWN;
	}

	if (optind == argc) {
		complain("no command given; see vfnctl --help");
		return EXIT_OWN;
	}
	command = find_command(argv[optind]);
	if (!command) {
		complain("unknown command '%s'; see vfnctl --help", argv[optind]);
		return EXIT_OWN;
	}
	return command->run(argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	int status = run(argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		complain("can't write the output: %m");
		return EXIT_OWN;
	}
	return status;
}
