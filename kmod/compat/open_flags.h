/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct open_flags, the third argument of do_filp_open()
 *
 * The kernel keeps it in fs/internal.h, which modules don't see.  The same from
 * 5.10 on.
 */
#ifndef VFN_COMPAT_OPEN_FLAGS_H
#define VFN_COMPAT_OPEN_FLAGS_H

#include <linux/types.h>

#include "kernel.h"

struct open_flags {
	int open_flag;
	umode_t mode;
	int acc_mode;
	int intent;
	int lookup_flags;
};

#endif /* VFN_COMPAT_OPEN_FLAGS_H */
