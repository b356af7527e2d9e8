// SPDX-License-Identifier: GPL-2.0
/*
 * S2: names that look like a mapping's, but lie elsewhere: in a detached mount, and in
 * the layers of an overlay, whose listing everybody shares
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <libvfn.h>

#include "tap.h"

#define TOP	"/tmp/vfn-elsewhere"
#define USER	1000

static void make(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, "inside", 6) != 6 || close(fd))
		bail_out("making %s", name);
}

static void make_dir(const char *name)
{
	if (mkdir(name, 0755) && errno != EEXIST)
		bail_out("mkdir %s", name);
}

static bool says_inside(int dfd, const char *name)
{
	char buf[8] = "";
	int fd = openat(dfd, name, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	close(fd);
	return len == 6 && !strcmp(buf, "inside");
}

/* How many entries the directory has, without "." and "..". */
static int entries(int fd)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int nr = 0;

	if (!dir)
		bail_out("fdopendir");
	while ((e = readdir(dir)))
		nr += !!strcmp(e->d_name, ".") && !!strcmp(e->d_name, "..");
	closedir(dir);
	return nr;
}

static int detached_dir(void)
{
	int fd;

	make_dir(TOP "/m");
	if (mount("t", TOP "/m", "tmpfs", 0, NULL))
		bail_out("mounting a tmpfs");
	make_dir(TOP "/m/etc");
	make(TOP "/m/etc/decoy");
	fd = open(TOP "/m/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || umount2(TOP "/m", MNT_DETACH))
		bail_out("detaching the tmpfs");
	return fd;
}

static int unattached_mount(void)
{
	int fs = syscall(SYS_fsopen, "tmpfs", 0), fd, etc;

	if (fs < 0 || syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0))
		bail_out("fsopen");
	fd = syscall(SYS_fsmount, fs, 0, 0);
	if (fd < 0 || mkdirat(fd, "etc", 0755))
		bail_out("fsmount");
	etc = openat(fd, "etc/decoy", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (etc < 0 || write(etc, "inside", 6) != 6)
		bail_out("making etc/decoy");
	close(etc);
	close(fs);
	return fd;
}

static void become_user(void)
{
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		bail_out("becoming user %d", USER);
}

static void detached(void *unused)
{
	int dir = detached_dir(), mount = unattached_mount();

	(void)unused;
	become_user();
	if (vfn("/etc/decoy", "/etc/passwd"))
		bail_out("vfn");
	ok(says_inside(dir, "decoy"), "in a mount that was detached, a name is a real one");
	ok(says_inside(mount, "etc/decoy"), "in a mount that isn't attached, a name is a real one");
	ok(entries(dup(dir)) == 1, "a listing there is the real one");
	if (vfn_hide("/etc/decoy"))
		bail_out("vfn_hide");
	ok(says_inside(dir, "decoy") && says_inside(mount, "etc/decoy"),
	   "nothing is hidden there");
}

static void lister(int ready, int done)
{
	char byte = 0;
	int fd;

	become_user();
	if (vfn_hide("/etc/decoy"))
		bail_out("vfn_hide");
	fd = open(TOP "/ov/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok(entries(dup(fd)) == 2, "who hides /etc/decoy sees all of another etc");
	/* With the directory open, overlayfs keeps what it has read of it. */
	if (write(ready, &byte, 1) != 1 || read(done, &byte, 1) != 1)
		bail_out("pipe");
}

static void overlay(void *unused)
{
	int ready[2], done[2], status;
	char byte = 0;
	pid_t pid;

	(void)unused;
	make_dir(TOP "/l1");
	make_dir(TOP "/l1/etc");
	make(TOP "/l1/etc/decoy");
	make_dir(TOP "/l2");
	make_dir(TOP "/l2/etc");
	make(TOP "/l2/etc/b");
	make_dir(TOP "/ov");
	if (mount("o", TOP "/ov", "overlay", 0, "lowerdir=" TOP "/l1:" TOP "/l2"))
		bail_out("mounting an overlay");
	if (pipe(ready) || pipe(done))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		lister(ready[1], done[0]);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		bail_out("the user's process");
	ok(entries(open(TOP "/ov/etc", O_RDONLY | O_DIRECTORY)) == 2,
	   "and so does everybody else meanwhile");
	if (write(done[1], &byte, 1) != 1 || waitpid(pid, &status, 0) != pid || status)
		bail_out("the user's process, status %#x", status);
}

int main(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace");
	make_dir(TOP);
	/* Layers on a file system that can be one. */
	if (mount("t", TOP, "tmpfs", 0, NULL))
		bail_out("mounting a tmpfs");
	in_child(detached, NULL, "detached mounts");
	in_child(overlay, NULL, "overlay");
	return done();
}
