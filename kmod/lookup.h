/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lookup of a holder, from the hook to the outcome
 */
#ifndef VFN_LOOKUP_H
#define VFN_LOOKUP_H

#include "walk.h"

/**
 * struct lookup - a call of one of the three lookup functions
 * @thread:	the caller
 * @table:	its table; NULL: the call goes through as it is
 * @dfd:	as given by the caller
 * @name:	as given by the caller
 * @flags:	LOOKUP_* of the caller, and LOOKUP_CREATE for O_CREAT
 * @parent:	the last component is to be created, removed or renamed
 * @exec:	execve() opens the program or an interpreter
 * @walk:	for the follow_link hook
 * @sub:	the name to look up in place of @name, absolute; or NULL
 * @follow:	@sub is a TO, to be followed if it is a symlink
 * @real:	the symlinks and mounts on the way of @sub are TO's own, and count for
 *		nothing
 * @second:	this is the second try, with a name resolved step by step
 */
struct lookup {
	struct vfn_thread *thread;
	const struct vfn_table *table;
	int dfd;
	struct filename *name;
	unsigned int flags;
	bool parent;
	bool exec;
	struct vfn_walk walk;
	struct filename *sub;
	bool follow;
	bool real;
	bool second;
};

/*
 * missing.c: ancestors of mapped names that don't really exist (N8)
 */

/*
 * Is the name one that a lookup won't find, but that is a directory in the view
 * (N8)?  For calls that would make it otherwise.  1, 0, -ENOMEM.
 */
int vfn_is_missing(struct lookup *l);

/**
 * enum vfn_missing - which directory is there in the view alone
 * @VFN_MISSING_NAME: perhaps what the name means
 * @VFN_MISSING_PARENT: perhaps the directory that its last component lies in
 * @VFN_MISSING_LAST: what the name means, for sure; the directory that its last
 *	component lies in is wanted, and shall be one too, so that nothing is made in it
 */
enum vfn_missing {
	VFN_MISSING_NAME,
	VFN_MISSING_PARENT,
	VFN_MISSING_LAST,
};

/*
 * The lookup has found nothing, perhaps because a directory is there in the view
 * alone.  0: *@dir is it, with a reference; but for VFN_MISSING_NAME, *@last is what
 * follows it in the name, to be put by putname().  -ENOENT: that wasn't it; -ENOMEM.
 */
int vfn_find_missing(struct lookup *l, enum vfn_missing what, struct path *dir,
		     struct filename **last);

#endif /* VFN_LOOKUP_H */
