// SPDX-License-Identifier: GPL-2.0
/*
 * Lookups of holders: translate the name, let the kernel walk the result
 *
 * Most names need no more than a look at their text.  Where a symlink on the
 * way, or a "..", may lead to a mapping, the follow_link hook stops the walk and
 * the name is resolved step by step (walk.c); then the kernel gets the outcome.
 */
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "compat/open_flags.h"
#include "lookup.h"

static void substitute(struct lookup *l, const char *real)
{
	l->sub = getname_kernel(real);
}

/* @text, an absolute name in the view, is covered by @m->map. */
static int take_mapping(struct lookup *l, const char *text, const struct vfn_match *m)
{
	const struct vfn_mapping *map = m->map;
	char *real;
	int len;

	if (map->op == VFN_OP_HIDE)
		return -ENOENT;
	/* The kernel would judge by TO's own symlinks and the mounts on the way to it. */
	if (l->flags & (LOOKUP_NO_SYMLINKS | LOOKUP_NO_XDEV))
		return -VFN_ERELOOK;
	if (!strcmp(map->from, map->to)) {
		l->walk.mode = VFN_WALK_JUDGE;
		l->walk.anywhere = true;
		return 0;
	}
	real = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!real)
		return -ENOMEM;
	len = vfn_name_join(real, PATH_MAX, map->to, text + m->rest);
	if (len >= 0)
		substitute(l, real);
	kfree(real);
	if (len < 0)
		return len;
	/* TO's own symlinks are real ones.  Those below it are the view's. */
	l->follow = m->exact && !l->parent && !(map->flags & VFN_MAP_NOFOLLOW);
	l->walk.mode = l->follow || (m->exact && l->parent) ? VFN_WALK_REAL : VFN_WALK_STOP;
	return 0;
}

static int translate_absolute(struct lookup *l, const char *text)
{
	struct vfn_match m = vfn_table_match(l->table, text);

	if (m.dots)
		return -VFN_ERELOOK;
	if (m.map)
		return take_mapping(l, text, &m);
	l->walk.mode = VFN_WALK_JUDGE;
	return 0;
}

/* A name relative to a directory that the view calls @base.  @text: 2 * PATH_MAX. */
static int translate_below(struct lookup *l, char *base, unsigned int len, char *text)
{
	struct vfn_match m;

	/* May be too long for a name by itself; only what it is translated to counts. */
	vfn_name_join(text, 2 * PATH_MAX, base, l->name->name);
	m = vfn_table_match(l->table, text);
	if (m.dots)
		return -VFN_ERELOOK;
	/* Covered by nothing, or only by what covers the directory itself. */
	if (!m.map || m.rest <= len)
		return 0;
	return take_mapping(l, text, &m);
}

static int translate_relative(struct lookup *l)
{
	struct vfn_comp c = vfn_comp(l->name->name);
	struct path base;
	char *buf;
	int err;

	l->walk.mode = VFN_WALK_JUDGE;
	l->walk.anywhere = true;
	while (vfn_is_dot(c))
		c = vfn_comp_next(c);
	/* The mapping that this could be about would have to have that component. */
	if (!c.len || (!vfn_table_knows(l->table, c) && !vfn_has_dotdot(c.name)))
		return 0;
	if (vfn_base_path(l->dfd, &base))
		return 0;	/* the kernel's own lookup fails alike */
	buf = kmalloc(3 * PATH_MAX, GFP_KERNEL);
	if (!buf) {
		path_put(&base);
		return -ENOMEM;
	}
	err = vfn_view_name(l->table, &base, buf, buf + PATH_MAX, NULL);
	path_put(&base);
	if (err > 0)
		err = translate_below(l, buf, err, buf + PATH_MAX);
	else if (err == -ENOENT || err == -ENAMETOOLONG)
		err = 0;	/* the directory has no name in the view (N10) */
	kfree(buf);
	return err;
}

/* The exact way.  Whatever it says is final, so the walk that follows is plain. */
static int translate_slowly(struct lookup *l)
{
	const struct vfn_mapping *map;
	struct vfn_resolve *r;
	int err;

	if (l->flags & LOOKUP_CACHED)
		return -EAGAIN;
	r = vfn_resolve_new(l->thread);
	if (!r)
		return -ENOMEM;
	l->walk.mode = VFN_WALK_REAL;
	err = vfn_resolve(r, l->table, l->dfd, l->name->name, l->flags, l->parent,
			  false);
	if (err > 0 || (!r->mapped && err != -ENOMEM)) {
		err = 0;	/* it means what it really means, or fails as it really does */
		goto out;
	}
	if (!err)
		err = vfn_resolve_real(r, r->link, &map);
	if (err)
		goto out;
	substitute(l, r->link);
	l->real = true;
	l->follow = map && !l->parent && !(map->flags & VFN_MAP_NOFOLLOW);
out:
	kvfree(r);
	return err;
}

