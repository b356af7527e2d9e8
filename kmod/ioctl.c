// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/vfn: checks what user space asks for, and does it
 */
#include <linux/build_bug.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "walk.h"

#define MAX_BATCH	65536

/*
 * The extensible-struct rule: @size comes first in @arg.  Returns what the
 * caller thinks the structure's size is.
 */
static int get_struct(void *to, size_t ksize, size_t min, void __user *arg)
{
	u32 usize;
	int err;

	if (get_user(usize, (u32 __user *)arg))
		return -EFAULT;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	if (usize < min)
		return -EINVAL;
	err = copy_struct_from_user(to, ksize, arg, usize);
	return err ?: usize;
}

static int put_struct(void __user *arg, size_t usize, const void *from, size_t ksize)
{
	return copy_to_user(arg, from, min(usize, ksize)) ? -EFAULT : 0;
}

static int do_info(void __user *arg)
{
	struct vfn_info info;
	struct vfn_thread *thread;
	struct vfn_table *table;
	int usize;

	BUILD_BUG_ON(sizeof(info) != VFN_INFO_SIZE_VER0);
	usize = get_struct(&info, sizeof(info), VFN_INFO_SIZE_VER0, arg);
	if (usize < 0)
		return usize;
	info = (struct vfn_info){
		.size = sizeof(info),
		.abi = VFN_ABI_VERSION,
		.features = BIT(_IOC_NR(VFN_IOC_INFO)) | BIT(_IOC_NR(VFN_IOC_APPLY)) |
			    BIT(_IOC_NR(VFN_IOC_LIST)) | BIT(_IOC_NR(VFN_IOC_RESOLVE)) |
			    BIT(_IOC_NR(VFN_IOC_SNAPSHOT)) | BIT(_IOC_NR(VFN_IOC_ADOPT)),
		.max_mappings = READ_ONCE(vfn_max_mappings),
		.max_batch = MAX_BATCH,
		.hooks = vfn_hooks_method(),
	};
	if (vfn_attached())
		info.state |= VFN_STATE_ATTACHED;
	thread = vfn_thread_enter();
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	if (thread) {
		table = vfn_thread_table(thread);
		if (table && table->nr)
			info.state |= VFN_STATE_HOLDER;
		if (table && table->sealed)
			info.state |= VFN_STATE_SEALED;
		info.nr_mappings = table ? table->nr : 0;
		vfn_thread_leave(thread);
	}
	return put_struct(arg, usize, &info, sizeof(info));
}

static int do_apply(void __user *arg)
{
	struct vfn_apply __user *user = arg;
	struct vfn_thread *thread;
	struct vfn_apply apply;
	int err, usize;

	BUILD_BUG_ON(sizeof(apply) != VFN_APPLY_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct vfn_op) != VFN_OP_SIZE_VER0);
	usize = get_struct(&apply, sizeof(apply), VFN_APPLY_SIZE_VER0, arg);
	if (usize < 0)
		return usize;
	if (apply.op_size < VFN_OP_SIZE_VER0)
		return -EINVAL;
	if (apply.op_size > PAGE_SIZE || apply.nr_ops > MAX_BATCH)
		return -E2BIG;
	if (!apply.nr_ops)
		return 0;

	thread = vfn_view_enter();
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	err = mutex_lock_killable(&thread->view->edit);
	if (!err) {
		err = vfn_edit(thread, &apply);
		mutex_unlock(&thread->view->edit);
	}
	vfn_view_leave(thread);
	if (err && put_user(apply.failed, &user->failed))
		err = -EFAULT;
	return err;
}

/* Write an entry at @at, which has @room bytes; returns how many it took. */
static int put_entry(u16 op, u16 flags, const char *from, const char *to,
		     void __user *at, u32 room)
{
	size_t from_len = strlen(from), to_len = strlen(to), size;
	struct vfn_entry *entry;
	int err;

	BUILD_BUG_ON(sizeof(*entry) != 16);
	BUILD_BUG_ON(sizeof(*entry) + 2 * PATH_MAX > VFN_ENTRY_MAX);
	size = ALIGN(struct_size(entry, names, from_len + to_len + 2), 8);
	/* A step of a walk, somewhere deep. */
	if (size > VFN_ENTRY_MAX)
		return -ENAMETOOLONG;
	if (size > room)
		return -ERANGE;
	entry = kzalloc(size, GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->size = size;
	entry->op = op;
	entry->flags = flags;
	entry->from_len = from_len;
	entry->to_len = to_len;
	memcpy(entry->names, from, from_len);
	memcpy(entry->names + from_len + 1, to, to_len);
	err = copy_to_user(at, entry, size) ? -EFAULT : 0;
	kfree(entry);
	return err ?: size;
}

static int list_table(const struct vfn_table *table, struct vfn_list *list)
{
	void __user *at = u64_to_user_ptr(list->buf);
	const struct vfn_mapping *map;
	u32 room = list->buf_size;
	char *from;
	int len = 0;

	if (list->cursor >= U32_MAX)
		return 0;
	from = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!from)
		return -ENOMEM;
	while ((map = vfn_table_next(table, list->cursor))) {
		len = put_entry(map->op, map->flags, vfn_mapping_from(map, from),
				vfn_mapping_to(map), at, room);
		if (len < 0)
			break;
		at += len;
		room -= len;
		list->nr++;
		list->cursor = (u64)vfn_mapping_age(map) + 1;
	}
	kfree(from);
	/* No room for the next one is the end, unless it is all there was to say. */
	return len == -ERANGE && list->nr ? 0 : min(len, 0);
}

