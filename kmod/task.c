// SPDX-License-Identifier: GPL-2.0
/*
 * Who has a table: processes, their threads, inheritance, the end
 */
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <uapi/linux/vfn_netlink.h>

#include "event.h"
#include "vfn.h"

/* How long the hooks stay in place after the last view has gone. */
#define DETACH_DELAY	(2 * HZ)

/* How long until somebody who was inside of a view that is to go is expected outside. */
#define REMOVE_DELAY	(HZ / 10)

DEFINE_RAW_SPINLOCK(vfn_lock);
struct hlist_head vfn_views[1 << VFN_VIEWS_BITS];
static struct hlist_head threads[1 << VFN_THREADS_BITS];
struct task_struct *vfn_known_tasks[1 << VFN_THREADS_BITS];
struct vfn_thread *vfn_known_threads[1 << VFN_THREADS_BITS];

/* Views that go when nobody is inside, see vfn_view_try_remove(); vfn_lock. */
static LIST_HEAD(leaving);
static LIST_HEAD(left);

static void remove_left(struct work_struct *work);
static DECLARE_DELAYED_WORK(remove_work, remove_left);

/*
 * Serialises the making of views by ioctl with attaching and detaching.  Outside
 * vfn_view.edit and vfn_lock.
 */
static DEFINE_MUTEX(attach_mutex);
static bool attached;			/* attach_mutex */
static atomic_t nr_views;		/* in the hash; written under vfn_lock */
u64 vfn_translations_gone;		/* vfn_lock */

struct vfn_thread vfn_no_thread = { .walk = &vfn_walk_real };

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

static struct vfn_view *view_alloc(struct signal_struct *signal, gfp_t gfp)
{
	struct vfn_view *view;

	view = kzalloc(sizeof(*view), gfp);
	if (!view)
		return NULL;
	view->signal = signal;
	mutex_init(&view->edit);
	INIT_LIST_HEAD(&view->threads);
	INIT_LIST_HEAD(&view->leaving);
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

struct vfn_view *vfn_view_find(struct signal_struct *signal)
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

	hash_for_each_possible_rcu(threads, thread, hash, (unsigned long)task,
				   lockdep_is_held(&vfn_lock) || rcu_read_lock_sched_held())
		if (thread->task == task)
			return thread;
	return NULL;
}

/* Let the current thread, which is inside, take the quick way in from now on. */
static void thread_know(struct vfn_thread *thread)
{
	unsigned int i = vfn_known_bucket(current);

	if (READ_ONCE(vfn_known_tasks[i]))
		return;
	raw_spin_lock(&vfn_lock);
	if (!vfn_known_tasks[i] && !thread->view->gone) {
		WRITE_ONCE(vfn_known_threads[i], thread);
		WRITE_ONCE(vfn_known_tasks[i], current);
	}
	raw_spin_unlock(&vfn_lock);
}

static void thread_forget(struct vfn_thread *thread)
{
	unsigned int i = vfn_known_bucket(thread->task);

	lockdep_assert_held(&vfn_lock);
	if (vfn_known_tasks[i] == thread->task)
		WRITE_ONCE(vfn_known_tasks[i], NULL);
}

static void thread_remove(struct vfn_thread *thread)
{
	lockdep_assert_held(&vfn_lock);
	thread_forget(thread);
	thread->view->translations += thread->translations;
	hash_del_rcu(&thread->hash);
	list_del(&thread->mates);
	vfn_table_put(thread->table);
	if (thread->heir)
		kfree_rcu(thread->heir, rcu);
	kfree_rcu(thread, rcu);
}

