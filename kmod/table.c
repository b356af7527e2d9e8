// SPDX-License-Identifier: GPL-2.0
/*
 * Translation tables: which names mean what
 */
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include <uapi/linux/vfn.h>

#include "mem.h"
#include "table.h"
#include "word.h"

/* How many FROMs of one object vfn_table_reverse() tries before it gives up. */
#define REVERSE_TRIES	64

static struct vfn_mapping *to_mapping(struct vfn_leaf *leaf)
{
	return (struct vfn_mapping *)leaf;	/* leaf is the first field */
}

/* The bytes of @real, if it isn't @to. */
static size_t real_size(const char *real, const char *to)
{
	return real && real != to && strcmp(real, to) ? strlen(real) + 1 : 0;
}

static size_t mapping_size(size_t from_len, size_t to_len, size_t real_size)
{
	struct vfn_mapping *map;

	return struct_size(map, from, from_len + 1 + to_len + 1 + real_size);
}

static size_t bytes_of(const struct vfn_mapping *map)
{
	return mapping_size(map->from_len, map->to_len, real_size(map->real, map->to));
}

static void mapping_free(struct vfn_leaf *leaf, void *arg)
{
	struct vfn_mapping *map = to_mapping(leaf);

	vfn_mem_free(map, bytes_of(map), map->payer);
}

struct vfn_mapping *vfn_mapping_new(u16 op, u16 flags, const char *from,
				    const char *to, const char *real)
{
	size_t from_len = strlen(from), to_len = strlen(to);
	size_t real_len = real_size(real, to);
	struct vfn_mapping *map;
	char *end;
	u16 payer;

	map = vfn_mem_alloc(mapping_size(from_len, to_len, real_len), &payer);
	if (!map)
		return NULL;
	map->payer = payer;
	refcount_set(&map->leaf.ref, 1);
	map->leaf.key = 0;
	map->op = op;
	map->flags = flags;
	map->from_len = from_len;
	map->to_len = to_len;
	map->exempt = op == VFN_OP_MAP && from_len == to_len && !memcmp(from, to, to_len);
	memcpy(map->from, from, from_len + 1);
	end = map->from + from_len + 1;
	map->to = memcpy(end, to, to_len + 1);
	end += to_len + 1;
	map->real = real_len ? memcpy(end, real, real_len) : map->to;
	return map;
}

static void begins_all(struct vfn_table *table, u8 what)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table->begins); i++)
		table->begins[i] |= what;
}

/* An empty table; but nothing is plain about names that begin in these ways. */
static void names_clear(struct vfn_table *table)
{
	static const u8 odd[] = { '\0', '/', '.' };
	unsigned int i;

	memset(table->names, 0, sizeof(table->names));
	memset(table->begins, 0, sizeof(table->begins));
	for (i = 0; i < ARRAY_SIZE(odd); i++)
		table->begins[odd[i]] = VFN_BEGINS_NAME | VFN_BEGINS_COMP;
}

struct vfn_table *vfn_table_edit(const struct vfn_table *old)
{
	struct vfn_table *table;
	u16 payer;

	table = vfn_mem_alloc(sizeof(*table), &payer);
	if (!table)
		return NULL;
	memset(table, 0, sizeof(*table));
	table->payer = payer;
	refcount_set(&table->ref, 1);
	if (!old) {
		names_clear(table);
		return table;
	}
	table->sealed = old->sealed;
	table->nr = old->nr;
	table->next = old->next;
	table->bytes = old->bytes;
	table->fwd = vfn_trie_get(&old->fwd);
	table->rev = vfn_trie_get(&old->rev);
	table->by_age = vfn_pmap_get(&old->by_age);
	memcpy(table->begins, old->begins, sizeof(table->begins));
	memcpy(table->names, old->names, sizeof(table->names));
	return table;
}

void vfn_table_clear(struct vfn_table *table)
{
	vfn_trie_put(&table->fwd, mapping_free);
	vfn_trie_put(&table->rev, mapping_free);
	vfn_pmap_put(&table->by_age, mapping_free, NULL);
	names_clear(table);
	table->nr = 0;
	table->bytes = 0;
}

void vfn_table_free(struct vfn_table *table)
{
	vfn_table_clear(table);
	vfn_mem_free(table, sizeof(*table), table->payer);
}

static void names_add(struct vfn_table *table, const char *name)
{
	struct vfn_comp c;
	u32 bit;

	/* A mapping of "/" is about all names. */
	if (!name[1])
		begins_all(table, VFN_BEGINS_NAME);
	table->begins[(u8)name[1]] |= VFN_BEGINS_NAME;
	for (c = vfn_comp_hash(name); c.len; c = vfn_comp_hash_next(c)) {
		bit = c.hash % VFN_NAMES_BITS;
		table->names[bit / BITS_PER_LONG] |= 1UL << (bit % BITS_PER_LONG);
		table->begins[(u8)c.name[0]] |= VFN_BEGINS_COMP;
	}
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
	table->bytes += bytes_of(map);
	return 0;

drop:
	/* What has been added keeps its own references until the table is freed. */
	if (refcount_dec_and_test(&map->leaf.ref))
		mapping_free(&map->leaf, NULL);
	return err;
}

