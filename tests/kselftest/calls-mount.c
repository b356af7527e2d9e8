// SPDX-License-Identifier: GPL-2.0
/* kselftest: mounts: sources, targets and options that are names */

#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "call.h"

#define FS_BLOCKS	(256 * 1024 / 4096)	/* of the mount that is changed */

/* A node for a device that no driver has; the decoy is a file. */
static void make_node(const char *name, bool decoy)
{
	if (decoy)
		call_make_object(name, CALL_FILE, true);
	else if (mknod(name, S_IFBLK | 0600, makedev(240, 77)))
		bail_out("mknod %s", name);
}

/* A directory with a file system of its own on it. */
static void make_mount(const char *name, bool decoy)
{
	(void)decoy;
	if (mkdir(name, 0755) || mount("vfn-test", name, "tmpfs", 0, "size=1m"))
		bail_out("mounting a tmpfs on %s", name);
}

/* A directory that tells by what is in it. */
static void make_marked(const char *name, bool decoy)
{
	char path[PATH_MAX];
	int fd;

	call_make_object(name, CALL_DIR, decoy);
	snprintf(path, sizeof(path), "%s/%s", name, decoy ? "decoy" : "target");
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		bail_out("%s", path);
	close(fd);
}

static bool is_mounted(const char *name)
{
	struct statx st;

	if (statx(AT_FDCWD, name, 0, 0, &st))
		return false;
	return st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

static long make_other_dir(const struct call_at *at)
{
	return mkdir(at->other, 0755);
}

static long make_other_file(const struct call_at *at)
{
	return mknod(at->other, S_IFREG | 0600, 0);
}

/* A file system that is mounted nowhere yet. */
static int new_mount(void)
{
	int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, 0);
}

static bool check_mounted(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return is_mounted(t->place);
}

static bool check_unmounted(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return !is_mounted(t->place);
}

/* The target is to be seen beside the place. */
static bool check_bound(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return is_mounted(t->other) && call_moved_to(t, t->other);
}

static bool check_moved(const struct call_test *t, const struct call_result *r)
{
	return check_bound(t, r) && check_unmounted(t, r);
}

static bool check_arrived(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return is_mounted(t->place) && !is_mounted(t->other);
}

static bool check_read_only(const struct call_test *t, const struct call_result *r)
{
	struct statvfs fs;

	(void)r;
	return !statvfs(t->place, &fs) && fs.f_flag & ST_RDONLY;
}

static bool check_resized(const struct call_test *t, const struct call_result *r)
{
	struct statvfs fs;

	(void)r;
	return !statvfs(t->place, &fs) && fs.f_blocks == FS_BLOCKS;
}

static bool check_overlay(const struct call_test *t, const struct call_result *r)
{
	char path[PATH_MAX];

	(void)r;
	snprintf(path, sizeof(path), "%s/target", t->other);
	return !access(path, F_OK);
}

/* What run() has returned tells it all. */
static bool check_nothing_more(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	(void)r;
	return true;
}

static long run_mount(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mount, "vfn-test", at->name, "tmpfs", 0, NULL);
}

static long run_bind_dir(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other_dir(at) ?: syscall(SYS_mount, at->name, at->other, NULL, MS_BIND, NULL);
}

static long run_bind_file(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other_file(at) ?: syscall(SYS_mount, at->name, at->other, NULL, MS_BIND, NULL);
}

static long run_bind_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other_dir(at) ?: syscall(SYS_mount, at->other, at->name, NULL, MS_BIND, NULL);
}

static long run_move(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other_dir(at) ?: syscall(SYS_mount, at->name, at->other, NULL, MS_MOVE, NULL);
}

static long run_move_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other_dir(at) ?:
	       mount("vfn-test", at->other, "tmpfs", 0, NULL) ?:
	       syscall(SYS_mount, at->other, at->name, NULL, MS_MOVE, NULL);
}

static long run_remount(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_mount, NULL, at->name, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
}

/* ENXIO: the node of the device that isn't there was reached. */
static long run_device(const struct call_at *at, struct call_result *r)
{
	long ret = make_other_dir(at) ?: syscall(SYS_mount, at->name, at->other, "ext4", 0, NULL);

	(void)r;
	return ret < 0 && errno == ENXIO ? 0 : ret;
}

static long run_overlay(const struct call_at *at, struct call_result *r)
{
	char options[PATH_MAX];

	(void)r;
	snprintf(options, sizeof(options), "lowerdir=%s:%s", at->name, at->other);
	return make_other_dir(at) ?:
	       syscall(SYS_mount, "vfn-test", at->other, "overlay", 0, options);
}

static long run_umount2(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_umount2, at->name, 0);
}

#ifdef __i386__
static long run_oldumount(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_umount, at->name);
}
#endif

static long run_pivot_root(const struct call_at *at, struct call_result *r)
{
	struct stat st;
	long ret;

	if (unshare(CLONE_NEWNS))
		return -1;
	ret = syscall(SYS_pivot_root, at->name, at->name);
	if (!ret && !stat("/", &st))
		call_result_stat(r, &st);
	return ret;
}

