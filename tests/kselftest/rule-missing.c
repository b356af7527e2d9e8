// SPDX-License-Identifier: GPL-2.0
/* N8: ancestors of mapped names that don't exist are directories in the view */

#include <linux/openat2.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "rule.h"

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED	0x20
#endif
#ifndef OPENAT2_REGULAR
#define OPENAT2_REGULAR	(1ULL << 32)	/* since Linux 7.2 */
#endif

static void stage(void)
{
	make_file("@/t");
	make_file("@/u/f");
	map("@/a/b/c", "@/t");
	map("@/a/d", "@/u");
}

static void looked_at(void)
{
	struct stat st, again;

	stage();
	ok(!stat(at("@/a/b"), &st) && S_ISDIR(st.st_mode), "%s: a directory", rule_label);
	ok((st.st_mode & 07777) == 0555 && !st.st_uid && !st.st_gid,
	   "%s: root's, of mode 0555", rule_label);
	ok(!lstat(at("@/a//b/."), &again) && again.st_ino == st.st_ino &&
	   again.st_dev == st.st_dev, "%s: the same by another spelling", rule_label);
	ok(!stat(at("@/a"), &again) && again.st_ino != st.st_ino, "%s: its parent is another",
	   rule_label);
	ok(!access(at("@/a/b"), R_OK | X_OK), "%s: may be read and searched", rule_label);
	means("@/a/b/c", "@/t");
	means("@/a/b/../d/f", "@/u/f");
	means("@/a/..", "@");
	means("@/a/b/none", "ENOENT");
	means("@/a/none", "ENOENT");
	means("@/a/b/c/x", "ENOTDIR");
	means("@/ab", "ENOENT");
}

static void entered(void)
{
	char cwd[PATH_MAX];
	int fd;

	stage();
	works(chdir(at("@/a/b")));
	ok(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, at("@/a/b")), "%s: getcwd()", rule_label);
	means("c", "@/t");
	means("../d/f", "@/u/f");
	means("../../t", "@/t");
	means("nothing", "ENOENT");
	works(chdir(".."));
	ok(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, at("@/a")), "%s: one up", rule_label);
	means("b/c", "@/t");
	fd = open("b", O_RDONLY | O_DIRECTORY);
	ok(fd >= 0, "%s: opened", rule_label);
	means_at(fd, "c", "@/t");
	means_at(fd, "../d/f", "@/u/f");
	close(fd);
	fails(open("b", O_WRONLY), "EISDIR");
	fails(open("b", O_RDWR), "EISDIR");
	fails(open("b", O_RDONLY | O_CREAT, 0644), "EISDIR");
	fails(open("b", O_RDONLY | O_CREAT | O_EXCL, 0644), "EEXIST");
	fails(execl(at("@/a/b"), "b", NULL), "EACCES");
}

static void changed(void)
{
	stage();
	fails(open(at("@/a/new"), O_CREAT | O_WRONLY, 0644), "EROFS");
	fails(open(at("@/a/b"), O_TMPFILE | O_WRONLY, 0644), "EROFS");
	fails(mkdir(at("@/a/new"), 0755), "EROFS");
	fails(symlink("x", at("@/a/b/new")), "EROFS");
	fails(link(at("@/t"), at("@/a/new")), "EROFS");
	fails(mknod(at("@/a/new"), S_IFIFO | 0644, 0), "EROFS");
	fails(rename(at("@/t"), at("@/a/new")), "EXDEV");
	fails(unlink(at("@/a/none")), "EROFS");
	fails(rmdir(at("@/a/b")), "EROFS");
	fails(chmod(at("@/a/b"), 0777), "EROFS");
	works(chdir(at("@/a")));
	fails(mkdir("new", 0755), "EROFS");
	fails(open("new", O_CREAT | O_WRONLY, 0644), "EROFS");
	/* What is mapped there can be written all the same. */
	works(truncate(at("@/a/b/c"), 0));
	works(mkdir(at("@/a/d/made"), 0755));
	works(rmdir("d/made"));
}

/* Not even root makes the real directory by accident. */
static void not_made(void)
{
	stage();
	fails(mkdir(at("@/a"), 0755), "EROFS");
	fails(open(at("@/a"), O_CREAT | O_WRONLY, 0644), "EISDIR");
	fails(mkdir(at("@/a/b"), 0755), "EROFS");
	if (vfn_clear())
		bail_out("clear");
	means("@/a", "ENOENT");
}

