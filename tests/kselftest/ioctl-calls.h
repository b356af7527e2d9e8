/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls of ioctl-fuzz: right ones and broken ones, and what must come of each
 */
#ifndef KSELFTEST_IOCTL_CALLS_H
#define KSELFTEST_IOCTL_CALLS_H

#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "ioctl-model.h"

#define PAGE		4096
#define BATCH_OPS	48
#define LIST_SIZE	(MODEL_MAX * (sizeof(struct vfn_entry) + 2 * MODEL_NAME))
#define CURSORS		4

/* What may lie where memory ends, all at once. */
enum guard { GUARD_ARG, GUARD_OPS, GUARD_NAME, GUARD_BROKEN, GUARDS };

/**
 * struct fuzz - one thread that makes calls
 * @seed:	of the whole case, for who wants to see it again
 * @random:	state of the random numbers
 * @label:	which thread or child
 * @top:	what all its FROMs begin with, "" if the table is its own
 * @calls:	made by it
 * @shared_calls: made by all
 * @model:	what the table must be: of it, what begins with @top
 * @cursors:	where listings have stopped, and behind which serial
 * @guards:	each two pages, with nothing behind them
 * @list:	LIST_SIZE bytes
 * @longest:	a name that is too long
 * @part:	one with a component that is
 */
struct fuzz {
	uint64_t seed;
	uint64_t random;
	const char *label;
	char top[16];
	unsigned long calls;
	unsigned long *shared_calls;
	struct model model;
	struct {
		uint64_t cursor;
		unsigned long serial;	/* of the first one not seen */
	} cursors[CURSORS];
	char *guards[GUARDS];
	char *list;
	char longest[PAGE + 1];
	char part[258];
};

static int fuzz_device;
static bool fuzz_verbose;

