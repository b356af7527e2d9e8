// SPDX-License-Identifier: GPL-2.0
/* N9: names that the kernel reports to a holder are names in its view */

#include <dirent.h>
#include <sys/mman.h>

#include "rule.h"

static const char *link_of(const char *name)
{
	static char buf[PATH_MAX];
	ssize_t len = readlink(name, buf, sizeof(buf) - 1);

	if (len < 0)
		return strerrorname_np(errno);
	buf[len] = '\0';
	return buf;
}

static void is(const char *got, const char *want, const char *what)
{
	want = at(want);
	ok(!strcmp(got, want), "%s: %s is %s", rule_label, what, want);
	if (strcmp(got, want))
		diag("got: %s", got);
}

static const char *cwd(void)
{
	static char buf[PATH_MAX];

	return getcwd(buf, sizeof(buf)) ? buf : strerrorname_np(errno);
}

static void stage(void)
{
	make_file("@/t/f");
	make_file("@/t/s/g");
	make_dir("@/v");
	map("@/v", "@/t");
	map("@/n", "@/t/f");
}

static void cwds(void)
{
	char small[8];

	stage();
	works(chdir(at("@/v/s")));
	is(cwd(), "@/v/s", "getcwd()");
	is(link_of("/proc/self/cwd"), "@/v/s", "/proc/self/cwd");
	is(link_of("/proc/thread-self/cwd"), "@/v/s", "/proc/thread-self/cwd");
	is(link_of(text("/proc/%d/cwd", getpid())), "@/v/s", "/proc/PID/cwd");
	fails(getcwd(small, sizeof(small)) ? 0 : -1, "ERANGE");
	works(chdir(at("@")));
	is(cwd(), "@", "getcwd() of an unmapped one");
	if (vfn_clear())
		bail_out("clear");
	works(chdir(at("@/t")));
	is(cwd(), "@/t", "getcwd() without a view");
}

static void descriptors(void)
{
	int fd;

	stage();
	fd = open(at("@/v/s/g"), O_RDONLY);
	is(link_of(text("/proc/self/fd/%d", fd)), "@/v/s/g", "a file below");
	close(fd);
	fd = open(at("@/n"), O_RDONLY);
	/* Two names lead there; @/v is the older mapping. */
	is(link_of(text("/proc/self/fd/%d", fd)), "@/v/f", "the older of two names");
	close(fd);
	fd = open(at("@/v/made"), O_RDWR | O_CREAT, 0644);
	is(link_of(text("/proc/self/fd/%d", fd)), "@/v/made", "a new file");
	works(unlink(at("@/v/made")));
	is(link_of(text("/proc/self/fd/%d", fd)), "@/v/made (deleted)", "a deleted file");
	close(fd);
	fd = open(at("@/v/s/../s"), O_RDONLY);
	is(link_of(text("/proc/self/fd/%d", fd)), "@/v/s", "a directory");
	close(fd);
}

static bool maps_tell(const char *path)
{
	char line[2 * PATH_MAX];
	bool found = false;
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		found |= strchr(line, '/') && !strcmp(strchr(line, '/'), path);
	}
	if (maps)
		fclose(maps);
	return found;
}

static void memory(void)
{
	struct dirent *e;
	void *memory;
	bool found = false;
	DIR *dir;
	int fd;

	stage();
	fd = open(at("@/v/s/g"), O_RDONLY);
	memory = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED)
		bail_out("mmap");
	close(fd);
	ok(maps_tell(at("@/v/s/g")), "%s: maps", rule_label);
	ok(!maps_tell(at("@/t/s/g")), "%s: maps don't tell the real name", rule_label);
	dir = opendir("/proc/self/map_files");
	while (dir && (e = readdir(dir)))
		found |= !strcmp(link_of(text("/proc/self/map_files/%s", e->d_name)),
				 at("@/v/s/g"));
	ok(found, "%s: map_files", rule_label);
	if (dir)
		closedir(dir);
	munmap(memory, 1);
}

/* Is run under a mapped name, and says what the kernel calls it. */
static int say_exe(void)
{
	puts(link_of("/proc/self/exe"));
	return 0;
}

static void program(void)
{
	char self[PATH_MAX], line[PATH_MAX] = "";
	FILE *out;

	snprintf(self, sizeof(self), "%s", link_of("/proc/self/exe"));
	if (vfn(at("@/prog"), self))
		bail_out("map");
	out = popen(text("%s exe", at("@/prog")), "re");
	if (!out || !fgets(line, sizeof(line), out))
		bail_out("running %s", at("@/prog"));
	pclose(out);
	line[strcspn(line, "\n")] = '\0';
	is(line, "@/prog", "/proc/self/exe");
}

/* What somebody else reads is real. */
static void to_others(void)
{
	int in[2], out[2];
	char byte = 0;
	pid_t pid;

	stage();
	if (pipe(in) || pipe(out))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		if (chdir(at("@/v/s")) || write(out[1], &byte, 1) != 1 ||
		    read(in[0], &byte, 1) != 1)
			_exit(EXIT_FAILURE);
		_exit(EXIT_SUCCESS);
	}
	if (vfn_clear() || read(out[0], &byte, 1) != 1)
		bail_out("the child");
	is(link_of(text("/proc/%d/cwd", pid)), "@/t/s", "a holder's cwd, read by another,");
	if (write(in[1], &byte, 1) != 1)
		bail_out("the child");
	waitpid(pid, NULL, 0);
}

static void whole_root(void)
{
	make_file("@/r/etc/f");
	make_dir("@/r/etc/d");
	map("/proc", "/proc");
	map("/", "@/r");
	/* That was a second edit, so TO of a third would be a name in the new root. */
	works(chdir("/etc/d"));
	is(cwd(), "/etc/d", "getcwd()");
	works(chdir("../.."));
	is(cwd(), "/", "getcwd() of the root");
	is(link_of("/proc/self/cwd"), "/", "/proc/self/cwd");
}

static const struct rule rules[] = {
	{ "working directory", cwds },
	{ "descriptors", descriptors },
	{ "memory", memory, .root = true },
	{ "program", program },
	{ "others", to_others, .root = true },
	{ "a mapping of /", whole_root },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exe"))
		return say_exe();
	rules_run(rules);
	return done();
}
