// SPDX-License-Identifier: GPL-2.0
/* kselftest: calls that look at an object: the right one, by every form of name */

#include <linux/fanotify.h>
#include <sys/inotify.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "call.h"

#ifndef SYS_openat2
#define SYS_openat2	437
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2	439
#endif

/*
 * The stat family.  Where the kernel's structure isn't the C library's, the
 * device and inode are found by their offsets.
 */
#ifdef __i386__
static long run_oldstat(const struct call_at *at, struct call_result *r)
{
	unsigned short st[64] = {};
	long ret = syscall(SYS_oldstat, at->name, st);

	/* struct __old_kernel_stat: 16-bit device and inode */
	r->dev = st[0];
	r->ino = st[1];
	return ret;
}

static long run_oldlstat(const struct call_at *at, struct call_result *r)
{
	unsigned short st[64] = {};
	long ret = syscall(SYS_oldlstat, at->name, st);

	r->dev = st[0];
	r->ino = st[1];
	return ret;
}

static long run_stat(const struct call_at *at, struct call_result *r)
{
	unsigned long st[64] = {};
	long ret = syscall(SYS_stat, at->name, st);

	r->dev = st[0];
	r->ino = st[1];
	return ret;
}

static long run_lstat(const struct call_at *at, struct call_result *r)
{
	unsigned long st[64] = {};
	long ret = syscall(SYS_lstat, at->name, st);

	r->dev = st[0];
	r->ino = st[1];
	return ret;
}

static long run_stat64(const struct call_at *at, struct call_result *r)
{
	struct stat st = {};
	long ret = syscall(SYS_stat64, at->name, &st);

	call_result_stat(r, &st);
	return ret;
}

static long run_lstat64(const struct call_at *at, struct call_result *r)
{
	struct stat st = {};
	long ret = syscall(SYS_lstat64, at->name, &st);

	call_result_stat(r, &st);
	return ret;
}

#define SYS_FSTATAT	SYS_fstatat64
#else
static long run_stat(const struct call_at *at, struct call_result *r)
{
	struct stat st = {};
	long ret = syscall(SYS_stat, at->name, &st);

	call_result_stat(r, &st);
	return ret;
}

static long run_lstat(const struct call_at *at, struct call_result *r)
{
	struct stat st = {};
	long ret = syscall(SYS_lstat, at->name, &st);

	call_result_stat(r, &st);
	return ret;
}

#define SYS_FSTATAT	SYS_newfstatat
#endif

static long run_fstatat(const struct call_at *at, struct call_result *r)
{
	struct stat st = {};
	long ret = syscall(SYS_FSTATAT, at->dfd, at->name, &st, 0);

	call_result_stat(r, &st);
	return ret;
}

static long run_fstatat_nofollow(const struct call_at *at, struct call_result *r)
{
	struct stat st = {};
	long ret = syscall(SYS_FSTATAT, at->dfd, at->name, &st, AT_SYMLINK_NOFOLLOW);

	call_result_stat(r, &st);
	return ret;
}

static long run_statx(const struct call_at *at, struct call_result *r)
{
	struct statx st = {};
	long ret = syscall(SYS_statx, at->dfd, at->name, 0, STATX_BASIC_STATS, &st);

	r->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	r->ino = st.stx_ino;
	return ret;
}

/* Only the target has the bit. */
static bool check_nothing_more(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	(void)r;
	return true;
}

static long run_access(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_access, at->name, X_OK);
}

static long run_faccessat(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_faccessat, at->dfd, at->name, X_OK);
}

static long run_faccessat2(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_faccessat2, at->dfd, at->name, X_OK, AT_EACCESS);
}

/* The open family. */

static long tell_fd(long fd, struct call_result *r)
{
	struct stat st = {};

	if (fd >= 0 && !fstat(fd, &st))
		call_result_stat(r, &st);
	return fd;
}

static long run_open(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_open, at->name, O_RDWR), r);
}

static long run_openat(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_RDONLY), r);
}

static long run_openat_path(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_PATH), r);
}

static long run_openat_link(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_PATH | O_NOFOLLOW), r);
}

static long run_openat_nofollow(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_RDONLY | O_NOFOLLOW), r);
}

static long run_openat_directory(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_openat, at->dfd, at->name, O_RDONLY | O_DIRECTORY), r);
}

static long run_openat2(const struct call_at *at, struct call_result *r)
{
	uint64_t how[3] = { O_RDONLY };

	return tell_fd(syscall(SYS_openat2, at->dfd, at->name, how, sizeof(how)), r);
}

static bool check_content(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	if (!strcmp(r->text, "target"))
		return true;
	diag("got '%s'", r->text);
	return false;
}

