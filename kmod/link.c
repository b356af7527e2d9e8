// SPDX-License-Identifier: GPL-2.0
/*
 * The follow_link hook: may following this symlink lead to a mapping?
 *
 * The kernel asks security_inode_follow_link() once it has decided that a link
 * may be followed, possibly in RCU walk: nothing here sleeps then.  An errno of
 * our own ends the walk without a side effect.
 */
#include <linux/namei.h>
#include <linux/string.h>

#include "walk.h"

/* Links that jump to an object instead of naming it, as those in /proc/PID. */
static bool is_magic(struct inode *inode)
{
	return !inode->i_link && inode->i_op->readlink;
}

/* May the view's way through what a symlink says differ from the real one? */
static bool text_matters(const struct vfn_walk *walk, const char *link)
{
	struct vfn_comp c = vfn_comp(link);
	struct vfn_match m;

	if (link[0] == '/') {
		m = vfn_table_match(walk->table, link);
		return m.map || m.inside || m.dots;
	}
	while (vfn_is_dot(c))
		c = vfn_comp_next(c);
	/* It leads to where it lies, and what follows may be a mapping's. */
	if (!c.len)
		return true;
	/*
	 * The directory it lies in may be an ancestor of a mapping: then it leads
	 * into the trie only by a component that the trie has.
	 */
	if (!vfn_is_dotdot(c) && vfn_table_knows(walk->table, c))
		return true;
	if (!walk->anywhere)
		return vfn_table_dots_matter(walk->table, link);
	return vfn_has_dotdot(c.name);
}

/* A magic link matters if something follows it: that is below the object. */
static bool magic_matters(const struct vfn_walk *walk, const struct dentry *dentry)
{
	unsigned int len = dentry->d_name.len, seen = 0;
	struct vfn_comp c, last = { "", 0 };

	for (c = vfn_comp(walk->name); c.len; c = vfn_comp_next(c)) {
		last = c;
		if (c.len == len && !memcmp(c.name, dentry->d_name.name, len))
			seen++;
	}
	/* Which of several is this one?  Only one that is there once and last is clear. */
	return seen != 1 || last.len != len ||
	       memcmp(last.name, dentry->d_name.name, len);
}

static int judge(const struct vfn_walk *walk, struct dentry *dentry,
		 struct inode *inode, bool rcu)
{
	DEFINE_DELAYED_CALL(done);
	const char *link;
	bool matters;

	if (is_magic(inode))
		return magic_matters(walk, dentry) ? -VFN_ERELOOK : 0;
	link = READ_ONCE(inode->i_link);
	if (link)
		return text_matters(walk, link) ? -VFN_ERELOOK : 0;
	if (rcu)
		return -ECHILD;	/* come again when I may sleep */
	link = inode->i_op->get_link(dentry, inode, &done);
	/* What is wrong with it, the walk itself will find. */
	matters = !IS_ERR_OR_NULL(link) && text_matters(walk, link);
	do_delayed_call(&done);
	return matters ? -VFN_ERELOOK : 0;
}

static int probe(struct vfn_walk *walk, struct dentry *dentry, struct inode *inode,
		 bool rcu)
{
	DEFINE_DELAYED_CALL(done);
	const char *link;
	int err = 0;

	if (rcu)
		return -ECHILD;
	walk->link[0] = '\0';
	if (is_magic(inode))
		return -VFN_ERELOOK;
	link = READ_ONCE(inode->i_link) ?: inode->i_op->get_link(dentry, inode, &done);
	if (IS_ERR(link))
		err = PTR_ERR(link);
	else if (!link || !*link)
		err = -ENOENT;
	else if (strscpy(walk->link, link, PATH_MAX) < 0)
		err = -ENAMETOOLONG;
	do_delayed_call(&done);
	return err ?: -VFN_ERELOOK;
}

int hook_follow_link(struct dentry *dentry, struct inode *inode, bool rcu)
{
	struct vfn_thread *thread = vfn_thread_current();
	struct vfn_walk *walk = thread ? thread->walk : NULL;
	int err;

	if (!thread)
		return -ENOMEM;
	err = vfn_orig_follow_link(dentry, inode, rcu);
	if (err || !walk)
		goto out;
	switch (walk->mode) {
	case VFN_WALK_REAL:
		break;
	case VFN_WALK_JUDGE:
		err = judge(walk, dentry, inode, rcu);
		break;
	case VFN_WALK_STOP:
		err = -VFN_ERELOOK;
		break;
	case VFN_WALK_PROBE:
		err = probe(walk, dentry, inode, rcu);
		break;
	}
out:
	vfn_thread_leave(thread);
	return err;
}
