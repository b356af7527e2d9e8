/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvfn - per-process views of file names
 *
 * Every call edits or reads the table of the calling process, which all its
 * threads share and its children inherit.  Calls that return int return 0, or
 * -1 with errno set.  All of them are thread-safe; vfn(), vfn_map(),
 * vfn_hide(), vfn_unmap(), vfn_clear(), vfn_seal() and vfn_available()
 * allocate nothing and may be used between vfork(2) and execve(2).
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
 * vfn - from now on, FROM means TO
 * @from:	absolute name without ".."; need not exist
 * @to:		any name; made absolute now; need not exist
 *
 * Errors: those of VFN_IOC_APPLY in <linux/vfn.h>; ENOENT or ENXIO when the
 * module isn't loaded (/dev/vfn is missing or has no driver).
 */
int vfn(const char *from, const char *to);

/** vfn_map - vfn() with flags (VFN_NOFOLLOW); EINVAL: unknown flag */
int vfn_map(const char *from, const char *to, unsigned int flags);

/** vfn_hide - from now on, NAME and all below it do not exist */
int vfn_hide(const char *name);

/** vfn_unmap - undo vfn() or vfn_hide() of NAME; ENOENT: there is none */
int vfn_unmap(const char *name);

/** vfn_clear - undo all mappings */
int vfn_clear(void);

/** vfn_seal - this process and its descendants can never edit again */
int vfn_seal(void);

/**
 * vfn_available - can this process use vfn?
 *
 * Returns 0; or -1 with errno ENOENT or ENXIO (module not loaded), EACCES
 * (/dev/vfn may not be opened), ENOTSUP (the module speaks another ABI).
 */
int vfn_available(void);

/** struct vfn_status - see struct vfn_info in <linux/vfn.h> */
struct vfn_status {
	unsigned int abi;		/* ABI version of the module */
	unsigned int max_mappings;	/* most mappings in a table */
	unsigned int max_batch;		/* most operations in a batch */
	unsigned int nr_mappings;	/* mappings in the caller's table */
	int holder;			/* the caller has a non-empty table */
	int sealed;			/* the caller can no longer edit */
	int attached;			/* the module's hooks are in place */
	const char *hooks;		/* how: "direct"; static storage */
};

/** vfn_status - fill *STATUS; errors as vfn_available() */
int vfn_status(struct vfn_status *status);

/**
 * A batch is an ordered list of edits that is applied whole or not at all.
 * The names are copied when they are added.  A batch belongs to one thread at
 * a time and may be applied more than once.
 */
struct vfn_batch;

/** vfn_batch_new - an empty batch, or NULL with errno ENOMEM; free with vfn_batch_free() */
struct vfn_batch *vfn_batch_new(void);
/** vfn_batch_free - NULL is allowed */
void vfn_batch_free(struct vfn_batch *batch);

/* Add one edit at the end. ENOMEM; names are judged when the batch is applied. */
int vfn_batch_map(struct vfn_batch *batch, const char *from, const char *to,
		  unsigned int flags);
int vfn_batch_hide(struct vfn_batch *batch, const char *name);
int vfn_batch_unmap(struct vfn_batch *batch, const char *name);
int vfn_batch_clear(struct vfn_batch *batch);
int vfn_batch_seal(struct vfn_batch *batch);

/**
 * vfn_batch_apply - apply all of BATCH, or nothing
 * @failed:	if not NULL and the call fails: index of the edit that failed,
 *		or the number of edits if none is to blame
 */
int vfn_batch_apply(const struct vfn_batch *batch, size_t *failed);

/** struct vfn_mapping - one mapping; the strings live until the next call on the iterator */
struct vfn_mapping {
	const char *from;
	const char *to;		/* NULL: FROM is hidden */
	unsigned int flags;	/* VFN_NOFOLLOW */
};

/** An iterator over the caller's table, oldest mapping first. */
struct vfn_iter;

/** vfn_iter_new - NULL with errno ENOMEM, or as vfn_available(); free with vfn_iter_free() */
struct vfn_iter *vfn_iter_new(void);
/** vfn_iter_next - 1: *MAPPING is filled; 0: the end; -1: errno */
int vfn_iter_next(struct vfn_iter *iter, struct vfn_mapping *mapping);
/** vfn_iter_free - NULL is allowed */
void vfn_iter_free(struct vfn_iter *iter);

#ifdef __cplusplus
}
#endif

#endif /* LIBVFN_H */
