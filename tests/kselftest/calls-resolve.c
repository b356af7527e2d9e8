// SPDX-License-Identifier: GPL-2.0
/* kselftest: openat2's RESOLVE_* flags, flags about symlinks, no names, magic links */

#include <linux/openat2.h>
#include <sys/sysmacros.h>

#include "call.h"

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED	0x20
#endif

/*
 * TOP/view/n		a decoy file		-> REAL/n
 * TOP/none/n		nothing			-> REAL/n
 * TOP/view/dir		a decoy directory	-> REAL/dir
 * TOP/view/same	nothing			-> TOP/plain/n, on the same file system
 * TOP/view/l		nothing			-> REAL/l -> n
 * TOP/view/kept	nothing			-> REAL/l, VFN_NOFOLLOW
 * TOP/view/dangling	nothing			-> REAL/dangling -> made
 * TOP/plain/tomapped	-> ../view/n
 */
static char top[96], real[96];

static char *at(const char *dir, const char *name)
{
	static char path[4][PATH_MAX];
	static int next;

	next = (next + 1) % 4;
	snprintf(path[next], PATH_MAX, "%s/%s", dir, name);
	return path[next];
}

static void make_stage(void)
{
	static const char * const dirs[] = { "view", "view/dir", "plain" };
	size_t i;

	snprintf(top, sizeof(top), "%s/top/t", call_base);
	snprintf(real, sizeof(real), "%s/real/t", call_base);
	call_make_dir(top, "");
	call_make_dir(real, "");
	call_make_dir(real, "dir");
	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		call_make_dir(top, dirs[i]);
	call_make_object(at(top, "view/n"), CALL_FILE, true);
	call_make_object(at(top, "view/dir/n"), CALL_FILE, true);
	call_make_object(at(top, "plain/n"), CALL_FILE, false);
	call_make_object(at(real, "n"), CALL_FILE, false);
	call_make_object(at(real, "dir/n"), CALL_FILE, false);
	if (symlink("n", at(real, "l")) || symlink("made", at(real, "dangling")) ||
	    symlink("../view/n", at(top, "plain/tomapped")))
		bail_out("symlink");
}

static void enter_view(void)
{
	if (vfn(at(top, "view/n"), at(real, "n")) || vfn(at(top, "none/n"), at(real, "n")) ||
	    vfn(at(top, "view/dir"), at(real, "dir")) ||
	    vfn(at(top, "view/same"), at(top, "plain/n")) ||
	    vfn(at(top, "view/l"), at(real, "l")) ||
	    vfn(at(top, "view/dangling"), at(real, "dangling")) ||
	    vfn_map(at(top, "view/kept"), at(real, "l"), VFN_NOFOLLOW))
		bail_out("vfn");
}

/* Objects that a name may be expected to lead to, as they are without a table. */
enum object { DECOY, BELOW_DECOY, TARGET, BELOW, PLAIN, LINK, OBJECTS };

static struct stat objects[OBJECTS];

static void see_objects(void)
{
	if (lstat(at(top, "view/n"), &objects[DECOY]) ||
	    lstat(at(top, "view/dir/n"), &objects[BELOW_DECOY]) ||
	    lstat(at(real, "n"), &objects[TARGET]) ||
	    lstat(at(real, "dir/n"), &objects[BELOW]) ||
	    lstat(at(top, "plain/n"), &objects[PLAIN]) || lstat(at(real, "l"), &objects[LINK]))
		bail_out("lstat");
}

/* Which of them is it?  A negative errno if it is none. */
static int which(long ret, const struct stat *st)
{
	int i;

	if (ret < 0)
		return -errno;
	for (i = 0; i < OBJECTS; i++)
		if (st->st_dev == objects[i].st_dev && st->st_ino == objects[i].st_ino)
			return i;
	return -EUCLEAN;
}

static const char *what(int object)
{
	static const char * const names[OBJECTS] = {
		"the decoy", "the decoy below the directory", "the target",
		"the file below the target", "the unmapped file", "the link",
	};

	return object < 0 ? strerror(-object) : names[object];
}

static void expect(int is, int want, const char *name)
{
	if (!ok(is == want, "%s: %s", name, what(want)))
		diag("it is: %s", what(is));
}

static int which_fd(int fd)
{
	struct stat st;
	int ret = fd < 0 ? fd : fstat(fd, &st);

	ret = which(ret, &st);
	if (fd >= 0)
		close(fd);
	return ret;
}

/**
 * struct resolve - an openat2
 * @dir:	the dirfd, opened by its name in the view; NULL: AT_FDCWD
 * @name:	the name, relative to @dir; absolute if that is NULL
 */
