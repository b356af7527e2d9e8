// SPDX-License-Identifier: GPL-2.0
/*
 * S6 and S5: whatever is wrong with an ioctl's argument, it gets its errno and
 * changes nothing; and the limits hold
 */
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include <linux/vfn.h>

#include "tap.h"

#define USER	1000
#define PARAM	"/sys/module/vfn/parameters/max_mappings"

/* The fixture: three mappings. */
#define FROM	"/vfn-ioctl/from"
#define TO	"/vfn-ioctl/to"

static int device;
static char *page_end;		/* behind it nothing can be read or written */

static int call(unsigned int cmd, void *arg)
{
	return ioctl(device, cmd, arg) ? errno : 0;
}

static __u64 ptr(const void *p)
{
	return (unsigned long)p;
}

/* @size bytes that end where memory ends. */
static void *at_end(const void *data, size_t size)
{
	return memcpy(page_end - size, data, size);
}

static struct vfn_op op_map(const char *from, const char *to)
{
	return (struct vfn_op){ .op = VFN_OP_MAP, .from = ptr(from), .to = ptr(to) };
}

static int apply(const struct vfn_op *ops, __u32 nr, __u32 *failed)
{
	struct vfn_apply arg = {
		.size = sizeof(arg),
		.nr_ops = nr,
		.ops = ptr(ops),
		.op_size = sizeof(*ops),
		.failed = 77,
	};
	int err = call(VFN_IOC_APPLY, &arg);

	if (failed)
		*failed = arg.failed;
	return err;
}

#define TABLE_MAX	8192

/* All of the table into @buf; returns the bytes. */
static size_t table(char *buf)
{
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(buf), .buf_size = TABLE_MAX };
	size_t size = 0;
	unsigned int i;

	memset(buf, 0, TABLE_MAX);
	if (call(VFN_IOC_LIST, &list))
		bail_out("list the table");
	for (i = 0; i < list.nr; i++)
		size += ((struct vfn_entry *)(buf + size))->size;
	return size;
}

static char fixture[TABLE_MAX];
static size_t fixture_size;

static bool unchanged(void)
{
	char now[TABLE_MAX];

	return table(now) == fixture_size && !memcmp(now, fixture, TABLE_MAX);
}

static void make_fixture(void)
{
	struct vfn_op ops[] = {
		op_map(FROM, TO),
		{ .op = VFN_OP_HIDE, .from = ptr("/vfn-ioctl/hidden") },
		{ .op = VFN_OP_MAP, .flags = VFN_MAP_NOFOLLOW, .from = ptr("/vfn-ioctl/b"),
		  .to = ptr(TO "/b") },
	};

	if (apply(ops, 3, NULL))
		bail_out("make the fixture");
	fixture_size = table(fixture);
}

/*
 * The extensible-struct rule, for an ioctl @cmd whose structure *@arg of @ver0
 * bytes is in order.
 */
static void sizes(unsigned int cmd, const char *name, const void *arg, __u32 ver0)
{
	static const __u32 wrong[] = { 0, 1, 3, 4, 8 };
	unsigned char buf[8192], byte;
	__u32 *size = (__u32 *)buf;
	unsigned int i, bad = 0;

	memset(buf, 0, sizeof(buf));
	memcpy(buf, arg, ver0);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		*size = wrong[i];
		bad += call(cmd, buf) != EINVAL;
	}
	*size = ver0 - 1;
	ok(call(cmd, buf) == EINVAL && !bad, "%s: too small a size", name);
	*size = 4097;
	bad = call(cmd, buf) != E2BIG;
	*size = UINT_MAX;
	ok(call(cmd, buf) == E2BIG && !bad, "%s: too large a size", name);
	for (bad = 0, i = ver0; i < 4096; i += i < ver0 + 64 ? 1 : 509) {
		memset(buf, 0, sizeof(buf));
		memcpy(buf, arg, ver0);
		*size = i + 1;
		buf[i] = 1;
		bad += call(cmd, buf) != E2BIG;
		/* The byte behind the structure is nobody's business. */
		*size = i;
		bad += call(cmd, buf) != 0 || buf[i] != 1;
		memcpy(buf, arg, ver0);
		*size = i + 1;
		buf[i] = 0;
		bad += call(cmd, buf) != 0 || buf[i] != 0;
	}
	ok(!bad, "%s: a tail of zeros, and an unknown one", name);
	byte = 0;
	bad = call(cmd, NULL) != EFAULT;
	bad += call(cmd, (void *)-4096L) != EFAULT;
	bad += call(cmd, at_end(&byte, 1)) != EFAULT;
	for (i = 4; i < ver0; i++) {
		memcpy(buf, arg, ver0);
		*size = ver0;
		bad += call(cmd, at_end(buf, i)) != EFAULT;
	}
	*size = ver0;
	ok(!bad && !call(cmd, at_end(arg, ver0)), "%s: an argument that ends in the void", name);
	ok(unchanged(), "%s: the table is what it was", name);
}

