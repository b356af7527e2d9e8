// SPDX-License-Identifier: GPL-2.0
/*
 * N3, N9, N10: working directories that can't be named: deleted, unmounted, outside
 * the root, in another mount namespace.  Relative names mean what they really mean
 * there, whatever is mapped; absolute names are those of the view.
 */
#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "rule.h"

#define OBJECTS "inside" /* what the files in the nameless directory are called */

/* getcwd(2) itself, which tells "(unreachable)"; libc makes that an error. */
static const char *raw_cwd(void)
{
	static char buf[PATH_MAX];

	return syscall(SYS_getcwd, buf, sizeof(buf)) < 0 ? strerrorname_np(errno) : buf;
}

static const char *proc_cwd(void)
{
	static char buf[PATH_MAX];
	ssize_t len = readlink("/proc/self/cwd", buf, sizeof(buf) - 1);

	if (len < 0)
		return strerrorname_np(errno);
	buf[len] = '\0';
	return buf;
}

static void is(const char *got, const char *want, const char *what)
{
	ok(!strcmp(got, want), "%s: %s: %s", rule_label, what, want);
	if (strcmp(got, want))
		diag("got: %s", got);
}

static int entries(void)
{
	struct dirent *e;
	DIR *dir = opendir(".");
	int nr = 0;

	while (dir && (e = readdir(dir)))
		nr += e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return nr;
}

static void make_scene(void)
{
	make_file("@/f");
	make_file("@/decoy/f");
	make_file("@/decoy/g");
	make_file("@/decoy/sub/f");
	make_link("decoy", "@/link");
}

/* A directory "sub" with files, a directory and symlinks, in the cwd; enter it. */
static void make_inside(void)
{
	note_as(".", OBJECTS " above");
	if (mkdir("sub", 0755) || chdir("sub") || mkdir("d", 0755))
		bail_out("mkdir");
	close(open("f", O_CREAT | O_EXCL | O_WRONLY, 0644));
	close(open("d/f", O_CREAT | O_EXCL | O_WRONLY, 0644));
	if (symlink("f", "l") || symlink("../sub/f", "up") || symlink(at("@/f"), "abs") ||
	    symlink(at("@/link"), "abs-dir"))
		bail_out("symlink");
	note_as("f", OBJECTS " f");
	note_as("d/f", OBJECTS " d/f");
	note_as("d", OBJECTS " d");
	note_as(".", OBJECTS);
}

/* What d_path() may take the directory's name for, and names below that. */
static void map_decoys(const char *real)
{
	static const char * const names[] = { "/sub", "/sub/f", "/f", "/(unreachable)/sub", "/d",
					      "/sub/d/f", "/(unreachable)/sub/f" };
	size_t i;

	for (i = 0; i < COUNT(names); i++)
		map(names[i], "@/decoy/sub/f");
	map("@/f", "@/decoy/g");
	hide("/sub/l");
	hide("/l");
	if (!real)
		return;
	map(text("%s/f", real), "@/decoy/sub/f");
	hide(text("%s/l", real));
	map(text("%s/new", real), "@/decoy/g");
	map(text("%s/d/f", real), "@/decoy/g");
}

