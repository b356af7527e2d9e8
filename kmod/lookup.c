// SPDX-License-Identifier: GPL-2.0
/*
 * Lookups of holders: names that are looked up or opened
 */
#include "compat/open_flags.h"
#include "translate.h"

static noinline int plain_lookup(int dfd, struct filename *name, unsigned int flags,
				 struct path *path, struct path *root,
				 struct vfn_thread *thread)
{
	struct vfn_walk *outer;
	int err;

	if (thread == &vfn_no_thread)
		return -ENOMEM;
	outer = thread->walk;
	/* The slow walk looks up below where it has come to, and wants to know of symlinks. */
	if (outer && outer->expected)
		outer->expected = false;
	else
		vfn_leave_alone(thread);
	err = vfn_filename_lookup(dfd, name, flags, path, root);
	thread->walk = outer;
	vfn_thread_leave(thread);
	return err;
}

/* The kernel's walk of a name that passes.  What else it takes is in @l. */
static __always_inline int pass_lookup(struct vfn_lookup *l, struct filename *name,
				       struct path *root)
{
	int err;

	vfn_lookup_thread(l)->walk = &l->walk;
	err = vfn_filename_lookup(l->dfd, name, l->flags, l->path, root);
	vfn_lookup_thread(l)->walk = NULL;
	return err;
}

/* @err: what the kernel has said of the name as it is, or as vfn_lookup_start() leaves it. */
static int translated_lookup(struct vfn_lookup *l, int err)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);

	while (vfn_lookup_is_open(err)) {
		err = vfn_translate(l, err);
		if (err)
			break;
		thread->walk = &l->walk;
		err = vfn_filename_lookup(l->sub ? AT_FDCWD : l->dfd, l->sub ?: l->name,
					       vfn_lookup_flags(l, l->flags), l->path, NULL);
		thread->walk = NULL;
		err = vfn_walk_says(&l->walk, err);
	}
	if (err == -ENOENT)
		err = vfn_find_missing(l, VFN_MISSING_NAME, l->path, NULL);
	vfn_lookup_end(l);
	return err;
}

/* @err: what the kernel has said of the name as it is, or VFN_UNTRIED. */
static noinline int close_lookup(struct vfn_lookup *l, int err)
{
	if (!vfn_lookup_start(l, &err))
		return plain_lookup(l->dfd, l->name, l->flags, l->path, NULL,
				    vfn_lookup_thread(l));
	if (!err) {
		err = pass_lookup(l, l->name, NULL);
		if (vfn_lookup_is_final(l, &err, false)) {
			vfn_thread_leave(vfn_lookup_thread(l));
			return err;
		}
	}
	return translated_lookup(l, err);
}

static __always_inline int lookup(int dfd, struct filename *name, unsigned int flags,
				  struct path *path, struct path *root,
				  struct vfn_thread *thread)
{
	struct vfn_lookup *l = &thread->lookup;
	const char *text;
	int err;

	if (unlikely(root) || !vfn_is_translated(thread, name, flags))
		return plain_lookup(dfd, name, flags, path, root, thread);
	text = vfn_lookup_init(l, dfd, name, flags);
	l->path = path;
	/* The arguments are needed again, but registers now: enough for the name and NULL. */
	OPTIMIZER_HIDE_VAR(l);
	OPTIMIZER_HIDE_VAR(root);
	if (unlikely(!vfn_lookup_passes(l, text)))
		return close_lookup(l, VFN_UNTRIED);
	err = pass_lookup(l, name, root);
	if (!vfn_lookup_is_final(l, &err, false))
		return close_lookup(l, err);
	vfn_thread_leave(vfn_lookup_thread(l));
	return err;
}

notrace int hook_filename_lookup(int dfd, struct filename *name, unsigned int flags,
				 struct path *path, struct path *root,
				 struct vfn_thread *thread)
{
	int err = lookup(dfd, name, flags, path, root, thread);

	vfn_name_done(name);
	return err;
}

/* Open a directory that is there in the view alone, or refuse to make a file in it. */
static struct file *open_missing(struct vfn_lookup *l, const struct open_flags *op)
{
	struct filename *last;
	struct file *file;
	struct path dir;
	int err;

	if (op->open_flag & O_CREAT) {
		err = vfn_find_missing(l, VFN_MISSING_PARENT, &dir, &last);
		if (err)
			return ERR_PTR(err);
		putname(last);
		path_put(&dir);
		return ERR_PTR(-EROFS);
	}
	err = vfn_find_missing(l, VFN_MISSING_NAME, &dir, NULL);
	if (err)
		return ERR_PTR(err);
	err = vfn_open_regular_only(op);
	if (err)
		file = ERR_PTR(err);
	else if (op->open_flag & __FMODE_EXEC)
		file = ERR_PTR(-EACCES);
	else if (op->open_flag & __O_TMPFILE)
		file = ERR_PTR(-EROFS);
	else if (op->acc_mode & MAY_WRITE)
		file = ERR_PTR(-EISDIR);
	else
		file = dentry_open(&dir, op->open_flag, current_cred());
	path_put(&dir);
	return file;
}

