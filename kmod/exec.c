// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that gain privileges: no table, no translated interpreter (S3)
 *
 * The kernel opens a program's interpreters before it works out the program's
 * credentials, so the outcome is foretold here, as far as fs/exec.c and
 * security/commoncap.c can be foretold, and checked when it is known: a program
 * that gained although an interpreter's name was translated, or didn't although
 * one was not, never runs.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/mount.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>
#include <linux/xattr.h>

#include "vfn.h"

/* bprm_fill_uid()'s and get_file_caps()'s conditions on where the file lies. */
static bool file_may_grant(const struct file *file)
{
	const struct vfsmount *mnt = file->f_path.mnt;

	return !(mnt->mnt_flags & MNT_NOSUID) && !task_no_new_privs(current) &&
	       current_in_userns(mnt->mnt_sb->s_user_ns);
}

static bool has_file_caps(const struct file *file)
{
	return __vfs_getxattr(file->f_path.dentry, file_inode(file), XATTR_NAME_CAPS,
			      NULL, 0) > 0;
}

static bool file_gains(const struct file *file)
{
	const struct inode *inode = file_inode(file);
	const struct cred *cred = current_cred();
	kuid_t euid = cred->euid;
	kgid_t egid = cred->egid;

	if (file_may_grant(file)) {
		if (has_file_caps(file))
			return true;
		if (inode->i_mode & (S_ISUID | S_ISGID)) {
			/* Whose ids an idmapped mount grants isn't worth foretelling. */
			if (is_idmapped_mnt(file->f_path.mnt))
				return true;
			if (!kuid_has_mapping(cred->user_ns, inode->i_uid) ||
			    !kgid_has_mapping(cred->user_ns, inode->i_gid))
				goto ids;
			if (inode->i_mode & S_ISUID)
				euid = inode->i_uid;
			if ((inode->i_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
				egid = inode->i_gid;
		}
	}
ids:
	return !uid_eq(euid, cred->uid) || !gid_eq(egid, cred->gid);
}

/* Called for the program, and again for each interpreter that takes its place. */
int hook_bprm_check(struct linux_binprm *bprm)
{
	struct vfn_thread *thread = vfn_thread_current();
	struct vfn_exec *exec;
	int err;

	if (!thread)
		return -ENOMEM;
	exec = &thread->exec;
	if (bprm->interp == bprm->filename)
		*exec = (struct vfn_exec){};
	/* The bits of a "#!" script itself grant nothing. */
	if (bprm->buf[0] != '#' || bprm->buf[1] != '!')
		exec->gains |= file_gains(bprm->file);
	err = vfn_orig_bprm_check(bprm);
	vfn_thread_leave(thread);
	return err;
}

struct file *hook_open_exec(const char *name)
{
	struct vfn_thread *thread = vfn_thread_current();
	struct file *file;

	if (!thread)
		return ERR_PTR(-ENOMEM);
	thread->exec.interp = true;
	file = vfn_orig_open_exec(name);
	thread->exec.interp = false;
	vfn_thread_leave(thread);
	return file;
}

/* Runs with preemption off, before the program's first instruction. */
void vfn_exec_done(struct linux_binprm *bprm)
{
	struct vfn_thread *thread = vfn_thread_enter();

	if (!thread)
		return;
	if (IS_ERR(thread)) {
		send_sig(SIGKILL, current, 1);
		return;
	}
	if (bprm->secureexec ? thread->exec.translated : thread->exec.kept) {
		pr_info_ratelimited("%s[%d] killed: its privileges were not to be foretold\n",
				    current->comm, task_pid_nr(current));
		send_sig(SIGKILL, current, 1);
	}
	thread->exec = (struct vfn_exec){};
	if (bprm->secureexec)
		vfn_view_drop(thread->view);
	vfn_thread_leave(thread);
}
