// SPDX-License-Identifier: GPL-2.0
/* fuzzer: versions of translation tables (kmod/table.c) against lists of mappings */
#include <linux/err.h>
#include <linux/vfn.h>

#include "fuzz.h"
#include "table.h"
#include "twin.h"

#define VERSIONS	3

/** struct version - a table as it was published, and what it must be */
struct version {
	struct vfn_table *table;
	struct twin twin;
};

/* A name as the module takes it, or NULL: it would refuse it. */
static const char *take_clean_name(struct input *in, bool dotdot)
{
	char name[NAME_SIZE];

	take_name(in, name);
	return vfn_name_clean(name, dotdot) < 0 ? NULL : keep(name);
}

/* One of the names in the table, or any other. */
static const char *take_from(struct input *in, const struct twin *twin)
{
	if (twin->nr && take(in, 2))
		return twin->map[take(in, twin->nr)].from;
	return take_clean_name(in, false);
}

static int apply_map(struct input *in, struct vfn_table *table, struct twin *twin, bool hide)
{
	struct twin_map new = { .op = hide ? VFN_OP_HIDE : VFN_OP_MAP, .to = "" };
	struct vfn_mapped what;
	unsigned int max;
	int err, want;

	new.from = take_from(in, twin);
	if (!hide)
		new.to = take_clean_name(in, true);
	if (!new.from || !new.to)
		return -EINVAL;
	new.real = new.to;
	/* Where the way to TO has symlinks. */
	if (!hide && take(in, 4) == 1)
		new.real = take_clean_name(in, false) ?: new.to;
	new.flags = take(in, 2);
	what = (struct vfn_mapped){ new.op, new.flags, new.from, new.to,
				    new.real == new.to ? NULL : new.real };
	max = take(in, 4) ? TWIN_MAX : take(in, TWIN_MAX);
	want = twin_add(twin, &new, max);
	err = vfn_table_map(table, &what, max);
	if (err != -ENOMEM)
		check(err == want, "%s: %d, not %d", new.from, err, want);
	return err;
}

static int apply_unmap(struct input *in, struct vfn_table *table, struct twin *twin)
{
	const char *from = take_from(in, twin);
	int err, want;

	if (!from)
		return -EINVAL;
	want = twin_del(twin, from);
	err = vfn_table_unmap(table, from);
	if (err != -ENOMEM)
		check(err == want, "%s: %d, not %d", from, err, want);
	return err;
}

static int apply_one(struct input *in, struct vfn_table *table, struct twin *twin)
{
	switch (take(in, 16)) {
	case 0:
		vfn_table_clear(table);
		twin->nr = 0;
		return 0;
	case 1:
		table->sealed = twin->sealed = true;
		return 0;
	case 2:
	case 3:
	case 4:
		return apply_unmap(in, table, twin);
	case 5:
	case 6:
		return apply_map(in, table, twin, true);
	default:
		return apply_map(in, table, twin, false);
	}
}

/* A batch on @from, published as @to unless it fails. */
static void apply(struct input *in, struct version *to, const struct version *from)
{
	struct vfn_table *table;
	struct twin twin = from->twin;
	unsigned int ops;
	int err = 0;

	take_failure(in);
	table = vfn_table_edit(from->table);
	if (!table) {
		check(failure_met(), "no table");
		return;
	}
	/* A line of descent that has seen nearly all the edits it can. */
	if (!from->table && take(in, 8) == 1)
		table->next = twin.next = U32_MAX - take(in, 4);
	for (ops = take(in, 8); !err && ops; ops--)
		err = apply_one(in, table, &twin);
	check(err != -ENOMEM || failure_met(), "no memory");
	shim_until_failure = -1;
	if (err) {
		vfn_table_free(table);
		return;
	}
	if (to->table)
		vfn_table_free(to->table);
	*to = (struct version){ table, twin };
}

/* FROM of @map, until the next call. */
static const char *from_of(const struct vfn_mapping *map)
{
	static char buf[NAME_SIZE];

	vfn_mapping_from(map, buf);
	check(strlen(buf) == vfn_mapping_from_len(map), "%s", buf);
	return buf;
}

