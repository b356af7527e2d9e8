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
static bool text_matters(const struct vfn_table *table, const char *link)
{
	struct vfn_comp c;
	struct vfn_match m;

	if (vfn_table_misses_plainly(table, link))
		return false;
	if (link[0] == '/') {
		m = vfn_table_match(table, link);
		return m.map || m.inside || m.dots;
	}
	c = vfn_comp_hash(link);
	while (vfn_is_dot(c))
		c = vfn_comp_hash_next(c);
	/*
	 * Nothing: it leads to where it lies, and what follows may be a mapping's.  Else,
	 * the directory it lies in may be an ancestor of a mapping: then it leads into
	 * the trie only by a component that the trie has.  And the walk may have begun
	 * below a TO, so that ".." leads elsewhere than in the view.
	 */
	return !c.len || vfn_table_knows(table, c.hash) || vfn_has_dotdot(c.name);
}

/* Is there a component @c in @name? */
static bool has_comp(const char *name, const struct qstr *c)
{
	struct vfn_comp d;

	for (d = vfn_comp(name); d.len; d = vfn_comp_next(d))
		if (d.len == c->len && !memcmp(d.name, c->name, c->len))
			return true;
	return false;
}

/*
 * Which component of the walk's name is the symlink called @link?  None (of length
 * 0) if that isn't for sure: the walk may have been begun anew, and in TO's own
 * name there may be symlinks too.
 */
static struct vfn_comp find_link(struct vfn_walk *walk, const struct qstr *link)
{
	struct vfn_comp c, found = {};
	unsigned int i;

	for (c = vfn_comp(walk->name + walk->at); c.len; c = vfn_comp_next(c)) {
		if (c.len != link->len || memcmp(c.name, link->name, link->len))
			continue;
		if (found.len || (walk->map && has_comp(vfn_mapping_to(walk->map), link)))
			return (struct vfn_comp){};
		found = c;
	}
	if (!found.len)
		return found;
	found.hash = vfn_hash(found);
	for (i = 0; i < walk->links; i++)
		if (walk->seen[i] == found.hash)
			return (struct vfn_comp){};
	walk->seen[i] = found.hash;
	return found;
}

/*
 * Put what the symlink @c of the walk's name says in its place, in @view, where the
 * name may lie already.  Returns where in the new name the link is, or -ENAMETOOLONG.
 */
static int expand(struct vfn_walk *walk, struct vfn_comp c, const char *link, char *view)
{
	size_t head = link[0] == '/' ? 0 : c.name - walk->name;
	const char *rest = c.name + c.len;
	size_t len = vfn_word_len(link), rest_len = vfn_word_len(rest);

	if (head + len + rest_len >= VFN_SHORT_NAME)
		return -ENAMETOOLONG;
	memmove(view + head + len, rest, rest_len + 1);
	if (walk->name != view)
		memcpy(view, walk->name, head);
	memcpy(view + head, link, len);
	walk->name = view;
	return head;
}

/*
 * May the kernel follow the symlink at @dentry, because it comes to where the view's
 * name leads?  0, or -VFN_ERELOOK.
 */
