// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching by ftrace direct calls: vfn_trampoline() is called in place of __fentry__
 */
#include <linux/ftrace.h>
#include <linux/sched.h>

#include "compat/current.h"
#include "compat/ftrace.h"
#include "hook.h"
#include "vfn.h"

/* For the assembler: where things are that it looks at. */
static void __used define_offsets(void)
{
#define DEFINE_OFFSET(name, type, member) do { \
		asm volatile(".globl " #name "\n\t.set " #name ", %c0" \
			     : : "i" (offsetof(type, member))); \
	} while (0)

	DEFINE_OFFSET(vfn_task_signal, struct task_struct, signal);
	DEFINE_OFFSET(vfn_thread_active, struct vfn_thread, active);
}

/*
 * Called by vfn_trampoline() at each hooked function, for holders: where shall it go
 * on?  A thread that is sent to a hook is inside, so neither its view nor the module
 * goes away before the hook calls vfn_thread_leave().  Whoever isn't a holder leaves
 * this and the trampoline without sleeping, which synchronize_rcu_tasks() in
 * vfn_hooks_exit() waits for.
 */
unsigned long vfn_enter(struct vfn_frame *frame, struct vfn_thread *thread)
{
	const struct vfn_hook *hook;

	thread = thread ?: vfn_thread_enter();
	if (!thread)
		return 0;
	hook = vfn_hook_at(frame->body);
	/* A probe has sent the caller elsewhere, and shall have its way. */
	if (!hook) {
		if (!IS_ERR(thread))
			vfn_thread_leave(thread);
		return 0;
	}
	if (hook->late)
		frame->sixth = IS_ERR(thread) ? &vfn_no_thread : thread;
	return (unsigned long)hook->hook;
}

static struct ftrace_ops ops;

static int direct_attach(void)
{
	return vfn_direct_register(&ops, (unsigned long)vfn_trampoline);
}

static void direct_detach(void)
{
	vfn_direct_unregister(&ops, (unsigned long)vfn_trampoline);
}

const struct vfn_method vfn_method_direct = {
	.name = "direct",
	.number = VFN_HOOKS_DIRECT,
	.ops = &ops,
	.attach = direct_attach,
	.detach = direct_detach,
};