/* Phase one of three: nobody finds the view any more.  Two: RCU.  Three: kfree(). */
static void view_remove(struct vfn_view *view)
{
	struct vfn_thread *thread, *next;

	lockdep_assert_held(&vfn_lock);
	view->gone = true;
	list_del_init(&view->leaving);
	hash_del_rcu(&view->hash);
	list_for_each_entry_safe(thread, next, &view->threads, mates)
		thread_remove(thread);
	vfn_translations_gone += view->translations;
	vfn_table_put(rcu_dereference_protected(view->table, true));
	kfree_rcu(view, rcu);
	if (atomic_dec_and_test(&nr_views))
		schedule_delayed_work(&detach_work, DETACH_DELAY);
	module_put(THIS_MODULE);
}

static bool view_in_use(struct vfn_view *view)
{
	struct vfn_thread *thread;

	lockdep_assert_held(&vfn_lock);
	list_for_each_entry(thread, &view->threads, mates) {
		if (READ_ONCE(thread->active))
			return true;
		/* Set while it was inside: pairs with vfn_thread_leave(). */
		smp_rmb();
		if (READ_ONCE(thread->exec.running))
			return true;
	}
	return false;
}

/* Does anybody but the current thread know the view? */
static bool view_has_others(struct vfn_view *view)
{
	struct vfn_thread *thread;

	lockdep_assert_held(&vfn_lock);
	list_for_each_entry(thread, &view->threads, mates)
		if (thread->task != current)
			return true;
	return false;
}

/* It isn't to go after all. */
static void view_stay(struct vfn_view *view)
{
	lockdep_assert_held(&vfn_lock);
	WRITE_ONCE(view->gone, false);
	list_del_init(&view->leaving);
}

/*
 * Remove an idle view of the current process, at once if its other threads don't know
 * it.  A thread that does may be on its way in just now, and nothing that it could be
 * asked for on every way in or out is as cheap as nothing.  So new ones are kept out;
 * those on the quick way in, where there is no voluntary sleep, are waited for; and
 * from then on it takes who is inside to leave, or to make the view stay by an edit.
 */
void vfn_view_try_remove(struct vfn_view *view)
{
	struct vfn_thread *thread;

	raw_spin_lock(&vfn_lock);
	if (!view->idle || view->gone)
		goto out;
	if (view_has_others(view)) {
		WRITE_ONCE(view->gone, true);
		list_for_each_entry(thread, &view->threads, mates)
			thread_forget(thread);
		list_add_tail(&view->leaving, &leaving);
		schedule_delayed_work(&remove_work, 0);
	} else if (!view_in_use(view)) {
		view_remove(view);
	}
out:
	raw_spin_unlock(&vfn_lock);
}

static void remove_left(struct work_struct *work)
{
	struct vfn_view *view, *next;
	bool more;

	raw_spin_lock(&vfn_lock);
	more = !list_empty(&leaving);
	list_splice_tail_init(&leaving, &left);
	raw_spin_unlock(&vfn_lock);
	/* Once for each: who is inside for long is only looked after. */
	if (more)
		synchronize_rcu_tasks();
	raw_spin_lock(&vfn_lock);
	list_for_each_entry_safe(view, next, &left, leaving)
		if (!view_in_use(view))
			view_remove(view);
	if (!list_empty(&left) || !list_empty(&leaving))
		schedule_delayed_work(&remove_work, REMOVE_DELAY);
	raw_spin_unlock(&vfn_lock);
}

static struct vfn_thread *thread_alloc(struct vfn_view *view, gfp_t gfp)
{
	struct vfn_thread *thread;

	/* As much as kmalloc() would give it, on all kernels. */
	BUILD_BUG_ON(sizeof(*thread) > SZ_2K);
	thread = kmalloc(sizeof(*thread), gfp);
	if (!thread)
		return NULL;
	/* What follows has names, which is most of it. */
	memset(thread, 0, offsetof(struct vfn_thread, name));
	thread->pwd.table = NULL;
	thread->dir.base.table = NULL;
	thread->task = current;
	thread->view = view;
	thread->table = vfn_table_hold(&vfn_no_table);
	return thread;
}

