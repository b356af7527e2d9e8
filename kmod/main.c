// SPDX-License-Identifier: GPL-2.0
/*
 * vfn - per-process views of file names: init and exit
 */
#include <linux/module.h>
#include <linux/random.h>

#include "counters.h"
#include "event.h"
#include "netlink.h"
#include "vfn.h"
#include "void.h"

static int __init vfn_init(void)
{
	int err;

	/* A multiplier is odd, so that it loses nothing. */
	vfn_hash_seed[0] = get_random_u64();
	vfn_hash_seed[1] = get_random_u64() | 1;
	vfn_payer_init();
	err = vfn_hooks_init();
	if (err)
		return err;
	err = vfn_ref_init();
	if (err)
		goto hooks;
	err = vfn_task_init();
	if (err)
		goto refs;
	err = vfn_void_init();
	if (err)
		goto task;
	err = vfn_event_init();
	if (err)
		goto dirs;
	err = vfn_netlink_init();
	if (err)
		goto event;
	err = vfn_counters_init();
	if (err)
		goto netlink;
	err = vfn_ioctl_init();
	if (err)
		goto counters;
	return 0;
counters:
	vfn_counters_exit();
netlink:
	vfn_netlink_exit();
event:
	vfn_event_exit();
dirs:
	vfn_void_exit();
task:
	vfn_task_exit_module();
refs:
	vfn_ref_exit();
hooks:
	vfn_hooks_exit();
	return err;
}

static void __exit vfn_exit(void)
{
	vfn_ioctl_exit();
	vfn_counters_exit();
	/* Without views, nothing happens to any; what has is told. */
	vfn_event_exit();
	vfn_netlink_exit();
	vfn_task_exit_module();
	vfn_ref_exit();
	vfn_hooks_exit();
	vfn_void_exit();
	vfn_payer_exit();
}

module_init(vfn_init);
module_exit(vfn_exit);

MODULE_DESCRIPTION("Per-process views of file names");
MODULE_AUTHOR("The vfn maintainers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
