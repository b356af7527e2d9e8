// SPDX-License-Identifier: GPL-2.0
/*
 * Translation tables: which names mean what
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <uapi/linux/vfn.h>

#include "table.h"

/* How many FROMs of one object vfn_table_reverse() tries before it gives up. */
#define REVERSE_TRIES	64

static struct vfn_mapping *to_mapping(struct vfn_leaf *leaf)
{
	return (struct vfn_mapping *)leaf;	/* leaf is the first field */
}

static void mapping_free(struct vfn_leaf *leaf, void *arg)
{
	kfree(leaf);
}

struct vfn_mapping *vfn_mapping_new(u16 op, u16 flags, const char *from,
				    const char *to, const char *real)
{
	size_t from_len = strlen(from), to_len = strlen(to);
	size_t real_len = real && strcmp(real, to) ? strlen(real) + 1 : 0;
	struct vfn_mapping *map;
	char *end;

	map = kmalloc(struct_size(map, from, from_len + 1 + to_len + 1 + real_len),
		      GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	refcount_set(&map->leaf.ref, 1);
	map->leaf.key = 0;
	map->op = op;
	map->flags = flags;
	map->from_len = from_len;
	map->to_len = to_len;
	memcpy(map->from, from, from_len + 1);
	end = map->from + from_len + 1;
	map->to = memcpy(end, to, to_len + 1);
	end += to_len + 1;
	map->real = real_len ? memcpy(end, real, real_len) : map->to;
	return map;
}

struct vfn_table *vfn_table_edit(const struct vfn_table *old)
{
	struct vfn_table *table;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	refcount_set(&table->ref, 1);
	if (!old)
		return table;
	table->sealed = old->sealed;
	table->nr = old->nr;
	table->next = old->next;
	table->fwd = vfn_trie_get(&old->fwd);
	table->rev = vfn_trie_get(&old->rev);
	table->by_age = vfn_pmap_get(&old->by_age);
	memcpy(table->names, old->names, sizeof(table->names));
	return table;
}

void vfn_table_clear(struct vfn_table *table)
{
	vfn_trie_put(&table->fwd, mapping_free);
	vfn_trie_put(&table->rev, mapping_free);
	vfn_pmap_put(&table->by_age, mapping_free, NULL);
	memset(table->names, 0, sizeof(table->names));
	table->nr = 0;
}

void vfn_table_free(struct vfn_table *table)
{
	vfn_table_clear(table);
	kfree(table);
}

static void names_add(struct vfn_table *table, const char *name)
{
	struct vfn_comp c;
	u32 bit;

	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c)) {
		bit = vfn_hash(c) % VFN_NAMES_BITS;
		table->names[bit / BITS_PER_LONG] |= 1UL << (bit % BITS_PER_LONG);
	}
}

bool vfn_table_knows(const struct vfn_table *table, struct vfn_comp c)
{
	u32 bit = vfn_hash(c) % VFN_NAMES_BITS;

	return table->names[bit / BITS_PER_LONG] & (1UL << (bit % BITS_PER_LONG));
}

const struct vfn_mapping *vfn_mapping_at(const struct vfn_node *node)
{
	struct vfn_leaf *only = vfn_pmap_only(&node->here);

	return only ? to_mapping(only) : NULL;
}

int vfn_table_map(struct vfn_table *table, struct vfn_mapping *map, u32 max)
{
	int err;

	err = vfn_table_unmap(table, map->from);
	if (err && err != -ENOENT)
		goto drop;
	err = -ENOSPC;
	if (table->nr >= max || table->next == U32_MAX)
		goto drop;
	map->leaf.key = table->next;

	err = vfn_trie_add(&table->fwd, map->from, &map->leaf, map->op == VFN_OP_MAP);
	if (err)
		goto drop;
	refcount_inc(&map->leaf.ref);
	err = vfn_pmap_add(&table->by_age, &map->leaf);
	if (err)
		goto drop;
	if (map->op == VFN_OP_MAP) {
		refcount_inc(&map->leaf.ref);
		err = vfn_trie_add(&table->rev, map->real, &map->leaf, 1);
		if (err)
			goto drop;
	}
	names_add(table, map->from);
	table->next++;
	table->nr++;
	return 0;

drop:
	/* What has been added keeps its own references until the table is freed. */
	if (refcount_dec_and_test(&map->leaf.ref))
		kfree(map);
	return err;
}

