/* SPDX-License-Identifier: GPL-2.0 */
/*
 * __assign_str(), which until 6.9 was told the string a second time
 */
#ifndef VFN_COMPAT_TRACE_H
#define VFN_COMPAT_TRACE_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define vfn_assign_str(field, string)	__assign_str(field)
#else
#define vfn_assign_str(field, string)	__assign_str(field, string)
#endif

#endif /* VFN_COMPAT_TRACE_H */
