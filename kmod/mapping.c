// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings: what one name means
 */
#include <linux/overflow.h>
#include <linux/string.h>

#include <uapi/linux/vfn.h>

#include "mapping.h"
#include "mem.h"

static size_t mapping_size(size_t name_len, size_t to_len, size_t real_size)
{
	struct vfn_mapping *map;

	return struct_size(map, name, name_len + 1 + to_len + 1 + real_size);
}

size_t vfn_mapping_bytes(const struct vfn_mapping *map)
{
	return mapping_size(map->twig.len, map->to_len,
			    map->moved ? strlen(vfn_mapping_real(map)) + 1 : 0);
}

void vfn_mapping_free(struct vfn_leaf *leaf, void *arg)
{
	struct vfn_mapping *map = (struct vfn_mapping *)leaf;	/* its first field */

	vfn_dirname_put(map->dirname);
	vfn_mem_free(map, vfn_mapping_bytes(map), map->twig.payer);
}

struct vfn_mapping *vfn_mapping_new(const struct vfn_mapped *what)
{
	const char *name = strrchr(what->from, '/') + 1;
	size_t name_len = strlen(name), to_len = strlen(what->to), real_size = 0;
	struct vfn_mapping *map;
	u16 payer;

	if (what->real && strcmp(what->real, what->to))
		real_size = strlen(what->real) + 1;
	map = vfn_mem_alloc(mapping_size(name_len, to_len, real_size), &payer);
	if (!map)
		return NULL;
	memset(map, 0, sizeof(*map));
	refcount_set(&map->twig.leaf.ref, 1);
	map->twig.payer = payer;
	map->twig.len = name_len;
	map->twig.at = offsetof(struct vfn_mapping, name);
	map->twig.weight = what->op == VFN_OP_MAP;
	map->to_len = to_len;
	map->op = what->op;
	map->flags = what->flags;
	map->exempt = what->op == VFN_OP_MAP && !strcmp(what->from, what->to);
	map->moved = real_size;
	memcpy(map->name, name, name_len + 1);
	memcpy(map->name + name_len + 1, what->to, to_len + 1);
	if (real_size)
		memcpy(map->name + name_len + 1 + to_len + 1, what->real, real_size);
	return map;
}

unsigned int vfn_mapping_put_from(const struct vfn_mapping *map, char *buf)
{
	unsigned int len = map->dirname->len;

	memcpy(buf, map->dirname->name, len);
	buf[len++] = '/';
	memcpy(buf + len, map->name, map->twig.len);
	return len + map->twig.len;
}

const char *vfn_mapping_from(const struct vfn_mapping *map, char *buf)
{
	buf[vfn_mapping_put_from(map, buf)] = '\0';
	return buf;
}
