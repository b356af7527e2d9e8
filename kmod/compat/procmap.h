/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PROCMAP_QUERY, the ioctl of /proc/PID/maps: since 6.11
 */
#ifndef VFN_COMPAT_PROCMAP_H
#define VFN_COMPAT_PROCMAP_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define VFN_HAVE_PROCMAP
#endif

#endif /* VFN_COMPAT_PROCMAP_H */
