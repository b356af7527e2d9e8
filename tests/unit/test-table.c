// SPDX-License-Identifier: GPL-2.0
/* tables against a deliberately naive twin, on random input */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "pure.h"
#include <linux/err.h>
#include <linux/vfn.h>

/*
 * tables: against an array and strncmp()
 */

#define MAX_TWIN 64

struct twin {
	unsigned int nr;
	struct {
		char from[64];
		char to[64];
		int op;
	} map[MAX_TWIN];
};

static void twin_del(struct twin *twin, unsigned int i)
{
	memmove(&twin->map[i], &twin->map[i + 1],
		(twin->nr - i - 1) * sizeof(twin->map[0]));
	twin->nr--;
}

static int twin_find(const struct twin *twin, const char *from)
{
	unsigned int i;

	for (i = 0; i < twin->nr; i++)
		if (!strcmp(twin->map[i].from, from))
			return i;
	return -1;
}

static bool covers(const char *from, const char *name)
{
	size_t len = strcmp(from, "/") ? strlen(from) : 0;

	return !strncmp(from, name, len) && (!name[len] || name[len] == '/');
}

/* The longest FROM that covers the clean name. */
static int twin_match(const struct twin *twin, const char *name)
{
	int best = -1;
	unsigned int i;

	for (i = 0; i < twin->nr; i++)
		if (covers(twin->map[i].from, name) &&
		    (best < 0 || strlen(twin->map[i].from) > strlen(twin->map[best].from)))
			best = i;
	return best;
}

static bool twin_inside(const struct twin *twin, const char *name)
{
	unsigned int i;

	for (i = 0; i < twin->nr; i++)
		if (covers(name, twin->map[i].from) && strcmp(name, twin->map[i].from))
			return true;
	return false;
}

static const char *const parts[] = { "a", "b", "cc", "eightchr", "usr-a-long-one", ".x" };

static void random_name(char *name)
{
	unsigned int depth = rnd(4);

	strcpy(name, depth ? "" : "/");
	while (depth--) {
		strcat(name, "/");
		strcat(name, parts[rnd(6)]);
	}
}

/* What is easily missed must be no business of the table's, however it is written. */
static void misses_are_misses(const struct vfn_table *table, const struct twin *twin,
			      const char *name)
{
	static const char *const between[] = { "/", "/", "/", "//", "/./", "/.../" };
	char written[256] = "";
	const char *part;
	bool changed = false;
	unsigned int how;

	for (; *name; name += strlen(part)) {
		how = rnd(6);
		changed |= how == 5;
		strcat(written, between[how]);
		part = strndupa(name + 1, strcspn(name + 1, "/"));
		strcat(written, part);
		name++;
	}
	if (vfn_table_misses_plainly(table, written))
		ck_assert(vfn_table_misses(table, written));
	if (vfn_table_misses(table, written)) {
		ck_assert_ptr_null(vfn_table_match(table, written).map);
		ck_assert(!vfn_table_match(table, written).inside);
		if (!changed)
			ck_assert_int_lt(twin_match(twin, written), 0);
	}
	if (changed)
		return;
	strcat(written, "/..");
	ck_assert(!vfn_table_misses(table, written) || !twin->nr);
}

/* FROM of @map, until the next call. */
static const char *from_of(const struct vfn_mapping *map)
{
	static char buf[PATH_MAX];

	ck_assert_uint_eq(strlen(vfn_mapping_from(map, buf)), vfn_mapping_from_len(map));
	return buf;
}

