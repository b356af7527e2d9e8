/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernels this module knows
 *
 * The hooks replace functions whose arguments are no stable interface, so a
 * kernel whose fs/namei.c and fs/exec.c nobody has read is refused.
 */
#ifndef VFN_COMPAT_KERNEL_H
#define VFN_COMPAT_KERNEL_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "vfn knows Linux 6.1 to 6.12; this kernel is another: look for a newer vfn"
#endif

#if !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "vfn knows x86-64 and arm64 alone"
#endif

#ifndef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#error "vfn needs a kernel with CONFIG_DYNAMIC_FTRACE_WITH_ARGS"
#endif

#endif /* VFN_COMPAT_KERNEL_H */
