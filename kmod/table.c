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
	return (struct vfn_mapping *)leaf;	/* leaf is the first field of its first field */
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
	table->rev = vfn_pmap_get(&old->rev);
	table->by_age = vfn_pmap_get(&old->by_age);
	memcpy(table->begins, old->begins, sizeof(table->begins));
	memcpy(table->names, old->names, sizeof(table->names));
	return table;
}

void vfn_table_clear(struct vfn_table *table)
{
	vfn_trie_put(&table->fwd, vfn_mapping_free);
	vfn_pmap_put(&table->rev, vfn_mapping_free, NULL);
	vfn_pmap_put(&table->by_age, vfn_mapping_free, NULL);
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

/* The hash of a clean name, from that of what comes before component @c; of "/" first. */
static u64 hash_on(u64 hash, struct vfn_comp c)
{
	return vfn_hash_mix(hash, c.hash);
}

static u32 hash_of(const char *name)
{
	u64 hash = vfn_hash_seed[0];
	struct vfn_comp c;

	for (c = vfn_comp_hash(name); c.len; c = vfn_comp_hash_next(c))
		hash = hash_on(hash, c);
	return hash >> 32;
}

/* One more map that has @map; its caller is the only one to reach that yet. */
static int add_to(struct vfn_pmap *pmap, enum vfn_order order, struct vfn_mapping *map)
{
	int err = vfn_pmap_add(pmap, order, &map->twig.leaf);

	if (!err)
		refcount_inc(&map->twig.leaf.ref);
	return err;
}

int vfn_table_map(struct vfn_table *table, const struct vfn_mapped *what, u32 max)
{
	struct vfn_mapping *map;
	int err;

	err = vfn_table_unmap(table, what->from);
	if (err && err != -ENOENT)
		return err;
	if (table->nr >= max || table->next == U32_MAX)
		return -ENOSPC;
	map = vfn_mapping_new(what);
	if (!map)
		return -ENOMEM;
	map->twig.leaf.key[VFN_BY_AGE] = table->next;
	map->twig.leaf.key[VFN_BY_TARGET] = hash_of(vfn_mapping_real(map));

	err = vfn_trie_add(&table->fwd, what->from, &map->twig, &map->dirname);
	if (err) {
		vfn_mapping_free(&map->twig.leaf, NULL);
		return err;
	}
	/* From here on it is the table's, whatever becomes of that. */
	err = add_to(&table->by_age, VFN_BY_AGE, map);
	if (!err && map->op == VFN_OP_MAP)
		err = add_to(&table->rev, VFN_BY_TARGET, map);
	if (err)
		return err;
	names_add(table, what->from);
	table->next++;
	table->nr++;
	table->bytes += vfn_mapping_bytes(map);
	return 0;
}

int vfn_table_unmap(struct vfn_table *table, const char *from)
{
	const struct vfn_twig *twig = vfn_trie_find(&table->fwd, from);
	const struct vfn_mapping *map = twig ? vfn_mapping_at(twig) : NULL;
	size_t bytes;
	u64 age;
	int err;

	if (!map)
		return -ENOENT;
	age = vfn_leaf_key(&map->twig.leaf, VFN_BY_AGE);
	bytes = vfn_mapping_bytes(map);
	/* by_age goes last: until then it keeps the mapping alive. */
	if (map->op == VFN_OP_MAP) {
		err = vfn_pmap_del(&table->rev, VFN_BY_TARGET,
				   vfn_leaf_key(&map->twig.leaf, VFN_BY_TARGET), vfn_mapping_free,
				   NULL);
		if (err)
			return err;
	}
	err = vfn_trie_del(&table->fwd, from, vfn_mapping_free);
	if (!err)
		err = vfn_pmap_del(&table->by_age, VFN_BY_AGE, age, vfn_mapping_free, NULL);
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

/* How many bytes @name shares with the way that is there, and no more. */
static __always_inline unsigned int shared(const struct vfn_way *way, const char *name)
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
 * @name shares @len bytes with the way, and no more.  Has it parted with the way
 * for good?  Then the component to do so is returned, otherwise NULL.
 */
static const char *leaves_way(const struct vfn_way *way, const char *name, unsigned int len)
{
	const char *differs = name + len, *c = name + way->last;

	if (len < way->last)
		for (c = differs; c > name && c[-1] != '/'; c--)
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

/* The kid of @node for the component at @p, or NULL; *@end: where that ends. */
static __always_inline const struct vfn_twig *step(const struct vfn_node *node, const char *p,
						   const char **end)
{
	const struct vfn_leaf *leaf = vfn_pmap_only(&node->kids);
	const struct vfn_twig *only;
	struct vfn_comp c;

	/* There is just one to be compared with. */
	if (leaf && !vfn_trie_next(vfn_trie_first(leaf))) {
		only = vfn_trie_first(leaf);
		c.name = p;
		c.len = only->len;
		*end = p + c.len;
		return vfn_trie_same(only, c) && is_end_of_comp(**end) ? only : NULL;
	}
	c = vfn_comp_hash(p);
	*end = p + c.len;
	return vfn_trie_child(node, c);
}

/*
 * What stands for the name that begins at @node and goes on at *@p: a kid of its, or the end
 * of its way.  *@p becomes what follows.  NULL: nothing does, and *@p is where the name
 * leads elsewhere.
 */
static __always_inline const struct vfn_twig *go_on(const struct vfn_node *node, const char **p)
{
	const struct vfn_way *way = &node->way;
	const struct vfn_twig *twig;
	const char *end;
	unsigned int len;

	if (way->node) {
		len = shared(way, *p);
		if (len == way->len && is_end_of_comp((*p)[len])) {
			*p += len;
			return &way->node->twig;
		}
		end = leaves_way(way, *p, len);
		if (end) {
			*p = end;
			return NULL;
		}
	}
	twig = step(node, *p, &end);
	if (twig)
		*p = end;
	return twig;
}

/*
 * Go on at @p, the end of a component that @node stands for, or NULL: nothing goes on from
 * there; @above is the mapping there or above, if not @m->map.
 */
static __always_inline void look_on(const struct vfn_table *table, const char *name,
				    const char *p, const struct vfn_node *node,
				    const struct vfn_mapping *above, struct vfn_match *m)
{
	const struct vfn_twig *twig;
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
			m->inside = node && !vfn_pmap_empty(&node->kids);
			return;
		}
		if (unlikely(p[0] == '.' && p[1] == '.' && is_end_of_comp(p[2]))) {
			m->dots = true;
			return;
		}
		twig = node ? go_on(node, &p) : NULL;
		if (!twig)
			break;
		if (vfn_mapping_at(twig)) {
			m->map = vfn_mapping_at(twig);
			m->rest = p - name;
		}
		node = vfn_twig_node(twig);
	}
	/* Does anything that follows lead back to a FROM? */
	if (unlikely(vfn_has_dotdot(p)))
		m->dots = m->map || above || vfn_table_dots_matter(table, p);
}

void vfn_table_look(const struct vfn_table *table, const char *name, struct vfn_match *m)
{
	const struct vfn_node *root = table->fwd.root;

	*m = (struct vfn_match){};
	if (!root)
		return;
	m->map = vfn_mapping_at(&root->twig);
	look_on(table, name, name, root, NULL, m);
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
	const struct vfn_twig *twig;
	struct vfn_comp c;

	*map = node ? vfn_mapping_at(&node->twig) : NULL;
	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c)) {
		twig = vfn_trie_child(node, c);
		if (twig && vfn_mapping_at(twig))
			*map = vfn_mapping_at(twig);
		node = vfn_twig_node(twig);
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
			node = vfn_twig_node(vfn_trie_child(node, c));
	}
	return node ? !vfn_pmap_empty(&node->kids) : vfn_has_dotdot(c.name);
}

