// SPDX-License-Identifier: GPL-2.0
/* vfn_mem_alloc() for pure kernel code in user space: what is freed is what was allocated */
#include <linux/slab.h>

#include "mem.h"

#define PAYER	7

void *vfn_mem_alloc(size_t size, u16 *payer)
{
	size_t *mem = kmalloc(size + sizeof(*mem), GFP_KERNEL_ACCOUNT);

	*payer = PAYER;
	if (!mem)
		return NULL;
	*mem = size;
	return mem + 1;
}

void vfn_mem_free(void *mem, size_t size, u16 payer)
{
	if (!mem)
		return;
	if (((size_t *)mem)[-1] != size || payer != PAYER)
		abort();
	kfree((size_t *)mem - 1);
}