/* Of a thread that nobody has seen. */
static void thread_free(struct vfn_thread *thread)
{
	vfn_table_put(thread->table);
	kfree(thread);
}

static void thread_insert(struct vfn_thread *thread)
{
	lockdep_assert_held(&vfn_lock);
	list_add(&thread->mates, &thread->view->threads);
	hash_add_rcu(threads, &thread->hash, (unsigned long)thread->task);
}

/* The current thread, new to its process's @view.  NULL: @view has gone; -ENOMEM. */
static struct vfn_thread *thread_new(struct vfn_view *view)
{
	struct vfn_thread *thread;
	bool gone;

	/* probe_exit() has passed or will: nobody would take it away again. */
	if (current->flags & PF_EXITING)
		return NULL;
	thread = thread_alloc(view, GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!thread)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock(&vfn_lock);
	gone = view->gone;
	if (!gone)
		thread_insert(thread);
	raw_spin_unlock(&vfn_lock);
	if (!gone)
		return thread;
	thread_free(thread);
	return NULL;
}

/*
 * Inside, unless the view is to go, which doesn't concern who is there already.  Each
 * side writes its own flag, then reads the other's: @active here, vfn_view.gone in
 * vfn_view_try_remove().
 */
static bool thread_enter(struct vfn_thread *thread)
{
	WRITE_ONCE(thread->active, thread->active + 1);
	smp_mb();	/* @active before @gone; pairs with the grace period of remove_left() */
	if (likely(!READ_ONCE(thread->view->gone)) || thread->active > 1 || thread->exec.running)
		return true;
	vfn_thread_leave(thread);
	return false;
}

struct vfn_thread *vfn_thread_enter(void)
{
	struct vfn_thread *thread = NULL;
	struct vfn_view *view;

	rcu_read_lock();
	view = vfn_view_find(current->signal);
	if (!view)
		goto out;
	thread = thread_find(current) ?: thread_new(view);
	if (IS_ERR_OR_NULL(thread))
		goto out;
	if (thread_enter(thread))
		thread_know(thread);
	else
		thread = NULL;
out:
	rcu_read_unlock();
	return thread;
}

void vfn_view_leave(struct vfn_thread *thread)
{
	struct vfn_view *view = thread->view;

	/* Without @active, nothing but RCU keeps the view. */
	rcu_read_lock();
	vfn_thread_leave(thread);
	if (READ_ONCE(view->idle))
		vfn_view_try_remove(view);
	rcu_read_unlock();
}

