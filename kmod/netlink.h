/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: reading tables of processes, telling events
 */
#ifndef VFN_NETLINK_H
#define VFN_NETLINK_H

#include <linux/types.h>

struct vfn_event;

/* Does anybody listen to events?  For any context. */
bool vfn_netlink_heard(void);

/* Tell them.  -ENOMEM.  Sleeps. */
int vfn_netlink_tell(const struct vfn_event *event);

int vfn_netlink_init(void);
void vfn_netlink_exit(void);

#endif /* VFN_NETLINK_H */