/* A query that can be answered; what is told goes to @buf. */
static struct vfn_query query(const char *name, void *buf, __u32 size)
{
	return (struct vfn_query){ .size = sizeof(struct vfn_query), .name = ptr(name),
				   .dfd = AT_FDCWD, .buf = ptr(buf), .buf_size = size };
}

static void test_sizes(void)
{
	char told[TABLE_MAX];
	struct vfn_query resolve = query("/etc", told, sizeof(told));
	struct vfn_info info = { .size = sizeof(info) };
	struct vfn_apply apply = { .size = sizeof(apply), .op_size = sizeof(struct vfn_op) };
	struct vfn_list list = { .size = sizeof(list), .cursor = UINT_MAX };

	ok(sizeof(info) == 40 && sizeof(apply) == 24 && sizeof(list) == 32 &&
	   sizeof(resolve) == 40 && sizeof(struct vfn_op) == 24 && sizeof(struct vfn_entry) == 16,
	   "the structures have the sizes of ABI version 1");
	sizes(VFN_IOC_INFO, "INFO", &info, VFN_INFO_SIZE_VER0);
	sizes(VFN_IOC_APPLY, "APPLY", &apply, VFN_APPLY_SIZE_VER0);
	sizes(VFN_IOC_LIST, "LIST", &list, VFN_LIST_SIZE_VER0);
	sizes(VFN_IOC_RESOLVE, "RESOLVE", &resolve, VFN_QUERY_SIZE_VER0);
}

static void test_info(void)
{
	struct vfn_info info;

	memset(&info, 0xff, sizeof(info));
	info.size = sizeof(info);
	if (!ok(!call(VFN_IOC_INFO, &info), "INFO overwrites what it finds"))
		return;
	ok(info.size == sizeof(info) && info.abi == 1 && (info.features & 7) == 7 &&
	   info.max_batch == 65536 && info.max_mappings &&
	   (info.hooks == VFN_HOOKS_DIRECT || info.hooks == VFN_HOOKS_FTRACE) &&
	   info.state == (VFN_STATE_HOLDER | VFN_STATE_ATTACHED) &&
	   info.nr_mappings == 3 && !info.reserved, "INFO tells the truth, and no more");
}

static void test_numbers(void)
{
	struct vfn_info info = { .size = sizeof(info) };
	unsigned int nr, bad = 0;

	if (call(VFN_IOC_INFO, &info))
		bail_out("INFO");
	for (nr = 0; nr < 256; nr++) {
		if (nr >= 64 || !(info.features >> nr & 1))
			bad += call(_IO(VFN_IOC_TYPE, nr), fixture) != ENOTTY;
		bad += call(_IOC(_IOC_READ | _IOC_WRITE, VFN_IOC_TYPE, nr, 40), fixture) != ENOTTY;
		bad += call(_IO(VFN_IOC_TYPE + 1, nr), fixture) != ENOTTY;
	}
	ok(!bad && unchanged(), "unknown ioctl numbers");
}

/**
 * struct wrong - an operation that must fail
 * @name:	why
 * @op:		the operation
 * @err:	what with
 */
struct wrong {
	const char *name;
	struct vfn_op op;
	int err;
};

static char name_4095[4096], name_4096[4097], name_256[258];

static void make_names(void)
{
	memset(name_4096, 'a', 4096);
	memset(name_256, 'a', 257);
	name_256[0] = '/';
	for (unsigned int i = 0; i < 4096; i += 200)
		name_4096[i] = '/';
	memcpy(name_4095, name_4096, 4095);
}

#define OP(o, f, a, b)	{ .op = (o), .flags = (f), .from = (a), .to = (b) }
#define F	ptr("/vfn-ioctl/x")
#define T	ptr("/vfn-ioctl/y")

