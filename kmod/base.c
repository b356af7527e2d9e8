// SPDX-License-Identifier: GPL-2.0
/*
 * Where relative names begin: what the view calls that directory
 *
 * It takes a walk up to the root to find out, so what the current directory is called is
 * kept, as long as nothing says that it may be called otherwise.
 */
#include <linux/dcache.h>
#include <linux/fcntl.h>
#include <linux/fs_struct.h>
#include <linux/slab.h>

#include "compat/fs_struct.h"
#include "void.h"
#include "walk.h"

/* NULL: this kernel doesn't tell, and nothing is kept. */
static const seqlock_t *mount_lock;

void vfn_base_init(void)
{
	mount_lock = (const seqlock_t *)vfn_orig_kallsyms_lookup_name("mount_lock");
	if (!mount_lock)
		pr_info("this kernel hides mount_lock: relative names will take longer\n");
}

/*
 * Have the root, the current directory, and all names of directories been the same since
 * @base was found out?  Whoever changes the first two writes @seq; but another fs_struct
 * may lie in the same memory, and begins anew.
 */
static bool is_valid(const struct vfn_base *base, const struct vfn_table *table)
{
	struct fs_struct *fs = current->fs;

	return base->table == table && base->fs == fs && base->seq == vfn_fs_seq(fs) &&
	       base->root.dentry == READ_ONCE(fs->root.dentry) &&
	       base->root.mnt == READ_ONCE(fs->root.mnt) &&
	       base->renames == raw_read_seqcount(&rename_lock.seqcount) &&
	       base->mounts == raw_read_seqcount(&mount_lock->seqcount);
}

/* To be called before what is to be kept is found out. */
static void keep(struct vfn_base *base, const struct vfn_table *table)
{
	struct fs_struct *fs = current->fs;

	base->table = NULL;
	if (!mount_lock)
		return;
	base->table = table;
	base->fs = fs;
	base->seq = vfn_fs_seq_begin(fs);
	base->root.dentry = READ_ONCE(fs->root.dentry);
	base->root.mnt = READ_ONCE(fs->root.mnt);
	base->renames = read_seqbegin(&rename_lock);
	base->mounts = read_seqbegin(mount_lock);
}

/* What the view calls @path; the length of that, or an errno as of vfn_base(). */
static int find_name(struct vfn_base *base, const struct vfn_table *table,
		     const struct path *path)
{
	char *buf;
	int len;

	buf = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	len = vfn_view_name(table, path, buf, buf + PATH_MAX, &base->mapped);
	if (len >= (int)sizeof(base->name))
		len = -ENAMETOOLONG;
	if (len > 0) {
		memcpy(base->name, buf, len + 1);
		base->len = len;
		base->node = vfn_table_at(table, base->name, &base->map);
	}
	kfree(buf);
	return len;
}

/*
 * While the current directory is the same, it is there; but who shares it may leave it just
 * now.
 */
static bool pwd_is_valid(const struct vfn_base *pwd, const struct vfn_table *table)
{
	const struct fs_struct *fs = current->fs;
	bool valid;

	rcu_read_lock();
	valid = is_valid(pwd, table) && pwd->mnt == READ_ONCE(fs->pwd.mnt) &&
		pwd->dentry == READ_ONCE(fs->pwd.dentry) && !d_unlinked(pwd->dentry);
	rcu_read_unlock();
	return valid;
}

static const struct vfn_base *find_pwd(struct vfn_thread *thread)
{
	struct vfn_base *pwd = &thread->pwd;
	struct path path;
	int len;

	if (likely(pwd_is_valid(pwd, thread->table)))
		return pwd->len ? pwd : ERR_PTR(-ENOENT);
	keep(pwd, thread->table);
	get_fs_pwd(current->fs, &path);
	pwd->mnt = path.mnt;
	pwd->dentry = path.dentry;
	len = find_name(pwd, thread->table, &path);
	path_put(&path);
	if (len > 0)
		return pwd;
	/* That it has no name may last; anything else is another matter next time. */
	pwd->len = 0;
	if (len != -ENOENT)
		pwd->table = NULL;
	return ERR_PTR(len);
}