static void by_symlink(void)
{
	stage();
	make_link("a/b", "@/l");
	make_link("@/a", "@/abs");
	means("@/l/c", "@/t");
	means("@/abs/b/c", "@/t");
	works(chdir(at("@/l")));
	means("c", "@/t");
	works(chdir(at("@/abs")));
	means("b/c", "@/t");
}

static void exists(void)
{
	make_file("@/t");
	make_dir("@/a");
	make_file("@/a/real");
	map("@/a/b/c", "@/t");
	means("@/a", "@/a");
	means("@/a/b/c", "@/t");
	works(mkdir(at("@/a/new"), 0755));
	fails(mkdir(at("@/a/b/new"), 0755), "EROFS");
}

static void inside_others(void)
{
	make_file("@/t");
	make_dir("@/m");
	map("@/v", "@/m");
	map("@/v/x/y", "@/t");
	hide("@/h");
	map("@/h/x/y", "@/t");
	means("@/v/x/y", "@/t");
	works(chdir(at("@/v/x")));
	means("y", "@/t");
	means("@/h/x/y", "@/t");
	means("@/h/x", "ENOENT");
	means("@/h", "ENOENT");
}

/* A symlink on the way to TO says nothing of what follows TO in the view. */
static void below_way(void)
{
	struct stat st;

	make_file("@/t");
	make_file("@/real/s/f");
	make_link("real", "@/rel");
	make_link(at("@/real"), "@/abs");
	map("@/a", "@/rel/s");
	map("@/a/x/y", "@/t");
	map("@/b", "@/abs/s");
	map("@/b/x/y", "@/t");
	ok(!stat(at("@/a/x"), &st) && S_ISDIR(st.st_mode), "%s: a relative one", rule_label);
	means("@/a/x/y", "@/t");
	means("@/a/none", "ENOENT");
	ok(!stat(at("@/b/x"), &st) && S_ISDIR(st.st_mode), "%s: an absolute one", rule_label);
	means("@/b/x/y", "@/t");
	means("@/b/none", "ENOENT");
}

static void look(const char *name)
{
	struct stat st;

	if (!stat(name, &st) || errno != ENOENT)
		bail_out("%s is there", name);
}

/*
 * Who asks for what is in the cache alone, which may know that there is really nothing: not
 * on a tmpfs, so in the root directory.
 */
static void from_cache(void)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_CACHED };
	static const char *const names[] = { "/vfn-no.%d", "vfn-no.%d", "/vfn-no.%d/such" };
	char name[64], top[64];
	unsigned int i;
	long fd;

	make_file("@/t");
	snprintf(top, sizeof(top), "/vfn-no.%d", getpid());
	works(vfn(text("%s/such/file", top), at("@/t")));
	works(chdir("/"));
	outside(look, top);
	for (i = 0; i < COUNT(names); i++) {
		snprintf(name, sizeof(name), names[i], getpid());
		fd = syscall(SYS_openat2, AT_FDCWD, name, &how, sizeof(how));
		if (fd < 0 && (errno == ENOSYS || errno == EINVAL)) {
			skip("RESOLVE_CACHED", "this kernel has none");
			return;
		}
		if (!ok(fd >= 0 || errno == EAGAIN, "%s: %s: there, or EAGAIN", rule_label, names[i]))
			diag("got: %s", strerrorname_np(errno));
		close(fd);
	}
}

/* What openat2() says to who wants a regular file; EINVAL if this kernel knows no such wish. */
static int open_regular(const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | OPENAT2_REGULAR };
	long fd = syscall(SYS_openat2, AT_FDCWD, at(name), &how, sizeof(how));

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void not_regular(void)
{
	stage();
	ok(open_regular("@/a/b/c") == open_regular("@/t"), "%s: a file", rule_label);
	ok(open_regular("@/a/b") == open_regular("@/u"), "%s: a directory", rule_label);
	ok(open_regular("@/a/b"), "%s: refused", rule_label);
}

static const struct rule rules[] = {
	{ "looked at", looked_at },
	{ "entered", entered },
	{ "changed", changed },
	{ "not made", not_made, .root = true },
	{ "by symlinks", by_symlink },
	{ "below a TO that is reached by a symlink", below_way },
	{ "parents that exist", exists },
	{ "in mapped and hidden directories", inside_others },
	{ "out of the cache", from_cache },
	{ "asked for a regular file", not_regular },
};

int main(void)
{
	rules_run(rules);
	return done();
}