static void try_wrong(const struct wrong *w)
{
	/* Right operations on both sides: none of them may be seen. */
	struct vfn_op ops[] = { op_map(FROM, "/changed"), w->op, { .op = VFN_OP_CLEAR } };
	__u32 failed;
	int err = apply(ops, 3, &failed);

	if (!ok(err == w->err && failed == 1 && unchanged(), "%s: %s", w->name,
		strerror(w->err)))
		diag("errno %d, failed %u, unchanged: %d", err, failed, unchanged());
}

static void test_operations(void)
{
	const char *unterminated = at_end("/unterminated", 13);
	const struct wrong wrongs[] = {
		{ "operation 0", OP(0, 0, F, T), EINVAL },
		{ "operation 6", OP(6, 0, F, T), EINVAL },
		{ "operation -1", OP(-1, 0, 0, 0), EINVAL },
		{ "an unknown flag", OP(VFN_OP_MAP, 2, F, T), EINVAL },
		{ "the last flag", OP(VFN_OP_MAP, 1U << 31, F, T), EINVAL },
		{ "HIDE with a flag", OP(VFN_OP_HIDE, 1, F, 0), EINVAL },
		{ "UNMAP with a flag", OP(VFN_OP_UNMAP, 1, ptr(FROM), 0), EINVAL },
		{ "CLEAR with a flag", OP(VFN_OP_CLEAR, 1, 0, 0), EINVAL },
		{ "SEAL with a flag", OP(VFN_OP_SEAL, 1, 0, 0), EINVAL },
		{ "HIDE with a TO", OP(VFN_OP_HIDE, 0, F, T), EINVAL },
		{ "UNMAP with a TO", OP(VFN_OP_UNMAP, 0, ptr(FROM), T), EINVAL },
		{ "CLEAR with a FROM", OP(VFN_OP_CLEAR, 0, F, 0), EINVAL },
		{ "CLEAR with a TO", OP(VFN_OP_CLEAR, 0, 0, T), EINVAL },
		{ "SEAL with a FROM", OP(VFN_OP_SEAL, 0, F, 0), EINVAL },
		{ "SEAL with a TO", OP(VFN_OP_SEAL, 0, 0, T), EINVAL },
		{ "MAP without FROM", OP(VFN_OP_MAP, 0, 0, T), EFAULT },
		{ "MAP without TO", OP(VFN_OP_MAP, 0, F, 0), EFAULT },
		{ "HIDE without FROM", OP(VFN_OP_HIDE, 0, 0, 0), EFAULT },
		{ "UNMAP without FROM", OP(VFN_OP_UNMAP, 0, 0, 0), EFAULT },
		{ "FROM in kernel memory", OP(VFN_OP_MAP, 0, 0xffff888000000000, T), EFAULT },
		{ "TO in kernel memory", OP(VFN_OP_MAP, 0, F, 0xffffffff81000000), EFAULT },
		{ "FROM at no address", OP(VFN_OP_MAP, 0, 0x8000000000000000, T), EFAULT },
		{ "FROM that ends in the void", OP(VFN_OP_MAP, 0, ptr(unterminated), T), EFAULT },
		{ "TO that ends in the void", OP(VFN_OP_MAP, 0, F, ptr(unterminated)), EFAULT },
		{ "an empty FROM", OP(VFN_OP_MAP, 0, ptr(""), T), ENOENT },
		{ "an empty TO", OP(VFN_OP_MAP, 0, F, ptr("")), ENOENT },
		{ "a relative FROM", OP(VFN_OP_MAP, 0, ptr("x"), T), EINVAL },
		{ "a relative name hidden", OP(VFN_OP_HIDE, 0, ptr("./x"), 0), EINVAL },
		{ "FROM with ..", OP(VFN_OP_MAP, 0, ptr("/x/../y"), T), EINVAL },
		{ "FROM that ends in ..", OP(VFN_OP_HIDE, 0, ptr("/x/.."), 0), EINVAL },
		{ "FROM of 4,096 bytes", OP(VFN_OP_MAP, 0, ptr(name_4096), T), ENAMETOOLONG },
		{ "TO of 4,096 bytes", OP(VFN_OP_MAP, 0, F, ptr(name_4096)), ENAMETOOLONG },
		{ "a component of 256 in FROM", OP(VFN_OP_MAP, 0, ptr(name_256), T), ENAMETOOLONG },
		{ "a component of 256 in TO", OP(VFN_OP_MAP, 0, F, ptr(name_256)), ENAMETOOLONG },
		{ "UNMAP of what isn't mapped", OP(VFN_OP_UNMAP, 0, F, 0), ENOENT },
		{ "UNMAP below a mapping", OP(VFN_OP_UNMAP, 0, ptr(FROM "/x"), 0), ENOENT },
		{ "UNMAP above a mapping", OP(VFN_OP_UNMAP, 0, ptr("/vfn-ioctl"), 0), ENOENT },
	};
	unsigned int i;

	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
		try_wrong(&wrongs[i]);
}