/*
 * Descriptors come and go, and what was known of a directory may be said of another one
 * that lies in the same memory.  So its way is compared, which is still much quicker than
 * to find its name out: @at is the end of @dir->way, and moves down.
 */
static bool is_way(const struct dentry *dentry, const struct dentry *root,
		   const struct vfn_dir *dir)
{
	const char *at = dir->way + dir->way_len;
	unsigned int len;

	for (; dentry != root; dentry = READ_ONCE(dentry->d_parent)) {
		len = READ_ONCE(dentry->d_name.len);
		if (IS_ROOT(dentry) || at - dir->way <= len)
			return false;
		at -= len + 1;
		if (*at != '/' || !vfn_word_same(at + 1, READ_ONCE(dentry->d_name.name), len))
			return false;
	}
	return at == dir->way;
}

static bool dir_is_valid(const struct vfn_dir *dir, const struct vfn_table *table,
			 const struct path *path)
{
	bool same;

	if (!is_valid(&dir->base, table) || dir->base.mnt != path->mnt || d_unlinked(path->dentry))
		return false;
	/* Names that aren't the directory's any more are there until then. */
	rcu_read_lock();
	same = is_way(path->dentry, path->mnt->mnt_root, dir);
	rcu_read_unlock();
	return same && !read_seqretry(&rename_lock, dir->base.renames);
}

/* Writes down how to know the directory again; false: it can't be. */
static bool keep_way(struct vfn_dir *dir, const struct path *path)
{
	char *at = dir->way + sizeof(dir->way);
	const struct dentry *dentry;
	const char *name;
	unsigned int len;

	/* These have no names of their own. */
	if (vfn_void_name(path))
		return false;
	rcu_read_lock();
	for (dentry = path->dentry; dentry != path->mnt->mnt_root;
	     dentry = READ_ONCE(dentry->d_parent)) {
		len = READ_ONCE(dentry->d_name.len);
		name = READ_ONCE(dentry->d_name.name);
		/* While it is renamed, its name may be shorter than that; but it ends. */
		if (IS_ROOT(dentry) || at - dir->way <= len || strnlen(name, len) < len)
			break;
		at -= len;
		memcpy(at, name, len);
		*--at = '/';
	}
	rcu_read_unlock();
	dir->base.mnt = path->mnt;
	dir->way_len = dir->way + sizeof(dir->way) - at;
	memmove(dir->way, at, dir->way_len);
	return dentry == path->mnt->mnt_root && !read_seqretry(&rename_lock, dir->base.renames);
}

static const struct vfn_base *find_dir(struct vfn_thread *thread, int dfd)
{
	struct vfn_dir *dir = &thread->dir;
	struct vfn_base *base = &dir->base;
	struct path path;
	int err;

	err = vfn_base_path(dfd, &path);
	if (err)
		return ERR_PTR(err);
	if (!dir_is_valid(dir, thread->table, &path)) {
		keep(base, thread->table);
		err = find_name(base, thread->table, &path);
		if (err <= 0 || !keep_way(dir, &path))
			base->table = NULL;
	}
	path_put(&path);
	return err < 0 ? ERR_PTR(err) : base;
}

const struct vfn_base *vfn_base(struct vfn_thread *thread, int dfd)
{
	return dfd == AT_FDCWD ? find_pwd(thread) : find_dir(thread, dfd);
}

const struct vfn_base *vfn_base_known(const struct vfn_thread *thread)
{
	const struct vfn_base *pwd = &thread->pwd;

	return pwd_is_valid(pwd, thread->table) && pwd->len ? pwd : NULL;
}

int vfn_base_join(const struct vfn_base *base, const char *name, char *buf)
{
	unsigned int len = base->len > 1 ? base->len : 0, room = VFN_SHORT_NAME - len - 1;

	vfn_word_copy_len(buf, base->name, len);
	buf[len++] = '/';
	return vfn_word_copy(buf + len, name, room) < room ? len : -ENAMETOOLONG;
}
