/* SPDX-License-Identifier: GPL-2.0 */
/* errors in pointers for pure kernel code in user space */
#ifndef SHIM_ERR_H
#define SHIM_ERR_H

#define ERR_PTR(err) ((void *)(long)(err))
#define IS_ERR(p) ((unsigned long)(p) >= -4095UL)

#endif /* SHIM_ERR_H */
