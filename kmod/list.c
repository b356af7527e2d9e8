// SPDX-License-Identifier: GPL-2.0
/*
 * Listings of directories (N7)
 *
 * First comes what the file system lists, without the names that have a mapping;
 * then these, as far as they lead anywhere, and the missing ancestors of others.
 * A position in the second part is a number that no file system is known to use for
 * an entry of its own, and tells where among the table's names it is, so that
 * telldir() and seekdir() need no state.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/slab.h>

#include "compat/dir.h"
#include "compat/namei.h"
#include "void.h"
#include "walk.h"

/*
 * ext4, whose positions are hashes, uses these upper bits for the end alone.  The
 * lower half is 28 bits of a component's hash, and which of those that share them.
 */
#define LIST_BASE	0x7fffffff00000000LL
#define LIST_END	(LLONG_MAX - 1)	/* LLONG_MAX is the end for ext4 and btrfs */
#define LIST_SHARE	4

/*
 * A 32-bit program gets EOVERFLOW for what its off_t can't hold.  There, names count
 * down from the last position before ext4's end, and an edit moves them.  A hash of ext4
 * may be one of these numbers, with about the odds at which two of its hashes are the same.
 */
#define LIST_NARROW_END	(S32_MAX - 1)

/* A directory with more names in the table has no struct ends. */
#define MOST_ENDS	256
#define ENDS_BITS	10

/**
 * struct ends - how the table's names in a directory end
 * @bits:	one for each, and for all that end alike; or all
 *
 * Most names that a file system lists end otherwise, and are told apart by this.
 */
struct ends {
	u64 bits[(1 << ENDS_BITS) / 64];
};

/**
 * struct listing - a call of iterate_dir()
 * @narrow:	positions are to fit 32 bits
 * @base:	position of the table's first name
 * @end:	position behind its last one
 * @ctx:	what the file system sees
 * @outer:	the caller's
 * @node:	the directory in the table
 * @ends:	of what is in it
 * @table:	the table
 * @dir:	the directory
 * @passed:	the file system has said something that went to the caller
 * @filtered:	and something that didn't
 * @emitted:	the caller has got one of the table's names
 * @err:	why the table's names ended early
 * @to:		a TO that was looked up, or NULL
 * @to_len:	bytes of it up to its last component
 * @to_dir:	the directory that it lies in
 */
struct listing {
	bool narrow;
	loff_t base;
	loff_t end;
	struct dir_context ctx;
	struct dir_context *outer;
	const struct vfn_node *node;
	struct ends ends;
	const struct vfn_table *table;
	const struct path *dir;
	bool passed;
	bool filtered;
	bool emitted;
	int err;
	const char *to;
	size_t to_len;
	struct path to_dir;
};

/* @len is not 0. */
static __always_inline unsigned int end_of(const char *name, unsigned int len)
{
	u64 end = len < sizeof(end) ? vfn_word(name) << (64 - 8 * len) :
				      vfn_word(name + len - sizeof(end));

	return end * VFN_GOLDEN_RATIO >> (64 - ENDS_BITS);
}

static __always_inline bool may_be_mapped(const struct ends *ends, const char *name,
					  unsigned int len)
{
	unsigned int end = end_of(name, len);

	return ends->bits[end / 64] >> end % 64 & 1;
}

static bool is_mapped(const struct vfn_node *node, const char *name, unsigned int len)
{
	struct vfn_comp c = { name, len };
	const struct vfn_twig *kid;

	c.hash = vfn_hash(c);
	kid = vfn_trie_child(node, c);
	return kid && vfn_mapping_at(kid);
}

static __always_inline vfn_filldir_ret_t pass(struct listing *l, const char *name, int len,
					      loff_t offset, u64 ino, unsigned int type)
{
	struct dir_context *outer = l->outer;

	l->passed = true;
	outer->pos = l->ctx.pos;
	return outer->actor(outer, name, len, offset, ino, type);
}

/* Has arguments in plenty, and so needs a function of its own that has registers for them. */
static noinline vfn_filldir_ret_t filter_closely(struct listing *l, const char *name, int len,
						 loff_t offset, u64 ino, unsigned int type)
{
	if (!is_mapped(l->node, name, len))
		return pass(l, name, len, offset, ino, type);
	l->filtered = true;
	return VFN_FILLDIR_MORE;
}

/*
 * Called with the directory's inode locked: no lookups here.  For each name that is listed,
 * so it calls nothing but what it ends with.
 */
static notrace vfn_filldir_ret_t filter(struct dir_context *ctx, const char *name, int len,
					loff_t offset, u64 ino, unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);

	if (unlikely(may_be_mapped(&l->ends, name, len)))
		return filter_closely(l, name, len, offset, ino, type);
	return pass(l, name, len, offset, ino, type);
}

