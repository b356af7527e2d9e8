/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process's root and current directory: their sequence number is a seqlock's since 6.17;
 * and since 7.3 the kernel puts init's in their place, where it looks names of its own up
 * (scoped_with_init_fs(); before, for firmware, file_open_root(), which isn't hooked)
 */
#ifndef VFN_COMPAT_FS_STRUCT_H
#define VFN_COMPAT_FS_STRUCT_H

#include <linux/fs_struct.h>
#include <linux/seqlock.h>

#include "kernel.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define vfn_fs_seqcount(fs)	(&(fs)->seq.seqcount)
#else
#define vfn_fs_seqcount(fs)	(&(fs)->seq)
#endif

/* It changes whenever they do, and is odd while they are being changed. */
static inline unsigned int vfn_fs_seq(const struct fs_struct *fs)
{
	return raw_read_seqcount(vfn_fs_seqcount(fs));
}

/* As it is when they are not being changed. */
static inline unsigned int vfn_fs_seq_begin(const struct fs_struct *fs)
{
	return raw_read_seqcount_begin(vfn_fs_seqcount(fs));
}

/*
 * The root, without a reference: within rcu_read_lock(), and for as long.  Compare it: what
 * it was may be on its way out.
 */
static inline struct path vfn_fs_root_rcu(const struct fs_struct *fs)
{
	struct path root;
	unsigned int seq;

	do {
		seq = vfn_fs_seq_begin(fs);
		root = fs->root;
	} while (read_seqcount_retry(vfn_fs_seqcount(fs), seq));
	return root;
}

/* Do names that the current task looks up begin at its own root? */
static inline bool vfn_fs_is_own(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	return current->fs == current->real_fs;
#else
	return true;
#endif
}

#endif /* VFN_COMPAT_FS_STRUCT_H */
