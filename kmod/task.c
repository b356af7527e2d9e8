// SPDX-License-Identifier: GPL-2.0
/*
 * Who has a table: processes, their threads, inheritance, the end
 */
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "vfn.h"


/* How long the hooks stay in place after the last view has gone. */
#define DETACH_DELAY	(2 * HZ)

/*
 * Both hashes, vfn_view.threads, .idle and .gone.  Taken in tracepoints, with
 * preemption off, so it is a raw lock and nothing is allocated under it.
 */
static DEFINE_RAW_SPINLOCK(vfn_lock);
struct hlist_head vfn_views[1 << VFN_VIEWS_BITS];
struct hlist_head vfn_threads[1 << VFN_THREADS_BITS];

/*
 * Serialises the making of views by ioctl with attaching and detaching.  Outside
 * vfn_view.edit and vfn_lock.
 */
static DEFINE_MUTEX(attach_mutex);
static bool attached;			/* attach_mutex */
static atomic_t nr_views;		/* in the hash; written under vfn_lock */

struct vfn_thread vfn_no_thread = { .walk = &vfn_walk_real };

static struct workqueue_struct *free_wq;

static void detach_if_unused(struct work_struct *work)
{
	mutex_lock(&attach_mutex);
	if (attached && !atomic_read(&nr_views)) {
		vfn_hooks_detach();
		WRITE_ONCE(attached, false);
	}
	mutex_unlock(&attach_mutex);
}
static DECLARE_DELAYED_WORK(detach_work, detach_if_unused);

bool vfn_attached(void)
{
	return READ_ONCE(attached);
}

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

/*
 * What remains of a sealed table when a program gains privileges.  Its first
 * reference is never dropped.
 */
static struct vfn_table sealed_table = {
	.ref = REFCOUNT_INIT(1),
	.sealed = true,
};

/* The view's table, with a reference. */
static struct vfn_table *view_table_get(struct vfn_view *view)
{
	struct vfn_table *table;

	rcu_read_lock();
	do {
		table = rcu_dereference(view->table);
	} while (table && !refcount_inc_not_zero(&table->ref));
	rcu_read_unlock();
	return table;
}

static struct vfn_view *view_alloc(struct signal_struct *signal, gfp_t gfp)
{
	struct vfn_view *view;

	view = kzalloc(sizeof(*view), gfp);
	if (!view)
		return NULL;
	view->signal = signal;
	mutex_init(&view->edit);
	INIT_LIST_HEAD(&view->threads);
	view->idle = true;
	view->exe_via = VFN_VIA_UNKNOWN;
	return view;
}

static void view_insert(struct vfn_view *view)
{
	lockdep_assert_held(&vfn_lock);
	/* Not try_module_get(): the caller's ioctl or its parent's view holds a reference. */
	__module_get(THIS_MODULE);
	atomic_inc(&nr_views);
	hash_add_rcu(vfn_views, &view->hash, (unsigned long)view->signal);
}

/* As vfn_trampoline() does it. */
static bool no_view(void)
{
	u64 hash = (unsigned long)current->signal * VFN_GOLDEN_RATIO;

	BUILD_BUG_ON(VFN_GOLDEN_RATIO != GOLDEN_RATIO_64);
	return hlist_empty(&vfn_views[hash >> (64 - VFN_VIEWS_BITS)]);
}

static struct vfn_view *view_find(struct signal_struct *signal)
{
	struct vfn_view *view;

	hash_for_each_possible_rcu(vfn_views, view, hash, (unsigned long)signal,
				   lockdep_is_held(&vfn_lock))
		if (view->signal == signal)
			return view;
	return NULL;
}

static struct vfn_thread *thread_find(struct task_struct *task)
{
	struct vfn_thread *thread;

	hash_for_each_possible_rcu(vfn_threads, thread, hash, (unsigned long)task,
				   lockdep_is_held(&vfn_lock) || rcu_read_lock_sched_held())
		if (thread->task == task)
			return thread;
	return NULL;
}

static void thread_remove(struct vfn_thread *thread)
{
	lockdep_assert_held(&vfn_lock);
	hash_del_rcu(&thread->hash);
	list_del(&thread->mates);
	vfn_table_put(thread->table);
	kfree_rcu(thread, rcu);
}

/* Phase one of three: nobody finds the view any more.  Two: RCU.  Three: kfree(). */
static void view_remove(struct vfn_view *view)
{
	struct vfn_thread *thread, *next;

	lockdep_assert_held(&vfn_lock);
	view->gone = true;
	hash_del_rcu(&view->hash);
	list_for_each_entry_safe(thread, next, &view->threads, mates)
		thread_remove(thread);
	vfn_table_put(rcu_dereference_protected(view->table, true));
	kfree_rcu(view, rcu);
	if (atomic_dec_and_test(&nr_views))
		queue_delayed_work(system_wq, &detach_work, DETACH_DELAY);
	module_put(THIS_MODULE);
}

