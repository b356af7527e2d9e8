// SPDX-License-Identifier: GPL-2.0
/*
 * N4, N5: the magic links of /proc, which lead to objects instead of names, in the
 * middle and at the end of a name, as a symlink's text, and as a TO
 */
#include <dirent.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "rule.h"

/* The directories of /proc that a process finds itself in. */
static const char *selves[6];

static void find_selves(void)
{
	size_t n = 0;

	selves[n++] = "/proc/self";
	selves[n++] = "/proc/thread-self";
	selves[n++] = strdup(text("/proc/%d", getpid()));
	selves[n++] = strdup(text("/proc/self/task/%d", (int)gettid()));
	selves[n++] = strdup(text("/proc/%d/task/%d", getpid(), (int)gettid()));
	selves[n++] = strdup(text("/proc/thread-self/../../../%d", getpid()));
}

static void make_scene(void)
{
	make_file("@/v/d/f");
	make_file("@/v/t");
	make_file("@/v/m");
	make_file("@/real/d/f");
	make_file("@/real/d/s/g");
	make_link("s/g", "@/real/d/l");
	make_link("../m", "@/real/d/up");
	make_file("@/real/t");
	make_file("@/other/f");
	make_file("@/plain/f");
	make_file("@/plain/m");
	map("@/v/d", "@/real/d");
	map("@/v/m", "@/other/f");
	map("@/plain/m", "@/other/f");
	find_selves();
}

static void cwds(void)
{
	size_t i;

	make_scene();
	works(chdir(at("@/v/d")));
	for (i = 0; i < COUNT(selves); i++) {
		const char *s = selves[i];

		means(text("%s/cwd", s), "@/real/d");
		means(text("%s/cwd/", s), "@/real/d");
		means(text("%s/cwd/.", s), "@/real/d");
		means(text("%s/cwd/f", s), "@/real/d/f");
		means(text("%s/cwd/s/../f", s), "@/real/d/f");
		means(text("%s/cwd/l", s), "@/real/d/s/g");
		means(text("%s/cwd/up", s), "@/other/f");
		means(text("%s/cwd/..", s), "@/v");
		means(text("%s/cwd/../t", s), "@/v/t");
		means(text("%s/cwd/../m", s), "@/other/f");
		means(text("%s/cwd/../../real/t", s), "@/real/t");
		means(text("%s/cwd/none", s), "ENOENT");
		means(text("%s/cwd/f/x", s), "ENOTDIR");
	}
	works(chdir(at("@/plain")));
	for (i = 0; i < COUNT(selves); i++) {
		means(text("%s/cwd/m", selves[i]), "@/other/f");
		means(text("%s/cwd/f", selves[i]), "@/plain/f");
		means(text("%s/cwd/../v/d/f", selves[i]), "@/real/d/f");
	}
}

static void roots(void)
{
	size_t i;

	make_scene();
	for (i = 0; i < COUNT(selves); i++) {
		const char *s = selves[i];

		means(text("%s/root", s), "/");
		means(text("%s/root/..", s), "/");
		means(text("%s/root@/v/d/f", s), "@/real/d/f");
		means(text("%s/root@/v/d/up", s), "@/other/f");
		means(text("%s/root/../proc/self/root@/v/m", s), "@/other/f");
		means(text("%s/root@/plain/m", s), "@/other/f");
		means(text("%s/root@/plain/f", s), "@/plain/f");
		means(text("%s/root@/v/../v/d/../m", s), "@/other/f");
	}
	map("/proc/version", "@/other/f");
	map("/proc/new", "@/real/d");
	means("/proc/version", "@/other/f");
	means("/proc/self/../version", "@/other/f");
	means("/proc/self/root/proc/version", "@/other/f");
	means("/proc/thread-self/../../../new/f", "@/real/d/f");
	means("/proc/new/../version", "@/other/f");
}

