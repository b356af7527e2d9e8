// SPDX-License-Identifier: GPL-2.0
/*
 * N3: what the current directory is called is looked up once and kept: whatever changes
 * its name, or which directory it is, is noticed at the next relative name
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>

#include "rule.h"

static void make_scene(void)
{
	make_file("@/t");
	make_file("@/u");
	make_file("@/v/d/f");
	make_file("@/v/e/f");
	make_link("f", "@/v/d/l");
	map("@/v/d/f", "@/t");
	works(chdir(at("@/v/d")));
	means("f", "@/t");
	means("l", "@/t");
	means("../d/f", "@/t");
	means("f", "@/t");
}

static void renamed(void)
{
	make_scene();
	works(rename(at("@/v"), at("@/w")));
	means("f", "@/v/d/f");
	means("l", "@/v/d/f");
	map("@/w/d/f", "@/u");
	means("f", "@/u");
	means("l", "@/u");
	works(rename(at("@/w/d"), at("@/w/c")));
	means("f", "@/v/d/f");
	means("l", "@/v/d/f");
	map("@/w/c/f", "@/t");
	means("f", "@/t");
	means("l", "@/t");
}

/* The current directory is the root of what is mounted. */
static void moved(void)
{
	make_file("@/t");
	make_file("@/u");
	make_dir("@/m");
	make_dir("@/n");
	works(mount("none", at("@/m"), "tmpfs", 0, NULL));
	make_file("@/m/f");
	map("@/m/f", "@/t");
	works(chdir(at("@/m")));
	means("f", "@/t");
	works(mount(at("@/m"), at("@/n"), NULL, MS_MOVE, NULL));
	means("f", "@/m/f");
	map("@/n/f", "@/u");
	means("f", "@/u");
	works(mount(at("@/n"), at("@/m"), NULL, MS_MOVE, NULL));
	means("f", "@/t");
	works(umount2(at("@/m"), MNT_DETACH));
	means("f", "@/m/f");
}

static void new_root(void)
{
	make_scene();
	works(chroot(at("@/v")));
	means("f", "@/v/d/f");
	works(vfn("/d/f", "/e/f"));
	means("f", "@/v/e/f");
	means("l", "@/v/e/f");
}

static void *go(void *dir)
{
	return chdir(dir) ? NULL : dir;
}

/* Threads share it, and so may processes. */
static void of_two(void)
{
	pthread_t thread;
	void *gone;

	make_scene();
	if (pthread_create(&thread, NULL, go, at("@/v/e")) || pthread_join(thread, &gone))
		bail_out("a thread");
	ok(gone, "%s: the other thread goes", rule_label);
	means("f", "@/v/e/f");
	works(chdir("../d"));
	means("f", "@/t");
	works(unshare(CLONE_FS));
	means("f", "@/t");
	works(chdir(at("@/v/e")));
	means("f", "@/v/e/f");
	works(unshare(CLONE_FS));
	works(chdir("../d"));
	means("f", "@/t");
}

static void edited(void)
{
	int fd, other;

	make_scene();
	works(vfn_unmap(at("@/v/d/f")));
	means("f", "@/v/d/f");
	map("@/v", "@/v/e");
	means("f", "@/v/d/f");
	works(vfn_unmap(at("@/v")));
	map("@/v/d/f", "@/u");
	means("f", "@/u");
	fd = open(".", O_PATH | O_CLOEXEC);
	other = open(at("@/v/e"), O_PATH | O_CLOEXEC);
	means_at(other, "f", "@/v/e/f");
	means_at(fd, "f", "@/u");
	means("f", "@/u");
	means_at(other, "../d/f", "@/u");
	hide("@/v/d/f");
	means("f", "ENOENT");
	means_at(fd, "f", "ENOENT");
	close(fd);
	close(other);
}

static const struct rule rules[] = {
	{ "renamed", renamed },
	{ "on a mount that is moved", moved, .root = true },
	{ "in a new root", new_root, .root = true },
	{ "of two threads", of_two },
	{ "while the table changes", edited },
};

int main(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace");
	rules_run(rules);
	return done();
}
