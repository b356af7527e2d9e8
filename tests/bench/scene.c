// SPDX-License-Identifier: GPL-2.0
/*
 * bench: the file system that calls are measured on
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define SCENE	"/run/vfn-bench"
#define LOADER	"/lib64/ld-linux-x86-64.so.2"
#define LIBC	"/lib/x86_64-linux-gnu/libc.so.6"

static void join(char *path, const char *dir, const char *name)
{
	if (snprintf(path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		errx(1, "%s/%s is too long", dir, name);
}

static void make_dir(const char *name)
{
	if (mkdir(name, 0755))
		err(1, "mkdir %s", name);
}

static void make_file(const char *dir, const char *name)
{
	char path[PATH_MAX];
	int fd;

	join(path, dir, name);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
	if (fd < 0)
		err(1, "%s", path);
	close(fd);
}

static void make_link(const char *text, const char *dir, const char *name)
{
	char path[PATH_MAX];

	join(path, dir, name);
	if (symlink(text, path))
		err(1, "%s", path);
}

static void copy_file(const char *from, const char *dir, const char *name)
{
	int in = open(from, O_RDONLY), out;
	char path[PATH_MAX];
	struct stat st;

	join(path, dir, name);
	out = open(path, O_CREAT | O_EXCL | O_WRONLY, 0755);
	if (in < 0 || out < 0 || fstat(in, &st))
		err(1, "copying %s to %s", from, path);
	while (st.st_size > 0) {
		ssize_t done = sendfile(out, in, NULL, st.st_size);

		if (done <= 0)
			err(1, "copying %s to %s", from, path);
		st.st_size -= done;
	}
	close(in);
	close(out);
}

/* What is below @root/@top. */
static void make_tree(const char *root, const char *top, const char *programs)
{
	char dir[PATH_MAX], from[PATH_MAX], text[128];
	int i;

	join(dir, root, top);
	for (i = 2; i <= 12; i++) {
		make_dir(dir);
		snprintf(text, sizeof(text), "comp%02d", i);
		snprintf(from, sizeof(from), "link%02d", i);
		make_link(text, dir, from);
		if (i < 12)
			strcat(strcat(dir, "/"), text);
	}
	make_file(dir, "file-a");

	snprintf(dir, sizeof(dir), "%s/%s" DEEP5, root, top);
	make_file(dir, "file-a");
	make_file(dir, "file-x");
	make_link("file-a", dir, "link-a");
	snprintf(text, sizeof(text), "/%s" DEEP5 "/file-a", top);
	make_link(text, dir, "link-b");
	join(from, programs, "true-static");
	copy_file(from, dir, "prog-s");
	join(from, programs, "true-dynamic");
	copy_file(from, dir, "prog-d");

	snprintf(dir, sizeof(dir), "%s/%s/list", root, top);
	make_dir(dir);
	for (i = 0; i < LIST_NAMES; i++) {
		snprintf(text, sizeof(text), "name-%04d", i);
		make_file(dir, text);
	}
}

/* What mappings may lead to. */
static void make_targets(const char *root)
{
	char dir[PATH_MAX], text[128];
	int i;

	join(dir, root, "real");
	make_dir(dir);
	for (i = 0; i < TARGETS; i++) {
		snprintf(text, sizeof(text), "t%06d", i);
		make_file(dir, text);
	}
}

/* The programs that are exec'ed, and what the dynamic one needs. */
static void make_system(const char *root, const char *programs)
{
	static const char *const dirs[] = {
		"dev", "lib", "lib64", "lib/x86_64-linux-gnu", "elsewhere",
	};
	char path[PATH_MAX];
	unsigned int i;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		join(path, root, dirs[i]);
		make_dir(path);
	}
	copy_file(LOADER, root, LOADER);
	copy_file(LIBC, root, LIBC);
	join(path, programs, "calls");
	copy_file(path, root, "measure");
}

/*
 * All states are measured on the same tree: where its names lie in the kernel's hash
 * of names, and who else lies there, changes the figures.
 */
void scene_make(const char *programs)
{
	if (mkdir(SCENE, 0755) || mount("tmpfs", SCENE, "tmpfs", 0, "mode=0755"))
		err(1, "mounting a tmpfs at " SCENE);
	make_system(SCENE, programs);
	make_file(SCENE, "file-a");
	make_file(SCENE, "file-b");
	make_targets(SCENE);
	make_tree(SCENE, TOP, programs);
	make_tree(SCENE, REAL, programs);
}

void scene_enter(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(1, "making a mount namespace");
	if (mount("/dev", SCENE "/dev", NULL, MS_BIND, NULL))
		err(1, "mounting /dev");
	if (chdir(SCENE) || syscall(SYS_pivot_root, ".", ".") ||
	    umount2(".", MNT_DETACH) || chdir("/"))
		err(1, "entering " SCENE);
}
