/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs: what decides about their privileges (mounts map no ids until 5.12, and by
 * struct mnt_idmap since 6.3; what counts as a change of ids, since 6.17), which one a process is said to run (binfmt_misc's "T",
 * since 7.3), and what opens an ELF program's interpreter (bprm_open_interpreter(), since
 * 7.3: it lies in one file with open_exec(), which may be part of it)
 */
#ifndef VFN_COMPAT_EXEC_H
#define VFN_COMPAT_EXEC_H

#include <linux/binfmts.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mount.h>

#include "kernel.h"

struct cpu_vfs_cap_data;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#define VFN_HAVE_OPEN_INTERPRETER
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define vfn_file_idmap(file)	file_mnt_idmap(file)
typedef struct mnt_idmap vfn_idmap_t;
#else
#define vfn_file_idmap(file)	file_mnt_user_ns(file)
typedef struct user_namespace vfn_idmap_t;
#endif

int vfn_orig_get_vfs_caps_from_disk(vfn_idmap_t *idmap, const struct dentry *dentry,
				    struct cpu_vfs_cap_data *caps);

static inline int vfn_file_caps(struct file *file, struct cpu_vfs_cap_data *caps)
{
	return vfn_orig_get_vfs_caps_from_disk(vfn_file_idmap(file), file->f_path.dentry, caps);
}

/* Whose the file is. */
static inline void vfn_file_owner(struct file *file, kuid_t *uid, kgid_t *gid)
{
	vfn_idmap_t *idmap = vfn_file_idmap(file);

	*uid = vfsuid_into_kuid(i_uid_into_vfsuid(idmap, file_inode(file)));
	*gid = vfsgid_into_kgid(i_gid_into_vfsgid(idmap, file_inode(file)));
}

#else

int vfn_orig_get_vfs_caps_from_disk(const struct dentry *dentry,
				    struct cpu_vfs_cap_data *caps);

static inline int vfn_file_caps(struct file *file, struct cpu_vfs_cap_data *caps)
{
	return vfn_orig_get_vfs_caps_from_disk(file->f_path.dentry, caps);
}

static inline void vfn_file_owner(struct file *file, kuid_t *uid, kgid_t *gid)
{
	*uid = file_inode(file)->i_uid;
	*gid = file_inode(file)->i_gid;
}

#endif

/*
 * Does a program that is to run by these ids set them, for cap_bprm_creds_from_file()?
 * Until 6.17, whoever ran under other effective ids than real ones did.
 */
static inline bool vfn_exec_sets_ids(kuid_t euid, kgid_t egid, const struct cred *old)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	return !uid_eq(euid, old->euid) || !in_group_p(egid);
#else
	return !uid_eq(euid, old->uid) || !gid_eq(egid, old->gid);
#endif
}

/* Does the file that is being run now stand in for the one it interprets? */
static inline bool vfn_bprm_stands_in(const struct linux_binprm *bprm)
{
#ifdef BINPRM_FLAGS_TRANSPARENT_INTERP
	return bprm->interp_flags & BINPRM_FLAGS_TRANSPARENT_INTERP;
#else
	return false;
#endif
}

#endif /* VFN_COMPAT_EXEC_H */
