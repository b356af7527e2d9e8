// SPDX-License-Identifier: GPL-2.0
/* fuzzer: versions of persistent tries (kmod/trie.c), with allocations that fail */
#include "fuzz.h"
#include "text.h"

#define VERSIONS	4
#define LEAVES		32

/** struct entry - a leaf that is in a trie */
struct entry {
	const char *name;	/* clean */
	u32 key;
	u32 weight;
	struct vfn_leaf *leaf;
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

static void leaf_free(struct vfn_leaf *leaf, void *arg)
{
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
static unsigned int find(const struct version *v, const char *name, u32 key)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++)
		if (!strcmp(v->entries[i].name, name) && v->entries[i].key == key)
			break;
	return i;
}

/* The components that follow the name @node stands for are those that entries have there. */
static void check_kids(const struct version *v, const char *name, const struct vfn_node *node)
{
	const struct vfn_leaf *leaf = vfn_pmap_next(&node->kids, 0);
	const struct vfn_node *kid, *any = vfn_trie_any_kid(node);
	unsigned int i, nr = 0;
	char child[NAME_SIZE + NAME_MAX];

	for (; leaf; leaf = leaf->key == U32_MAX ? NULL : vfn_pmap_next(&node->kids, leaf->key + 1)) {
		for (kid = vfn_trie_first(leaf); kid; kid = kid->chain, nr++) {
			check(kid->leaf.key == leaf->key, "%s: %s", name, kid->name);
			check(strlen(kid->name) == kid->len, "%s: %s", name, kid->name);
			if (v->failed)
				continue;
			strcpy(child, name[1] ? name : "");
			strcat(strcat(child, "/"), kid->name);
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

static void check_name(const struct version *v, const char *name)
{
	const struct vfn_node *node = vfn_trie_find(&v->trie, name);
	const struct vfn_leaf *leaf;
	unsigned int i, here = 0, below = 0;
	u32 weight = 0;

	for (i = 0; i < v->nr; i++) {
		if (text_covers(name, v->entries[i].name))
			weight += v->entries[i].weight;
		below += text_is_above(name, v->entries[i].name);
		if (strcmp(v->entries[i].name, name))
			continue;
		here++;
		check(node, "%s isn't found", name);
		leaf = vfn_pmap_find(&node->here, v->entries[i].key);
		check(leaf == v->entries[i].leaf, "%s: %u", name, v->entries[i].key);
	}
	check(node || !below, "%s isn't found", name);
	if (!node)
		return;
	check(vfn_pmap_empty(&node->here) == !here, "%s: %u leaves", name, here);
	check(!vfn_pmap_empty(&node->kids) || !below, "%s: %u below", name, below);
	check_kids(v, name, node);
	if (v->failed)
		return;
	check(node == v->trie.root || here || below, "%s is in vain", name);
	check(node->weight == weight, "%s: %u, not %u", name, node->weight, weight);
}

static void check_version(const struct version *v)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++)
		check_name(v, v->entries[i].name);
	check_name(v, "/");
}

static void add(struct version *v, const char *name, u32 key, u32 weight)
{
	struct vfn_leaf *leaf;

	if (v->nr == LEAVES || find(v, name, key) < v->nr)
		return;
	leaf = kmalloc(sizeof(*leaf), GFP_KERNEL_ACCOUNT);
	if (!leaf)
		return;
	refcount_set(&leaf->ref, 1);
	leaf->key = key;
	if (vfn_trie_add(&v->trie, name, leaf, weight)) {
		check(failure_met() && refcount_read(&leaf->ref) == 1, "%s", name);
		kfree(leaf);
		v->failed = true;
		return;
	}
	v->entries[v->nr++] = (struct entry){ name, key, weight, leaf };
}

static void del(struct version *v, const char *name, u32 key)
{
	unsigned int i = find(v, name, key);
	int err;

	err = vfn_trie_del(&v->trie, name, key, i < v->nr ? v->entries[i].weight : 0, leaf_free);
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
			add(v, name, take(in, 4), take(in, 2));
			break;
		case 4:
			check_name(v, name);
			break;
		case 5:
			del(v, name, take(in, 4));
			break;
		default:
			i = v->nr ? take(in, v->nr) : 0;
			if (v->nr)
				del(v, v->entries[i].name, v->entries[i].key);
			break;
		}
		shim_until_failure = -1;
		for (i = 0; i < VERSIONS; i++)
			check_version(&versions[i]);
	}
	for (i = 0; i < VERSIONS; i++)
		vfn_trie_put(&versions[i].trie, leaf_free);
}
