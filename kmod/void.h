/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Directories that are there in a view alone (N8)
 */
#ifndef VFN_VOID_H
#define VFN_VOID_H

struct path;

/*
 * An empty directory of mode 0555 that the view calls @view, with a reference.
 * Each call makes a new one; the same name has the same inode number.  -ENOMEM.
 */
int vfn_void_path(const char *view, struct path *path);

/* What the view calls @path if it is such a directory, else NULL.  Lives as @path. */
const char *vfn_void_name(const struct path *path);

int vfn_void_init(void);
void vfn_void_exit(void);

#endif /* VFN_VOID_H */
