// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent trie of file names, keyed by path component
 */
#include <linux/errno.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "mem.h"
#include "trie.h"

u64 vfn_hash_seed[2];

u32 vfn_hash(struct vfn_comp c)
{
	u64 state = vfn_hash_seed[0], word;
	unsigned int i;

	for (i = 0; i + sizeof(word) <= c.len; i += sizeof(word))
		state = vfn_hash_mix(state, vfn_word(c.name + i));
	word = i < c.len ? vfn_word(c.name + i) & vfn_word_mask(c.len - i) : 0;
	return vfn_hash_mix(state, word) >> 32;
}

static struct vfn_node *to_vnode(struct vfn_leaf *leaf)
{
	return (struct vfn_node *)leaf;	/* leaf is the first field */
}

static struct vfn_node *node_alloc(struct vfn_comp c)
{
	struct vfn_node *node;
	u16 payer;

	node = vfn_mem_alloc(struct_size(node, name, c.len + 1), &payer);
	if (!node)
		return NULL;
	node->payer = payer;
	refcount_set(&node->leaf.ref, 1);
	node->leaf.key = c.hash;
	node->kids.root = 0;
	node->here.root = 0;
	node->chain = NULL;
	node->weight = 0;
	node->len = c.len;
	memcpy(node->name, c.name, c.len);
	node->name[c.len] = '\0';
	return node;
}

static void node_free(struct vfn_node *node)
{
	vfn_mem_free(node, struct_size(node, name, node->len + 1), node->payer);
}

/**
 * struct reaper - frees nodes without recursing along a path
 * @dead:	nodes nobody holds any more, linked by their chain
 * @free:	for the user's leaves
 */
struct reaper {
	struct vfn_node *dead;
	vfn_leaf_free_t free;
};

/* vfn_leaf_free_t of the maps of children */
static void bury(struct vfn_leaf *leaf, void *arg)
{
	struct vfn_node *node = to_vnode(leaf), *next;
	struct reaper *reaper = arg;

	/* The chain's next node loses the reference that this one held. */
	do {
		next = node->chain;
		node->chain = reaper->dead;
		reaper->dead = node;
		node = next;
	} while (node && refcount_dec_and_test(&node->leaf.ref));
}

static void free_leaf(struct vfn_leaf *leaf, void *arg)
{
	struct reaper *reaper = arg;

	reaper->free(leaf, NULL);
}

static void reap(struct reaper *reaper)
{
	struct vfn_node *node;

	while ((node = reaper->dead)) {
		reaper->dead = node->chain;
		vfn_pmap_put(&node->kids, bury, reaper);
		vfn_pmap_put(&node->here, free_leaf, reaper);
		node_free(node);
		cond_resched();
	}
}

static void node_put(struct vfn_node *node, vfn_leaf_free_t free)
{
	struct reaper reaper = { .free = free };

	if (!node || !refcount_dec_and_test(&node->leaf.ref))
		return;
	bury(&node->leaf, &reaper);
	reap(&reaper);
}

struct vfn_trie vfn_trie_get(const struct vfn_trie *trie)
{
	if (trie->root)
		refcount_inc(&trie->root->leaf.ref);
	return *trie;
}

void vfn_trie_put(struct vfn_trie *trie, vfn_leaf_free_t free)
{
	node_put(trie->root, free);
	trie->root = NULL;
}

/* Make *@at a node that only we can reach; its owner must be one already. */
static struct vfn_node *node_own(struct vfn_node **at)
{
	struct vfn_node *old = *at, *node;

	if (refcount_read(&old->leaf.ref) == 1) {
		/* Pairs with the release in refcount_dec. */
		smp_acquire__after_ctrl_dep();
		return old;
	}
	node = node_alloc((struct vfn_comp){ old->name, old->len, old->leaf.key });
	if (!node)
		return NULL;
	node->kids = vfn_pmap_get(&old->kids);
	node->here = vfn_pmap_get(&old->here);
	node->weight = old->weight;
	node->chain = old->chain;
	if (node->chain)
		refcount_inc(&node->chain->leaf.ref);
	*at = node;
	/*
	 * Others may have let go meanwhile and this be the last reference; all
	 * that the node holds has one of ours too, so no user's leaf dies.
	 */
	node_put(old, NULL);
	return node;
}

const struct vfn_node *vfn_trie_only_kid(const struct vfn_node *node)
{
	struct vfn_leaf *only = vfn_pmap_only(&node->kids);

	return only && !to_vnode(only)->chain ? to_vnode(only) : NULL;
}

