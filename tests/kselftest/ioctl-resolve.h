/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RESOLVE in ioctl-fuzz: what the names of the model mean, and broken questions
 */
#ifndef KSELFTEST_IOCTL_RESOLVE_H
#define KSELFTEST_IOCTL_RESOLVE_H

#include "ioctl-batch.h"

/* Is it a proper ancestor of what is mapped, and not just of what is hidden? */
static inline bool model_inside(const struct model *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < m->nr; i++)
		if (m->map[i].op == VFN_OP_MAP && strcmp(name, m->map[i].from) &&
		    model_covers(name, m->map[i].from))
			return true;
	return false;
}

/* The last entry must be @op, @from, @to. */
static inline void fuzz_check_steps(struct fuzz *f, const char *name, __u32 nr, unsigned int op,
				    const char *from, const char *to)
{
	const struct vfn_entry *e = (const struct vfn_entry *)f->list;
	struct model_map want = { .op = op };
	const char *fault;

	if (!nr)
		fuzz_found(f, "RESOLVE %s: no entry", name);
	while (--nr)
		e = (const struct vfn_entry *)((const char *)e + e->size);
	strcpy(want.from, from);
	strcpy(want.to, to);
	fault = model_entry_fault(e, f->list + LIST_SIZE - (char *)e, &want);
	if (fault)
		fuzz_found(f, "RESOLVE %s: %u %s -> %s, not %u %s -> %s: %s is wrong", name, e->op,
			   e->names, e->names + e->from_len + 1, op, from, to, fault);
}

/*
 * A name of one component: its parent is "/" itself, which exists unless a mapping says
 * otherwise.
 */
static inline void fuzz_resolve(struct fuzz *f)
{
	static const char *const names[] = { "/vfn-a", "/vfn-b", "/vfn-c", "/vfn-d", "/vfn-none" };
	const char *name = names[rnd(f, 5)];
	struct vfn_query q = {
		.size = sizeof(q), .flags = rnd(f, 2) ? VFN_QUERY_NOFOLLOW : 0,
		.name = ptr(name), .dfd = rnd(f, 2) ? AT_FDCWD : -1 - (int)rnd(f, 1000),
		.buf = ptr(f->list), .buf_size = LIST_SIZE,
	};
	const struct model_map *map = model_match(&f->model, name), *root = model_match(&f->model, "/");
	char real[MODEL_NAME];
	int err;

	if (root || f->top[0])
		return;
	err = fuzz_call(f, VFN_IOC_RESOLVE, &q);
	if (err)
		fuzz_found(f, "RESOLVE %s: %s", name, strerrorname_np(err));
	if (map && map->op == VFN_OP_HIDE)
		fuzz_check_steps(f, name, q.nr, VFN_OP_HIDE, map->from, "");
	else if (!map && model_inside(&f->model, name))
		fuzz_check_steps(f, name, q.nr, VFN_STEP_MISSING, name, "");
	else if (!model_translate(&f->model, name, real))
		fuzz_check_steps(f, name, q.nr, VFN_STEP_RESULT, name, real);
}

static inline void fuzz_resolve_broken(struct fuzz *f)
{
	struct vfn_query q = {
		.size = sizeof(q), .name = ptr("/vfn-none"), .dfd = AT_FDCWD,
		.buf = ptr(f->list), .buf_size = LIST_SIZE,
	};
	void *arg = &q;
	int want;

	if (f->top[0] || model_match(&f->model, "/vfn-none") || model_match(&f->model, "/"))
		return;
	switch (rnd(f, 9)) {
	case 0:
		q.reserved = 1 + rnd(f, 9);
		want = EINVAL;
		break;
	case 1:
		q.flags = 2u << rnd(f, 31);
		want = EINVAL;
		break;
	case 2:
		q.name = fuzz_bad_pointer(f);
		want = EFAULT;
		break;
	case 3:
		q.buf = fuzz_bad_pointer(f);
		want = EFAULT;
		break;
	case 4:
		q.buf_size = rnd(f, sizeof(struct vfn_entry) + 20);
		want = ERANGE;
		break;
	case 5:
		q.name = ptr("");
		want = ENOENT;
		break;
	case 6:
		q.name = ptr(rnd(f, 2) ? f->longest : f->part);
		want = ENAMETOOLONG;
		break;
	case 7:
		q.name = ptr("vfn-relative");
		q.dfd = -1 - (int)rnd(f, 99);
		want = EBADF;
		break;
	default:
		want = fuzz_break_struct(f, &arg, sizeof(q));
		break;
	}
	fuzz_expect(f, VFN_IOC_RESOLVE, arg, want, "RESOLVE, broken");
}

#endif /* KSELFTEST_IOCTL_RESOLVE_H */
