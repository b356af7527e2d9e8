// SPDX-License-Identifier: GPL-2.0
/*
 * Names that are created, removed or renamed: the lookup of the directory they lie in
 *
 * The caller goes on with the last component, which the kernel leaves in the name
 * it was given: a name of ours must stay until the system call is over.
 */
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "translate.h"

/**
 * struct kept_name - a substitute that the system call still uses
 * @work:	runs when the thread returns to user mode
 * @name:	what *last of filename_parentat() points into
 *
 * Holds a reference to the module, for @work's function.
 */
struct kept_name {
	struct callback_head work;
	struct filename *name;
};

static void release_name(struct callback_head *work)
{
	struct kept_name *kept = container_of(work, struct kept_name, work);

	putname(kept->name);
	kfree(kept);
	module_put(THIS_MODULE);
}

/* Keep @name until the system call is over.  0: it has been taken over; -ENOMEM. */
static int keep_name(struct filename *name)
{
	struct kept_name *kept;

	kept = kmalloc(sizeof(*kept), GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	kept->name = name;
	init_task_work(&kept->work, release_name);
	if (task_work_add(current, &kept->work, TWA_RESUME)) {
		kfree(kept);
		return -ENOMEM;	/* the task is exiting */
	}
	/* Not try_module_get(): this thread is inside. */
	__module_get(THIS_MODULE);
	return 0;
}

/* As filename_parentat(), in a directory that is there in the view alone. */
static int parent_missing(struct vfn_lookup *l, enum vfn_missing what)
{
	struct filename *sub;
	struct path dir;
	int err;

	err = vfn_find_missing(l, what, &dir, &sub);
	if (err)
		return err;
	vfn_lookup_drop(l);
	l->sub = sub;
	err = vfn_filename_parentat(AT_FDCWD, sub, l->flags, l->to.path, l->to.last, l->to.type,
				    &dir);
	path_put(&dir);
	return err;
}

/* As pass_lookup(). */
static __always_inline int pass_parent(struct vfn_lookup *l)
{
	int err;

	vfn_lookup_thread(l)->walk = &l->walk;
	err = vfn_filename_parentat(l->dfd, l->name, l->flags, l->to.path, l->to.last,
				    l->to.type, NULL);
	vfn_lookup_thread(l)->walk = NULL;
	return err;
}

/* @err: as for translated_lookup(). */
static int translated_parent(struct vfn_lookup *l, int err)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);
	enum vfn_missing what = VFN_MISSING_PARENT;

	l->parent = true;
	while (vfn_lookup_is_open(err)) {
		err = vfn_translate(l, err);
		if (!err)
			err = vfn_is_missing(l);
		if (err > 0) {
			what = VFN_MISSING_LAST;
			err = -ENOENT;
		}
		if (err)
			break;
		thread->walk = &l->walk;
		err = vfn_filename_parentat(l->sub ? AT_FDCWD : l->dfd, l->sub ?: l->name,
					    l->flags, l->to.path, l->to.last, l->to.type, NULL);
		thread->walk = NULL;
		err = vfn_walk_says(&l->walk, err);
	}
	if (err == -ENOENT)
		err = parent_missing(l, what);
	if (!err && l->sub) {
		err = keep_name(l->sub);
		if (err)
			path_put(l->to.path);
		else
			l->sub = NULL;
	}
	vfn_lookup_end(l);
	return err;
}

/* A lookup that isn't translated; the thread leaves. */
static int plain_parent(struct vfn_thread *thread, int dfd, struct filename *name,
			unsigned int flags, const struct vfn_parent *to, const struct path *root)
{
	struct vfn_walk *outer = vfn_leave_alone(thread);
	int err;

	err = vfn_filename_parentat(dfd, name, flags, to->path, to->last, to->type, root);
	thread->walk = outer;
	vfn_thread_leave(thread);
	return err;
}

/* As close_lookup(). */
static noinline int close_parent(struct vfn_lookup *l, int err)
{
	if (!vfn_lookup_start(l, &err))
		return plain_parent(vfn_lookup_thread(l), l->dfd, l->name, l->flags, &l->to, NULL);
	if (!err) {
		err = pass_parent(l);
		if (vfn_lookup_is_final(l, &err, true)) {
			vfn_thread_leave(vfn_lookup_thread(l));
			return err;
		}
	}
	return translated_parent(l, err);
}

/* What doesn't take the quick way. */
static noinline int other_parentat(int dfd, struct filename *name, unsigned int flags,
				   struct path *parent, struct qstr *last, int *type,
				   const struct path *root)
{
	const struct vfn_parent to = { parent, last, type };
	struct vfn_thread *thread = vfn_thread_current();

	if (!thread)
		return -ENOMEM;
	if (root || !vfn_is_translated(thread, name, flags))
		return plain_parent(thread, dfd, name, flags, &to, root);
	vfn_lookup_init(&thread->lookup, dfd, name, flags);
	thread->lookup.to = to;
	return close_parent(&thread->lookup, VFN_UNTRIED);
}

static __always_inline int parentat(int dfd, struct filename *name, unsigned int flags,
				    struct path *parent, struct qstr *last, int *type,
				    const struct path *root)
{
	struct vfn_thread *thread = vfn_thread_known();
	struct vfn_lookup *l = &thread->lookup;
	const char *text;
	int err;

	if (unlikely(!thread || root || !vfn_is_translated(thread, name, flags)))
		return other_parentat(dfd, name, flags, parent, last, type, root);
	text = vfn_lookup_init(l, dfd, name, flags);
	l->to = (struct vfn_parent){ parent, last, type };
	/* As in lookup(). */
	OPTIMIZER_HIDE_VAR(l);
	if (unlikely(!vfn_lookup_passes(l, text)))
		return close_parent(l, VFN_UNTRIED);
	err = pass_parent(l);
	if (!vfn_lookup_is_final(l, &err, true))
		return close_parent(l, err);
	vfn_thread_leave(vfn_lookup_thread(l));
	return err;
}

#ifdef VFN_NAMES_ARE_CONSUMED

notrace struct filename *hook_filename_parentat(int dfd, struct filename *name,
						unsigned int flags, struct path *parent,
						struct qstr *last, int *type)
{
	int err = parentat(dfd, name, flags, parent, last, type, NULL);

	if (!err)
		return name;
	vfn_name_done(name);
	return ERR_PTR(err);
}

#else

notrace int hook_filename_parentat(int dfd, struct filename *name, unsigned int flags,
				   struct path *parent, struct qstr *last, int *type,
				   const struct path *root)
{
	return parentat(dfd, name, flags, parent, last, type, root);
}

#endif