static void check_listing(const struct version *v)
{
	const struct vfn_mapping *map;
	const struct twin_map *want;
	unsigned int i;
	u32 next = 0;

	for (i = 0; i < v->twin.nr; i++) {
		want = &v->twin.map[i];
		map = vfn_table_next(v->table, next);
		check(map && vfn_mapping_age(map) == want->key, "%s is missing", want->from);
		check(map->op == want->op && map->flags == want->flags, "%s", want->from);
		check(!strcmp(from_of(map), want->from), "%s", want->from);
		check(!strcmp(vfn_mapping_to(map), want->to) && map->to_len == strlen(want->to),
		      "%s", want->from);
		check(!strcmp(vfn_mapping_real(map), want->real), "%s", want->from);
		check(vfn_table_like(v->table, map) == map, "%s", want->from);
		next = vfn_mapping_age(map) + 1;
	}
	map = vfn_table_next(v->table, next);
	check(!map, "%s is too much", from_of(map));
	check(v->table->nr == v->twin.nr && v->table->sealed == v->twin.sealed, "%u",
	      v->table->nr);
	check(vfn_table_idle(v->table) == (!v->twin.nr && !v->twin.sealed), "%u", v->table->nr);
}

/* @name as somebody may write it, absolute or not. */
static void check_lookup(const struct version *v, const char *name)
{
	struct vfn_match m;
	int want;

	if (vfn_table_misses_plainly(v->table, name) || vfn_table_misses(v->table, name))
		check(twin_may_miss(&v->twin, name), "%s", name);
	if (name[0] != '/')
		return;
	m = vfn_table_match(v->table, name);
	check(!twin_dots(&v->twin, name) || m.dots, "%s", name);
	if (text_has_dotdot(name)) {
		check(m.dots || (!m.map && !m.inside), "%s", name);
		return;
	}
	check(!m.dots, "%s", name);
	want = twin_match(&v->twin, name);
	check(m.inside == twin_inside(&v->twin, name), "%s", name);
	if (want < 0) {
		check(!m.map && !m.rest && !m.exact, "%s", name);
		return;
	}
	check(m.map && vfn_mapping_age(m.map) == v->twin.map[want].key, "%s", name);
	check(m.rest == text_after(name, from_of(m.map)), "%s: %u", name, m.rest);
	check(m.exact == !name[m.rest + strspn(name + m.rest, "/")], "%s", name);
}

/* The clean name @real is an object's. */
static void check_reverse(struct input *in, const struct version *v, const char *real)
{
	const struct vfn_mapping *map;
	const struct twin_map *via;
	unsigned int rest = 0;
	int want;

	want = twin_reverse(&v->twin, real);
	map = vfn_table_reverse(v->table, real, &rest);
	if (want < 0) {
		check(map == (want == -ENOENT ? ERR_PTR(-ENOENT) : NULL), "%s", real);
	} else {
		check(!IS_ERR(map) && map &&
		      vfn_mapping_age(map) == v->twin.map[want].key, "%s", real);
		check(rest == text_after(real, vfn_mapping_real(map)), "%s: %u", real, rest);
	}
	if (!v->twin.nr)
		return;
	via = &v->twin.map[take(in, v->twin.nr)];
	if (twin_leads(&v->twin, via, real))
		want = via - v->twin.map;
	map = vfn_table_reverse_via(v->table, real, via->key, &rest);
	if (want >= 0) {
		check(!IS_ERR(map) && map &&
		      vfn_mapping_age(map) == v->twin.map[want].key, "%s", real);
		check(rest == text_after(real, vfn_mapping_real(map)), "%s: %u", real, rest);
	}
}

/* The view's directory @name, clean: what mappings change in it. */
static void check_dir(const struct version *v, const char *name)
{
	const struct vfn_node *node = vfn_table_dir(v->table, name);
	const struct vfn_twig *kid;
	const struct twin_map *map;
	const char *rest;
	unsigned int i;
	u32 weight = 0;

	check(!!node == twin_inside(&v->twin, name), "%s", name);
	for (i = 0; i < v->twin.nr; i++) {
		map = &v->twin.map[i];
		if (!text_covers(name, map->from))
			continue;
		weight += map->op == VFN_OP_MAP;
		if (!text_is_above(name, map->from))
			continue;
		rest = map->from + (name[1] ? strlen(name) : 0);
		kid = vfn_trie_child(node, vfn_comp_hash(rest));
		check(kid, "%s in %s", map->from, name);
		while (kid && !vfn_mapping_at(kid))
			kid = vfn_trie_any_kid(vfn_twig_node(kid));
		check(kid, "%s in %s", map->from, name);
	}
	check(!node || node->weight == weight, "%s: %u, not %u", name, node->weight, weight);
}

