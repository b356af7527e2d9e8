// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at the tables of other processes (S8), and at all of them together
 */
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "holder.h"
#include "vfn.h"

/*
 * A thread of the process that isn't ending: ptrace_may_access() is lenient with one
 * that has no memory any more, and its credentials may be old.  With a reference.
 */
static struct task_struct *live_thread(struct pid *pid)
{
	struct task_struct *leader, *thread, *found = NULL;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader) {
		for_each_thread(leader, thread) {
			if (READ_ONCE(thread->mm)) {
				found = thread;
				get_task_struct(found);
				break;
			}
		}
	}
	rcu_read_unlock();
	return found;
}

static bool may_read(struct task_struct *task, const struct cred *opener, unsigned int mode)
{
	const struct cred *mine;
	bool may;

	may = vfn_orig_ptrace_may_access(task, mode);
	if (may && opener != current_cred()) {
		/* Then the caller would be let through as itself, whoever it acts for. */
		if (same_thread_group(task, current))
			return false;
		mine = override_creds(opener);
		may = vfn_orig_ptrace_may_access(task, mode);
		revert_creds(mine);
	}
	/* Not gone, so it was there all the time. */
	return may && READ_ONCE(task->mm);
}

/*
 * A thread of the process, which can't gain privileges before read_end().  Doesn't wait for
 * an execve(): that may take as long as the process's owner likes, and callers keep others
 * from generic netlink meanwhile.
 */
static struct task_struct *read_begin(struct pid *pid, const struct cred *opener,
				      unsigned int mode)
{
	struct task_struct *task = live_thread(pid);

	if (!task)
		return ERR_PTR(-ESRCH);
	if (!down_read_trylock(&task->signal->exec_update_lock)) {
		put_task_struct(task);
		return ERR_PTR(-EAGAIN);
	}
	if (!may_read(task, opener, PTRACE_MODE_READ_FSCREDS | mode)) {
		up_read(&task->signal->exec_update_lock);
		put_task_struct(task);
		return ERR_PTR(-EPERM);
	}
	return task;
}

static void read_end(struct task_struct *task)
{
	up_read(&task->signal->exec_update_lock);
	put_task_struct(task);
}

struct vfn_table *vfn_holder_table(struct pid *pid, const struct cred *opener)
{
	struct task_struct *task = read_begin(pid, opener, 0);
	struct vfn_table *table = NULL;
	struct vfn_view *view;

	if (IS_ERR(task))
		return ERR_CAST(task);
	raw_spin_lock(&vfn_lock);
	view = vfn_view_find(task->signal);
	if (view)
		table = rcu_dereference_protected(view->table, lockdep_is_held(&vfn_lock));
	/* The view's own goes, if it does, under the lock or after it. */
	if (table)
		refcount_inc(&table->ref);
	raw_spin_unlock(&vfn_lock);
	read_end(task);
	return table;
}

static u64 translations_of(const struct vfn_view *view)
{
	u64 sum = view->translations;
	struct vfn_thread *thread;

	lockdep_assert_held(&vfn_lock);
	list_for_each_entry(thread, &view->threads, mates)
		sum += READ_ONCE(thread->translations);
	return sum;
}

static bool holder_fill(const struct vfn_view *view, struct vfn_holder *holder)
{
	const struct vfn_table *table;

	table = rcu_dereference_protected(view->table, lockdep_is_held(&vfn_lock));
	if (vfn_table_idle(table))
		return false;
	*holder = (struct vfn_holder){
		.mappings = table->nr,
		.sealed = table->sealed,
		.bytes = table->bytes,
		.translations = translations_of(view),
		.edits = READ_ONCE(view->edits),
	};
	return true;
}

int vfn_holder_read(struct pid *pid, const struct cred *opener, struct vfn_holder *holder)
{
	struct task_struct *task = read_begin(pid, opener, PTRACE_MODE_NOAUDIT);
	struct vfn_view *view;
	bool filled;

	if (IS_ERR(task))
		return PTR_ERR(task);
	raw_spin_lock(&vfn_lock);
	view = vfn_view_find(task->signal);
	filled = view && holder_fill(view, holder);
	raw_spin_unlock(&vfn_lock);
	read_end(task);
	return filled ? 0 : -ENOENT;
}

unsigned int vfn_holders_at(unsigned int bucket, unsigned int skip, struct pid **pids,
			    unsigned int max)
{
	struct vfn_view *view;
	unsigned int nr = 0;

	raw_spin_lock(&vfn_lock);
	hlist_for_each_entry(view, &vfn_views[bucket], hash) {
		if (skip) {
			skip--;
			continue;
		}
		if (nr == max)
			break;
		/* Whose view is in the hash has not been reaped. */
		pids[nr++] = get_pid(view->signal->pids[PIDTYPE_TGID]);
	}
	raw_spin_unlock(&vfn_lock);
	return nr;
}

void vfn_holders_sum(struct vfn_totals *totals)
{
	struct vfn_holder holder;
	struct vfn_view *view;
	unsigned int bucket;

	*totals = (struct vfn_totals){};
	for (bucket = 0; bucket < ARRAY_SIZE(vfn_views); bucket++) {
		if (hlist_empty(&vfn_views[bucket]))
			continue;
		raw_spin_lock(&vfn_lock);
		hlist_for_each_entry(view, &vfn_views[bucket], hash) {
			totals->translations += translations_of(view);
			if (!holder_fill(view, &holder))
				continue;
			totals->views++;
			totals->mappings += holder.mappings;
		}
		raw_spin_unlock(&vfn_lock);
		cond_resched();
	}
	raw_spin_lock(&vfn_lock);
	totals->translations += vfn_translations_gone;
	raw_spin_unlock(&vfn_lock);
}
