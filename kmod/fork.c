// SPDX-License-Identifier: GPL-2.0
/*
 * Inheritance: memory for the child's view, from where there is some
 *
 * The tracepoint sched_process_fork is where a child gets its view: it exists, and
 * can't run yet.  But there nothing can sleep (with PREEMPT_RT, not even allocate), and
 * nothing can fail.  So the view is made before: the kernel asks
 * security_task_alloc(), in the parent, whether there may be a new task.
 */
#include <linux/sched.h>

#include "vfn.h"

int hook_task_alloc(struct task_struct *task, unsigned long flags)
{
	struct vfn_thread *thread = vfn_thread_current();
	int err = 0;

	if (!thread)
		return -ENOMEM;
	if (!(flags & CLONE_THREAD))
		err = vfn_thread_want_heir(thread);
	if (!err)
		err = vfn_orig_task_alloc(task, flags);
	vfn_thread_leave(thread);
	return err;
}
