// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to the kernel's functions: ftrace direct calls, all or none
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#include <asm/text-patching.h>

#include "compat/current.h"
#include "compat/ftrace.h"
#include "compat/procmap.h"
#include "hook.h"
#include "walk.h"

unsigned long vfn_body_filename_lookup;
unsigned long vfn_body_filename_parentat;
unsigned long vfn_body_do_filp_open;
unsigned long vfn_body_follow_link;
unsigned long vfn_body_open_exec;
unsigned long vfn_body_bprm_check;
unsigned long vfn_body_iterate_dir;
unsigned long vfn_body_d_path;
unsigned long vfn_body_proc_readlink;
unsigned long vfn_body_seq_path;
unsigned long vfn_body_procmap;
unsigned long vfn_body_getcwd;
unsigned long vfn_body_getcwd32;
unsigned long vfn_body_mnt_may_suid;
unsigned long vfn_body_get_vfs_caps_from_disk;
unsigned long vfn_body_ptracer_capable;
unsigned long vfn_body_kallsyms_lookup_name;
unsigned long vfn_body_ptrace_may_access;

/**
 * struct hook - a hooked function
 * @name:	the kernel's name for it
 * @body:	where it goes on behind its call of __fentry__
 * @hook:	what holders run in its place
 * @takes_thread: @hook's sixth argument is the thread
 */
struct hook {
	const char *name;
	unsigned long *body;
	void *hook;
	bool takes_thread;
};

/* vfn_trampoline() knows the first three by itself. */
static const struct hook hooks[] = {
	{ "filename_lookup", &vfn_body_filename_lookup, hook_filename_lookup, true },
	{ "do_filp_open", &vfn_body_do_filp_open, hook_do_filp_open, true },
	{ "security_inode_follow_link", &vfn_body_follow_link, hook_follow_link, true },
	{ "__filename_parentat", &vfn_body_filename_parentat, hook_filename_parentat },
	{ "open_exec", &vfn_body_open_exec, hook_open_exec },
	{ "security_bprm_check", &vfn_body_bprm_check, hook_bprm_check },
	{ "iterate_dir", &vfn_body_iterate_dir, hook_iterate_dir },
	{ "d_path", &vfn_body_d_path, hook_d_path },
	{ "proc_pid_readlink", &vfn_body_proc_readlink, hook_proc_readlink },
	{ "seq_path", &vfn_body_seq_path, hook_seq_path },
#ifdef VFN_HAVE_PROCMAP
	{ "procfs_procmap_ioctl", &vfn_body_procmap, hook_procmap },
#endif
	{ "__x64_sys_getcwd", &vfn_body_getcwd, hook_getcwd },
#ifdef CONFIG_IA32_EMULATION
	{ "__ia32_sys_getcwd", &vfn_body_getcwd32, hook_getcwd32 },
#endif
};

/* What gain.c, base.c and holder.c ask the kernel. */
static const struct {
	const char *name;
	unsigned long *body;
} called[] = {
	{ "mnt_may_suid", &vfn_body_mnt_may_suid },
	{ "get_vfs_caps_from_disk", &vfn_body_get_vfs_caps_from_disk },
	{ "ptracer_capable", &vfn_body_ptracer_capable },
	{ "kallsyms_lookup_name", &vfn_body_kallsyms_lookup_name },
	{ "ptrace_may_access", &vfn_body_ptrace_may_access },
};

static struct ftrace_ops direct_ops;

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

/* NULL: a probe has sent the caller elsewhere, and shall have its way. */
static const struct hook *find_hook(unsigned long body)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (*hooks[i].body == body)
			return &hooks[i];
	return NULL;
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
	const struct hook *hook;

	thread = thread ?: vfn_thread_enter();
	if (!thread)
		return 0;
	hook = find_hook(frame->body);
	if (!hook) {
		if (!IS_ERR(thread))
			vfn_thread_leave(thread);
		return 0;
	}
	if (hook->takes_thread)
		frame->sixth = IS_ERR(thread) ? &vfn_no_thread : thread;
	return (unsigned long)hook->hook;
}

/*
 * The address of a function's call of __fentry__.  A kprobe that is never armed
 * sits there if it is placed on the name, whether or not ENDBR comes first.
 */
