// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent map from keys to reference-counted leaves
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "mem.h"
#include "pmap.h"

#define BITS	5
#define LEVELS	13	/* twelve of five bits, the last of four */

/**
 * struct pnode - an inner node
 * @ref:	maps and nodes that point here
 * @bitmap:	which of the 32 children there are
 * @payer:	who pays for it
 * @room:	slots allocated
 * @slot:	children in order of their bit: a leaf, or a node with bit 0 set
 *
 * Changed only while @ref is 1 and so are all nodes on the way to it: then
 * nobody else can reach it.
 */
struct pnode {
	refcount_t ref;
	u32 bitmap;
	u16 payer;
	u8 room;
	unsigned long slot[];
};

static bool exclusive(const struct pnode *node)
{
	if (refcount_read(&node->ref) != 1)
		return false;
	/* Pairs with the release in refcount_dec: its reads came before our writes. */
	smp_acquire__after_ctrl_dep();
	return true;
}

static bool is_node(unsigned long slot)
{
	return slot & 1;
}

static struct pnode *to_node(unsigned long slot)
{
	return (struct pnode *)(slot - 1);
}

static struct vfn_leaf *to_leaf(unsigned long slot)
{
	return (struct vfn_leaf *)slot;
}

static unsigned long from_node(struct pnode *node)
{
	return (unsigned long)node + 1;
}

/* From the most significant bits on; the last level has but four, and a zero below. */
static unsigned int digit(u64 key, unsigned int level)
{
	return (key << BITS * level) >> (64 - BITS);
}

static __always_inline unsigned int rank(u32 bitmap, unsigned int bit)
{
	return hweight32(bitmap & (BIT(bit) - 1));
}

static unsigned int nr_slots(const struct pnode *node)
{
	return hweight32(node->bitmap);
}

static void slot_get(unsigned long slot)
{
	if (is_node(slot))
		refcount_inc(&to_node(slot)->ref);
	else
		refcount_inc(&to_leaf(slot)->ref);
}

static void node_free(struct pnode *node)
{
	vfn_mem_free(node, struct_size(node, slot, node->room), node->payer);
}

/* Recurses LEVELS deep at most. */
static void slot_put(unsigned long slot, vfn_leaf_free_t free, void *arg)
{
	struct pnode *node;
	unsigned int i;

	if (!is_node(slot)) {
		if (refcount_dec_and_test(&to_leaf(slot)->ref))
			free(to_leaf(slot), arg);
		return;
	}
	node = to_node(slot);
	if (!refcount_dec_and_test(&node->ref))
		return;
	for (i = 0; i < nr_slots(node); i++)
		slot_put(node->slot[i], free, arg);
	node_free(node);
	cond_resched();
}

/* Slots for at least @nr, as many as there are in what kmalloc() takes: 32, 64, 96 bytes... */
static unsigned int room_for(unsigned int nr)
{
	static const u8 rooms[] = { 2, 6, 10, 14, 22, 30 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rooms); i++)
		if (nr <= rooms[i])
			return rooms[i];
	return 1 << BITS;
}

/* With slots for at least @nr. */
static struct pnode *node_new(unsigned int nr)
{
	unsigned int room = room_for(nr);
	struct pnode *node;
	u16 payer;

	node = vfn_mem_alloc(struct_size(node, slot, room), &payer);
	if (!node)
		return NULL;
	node->payer = payer;
	refcount_set(&node->ref, 1);
	node->bitmap = 0;
	node->room = room;
	return node;
}

/*
 * Replace the shared node in *@slot by a copy of our own.  The other owners may
 * let go at any time, even before we do, so the reference is dropped for good.
 */
static struct pnode *node_own(unsigned long *slot, unsigned int extra)
{
	struct pnode *old = to_node(*slot), *node;
	unsigned int i, nr = nr_slots(old);

	if (exclusive(old) && old->room >= nr + extra)
		return old;
	node = node_new(nr + extra);
	if (!node)
		return NULL;
	node->bitmap = old->bitmap;
	memcpy(node->slot, old->slot, nr * sizeof(node->slot[0]));
	if (exclusive(old)) {
		node_free(old);
	} else {
		for (i = 0; i < nr; i++)
			slot_get(node->slot[i]);
		/* Each child has our reference now: none is freed by this. */
		slot_put(*slot, NULL, NULL);
	}
	*slot = from_node(node);
	return node;
}

struct vfn_leaf *vfn_pmap_find(const struct vfn_pmap *map, enum vfn_order order, u64 key)
{
	unsigned long slot = map->root;
	const struct pnode *node;
	u64 digits = key;
	u32 bit;

	for (; is_node(slot); digits <<= BITS) {
		node = to_node(slot);
		bit = BIT(digits >> (64 - BITS));
		if (!(node->bitmap & bit))
			return NULL;
		slot = node->slot[hweight32(node->bitmap & (bit - 1))];
	}
	return slot && vfn_leaf_key(to_leaf(slot), order) == key ? to_leaf(slot) : NULL;
}

