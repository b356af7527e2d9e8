/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reference of names-fuzz: makes mappings and operations up as it goes, from
 * what is there, and decides which of them are compared
 */
#ifndef KSELFTEST_FUZZ_GEN_H
#define KSELFTEST_FUZZ_GEN_H

#include "fuzz-ops.h"

/* The name of a random entry of the directory @dir, if it has one. */
static inline bool fuzz_random_entry(struct fuzz_world *w, int dir, char *buf)
{
	static struct fuzz_entry entries[FUZZ_ENTRIES];
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), nr = -1;
	struct stat st;
	const char *name;
	char *byte;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_dev == w->dev)
		nr = fuzz_getdents(fd, sizeof(*entries) * 8, entries);
	close(fd);
	if (nr < 0) {
		strcpy(buf, FUZZ_TOP + 1);
		return true;
	}
	if (nr <= 2)
		return false;
	do
		name = entries[fuzz_random(w->c, nr)].name;
	while (!strcmp(name, ".") || !strcmp(name, ".."));
	snprintf(buf, NAME_MAX + 1, "%s", name);
	for (byte = strchr(buf, '\xff'); byte; byte = strchr(byte, '\xff'))
		*byte = '%';
	return true;
}

static inline void fuzz_random_comp(struct fuzz_world *w, int dir, char *buf)
{
	static const char *const news[] = { "n", "m", "a", "b", "c", "d", "e" };
	unsigned int style = fuzz_random(w->c, 100);

	if (style < 12) {
		strcpy(buf, "..");
	} else if (style < 19) {
		strcpy(buf, ".");
	} else if (style < 20) {
		memset(buf, 'x', 250);
		strcpy(buf + 250, style & 1 ? "yyyyyy" : "yyyyy");
	} else if (style < 30 || !fuzz_random_entry(w, dir, buf)) {
		strcpy(buf, news[fuzz_random(w->c, 7)]);
	}
}

