/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent map from u32 keys to reference-counted leaves
 *
 * A bitmap-compressed radix tree, most significant bits first, so that keys
 * come out in order.  A map is one word (struct vfn_pmap); copying it with
 * vfn_pmap_get() shares all of it.  An edit copies the nodes on its way that
 * somebody shares and changes in place those that only this map holds.
 *
 * Pure code: an edit needs exclusive access to the struct vfn_pmap it is given,
 * a reader needs the map it reads to stay alive.  Nothing here sleeps except
 * in allocation.
 */
#ifndef VFN_PMAP_H
#define VFN_PMAP_H

#include <linux/refcount.h>
#include <linux/types.h>

/**
 * struct vfn_leaf - what a map holds; embedded first in the real thing
 * @ref:	references; the map owns one
 * @key:	set before insertion, constant while in a map
 */
struct vfn_leaf {
	refcount_t ref;
	u32 key;
};

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
struct vfn_leaf *vfn_pmap_find(const struct vfn_pmap *map, u32 key);

/* The leaf with the smallest key >= @key, or NULL.  No reference is taken. */
struct vfn_leaf *vfn_pmap_next(const struct vfn_pmap *map, u32 key);

/* A second owner of all that @map holds. */
struct vfn_pmap vfn_pmap_get(const struct vfn_pmap *map);

/* Give the map up.  @map is empty afterwards. */
void vfn_pmap_put(struct vfn_pmap *map, vfn_leaf_free_t free, void *arg);

/*
 * Insert @leaf, whose key must not be in the map; the caller's reference goes
 * to the map.  -ENOMEM: nothing has changed and the reference is still the
 * caller's.
 */
int vfn_pmap_add(struct vfn_pmap *map, struct vfn_leaf *leaf);

/*
 * Make the way to @key exclusive to this map and return the slot that holds
 * its leaf, for the caller to replace it by another with the same key.  NULL:
 * no such key, or no memory; the map means the same as before.
 */
struct vfn_leaf **vfn_pmap_edit(struct vfn_pmap *map, u32 key);

/* Take the leaf with @key out.  -ENOENT, -ENOMEM: nothing has changed. */
int vfn_pmap_del(struct vfn_pmap *map, u32 key, vfn_leaf_free_t free, void *arg);

#endif /* VFN_PMAP_H */
