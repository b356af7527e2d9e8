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
 * Has the current directory been the same all the while since @base was found out, and
 * its name too?  Whoever changes it writes @seq; while it is the same, it is there.
 */
static bool is_valid(const struct vfn_base *base, const struct vfn_table *table)
{
	struct fs_struct *fs = current->fs;

	return base->table == table && base->fs == fs && base->seq == vfn_fs_seq(fs) &&
	       base->dentry == fs->pwd.dentry && !d_unlinked(base->dentry) &&
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
	base->dentry = fs->pwd.dentry;
	base->renames = read_seqbegin(&rename_lock);
	base->mounts = read_seqbegin(mount_lock);
}

/* What remains to be said of @base, which the view calls @name, of @len bytes. */
static void set_name(struct vfn_base *base, const struct vfn_table *table, const char *name,
		     unsigned int len)
{
	memcpy(base->name, name, len + 1);
	base->len = len;
	base->node = vfn_table_at(table, name, &base->map);
}

static int find_name(struct vfn_base *base, const struct vfn_table *table, int dfd)
{
	struct path path;
	char *buf;
	int len;

	len = vfn_base_path(dfd, &path);
	if (len)
		return len;
	buf = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	len = buf ? vfn_view_name(table, &path, buf, buf + PATH_MAX, &base->mapped) : -ENOMEM;
	path_put(&path);
	if (len >= (int)sizeof(base->name))
		len = -ENAMETOOLONG;
	if (len > 0)
		set_name(base, table, buf, len);
	kfree(buf);
	return len;
}

int vfn_base_join(const struct vfn_base *base, const char *name, char *buf)
{
	unsigned int len = base->len > 1 ? base->len : 0, room = VFN_SHORT_NAME - len - 1;

	vfn_word_copy_len(buf, base->name, len);
	buf[len++] = '/';
	return vfn_word_copy(buf + len, name, room) < room ? len : -ENAMETOOLONG;
}

const struct vfn_base *vfn_base_known(const struct vfn_thread *thread)
{
	const struct vfn_base *base = &thread->pwd;

	return is_valid(base, thread->table) && base->len ? base : NULL;
}

const struct vfn_base *vfn_base(struct vfn_thread *thread, int dfd)
{
	struct vfn_base *base = dfd == AT_FDCWD ? &thread->pwd : &thread->dir;
	int len;

	if (dfd == AT_FDCWD) {
		if (likely(is_valid(base, thread->table)))
			return base->len ? base : ERR_PTR(-ENOENT);
		keep(base, thread->table);
	}
	len = find_name(base, thread->table, dfd);
	if (len > 0)
		return base;
	/* That it has no name may last; anything else is another matter next time. */
	base->len = 0;
	if (len != -ENOENT)
		base->table = NULL;
	return ERR_PTR(len);
}
