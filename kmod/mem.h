/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of tables, which is charged to the user who edits them (S5)
 *
 * Tables share what they have in common, and the last one to let go need not be the one
 * that made it: each piece of memory remembers who pays for it.
 */
#ifndef VFN_MEM_H
#define VFN_MEM_H

#include <linux/types.h>

/*
 * vfn_mem_alloc() - @size bytes, on the account of the current thread's edit
 * @payer:	whose it is, for vfn_mem_free(), goes here
 *
 * NULL: no memory, or the user's share is used up.  Sleeps.
 */
void *vfn_mem_alloc(size_t size, u16 *payer);

/* Free what vfn_mem_alloc() returned, with the same @size.  Sleeps.  @mem may be NULL. */
void vfn_mem_free(void *mem, size_t size, u16 payer);

#endif /* VFN_MEM_H */
