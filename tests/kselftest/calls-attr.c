// SPDX-License-Identifier: GPL-2.0
/* kselftest: calls that change an object where it is: the right one changes */

#include "call.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2	452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat	463
#define SYS_removexattrat 466
#endif

#define NEW_MODE	0711
#define NEW_OWNER	1234
#define NEW_TIME	1000000
#define NEW_SIZE	3

/* The object after the call. */
static struct stat now(const struct call_test *t)
{
	struct stat st;

	if (lstat(t->place, &st))
		bail_out("lstat %s", t->place);
	return st;
}

static bool check_mode(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return (now(t).st_mode & 07777) == NEW_MODE;
}

static bool check_owner(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return now(t).st_uid == NEW_OWNER && now(t).st_gid == NEW_OWNER;
}

static bool check_time(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return now(t).st_mtime == NEW_TIME;
}

static bool check_size(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return now(t).st_size == NEW_SIZE;
}

static bool check_xattr(const struct call_test *t, const struct call_result *r)
{
	char value[16] = "";

	(void)r;
	return lgetxattr(t->place, CALL_XATTR, value, sizeof(value) - 1) > 0 &&
	       !strcmp(value, "new");
}

static bool check_no_xattr(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return lgetxattr(t->place, CALL_XATTR, NULL, 0) < 0 && errno == ENODATA;
}

/* The list is that of the target: it alone has a second attribute. */
static bool check_list(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	return r->ret > 0 && memmem(r->text, r->ret, CALL_XATTR ".more", sizeof(CALL_XATTR ".more"));
}

static long run_chmod(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_chmod, at->name, NEW_MODE);
}

static long run_fchmodat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_fchmodat, at->dfd, at->name, NEW_MODE);
}

static long run_fchmodat2(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_fchmodat2, at->dfd, at->name, NEW_MODE, AT_SYMLINK_NOFOLLOW);
}

static long run_chown(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_chown, at->name, NEW_OWNER, NEW_OWNER);
}

static long run_lchown(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_lchown, at->name, NEW_OWNER, NEW_OWNER);
}

#ifdef __i386__
static long run_chown32(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_chown32, at->name, NEW_OWNER, NEW_OWNER);
}

static long run_lchown32(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_lchown32, at->name, NEW_OWNER, NEW_OWNER);
}
#endif

static long run_fchownat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_fchownat, at->dfd, at->name, NEW_OWNER, NEW_OWNER, 0);
}

static long run_fchownat_link(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_fchownat, at->dfd, at->name, NEW_OWNER, NEW_OWNER,
		       AT_SYMLINK_NOFOLLOW);
}

/* The kernel's words, whatever time_t the C library has: two of each. */
static const long new_times[4] = { NEW_TIME, 0, NEW_TIME, 0 };

static long run_utime(const struct call_at *at, struct call_result *r)
{
	static const long times[2] = { NEW_TIME, NEW_TIME };

	(void)r;
	return syscall(SYS_utime, at->name, times);
}

static long run_utimes(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_utimes, at->name, new_times);
}

static long run_utimensat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_utimensat, at->dfd, at->name, new_times, 0);
}

static long run_utimensat_link(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_utimensat, at->dfd, at->name, new_times, AT_SYMLINK_NOFOLLOW);
}

static long run_futimesat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_futimesat, at->dfd, at->name, new_times);
}

#ifdef __i386__
static long run_utimensat64(const struct call_at *at, struct call_result *r)
{
	static const int64_t times[4] = { NEW_TIME, 0, NEW_TIME, 0 };

	(void)r;
	return syscall(SYS_utimensat_time64, at->dfd, at->name, times, 0);
}

static long run_truncate64(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_truncate64, at->name, NEW_SIZE, 0);
}
#endif

static long run_truncate(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_truncate, at->name, NEW_SIZE);
}

static long run_setxattr(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_setxattr, at->name, CALL_XATTR, "new", 3, 0);
}

static long run_lsetxattr(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_lsetxattr, at->name, CALL_XATTR, "new", 3, 0);
}

static long run_removexattr(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_removexattr, at->name, CALL_XATTR);
}

