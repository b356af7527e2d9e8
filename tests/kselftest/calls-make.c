// SPDX-License-Identifier: GPL-2.0
/* kselftest: calls that create, remove and rename: at TO's place, and nowhere else */

#include <sys/sysmacros.h>

#include "call.h"

#ifndef SYS_openat2
#define SYS_openat2	437
#endif
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#define RENAME_EXCHANGE	(1 << 1)
#endif

/* A file beside the place, to be renamed or linked; empty, unlike the others. */
static long make_other(const struct call_at *at)
{
	int fd = open(at->other, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	return fd < 0 ? fd : close(fd);
}

static bool was_made(const char *name)
{
	struct stat st;

	return !lstat(name, &st) && S_ISREG(st.st_mode) && !st.st_size;
}

static long tell_fd(long fd, struct call_result *r)
{
	struct stat st = {};

	if (fd >= 0 && !fstat(fd, &st))
		call_result_stat(r, &st);
	return fd;
}

static bool check_file(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFREG);
}

static bool check_opened(const struct call_test *t, const struct call_result *r)
{
	struct stat st;

	if (!call_is(t->place, S_IFREG) || stat(t->place, &st))
		return false;
	return st.st_dev == r->dev && st.st_ino == r->ino;
}

static bool check_dir(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFDIR);
}

static bool check_fifo(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFIFO);
}

static bool check_device(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFCHR);
}

static bool check_link(const struct call_test *t, const struct call_result *r)
{
	char text[16] = "";

	(void)r;
	return call_is(t->place, S_IFLNK) &&
	       readlink(t->place, text, sizeof(text) - 1) > 0 && !strcmp(text, "new");
}

/* A file without a name, in the right file system. */
static bool check_unnamed(const struct call_test *t, const struct call_result *r)
{
	return r->dev == t->target.st.st_dev && r->ino != t->target.st.st_ino;
}

static bool check_emptied(const struct call_test *t, const struct call_result *r)
{
	struct stat st;

	return check_opened(t, r) && call_moved_to(t, t->place) && !stat(t->place, &st) &&
	       !st.st_size;
}

static bool check_moved(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_absent(t->place) && call_moved_to(t, t->other);
}

static bool check_linked(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_moved_to(t, t->place) && call_moved_to(t, t->other);
}

/* What was made beside the place is at the place now. */
static bool check_arrived(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return was_made(t->place) && call_absent(t->other);
}

static bool check_twice(const struct call_test *t, const struct call_result *r)
{
	struct stat a, b;

	(void)r;
	return !lstat(t->place, &a) && !lstat(t->other, &b) && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

static bool check_exchanged(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_moved_to(t, t->other) && was_made(t->place);
}

/* Creating files. */

static long run_open_creat(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_open, at->name, O_CREAT | O_WRONLY, 0600), r);
}

static long run_open_excl(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_open, at->name, O_CREAT | O_EXCL | O_WRONLY, 0600), r);
}

static long run_open_trunc(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_open, at->name, O_TRUNC | O_WRONLY), r);
}

static long run_openat_creat(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_CREAT | O_RDWR, 0600), r);
}

static long run_openat_nofollow(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name,
			       O_CREAT | O_NOFOLLOW | O_RDWR, 0600), r);
}

static long run_openat_excl(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name,
			       O_CREAT | O_EXCL | O_RDWR, 0600), r);
}

static long run_openat2_creat(const struct call_at *at, struct call_result *r)
{
	uint64_t how[3] = { O_CREAT | O_EXCL | O_RDWR, 0600 };

	return tell_fd(syscall(SYS_openat2, at->dfd, at->name, how, sizeof(how)), r);
}

static long run_tmpfile(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_TMPFILE | O_RDWR, 0600), r);
}

static long run_creat(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_creat, at->name, 0600), r);
}

static long run_mkdir(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mkdir, at->name, 0755);
}

static long run_mkdirat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mkdirat, at->dfd, at->name, 0755);
}

static long run_mknod(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mknod, at->name, S_IFIFO | 0600, 0);
}

static long run_mknod_file(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mknod, at->name, S_IFREG | 0600, 0);
}

static long run_mknodat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mknodat, at->dfd, at->name, S_IFIFO | 0600, 0);
}

static long run_mknodat_device(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mknodat, at->dfd, at->name, S_IFCHR | 0600, makedev(1, 3));
}

static long run_symlink(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_symlink, "new", at->name);
}

static long run_symlinkat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_symlinkat, "new", at->dfd, at->name);
}

/* Removing them. */

static long run_unlink(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_unlink, at->name);
}

static long run_unlinkat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_unlinkat, at->dfd, at->name, 0);
}

static long run_unlinkat_dir(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_unlinkat, at->dfd, at->name, AT_REMOVEDIR);
}

static long run_rmdir(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_rmdir, at->name);
}

/* Calls with two names: the name is the first, or the second. */

static long run_rename_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_rename, at->name, at->other);
}

static long run_rename_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_rename, at->other, at->name);
}

static long run_renameat_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_renameat, at->dfd, at->name, AT_FDCWD, at->other);
}

static long run_renameat_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_renameat, AT_FDCWD, at->other, at->dfd, at->name);
}