static int follow_text(struct vfn_thread *thread, const struct dentry *dentry,
		       const char *link)
{
	struct vfn_walk *walk = thread->walk;
	struct vfn_comp c = {};
	struct vfn_match m;
	int at = -1;

	if (!walk->lost && walk->links < VFN_WALK_SEEN)
		c = find_link(walk, &dentry->d_name);
	if (c.len)
		at = expand(walk, c, link, thread->name);
	walk->links++;
	if (at < 0) {
		walk->lost = true;
		return walk->map || text_matters(thread->table, link) ? -VFN_ERELOOK : 0;
	}
	vfn_table_look(thread->table, walk->name, &m);
	/* It may also lead to a directory that is there in the view alone (N8). */
	if (m.dots || m.inside)
		return -VFN_ERELOOK;
	if (m.map == (link[0] == '/' ? NULL : walk->map)) {
		walk->map = m.map;
		walk->at = at;
		return 0;
	}
	walk->end = VFN_WALK_STOPPED;
	return -VFN_ERELOOK;
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

static int judge_magic(struct vfn_walk *walk, const struct dentry *dentry)
{
	bool lost = walk->lost || walk->map;

	walk->lost = true;
	return lost || magic_matters(walk, dentry) ? -VFN_ERELOOK : 0;
}

/* Make the walk's name, which is relative, absolute, if that can be had without sleeping. */
static bool make_absolute(struct vfn_thread *thread)
{
	struct vfn_walk *walk = thread->walk;
	const struct vfn_base *base = NULL;
	int at;

	if (thread->lookup.dfd == AT_FDCWD)
		base = vfn_base_known(thread);
	else if (walk->careful)
		base = thread->lookup.base;
	if (!base)
		return false;
	at = vfn_base_join(base, walk->name, thread->name);
	if (at < 0)
		return false;
	walk->name = thread->name;
	walk->at = at;
	walk->map = base->map;
	return true;
}

/*
 * The kernel may follow the symlink: it leads to where no mapping is.  Not asked below a
 * mapping: there it may be on TO's own way, which says nothing of what follows TO.
 */
static void skip(struct vfn_walk *walk)
{
	walk->lost = true;
	walk->skipped = true;
}

static int judge_text(struct vfn_thread *thread, const struct dentry *dentry,
		      const char *link)
{
	struct vfn_walk *walk = thread->walk;

	if (!walk->careful && !walk->map && !text_matters(thread->table, link)) {
		skip(walk);
		return 0;
	}
	if (walk->name[0] == '/' || (!walk->lost && make_absolute(thread)))
		return follow_text(thread, dentry, link);
	walk->lost = true;
	walk->links++;
	/* It may be clearer with all symlinks, and when it is known where the name begins. */
	walk->skipped = !walk->careful;
	return walk->careful && !text_matters(thread->table, link) ? 0 : -VFN_ERELOOK;
}

static int judge(struct vfn_thread *thread, struct dentry *dentry, struct inode *inode,
		 bool rcu)
{
	DEFINE_DELAYED_CALL(done);
	const char *link;
	int err = 0;

	if (is_magic(inode))
		return judge_magic(thread->walk, dentry);
	link = READ_ONCE(inode->i_link);
	if (link)
		return judge_text(thread, dentry, link);
	if (rcu) {
		thread->walk->end = VFN_WALK_REDONE;
		return -ECHILD;	/* come again when I may sleep */
	}
	link = inode->i_op->get_link(dentry, inode, &done);
	/* The walk itself may be luckier, and go where nobody has judged. */
	if (IS_ERR(link))
		err = PTR_ERR(link);
	else if (link)
		err = judge_text(thread, dentry, link);
	do_delayed_call(&done);
	return err;
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

static noinline int close_link(struct dentry *dentry, struct inode *inode, bool rcu,
			       struct vfn_thread *thread)
{
	struct vfn_walk *walk;
	int err;

	if (thread == &vfn_no_thread)
		return -ENOMEM;
	walk = thread->walk;
	err = vfn_orig_follow_link(dentry, inode, rcu);
	if (err || !walk)
		goto out;
	switch ((enum vfn_walk_mode)walk->mode) {
	case VFN_WALK_REAL:
		break;
	case VFN_WALK_JUDGE:
		err = judge(thread, dentry, inode, rcu);
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

/* What is plain to see is seen before the kernel is asked whether it may be followed. */
notrace int hook_follow_link(struct dentry *dentry, struct inode *inode, bool rcu,
			     long unused4, long unused5, struct vfn_thread *thread)
{
	struct vfn_walk *walk = thread->walk;
	const char *link;

	if (unlikely(!walk || walk->mode != VFN_WALK_JUDGE || walk->careful || walk->map))
		return close_link(dentry, inode, rcu, thread);
	link = READ_ONCE(inode->i_link);
	if (unlikely(!link || !vfn_table_misses_plainly(thread->table, link)))
		return close_link(dentry, inode, rcu, thread);
	skip(walk);
	vfn_thread_leave(thread);
	return vfn_orig_follow_link(dentry, inode, rcu);
}
