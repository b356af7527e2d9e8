/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filldir_t, which gets the entries of a directory: until 6.1 it returned 0 for more
 */
#ifndef VFN_COMPAT_DIR_H
#define VFN_COMPAT_DIR_H

#include <linux/fs.h>

#include "kernel.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
typedef bool vfn_filldir_ret_t;
#define VFN_FILLDIR_MORE	true
#define VFN_FILLDIR_FULL	false
#else
typedef int vfn_filldir_ret_t;
#define VFN_FILLDIR_MORE	0
#define VFN_FILLDIR_FULL	(-EINVAL)
#endif

#endif /* VFN_COMPAT_DIR_H */
