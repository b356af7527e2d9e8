/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct filename, a name on its way into a lookup
 *
 * In 5.10 filename_lookup() and filename_parentat() consume a reference to it, and
 * what makes and frees it isn't exported.
 */
#ifndef VFN_COMPAT_FILENAME_H
#define VFN_COMPAT_FILENAME_H

#include "kernel.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
#define VFN_NAMES_ARE_CONSUMED
#define VFN_FILENAME_PARENTAT	"filename_parentat"
#else
#define VFN_FILENAME_PARENTAT	"__filename_parentat"
#endif

#ifndef __ASSEMBLER__

#include <linux/fs.h>
#include <linux/namei.h>

int vfn_orig_filename_lookup(int dfd, struct filename *name, unsigned int flags,
			     struct path *path, struct path *root);

#ifdef VFN_NAMES_ARE_CONSUMED

struct filename *vfn_orig_getname_kernel(const char *name);
void vfn_orig_putname(struct filename *name);
struct filename *vfn_orig_filename_parentat(int dfd, struct filename *name,
					    unsigned int flags, struct path *parent,
					    struct qstr *last, int *type);

#define getname_kernel(name)	vfn_orig_getname_kernel(name)
#define putname(name)		vfn_orig_putname(name)

/* The hook is done with the name, as its namesake would be. */
static inline void vfn_name_done(struct filename *name)
{
	if (!IS_ERR(name))
		putname(name);
}

static inline int vfn_filename_lookup(int dfd, struct filename *name, unsigned int flags,
				      struct path *path, struct path *root)
{
	if (!IS_ERR(name))
		name->refcnt++;
	return vfn_orig_filename_lookup(dfd, name, flags, path, root);
}

/* In an empty directory, where filename_parentat() can't be told to begin. */
static inline int vfn_parentat_empty(const struct filename *name, struct path *parent,
				     struct qstr *last, int *type, const struct path *root)
{
	const char *end = strchrnul(name->name, '/');

	if (end[strspn(end, "/")])
		return -ENOENT;
	*type = end == name->name ? LAST_ROOT : LAST_NORM;
	last->name = name->name;
	last->hash_len = hashlen_create(full_name_hash(root->dentry, name->name,
						       end - name->name), end - name->name);
	*parent = *root;
	path_get(parent);
	return 0;
}

/* @root, if any, is an empty directory. */
static inline int vfn_filename_parentat(int dfd, struct filename *name, unsigned int flags,
					struct path *parent, struct qstr *last, int *type,
					const struct path *root)
{
	struct filename *ret;

	if (root)
		return vfn_parentat_empty(name, parent, last, type, root);
	if (!IS_ERR(name))
		name->refcnt++;
	ret = vfn_orig_filename_parentat(dfd, name, flags, parent, last, type);
	if (IS_ERR(ret))
		return PTR_ERR(ret);
	name->refcnt--;
	return 0;
}

#else /* VFN_NAMES_ARE_CONSUMED */

int vfn_orig_filename_parentat(int dfd, struct filename *name, unsigned int flags,
			       struct path *parent, struct qstr *last, int *type,
			       const struct path *root);

static inline void vfn_name_done(struct filename *name)
{
}

#define vfn_filename_lookup	vfn_orig_filename_lookup
#define vfn_filename_parentat	vfn_orig_filename_parentat

#endif /* VFN_NAMES_ARE_CONSUMED */

/*
 * Make @own the name @name, for a lookup that neither keeps it nor frees it: whoever
 * might take a reference for later (audit) isn't there.
 */
static inline void vfn_filename_lend(struct filename *own, const char *name)
{
	own->name = name;
	own->aname = NULL;
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	own->uptr = NULL;
#endif
#ifdef VFN_NAMES_ARE_CONSUMED
	own->refcnt = 1;	/* never dropped */
#endif
}

#endif /* __ASSEMBLER__ */

#endif /* VFN_COMPAT_FILENAME_H */
