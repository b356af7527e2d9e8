// SPDX-License-Identifier: GPL-2.0
/* vfnctl: the module's generic netlink family */

#include <errno.h>
#include <unistd.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>

#include "netlink.h"
#include "vfnctl.h"

#define RECEIVE_BUFFER	(1024 * 1024)

/**
 * struct answers - what becomes of those to one request
 * @err:	errno of the kernel
 * @take:	gets their attributes, and @arg
 */
struct answers {
	int err;
	void (*take)(struct nlattr **attrs, void *arg);
	void *arg;
};

static struct nla_policy policy[VFN_ATTR_MAX + 1] = {
	[VFN_ATTR_PID] = { .type = NLA_U32 },
	[VFN_ATTR_OP] = { .type = NLA_U32 },
	[VFN_ATTR_FLAGS] = { .type = NLA_U32 },
	[VFN_ATTR_FROM] = { .type = NLA_STRING },
	[VFN_ATTR_TO] = { .type = NLA_STRING },
	[VFN_ATTR_MAPPINGS] = { .type = NLA_U32 },
	[VFN_ATTR_SEALED] = { .type = NLA_FLAG },
	[VFN_ATTR_BYTES] = { .type = NLA_U64 },
	[VFN_ATTR_TRANSLATIONS] = { .type = NLA_U64 },
	[VFN_ATTR_EDITS] = { .type = NLA_U32 },
	[VFN_ATTR_EVENT] = { .type = NLA_U32 },
	[VFN_ATTR_COMM] = { .type = NLA_STRING },
};

int netlink_open(struct netlink *netlink, const char *command)
{
	int ret;

	netlink->command = command;
	netlink->sock = check_memory(nl_socket_alloc());
	ret = genl_connect(netlink->sock);
	if (ret < 0) {
		complain("%s: generic netlink can't be used: %s", command, nl_geterror(ret));
		netlink_close(netlink);
		return EXIT_OWN;
	}
	netlink->family = genl_ctrl_resolve(netlink->sock, VFN_GENL_NAME);
	if (netlink->family < 0) {
		netlink_close(netlink);
		return complain_unavailable(access("/sys/module/vfn", F_OK) ? ENXIO : ENOTSUP);
	}
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	nl_socket_free(netlink->sock);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct answers *answers = arg;

	(void)from;
	answers->err = -error->error;
	return NL_STOP;
}

static int on_answer(struct nl_msg *msg, void *arg)
{
	struct nlattr *attrs[VFN_ATTR_MAX + 1];
	struct answers *answers = arg;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, VFN_ATTR_MAX, policy) < 0)
		answers->err = EPROTO;
	else if (answers->take)
		answers->take(attrs, answers->arg);
	return NL_OK;
}

/* An end that comes with an error says so in the place of its length. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct answers *answers = arg;
	struct nlmsghdr *header = nlmsg_hdr(msg);

	if (nlmsg_datalen(header) >= (int)sizeof(int) && *(int *)nlmsg_data(header) < 0)
		answers->err = -*(int *)nlmsg_data(header);
	return NL_STOP;
}

static struct nl_cb *callbacks(struct answers *answers)
{
	struct nl_cb *cb = check_memory(nl_cb_alloc(NL_CB_DEFAULT));

	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_answer, answers);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, answers);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, answers);
	return cb;
}

int netlink_ask(struct netlink *netlink, int cmd, pid_t pid,
		void (*take)(struct nlattr **attrs, void *arg), void *arg)
{
	struct answers answers = { .take = take, .arg = arg };
	struct nl_cb *cb = callbacks(&answers);
	struct nl_msg *msg = check_memory(nlmsg_alloc());
	int ret;

	check_memory(genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, netlink->family, 0,
				 take ? NLM_F_DUMP : NLM_F_ACK, cmd, VFN_GENL_VERSION));
	if (pid)
		nla_put_u32(msg, VFN_ATTR_PID, pid);
	ret = nl_send_auto(netlink->sock, msg);
	nlmsg_free(msg);
	if (ret >= 0)
		ret = nl_recvmsgs(netlink->sock, cb);
	nl_cb_put(cb);
	return ret < 0 && !answers.err ? EIO : answers.err;
}

int netlink_join(struct netlink *netlink, const char *group)
{
	int number = genl_ctrl_resolve_grp(netlink->sock, VFN_GENL_NAME, group);
	int ret;

	if (number < 0)
		return EOPNOTSUPP;
	ret = nl_socket_add_membership(netlink->sock, number);
	if (ret < 0)
		return ret == -NLE_PERM ? EPERM : EIO;
	/* as much as is allowed: events come in bursts */
	nl_socket_set_buffer_size(netlink->sock, RECEIVE_BUFFER, 0);
	nl_socket_set_nonblocking(netlink->sock);
	return 0;
}

/* What is told has no request's number. */
static int any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

int netlink_receive(struct netlink *netlink,
		    void (*take)(struct nlattr **attrs, void *arg), void *arg)
{
	struct answers answers = { .take = take, .arg = arg };
	struct nl_cb *cb = callbacks(&answers);
	int ret;

	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence, NULL);
	ret = nl_recvmsgs(netlink->sock, cb);
	nl_cb_put(cb);
	if (answers.err)
		return answers.err;
	/* libnl's word for ENOBUFS, too */
	if (ret == -NLE_NOMEM)
		return ENOBUFS;
	return ret < 0 && ret != -NLE_AGAIN && ret != -NLE_INTR ? EIO : 0;
}