static void table_same(const struct vfn_table *table, const struct twin *twin)
{
	const struct vfn_mapping *map;
	struct vfn_match m;
	const char *from;
	unsigned int i;
	char name[128];
	u32 next = 0;
	int want;

	for (i = 0; i < twin->nr; i++) {
		map = vfn_table_next(table, next);
		ck_assert_ptr_nonnull(map);
		ck_assert_str_eq(from_of(map), twin->map[i].from);
		ck_assert_str_eq(vfn_mapping_to(map), twin->map[i].to);
		ck_assert_int_eq(map->op, twin->map[i].op);
		next = vfn_mapping_age(map) + 1;
	}
	ck_assert_ptr_null(vfn_table_next(table, next));
	for (i = 0; i < 50; i++) {
		random_name(name);
		misses_are_misses(table, twin, name);
		m = vfn_table_match(table, name);
		want = twin_match(twin, name);
		ck_assert_int_eq(!!m.map, want >= 0);
		ck_assert_int_eq(m.inside, twin_inside(twin, name));
		ck_assert(!m.dots);
		if (want < 0)
			continue;
		from = from_of(m.map);
		ck_assert_str_eq(from, twin->map[want].from);
		ck_assert_int_eq(m.exact, !strcmp(from, name));
		ck_assert_str_eq(name + m.rest, name + (strcmp(from, "/") ? strlen(from) : 0));
	}
}

static int add(struct vfn_table *table, const char *from, const char *to, u32 max)
{
	struct vfn_mapped what = { to[0] ? VFN_OP_MAP : VFN_OP_HIDE, 0, from, to, NULL };

	return vfn_table_map(table, &what, max);
}

static int random_edit(struct vfn_table *table, struct twin *twin)
{
	struct vfn_mapped what = {};
	char from[64], to[64];
	int at, err, op;

	random_name(from);
	at = twin_find(twin, from);
	if (!rnd(200)) {
		vfn_table_clear(table);
		twin->nr = 0;
		return 0;
	}
	if (rnd(2)) {
		err = vfn_table_unmap(table, from);
		if (err == -ENOENT)
			ck_assert_int_lt(at, 0);
		if (!err)
			twin_del(twin, at);
		return err == -ENOENT ? 0 : err;
	}
	op = rnd(4) ? VFN_OP_MAP : VFN_OP_HIDE;
	to[0] = '\0';
	if (op == VFN_OP_MAP)
		random_name(to);
	what = (struct vfn_mapped){ op, 0, from, to, rnd(2) ? NULL : "/really/here" };
	err = vfn_table_map(table, &what, MAX_TWIN);
	if (err == -ENOSPC) {
		ck_assert_int_eq(twin->nr, MAX_TWIN);
		return 0;
	}
	if (err)
		return err;
	if (at >= 0)
		twin_del(twin, at);
	strcpy(twin->map[twin->nr].from, from);
	strcpy(twin->map[twin->nr].to, to);
	twin->map[twin->nr++].op = op;
	return 0;
}

/* A batch that runs out of memory in some place, or doesn't, on some version. */
START_TEST(table_versions)
{
	enum { VERSIONS = 6 };
	static struct twin twin[VERSIONS];
	struct vfn_table *table[VERSIONS], *new;
	unsigned int n, v, w, ops;
	struct twin scratch;
	int err;

	memset(twin, 0, sizeof(twin));
	for (v = 0; v < VERSIONS; v++)
		table[v] = vfn_table_edit(NULL);
	for (n = 0; n < 2000; n++) {
		v = rnd(VERSIONS);
		w = rnd(VERSIONS);
		scratch = twin[v];
		shim_until_failure = rnd(3) ? -1 : (long)rnd(30);
		new = vfn_table_edit(table[v]);
		err = new ? 0 : -ENOMEM;
		for (ops = rnd(6); !err && ops; ops--)
			err = random_edit(new, &scratch);
		shim_until_failure = -1;
		ck_assert(!err || err == -ENOMEM);
		if (err) {
			if (new)
				vfn_table_free(new);
		} else {
			vfn_table_free(table[w]);
			table[w] = new;
			twin[w] = scratch;
		}
		for (v = 0; v < VERSIONS; v++)
			table_same(table[v], &twin[v]);
	}
	for (v = 0; v < VERSIONS; v++)
		vfn_table_free(table[v]);
}
END_TEST

/* A name of the table's, perhaps cut short, perhaps written a bit differently. */
static void garbled_name(char *name, const char *from)
{
	static const char letters[] = "/.ax";
	unsigned int changes = rnd(4), at;

	strcpy(name, from);
	while (changes--) {
		at = 1 + rnd(strlen(name));
		switch (rnd(3)) {
		case 0:
			name[at] = '\0';
			break;
		case 1:
			memmove(name + at + 1, name + at, strlen(name + at) + 1);
			/* fall through */
		default:
			if (name[at])
				name[at] = letters[rnd(4)];
		}
	}
	if (rnd(2))
		random_name(name + strlen(name));
}

