// SPDX-License-Identifier: GPL-2.0
/*
 * N3: what the current directory is called is looked up once and kept: whatever changes
 * its name, or which directory it is, is noticed at the next relative name.  The same of
 * the directory that a descriptor stands for
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "rule.h"

static void remove_dir(const char *name)
{
	if (rmdir(at(name)))
		bail_out("rmdir %s", name);
}

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

/* The directory @name, by descriptor number @fd. */
static void reopen(int fd, const char *name)
{
	int new = open(at(name), O_PATH | O_CLOEXEC);

	if (new < 0 || dup2(new, fd) != fd || close(new))
		bail_out("open %s", name);
}

#define DIR_FD	100

static void make_dir_scene(void)
{
	make_file("@/t");
	make_file("@/u");
	make_file("@/v/d/f");
	make_file("@/v/e/f");
	make_file("@/w/d/f");
	make_file("@/v/f");
	map("@/v/d/f", "@/t");
	reopen(DIR_FD, "@/v/d");
	means_at(DIR_FD, "f", "@/t");
	means_at(DIR_FD, "f", "@/t");
}

static void dir_of_another(void)
{
	make_dir_scene();
	reopen(DIR_FD, "@/v/e");
	means_at(DIR_FD, "f", "@/v/e/f");
	reopen(DIR_FD, "@/w/d");
	means_at(DIR_FD, "f", "@/w/d/f");
	reopen(DIR_FD, "@/v");
	means_at(DIR_FD, "f", "@/v/f");
	means_at(DIR_FD, "d/f", "@/t");
	reopen(DIR_FD, "@/v/d");
	means_at(DIR_FD, "f", "@/t");
	reopen(DIR_FD, "/");
	means_at(DIR_FD, at("@/v/d/f") + 1, "@/t");
}

static void rename_dir(const char *to)
{
	if (rename(at("@/v/c"), at(to)))
		bail_out("rename %s", to);
}

static void dir_renamed(void)
{
	make_dir_scene();
	works(rename(at("@/v/d"), at("@/v/c")));
	means_at(DIR_FD, "f", "@/v/d/f");
	/* By others: in the view it is there already, for what is mapped below it. */
	outside(rename_dir, "@/v/d");
	means_at(DIR_FD, "f", "@/t");
	works(rename(at("@/v"), at("@/x")));
	means_at(DIR_FD, "f", "@/v/d/f");
	map("@/x/d/f", "@/u");
	means_at(DIR_FD, "f", "@/u");
	works(chroot(at("@/x")));
	means_at(DIR_FD, "f", "@/v/d/f");
	works(vfn("/d/f", "/e/f"));
	means_at(DIR_FD, "f", "@/v/e/f");
}

/* What has the name now is another directory, perhaps where the first one was. */
static void dir_replaced(void)
{
	int i;

	make_dir_scene();
	make_file("@/v/g");
	for (i = 0; i < 4; i++) {
		make_dir("@/v/n");
		reopen(DIR_FD, "@/v/n");
		map("@/v/n/f", "@/t");
		means_at(DIR_FD, "f", "@/t");
		outside(remove_dir, "@/v/n");
		means_at(DIR_FD, "f", "ENOENT");
		works(vfn_unmap(at("@/v/n/f")));
		works(mkdir(at("@/v/m"), 0755));
		reopen(DIR_FD, "@/v/m");
		means_at(DIR_FD, "f", "ENOENT");
		works(rmdir(at("@/v/m")));
	}
}

/* The same names below the roots of two mounts, and a mount that is moved. */
static void dir_mounted(void)
{
	make_dir_scene();
	make_dir("@/m");
	make_dir("@/n");
	works(mount("none", at("@/m"), "tmpfs", 0, NULL));
	works(mount("none", at("@/n"), "tmpfs", 0, NULL));
	make_file("@/m/d/f");
	make_file("@/n/d/f");
	map("@/m/d/f", "@/u");
	reopen(DIR_FD, "@/m/d");
	means_at(DIR_FD, "f", "@/u");
	reopen(DIR_FD, "@/n/d");
	means_at(DIR_FD, "f", "@/n/d/f");
	reopen(DIR_FD, "@/m/d");
	means_at(DIR_FD, "f", "@/u");
	works(mount(at("@/m"), at("@/w"), NULL, MS_MOVE, NULL));
	means_at(DIR_FD, "f", "@/m/d/f");
	map("@/w/d/f", "@/t");
	means_at(DIR_FD, "f", "@/t");
	works(umount2(at("@/w"), MNT_DETACH));
	means_at(DIR_FD, "f", "@/m/d/f");
	works(umount2(at("@/n"), MNT_DETACH));
}

