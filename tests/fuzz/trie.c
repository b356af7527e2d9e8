// SPDX-License-Identifier: GPL-2.0
/* fuzzer: versions of persistent tries (kmod/trie.c), with allocations that fail */
#include "fuzz.h"
#include "text.h"

#define VERSIONS	4
#define LEAVES		32

/** struct leaf - what is put into tries */
struct leaf {
	struct vfn_twig twig;
	struct vfn_dirname *dirname;
	char name[];
};

/** struct entry - a leaf that is in a trie */
struct entry {
	const char *name;	/* clean */
	struct leaf *leaf;
};

/**
 * struct version - a trie, and what it must hold
 * @failed:	a change has failed: weights are wrong, and there may be nodes too many
 */
struct version {
	struct vfn_trie trie;
	bool failed;
	unsigned int nr;
	struct entry entries[LEAVES];
};

static void leaf_free(struct vfn_leaf *vfn_leaf, void *arg)
{
	struct leaf *leaf = (struct leaf *)vfn_leaf;

	vfn_dirname_put(leaf->dirname);
	kfree(leaf);
}

static const char *take_clean_name(struct input *in)
{
	char name[NAME_SIZE], clean[NAME_SIZE + 1];

	take_name(in, name);
	text_clean(name, clean);
	return keep(clean);
}

/* Where it is among the entries; the end if it isn't. */
static unsigned int find(const struct version *v, const char *name)
{
	unsigned int i;

	for (i = 0; i < v->nr && strcmp(v->entries[i].name, name); i++)
		;
	return i;
}

/* The components that follow the name @node stands for are those that entries have there. */
static void check_kids(const struct version *v, const char *name, const struct vfn_node *node)
{
	const struct vfn_leaf *leaf = vfn_pmap_next(&node->kids, VFN_BY_NAME, 0);
	const struct vfn_twig *kid, *any = vfn_trie_any_kid(node);
	unsigned int i, nr = 0;
	char child[NAME_SIZE + NAME_MAX];

	for (; leaf; leaf = vfn_pmap_after(&node->kids, VFN_BY_NAME, leaf)) {
		for (kid = vfn_trie_first(leaf); kid; kid = vfn_trie_next(kid), nr++) {
			check(kid->leaf.key[VFN_BY_NAME] == leaf->key[VFN_BY_NAME], "%s: %s",
			      name, vfn_twig_name(kid));
			check(strlen(vfn_twig_name(kid)) == kid->len, "%s: %s", name,
			      vfn_twig_name(kid));
			check(vfn_twig_node(kid) || vfn_twig_leaf(kid) == kid, "%s: %s", name,
			      vfn_twig_name(kid));
			if (v->failed)
				continue;
			strcpy(child, name[1] ? name : "");
			strcat(strcat(child, "/"), vfn_twig_name(kid));
			for (i = 0; i < v->nr && !text_covers(child, v->entries[i].name); i++)
				;
			check(i < v->nr, "%s leads nowhere", child);
		}
	}
	check(!!any == !!nr, "%s: %u kids", name, nr);
	if (vfn_trie_only_kid(node))
		check(nr == 1 && vfn_trie_only_kid(node) == any, "%s: %u kids", name, nr);
	else if (!v->failed)
		check(nr != 1, "%s", name);
}

/* It is @name, together with the leaf's own component. */
static void check_dirname(const char *name, const struct leaf *leaf)
{
	char whole[NAME_SIZE + 1];

	check(strlen(leaf->dirname->name) == leaf->dirname->len, "%s", name);
	strcpy(whole, leaf->dirname->name);
	strcat(strcat(whole, "/"), vfn_twig_name(&leaf->twig));
	check(!strcmp(whole, name), "%s, not %s", whole, name);
}

static void check_name(const struct version *v, const char *name)
{
	const struct vfn_twig *twig = vfn_trie_find(&v->trie, name);
	const struct vfn_node *node = vfn_twig_node(twig);
	unsigned int i, here = 0, below = 0;
	u32 weight = 0;

	for (i = 0; i < v->nr; i++) {
		if (text_covers(name, v->entries[i].name))
			weight += v->entries[i].leaf->twig.weight;
		below += text_is_above(name, v->entries[i].name);
		if (strcmp(v->entries[i].name, name))
			continue;
		here++;
		check(twig && vfn_twig_leaf(twig) == &v->entries[i].leaf->twig, "%s isn't found",
		      name);
		check_dirname(name, v->entries[i].leaf);
	}
	check(twig || !below, "%s isn't found", name);
	check(!twig || !vfn_twig_leaf(twig) == !here, "%s: %u leaves", name, here);
	if (!node) {
		check(!below, "%s: %u below", name, below);
		return;
	}
	check(!vfn_pmap_empty(&node->kids) || !below, "%s: %u below", name, below);
	check_kids(v, name, node);
	if (v->failed)
		return;
	check(node == v->trie.root || here || below, "%s is in vain", name);
	check(node->weight == weight, "%s: %u, not %u", name, node->weight, weight);
}