/* What stands for FROM of @map, or NULL. */
static const struct vfn_twig *twig_of(const struct vfn_table *table,
				      const struct vfn_mapping *map)
{
	struct vfn_comp c = { map->name, map->twig.len, map->twig.leaf.key[VFN_BY_NAME] };
	const struct vfn_twig *dir = vfn_trie_find(&table->fwd, map->dirname->name);
	const struct vfn_node *node = vfn_twig_node(dir);

	/* FROM is "/". */
	if (!c.len)
		return dir;
	return node ? vfn_trie_child(node, c) : NULL;
}

const struct vfn_mapping *vfn_table_like(const struct vfn_table *table,
					 const struct vfn_mapping *map)
{
	const struct vfn_twig *twig = twig_of(table, map);

	return twig ? vfn_mapping_at(twig) : NULL;
}

/* Is FROM of @map, followed by @rest, a name for which the table takes @map? */
static bool takes(const struct vfn_table *table, const struct vfn_mapping *map,
		  const char *rest)
{
	const struct vfn_node *node = vfn_twig_node(twig_of(table, map));
	const struct vfn_twig *twig;
	struct vfn_comp c;

	for (c = vfn_comp_hash(rest); node && c.len; c = vfn_comp_hash_next(c)) {
		twig = vfn_trie_child(node, c);
		if (twig && vfn_mapping_at(twig))
			return false;
		node = vfn_twig_node(twig);
	}
	return true;
}

