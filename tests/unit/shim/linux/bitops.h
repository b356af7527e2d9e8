/* SPDX-License-Identifier: GPL-2.0 */
/* bit operations for pure kernel code in user space */
#ifndef SHIM_BITOPS_H
#define SHIM_BITOPS_H

#define BIT(n) (1UL << (n))
#define BITS_PER_LONG (8 * (int)sizeof(long))
#define hweight32(x) ((unsigned int)__builtin_popcount(x))
#define round_up(x, y) (((x) + (y) - 1) / (y) * (y))

#endif /* SHIM_BITOPS_H */
