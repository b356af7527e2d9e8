// SPDX-License-Identifier: GPL-2.0
/*
 * Ancestors of mapped names that don't really exist (N8)
 */
#include <linux/namei.h>
#include <linux/slab.h>

#include "void.h"
#include "walk.h"

/*
 * Is the last component of @name, or for @parent the one before it, one of a FROM,
 * perhaps?  Nothing, or "..": it depends on where the name begins.
 */
static bool end_is_known(const struct vfn_table *table, const char *name, bool parent)
{
	struct vfn_comp c, end = {}, before = {};

	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c)) {
		if (vfn_is_dot(c))
			continue;
		before = end;
		end = c;
	}
	if (parent)
		end = before;
	return !end.len || vfn_is_dotdot(end) || vfn_table_knows(table, vfn_hash(end));
}

/* Might the name, or for @parent its directory, be an ancestor of a mapping? */
static bool may_be_missing(struct vfn_lookup *l, bool parent)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);
	const struct vfn_table *table = thread->table;
	const char *name = l->name->name;
	const struct vfn_base *base;

	if (vfn_walk_is_known(&l->walk))
		return vfn_table_leads_on(table->fwd.root, l->walk.name, parent);
	if (l->second)
		return true;
	/* It is FROM of a mapping: there is TO, or nothing. */
	if (!parent && l->walk.mode == VFN_WALK_REAL && l->walk.map)
		return false;
	/* It went through a symlink that leads to where no mapping is, and didn't come back. */
	if (l->walk.skipped && !vfn_has_dotdot(name))
		return false;
	/* It went through a symlink: the last component may be another one. */
	if (l->walk.links)
		return true;
	if (!end_is_known(table, name, parent))
		return false;
	if (name[0] == '/' || l->walk.lost)
		return true;
	/* To find that out takes its time. */
	if (!l->base && l->flags & LOOKUP_CACHED)
		return true;
	base = l->base ?: vfn_base(thread, l->dfd);
	return IS_ERR(base) || vfn_table_leads_on(base->node, name, parent);
}

bool vfn_missing_at(const struct vfn_table *table, const char *view)
{
	const struct vfn_node *node = vfn_table_dir(table, view);
	struct vfn_match m = vfn_table_match(table, view);

	return node && node->weight && !m.exact &&
	       !(m.map && m.map->op == VFN_OP_HIDE);
}

/* Is what @r has resolved one of these?  1, 0; no answer.  Overwrites @r->text. */
static int is_missing(struct vfn_resolve *r)
{
	const struct vfn_mapping *map;
	char *real;

	if (!vfn_missing_at(r->table, r->view) || vfn_resolve_real(r, r->text, &map))
		return 0;
	real = vfn_resolve_object(r, r->text, LOOKUP_FOLLOW, r->text + PATH_MAX);
	if (IS_ERR(real) && vfn_no_answer(PTR_ERR(real)))
		return PTR_ERR(real);
	return real == ERR_PTR(-ENOENT);
}

static int resolve(struct vfn_resolve *r, struct vfn_lookup *l, bool parent)
{
	return vfn_resolve(r, vfn_lookup_thread(l)->table, l->dfd, l->name->name, l->flags,
			   parent, false);
}

int vfn_is_missing(struct vfn_lookup *l)
{
	struct vfn_resolve *r;
	int err;

	if (!may_be_missing(l, false))
		return 0;
	if (l->flags & LOOKUP_CACHED)
		return -EAGAIN;
	r = vfn_resolve_new(vfn_lookup_thread(l));
	if (!r)
		return -ENOMEM;
	err = resolve(r, l, l->parent);
	if (!err)
		err = is_missing(r);
	else if (!vfn_no_answer(err))
		err = 0;
	vfn_resolve_free(r);
	return err;
}

/* As vfn_find_missing(), but for 1: that wasn't it. */
static int find_missing(struct vfn_resolve *r, struct vfn_lookup *l, enum vfn_missing what,
			struct path *dir, struct filename **last)
{
	bool parent = what != VFN_MISSING_NAME;
	int err;

	err = resolve(r, l, parent);
	if (err)
		return err;
	if (parent) {
		/* Only now: what is resolved has no slash but those between components. */
		snprintf(r->link, sizeof(r->link), "%s%s", strrchr(r->view, '/') + 1, r->tail);
		r->len = vfn_name_pop(r->view, r->len);
		r->tail = "";
	}
	if (what != VFN_MISSING_LAST) {
		err = is_missing(r);
		if (err <= 0)
			return err ?: 1;
	}
	err = vfn_void_path(r->view, dir);
	if (err || !parent)
		return err;
	*last = getname_kernel(r->link);
	err = PTR_ERR_OR_ZERO(*last);
	if (err)
		path_put(dir);
	return err;
}

int vfn_find_missing(struct vfn_lookup *l, enum vfn_missing what, struct path *dir,
		     struct filename **last)
{
	struct vfn_resolve *r;
	int err;

	if (what != VFN_MISSING_LAST && !may_be_missing(l, what != VFN_MISSING_NAME))
		return -ENOENT;
	if (l->flags & LOOKUP_CACHED)
		return -EAGAIN;
	r = vfn_resolve_new(vfn_lookup_thread(l));
	if (!r)
		return -ENOMEM;
	err = find_missing(r, l, what, dir, last);
	vfn_resolve_free(r);
	/* Whatever else is wrong with it, the lookup has said what it found. */
	return err && !vfn_no_answer(err) ? -ENOENT : err;
}