/* In directories of the view alone, which all have the same name, really. */
static void dir_missing(void)
{
	make_dir_scene();
	map("@/none/a/f", "@/t");
	map("@/none/b/f", "@/u");
	reopen(DIR_FD, "@/none/a");
	means_at(DIR_FD, "f", "@/t");
	reopen(DIR_FD, "@/none/b");
	means_at(DIR_FD, "f", "@/u");
	means_at(DIR_FD, "../a/f", "@/t");
	reopen(DIR_FD, "@/none");
	means_at(DIR_FD, "a/f", "@/t");
	means_at(DIR_FD, "f", "ENOENT");
}

/* One table comes to lie where another was. */
static void dir_of_many_tables(void)
{
	struct stat st, want[2];
	unsigned int i, wrong = 0;

	make_dir_scene();
	map("@/kept", "@/t");
	if (stat(at("@/t"), &want[0]) || stat(at("@/u"), &want[1]))
		bail_out("stat");
	for (i = 0; i < 50; i++) {
		/* The one from before is not in use any more, and freed. */
		if (vfn_unmap(at("@/v/d/f")) || stat(at("@/v/e/f"), &st) || usleep(20000))
			bail_out("an edit");
		if (vfn(at("@/v/d/f"), at(i % 2 ? "@/u" : "@/t")) || fstatat(DIR_FD, "f", &st, 0))
			bail_out("another edit");
		wrong += st.st_ino != want[i % 2].st_ino;
	}
	ok(!wrong, "%s: %u of %u lookups are wrong", rule_label, wrong, i);
}

/* A process that shares this one's root and current directory until it is told to go. */
static pid_t share_fs(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid < 0)
		bail_out("clone");
	while (!pid)
		pause();
	return pid;
}

static void end(pid_t pid)
{
	if (kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid)
		bail_out("a process that was to end");
}

/* From now on this process has a root of its own.  Returns who keeps the one that it had. */
static pid_t leave_fs(void)
{
	pid_t other = share_fs();

	if (unshare(CLONE_FS))
		bail_out("unshare");
	return other;
}

/*
 * Another root may lie in memory where the one before lay.  Those that stay fill up what
 * memory there is among others, so that it comes to that.
 */
static void dir_of_many_roots(void)
{
	int root = open("/", O_PATH | O_CLOEXEC), wrong = 0;
	pid_t before, after, stay[100];
	struct stat st, want;
	unsigned int i;
	cpu_set_t one;

	make_dir_scene();
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one) || stat(at("@/t"), &want))
		bail_out("sched_setaffinity");
	for (i = 0; i < COUNT(stay); i++) {
		stay[i] = leave_fs();
		if (fstatat(DIR_FD, "f", &st, 0) || st.st_ino != want.st_ino)
			bail_out("a mapped name");
		before = leave_fs();
		if (chroot(at("@/v")))
			bail_out("chroot");
		end(before);
		after = leave_fs();
		/* What it is mapped to is out of reach. */
		wrong += fstatat(DIR_FD, "f", &st, 0) || st.st_ino == want.st_ino;
		end(after);
		if (fchdir(root) || chroot("."))
			bail_out("the root");
	}
	ok(!wrong, "%s: %d of %u lookups are wrong", rule_label, wrong, i);
	while (i)
		end(stay[--i]);
}

/* Below TO, which is in the table by another name. */
static void dir_mapped(void)
{
	make_dir_scene();
	map("@/from", "@/w");
	map("@/from/d/g", "@/u");
	reopen(DIR_FD, "@/from/d");
	means_at(DIR_FD, "f", "@/w/d/f");
	means_at(DIR_FD, "g", "@/u");
	means_at(DIR_FD, "g", "@/u");
	reopen(DIR_FD, "@/v/d");
	means_at(DIR_FD, "g", "ENOENT");
	means_at(DIR_FD, "f", "@/t");
	reopen(DIR_FD, "@/from/d");
	means_at(DIR_FD, "g", "@/u");
	works(vfn_unmap(at("@/from/d/g")));
	means_at(DIR_FD, "g", "ENOENT");
}

static const struct rule rules[] = {
	{ "a descriptor of another directory", dir_of_another },
	{ "a descriptor's directory is renamed", dir_renamed, .root = true },
	{ "a descriptor's directory is replaced", dir_replaced },
	{ "a descriptor's directory on a mount", dir_mounted, .root = true },
	{ "a descriptor's directory in the view alone", dir_missing },
	{ "a descriptor's directory below TO", dir_mapped },
	{ "a descriptor's directory in many tables", dir_of_many_tables },
	{ "a descriptor's directory below many roots", dir_of_many_roots, .root = true },
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
