/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent map from keys to reference-counted leaves
 *
 * A bitmap-compressed radix tree, most significant bits first, so that keys
 * come out in order.  A leaf can be in maps of several orders at a time, which differ
 * in what they take for its key.  A map is one word (struct vfn_pmap); copying it with
 * vfn_pmap_get() shares all of it.  An edit copies the nodes on its way that
 * somebody shares and changes in place those that only this map holds.
 *
 * Pure code: an edit needs exclusive access to the struct vfn_pmap it is given,
 * a reader needs the map it reads to stay alive.  Edits, and giving a map up, sleep.
 */
#ifndef VFN_PMAP_H
#define VFN_PMAP_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/refcount.h>
#include <linux/types.h>

/**
 * enum vfn_order - by what the leaves of a map are known and sorted
 * @VFN_BY_AGE:		its own number
 * @VFN_BY_NAME:	a hash, of which there is one in a map
 * @VFN_BY_TARGET:	a hash that several may have; among these by age
 */
enum vfn_order {
	VFN_BY_AGE,
	VFN_BY_NAME,
	VFN_BY_TARGET,
	VFN_ORDERS
};

/**
 * struct vfn_leaf - what a map holds; embedded first in the real thing
 * @ref:	references; each map owns one
 * @key:	for each order; set before insertion, constant while in such a map
 */
struct vfn_leaf {
	refcount_t ref;
	u32 key[VFN_ORDERS];
};

/* The key of whose @key[order] is @key; for VFN_BY_TARGET, the first of them. */
static inline u64 vfn_key(u32 key)
{
	return (u64)key << 32;
}

static __always_inline u64 vfn_leaf_key(const struct vfn_leaf *leaf, enum vfn_order order)
{
	u64 key = vfn_key(leaf->key[order]);

	return order == VFN_BY_TARGET ? key | leaf->key[VFN_BY_AGE] : key;
}

/**
 * struct vfn_pmap - a map; all zero is the empty one
 * @root:	0, a leaf, or a node (lowest bit set)
 */
struct vfn_pmap {
	unsigned long root;
};

/* Called when a map drops the last reference to a leaf; @arg is the caller's. */
typedef void (*vfn_leaf_free_t)(struct vfn_leaf *leaf, void *arg);

static inline bool vfn_pmap_empty(const struct vfn_pmap *map)
{
	return !map->root;
}

/* The only leaf of a map, or NULL if there are none or several. */
static inline struct vfn_leaf *vfn_pmap_only(const struct vfn_pmap *map)
{
	return map->root & 1 ? NULL : (struct vfn_leaf *)map->root;
}

/* The leaf with @key, or NULL.  No reference is taken. */
struct vfn_leaf *vfn_pmap_find(const struct vfn_pmap *map, enum vfn_order order, u64 key);

/* The leaf with the smallest key >= @key, or NULL.  No reference is taken. */
struct vfn_leaf *vfn_pmap_next(const struct vfn_pmap *map, enum vfn_order order, u64 key);

/* The leaf that comes after @leaf, or NULL.  No reference is taken. */
static inline struct vfn_leaf *vfn_pmap_after(const struct vfn_pmap *map, enum vfn_order order,
					      const struct vfn_leaf *leaf)
{
	u64 key = vfn_leaf_key(leaf, order);

	return key == U64_MAX ? NULL : vfn_pmap_next(map, order, key + 1);
}

/* A second owner of all that @map holds. */
struct vfn_pmap vfn_pmap_get(const struct vfn_pmap *map);

/* Give the map up.  @map is empty afterwards. */
void vfn_pmap_put(struct vfn_pmap *map, vfn_leaf_free_t free, void *arg);

/*
 * Insert @leaf, whose key must not be in the map; the caller's reference goes
 * to the map.  -ENOMEM: nothing has changed and the reference is still the
 * caller's.
 */
int vfn_pmap_add(struct vfn_pmap *map, enum vfn_order order, struct vfn_leaf *leaf);

/*
 * Make the way to @key exclusive to this map and return the slot that holds
 * its leaf, for the caller to replace it by another with the same key.  NULL:
 * no such key, or no memory; the map means the same as before.
 */
struct vfn_leaf **vfn_pmap_edit(struct vfn_pmap *map, enum vfn_order order, u64 key);

/* Take the leaf with @key out.  -ENOENT, -ENOMEM: nothing has changed. */
int vfn_pmap_del(struct vfn_pmap *map, enum vfn_order order, u64 key, vfn_leaf_free_t free,
		 void *arg);

#endif /* VFN_PMAP_H */
