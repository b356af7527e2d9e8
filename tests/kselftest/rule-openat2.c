// SPDX-License-Identifier: GPL-2.0
/*
 * N11: openat2() with every combination of its RESOLVE_ flags
 *
 * The same names are opened by three processes: in a view; where bind mounts are what
 * mappings are in the view; and where neither is.  With RESOLVE_BENEATH or
 * RESOLVE_IN_ROOT the view must do as the last, which is what isn't translated;
 * otherwise as bind mounts do: RESOLVE_NO_XDEV fails at a mapping, and
 * RESOLVE_NO_SYMLINKS counts none.  RESOLVE_CACHED may fail with EAGAIN at any time.
 */
#include <linux/openat2.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "rule.h"

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED	0x20
#endif

#define COMBINATIONS	64	/* of the flags 1 to RESOLVE_CACHED */
#define SCOPED		(RESOLVE_BENEATH | RESOLVE_IN_ROOT)

enum world { VIEW, MOUNTS, PLAIN, WORLDS };

static const struct {
	const char *from;
	const char *to;
} mappings[] = {
	{ "@/v/d", "@/real/d" },
	{ "@/v/f", "@/real/f" },
	{ "@/v/l", "@/real/l" },	/* a symlink, which a mount follows as well */
	{ "@/v/d/s/deep", "@/real/e" },
	{ "@/v/d/same", "@/real/d/s" },	/* below the directory it is mapped in */
};

/* Where names begin: NULL is the cwd, which is "@". */
static const char * const dirs[] = { NULL, "@/v", "@/v/d", "@/v/d/s", "@/plain" };

static const char * const names[] = {
	/* relative to "@" and, if they begin there, "@/v" */
	"v", "v/d", "v/d/", "v/d/.", "v/d/f", "v/d/s/g", "v/d/..", "v/d/../t", "v/f", "v/f/",
	"v/f/..", "v/t", "v/l", "v/l/x", "v/none", "v/d/none", "v/../v/f", "v/./d//f",
	"v/d/s/deep", "v/d/s/deep/h", "v/d/s/deep/..", "v/d/s/deep/../g", "v/d/same/g",
	"v/d/same/../f", "v/d/same/deep", "d", "d/f", "d/../f", "d/../t", "f", "t", "s", "s/g",
	"s/deep/h", "s/../f", "deep", "deep/../g", "..", "../t", "../f", "../d/f", "../../v/f",
	"../../../none/t", "g", ".", "", "/", "..//..//", "plain/f", "plain/../v/f",
	/* through symlinks: relative, absolute, to mappings, in them and out of them */
	"to-f", "to-f/", "to-d", "to-d/", "to-d/f", "to-d/../t", "abs-f", "abs-d/f", "abs-d/../t",
	"plain/up", "plain/up/f", "plain/abs", "v/d/in", "v/d/out", "v/d/out/x", "v/d/abs",
	"v/d/s/back", "loop", "loop/x", "dangling", "in", "out", "abs", "back", "up", "up/d/f",
	/* absolute */
	"@/v/d/f", "@/v/f", "@/v/d/../t", "@/to-d/f", "@/plain/f", "@/v/t", "@/abs-f",
	/* magic links */
	"/proc/self/cwd/v/f", "/proc/self/cwd", "/proc/self/root", "/proc/self/root@/v/d/f",
	"/proc/self/fd/0/x", "to-cwd/v/f", "to-cwd",
};

static const struct {
	const char *name;
	uint64_t flags;
	uint64_t mode;
} openings[] = {
	{ "O_PATH", O_PATH, 0 },
	{ "O_PATH|O_NOFOLLOW", O_PATH | O_NOFOLLOW, 0 },
	{ "O_RDONLY", O_RDONLY, 0 },
	{ "O_RDONLY|O_NOFOLLOW", O_RDONLY | O_NOFOLLOW, 0 },
	{ "O_DIRECTORY", O_RDONLY | O_DIRECTORY, 0 },
	{ "O_CREAT", O_RDONLY | O_CREAT, 0600 },
	{ "O_CREAT|O_EXCL", O_RDONLY | O_CREAT | O_EXCL, 0600 },
};

