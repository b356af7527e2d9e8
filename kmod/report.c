// SPDX-License-Identifier: GPL-2.0
/*
 * Names that the kernel reports to a holder: getcwd(), links and files in /proc (N9)
 *
 * Only there is d_path() translated: what audit, security modules, core dumps and
 * tracers make of it stays real.
 */
#include <linux/compat.h>
#include <linux/dcache.h>
#include <linux/fs_struct.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/syscall.h>

#include "void.h"
#include "walk.h"

#define DELETED	" (deleted)"

/* Replace what @real, which ends @buf, begins with by FROM of @map.  In place. */
static char *put_from(char *buf, char *real, const struct vfn_mapping *map,
		      unsigned int rest)
{
	unsigned int len = vfn_mapping_from_len(map);

	/* FROM is "/", and what follows begins with a slash of its own. */
	if (len == 1 && real[rest] == '/')
		len = 0;
	if (real + rest - buf < len)
		return ERR_PTR(-ENAMETOOLONG);
	real = real + rest - len;
	if (len)
		vfn_mapping_put_from(map, real);
	return real;
}

/* Is @path the program that the current process runs? */
static bool is_exe(const struct path *path)
{
	const struct file *exe;
	bool same;

	rcu_read_lock();
	exe = current->mm ? rcu_dereference(current->mm->exe_file) : NULL;
	same = exe && path_equal(&exe->f_path, path);
	rcu_read_unlock();
	return same;
}

/*
 * The view's name for the real name @real, which ends in @buf.  Called from where
 * d_path() is, perhaps with locks held: doesn't sleep or allocate.
 */
static char *view_of(struct vfn_thread *thread, const struct path *path, char *buf,
		     char *real)
{
	const struct vfn_table *table = thread->table;
	s64 via = thread->exe && is_exe(path) ? thread->view->exe_via : VFN_VIA_UNKNOWN;
	const struct vfn_mapping *map;
	size_t len = strlen(real);
	char *deleted = NULL;
	unsigned int rest;

	if (d_unlinked(path->dentry) && len > strlen(DELETED))
		deleted = real + len - strlen(DELETED);
	if (deleted)
		*deleted = '\0';
	if (via == VFN_VIA_NONE && !vfn_table_match(table, real).map)
		map = NULL;
	else if (via > 0)
		map = vfn_table_reverse_via(table, real, via - 1, &rest);
	else
		map = vfn_table_reverse(table, real, &rest);
	if (deleted)
		*deleted = ' ';
	if (IS_ERR_OR_NULL(map) || !vfn_reachable(path))
		return real;
	return put_from(buf, real, map, rest);
}

static char *void_name(const char *name, char *buf, int buflen)
{
	int len = strlen(name) + 1;

	return len > buflen ? ERR_PTR(-ENAMETOOLONG) : memcpy(buf + buflen - len, name, len);
}

char *hook_d_path(const struct path *path, char *buf, int buflen)
{
	struct vfn_thread *thread = vfn_thread_current();
	const char *name;
	char *real;

	if (!thread)
		return ERR_PTR(-ENOMEM);
	name = vfn_void_name(path);
	if (name && thread->report) {
		real = void_name(name, buf, buflen);
	} else {
		real = vfn_orig_d_path(path, buf, buflen);
		if (thread->report && !IS_ERR(real) && real[0] == '/')
			real = view_of(thread, path, buf, real);
	}
	vfn_thread_leave(thread);
	return real;
}

/* The thread's d_path() calls are for its own eyes from here on. */
static bool report_begin(struct vfn_thread *thread)
{
	if (thread->walk || thread->report || vfn_table_idle(vfn_thread_table(thread)))
		return false;
	thread->report = true;
	return true;
}

int hook_proc_readlink(struct dentry *dentry, char __user *buf, int buflen)
{
	struct vfn_thread *thread = vfn_thread_current();
	bool report;
	int len;

	if (!thread)
		return -ENOMEM;
	report = report_begin(thread);
	/* No other link in /proc/PID has that name. */
	thread->exe = report && dentry->d_name.len == 3 && !memcmp(dentry->d_name.name, "exe", 3);
	len = vfn_orig_proc_readlink(dentry, buf, buflen);
	thread->exe = false;
	if (report)
		thread->report = false;
	vfn_thread_leave(thread);
	return len;
}

int hook_seq_path(struct seq_file *seq, const struct path *path, const char *esc)
{
	struct vfn_thread *thread = vfn_thread_current();
	bool report;
	int len;

	if (!thread)
		return -1;	/* seq_path()'s own word for no room */
	report = report_begin(thread);
	len = vfn_orig_seq_path(seq, path, esc);
	if (report)
		thread->report = false;
	vfn_thread_leave(thread);
	return len;
}

/* The ioctl of /proc/PID/maps. */
long hook_procmap(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vfn_thread *thread = vfn_thread_current();
	bool report;
	long ret;

	if (!thread)
		return -ENOMEM;
	report = report_begin(thread);
	ret = vfn_orig_procmap(file, cmd, arg);
	if (report)
		thread->report = false;
	vfn_thread_leave(thread);
	return ret;
}

/* What getcwd() returns, or 0 if the kernel's own answer will do. */
static long view_cwd(struct vfn_thread *thread, char __user *user, unsigned long size)
{
	struct vfn_table *table = vfn_thread_table(thread);
	struct path pwd;
	char *buf;
	long len;

	if (vfn_table_idle(table))
		return 0;
	buf = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	get_fs_pwd(current->fs, &pwd);
	len = vfn_view_name(table, &pwd, buf, buf + PATH_MAX, NULL);
	path_put(&pwd);
	if (len > 0) {
		len++;
		if (len > size)
			len = -ERANGE;
		else if (copy_to_user(user, buf, len))
			len = -EFAULT;
	} else if (len == -ENOENT) {
		len = 0;	/* deleted, unreachable, or without a name in the view */
	}
	kfree(buf);
	return len;
}

long hook_getcwd(const struct pt_regs *regs)
{
	struct vfn_thread *thread = vfn_thread_current();
	unsigned long args[6];
	long len;

	if (!thread)
		return -ENOMEM;
	syscall_get_arguments(current, (struct pt_regs *)regs, args);
	len = view_cwd(thread, (char __user *)args[0], args[1]);
	if (!len)
		len = vfn_orig_getcwd(regs);
	vfn_thread_leave(thread);
	return len;
}

long hook_getcwd32(const struct pt_regs *regs)
{
	struct vfn_thread *thread = vfn_thread_current();
	unsigned long args[6];
	long len;

	if (!thread)
		return -ENOMEM;
	syscall_get_arguments(current, (struct pt_regs *)regs, args);
	len = view_cwd(thread, compat_ptr(args[0]), (u32)args[1]);
	if (!len)
		len = vfn_orig_getcwd32(regs);
	vfn_thread_leave(thread);
	return len;
}
