// SPDX-License-Identifier: GPL-2.0
/*
 * A holder that enters a chroot, another root, a mount, user or PID namespace: FROM
 * and TO are names there, from the root it has now, and lead nowhere else
 */
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "rule.h"

static const char *cwd(void)
{
	static char buf[PATH_MAX];

	return syscall(SYS_getcwd, buf, sizeof(buf)) < 0 ? strerrorname_np(errno) : buf;
}

static void is(const char *got, const char *want, const char *what)
{
	want = at(want);
	ok(!strcmp(got, want), "%s: %s: %s", rule_label, what, want);
	if (strcmp(got, want))
		diag("got: %s", got);
}

static bool lists(const char *dir, const char *name)
{
	DIR *d = opendir(at(dir));
	struct dirent *e;
	int found = 0;

	while (d && (e = readdir(d)))
		found += !strcmp(e->d_name, name);
	if (d)
		closedir(d);
	return found == 1;
}

/*
 * Outside, and in the jail below it, the same names of different objects.  A mapping
 * is made for the jail, of names that mean nothing outside.
 */
static void make_jail(void)
{
	make_file("@/real/f");
	make_file("@/v/d/f");
	make_file("@/secret");
	make_file("@/jail/in-v/d/f");
	make_file("@/jail/in-v/t");
	make_file("@/jail/in-real/f");
	make_file("@/jail/in-real/s/g");
	make_file("@/jail/in-hidden");
	make_link("/in-v/d", "@/jail/abs");
	make_link("in-v/d", "@/jail/rel");
	make_link("../../../in-v/d/f", "@/jail/in-real/s/up");
	make_link("/../../in-v/t", "@/jail/in-real/top");
	make_dir("@/jail/proc");
	map("@/v/d", "@/real");
	map("/in-v/d", "/in-real");
	map("/in-none/x", "/in-real/f");
	map("/in-v/out", at("@/secret"));
	map("/in-v/up", "/in-real/s/up");
	hide("/in-hidden");
}

/* The root is the jail. */
static void names_in_jail(void)
{
	means("/", "@/jail");
	means("/..", "@/jail");
	means("/../../in-v/t", "@/jail/in-v/t");
	means("/in-v/d/f", "@/jail/in-real/f");
	means("/in-v/d/s/g", "@/jail/in-real/s/g");
	means("/in-v/d/..", "@/jail/in-v");
	means("/in-v/d/../t", "@/jail/in-v/t");
	means("/abs/f", "@/jail/in-real/f");
	means("/rel/s/g", "@/jail/in-real/s/g");
	means("/in-v/d/s/up", "@/jail/in-real/f");
	means("/in-v/d/top", "@/jail/in-v/t");
	means("/in-none/x", "@/jail/in-real/f");
	means("/in-none/../in-real/f", "@/jail/in-real/f");
	means("/in-hidden", "ENOENT");
	/* No way out by what was mapped before. */
	means("/in-v/out", "ENOENT");
	means("@/v/d/f", "ENOENT");
	means("@/secret", "ENOENT");
	means("/in-v/d/../../../../../..", "@/jail");
	ok(lists("/", "in-none") && !lists("/", "in-hidden") && lists("/in-none", "x"),
	   "%s: listings", rule_label);
	works(chdir("/in-v/d/s"));
	is(cwd(), "/in-v/d/s", "getcwd()");
	means("../f", "@/jail/in-real/f");
	means("../../t", "@/jail/in-v/t");
	means("../../../../../in-v/t", "@/jail/in-v/t");
	works(chdir("/"));
	is(cwd(), "/", "getcwd() at the root");
	means("in-v/d/f", "@/jail/in-real/f");
}

static void edits_in_jail(void)
{
	map("/in-v/t", "in-real/s/g");
	means("/in-v/t", "@/jail/in-real/s/g");
	works(mkdir("/in-v/d/new", 0755));
	works(access("/in-real/new", F_OK));
	works(rmdir("/in-v/d/new"));
	works(vfn_unmap("/in-v/t"));
	works(chdir("/in-v/d"));
	works(vfn("/rel-to", "s/g"));
	means("/rel-to", "@/jail/in-real/s/g");
	works(vfn_clear());
	means("/in-v/d/f", "@/jail/in-v/d/f");
	means("/in-hidden", "@/jail/in-hidden");
	is(cwd(), "/in-real", "getcwd() without a view");
}

static void chrooted(void)
{
	int out;

	make_jail();
	means("@/v/d/f", "@/real/f");
	out = open(at("@"), O_PATH | O_CLOEXEC);
	works(chroot(at("@/jail")));
	works(chdir("/"));
	names_in_jail();
	/* What is open outside is no part of the view, whatever d_path() calls it. */
	means_at(out, "v/d/f", "@/v/d/f");
	means_at(out, "real/f", "@/real/f");
	means_at(out, "jail/in-v/d/f", "@/jail/in-v/d/f");
	edits_in_jail();
	works(fchdir(out));
	works(chroot("."));
}

