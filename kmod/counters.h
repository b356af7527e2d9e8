/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of the whole machine: /sys/module/vfn/counters
 */
#ifndef VFN_COUNTERS_H
#define VFN_COUNTERS_H

int vfn_counters_init(void);
void vfn_counters_exit(void);

#endif /* VFN_COUNTERS_H */
