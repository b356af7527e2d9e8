// SPDX-License-Identifier: GPL-2.0
/*
 * Attaching to the kernel's functions, all or none: by direct calls or else by redirection
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/tracepoint.h>

#include "compat/exec.h"
#include "compat/ftrace.h"
#include "compat/open_flags.h"
#include "compat/procmap.h"
#include "hook.h"
#include "site.h"
#include "walk.h"

unsigned long vfn_body_filename_lookup;
unsigned long vfn_body_filename_parentat;
unsigned long vfn_body_do_filp_open;
unsigned long vfn_body_follow_link;
unsigned long vfn_body_open_exec;
unsigned long vfn_body_open_interpreter;
unsigned long vfn_body_bprm_check;
unsigned long vfn_body_iterate_dir;
unsigned long vfn_body_d_path;
unsigned long vfn_body_proc_readlink;
unsigned long vfn_body_seq_path;
unsigned long vfn_body_procmap;
unsigned long vfn_body_getcwd;
unsigned long vfn_body_getcwd32;
unsigned long vfn_body_task_alloc;
unsigned long vfn_body_mnt_may_suid;
unsigned long vfn_body_get_vfs_caps_from_disk;
unsigned long vfn_body_ptracer_capable;
unsigned long vfn_body_kallsyms_lookup_name;
unsigned long vfn_body_ptrace_may_access;
#ifdef VFN_NAMES_ARE_CONSUMED
unsigned long vfn_body_getname_kernel;
unsigned long vfn_body_putname;
#endif

/* vfn_trampoline() knows the first four by itself. */
static const struct vfn_hook hooks[] = {
	{ "filename_lookup", &vfn_body_filename_lookup, hook_filename_lookup,
	  vfn_late_filename_lookup },
	{ VFN_DO_FILP_OPEN, &vfn_body_do_filp_open, hook_do_filp_open, vfn_late_do_filp_open },
	{ "security_inode_follow_link", &vfn_body_follow_link, hook_follow_link,
	  vfn_late_follow_link },
	{ VFN_FILENAME_PARENTAT, &vfn_body_filename_parentat, hook_filename_parentat },
	{ "open_exec", &vfn_body_open_exec, hook_open_exec },
#ifdef VFN_HAVE_OPEN_INTERPRETER
	{ "bprm_open_interpreter", &vfn_body_open_interpreter, hook_open_interpreter },
#endif
	{ "security_bprm_check", &vfn_body_bprm_check, hook_bprm_check },
	{ "iterate_dir", &vfn_body_iterate_dir, hook_iterate_dir },
	{ "d_path", &vfn_body_d_path, hook_d_path },
	{ "proc_pid_readlink", &vfn_body_proc_readlink, hook_proc_readlink },
	{ "seq_path", &vfn_body_seq_path, hook_seq_path },
#ifdef VFN_HAVE_PROCMAP
	{ "procfs_procmap_ioctl", &vfn_body_procmap, hook_procmap },
#endif
	{ VFN_SYSCALL "getcwd", &vfn_body_getcwd, hook_getcwd },
#ifdef CONFIG_IA32_EMULATION
	{ "__ia32_sys_getcwd", &vfn_body_getcwd32, hook_getcwd32 },
#endif
	{ "security_task_alloc", &vfn_body_task_alloc, hook_task_alloc },
};

/*
 * What isn't exported, but called: by gain.c, base.c and holder.c; and as said in
 * compat/filename.h.
 */
static const struct {
	const char *name;
	unsigned long *body;
} called[] = {
	{ "mnt_may_suid", &vfn_body_mnt_may_suid },
	{ "get_vfs_caps_from_disk", &vfn_body_get_vfs_caps_from_disk },
	{ "ptracer_capable", &vfn_body_ptracer_capable },
	{ "kallsyms_lookup_name", &vfn_body_kallsyms_lookup_name },
	{ "ptrace_may_access", &vfn_body_ptrace_may_access },
#ifdef VFN_NAMES_ARE_CONSUMED
	{ "getname_kernel", &vfn_body_getname_kernel },
	{ "putname", &vfn_body_putname },
#endif
};

/* The better one first. */
static const struct vfn_method *const methods[] = {
#ifdef VFN_HAVE_DIRECT
#define VFN_METHODS "auto, direct or ftrace"
	&vfn_method_direct,
#else
#define VFN_METHODS "auto or ftrace"
#endif
	&vfn_method_redirect,
};

static const struct vfn_method *method;	/* the last one tried; attach_mutex, read by anybody */

static char *hooks_param = "auto";
module_param_named(hooks, hooks_param, charp, 0444);
MODULE_PARM_DESC(hooks, "how to attach to the kernel: direct, ftrace, or auto: direct if possible");

/* By body: where that is taken, in the next place that isn't.  Constant once found. */
#define PLACES_BITS	6
static const struct vfn_hook *places[1 << PLACES_BITS];

