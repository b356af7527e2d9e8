/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two worlds of names-fuzz: bind mounts and mappings, what names mean in the
 * first, and what is not compared
 *
 * Differences that are meant, and how they are kept out of the comparison:
 *
 * - Renames and links across a mapping work; across a mount they are EXDEV.  The
 *   reference then does them by the names that the objects really have.
 * - Removing or renaming FROM, or a directory above it, works; for a mount point
 *   it is EBUSY.  Neither that nor the same for TO is tried: see fuzz_pinned().
 * - A directory has one name in a view (N9), while there are as many as there are
 *   mounts to see it through.  Where the reference reached it by another than the
 *   view has for it, nothing is asked relative to it: see fuzz_named().
 * - A TO that is a symlink is followed by real names (N5), by mount(8) in the view.
 *   Once there are mappings, TO is none.
 * - A mapping covers the mappings below FROM that are older; a mount does so too,
 *   but in a view the longest FROM wins (N2).  None such are made.
 * - The directories above FROM and TO can be searched by all, as they are walked
 *   in one of the worlds only.
 * - st_dev.  The file system is the same in both, and so are its inode numbers.
 */
#ifndef KSELFTEST_FUZZ_WORLD_H
#define KSELFTEST_FUZZ_WORLD_H

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <libvfn.h>

#include "fuzz-tree.h"

/**
 * struct fuzz_mount - a mapping of the reference
 * @from:	its name in the view
 * @to:		what it leads to, by its real name
 */
struct fuzz_mount {
	char from[PATH_MAX];
	char to[PATH_MAX];
};

static struct fuzz_mount fuzz_mounts[FUZZ_MAPS];
static unsigned int fuzz_nr_mounts;
static uint64_t fuzz_pins[FUZZ_TAGS];
static unsigned int fuzz_nr_pins;
static bool fuzz_pin_ways;	/* mappings were written with symlinks or ".." */

/* Does @name lie in or below @dir?  What follows @dir in it, or NULL. */
static inline const char *fuzz_below(const char *name, const char *dir)
{
	size_t len = strlen(dir);

	if (strncmp(name, dir, len) || (name[len] && name[len] != '/'))
		return NULL;
	return name + len;
}

/* @a and @b into @buf of PATH_MAX bytes. */
static inline void fuzz_join(char *buf, const char *a, const char *b)
{
	if (strlen(a) + strlen(b) >= PATH_MAX)
		bail_out("a name of %zu bytes", strlen(a) + strlen(b));
	stpcpy(stpcpy(buf, a), b);
}

/* The mapping that covers the clean name @view of the view, or NULL. */
static inline const struct fuzz_mount *fuzz_cover(const char *view)
{
	const struct fuzz_mount *best = NULL, *m;

	for (m = fuzz_mounts; m < fuzz_mounts + fuzz_nr_mounts; m++)
		if (fuzz_below(view, m->from) &&
		    (!best || strlen(m->from) >= strlen(best->from)))
			best = m;
	return best;
}

/* What the clean name @view of the view really is, into @buf of PATH_MAX bytes. */
static inline void fuzz_real(const char *view, char *buf)
{
	const struct fuzz_mount *m = fuzz_cover(view);

	if (m)
		fuzz_join(buf, m->to, fuzz_below(view, m->from));
	else
		fuzz_join(buf, view, "");
}

/* N9: the name of what is really at @real. */
static inline void fuzz_view(const char *real, char *buf)
{
	const struct fuzz_mount *m;

	for (m = fuzz_mounts; m < fuzz_mounts + fuzz_nr_mounts; m++) {
		if (!fuzz_below(real, m->to))
			continue;
		fuzz_join(buf, m->from, fuzz_below(real, m->to));
		if (fuzz_cover(buf) == m)
			return;
	}
	fuzz_join(buf, real, "");
}

/* The name that the reference's kernel has for @fd, or for the cwd. */
static inline bool fuzz_name_of(int fd, char *buf)
{
	char link[64];
	ssize_t len;

	if (fd == AT_FDCWD)
		strcpy(link, "/proc/self/cwd");
	else
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, buf, PATH_MAX - 1);
	buf[len < 0 ? 0 : len] = '\0';
	return len > 0 && buf[0] == '/';
}

