// SPDX-License-Identifier: GPL-2.0
/* N9: if several names lead to a program, /proc/self/exe is the one it was executed by */

#include <sys/mount.h>
#include <sys/wait.h>

#include "rule.h"

#define BINFMT	"/proc/sys/fs/binfmt_misc"
#define MAGIC	"vfn-says"

/* This program, to be found in the scenes; set before the first test. */
static char self[PATH_MAX];

/* Files that begin with MAGIC are run by this program, without a trace. */
static bool stands;

static void put_program(const char *name)
{
	make_parents(name);
	if (system(text("cp '%s' '%s' && chmod 755 '%s'", self, at(name), at(name))))
		bail_out("can't copy the program to %s", name);
}

/* What the program says of itself that @how runs, given @name. */
static const char *says(void (*how)(const char *name), const char *name)
{
	static char said[PATH_MAX];
	ssize_t len;
	int ends[2], status;
	pid_t pid;

	if (pipe(ends))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		dup2(ends[1], 1);
		how(at(name));
		dprintf(1, "%s", strerrorname_np(errno));
		_exit(0);
	}
	close(ends[1]);
	len = read(ends[0], said, sizeof(said) - 1);
	close(ends[0]);
	waitpid(pid, &status, 0);
	said[len > 0 ? len : 0] = '\0';
	return said;
}

static void by_name(const char *name)
{
	execl(name, "says-exe", NULL);
}

/* By a name relative to the directory it lies in. */
static void by_last(const char *name)
{
	const char *slash = strrchr(name, '/');
	char *dir = strndup(name, slash - name);

	if (!chdir(dir))
		execl(slash + 1, "says-exe", NULL);
}

static void by_descriptor(const char *name)
{
	static char *argv[] = { "says-exe", NULL };
	int fd = open(name, O_RDONLY);

	fexecve(fd, argv, environ);
}

/* A "#!" script, which the program is the interpreter of. */
static void by_script(const char *name)
{
	int fd = open(at("@/script"), O_WRONLY | O_CREAT | O_TRUNC, 0755);

	dprintf(fd, "#!%s says-exe\n", name);
	close(fd);
	execl(at("@/script"), "script", NULL);
}

static void by_child(const char *name)
{
	execl(name, "says-exe", "child", NULL);
}

static void exe_is(const char *got, const char *want, const char *what)
{
	ok(!strcmp(got, at(want)), "%s: exe of %s is %s", rule_label, what, want);
	if (strcmp(got, at(want)))
		diag("got: %s", got);
}

static void stage(void)
{
	put_program("@/t/p");
	map("@/one", "@/t");
	map("@/two", "@/t");
	map("@/three", "@/t/p");
}

static void several_names(void)
{
	stage();
	exe_is(says(by_name, "@/one/p"), "@/one/p", "@/one/p");
	exe_is(says(by_name, "@/two/p"), "@/two/p", "@/two/p");
	exe_is(says(by_name, "@/three"), "@/three", "@/three");
	exe_is(says(by_name, "@/t/p"), "@/t/p", "the real name");
	exe_is(says(by_name, "@/two/../two/./p"), "@/two/p", "@/two/../two/./p");
	exe_is(says(by_script, "@/two/p"), "@/two/p", "an interpreter");
	exe_is(says(by_script, "@/three"), "@/three", "an interpreter, itself mapped");
	exe_is(says(by_child, "@/two/p"), "@/two/p", "a child");
}

static void through_links(void)
{
	stage();
	works(symlink("two/p", at("@/rel")));
	works(symlink(at("@/two"), at("@/abs")));
	works(symlink("p", at("@/t/q")));
	exe_is(says(by_name, "@/rel"), "@/two/p", "a symlink");
	exe_is(says(by_name, "@/abs/p"), "@/two/p", "a symlink on the way");
	exe_is(says(by_name, "@/two/q"), "@/two/p", "a symlink below TO");
	map("@/four", "@/t/q");
	exe_is(says(by_name, "@/four"), "@/four", "a TO that is a symlink");
}

