// SPDX-License-Identifier: GPL-2.0
/* vfnctl: the module's generic netlink family */

#include <errno.h>

#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include <libvfn.h>

#include "library.h"
#include "netlink.h"
#include "vfnctl.h"

#define FUNCTIONS(each)						\
	each(genl_connect)					\
	each(genl_ctrl_resolve)					\
	each(genl_ctrl_resolve_grp)				\
	each(genlmsg_parse)					\
	each(genlmsg_put)					\
	each(nl_cb_alloc)					\
	each(nl_cb_err)						\
	each(nl_cb_put)						\
	each(nl_cb_set)						\
	each(nl_geterror)					\
	each(nl_recvmsgs)					\
	each(nl_send_auto)					\
	each(nl_socket_add_membership)				\
	each(nl_socket_alloc)					\
	each(nl_socket_free)					\
	each(nl_socket_get_fd)					\
	each(nl_socket_set_buffer_size)				\
	each(nl_socket_set_nonblocking)				\
	each(nla_get_string)					\
	each(nla_get_u32)					\
	each(nla_get_u64)					\
	each(nla_put_u32)					\
	each(nlmsg_alloc)					\
	each(nlmsg_data)					\
	each(nlmsg_datalen)					\
	each(nlmsg_free)					\
	each(nlmsg_hdr)

/* libnl, from the first connection on */
static struct {
	FUNCTIONS(LIBRARY_MEMBER)
} lib;

/* NULL; or what is missing, and what to do. */
static const char *load(void)
{
	static struct library library = {
		.file = "libnl-genl-3.so.200", .packages = "libnl-genl-3-200 or libnl3",
	};

#define FIND(name) lib.name = library_function(&library, #name);
	FUNCTIONS(FIND)
#undef FIND
	return library.error;
}

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

char *netlink_open(struct netlink *netlink)
{
	const char *missing = load();
	int ret;

	if (missing)
		return text("%s", missing);
	netlink->sock = check_memory(lib.nl_socket_alloc());
	ret = lib.genl_connect(netlink->sock);
	if (ret < 0) {
		netlink_close(netlink);
		return text("generic netlink can't be used: %s; if this is a container or sandbox, "
			    "try outside of it", lib.nl_geterror(ret));
	}
	netlink->family = lib.genl_ctrl_resolve(netlink->sock, VFN_GENL_NAME);
	if (netlink->family < 0) {
		netlink_close(netlink);
		/* a module whose device works and that has no family is another release's */
		return text_unavailable(vfn_available() < 0 ? errno : ENOTSUP);
	}
	return NULL;
}

void netlink_close(struct netlink *netlink)
{
	lib.nl_socket_free(netlink->sock);
}

int netlink_fd(const struct netlink *netlink)
{
	return lib.nl_socket_get_fd(netlink->sock);
}

uint32_t netlink_u32(const struct nlattr *attr)
{
	return lib.nla_get_u32(attr);
}

uint64_t netlink_u64(const struct nlattr *attr)
{
	return lib.nla_get_u64(attr);
}

const char *netlink_string(const struct nlattr *attr)
{
	return lib.nla_get_string(attr);
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

	if (lib.genlmsg_parse(lib.nlmsg_hdr(msg), 0, attrs, VFN_ATTR_MAX, policy) < 0)
		answers->err = EPROTO;
	else if (answers->take)
		answers->take(attrs, answers->arg);
	return NL_OK;
}

/* An end that comes with an error says so in the place of its length. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct answers *answers = arg;
	struct nlmsghdr *header = lib.nlmsg_hdr(msg);

	if (lib.nlmsg_datalen(header) >= (int)sizeof(int) && *(int *)lib.nlmsg_data(header) < 0)
		answers->err = -*(int *)lib.nlmsg_data(header);
	return NL_STOP;
}

static struct nl_cb *callbacks(struct answers *answers)
{
	struct nl_cb *cb = check_memory(lib.nl_cb_alloc(NL_CB_DEFAULT));

	lib.nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_answer, answers);
	lib.nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, answers);
	lib.nl_cb_err(cb, NL_CB_CUSTOM, on_error, answers);
	return cb;
}

int netlink_ask(struct netlink *netlink, int cmd, pid_t pid,
		void (*take)(struct nlattr **attrs, void *arg), void *arg)
{
	struct answers answers = { .take = take, .arg = arg };
	struct nl_cb *cb = callbacks(&answers);
	struct nl_msg *msg = check_memory(lib.nlmsg_alloc());
	int ret;

	check_memory(lib.genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, netlink->family, 0,
				     take ? NLM_F_DUMP : NLM_F_ACK, cmd, VFN_GENL_VERSION));
	if (pid)
		lib.nla_put_u32(msg, VFN_ATTR_PID, pid);
	ret = lib.nl_send_auto(netlink->sock, msg);
	lib.nlmsg_free(msg);
	if (ret >= 0)
		ret = lib.nl_recvmsgs(netlink->sock, cb);
	lib.nl_cb_put(cb);
	return ret < 0 && !answers.err ? EIO : answers.err;
}

int netlink_join(struct netlink *netlink, const char *group)
{
	int number = lib.genl_ctrl_resolve_grp(netlink->sock, VFN_GENL_NAME, group);
	int ret;

	if (number < 0)
		return EOPNOTSUPP;
	ret = lib.nl_socket_add_membership(netlink->sock, number);
	if (ret < 0)
		return ret == -NLE_PERM ? EPERM : EIO;
	/* as much as is allowed: events come in bursts */
	lib.nl_socket_set_buffer_size(netlink->sock, RECEIVE_BUFFER, 0);
	lib.nl_socket_set_nonblocking(netlink->sock);
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

	lib.nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence, NULL);
	ret = lib.nl_recvmsgs(netlink->sock, cb);
	lib.nl_cb_put(cb);
	if (answers.err)
		return answers.err;
	/* libnl's word for ENOBUFS, too */
	if (ret == -NLE_NOMEM)
		return ENOBUFS;
	return ret < 0 && ret != -NLE_AGAIN && ret != -NLE_INTR ? EIO : 0;
}
