// SPDX-License-Identifier: GPL-2.0
/* vfnctl status: show whether vfn can be used, and its limits */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libvfn.h>

#include "vfnctl.h"

static const char help[] =
	"Usage: vfnctl status\n"
	"\n"
	"Show whether the vfn module is loaded and can be used, what its limits are,\n"
	"and how many mappings this process has.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Exit status: 0 if vfn can be used, 1 if not.\n";

static void print_status(const struct vfn_status *status)
{
	printf("module:    loaded\n"
	       "ABI:       %u\n"
	       "hooks:     %s, %s\n"
	       "limits:    %u mappings in a table, %u edits in a batch\n"
	       "mappings:  %u here%s\n",
	       status->abi, status->hooks,
	       status->attached ? "attached" : "not attached (no process has a view)",
	       status->max_mappings, status->max_batch, status->nr_mappings,
	       status->sealed ? ", sealed" : "");
}

int command_status(int argc, char **argv)
{
	struct vfn_status status;
	enum parse result;
	char *error = NULL;

	result = parse_no_arguments(argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("status", result, help, error);

	if (vfn_status(&status) == 0) {
		print_status(&status);
		return 0;
	}
	error = text_unavailable(errno);
	printf("module:    %s\n", access("/sys/module/vfn", F_OK) ? "not loaded" : "loaded");
	complain("%s", error);
	free(error);
	return 1;
}
