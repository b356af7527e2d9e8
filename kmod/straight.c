// SPDX-License-Identifier: GPL-2.0
/*
 * Names on whose way there is no symlink, many in one directory
 *
 * To resolve a name step by step takes a lookup for each component.  But most names of an
 * edit lie straight in a directory, and most lie in the same one as that before: then
 * the text says it all, and what is left to look up is the last component.
 */
#include <linux/mount.h>
#include <linux/string.h>

#include "compat/namei.h"
#include "walk.h"

void vfn_straight_end(struct vfn_straight *s)
{
	if (s->len && s->is)
		path_put(&s->dir);
	s->len = 0;
}

/* What @s->name is really, of which nothing is known. */
static void find_dir(struct vfn_straight *s, struct vfn_resolve *r)
{
	char *real;

	s->is = false;
	if (vfn_resolve_path(r, s->name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &s->dir))
		return;
	real = vfn_real_name(&s->dir, r->link);
	s->is = !IS_ERR(real) && !strcmp(real, s->name);
	if (!s->is)
		path_put(&s->dir);
}

bool vfn_straight_to(struct vfn_straight *s, struct vfn_resolve *r, const char *name)
{
	/* Of a name in the root, its slash. */
	int len = max_t(int, strrchr(name, '/') - name, 1);

	if (len == s->len && !memcmp(s->name, name, len))
		return s->is;
	vfn_straight_end(s);
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	s->len = len;
	find_dir(s, r);
	return s->is;
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

const char *vfn_straight_object(const struct vfn_straight *s, struct vfn_resolve *r,
				const char *name, unsigned int flags, char *buf)
{
	struct vfn_walk *outer = r->thread->walk;
	const char *last = strrchr(name, '/') + 1;
	struct path path;
	bool is;
	int err;

	r->thread->walk = &r->walk;
	r->walk.mode = VFN_WALK_REAL;
	/* Its root would be the directory: symlinks are followed from the real one. */
	err = vfs_path_lookup(s->dir.dentry, s->dir.mnt, last, 0, &path);
	r->thread->walk = outer;
	if (err)
		return ERR_PTR(err);
	is = is_entry(s, &path, last) && !(flags & LOOKUP_FOLLOW && d_is_symlink(path.dentry));
	path_put(&path);
	return is ? name : vfn_resolve_object(r, name, flags, buf);
}
