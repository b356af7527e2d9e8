/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: what names may be */
#ifndef VFNCTL_NAMES_H
#define VFNCTL_NAMES_H

#include <stdbool.h>

/*
 * What is wrong with a name, for the caller to free, or NULL; WHAT is what to call
 * it.  No system calls.  check_from() has all that check_name() has.
 */
char *check_name(const char *what, const char *name);
char *check_from(const char *what, const char *from);

/* Is one of the components ".."? */
bool has_dotdot(const char *name);

#endif /* VFNCTL_NAMES_H */
