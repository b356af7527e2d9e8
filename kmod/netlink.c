// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: reading tables of processes, telling events
 *
 * Requests run in parallel: they wait for nobody, and nobody else's family shall wait
 * for them.  A dump checks the credentials of who reads it at each part, and those of
 * who opened the socket: one may be handed to another, or be a privileged program's
 * standard output.
 */
#include <linux/file.h>
#include <linux/pid_namespace.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include <uapi/linux/vfn_netlink.h>

#include "compat/genetlink.h"
#include "event.h"
#include "holder.h"
#include "netlink.h"
#include "vfn.h"

/* Room for a mapping of the longest names. */
#define LIST_ROOM	(3 * PATH_MAX)

/* Pids that are taken from the hash at a time. */
#define HOLDERS_STEP	16

static struct genl_family family;

/**
 * struct list_dump - where the dump of a table is, in netlink_callback.ctx
 * @table:	a reference; NULL: there is none
 * @next:	the least age of what is still to come
 */
struct list_dump {
	struct vfn_table *table;
	u64 next;
};

/**
 * struct holders_dump - where the dump of holders is, in netlink_callback.ctx
 * @bucket:	of the hash of views
 * @skip:	views there that have been seen
 */
struct holders_dump {
	unsigned int bucket;
	unsigned int skip;
};

static const struct nla_policy policy[VFN_ATTR_MAX + 1] = {
	[VFN_ATTR_PID] = { .type = NLA_U32 },
};

/* Who opened the socket that the request came by. */
static const struct cred *opener(struct netlink_callback *cb)
{
	return NETLINK_CB(cb->skb).sk->sk_socket->file->f_cred;
}

static int list_start(struct netlink_callback *cb)
{
	struct list_dump *dump = (void *)cb->ctx;
	struct nlattr *attrs[VFN_ATTR_MAX + 1];
	struct vfn_table *table;
	struct pid *pid;
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	err = genlmsg_parse(cb->nlh, &family, attrs, VFN_ATTR_MAX, policy, cb->extack);
	if (err)
		return err;
	if (!attrs[VFN_ATTR_PID])
		return -EINVAL;
	pid = find_get_pid(nla_get_u32(attrs[VFN_ATTR_PID]));
	if (!pid)
		return -ESRCH;
	table = vfn_holder_table(pid, opener(cb));
	put_pid(pid);
	if (IS_ERR(table))
		return PTR_ERR(table);
	*dump = (struct list_dump){ .table = table };
	cb->min_dump_alloc = LIST_ROOM;
	return 0;
}

static int put_mapping(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct vfn_mapping *map)
{
	struct nlattr *from;
	void *head;

	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &family,
			   NLM_F_MULTI, VFN_CMD_LIST);
	if (!head)
		return -EMSGSIZE;
	from = nla_reserve(skb, VFN_ATTR_FROM, vfn_mapping_from_len(map) + 1);
	if (!from || nla_put_u32(skb, VFN_ATTR_OP, map->op) ||
	    nla_put_u32(skb, VFN_ATTR_FLAGS, map->flags) ||
	    (map->op == VFN_OP_MAP &&
	     nla_put_string(skb, VFN_ATTR_TO, vfn_mapping_to(map)))) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	vfn_mapping_from(map, nla_data(from));
	genlmsg_end(skb, head);
	return 0;
}

static int list_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct list_dump *dump = (void *)cb->ctx;
	const struct vfn_mapping *map;

	while (dump->table && dump->next < U32_MAX) {
		map = vfn_table_next(dump->table, dump->next);
		if (!map || put_mapping(skb, cb, map))
			break;
		dump->next = (u64)vfn_mapping_age(map) + 1;
	}
	return skb->len;
}

static int list_done(struct netlink_callback *cb)
{
	struct list_dump *dump = (void *)cb->ctx;

	vfn_table_put(dump->table);
	return 0;
}

