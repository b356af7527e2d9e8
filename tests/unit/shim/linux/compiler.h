/* SPDX-License-Identifier: GPL-2.0 */
/* compiler attributes for pure kernel code in user space */
#ifndef SHIM_COMPILER_H
#define SHIM_COMPILER_H

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#undef __always_inline
#define __always_inline inline __attribute__((__always_inline__))

#endif /* SHIM_COMPILER_H */