static const struct resolve {
	const char *what;
	const char *dir;
	const char *name;
	uint64_t flags;
	uint64_t resolve;
	int want;
} resolves[] = {
	{ "RESOLVE_NO_XDEV, a mapping to the same file system", "", "view/same", O_RDONLY,
	  RESOLVE_NO_XDEV, -EXDEV },
	{ "RESOLVE_NO_XDEV, a mapping", "", "view/n", O_RDONLY, RESOLVE_NO_XDEV, -EXDEV },
	{ "RESOLVE_NO_XDEV, a mapping, after ..", "plain", "../view/same", O_RDONLY,
	  RESOLVE_NO_XDEV, -EXDEV },
	{ "RESOLVE_NO_XDEV, a mapping, through a symlink", "", "plain/tomapped", O_RDONLY,
	  RESOLVE_NO_XDEV, -EXDEV },
	{ "RESOLVE_NO_XDEV, below a mapped directory", "", "view/dir/n", O_RDONLY,
	  RESOLVE_NO_XDEV, -EXDEV },
	{ "RESOLVE_NO_XDEV, inside a mapped directory", "view/dir", "n", O_RDONLY,
	  RESOLVE_NO_XDEV, BELOW },
	{ "RESOLVE_NO_XDEV, out of a mapped directory", "view/dir", "../../plain/n", O_RDONLY,
	  RESOLVE_NO_XDEV, -EXDEV },
	{ "RESOLVE_NO_XDEV, no mapping", "", "plain/n", O_RDONLY, RESOLVE_NO_XDEV, PLAIN },
	{ "RESOLVE_NO_XDEV, a new file", "", "view/dangling", O_RDWR | O_CREAT,
	  RESOLVE_NO_XDEV, -EXDEV },

	{ "RESOLVE_NO_SYMLINKS, a mapping", "", "view/n", O_RDONLY, RESOLVE_NO_SYMLINKS, TARGET },
	{ "RESOLVE_NO_SYMLINKS, a mapping, absolute", NULL, "view/n", O_RDONLY,
	  RESOLVE_NO_SYMLINKS, TARGET },
	{ "RESOLVE_NO_SYMLINKS, below a mapped directory", "", "view/dir/n", O_RDONLY,
	  RESOLVE_NO_SYMLINKS, BELOW },
	{ "RESOLVE_NO_SYMLINKS, a mapping from nowhere", "", "none/n", O_RDONLY,
	  RESOLVE_NO_SYMLINKS, TARGET },
	{ "RESOLVE_NO_SYMLINKS, a symlink to a mapping", "", "plain/tomapped", O_RDONLY,
	  RESOLVE_NO_SYMLINKS, -ELOOP },
	{ "RESOLVE_NO_SYMLINKS, a symlink to a mapping, O_PATH|O_NOFOLLOW", "",
	  "plain/tomapped/.", O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS, -ELOOP },
	{ "RESOLVE_NO_MAGICLINKS, a mapping", "", "view/n", O_RDONLY, RESOLVE_NO_MAGICLINKS,
	  TARGET },

	{ "RESOLVE_BENEATH isn't translated", "", "view/n", O_RDONLY, RESOLVE_BENEATH, DECOY },
	{ "RESOLVE_BENEATH isn't translated, below a directory", "", "view/dir/n", O_RDONLY,
	  RESOLVE_BENEATH, BELOW_DECOY },
	{ "RESOLVE_BENEATH isn't translated, nothing there", "", "none/n", O_RDONLY,
	  RESOLVE_BENEATH, -ENOENT },
	{ "RESOLVE_BENEATH isn't translated, through a symlink", "", "plain/tomapped", O_RDONLY,
	  RESOLVE_BENEATH, DECOY },
	{ "RESOLVE_BENEATH, inside a mapped directory", "view/dir", "n", O_RDONLY,
	  RESOLVE_BENEATH, BELOW },
	{ "RESOLVE_BENEATH, out of a mapped directory", "view/dir", "../dir/n", O_RDONLY,
	  RESOLVE_BENEATH, -EXDEV },
	{ "RESOLVE_BENEATH, an absolute name", NULL, "view/n", O_RDONLY, RESOLVE_BENEATH,
	  -EXDEV },
	{ "RESOLVE_IN_ROOT isn't translated", "", "view/n", O_RDONLY, RESOLVE_IN_ROOT, DECOY },
	{ "RESOLVE_IN_ROOT isn't translated, absolute in the root", "", "/view/n", O_RDONLY,
	  RESOLVE_IN_ROOT, DECOY },
	{ "RESOLVE_IN_ROOT isn't translated, through a symlink", "", "plain/tomapped", O_RDONLY,
	  RESOLVE_IN_ROOT, DECOY },

	{ "no flags, a mapping", "", "view/n", O_RDONLY, 0, TARGET },
	{ "no flags, a symlink to a mapping", "", "plain/tomapped", O_RDONLY, 0, TARGET },
	{ "O_NOFOLLOW, TO is a symlink", "", "view/l", O_RDONLY | O_NOFOLLOW, 0, TARGET },
	{ "O_PATH|O_NOFOLLOW, TO is a symlink", "", "view/l", O_PATH | O_NOFOLLOW, 0, TARGET },
	{ "O_NOFOLLOW, TO is a symlink that is kept", "", "view/kept", O_RDONLY | O_NOFOLLOW, 0,
	  -ELOOP },
	{ "O_PATH|O_NOFOLLOW, TO is a symlink that is kept", "", "view/kept",
	  O_PATH | O_NOFOLLOW, 0, LINK },
	{ "O_NOFOLLOW, a symlink to a mapping", "", "plain/tomapped", O_RDONLY | O_NOFOLLOW, 0,
	  -ELOOP },
	{ "O_CREAT|O_EXCL, TO is there", "", "none/n", O_RDWR | O_CREAT | O_EXCL, 0, -EEXIST },
	{ "O_CREAT|O_EXCL, TO is a symlink to nothing", "", "view/dangling",
	  O_RDWR | O_CREAT | O_EXCL, 0, -EEXIST },
	{ "O_DIRECTORY, a mapped file", "", "view/n", O_RDONLY | O_DIRECTORY, 0, -ENOTDIR },
};