bool vfn_thread_exec_end(void)
{
	struct vfn_thread *thread;
	bool doomed = false;

	rcu_read_lock();
	thread = thread_find(current);
	if (thread) {
		doomed = thread->exec.doomed;
		thread->exec = (struct vfn_exec){};
		if (READ_ONCE(thread->view->idle))
			vfn_view_try_remove(thread->view);
	}
	rcu_read_unlock();
	return doomed;
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
	struct vfn_table *table = vfn_table_get(&thread->view->table);

	/* Another one may come to lie where this was. */
	thread->pwd.table = NULL;
	thread->dir.base.table = NULL;
	vfn_table_put(thread->table);
	thread->table = table ?: vfn_table_hold(&vfn_no_table);
	return table;
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

/* Is there one that was to go?  Then it isn't to any more. */
static bool keep_view(void)
{
	struct vfn_view *view;

	raw_spin_lock(&vfn_lock);
	view = vfn_view_find(current->signal);
	if (view)
		view_stay(view);
	raw_spin_unlock(&vfn_lock);
	return view;
}

struct vfn_thread *vfn_view_enter(void)
{
	struct vfn_thread *thread;
	int err;

	thread = vfn_thread_enter();
	if (thread)
		return thread;
	mutex_lock(&attach_mutex);
	do {
		thread = vfn_thread_enter();
		if (thread)
			goto out;
	} while (keep_view());

	if (!attached) {
		err = vfn_hooks_attach();
		thread = ERR_PTR(err);
		if (err)
			goto out;
		WRITE_ONCE(attached, true);
	}
	thread = view_make();
	if (IS_ERR(thread) && !atomic_read(&nr_views))
		schedule_delayed_work(&detach_work, DETACH_DELAY);
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
	if (!view->idle)
		view_stay(view);
	rcu_assign_pointer(view->table, table);
	raw_spin_unlock(&vfn_lock);
	vfn_table_put(old);
}

void vfn_view_publish(struct vfn_view *view, struct vfn_table *table)
{
	u32 event;

	lockdep_assert_held(&view->edit);
	event = vfn_event_of(rcu_dereference_protected(view->table, true), table);
	WRITE_ONCE(view->edits, view->edits + 1);
	view_set_table(view, table);
	/* @edit keeps the table in its place. */
	if (event)
		vfn_event(event, current, table ? table->nr : 0);
}

void vfn_view_drop(struct vfn_view *view)
{
	struct vfn_table *table = rcu_dereference_protected(view->table, true);

	if (table && table->nr)
		vfn_event(VFN_EVENT_DROPPED, current, 0);
	/* exec has left us the only thread: nobody edits. */
	if (table && table->sealed) {
		view_set_table(view, vfn_table_sealed());
	} else {
		view_set_table(view, NULL);
	}
}

int vfn_thread_want_heir(struct vfn_thread *thread)
{
	/* One is left over if a fork has failed later on. */
	if (!thread->heir)
		thread->heir = view_alloc(NULL, GFP_KERNEL_ACCOUNT);
	return thread->heir ? 0 : -ENOMEM;
}

/*
 * Without an heir, the process had no view when its fork began: then that is what the
 * child inherits.
 */
void vfn_task_fork(struct task_struct *child)
{
	struct vfn_thread *thread;
	struct vfn_view *heir;

	if (likely(vfn_no_view()) || child->signal == current->signal)
		return;
	raw_spin_lock(&vfn_lock);
	thread = thread_find(current);
	if (thread && thread->heir && !thread->view->idle) {
		heir = thread->heir;
		thread->heir = NULL;
		heir->signal = child->signal;
		RCU_INIT_POINTER(heir->table, vfn_table_get(&thread->view->table));
		heir->idle = false;
		heir->exe_via = thread->view->exe_via;
		view_insert(heir);
		vfn_event(VFN_EVENT_INHERITED, child,
			  rcu_dereference_protected(heir->table, true)->nr);
	}
	raw_spin_unlock(&vfn_lock);
}

/* The last thread of the process ends. */
static void view_end(struct vfn_view *view)
{
	lockdep_assert_held(&vfn_lock);
	if (!view->idle)
		vfn_event(VFN_EVENT_FREED, current, 0);
	view_remove(view);
}

void vfn_task_exit(void)
{
	struct vfn_thread *thread;
	struct vfn_view *view;

	if (likely(vfn_no_view()))
		return;
	raw_spin_lock(&vfn_lock);
	view = vfn_view_find(current->signal);
	thread = view ? thread_find(current) : NULL;
	if (thread)
		thread_remove(thread);
	/* do_exit() has counted this thread off already: the last one sees zero. */
	if (view && !atomic_read(&current->signal->live))
		view_end(view);
	raw_spin_unlock(&vfn_lock);
}

int vfn_task_init(void)
{
	int err;

	/* The first view attaches the hooks; that they can't be is better known now. */
	err = vfn_hooks_attach();
	if (err)
		return err;
	attached = true;
	schedule_delayed_work(&detach_work, DETACH_DELAY);
	return 0;
}

void vfn_task_exit_module(void)
{
	/* There is no view any more, but perhaps somebody who looks for some that were. */
	cancel_delayed_work_sync(&remove_work);
	cancel_delayed_work_sync(&detach_work);
	if (attached)
		vfn_hooks_detach();
}
