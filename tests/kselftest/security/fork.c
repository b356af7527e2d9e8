// SPDX-License-Identifier: GPL-2.0
/* S4: a child that can't inherit its table is not made */
#include <sched.h>
#include <sys/prctl.h>

#include <libvfn.h>

#include "tap.h"

#define HINDRANCE	"/usr/lib/vfn-tests/nofork.ko"
#define FROM		"/vfn-fork/from"
#define ROUNDS		50

static volatile int *ran;	/* shared: what a child does first */

static void child(void)
{
	*ran = 1;
	_exit(access(FROM, F_OK) ? 1 : 0);
}

static pid_t by_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		child();
	return pid;
}

static pid_t by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		child();
	return pid;
}

static int cloned(void *unused)
{
	(void)unused;
	child();
	return 0;
}

static pid_t by_clone(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	return clone(cloned, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
}

static const struct {
	const char *name;
	pid_t (*start)(void);
} ways[] = {
	{ "fork", by_fork }, { "vfork", by_vfork }, { "clone with CLONE_VM", by_clone },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* How many of the children could not be made, and how many were fine. */
static void start_children(pid_t (*start)(void), int *refused, int *fine)
{
	int i, status;
	pid_t pid;

	*refused = 0;
	*fine = 0;
	for (i = 0; i < ROUNDS; i++) {
		*ran = 0;
		pid = start();
		if (pid < 0 && errno == ENOMEM) {
			*refused += !*ran;
			continue;
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			bail_out("starting a child");
		*fine += WIFEXITED(status) && !WEXITSTATUS(status) && *ran;
	}
}

static void as_user(void *hindered)
{
	int refused, fine;
	size_t i;

	if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000) ||
	    vfn(FROM, "/etc/passwd") || prctl(PR_SET_NAME, "nofork"))
		bail_out("becoming a holder");
	for (i = 0; i < WAYS; i++) {
		start_children(ways[i].start, &refused, &fine);
		if (hindered)
			ok(refused == ROUNDS, "%s: %d of %d times there is no child, for ENOMEM",
			   ways[i].name, refused, ROUNDS);
		else
			ok(fine == ROUNDS, "%s: %d of %d children have the table", ways[i].name,
			   fine, ROUNDS);
	}
	ok(!access(FROM, F_OK), "the parent goes on with its table");
}

int main(void)
{
	static int hindered;

	ran = mmap(NULL, sizeof(*ran), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ran == MAP_FAILED)
		bail_out("mmap");
	in_child(as_user, NULL, "unhindered");
	if (system("insmod " HINDRANCE))
		bail_out("loading " HINDRANCE);
	in_child(as_user, &hindered, "hindered");
	if (system("rmmod nofork"))
		bail_out("unloading it");
	in_child(as_user, NULL, "afterwards");
	return done();
}