static int put_holder(struct sk_buff *skb, struct netlink_callback *cb, pid_t pid,
		      const struct vfn_holder *holder)
{
	void *head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &family,
				 NLM_F_MULTI, VFN_CMD_HOLDERS);

	if (!head)
		return -EMSGSIZE;
	if (nla_put_u32(skb, VFN_ATTR_PID, pid) ||
	    nla_put_u32(skb, VFN_ATTR_MAPPINGS, holder->mappings) ||
	    nla_put_u64_64bit(skb, VFN_ATTR_BYTES, holder->bytes, VFN_ATTR_PAD) ||
	    nla_put_u64_64bit(skb, VFN_ATTR_TRANSLATIONS, holder->translations, VFN_ATTR_PAD) ||
	    nla_put_u32(skb, VFN_ATTR_EDITS, holder->edits) ||
	    (holder->sealed && nla_put_flag(skb, VFN_ATTR_SEALED))) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

/* One that may not be seen, or isn't there, is left out. */
static int dump_holder(struct sk_buff *skb, struct netlink_callback *cb, struct pid *pid)
{
	struct vfn_holder holder;
	pid_t nr = pid_vnr(pid);

	if (!nr || vfn_holder_read(pid, opener(cb), &holder))
		return 0;
	return put_holder(skb, cb, nr, &holder);
}

/* 0: that bucket is done. */
static int dump_bucket(struct sk_buff *skb, struct netlink_callback *cb,
		       struct holders_dump *dump)
{
	struct pid *pids[HOLDERS_STEP];
	unsigned int i, nr;
	int err = 0;

	do {
		nr = vfn_holders_at(dump->bucket, dump->skip, pids, HOLDERS_STEP);
		for (i = 0; i < nr; i++) {
			if (!err)
				err = dump_holder(skb, cb, pids[i]);
			dump->skip += !err;
			put_pid(pids[i]);
		}
		cond_resched();
	} while (nr && !err);
	return err;
}

static int holders_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct holders_dump *dump = (void *)cb->ctx;

	for (; dump->bucket < ARRAY_SIZE(vfn_views); dump->bucket++, dump->skip = 0) {
		if (hlist_empty(&vfn_views[dump->bucket]))
			continue;
		if (dump_bucket(skb, cb, dump))
			break;
	}
	return skb->len;
}

static int watch(struct sk_buff *skb, struct genl_info *info)
{
	if (net_eq(genl_info_net(info), &init_net) &&
	    task_active_pid_ns(current) == &init_pid_ns)
		return 0;
	NL_SET_ERR_MSG(info->extack, "events are told in the initial namespaces alone");
	return -EOPNOTSUPP;
}

static const struct genl_ops ops[] = {
	{
		.cmd = VFN_CMD_LIST,
		.start = list_start,
		.dumpit = list_dump,
		.done = list_done,
	}, {
		.cmd = VFN_CMD_HOLDERS,
		.dumpit = holders_dump,
	}, {
		.cmd = VFN_CMD_WATCH,
		.doit = watch,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = VFN_GENL_EVENTS, VFN_GROUP_CAP_SYS_ADMIN },
};

static struct genl_family family __ro_after_init = {
	.name = VFN_GENL_NAME,
	.version = VFN_GENL_VERSION,
	.maxattr = VFN_ATTR_MAX,
	.policy = policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

bool vfn_netlink_heard(void)
{
	return genl_has_listeners(&family, &init_net, 0);
}

int vfn_netlink_tell(const struct vfn_event *event)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *head;

	if (!skb)
		return -ENOMEM;
	head = genlmsg_put(skb, 0, 0, &family, 0, VFN_CMD_EVENT);
	/* It has room for them. */
	nla_put_u32(skb, VFN_ATTR_EVENT, event->what);
	if (event->what != VFN_EVENT_LOST) {
		nla_put_u32(skb, VFN_ATTR_PID, event->pid);
		nla_put_u32(skb, VFN_ATTR_MAPPINGS, event->mappings);
		nla_put_string(skb, VFN_ATTR_COMM, event->comm);
	}
	genlmsg_end(skb, head);
	/* In the initial namespace alone: the privilege it takes to listen is about that. */
	genlmsg_multicast_netns(&family, &init_net, skb, 0, 0, GFP_KERNEL);
	return 0;
}

int vfn_netlink_init(void)
{
	return genl_register_family(&family);
}

void vfn_netlink_exit(void)
{
	genl_unregister_family(&family);
}
