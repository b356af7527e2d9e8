// SPDX-License-Identifier: GPL-2.0
/*
 * The slow walk: a name resolved in the view, one component at a time
 *
 * Exact where translating text can't be: symlinks that may lead to a mapping,
 * and "..".  Each step looks one component up in the directory reached so far,
 * so the kernel checks what it always checks, and asks the follow_link hook for
 * what a symlink says once the kernel has decided that it may be followed.
 */
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/slab.h>

#include "compat/namei.h"
#include "walk.h"

#define REFUSALS	(LOOKUP_NO_SYMLINKS | LOOKUP_NO_MAGICLINKS | LOOKUP_NO_XDEV)

struct vfn_resolve *vfn_resolve_new(struct vfn_thread *thread)
{
	struct vfn_resolve *r;

	r = kvmalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return NULL;
	r->thread = thread;
	r->walk.link = r->link;
	r->walk.expected = false;
	r->trace = NULL;
	r->view = r->small[0];
	r->text = r->small[1];
	r->room = sizeof(r->small[0]);
	r->large = NULL;
	return r;
}

void vfn_resolve_free(struct vfn_resolve *r)
{
	if (r)
		kvfree(r->large);
	kvfree(r);
}

/*
 * Room for @need bytes more, before the rest of the name and behind what is resolved.
 * Pointers into these stay good for reading.
 */
static int make_room(struct vfn_resolve *r, size_t need)
{
	/* All that the symlinks of a walk can say, and where it begins, and its name. */
	const size_t most = (VFN_MAX_LINKS + 2) * PATH_MAX;
	size_t len;

	if (r->rest - r->text >= need && r->room - r->len > need)
		return 0;
	if (r->large)
		return -ENAMETOOLONG;
	r->large = kvmalloc(2 * most, GFP_KERNEL);
	if (!r->large)
		return -ENOMEM;
	memcpy(r->large, r->view, r->room);
	len = strlen(r->rest) + 1;
	memcpy(r->large + 2 * most - len, r->rest, len);
	r->view = r->large;
	r->text = r->large + most;
	r->rest = r->text + most - len;
	r->room = most;
	return 0;
}

static void set_cur(struct vfn_resolve *r, const struct path *path)
{
	path_put(&r->cur);
	if (path)
		r->cur = *path;
	else
		r->cur = (struct path){};
}

static int tell(struct vfn_resolve *r, u16 op, u16 flags, const char *from,
		const char *to)
{
	return r->trace ? r->trace->step(r->trace, op, flags, from, to) : 0;
}

static int go_real(struct vfn_resolve *r, const char *name, unsigned int flags,
		   struct path *path)
{
	r->walk.mode = VFN_WALK_REAL;
	return kern_path(name, flags, path);
}

/* Look one component up below the current directory, by the name in @r->comp. */
static int go_below(struct vfn_resolve *r, unsigned int flags, struct path *path)
{
	r->walk.expected = true;
	return vfs_path_lookup(r->cur.dentry, r->cur.mnt, r->comp,
			       flags | (r->flags & REFUSALS), path);
}

int vfn_resolve_real(const struct vfn_resolve *r, char *buf,
		     const struct vfn_mapping **map)
{
	struct vfn_match m = vfn_table_match(r->table, r->view);
	int len;

	*map = m.exact ? m.map : NULL;
	if (m.map && m.map->op == VFN_OP_HIDE)
		return -ENOENT;
	len = vfn_name_join(buf, PATH_MAX, m.map ? vfn_mapping_to(m.map) : r->view,
			    m.map ? r->view + m.rest : "");
	if (len >= 0 && len + strlen(r->tail) >= PATH_MAX)
		len = -ENAMETOOLONG;
	if (len < 0)
		return len;
	strcpy(buf + len, r->tail);
	return 0;
}

/*
 * The name is covered by @map now, or by none: a mapping that is entered or left
 * counts as a mount.
 */
static int cross(struct vfn_resolve *r, const struct vfn_mapping *map)
{
	bool crossed = map != r->under;

	r->under = map;
	r->mapped |= !!map;
	return crossed && r->flags & LOOKUP_NO_XDEV ? -EXDEV : 0;
}

