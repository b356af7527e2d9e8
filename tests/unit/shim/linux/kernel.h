/* SPDX-License-Identifier: GPL-2.0 */
/* what everybody uses, for pure kernel code in user space */
#ifndef SHIM_KERNEL_H
#define SHIM_KERNEL_H

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif /* SHIM_KERNEL_H */
