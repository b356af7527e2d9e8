/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translation tables: which names mean what
 *
 * A table is immutable once it is published.  An edit makes a new one with
 * vfn_table_edit(), which shares all of the old, changes it, and publishes it
 * in the place of the old; a fork shares the whole.
 *
 * Pure code: text in, text out.  Looking up needs a reference to the table and
 * nothing else; it neither sleeps nor writes.
 */
#ifndef VFN_TABLE_H
#define VFN_TABLE_H

#include <linux/workqueue.h>

#include "mapping.h"

#define VFN_NAMES_BITS	1024

/* With this byte begins a name in the table, behind its slash; one of its components. */
#define VFN_BEGINS_NAME	1
#define VFN_BEGINS_COMP	2

/**
 * struct vfn_table - the mappings of a process
 * @ref:	views, threads in a lookup, edits
 * @sealed:	never edited again, nor are copies
 * @payer:	who pays for it
 * @nr:		mappings
 * @next:	age of the next mapping
 * @bytes:	of the mappings themselves
 * @begins:	VFN_BEGINS_* for each byte; may have some too many
 * @fwd:	mappings by FROM; MAPs have weight 1, HIDEs 0
 * @rev:	mappings by a hash of where TO really is, for names the kernel reports
 * @by_age:	mappings by age
 * @names:	Bloom filter of all components in @fwd; may hold some that are
 *		there no more
 * @free_work:	for the owner of the last reference
 */
struct vfn_table {
	refcount_t ref;
	bool sealed;
	u16 payer;
	u32 nr;
	u32 next;
	u64 bytes;
	u8 begins[256];
	struct vfn_trie fwd;
	struct vfn_pmap rev;
	struct vfn_pmap by_age;
	unsigned long names[VFN_NAMES_BITS / BITS_PER_LONG];
	struct rcu_work free_work;
};

/**
 * struct vfn_match - what a table says of a name
 * @map:	mapping with the longest FROM that covers the name, or NULL
 * @rest:	offset in the name of what follows that FROM
 * @exact:	the name is that FROM, give or take slashes
 * @inside:	the name is a proper ancestor of some FROM, or could be
 * @dots:	a ".." stands where text alone can't tell what it means
 */
struct vfn_match {
	const struct vfn_mapping *map;
	unsigned int rest;
	bool exact;
	bool inside;
	bool dots;
};

/*
 * A table with the contents of @old (NULL: none), not sealed unless @old is, for
 * the caller alone to change.  NULL: no memory.
 */
struct vfn_table *vfn_table_edit(const struct vfn_table *old);

/* Free a table that nobody can reach any more. */
void vfn_table_free(struct vfn_table *table);

/*
 * Changes to a table that vfn_table_edit() made.  After -ENOMEM the table is
 * only good for vfn_table_free().
 *
 * vfn_table_map() replaces what was at FROM; -ENOSPC: more than @max mappings, or a
 * table's 2^32 - 1 edits are used up.  vfn_table_unmap(): -ENOENT, there is no mapping
 * of @from.
 */
int vfn_table_map(struct vfn_table *table, const struct vfn_mapped *what, u32 max);
int vfn_table_unmap(struct vfn_table *table, const char *from);
void vfn_table_clear(struct vfn_table *table);

/*
 * Has no mapping to do with @name?  If it is relative, with nothing that it leads to
 * below the directory it begins at.  False tells nothing.
 */
bool vfn_table_misses(const struct vfn_table *table, const char *name);

/* The same, where it is plain to see: what most lookups pay. */
static __always_inline bool vfn_table_misses_plainly(const struct vfn_table *table,
						     const char *name)
{
	u8 first = name[0];

	if (likely(first == '/')) {
		first = name[1];
		if (table->begins[first] & VFN_BEGINS_NAME)
			return false;
	} else if (table->begins[first] & VFN_BEGINS_COMP) {
		return false;
	}
	return likely(!vfn_has_two_dots(name));
}

/* What the table says of the absolute name @name, which need not be clean. */
void vfn_table_look(const struct vfn_table *table, const char *name, struct vfn_match *m);

static inline struct vfn_match vfn_table_match(const struct vfn_table *table, const char *name)
{
	struct vfn_match m;

	vfn_table_look(table, name, &m);
	return m;
}

/*
 * What the table says of the relative name @name, which begins where @node of @fwd (or
 * none) and @map (or none) say.  @m->map, with @m->rest in @name, is one that doesn't
 * cover that directory too.
 */
void vfn_table_look_below(const struct vfn_table *table, const char *name,
			  const struct vfn_node *node, const struct vfn_mapping *map,
			  struct vfn_match *m);

/*
 * The node of @fwd for the clean name @name, or NULL: nothing goes on from there; *@map:
 * what covers it, or NULL.
 */
const struct vfn_node *vfn_table_at(const struct vfn_table *table, const char *name,
				    const struct vfn_mapping **map);

/*
 * Might FROMs go on below what @name means, or for @parent below the directory that its
 * last component lies in?  @name begins at @node of @fwd, or NULL, if it is relative, and
 * its symlinks don't count.  True tells nothing.
 */
bool vfn_table_leads_on(const struct vfn_node *node, const char *name, bool parent);

/* Has no mapping to do with the name that the table says @m of? */
static inline bool vfn_match_misses(const struct vfn_match *m)
{
	return !m->map && !m->inside && !m->dots;
}

/* May a component with this vfn_hash() be one of a FROM? */
static inline bool vfn_table_knows(const struct vfn_table *table, u32 hash)
{
	u32 bit = hash % VFN_NAMES_BITS;

	return table->names[bit / BITS_PER_LONG] & (1UL << (bit % BITS_PER_LONG));
}

/* Does @name have a ".." that is followed by a component of some FROM, or by nothing? */
bool vfn_table_dots_matter(const struct vfn_table *table, const char *name);

/*
 * What the view calls the object that is really at @real, a clean absolute name:
 * FROM of the returned mapping, followed by what begins at offset *@rest in @real;
 * NULL: by that very name; -ENOENT: it has no name in the view.
 */
const struct vfn_mapping *vfn_table_reverse(const struct vfn_table *table,
					    const char *real, unsigned int *rest);

/* The same, and by the mapping of that @age, if it leads there. */
const struct vfn_mapping *vfn_table_reverse_via(const struct vfn_table *table,
						const char *real, u32 age,
						unsigned int *rest);

/*
 * The node of @fwd that stands for the view's clean name @name, if FROMs go on
 * below it: its kids are what mappings change in that directory.
 */
const struct vfn_node *vfn_table_dir(const struct vfn_table *table, const char *name);

/* The mapping of the same FROM as @map, which may be another table's, or NULL. */
const struct vfn_mapping *vfn_table_like(const struct vfn_table *table,
					 const struct vfn_mapping *map);

/* The oldest mapping that is as young as @age, or younger, or NULL. */
const struct vfn_mapping *vfn_table_next(const struct vfn_table *table, u32 age);

/* A table without mappings may go, unless it is sealed. */
static inline bool vfn_table_idle(const struct vfn_table *table)
{
	return !table || (!table->nr && !table->sealed);
}

#endif /* VFN_TABLE_H */