static bool view_in_use(struct vfn_view *view)
{
	struct vfn_thread *thread;

	lockdep_assert_held(&vfn_lock);
	list_for_each_entry(thread, &view->threads, mates)
		if (READ_ONCE(thread->active) || READ_ONCE(thread->exec.running))
			return true;
	return false;
}

/*
 * Remove an idle view unless a thread is inside.  Each side writes its own flag,
 * then reads the other's: @gone here, @active in vfn_thread_enter() and
 * vfn_thread_leave().  With a full barrier between on both sides, at least one
 * sees the other; the thread that leaves last tries again.  A thread in execve()
 * has set @exec.running while it was inside, and tries again when it is over.
 */
void vfn_view_try_remove(struct vfn_view *view)
{
	raw_spin_lock(&vfn_lock);
	if (view->idle && !view->gone) {
		WRITE_ONCE(view->gone, true);
		smp_mb();	/* @gone before @active; pairs as said above */
		if (view_in_use(view))
			WRITE_ONCE(view->gone, false);
		else
			view_remove(view);
	}
	raw_spin_unlock(&vfn_lock);
}

static struct vfn_thread *thread_alloc(struct vfn_view *view, gfp_t gfp)
{
	struct vfn_thread *thread;

	thread = kzalloc(sizeof(*thread), gfp);
	if (!thread)
		return NULL;
	thread->task = current;
	thread->view = view;
	return thread;
}

static void thread_insert(struct vfn_thread *thread)
{
	lockdep_assert_held(&vfn_lock);
	list_add(&thread->mates, &thread->view->threads);
	hash_add_rcu(vfn_threads, &thread->hash, (unsigned long)thread->task);
}

/* The current thread, new to its process's @view.  NULL: @view has gone; -ENOMEM. */
static struct vfn_thread *thread_new(struct vfn_view *view)
{
	struct vfn_thread *thread;

	/* probe_exit() has passed or will: nobody would take it away again. */
	if (current->flags & PF_EXITING)
		return NULL;
	thread = thread_alloc(view, GFP_ATOMIC | __GFP_NOWARN);
	if (!thread)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock(&vfn_lock);
	if (view->gone) {
		kfree(thread);
		thread = NULL;
	} else {
		thread_insert(thread);
	}
	raw_spin_unlock(&vfn_lock);
	return thread;
}

/* Inside, unless the view goes at this very moment. */
static __always_inline bool thread_enter(struct vfn_thread *thread)
{
	WRITE_ONCE(thread->active, thread->active + 1);
	/* Pairs with the barrier in vfn_view_try_remove(). */
	smp_mb();
	return likely(!READ_ONCE(thread->view->gone));
}

struct vfn_thread *vfn_thread_enter(void)
{
	struct vfn_thread *thread = NULL;
	struct vfn_view *view;

	rcu_read_lock();
	view = view_find(current->signal);
	if (!view)
		goto out;
	thread = thread_find(current) ?: thread_new(view);
	if (!IS_ERR_OR_NULL(thread) && !thread_enter(thread)) {
		vfn_thread_leave(thread);
		thread = NULL;
	}
out:
	rcu_read_unlock();
	return thread;
}

void vfn_thread_exec_end(void)
{
	struct vfn_thread *thread;

	rcu_read_lock();
	thread = thread_find(current);
	if (thread) {
		thread->exec = (struct vfn_exec){};
		smp_mb();	/* pairs with the barrier in vfn_view_try_remove() */
		if (READ_ONCE(thread->view->idle))
			vfn_view_try_remove(thread->view);
	}
	rcu_read_unlock();
}

struct vfn_thread *vfn_thread_current(void)
{
	struct vfn_thread *thread;

	rcu_read_lock_sched_notrace();
	thread = thread_find(current);
	rcu_read_unlock_sched_notrace();
	return thread;
}

struct vfn_table *vfn_thread_table_get(struct vfn_thread *thread)
{
	vfn_table_put(thread->table);
	thread->table = view_table_get(thread->view);
	return thread->table;
}

/* A view for the current process, which has none, with the current thread inside. */
static struct vfn_thread *view_make(void)
{
	struct vfn_thread *thread;
	struct vfn_view *view;

