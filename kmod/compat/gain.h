/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What decides about a program's privileges (no struct mnt_idmap until 6.3)
 */
#ifndef VFN_COMPAT_GAIN_H
#define VFN_COMPAT_GAIN_H

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mount.h>

#include "kernel.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define vfn_file_idmap(file)	file_mnt_idmap(file)
typedef struct mnt_idmap vfn_idmap_t;
#else
#define vfn_file_idmap(file)	file_mnt_user_ns(file)
typedef struct user_namespace vfn_idmap_t;
#endif

#endif /* VFN_COMPAT_GAIN_H */
