/* SPDX-License-Identifier: GPL-2.0 */
/*
 * do_filp_open(), which is do_file_open() since 7.0, and struct open_flags, its third
 * argument
 *
 * The kernel keeps it in fs/internal.h, which modules don't see.  The same from
 * 5.10 on; since 7.2, one of the flags asks for nothing but a regular file.
 */
#ifndef VFN_COMPAT_OPEN_FLAGS_H
#define VFN_COMPAT_OPEN_FLAGS_H

#include <linux/fcntl.h>
#include <linux/types.h>

#include "kernel.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define VFN_DO_FILP_OPEN "do_file_open"
#else
#define VFN_DO_FILP_OPEN "do_filp_open"
#endif

struct open_flags {
	int open_flag;
	umode_t mode;
	int acc_mode;
	int intent;
	int lookup_flags;
};

/* -EFTYPE: a directory won't do; else 0. */
static inline int vfn_open_regular_only(const struct open_flags *op)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	if (op->open_flag & __O_REGULAR)
		return -EFTYPE;
#endif
	return 0;
}

#endif /* VFN_COMPAT_OPEN_FLAGS_H */