static void try_resolve(const struct resolve *r)
{
	struct open_how how = { .flags = r->flags | O_CLOEXEC, .resolve = r->resolve };
	const char *name = r->dir ? r->name : at(top, r->name);
	int dfd = AT_FDCWD;

	if (how.flags & O_CREAT)
		how.mode = 0600;
	if (r->dir) {
		dfd = open(at(top, r->dir), O_PATH | O_CLOEXEC);
		if (dfd < 0)
			bail_out("%s", r->dir);
	}
	expect(which_fd(syscall(SYS_openat2, dfd, name, &how, sizeof(how))), r->want, r->what);
	if (r->dir)
		close(dfd);
}

/* It may say "not without sleeping", but nothing else that isn't so. */
static void try_cached(const char *name, int want, const char *text)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_CACHED };
	int is = which_fd(syscall(SYS_openat2, AT_FDCWD, at(top, name), &how, sizeof(how)));

	if (!ok(is == want || is == -EAGAIN, "RESOLVE_CACHED, %s: %s, or EAGAIN", text,
		what(want)))
		diag("it is: %s", what(is));
}

static int which_dir_made(const char *name)
{
	return which_fd(open(at(top, name), O_RDONLY | O_CREAT | O_DIRECTORY | O_CLOEXEC, 0600));
}

static int which_lstat(const char *name)
{
	struct stat st;

	return which(lstat(name, &st), &st);
}

static void try_links(void)
{
	char text[64] = "";

	expect(which_lstat(at(top, "view/l")), TARGET, "lstat, TO is a symlink");
	expect(which_lstat(at(top, "view/kept")), LINK, "lstat, TO is a symlink that is kept");
	ok(readlink(at(top, "view/l"), text, sizeof(text)) < 0 && errno == EINVAL,
	   "readlink, TO is a symlink: it isn't one in the view");
	ok(readlink(at(top, "view/kept"), text, sizeof(text)) == 1 && text[0] == 'n',
	   "readlink, TO is a symlink that is kept");
	ok(readlink(at(top, "plain/tomapped"), text, sizeof(text)) == 9,
	   "readlink of a symlink to a mapping");
}

