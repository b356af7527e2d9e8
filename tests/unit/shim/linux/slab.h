/* SPDX-License-Identifier: GPL-2.0 */
/* kmalloc() for pure kernel code in user space: counts, and fails on demand */
#ifndef SHIM_SLAB_H
#define SHIM_SLAB_H

#include <linux/types.h>
#include <stdlib.h>

#define GFP_KERNEL_ACCOUNT 0

/* Allocations alive; how many more succeed before one fails (negative: all). */
extern long shim_alive;
extern long shim_until_failure;

static inline void *shim_alloc(void *p)
{
	if (p)
		shim_alive++;
	return p;
}

static inline bool shim_fails(void)
{
	return shim_until_failure >= 0 && shim_until_failure-- == 0;
}

static inline void *kmalloc(size_t size, int flags)
{
	(void)flags;
	return shim_fails() ? NULL : shim_alloc(malloc(size));
}

static inline void *kzalloc(size_t size, int flags)
{
	(void)flags;
	return shim_fails() ? NULL : shim_alloc(calloc(1, size));
}

static inline void kfree(const void *p)
{
	if (p)
		shim_alive--;
	free((void *)p);
}

#endif /* SHIM_SLAB_H */
