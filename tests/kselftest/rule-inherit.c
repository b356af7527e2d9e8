// SPDX-License-Identifier: GPL-2.0
/* N12: who has whose table: after fork, vfork, clone, exec, in threads, at the end */

#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>

#include "rule.h"

#define CROWD	50

static void make_stage(void)
{
	make_file("@/a");
	make_file("@/b");
	make_file("@/f1");
	make_file("@/f2");
	map("@/a", "@/f1");
}

/**
 * struct shared - what a parent and its child share
 * @step:	where they are
 */
struct shared {
	int step;
};

static struct shared *shared;

static void wait_for(int step)
{
	while (__atomic_load_n(&shared->step, __ATOMIC_SEQ_CST) != step)
		sched_yield();
}

static void go_to(int step)
{
	__atomic_store_n(&shared->step, step, __ATOMIC_SEQ_CST);
}

static void child_of_fork(void)
{
	means("@/a", "@/f1");
	wait_for(1);
	/* The parent has edited. */
	means("@/a", "@/f1");
	means("@/b", "@/b");
	map("@/b", "@/f1");
	works(vfn_unmap(at("@/a")));
	means("@/a", "@/a");
	go_to(2);
	wait_for(3);
	means("@/a", "@/a");
	means("@/b", "@/f1");
}

static void parent_of_fork(void)
{
	map("@/a", "@/f2");
	map("@/b", "@/f2");
	go_to(1);
	wait_for(2);
	means("@/a", "@/f2");
	means("@/b", "@/f2");
	works(vfn_clear());
	go_to(3);
}

static void reap(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, __WALL) != pid)
		bail_out("%s: a child", rule_label);
	ok(!status, "%s: the child came to its end (%#x)", rule_label, status);
}

static pid_t raw_clone(unsigned long flags)
{
	return syscall(SYS_clone, flags, NULL, NULL, NULL, 0);
}

static pid_t raw_clone3(unsigned long flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };

	return syscall(SYS_clone3, &args, sizeof(args));
}

static void try_child(const char *how, pid_t (*make)(unsigned long flags), unsigned long flags)
{
	pid_t pid;

	rule_label = how;
	go_to(0);
	works(vfn_clear());
	map("@/a", "@/f1");
	pid = make(flags);
	if (!pid) {
		child_of_fork();
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0)
		bail_out("%s", how);
	parent_of_fork();
	reap(pid);
}

static pid_t just_fork(unsigned long flags)
{
	(void)flags;
	return fork();
}

static void children(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail_out("mmap");
	make_stage();
	try_child("fork", just_fork, 0);
	try_child("clone", raw_clone, SIGCHLD);
	try_child("clone, sharing files and cwd", raw_clone, SIGCHLD | CLONE_FILES | CLONE_FS);
	try_child("clone without a signal", raw_clone, 0);
	try_child("clone3", raw_clone3, 0);
	try_child("clone3, sharing files, cwd and I/O", raw_clone3,
		  CLONE_FILES | CLONE_FS | CLONE_IO | CLONE_SYSVSEM);
}

/* A child in the same memory, as vfork and posix_spawn make it, is another process. */
static int child_in_memory(void *arg)
{
	(void)arg;
	means("@/a", "@/f1");
	map("@/a", "@/f2");
	map("@/b", "@/f2");
	means("@/a", "@/f2");
	return 0;
}

static void vforked(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid;

	make_stage();
	pid = vfork();
	if (!pid) {
		child_in_memory(NULL);
		_exit(EXIT_SUCCESS);
	}
	reap(pid);
	means("@/a", "@/f1");
	means("@/b", "@/b");
	pid = clone(child_in_memory, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
	reap(pid);
	means("@/a", "@/f1");
	means("@/b", "@/b");
	pid = clone(child_in_memory, stack + sizeof(stack), CLONE_VM | CLONE_FS | CLONE_FILES, NULL);
	reap(pid);
	means("@/a", "@/f1");
	means("@/b", "@/b");
}

/* The status of this program when it is asked what @name means: 0 is @want. */
static char **question(const char *name, const char *want)
{
	static char *argv[5];
	struct stat st;

	if (stat(at(want), &st))
		bail_out("stat %s", want);
	argv[0] = "rule-inherit";
	argv[1] = "is";
	argv[2] = at(name);
	argv[3] = text("%llu", (unsigned long long)st.st_ino);
	return argv;
}

static void try_exec(const char *name, const char *want)
{
	char **argv = question(name, want);
	pid_t pid = fork();

	if (!pid) {
		execv("/proc/self/exe", argv);
		_exit(126);
	}
	reap(pid);
	pid = vfork();
	if (!pid) {
		execv("/proc/self/exe", argv);
		_exit(126);
	}
	reap(pid);
	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ))
		bail_out("posix_spawn");
	reap(pid);
}

static void *exec_in_thread(void *argv)
{
	execv("/proc/self/exe", argv);
	_exit(126);
}

static void *sleep_in_thread(void *arg)
{
	pause();
	return arg;
}

static void executed(void)
{
	char **argv;
	pthread_t thread;
	pid_t pid;

	make_stage();
	map("@/none/c", "@/f2");
	try_exec("@/a", "@/f1");
	try_exec("@/b", "@/b");
	try_exec("@/none/c", "@/f2");
	/* By a thread that isn't the first: it takes over all of the process. */
	argv = question("@/a", "@/f1");
	pid = fork();
	if (!pid) {
		if (pthread_create(&thread, NULL, sleep_in_thread, NULL) ||
		    pthread_create(&thread, NULL, exec_in_thread, argv))
			_exit(125);
		pause();
	}
	reap(pid);
	/* A program of the system, found by a mapping. */
	map("@/none/true", "/bin/true");
	ok(!system(at("@/none/true")), "%s: a program at a mapped name", rule_label);
	ok(!system(at("sh -c 'exec env @/none/true'")), "%s: three programs on", rule_label);
}

