/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security tests of exec: circumstances in which a program is started
 *
 * Each runs in the process that will start the program.  Where something has to be
 * done by root, it is by a helper, which was forked before the process became USER.
 */
#ifndef KSELFTEST_EXEC_SETUP_H
#define KSELFTEST_EXEC_SETUP_H

#include <linux/capability.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "attack.h"

#define OTHER	1001			/* another ordinary user */

static inline void no_new_privs(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(ATTACK_NONE);
}

/* A process that has changed its ids doesn't own its own files in /proc. */
static inline void own_proc(void)
{
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* A namespace that knows no root. */
static inline void user_namespace(void)
{
	own_proc();
	if (unshare(CLONE_NEWUSER))
		bail_out("make a user namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "1000 1000 1");
	write_file("/proc/self/gid_map", "1000 1000 1");
}

/* A namespace whose root the process is. */
static inline void root_namespace(void)
{
	own_proc();
	if (unshare(CLONE_NEWUSER))
		bail_out("make a user namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
}

static int helper_socket = -1;

/* As root: a helper that writes maps of two ids for its parent's namespace. */
static inline void start_helper(void)
{
	char name[64], byte;
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail_out("socketpair");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	helper_socket = pair[0];
	if (pid)
		return;
	close(pair[0]);
	if (read(pair[1], &byte, 1) == 1) {
		snprintf(name, sizeof(name), "/proc/%d/uid_map", getppid());
		write_file(name, "0 1000 1\n1 1001 1\n");
		snprintf(name, sizeof(name), "/proc/%d/gid_map", getppid());
		write_file(name, "0 1000 1\n1 1001 1\n");
		if (write(pair[1], &byte, 1) != 1)
			bail_out("answer");
	}
	_exit(EXIT_SUCCESS);
}

/* A namespace whose root is USER; the process is somebody else in it. */
static inline void guest_namespace(void)
{
	char byte = 0;

	own_proc();
	if (unshare(CLONE_NEWUSER) || write(helper_socket, &byte, 1) != 1 ||
	    read(helper_socket, &byte, 1) != 1 || setgroups(0, NULL) ||
	    setresgid(1, 1, 1) || setresuid(1, 1, 1))
		bail_out("make a user namespace of two users");
}

/* Continue all that the caller traces until @first is gone; its wait status. */
static inline int trace_all(pid_t first)
{
	int status, sig;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0)
			bail_out("waitpid");
		if (!WIFSTOPPED(status)) {
			if (pid == first)
				return status;
			continue;
		}
		/* Not a signal of its own: an event, or its first stop. */
		sig = WSTOPSIG(status);
		if (status >> 16 || sig == SIGSTOP || sig == SIGTRAP)
			sig = 0;
		ptrace(PTRACE_CONT, pid, NULL, sig);
	}
}

/* End as @status says. */
static inline void end_like(int status)
{
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	_exit(WEXITSTATUS(status));
}

/* The process goes on as the tracee of one with no more rights. */
static inline void traced(void)
{
	long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		       PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int go[2];
	pid_t pid;
	char byte = 0;

	own_proc();
	if (pipe2(go, O_CLOEXEC))
		bail_out("pipe");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		if (read(go[0], &byte, 1) != 1)
			bail_out("wait for the tracer");
		return;
	}
	if (ptrace(PTRACE_SEIZE, pid, NULL, options) || write(go[1], &byte, 1) != 1)
		bail_out("trace");
	end_like(trace_all(pid));
}

static inline int live_on(void *parent)
{
	end_with(*(pid_t *)parent);
	pause();
	return 0;
}

/* Another process has the same cwd and root, and could change them. */
static inline void share_fs(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t me = getpid();

	if (clone(live_on, stack + sizeof(stack), CLONE_FS, &me) < 0)
		bail_out("clone");
}

/* What follows is for root to become, and is by its real and effective ids two at once. */

static inline void take_ids(uid_t uid, uid_t euid, gid_t gid, gid_t egid)
{
	if (setgroups(0, NULL) || setresgid(gid, egid, egid) || setresuid(uid, euid, euid))
		_exit(ATTACK_NONE);
}

static inline void user_as_root(void)
{
	take_ids(USER, 0, USER, USER);
}

static inline void user_as_other(void)
{
	take_ids(USER, OTHER, USER, USER);
}

static inline void user_in_other_group(void)
{
	take_ids(USER, USER, USER, OTHER);
}

static inline void user_as_other_sharing(void)
{
	user_as_other();
	share_fs();
}

/* What root's programs get by being its would be more than it has left. */
static inline void lesser_root_as_other(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (syscall(SYS_capget, &head, data))
		_exit(ATTACK_NONE);
	data[0].permitted &= ~(1U << CAP_NET_RAW);
	data[0].effective &= ~(1U << CAP_NET_RAW);
	data[0].inheritable = 0;
	if (syscall(SYS_capset, &head, data))
		_exit(ATTACK_NONE);
	take_ids(0, OTHER, 0, 0);
	no_new_privs();
}

#endif /* KSELFTEST_EXEC_SETUP_H */
