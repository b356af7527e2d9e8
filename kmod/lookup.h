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
 * @flags:	LOOKUP_* of the caller
 * @parent:	the last component is to be created, removed or renamed
 * @walk:	for the follow_link hook
 * @sub:	the name to look up in place of @name, absolute; or NULL
 * @follow:	@sub is a TO, to be followed if it is a symlink
 * @second:	this is the second try, with a name resolved step by step
 */
struct lookup {
	struct vfn_thread *thread;
	const struct vfn_table *table;
	int dfd;
	struct filename *name;
	unsigned int flags;
	bool parent;
	struct vfn_walk walk;
	struct filename *sub;
	bool follow;
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

/*
 * The lookup has found nothing.  Is the name, or for @parent its directory, one that
 * is there in the view alone?  0: *@dir is it, with a reference, and for @parent
 * *@last is what follows it in the name, to be put by putname().  -ENOENT: it isn't;
 * -ENOMEM.
 */
int vfn_find_missing(struct lookup *l, bool parent, struct path *dir,
		     struct filename **last);

#endif /* VFN_LOOKUP_H */