/* Lookups below @node go step by step. */
static void forget_ways(const struct vfn_node *node)
{
	const struct vfn_twig *kid;
	struct vfn_leaf *leaf;

	((struct vfn_node *)node)->way = (struct vfn_way){};
	for (leaf = vfn_pmap_next(&node->kids, VFN_BY_NAME, 0); leaf;
	     leaf = vfn_pmap_after(&node->kids, VFN_BY_NAME, leaf))
		for (kid = vfn_trie_first(leaf); kid; kid = vfn_trie_next(kid))
			if (kid->is_node)
				forget_ways(vfn_twig_node(kid));
}

/* With ways, a table says what the same one says without. */
START_TEST(table_way)
{
	char way[64], from[8][64], name[256];
	struct vfn_table *slow, *quick;
	struct vfn_match m, want;
	unsigned int n, i, nr, missed = 0;

	for (n = 0; n < 3000; n++) {
		slow = vfn_table_edit(NULL);
		quick = vfn_table_edit(NULL);
		random_name(way);
		nr = 1 + rnd(6);
		for (i = 0; i < nr; i++) {
			if (!rnd(4))
				random_name(way);
			random_name(from[i]);
			memmove(from[i] + strlen(way), from[i], strlen(from[i]) + 1);
			memcpy(from[i], way, strlen(way));
			ck_assert_int_ge(vfn_name_clean(from[i], false), 0);
			ck_assert_int_eq(add(slow, from[i], "/t", 9), 0);
			ck_assert_int_eq(add(quick, from[i], "/t", 9), 0);
		}
		for (i = rnd(3); i; i--)
			ck_assert_int_eq(vfn_table_unmap(slow, from[i]),
					 vfn_table_unmap(quick, from[i]));
		if (slow->fwd.root)
			forget_ways(slow->fwd.root);
		for (i = 0; i < 50; i++) {
			garbled_name(name, from[rnd(nr)]);
			want = vfn_table_match(slow, name);
			m = vfn_table_match(quick, name);
			ck_assert_msg(!m.map == !want.map && m.rest == want.rest &&
				      m.exact == want.exact && m.inside == want.inside &&
				      m.dots == want.dots, "%s", name);
			if (m.map)
				ck_assert_uint_eq(vfn_mapping_age(m.map), vfn_mapping_age(want.map));
			if (!vfn_table_misses(quick, name))
				continue;
			missed++;
			ck_assert_msg(!want.map && !want.inside && !want.dots, "%s", name);
		}
		vfn_table_free(quick);
		vfn_table_free(slow);
	}
	ck_assert_uint_gt(missed, 1000);
}
END_TEST

static void way_is(const struct vfn_node *node, const char *want)
{
	ck_assert_uint_eq(node->way.len, strlen(want));
	ck_assert_mem_eq(node->way.name, want, strlen(want));
}

/* A name that others went on from once is no reason to have no way. */
START_TEST(table_way_stays)
{
	struct vfn_table *table = vfn_table_edit(NULL);
	const struct vfn_node *root;

	ck_assert_int_eq(add(table, "/x/y/z/a", "/t", 9), 0);
	ck_assert_int_eq(add(table, "/x/y/z/a/b", "/t", 9), 0);
	root = table->fwd.root;
	way_is(root, "x/y/z/a");
	ck_assert_int_eq(vfn_table_unmap(table, "/x/y/z/a/b"), 0);
	way_is(root, "x/y/z");
	ck_assert(vfn_table_match(table, "/x/y/z/a").exact);
	ck_assert_int_eq(add(table, "/x/q/r/s/t", "/t", 9), 0);
	way_is(root, "x");
	way_is(vfn_twig_node(vfn_trie_find(&table->fwd, "/x/q")), "r/s");
	way_is(vfn_twig_node(vfn_trie_find(&table->fwd, "/x/y")), "z");
	ck_assert_int_eq(vfn_table_unmap(table, "/x/y/z/a"), 0);
	way_is(root, "x/q/r/s");
	vfn_table_free(table);
}
END_TEST

