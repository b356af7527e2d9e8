/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfs_path_lookup(), exported but, in older kernels, declared in fs/internal.h alone
 */
#ifndef VFN_COMPAT_NAMEI_H
#define VFN_COMPAT_NAMEI_H

#include <linux/namei.h>

#include "kernel.h"

int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt, const char *name,
		    unsigned int flags, struct path *path);

#endif /* VFN_COMPAT_NAMEI_H */