/*
 * A way goes through nodes that have one kid and no leaf; its text, which must still be
 * there, is that of their components.
 */
static void check_ways(const struct vfn_node *node)
{
	const struct vfn_way *way = &node->way;
	const struct vfn_node *at = node;
	const struct vfn_leaf *leaf;
	const struct vfn_twig *kid;
	unsigned int len = 0;

	while (way->node && at != way->node) {
		kid = vfn_trie_only_kid(at);
		check(kid && kid->is_node && (at == node || !at->here), "a way through leaves");
		check(!len || way->name[len++] == '/', "%s", way->name);
		check(len + kid->len <= way->len &&
		      !memcmp(way->name + len, vfn_twig_name(kid), kid->len), "%s, not %s",
		      way->name, vfn_twig_name(kid));
		at = vfn_twig_node(kid);
		check(at != way->node || way->last == len, "%s: %u", way->name, way->last);
		len += kid->len;
	}
	check(!way->node || (len == way->len && !vfn_pmap_empty(&at->kids)), "%s", way->name);
	for (leaf = vfn_pmap_next(&node->kids, VFN_BY_NAME, 0); leaf;
	     leaf = vfn_pmap_after(&node->kids, VFN_BY_NAME, leaf))
		for (kid = vfn_trie_first(leaf); kid; kid = vfn_trie_next(kid))
			if (kid->is_node)
				check_ways(vfn_twig_node(kid));
}

static void check_version(const struct version *v)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++)
		check_name(v, v->entries[i].name);
	check_name(v, "/");
	if (v->trie.root && !v->failed)
		check_ways(v->trie.root);
}

static struct leaf *leaf_new(const char *name, u32 weight)
{
	const char *last = strrchr(name, '/') + 1;
	struct leaf *leaf;

	leaf = kmalloc(sizeof(*leaf) + strlen(last) + 1, GFP_KERNEL_ACCOUNT);
	if (!leaf)
		return NULL;
	memset(leaf, 0, sizeof(*leaf));
	refcount_set(&leaf->twig.leaf.ref, 1);
	leaf->twig.len = strlen(last);
	leaf->twig.at = offsetof(struct leaf, name);
	leaf->twig.weight = weight;
	strcpy(leaf->name, last);
	return leaf;
}

static void add(struct version *v, const char *name, u32 weight)
{
	struct leaf *leaf;

	if (v->nr == LEAVES || find(v, name) < v->nr)
		return;
	leaf = leaf_new(name, weight);
	if (!leaf)
		return;
	if (vfn_trie_add(&v->trie, name, &leaf->twig, &leaf->dirname)) {
		check(failure_met() && refcount_read(&leaf->twig.leaf.ref) == 1, "%s", name);
		check(!leaf->dirname, "%s", name);
		kfree(leaf);
		v->failed = true;
		return;
	}
	v->entries[v->nr++] = (struct entry){ name, leaf };
}

static void del(struct version *v, const char *name)
{
	unsigned int i = find(v, name);
	int err;

	err = vfn_trie_del(&v->trie, name, leaf_free);
	if (i == v->nr) {
		check(err == -ENOENT, "%s: %d", name, err);
		return;
	}
	check(!err || (err == -ENOMEM && failure_met()), "%s: %d", name, err);
	if (err)
		v->failed = true;
	else
		v->entries[i] = v->entries[--v->nr];
}

static void copy(struct version *to, const struct version *from)
{
	struct version new = *from;

	new.trie = vfn_trie_get(&from->trie);
	vfn_trie_put(&to->trie, leaf_free);
	*to = new;
}

static void fuzz_one(struct input *in)
{
	struct version versions[VERSIONS] = {}, *v;
	const char *name;
	unsigned int i, what;

	while (!at_end(in)) {
		v = &versions[take(in, VERSIONS)];
		what = take(in, 8);
		name = what < 2 || !v->nr ? take_clean_name(in) :
					    v->entries[take(in, v->nr)].name;
		take_failure(in);
		switch (what) {
		case 0:
			copy(&versions[take(in, VERSIONS)], v);
			break;
		case 1:
		case 2:
		case 3:
			add(v, name, take(in, 2));
			break;
		case 4:
			check_name(v, name);
			break;
		case 5:
			del(v, name);
			break;
		default:
			i = v->nr ? take(in, v->nr) : 0;
			if (v->nr)
				del(v, v->entries[i].name);
			break;
		}
		shim_until_failure = -1;
		for (i = 0; i < VERSIONS; i++)
			check_version(&versions[i]);
	}
	for (i = 0; i < VERSIONS; i++)
		vfn_trie_put(&versions[i].trie, leaf_free);
}