/*
 * S3: no translated interpreter for a program that gains privileges.  Without
 * @exec->interp, it is the program itself, which security_bprm_check() will then find
 * out; or there was no view yet when open_exec() was called.
 */
static int check_interpreter(struct lookup *l, int err)
{
	struct vfn_exec *exec = &l->thread->exec;

	if (!l->exec || (!err && !l->sub))
		return err;
	if (!exec->interp) {
		exec->translated = true;
		return vfn_exec_begin(exec) ?: err;
	}
	if (exec->judged && !exec->gains) {
		exec->translated = true;
		return err;
	}
	/* Not judged: the table came later than the program, which starts without it. */
	exec->kept = exec->judged;
	if (!IS_ERR_OR_NULL(l->sub))
		putname(l->sub);
	l->sub = NULL;
	l->follow = false;
	l->real = false;
	l->walk.mode = VFN_WALK_REAL;
	return 0;
}

static int translate(struct lookup *l)
{
	int err = -VFN_ERELOOK;

	l->walk.anywhere = false;
	if (!l->second) {
		err = l->name->name[0] == '/' ? translate_absolute(l, l->name->name) :
						translate_relative(l);
		l->second = err == -VFN_ERELOOK;
	}
	if (err == -VFN_ERELOOK)
		err = translate_slowly(l);
	err = check_interpreter(l, err);
	if (IS_ERR(l->sub)) {
		err = err ?: PTR_ERR(l->sub);
		l->sub = NULL;
	}
	return err;
}

enum lookup_kind {
	LOOKUP_KIND_PLAIN,
	LOOKUP_KIND_PARENT,
	LOOKUP_KIND_EXEC,
};

/*
 * Prepare the call.  0: go on with lookup_name(), lookup_dfd() and @l->follow;
 * else the errno that the call fails with.
 */
static int lookup_begin(struct lookup *l, int dfd, struct filename *name,
			unsigned int flags, enum lookup_kind kind)
{
	int err;

	memset(l, 0, sizeof(*l));
	l->dfd = dfd;
	l->name = name;
	l->flags = flags;
	l->parent = kind == LOOKUP_KIND_PARENT;
	l->exec = kind == LOOKUP_KIND_EXEC;
	l->thread = vfn_thread_current();
	if (!l->thread)
		return -ENOMEM;
	/*
	 * A lookup within a lookup is the file system's own.  Errors in place of
	 * a name, empty names and lookups below a root are the kernel's to judge.
	 */
	if (l->thread->walk || IS_ERR(name) || !name->name[0] ||
	    flags & LOOKUP_IS_SCOPED)
		return 0;
	l->table = vfn_thread_table(l->thread);
	if (vfn_table_idle(l->table) || !l->table->nr) {
		l->table = NULL;
		return 0;
	}
	l->walk.table = l->table;
	l->walk.name = name->name;
	err = translate(l);
	l->thread->walk = &l->walk;
	return err;
}

/* The flags for the kernel's walk, of those the caller has given. */
static unsigned int lookup_flags(const struct lookup *l, unsigned int flags)
{
	if (l->follow)
		flags |= LOOKUP_FOLLOW;
	return l->real ? flags & ~(LOOKUP_NO_SYMLINKS | LOOKUP_NO_XDEV) : flags;
}

static struct filename *lookup_name(struct lookup *l)
{
	return l->sub ?: l->name;
}

static int lookup_dfd(struct lookup *l)
{
	return l->sub ? AT_FDCWD : l->dfd;
}

static void drop_substitute(struct lookup *l)
{
	if (l->sub)
		putname(l->sub);
	l->sub = NULL;
}

/*
 * Was the walk stopped at a symlink?  Then *@err says how to go on, as after
 * lookup_begin().
 */
static bool lookup_again(struct lookup *l, int *err)
{
	if (*err != -VFN_ERELOOK)
		return false;
	drop_substitute(l);
	l->second = true;
	l->thread->walk = NULL;
	*err = translate(l);
	l->thread->walk = &l->walk;
	return true;
}

