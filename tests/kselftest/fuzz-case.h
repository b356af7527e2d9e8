/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case of names-fuzz: a tree, mappings, operations, and what came of them
 *
 * A case has a form as text, one line a thing; "@" stands for the directory that
 * the tree is in, "%" for a byte that is not UTF-8, and no name has a space.  A name
 * that is empty is written "-".
 */
#ifndef KSELFTEST_FUZZ_CASE_H
#define KSELFTEST_FUZZ_CASE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "tap.h"

#define FUZZ_TOP	"/vfn-fuzz"	/* "@", which ordinary users can't write around */
#define FUZZ_USER	1000
#define FUZZ_NAME	340		/* two components of 255 don't fit, one does */
#define FUZZ_ITEMS	64
#define FUZZ_MAPS	6
#define FUZZ_OPS	100
#define FUZZ_TAGS	1024
#define FUZZ_RESULT	1600
#define FUZZ_SLOTS	3

/**
 * struct fuzz_item - something in the tree, in the order of making
 * @kind:	d: directory, f: file, l: symlink, h: hard link, p: fifo,
 *		x: program, s: script
 * @name:	its name, relative to "@"
 * @body:	what a symlink says; the other name of a hard link; a script's
 *		interpreter
 */
struct fuzz_item {
	char kind;
	char name[FUZZ_NAME];
	char body[FUZZ_NAME];
};

/** struct fuzz_map - a mapping: names that begin with "@" */
struct fuzz_map {
	char from[FUZZ_NAME];
	char to[FUZZ_NAME];
};

#define FUZZ_KINDS(X) \
	X(STAT, "stat") X(LSTAT, "lstat") X(ACCESS, "access") X(OPEN, "open") \
	X(OPENAT2, "openat2") X(READLINK, "readlink") X(CHDIR, "chdir") \
	X(GETCWD, "getcwd") X(FDNAME, "fdname") X(LIST, "list") X(SLOT, "slot") \
	X(UNLINK, "unlink") X(RMDIR, "rmdir") X(MKDIR, "mkdir") \
	X(SYMLINK, "symlink") X(LINK, "link") X(RENAME, "rename") \
	X(MKFIFO, "mkfifo") X(CHMOD, "chmod") X(TRUNCATE, "truncate") \
	X(EXEC, "exec") X(BIND, "bind") X(CONNECT, "connect")

#define FUZZ_ENUM(name, text) FUZZ_##name,
enum fuzz_kind { FUZZ_KINDS(FUZZ_ENUM) FUZZ_NR_KINDS };

#define FUZZ_TEXT(name, text) text,
static const char *const fuzz_kinds[] = { FUZZ_KINDS(FUZZ_TEXT) };

/* fuzz_op.base and @base2: what a name is relative to */
#define FUZZ_CWD	(-1)
#define FUZZ_ABS	(-2)	/* it begins with "@" or "/" */

/**
 * struct fuzz_op - an operation
 * @kind:	enum fuzz_kind
 * @base:	FUZZ_CWD, FUZZ_ABS or a slot: what @name is relative to
 * @base2:	the same of @name2
 * @flags:	open flags, mode, link or rename flags, kind of listing, slot
 * @more:	RESOLVE_* for openat2
 * @name:	its name
 * @name2:	the new name of a link or rename; what a symlink says
 */
struct fuzz_op {
	unsigned int kind;
	int base;
	int base2;
	unsigned int flags;
	unsigned int more;
	char name[FUZZ_NAME];
	char name2[FUZZ_NAME];
};

/** struct fuzz_tag - an object and what it is called in results */
struct fuzz_tag {
	uint64_t ino;
	int item;	/* of the tree; -1: made by an operation */
	int number;	/* of those that were */
};

/**
 * struct fuzz_side - one of the two ways that a case is made
 * @reference:	with bind mounts
 * @nr_tags:	of @tags
 * @nr_new:	objects that operations made and that were seen
 * @done:	operations that have a result
 * @problem:	why the case can't be made at all, or ""
 * @result:	of each operation
 * @final:	the tree afterwards
 */
struct fuzz_side {
	bool reference;
	unsigned int nr_tags;
	unsigned int nr_new;
	unsigned int done;
	char problem[256];
	struct fuzz_tag tags[FUZZ_TAGS];
	char result[FUZZ_OPS][FUZZ_RESULT];
	char final[128 * 1024];
};

/**
 * struct fuzz_case - all of it, shared by the processes that make it
 * @seed:	where it came from
 * @random:	state of the generator
 * @generate:	the reference makes up mappings and operations as it goes
 * @want_maps:	how many of them it shall make up
 * @want_ops:	the same
 * @skip:	operations that can't be compared: the reference says which
 */
