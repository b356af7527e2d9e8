// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that gain privileges: no table, no translated interpreter (S3)
 *
 * The kernel opens a program's interpreters before it works out the program's
 * credentials, so the outcome is foretold (gain.c), and checked when it is known: a
 * program that gained although an interpreter's name was translated, or didn't
 * although one was not, never runs.
 *
 * Other threads may edit the table all the while, and even make it come and go
 * between any two hooks.  So nothing is translated for a program that wasn't judged
 * when it was checked; where a hook came too late to tell whose name was translated,
 * an interpreter's is assumed; and what is known keeps the view in place (though
 * maybe empty) until the system call is over, however that goes.
 */
#include <linux/binfmts.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "vfn.h"

/**
 * struct exec_end - the end of an execve() of which something is known
 * @work:	runs when the thread returns to user mode
 *
 * Holds a reference to the module, for @work's function.
 */
struct exec_end {
	struct callback_head work;
};

static void exec_end(struct callback_head *work)
{
	if (vfn_thread_exec_end()) {
		pr_info_ratelimited("%s[%d] killed: its privileges were not to be foretold\n",
				    current->comm, task_pid_nr(current));
		send_sig(SIGKILL, current, 1);
	}
	kfree(container_of(work, struct exec_end, work));
	module_put(THIS_MODULE);
}

int vfn_exec_begin(struct vfn_exec *exec)
{
	struct exec_end *end;

	/* Reset by exec_end(), so true only if this execve() has been here before. */
	if (exec->running)
		return 0;
	end = kmalloc(sizeof(*end), GFP_KERNEL);
	if (!end)
		return -ENOMEM;
	init_task_work(&end->work, exec_end);
	if (task_work_add(current, &end->work, TWA_RESUME)) {
		kfree(end);
		return -ENOMEM;	/* the task is exiting */
	}
	/* Not try_module_get(): this thread is inside. */
	__module_get(THIS_MODULE);
	WRITE_ONCE(exec->running, true);
	return 0;
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
	err = vfn_exec_begin(exec);
	if (!err && bprm->interp == bprm->filename) {
		/* No interpreter has been opened yet: what was translated is the program. */
		exec->judged = true;
		exec->translated = false;
	}
	/* Binary formats open a program's own interpreter after this. */
	if (!vfn_bprm_stands_in(bprm))
		exec->checked_by = exec->opened_by;
	exec->opened_by = VFN_VIA_UNKNOWN;
	exec->gains = vfn_gains(bprm);
	if (!err)
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
	/* binfmt_misc opens some interpreters when they are registered, for later. */
	thread->exec.interp = current->in_execve;
	file = vfn_orig_open_exec(name);
	thread->exec.interp = false;
	vfn_thread_leave(thread);
	return file;
}

struct file *hook_open_interpreter(struct linux_binprm *bprm, const char *path)
{
	struct vfn_thread *thread = vfn_thread_current();
	struct file *file;

	if (!thread)
		return ERR_PTR(-ENOMEM);
	thread->exec.interp = true;
	file = vfn_orig_open_interpreter(bprm, path);
	thread->exec.interp = false;
	vfn_thread_leave(thread);
	return file;
}

/*
 * Runs where one may not sleep, when the other threads are gone.  What is to be killed is so
 * on its way to user mode, by exec_end(): a signal can't be sent from here.
 */
void vfn_exec_done(struct linux_binprm *bprm)
{
	struct vfn_thread *thread;
	struct vfn_exec exec = {};
	struct vfn_view *view;

	rcu_read_lock();
	view = vfn_view_find(current->signal);
	if (!view)
		goto out;
	/* None: the view was made by another thread just now. */
	thread = vfn_thread_current();
	if (thread) {
		exec = thread->exec;
		thread->exec.doomed = bprm->secureexec ? exec.translated : exec.kept;
	}
	view->exe_via = exec.running ? exec.checked_by : VFN_VIA_UNKNOWN;
	if (bprm->secureexec) {
		vfn_view_drop(view);
		vfn_view_try_remove(view);
	}
out:
	rcu_read_unlock();
}
