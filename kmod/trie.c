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

static struct vfn_twig *to_twig(struct vfn_leaf *leaf)
{
	return (struct vfn_twig *)leaf;	/* leaf is the first field */
}

static struct vfn_node *to_vnode(struct vfn_twig *twig)
{
	return (struct vfn_node *)twig;	/* twig is the first field */
}

static struct vfn_node *node_alloc(struct vfn_comp c)
{
	struct vfn_node *node;
	u16 payer;

	node = vfn_mem_alloc(struct_size(node, name, c.len + 1), &payer);
	if (!node)
		return NULL;
	memset(node, 0, sizeof(*node));
	refcount_set(&node->twig.leaf.ref, 1);
	node->twig.leaf.key[VFN_BY_NAME] = c.hash;
	node->twig.payer = payer;
	node->twig.len = c.len;
	node->twig.at = offsetof(struct vfn_node, name);
	node->twig.is_node = true;
	memcpy(node->name, c.name, c.len);
	node->name[c.len] = '\0';
	return node;
}

static struct vfn_comp comp_of(const struct vfn_twig *twig)
{
	return (struct vfn_comp){ vfn_twig_name(twig), twig->len, twig->leaf.key[VFN_BY_NAME] };
}

static void node_free(struct vfn_node *node)
{
	vfn_mem_free(node, struct_size(node, name, node->twig.len + 1), node->twig.payer);
}

static struct vfn_dirname *dirname_new(const char *name, unsigned int len)
{
	struct vfn_dirname *dirname;
	u16 payer;

	dirname = vfn_mem_alloc(struct_size(dirname, name, len + 1), &payer);
	if (!dirname)
		return NULL;
	refcount_set(&dirname->ref, 1);
	dirname->payer = payer;
	dirname->len = len;
	memcpy(dirname->name, name, len);
	dirname->name[len] = '\0';
	return dirname;
}

static struct vfn_dirname *dirname_get(struct vfn_dirname *dirname)
{
	if (dirname)
		refcount_inc(&dirname->ref);
	return dirname;
}

void vfn_dirname_put(struct vfn_dirname *dirname)
{
	if (dirname && refcount_dec_and_test(&dirname->ref))
		vfn_mem_free(dirname, struct_size(dirname, name, dirname->len + 1),
			     dirname->payer);
}