/* Go on to @comp.  Is there a way on from there? */
static inline bool fuzz_go(int *dir, const char *comp)
{
	int fd = openat(*dir, comp, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(*dir);
	*dir = fd;
	return true;
}

/* A name relative to @base, on a random walk through what is there. */
static inline void fuzz_walk(struct fuzz_world *w, int base, char *name)
{
	struct fuzz_case *c = w->c;
	unsigned int steps = 1 + fuzz_random(c, 6);
	char comp[NAME_MAX + 2];
	char *end = name;
	int dir;

	if (base == FUZZ_ABS) {
		dir = open(FUZZ_TOP, O_PATH | O_CLOEXEC);
		end = stpcpy(end, fuzz_chance(c, 4) ? "/.." FUZZ_TOP : "@");
		end = stpcpy(end, fuzz_chance(c, 4) ? "//" : "/");
	} else {
		dir = openat(fuzz_base(base), ".", O_PATH | O_CLOEXEC);
	}
	while (steps--) {
		fuzz_random_comp(w, dir, comp);
		if (end + strlen(comp) + 8 > name + FUZZ_NAME)
			break;
		end = stpcpy(end, comp);
		if (!fuzz_go(&dir, fuzz_at(comp)) && fuzz_chance(c, 80))
			break;
		if (steps)
			end = stpcpy(end, fuzz_chance(c, 6) ? "///" : "/");
	}
	*end = '\0';
	if (fuzz_chance(c, 8))
		strcpy(end, fuzz_chance(c, 30) ? "/." : "/");
	if (dir >= 0)
		close(dir);
}

static inline int fuzz_random_base(struct fuzz_world *w, unsigned int kind)
{
	unsigned int style = fuzz_random(w->c, 10), slot = fuzz_random(w->c, FUZZ_SLOTS);

	if (style < 4 && fuzz_named(AT_FDCWD))
		return FUZZ_CWD;
	if (style < 7 && fuzz_takes_base(kind) && fuzz_slots[slot] >= 0 &&
	    fuzz_named(fuzz_slots[slot]))
		return slot;
	return FUZZ_ABS;
}

static inline unsigned int fuzz_random_open(struct fuzz_case *c)
{
	static const unsigned int flags[] = {
		O_CREAT, O_EXCL, O_TRUNC, O_DIRECTORY, O_NOFOLLOW, O_APPEND,
	};
	unsigned int all = fuzz_random(c, 3), i;

	if (fuzz_chance(c, 25))
		return O_PATH | (fuzz_chance(c, 40) ? O_NOFOLLOW : 0) |
		       (fuzz_chance(c, 20) ? O_DIRECTORY : 0);
	if (fuzz_chance(c, 4))
		return O_TMPFILE | O_RDWR;
	for (i = 0; i < 6; i++)
		if (fuzz_chance(c, 20))
			all |= flags[i];
	return all | O_NONBLOCK;
}

static inline unsigned int fuzz_random_resolve(struct fuzz_case *c)
{
	static const unsigned int flags[] = {
		0, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_XDEV,
		RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};

	return flags[fuzz_random(c, 5)];
}

static inline unsigned int fuzz_random_flags(struct fuzz_case *c, unsigned int kind)
{
	static const unsigned int renames[] = { 0, 0, 0, 1 /* NOREPLACE */, 2 /* EXCHANGE */ };

	switch (kind) {
	case FUZZ_LSTAT:
		return AT_SYMLINK_NOFOLLOW;
	case FUZZ_OPEN:
	case FUZZ_OPENAT2:
		return fuzz_random_open(c);
	case FUZZ_FDNAME:
		return fuzz_chance(c, 50) ? O_NOFOLLOW : 0;
	case FUZZ_SLOT:
		return fuzz_chance(c, 50) ? O_PATH : 0;
	case FUZZ_ACCESS:
		return fuzz_random(c, 8);
	case FUZZ_LIST:
		return fuzz_random(c, 3);
	case FUZZ_LINK:
		return fuzz_chance(c, 30) ? AT_SYMLINK_FOLLOW : 0;
	case FUZZ_RENAME:
		return renames[fuzz_random(c, 5)];
	case FUZZ_EXEC:
		return fuzz_chance(c, 20) ? AT_SYMLINK_NOFOLLOW : 0;
	case FUZZ_MKDIR:
		return 0755;
	case FUZZ_CHMOD:
		return fuzz_chance(c, 50) ? 0755 : fuzz_random(c, 8) << 6 | 055;
	}
	return 0;
}

static inline void fuzz_random_op(struct fuzz_world *w, struct fuzz_op *op)
{
	/* How often, by enum fuzz_kind. */
	static const unsigned char often[FUZZ_NR_KINDS] = {
		10, 8, 4, 14, 9, 5, 8, 5, 5, 10, 6, 3, 2, 4, 4, 4, 8, 1, 2, 1, 3, 2, 2,
	};
	struct fuzz_case *c = w->c;
	unsigned int all = 0, i;

	memset(op, 0, sizeof(*op));
	for (i = 0; i < FUZZ_NR_KINDS; i++)
		all += often[i];
	for (i = fuzz_random(c, all); i >= often[op->kind]; op->kind++)
		i -= often[op->kind];
	op->base = fuzz_random_base(w, op->kind);
	op->base2 = FUZZ_ABS;
	op->flags = fuzz_random_flags(c, op->kind);
	if (op->kind == FUZZ_OPENAT2)
		op->more = fuzz_random_resolve(c);
	if (op->kind == FUZZ_SLOT)
		op->more = fuzz_random(c, FUZZ_SLOTS);
	if (op->kind == FUZZ_GETCWD)
		op->base = FUZZ_CWD;
	else
		fuzz_walk(w, op->base, op->name);
	if (op->kind == FUZZ_LINK || op->kind == FUZZ_RENAME) {
		op->base2 = fuzz_random_base(w, op->kind);
		fuzz_walk(w, op->base2, op->name2);
	} else if (op->kind == FUZZ_SYMLINK) {
		fuzz_walk(w, fuzz_chance(c, 40) ? FUZZ_ABS : FUZZ_CWD, op->name2);
	}
}

/* Split @name into its directory, into @dir, and the last component. */
static inline const char *fuzz_split(const char *name, char *dir)
{
	const char *at = fuzz_at(name), *end = at + strlen(at);

	while (end > at && end[-1] == '/')
		end--;
	while (end > at && end[-1] != '/')
		end--;
	snprintf(dir, PATH_MAX, "%.*s", (int)(end - at), at);
	if (end == at)
		strcpy(dir, ".");
	return end;
}

/* Would removing or renaming @name touch what a mapping depends on? */
static inline bool fuzz_removes_pinned(int base, const char *name)
{
	char dir[PATH_MAX], last[PATH_MAX];
	struct stat st;
	int fd;
	bool pinned;

	snprintf(last, sizeof(last), "%s", fuzz_split(name, dir));
	last[strcspn(last, "/")] = '\0';
	if (!strcmp(last, ".") || !strcmp(last, ".."))
		return false;
	fd = openat(fuzz_base(base), dir, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return false;
	pinned = !fstatat(fd, last, &st, AT_SYMLINK_NOFOLLOW) && fuzz_pinned(&st);
	close(fd);
	return pinned;
}

static inline bool fuzz_base_unnamed(int base, const char *name)
{
	int fd = fuzz_base(base);

	return base != FUZZ_ABS && name[0] != '@' && name[0] != '/' &&
	       (fd >= 0 || fd == AT_FDCWD) && !fuzz_named(fd);
}

/* Is @op one of those that are meant to differ? */
static inline bool fuzz_unfair(const struct fuzz_op *op)
{
	struct stat st;

	if (fuzz_base_unnamed(op->base, op->name))
		return true;
	switch (op->kind) {
	case FUZZ_UNLINK:
	case FUZZ_RMDIR:
		return fuzz_removes_pinned(op->base, op->name);
	case FUZZ_RENAME:
		return fuzz_base_unnamed(op->base2, op->name2) ||
		       fuzz_removes_pinned(op->base, op->name) ||
		       fuzz_removes_pinned(op->base2, op->name2);
	case FUZZ_LINK:
		return fuzz_base_unnamed(op->base2, op->name2);
	case FUZZ_CHMOD:
		return !fstatat(fuzz_base(op->base), fuzz_at(op->name), &st, 0) &&
		       S_ISDIR(st.st_mode) && fuzz_pinned(&st);
	}
	return false;
}

/* The real name, relative to fuzz_world.raw, of the object @fd; takes it over. */
static inline bool fuzz_raw_name(int fd, char *buf)
{
	char view[PATH_MAX], real[PATH_MAX];
	const char *rest;
	bool good = fd >= 0 && fuzz_name_of(fd, view);

	if (fd >= 0)
		close(fd);
	if (!good)
		return false;
	fuzz_real(view, real);
	rest = fuzz_below(real, FUZZ_TOP);
	if (!rest)
		return false;
	snprintf(buf, PATH_MAX, "%s", *rest ? rest + 1 : ".");
	return true;
}

/* The same of a name whose last component need not exist. */
static inline bool fuzz_raw_parent(int base, const char *name, char *buf)
{
	char dir[PATH_MAX], raw[PATH_MAX];
	const char *last = fuzz_split(name, dir);

	if (!fuzz_raw_name(openat(fuzz_base(base), dir, O_PATH | O_CLOEXEC), raw))
		return false;
	snprintf(buf, 2 * PATH_MAX, "%s/%s", raw, last);
	return true;
}

/* A link or rename that a mount was in the way of.  -1: not possible. */
static inline int fuzz_redo(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	char old[2 * PATH_MAX], new[2 * PATH_MAX];
	int follow = op->flags & AT_SYMLINK_FOLLOW ? 0 : O_NOFOLLOW, fd;
	struct fuzz_op plain = *op;

	if (op->kind == FUZZ_LINK) {
		fd = openat(fuzz_base(op->base), fuzz_at(op->name), O_PATH | O_CLOEXEC | follow);
		if (!fuzz_raw_name(fd, old))
			return -1;
		plain.flags = 0;
	} else if (!fuzz_raw_parent(op->base, op->name, old)) {
		return -1;
	}
	if (!fuzz_raw_parent(op->base2, op->name2, new))
		return -1;
	fuzz_say_ret(result, fuzz_call(&plain, w->raw, old, w->raw, new));
	return 0;
}

/* Operation @i in the reference. */
static inline void fuzz_refer(struct fuzz_world *w, unsigned int i)
{
	const struct fuzz_op *op = &w->c->ops[i];
	char *result = w->side->result[i];

	w->c->skip[i] = fuzz_unfair(op) || fuzz_do(w, op, result) < 0;
	if (w->c->skip[i] || strcmp(result, "EXDEV") ||
	    (op->kind != FUZZ_LINK && op->kind != FUZZ_RENAME))
		return;
	w->c->skip[i] = fuzz_redo(w, op, result) < 0;
}

/* Make mappings up until there are as many as wanted, or it gets hard. */
static inline void fuzz_random_maps(struct fuzz_world *w)
{
	struct fuzz_case *c = w->c;
	struct fuzz_map *map;
	unsigned int tries;

	for (tries = 0; tries < 60 && c->nr_maps < c->want_maps; tries++) {
		map = &c->maps[c->nr_maps];
		memset(map, 0, sizeof(*map));
		if (fuzz_chance(c, 50))
			fuzz_walk(w, FUZZ_ABS, map->from);
		else
			strcpy(map->from, c->items[fuzz_random(c, c->nr_items)].name);
		if (fuzz_chance(c, 30))
			fuzz_walk(w, FUZZ_ABS, map->to);
		else
			strcpy(map->to, c->items[fuzz_random(c, c->nr_items)].name);
		if (!strstr(map->from, "..") && fuzz_mount(w, map))
			c->nr_maps++;
	}
}

#endif /* KSELFTEST_FUZZ_GEN_H */
