/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Direct calls on a set of functions (register_ftrace_direct_multi until 6.4), and
 * callbacks that redirect (ftrace_instruction_pointer_set until 6.2)
 */
#ifndef VFN_COMPAT_FTRACE_H
#define VFN_COMPAT_FTRACE_H

#include <linux/ftrace.h>

#include "kernel.h"

/* vfn_trampoline() is for one processor alone. */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS) && defined(CONFIG_X86_64)
#define VFN_HAVE_DIRECT

static inline int vfn_direct_register(struct ftrace_ops *ops, unsigned long addr)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	int err = register_ftrace_direct(ops, addr);
#else
	int err = register_ftrace_direct_multi(ops, addr);
#endif

	/* Some kernels leave them set, and then refuse to try again. */
	if (err) {
		ops->func = NULL;
		ops->trampoline = 0;
	}
	return err;
}

/* The filter of @ops stays, so that it can be registered again. */
static inline int vfn_direct_unregister(struct ftrace_ops *ops, unsigned long addr)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return unregister_ftrace_direct(ops, addr, false);
#else
	return unregister_ftrace_direct_multi(ops, addr);
#endif
}

#endif /* VFN_HAVE_DIRECT */

static inline void vfn_regs_set_ip(struct ftrace_regs *regs, unsigned long ip)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	ftrace_regs_set_instruction_pointer(regs, ip);
#else
	ftrace_instruction_pointer_set(regs, ip);
#endif
}

#endif /* VFN_COMPAT_FTRACE_H */