/* In the reference: does the view call @fd, or the cwd, by the same name? */
static inline bool fuzz_named(int fd)
{
	char name[PATH_MAX], real[PATH_MAX], view[PATH_MAX];
	struct stat here, there;

	if (!fuzz_name_of(fd, name))
		return false;
	if (fd == AT_FDCWD ? stat(".", &here) : fstat(fd, &here))
		return false;
	if (lstat(name, &there) || here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return false;
	fuzz_real(name, real);
	fuzz_view(real, view);
	return !strcmp(name, view);
}

static inline void fuzz_pin(const struct stat *st)
{
	if (fuzz_nr_pins < FUZZ_TAGS)
		fuzz_pins[fuzz_nr_pins++] = st->st_ino;
}

/* Pin @fd and the directories above it, on the way that ".." takes. */
static inline void fuzz_pin_up(struct fuzz_world *w, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s", name);
	while (strlen(path) > strlen(FUZZ_TOP)) {
		if (!lstat(path, &st))
			fuzz_pin(&st);
		/* The same without mounts. */
		if (!fstatat(w->raw, path + strlen(FUZZ_TOP) + 1, &st, AT_SYMLINK_NOFOLLOW))
			fuzz_pin(&st);
		*strrchr(path, '/') = '\0';
	}
}

/* Is the object one that a mapping depends on? */
static inline bool fuzz_pinned(const struct stat *st)
{
	unsigned int i;

	if (fuzz_pin_ways && (S_ISLNK(st->st_mode) || S_ISDIR(st->st_mode)))
		return true;
	for (i = 0; i < fuzz_nr_pins; i++)
		if (fuzz_pins[i] == st->st_ino)
			return true;
	return false;
}

/* The clean name of what is at @name, in the view that there is now. */
static inline bool fuzz_clean(const char *name, char *buf, struct stat *st)
{
	int fd = open(fuzz_at(name), O_PATH | O_CLOEXEC);
	bool good = fd >= 0 && !fstat(fd, st) && fuzz_name_of(fd, buf);

	if (fd >= 0)
		close(fd);
	return good;
}

/* Is @name, as a mapping takes it, a symlink? */
static inline bool fuzz_is_link(const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	size_t len;

	fuzz_join(path, fuzz_at(name), "");
	len = strlen(path);
	while (path[len - 1] == '/' || (path[len - 1] == '.' && path[len - 2] == '/'))
		path[--len] = '\0';
	return lstat(path, &st) || S_ISLNK(st.st_mode);
}

/* Would the mapping mean the same in both worlds? */
static inline bool fuzz_fair(const struct fuzz_world *w, const struct fuzz_map *map,
			     struct fuzz_mount *m)
{
	char to[PATH_MAX];
	struct stat from_st, to_st;
	unsigned int i;

	if (!fuzz_clean(map->from, m->from, &from_st) || !fuzz_clean(map->to, to, &to_st))
		return false;
	if (from_st.st_dev != w->dev || to_st.st_dev != w->dev || fuzz_is_link(map->from) ||
	    S_ISDIR(from_st.st_mode) != S_ISDIR(to_st.st_mode) || !strcmp(m->from, FUZZ_TOP) ||
	    (fuzz_nr_mounts && fuzz_is_link(map->to)))
		return false;
	for (i = 0; i < fuzz_nr_mounts; i++)
		if (fuzz_below(fuzz_mounts[i].from, m->from))
			return false;
	fuzz_real(to, m->to);
	return true;
}

/* A mapping in the reference, or false if it wouldn't be fair. */
static inline bool fuzz_mount(struct fuzz_world *w, const struct fuzz_map *map)
{
	struct fuzz_mount *m = &fuzz_mounts[fuzz_nr_mounts];
	char to[PATH_MAX];
	struct stat st;

	if (!fuzz_fair(w, map, m))
		return false;
	if (strcmp(m->from, fuzz_at(map->from)) || !fuzz_clean(map->to, to, &st) ||
	    strcmp(to, fuzz_at(map->to)))
		fuzz_pin_ways = true;
	fuzz_pin_up(w, m->from);
	fuzz_pin_up(w, m->to);
	if (mount(fuzz_at(map->to), fuzz_at(map->from), NULL, MS_BIND, NULL))
		fuzz_problem(w, "mount --bind %s %s", map->to, map->from);
	fuzz_nr_mounts++;
	fuzz_pin_up(w, m->from);
	return true;
}

/* What a mapping is, in the view. */
static inline void fuzz_map(struct fuzz_world *w, const struct fuzz_map *map)
{
	if (vfn(fuzz_at(map->from), fuzz_at(map->to)))
		fuzz_problem(w, "vfn(%s, %s)", map->from, map->to);
}

/* A mount namespace of our own with an empty file system at FUZZ_TOP. */
static inline void fuzz_enter(struct fuzz_world *w)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		fuzz_problem(w, "a mount namespace");
	if (mount("vfn-fuzz", FUZZ_TOP, "tmpfs", 0, "mode=0755,uid=1000,gid=1000"))
		fuzz_problem(w, "mounting a tmpfs");
	w->raw = syscall(SYS_open_tree, AT_FDCWD, FUZZ_TOP, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (w->raw < 0)
		fuzz_problem(w, "open_tree");
	umask(0);
}

static inline void fuzz_become_user(struct fuzz_world *w, uid_t saved)
{
	if (setresgid(FUZZ_USER, FUZZ_USER, FUZZ_USER) ||
	    setresuid(FUZZ_USER, FUZZ_USER, saved))
		fuzz_problem(w, "becoming user %d", FUZZ_USER);
}

#endif /* KSELFTEST_FUZZ_WORLD_H */
