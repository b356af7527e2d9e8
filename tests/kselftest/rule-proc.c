// SPDX-License-Identifier: GPL-2.0
/*
 * N9: all that /proc tells a process of its own names, in each of the directories it
 * finds itself in and from each of its threads; and what it tells others, which is real
 */
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "rule.h"

/* Since 6.11; not in the headers of older systems. */
struct procmap_query_arg {
	uint64_t size, query_flags, query_addr, vma_start, vma_end, vma_flags, vma_page_size,
		 vma_offset, inode;
	uint32_t dev_major, dev_minor, vma_name_size, build_id_size;
	uint64_t vma_name_addr, build_id_addr;
};

#define PROCMAP_QUERY_CALL	_IOWR('f', 17, struct procmap_query_arg)

static const char *link_of(const char *name)
{
	static char buf[PATH_MAX];
	ssize_t len = readlink(name, buf, sizeof(buf) - 1);

	if (len < 0)
		return strerrorname_np(errno);
	buf[len] = '\0';
	return buf;
}

static void tells(const char *name, const char *want)
{
	char wanted[2 * PATH_MAX];
	const char *got = link_of(name);

	snprintf(wanted, sizeof(wanted), "%s", at(want));
	ok(!strcmp(got, wanted), "%s: %s: %.200s", rule_label, name, want);
	if (strcmp(got, wanted))
		diag("got: %s", got);
}

/* How often @name is a line's name in file @file; @part: any part of any line. */
static int occurs(const char *file, const char *name, bool part)
{
	char line[3 * PATH_MAX], *found;
	size_t len = strlen(name);
	FILE *f = fopen(file, "re");
	int nr = 0;

	if (!f)
		bail_out("%s", file);
	while (fgets(line, sizeof(line), f)) {
		found = strstr(line, name);
		nr += found && (part || (strchr(" =", found[-1]) && strchr(" \n", found[len])));
	}
	fclose(f);
	return nr;
}

static const char *selves[8];
static size_t nr_selves;

/* Of the calling thread.  The last is its own alone if it is not the first thread. */
static void find_selves(void)
{
	int pid = getpid(), tid = gettid();

	nr_selves = 0;
	selves[nr_selves++] = "/proc/self";
	selves[nr_selves++] = "/proc/thread-self";
	selves[nr_selves++] = strdup(text("/proc/%d", pid));
	selves[nr_selves++] = strdup(text("/proc/self/task/%d", tid));
	selves[nr_selves++] = strdup(text("/proc/%d/task/%d", pid, tid));
	selves[nr_selves++] = strdup(text("/proc/%d", tid));
}

static int f, dir, path, made, gone, plain, link_itself, named;
static void *memory, *whole;
static char exe[PATH_MAX + 1];

static void *map_file(int fd)
{
	void *p = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p == MAP_FAILED)
		bail_out("mmap");
	return p;
}

static void make_scene(void)
{
	make_file("@/t/f");
	make_file("@/t/s/g");
	make_link("f", "@/t/l");
	make_file("@/t/odd (deleted)");
	make_file("@/plain/f");
	make_file("@/one");
	make_dir("@/v");
	map("@/v", "@/t");
	map("@/none/name", "@/one");
	map("@/late", "@/t/f");
}