/* Names that are as long, or as close to the end of memory, as they may be. */
static void test_limits_of_names(void)
{
	struct vfn_op ops[] = { op_map(name_4095, name_4095), { .op = VFN_OP_CLEAR } };

	ok(!apply(ops, 1, NULL), "names of 4,095 bytes");
	ops[0].from = ptr(at_end("/ends-at-the-end", 17));
	ops[0].to = ops[0].from;
	ok(!apply(ops, 1, NULL), "names that end where memory ends");
	if (apply(&ops[1], 1, NULL))
		bail_out("CLEAR");
	make_fixture();
}

static int apply_raw(__u32 nr, __u64 ops, __u32 op_size, __u32 *failed)
{
	struct vfn_apply arg = {
		.size = sizeof(arg), .nr_ops = nr, .ops = ops, .op_size = op_size, .failed = 77,
	};
	int err = call(VFN_IOC_APPLY, &arg);

	*failed = arg.failed;
	return err;
}

static void test_arrays(void)
{
	struct vfn_op op = op_map(FROM, "/changed"), two[2] = { op, op };
	struct { struct vfn_op op; char tail[8]; } large = { .op = op };
	struct vfn_op *last;
	__u32 failed, i;
	int bad = 0;

	for (i = 0; i < sizeof(op); i++)
		bad += apply_raw(1, ptr(&op), i, &failed) != EINVAL;
	ok(!bad && unchanged(), "too small an op_size");
	ok(apply_raw(1, ptr(&op), 4097, &failed) == E2BIG &&
	   apply_raw(1, ptr(&op), -1, &failed) == E2BIG && unchanged(), "too large an op_size");
	for (bad = 0, i = 0; i < 8; i++) {
		large.tail[i] = 1;
		bad += apply_raw(1, ptr(&large), sizeof(op) + i + 1, &failed) != E2BIG;
		bad += failed != 0;
		large.tail[i] = 0;
	}
	ok(!bad && unchanged(), "operations with an unknown tail");
	ok(apply_raw(65537, ptr(&op), sizeof(op), &failed) == E2BIG &&
	   apply_raw(UINT_MAX, ptr(&op), sizeof(op), &failed) == E2BIG && unchanged(),
	   "more operations than a batch may carry");
	ok(!apply_raw(0, 0, sizeof(op), &failed) && unchanged(), "no operation at all");
	ok(apply_raw(1, 0, sizeof(op), &failed) == EFAULT && unchanged() &&
	   apply_raw(1, 0xffff888000000000, sizeof(op), &failed) == EFAULT && unchanged(),
	   "operations at bad addresses");
	last = at_end(two, sizeof(two));
	ok(apply_raw(3, ptr(last), sizeof(op), &failed) == EFAULT && failed == 2 && unchanged(),
	   "the third operation in the void");
	bad = 0;
	for (i = 1; i < sizeof(op); i++)
		bad += apply_raw(1, ptr(page_end - i), sizeof(op), &failed) != EFAULT;
	ok(!bad && unchanged(), "part of an operation in the void");
}

/* Reads the table with buffers of @size bytes; true: it is the fixture, or ERANGE. */
static bool list_by(__u32 size, bool *too_small)
{
	char got[TABLE_MAX] = "", buf[TABLE_MAX];
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(buf), .buf_size = size };
	size_t have = 0, used, j;
	unsigned int i;
	int err;

	for (;;) {
		memset(buf, 0x5a, sizeof(buf));
		err = call(VFN_IOC_LIST, &list);
		for (used = 0, i = 0; !err && i < list.nr; i++)
			used += ((struct vfn_entry *)(buf + used))->size;
		if (used > size)
			return false;
		for (j = used; j < sizeof(buf); j++)
			if (buf[j] != 0x5a)
				return false;
		*too_small = err == ERANGE;
		if (err || !list.nr)
			break;
		memcpy(got + have, buf, used);
		have += used;
	}
	return err == ERANGE ||
	       (!err && have == fixture_size && !memcmp(got, fixture, sizeof(got)));
}

