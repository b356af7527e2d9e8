/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Batches of ioctl-fuzz: operations made up as they come, and what the table must be then
 */
#ifndef KSELFTEST_IOCTL_BATCH_H
#define KSELFTEST_IOCTL_BATCH_H

#include "ioctl-calls.h"

#define WRITTEN		(2 * MODEL_NAME)
#define THREAD_MAX	10	/* mappings of a thread that shares its table */

/**
 * struct batch - a batch that is being made up
 * @new:	what the table will be
 * @nr:		operations
 * @size:	bytes from one to the next
 * @failed:	the one that must fail; @nr: none
 * @err:	what with
 * @raw:	the operations
 * @names:	FROM and TO of each, as they are written
 */
struct batch {
	struct model new;
	__u32 nr;
	__u32 size;
	__u32 failed;
	int err;
	char raw[BATCH_OPS * 64];
	char names[BATCH_OPS][2][WRITTEN];
};

/* A clean name: of the thread's own ones, or one that nobody maps. */
static inline void fuzz_name(struct fuzz *f, char *name)
{
	static const char *const parts[] = {
		"/vfn-a", "/vfn-b", "/vfn-c", "/vfn-eightchr", "/vfn-d", "/vfn-a-longer-one",
	};
	unsigned int depth = rnd(f, 4);

	strcpy(name, f->top);
	if (!f->top[0] && !depth && rnd(f, 8))
		depth = 1;
	while (depth--)
		strcat(name, parts[rnd(f, 6)]);
	if (!name[0])
		strcpy(name, "/");
}

/* One of the table's names, or one above or below, or any other. */
static inline void fuzz_from(struct fuzz *f, const struct model *m, char *name)
{
	if (!m->nr || rnd(f, 2)) {
		fuzz_name(f, name);
		return;
	}
	strcpy(name, m->map[rnd(f, m->nr)].from);
	if (!rnd(f, 4) && name[1] && strlen(name) < 100)
		strcat(name, "/vfn-x");
}

/* The clean @name as somebody may write it. */
static inline void fuzz_write(struct fuzz *f, const char *name, char *written)
{
	static const char *const slashes[] = { "/", "/", "/", "//", "/./", "/././/" };
	char *end = written;

	for (; *name; name++)
		end = *name == '/' ? stpcpy(end, slashes[rnd(f, 6)]) :
				     (*end = *name, end + 1);
	if (!rnd(f, 16))
		end = stpcpy(end, rnd(f, 2) ? "/" : "/.");
	*end = '\0';
}

/* An operation that must fail, whatever the table; the errno. */
static inline int fuzz_break_op(struct fuzz *f, struct vfn_op *op)
{
	__u64 *name = op->op == VFN_OP_MAP && rnd(f, 2) ? &op->to : &op->from;

	switch (rnd(f, 10)) {
	case 0:
		op->op = rnd(f, 2) ? 0 : VFN_OP_SEAL + 1 + rnd(f, 1 << 30);
		return EINVAL;
	case 1:
		op->flags |= 2u << rnd(f, 31);
		return EINVAL;
	case 2:
		if (op->op == VFN_OP_MAP)
			return op->op = VFN_OP_HIDE, EINVAL;
		return op->flags = VFN_MAP_NOFOLLOW, EINVAL;
	case 3:
		*op = (struct vfn_op){ .op = VFN_OP_CLEAR + rnd(f, 2), .from = op->from };
		return EINVAL;
	case 4:
		*op = (struct vfn_op){ .op = VFN_OP_CLEAR + rnd(f, 2), .to = op->from };
		return EINVAL;
	case 5:
		*name = ptr(fuzz_at_end(f, GUARD_BROKEN, "/unterminated", 13));
		return EFAULT;
	case 6:
		*name = ptr("");
		return ENOENT;
	case 7:
		op->from = ptr(rnd(f, 2) ? "vfn-relative" : "/vfn-a/../vfn-b");
		return EINVAL;
	case 8:
		/* Where "/" is hidden, TO's components don't matter any more. */
		*name = ptr(rnd(f, 2) || model_match(&f->model, "/") ? f->longest : f->part);
		return ENAMETOOLONG;
	default:
		*name = fuzz_bad_pointer(f);
		return EFAULT;
	}
}

/* Make operation @i of the batch up; the errno that it must fail with. */
static inline int fuzz_op(struct fuzz *f, struct batch *b, unsigned int i)
{
	struct vfn_op *op = (struct vfn_op *)(b->raw + i * b->size);
	char from[MODEL_NAME], to[MODEL_NAME];
	unsigned int what = rnd(f, 100);

	*op = (struct vfn_op){ .op = VFN_OP_MAP };
	if (b->new.sealed)
		return EPERM;
	/* Threads share the table's places; that it is full would be by chance. */
	if (f->top[0] && b->new.nr >= THREAD_MAX)
		what = 24;
	if (what < 3 && !f->top[0]) {
		op->op = VFN_OP_CLEAR;
		b->new.nr = 0;
		return 0;
	}
	if (what < 4 && !f->top[0] && !rnd(f, 4)) {
		op->op = VFN_OP_SEAL;
		b->new.sealed = true;
		return 0;
	}
	fuzz_from(f, &b->new, from);
	fuzz_from(f, &f->model, to);
	fuzz_write(f, from, b->names[i][0]);
	op->from = ptr(b->names[i][0]);
	if (!i && !rnd(f, 4))
		op->from = ptr(fuzz_at_end(f, GUARD_NAME, b->names[0][0],
					   strlen(b->names[0][0]) + 1));
	if (what < 25) {
		op->op = VFN_OP_UNMAP;
	} else if (what < 35) {
		op->op = VFN_OP_HIDE;
	} else {
		op->flags = rnd(f, 4) ? 0 : VFN_MAP_NOFOLLOW;
		fuzz_write(f, to, b->names[i][1]);
		op->to = ptr(b->names[i][1]);
	}
	if (!rnd(f, 25))
		return fuzz_break_op(f, op);
	if (op->op == VFN_OP_UNMAP)
		return model_unmap(&b->new, from);
	return model_map(&b->new, &f->model, op->op, op->flags, from,
			 op->op == VFN_OP_MAP ? to : "");
}