static long run_lremovexattr(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_lremovexattr, at->name, CALL_XATTR);
}

static long run_listxattr(const struct call_at *at, struct call_result *r)
{
	return syscall(SYS_listxattr, at->name, r->text, sizeof(r->text));
}

static long run_llistxattr(const struct call_at *at, struct call_result *r)
{
	return syscall(SYS_llistxattr, at->name, r->text, sizeof(r->text));
}

/* struct xattr_args, of Linux 6.13 */
struct value {
	uint64_t value;
	uint32_t size;
	uint32_t flags;
};

static long run_setxattrat(const struct call_at *at, struct call_result *r)
{
	struct value value = { (uintptr_t)"new", 3, 0 };

	(void)r;
	return syscall(SYS_setxattrat, at->dfd, at->name, 0, CALL_XATTR, &value,
		       sizeof(value));
}

static long run_removexattrat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_removexattrat, at->dfd, at->name, 0, CALL_XATTR);
}

static const struct call calls[] = {
	{ "chmod", 0, CALL_FILE, run_chmod, check_mode },
	{ "chmod of a directory", 0, CALL_DIR, run_chmod, check_mode },
	{ "fchmodat", CALL_AT, CALL_FILE, run_fchmodat, check_mode },
	{ "fchmodat2", CALL_AT, CALL_FILE, run_fchmodat2, check_mode },
	{ "chown", CALL_ROOT, CALL_FILE, run_chown, check_owner },
	{ "lchown", CALL_ROOT, CALL_FILE, run_lchown, check_owner },
	{ "lchown of a link", CALL_ROOT | CALL_NOFOLLOW, CALL_LINK, run_lchown, check_owner },
#ifdef __i386__
	{ "chown32", CALL_ROOT, CALL_FILE, run_chown32, check_owner },
	{ "lchown32 of a link", CALL_ROOT | CALL_NOFOLLOW, CALL_LINK, run_lchown32, check_owner },
	{ "utimensat_time64", CALL_AT, CALL_FILE, run_utimensat64, check_time },
	{ "truncate64", 0, CALL_FILE, run_truncate64, check_size },
#endif
	{ "fchownat", CALL_AT | CALL_ROOT, CALL_FILE, run_fchownat, check_owner },
	{ "fchownat AT_SYMLINK_NOFOLLOW", CALL_AT | CALL_ROOT | CALL_NOFOLLOW, CALL_LINK,
	  run_fchownat_link, check_owner },
	{ "utime", 0, CALL_FILE, run_utime, check_time },
	{ "utimes", 0, CALL_FILE, run_utimes, check_time },
	{ "utimensat", CALL_AT, CALL_FILE, run_utimensat, check_time },
	{ "utimensat AT_SYMLINK_NOFOLLOW", CALL_AT | CALL_NOFOLLOW, CALL_LINK,
	  run_utimensat_link, check_time },
	{ "futimesat", CALL_AT, CALL_FILE, run_futimesat, check_time },
	{ "truncate", 0, CALL_FILE, run_truncate, check_size },
	{ "setxattr", CALL_ROOT, CALL_FILE, run_setxattr, check_xattr },
	{ "lsetxattr", CALL_ROOT | CALL_NOFOLLOW, CALL_LINK, run_lsetxattr, check_xattr },
	{ "removexattr", CALL_ROOT, CALL_FILE, run_removexattr, check_no_xattr },
	{ "lremovexattr", CALL_ROOT | CALL_NOFOLLOW, CALL_LINK, run_lremovexattr, check_no_xattr },
	{ "listxattr", CALL_ROOT, CALL_FILE, run_listxattr, check_list },
	{ "llistxattr", CALL_ROOT | CALL_NOFOLLOW, CALL_LINK, run_llistxattr, check_list },
	{ "setxattrat", CALL_AT | CALL_ROOT, CALL_FILE, run_setxattrat, check_xattr },
	{ "removexattrat", CALL_AT | CALL_ROOT, CALL_FILE, run_removexattrat, check_no_xattr },
};

CALL_MAIN(calls)
