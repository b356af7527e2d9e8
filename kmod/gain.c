// SPDX-License-Identifier: GPL-2.0
/*
 * Will a program gain privileges?  What begin_new_exec() is going to find out, in time
 *
 * The kernel's own steps in their order: begin_new_exec()'s bprm_fill_uid(), and
 * cap_bprm_creds_from_file() in security/commoncap.c.  Security modules have said
 * what they know before security_bprm_check().
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <linux/security.h>
#include <linux/user_namespace.h>

#include "vfn.h"

/**
 * struct gain - what becomes of the caller's credentials
 * @euid:	effective user id
 * @egid:	effective group id
 * @permitted:	capabilities
 * @effective:	the program need not ask for them
 * @by_file:	the program's file is one that has capabilities
 */
struct gain {
	kuid_t euid;
	kgid_t egid;
	kernel_cap_t permitted;
	bool effective;
	bool by_file;
};

static void add_ids(struct gain *gain, struct file *file, const struct cred *old)
{
	umode_t mode = READ_ONCE(file_inode(file)->i_mode);
	kuid_t uid;
	kgid_t gid;

	vfn_file_owner(file, &uid, &gid);
	if (!kuid_has_mapping(old->user_ns, uid) || !kgid_has_mapping(old->user_ns, gid))
		return;
	if (mode & S_ISUID)
		gain->euid = uid;
	if ((mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		gain->egid = gid;
}

static void add_file_caps(struct gain *gain, struct file *file, const struct cred *old)
{
	struct cpu_vfs_cap_data caps;

	/* With what is wrong with them, the program won't start. */
	if (!current_in_userns(file->f_path.mnt->mnt_sb->s_user_ns) ||
	    vfn_file_caps(file, &caps))
		return;
	gain->by_file = caps.magic_etc & VFS_CAP_REVISION_MASK;
	gain->effective = caps.magic_etc & VFS_CAP_FLAGS_EFFECTIVE;
	gain->permitted = cap_combine(cap_intersect(old->cap_bset, caps.permitted),
				      cap_intersect(old->cap_inheritable, caps.inheritable));
}

/* Those of root: but who is it by the effective id alone is given a file's. */
static void add_root_caps(struct gain *gain, bool real_root, const struct cred *old)
{
	bool root = uid_eq(gain->euid, make_kuid(old->user_ns, 0));

	if (issecure(SECURE_NOROOT) || !(root || real_root) || (gain->by_file && !real_root))
		return;
	gain->permitted = cap_combine(old->cap_bset, old->cap_inheritable);
	gain->effective |= root;
}

/* Is the caller one that nobody's program is to gain anything under? */
static bool is_watched(const struct linux_binprm *bprm, const struct cred *old)
{
	return bprm->unsafe & ~LSM_UNSAFE_PTRACE ||
	       !vfn_orig_ptracer_capable(current, old->user_ns);
}

/* What is left under one. */
static void lower(struct gain *gain, const struct linux_binprm *bprm, const struct cred *old)
{
	if (bprm->unsafe & LSM_UNSAFE_NO_NEW_PRIVS ||
	    !ns_capable_noaudit(old->user_ns, CAP_SETUID)) {
		gain->euid = old->uid;
		gain->egid = old->gid;
	}
	gain->permitted = cap_intersect(gain->permitted, old->cap_permitted);
}

bool vfn_gains(const struct linux_binprm *bprm)
{
	struct file *file = bprm->execfd_creds ? bprm->executable : bprm->file;
	const struct cred *old = current_cred();
	struct gain gain = { .euid = old->euid, .egid = old->egid };
	bool real_root = uid_eq(old->uid, make_kuid(old->user_ns, 0));
	bool may_suid;

	if (bprm->secureexec)
		return true;
	/* The bits of a "#!" script itself grant nothing. */
	if (bprm->buf[0] == '#' && bprm->buf[1] == '!')
		return false;
	may_suid = vfn_orig_mnt_may_suid(file->f_path.mnt);
	if (may_suid && !task_no_new_privs(current))
		add_ids(&gain, file, old);
	if (vfn_exec_sets_ids(gain.euid, gain.egid, old))
		return true;
	if (may_suid)
		add_file_caps(&gain, file, old);
	add_root_caps(&gain, real_root, old);
	if (!cap_issubset(gain.permitted, old->cap_permitted) && is_watched(bprm, old))
		lower(&gain, bprm, old);
	if (!uid_eq(gain.euid, old->uid) || !gid_eq(gain.egid, old->gid))
		return true;
	/* The real root gains nothing by capabilities. */
	return !real_root && (gain.effective || !cap_isclear(gain.permitted));
}
