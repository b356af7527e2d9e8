// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching where direct calls aren't to be had: a callback of ftrace sends holders on
 * to the hooks, as live patches do
 */
#include <linux/ftrace.h>
#include <linux/sched.h>

#include "compat/ftrace.h"
#include "hook.h"
#include "site.h"
#include "vfn.h"

/*
 * A BPF program that shares the function with us runs between the callback and the
 * hook, and keeps no more arguments than the function has.  So these hooks have to
 * look for their thread.
 */
int vfn_late_filename_lookup(int dfd, struct filename *name, unsigned int flags,
			     struct path *path, struct path *root)
{
	return hook_filename_lookup(dfd, name, flags, path, root,
				    vfn_thread_current() ?: &vfn_no_thread);
}

struct file *vfn_late_do_filp_open(int dfd, struct filename *name, const struct open_flags *op)
{
	return hook_do_filp_open(dfd, name, op, 0, 0, vfn_thread_current() ?: &vfn_no_thread);
}

int vfn_late_follow_link(struct dentry *dentry, struct inode *inode, bool rcu)
{
	return hook_follow_link(dentry, inode, rcu, 0, 0, vfn_thread_current() ?: &vfn_no_thread);
}

/*
 * Called by ftrace at each hooked function.  As vfn_enter(): a thread that is sent to a
 * hook is inside, and whoever isn't leaves this without sleeping; ftrace waits for
 * those in unregister_ftrace_function().  No function that it calls is hooked, so it
 * needs no protection from being called by itself; it may be preempted.
 */
static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, vfn_ftrace_regs_t *regs)
{
	unsigned long body = ip + MCOUNT_INSN_SIZE;
	const struct vfn_hook *hook;

	if (likely(vfn_no_view()))
		return;
	/* A probe has sent the caller elsewhere, and shall have its way. */
	if (vfn_regs_ip(regs) != body || !vfn_thread_enter())
		return;
	hook = vfn_hook_at(body);
	vfn_regs_set_ip(regs, (unsigned long)(hook->late ?: hook->hook));
}

static struct ftrace_ops ops = {
	.func = redirect,
	.flags = VFN_REDIRECT_FLAGS,
};

static int redirect_attach(void)
{
	int err;

	/* A BPF program on one of the functions is just being changed; ftrace has slept. */
	do {
		err = register_ftrace_function(&ops);
	} while (err == -EAGAIN);
	return err;
}

static void redirect_detach(void)
{
	unregister_ftrace_function(&ops);
}

const struct vfn_method vfn_method_redirect = {
	.name = "ftrace",
	.number = VFN_HOOKS_FTRACE,
	.ops = &ops,
	.attach = redirect_attach,
	.detach = redirect_detach,
};
