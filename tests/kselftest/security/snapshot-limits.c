// SPDX-License-Identifier: GPL-2.0
/*
 * S5, S7: more snapshots than a user may have, by all ways to be somebody else; and
 * the module, which goes when the last one is closed, and not before
 */
#include <sched.h>

#include "../module.h"
#include "../pass-fd.h"
#include "attack.h"

#define PARAM	"/sys/module/vfn/parameters/max_snapshots"
#define LIMIT	20
#define OTHER	1001
#define LENT	100000	/* an id that the user's namespace may use */

/* Opens snapshots until there may be no more; how many, or ATTACK_NONE. */
static int open_all(void)
{
	int nr;

	for (nr = 0; nr < 2 * LIMIT; nr++)
		if (vfn_snapshot() < 0)
			return errno == EDQUOT ? nr : ATTACK_NONE;
	return nr;
}

/* The same in a child. */
static int opened_by(void (*fn)(const void *arg))
{
	int status = child_status(fn, NULL);

	return WIFEXITED(status) ? WEXITSTATUS(status) : ATTACK_NONE;
}

static void as_same(const void *unused)
{
	(void)unused;
	_exit(open_all());
}

static void as_user(const void *unused)
{
	(void)unused;
	become_user();
	_exit(open_all());
}

static void as_other(const void *unused)
{
	(void)unused;
	if (setgroups(0, NULL) || setresgid(OTHER, OTHER, OTHER) ||
	    setresuid(OTHER, OTHER, OTHER))
		bail_out("become user %d", OTHER);
	_exit(open_all());
}

static void enter_namespace(void)
{
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER))
		bail_out("unshare");
}

/* Root in a namespace, and in one below that. */
static void in_namespaces(const void *unused)
{
	int nr;

	(void)unused;
	enter_namespace();
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/gid_map", "0 1000 1");
	nr = open_all();
	enter_namespace();
	_exit(nr + open_all());
}

static void hoard(const void *unused)
{
	int passed, closed, pair[2];

	(void)unused;
	become_user();
	passed = vfn_snapshot();
	closed = vfn_snapshot();
	if (passed < 0 || closed < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail_out("two snapshots and a socket");
	refused(open_all() == LIMIT - 2, "more than %d snapshots", LIMIT);
	refused(opened_by(as_same) == 0, "more by a child");
	refused(opened_by(in_namespaces) == 0, "more by root in a namespace");
	refused(fails_with(open(PARAM, O_WRONLY), EACCES), "to raise the limit");
	/* Nobody receives it. */
	if (!pass_fd(pair[0], passed))
		bail_out("pass a descriptor");
	close(passed);
	refused(open_all() == 0, "one in the place of what was only passed on");
	close(closed);
	control(open_all() == 1, "one in the place of what was closed");
	close(pair[0]);
	close(pair[1]);
	control(open_all() == 1, "or was passed on and lost");
	_exit(EXIT_SUCCESS);
}

/* In a namespace with an id that was lent to it, as newuidmap(1) does. */
static void hoard_as_lent(int pipes[2][2])
{
	char byte = 0;

	become_user();
	if (open_all() != LIMIT)
		bail_out("use the limit up");
	enter_namespace();
	if (write(pipes[0][1], &byte, 1) != 1 || read(pipes[1][0], &byte, 1) != 1)
		bail_out("be lent an id");
	if (setresuid(1, 1, 1))
		bail_out("use it");
	refused(open_all() == 0, "more by an id that was lent to the user");
	_exit(EXIT_SUCCESS);
}

static void test_lent_id(void)
{
	char name[64], map[64], byte;
	int pipes[2][2], status;
	pid_t pid;

	if (pipe(pipes[0]) || pipe(pipes[1]))
		bail_out("pipe");
	pid = fork();
	if (!pid)
		hoard_as_lent(pipes);
	if (pid < 0 || read(pipes[0][0], &byte, 1) != 1)
		bail_out("a user in a namespace");
	control(opened_by(as_other) == LIMIT, "another user's snapshots meanwhile");
	snprintf(name, sizeof(name), "/proc/%d/uid_map", pid);
	snprintf(map, sizeof(map), "0 %d 1\n1 %d 1\n", USER, LENT);
	write_file(name, map);
	if (write(pipes[1][1], &byte, 1) != 1 || waitpid(pid, &status, 0) != pid || status)
		bail_out("a user with an id that was lent: %#x", status);
}

/* With nothing open that is of the module, but @fd. */
static void close_others(int file, int fd)
{
	int other;

	for (other = 3; other < 64; other++)
		if (other != file && other != fd)
			close(other);
}

static void unload(const void *unused)
{
	int file = module_file(), fd = vfn_snapshot(), pair[2];
	unsigned int i;

	(void)unused;
	if (fd < 0)
		bail_out("snapshot");
	close_others(file, fd);
	refused(fails_with(module_unload(), EAGAIN), "to unload the module that has a snapshot open");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail_out("socketpair");
	if (!pass_fd(pair[0], fd))
		bail_out("pass a descriptor");
	close(fd);
	refused(fails_with(module_unload(), EAGAIN), "or on its way through a socket");
	close(pair[0]);
	close(pair[1]);
	for (i = 0; i < 100 && module_unload(); i++)
		usleep(10000);
	control(i < 100, "when it is closed");
	control(!module_load(file), "and loaded again");
	_exit(EXIT_SUCCESS);
}

int main(void)
{
	char *old, limit[16];

	attack_begin();
	old = strdup(read_file(PARAM));
	snprintf(limit, sizeof(limit), "%d", LIMIT);
	write_file(PARAM, limit);
	if (child_status(hoard, NULL))
		bail_out("a hoarder");
	control(opened_by(as_user) == LIMIT, "all of them when it is gone");
	test_lent_id();
	write_file(PARAM, old);
	if (child_status(unload, NULL))
		bail_out("a child that unloads the module");
	return attack_done();
}