static inline uint64_t rnd64(struct fuzz *f)
{
	uint64_t x = f->random += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline unsigned int rnd(struct fuzz *f, unsigned int n)
{
	return rnd64(f) % n;
}

static inline __u64 ptr(const void *p)
{
	return (unsigned long)p;
}

/* The process ends: it has found something. */
__attribute__((format(printf, 2, 3), noreturn))
static inline void fuzz_found(const struct fuzz *f, const char *fmt, ...)
{
	char text[768];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ok(false, "--seed %#lx, %s, call %lu: %s", (unsigned long)f->seed, f->label, f->calls,
	   text);
	_exit(EXIT_FAILURE);
}

static inline void fuzz_init(struct fuzz *f)
{
	unsigned int i;

	for (i = 0; i < GUARDS; i++) {
		f->guards[i] = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (f->guards[i] == MAP_FAILED || mprotect(f->guards[i] + 2 * PAGE, PAGE, PROT_NONE))
			bail_out("memory");
	}
	f->list = malloc(LIST_SIZE);
	if (!f->list)
		bail_out("memory");
	memset(f->longest, 'a', PAGE);
	memset(f->part, 'b', sizeof(f->part) - 1);
	f->longest[0] = f->part[0] = '/';
}

static inline int fuzz_call(struct fuzz *f, unsigned int cmd, void *arg)
{
	f->calls++;
	__atomic_add_fetch(f->shared_calls, 1, __ATOMIC_RELAXED);
	return ioctl(fuzz_device, cmd, arg) ? errno : 0;
}

/* Make a call and say what must come of it. */
static inline void fuzz_expect(struct fuzz *f, unsigned int cmd, void *arg, int want,
			       const char *what)
{
	int err = fuzz_call(f, cmd, arg);

	if (err != want)
		fuzz_found(f, "%s: %s, not %s", what, strerrorname_np(err) ?: "success",
			   strerrorname_np(want) ?: "success");
}

/* A pointer to nowhere. */
static inline __u64 fuzz_bad_pointer(struct fuzz *f)
{
	const __u64 bad[] = {
		0, 1, 0xffff888000000000, 0xffffffff81000000, 0x8000000000000000,
		~0ULL, -4096ULL, ptr(f->guards[GUARD_BROKEN] + 2 * PAGE), 0x7fffffffffff,
	};

	return bad[rnd(f, sizeof(bad) / sizeof(bad[0]))];
}

/* @size bytes that end where memory ends. */
static inline void *fuzz_at_end(struct fuzz *f, enum guard guard, const void *data, size_t size)
{
	return memcpy(f->guards[guard] + 2 * PAGE - size, data, size);
}

/* The command's structure, which is in order, made wrong; the errno to expect, or 0. */
static inline int fuzz_break_struct(struct fuzz *f, void **arg, size_t size)
{
	static __thread char large[PAGE + 64];
	__u32 *usize = (__u32 *)large;

	memset(large, 0, sizeof(large));
	memcpy(large, *arg, size);
	switch (rnd(f, 6)) {
	case 0:
		*arg = (void *)fuzz_bad_pointer(f);
		return EFAULT;
	case 1:
		*arg = large;
		*usize = rnd(f, size);
		return EINVAL;
	case 2:
		*arg = large;
		*usize = PAGE + 1 + rnd(f, 2) * (rnd64(f) >> 33);
		return E2BIG;
	case 3:
		*arg = large;
		*usize = size + 1 + rnd(f, PAGE - size);
		large[size + rnd(f, *usize - size)] = 1 << rnd(f, 7);
		return E2BIG;
	case 4:
		*arg = fuzz_at_end(f, GUARD_ARG, *arg, 4 + rnd(f, size - 4));
		return EFAULT;
	default:
		/* A larger one that says no more, or one that ends with memory. */
		*usize = size + rnd(f, PAGE - size);
		*arg = rnd(f, 2) ? large : fuzz_at_end(f, GUARD_ARG, large, *usize);
		return 0;
	}
}

static inline void fuzz_info(struct fuzz *f)
{
	struct vfn_info info = { .size = sizeof(info) };
	__u32 state = (f->model.nr ? VFN_STATE_HOLDER | VFN_STATE_ATTACHED : 0) |
		      (f->model.sealed ? VFN_STATE_SEALED : 0);
	void *arg = &info;
	int want = rnd(f, 3) ? 0 : fuzz_break_struct(f, &arg, sizeof(info));

	fuzz_expect(f, VFN_IOC_INFO, arg, want, "INFO");
	if (want || f->top[0])
		return;
	memcpy(&info, arg, sizeof(info));
	if (!f->model.nr)
		info.state &= ~VFN_STATE_ATTACHED;	/* others may have views */
	if (info.size != sizeof(info) || info.abi != VFN_ABI_VERSION || info.state != state ||
	    info.nr_mappings != f->model.nr || info.max_mappings != MODEL_MAX || info.reserved)
		fuzz_found(f, "INFO: state %#x, not %#x; %u mappings, not %u", info.state, state,
			   info.nr_mappings, f->model.nr);
}

/* Is the entry one of those that this thread knows of? */
static inline bool fuzz_is_mine(const struct fuzz *f, const struct vfn_entry *e)
{
	size_t len = strlen(f->top);

	return !strncmp(e->names, f->top, len) && (!len || !e->names[len] || e->names[len] == '/');
}

/*
 * What LIST has written, of @nr entries, must be the model's from *@at on, which is
 * moved.  Returns the bytes.
 */
static inline size_t fuzz_compare(struct fuzz *f, const char *buf, size_t size, __u32 nr,
				  unsigned int *at)
{
	const struct vfn_entry *e;
	const char *fault;
	size_t done = 0;

	for (; nr; nr--, done += e->size) {
		e = (const struct vfn_entry *)(buf + done);
		if (done + sizeof(*e) > size || done + e->size > size)
			fuzz_found(f, "LIST: entries of more than %zu bytes", size);
		if (!fuzz_is_mine(f, e))
			continue;
		if (*at == f->model.nr)
			fuzz_found(f, "LIST: %s is too much", e->names);
		fault = model_entry_fault(e, size - done, &f->model.map[*at]);
		if (fault)
			fuzz_found(f, "LIST: %s -> %s, not %s -> %s: %s is wrong", e->names,
				   e->names + e->from_len + 1, f->model.map[*at].from,
				   f->model.map[*at].to, fault);
		++*at;
	}
	return done;
}

/* The whole table by one call; returns how many entries f->list has. */
static inline __u32 fuzz_check_table(struct fuzz *f)
{
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(f->list),
				 .buf_size = LIST_SIZE };
	unsigned int at = 0;

	fuzz_expect(f, VFN_IOC_LIST, &list, 0, "LIST");
	fuzz_compare(f, f->list, LIST_SIZE, list.nr, &at);
	if (at < f->model.nr)
		fuzz_found(f, "LIST: %s is missing", f->model.map[at].from);
	return list.nr;
}