/* What follows it in the clean absolute name @name, if @real is that name or covers it. */
static const char *below(const char *real, const char *name)
{
	size_t len = real[1] ? strlen(real) : 0;

	return !strncmp(real, name, len) && is_end_of_comp(name[len]) ? name + len : NULL;
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

/* Those that lead to the first @rest bytes of @real, whose hash is @hash. */
static void reverse_at(const struct vfn_table *table, const char *real, unsigned int rest,
		       u32 hash, struct reverse *r)
{
	struct vfn_mapping *map;
	struct vfn_leaf *leaf;

	leaf = vfn_pmap_next(&table->rev, VFN_BY_TARGET, vfn_key(hash));
	for (; leaf && leaf->key[VFN_BY_TARGET] == hash && r->tries;
	     leaf = vfn_pmap_after(&table->rev, VFN_BY_TARGET, leaf)) {
		map = to_mapping(leaf);
		if (r->best && vfn_mapping_age(r->best) < vfn_mapping_age(map))
			return;
		if (below(vfn_mapping_real(map), real) != real + rest)
			continue;
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
	struct reverse r = { .tries = REVERSE_TRIES };
	u64 hash = vfn_hash_seed[0];
	struct vfn_comp c;

	reverse_at(table, real, 0, hash >> 32, &r);
	for (c = vfn_comp_hash(real); c.len; c = vfn_comp_hash_next(c)) {
		hash = hash_on(hash, c);
		reverse_at(table, real, c.name + c.len - real, hash >> 32, &r);
	}
	*rest = r.rest;
	if (r.best)
		return r.best;
	return vfn_table_match(table, real).map ? ERR_PTR(-ENOENT) : NULL;
}

const struct vfn_mapping *vfn_table_reverse_via(const struct vfn_table *table,
						const char *real, u32 age,
						unsigned int *rest)
{
	const struct vfn_mapping *map = vfn_table_next(table, age);
	const char *tail;

	if (!map || vfn_mapping_age(map) != age || map->op != VFN_OP_MAP)
		return vfn_table_reverse(table, real, rest);
	tail = below(vfn_mapping_real(map), real);
	if (!tail || !takes(table, map, tail))
		return vfn_table_reverse(table, real, rest);
	*rest = tail - real;
	return map;
}

const struct vfn_node *vfn_table_dir(const struct vfn_table *table, const char *name)
{
	const struct vfn_node *node = vfn_twig_node(vfn_trie_find(&table->fwd, name));

	return node && !vfn_pmap_empty(&node->kids) ? node : NULL;
}

const struct vfn_mapping *vfn_table_next(const struct vfn_table *table, u32 age)
{
	return (const struct vfn_mapping *)vfn_pmap_next(&table->by_age, VFN_BY_AGE,
							 vfn_key(age));
}