/* All names from inside are real ones; those from the root are the view's. */
static void names_are_real(const char *fd_base)
{
	int fd = open(".", O_PATH | O_CLOEXEC), made;

	means("f", OBJECTS " f");
	means("./f", OBJECTS " f");
	means("d/f", OBJECTS " d/f");
	means("d/../f", OBJECTS " f");
	means("d/..", OBJECTS);
	means("..", OBJECTS " above");
	means("d/../../sub/f", OBJECTS " f");
	means("up", OBJECTS " f");
	means_at(fd, "../sub/f", OBJECTS " f");
	means("l", OBJECTS " f");
	means(".", OBJECTS);
	means("none", "ENOENT");
	means("f/x", "ENOTDIR");
	means_at(fd, "f", OBJECTS " f");
	means_at(fd, "d/../l", OBJECTS " f");
	means(text("%s/%d/f", fd_base, fd), OBJECTS " f");
	means(text("%s/%d/d/../f", fd_base, fd), OBJECTS " f");
	means("abs", "@/decoy/g");
	means("abs-dir/g", "@/decoy/g");
	made = open("new", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
	works(made);
	note_as("new", OBJECTS " new");
	means("d/../new", OBJECTS " new");
	works(rename("new", "d/new"));
	works(unlink("d/new"));
	works(mkdir("made", 0755));
	works(rmdir("d/../made"));
	ok(entries() == 6, "%s: six entries", rule_label);
	means("@/f", "@/decoy/g");
	means("@/decoy/sub/f", "@/decoy/sub/f");
	close(made);
	close(fd);
}

/* What would need the directory's name in the view. */
static void no_names(void)
{
	struct vfn_status before, after;

	if (vfn_status(&before))
		bail_out("vfn_status");
	fails(vfn(at("@/x"), "f"), "ENOENT");
	fails(vfn(at("@/x"), "."), "ENOENT");
	fails(vfn(at("@/x"), "../f"), "ENOENT");
	ok(!vfn_resolve(AT_FDCWD, "f", 0) && errno == ESTALE, "%s: RESOLVE: ESTALE", rule_label);
	ok(!vfn_status(&after) && before.nr_mappings == after.nr_mappings,
	   "%s: nothing else changed", rule_label);
}

static void unmounted(void)
{
	char cwd[PATH_MAX], link[PATH_MAX];

	make_scene();
	make_dir("@/mnt");
	if (mount("none", at("@/mnt"), "tmpfs", 0, NULL) || chdir(at("@/mnt")))
		bail_out("mount");
	make_inside();
	if (umount2(at("@/mnt"), MNT_DETACH))
		bail_out("umount");
	snprintf(cwd, sizeof(cwd), "%s", raw_cwd());
	snprintf(link, sizeof(link), "%s", proc_cwd());
	map_decoys(at("@/mnt/sub"));
	is(raw_cwd(), cwd, "getcwd()");
	is(proc_cwd(), link, "/proc/self/cwd");
	names_are_real("/proc/self/fd");
	no_names();
	works(chdir(".."));
	means("sub/f", OBJECTS " f");
	/* The root of what was unmounted has no parent. */
	works(chdir(".."));
	means(".", OBJECTS " above");
	means("sub/f", OBJECTS " f");
	works(chdir("sub/../sub/d"));
	means("f", OBJECTS " d/f");
	works(chdir(at("@/decoy")));
	means("g", "@/decoy/g");
	is(raw_cwd(), at("@/decoy"), "getcwd() where there is a name");
}

/* The root is elsewhere: chroot() leaves the cwd where it was. */
static void outside_root(void)
{
	char cwd[PATH_MAX], real[PATH_MAX];
	int fd;

	make_scene();
	make_file("@/jail/f");
	make_file("@/jail/decoy/g");
	make_file("@/jail/decoy/sub/f");
	make_link("decoy", "@/jail/link");
	make_dir("@/out");
	make_dir("@/jail/proc");
	works(chdir(at("@/out")));
	make_inside();
	snprintf(real, sizeof(real), "%s", at("@/out/sub"));
	fd = open("/proc/self/fd", O_PATH | O_CLOEXEC);
	if (vfn_clear() || unlink("abs") || unlink("abs-dir") || symlink("/f", "abs") ||
	    symlink("/link", "abs-dir") || mount("none", at("@/jail/proc"), "proc", 0, NULL))
		bail_out("symlinks into the jail");
	if (chroot(at("@/jail")))
		bail_out("chroot");
	rule_top[0] = '\0';
	note_as("/f", "@/f");
	note_as("/decoy/g", "@/decoy/g");
	note_as("/decoy/sub/f", "@/decoy/sub/f");
	snprintf(cwd, sizeof(cwd), "%s", raw_cwd());
	map_decoys(real);
	is(raw_cwd(), cwd, "getcwd()");
	names_are_real("/proc/self/fd");
	no_names();
	works(chdir(".."));
	means("sub/f", OBJECTS " f");
	means("sub/d/../../sub/f", OBJECTS " f");
	works(chdir("/"));
	means("f", "@/decoy/g");
	is(raw_cwd(), "/", "getcwd() at the root");
	close(fd);
	if (umount("/proc"))
		bail_out("umount");
}

/* In a mount of a namespace that the process has left. */
static void other_namespace(void)
{
	int ns = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), dir;
	char cwd[PATH_MAX];

	make_scene();
	make_dir("@/mnt");
	if (unshare(CLONE_NEWNS) || mount("none", at("@/mnt"), "tmpfs", 0, NULL) ||
	    chdir(at("@/mnt")))
		bail_out("a mount namespace");
	make_inside();
	dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (setns(ns, CLONE_NEWNS) || fchdir(dir))
		bail_out("going back");
	snprintf(cwd, sizeof(cwd), "%s", raw_cwd());
	map_decoys(at("@/mnt/sub"));
	is(raw_cwd(), cwd, "getcwd()");
	names_are_real("/proc/self/fd");
	no_names();
	close(dir);
}