static long run_open_read(const struct call_at *at, struct call_result *r)
{
	long fd = syscall(SYS_open, at->name, O_RDONLY);

	return fd < 0 ? fd : read(fd, r->text, sizeof(r->text) - 1);
}

static long run_readlink(const struct call_at *at, struct call_result *r)
{
	return syscall(SYS_readlink, at->name, r->text, sizeof(r->text) - 1);
}

static long run_readlinkat(const struct call_at *at, struct call_result *r)
{
	return syscall(SYS_readlinkat, at->dfd, at->name, r->text, sizeof(r->text) - 1);
}

static bool check_link(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	if (!strcmp(r->text, "to-target"))
		return true;
	diag("the link says '%s'", r->text);
	return false;
}

/* The extended attribute of the target says "target". */

static long run_getxattr(const struct call_at *at, struct call_result *r)
{
	return syscall(SYS_getxattr, at->name, CALL_XATTR, r->text, sizeof(r->text) - 1);
}

static long run_lgetxattr(const struct call_at *at, struct call_result *r)
{
	return syscall(SYS_lgetxattr, at->name, CALL_XATTR, r->text, sizeof(r->text) - 1);
}

/* File systems: the two differ in size. */

static bool check_blocks(const struct call_test *t, const struct call_result *r)
{
	struct statfs fs;

	if (statfs(t->place, &fs))
		bail_out("statfs %s", t->place);
	if (r->ino == fs.f_blocks)
		return true;
	diag("of %llu blocks, not %llu", (unsigned long long)r->ino,
	     (unsigned long long)fs.f_blocks);
	return false;
}

static long run_statfs(const struct call_at *at, struct call_result *r)
{
	long fs[64] = {};
	long ret = syscall(SYS_statfs, at->name, fs);

	/* f_type, f_bsize, f_blocks: a word each on both machines */
	r->ino = fs[2];
	return ret;
}

#ifdef __i386__
static long run_statfs64(const struct call_at *at, struct call_result *r)
{
	struct statfs fs = {};
	long ret = syscall(SYS_statfs64, at->name, sizeof(fs), &fs);

	r->ino = fs.f_blocks;
	return ret;
}
#endif

static long run_name_to_handle(const struct call_at *at, struct call_result *r)
{
	struct file_handle *handle = (struct file_handle *)r->text;
	int mount;

	handle->handle_bytes = MAX_HANDLE_SZ;
	return syscall(SYS_name_to_handle_at, at->dfd, at->name, handle, &mount, 0);
}

static bool check_handle(const struct call_test *t, const struct call_result *r)
{
	struct call_result want = {};
	struct call_at at = { AT_FDCWD, t->place, NULL };

	if (run_name_to_handle(&at, &want))
		bail_out("name_to_handle_at %s", t->place);
	return !memcmp(want.text, r->text, sizeof(want.text));
}

/* Going there, and looking where one is. */

static long tell_dir(long ret, const char *name, struct call_result *r)
{
	struct stat st = {};

	if (!ret && !stat(name, &st))
		call_result_stat(r, &st);
	return ret;
}

static long run_chdir(const struct call_at *at, struct call_result *r)
{
	return tell_dir(syscall(SYS_chdir, at->name), ".", r);
}

static long run_chroot(const struct call_at *at, struct call_result *r)
{
	return tell_dir(syscall(SYS_chroot, at->name), "/", r);
}

/* Watches: /proc/self/fdinfo says on which inode they are. */

static long tell_watch(int fd, const char *kind, struct call_result *r)
{
	unsigned int dev = 0;
	unsigned long ino = 0;
	char path[64], line[256];
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "re");
	if (!info)
		return -1;
	while (fgets(line, sizeof(line), info)) {
		if (strncmp(line, kind, strlen(kind)))
			continue;
		if (strstr(line, "ino:"))
			sscanf(strstr(line, "ino:"), "ino:%lx sdev:%x", &ino, &dev);
	}
	fclose(info);
	/* The kernel's own form of a device number. */
	r->dev = makedev(dev >> 20, dev & 0xfffff);
	r->ino = ino;
	return 0;
}

static long run_inotify(const struct call_at *at, struct call_result *r)
{
	int fd = inotify_init1(IN_CLOEXEC);
	long ret = syscall(SYS_inotify_add_watch, fd, at->name, IN_ATTRIB);

	return ret < 0 ? ret : tell_watch(fd, "inotify ", r);
}

static long mark(const struct call_at *at, unsigned int flags, struct call_result *r)
{
	int fd = syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);
	long ret;

#ifdef __i386__
	/* The mask is 64 bits: two arguments. */
	ret = syscall(SYS_fanotify_mark, fd, flags, FAN_OPEN, 0, at->dfd, at->name);
#else
	ret = syscall(SYS_fanotify_mark, fd, flags, (uint64_t)FAN_OPEN, at->dfd, at->name);