/* The relative name @rel, in the view's directory @dir, clean. */
static void check_below(const struct version *v, const char *dir, const char *rel)
{
	size_t dir_len = dir[1] ? strlen(dir) : 0;
	char whole[dir_len + 1 + strlen(rel) + 1];
	const struct vfn_mapping *above;
	const struct vfn_node *node;
	struct vfn_match m;
	const char *from;
	bool inside;
	int want;

	sprintf(whole, "%.*s/%s", (int)dir_len, dir, rel);
	node = vfn_table_at(v->table, dir, &above);
	want = twin_match(&v->twin, dir);
	check(want < 0 ? !above : above && vfn_mapping_age(above) == v->twin.map[want].key, "%s",
	      dir);
	check(!node || twin_inside(&v->twin, dir) || want >= 0 || !dir_len, "%s", dir);
	vfn_table_look_below(v->table, rel, node, above, &m);
	if (text_has_dotdot(rel)) {
		check(m.dots || !twin_dots(&v->twin, whole), "%s in %s", rel, dir);
		return;
	}
	inside = twin_inside(&v->twin, whole);
	check(!m.dots && m.inside == inside, "%s in %s", rel, dir);
	check(vfn_table_leads_on(node, rel, false) == inside, "%s in %s", rel, dir);
	want = twin_match(&v->twin, whole);
	from = want < 0 ? NULL : v->twin.map[want].from;
	if (!from || !text_is_above(dir, from)) {
		check(!m.map, "%s in %s", rel, dir);
		return;
	}
	check(m.map && vfn_mapping_age(m.map) == v->twin.map[want].key, "%s in %s", rel, dir);
	check(dir_len + 1 + m.rest == text_after(whole, from), "%s in %s: %u", rel, dir, m.rest);
	check(m.exact == !rel[m.rest + strspn(rel + m.rest, "/")], "%s in %s", rel, dir);
}

/* A name from the table, or any other, in each of the directories that @name goes through. */
static void check_in_dirs(struct input *in, const struct version *v, const char *name)
{
	char dir[NAME_SIZE + 1], rel[NAME_SIZE];
	const char *slash = name;

	strcpy(rel, "");
	if (take(in, 2))
		take_name(in, rel);
	while (slash) {
		sprintf(dir, "%.*s", slash == name ? 1 : (int)(slash - name), name);
		if (slash[1])
			check_below(v, dir, slash + 1);
		if (rel[strspn(rel, "/")])
			check_below(v, dir, keep(rel + strspn(rel, "/")));
		slash = strchr(slash + 1, '/');
	}
}

static void check_names(struct input *in, const struct version *v)
{
	char name[NAME_SIZE], clean[NAME_SIZE + 1];
	unsigned int i;

	for (i = 0; i < v->twin.nr; i++) {
		check_lookup(v, v->twin.map[i].from);
		check_lookup(v, v->twin.map[i].to);
		check_in_dirs(in, v, v->twin.map[i].from);
	}
	for (i = take(in, 4); i; i--) {
		strcpy(name, take(in, 4) || !v->twin.nr ? "" :
			     v->twin.map[take(in, v->twin.nr)].from);
		if (strlen(name) < PIECE)
			take_name(in, name + strlen(name));
		check_lookup(v, keep(name));
		check_lookup(v, keep(name) + strspn(name, "/"));
		text_clean(name, clean);
		check_dir(v, clean);
		check_reverse(in, v, clean);
	}
}

static void fuzz_one(struct input *in)
{
	struct version versions[VERSIONS] = {}, *to, *from;
	unsigned int i;

	while (!at_end(in)) {
		to = &versions[take(in, VERSIONS)];
		from = &versions[take(in, VERSIONS)];
		apply(in, to, from);
		for (i = 0; i < VERSIONS; i++)
			if (versions[i].table)
				check_listing(&versions[i]);
		if (to->table)
			check_names(in, to);
	}
	for (i = 0; i < VERSIONS; i++)
		if (versions[i].table)
			vfn_table_free(versions[i].table);
}