static long run_renameat2_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_renameat2, at->dfd, at->name, AT_FDCWD, at->other,
		       RENAME_NOREPLACE);
}

static long run_renameat2_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_renameat2, AT_FDCWD, at->other, at->dfd,
					 at->name, RENAME_NOREPLACE);
}

static long run_exchange_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_renameat2, at->dfd, at->name, AT_FDCWD,
					 at->other, RENAME_EXCHANGE);
}

static long run_exchange_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_renameat2, AT_FDCWD, at->other, at->dfd,
					 at->name, RENAME_EXCHANGE);
}

static long run_link_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_link, at->name, at->other);
}

static long run_link_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_link, at->other, at->name);
}

static long run_linkat_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_linkat, at->dfd, at->name, AT_FDCWD, at->other, AT_SYMLINK_FOLLOW);
}

static long run_linkat_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other(at) ?: syscall(SYS_linkat, AT_FDCWD, at->other, at->dfd, at->name, 0);
}

static const struct call calls[] = {
	{ "open O_CREAT", 0, CALL_NOTHING, run_open_creat, check_opened },
	{ "open O_CREAT of a file", 0, CALL_FILE, run_open_creat, call_check_same },
	{ "open O_CREAT|O_EXCL", 0, CALL_NOTHING, run_open_excl, check_opened },
	{ "open O_TRUNC", 0, CALL_FILE, run_open_trunc, check_emptied },
	{ "openat O_CREAT", CALL_AT, CALL_NOTHING, run_openat_creat, check_opened },
	{ "openat O_CREAT|O_NOFOLLOW", CALL_AT, CALL_NOTHING, run_openat_nofollow, check_opened },
	{ "openat O_CREAT|O_EXCL", CALL_AT, CALL_NOTHING, run_openat_excl, check_opened },
	{ "openat O_TMPFILE", CALL_AT, CALL_DIR, run_tmpfile, check_unnamed },
	{ "openat2 O_CREAT|O_EXCL", CALL_AT, CALL_NOTHING, run_openat2_creat, check_opened },
	{ "creat", 0, CALL_NOTHING, run_creat, check_opened },
	{ "creat of a file", 0, CALL_FILE, run_creat, check_emptied },
	{ "mkdir", 0, CALL_NOTHING, run_mkdir, check_dir },
	{ "mkdirat", CALL_AT, CALL_NOTHING, run_mkdirat, check_dir },
	{ "mknod of a FIFO", 0, CALL_NOTHING, run_mknod, check_fifo },
	{ "mknod of a file", 0, CALL_NOTHING, run_mknod_file, check_file },
	{ "mknodat of a FIFO", CALL_AT, CALL_NOTHING, run_mknodat, check_fifo },
	{ "mknodat of a device", CALL_AT | CALL_ROOT, CALL_NOTHING, run_mknodat_device,
	  check_device },
	{ "symlink", 0, CALL_NOTHING, run_symlink, check_link },
	{ "symlinkat", CALL_AT, CALL_NOTHING, run_symlinkat, check_link },

	{ "unlink", 0, CALL_FILE, run_unlink, call_check_gone },
	{ "unlink of a link", 0, CALL_LINK, run_unlink, call_check_gone },
	{ "unlinkat", CALL_AT, CALL_FILE, run_unlinkat, call_check_gone },
	{ "unlinkat of a link", CALL_AT, CALL_LINK, run_unlinkat, call_check_gone },
	{ "unlinkat AT_REMOVEDIR", CALL_AT, CALL_DIR, run_unlinkat_dir, call_check_gone },
	{ "rmdir", 0, CALL_DIR, run_rmdir, call_check_gone },

	{ "rename, old name", 0, CALL_FILE, run_rename_from, check_moved },
	{ "rename, old name, a link", 0, CALL_LINK, run_rename_from, check_moved },
	{ "rename, old name, a directory", 0, CALL_DIR, run_rename_from, check_moved },
	{ "rename, new name", 0, CALL_NOTHING, run_rename_to, check_arrived },
	{ "rename, new name, a file", 0, CALL_FILE, run_rename_to, check_arrived },
	{ "renameat, old name", CALL_AT, CALL_FILE, run_renameat_from, check_moved },
	{ "renameat, new name", CALL_AT, CALL_NOTHING, run_renameat_to, check_arrived },
	{ "renameat2 RENAME_NOREPLACE, old name", CALL_AT, CALL_FILE, run_renameat2_from,
	  check_moved },
	{ "renameat2 RENAME_NOREPLACE, new name", CALL_AT, CALL_NOTHING, run_renameat2_to,
	  check_arrived },
	{ "renameat2 RENAME_EXCHANGE, old name", CALL_AT, CALL_FILE, run_exchange_from,
	  check_exchanged },
	{ "renameat2 RENAME_EXCHANGE, new name", CALL_AT, CALL_FILE, run_exchange_to,
	  check_exchanged },
	{ "link, old name", 0, CALL_FILE, run_link_from, check_linked },
	{ "link, new name", 0, CALL_NOTHING, run_link_to, check_twice },
	{ "linkat, old name", CALL_AT, CALL_FILE, run_linkat_from, check_linked },
	{ "linkat, new name", CALL_AT, CALL_NOTHING, run_linkat_to, check_twice },
};

CALL_MAIN(calls)
