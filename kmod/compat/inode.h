/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An inode that isn't kept once nobody uses it: inode_just_drop() since 6.18
 */
#ifndef VFN_COMPAT_INODE_H
#define VFN_COMPAT_INODE_H

#include <linux/fs.h>

#include "kernel.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define vfn_drop_inode	inode_just_drop
#else
#define vfn_drop_inode	generic_delete_inode
#endif

#endif /* VFN_COMPAT_INODE_H */
