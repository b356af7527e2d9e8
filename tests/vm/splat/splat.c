// SPDX-License-Identifier: GPL-2.0
/* splat - makes the kernel report a bug, to see whether tests/vm/run notices */

#include <linux/bug.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "what to do: none, warn, oops, bug, refcount, atomic or panic");

static int do_none(void)
{
	return 0;
}

static int do_warn(void)
{
	WARN(1, "on purpose\n");
	return 0;
}

static int do_oops(void)
{
	return *(volatile int *)16;
}

static int do_bug(void)
{
	BUG();
}

static int do_refcount(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
	return 0;
}

static int do_atomic(void)
{
	preempt_disable();
	schedule();
	preempt_enable();
	return 0;
}

static int do_panic(void)
{
	panic("on purpose");
}

static const struct {
	const char *name;
	int (*run)(void);
} kinds[] = {
	{ "none",	do_none },
	{ "warn",	do_warn },
	{ "oops",	do_oops },
	{ "bug",	do_bug },
	{ "refcount",	do_refcount },
	{ "atomic",	do_atomic },
	{ "panic",	do_panic },
};

static int __init splat_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i].name))
			return kinds[i].run();
	return -EINVAL;
}
module_init(splat_init);

static void __exit splat_exit(void)
{
}
module_exit(splat_exit);

MODULE_DESCRIPTION("Breaks the kernel on purpose");
MODULE_LICENSE("GPL");