int vfn_table_unmap(struct vfn_table *table, const char *from)
{
	const struct vfn_node *node = vfn_trie_find(&table->fwd, from);
	const struct vfn_mapping *map = node ? vfn_mapping_at(node) : NULL;
	u32 key, weight;
	size_t bytes;
	int err;

	if (!map)
		return -ENOENT;
	key = map->leaf.key;
	bytes = bytes_of(map);
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
	if (!err) {
		table->nr--;
		table->bytes -= bytes;
	}
	return err;
}

bool vfn_table_dots_matter(const struct vfn_table *table, const char *name)
{
	struct vfn_comp c;
	bool after = false;

	for (c = vfn_comp_hash(name); c.len; c = vfn_comp_hash_next(c)) {
		if (vfn_is_dot(c))
			continue;
		if (after && !vfn_is_dotdot(c) && vfn_table_knows(table, c.hash))
			return true;
		after = vfn_is_dotdot(c);
	}
	return after;
}

void vfn_table_ready(struct vfn_table *table)
{
	const struct vfn_node *node = table->fwd.root, *kid;
	struct vfn_way *way = &table->way;

	*way = (struct vfn_way){};
	/* As long as there is one way to go. */
	for (; node && !vfn_mapping_at(node); node = kid) {
		kid = vfn_trie_only_kid(node);
		if (!kid)
			break;
		way->last = way->len + 1;
		way->len += 1 + kid->len;
		way->node = kid;
	}
	for (; node && way->len && !way->name; node = vfn_trie_any_kid(node))
		if (vfn_mapping_at(node))
			way->name = vfn_mapping_at(node)->from;
}

/* How many bytes @name shares with the way that is there, and no more. */
static unsigned int shared(const struct vfn_way *way, const char *name)
{
	unsigned int i;
	u64 differ;

	for (i = 0; i < way->len; i += sizeof(differ)) {
		differ = vfn_word(name + i) ^ vfn_word(way->name + i);
		if (way->len - i < sizeof(differ))
			differ &= vfn_word_mask(way->len - i);
		if (differ)
			return i + __builtin_ctzll(differ) / 8;
	}
	return way->len;
}

/*
 * @name shares @len bytes with the table's way, and no more.  Has it parted with the way
 * for good?  Then the component to do so is returned, otherwise NULL.
 */
static const char *leaves_way(const struct vfn_way *way, const char *name, unsigned int len)
{
	const char *differs = name + len, *c = name + way->last;

	if (len < way->last)
		for (c = differs; c[-1] != '/'; c--)
			;
	/* None, or ".", or perhaps so: it may go on with the way after it. */
	if (!*c || *c == '/' || *c == '.')
		return NULL;
	/* It goes no further than a component of the way. */
	if (len < way->len && way->name[len] == '/' && (!*differs || *differs == '/'))
		return NULL;
	return c;
}

/* What this could be about would have to have the first component. */
static bool misses_below(const struct vfn_table *table, const char *name)
{
	struct vfn_comp c = vfn_comp_hash(name);

	while (vfn_is_dot(c))
		c = vfn_comp_hash_next(c);
	return !c.len || !(vfn_table_knows(table, c.hash) || vfn_has_dotdot(c.name));
}

bool vfn_table_misses(const struct vfn_table *table, const char *name)
{
	struct vfn_match m;

	if (name[0] != '/')
		return misses_below(table, name);
	vfn_table_look(table, name, &m);
	return vfn_match_misses(&m);
}

static __always_inline bool is_end_of_comp(char c)
{
	return c == '/' || !c;
}

/* The child of @node for the component at @p, or NULL; *@end: where that ends. */
static __always_inline const struct vfn_node *step(const struct vfn_node *node, const char *p,
						   const char **end)
{
	const struct vfn_leaf *leaf = vfn_pmap_only(&node->kids);
	struct vfn_comp c;

	/* There is just one to be compared with. */
	if (leaf && !vfn_trie_first(leaf)->chain) {
		node = vfn_trie_first(leaf);
		c.name = p;
		c.len = node->len;
		*end = p + c.len;
		return vfn_trie_same(node, c) && is_end_of_comp(**end) ? node : NULL;
	}
	c = vfn_comp_hash(p);
	*end = p + c.len;
	return vfn_trie_child(node, c);
}

/*
 * Go on at @p, the end of a component that @node stands for; @above is the mapping there
 * or above, if not @m->map.
 */