static bool entries_are_clean(void)
{
	struct vfn_entry *e;
	size_t at, i;

	for (at = 0; at < fixture_size; at += e->size) {
		e = (struct vfn_entry *)(fixture + at);
		if (e->size % 8 || e->reserved || strlen(e->names) != e->from_len ||
		    strlen(e->names + e->from_len + 1) != e->to_len)
			return false;
		for (i = sizeof(*e) + e->from_len + e->to_len + 1; i < e->size; i++)
			if (((char *)e)[i])
				return false;
	}
	return at == fixture_size;
}

static void test_list(void)
{
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(fixture) };
	struct vfn_entry *first = (struct vfn_entry *)fixture;
	bool too_small, bad = false;
	__u32 size;

	ok(entries_are_clean(), "LIST: nothing but zeros between names");
	for (size = 0; size <= fixture_size + 8; size++) {
		bad |= !list_by(size, &too_small);
		/* The largest entry is one of the others. */
		bad |= size < first->size && !too_small;
		bad |= size >= fixture_size && too_small;
	}
	ok(!bad, "LIST: buffers of every size, and nothing written behind them");
	list.reserved = 1;
	ok(call(VFN_IOC_LIST, &list) == EINVAL, "LIST: reserved isn't zero");
	list = (struct vfn_list){ .size = sizeof(list), .buf_size = TABLE_MAX };
	ok(call(VFN_IOC_LIST, &list) == EFAULT && !list.nr, "LIST: no buffer");
	list.buf = 0xffff888000000000;
	ok(call(VFN_IOC_LIST, &list) == EFAULT, "LIST: a buffer in kernel memory");
	list.buf = ptr(page_end - 8);
	ok(call(VFN_IOC_LIST, &list) == EFAULT, "LIST: a buffer that ends in the void");
	for (bad = false, size = 0; size < 4; size++) {
		list = (struct vfn_list){ .size = sizeof(list), .buf = ptr(page_end),
					  .buf_size = TABLE_MAX };
		list.cursor = (__u64[]){ UINT_MAX, 1ULL << 32, 1ULL << 63, ~0ULL }[size];
		bad |= call(VFN_IOC_LIST, &list) || list.nr;
	}
	ok(!bad, "LIST: cursors behind the end");
	ok(unchanged(), "LIST: the table is what it was");
}

static int resolve(struct vfn_query q)
{
	return call(VFN_IOC_RESOLVE, &q);
}

static void test_bad_queries(void)
{
	char buf[TABLE_MAX];
	const struct vfn_query good = query(FROM, buf, sizeof(buf));
	const struct {
		const char *name;
		struct vfn_query q;
		int err;
	} wrongs[] = {
		{ "an unknown flag", { .flags = 2 }, EINVAL },
		{ "the last flag", { .flags = 1U << 31 }, EINVAL },
		{ "reserved isn't zero", { .reserved = 1 }, EINVAL },
		{ "no name", { .name = ~0ULL }, EFAULT },
		{ "a name in kernel memory", { .name = 0xffff888000000000 }, EFAULT },
		{ "a name that ends in the void", { .name = ptr(at_end("/x", 2)) }, EFAULT },
		{ "an empty name", { .name = ptr("") }, ENOENT },
		{ "a name of 4,096 bytes", { .name = ptr(name_4096) }, ENAMETOOLONG },
		{ "a component of 256", { .name = ptr(name_256) }, ENAMETOOLONG },
		{ "relative to no descriptor", { .name = ptr("x"), .dfd = -1 }, EBADF },
		{ "relative to a file", { .name = ptr("x"), .dfd = device }, ENOTDIR },
		{ "a buffer in kernel memory", { .buf = 0xffff888000000000 }, EFAULT },
		{ "a buffer in the void", { .buf = ptr(page_end) }, EFAULT },
	};
	struct vfn_query q;
	unsigned int i;
	int err;

	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		q = good;
		q.flags = wrongs[i].q.flags;
		q.reserved = wrongs[i].q.reserved;
		q.name = wrongs[i].q.name ?: q.name;
		q.dfd = wrongs[i].q.dfd ?: q.dfd;
		q.buf = wrongs[i].q.buf ?: q.buf;
		err = resolve(q);
		if (!ok(err == wrongs[i].err && unchanged(), "RESOLVE, %s: %s", wrongs[i].name,
			strerror(wrongs[i].err)))
			diag("errno %d", err);
	}
}

