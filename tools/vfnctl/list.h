/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl list: how mappings are shown */
#ifndef VFNCTL_LIST_H
#define VFNCTL_LIST_H

#include <stdio.h>

#include <libvfn.h>

#include "vfnctl.h"

enum list_format {
	LIST_PLAIN,	/* a line each */
	LIST_TABLE,
	LIST_JSON,
};

enum parse parse_list(enum list_format *format, int argc, char **argv, char **error);

/* Hand each mapping of this process to SHOW, for COMMAND; 0, or the exit status. */
int show_mappings(const char *command,
		  void (*show)(const struct vfn_mapping *mapping, void *arg), void *arg);

/* A name may have any byte but NUL: those that don't print, and '\\', as \\xHH. */
void print_name(FILE *out, const char *name);

void print_plain(FILE *out, const struct vfn_mapping *mapping);

#endif /* VFNCTL_LIST_H */