int vfn_table_unmap(struct vfn_table *table, const char *from)
{
	const struct vfn_node *node = vfn_trie_find(&table->fwd, from);
	const struct vfn_mapping *map = node ? vfn_mapping_at(node) : NULL;
	u32 key, weight;
	int err;

	if (!map)
		return -ENOENT;
	key = map->leaf.key;
	/* by_age goes last: until then it keeps the mapping alive. */
	if (map->op == VFN_OP_MAP) {
		err = vfn_trie_del(&table->rev, map->real, key, 1, mapping_free);
		if (err)
			return err;
	}
	weight = map->op == VFN_OP_MAP;
	err = vfn_trie_del(&table->fwd, map->from, key, weight, mapping_free);
	if (!err)
		err = vfn_pmap_del(&table->by_age, key, mapping_free, NULL);
	if (!err)
		table->nr--;
	return err;
}

bool vfn_table_dots_matter(const struct vfn_table *table, const char *name)
{
	struct vfn_comp c;
	bool after = false;

	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c)) {
		if (vfn_is_dot(c))
			continue;
		if (after && !vfn_is_dotdot(c) && vfn_table_knows(table, c))
			return true;
		after = vfn_is_dotdot(c);
	}
	return after;
}

struct vfn_match vfn_table_match(const struct vfn_table *table, const char *name)
{
	const struct vfn_node *node = table->fwd.root;
	struct vfn_match m = {};
	struct vfn_comp c;

	if (!node)
		return m;
	m.map = vfn_mapping_at(node);
	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c)) {
		if (vfn_is_dot(c))
			continue;
		if (vfn_is_dotdot(c)) {
			m.dots = true;
			return m;
		}
		node = vfn_trie_child(node, c, vfn_hash(c));
		if (!node)
			break;
		if (vfn_mapping_at(node)) {
			m.map = vfn_mapping_at(node);
			m.rest = c.name + c.len - name;
		}
	}
	m.exact = m.map && vfn_is_end(name + m.rest);
	m.inside = node && !vfn_pmap_empty(&node->kids);
	if (!node)
		m.dots = m.map ? vfn_has_dotdot(c.name) : vfn_table_dots_matter(table, c.name);
	return m;
}

/* Is FROM of @map, followed by @rest, a name for which the table takes @map? */
static bool takes(const struct vfn_table *table, const struct vfn_mapping *map,
		  const char *rest)
{
	const struct vfn_node *node = vfn_trie_find(&table->fwd, map->from);
	struct vfn_comp c;

	for (c = vfn_comp(rest); node && c.len; c = vfn_comp_next(c)) {
		node = vfn_trie_child(node, c, vfn_hash(c));
		if (node && vfn_mapping_at(node))
			return false;
	}
	return true;
}

/**
 * struct reverse - a search for the oldest mapping that leads to an object
 * @best:	the best one yet
 * @rest:	offset in the real name of what follows @best's TO
 * @tries:	mappings that may still be looked at
 */
struct reverse {
	const struct vfn_mapping *best;
	unsigned int rest;
	unsigned int tries;
};

static void reverse_at(const struct vfn_table *table, const struct vfn_node *node,
		       const char *real, unsigned int rest, struct reverse *r)
{
	struct vfn_mapping *map;
	struct vfn_leaf *leaf;

	leaf = vfn_pmap_next(&node->here, 0);
	for (; leaf && r->tries; leaf = vfn_pmap_next(&node->here, leaf->key + 1)) {
		map = to_mapping(leaf);
		if (r->best && r->best->leaf.key < map->leaf.key)
			return;
		r->tries--;
		if (takes(table, map, real + rest)) {
			r->best = map;
			r->rest = rest;
			return;
		}
	}
}

const struct vfn_mapping *vfn_table_reverse(const struct vfn_table *table,
					    const char *real, unsigned int *rest)
{
	const struct vfn_node *node = table->rev.root;
	struct reverse r = { .tries = REVERSE_TRIES };
	struct vfn_comp c;

	if (node)
		reverse_at(table, node, real, 0, &r);
	for (c = vfn_comp(real); node && c.len; c = vfn_comp_next(c)) {
		node = vfn_trie_child(node, c, vfn_hash(c));
		if (node)
			reverse_at(table, node, real, c.name + c.len - real, &r);
	}
	*rest = r.rest;
	if (r.best)
		return r.best;
	return vfn_table_match(table, real).map ? ERR_PTR(-ENOENT) : NULL;
}

const struct vfn_node *vfn_table_dir(const struct vfn_table *table, const char *name)
{
	const struct vfn_node *node = vfn_trie_find(&table->fwd, name);

	return node && !vfn_pmap_empty(&node->kids) ? node : NULL;
}

const struct vfn_mapping *vfn_table_next(const struct vfn_table *table, u32 key)
{
	struct vfn_leaf *leaf = vfn_pmap_next(&table->by_age, key);

	return leaf ? to_mapping(leaf) : NULL;
}