static unsigned int place_of(unsigned long body)
{
	return body * VFN_GOLDEN_RATIO >> (64 - PLACES_BITS);
}

static unsigned int next_place(unsigned int i)
{
	return (i + 1) % ARRAY_SIZE(places);
}

const struct vfn_hook *vfn_hook_at(unsigned long body)
{
	unsigned int i = place_of(body);

	while (places[i] && *places[i]->body != body)
		i = next_place(i);
	return places[i];
}

static void place(const struct vfn_hook *hook)
{
	unsigned int i = place_of(*hook->body);

	BUILD_BUG_ON(ARRAY_SIZE(hooks) >= ARRAY_SIZE(places));
	while (places[i])
		i = next_place(i);
	places[i] = hook;
}

unsigned long vfn_hook_site(unsigned int nr)
{
	return nr < ARRAY_SIZE(hooks) ? *hooks[nr].body - MCOUNT_INSN_SIZE : 0;
}

/*
 * The address of a function's call of ftrace.  A kprobe that is never armed finds the
 * function; it sits behind ENDBR, if there is one.
 */
static unsigned long find_site(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long site;
	int err;

	err = register_kprobe(&probe);
	if (err) {
		pr_err("%s() isn't in this kernel or can't be hooked (%d)\n", name, err);
		return 0;
	}
	site = vfn_site_of(&probe);
	unregister_kprobe(&probe);
	if (!site)
		pr_err("%s() begins in a way that vfn doesn't know\n", name);
	return site;
}

/**
 * struct probe - a tracepoint that is watched
 * @name:	the kernel's name for it
 * @func:	what it calls, with preemption off until Linux 7.0
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
	vfn_task_fork(child);
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

/* -EOPNOTSUPP: a kernel that vfn can't be in, and the log says why. */
static int find_functions(void)
{
	unsigned long site;
	unsigned int i;

	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!probes[i].tp) {
			pr_err("tracepoint %s isn't in this kernel\n", probes[i].name);
			return -EOPNOTSUPP;
		}
	}
	for (i = 0; i < ARRAY_SIZE(called); i++) {
		site = find_site(called[i].name);
		if (!site)
			return -EOPNOTSUPP;
		*called[i].body = site + MCOUNT_INSN_SIZE;
	}
	vfn_base_init();
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		site = find_site(hooks[i].name);
		if (!site)
			return -EOPNOTSUPP;
		*hooks[i].body = site + MCOUNT_INSN_SIZE;
		place(&hooks[i]);
	}
	return 0;
}

static bool may_use(const struct vfn_method *which)
{
	return !strcmp(hooks_param, "auto") || !strcmp(hooks_param, which->name);
}

static void free_filters(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		vfn_filter_free(methods[i]->ops);
}

static int set_filter(struct ftrace_ops *ops)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = ftrace_set_filter_ip(ops, vfn_hook_site(i), 0, 0);
		if (err) {
			pr_err("%s() can't be traced (%d)\n", hooks[i].name, err);
			return err;
		}
	}
	return 0;
}

int vfn_hooks_init(void)
{
	unsigned int i;
	int err;

	err = find_functions();
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		err = set_filter(methods[i]->ops);
		if (err)
			goto free;
		if (!method && may_use(methods[i]))
			method = methods[i];
	}
	if (method)
		return 0;
	pr_err("hooks=%s isn't known here: say " VFN_METHODS "\n", hooks_param);
	err = -EINVAL;
free:
	free_filters();
	return err;
}

void vfn_hooks_exit(void)
{
	/* Tasks that were preempted in the trampoline, or on their way out of a hook. */
	synchronize_rcu_tasks();
	free_filters();
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
		if (!vfn_site_is_hooked(vfn_hook_site(i)))
			return -EBUSY;
	return 0;
}

static int method_attach(const struct vfn_method *which)
{
	int err;

	WRITE_ONCE(method, which);
	err = which->attach();
	if (err)
		return err;
	err = check_sites();
	if (err)
		which->detach();
	else
		/* From here on, writing 0 to kernel.ftrace_enabled is refused. */
		which->ops->flags |= FTRACE_OPS_FL_PERMANENT;
	return err;
}

int vfn_hooks_attach(void)
{
	unsigned int i;
	int err;

	err = probes_attach();
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!may_use(methods[i]))
			continue;
		err = method_attach(methods[i]);
		if (!err || err == -ENOMEM)
			break;
	}
	if (!err)
		return 0;
	probes_detach(ARRAY_SIZE(probes));
	if (err != -ENOMEM)
		pr_err_ratelimited("can't hook path lookup (%d): a live patch or BPF program holds a function, or kernel.ftrace_enabled is 0\n",
				   err);
	return err;
}

void vfn_hooks_detach(void)
{
	method->ops->flags &= ~FTRACE_OPS_FL_PERMANENT;
	method->detach();
	probes_detach(ARRAY_SIZE(probes));
}

u32 vfn_hooks_method(void)
{
	return READ_ONCE(method)->number;
}
