/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A multicast group that only the system's administrator may join: a bit of its own
 * until 5.15
 */
#ifndef VFN_COMPAT_GENETLINK_H
#define VFN_COMPAT_GENETLINK_H

#include <net/genetlink.h>

#include "kernel.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
#define VFN_GROUP_CAP_SYS_ADMIN	.cap_sys_admin = 1
#else
#define VFN_GROUP_CAP_SYS_ADMIN	.flags = GENL_MCAST_CAP_SYS_ADMIN
#endif

#endif /* VFN_COMPAT_GENETLINK_H */