	view = view_alloc(current->signal, GFP_KERNEL_ACCOUNT);
	if (!view)
		return ERR_PTR(-ENOMEM);
	thread = thread_alloc(view, GFP_KERNEL_ACCOUNT);
	if (!thread) {
		kfree(view);
		return ERR_PTR(-ENOMEM);
	}
	/* Inside from the first: an idle view goes with whoever leaves it last. */
	thread->active = 1;
	raw_spin_lock(&vfn_lock);
	view_insert(view);
	thread_insert(thread);
	raw_spin_unlock(&vfn_lock);
	return thread;
}

static bool have_view(void)
{
	bool found;

	raw_spin_lock(&vfn_lock);
	found = view_find(current->signal);
	raw_spin_unlock(&vfn_lock);
	return found;
}

struct vfn_thread *vfn_view_enter(void)
{
	struct vfn_thread *thread;
	int err;

	thread = vfn_thread_enter();
	if (thread)
		return thread;
	mutex_lock(&attach_mutex);
	/* A view that is found but not entered is in vfn_view_try_remove() just now. */
	do {
		thread = vfn_thread_enter();
		if (thread)
			goto out;
	} while (have_view());

	if (!attached) {
		err = vfn_hooks_attach();
		thread = ERR_PTR(err);
		if (err)
			goto out;
		WRITE_ONCE(attached, true);
	}
	thread = view_make();
	if (IS_ERR(thread) && !atomic_read(&nr_views))
		queue_delayed_work(system_wq, &detach_work, DETACH_DELAY);
out:
	mutex_unlock(&attach_mutex);
	return thread;
}

static void view_set_table(struct vfn_view *view, struct vfn_table *table)
{
	struct vfn_table *old;

	old = rcu_dereference_protected(view->table, true);
	/* Together: nobody may take a view for gone whose table was seen already. */
	raw_spin_lock(&vfn_lock);
	WRITE_ONCE(view->idle, vfn_table_idle(table));
	rcu_assign_pointer(view->table, table);
	raw_spin_unlock(&vfn_lock);
	vfn_table_put(old);
}

void vfn_view_publish(struct vfn_view *view, struct vfn_table *table)
{
	lockdep_assert_held(&view->edit);
	view_set_table(view, table);
}

void vfn_view_drop(struct vfn_view *view)
{
	struct vfn_table *table = rcu_dereference_protected(view->table, true);

	/* exec has left us the only thread: nobody edits. */
	if (table && table->sealed) {
		refcount_inc(&sealed_table.ref);
		view_set_table(view, &sealed_table);
	} else {
		view_set_table(view, NULL);
	}
}

bool vfn_task_fork(struct task_struct *child)
{
	struct vfn_view *mine, *view;
	struct vfn_table *table;
	bool ok = true;

	if (child->signal == current->signal)
		return true;
	rcu_read_lock();
	mine = view_find(current->signal);
	table = mine ? view_table_get(mine) : NULL;
	if (vfn_table_idle(table)) {
		vfn_table_put(table);
		goto out;
	}
	view = view_alloc(child->signal, GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!view) {
		vfn_table_put(table);
		ok = false;
		goto out;
	}
	RCU_INIT_POINTER(view->table, table);
	view->idle = false;
	view->exe_via = mine->exe_via;
	raw_spin_lock(&vfn_lock);
	/* Cleared meanwhile, and nothing holds the module: the child is none the worse. */
	if (mine->gone) {
		vfn_table_put(table);
		kfree(view);
	} else {
		view_insert(view);
	}
	raw_spin_unlock(&vfn_lock);
out:
	rcu_read_unlock();
	return ok;
}

void vfn_task_exit(void)
{
	struct vfn_thread *thread;
	struct vfn_view *view;

	if (likely(no_view()))
		return;
	raw_spin_lock(&vfn_lock);
	view = view_find(current->signal);
	thread = view ? thread_find(current) : NULL;
	if (thread)
		thread_remove(thread);
	/* do_exit() has counted this thread off already: the last one sees zero. */
	if (view && !atomic_read(&current->signal->live))
		view_remove(view);
	raw_spin_unlock(&vfn_lock);
}

int vfn_task_init(void)
{
	int err;

	free_wq = alloc_workqueue("vfn", WQ_UNBOUND, 0);
	if (!free_wq)
		return -ENOMEM;
	/* The first view attaches the hooks; that they can't be is better known now. */
	err = vfn_hooks_attach();
	if (err) {
		destroy_workqueue(free_wq);
		return err;
	}
	attached = true;
	queue_delayed_work(system_wq, &detach_work, DETACH_DELAY);
	return 0;
}

void vfn_task_exit_module(void)
{
	cancel_delayed_work_sync(&detach_work);
	if (attached)
		vfn_hooks_detach();
	/* kfree_rcu() needs no waiting for; queue_rcu_work() does. */
	rcu_barrier();
	destroy_workqueue(free_wq);
}
