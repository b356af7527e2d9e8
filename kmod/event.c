// SPDX-License-Identifier: GPL-2.0
/*
 * Events: what becomes of tables, told to who listens
 *
 * They come from where one may neither sleep nor, on some kernels, allocate memory: forks
 * and exits in tracepoints, edits under locks.  So they are written into a ring, and
 * sent from a work item.
 */
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <uapi/linux/vfn_netlink.h>

#include "event.h"
#include "netlink.h"
#include "table.h"

/* Of 28 bytes each; what a burst of forks makes before the work item's turn. */
#define RING_SIZE	1024

static DEFINE_RAW_SPINLOCK(ring_lock);	/* the ring; innermost of all locks */
static struct vfn_event *ring;
static unsigned int head;		/* where the next event goes */
static unsigned int tail;		/* where the oldest is */
static bool lost;			/* events, since the one before @head */

static void send_all(struct work_struct *work);
static DECLARE_WORK(send_work, send_all);

static void put(const struct vfn_event *event)
{
	lockdep_assert_held(&ring_lock);
	ring[head++ % RING_SIZE] = *event;
}

void vfn_event(u32 what, struct task_struct *task, u32 mappings)
{
	static const struct vfn_event lost_event = { .what = VFN_EVENT_LOST };
	struct vfn_event event = { .what = what, .mappings = mappings };
	unsigned int room;

	if (!vfn_netlink_heard())
		return;
	event.pid = task_tgid_nr(task);
	/* No lock, so the name may be half of a new one; but it ends. */
	strscpy(event.comm, task->comm, sizeof(event.comm));

	raw_spin_lock(&ring_lock);
	room = RING_SIZE - (head - tail);
	/* That events were lost is to be told where they are missing. */
	if (lost && room >= 2) {
		put(&lost_event);
		room--;
		lost = false;
	}
	if (room && !lost)
		put(&event);
	else
		lost = true;
	raw_spin_unlock(&ring_lock);
	schedule_work(&send_work);
}

/* The oldest event, or that some were lost after it.  False: there is none. */
static bool take(struct vfn_event *event)
{
	bool found = true;

	raw_spin_lock(&ring_lock);
	if (tail != head) {
		*event = ring[tail++ % RING_SIZE];
	} else if (lost) {
		*event = (struct vfn_event){ .what = VFN_EVENT_LOST };
		lost = false;
	} else {
		found = false;
	}
	raw_spin_unlock(&ring_lock);
	return found;
}

static void send_all(struct work_struct *work)
{
	struct vfn_event event;

	while (take(&event)) {
		/* No memory. */
		if (vfn_netlink_tell(&event)) {
			raw_spin_lock(&ring_lock);
			lost = true;
			raw_spin_unlock(&ring_lock);
			return;
		}
		cond_resched();
	}
}

u32 vfn_event_of(const struct vfn_table *old, const struct vfn_table *new)
{
	if (vfn_table_idle(new))
		return vfn_table_idle(old) ? VFN_EVENT_UNSPEC : VFN_EVENT_FREED;
	if (new->sealed && !(old && old->sealed))
		return VFN_EVENT_SEALED;
	return vfn_table_idle(old) ? VFN_EVENT_MADE : VFN_EVENT_EDITED;
}

int vfn_event_init(void)
{
	ring = kcalloc(RING_SIZE, sizeof(*ring), GFP_KERNEL);
	return ring ? 0 : -ENOMEM;
}

void vfn_event_exit(void)
{
	flush_work(&send_work);
	kfree(ring);
}
