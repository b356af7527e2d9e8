// SPDX-License-Identifier: GPL-2.0
/* vfnctl which: say what a name means in this view, and why */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvfn.h>

#include "names.h"
#include "plan.h"
#include "vfnctl.h"

static const char help[] =
	"Usage: vfnctl which [--no-follow] NAME...\n"
	"\n"
	"Say what each NAME means in the view that vfnctl is run in: the symlinks and\n"
	"mappings that take part, in the order they are met, and what the name really is.\n"
	"\n"
	"  -n, --no-follow  if the last component is a symlink, it is what is meant\n"
	"  -h, --help       show this text\n"
	"\n"
	"Exit status: 0; 1 if a NAME is hidden or leads nowhere on the way.\n"
	"\n"
	"Example:\n"
	"  vfnctl map /usr/bin/python3 ./python -- vfnctl which /bin/python3\n";

static void print_pair(const char *what, const struct vfn_step *step)
{
	printf("  %-8s ", what);
	print_name(stdout, step->from);
	if (*step->to) {
		fputs(" -> ", stdout);
		print_name(stdout, step->to);
	}
	putchar('\n');
}

/* 0: it means something; 1: it doesn't. */
static int print_steps(struct vfn_steps *steps)
{
	struct vfn_step step;
	int status = 0;

	while (vfn_steps_next(steps, &step) > 0) {
		switch (step.kind) {
		case VFN_IS_LINK:
			print_pair("link", &step);
			break;
		case VFN_IS_JUMP:
			print_pair("jump", &step);
			break;
		case VFN_IS_MAPPED:
			print_pair("mapping", &step);
			break;
		case VFN_IS_HIDDEN:
			print_pair("hidden", &step);
			status = 1;
			break;
		case VFN_IS_MISSING:
			print_pair("parent", &step);
			break;
		case VFN_IS_RESULT:
			print_pair("is", &step);
			status = 0;
			break;
		}
	}
	return status;
}

/* These say nothing of the name. */
static bool is_no_answer(int err)
{
	return err == EBUSY || err == ENOMEM || err == EINTR;
}

static int which(const char *name, unsigned int flags)
{
	struct vfn_steps *steps = vfn_resolve(AT_FDCWD, name, flags);
	int status;

	if (!steps && is_no_answer(errno)) {
		complain("which: %s", plan_reason(NULL, errno));
		return EXIT_OWN;
	}
	if (!steps && vfn_available() < 0)
		return complain_unavailable(errno);
	print_name(stdout, name);
	putchar('\n');
	if (!steps) {
		printf("  nothing: %s\n", errno == ESTALE ?
		       "the working directory has no name in this view" : strerror(errno));
		return 1;
	}
	status = print_steps(steps);
	vfn_steps_free(steps);
	return status;
}

enum parse parse_which(unsigned int *flags, int argc, char **argv, char **error)
{
	static const struct option longs[] = {
		{ "no-follow", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	*flags = 0;
	optind = 0;
	while ((option = next_option(argc, argv, "+:nh", longs, error)) != -1) {
		if (option == 'h')
			return PARSE_HELP;
		if (option != 'n')
			return PARSE_BAD;
		*flags = VFN_NOFOLLOW;
	}
	if (optind == argc) {
		*error = text("no NAME given");
		return PARSE_BAD;
	}
	return PARSE_OK;
}

int command_which(int argc, char **argv)
{
	unsigned int flags;
	char *error = NULL;
	enum parse result;
	int status = 0, one, i;

	result = parse_which(&flags, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("which", result, help, error);
	for (i = optind; i < argc; i++) {
		one = which(argv[i], flags);
		if (one == EXIT_OWN)
			return EXIT_OWN;
		status |= one;
	}
	return status;
}