/* Entered by a mapped name, and left and entered again. */
static void chrooted_by_name(void)
{
	make_jail();
	make_dir("@/hole");
	map("@/hole", "@/jail");
	means("@/hole/in-v/t", "@/jail/in-v/t");
	works(chroot(at("@/hole")));
	works(chdir("/"));
	names_in_jail();
	works(chroot("/in-v"));
	works(chdir("/"));
	means("/t", "@/jail/in-v/t");
	means("/d/f", "@/jail/in-v/d/f");
	means("/in-v/d/f", "ENOENT");
	means("/..", "@/jail/in-v");
}

static void pivoted(void)
{
	make_jail();
	if (unshare(CLONE_NEWNS) || mount(at("@/jail"), at("@/jail"), NULL, MS_BIND, NULL) ||
	    chdir(at("@/jail")))
		bail_out("a mount namespace");
	works(syscall(SYS_pivot_root, ".", "."));
	works(umount2(".", MNT_DETACH));
	works(chdir("/"));
	names_in_jail();
	works(mount("none", "/proc", "proc", 0, NULL));
	means("/proc/self/root/in-v/d/f", "@/jail/in-real/f");
	means("/proc/self/cwd/in-v/d/../t", "@/jail/in-v/t");
	edits_in_jail();
}

/* One thread has another root: the table is the same, the names are from there. */
static void *thread_in_jail(void *unused)
{
	(void)unused;
	if (unshare(CLONE_FS))
		bail_out("unshare");
	works(chroot(at("@/jail")));
	works(chdir("/"));
	names_in_jail();
	return NULL;
}

static void one_thread(void)
{
	pthread_t thread;

	make_jail();
	if (pthread_create(&thread, NULL, thread_in_jail, NULL) || pthread_join(thread, NULL))
		bail_out("a thread");
	means("@/v/d/f", "@/real/f");
	means("v/d/f", "@/real/f");
	means("/in-v/d/f", "ENOENT");
	means("/in-v/out", "@/secret");
	is(cwd(), "@", "getcwd() of the other thread");
}

static void make_scene(void)
{
	make_file("@/v/d/f");
	make_file("@/v/t");
	make_file("@/real/d/f");
	make_dir("@/real/d/s");
	map("@/v/d", "@/real/d");
	map("@/n", "@/real/d/f");
}

/* Mounts that the holder makes where TO is, in a namespace of its own. */
static void own_mounts(void)
{
	int there[2];
	pid_t pid;
	char byte = 0;
	int status;

	make_scene();
	if (pipe(there))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		close(there[1]);
		if (read(there[0], &byte, 1) != 1)
			bail_out("pipe");
		means("@/v/d/f", "@/real/d/f");
		means("@/v/d/new", "ENOENT");
		_exit(EXIT_SUCCESS);
	}
	close(there[0]);
	works(unshare(CLONE_NEWNS));
	means("@/v/d/f", "@/real/d/f");
	works(mount("none", at("@/v/d"), "tmpfs", 0, NULL));
	note_as("@/real/d", "the mount");
	means("@/v/d", "the mount");
	means("@/v/d/f", "ENOENT");
	means("@/n", "ENOENT");
	works(mkdir(at("@/v/d/new"), 0755));
	note_as("@/real/d/new", "new");
	works(chdir(at("@/v/d/new")));
	is(cwd(), "@/v/d/new", "getcwd()");
	means("../new", "new");
	means("../../t", "@/v/t");
	if (write(there[1], &byte, 1) != 1 || waitpid(pid, &status, 0) != pid || status)
		bail_out("a child that stays outside, status %#x", status);
	works(chdir("/"));
	works(umount(at("@/v/d")));
	means("@/v/d/f", "@/real/d/f");
	means("@/n", "@/real/d/f");
}

/* A namespace where a file system of other things is at the target's name. */
static int other_namespace(void)
{
	int ready[2], ns;
	char byte = 0;
	pid_t pid;

	if (pipe(ready))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount("none", at("@/real"), "tmpfs", 0, NULL) ||
		    mkdir(at("@/real/d"), 0755) || mkdir(at("@/real/d/other"), 0755) ||
		    write(ready[1], &byte, 1) != 1)
			_exit(EXIT_FAILURE);
		pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail_out("another namespace");
	close(ready[0]);
	ns = open(text("/proc/%d/ns/mnt", pid), O_RDONLY | O_CLOEXEC);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return ns;
}

