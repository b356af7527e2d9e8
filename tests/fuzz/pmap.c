// SPDX-License-Identifier: GPL-2.0
/* fuzzer: versions of persistent maps (kmod/pmap.c), with allocations that fail */

#include "fuzz.h"
#include "pmap.h"

#define VERSIONS	4
#define KEYS		64

/** struct number - a leaf, and what it says */
struct number {
	struct vfn_leaf leaf;
	unsigned int value;
};

/**
 * struct version - a map, and what it must be
 * @failed:	a change has failed; it may take more room than it has to
 */
struct version {
	struct vfn_pmap map;
	bool failed;
	unsigned int nr;
	struct {
		u64 key;
		unsigned int value;
	} sorted[KEYS];
};

/* Of all maps of an input. */
static enum vfn_order order;

static void number_free(struct vfn_leaf *leaf, void *arg)
{
	check(arg == number_free, "not the caller's argument");
	kfree(leaf);
}

/* For lack of memory NULL. */
static struct number *number_new(u64 key, unsigned int value)
{
	struct number *number = kmalloc(sizeof(*number), GFP_KERNEL_ACCOUNT);

	if (!number)
		return NULL;
	refcount_set(&number->leaf.ref, 1);
	/* The other keys are none of the map's business. */
	memset(number->leaf.key, value, sizeof(number->leaf.key));
	number->leaf.key[order] = key >> 32;
	if (order == VFN_BY_TARGET)
		number->leaf.key[VFN_BY_AGE] = key;
	number->value = value;
	return number;
}

/* Numbers that have much in common, or the last bit alone. */
static u32 take_number(struct input *in)
{
	u32 key = take(in, 256) << take(in, 25);

	return take(in, 4) ? key : ~key;
}

static u64 take_key(struct input *in)
{
	u64 key = vfn_key(take_number(in));

	return order == VFN_BY_TARGET ? key | take_number(in) : key;
}

/* The place of the first key >= @key. */
static unsigned int place(const struct version *v, u64 key)
{
	unsigned int i;

	for (i = 0; i < v->nr && v->sorted[i].key < key; i++)
		;
	return i;
}

static bool has(const struct version *v, unsigned int i, u64 key)
{
	return i < v->nr && v->sorted[i].key == key;
}

static void check_leaf(const struct version *v, unsigned int i, const struct vfn_leaf *leaf)
{
	const struct number *number = (const struct number *)leaf;

	if (i >= v->nr) {
		check(!leaf, "key %#lx where none is", vfn_leaf_key(leaf, order));
		return;
	}
	check(leaf, "no key %#lx", v->sorted[i].key);
	check(vfn_leaf_key(leaf, order) == v->sorted[i].key && number->value == v->sorted[i].value,
	      "%#lx: %u, not %#lx: %u", vfn_leaf_key(leaf, order), number->value, v->sorted[i].key,
	      v->sorted[i].value);
}

static void check_version(const struct version *v)
{
	struct vfn_leaf *leaf = vfn_pmap_next(&v->map, order, 0);
	unsigned int i;

	for (i = 0; i < v->nr; i++) {
		check_leaf(v, i, leaf);
		check(vfn_pmap_find(&v->map, order, v->sorted[i].key) == leaf, "%#lx",
		      v->sorted[i].key);
		leaf = vfn_pmap_after(&v->map, order, leaf);
	}
	check_leaf(v, i, leaf);
	check(vfn_pmap_empty(&v->map) == !v->nr, "%u keys", v->nr);
	leaf = vfn_pmap_only(&v->map);
	if (leaf || !v->failed)
		check(!!leaf == (v->nr == 1), "%u keys", v->nr);
	if (leaf)
		check_leaf(v, 0, leaf);
}

static void add(struct version *v, u64 key, unsigned int value)
{
	struct number *number = number_new(key, value);
	unsigned int i = place(v, key);

	if (!number)
		return;
	if (has(v, i, key) || v->nr == KEYS) {
		kfree(number);
		return;
	}
	if (vfn_pmap_add(&v->map, order, &number->leaf)) {
		check(failure_met(), "%#lx", key);
		kfree(number);
		v->failed = true;
		return;
	}
	memmove(&v->sorted[i + 1], &v->sorted[i], (v->nr++ - i) * sizeof(v->sorted[0]));
	v->sorted[i].key = key;
	v->sorted[i].value = value;
}

static void del(struct version *v, u64 key)
{
	unsigned int i = place(v, key);
	int err = vfn_pmap_del(&v->map, order, key, number_free, number_free);

	if (!has(v, i, key)) {
		check(err == -ENOENT, "%#lx: %d", key, err);
		return;
	}
	check(!err || (err == -ENOMEM && failure_met()), "%#lx: %d", key, err);
	v->failed |= !!err;
	if (!err)
		memmove(&v->sorted[i], &v->sorted[i + 1], (--v->nr - i) * sizeof(v->sorted[0]));
}

/* Replace a leaf. */
static void edit(struct version *v, u64 key, unsigned int value)
{
	struct number *number = number_new(key, value);
	unsigned int i = place(v, key);
	struct vfn_leaf **slot;

	if (!number)
		return;
	slot = vfn_pmap_edit(&v->map, order, key);
	if (!slot) {
		check(!has(v, i, key) || failure_met(), "%#lx", key);
		kfree(number);
		return;
	}
	check(has(v, i, key), "%#lx", key);
	check_leaf(v, i, *slot);
	if (refcount_dec_and_test(&(*slot)->ref))
		kfree(*slot);
	*slot = &number->leaf;
	v->sorted[i].value = value;
}

static void copy(struct version *to, const struct version *from)
{
	struct version new = *from;

	new.map = vfn_pmap_get(&from->map);
	vfn_pmap_put(&to->map, number_free, number_free);
	*to = new;
}

static void fuzz_one(struct input *in)
{
	struct version versions[VERSIONS] = {}, *v;
	unsigned int i, value = 0;
	u64 key;

	order = take(in, VFN_ORDERS);
	while (!at_end(in)) {
		v = &versions[take(in, VERSIONS)];
		key = take_key(in);
		take_failure(in);
		switch (take(in, 8)) {
		case 0:
			copy(&versions[take(in, VERSIONS)], v);
			break;
		case 1:
			edit(v, key, ++value);
			break;
		case 2:
		case 3:
			del(v, key);
			break;
		case 4:
			check_leaf(v, place(v, key), vfn_pmap_next(&v->map, order, key));
			break;
		default:
			add(v, key, ++value);
			break;
		}
		shim_until_failure = -1;
		for (i = 0; i < VERSIONS; i++)
			check_version(&versions[i]);
	}
	for (i = 0; i < VERSIONS; i++)
		vfn_pmap_put(&versions[i].map, number_free, number_free);
}