static int do_list(void __user *arg)
{
	struct vfn_thread *thread;
	struct vfn_table *table;
	struct vfn_list list;
	int err, usize;

	BUILD_BUG_ON(sizeof(list) != VFN_LIST_SIZE_VER0);
	usize = get_struct(&list, sizeof(list), VFN_LIST_SIZE_VER0, arg);
	if (usize < 0)
		return usize;
	if (list.reserved)
		return -EINVAL;
	list.nr = 0;
	thread = vfn_thread_enter();
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	if (thread) {
		table = vfn_thread_table(thread);
		err = table ? list_table(table, &list) : 0;
		vfn_thread_leave(thread);
		if (err)
			return err;
	}
	return put_struct(arg, usize, &list, sizeof(list));
}

static int put_step(struct vfn_trace *trace, u16 op, u16 flags, const char *from,
		    const char *to)
{
	int len = put_entry(op, flags, from, to, trace->user, trace->room);

	if (len < 0)
		return len;
	trace->user += len;
	trace->room -= len;
	trace->nr++;
	return 0;
}

/* What @name means, step by step.  @buf is for its real name. */
static int trace_name(struct vfn_resolve *r, const struct vfn_table *table, int dfd,
		      const char *name, unsigned int flags, char *buf)
{
	const struct vfn_mapping *map;
	const char *object;
	int err;

	err = vfn_resolve(r, table, dfd, name, flags, false, false);
	if (err > 0)
		return -ESTALE;
	/* That it is hidden, the last step has said; and it is no failure to be told. */
	if (err == -ENOENT && vfn_table_match(table, r->view).map &&
	    vfn_resolve_real(r, buf, &map) == -ENOENT)
		return 0;
	if (!err)
		err = vfn_resolve_real(r, buf, &map);
	if (err)
		return err;
	object = vfn_missing_at(table, r->view) ?
		 vfn_resolve_object(r, buf, LOOKUP_FOLLOW, r->text) : NULL;
	if (IS_ERR(object) && vfn_no_answer(PTR_ERR(object)))
		return PTR_ERR(object);
	if (object == ERR_PTR(-ENOENT))
		return put_step(r->trace, VFN_STEP_MISSING, 0, r->view, "");
	return put_step(r->trace, VFN_STEP_RESULT, 0, r->view, buf);
}

static int query(struct vfn_thread *thread, struct vfn_query *query, char *name, char *buf)
{
	struct vfn_trace trace = {
		.step = put_step,
		.user = u64_to_user_ptr(query->buf),
		.room = query->buf_size,
	};
	unsigned int follow = query->flags & VFN_QUERY_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct vfn_resolve *r;
	int err;

	err = vfn_get_name(name, query->name);
	if (err)
		return err;
	r = vfn_resolve_new(thread);
	if (!r)
		return -ENOMEM;
	r->trace = &trace;
	err = trace_name(r, vfn_thread_table(thread) ?: &vfn_no_table, query->dfd, name, follow,
			 buf);
	query->nr = trace.nr;
	vfn_resolve_free(r);
	return err;
}

static int do_resolve(void __user *arg)
{
	struct vfn_thread *thread;
	struct vfn_query q;
	int err, usize;
	char *names;

	BUILD_BUG_ON(sizeof(q) != VFN_QUERY_SIZE_VER0);
	usize = get_struct(&q, sizeof(q), VFN_QUERY_SIZE_VER0, arg);
	if (usize < 0)
		return usize;
	if (q.reserved || q.flags & ~VFN_QUERY_NOFOLLOW)
		return -EINVAL;
	names = kmalloc(2 * PATH_MAX, GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	/* Also for who has no table: the walk needs the follow_link hook. */
	thread = vfn_view_enter();
	err = PTR_ERR_OR_ZERO(thread);
	if (!err) {
		err = query(thread, &q, names, names + PATH_MAX);
		vfn_view_leave(thread);
	}
	kfree(names);
	return err ?: put_struct(arg, usize, &q, sizeof(q));
}

static int do_snapshot(void __user *arg)
{
	struct vfn_snapshot snapshot;
	int usize;

	BUILD_BUG_ON(sizeof(snapshot) != VFN_SNAPSHOT_SIZE_VER0);
	usize = get_struct(&snapshot, sizeof(snapshot), VFN_SNAPSHOT_SIZE_VER0, arg);
	if (usize < 0)
		return usize;
	return snapshot.reserved ? -EINVAL : vfn_snapshot_open();
}

static int do_adopt(void __user *arg)
{
	struct vfn_adopt adopt;
	int usize;

	BUILD_BUG_ON(sizeof(adopt) != VFN_ADOPT_SIZE_VER0);
	usize = get_struct(&adopt, sizeof(adopt), VFN_ADOPT_SIZE_VER0, arg);
	return usize < 0 ? usize : vfn_snapshot_adopt(adopt.fd);
}

/* Whoever opened @file: a table is edited and read by its own process alone (S1). */
static long vfn_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case VFN_IOC_INFO:
		return do_info(user);
	case VFN_IOC_APPLY:
		return do_apply(user);
	case VFN_IOC_LIST:
		return do_list(user);
	case VFN_IOC_RESOLVE:
		return do_resolve(user);
	case VFN_IOC_SNAPSHOT:
		return do_snapshot(user);
	case VFN_IOC_ADOPT:
		return do_adopt(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations vfn_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = vfn_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice vfn_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vfn",
	.fops = &vfn_fops,
	.mode = 0666,
};

int vfn_ioctl_init(void)
{
	return misc_register(&vfn_device);
}

void vfn_ioctl_exit(void)
{
	misc_deregister(&vfn_device);
}