#endif
	return ret < 0 ? ret : tell_watch(fd, "fanotify ino", r);
}

static long run_fanotify(const struct call_at *at, struct call_result *r)
{
	return mark(at, FAN_MARK_ADD, r);
}

static long run_fanotify_link(const struct call_at *at, struct call_result *r)
{
	return mark(at, FAN_MARK_ADD | FAN_MARK_DONT_FOLLOW, r);
}

/* The library would have to be in a.out format: ENOEXEC once it is found. */
static long run_uselib(const struct call_at *at, struct call_result *r)
{
	long ret = syscall(SYS_uselib, at->name);

	(void)r;
	return ret < 0 && errno == ENOEXEC ? 0 : ret;
}

static const struct call calls[] = {
#ifdef __i386__
	{ "oldstat", 0, CALL_FILE, run_oldstat, call_check_same },
	{ "oldlstat", 0, CALL_FILE, run_oldlstat, call_check_same },
	{ "oldlstat of a link", CALL_NOFOLLOW, CALL_LINK, run_oldlstat, call_check_same },
	{ "stat64", 0, CALL_FILE, run_stat64, call_check_same },
	{ "lstat64", 0, CALL_FILE, run_lstat64, call_check_same },
	{ "lstat64 of a link", CALL_NOFOLLOW, CALL_LINK, run_lstat64, call_check_same },
	{ "statfs64", 0, CALL_FILE, run_statfs64, check_blocks },
#endif
	{ "stat", 0, CALL_FILE, run_stat, call_check_same },
	{ "stat of a directory", 0, CALL_DIR, run_stat, call_check_same },
	{ "lstat", 0, CALL_FILE, run_lstat, call_check_same },
	{ "lstat of a link", CALL_NOFOLLOW, CALL_LINK, run_lstat, call_check_same },
	{ "fstatat", CALL_AT, CALL_FILE, run_fstatat, call_check_same },
	{ "fstatat of a directory", CALL_AT, CALL_DIR, run_fstatat, call_check_same },
	{ "fstatat AT_SYMLINK_NOFOLLOW", CALL_AT | CALL_NOFOLLOW, CALL_LINK,
	  run_fstatat_nofollow, call_check_same },
	{ "statx", CALL_AT, CALL_FILE, run_statx, call_check_same },
	{ "access", 0, CALL_FILE, run_access, check_nothing_more },
	{ "faccessat", CALL_AT, CALL_FILE, run_faccessat, check_nothing_more },
	{ "faccessat2", CALL_AT, CALL_FILE, run_faccessat2, check_nothing_more },
	{ "open", 0, CALL_FILE, run_open, call_check_same },
	{ "open and read", 0, CALL_FILE, run_open_read, check_content },
	{ "openat", CALL_AT, CALL_FILE, run_openat, call_check_same },
	{ "openat O_PATH", CALL_AT, CALL_FILE, run_openat_path, call_check_same },
	{ "openat O_PATH|O_NOFOLLOW", CALL_AT | CALL_NOFOLLOW, CALL_LINK, run_openat_link,
	  call_check_same },
	{ "openat O_NOFOLLOW", CALL_AT, CALL_FILE, run_openat_nofollow, call_check_same },
	{ "openat O_DIRECTORY", CALL_AT, CALL_DIR, run_openat_directory, call_check_same },
	{ "openat2", CALL_AT, CALL_FILE, run_openat2, call_check_same },
	{ "readlink", CALL_NOFOLLOW, CALL_LINK, run_readlink, check_link },
	{ "readlinkat", CALL_AT | CALL_NOFOLLOW, CALL_LINK, run_readlinkat, check_link },
	{ "getxattr", CALL_ROOT, CALL_FILE, run_getxattr, check_content },
	{ "lgetxattr", CALL_ROOT | CALL_NOFOLLOW, CALL_LINK, run_lgetxattr, check_content },
	{ "statfs", 0, CALL_FILE, run_statfs, check_blocks },
	{ "name_to_handle_at", CALL_AT, CALL_FILE, run_name_to_handle, check_handle },
	{ "chdir", 0, CALL_DIR, run_chdir, call_check_same },
	{ "chroot", CALL_ROOT, CALL_DIR, run_chroot, call_check_same },
	{ "inotify_add_watch", 0, CALL_FILE, run_inotify, call_check_same },
	{ "fanotify_mark", CALL_AT | CALL_ROOT, CALL_FILE, run_fanotify, call_check_same },
	{ "fanotify_mark FAN_MARK_DONT_FOLLOW", CALL_AT | CALL_ROOT | CALL_NOFOLLOW, CALL_LINK,
	  run_fanotify_link, call_check_same },
	{ "uselib", 0, CALL_FILE, run_uselib, check_nothing_more },
};

CALL_MAIN(calls)