/* A batch, up to the operation that must fail, and others behind it. */
static inline void fuzz_batch(struct fuzz *f, struct batch *b)
{
	unsigned int i, j;

	b->new = f->model;
	b->nr = 1 + (rnd(f, 4) ? rnd(f, 4) : rnd(f, BATCH_OPS));
	b->size = rnd(f, 4) ? sizeof(struct vfn_op) : sizeof(struct vfn_op) + rnd(f, 40);
	b->failed = b->nr;
	b->err = 0;
	memset(b->raw, 0, sizeof(b->raw));
	for (i = 0; i < b->nr; i++) {
		b->err = fuzz_op(f, b, i);
		if (b->err) {
			b->failed = i;
			break;
		}
		if (b->size > sizeof(struct vfn_op) && !rnd(f, 50)) {
			j = sizeof(struct vfn_op) + rnd(f, b->size - sizeof(struct vfn_op));
			b->raw[i * b->size + j] = 1;
			b->failed = i;
			b->err = E2BIG;
			break;
		}
	}
	if (b->err)
		b->new = f->model;
}

static inline void fuzz_show(const struct batch *b)
{
	const struct vfn_op *op;
	__u32 i;

	diag("batch of %u, %u bytes each: %u fails with %s", b->nr, b->size, b->failed,
	     strerrorname_np(b->err) ?: "nothing");
	for (i = 0; i < b->nr && i <= b->failed; i++) {
		op = (const struct vfn_op *)(b->raw + i * b->size);
		diag("  op %u, flags %#x, from %#llx %s, to %#llx %s", op->op, op->flags, op->from,
		     b->names[i][0], op->to, b->names[i][1]);
	}
}

/* A batch whose frame is wrong: nothing of it is done. */
static inline void fuzz_apply_broken(struct fuzz *f, const struct batch *b)
{
	struct vfn_apply apply = {
		.size = sizeof(apply), .nr_ops = b->nr, .ops = ptr(b->raw), .op_size = b->size,
		.failed = 77,
	};
	void *arg = &apply;
	int want;

	/* Whether the table is sealed, threads can't know. */
	switch (rnd(f, 6 - !!f->top[0])) {
	case 0:
		apply.op_size = rnd(f, sizeof(struct vfn_op));
		want = EINVAL;
		break;
	case 1:
		apply.op_size = PAGE + 1 + rnd(f, 1 << 30);
		want = E2BIG;
		break;
	case 2:
		apply.nr_ops = 65537 + (rnd(f, 2) ? 0 : rnd64(f) >> 33);
		want = E2BIG;
		break;
	default:
		apply.nr_ops = 0;
		apply.ops = rnd64(f);
		want = fuzz_break_struct(f, &arg, sizeof(apply));
		break;
	case 5:
		apply.ops = fuzz_bad_pointer(f);
		want = f->model.sealed ? EPERM : EFAULT;
		break;
	}
	fuzz_expect(f, VFN_IOC_APPLY, arg, want, "APPLY, broken");
	if (want == EFAULT && arg == &apply && apply.nr_ops && apply.failed)
		fuzz_found(f, "APPLY: operation %u has failed, not 0", apply.failed);
}

/* What another thread does to the table that is shared. */
enum sealing { SEAL_NEVER, SEAL_BEGUN, SEAL_DONE };

/* Apply the batch.  Returns whether another thread has sealed the table, as it may. */
static inline bool fuzz_apply(struct fuzz *f, struct batch *b, const enum sealing *sealing)
{
	struct vfn_apply apply = {
		.size = sizeof(apply), .nr_ops = b->nr, .ops = ptr(b->raw), .op_size = b->size,
		.failed = 77,
	};
	__u32 want = !b->err ? 77 : f->model.sealed ? b->nr : b->failed;
	bool sealed = __atomic_load_n(sealing, __ATOMIC_ACQUIRE) == SEAL_DONE;
	int err;

	/* More than there are: the rest is where there is nothing. */
	if (!b->err && !rnd(f, 20)) {
		apply.ops = ptr(fuzz_at_end(f, GUARD_OPS, b->raw, b->nr * b->size));
		apply.nr_ops = rnd(f, 2) ? 65536 : b->nr + 1;
		b->err = EFAULT;
		b->new = f->model;
		want = b->nr;
	}
	if (fuzz_verbose)
		fuzz_show(b);
	err = fuzz_call(f, VFN_IOC_APPLY, &apply);
	if (err == EPERM && __atomic_load_n(sealing, __ATOMIC_ACQUIRE) != SEAL_NEVER)
		return true;
	if (sealed)
		fuzz_found(f, "APPLY: %s, in a sealed table", strerrorname_np(err) ?: "success");
	if (err != b->err || apply.failed != want) {
		fuzz_show(b);
		fuzz_found(f, "APPLY: %s and %u, not %s and %u", strerrorname_np(err) ?: "success",
			   apply.failed, strerrorname_np(b->err) ?: "success", want);
	}
	f->model = b->new;
	/* The process may have had no table for a while: its next one begins anew. */
	if (!f->model.nr)
		memset(f->cursors, 0, sizeof(f->cursors));
	return false;
}

#endif /* KSELFTEST_IOCTL_BATCH_H */