static void leaf_put(struct vfn_twig *twig, vfn_leaf_free_t free)
{
	if (twig && refcount_dec_and_test(&twig->leaf.ref))
		free(&twig->leaf, NULL);
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

/* vfn_leaf_free_t of the maps of kids */
static void bury(struct vfn_leaf *leaf, void *arg)
{
	struct vfn_twig *twig = to_twig(leaf);
	struct vfn_node *node, *next;
	struct reaper *reaper = arg;

	if (!twig->is_node) {
		reaper->free(leaf, NULL);
		return;
	}
	/* The chain's next node loses the reference that this one held. */
	node = to_vnode(twig);
	do {
		next = node->chain;
		node->chain = reaper->dead;
		reaper->dead = node;
		node = next;
	} while (node && refcount_dec_and_test(&node->twig.leaf.ref));
}

static void reap(struct reaper *reaper)
{
	struct vfn_node *node;

	while ((node = reaper->dead)) {
		reaper->dead = node->chain;
		vfn_pmap_put(&node->kids, bury, reaper);
		leaf_put(node->here, reaper->free);
		vfn_dirname_put(node->dirname);
		node_free(node);
		cond_resched();
	}
}

static void node_put(struct vfn_node *node, vfn_leaf_free_t free)
{
	struct reaper reaper = { .free = free };

	if (!node || !refcount_dec_and_test(&node->twig.leaf.ref))
		return;
	bury(&node->twig.leaf, &reaper);
	reap(&reaper);
}

struct vfn_trie vfn_trie_get(const struct vfn_trie *trie)
{
	if (trie->root)
		refcount_inc(&trie->root->twig.leaf.ref);
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

	if (refcount_read(&old->twig.leaf.ref) == 1) {
		/* Pairs with the release in refcount_dec. */
		smp_acquire__after_ctrl_dep();
		return old;
	}
	node = node_alloc(comp_of(&old->twig));
	if (!node)
		return NULL;
	node->kids = vfn_pmap_get(&old->kids);
	node->here = old->here;
	if (node->here)
		refcount_inc(&node->here->leaf.ref);
	node->dirname = dirname_get(old->dirname);
	node->weight = old->weight;
	node->way = old->way;
	node->chain = old->chain;
	if (node->chain)
		refcount_inc(&node->chain->twig.leaf.ref);
	*at = node;
	/*
	 * Others may have let go meanwhile and this be the last reference; all
	 * that the node holds has one of ours too, so no user's leaf dies.
	 */
	node_put(old, NULL);
	return node;
}

const struct vfn_twig *vfn_trie_only_kid(const struct vfn_node *node)
{
	struct vfn_leaf *only = vfn_pmap_only(&node->kids);

	return only && !vfn_trie_next(to_twig(only)) ? to_twig(only) : NULL;
}

const struct vfn_twig *vfn_trie_any_kid(const struct vfn_node *node)
{
	return to_twig(vfn_pmap_next(&node->kids, VFN_BY_NAME, 0));
}

const struct vfn_twig *vfn_trie_find(const struct vfn_trie *trie, const char *name)
{
	const struct vfn_twig *twig = (const struct vfn_twig *)trie->root;
	struct vfn_comp c;

	for (c = vfn_comp_hash(name); twig && c.len; c = vfn_comp_hash_next(c))
		twig = twig->is_node ? vfn_trie_child(vfn_twig_node(twig), c) : NULL;
	return twig;
}

/* In the place of a leaf that others are to go on from, a node that has it; NULL: no memory. */
static struct vfn_node *unfold(struct vfn_leaf **slot)
{
	struct vfn_twig *leaf = to_twig(*slot);
	struct vfn_node *node = node_alloc(comp_of(leaf));

	if (!node)
		return NULL;
	node->here = leaf;
	node->weight = leaf->weight;
	*slot = &node->twig.leaf;
	return node;
}

/*
 * Own the kid of @node, our own, for @c, and return where the pointer to it is kept, or
 * NULL (no memory).  It is a node, made so if it must; if there is no kid for @c, it is
 * the last one of those with the same hash.
 */
static struct vfn_node **child_own(struct vfn_node *node, struct vfn_comp c)
{
	struct vfn_leaf **slot;
	struct vfn_node **at;

	slot = vfn_pmap_edit(&node->kids, VFN_BY_NAME, vfn_key(c.hash));
	if (!slot || (!to_twig(*slot)->is_node && !unfold(slot)))
		return NULL;
	at = (struct vfn_node **)slot;
	for (;;) {
		if (!node_own(at))
			return NULL;
		if (vfn_trie_same(&(*at)->twig, c) || !(*at)->chain)
			return at;
		at = &(*at)->chain;
	}
}

/* Has @node a kid with the hash of @c? */
static bool has_hash(const struct vfn_node *node, struct vfn_comp c)
{
	return vfn_pmap_find(&node->kids, VFN_BY_NAME, vfn_key(c.hash));
}

/* The kid of our own @node for @c, a node, made ours, or made. */
static struct vfn_node *child_get_or_add(struct vfn_node *node, struct vfn_comp c)
{
	struct vfn_node **at, *kid;

	if (has_hash(node, c)) {
		at = child_own(node, c);
		if (!at)
			return NULL;
		if (vfn_trie_same(&(*at)->twig, c))
			return *at;
		kid = node_alloc(c);
		(*at)->chain = kid;
		return kid;
	}
	kid = node_alloc(c);
	if (kid && vfn_pmap_add(&node->kids, VFN_BY_NAME, &kid->twig.leaf)) {
		node_free(kid);
		return NULL;
	}
	return kid;
}

/* @leaf at @c in the directory that our own @node stands for. */
static int leaf_add(struct vfn_node *node, struct vfn_comp c, struct vfn_twig *leaf)
{
	leaf->leaf.key[VFN_BY_NAME] = c.hash;
	if (c.len && !has_hash(node, c))
		return vfn_pmap_add(&node->kids, VFN_BY_NAME, &leaf->leaf);
	if (c.len) {
		node = child_get_or_add(node, c);
		if (!node)
			return -ENOMEM;
		node->weight += leaf->weight;
	}
	node->here = leaf;
	return 0;
}

/* How far from the root nodes have a way. */
#define MOST_WAYS	16

/**
 * struct descent - the nodes that an edit went through, all its own
 * @nr:		how many are kept
 * @node:	those nearest to the root
 * @at:		where in a name that leads there the next component begins
 */
struct descent {
	unsigned int nr;
	struct vfn_node *node[MOST_WAYS];
	u16 at[MOST_WAYS];
};

static void pass_node(struct descent *d, struct vfn_node *node, unsigned int at)
{
	node->way = (struct vfn_way){};
	if (d->nr == MOST_WAYS)
		return;
	d->node[d->nr] = node;
	d->at[d->nr++] = at;
}

/* Somewhere below @node, or there, is a dirname, which stays as long as what lies below does. */
static const struct vfn_dirname *dirname_below(const struct vfn_node *node)
{
	while (node && !node->dirname)
		node = vfn_twig_node(vfn_trie_any_kid(node));
	return node ? node->dirname : NULL;
}

/* The way from @node, which has none, if those below have theirs. */
static void set_way(struct vfn_node *node, unsigned int at)
{
	const struct vfn_node *kid = vfn_twig_node(vfn_trie_only_kid(node));
	const struct vfn_dirname *dirname;
	unsigned int len;

	if (!kid || vfn_pmap_empty(&kid->kids))
		return;
	len = kid->twig.len;
	if (!kid->here && kid->way.node) {
		node->way.name = kid->way.name - len - 1;
		node->way.last = len + 1 + kid->way.last;
		node->way.len = len + 1 + kid->way.len;
		node->way.node = kid->way.node;
		return;
	}
	dirname = dirname_below(kid);
	if (dirname)
		node->way = (struct vfn_way){ dirname->name + at, kid, len, 0 };
}

static void set_ways(struct descent *d)
{
	while (d->nr--)
		set_way(d->node[d->nr], d->at[d->nr]);
}

int vfn_trie_add(struct vfn_trie *trie, const char *name, struct vfn_twig *leaf,
		 struct vfn_dirname **dirname)
{
	struct vfn_comp c = vfn_comp_hash(name), next;
	struct descent d = { 0 };
	struct vfn_node *node;
	int err;

	if (!trie->root) {
		trie->root = node_alloc((struct vfn_comp){ "", 0, 0 });
		if (!trie->root)
			return -ENOMEM;
	}
	node = node_own(&trie->root);
	/* To the directory that it lies in. */
	for (; node && c.len; c = next) {
		next = vfn_comp_hash_next(c);
		if (!next.len)
			break;
		node->weight += leaf->weight;
		pass_node(&d, node, c.name - name);
		node = child_get_or_add(node, c);
	}
	if (!node)
		return -ENOMEM;
	node->weight += leaf->weight;
	pass_node(&d, node, c.name - name);
	if (!node->dirname)
		node->dirname = dirname_new(name, c.name - 1 - name);
	if (!node->dirname)
		return -ENOMEM;
	err = leaf_add(node, c, leaf);
	if (err)
		return err;
	set_ways(&d);
	*dirname = dirname_get(node->dirname);
	return 0;
}

/* Take the kid for @c, and all below it, away from our own @node. */
static int child_del(struct vfn_node *node, struct vfn_comp c, vfn_leaf_free_t free)
{
	struct reaper reaper = { .free = free };
	const struct vfn_leaf *only;
	struct vfn_node **at, *kid;
	int err;

	only = vfn_pmap_find(&node->kids, VFN_BY_NAME, vfn_key(c.hash));
	if (!vfn_trie_next(vfn_trie_first(only))) {
		err = vfn_pmap_del(&node->kids, VFN_BY_NAME, vfn_key(c.hash), bury, &reaper);
		reap(&reaper);
		return err;
	}
	at = child_own(node, c);
	if (!at)
		return -ENOMEM;
	kid = *at;
	*at = kid->chain;
	kid->chain = NULL;
	node_put(kid, free);
	return 0;
}

int vfn_trie_del(struct vfn_trie *trie, const char *name, vfn_leaf_free_t free)
{
	const struct vfn_twig *at = (const struct vfn_twig *)trie->root;
	struct vfn_comp c, cut = vfn_comp_hash(name);
	const struct vfn_node *way;
	struct descent d = { 0 };
	struct vfn_twig *leaf;
	struct vfn_node *node;
	int err;

	/* @cut: the step after the last node on the way that leads elsewhere too. */
	for (c = cut; at && c.len; c = vfn_comp_hash_next(c)) {
		way = vfn_twig_node(at);
		if (!way)
			return -ENOENT;
		if (way == trie->root || way->here || !vfn_trie_only_kid(way))
			cut = c;
		at = vfn_trie_child(way, c);
	}
	leaf = at ? vfn_twig_leaf(at) : NULL;
	if (!leaf)
		return -ENOENT;
	way = vfn_twig_node(at);
	if (way && (way == trie->root || !vfn_pmap_empty(&way->kids)))
		cut.len = 0;

	node = node_own(&trie->root);
	for (c = vfn_comp_hash(name); node && c.len; c = vfn_comp_hash_next(c)) {
		struct vfn_node **kid;

		node->weight -= leaf->weight;
		pass_node(&d, node, c.name - name);
		if (c.name == cut.name && cut.len) {
			err = child_del(node, c, free);
			if (!err)
				set_ways(&d);
			return err;
		}
		kid = child_own(node, c);
		node = kid ? *kid : NULL;
	}
	if (!node)
		return -ENOMEM;
	node->weight -= leaf->weight;
	node->here = NULL;
	/* Its own way is the same; those that end here may lead on now. */
	set_ways(&d);
	leaf_put(leaf, free);
	return 0;
}