static void lookup_end(struct lookup *l)
{
	if (!l->thread)
		return;
	drop_substitute(l);
	if (l->table)
		l->thread->walk = NULL;
	vfn_thread_leave(l->thread);
}

int hook_filename_lookup(int dfd, struct filename *name, unsigned int flags,
			 struct path *path, struct path *root)
{
	struct lookup l;
	int err;

	if (root) {
		err = vfn_orig_filename_lookup(dfd, name, flags, path, root);
		l.thread = vfn_thread_current();
		if (l.thread)
			vfn_thread_leave(l.thread);
		return err;
	}
	err = lookup_begin(&l, dfd, name, flags, LOOKUP_KIND_PLAIN);
	do {
		if (!err)
			err = vfn_orig_filename_lookup(lookup_dfd(&l), lookup_name(&l),
						       lookup_flags(&l, flags), path, NULL);
	} while (lookup_again(&l, &err));
	if (err == -ENOENT)
		err = vfn_find_missing(&l, VFN_MISSING_NAME, path, NULL);
	lookup_end(&l);
	return err;
}

/* Open a directory that is there in the view alone, or refuse to make a file in it. */
static struct file *open_missing(struct lookup *l, const struct open_flags *op)
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
	if (op->open_flag & __FMODE_EXEC)
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

struct file *hook_do_filp_open(int dfd, struct filename *name,
			       const struct open_flags *op)
{
	struct open_flags flags = *op;
	struct file *file = NULL;
	struct lookup l;
	int err;

	err = lookup_begin(&l, dfd, name,
			   op->lookup_flags | (op->open_flag & O_CREAT ? LOOKUP_CREATE : 0),
			   op->open_flag & __FMODE_EXEC && current->in_execve ?
			   LOOKUP_KIND_EXEC : LOOKUP_KIND_PLAIN);
	if (!err && op->open_flag & O_CREAT)
		err = vfn_is_missing(&l);
	if (err > 0)
		err = op->open_flag & O_EXCL ? -EEXIST : -EISDIR;
	do {
		/* O_CREAT | O_EXCL makes the name TO itself, and so never follows. */
		l.follow &= !(op->intent & LOOKUP_EXCL);
		flags.lookup_flags = lookup_flags(&l, op->lookup_flags);
		if (!err) {
			file = vfn_orig_do_filp_open(lookup_dfd(&l), lookup_name(&l), &flags);
			err = PTR_ERR_OR_ZERO(file);
		}
	} while (lookup_again(&l, &err));
	if (err == -ENOENT)
		file = open_missing(&l, op);
	else if (err)
		file = ERR_PTR(err);
	lookup_end(&l);
	return file;
}

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

/* Keep @name, if any, until the system call is over.  Takes it over if it can. */
static int keep_name(struct filename *name)
{
	struct kept_name *kept;

	if (!name)
		return 0;
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
static int parent_missing(struct lookup *l, enum vfn_missing what, struct path *parent,
			  struct qstr *last, int *type)
{
	struct filename *sub;
	struct path dir;
	int err;

	err = vfn_find_missing(l, what, &dir, &sub);
	if (err)
		return err;
	drop_substitute(l);
	l->sub = sub;
	err = vfn_orig_filename_parentat(AT_FDCWD, sub, l->flags, parent, last, type, &dir);
	path_put(&dir);
	return err;
}

int hook_filename_parentat(int dfd, struct filename *name, unsigned int flags,
			   struct path *parent, struct qstr *last, int *type,
			   const struct path *root)
{
	enum vfn_missing what = VFN_MISSING_PARENT;
	struct lookup l;
	int err;

	if (root) {
		err = vfn_orig_filename_parentat(dfd, name, flags, parent, last, type, root);
		l.thread = vfn_thread_current();
		if (l.thread)
			vfn_thread_leave(l.thread);
		return err;
	}
	err = lookup_begin(&l, dfd, name, flags, LOOKUP_KIND_PARENT);
	if (!err)
		err = vfn_is_missing(&l);
	if (err > 0) {
		what = VFN_MISSING_LAST;
		err = -ENOENT;
	}
	do {
		if (!err)
			err = vfn_orig_filename_parentat(lookup_dfd(&l), lookup_name(&l), flags,
							 parent, last, type, NULL);
	} while (lookup_again(&l, &err));
	if (err == -ENOENT)
		err = parent_missing(&l, what, parent, last, type);
	if (!err) {
		err = keep_name(l.sub);
		if (err)
			path_put(parent);
		else
			l.sub = NULL;
	}
	lookup_end(&l);
	return err;
}