static void entered(void)
{
	int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), dir, other;

	make_file("@/v/d/f");
	make_file("@/v/t");
	make_file("@/real/d/f");
	other = other_namespace();
	map("@/v/d", "@/real/d");
	works(chdir(at("@/v/d")));
	dir = open(".", O_PATH | O_CLOEXEC);
	works(setns(other, CLONE_NEWNS));
	is(cwd(), "/", "getcwd() after setns()");
	note_as("@/real/d/other", "other");
	means("@/v/d/f", "ENOENT");
	means("@/v/d/other", "other");
	means("@/v/d/other/../../t", "@/v/t");
	ok(lists("@/v/d", "other"), "%s: a listing", rule_label);
	/* What is still open of the first one has no name here. */
	means_at(dir, "f", "@/real/d/f");
	means_at(dir, "../d/f", "@/real/d/f");
	works(chdir(at("@/v/d/other")));
	is(cwd(), "@/v/d/other", "getcwd()");
	map("@/w", "other");
	is(cwd(), "@/v/d/other", "getcwd()");
	works(setns(home, CLONE_NEWNS));
	means("@/v/d/f", "@/real/d/f");
	means("@/v/d/other", "ENOENT");
	means("@/w", "ENOENT");
}

/* Who is root in a user namespace can't edit what was sealed outside. */
static void sealed_before(void)
{
	struct vfn_status status;
	pid_t pid = fork();

	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	works(vfn_seal());
	works(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	fails(vfn(at("@/v/d"), at("@/v")), "EPERM");
	fails(vfn_clear(), "EPERM");
	ok(!vfn_status(&status) && status.sealed, "%s: sealed is sealed", rule_label);
	means("@/v/d/f", "@/real/d/f");
	_exit(EXIT_SUCCESS);
}

static void tell(const char *file, const char *what)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, what, strlen(what)) != (ssize_t)strlen(what) || close(fd))
		bail_out(file);
}

/* An ordinary user, who is root in a user namespace, may mount there, but read no more. */
static void own_users(void)
{
	make_scene();
	map("@/shadow", "/etc/shadow");
	map("@/dir", "/root");
	works(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	/* Who has been root before isn't let to its own /proc. */
	works(prctl(PR_SET_DUMPABLE, 1));
	tell("/proc/self/setgroups", "deny");
	tell("/proc/self/uid_map", text("0 %d 1", RULE_USER));
	tell("/proc/self/gid_map", text("0 %d 1", RULE_USER));
	ok(!getuid(), "%s: root there", rule_label);
	means("@/v/d/f", "@/real/d/f");
	fails(open(at("@/shadow"), O_RDONLY), "EACCES");
	fails(open(at("@/dir/x"), O_RDONLY), "EACCES");
	fails(mkdir(at("@/dir/x"), 0755), "EACCES");
	works(vfn(at("@/new"), at("@/v/t")));
	means("@/new", "@/v/t");
	works(mount("none", at("@/v/d"), "tmpfs", 0, NULL));
	means("@/v/d/f", "ENOENT");
	works(umount(at("@/v/d")));
	sealed_before();
	works(chroot(at("@/real")));
	means("/d/f", "@/real/d/f");
	works(vfn("/d/f", "/d/s"));
	means("/d/f", "@/real/d/s");
}

/* Processes with numbers of their own, and the /proc that tells them. */
static void own_processes(void)
{
	char link[PATH_MAX];
	ssize_t len;
	pid_t pid;

	make_scene();
	works(unshare(CLONE_NEWPID | CLONE_NEWNS));
	pid = fork();
	if (!pid) {
		ok(getpid() == 1, "%s: the first", rule_label);
		works(mount("none", "/proc", "proc", 0, NULL));
		works(chdir(at("@/v/d/s")));
		is(cwd(), "@/v/d/s", "getcwd()");
		means("/proc/self/cwd/../f", "@/real/d/f");
		means("/proc/1/cwd/../../t", "@/v/t");
		len = readlink("/proc/1/cwd", link, sizeof(link) - 1);
		link[len < 0 ? 0 : len] = '\0';
		is(link, "@/v/d/s", "/proc/1/cwd");
		means("/proc/1/root/..", "/");
		_exit(EXIT_SUCCESS);
	}
	waitpid(pid, NULL, 0);
	means("@/v/d/f", "@/real/d/f");
}

static const struct rule rules[] = {
	{ "chroot", chrooted, .root = true },
	{ "chroot to a mapped name", chrooted_by_name, .root = true },
	{ "pivot_root", pivoted, .root = true },
	{ "one thread's chroot", one_thread, .root = true },
	{ "mounts of its own", own_mounts, .root = true },
	{ "a namespace of others", entered, .root = true },
	{ "a user namespace", own_users },
	{ "a PID namespace", own_processes, .root = true },
};

int main(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace");
	rules_run(rules);
	return done();
}
