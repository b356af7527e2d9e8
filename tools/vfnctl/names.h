/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: what names may be */
#ifndef VFNCTL_NAMES_H
#define VFNCTL_NAMES_H

#include <stdbool.h>
#include <stdio.h>

/*
 * What is wrong with a name, for the caller to free, or NULL; WHAT is what to call
 * it.  No system calls.  check_from() has all that check_name() has.
 */
char *check_name(const char *what, const char *name);
char *check_from(const char *what, const char *from);

/* Is one of the components ".."? */
bool has_dotdot(const char *name);

/*
 * A name as it is shown, for the caller to free: control characters, '\\' and bytes
 * that aren't UTF-8 as \\xHH, which table files have, too.  So what is shown is UTF-8,
 * and means one name only.
 */
char *show_name(const char *name);
void print_name(FILE *out, const char *name);

#endif /* VFNCTL_NAMES_H */