struct answer {
	int err;
	dev_t dev;
	ino_t ino;
};

struct answers {
	struct answer of[COUNT(dirs)][COUNT(names)][COUNT(openings)][COMBINATIONS];
};

static struct answers *table[WORLDS];	/* shared with the processes that fill them */

/* All of it root's: who opens with O_CREAT makes nothing that others would see. */
static void make_scene(void)
{
	make_dir("@/top");
	if (chown(at("@"), 0, 0))
		bail_out("chown");
	snprintf(rule_top, sizeof(rule_top), "%s", at("@/top"));
	note_as("@", "@");
	if (chdir(rule_top))
		bail_out("chdir");
	make_file("@/v/d/f");
	make_file("@/v/d/s/g");
	make_file("@/v/f");
	make_file("@/v/l");
	make_file("@/v/t");
	make_file("@/real/d/f");
	make_file("@/real/d/s/g");
	make_dir("@/real/d/s/deep");
	make_dir("@/real/d/same");
	make_file("@/real/f");
	make_file("@/real/t");
	make_link("f", "@/real/l");
	make_file("@/real/e/h");
	make_file("@/plain/f");
	make_link("v/f", "@/to-f");
	make_link("v/d", "@/to-d");
	make_link("@/v/f", "@/abs-f");
	make_link("@/v/d", "@/abs-d");
	make_link("../v", "@/plain/up");
	make_link("@/v/d/s/g", "@/plain/abs");
	make_link("s/g", "@/real/d/in");
	make_link("../t", "@/real/d/out");
	make_link("@/v/f", "@/real/d/abs");
	make_link("../../d/f", "@/real/d/s/back");
	make_link("loop", "@/loop");
	make_link("nowhere/none", "@/dangling");
	make_link("/proc/self/cwd", "@/to-cwd");
}

static struct answer ask(int dfd, const char *name, uint64_t flags, uint64_t mode,
			 uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve };
	struct answer a = {};
	struct stat st;
	int fd;

	fd = syscall(SYS_openat2, dfd, at(name), &how, sizeof(how));
	if (fd < 0) {
		a.err = errno;
		return a;
	}
	if (fstat(fd, &st))
		bail_out("fstat");
	close(fd);
	a.dev = st.st_dev;
	a.ino = st.st_ino;
	return a;
}

/* From @dirs, by the names that @dir_of makes of them. */
static void ask_all(enum world w, const char *(*dir_of)(const char *name))
{
	size_t d, n, o;
	uint64_t r;
	int dfd;

	if (setresgid(RULE_USER, RULE_USER, RULE_USER) ||
	    setresuid(RULE_USER, RULE_USER, RULE_USER))
		bail_out("becoming user %d", RULE_USER);
	for (d = 0; d < COUNT(dirs); d++) {
		dfd = dirs[d] ? open(at(dir_of(dirs[d])), O_PATH | O_CLOEXEC) : AT_FDCWD;
		for (n = 0; n < COUNT(names); n++)
			for (o = 0; o < COUNT(openings); o++)
				for (r = 0; r < COMBINATIONS; r++)
					table[w]->of[d][n][o][r] = ask(dfd, names[n],
						openings[o].flags, openings[o].mode, r);
		if (dirs[d])
			close(dfd);
	}
}

static const char *same_name(const char *name)
{
	return name;
}

/* The directory that a name is in the view, by its real name: for who has no view. */
static const char *real_name(const char *name)
{
	const char *from = mappings[0].from;
	size_t len = strlen(from);

	return strncmp(name, from, len) ? name : text("%s%s", mappings[0].to, name + len);
}

static void in_view(void *unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(mappings); i++)
		map(mappings[i].from, mappings[i].to);
	ask_all(VIEW, same_name);
}

static void among_mounts(void *unused)
{
	size_t i;

	(void)unused;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace");
	for (i = 0; i < COUNT(mappings); i++)
		if (mount(at(mappings[i].to), at(mappings[i].from), NULL, MS_BIND, NULL))
			bail_out("mount --bind %s %s", mappings[i].to, mappings[i].from);
	ask_all(MOUNTS, same_name);
}