static noinline struct file *plain_open(struct vfn_thread *thread, int dfd,
					struct filename *name, const struct open_flags *op)
{
	struct vfn_walk *outer;
	struct file *file;

	if (thread == &vfn_no_thread)
		return ERR_PTR(-ENOMEM);
	outer = vfn_leave_alone(thread);
	file = vfn_orig_do_filp_open(dfd, name, op);
	thread->walk = outer;
	vfn_thread_leave(thread);
	return file;
}

/* As translated_lookup(). */
static struct file *translated_open(struct vfn_lookup *l, int err)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);
	const struct open_flags *op = l->op;
	struct open_flags flags = *op;
	struct file *file = NULL;

	if (op->open_flag & O_CREAT)
		l->flags |= LOOKUP_CREATE;
	while (vfn_lookup_is_open(err)) {
		err = vfn_translate(l, err);
		if (!err && op->open_flag & O_CREAT)
			err = vfn_is_missing(l);
		if (err > 0)
			err = op->open_flag & O_EXCL ? -EEXIST : -EISDIR;
		if (err)
			break;
		/* O_CREAT | O_EXCL makes the name TO itself, and so never follows. */
		l->follow &= !(op->intent & LOOKUP_EXCL);
		flags.lookup_flags = vfn_lookup_flags(l, op->lookup_flags);
		thread->walk = &l->walk;
		file = vfn_orig_do_filp_open(l->sub ? AT_FDCWD : l->dfd, l->sub ?: l->name,
					     &flags);
		thread->walk = NULL;
		err = vfn_walk_says(&l->walk, PTR_ERR_OR_ZERO(file));
	}
	if (err == -ENOENT)
		return open_missing(l, op);
	return err ? ERR_PTR(err) : file;
}

/* As pass_lookup(). */
static __always_inline struct file *pass_open(struct vfn_lookup *l)
{
	struct file *file;

	vfn_lookup_thread(l)->walk = &l->walk;
	file = vfn_orig_do_filp_open(l->dfd, l->name, l->op);
	vfn_lookup_thread(l)->walk = NULL;
	return file;
}

/* Is it all there is to say?  Otherwise, *@err is what close_open() wants. */
static __always_inline bool open_is_final(struct vfn_lookup *l, struct file *file, int *err)
{
	*err = PTR_ERR_OR_ZERO(file);
	return vfn_lookup_is_final(l, err, l->op->open_flag & O_CREAT);
}

/* As close_lookup(). */
static noinline struct file *close_open(struct vfn_lookup *l, int err)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);
	bool program = l->op->open_flag & __FMODE_EXEC;
	struct file *file;

	thread->exec.opened_by = VFN_VIA_UNKNOWN;
	if (!vfn_lookup_start(l, &err))
		return plain_open(thread, l->dfd, l->name, l->op);
	if (!err && program) {
		err = VFN_LOOKED;
	} else if (!err) {
		file = pass_open(l);
		if (open_is_final(l, file, &err)) {
			vfn_thread_leave(thread);
			return file;
		}
	}
	l->exec = program && current->in_execve;
	file = translated_open(l, err);
	/* Before 6.8, the program is opened within "in_execve" too, and later not. */
	if (program)
		thread->exec.opened_by = vfn_lookup_via(l);
	vfn_lookup_end(l);
	return file;
}

notrace struct file *hook_do_filp_open(int dfd, struct filename *name,
				       const struct open_flags *op, long unused4,
				       long unused5, struct vfn_thread *thread)
{
	struct vfn_lookup *l = &thread->lookup;
	struct file *file;
	const char *text;
	int err;

	if (!vfn_is_translated(thread, name, op->lookup_flags))
		return plain_open(thread, dfd, name, op);
	text = vfn_lookup_init(l, dfd, name, op->lookup_flags);
	l->op = op;
	/* As above. */
	OPTIMIZER_HIDE_VAR(l);
	if (unlikely(l->op->open_flag & __FMODE_EXEC || !vfn_lookup_passes(l, text)))
		return close_open(l, VFN_UNTRIED);
	file = pass_open(l);
	if (IS_ERR(file) && !open_is_final(l, file, &err))
		return close_open(l, err);
	vfn_thread_leave(vfn_lookup_thread(l));
	return file;
}
