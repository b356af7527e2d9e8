// SPDX-License-Identifier: GPL-2.0
/*
 * Directories that are there in a view alone (N8)
 *
 * An ancestor of a mapped name that doesn't really exist is an object of a file
 * system of our own: empty, read-only, of mode 0555.  What mappings put into it is
 * not in it either: lookups and listings below it are translated like others.
 */
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>

#include "compat/inode.h"
#include "void.h"
#include "vfn.h"

#define VOID_MAGIC	0x76666e00	/* "vfn" */

static struct vfsmount *void_mnt;

static void void_evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (!inode->i_private)
		return;		/* the root, which the module itself holds */
	kfree(inode->i_private);
	/*
	 * Whoever let go of the dentry lets go of the mount next, without sleeping:
	 * vfn_hooks_exit() waits for that before vfn_void_exit().
	 */
	module_put(THIS_MODULE);
}

static const struct super_operations void_ops = {
	.statfs = simple_statfs,
	.drop_inode = vfn_drop_inode,
	.evict_inode = void_evict_inode,
};

static int void_init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, VOID_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->ops = &void_ops;
	fc->sb_flags |= SB_RDONLY;
	return 0;
}

/* Without an owner: each directory holds the module, the mount alone doesn't. */
static struct file_system_type void_type = {
	.name = "vfn",
	.init_fs_context = void_init_fs_context,
	.kill_sb = kill_anon_super,
};

int vfn_void_path(const char *view, struct path *path)
{
	struct vfn_comp all = { view, strlen(view) };
	struct inode *inode;

	inode = new_inode(void_mnt->mnt_sb);
	if (!inode)
		return -ENOMEM;
	inode->i_private = kstrdup(view, GFP_KERNEL_ACCOUNT);
	if (!inode->i_private) {
		iput(inode);
		return -ENOMEM;
	}
	/* Not try_module_get(): this thread is inside. */
	__module_get(THIS_MODULE);
	inode->i_ino = vfn_hash(all) | 1;
	inode->i_mode = S_IFDIR | 0555;
	inode->i_op = &simple_dir_inode_operations;
	inode->i_fop = &simple_dir_operations;
	set_nlink(inode, 2);
	path->dentry = d_make_root(inode);	/* drops the inode if it fails */
	if (!path->dentry)
		return -ENOMEM;
	path->mnt = mntget(void_mnt);
	return 0;
}

const char *vfn_void_name(const struct path *path)
{
	return path->mnt == void_mnt ? d_inode(path->dentry)->i_private : NULL;
}

int vfn_void_init(void)
{
	void_mnt = kern_mount(&void_type);
	return PTR_ERR_OR_ZERO(void_mnt);
}

void vfn_void_exit(void)
{
	kern_unmount(void_mnt);
}