static struct vfn_table *table_of(const char *const *pairs)
{
	struct vfn_table *table = vfn_table_edit(NULL);

	for (; *pairs; pairs += 2)
		ck_assert_int_eq(add(table, pairs[0], pairs[1], 100), 0);
	return table;
}

START_TEST(table_unclean_names)
{
	static const char *const pairs[] = { "/usr/bin/py", "/home/py", "/opt/d", "/d", NULL };
	static const struct {
		const char *name;
		const char *to;		/* NULL: not covered */
		const char *rest;
		bool exact, inside, dots;
	} cases[] = {
		{ "/usr/bin/py", "/home/py", "", true, false, false },
		{ "//usr/./bin///py", "/home/py", "", true, false, false },
		{ "/usr/bin/py/", "/home/py", "/", true, false, false },
		{ "/usr/bin/py/.", "/home/py", "/.", false, false, false },
		{ "/usr/bin/py3", NULL, "", false, false, false },
		{ "/usr/bin/p", NULL, "", false, false, false },
		{ "/usr/bin", NULL, "", false, true, false },
		{ "/usr/", NULL, "", false, true, false },
		{ "/", NULL, "", false, true, false },
		{ "/etc", NULL, "", false, false, false },
		{ "/opt/d/e//f", "/d", "/e//f", false, false, false },
		{ "/opt/d/../x", "/d", "/../x", false, false, true },
		{ "/opt/d/e/../x", "/d", "/e/../x", false, false, true },
		{ "/usr/../x", NULL, "", false, false, true },
		{ "/etc/../x", NULL, "", false, false, false },
		{ "/etc/../usr/x", NULL, "", false, false, true },
		{ "/etc/x/..", NULL, "", false, false, true },
		{ "/etc/..x/y", NULL, "", false, false, false },
	};
	struct vfn_table *table = table_of(pairs);
	struct vfn_match m;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		m = vfn_table_match(table, cases[i].name);
		ck_assert_msg(m.dots == cases[i].dots, "%s: dots", cases[i].name);
		ck_assert_msg(!!m.map == !!cases[i].to, "%s: map", cases[i].name);
		if (m.map) {
			ck_assert_str_eq(vfn_mapping_to(m.map), cases[i].to);
			ck_assert_str_eq(cases[i].name + m.rest, cases[i].rest);
		}
		if (m.dots)
			continue;
		ck_assert_msg(m.exact == cases[i].exact, "%s: exact", cases[i].name);
		ck_assert_msg(m.inside == cases[i].inside, "%s: inside", cases[i].name);
	}
	vfn_table_free(table);
}
END_TEST

START_TEST(table_reverse_names)
{
	static const char *const pairs[] = {
		"/usr/py", "/home/py",		/* the older of two that lead there */
		"/opt/py", "/home/py",
		"/usr/py/lib", "/home/lib",	/* shadows what is below the first */
		"/etc", "/home/etc",		/* a name that leads elsewhere */
		"/swap/a", "/swap/b", "/swap/b", "/swap/a",
		"/hidden", "",
		NULL
	};
	static const char *const cases[][2] = {
		{ "/home/py", "/usr/py" },
		{ "/home/py/bin", "/usr/py/bin" },
		{ "/home/py/lib/x", "/opt/py/lib/x" },
		{ "/home/lib", "/usr/py/lib" },
		{ "/home/pyx", "/home/pyx" },
		{ "/home", "/home" },
		{ "/", "/" },
		{ "/etc/passwd", NULL },
		{ "/hidden/x", NULL },
		{ "/swap/a/1", "/swap/b/1" },
		{ "/swap/b", "/swap/a" },
	};
	struct vfn_table *table = table_of(pairs);
	const struct vfn_mapping *map;
	unsigned int i, rest;
	char buf[PATH_MAX];

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		map = vfn_table_reverse(table, cases[i][0], &rest);
		if (!cases[i][1]) {
			ck_assert_ptr_eq(map, ERR_PTR(-ENOENT));
			continue;
		}
		ck_assert(!IS_ERR(map));
		vfn_name_join(buf, PATH_MAX, map ? vfn_mapping_from(map, buf) : cases[i][0],
			      map ? cases[i][0] + rest : "");
		ck_assert_str_eq(buf, cases[i][1]);
	}
	vfn_table_free(table);
}
END_TEST