struct fuzz_case {
	uint64_t seed;
	uint64_t random;
	bool generate;
	unsigned int want_maps;
	unsigned int want_ops;
	unsigned int nr_items;
	unsigned int nr_maps;
	unsigned int nr_ops;
	struct fuzz_item items[FUZZ_ITEMS];
	struct fuzz_map maps[FUZZ_MAPS];
	struct fuzz_op ops[FUZZ_OPS];
	bool skip[FUZZ_OPS];
	struct fuzz_side sides[2];
};

/* splitmix64: a number below @below */
static inline unsigned int fuzz_random(struct fuzz_case *c, unsigned int below)
{
	uint64_t z = c->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (z ^ (z >> 31)) % below;
}

static inline bool fuzz_chance(struct fuzz_case *c, unsigned int percent)
{
	return fuzz_random(c, 100) < percent;
}

/* @name with what "@" and "%" stand for in the place of them; good until 8 calls later. */
static inline const char *fuzz_at(const char *name)
{
	static char names[8][2 * PATH_MAX];
	static unsigned int next;
	char *buf = names[next++ % 8], *to = buf;

	for (; *name && to < buf + PATH_MAX; name++) {
		if (*name == '@')
			to = stpcpy(to, FUZZ_TOP);
		else
			*to++ = *name == '%' ? '\xff' : *name;
	}
	*to = '\0';
	return buf;
}

static inline const char *fuzz_dash(const char *name)
{
	return *name ? name : "-";
}

static inline void fuzz_print_op(const struct fuzz_op *op, const char *prefix)
{
	printf("%so %s %d %#x %#x %s %d %s\n", prefix, fuzz_kinds[op->kind], op->base, op->flags,
	       op->more, fuzz_dash(op->name), op->base2, fuzz_dash(op->name2));
}

/* The case in the form that fuzz_parse() reads. */
static inline void fuzz_print(const struct fuzz_case *c, const char *prefix)
{
	unsigned int i;

	for (i = 0; i < c->nr_items; i++)
		printf("%s%c %s %s\n", prefix, c->items[i].kind, c->items[i].name,
		       fuzz_dash(c->items[i].body));
	for (i = 0; i < c->nr_maps; i++)
		printf("%sm %s %s\n", prefix, c->maps[i].from, c->maps[i].to);
	for (i = 0; i < c->nr_ops; i++)
		fuzz_print_op(&c->ops[i], prefix);
	fflush(stdout);
}

static inline bool fuzz_parse_op(struct fuzz_op *op, const char *line)
{
	char kind[16];

	if (sscanf(line, "o %15s %d %i %i %339s %d %339s", kind, &op->base, (int *)&op->flags,
		   (int *)&op->more, op->name, &op->base2, op->name2) != 7)
		return false;
	if (!strcmp(op->name, "-"))
		op->name[0] = '\0';
	if (!strcmp(op->name2, "-"))
		op->name2[0] = '\0';
	for (op->kind = 0; op->kind < FUZZ_NR_KINDS; op->kind++)
		if (!strcmp(kind, fuzz_kinds[op->kind]))
			return op->base < FUZZ_SLOTS && op->base2 < FUZZ_SLOTS;
	return false;
}

static inline void fuzz_parse_line(struct fuzz_case *c, const char *line)
{
	struct fuzz_item *item = &c->items[c->nr_items];
	struct fuzz_map *map = &c->maps[c->nr_maps];

	if (line[0] == 'o' && c->nr_ops < FUZZ_OPS && fuzz_parse_op(&c->ops[c->nr_ops], line))
		c->nr_ops++;
	else if (line[0] == 'm' && c->nr_maps < FUZZ_MAPS &&
		 sscanf(line, "m %339s %339s", map->from, map->to) == 2)
		c->nr_maps++;
	else if (strchr("dflhpxs", line[0]) && c->nr_items < FUZZ_ITEMS &&
		 sscanf(line, "%c %339s %339s", &item->kind, item->name, item->body) >= 2)
		c->nr_items++;
	else
		bail_out("not a line of a case: %s", line);
}

/* The case that @text describes. */
static inline void fuzz_parse(struct fuzz_case *c, const char *text)
{
	char *copy = strdup(text), *line, *save;

	memset(c, 0, offsetof(struct fuzz_case, sides));
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		fuzz_parse_line(c, line);
	free(copy);
}

#endif /* KSELFTEST_FUZZ_CASE_H */