/* @dir is the cwd, and gone: nothing is in it, and nothing can be made there. */
static void is_gone(const char *dir)
{
	char buf[8];

	is(raw_cwd(), "ENOENT", "getcwd()");
	is(proc_cwd(), at(text("%s (deleted)", dir)), "/proc/self/cwd");
	means("f", "ENOENT");
	means("./f", "ENOENT");
	means("d/f", "ENOENT");
	means(".", dir);
	means("/proc/self/cwd/f", "ENOENT");
	means("/proc/self/cwd/.", dir);
	ok(entries() == 0, "%s: no entries", rule_label);
	fails(open("f", O_CREAT | O_WRONLY, 0644), "ENOENT");
	fails(mkdir("d", 0755), "ENOENT");
	fails(symlink("x", "l"), "ENOENT");
	fails(link(at("@/f"), "f"), "ENOENT");
	fails(rename(at("@/f"), "f"), "ENOENT");
	fails(readlink("l", buf, sizeof(buf)), "ENOENT");
	means(text("%s/f", dir), "@/decoy/f");
	means("@/f", "@/f");
	no_names();
}

static void remove_dir(const char *name)
{
	if (rmdir(at(name)))
		bail_out("rmdir %s", name);
}

static void replace_dir(const char *name)
{
	remove_dir(name);
	make_dir(name);
}

static void deleted(void)
{
	make_scene();
	make_dir("@/gone");
	works(chdir(at("@/gone")));
	map("@/gone/f", "@/decoy/f");
	map("@/gone/d", "@/decoy");
	means("f", "@/decoy/f");
	outside(remove_dir, "@/gone");
	is_gone("@/gone");
	/* Its parent is still there, for the kernel; a name it has none. */
	means("..", "@");
	works(chdir(".."));
	is(raw_cwd(), at("@"), "getcwd() in its parent");
	means("gone/f", "@/decoy/f");
}

/* Another directory has the name now. */
static void replaced(void)
{
	make_scene();
	make_dir("@/gone");
	works(chdir(at("@/gone")));
	map("@/gone/f", "@/decoy/f");
	/* By others: in the view it is a missing parent now, which nobody makes. */
	outside(replace_dir, "@/gone");
	note_as("@/gone", "the second");
	is_gone("@/gone");
	means("@/gone", "the second");
	works(chdir(at("@/gone")));
	means("f", "@/decoy/f");
	means(".", "the second");
}

/* A mapped directory is deleted: by FROM, which removes TO. */
static void deleted_target(void)
{
	make_scene();
	make_dir("@/t");
	map("@/v", "@/t");
	works(chdir(at("@/v")));
	is(raw_cwd(), at("@/v"), "getcwd()");
	works(rmdir(at("@/v")));
	is(raw_cwd(), "ENOENT", "getcwd()");
	is(proc_cwd(), at("@/v (deleted)"), "/proc/self/cwd");
	means(".", "@/t");
	means("f", "ENOENT");
	fails(mkdir("d", 0755), "ENOENT");
	means("@/v", "ENOENT");
	works(mkdir(at("@/v"), 0755));
	note_as("@/v", "the second");
	means(".", "@/t");
	works(chdir(at("@/v")));
	means(".", "the second");
	is(raw_cwd(), at("@/v"), "getcwd() in the second");
}

/* A directory of the view alone, when that has changed. */
static void missing(void)
{
	make_scene();
	map("@/a/b/c", "@/decoy");
	map("@/x", "@/f");
	works(chdir(at("@/a/b")));
	is(raw_cwd(), at("@/a/b"), "getcwd()");
	means("c/f", "@/decoy/f");
	works(vfn_unmap(at("@/a/b/c")));
	means("c", "ENOENT");
	means("c/f", "ENOENT");
	means("@/a", "ENOENT");
	fails(open("new", O_CREAT | O_WRONLY, 0644), "EROFS");
	fails(mkdir("new", 0755), "EROFS");
	ok(entries() == 0, "%s: no entries", rule_label);
	map("@/a/b/d", "@/decoy/g");
	means("d", "@/decoy/g");
	ok(entries() == 1, "%s: one entry", rule_label);
	works(vfn_clear());
	means("d", "ENOENT");
	fails(open("new", O_CREAT | O_WRONLY, 0644), "EROFS");
	ok(entries() == 0, "%s: no entries without a view", rule_label);
	works(chdir(at("@")));
	means("f", "@/f");
}

static const struct rule rules[] = {
	{ "unmounted", unmounted, .root = true },
	{ "outside the root", outside_root, .root = true },
	{ "of another namespace", other_namespace, .root = true },
	{ "deleted", deleted },
	{ "deleted and made again", replaced },
	{ "deleted by the mapped name", deleted_target },
	{ "in the view alone", missing },
};

int main(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace");
	rules_run(rules);
	return done();
}
