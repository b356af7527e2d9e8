// SPDX-License-Identifier: GPL-2.0
/* persistent maps against an array of flags, on random input */
#include <errno.h>

#include "pure.h"

#define KEYS 300

struct number {
	struct vfn_leaf leaf;
};

static void number_free(struct vfn_leaf *leaf, void *arg)
{
	(void)arg;
	kfree(leaf);
}

static u32 key_of(unsigned int i)
{
	/* Neighbours, and keys that share all but their last bits. */
	return i % 2 ? i : i * 0x9e3779b9u;
}

static void pmap_same(const struct vfn_pmap *map, const bool *has)
{
	const struct vfn_leaf *leaf, *after;
	unsigned int i, nr = 0, seen = 0;

	for (i = 0; i < KEYS; i++) {
		nr += has[i];
		ck_assert_int_eq(!!vfn_pmap_find(map, VFN_BY_NAME, vfn_key(key_of(i))), has[i]);
	}
	leaf = vfn_pmap_next(map, VFN_BY_NAME, 0);
	for (; leaf; leaf = after, seen++) {
		after = vfn_pmap_after(map, VFN_BY_NAME, leaf);
		ck_assert(!after || after->key[VFN_BY_NAME] > leaf->key[VFN_BY_NAME]);
	}
	ck_assert_uint_eq(seen, nr);
}

static int pmap_toggle(struct vfn_pmap *map, unsigned int i, bool has)
{
	struct number *number;
	int err;

	if (has)
		return vfn_pmap_del(map, VFN_BY_NAME, vfn_key(key_of(i)), number_free, NULL);
	number = kmalloc(sizeof(*number), 0);
	if (!number)
		return -ENOMEM;
	refcount_set(&number->leaf.ref, 1);
	number->leaf.key[VFN_BY_NAME] = key_of(i);
	err = vfn_pmap_add(map, VFN_BY_NAME, &number->leaf);
	if (err)
		kfree(number);
	return err;
}

START_TEST(pmap_versions)
{
	enum { VERSIONS = 8 };
	static bool has[VERSIONS][KEYS];
	struct vfn_pmap map[VERSIONS] = {};
	unsigned int n, i, v, w;
	int err;

	memset(has, 0, sizeof(has));
	for (n = 0; n < 20000; n++) {
		v = rnd(VERSIONS);
		if (!rnd(50)) {
			w = rnd(VERSIONS);
			if (w == v)
				continue;
			vfn_pmap_put(&map[w], number_free, NULL);
			map[w] = vfn_pmap_get(&map[v]);
			memcpy(has[w], has[v], sizeof(has[w]));
			continue;
		}
		i = rnd(KEYS);
		shim_until_failure = rnd(4) ? -1 : (long)rnd(4);
		err = pmap_toggle(&map[v], i, has[v][i]);
		shim_until_failure = -1;
		ck_assert(!err || err == -ENOMEM);
		if (!err)
			has[v][i] = !has[v][i];
		if (!(n % 250))
			for (w = 0; w < VERSIONS; w++)
				pmap_same(&map[w], has[w]);
	}
	for (v = 0; v < VERSIONS; v++)
		vfn_pmap_put(&map[v], number_free, NULL);
}
END_TEST

START_TEST(pmap_shrinks)
{
	struct vfn_pmap map = {};
	unsigned int i;

	for (i = 0; i < KEYS; i++)
		ck_assert_int_eq(pmap_toggle(&map, i, false), 0);
	for (i = 0; i < KEYS; i++)
		ck_assert_int_eq(pmap_toggle(&map, i, true), 0);
	ck_assert(vfn_pmap_empty(&map));
	ck_assert_int_eq(vfn_pmap_del(&map, VFN_BY_NAME, vfn_key(7), number_free, NULL), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pmap");
	TCase *tc = tcase(suite, "pmap");

	tcase_add_test(tc, pmap_versions);
	tcase_add_test(tc, pmap_shrinks);
	return tap_run(suite);
}
