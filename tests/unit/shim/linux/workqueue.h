/* SPDX-License-Identifier: GPL-2.0 */
/* work items for pure kernel code in user space, which never queues them */
#ifndef SHIM_WORKQUEUE_H
#define SHIM_WORKQUEUE_H

#include <linux/bitops.h>

struct rcu_work {
	int unused;
};

#endif /* SHIM_WORKQUEUE_H */
