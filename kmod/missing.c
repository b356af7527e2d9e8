// SPDX-License-Identifier: GPL-2.0
/*
 * Ancestors of mapped names that don't really exist (N8)
 */
#include <linux/namei.h>
#include <linux/slab.h>

#include "lookup.h"
#include "void.h"

/* Might the name, or for @parent its directory, be an ancestor of a mapping? */
static bool may_be_missing(const struct lookup *l, bool parent)
{
	struct vfn_comp c, end = {}, before = {};

	if (!l->table || l->flags & LOOKUP_CACHED)
		return false;
	/* It went through a symlink: the last component may be another one. */
	if (l->second)
		return true;
	for (c = vfn_comp(l->name->name); c.len; c = vfn_comp_next(c)) {
		if (vfn_is_dot(c))
			continue;
		before = end;
		end = c;
	}
	if (parent)
		end = before;
	/* Nothing, or "..": it depends on where the name begins. */
	return !end.len || vfn_is_dotdot(end) || vfn_table_knows(l->table, end);
}

bool vfn_missing_at(const struct vfn_table *table, const char *view)
{
	const struct vfn_node *node = vfn_table_dir(table, view);
	struct vfn_match m = vfn_table_match(table, view);

	return node && node->weight && !m.exact &&
	       !(m.map && m.map->op == VFN_OP_HIDE);
}

/* Is what @r has resolved one of these?  Overwrites @r->text. */
static bool is_missing(const struct lookup *l, struct vfn_resolve *r)
{
	const struct vfn_mapping *map;

	return vfn_missing_at(l->table, r->view) && !vfn_resolve_real(r, r->text, &map) &&
	       vfn_resolve_object(r, r->text, LOOKUP_FOLLOW, r->text + PATH_MAX) ==
			ERR_PTR(-ENOENT);
}

int vfn_is_missing(struct lookup *l)
{
	struct vfn_resolve *r;
	bool missing = false;

	if (!may_be_missing(l, false))
		return 0;
	r = vfn_resolve_new(l->thread);
	if (!r)
		return -ENOMEM;
	if (!vfn_resolve(r, l->table, l->dfd, l->name->name, l->flags, l->parent, false))
		missing = is_missing(l, r);
	kvfree(r);
	return missing;
}

int vfn_find_missing(struct lookup *l, enum vfn_missing what, struct path *dir,
		     struct filename **last)
{
	bool parent = what != VFN_MISSING_NAME;
	struct vfn_resolve *r;
	int err = -ENOENT;

	if (what != VFN_MISSING_LAST && !may_be_missing(l, parent))
		return -ENOENT;
	r = vfn_resolve_new(l->thread);
	if (!r)
		return -ENOMEM;
	if (vfn_resolve(r, l->table, l->dfd, l->name->name, l->flags, parent, false))
		goto out;
	if (parent) {
		/* Only now: what is resolved has no slash but those between components. */
		snprintf(r->link, sizeof(r->link), "%s%s", strrchr(r->view, '/') + 1, r->tail);
		r->len = vfn_name_pop(r->view, r->len);
		r->tail = "";
	}
	if (what != VFN_MISSING_LAST && !is_missing(l, r))
		goto out;
	err = vfn_void_path(r->view, dir);
	if (err || !parent)
		goto out;
	*last = getname_kernel(r->link);
	err = PTR_ERR_OR_ZERO(*last);
	if (err)
		path_put(dir);
out:
	kvfree(r);
	return err;
}
