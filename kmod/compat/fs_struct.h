/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sequence number of a process's root and current directory
 */
#ifndef VFN_COMPAT_FS_STRUCT_H
#define VFN_COMPAT_FS_STRUCT_H

#include <linux/fs_struct.h>
#include <linux/seqlock.h>

#include "kernel.h"

/* It changes whenever they do, and is odd while they are being changed. */
static inline unsigned int vfn_fs_seq(const struct fs_struct *fs)
{
	return raw_read_seqcount(&fs->seq);
}

/* As it is when they are not being changed. */
static inline unsigned int vfn_fs_seq_begin(const struct fs_struct *fs)
{
	return raw_read_seqcount_begin(&fs->seq);
}

#endif /* VFN_COMPAT_FS_STRUCT_H */