static __always_inline void look_on(const struct vfn_table *table, const char *name,
				    const char *p, const struct vfn_node *node,
				    const struct vfn_mapping *above, struct vfn_match *m)
{
	const char *at;

	for (;;) {
		for (at = p;; at = p) {
			while (*p == '/')
				p++;
			if (likely(*p != '.') || !is_end_of_comp(p[1]))
				break;
			p++;
		}
		if (!*p) {
			m->exact = m->map && at == name + m->rest;
			m->inside = !vfn_pmap_empty(&node->kids);
			return;
		}
		if (unlikely(p[0] == '.' && p[1] == '.' && is_end_of_comp(p[2]))) {
			m->dots = true;
			return;
		}
		node = step(node, p, &at);
		if (!node)
			break;
		p = at;
		if (vfn_mapping_at(node)) {
			m->map = vfn_mapping_at(node);
			m->rest = p - name;
		}
	}
	/* Does anything that follows lead back to a FROM? */
	if (unlikely(vfn_has_dotdot(p)))
		m->dots = m->map || above || vfn_table_dots_matter(table, p);
}

void vfn_table_look(const struct vfn_table *table, const char *name, struct vfn_match *m)
{
	const struct vfn_node *node = table->fwd.root;
	const struct vfn_way *way = &table->way;
	const char *p = name, *c;
	unsigned int len;

	*m = (struct vfn_match){};
	if (!node)
		return;
	if (way->name) {
		len = shared(way, name);
		if (len == way->len && is_end_of_comp(name[len])) {
			node = way->node;
			p = name + len;
		} else {
			c = leaves_way(way, name, len);
			if (c) {
				if (unlikely(vfn_has_dotdot(c)))
					m->dots = vfn_table_dots_matter(table, c);
				return;
			}
		}
	}
	m->map = vfn_mapping_at(node);
	m->rest = m->map ? p - name : 0;
	look_on(table, name, p, node, NULL, m);
}

void vfn_table_look_below(const struct vfn_table *table, const char *name,
			  const struct vfn_node *node, const struct vfn_mapping *map,
			  struct vfn_match *m)
{
	*m = (struct vfn_match){};
	if (node)
		look_on(table, name, name, node, map, m);
	else if (unlikely(vfn_has_dotdot(name)))
		m->dots = map || vfn_table_dots_matter(table, name);
}

const struct vfn_node *vfn_table_at(const struct vfn_table *table, const char *name,
				    const struct vfn_mapping **map)
{
	const struct vfn_node *node = table->fwd.root;
	struct vfn_comp c;

	*map = node ? vfn_mapping_at(node) : NULL;
	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c)) {
		node = vfn_trie_child(node, c);
		if (node && vfn_mapping_at(node))
			*map = vfn_mapping_at(node);
	}
	return node;
}

bool vfn_table_leads_on(const struct vfn_node *node, const char *name, bool parent)
{
	struct vfn_comp c;

	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c)) {
		if (vfn_is_dotdot(c) || (parent && vfn_is_dot(c)))
			return true;
		if (parent && vfn_is_end(c.name + c.len))
			break;
		if (!vfn_is_dot(c))
			node = vfn_trie_child(node, c);
	}
	return node ? !vfn_pmap_empty(&node->kids) : vfn_has_dotdot(c.name);
}

/* Is FROM of @map, followed by @rest, a name for which the table takes @map? */
static bool takes(const struct vfn_table *table, const struct vfn_mapping *map,
		  const char *rest)
{
	const struct vfn_node *node = vfn_trie_find(&table->fwd, map->from);
	struct vfn_comp c;

	for (c = vfn_comp_hash(rest); node && c.len; c = vfn_comp_hash_next(c)) {
		node = vfn_trie_child(node, c);
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
	for (c = vfn_comp_hash(real); node && c.len; c = vfn_comp_hash_next(c)) {
		node = vfn_trie_child(node, c);
		if (node)
			reverse_at(table, node, real, c.name + c.len - real, &r);
	}
	*rest = r.rest;
	if (r.best)
		return r.best;
	return vfn_table_match(table, real).map ? ERR_PTR(-ENOENT) : NULL;
}

const struct vfn_mapping *vfn_table_reverse_via(const struct vfn_table *table,
						const char *real, u32 key,
						unsigned int *rest)
{
	const struct vfn_mapping *map = vfn_table_next(table, key);
	size_t len;

	if (!map || map->leaf.key != key || map->op != VFN_OP_MAP)
		return vfn_table_reverse(table, real, rest);
	len = map->real[1] ? strlen(map->real) : 0;
	if (strncmp(map->real, real, len) || (real[len] && real[len] != '/') ||
	    !takes(table, map, real + len))
		return vfn_table_reverse(table, real, rest);
	*rest = len;
	return map;
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