/* From where a listing stopped some time ago, with little room, as far as that goes. */
static inline void fuzz_list_on(struct fuzz *f)
{
	unsigned int slot = rnd(f, CURSORS), at = 0;
	unsigned long serial = f->cursors[slot].serial;
	size_t size = rnd(f, 1500), used;
	struct vfn_list list = { .size = sizeof(list), .cursor = f->cursors[slot].cursor,
				 .buf = ptr(f->list), .buf_size = size };
	unsigned int first;
	int err;

	if (rnd(f, 4) == 0) {
		list.cursor = 0;
		serial = 0;
	}
	while (at < f->model.nr && f->model.map[at].serial < serial)
		at++;
	first = at;
	memset(f->list, '#', size + 1);
	err = fuzz_call(f, VFN_IOC_LIST, &list);
	if (err == ERANGE && !f->top[0]) {
		if (at == f->model.nr || 18 + strlen(f->model.map[at].from) +
		    strlen(f->model.map[at].to) + 7 < size)
			fuzz_found(f, "LIST: ERANGE, with %zu bytes", size);
		return;
	}
	if (err == ERANGE)
		return;
	if (err)
		fuzz_found(f, "LIST: %s", strerrorname_np(err));
	used = fuzz_compare(f, f->list, size, list.nr, &at);
	if (!list.nr && at < f->model.nr && !f->top[0])
		fuzz_found(f, "LIST: ends before %s", f->model.map[at].from);
	if (f->list[used] != '#' && used < size)
		fuzz_found(f, "LIST: has written behind its entries");
	f->cursors[slot].cursor = list.cursor;
	f->cursors[slot].serial = at > first ? f->model.map[at - 1].serial + 1 : serial;
}

static inline void fuzz_list_broken(struct fuzz *f)
{
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(f->list),
				 .buf_size = LIST_SIZE };
	bool some = f->model.nr;
	void *arg = &list;
	int want;

	switch (rnd(f, 4)) {
	case 0:
		list.reserved = 1 + rnd(f, 9);
		want = EINVAL;
		break;
	case 1:
		list.buf = fuzz_bad_pointer(f);
		want = EFAULT;
		break;
	case 2:
		list.buf = ptr(f->guards[GUARD_BROKEN] + 2 * PAGE - rnd(f, sizeof(struct vfn_entry)));
		want = EFAULT;
		break;
	default:
		want = fuzz_break_struct(f, &arg, sizeof(list));
		fuzz_expect(f, VFN_IOC_LIST, arg, want,
			    "LIST, broken");
		return;
	}
	if (want == EFAULT && !some && f->top[0])
		return;
	fuzz_expect(f, VFN_IOC_LIST, arg, want == EINVAL || some ? want : 0, "LIST, broken");
}

#endif /* KSELFTEST_IOCTL_CALLS_H */
