/* SPDX-License-Identifier: GPL-2.0 */
/* a table as a list, and what it must say of names: naively, by text */
#ifndef FUZZ_TWIN_H
#define FUZZ_TWIN_H

#include <errno.h>
#include <string.h>

#include <linux/types.h>
#include <linux/vfn.h>

#include "text.h"

#define TWIN_MAX	16

/** struct twin_map - a mapping; see struct vfn_mapping */
struct twin_map {
	u32 key;
	u16 op;
	u16 flags;
	const char *from;
	const char *to;
	const char *real;
};

/** struct twin - the mappings, the oldest first; see struct vfn_table */
struct twin {
	bool sealed;
	u32 next;
	unsigned int nr;
	struct twin_map map[TWIN_MAX];
};

static inline int twin_del(struct twin *twin, const char *from)
{
	unsigned int i;

	for (i = 0; i < twin->nr; i++) {
		if (strcmp(twin->map[i].from, from))
			continue;
		memmove(&twin->map[i], &twin->map[i + 1],
			(--twin->nr - i) * sizeof(twin->map[0]));
		return 0;
	}
	return -ENOENT;
}

static inline int twin_add(struct twin *twin, const struct twin_map *map, unsigned int max)
{
	twin_del(twin, map->from);
	if (twin->nr >= max || twin->next == U32_MAX)
		return -ENOSPC;
	twin->map[twin->nr] = *map;
	twin->map[twin->nr++].key = twin->next++;
	return 0;
}

/* The mapping with the longest FROM that covers @name, which has no ".."; -1: there is none. */
static inline int twin_match(const struct twin *twin, const char *name)
{
	char clean[strlen(name) + 2];
	int best = -1;
	unsigned int i;

	text_clean(name, clean);
	for (i = 0; i < twin->nr; i++)
		if (text_covers(twin->map[i].from, clean) &&
		    (best < 0 || text_is_above(twin->map[best].from, twin->map[i].from)))
			best = i;
	return best;
}

/* Is @name, which has no "..", a proper ancestor of some FROM? */
static inline bool twin_inside(const struct twin *twin, const char *name)
{
	char clean[strlen(name) + 2];
	unsigned int i;

	text_clean(name, clean);
	for (i = 0; i < twin->nr; i++)
		if (text_is_above(clean, twin->map[i].from))
			return true;
	return false;
}

static inline bool twin_has_part(const struct twin *twin, const char *part, size_t len)
{
	unsigned int i;

	for (i = 0; i < twin->nr; i++)
		if (text_has_part(twin->map[i].from, part, len))
			return true;
	return false;
}

/*
 * Does @name have a ".." such that text can't tell what it means?  One that follows a
 * name the table has to do with, or that may lead to one again.
 */
static inline bool twin_dots(const struct twin *twin, const char *name)
{
	char before[strlen(name) + 1];
	const char *p = name;
	bool first = true;
	size_t len;

	len = twin->nr ? text_next(&p) : 0;
	while (len) {
		if (!text_is_dotdot(p, len)) {
			len = text_next(&p);
			continue;
		}
		memcpy(before, name, p - len - name);
		before[p - len - name] = '\0';
		if (first && (twin_match(twin, before) >= 0 || twin_inside(twin, before)))
			return true;
		first = false;
		len = text_next(&p);
		if (!len || (!text_is_dotdot(p, len) && twin_has_part(twin, p - len, len)))
			return true;
	}
	return false;
}

/* May @name be taken for one that the table has nothing to do with? */
static inline bool twin_may_miss(const struct twin *twin, const char *name)
{
	const char *p = name;
	size_t len;

	if (name[0] != '/') {
		len = text_next(&p);
		return !twin->nr || !len ||
		       (!twin_has_part(twin, p - len, len) && !text_has_dotdot(name));
	}
	if (text_has_dotdot(name))
		return !twin_dots(twin, name);
	return twin_match(twin, name) < 0 && !twin_inside(twin, name);
}

/* Is @real, clean, what @map leads to, by some name that @map is the one to cover? */
static inline bool twin_leads(const struct twin *twin, const struct twin_map *map,
			      const char *real)
{
	char name[strlen(map->from) + strlen(real) + 1];

	if (map->op != VFN_OP_MAP || !text_covers(map->real, real))
		return false;
	strcpy(name, map->from);
	strcat(name, real + (map->real[1] ? strlen(map->real) : 0));
	return twin_match(twin, name) == map - twin->map;
}

/* The mapping by which the view names the object @real; -1: none; -ENOENT: it has no name. */
static inline int twin_reverse(const struct twin *twin, const char *real)
{
	unsigned int i;

	for (i = 0; i < twin->nr; i++)
		if (twin_leads(twin, &twin->map[i], real))
			return i;
	return twin_match(twin, real) < 0 ? -1 : -ENOENT;
}

#endif /* FUZZ_TWIN_H */
