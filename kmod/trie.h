/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent trie of file names, keyed by path component
 *
 * At each name there may be a leaf of the user's (a mapping).  A node stands for a name
 * that others go on from; its kids for the components that follow: nodes, or, where a
 * name ends and nothing goes on, the leaf itself.  Kids are a vfn_pmap by hash of their
 * component; nodes with the same hash are chained.  Sharing and editing are as in pmap.h:
 * a struct vfn_trie is one word, copied by vfn_trie_get(), changed along a path at a time.
 *
 * Pure code; the rules for exclusive access are those of pmap.h.
 */
#ifndef VFN_TRIE_H
#define VFN_TRIE_H

#include "name.h"
#include "pmap.h"
#include "word.h"

/**
 * struct vfn_twig - what stands for a component: a node, or a leaf of the user's
 * @leaf:	its key by name is the hash of the component
 * @payer:	who pays for it
 * @len:	bytes in the component
 * @at:		where the component begins, followed by a NUL, in bytes from here
 * @weight:	of a leaf
 * @is_node:	it is the first field of a struct vfn_node
 *
 * Constant once somebody else can reach it.
 */
struct vfn_twig {
	struct vfn_leaf leaf;
	u16 payer;
	u16 len;
	u8 at;
	u8 weight;
	bool is_node;
};

/**
 * struct vfn_dirname - a clean absolute name, shared by all that lies there
 * @ref:	nodes and the user's leaves
 * @payer:	who pays for it
 * @len:	strlen(@name)
 * @name:	"" for "/"
 */
struct vfn_dirname {
	refcount_t ref;
	u16 payer;
	u16 len;
	char name[];
};

struct vfn_node;

/**
 * struct vfn_way - the way that all names take which go on from a node
 * @name:	begins with it, no slash before it
 * @node:	the node it ends at, or NULL: there is no way
 * @len:	bytes in @name that count
 * @last:	where the last of its components begins
 *
 * No leaf lies at the nodes on the way, but perhaps at @node.
 */
struct vfn_way {
	const char *name;
	const struct vfn_node *node;
	u16 len;
	u16 last;
};

/**
 * struct vfn_node - a name that others go on from
 * @twig:	its last component
 * @kids:	twigs one component further down, by hash
 * @here:	the leaf at this name, or NULL
 * @chain:	next node with the same parent and hash, or NULL
 * @dirname:	its whole name, or NULL: no leaf lies there, or did
 * @weight:	sum of the weights of the leaves here and below
 * @way:	onwards, so that it needs no step for each component; only for nodes that are
 *		near the root
 * @name:	last component of the name
 *
 * Constant once somebody else can reach it.
 */
struct vfn_node {
	struct vfn_twig twig;
	struct vfn_pmap kids;
	struct vfn_twig *here;
	struct vfn_node *chain;
	struct vfn_dirname *dirname;
	u32 weight;
	struct vfn_way way;
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

static inline const char *vfn_twig_name(const struct vfn_twig *twig)
{
	return (const char *)twig + twig->at;
}

/* The node that @twig (or NULL) is, or NULL: no name goes on from there. */
static inline const struct vfn_node *vfn_twig_node(const struct vfn_twig *twig)
{
	return twig && twig->is_node ? (const struct vfn_node *)twig : NULL;
}

/* The user's leaf at the name that @twig, which isn't NULL, stands for, or NULL. */
static inline struct vfn_twig *vfn_twig_leaf(const struct vfn_twig *twig)
{
	return twig->is_node ? ((const struct vfn_node *)twig)->here : (struct vfn_twig *)twig;
}

/* The first of those with the same hash that a vfn_pmap of kids holds as @leaf. */
static inline const struct vfn_twig *vfn_trie_first(const struct vfn_leaf *leaf)
{
	return (const struct vfn_twig *)leaf;
}

/* The next of these, or NULL. */
static inline const struct vfn_twig *vfn_trie_next(const struct vfn_twig *twig)
{
	if (!twig->is_node)
		return NULL;
	return (const struct vfn_twig *)((const struct vfn_node *)twig)->chain;
}

static inline bool vfn_trie_same(const struct vfn_twig *twig, struct vfn_comp c)
{
	return twig->len == c.len && vfn_word_same(vfn_twig_name(twig), c.name, c.len);
}

/* The kid of @node for @c, which has a hash, or NULL. */
static inline const struct vfn_twig *vfn_trie_child(const struct vfn_node *node,
						    struct vfn_comp c)
{
	const struct vfn_leaf *leaf = vfn_pmap_only(&node->kids);
	const struct vfn_twig *twig;

	if (!leaf)
		leaf = vfn_pmap_find(&node->kids, VFN_BY_NAME, vfn_key(c.hash));
	else if (leaf->key[VFN_BY_NAME] != c.hash)
		return NULL;
	for (twig = vfn_trie_first(leaf); twig && !vfn_trie_same(twig, c);
	     twig = vfn_trie_next(twig))
		;
	return twig;
}

/* The kid of @node, if it has just one, or NULL. */
const struct vfn_twig *vfn_trie_only_kid(const struct vfn_node *node);

/* One of the kids of @node, or NULL if there are none. */
const struct vfn_twig *vfn_trie_any_kid(const struct vfn_node *node);

/* What stands for the clean absolute name @name, or NULL. */
const struct vfn_twig *vfn_trie_find(const struct vfn_trie *trie, const char *name);

/* A second owner of all that @trie holds. */
struct vfn_trie vfn_trie_get(const struct vfn_trie *trie);

/* Give the trie up; @free is called for leaves that nobody else holds. */
void vfn_trie_put(struct vfn_trie *trie, vfn_leaf_free_t free);

/*
 * Put @leaf at the clean absolute name @name, where there is none.  It has the last
 * component, whose hash becomes its key by name.  The caller's reference goes to the trie;
 * *@dirname becomes a reference to what comes before that component, for
 * vfn_dirname_put().
 * -ENOMEM: the trie holds what it held, but for the weights, which are wrong from
 * then on; the reference is the caller's, and *@dirname is as it was.
 */
int vfn_trie_add(struct vfn_trie *trie, const char *name, struct vfn_twig *leaf,
		 struct vfn_dirname **dirname);

/*
 * Take the leaf at @name out, and the nodes that then lead nowhere.  -ENOENT: there is
 * none.  -ENOMEM: as with vfn_trie_add().
 */
int vfn_trie_del(struct vfn_trie *trie, const char *name, vfn_leaf_free_t free);

/* @dirname may be NULL. */
void vfn_dirname_put(struct vfn_dirname *dirname);

#endif /* VFN_TRIE_H */