static long tell_fd(long fd, struct call_result *r)
{
	struct stat st = {};

	if (fd >= 0 && !fstat(fd, &st))
		call_result_stat(r, &st);
	return fd;
}

static long run_open_tree(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_open_tree, at->dfd, at->name, OPEN_TREE_CLOEXEC), r);
}

static long run_open_tree_clone(const struct call_at *at, struct call_result *r)
{
	return tell_fd(syscall(SYS_open_tree, at->dfd, at->name,
			       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), r);
}

static long run_move_mount_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return make_other_dir(at) ?:
	       syscall(SYS_move_mount, at->dfd, at->name, AT_FDCWD, at->other, 0);
}

static long run_move_mount_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return syscall(SYS_move_mount, new_mount(), "", at->dfd, at->name,
		       MOVE_MOUNT_F_EMPTY_PATH);
}

static long run_fspick(const struct call_at *at, struct call_result *r)
{
	long fd = syscall(SYS_fspick, at->dfd, at->name, FSPICK_CLOEXEC);

	(void)r;
	if (fd < 0)
		return fd;
	return fsconfig(fd, FSCONFIG_SET_STRING, "size", "256k", 0) ?:
	       fsconfig(fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
}

static long run_mount_setattr(const struct call_at *at, struct call_result *r)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	(void)r;
	return syscall(SYS_mount_setattr, at->dfd, at->name, 0, &attr, sizeof(attr));
}

static long run_fsconfig_source(const struct call_at *at, struct call_result *r)
{
	int fs = fsopen("ext4", FSOPEN_CLOEXEC);
	long ret = fs < 0 ? fs : fsconfig(fs, FSCONFIG_SET_STRING, "source", at->name, 0);

	(void)r;
	ret = ret ?: fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	return ret < 0 && errno == ENXIO ? 0 : ret;
}

/*
 * A parameter that has to be a block device.  ext4 says EINVAL whatever is wrong;
 * more is to be read from the context's log.
 */
static long run_fsconfig_path(const struct call_at *at, struct call_result *r)
{
	int fs = fsopen("ext4", FSOPEN_CLOEXEC);
	long ret;

	if (fs < 0)
		return fs;
	ret = syscall(SYS_fsconfig, fs, FSCONFIG_SET_PATH, "journal_path", at->name,
		      at->dfd == -1 ? AT_FDCWD : at->dfd);
	if (ret < 0 && errno == EINVAL && read(fs, r->text, sizeof(r->text) - 1) > 0 &&
	    strstr(r->text, "ookup failure"))
		errno = ENOENT;
	/* Until 5.17, ext4 took all its parameters as one text. */
	if (ret < 0 && errno == EOPNOTSUPP)
		errno = ENOSYS;
	return ret;
}

static const struct call calls[] = {
	{ "mount, target", CALL_ROOT, CALL_DIR, run_mount, check_mounted },
	{ "mount MS_BIND, source, a directory", CALL_ROOT, CALL_DIR, run_bind_dir, check_bound },
	{ "mount MS_BIND, source, a file", CALL_ROOT, CALL_FILE, run_bind_file, check_bound },
	{ "mount MS_BIND, target", CALL_ROOT, CALL_DIR, run_bind_to, check_mounted },
	{ "mount MS_MOVE, source", CALL_ROOT, 0, run_move, check_moved, make_mount },
	{ "mount MS_MOVE, target", CALL_ROOT, CALL_DIR, run_move_to, check_arrived },
	{ "mount MS_REMOUNT", CALL_ROOT, 0, run_remount, check_read_only, make_mount },
	{ "mount, source, a device", CALL_ROOT, 0, run_device, check_nothing_more, make_node },
	{ "mount, lowerdir of an overlay", CALL_ROOT, 0, run_overlay, check_overlay,
	  make_marked },
	{ "umount2", CALL_ROOT, 0, run_umount2, check_unmounted, make_mount },
#ifdef __i386__
	{ "umount", CALL_ROOT, 0, run_oldumount, check_unmounted, make_mount },
#endif
	{ "pivot_root", CALL_ROOT, 0, run_pivot_root, call_check_same, make_mount },
	{ "open_tree", CALL_AT | CALL_ROOT, CALL_FILE, run_open_tree, call_check_same },
	{ "open_tree OPEN_TREE_CLONE", CALL_AT | CALL_ROOT, CALL_DIR, run_open_tree_clone,
	  call_check_same },
	{ "move_mount, source", CALL_AT | CALL_ROOT, 0, run_move_mount_from, check_moved,
	  make_mount },
	{ "move_mount, target", CALL_AT | CALL_ROOT, CALL_DIR, run_move_mount_to, check_mounted },
	{ "fspick", CALL_AT | CALL_ROOT, 0, run_fspick, check_resized, make_mount },
	{ "mount_setattr", CALL_AT | CALL_ROOT, 0, run_mount_setattr, check_read_only,
	  make_mount },
	{ "fsconfig, source", CALL_ROOT, 0, run_fsconfig_source, check_nothing_more, make_node },
	{ "fsconfig FSCONFIG_SET_PATH", CALL_AT | CALL_ROOT, 0, run_fsconfig_path,
	  check_nothing_more, make_node },
};

CALL_MAIN(calls)
