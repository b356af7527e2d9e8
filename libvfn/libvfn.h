/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvfn - per-process views of file names
 *
 * Every call edits or reads the table of the calling process, which all its
 * threads share and its children inherit.  Calls that return int return 0, or
 * -1 with errno set.  All of them are thread-safe; vfn(), vfn_map(),
 * vfn_hide(), vfn_unmap(), vfn_clear(), vfn_seal(), vfn_snapshot(), vfn_adopt()
 * and vfn_available() allocate nothing, take no lock and may be used between
 * vfork(2) and execve(2).
 *
 * The first call opens /dev/vfn with O_CLOEXEC and keeps the descriptor.  A
 * program that closes it, or gives its number to another file, does no harm:
 * the next call finds out and opens the device again.
 */
#ifndef LIBVFN_H
#define LIBVFN_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* flags of vfn_map() and vfn_batch_map() */
#define VFN_NOFOLLOW	1u	/* if TO is a symlink, FROM is that symlink */

/**
 * vfn() - from now on, @from means @to
 * @from:	absolute name without ".."; need not exist
 * @to:		any name; made absolute now; need not exist
 *
 * Errors: those of VFN_IOC_APPLY in <linux/vfn.h>, and those of
 * vfn_available().
 */
int vfn(const char *from, const char *to);

/**
 * vfn_map() - vfn() with flags
 * @from:	as for vfn()
 * @to:		as for vfn()
 * @flags:	VFN_NOFOLLOW or 0; EINVAL: unknown flag
 */
int vfn_map(const char *from, const char *to, unsigned int flags);

/**
 * vfn_hide() - from now on, @name and all below it do not exist
 * @name:	absolute name without ".."; need not exist
 */
int vfn_hide(const char *name);

/**
 * vfn_unmap() - undo vfn() or vfn_hide() of @name
 * @name:	the name as it was mapped; ENOENT: it has no mapping
 */
int vfn_unmap(const char *name);

/** vfn_clear() - undo all mappings */
int vfn_clear(void);

/** vfn_seal() - this process and its descendants can never edit again (EPERM) */
int vfn_seal(void);

/**
 * vfn_snapshot() - a descriptor that holds the caller's table as it is
 *
 * Returns the descriptor, which is the caller's to close(2) and is closed on exec; or
 * -1 with errno.  Later edits don't show in it.  Whoever it is passed to, by fork(2)
 * or over a socket, can adopt it.
 *
 * Errors: those of VFN_IOC_SNAPSHOT in <linux/vfn.h> (EDQUOT: the user has as many
 * snapshots as may be), and those of vfn_available().
 */
int vfn_snapshot(void);

/**
 * vfn_adopt() - make the caller's table that of a snapshot
 * @fd:		from vfn_snapshot(), of this process or another; stays open
 *
 * Replaces all mappings.  If the snapshot was taken of a sealed table, the caller's is
 * sealed from now on.
 *
 * Errors: those of VFN_IOC_ADOPT in <linux/vfn.h> (EPERM: the caller's table is
 * sealed; EBADF or EINVAL: @fd is no snapshot), and those of vfn_available().
 */
int vfn_adopt(int fd);

/**
 * vfn_available() - can this process use vfn?
 *
 * Returns 0; or -1 with errno ENOENT (the module isn't loaded, or /dev/vfn
 * isn't visible here), ENXIO (/dev/vfn has no vfn driver), EACCES (/dev/vfn
 * may not be opened), ENOTSUP (the module speaks another ABI), ENOMEM, or an error
 * of open(2) such as EMFILE.
 */
int vfn_available(void);

/**
 * struct vfn_status - what vfn_status() tells
 * @abi:	ABI version of the module
 * @max_mappings: most mappings a table may hold
 * @max_batch:	most edits a batch may hold
 * @nr_mappings: mappings in the caller's table
 * @holder:	1: the caller has a non-empty table
 * @sealed:	1: the caller can no longer edit
 * @attached:	1: the module's hooks are in place
 * @hooks:	how it attaches to the kernel: "direct", "ftrace", or "unknown" (the module
 *		is newer); static storage
 */
struct vfn_status {
	unsigned int abi;
	unsigned int max_mappings;
	unsigned int max_batch;
	unsigned int nr_mappings;
	int holder;
	int sealed;
	int attached;
	const char *hooks;
};

/**
 * vfn_status() - the state of the module and of the caller's table
 * @status:	filled in
 *
 * Errors: as vfn_available().
 */
int vfn_status(struct vfn_status *status);

/*
 * A batch is an ordered list of edits that is applied whole or not at all.
 * The names are copied when they are added.  A batch belongs to one thread at
 * a time and may be applied more than once.
 */
struct vfn_batch;

