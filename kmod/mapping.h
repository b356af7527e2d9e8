/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings: what one name means
 *
 * Pure code.
 */
#ifndef VFN_MAPPING_H
#define VFN_MAPPING_H

#include "trie.h"

/**
 * struct vfn_mapping - what one name means; constant
 * @twig:	the last component of FROM.  Its key by age counts the mappings made in this
 *		table's line of descent: smaller is older
 * @dirname:	what comes before it
 * @to_len:	strlen() of TO
 * @op:		VFN_OP_MAP or VFN_OP_HIDE
 * @flags:	VFN_MAP_*
 * @exempt:	FROM is TO: it takes a subtree out of another mapping
 * @moved:	TO isn't what it really is
 * @name:	that last component; TO; if @moved, what it really is
 *
 * FROM is a clean absolute name in the view; vfn_mapping_from().
 */
struct vfn_mapping {
	struct vfn_twig twig;
	struct vfn_dirname *dirname;
	u16 to_len;
	u8 op;
	u8 flags;
	bool exempt;
	bool moved;
	char name[];
};

/* The real name that FROM means; "" for HIDE. */
static inline const char *vfn_mapping_to(const struct vfn_mapping *map)
{
	return map->name + map->twig.len + 1;
}

/*
 * What TO was, all symlinks followed, when the mapping was made; TO if that could not be
 * known.
 */
static inline const char *vfn_mapping_real(const struct vfn_mapping *map)
{
	return vfn_mapping_to(map) + (map->moved ? map->to_len + 1 : 0);
}

/* strlen() of FROM. */
static inline unsigned int vfn_mapping_from_len(const struct vfn_mapping *map)
{
	return map->dirname->len + 1 + map->twig.len;
}

/* Write FROM, without a NUL, to @buf.  Returns how many bytes. */
unsigned int vfn_mapping_put_from(const struct vfn_mapping *map, char *buf);

/* FROM, in @buf. */
const char *vfn_mapping_from(const struct vfn_mapping *map, char *buf);

/* A mapping's number among those of its table's line of descent. */
static inline u32 vfn_mapping_age(const struct vfn_mapping *map)
{
	return map->twig.leaf.key[VFN_BY_AGE];
}

/**
 * struct vfn_mapped - a mapping to be made
 * @op:		VFN_OP_MAP or VFN_OP_HIDE
 * @flags:	VFN_MAP_*
 * @from:	clean absolute name
 * @to:		clean absolute name; "" for HIDE
 * @real:	what @to really is, or NULL: that isn't known
 */
struct vfn_mapped {
	u8 op;
	u8 flags;
	const char *from;
	const char *to;
	const char *real;
};

/* A mapping that is nowhere yet, without a dirname.  NULL: no memory. */
struct vfn_mapping *vfn_mapping_new(const struct vfn_mapped *what);

/* vfn_leaf_free_t of all that hold mappings; @arg isn't looked at. */
void vfn_mapping_free(struct vfn_leaf *leaf, void *arg);

/* What it takes, but for what it shares. */
size_t vfn_mapping_bytes(const struct vfn_mapping *map);

/* The mapping whose FROM is the name that @twig of @fwd stands for, or NULL. */
static inline const struct vfn_mapping *vfn_mapping_at(const struct vfn_twig *twig)
{
	return (const struct vfn_mapping *)vfn_twig_leaf(twig);	/* its first field */
}

#endif /* VFN_MAPPING_H */
