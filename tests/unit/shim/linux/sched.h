/* SPDX-License-Identifier: GPL-2.0 */
/* scheduling for pure kernel code in user space: there is none */
#ifndef SHIM_SCHED_H
#define SHIM_SCHED_H

#define cond_resched() do { } while (0)

#endif /* SHIM_SCHED_H */