const struct vfn_node *vfn_trie_any_kid(const struct vfn_node *node)
{
	struct vfn_leaf *first = vfn_pmap_next(&node->kids, 0);

	return first ? to_vnode(first) : NULL;
}

const struct vfn_node *vfn_trie_find(const struct vfn_trie *trie, const char *name)
{
	const struct vfn_node *node = trie->root;
	struct vfn_comp c;

	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c))
		node = vfn_trie_child(node, c);
	return node;
}

/*
 * Own the child of @node for @c and return where its pointer is kept, or NULL
 * (no memory).  @node is our own.  If there is no such child, *result is NULL.
 */
static struct vfn_node **child_own(struct vfn_node *node, struct vfn_comp c)
{
	struct vfn_node **at;
	struct vfn_leaf **slot;

	slot = vfn_pmap_edit(&node->kids, c.hash);
	if (!slot)
		return NULL;
	at = (struct vfn_node **)slot;
	for (;;) {
		if (!node_own(at))
			return NULL;
		if (vfn_trie_same(*at, c) || !(*at)->chain)
			return at;
		at = &(*at)->chain;
	}
}

/* The child of our own @node for @c, made ours, or made. */
static struct vfn_node *child_get_or_add(struct vfn_node *node, struct vfn_comp c)
{
	struct vfn_node **at, *kid;

	if (vfn_pmap_find(&node->kids, c.hash)) {
		at = child_own(node, c);
		if (!at)
			return NULL;
		if (vfn_trie_same(*at, c))
			return *at;
		kid = node_alloc(c);
		(*at)->chain = kid;
		return kid;
	}
	kid = node_alloc(c);
	if (kid && vfn_pmap_add(&node->kids, &kid->leaf)) {
		node_free(kid);
		return NULL;
	}
	return kid;
}

int vfn_trie_add(struct vfn_trie *trie, const char *name, struct vfn_leaf *leaf,
		 u32 weight)
{
	struct vfn_node *node;
	struct vfn_comp c;

	if (!trie->root) {
		trie->root = node_alloc((struct vfn_comp){ "", 0, 0 });
		if (!trie->root)
			return -ENOMEM;
	}
	node = node_own(&trie->root);
	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c)) {
		node->weight += weight;
		node = child_get_or_add(node, c);
	}
	if (!node)
		return -ENOMEM;
	node->weight += weight;
	return vfn_pmap_add(&node->here, leaf);
}

/* Take the child for @c, and all below it, away from our own @node. */
static int child_del(struct vfn_node *node, struct vfn_comp c, vfn_leaf_free_t free)
{
	struct reaper reaper = { .free = free };
	struct vfn_node **at, *kid;
	struct vfn_leaf **slot;
	int err;

	slot = vfn_pmap_edit(&node->kids, c.hash);
	if (!slot)
		return -ENOMEM;
	at = (struct vfn_node **)slot;
	for (;;) {
		if (!node_own(at))
			return -ENOMEM;
		if (vfn_trie_same(*at, c))
			break;
		at = &(*at)->chain;
	}
	kid = *at;
	if (&kid->leaf == *slot && !kid->chain) {
		err = vfn_pmap_del(&node->kids, c.hash, bury, &reaper);
		reap(&reaper);
		return err;
	}
	*at = kid->chain;
	kid->chain = NULL;
	node_put(kid, free);
	return 0;
}

int vfn_trie_del(struct vfn_trie *trie, const char *name, u32 key, u32 weight,
		 vfn_leaf_free_t free)
{
	const struct vfn_node *at;
	struct vfn_comp c, cut = vfn_comp_hash(name);
	struct vfn_node *node;

	/* @cut: the step after the last node on the way that leads elsewhere too. */
	at = trie->root;
	for (c = vfn_comp_hash(name); at && c.len; c = vfn_comp_hash_next(c)) {
		if (at == trie->root || !vfn_pmap_empty(&at->here) || !vfn_trie_only_kid(at))
			cut = c;
		at = vfn_trie_child(at, c);
	}
	if (!at || !vfn_pmap_find(&at->here, key))
		return -ENOENT;
	if (at == trie->root || !vfn_pmap_empty(&at->kids) || !vfn_pmap_only(&at->here))
		cut.len = 0;

	node = node_own(&trie->root);
	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c)) {
		struct vfn_node **kid;

		node->weight -= weight;
		if (c.name == cut.name && cut.len)
			return child_del(node, c, free);
		kid = child_own(node, c);
		node = kid ? *kid : NULL;
	}
	if (!node)
		return -ENOMEM;
	node->weight -= weight;
	return vfn_pmap_del(&node->here, key, free, NULL);
}
