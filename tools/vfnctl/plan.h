/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: a plan: the edits that an argument list asks for, and the command to run */
#ifndef VFNCTL_PLAN_H
#define VFNCTL_PLAN_H

#include <stddef.h>

#include "vfnctl.h"

/**
 * struct edit - a mapping to make, or a name to hide
 * @from:	absolute
 * @to:		NULL: hide FROM
 * @flags:	as for vfn_map()
 * @file:	of the table where it stands, part of the argument list; NULL: in that itself
 * @line:	of the file, from 1
 * @column:	of the line, from 1
 */
struct edit {
	char *from;
	char *to;
	unsigned int flags;
	const char *file;
	size_t line;
	size_t column;
};

struct plan {
	struct edit *edits;
	size_t nr_edits;
	char **command;	/* what to run, part of the argument list */
	char *error;	/* why the argument list is PARSE_BAD */
};

/* plan.c: no system calls */
void plan_add(struct plan *plan, const struct edit *edit);
void plan_free(struct plan *plan);
enum parse plan_error(struct plan *plan, char *error);
enum parse plan_check(struct plan *plan);
enum parse plan_command(struct plan *plan, int argc, char **argv, int dashes);
enum parse plan_names(struct plan *plan, int argc, char **argv, int *first, int *end);
const char *plan_reason(const struct edit *edit, int err);
char *plan_explain(const struct plan *plan, size_t failed, int err);

/* file.c: add what a table file says; its errors are PARSE_FILE. */
enum parse plan_read(struct plan *plan, const char *name);

/* Each fills in an empty plan from its command's argument list. */
enum parse parse_map(struct plan *plan, int argc, char **argv);
enum parse parse_hide(struct plan *plan, int argc, char **argv);
enum parse parse_run(struct plan *plan, int argc, char **argv);
/* Without edits: *SOCKET is part of the argument list. */
enum parse parse_enter(struct plan *plan, char **socket, int argc, char **argv);

/* exec.c: these do not return unless they fail; the exit status */
int command_exec(char **command);
int plan_exec(const struct plan *plan);
int plan_finish(const char *name, enum parse result, const char *help, struct plan *plan);

#endif /* VFNCTL_PLAN_H */
