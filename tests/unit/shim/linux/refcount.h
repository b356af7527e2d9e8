/* SPDX-License-Identifier: GPL-2.0 */
/* refcount_t for pure kernel code in user space: wrong use aborts */
#ifndef SHIM_REFCOUNT_H
#define SHIM_REFCOUNT_H

#include <linux/types.h>
#include <stdlib.h>

typedef struct {
	unsigned int refs;
} refcount_t;

static inline void refcount_set(refcount_t *r, unsigned int n)
{
	r->refs = n;
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return r->refs;
}

static inline void refcount_inc(refcount_t *r)
{
	if (!r->refs++)
		abort();
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	if (!r->refs)
		abort();
	return !--r->refs;
}

#define smp_acquire__after_ctrl_dep() do { } while (0)

#endif /* SHIM_REFCOUNT_H */