/* The way to TO goes through symlinks, which is no business of the view's. */
static void way_to_target(void)
{
	stage();
	works(symlink("t", at("@/rel")));
	works(symlink(at("@/t"), at("@/abs")));
	works(symlink("p", at("@/t/q")));
	map("@/four", "@/rel/.");
	map("@/five", "@/abs/.");
	exe_is(says(by_name, "@/four/p"), "@/four/p", "below a TO whose way is a relative symlink");
	exe_is(says(by_name, "@/five/p"), "@/five/p", "below a TO whose way is an absolute one");
	exe_is(says(by_last, "@/five/q"), "@/one/p", "a relative symlink in a mapped directory");
}

/* Nothing tells by which name: the oldest mapping wins. */
static void no_name(void)
{
	stage();
	exe_is(says(by_descriptor, "@/two/p"), "@/one/p", "a descriptor");
	exe_is(says(by_last, "@/two/p"), "@/one/p", "a relative name");
}

static void edited(void)
{
	stage();
	works(vfn_unmap(at("@/two")));
	exe_is(says(by_name, "@/one/p"), "@/one/p", "@/one/p, while @/two is gone");
	map("@/two", "@/t");
	exe_is(says(by_name, "@/two/p"), "@/two/p", "@/two/p, mapped anew");
	map("@/two/p", "@/t/other");
	exe_is(says(by_name, "@/one/p"), "@/one/p", "@/one/p");
	map("@/t", "@/elsewhere");
	exe_is(says(by_name, "@/three"), "@/three", "@/three, whose TO is covered");
}

/* The interpreter runs, and the process is said to run what it interprets. */
static void stands_in(void)
{
	int fd;

	if (!stands) {
		skip("binfmt_misc with T", "this kernel has no such flag");
		return;
	}
	stage();
	fd = open(at("@/t/f"), O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (write(fd, MAGIC, strlen(MAGIC)) < 0 || close(fd))
		bail_out("making a program");
	exe_is(says(by_name, "@/two/f"), "@/two/f", "a program of binfmt_misc with T");
	exe_is(says(by_name, "@/t/f"), "@/t/f", "a program of binfmt_misc with T, by its real name");
}

static const struct rule rules[] = {
	{ "several names", several_names },
	{ "symlinks", through_links },
	{ "the way to TO", way_to_target },
	{ "no name", no_name },
	{ "edits", edited },
	{ "another program stands in", stands_in },
};

static void stand_in(void)
{
	int fd;

	if (mount("binfmt_misc", BINFMT, "binfmt_misc", 0, NULL) && errno != EBUSY)
		bail_out("mounting binfmt_misc");
	fd = open(BINFMT "/register", O_WRONLY);
	stands = dprintf(fd, ":" MAGIC ":M::" MAGIC "::%s:T", self) > 0;
	close(fd);
}

static void stand_aside(void)
{
	int fd = open(BINFMT "/" MAGIC, O_WRONLY);

	if (stands && write(fd, "-1", 2) != 2)
		bail_out("unregistering");
	close(fd);
}

/* As a program of the scenes: say what /proc/self/exe is. */
static int say_exe(bool in_child)
{
	char buf[PATH_MAX];
	ssize_t len;
	pid_t pid;

	if (in_child) {
		pid = fork();
		if (pid)
			return waitpid(pid, NULL, 0) != pid;
	}
	len = readlink("/proc/self/exe", buf, sizeof(buf));
	if (len < 0)
		return 1;
	return write(1, buf, len) != len;
}

int main(int argc, char **argv)
{
	if (argc > 0 && (!strcmp(argv[0], "says-exe") || (argc > 1 && !strcmp(argv[1], "says-exe"))))
		return say_exe(argc > 1 && !strcmp(argv[1], "child"));
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		bail_out("/proc/self/exe");
	stand_in();
	rules_run(rules);
	stand_aside();
	return done();
}