static void open_all(void)
{
	f = open(at("@/v/f"), O_RDONLY | O_CLOEXEC);
	dir = open(at("@/v/s"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	path = open(at("@/none/name"), O_PATH | O_CLOEXEC);
	link_itself = open(at("@/v/l"), O_PATH | O_NOFOLLOW | O_CLOEXEC);
	made = open(at("@/none"), O_PATH | O_CLOEXEC);
	gone = open(at("@/v/s/gone"), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	plain = open(at("@/plain/f"), O_RDONLY | O_CLOEXEC);
	named = open(at("@/v/odd (deleted)"), O_RDONLY | O_CLOEXEC);
	if (f < 0 || dir < 0 || path < 0 || link_itself < 0 || made < 0 || gone < 0 ||
	    plain < 0 || named < 0 || ftruncate(gone, 1) || chdir(at("@/v/s")))
		bail_out("opening");
	memory = map_file(f);
	whole = map_file(gone);
	if (unlink(at("@/v/s/gone")))
		bail_out("unlink");
	snprintf(exe, sizeof(exe), "%s", link_of("/proc/self/exe"));
}

static void links_of(const char *s)
{
	tells(text("%s/cwd", s), "@/v/s");
	tells(text("%s/root", s), "/");
	tells(text("%s/exe", s), exe);
	tells(text("%s/fd/%d", s, f), "@/v/f");
	tells(text("%s/fd/%d", s, dir), "@/v/s");
	tells(text("%s/fd/%d", s, path), "@/none/name");
	tells(text("%s/fd/%d", s, link_itself), "@/v/l");
	tells(text("%s/fd/%d", s, made), "@/none");
	tells(text("%s/fd/%d", s, gone), "@/v/s/gone (deleted)");
	tells(text("%s/fd/%d", s, plain), "@/plain/f");
	tells(text("%s/fd/%d", s, named), "@/v/odd (deleted)");
}

static void files_of(const char *s)
{
	static const char * const files[] = { "maps", "smaps", "numa_maps" };
	size_t i;

	for (i = 0; i < COUNT(files); i++) {
		const char *name = text("%s/%s", s, files[i]);

		name = strdup(name);
		if (i == 2 && access("/proc/self/numa_maps", F_OK)) {
			skip(text("%s: %s", rule_label, name), "this kernel has none");
			continue;
		}
		ok(occurs(name, at("@/v/f"), false) == 1, "%s: %s: the name", rule_label, name);
		ok(!occurs(name, at("@/t"), true), "%s: %s: no real name", rule_label, name);
	}
	ok(occurs(text("%s/maps", s), at("@/v/s/gone (deleted)"), false) == 1,
	   "%s: %s/maps: a deleted file", rule_label, s);
}

/* Only in the directories of processes, as map_files is. */
static void map_files_of(const char *s)
{
	struct dirent *e;
	char want[2 * PATH_MAX];
	int nr = 0, named = 0;
	DIR *d = opendir(text("%s/map_files", s));

	while (d && (e = readdir(d))) {
		unsigned long start = strtoul(e->d_name, NULL, 16);

		if (start != (unsigned long)memory && start != (unsigned long)whole)
			continue;
		nr++;
		snprintf(want, sizeof(want), "%s", at(start == (unsigned long)memory ?
						      "@/v/f" : "@/v/s/gone (deleted)"));
		named += !strcmp(link_of(text("%s/map_files/%s", s, e->d_name)), want);
	}
	if (d)
		closedir(d);
	ok(nr == 2 && named == 2, "%s: %s/map_files", rule_label, s);
}

static void *look_at_all(void *unused)
{
	size_t i;

	(void)unused;
	find_selves();
	for (i = 0; i < nr_selves; i++) {
		links_of(selves[i]);
		files_of(selves[i]);
		if (!strstr(selves[i], "task") && strcmp(selves[i], "/proc/thread-self"))
			map_files_of(selves[i]);
	}
	return NULL;
}

static void own(void)
{
	make_scene();
	open_all();
	look_at_all(NULL);
}

static void own_thread(void)
{
	pthread_t thread;

	make_scene();
	open_all();
	if (pthread_create(&thread, NULL, look_at_all, NULL) || pthread_join(thread, NULL))
		bail_out("a thread");
}

/* One of memory's names, by ioctl. */
static void query(void)
{
	char name[PATH_MAX] = "";
	struct procmap_query_arg q = { .size = sizeof(q), .vma_name_size = sizeof(name) };
	int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	make_scene();
	open_all();
	q.query_addr = (uintptr_t)memory;
	q.vma_name_addr = (uintptr_t)name;
	if (ioctl(maps, PROCMAP_QUERY_CALL, &q) && errno == ENOTTY)
		skip("PROCMAP_QUERY", "this kernel has none");
	else
		ok(!strcmp(name, at("@/v/f")), "%s: PROCMAP_QUERY: %s", rule_label, name);
	close(maps);
}

/* What tells about mounts tells where they are, in a view as without one. */
static char *contents(const char *name)
{
	static char bufs[2][65536];
	static int next;
	char *buf = bufs[next++ % 2];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t len = 0, got = 1;

	while (fd >= 0 && got > 0 && len < (ssize_t)sizeof(bufs[0]) - 1) {
		got = read(fd, buf + len, sizeof(bufs[0]) - 1 - len);
		len += got > 0 ? got : 0;
	}
	if (fd < 0 || got < 0)
		bail_out("%s", name);
	close(fd);
	buf[len] = '\0';
	return buf;
}

static void mounts(void)
{
	static const char * const files[] = { "mountinfo", "mounts", "mountstats" };
	char *before[COUNT(files)];
	size_t i, k;

	make_file("@/t/f");
	make_dir("@/t/m");
	make_dir("@/v");
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", at("@/t/m"), "tmpfs", 0, NULL))
		bail_out("a mount namespace");
	find_selves();
	for (i = 0; i < COUNT(files); i++)
		before[i] = strdup(contents(text("/proc/self/%s", files[i])));
	map("@/v", "@/t");
	map("/none", "/");
	for (i = 0; i < COUNT(files); i++) {
		for (k = 0; k < nr_selves; k++) {
			const char *name = text("%s/%s", selves[k], files[i]);

			/* There are no mountstats of threads. */
			if (i == 2 && access(name, F_OK))
				continue;
			ok(!strcmp(contents(name), before[i]), "%s: %s", rule_label, name);
		}
	}
	ok(strstr(before[0], at("@/t/m")), "%s: the mount is there", rule_label);
}

static char self[PATH_MAX];

/* What @path, which is this program by some name, says of itself. */
static const char *run(const char *path)
{
	static char line[PATH_MAX];
	FILE *out = popen(text("exec %s exe", at(path)), "re");

	line[0] = '\0';
	if (!out || !fgets(line, sizeof(line), out))
		bail_out("running %s", path);
	pclose(out);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void says(const char *path, const char *want)
{
	const char *got = run(path);

	want = at(want);
	ok(!strcmp(got, want), "%s: executed as %s, exe is %s", rule_label, path, want);
	if (strcmp(got, want))
		diag("got: %s", got);
}

static void programs(void)
{
	char script[PATH_MAX];
	int fd;

	make_dir("@/dir");
	make_link("dir/inner", "@/link");
	if (vfn(at("@/first"), self) || vfn(at("@/second"), self) ||
	    vfn(at("@/dir/inner"), self))
		bail_out("map");
	says("@/first", "@/first");
	/* The name it was executed by, not the oldest. */
	says("@/second", "@/second");
	says("@/dir/inner", "@/dir/inner");
	says("@/link", "@/dir/inner");
	works(chdir(at("@/dir")));
	says("./inner", "@/dir/inner");
	says("../second", "@/second");
	/* An interpreter is executed by the name that its script has for it. */
	snprintf(script, sizeof(script), "%s", at("@/script"));
	fd = open(script, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
	if (fd < 0 || dprintf(fd, "#!%s exe\n", at("@/second")) < 0 || close(fd))
		bail_out("a script");
	says("@/script", "@/second");
	says(self, self);
}

/* What a process was told, another one isn't. */
static void others(void)
{
	static const char * const files[] = { "maps", "smaps" };
	char byte = 0, fd_f[64], fd_dir[64];
	int in[2], out[2], status;
	size_t i;
	pid_t pid;

	make_scene();
	if (pipe(in) || pipe(out))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		open_all();
		if (write(out[1], &byte, 1) != 1 || read(in[0], &byte, 1) != 1)
			_exit(EXIT_FAILURE);
		_exit(EXIT_SUCCESS);
	}
	/* Should the child end before its time, this read ends with it. */
	close(out[1]);
	if (vfn_clear() || read(out[0], &byte, 1) != 1)
		bail_out("the child");
	f = 0;
	/* The child's descriptors have the numbers that are free here. */
	for (i = 3; i < 64 && !f; i++)
		if (!strcmp(link_of(text("/proc/%d/fd/%zu", pid, i)), at("@/t/f")))
			f = i;
	snprintf(fd_f, sizeof(fd_f), "/proc/%d/fd/%d", pid, f);
	snprintf(fd_dir, sizeof(fd_dir), "/proc/%d/task/%d/fd/%d", pid, pid, f + 1);
	tells(text("/proc/%d/cwd", pid), "@/t/s");
	tells(text("/proc/%d/task/%d/cwd", pid, pid), "@/t/s");
	tells(text("/proc/%d/root", pid), "/");
	tells(fd_f, "@/t/f");
	tells(fd_dir, "@/t/s");
	for (i = 0; i < COUNT(files); i++) {
		const char *name = text("/proc/%d/%s", pid, files[i]);

		ok(occurs(name, at("@/t/f"), false) == 1 && !occurs(name, at("@/v"), true),
		   "%s: %s: real names", rule_label, files[i]);
	}
	/* Nor is one whose own view is about other names. */
	map("@/elsewhere", "@/plain");
	tells(text("/proc/%d/cwd", pid), "@/t/s");
	tells(fd_f, "@/t/f");
	if (write(in[1], &byte, 1) != 1 || waitpid(pid, &status, 0) != pid || status)
		bail_out("the child, status %#x", status);
}

/* Names of a view that are longer, or shorter, than the real ones; and too long. */
static void long_names(void)
{
	char comp[201], from[PATH_MAX], big[4 * PATH_MAX];
	size_t len;
	int i, fd;

	memset(comp, 'x', sizeof(comp) - 1);
	comp[sizeof(comp) - 1] = '\0';
	len = snprintf(from, sizeof(from), "%s", at("@"));
	for (i = 0; i < 19; i++)
		len += snprintf(from + len, sizeof(from) - len, "/%s", comp);
	make_file("@/t/s/g");
	make_file(text("@/t/%s/%s/g", comp, comp));
	map(from, "@/t");
	works(chdir(text("%s/s", from)));
	tells("/proc/self/cwd", text("%s/s", from));
	fd = open("g", O_RDONLY | O_CLOEXEC);
	tells(text("/proc/self/fd/%d", fd), text("%s/s/g", from));
	close(fd);
	works(chdir(at(text("@/t/%s/%s", comp, comp))));
	/* 4,200 bytes: no name at all, and no other one either. */
	fails(readlink("/proc/self/cwd", big, sizeof(big)), "ENAMETOOLONG");
	fails(syscall(SYS_getcwd, big, sizeof(big)), "ENAMETOOLONG");
	/* Then libc finds it out by itself: the way up leads through the view. */
	ok(getcwd(big, sizeof(big)) && !strcmp(big, text("%s/%s/%s", from, comp, comp)),
	   "%s: libc's getcwd()", rule_label);
}

static const struct rule rules[] = {
	{ "of itself", own, .root = true },
	{ "of a thread", own_thread, .root = true },
	{ "maps by ioctl", query, .root = true },
	{ "mounts", mounts, .root = true },
	{ "programs", programs },
	{ "of others", others, .root = true },
	{ "long names", long_names },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exe"))
		return puts(link_of("/proc/self/exe")) < 0;
	snprintf(self, sizeof(self), "%s", link_of("/proc/self/exe"));
	rules_run(rules);
	return done();
}
