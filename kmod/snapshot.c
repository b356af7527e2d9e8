// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots: descriptors that hold a table as it is, for others to adopt
 *
 * A snapshot is a reference to an immutable table, so that it costs a file whatever the
 * table's size, and adopting it what a fork costs.  The file does nothing: it is
 * no more than consent, given by who makes it and hands it on, and taken by who adopts
 * it.  Its operations keep the module until it is closed.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "trace.h"
#include "vfn.h"

/**
 * struct snapshot - what a snapshot's file holds; constant
 * @table:	a reference; NULL: no table at all
 * @payer:	who made it; has counted it
 */
struct snapshot {
	struct vfn_table *table;
	struct vfn_payer *payer;
};

/* The caller, who has one more snapshot from now on.  -EDQUOT, -ENOMEM. */
static struct vfn_payer *payer_of_one_more(void)
{
	struct vfn_payer *payer = vfn_payer_get();
	int err;

	if (IS_ERR(payer))
		return payer;
	err = vfn_payer_add_snapshot(payer);
	vfn_payer_put(payer);
	return err ? ERR_PTR(err) : payer;
}

static void snapshot_free(struct snapshot *snapshot)
{
	vfn_table_put(snapshot->table);
	vfn_payer_drop_snapshot(snapshot->payer);
	kfree(snapshot);
}

/* Of the caller's table. */
static struct snapshot *snapshot_new(void)
{
	struct vfn_thread *thread;
	struct snapshot *snapshot;
	int err;

	snapshot = kzalloc(sizeof(*snapshot), GFP_KERNEL_ACCOUNT);
	if (!snapshot)
		return ERR_PTR(-ENOMEM);
	snapshot->payer = payer_of_one_more();
	if (IS_ERR(snapshot->payer)) {
		err = PTR_ERR(snapshot->payer);
		kfree(snapshot);
		return ERR_PTR(err);
	}
	thread = vfn_thread_enter();
	if (IS_ERR(thread)) {
		snapshot_free(snapshot);
		return ERR_CAST(thread);
	}
	if (thread) {
		snapshot->table = vfn_thread_table(thread);
		if (snapshot->table)
			refcount_inc(&snapshot->table->ref);
		vfn_thread_leave(thread);
	}
	return snapshot;
}

static int snapshot_release(struct inode *inode, struct file *file)
{
	snapshot_free(file->private_data);
	return 0;
}

static const struct file_operations snapshot_fops = {
	.owner = THIS_MODULE,
	.release = snapshot_release,
	.llseek = noop_llseek,
};

int vfn_snapshot_open(void)
{
	struct snapshot *snapshot = snapshot_new();
	int fd;

	if (IS_ERR(snapshot))
		return PTR_ERR(snapshot);
	fd = anon_inode_getfd("[vfn]", &snapshot_fops, snapshot, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		snapshot_free(snapshot);
	return fd;
}

/* The table of the snapshot @fd, with a reference. */
static int table_of(int fd, struct vfn_table **table)
{
	struct file *file = fget(fd);
	int err = 0;

	if (!file)
		return -EBADF;
	if (file->f_op == &snapshot_fops) {
		*table = ((struct snapshot *)file->private_data)->table;
		if (*table)
			refcount_inc(&(*table)->ref);
	} else {
		err = -EINVAL;
	}
	fput(file);
	return err;
}

/* What was reached by way of @via in @old: by which in @new, if it still leads there? */
static s64 via_in(const struct vfn_table *new, const struct vfn_table *old, s64 via)
{
	const struct vfn_mapping *map;

	if (via <= 0)
		return via;
	map = old ? vfn_table_next(old, via - 1) : NULL;
	if (!map || vfn_mapping_age(map) != via - 1 || !new)
		return VFN_VIA_UNKNOWN;
	map = vfn_table_like(new, map);
	return map ? 1 + (s64)vfn_mapping_age(map) : VFN_VIA_UNKNOWN;
}

/* Takes the reference to @table over if it succeeds. */
static int view_adopt(struct vfn_view *view, struct vfn_table *table)
{
	struct vfn_table *old;

	lockdep_assert_held(&view->edit);
	old = rcu_dereference_protected(view->table, lockdep_is_held(&view->edit));
	if (old && old->sealed)
		return -EPERM;
	/* The new table counts its mappings in its own way. */
	WRITE_ONCE(view->exe_via, via_in(table, old, view->exe_via));
	vfn_view_publish(view, table);
	return 0;
}

int vfn_snapshot_adopt(int fd)
{
	struct vfn_thread *thread;
	struct vfn_table *table;
	int err;

	err = table_of(fd, &table);
	if (err)
		return err;
	thread = vfn_view_enter();
	err = PTR_ERR_OR_ZERO(thread);
	if (err)
		goto put;
	err = mutex_lock_killable(&thread->view->edit);
	if (!err) {
		err = view_adopt(thread->view, table);
		trace_vfn_adopt(table, err);
		mutex_unlock(&thread->view->edit);
	}
	vfn_view_leave(thread);
put:
	if (err)
		vfn_table_put(table);
	return err;
}