/* The file system's own entries, from @file's position on.  1: that was all of them. */
static int list_real(struct listing *l, struct file *file)
{
	int err;

	do {
		l->filtered = false;
		l->ctx.pos = file->f_pos;
		err = vfn_orig_iterate_dir(file, &l->ctx);
		l->outer->pos = l->ctx.pos;
		if (err || l->passed)
			return err;
		/* All was filtered, or there is no more. */
	} while (l->filtered && !fatal_signal_pending(current));
	return 1;
}

static void forget_dir(struct listing *l)
{
	if (l->to)
		path_put(&l->to_dir);
	l->to = NULL;
}

/* @path is what @to is itself; most others lie beside it. */
static void keep_dir(struct listing *l, const char *to, size_t len, const struct path *path)
{
	forget_dir(l);
	if (path->dentry == path->mnt->mnt_root)
		return;
	l->to = to;
	l->to_len = len;
	l->to_dir.mnt = mntget(path->mnt);
	l->to_dir.dentry = dget_parent(path->dentry);
}

/* What the name @to is, which is no user's: if it is a symlink, that. */
static int look_itself(struct listing *l, const char *to, struct path *path)
{
	size_t len = strrchr(to, '/') + 1 - to;
	int err;

	if (l->to && len == l->to_len && to[len] && !memcmp(l->to, to, len))
		return vfs_path_lookup(l->to_dir.dentry, l->to_dir.mnt, to + len, 0, path);
	err = kern_path(to, 0, path);
	if (!err)
		keep_dir(l, to, len, path);
	return err;
}

static int look_mapped(struct listing *l, const struct vfn_mapping *map, struct path *path)
{
	const char *to = vfn_mapping_to(map);
	int err = look_itself(l, to, path);

	if (err || map->flags & VFN_MAP_NOFOLLOW || !d_is_symlink(path->dentry))
		return err;
	path_put(path);
	return kern_path(to, LOOKUP_FOLLOW, path);
}

/* Is the name, an ancestor of a mapped one, missing where the directory really is? */
static int look_missing(struct listing *l, const struct vfn_twig *kid)
{
	char name[NAME_MAX + 1];
	struct path path;
	int err;

	if (!vfn_twig_node(kid)->weight)
		return -ENOENT;
	snprintf(name, sizeof(name), "%.*s", kid->len, vfn_twig_name(kid));
	err = vfs_path_lookup(l->dir->dentry, l->dir->mnt, name, 0, &path);
	if (err)
		return err == -ENOENT ? 0 : err;
	path_put(&path);
	return -EEXIST;	/* the file system has listed it */
}

/* What a mapped name, or a missing ancestor, leads to.  Not 0: nothing to list. */
static int look(struct listing *l, const struct vfn_twig *kid, u64 *ino,
		unsigned int *type)
{
	const struct vfn_mapping *map = vfn_mapping_at(kid);
	struct path path;
	int err;

	if (!map) {
		*ino = kid->leaf.key[VFN_BY_NAME] | 1;
		*type = DT_DIR;
		return look_missing(l, kid);
	}
	if (map->op == VFN_OP_HIDE)
		return -ENOENT;
	/* There, but not for the caller to see. */
	*ino = 1;
	*type = DT_UNKNOWN;
	err = look_mapped(l, map, &path);
	if (err)
		return err == -EACCES ? 0 : err;
	*ino = d_inode(path.dentry)->i_ino;
	*type = fs_umode_to_dtype(d_inode(path.dentry)->i_mode);
	path_put(&path);
	return 0;
}

/* The first kid whose hash is @hash or more; the one after it. */
static struct vfn_leaf *leaf_from(const struct vfn_node *node, u32 hash)
{
	return vfn_pmap_next(&node->kids, VFN_BY_NAME, vfn_key(hash));
}

static struct vfn_leaf *next_leaf(const struct vfn_node *node, const struct vfn_leaf *leaf)
{
	return vfn_pmap_after(&node->kids, VFN_BY_NAME, leaf);
}

static void set_ends(struct listing *l)
{
	const struct vfn_twig *kid;
	struct vfn_leaf *leaf;
	unsigned int end;
	u32 nr = 0;

	for (leaf = leaf_from(l->node, 0); leaf; leaf = next_leaf(l->node, leaf)) {
		for (kid = vfn_trie_first(leaf); kid; kid = vfn_trie_next(kid), nr++) {
			end = end_of(vfn_twig_name(kid), kid->len);
			l->ends.bits[end / 64] |= 1ull << end % 64;
		}
		if (nr > MOST_ENDS) {
			memset(&l->ends, 0xff, sizeof(l->ends));
			return;
		}
	}
}

