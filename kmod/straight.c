// SPDX-License-Identifier: GPL-2.0
/*
 * Names on whose way there is no symlink, many in one directory
 *
 * To resolve a name step by step takes a lookup for each component.  But most names of an
 * edit lie straight in a directory, and most lie in the same one as that before, or below
 * something that isn't there: then the text says it all, and what is left to look up is the
 * last component, if that.
 */
#include <linux/mount.h>
#include <linux/string.h>

#include "compat/namei.h"
#include "walk.h"

/* Of the first @len bytes of a name, those of the directory; of a name in the root, its slash. */
static int dir_len(const char *name, int len)
{
	while (name[len - 1] != '/')
		len--;
	return max(len - 1, 1);
}

/* Are the first @top bytes of @above the first @len bytes of @name, or a directory above? */
static bool is_below(const char *name, int len, const char *above, int top)
{
	return len >= top && !memcmp(name, above, top) &&
	       (len == top || top == 1 || name[top] == '/');
}

static void forget_dir(struct vfn_straight *s)
{
	if (s->there)
		path_put(&s->dir);
	s->there = 0;
}

/* What really lies in @s->dir by the name of @last. */
static int look(const struct vfn_straight *s, struct vfn_resolve *r, const char *last,
		struct path *path)
{
	struct vfn_walk *outer = r->thread->walk;
	int err;

	r->thread->walk = &r->walk;
	r->walk.mode = VFN_WALK_REAL;
	/* Its root would be the directory: symlinks are followed from the real one. */
	err = vfs_path_lookup(s->dir.dentry, s->dir.mnt, last, 0, path);
	r->thread->walk = outer;
	return err;
}

/* Is @path what lies in @s by the name of @last, and not what is mounted there? */
static bool is_entry(const struct vfn_straight *s, const struct path *path, const char *last)
{
	const struct dentry *dentry = path->dentry;
	bool is;

	if (path->mnt != s->dir.mnt)
		return false;
	spin_lock(&path->dentry->d_lock);
	is = dentry->d_parent == s->dir.dentry && !strcmp(dentry->d_name.name, last);
	spin_unlock(&path->dentry->d_lock);
	return is;
}

/* Is @s->dir really called by the first @s->there bytes of @s->name?  If not, it is forgotten. */
static void check_dir(struct vfn_straight *s, struct vfn_resolve *r)
{
	char *real = vfn_real_name(&s->dir, r->link);

	if (IS_ERR(real) || strlen(real) != s->there || memcmp(real, s->name, s->there))
		forget_dir(s);
}

/* Up to a directory that @name, too, is below; or there is none. */
static void walk_up(struct vfn_straight *s, struct vfn_resolve *r, const char *name, int len)
{
	struct dentry *dir;

	if (!s->there || is_below(name, len, s->name, s->there))
		return;
	do {
		if (s->dir.dentry == s->dir.mnt->mnt_root) {
			forget_dir(s);
			return;
		}
		dir = dget_parent(s->dir.dentry);
		dput(s->dir.dentry);
		s->dir.dentry = dir;
		s->there = dir_len(s->name, s->there);
	} while (!is_below(name, len, s->name, s->there));
	/* What was below may have been moved: then this is anywhere, even outside of the root. */
	check_dir(s, r);
}

/* On to the component of @s->name that ends at @end, or to that it isn't there. */
static bool step(struct vfn_straight *s, struct vfn_resolve *r, int end)
{
	const char *last = s->name + s->there + (s->there > 1), after = s->name[end];
	struct path path;
	bool is;
	int err;

	s->name[end] = '\0';
	err = look(s, r, last, &path);
	if (err) {
		is = err == -ENOENT;
		s->gone = is ? end : 0;
	} else {
		/* An automount would be made only by a lookup that goes on. */
		is = is_entry(s, &path, last) && d_can_lookup(path.dentry) &&
		     !d_managed(path.dentry);
		if (is) {
			swap(s->dir, path);
			s->there = end;
		}
		path_put(&path);
	}
	s->name[end] = after;
	return is;
}

/* From @s->dir on, as far as @s->name goes or there is something. */
static bool walk_on(struct vfn_straight *s, struct vfn_resolve *r)
{
	int end;

	while (s->there < s->len && !s->gone) {
		end = s->there + 1;
		while (s->name[end] && s->name[end] != '/')
			end++;
		if (!step(s, r, end))
			return false;
	}
	return true;
}

/*
 * The directory by the name of the first @len bytes of @s->name becomes @s->dir, if that is
 * what it is really called.  An errno: there is none.
 */
static int find_dir(struct vfn_straight *s, struct vfn_resolve *r, int len)
{
	const char after = s->name[len];
	int err;

	s->name[len] = '\0';
	err = vfn_resolve_path(r, s->name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &s->dir);
	s->name[len] = after;
	if (err)
		return err;
	s->there = len;
	check_dir(s, r);
	return 0;
}

/* The directory of @s->name, or the nearest one above that is there, from nothing. */
static bool find(struct vfn_straight *s, struct vfn_resolve *r)
{
	int len = s->len, err;

	forget_dir(s);
	err = find_dir(s, r, len);
	while (err == -ENOENT && len > 1) {
		len = dir_len(s->name, len);
		err = find_dir(s, r, len);
	}
	return s->there && walk_on(s, r);
}

void vfn_straight_begin(struct vfn_straight *s)
{
	s->len = 0;
	s->there = 0;
	s->gone = 0;
}

void vfn_straight_end(struct vfn_straight *s)
{
	forget_dir(s);
}

bool vfn_straight_to(struct vfn_straight *s, struct vfn_resolve *r, const char *name)
{
	int len = dir_len(name, strlen(name));

	if (len == s->len && !memcmp(name, s->name, len))
		return s->is;
	if (s->gone && !is_below(name, len, s->name, s->gone))
		s->gone = 0;
	walk_up(s, r, name, len);
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	s->len = len;
	s->is = (s->there && walk_on(s, r)) || find(s, r);
	return s->is;
}

const char *vfn_straight_object(const struct vfn_straight *s, struct vfn_resolve *r,
				const char *name, unsigned int flags, char *buf)
{
	const char *last = strrchr(name, '/') + 1;
	struct path path;
	bool is;
	int err;

	if (s->gone)
		return ERR_PTR(-ENOENT);
	err = look(s, r, last, &path);
	if (err)
		return ERR_PTR(err);
	is = is_entry(s, &path, last) && !(flags & LOOKUP_FOLLOW && d_is_symlink(path.dentry));
	path_put(&path);
	return is ? name : vfn_resolve_object(r, name, flags, buf);
}