/* Components whose hashes are the same share a slot and are told apart by name. */
START_TEST(table_hash_collisions)
{
	enum { NAMES = 400000, PAIRS = 8 };
	static u32 hash_of[NAMES];
	static u32 first_with[1 << 20];
	char found[PAIRS][2][16], from[32];
	struct vfn_table *table = vfn_table_edit(NULL), *edited;
	unsigned int i, j, pairs = 0;

	memset(first_with, 0xff, sizeof(first_with));
	for (i = 0; i < NAMES && pairs < PAIRS; i++) {
		snprintf(from, sizeof(from), "n%u", i);
		hash_of[i] = vfn_hash(vfn_comp(from));
		j = first_with[hash_of[i] % (1 << 20)];
		if (j != U32_MAX && hash_of[j] == hash_of[i]) {
			snprintf(found[pairs][0], 16, "n%u", i);
			snprintf(found[pairs++][1], 16, "n%u", j);
		}
		first_with[hash_of[i] % (1 << 20)] = i;
	}
	ck_assert_uint_gt(pairs, 0);
	for (i = 0; i < 2 * pairs; i++) {
		snprintf(from, sizeof(from), "/%s/x", found[i / 2][i % 2]);
		ck_assert_int_eq(add(table, from, from, 100), 0);
	}
	edited = vfn_table_edit(table);
	for (i = 0; i < 2 * pairs; i++) {
		snprintf(from, sizeof(from), "/%s/x", found[i / 2][i % 2]);
		ck_assert_str_eq(from_of(vfn_table_match(edited, from).map), from);
		ck_assert_int_eq(vfn_table_unmap(edited, from), 0);
		ck_assert_ptr_null(vfn_table_match(edited, from).map);
		ck_assert_str_eq(from_of(vfn_table_match(table, from).map), from);
	}
	ck_assert_uint_eq(edited->nr, 0);
	vfn_table_free(edited);
	vfn_table_free(table);
}
END_TEST

/* Freeing doesn't recurse along a path, however deep. */
START_TEST(table_deep)
{
	struct vfn_table *table = vfn_table_edit(NULL);
	char from[PATH_MAX] = "";
	unsigned int i;

	for (i = 0; i < 2047; i++)
		strcat(from + 2 * i, "/d");
	ck_assert_int_eq(add(table, from, "/t", 100), 0);
	ck_assert(vfn_table_match(table, from).exact);
	ck_assert_int_eq(vfn_table_unmap(table, from), 0);
	/* Nothing is left of the path but the root. */
	ck_assert(vfn_pmap_empty(&table->fwd.root->kids));
	vfn_table_free(table);
}
END_TEST

START_TEST(table_limits)
{
	static const char *const pairs[] = { "/a", "/1", "/b", "/2", NULL };
	struct vfn_table *table = table_of(pairs), *sealed;

	ck_assert_int_eq(add(table, "/c", "/3", 2), -ENOSPC);
	vfn_table_free(table);
	table = table_of(pairs);
	/* Replacing one doesn't need another place. */
	ck_assert_int_eq(add(table, "/a", "/3", 2), 0);
	table->sealed = true;
	sealed = vfn_table_edit(table);
	ck_assert(sealed->sealed);
	vfn_table_clear(sealed);
	ck_assert(!vfn_table_idle(sealed));
	vfn_table_free(sealed);
	vfn_table_free(table);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tc = tcase(suite, "table");

	tcase_add_test(tc, table_versions);
	tcase_add_test(tc, table_way);
	tcase_add_test(tc, table_way_stays);
	tcase_add_test(tc, table_unclean_names);
	tcase_add_test(tc, table_reverse_names);
	tcase_add_test(tc, table_hash_collisions);
	tcase_add_test(tc, table_deep);
	tcase_add_test(tc, table_limits);
	return tap_run(suite);
}