/* The current directory is the one the view calls @r->view, if there is one. */
static int go_view(struct vfn_resolve *r)
{
	const struct vfsmount *mnt = r->cur.mnt;
	const struct vfn_mapping *map;
	struct path path;
	int err;

	r->tail = "";
	err = vfn_resolve_real(r, r->link, &map);
	r->tail = "/.";
	r->mapped |= err || strcmp(r->link, r->view);
	if (!err)
		err = go_real(r, r->link, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
	if (err && err != -ENOENT)
		return err;
	set_cur(r, err ? NULL : &path);
	err = cross(r, vfn_table_match(r->table, r->view).map);
	return r->flags & LOOKUP_NO_XDEV && r->cur.mnt != mnt ? -EXDEV : err;
}

/* Append @c, which may lie in @r->text, to the name in the view. */
static int push(struct vfn_resolve *r, struct vfn_comp c)
{
	int err = make_room(r, c.len + 1);

	if (!err)
		r->len = vfn_name_push(r->view, r->room, r->len, c);
	return err;
}

/* Go on at the root, where names begin that the view knows. */
static int go_root(struct vfn_resolve *r)
{
	r->unnamed = false;
	r->view[0] = '/';
	r->view[1] = '\0';
	r->len = 1;
	return go_view(r);
}

/* The kernel wants to search a directory even for its "." and "..". */
static int may_search(struct vfn_resolve *r)
{
	struct path path;
	int err;

	if (!r->cur.dentry)
		return 0;
	strcpy(r->comp, ".");
	err = go_below(r, 0, &path);
	if (!err)
		path_put(&path);
	return err;
}

/*
 * The parent has too long a name to be looked up by it.  It is longer than any FROM,
 * so nothing but the real parent can be there.
 */
static int go_up(struct vfn_resolve *r)
{
	struct path path;
	int err;

	strcpy(r->comp, "..");
	err = go_below(r, LOOKUP_DIRECTORY, &path);
	if (!err)
		set_cur(r, &path);
	return err;
}

static int step_dots(struct vfn_resolve *r, bool up)
{
	int err;

	if (r->unnamed)
		return up ? 1 : 0;
	if (r->parent && vfn_is_end(r->rest)) {
		/* For the caller to fail on, not to be taken for what it leads to. */
		r->tail = up ? "/.." : "/.";
		return 0;
	}
	err = may_search(r);
	if (err)
		return err;
	r->tail = "/.";
	if (!up)
		return 0;
	r->len = vfn_name_pop(r->view, r->len);
	return r->len < PATH_MAX ? go_view(r) : go_up(r);
}

/* Put what a symlink says before the rest of the name, and go on from there. */
static int expand(struct vfn_resolve *r)
{
	size_t len = strlen(r->link);
	int err;

	if (r->links++ >= VFN_MAX_LINKS)
		return -ELOOP;
	err = tell(r, VFN_STEP_LINK, 0, r->unnamed ? "" : r->view, r->link);
	if (err)
		return err;
	err = make_room(r, len);
	if (err)
		return err;
	if (!r->unnamed)
		r->len = vfn_name_pop(r->view, r->len);
	r->rest -= len;
	memcpy(r->rest, r->link, len);
	return r->link[0] == '/' ? go_root(r) : 0;
}

/* The current directory is one whose name vfn_view_name() has put into @r->view. */
static int came_to(struct vfn_resolve *r, int len)
{
	/* One that is too long for a name has none either. */
	r->unnamed = len == -ENOENT || len == -ENAMETOOLONG;
	r->len = len;
	return len < 0 && !r->unnamed ? len : 0;
}

/* A magic link jumps to an object, and what follows is below that. */
static int jump(struct vfn_resolve *r)
{
	struct path path;
	int err;

	if (r->links++ >= VFN_MAX_LINKS)
		return -ELOOP;
	r->walk.mode = VFN_WALK_REAL;
	err = go_below(r, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	set_cur(r, &path);
	err = tell(r, VFN_STEP_JUMP, 0, r->unnamed ? "" : r->view, "");
	if (err)
		return err;
	err = vfn_view_name(r->table, &path, r->view, r->link, &r->mapped);
	err = came_to(r, err);
	return err ?: cross(r, r->unnamed ? NULL : vfn_table_match(r->table, r->view).map);
}

/* Is it an errno that the kernel's own lookup, which comes later, may not run into? */
static bool is_ours(int err)
{
	return err == -ELOOP || err == -EXDEV || vfn_no_answer(err);
}

/*
 * Enter the component that has just been pushed on @r->view (or, without a
 * name, only stands in @r->comp).  @last: it is the last one, to be followed, for
 * LOOKUP_FOLLOW in @flags, if it is a symlink, and otherwise only named.
 */
static int step_into(struct vfn_resolve *r, bool last, unsigned int flags, bool inside)
{
	struct path path;
	int err;

	if (!r->cur.dentry) {
		r->mapped |= inside;
		return inside || last ? 0 : -ENOENT;
	}
	r->walk.mode = VFN_WALK_PROBE;
	err = go_below(r, flags, &path);
	if (err == -VFN_ERELOOK) {
		if (r->link[0])
			return expand(r);
		return last ? 0 : jump(r);
	}
	if (last) {
		/* Whatever else is wrong with it, the kernel's own lookup will say. */
		if (!err)
			path_put(&path);
		return is_ours(err) ? err : 0;
	}
	if (err && (err != -ENOENT || !inside))
		return err;
	/* Missing, and yet there is a way through it. */
	r->mapped |= !!err;
	set_cur(r, err ? NULL : &path);
	return 0;
}

/* Enter TO of the mapping that is exactly here. */
static int enter_to(struct vfn_resolve *r, const struct vfn_mapping *map)
{
	struct path path;
	int err;

	err = go_real(r, vfn_mapping_to(map), LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
	if (!err)
		set_cur(r, &path);
	return err;
}

/*
 * TO may be a symlink in the view.  As in step_into(), the kernel judges whether it
 * may be followed: it is looked up, by its last component, where it really lies.
 */
static int step_nofollow(struct vfn_resolve *r, const struct vfn_mapping *map, bool last)
{
	struct path dir, path;
	struct vfn_comp c;
	int err;

	strscpy(r->link, vfn_mapping_to(map), sizeof(r->link));
	c.len = map->to_len - vfn_name_pop(r->link, map->to_len);
	c.name = vfn_mapping_to(map) + map->to_len - c.len;
	err = go_real(r, r->link, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dir);
	if (err)
		return last && !vfn_no_answer(err) ? 0 : err;
	c = vfn_comp(c.name);
	snprintf(r->comp, sizeof(r->comp), "%.*s%s", (int)c.len, c.name, last ? r->tail : "/.");
	r->walk.mode = VFN_WALK_PROBE;
	r->walk.expected = true;
	err = vfs_path_lookup(dir.dentry, dir.mnt, r->comp,
			      (last ? LOOKUP_FOLLOW : 0) | (r->flags & REFUSALS), &path);
	path_put(&dir);
	if (err == -VFN_ERELOOK && r->link[0])
		return expand(r);
	if (!err)
		path_put(&path);
	if (last)
		return vfn_no_answer(err) ? err : 0;
	/* A directory, or a magic link to one. */
	return err && err != -VFN_ERELOOK ? err : enter_to(r, map);
}

/* FROM is a mapping's: step to TO, which is no symlink unless it was asked to be one. */
static int step_mapped(struct vfn_resolve *r, const struct vfn_mapping *map, bool last)
{
	if (map->flags & VFN_MAP_NOFOLLOW)
		return step_nofollow(r, map, last);
	return last ? 0 : enter_to(r, map);
}

static int step(struct vfn_resolve *r, struct vfn_comp c)
{
	bool last = vfn_is_end(r->rest), trailing = last && *r->rest;
	/*
	 * A last component that is left alone is left to the kernel with all its faults;
	 * what would make a file fails at a slash before it looks at anything.
	 */
	bool alone = last && (r->parent || (trailing && r->flags & LOOKUP_CREATE));
	struct vfn_match m = {};
	bool follow;
	int len;

	r->tail = trailing ? "/" : "";
	if (c.len > NAME_MAX && !alone)
		return -ENAMETOOLONG;
	/* "c/." is followed as a directory on the way is, "c/" as a last component. */
	snprintf(r->comp, sizeof(r->comp), "%.*s%s", (int)c.len, c.name,
		 !last ? "/." : trailing ? "/" : "");
	if (!r->unnamed) {
		len = push(r, c);
		if (len)
			return len;
		m = vfn_table_match(r->table, r->view);
	}
	len = r->unnamed ? 0 : cross(r, m.map);
	if (len && !alone)
		return len;
	if (m.map) {
		len = 0;
		/* FROM is the name that was walked to. */
		if (m.exact)
			len = tell(r, m.map->op, m.map->flags, r->view, vfn_mapping_to(m.map));
		if (len)
			return len;
		if (m.map->op == VFN_OP_HIDE && !r->lenient)
			return -ENOENT;
	}
	follow = !last || trailing || r->flags & LOOKUP_FOLLOW;
	if (alone || (!follow && !(r->flags & LOOKUP_NO_XDEV)))
		return 0;
	if (m.exact)
		return step_mapped(r, m.map, last);
	return step_into(r, last, last && follow ? LOOKUP_FOLLOW : 0, m.inside);
}

/* The way ends here: what is left of the name is taken by the letter. */
static int take_literally(struct vfn_resolve *r, int err)
{
	struct vfn_comp c;
	int len;

	if (r->unnamed)
		return err;
	for (c = vfn_comp(r->rest); c.len; c = vfn_comp_next(c)) {
		if (vfn_is_dotdot(c))
			return err;
		if (vfn_is_dot(c))
			continue;
		len = push(r, c);
		if (len)
			return len;
	}
	return 0;
}

static int walk_rest(struct vfn_resolve *r)
{
	struct vfn_comp c;
	int err = 0;

	for (c = vfn_comp(r->rest); c.len && !err; c = vfn_comp(r->rest)) {
		r->rest = (char *)c.name + c.len;
		if (vfn_is_dot(c) || vfn_is_dotdot(c)) {
			err = step_dots(r, vfn_is_dotdot(c));
			continue;
		}
		err = step(r, c);
		if (err < 0 && !vfn_no_answer(err) && r->lenient)
			return take_literally(r, err);
	}
	return err;
}

static int start(struct vfn_resolve *r, int dfd, const char *name)
{
	unsigned int flags = r->flags;
	struct path base;
	int err;

	if (name[0] == '/') {
		/* Where a name begins, nothing has been crossed. */
		r->flags &= ~LOOKUP_NO_XDEV;
		err = go_root(r);
		r->flags = flags;
		return err;
	}
	err = vfn_base_path(dfd, &base);
	if (err)
		return err;
	set_cur(r, &base);
	err = vfn_view_name(r->table, &base, r->view, r->link, &r->mapped);
	err = came_to(r, err);
	r->under = err || r->unnamed ? NULL : vfn_table_match(r->table, r->view).map;
	return err;
}

int vfn_resolve(struct vfn_resolve *r, const struct vfn_table *table, int dfd,
		const char *name, unsigned int flags, bool parent, bool lenient)
{
	struct vfn_walk *outer = r->thread->walk;
	size_t len = strlen(name);
	int err;

	r->table = table;
	r->flags = flags;
	r->parent = parent;
	r->lenient = lenient;
	r->mapped = false;
	r->tail = "";
	r->unnamed = false;
	r->under = NULL;
	r->links = 0;
	r->cur = (struct path){};
	r->len = 0;
	r->rest = r->text + r->room - len - 1;
	memcpy(r->rest, name, len + 1);
	r->thread->walk = &r->walk;
	err = start(r, dfd, name);
	if (!err)
		err = walk_rest(r);
	if (!err && r->unnamed)
		err = 1;
	set_cur(r, NULL);
	r->thread->walk = outer;
	return err;
}

int vfn_resolve_path(struct vfn_resolve *r, const char *name, unsigned int flags,
		     struct path *path)
{
	struct vfn_walk *outer = r->thread->walk;
	int err;

	r->thread->walk = &r->walk;
	err = go_real(r, name, flags, path);
	r->thread->walk = outer;
	return err;
}

char *vfn_resolve_object(struct vfn_resolve *r, const char *name,
			 unsigned int flags, char *buf)
{
	struct path path;
	char *real;
	int err;

	err = vfn_resolve_path(r, name, flags, &path);
	if (err)
		return ERR_PTR(err);
	real = vfn_real_name(&path, buf);
	path_put(&path);
	return real;
}