static void in_plain(void *unused)
{
	(void)unused;
	ask_all(PLAIN, real_name);
}

static const char *describe(const struct answer *a)
{
	struct stat st = { .st_dev = a->dev, .st_ino = a->ino };

	return a->err ? strerrorname_np(a->err) : noted(&st);
}

static dev_t proc_dev;

static bool same(const struct answer *a, const struct answer *b)
{
	if (a->err || b->err)
		return a->err == b->err;
	/* In /proc, each process has objects of its own. */
	return a->dev == b->dev && (a->ino == b->ino || a->dev == proc_dev);
}

/* Is what the view says of one name, with the flags @r, what it should say? */
static bool right(size_t d, size_t n, size_t o, uint64_t r)
{
	enum world model = r & SCOPED ? PLAIN : MOUNTS;
	const struct answer *got = &table[VIEW]->of[d][n][o][r];
	const struct answer *want = &table[model]->of[d][n][o][r];

	if (same(got, want))
		return true;
	/* From the cache or not at all; and what the model has there may be neither. */
	if (r & RESOLVE_CACHED && !openings[o].mode) {
		if (got->err == EAGAIN)
			return true;
		want = &table[model]->of[d][n][o][r & ~RESOLVE_CACHED];
		if (same(got, want))
			return true;
	}
	diag("%s, RESOLVE %#x: %s; it should be: %s", openings[o].name, (int)r, describe(got),
	     describe(want));
	return false;
}

static void compare(void)
{
	size_t d, n, o;
	uint64_t r;
	int bad;

	for (d = 0; d < COUNT(dirs); d++) {
		for (n = 0; n < COUNT(names); n++) {
			bad = 0;
			for (o = 0; o < COUNT(openings); o++)
				for (r = 0; r < COMBINATIONS && bad < 5; r++)
					bad += !right(d, n, o, r);
			ok(!bad, "from %s: \"%s\", all flags", dirs[d] ?: "@", names[n]);
		}
	}
}

/* That the comparison has something to compare, of each kind. */
static void count(void)
{
	const struct answer *a = &table[VIEW]->of[0][0][0][0];
	const struct answer *end = a + sizeof(struct answers) / sizeof(*a);
	int xdev = 0, loop = 0, found = 0, again = 0, invalid = 0;

	for (; a < end; a++) {
		xdev += a->err == EXDEV;
		loop += a->err == ELOOP;
		again += a->err == EAGAIN;
		invalid += a->err == EINVAL;
		found += !a->err;
	}
	diag("%d objects, %d EXDEV, %d ELOOP, %d EAGAIN, %d EINVAL", found, xdev, loop, again,
	     invalid);
	ok(found > 5000 && xdev > 10000 && loop > 1000 && invalid > 1000,
	   "there are all kinds of answers");
}

/* What no mapping is about is found in the cache, once it is there. */
static void cached(void)
{
	struct answer a, b;

	map("@/v/d", "@/real/d");
	a = ask(AT_FDCWD, "plain/f", O_PATH, 0, 0);
	b = ask(AT_FDCWD, "plain/f", O_PATH, 0, RESOLVE_CACHED);
	ok(!a.err && same(&a, &b), "RESOLVE_CACHED finds what is in the cache");
}

static void all(void)
{
	static void (* const worlds[WORLDS])(void *) = { in_view, among_mounts, in_plain };
	struct stat st;
	size_t w;

	make_scene();
	if (stat("/proc", &st))
		bail_out("/proc");
	proc_dev = st.st_dev;
	for (w = 0; w < WORLDS; w++) {
		table[w] = mmap(NULL, sizeof(struct answers), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (table[w] == MAP_FAILED)
			bail_out("mmap");
		in_child(worlds[w], NULL, "a process that opens");
	}
	compare();
	count();
	cached();
}

int main(void)
{
	static const struct rule rules[] = { { "openat2", all, .root = true } };

	/* Where nothing is mounted between the root and the names. */
	rules_run_in("/var/tmp", rules, COUNT(rules));
	return done();
}
