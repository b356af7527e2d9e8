// SPDX-License-Identifier: GPL-2.0
/*
 * References to tables, and their end
 */
#include <linux/slab.h>

#include "vfn.h"

static struct workqueue_struct *free_wq;

/* What a sealed table leaves behind.  Its first reference is never dropped. */
static struct vfn_table sealed_table = {
	.ref = REFCOUNT_INIT(1),
	.sealed = true,
};

struct vfn_table vfn_no_table = {
	.ref = REFCOUNT_INIT(1),
};

/* Runs after a grace period: readers that found the table under RCU are gone. */
static void table_free(struct work_struct *work)
{
	vfn_table_free(container_of(to_rcu_work(work), struct vfn_table, free_work));
}

void vfn_table_put(struct vfn_table *table)
{
	if (!table || !refcount_dec_and_test(&table->ref))
		return;
	INIT_RCU_WORK(&table->free_work, table_free);
	queue_rcu_work(free_wq, &table->free_work);
}

struct vfn_table *vfn_table_hold(struct vfn_table *table)
{
	refcount_inc(&table->ref);
	return table;
}

struct vfn_table *vfn_table_get(struct vfn_table __rcu **at)
{
	struct vfn_table *table;

	rcu_read_lock();
	do {
		table = rcu_dereference(*at);
	} while (table && !refcount_inc_not_zero(&table->ref));
	rcu_read_unlock();
	return table;
}

struct vfn_table *vfn_table_sealed(void)
{
	return vfn_table_hold(&sealed_table);
}

int vfn_ref_init(void)
{
	free_wq = alloc_workqueue("vfn", WQ_UNBOUND, 0);
	return free_wq ? 0 : -ENOMEM;
}

void vfn_ref_exit(void)
{
	/* kfree_rcu() needs no waiting for; queue_rcu_work() does. */
	rcu_barrier();
	destroy_workqueue(free_wq);
}
