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
static int parent_missing(struct vfn_lookup *l, enum vfn_missing what, struct path *parent,
			  struct qstr *last, int *type)
{
	struct filename *sub;
	struct path dir;
	int err;

	err = vfn_find_missing(l, what, &dir, &sub);
	if (err)
		return err;
	vfn_lookup_drop(l);
	l->sub = sub;
	err = vfn_filename_parentat(AT_FDCWD, sub, l->flags, parent, last, type, &dir);
	path_put(&dir);
	return err;
}

static int plain_parent(struct vfn_thread *thread, int dfd, struct filename *name,
			unsigned int flags, struct path *parent, struct qstr *last,
			int *type, const struct path *root)
{
	struct vfn_walk *outer = vfn_leave_alone(thread);
	int err;

	err = vfn_filename_parentat(dfd, name, flags, parent, last, type, root);
	thread->walk = outer;
	vfn_thread_leave(thread);
	return err;
}

static int translated_parent(struct vfn_lookup *l, struct path *parent, struct qstr *last,
			     int *type)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);
	enum vfn_missing what = VFN_MISSING_PARENT;
	int err = VFN_UNTRIED;

	l->parent = true;
	while (err == VFN_UNTRIED || err == -VFN_ERELOOK) {
		err = err == -VFN_ERELOOK ? vfn_translate_again(l) : vfn_translate(l);
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
						 l->flags, parent, last, type, NULL);
		thread->walk = NULL;
		err = vfn_walk_says(&l->walk, err);
	}
	if (err == -ENOENT)
		err = parent_missing(l, what, parent, last, type);
	if (!err && l->sub) {
		err = keep_name(l->sub);
		if (err)
			path_put(parent);
		else
			l->sub = NULL;
	}
	vfn_lookup_end(l);
	return err;
}

static __always_inline int parentat(int dfd, struct filename *name, unsigned int flags,
				    struct path *parent, struct qstr *last, int *type,
				    const struct path *root)
{
	struct vfn_thread *thread = vfn_thread_current();
	struct vfn_lookup *l = &thread->lookup;

	if (!thread)
		return -ENOMEM;
	if (root || !vfn_is_translated(thread, name, flags))
		return plain_parent(thread, dfd, name, flags, parent, last, type, root);
	vfn_lookup_init(l, dfd, name, flags);
	if (!vfn_lookup_start(l))
		return plain_parent(thread, dfd, name, flags, parent, last, type, NULL);
	return translated_parent(l, parent, last, type);
}

#ifdef VFN_NAMES_ARE_CONSUMED

struct filename *hook_filename_parentat(int dfd, struct filename *name, unsigned int flags,
					struct path *parent, struct qstr *last, int *type)
{
	int err = parentat(dfd, name, flags, parent, last, type, NULL);

	if (!err)
		return name;
	vfn_name_done(name);
	return ERR_PTR(err);
}

#else

int hook_filename_parentat(int dfd, struct filename *name, unsigned int flags,
			   struct path *parent, struct qstr *last, int *type,
			   const struct path *root)
{
	return parentat(dfd, name, flags, parent, last, type, root);
}

#endif