static void *edit_in_thread(void *arg)
{
	means("@/a", "@/f1");
	map("@/a", "@/f2");
	map("@/b", "@/f2");
	return arg;
}

static void *fork_in_thread(void *arg)
{
	pid_t pid = fork();

	if (!pid) {
		means("@/a", "@/f2");
		map("@/a", "@/f1");
		_exit(EXIT_SUCCESS);
	}
	reap(pid);
	return arg;
}

static void in_thread(void *(*fn)(void *arg))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fn, NULL) || pthread_join(thread, NULL))
		bail_out("pthread_create");
}

static void threads(void)
{
	make_stage();
	in_thread(edit_in_thread);
	means("@/a", "@/f2");
	means("@/b", "@/f2");
	in_thread(fork_in_thread);
	means("@/a", "@/f2");
	works(vfn_clear());
	means("@/a", "@/a");
}

static void *outlive(void *arg)
{
	pthread_t *first = arg;

	pthread_join(*first, NULL);
	means("@/a", "@/f1");
	map("@/a", "@/f2");
	means("@/a", "@/f2");
	_exit(EXIT_SUCCESS);
}

/* The first thread ends, and the process goes on. */
static void first_thread_ends(void)
{
	static pthread_t first;
	pthread_t thread;
	pid_t pid;

	make_stage();
	pid = fork();
	if (!pid) {
		first = pthread_self();
		if (pthread_create(&thread, NULL, outlive, &first))
			_exit(125);
		pthread_exit(NULL);
	}
	reap(pid);
	means("@/a", "@/f1");
}

/* Orphans keep what they had from a process that is no more. */
static void orphans(void)
{
	int status, done[2];
	char c = 0;
	pid_t pid;

	make_stage();
	if (pipe(done))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		map("@/b", "@/f2");
		if (!fork()) {
			while (getppid() == pid)
				sched_yield();
			means("@/a", "@/f1");
			means("@/b", "@/f2");
			c = 1;
			_exit(write(done[1], &c, 1) != 1);
		}
		_exit(EXIT_SUCCESS);
	}
	close(done[1]);
	if (waitpid(pid, &status, 0) != pid || read(done[0], &c, 1) != 1)
		bail_out("an orphan");
	ok(c == 1, "%s: it came to its end", rule_label);
	means("@/b", "@/b");
}

static void *sleep_a_little(void *arg)
{
	usleep(100000);
	return arg;
}

static int unload_module(void)
{
	return syscall(SYS_delete_module, "vfn", O_NONBLOCK);
}

/* The first process that has a table, and its children, end in all ways. */
static void crowd(void)
{
	pid_t pids[CROWD];
	int i, status;

	make_stage();
	for (i = 0; i < CROWD; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			bail_out("fork");
		if (pids[i])
			continue;
		if (i % 2 && vfn(at("@/b"), at("@/f1")))
			_exit(1);
		if (i % 3 == 1 && vfn_clear())
			_exit(2);
		if (i % 5 == 2)
			pause();
		if (i % 7 == 3 && vfn_seal())
			_exit(3);
		_exit(0);
	}
	for (i = 0; i < CROWD; i++) {
		if (i % 5 == 2)
			kill(pids[i], SIGKILL);
		if (waitpid(pids[i], &status, 0) != pids[i])
			bail_out("waitpid");
		if (i % 5 == 2 ? !WIFSIGNALED(status) : status)
			ok(false, "%s: child %d: status %#x", rule_label, i, status);
	}
	means("@/a", "@/f1");
}

static void busy(void *arg)
{
	(void)arg;
	make_stage();
	/* The device is not what holds it. */
	if (close_range(3, ~0U, 0))
		bail_out("close_range");
	fails(unload_module(), "EAGAIN");
	in_thread(sleep_a_little);
	fails(unload_module(), "EAGAIN");
}

/* When the last holder is gone the module may go: nothing of a table is left. */
static void freed(void)
{
	int i, err;

	in_child(busy, NULL, "a holder");
	for (i = 0; i < 3; i++) {
		if (system("rm -rf ./*"))
			bail_out("%s", rule_top);
		in_child(rule_child, &(struct rule){ "a crowd", crowd }, "a crowd");
	}
	err = unload_module();
	ok(!err, "%s: the module goes (%s)", rule_label, err ? strerror(errno) : "it is gone");
	if (!err && system("modprobe vfn"))
		bail_out("modprobe vfn");
	if (system("rm -rf ./*"))
		bail_out("%s", rule_top);
	make_stage();
	means("@/a", "@/f1");
}

static const struct rule rules[] = {
	{ "children", children },
	{ "children in the same memory", vforked },
	{ "exec", executed },
	{ "threads", threads },
	{ "the first thread ends", first_thread_ends },
	{ "orphans", orphans },
	{ "tables are freed", freed, .root = true },
};

int main(int argc, char **argv)
{
	struct stat st;

	if (argc == 4 && !strcmp(argv[1], "is"))
		return stat(argv[2], &st) || st.st_ino != strtoull(argv[3], NULL, 10);
	rules_run(rules);
	return done();
}
