/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events: what becomes of tables, told to who listens (netlink.c)
 */
#ifndef VFN_EVENT_H
#define VFN_EVENT_H

#include <linux/sched.h>
#include <linux/types.h>

struct vfn_table;

/**
 * struct vfn_event - something that has happened to a process's table
 * @what:	enum vfn_genl_event
 * @pid:	the process, in the initial pid namespace
 * @mappings:	in its table, now
 * @comm:	of the thread that did it
 */
struct vfn_event {
	u32 what;
	pid_t pid;
	u32 mappings;
	char comm[TASK_COMM_LEN];
};

/*
 * vfn_event() - tell that @task's table, which has @mappings now, was made, edited...
 *
 * For any context in which a raw lock may be taken; a few instructions if nobody
 * listens.  What can't be kept until it is sent is lost, and that is told.
 */
void vfn_event(u32 what, struct task_struct *task, u32 mappings);

/* What it is called that @new takes the place of @old; either may be NULL. */
u32 vfn_event_of(const struct vfn_table *old, const struct vfn_table *new);

int vfn_event_init(void);
void vfn_event_exit(void);

#endif /* VFN_EVENT_H */
