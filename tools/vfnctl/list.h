/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl list: how mappings are shown */
#ifndef VFNCTL_LIST_H
#define VFNCTL_LIST_H

#include <stdio.h>
#include <sys/types.h>

#include <libvfn.h>

#include "vfnctl.h"

enum list_format {
	LIST_PLAIN,	/* a line each */
	LIST_TABLE,
	LIST_JSON,
};

/**
 * struct list_options - what to list, and how
 * @format:	how
 * @pid:	whose; 0: one's own
 */
struct list_options {
	enum list_format format;
	pid_t pid;
};

enum parse parse_list(struct list_options *options, int argc, char **argv, char **error);

/* Hand each mapping of this process to SHOW, for COMMAND; 0, or the exit status. */
int show_mappings(const char *command,
		  void (*show)(const struct vfn_mapping *mapping, void *arg), void *arg);

void print_plain(FILE *out, const struct vfn_mapping *mapping);

#endif /* VFNCTL_LIST_H */
