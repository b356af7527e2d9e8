/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking at the tables of other processes (S8), and at all of them together
 */
#ifndef VFN_HOLDER_H
#define VFN_HOLDER_H

#include <linux/cred.h>
#include <linux/pid.h>

struct vfn_table;

/**
 * struct vfn_holder - what there is to say of a process that has a table
 * @mappings:	in its table
 * @sealed:	so is its table
 * @bytes:	of the mappings
 * @translations: that its threads have made
 * @edits:	that it has made
 */
struct vfn_holder {
	u32 mappings;
	bool sealed;
	u64 bytes;
	u64 translations;
	u32 edits;
};

/*
 * vfn_holder_table() - the table of the process @pid, with a reference
 * @opener:	who has to have ptrace read access, beside the caller
 *
 * NULL: it has none.  Errors: -ESRCH, -EPERM, -EAGAIN (it is in execve()).
 */
struct vfn_table *vfn_holder_table(struct pid *pid, const struct cred *opener);

/* The same of what there is to say of the process; -ENOENT: it has no table. */
int vfn_holder_read(struct pid *pid, const struct cred *opener, struct vfn_holder *holder);

/*
 * vfn_holders_at() - some of all holders, with a reference to each
 * @bucket:	of the hash of views
 * @skip:	how many there to leave out
 * @pids:	they go here, @max at most
 *
 * Returns how many.
 */
unsigned int vfn_holders_at(unsigned int bucket, unsigned int skip, struct pid **pids,
			    unsigned int max);

/**
 * struct vfn_totals - of all views
 * @views:	how many processes have one
 * @mappings:	in their tables; those that are shared count for each
 * @translations: since the module was loaded
 */
struct vfn_totals {
	u64 views;
	u64 mappings;
	u64 translations;
};

void vfn_holders_sum(struct vfn_totals *totals);

#endif /* VFN_HOLDER_H */
