/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the processor keeps the current task, for assembly
 */
#ifndef VFN_COMPAT_CURRENT_H
#define VFN_COMPAT_CURRENT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define VFN_HAVE_PCPU_HOT
#endif

#ifdef __ASSEMBLER__

#include <asm/asm-offsets.h>
#include <asm/percpu.h>

#ifdef VFN_HAVE_PCPU_HOT
#define VFN_CURRENT		PER_CPU_VAR(pcpu_hot + X86_current_task)
#else
#define VFN_CURRENT		PER_CPU_VAR(current_task)
#endif

#endif

#endif /* VFN_COMPAT_CURRENT_H */
