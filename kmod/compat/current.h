/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the processor keeps the current task and the count of preempt_disable(), for
 * assembly
 */
#ifndef VFN_COMPAT_CURRENT_H
#define VFN_COMPAT_CURRENT_H

#include <linux/version.h>

#ifdef __ASSEMBLY__

#include <asm/asm-offsets.h>
#include <asm/percpu.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define VFN_CURRENT		PER_CPU_VAR(pcpu_hot + X86_current_task)
#define VFN_PREEMPT_COUNT	PER_CPU_VAR(pcpu_hot + X86_current_task + 8)
#else
#define VFN_CURRENT		PER_CPU_VAR(current_task)
#define VFN_PREEMPT_COUNT	PER_CPU_VAR(__preempt_count)
#endif

#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)

#include <linux/sched.h>

static_assert(offsetof(struct pcpu_hot, preempt_count) ==
	      offsetof(struct pcpu_hot, current_task) + 8);

#endif

#endif /* VFN_COMPAT_CURRENT_H */
