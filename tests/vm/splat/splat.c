// SPDX-License-Identifier: GPL-2.0
/* splat - makes the kernel report a bug, to see whether tests/vm/run notices */

#include <linux/bug.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "what to do: none, or one of the kinds of bugs that splat.c lists");

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

/* What follows is noticed by a debug kernel only. */

static int do_leak(void)
{
	char *lost = kmalloc(4242, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(lost);
	return 0;
}

static int do_free(void)
{
	char *freed = kmalloc(64, GFP_KERNEL);

	kfree(freed);
	OPTIMIZER_HIDE_VAR(freed);
	return READ_ONCE(*freed) & 0;
}

static int do_order(void)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(other);

	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);
	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
	return 0;
}

static int do_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
	return 0;
}

static int do_rcu(void)
{
	static int __rcu *pointer;

	return rcu_dereference(pointer) ? -EINVAL : 0;
}

static int do_shift(void)
{
	int by = 42;

	OPTIMIZER_HIDE_VAR(by);
	return (1 << by) & 0;
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
	{ "leak",	do_leak },
	{ "free",	do_free },
	{ "order",	do_order },
	{ "sleep",	do_sleep },
	{ "rcu",	do_rcu },
	{ "shift",	do_shift },
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
