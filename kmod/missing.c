// SPDX-License-Identifier: GPL-2.0
/*
 * Ancestors of mapped names that don't really exist (N8)
 */
#include <linux/namei.h>
#include <linux/slab.h>

#include "void.h"
#include "walk.h"

/* Might the name, or for @parent its directory, be an ancestor of a mapping? */
static bool may_be_missing(struct vfn_lookup *l, bool parent)
{
	const struct vfn_table *table = vfn_lookup_thread(l)->table;
	struct vfn_comp c, end = {}, before = {};

	if (l->flags & LOOKUP_CACHED)
		return false;
	if (!parent && vfn_walk_is_known(&l->walk) && vfn_table_misses(table, l->walk.name))
		return false;
	/* It went through a symlink: the last component may be another one. */
	if (l->second || l->walk.links)
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
	return !end.len || vfn_is_dotdot(end) || vfn_table_knows(table, vfn_hash(end));
}

bool vfn_missing_at(const struct vfn_table *table, const char *view)
{
	const struct vfn_node *node = vfn_table_dir(table, view);
	struct vfn_match m = vfn_table_match(table, view);

	return node && node->weight && !m.exact &&
	       !(m.map && m.map->op == VFN_OP_HIDE);
}

/* Is what @r has resolved one of these?  Overwrites @r->text. */
static bool is_missing(struct vfn_resolve *r)
{
	const struct vfn_mapping *map;

	return vfn_missing_at(r->table, r->view) && !vfn_resolve_real(r, r->text, &map) &&
	       vfn_resolve_object(r, r->text, LOOKUP_FOLLOW, r->text + PATH_MAX) ==
			ERR_PTR(-ENOENT);
}

int vfn_is_missing(struct vfn_lookup *l)
{
	struct vfn_resolve *r;
	bool missing = false;

	if (!may_be_missing(l, false))
		return 0;
	r = vfn_resolve_new(vfn_lookup_thread(l));
	if (!r)
		return -ENOMEM;
	if (!vfn_resolve(r, vfn_lookup_thread(l)->table, l->dfd, l->name->name, l->flags, l->parent, false))
		missing = is_missing(r);
	vfn_resolve_free(r);
	return missing;
}

int vfn_find_missing(struct vfn_lookup *l, enum vfn_missing what, struct path *dir,
		     struct filename **last)
{
	bool parent = what != VFN_MISSING_NAME;
	struct vfn_resolve *r;
	int err = -ENOENT;

	if (what != VFN_MISSING_LAST && !may_be_missing(l, parent))
		return -ENOENT;
	r = vfn_resolve_new(vfn_lookup_thread(l));
	if (!r)
		return -ENOMEM;
	if (vfn_resolve(r, vfn_lookup_thread(l)->table, l->dfd, l->name->name, l->flags, parent, false))
		goto out;
	if (parent) {
		/* Only now: what is resolved has no slash but those between components. */
		snprintf(r->link, sizeof(r->link), "%s%s", strrchr(r->view, '/') + 1, r->tail);
		r->len = vfn_name_pop(r->view, r->len);
		r->tail = "";
	}
	if (what != VFN_MISSING_LAST && !is_missing(r))
		goto out;
	err = vfn_void_path(r->view, dir);
	if (err || !parent)
		goto out;
	*last = getname_kernel(r->link);
	err = PTR_ERR_OR_ZERO(*last);
	if (err)
		path_put(dir);
out:
	vfn_resolve_free(r);
	return err;
}
