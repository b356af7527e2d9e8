// SPDX-License-Identifier: GPL-2.0
/*
 * Edits: a batch of operations, applied to a table whole or not at all
 */
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "trace.h"
#include "walk.h"

unsigned int vfn_max_mappings = 1048576;
module_param_named(max_mappings, vfn_max_mappings, uint, 0644);
MODULE_PARM_DESC(max_mappings, "most mappings in one process's table");


/**
 * struct edit - a batch being applied
 * @old:	the table before the batch; what TOs mean
 * @table:	the table being made
 * @resolve:	for resolving names
 * @from_dir:	where FROMs lie
 * @to_dir:	where TOs lie
 * @account:	who pays
 * @from:	FROM of the operation, as the caller wrote it, clean
 * @to:		TO of the operation
 * @buf:	scratch
 */
struct edit {
	const struct vfn_table *old;
	struct vfn_table *table;
	struct vfn_resolve *resolve;
	struct vfn_straight from_dir;
	struct vfn_straight to_dir;
	struct vfn_account account;
	char from[PATH_MAX];
	char to[PATH_MAX];
	char buf[PATH_MAX];
};

int vfn_get_name(char *buf, u64 user)
{
	long len = strncpy_from_user(buf, u64_to_user_ptr(user), PATH_MAX);

	if (len < 0)
		return len;
	if (!len)
		return -ENOENT;
	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/*
 * FROM under its one name: with the symlinks on the way to it expanded in the view
 * that the batch has made so far.  Where the way can't be walked, it is what
 * the caller wrote.  -ENAMETOOLONG; what is no answer.
 */
static const char *canonical_from(struct edit *e)
{
	int err;

	if (vfn_straight_to(&e->from_dir, e->resolve, e->from) &&
	    !vfn_table_match(e->table, e->from_dir.name).map)
		return e->from;
	err = vfn_resolve(e->resolve, e->table, AT_FDCWD, e->from, 0, true, true);
	if (vfn_no_answer(err))
		return ERR_PTR(err);
	if (err)
		return e->from;
	return strlen(e->resolve->view) < PATH_MAX ? e->resolve->view : ERR_PTR(-ENAMETOOLONG);
}

/* A name relative to the working directory that the view has no other name for. */
static int make_absolute(struct edit *e)
{
	struct path pwd;
	char *base;
	int len;

	get_fs_pwd(current->fs, &pwd);
	base = vfn_real_name(&pwd, e->buf);
	path_put(&pwd);
	if (IS_ERR(base))
		return PTR_ERR(base);
	len = vfn_name_join(e->resolve->link, PATH_MAX, base, e->to);
	if (len < 0)
		return len;
	strcpy(e->to, e->resolve->link);
	return 0;
}

/* The last component is named, and not followed; but "." and ".." are ways to go. */
static bool ends_in_dots(const char *name)
{
	struct vfn_comp c, last = {};

	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c))
		last = c;
	return vfn_is_dot(last) || vfn_is_dotdot(last);
}

/* Is TO plainly the real name that it says?  Then it is made clean, too.  1, 0; an errno. */
static int is_straight(struct edit *e)
{
	int err;

	if (e->to[0] != '/' || vfn_has_dotdot(e->to) || ends_in_dots(e->to) || vfn_is_end(e->to))
		return 0;
	err = vfn_name_clean(e->to, false);
	if (err < 0)
		return err;
	return vfn_straight_to(&e->to_dir, e->resolve, e->to) &&
	       !vfn_table_match(e->old, e->to).map;
}

/* TO as a real name: what it means in the view before the batch (N1). */
static int resolve_to(struct edit *e)
{
	const struct vfn_mapping *map;
	int err;

	err = vfn_resolve(e->resolve, e->old, AT_FDCWD, e->to, 0, !ends_in_dots(e->to), true);
	if (err < 0)
		return err;
	if (!err && e->resolve->mapped)
		err = vfn_resolve_real(e->resolve, e->to, &map);
	else
		err = e->to[0] == '/' ? 0 : make_absolute(e);
	if (err)
		return err;
	err = vfn_name_clean(e->to, true);
	return err < 0 ? err : 0;
}

static int edit_map(struct edit *e, const struct vfn_op *op)
{
	unsigned int follow = op->flags & VFN_MAP_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct vfn_mapped what = { .op = op->op, .flags = op->flags, .to = e->to };
	int straight, err;

	e->to[0] = '\0';
	if (op->op == VFN_OP_MAP) {
		err = vfn_get_name(e->to, op->to);
		if (err)
			return err;
		straight = is_straight(e);
		err = straight ?: resolve_to(e);
		if (err < 0)
			return err;
		what.real = straight ?
			    vfn_straight_object(&e->to_dir, e->resolve, e->to, follow, e->buf) :
			    vfn_resolve_object(e->resolve, e->to, follow, e->buf);
		if (IS_ERR(what.real)) {
			if (vfn_no_answer(PTR_ERR(what.real)))
				return PTR_ERR(what.real);
			what.real = NULL;	/* it need not exist */
		}
	}
	what.from = canonical_from(e);
	if (IS_ERR(what.from))
		return PTR_ERR(what.from);
	return vfn_table_map(e->table, &what, READ_ONCE(vfn_max_mappings));
}

