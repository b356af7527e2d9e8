/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests: the generic netlink family by bare sockets, so that who opens, asks and
 * reads can be different processes
 */
#ifndef KSELFTEST_GENL_H
#define KSELFTEST_GENL_H

#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/vfn_netlink.h>

#include "tap.h"

#define GENL_MAX	32768	/* bytes of an answer, at most */

/**
 * struct genl_seen - what the answers to one request said
 * @nr:		how many there were
 * @err:	errno of the request
 * @pid:	the process to look for
 * @with_pid:	how many were about it
 * @from:	the name to look for, or NULL
 * @with_from:	how many had it
 */
struct genl_seen {
	unsigned int nr;
	int err;
	uint32_t pid;
	unsigned int with_pid;
	const char *from;
	unsigned int with_from;
};

static inline int genl_open(void)
{
	int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (sock < 0)
		bail_out("open a generic netlink socket");
	return sock;
}

/* Send a request with at most one attribute; 0 or errno. */
static inline int genl_send(int sock, int type, int flags, int cmd, int attr, const void *value,
			    size_t len)
{
	struct {
		struct nlmsghdr head;
		struct genlmsghdr genl;
		struct nlattr attr;
		char value[64];
	} msg = {
		.head = { NLMSG_LENGTH(GENL_HDRLEN), type, NLM_F_REQUEST | flags, 1, 0 },
		.genl = { .cmd = cmd, .version = 1 },
	};

	if (attr) {
		msg.attr = (struct nlattr){ NLA_HDRLEN + len, attr };
		memcpy(msg.value, value, len);
		msg.head.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
	}
	return write(sock, &msg, msg.head.nlmsg_len) < 0 ? errno : 0;
}

static inline const struct nlattr *genl_attr(const struct nlmsghdr *head, int type)
{
	const char *at = (const char *)head + NLMSG_LENGTH(GENL_HDRLEN);
	const char *end = (const char *)head + head->nlmsg_len;
	const struct nlattr *attr;

	for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const struct nlattr *)at;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

static inline uint32_t genl_u32(const struct nlmsghdr *head, int type)
{
	const struct nlattr *attr = genl_attr(head, type);

	return attr ? *(const uint32_t *)(attr + 1) : 0;
}

static inline const char *genl_string(const struct nlmsghdr *head, int type)
{
	const struct nlattr *attr = genl_attr(head, type);

	return attr ? (const char *)(attr + 1) : NULL;
}

/* The number of the family; if @group isn't NULL, also of its only group. */
static inline int genl_family(int sock, uint32_t *group)
{
	static _Alignas(8) char buf[GENL_MAX];
	const struct nlmsghdr *head = (const struct nlmsghdr *)buf;
	const struct nlattr *groups, *id;
	ssize_t len;

	if (genl_send(sock, GENL_ID_CTRL, 0, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		      VFN_GENL_NAME, sizeof(VFN_GENL_NAME)))
		bail_out("ask for the family");
	len = recv(sock, buf, sizeof(buf), 0);
	if (len < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) || head->nlmsg_type == NLMSG_ERROR)
		bail_out("there is no family");
	groups = genl_attr(head, CTRL_ATTR_MCAST_GROUPS);
	if (group && groups) {
		/* In the attributes of the first of a list. */
		for (id = groups + 2; id->nla_type != CTRL_ATTR_MCAST_GRP_ID;)
			id = (const void *)((const char *)id + NLA_ALIGN(id->nla_len));
		*group = *(const uint32_t *)(id + 1);
	}
	return *(const uint16_t *)(genl_attr(head, CTRL_ATTR_FAMILY_ID) + 1);
}

/* Count what one message says; false: that was the last one. */
static inline bool genl_see(const struct nlmsghdr *head, struct genl_seen *seen)
{
	const char *from;

	if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) {
		seen->err = -*(const int *)NLMSG_DATA(head);
		return false;
	}
	seen->nr++;
	seen->with_pid += seen->pid && genl_u32(head, VFN_ATTR_PID) == seen->pid;
	from = genl_string(head, VFN_ATTR_FROM);
	seen->with_from += seen->from && from && !strcmp(from, seen->from);
	return true;
}

/* All answers to a request that was sent; a failure to receive is one. */
static inline void genl_receive(int sock, struct genl_seen *seen)
{
	static _Alignas(8) char buf[GENL_MAX];
	const struct nlmsghdr *head;
	ssize_t left;

	for (;;) {
		left = recv(sock, buf, sizeof(buf), 0);
		if (left < 0) {
			seen->err = errno;
			return;
		}
		for (head = (void *)buf; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left))
			if (!genl_see(head, seen))
				return;
	}
}

/* Ask @sock, and count the answers. */
static inline void genl_ask(int sock, int family, int cmd, uint32_t pid, struct genl_seen *seen)
{
	int flags = cmd == VFN_CMD_WATCH ? NLM_F_ACK : NLM_F_DUMP;

	seen->err = genl_send(sock, family, flags, cmd, cmd == VFN_CMD_LIST ? VFN_ATTR_PID : 0,
			      &pid, sizeof(pid));
	if (!seen->err)
		genl_receive(sock, seen);
}

/* Join the group of events; 0 or errno. */
static inline int genl_join(int sock, uint32_t group)
{
	return setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ?
	       errno : 0;
}

/* Does anything come within @ms? */
static inline bool genl_hears(int sock, int ms)
{
	struct pollfd wait = { .fd = sock, .events = POLLIN };

	return poll(&wait, 1, ms) > 0;
}

#endif /* KSELFTEST_GENL_H */