/* O_CREAT follows a TO that is a symlink to nothing; without table it is looked at. */
static void make_dangling(void *arg)
{
	int fd;

	(void)arg;
	call_drop_root();
	enter_view();
	fd = open(at(top, "view/dangling"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ok(fd >= 0, "O_CREAT, TO is a symlink to nothing: %m");
}

/* A file without a name gets one that is mapped. */
static void link_unnamed(void *arg)
{
	char proc[64];
	int fd;

	(void)arg;
	call_drop_root();
	enter_view();
	if (vfn(at(top, "none/linked"), at(real, "linked")) ||
	    vfn(at(top, "none/opened"), at(real, "n")))
		bail_out("vfn");
	fd = open(real, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	ok(!linkat(AT_FDCWD, proc, AT_FDCWD, at(top, "none/linked"), AT_SYMLINK_FOLLOW),
	   "linkat of /proc/self/fd/N to a mapped name: %m");
	fd = open(at(top, "none/opened"), O_PATH | O_CLOEXEC);
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	expect(which_fd(open(proc, O_RDONLY | O_CLOEXEC)), TARGET,
	       "open of /proc/self/fd/N of a mapped name");
}

static void try_empty(void)
{
	int fd = open(at(top, "view/n"), O_PATH | O_CLOEXEC);
	int dir = open(at(top, "view/dir"), O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || dir < 0)
		bail_out("open");
	expect(which(fstatat(fd, "", &st, AT_EMPTY_PATH), &st), TARGET,
	       "fstatat AT_EMPTY_PATH");
	expect(which(fstatat(fd, "", &st, 0), &st), -ENOENT, "fstatat of an empty name");
	expect(which(fstatat(fd, "n", &st, 0), &st), -ENOTDIR, "fstatat below a mapped file");
	expect(which(fstatat(dir, "n", &st, AT_EMPTY_PATH), &st), BELOW,
	       "fstatat AT_EMPTY_PATH below a mapped directory");
	expect(which(stat("", &st), &st), -ENOENT, "stat of an empty name");
	expect(which(fstatat(-1, "view/n", &st, 0), &st), -EBADF, "fstatat of a bad dirfd");
	expect(which(stat((char *)1, &st), &st), -EFAULT, "stat of a bad address");
	close(fd);
	close(dir);
}

/* 0: the directory that @st is of is the current one; or -errno. */
static int is_here(long ret, const struct stat *st)
{
	struct stat here;

	if (ret)
		return -errno;
	if (stat(".", &here))
		bail_out("stat");
	return st->st_ino == here.st_ino && st->st_dev == here.st_dev ? 0 : -ENXIO;
}

static long stat_without_name(int fd, struct stat *st)
{
	struct statx stx;

	if (syscall(SYS_statx, fd, NULL, AT_EMPTY_PATH, STATX_BASIC_STATS, &stx))
		return -1;
	st->st_ino = stx.stx_ino;
	st->st_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	return 0;
}

/* Newer kernels look up no name at all, in the place of an empty one. */
static void try_no_name(void)
{
	struct stat st;
	int ret;

	ret = is_here(fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH), &st);
	ok(!ret, "fstatat AT_EMPTY_PATH: the current directory: %s", strerror(-ret));
	ret = is_here(fstatat(-1, "", &st, AT_EMPTY_PATH), &st);
	ok(ret == -EBADF, "fstatat AT_EMPTY_PATH of a bad descriptor: %s", strerror(-ret));
	/* To older ones, that is a bad address. */
	ret = is_here(stat_without_name(AT_FDCWD, &st), &st);
	ok(!ret || ret == -EFAULT, "statx of no name: the current directory: %s", strerror(-ret));
	ret = is_here(stat_without_name(-1, &st), &st);
	ok(ret == -EBADF || ret == -EFAULT, "statx of no name and a bad descriptor: %s",
	   strerror(-ret));
}

static void in_view(void *arg)
{
	size_t i;

	(void)arg;
	call_drop_root();
	enter_view();
	for (i = 0; i < sizeof(resolves) / sizeof(resolves[0]); i++)
		try_resolve(&resolves[i]);
	try_cached("view/n", TARGET, "a mapping");
	try_cached("view/dir/n", BELOW, "below a mapped directory");
	try_cached("plain/tomapped", TARGET, "a symlink to a mapping");
	try_cached("plain/n", PLAIN, "no mapping");
	/* That is refused for what it asks; on 5.10, for what the file is. */
	expect(which_dir_made("view/n"), which_dir_made("plain/n"), "O_CREAT|O_DIRECTORY");
	try_links();
	try_empty();
	try_no_name();
}

int main(void)
{
	call_begin();
	make_stage();
	see_objects();
	in_child(in_view, NULL, "calls in a view");
	ok(call_absent(at(real, "made")), "nothing was made where a symlink leads");
	in_child(make_dangling, NULL, "O_CREAT");
	ok(call_is(at(real, "made"), S_IFREG), "O_CREAT, TO is a symlink to nothing: it is made");
	ok(call_absent(at(top, "view/dangling")), "O_CREAT: nothing is made at FROM");
	in_child(link_unnamed, NULL, "linkat");
	ok(call_is(at(real, "linked"), S_IFREG), "linkat: the file is at TO");
	ok(call_absent(at(top, "none")), "linkat: nothing is made at FROM");
	call_end();
	return done();
}
