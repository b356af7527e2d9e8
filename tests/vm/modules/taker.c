// SPDX-License-Identifier: GPL-2.0
/*
 * taker - takes functions of the kernel for itself, as a live patch does; or sends some of
 * their callers elsewhere, as those do who inject errors
 *
 * What it takes goes on as ever, and is counted.
 */
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "compat/ftrace.h"

static char *functions[16];
static unsigned int nr_functions;
module_param_array(functions, charp, &nr_functions, 0444);
MODULE_PARM_DESC(functions, "what to take, with the right to lead it elsewhere");

static char *divert;
module_param(divert, charp, 0444);
MODULE_PARM_DESC(divert, "a function that fails with ENOTTY in processes called \"diverted\"");

static unsigned long seen;
module_param(seen, ulong, 0444);
MODULE_PARM_DESC(seen, "calls of the functions");

static void take(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		 vfn_ftrace_regs_t *regs)
{
	vfn_regs_set_ip(regs, vfn_regs_ip(regs));
	/* Near enough: two at once may count as one. */
	WRITE_ONCE(seen, READ_ONCE(seen) + 1);
}

static struct ftrace_ops ops = {
	.func = take,
	.flags = VFN_REDIRECT_FLAGS,
};

static notrace long fail(void)
{
	return -ENOTTY;
}

static int lead_away(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(seen, READ_ONCE(seen) + 1);
	if (strcmp(current->comm, "diverted"))
		return 0;
	instruction_pointer_set(regs, (unsigned long)fail);
	return 1;
}
NOKPROBE_SYMBOL(lead_away);

/* Without a post_handler, so that ftrace isn't told that it may change the address. */
static struct kprobe probe = {
	.pre_handler = lead_away,
};

static int take_functions(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr_functions && !err; i++)
		err = ftrace_set_filter(&ops, functions[i], strlen(functions[i]), !i);
	if (!err)
		err = register_ftrace_function(&ops);
	if (err)
		vfn_filter_free(&ops);
	return err;
}

static void let_functions_go(void)
{
	unregister_ftrace_function(&ops);
	vfn_filter_free(&ops);
}

static int __init taker_init(void)
{
	int err = nr_functions ? take_functions() : 0;

	if (err || !divert)
		return err;
	probe.symbol_name = divert;
	err = register_kprobe(&probe);
	if (err && nr_functions)
		let_functions_go();
	return err;
}

static void __exit taker_exit(void)
{
	if (divert)
		unregister_kprobe(&probe);
	if (nr_functions)
		let_functions_go();
}

module_init(taker_init);
module_exit(taker_exit);

MODULE_DESCRIPTION("Takes functions of the kernel for itself");
MODULE_LICENSE("GPL");