/* Answers of every size that a buffer can have: all or nothing, and nothing behind. */
static void test_answers(void)
{
	char whole[TABLE_MAX] = "", part[TABLE_MAX];
	struct vfn_query q = query("/bin/sh", whole, sizeof(whole));
	__u32 size, used = 0, i, j;
	struct vfn_entry *e;
	bool bad;

	bad = call(VFN_IOC_RESOLVE, &q) || !q.nr || q.reserved;
	for (i = 0; !bad && i < q.nr; i++, used += e->size) {
		e = (struct vfn_entry *)(whole + used);
		bad |= e->size % 8 || e->reserved || e->size < sizeof(*e) + e->from_len + e->to_len;
		for (j = sizeof(*e) + e->from_len + e->to_len + 1; j < e->size; j++)
			bad |= ((char *)e)[j];
	}
	ok(!bad && used < sizeof(whole) && !whole[used], "RESOLVE: nothing but zeros between names");
	for (bad = false, size = 0; size <= used + 8; size++) {
		memset(part, 0x5a, sizeof(part));
		q = query("/bin/sh", part, size);
		bad |= call(VFN_IOC_RESOLVE, &q) != (size < used ? ERANGE : 0);
		for (j = size; j < sizeof(part); j++)
			bad |= part[j] != 0x5a;
	}
	ok(!bad && unchanged(), "RESOLVE: buffers of every size, and nothing written behind them");
}

static void set_limit(unsigned int limit)
{
	char text[16];
	int fd = open(PARAM, O_WRONLY | O_CLOEXEC), len = sprintf(text, "%u", limit);

	if (fd < 0 || write(fd, text, len) != len || close(fd))
		bail_out("write " PARAM);
}

static int map_number(unsigned int nr)
{
	char name[32];
	struct vfn_op op;

	sprintf(name, "/vfn-ioctl/%u", nr);
	op = op_map(name, TO);
	return apply(&op, 1, NULL);
}

static void test_limit(void *limit)
{
	struct vfn_op clear = { .op = VFN_OP_CLEAR };
	struct vfn_op batch[] = { clear, op_map("/a", "/b"), op_map("/c", "/d"),
				  { .op = VFN_OP_HIDE, .from = ptr("/e") } };
	unsigned int max = *(unsigned int *)limit, i;
	__u32 failed;

	for (i = 0; i < max && !map_number(i); i++)
		;
	ok(i == max && map_number(i) == ENOSPC, "as many mappings as a table may hold");
	ok(!map_number(0), "a mapping in the place of another, in a full table");
	ok(apply(batch, max + 2, &failed) == ENOSPC && failed == max + 1 &&
	   map_number(max) == ENOSPC, "a batch that would exceed the limit changes nothing");
	ok(!apply(batch, max + 1, NULL), "one that makes room first");
}

static void with_limit(void)
{
	struct vfn_info info = { .size = sizeof(info) };
	unsigned int limit = 2;

	if (call(VFN_IOC_INFO, &info))
		bail_out("INFO");
	set_limit(limit);
	in_child(test_limit, &limit, "limit");
	set_limit(info.max_mappings);
}

int main(void)
{
	if (geteuid())
		bail_out("this test wants root");
	device = open("/dev/vfn", O_RDONLY | O_CLOEXEC);
	page_end = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	if (device < 0 || page_end == MAP_FAILED)
		bail_out("open /dev/vfn, and find memory");
	page_end += 2 * 4096;
	if (mprotect(page_end, 4096, PROT_NONE))
		bail_out("mprotect");
	with_limit();
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		bail_out("become user %d", USER);
	make_names();
	make_fixture();
	test_sizes();
	test_info();
	test_numbers();
	test_operations();
	test_limits_of_names();
	test_arrays();
	test_list();
	test_bad_queries();
	test_answers();
	return done();
}