/** vfn_batch_new() - an empty batch, or NULL with errno ENOMEM; free it with vfn_batch_free() */
struct vfn_batch *vfn_batch_new(void);

/** vfn_batch_free() - free a batch; NULL is allowed */
void vfn_batch_free(struct vfn_batch *batch);

/*
 * Add one edit at the end; the arguments are those of the call of that name
 * without "batch".  ENOMEM; names are judged when the batch is applied.
 */
int vfn_batch_map(struct vfn_batch *batch, const char *from, const char *to,
		  unsigned int flags);
int vfn_batch_hide(struct vfn_batch *batch, const char *name);
int vfn_batch_unmap(struct vfn_batch *batch, const char *name);
int vfn_batch_clear(struct vfn_batch *batch);
int vfn_batch_seal(struct vfn_batch *batch);

/**
 * vfn_batch_apply() - apply all of a batch, or nothing
 * @batch:	stays as it is
 * @failed:	if not NULL and the call fails: index of the edit that failed,
 *		or the number of edits if none is to blame
 *
 * Errors: as vfn().
 */
int vfn_batch_apply(const struct vfn_batch *batch, size_t *failed);

/**
 * struct vfn_mapping - one mapping of the caller's table
 * @from:	the name
 * @to:		what it means; NULL: it is hidden
 * @flags:	VFN_NOFOLLOW or 0
 *
 * The strings live until the next call on the iterator.
 */
struct vfn_mapping {
	const char *from;
	const char *to;
	unsigned int flags;
};

/* An iterator over the caller's table, oldest mapping first. */
struct vfn_iter;

/**
 * vfn_iter_new() - begin to read the caller's table
 *
 * Returns an iterator to be freed with vfn_iter_free(), or NULL with errno
 * ENOMEM or one of vfn_available().
 */
struct vfn_iter *vfn_iter_new(void);

/**
 * vfn_iter_next() - the next mapping
 * @iter:	from vfn_iter_new()
 * @mapping:	filled in
 *
 * Returns 1: *@mapping is filled in; 0: that was all; -1: errno.
 */
int vfn_iter_next(struct vfn_iter *iter, struct vfn_mapping *mapping);

/** vfn_iter_free() - free an iterator; NULL is allowed */
void vfn_iter_free(struct vfn_iter *iter);

/**
 * enum vfn_step_kind - what happens to a name on its way
 * @VFN_IS_LINK: from is a symlink that says to
 * @VFN_IS_JUMP: from is a magic link of /proc; the name goes on at its object
 * @VFN_IS_MAPPED: a mapping of from to to covers the name
 * @VFN_IS_HIDDEN: from is hidden; if this is the last step, so is the name
 * @VFN_IS_MISSING: from is a directory that is there in the view alone
 * @VFN_IS_RESULT: the name means from in the view, and is really to
 */
enum vfn_step_kind {
	VFN_IS_LINK,
	VFN_IS_JUMP,
	VFN_IS_MAPPED,
	VFN_IS_HIDDEN,
	VFN_IS_MISSING,
	VFN_IS_RESULT,
};

/**
 * struct vfn_step - one step of the way
 * @kind:	what it is
 * @from:	a name in the view; lives as long as the steps
 * @to:		see enum vfn_step_kind; "" if there is none
 */
struct vfn_step {
	enum vfn_step_kind kind;
	const char *from;
	const char *to;
};

struct vfn_steps;

/**
 * vfn_resolve() - what a name means in the caller's view, and why
 * @dfd:	directory that a relative name is relative to, or AT_FDCWD
 * @name:	the name
 * @flags:	VFN_NOFOLLOW: if its last component is a symlink, that is what is meant
 *
 * Returns the steps, to be freed with vfn_steps_free(); or NULL with errno: ENOMEM;
 * EINVAL, unknown flag; what VFN_IOC_RESOLVE in <linux/vfn.h> lists (ENOENT:
 * something on the way doesn't exist; ESTALE: @dfd has no name in the view; EBUSY:
 * a live patch or BPF program holds what the module hooks, or kernel.ftrace_enabled
 * is 0); as vfn_available().
 */
struct vfn_steps *vfn_resolve(int dfd, const char *name, unsigned int flags);

/**
 * vfn_steps_next() - the next step
 * @steps:	from vfn_resolve()
 * @step:	filled with it
 *
 * Returns 1: *@step is filled in; 0: that was all.
 */
int vfn_steps_next(struct vfn_steps *steps, struct vfn_step *step);

/** vfn_steps_free() - free what vfn_resolve() returned; NULL is allowed */
void vfn_steps_free(struct vfn_steps *steps);

#ifdef __cplusplus
}
#endif

#endif /* LIBVFN_H */
