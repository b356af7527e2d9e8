/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Direct calls on a set of functions (one by one until 5.15, and
 * register_ftrace_direct_multi until 6.4), and callbacks that redirect (with struct
 * pt_regs until 5.11, ftrace_instruction_pointer_set until 6.2)
 */
#ifndef VFN_COMPAT_FTRACE_H
#define VFN_COMPAT_FTRACE_H

#include <linux/ftrace.h>

#include "kernel.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
#define VFN_FTRACE_BY_REGS
#endif

/* vfn_trampoline() is for one processor alone. */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS) && defined(CONFIG_X86_64)
#define VFN_HAVE_DIRECT

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
/* An ftrace_ops of the kernel's own, which is permanent, serves all direct calls. */
#define VFN_DIRECT_ONE_BY_ONE

#include "../hook.h"

static inline void vfn_direct_drop(unsigned int nr, unsigned long addr)
{
	while (nr--)
		unregister_ftrace_direct(vfn_hook_site(nr), addr);
}
#endif

static inline int vfn_direct_register(struct ftrace_ops *ops, unsigned long addr)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	int err = register_ftrace_direct(ops, addr);
#elif defined(VFN_DIRECT_ONE_BY_ONE)
	unsigned int nr;
	int err = 0;

	for (nr = 0; vfn_hook_site(nr) && !err; nr++)
		err = register_ftrace_direct(vfn_hook_site(nr), addr);
	if (err)
		vfn_direct_drop(nr - 1, addr);
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
static inline void vfn_direct_unregister(struct ftrace_ops *ops, unsigned long addr)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	unregister_ftrace_direct(ops, addr, false);
#elif defined(VFN_DIRECT_ONE_BY_ONE)
	unsigned int nr;

	for (nr = 0; vfn_hook_site(nr); nr++)
		;
	vfn_direct_drop(nr, addr);
#else
	unregister_ftrace_direct_multi(ops, addr);
#endif
}

#endif /* VFN_HAVE_DIRECT */

#ifdef VFN_FTRACE_BY_REGS

typedef struct pt_regs vfn_ftrace_regs_t;

/* It may be preempted, too, and needs no protection from being called by itself. */
#define VFN_REDIRECT_FLAGS \
	(FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)

#define vfn_regs_ip(regs)		((regs)->ip)
#define vfn_regs_set_ip(regs, addr)	((regs)->ip = (addr))

/* ftrace_free_filter() isn't exported; a filter without functions takes no memory. */
static inline void vfn_filter_free(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
}

#else

typedef struct ftrace_regs vfn_ftrace_regs_t;

#define VFN_REDIRECT_FLAGS	FTRACE_OPS_FL_IPMODIFY

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define vfn_regs_ip(regs)		ftrace_regs_get_instruction_pointer(regs)
#define vfn_regs_set_ip(regs, addr)	ftrace_regs_set_instruction_pointer(regs, addr)
#else
#define vfn_regs_ip(fregs)		((fregs)->regs.ip)
#define vfn_regs_set_ip(regs, addr)	ftrace_instruction_pointer_set(regs, addr)
#endif

static inline void vfn_filter_free(struct ftrace_ops *ops)
{
	ftrace_free_filter(ops);
}

#endif /* VFN_FTRACE_BY_REGS */

#endif /* VFN_COMPAT_FTRACE_H */
