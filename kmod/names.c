// SPDX-License-Identifier: GPL-2.0
/*
 * Names of objects: from what the kernel has open to what the view calls it
 */
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/mount.h>
#include <linux/path.h>

#include "compat/fs_struct.h"
#include "void.h"
#include "walk.h"

bool vfn_reachable(const struct path *path)
{
	struct path root;
	bool under;

	/* Dropping a reference could sleep: d_path() may be called where that is forbidden. */
	rcu_read_lock();
	root = vfn_fs_root_rcu(current->fs);
	under = path_is_under(path, &root);
	rcu_read_unlock();
	return under;
}

char *vfn_real_name(const struct path *path, char *buf)
{
	const char *view = vfn_void_name(path);

	if (view)
		return strcpy(buf, view);
	if (d_unlinked(path->dentry) || !vfn_reachable(path))
		return ERR_PTR(-ENOENT);
	return vfn_orig_d_path(path, buf, PATH_MAX);
}

int vfn_view_name(const struct vfn_table *table, const struct path *path,
		  char *buf, char *tmp, bool *mapped)
{
	char *real = vfn_real_name(path, tmp);
	const struct vfn_mapping *map;
	unsigned int rest;

	if (IS_ERR(real))
		return PTR_ERR(real);
	if (mapped)
		*mapped = true;
	if (vfn_void_name(path))
		return vfn_name_join(buf, PATH_MAX, real, "");
	map = vfn_table_reverse(table, real, &rest);
	if (IS_ERR(map))
		return PTR_ERR(map);
	if (mapped)
		*mapped = map;
	if (!map)
		return vfn_name_join(buf, PATH_MAX, real, "");
	return vfn_name_join(buf, PATH_MAX, vfn_mapping_from(map, buf), real + rest);
}

int vfn_base_path(int dfd, struct path *path)
{
	struct file *file;

	if (dfd == AT_FDCWD) {
		get_fs_pwd(current->fs, path);
		return 0;
	}
	file = fget_raw(dfd);
	if (!file)
		return -EBADF;
	*path = file->f_path;
	path_get(path);
	fput(file);
	if (d_can_lookup(path->dentry))
		return 0;
	path_put(path);
	return -ENOTDIR;
}
