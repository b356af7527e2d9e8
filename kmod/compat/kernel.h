/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernels this module knows
 *
 * The hooks replace functions whose arguments are no stable interface, so a
 * kernel whose fs/namei.c and fs/exec.c nobody has read is refused, and so is one
 * that the tests have not been run on.
 */
#ifndef VFN_COMPAT_KERNEL_H
#define VFN_COMPAT_KERNEL_H

#include <linux/version.h>

/* Is this a kernel of the series? */
#define VFN_KERNEL_IS(major, minor)	(LINUX_VERSION_CODE >> 8 == ((major) << 8 | (minor)))

#if !VFN_KERNEL_IS(5, 10) && !VFN_KERNEL_IS(6, 1) && !VFN_KERNEL_IS(6, 12) && \
	!VFN_KERNEL_IS(6, 16) && !VFN_KERNEL_IS(6, 17) && !VFN_KERNEL_IS(6, 18) && \
	!VFN_KERNEL_IS(6, 19) && !VFN_KERNEL_IS(7, 0) && !VFN_KERNEL_IS(7, 1) && \
	!VFN_KERNEL_IS(7, 2) && !VFN_KERNEL_IS(7, 3)
#error "vfn knows Debian's Linux 5.10, 6.1, 6.12, 6.16 to 6.19 and 7.0 to 7.3; this kernel is another: look for a newer vfn"
#endif

/* Their numbers are Debian's; their code isn't. */
#ifdef RHEL_RELEASE_CODE
#error "vfn doesn't know the kernels of RHEL, whatever their number is"
#endif

#if !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "vfn knows x86-64 and arm64 alone"
#endif

#if defined(CONFIG_ARM64) && !VFN_KERNEL_IS(6, 12)
#error "on arm64, vfn knows Linux 6.12 alone"
#endif

#if !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && !defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS)
#error "vfn needs a kernel with CONFIG_DYNAMIC_FTRACE_WITH_ARGS, or older and with _REGS"
#endif

#endif /* VFN_COMPAT_KERNEL_H */
