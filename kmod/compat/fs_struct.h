/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sequence number of a process's root and current directory: a seqlock's in 7.x
 */
#ifndef VFN_COMPAT_FS_STRUCT_H
#define VFN_COMPAT_FS_STRUCT_H

#include <linux/fs_struct.h>
#include <linux/seqlock.h>

#include "kernel.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
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

#endif /* VFN_COMPAT_FS_STRUCT_H */
