/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent trie of file names, keyed by path component
 *
 * A node stands for a name; its children for the components that follow.  The
 * children are a vfn_pmap by hash of their component; components with the same
 * hash are chained.  Each node may hold leaves of the user's (mappings), a
 * vfn_pmap again.  Sharing and editing are as in pmap.h: a struct vfn_trie is
 * one word, copied by vfn_trie_get(), changed along a path at a time.
 *
 * Pure code; the rules for exclusive access are those of pmap.h.
 */
#ifndef VFN_TRIE_H
#define VFN_TRIE_H

#include "name.h"
#include "pmap.h"
#include "word.h"

/**
 * struct vfn_node - a name in the trie
 * @leaf:	@leaf.key is the hash of @name
 * @kids:	nodes one component further down
 * @here:	what the user has put at this name
 * @chain:	next node with the same parent and hash, or NULL
 * @weight:	sum of the weights of the leaves here and below
 * @len:	bytes in @name
 * @payer:	who pays for it
 * @name:	last component of the name, and a NUL
 *
 * Constant once somebody else can reach it.
 */
struct vfn_node {
	struct vfn_leaf leaf;
	struct vfn_pmap kids;
	struct vfn_pmap here;
	struct vfn_node *chain;
	u32 weight;
	u16 len;
	u16 payer;
	char name[];
};

/** struct vfn_trie - a trie; all zero is the empty one */
struct vfn_trie {
	struct vfn_node *root;
};

/* Secret, so that nobody can aim at a hash; set before the first one is made. */
extern u64 vfn_hash_seed[2];

/* Hash of a component. */
u32 vfn_hash(struct vfn_comp c);

/* The high half of the product depends on all bits, in a way only the seed tells. */
static inline u64 vfn_hash_mix(u64 hash, u64 word)
{
	unsigned __int128 product = hash ^ word;

	product *= vfn_hash_seed[1];
	return (u64)product ^ (u64)(product >> 64);
}

/* As vfn_comp() and vfn_comp_next(), with the hash. */
static __always_inline struct vfn_comp vfn_comp_hash(const char *p)
{
	u64 state = vfn_hash_seed[0], word, end;
	struct vfn_comp c;

	while (*p == '/')
		p++;
	c.name = p;
	for (;; p += sizeof(word)) {
		word = vfn_word(p);
		end = vfn_word_zeros(word) | vfn_word_bytes(word, '/');
		if (end)
			break;
		state = vfn_hash_mix(state, word);
	}
	c.hash = vfn_hash_mix(state, word & vfn_word_before(end)) >> 32;
	c.len = p + vfn_word_first(end) - c.name;
	return c;
}

static inline struct vfn_comp vfn_comp_hash_next(struct vfn_comp c)
{
	return vfn_comp_hash(c.name + c.len);
}

/* A second owner of all that @trie holds. */
struct vfn_trie vfn_trie_get(const struct vfn_trie *trie);

/* Give the trie up; @free is called for leaves that nobody else holds. */
void vfn_trie_put(struct vfn_trie *trie, vfn_leaf_free_t free);

/* The first node of a chain that a vfn_pmap of children holds as @leaf. */
static inline const struct vfn_node *vfn_trie_first(const struct vfn_leaf *leaf)
{
	return (const struct vfn_node *)leaf;
}

static inline bool vfn_trie_same(const struct vfn_node *node, struct vfn_comp c)
{
	return node->len == c.len && vfn_word_same(node->name, c.name, c.len);
}

/* The child of @node for @c, which has a hash, or NULL. */
static inline const struct vfn_node *vfn_trie_child(const struct vfn_node *node,
						    struct vfn_comp c)
{
	const struct vfn_leaf *leaf = vfn_pmap_only(&node->kids);

	if (!leaf)
		leaf = vfn_pmap_find(&node->kids, c.hash);
	else if (leaf->key != c.hash)
		return NULL;
	for (node = vfn_trie_first(leaf); node && !vfn_trie_same(node, c); node = node->chain)
		;
	return node;
}

/* The child of @node, if it has just one, or NULL. */
const struct vfn_node *vfn_trie_only_kid(const struct vfn_node *node);

/* One of the children of @node, or NULL if there are none. */
const struct vfn_node *vfn_trie_any_kid(const struct vfn_node *node);

/* The node that stands for the clean absolute name @name, or NULL. */
const struct vfn_node *vfn_trie_find(const struct vfn_trie *trie, const char *name);

/*
 * Put @leaf at the clean absolute name @name, beside what is there; its key
 * must be new to that name.  The caller's reference goes to the trie.
 * -ENOMEM: the trie holds what it held, but for the weights, which are wrong from
 * then on; the reference is the caller's.
 */
int vfn_trie_add(struct vfn_trie *trie, const char *name, struct vfn_leaf *leaf,
		 u32 weight);

/*
 * Take the leaf with @key and @weight at @name out, and the nodes that then lead
 * nowhere.  -ENOENT: there is none.  -ENOMEM: as with vfn_trie_add().
 */
int vfn_trie_del(struct vfn_trie *trie, const char *name, u32 key, u32 weight,
		 vfn_leaf_free_t free);

#endif /* VFN_TRIE_H */