static unsigned long find_fentry(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long addr;
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("%s() isn't in this kernel or can't be hooked (%d)\n", name, err);
		return 0;
	}
	addr = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return addr;
}

/* Is there a call, of us or of what serves us and others, in the place of a NOP? */
static bool site_is_hooked(unsigned long fentry)
{
	u8 opcode;

	return !copy_from_kernel_nofault(&opcode, (void *)fentry, sizeof(opcode)) &&
	       opcode == CALL_INSN_OPCODE;
}

/**
 * struct probe - a tracepoint that is watched
 * @name:	the kernel's name for it
 * @func:	what it calls, with preemption off
 * @tp:		the tracepoint, once found
 */
struct probe {
	const char *name;
	void *func;
	struct tracepoint *tp;
};

static void probe_fork(void *data, struct task_struct *parent,
		       struct task_struct *child)
{
	if (!vfn_task_fork(child))
		send_sig(SIGKILL, child, 1);
}

static void probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	vfn_exec_done(bprm);
}

static void probe_exit(void *data, struct task_struct *task)
{
	vfn_task_exit();
}

/* Not exported by name. */
static struct probe probes[] = {
	{ "sched_process_fork", probe_fork },
	{ "sched_process_exec", probe_exec },
	{ "sched_process_exit", probe_exit },
};

static void find_tracepoint(struct tracepoint *tp, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

int vfn_hooks_init(void)
{
	unsigned long fentry;
	unsigned int i;
	int err;

	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp) {
			pr_err("tracepoint %s isn't in this kernel\n", probes[i].name);
			return -ENOENT;
		}
	}
	for (i = 0; i < ARRAY_SIZE(called); i++) {
		fentry = find_fentry(called[i].name);
		if (!fentry)
			return -ENOENT;
		*called[i].body = fentry + MCOUNT_INSN_SIZE;
	}
	vfn_base_init();
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		fentry = find_fentry(hooks[i].name);
		if (!fentry) {
			err = -ENOENT;
			goto free;
		}
		*hooks[i].body = fentry + MCOUNT_INSN_SIZE;
		err = ftrace_set_filter_ip(&direct_ops, fentry, 0, 0);
		if (err) {
			pr_err("%s() can't be traced (%d)\n", hooks[i].name, err);
			goto free;
		}
	}
	return 0;
free:
	ftrace_free_filter(&direct_ops);
	return err;
}

void vfn_hooks_exit(void)
{
	/* Tasks that were preempted in the trampoline, or on their way out of a hook. */
	synchronize_rcu_tasks();
	ftrace_free_filter(&direct_ops);
}

static void probes_detach(unsigned int nr)
{
	while (nr--)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].func, NULL);
	tracepoint_synchronize_unregister();
}

static int probes_attach(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = tracepoint_probe_register(probes[i].tp, probes[i].func, NULL);
		if (err) {
			probes_detach(i);
			return err;
		}
	}
	return 0;
}

/* ftrace takes a registration while it is switched off, and does nothing. */
static int check_sites(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (!site_is_hooked(*hooks[i].body - MCOUNT_INSN_SIZE))
			return -EBUSY;
	/* From here on, writing 0 to kernel.ftrace_enabled is refused. */
	direct_ops.flags |= FTRACE_OPS_FL_PERMANENT;
	return 0;
}

int vfn_hooks_attach(void)
{
	int err;

	err = probes_attach();
	if (err)
		return err;
	err = vfn_direct_register(&direct_ops, (unsigned long)vfn_trampoline);
	if (err)
		goto probes;
	err = check_sites();
	if (err)
		goto direct;
	return 0;
direct:
	vfn_direct_unregister(&direct_ops, (unsigned long)vfn_trampoline);
probes:
	probes_detach(ARRAY_SIZE(probes));
	if (err != -ENOMEM)
		pr_err_ratelimited("can't hook path lookup (%d): a live patch or BPF program holds a function, or kernel.ftrace_enabled is 0\n",
				   err);
	return err;
}

void vfn_hooks_detach(void)
{
	direct_ops.flags &= ~FTRACE_OPS_FL_PERMANENT;
	vfn_direct_unregister(&direct_ops, (unsigned long)vfn_trampoline);
	probes_detach(ARRAY_SIZE(probes));
}