static struct vfn_leaf *first(unsigned long slot)
{
	while (is_node(slot))
		slot = to_node(slot)->slot[0];
	return to_leaf(slot);
}

struct vfn_leaf *vfn_pmap_next(const struct vfn_pmap *map, enum vfn_order order, u64 key)
{
	unsigned long slot = map->root, larger = 0;
	unsigned int level, bit, i;
	struct pnode *node;

	for (level = 0; is_node(slot); level++) {
		node = to_node(slot);
		bit = digit(key, level);
		i = rank(node->bitmap, bit);
		if (node->bitmap & BIT(bit)) {
			if (i + 1 < nr_slots(node))
				larger = node->slot[i + 1];
			slot = node->slot[i];
			continue;
		}
		if (i < nr_slots(node))
			larger = node->slot[i];
		slot = 0;
	}
	if (slot && vfn_leaf_key(to_leaf(slot), order) >= key)
		return to_leaf(slot);
	return larger ? first(larger) : NULL;
}

struct vfn_pmap vfn_pmap_get(const struct vfn_pmap *map)
{
	if (map->root)
		slot_get(map->root);
	return *map;
}

void vfn_pmap_put(struct vfn_pmap *map, vfn_leaf_free_t free, void *arg)
{
	if (map->root)
		slot_put(map->root, free, arg);
	map->root = 0;
}

int vfn_pmap_add(struct vfn_pmap *map, enum vfn_order order, struct vfn_leaf *leaf)
{
	u64 key = vfn_leaf_key(leaf, order);
	unsigned long *slot = &map->root;
	unsigned int level, bit, i;
	struct pnode *node;

	for (level = 0; *slot; level++) {
		if (!is_node(*slot)) {
			/* Push the leaf in the way one level down. */
			node = node_new(2);
			if (!node)
				return -ENOMEM;
			node->bitmap = BIT(digit(vfn_leaf_key(to_leaf(*slot), order), level));
			node->slot[0] = *slot;
			*slot = from_node(node);
		}
		bit = digit(key, level);
		i = rank(to_node(*slot)->bitmap, bit);
		if (to_node(*slot)->bitmap & BIT(bit)) {
			node = node_own(slot, 0);
			if (!node)
				return -ENOMEM;
			slot = &node->slot[i];
			continue;
		}
		node = node_own(slot, 1);
		if (!node)
			return -ENOMEM;
		memmove(&node->slot[i + 1], &node->slot[i],
			(nr_slots(node) - i) * sizeof(node->slot[0]));
		node->bitmap |= BIT(bit);
		slot = &node->slot[i];
		break;
	}
	*slot = (unsigned long)leaf;
	return 0;
}

struct vfn_leaf **vfn_pmap_edit(struct vfn_pmap *map, enum vfn_order order, u64 key)
{
	unsigned long *slot = &map->root;
	unsigned int level, bit;
	struct pnode *node;

	for (level = 0; is_node(*slot); level++) {
		bit = digit(key, level);
		if (!(to_node(*slot)->bitmap & BIT(bit)))
			return NULL;
		node = node_own(slot, 0);
		if (!node)
			return NULL;
		slot = &node->slot[rank(node->bitmap, bit)];
	}
	if (!*slot || vfn_leaf_key(to_leaf(*slot), order) != key)
		return NULL;
	return (struct vfn_leaf **)slot;
}

/* Take one slot out of an own node; a node left with one leaf becomes it. */
static void node_shrink(unsigned long *slot, unsigned int bit)
{
	struct pnode *node = to_node(*slot);
	unsigned int i = rank(node->bitmap, bit), nr = nr_slots(node);

	memmove(&node->slot[i], &node->slot[i + 1],
		(nr - i - 1) * sizeof(node->slot[0]));
	node->bitmap &= ~BIT(bit);
	if (nr > 2 || (nr == 2 && is_node(node->slot[0])))
		return;
	*slot = nr == 2 ? node->slot[0] : 0;
	node_free(node);
}

int vfn_pmap_del(struct vfn_pmap *map, enum vfn_order order, u64 key, vfn_leaf_free_t free,
		 void *arg)
{
	unsigned long *way[LEVELS + 1];
	unsigned int level, bit;
	struct vfn_leaf *leaf;
	struct pnode *node;

	if (!vfn_pmap_find(map, order, key))
		return -ENOENT;
	way[0] = &map->root;
	for (level = 0; is_node(*way[level]); level++) {
		node = node_own(way[level], 0);
		if (!node)
			return -ENOMEM;
		bit = digit(key, level);
		way[level + 1] = &node->slot[rank(node->bitmap, bit)];
	}
	leaf = to_leaf(*way[level]);
	*way[level] = 0;
	/* Upwards, as long as what is below has vanished or become one leaf. */
	while (level--) {
		node = to_node(*way[level]);
		bit = digit(key, level);
		if (!node->slot[rank(node->bitmap, bit)])
			node_shrink(way[level], bit);
		else if (nr_slots(node) == 1 && !is_node(node->slot[0])) {
			*way[level] = node->slot[0];
			node_free(node);
		}
	}
	slot_put((unsigned long)leaf, free, arg);
	return 0;
}