/* Descriptors of directories: mapped, not mapped, without a name, of an O_PATH. */
static void directories(void)
{
	int mapped, plain, path, gone, nameless;
	size_t i;

	make_scene();
	make_dir("@/gone");
	make_file("@/less/f");
	make_file("@/less/m");
	mapped = open(at("@/v/d"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	path = open(at("@/v/d/s"), O_PATH | O_CLOEXEC);
	plain = open(at("@/plain"), O_PATH | O_CLOEXEC);
	gone = open(at("@/gone"), O_PATH | O_CLOEXEC);
	nameless = open(at("@/less"), O_PATH | O_CLOEXEC);
	works(rmdir(at("@/gone")));
	map("@/less", "@/other");
	map("@/less/m", "@/real/t");
	map("@/gone/f", "@/real/t");
	for (i = 0; i < COUNT(selves); i++) {
		const char *s = selves[i];

		means(text("%s/fd/%d", s, mapped), "@/real/d");
		means(text("%s/fd/%d/f", s, mapped), "@/real/d/f");
		means(text("%s/fd/%d/..", s, mapped), "@/v");
		means(text("%s/fd/%d/../m", s, mapped), "@/other/f");
		means(text("%s/fd/%d/s/../../t", s, mapped), "@/v/t");
		means(text("%s/fd/%d/up", s, mapped), "@/other/f");
		means(text("%s/fd/%d/g", s, path), "@/real/d/s/g");
		means(text("%s/fd/%d/../l", s, path), "@/real/d/s/g");
		means(text("%s/fd/%d/../../t", s, path), "@/v/t");
		means(text("%s/fd/%d/m", s, plain), "@/other/f");
		means(text("%s/fd/%d/f", s, plain), "@/plain/f");
		means(text("%s/fd/%d/../plain/m", s, plain), "@/other/f");
		means(text("%s/fd/%d", s, nameless), "@/less");
		means(text("%s/fd/%d/f", s, nameless), "@/less/f");
		means(text("%s/fd/%d/m", s, nameless), "@/less/m");
		means(text("%s/fd/%d/.", s, gone), "@/gone");
		means(text("%s/fd/%d/f", s, gone), "ENOENT");
		means(text("%s/fd/%d/f", s, 9999), "ENOENT");
	}
	means(text("/dev/fd/%d/../m", mapped), "@/other/f");
	means(text("/dev/fd/%d/../l", path), "@/real/d/s/g");
}

/* Descriptors of what has no name below it. */
static void files(void)
{
	int f = -1, gone = -1, memory = -1, link = -1;
	size_t i;

	make_scene();
	make_file("@/gone");
	f = open(at("@/v/d/f"), O_RDONLY | O_CLOEXEC);
	gone = open(at("@/gone"), O_RDONLY | O_CLOEXEC);
	link = open(at("@/v/d/l"), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	memory = memfd_create("v/d/f", MFD_CLOEXEC);
	works(unlink(at("@/gone")));
	map("@/gone", "@/real/t");
	for (i = 0; i < COUNT(selves); i++) {
		const char *s = selves[i];

		means(text("%s/fd/%d", s, f), "@/real/d/f");
		means(text("%s/fd/%d/", s, f), "ENOTDIR");
		means(text("%s/fd/%d/..", s, f), "ENOTDIR");
		means(text("%s/fd/%d/x", s, f), "ENOTDIR");
		means(text("%s/fd/%d", s, gone), "@/gone");
		works(access(text("%s/fd/%d", s, memory), R_OK));
		means(text("%s/fd/%d/x", s, memory), "ENOTDIR");
		ok(!strcmp(rule_look(AT_FDCWD, text("%s/fd/%d", s, link), false),
			   rule_look(AT_FDCWD, text("/proc/self/fd/%d", link), false)),
		   "%s: a link to a link is itself", rule_label);
		means(text("%s/fd/%d/x", s, link), "ENOTDIR");
	}
	means("@/gone", "@/real/t");
	/* Opened anew, by what is open. */
	works(open(text("/proc/self/fd/%d", f), O_RDWR | O_CLOEXEC));
	fails(open(text("/proc/self/fd/%d", f), O_RDWR | O_NOFOLLOW), "ELOOP");
	fails(open(text("/proc/self/fd/%d", f), O_CREAT | O_EXCL | O_RDWR, 0600), "EEXIST");
	works(open(text("/proc/self/fd/%d", gone), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	works(truncate(text("/proc/self/fd/%d", f), 0));
	works(linkat(AT_FDCWD, text("/proc/self/fd/%d", f), AT_FDCWD, at("@/v/d/linked"),
		     AT_SYMLINK_FOLLOW));
	means("@/real/d/linked", "@/real/d/f");
}

/* Names that are made, renamed and removed below a magic link. */
static void making(void)
{
	struct stat st;
	int d;

	make_scene();
	d = open(at("@/v/d"), O_PATH | O_CLOEXEC);
	works(mkdir(text("/proc/self/fd/%d/new", d), 0755));
	works(stat(at("@/real/d/new"), &st));
	works(rename(text("/proc/self/fd/%d/new", d), text("/proc/self/fd/%d/../newer", d)));
	works(stat(at("@/v/newer"), &st));
	works(rmdir(text("/proc/self/cwd/v/newer")));
	works(unlink(text("/proc/self/fd/%d/../m", d)));
	is_itself("@/other/f", "ENOENT");
	works(symlink("x", text("/proc/thread-self/root%s", at("@/v/m"))));
	works(lstat(at("@/other/f"), &st));
	fails(unlink(text("/proc/self/fd/%d", d)), "EPERM");
	fails(rmdir("/proc/self/cwd"), "EPERM");
	fails(mkdir(text("/proc/self/fd/%d", d), 0755), "EEXIST");
	fails(symlink("x", "/proc/self/cwd"), "EEXIST");
}

/* Symlinks that lead through magic links. */
static void symlinks(void)
{
	int d;

	make_scene();
	d = open(at("@/v/d"), O_PATH | O_CLOEXEC);
	make_link(text("/proc/self/fd/%d", d), "@/l-d");
	make_link(text("/proc/self/fd/%d/../m", d), "@/l-m");
	make_link("/proc/self/cwd/v/d/f", "@/l-cwd");
	make_link("/proc/thread-self/root", "@/l-root");
	make_link("l-d", "@/l-l");
	make_link("/proc/self", "@/l-self");
	make_link("/proc/self/fd", "@/l-fd");
	works(chdir(at("@")));
	means("@/l-d", "@/real/d");
	means("@/l-d/f", "@/real/d/f");
	means("@/l-d/..", "@/v");
	means("@/l-d/../m", "@/other/f");
	means("@/l-l/../m", "@/other/f");
	means("@/l-m", "@/other/f");
	means("@/l-cwd", "@/real/d/f");
	means("@/l-root@/v/m", "@/other/f");
	means("@/l-self/cwd/v/m", "@/other/f");
	means(text("@/l-fd/%d/../m", d), "@/other/f");
	means(text("@/l-fd/../fd/%d/up", d), "@/other/f");
	means("@/v/../l-l/s/../l", "@/real/d/s/g");
}

/* A TO is followed where it lies, which may be in /proc. */
static void targets(void)
{
	char body[PATH_MAX];
	int d, f;

	make_scene();
	d = open(at("@/v/d"), O_PATH | O_CLOEXEC);
	f = open(at("@/v/t"), O_RDONLY | O_CLOEXEC);
	map("@/x", text("/proc/self/fd/%d", d));
	map("@/y", text("/proc/self/fd/%d", f));
	map("@/z", text("/proc/self/fd/%d/s", d));
	map("@/root", "/proc/self/root");
	works(vfn_map(at("@/nx"), text("/proc/self/fd/%d", d), VFN_NOFOLLOW));
	means("@/x", "@/real/d");
	means("@/x/f", "@/real/d/f");
	means("@/x/..", "@");
	means("@/x/s/../../v/t", "@/v/t");
	is_itself("@/x", "@/real/d");
	means("@/y", "@/v/t");
	is_itself("@/y", "@/v/t");
	means("@/y/x", "ENOTDIR");
	means("@/z/g", "@/real/d/s/g");
	means("@/root@/v/t", "@/v/t");
	means("@/root/..", "@");
	means("@/nx", "@/real/d");
	means("@/nx/f", "@/real/d/f");
	ok(readlink(at("@/nx"), body, sizeof(body)) > 0, "%s: one that is kept is a symlink",
	   rule_label);
	fails(open(at("@/nx"), O_RDONLY | O_NOFOLLOW), "ELOOP");
}

/* exe and map_files, which take CAP_CHECKPOINT_RESTORE to follow. */
static void memory(void)
{
	struct dirent *e;
	char path[PATH_MAX] = "";
	struct stat st;
	void *map;
	DIR *dir;
	int fd;

	make_scene();
	fd = open(at("@/v/d/f"), O_RDONLY | O_CLOEXEC);
	map = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED || fstat(fd, &st))
		bail_out("mmap");
	dir = opendir("/proc/self/map_files");
	while (dir && (e = readdir(dir)))
		if (strtoul(e->d_name, NULL, 16) == (unsigned long)map)
			snprintf(path, sizeof(path), "/proc/self/map_files/%s", e->d_name);
	closedir(dir);
	means(path, "@/real/d/f");
	means(text("%s/x", path), "ENOTDIR");
	means(text("%s/../../cwd/v/m", path), "ENOTDIR");
	means(text("/proc/self/map_files/../cwd/v/m"), "@/other/f");
	note_as("/proc/self/exe", "the link exe");
	ok(!stat("/proc/self/exe", &st), "%s: exe leads to a file", rule_label);
	means("/proc/self/exe/x", "ENOTDIR");
	means("/proc/self/exe/../cwd", "ENOTDIR");
	munmap(map, 1);
}

static const char *try_open(const char *name, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .resolve = resolve };
	int fd = syscall(SYS_openat2, AT_FDCWD, at(name), &how, sizeof(how)), err;
	struct stat st;

	if (fd < 0)
		return strerrorname_np(errno);
	err = fstat(fd, &st);
	close(fd);
	return err ? strerrorname_np(errno) : noted(&st);
}

static void opens(const char *name, uint64_t resolve, const char *want)
{
	const char *got = try_open(name, O_PATH, resolve);

	ok(!strcmp(got, want), "%s: %s, RESOLVE %#x: %s", rule_label, name, (int)resolve, want);
	if (strcmp(got, want))
		diag("got: %s", got);
}

/* What refuses magic links refuses them in a view, and no mapping for one. */
static void refused(void)
{
	int d;

	make_scene();
	d = open(at("@/v/d"), O_PATH | O_CLOEXEC);
	works(chdir(at("@")));
	make_link("/proc/self/cwd/v/d/f", "@/l");
	map("@/x", text("/proc/self/fd/%d", d));
	opens("/proc/self/cwd", RESOLVE_NO_MAGICLINKS, "ELOOP");
	opens("/proc/self/cwd/v/d/f", RESOLVE_NO_MAGICLINKS, "ELOOP");
	opens(text("/proc/self/fd/%d", d), RESOLVE_NO_MAGICLINKS, "ELOOP");
	opens(text("/proc/self/fd/%d/../m", d), RESOLVE_NO_MAGICLINKS, "ELOOP");
	opens("@/l", RESOLVE_NO_MAGICLINKS, "ELOOP");
	opens("@/v/d/f", RESOLVE_NO_MAGICLINKS, "@/real/d/f");
	opens("@/v/d/l", RESOLVE_NO_MAGICLINKS, "@/real/d/s/g");
	opens("@/v/d/up", RESOLVE_NO_MAGICLINKS, "@/other/f");
	opens(text("/proc/self/fd/%d/../m", d), RESOLVE_NO_SYMLINKS, "ELOOP");
	opens(text("/proc/%d/cwd/v/d/f", getpid()), RESOLVE_NO_SYMLINKS, "ELOOP");
	opens(text("/proc/%d/cwd/v/d/f", getpid()), 0, "@/real/d/f");
}

static const struct rule rules[] = {
	{ "cwd", cwds },
	{ "root", roots },
	{ "directories in fd", directories },
	{ "files in fd", files },
	{ "making names", making },
	{ "symlinks to magic links", symlinks },
	{ "magic links as targets", targets },
	{ "memory", memory, .root = true },
	{ "refused", refused },
};

int main(void)
{
	rules_run(rules);
	return done();
}