static u32 nr_kids(const struct vfn_node *node)
{
	const struct vfn_twig *kid;
	struct vfn_leaf *leaf;
	u32 nr = 0;

	for (leaf = leaf_from(node, 0); leaf; leaf = next_leaf(node, leaf))
		for (kid = vfn_trie_first(leaf); kid; kid = vfn_trie_next(kid))
			nr++;
	return nr;
}

static void set_range(struct listing *l)
{
	l->narrow = in_compat_syscall();
	l->base = l->narrow ? LIST_NARROW_END - nr_kids(l->node) : LIST_BASE;
	l->end = l->narrow ? LIST_NARROW_END : LIST_END;
}

/* The table's names, from position @pos on; returns the position reached. */
static loff_t list_mapped(struct listing *l, loff_t pos)
{
	u32 group = l->narrow ? 0 : (u32)(pos - l->base) >> LIST_SHARE;
	u32 nr = 0, rank = 0, hash;
	const struct vfn_twig *kid;
	struct vfn_leaf *leaf;
	unsigned int type;
	loff_t offset;
	u64 ino;
	int err;

	leaf = leaf_from(l->node, group << LIST_SHARE);
	for (; leaf; leaf = next_leaf(l->node, leaf)) {
		hash = leaf->key[VFN_BY_NAME];
		if (hash >> LIST_SHARE != group)
			nr = 0;
		group = hash >> LIST_SHARE;
		for (kid = vfn_trie_first(leaf); kid; kid = vfn_trie_next(kid), nr++, rank++) {
			offset = l->base + (l->narrow ? rank : (group << LIST_SHARE) + nr);
			if (offset < pos)
				continue;
			err = look(l, kid, &ino, &type);
			if (vfn_no_answer(err))
				l->err = err;
			if (l->err)
				return offset;
			if (err)
				continue;
			l->outer->pos = offset;
			if (l->outer->actor(l->outer, vfn_twig_name(kid), kid->len, offset, ino,
					    type) != VFN_FILLDIR_MORE)
				return offset;
			l->emitted = true;
		}
		cond_resched();
	}
	return l->end;
}

/*
 * The next call goes on at @pos.  overlayfs answers lseek() by a position of its own,
 * and then takes that for the file's.
 */
static void set_pos(struct file *file, loff_t pos)
{
	file->f_pos = pos;
	if (vfs_llseek(file, 0, SEEK_CUR) != pos)
		vfs_llseek(file, pos, SEEK_SET);
	file->f_pos = pos;
}

static int list_view(struct listing *l, struct file *file)
{
	bool mapped;
	int err = 1;

	set_range(l);
	mapped = file->f_pos >= l->base && file->f_pos <= l->end;
	if (!mapped) {
		set_ends(l);
		err = list_real(l, file);
	}
	if (err <= 0)
		return err;
	set_pos(file, list_mapped(l, mapped ? file->f_pos : l->base));
	forget_dir(l);
	l->outer->pos = file->f_pos;
	return l->emitted ? 0 : l->err;
}

/* What the table changes in the directory that @file has open, or NULL. */
static const struct vfn_node *changes(const struct vfn_table *table, struct file *file)
{
	const struct vfn_node *node = NULL;
	char *buf;

	buf = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	if (vfn_view_name(table, &file->f_path, buf, buf + PATH_MAX, NULL) > 0)
		node = vfn_table_dir(table, buf);
	kfree(buf);
	return node;
}

int hook_iterate_dir(struct file *file, struct dir_context *ctx)
{
	struct vfn_thread *thread = vfn_thread_current();
	struct vfn_walk *outer;
	/* What the caller tells file systems beside (as how much it takes) holds for us, too. */
	struct listing l = { .ctx = *ctx, .outer = ctx, .dir = &file->f_path };
	int err;

	if (!thread)
		return -ENOMEM;
	l.ctx.actor = filter;
	/*
	 * A listing within a lookup or a listing is a file system's own, which what
	 * comes of it may share with everybody (overlayfs does).
	 */
	outer = thread->walk;
	l.table = outer ? NULL : vfn_thread_table(thread);
	l.node = l.table && l.table->nr ? changes(l.table, file) : NULL;
	if (IS_ERR(l.node)) {
		err = PTR_ERR(l.node);
		goto out;
	}
	/* Not even where nothing changes may a file system's own listing be changed. */
	if (!outer)
		thread->walk = &vfn_walk_real;
	err = l.node ? list_view(&l, file) : vfn_orig_iterate_dir(file, ctx);
	thread->walk = outer;
out:
	vfn_thread_leave(thread);
	return err;
}
