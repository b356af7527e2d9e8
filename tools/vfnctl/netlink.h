/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: the module's generic netlink family */
#ifndef VFNCTL_NETLINK_H
#define VFNCTL_NETLINK_H

#include <stdint.h>
#include <sys/types.h>

#include <linux/vfn_netlink.h>

struct nl_sock;
struct nlattr;

/**
 * struct netlink - a connection to the family
 * @sock:	the connection
 * @family:	the family's number
 */
struct netlink {
	struct nl_sock *sock;
	int family;
};

/* NULL; or what is wrong, and what to do, which the caller frees. */
char *netlink_open(struct netlink *netlink);
void netlink_close(struct netlink *netlink);

/* What becomes readable when netlink_receive() has something to take. */
int netlink_fd(const struct netlink *netlink);

/* The value of an attribute. */
uint32_t netlink_u32(const struct nlattr *attr);
uint64_t netlink_u64(const struct nlattr *attr);
const char *netlink_string(const struct nlattr *attr);

/*
 * Ask for CMD, of the process PID unless that is 0, and hand the attributes of each answer
 * to TAKE.  0, or errno.
 */
int netlink_ask(struct netlink *netlink, int cmd, pid_t pid,
		void (*take)(struct nlattr **attrs, void *arg), void *arg);

/* Join the family's group; 0, or errno. */
int netlink_join(struct netlink *netlink, const char *group);

/*
 * Hand what is told next, if it is there yet, to TAKE; 0, or errno; ENOBUFS: something
 * was lost.
 */
int netlink_receive(struct netlink *netlink,
		    void (*take)(struct nlattr **attrs, void *arg), void *arg);

#endif /* VFNCTL_NETLINK_H */
