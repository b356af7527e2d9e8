// SPDX-License-Identifier: GPL-2.0
/*
 * nofork - as long as it is loaded, vfn has no memory for the children of processes
 * called "nofork"
 *
 * Stock kernels can't be told to fail an allocation.  So vfn_thread_want_heir() is made
 * to return what it returns then.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/sched.h>

void nofork_return(void);
#ifndef ASM_RET	/* x86 has its own */
#define ASM_RET	"ret\n"
#endif
asm(".pushsection .text\n"
    ".type nofork_return, %function\n"
    "nofork_return:\n"
    ASM_RET
    ".size nofork_return, .-nofork_return\n"
    ".popsection\n");

static int refuse(struct kprobe *probe, struct pt_regs *regs)
{
	if (strcmp(current->comm, "nofork"))
		return 0;
	regs_set_return_value(regs, -ENOMEM);
	instruction_pointer_set(regs, (unsigned long)nofork_return);
	return 1;
}
NOKPROBE_SYMBOL(refuse);

static struct kprobe probe = {
	.symbol_name = "vfn_thread_want_heir",
	.pre_handler = refuse,
};

static int __init nofork_init(void)
{
	return register_kprobe(&probe);
}

static void __exit nofork_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(nofork_init);
module_exit(nofork_exit);

MODULE_DESCRIPTION("Makes vfn unable to let children inherit");
MODULE_LICENSE("GPL");