static int edit_unmap(struct edit *e)
{
	const char *from = canonical_from(e);
	int err;

	if (IS_ERR(from))
		return PTR_ERR(from);
	err = vfn_table_unmap(e->table, from);
	/* Made when a symlink on the way was something else. */
	return err == -ENOENT ? vfn_table_unmap(e->table, e->from) : err;
}

static int edit_one(struct edit *e, const struct vfn_op *op)
{
	int err;

	if (e->table->sealed)
		return -EPERM;
	/* Who has all they may must be able to take something away. */
	e->account.limit = READ_ONCE(vfn_max_user_bytes);
	if (op->op == VFN_OP_UNMAP)
		e->account.limit += e->account.limit / 8;
	if (op->flags & ~(op->op == VFN_OP_MAP ? VFN_MAP_NOFOLLOW : 0))
		return -EINVAL;
	if (op->op != VFN_OP_MAP && op->to)
		return -EINVAL;
	switch (op->op) {
	case VFN_OP_MAP:
	case VFN_OP_HIDE:
	case VFN_OP_UNMAP:
		err = vfn_get_name(e->from, op->from);
		if (!err)
			err = vfn_name_clean(e->from, false);
		if (err < 0)
			return err;
		return op->op == VFN_OP_UNMAP ? edit_unmap(e) : edit_map(e, op);
	case VFN_OP_CLEAR:
	case VFN_OP_SEAL:
		if (op->from)
			return -EINVAL;
		if (op->op == VFN_OP_CLEAR)
			vfn_table_clear(e->table);
		else
			e->table->sealed = true;
		return 0;
	default:
		return -EINVAL;
	}
}

/* *@done counts the operations that went well. */
static int edit_all(struct edit *e, const struct vfn_apply *apply, u32 *done)
{
	void __user *user = u64_to_user_ptr(apply->ops);
	struct vfn_op op;
	int err;

	for (*done = 0; *done < apply->nr_ops; ++*done) {
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		e->from[0] = '\0';
		e->to[0] = '\0';
		err = copy_struct_from_user(&op, sizeof(op), user, apply->op_size);
		if (!err)
			err = edit_one(e, &op);
		trace_vfn_edit(&op, e->from, e->to, err);
		if (err)
			return err;
		user += apply->op_size;
	}
	return 0;
}

/* A new table from @old, published in its place. */
static int edit_table(struct edit *e, struct vfn_view *view, struct vfn_table *old,
		      struct vfn_apply *apply)
{
	int err = -ENOMEM;

	e->old = old ?: &vfn_no_table;
	/* Less than the process itself takes, and what it takes to clear a table. */
	e->account.limit = LONG_MAX;
	e->table = vfn_table_edit(old);
	if (e->table)
		err = edit_all(e, apply, &apply->failed);
	if (!err)
		vfn_view_publish(view, e->table);
	else if (e->table)
		vfn_table_free(e->table);
	return err == -ENOMEM && e->account.over ? -EDQUOT : err;
}

int vfn_edit(struct vfn_thread *thread, struct vfn_apply *apply)
{
	struct vfn_view *view = thread->view;
	struct vfn_table *old;
	struct edit *e;
	int err;

	lockdep_assert_held(&view->edit);
	apply->failed = apply->nr_ops;
	old = rcu_dereference_protected(view->table, lockdep_is_held(&view->edit));
	if (old && old->sealed)
		return -EPERM;
	e = kvmalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		return -ENOMEM;
	vfn_straight_begin(&e->from_dir);
	vfn_straight_begin(&e->to_dir);
	e->account = (struct vfn_account){};
	e->resolve = vfn_resolve_new(thread);
	e->account.payer = vfn_payer_get();
	err = PTR_ERR_OR_ZERO(e->account.payer);
	if (!err && !e->resolve)
		err = -ENOMEM;
	if (!err) {
		thread->account = &e->account;
		err = edit_table(e, view, old, apply);
		thread->account = NULL;
	}
	vfn_payer_put(e->account.payer);
	vfn_straight_end(&e->from_dir);
	vfn_straight_end(&e->to_dir);
	vfn_resolve_free(e->resolve);
	kvfree(e);
	return err;
}
