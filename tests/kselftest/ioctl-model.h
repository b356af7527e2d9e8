/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ioctl-fuzz knows of a table: the mappings as a list, and what edits must make of it
 *
 * All names are of things that don't exist, so that no symlink and no directory matters.
 */
#ifndef KSELFTEST_IOCTL_MODEL_H
#define KSELFTEST_IOCTL_MODEL_H

#include <limits.h>
#include <stdint.h>

#include <linux/vfn.h>

#include "tap.h"

#define MODEL_MAX	40	/* what max_mappings is while the test runs */
#define MODEL_NAME	512

/**
 * struct model_map - a mapping
 * @serial:	the larger, the younger
 */
struct model_map {
	unsigned int op;
	unsigned int flags;
	unsigned long serial;
	char from[MODEL_NAME];
	char to[MODEL_NAME];
};

/** struct model - a table; the oldest mapping comes first */
struct model {
	bool sealed;
	unsigned int nr;
	unsigned long next;
	struct model_map map[MODEL_MAX];
};

/* Is @name @from or below it?  Both are clean. */
static inline bool model_covers(const char *from, const char *name)
{
	size_t len = from[1] ? strlen(from) : 0;

	return !strncmp(from, name, len) && (!name[len] || name[len] == '/');
}

/* The mapping with the longest FROM that covers @name, or NULL. */
static inline const struct model_map *model_match(const struct model *m, const char *name)
{
	const struct model_map *best = NULL;
	unsigned int i;

	for (i = 0; i < m->nr; i++)
		if (model_covers(m->map[i].from, name) &&
		    (!best || strlen(m->map[i].from) > strlen(best->from)))
			best = &m->map[i];
	return best;
}

/* What @name really is.  -ENOENT: it is hidden; -E2BIG: it is too long for a model. */
static inline int model_translate(const struct model *m, const char *name, char *real)
{
	const struct model_map *map = model_match(m, name);
	const char *head = map ? map->to : "", *rest = name;
	int len;

	if (map && map->op == VFN_OP_HIDE)
		return -ENOENT;
	if (map && map->from[1])
		rest += strlen(map->from);
	if (!rest[0] || !rest[1])
		rest = "";
	if (head[0] && !head[1] && rest[0])
		head = "";
	len = snprintf(real, MODEL_NAME, "%s%s", head, rest);
	if (!len)
		strcpy(real, "/");
	return len < MODEL_NAME ? 0 : -E2BIG;
}

static inline int model_unmap(struct model *m, const char *from)
{
	unsigned int i;

	for (i = 0; i < m->nr; i++) {
		if (strcmp(m->map[i].from, from))
			continue;
		memmove(&m->map[i], &m->map[i + 1], (--m->nr - i) * sizeof(m->map[0]));
		return 0;
	}
	return ENOENT;
}

/* The clean names @from and @to; @old is the table before the batch.  The errno, or 0. */
static inline int model_map(struct model *m, const struct model *old, unsigned int op,
			    unsigned int flags, const char *from, const char *to)
{
	struct model_map *map;
	char real[MODEL_NAME] = "";
	int err = op == VFN_OP_MAP ? model_translate(old, to, real) : 0;

	if (err)
		return -err;
	model_unmap(m, from);
	if (m->nr == MODEL_MAX)
		return ENOSPC;
	map = &m->map[m->nr++];
	map->op = op;
	map->flags = flags;
	map->serial = m->next++;
	strcpy(map->from, from);
	strcpy(map->to, real);
	return 0;
}

/* What is wrong with the entry @e, which is to say @map and has @room bytes; NULL: nothing. */
static inline const char *model_entry_fault(const struct vfn_entry *e, size_t room,
					    const struct model_map *map)
{
	size_t from_len = strlen(map->from), to_len = strlen(map->to), i;
	size_t size = (sizeof(*e) + from_len + to_len + 2 + 7) & ~7ul;

	if (room < size || e->size != size)
		return "its size";
	if (e->op != map->op || e->flags != map->flags)
		return "what it is";
	if (e->from_len != from_len || e->to_len != to_len || e->reserved)
		return "its lengths";
	if (strcmp(e->names, map->from) || strcmp(e->names + from_len + 1, map->to))
		return "its names";
	for (i = from_len + to_len + 2; i < size - sizeof(*e); i++)
		if (e->names[i])
			return "what is behind its names";
	return NULL;
}

#endif /* KSELFTEST_IOCTL_MODEL_H */
