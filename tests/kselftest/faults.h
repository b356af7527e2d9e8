/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the test of faults does with each action: the n-th allocation or copy within it
 * fails, for all n, each time in a new process
 */
#ifndef KSELFTEST_FAULTS_H
#define KSELFTEST_FAULTS_H

#include <limits.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <libvfn.h>
#include <linux/vfn.h>

#include "evil.h"

#define TOP		"/dev/shm/vfn-faults"
#define DEBUGFS		"/sys/kernel/debug/"
#define MOST		4000	/* no action has as many places */
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* How programs end. */
#define STATUS_MAPPED	70	/* it is TO */
#define STATUS_REAL	71	/* it is what FROM really is */

/* What an action answers, beside the errno of a call. */
enum { RIGHT = 0, WRONG = -1, KILLED = -2, NOTHING = -3 };

/**
 * struct action - what shall meet faults
 * @prepare:	makes the view and what else there must be
 * @act:	RIGHT, an errno, WRONG, or KILLED
 * @edits:	it changes the table
 * @execs:	it doesn't come back
 * @starts_itself: it calls fault_on() when it is ready
 * @own:	an errno that the kernel gives for lack of memory, with or without vfn
 */
struct action {
	const char *name;
	void (*prepare)(void);
	int (*act)(void);
	bool edits;
	bool execs;
	bool starts_itself;
	int own;
};

/**
 * struct outcome - of one process, which shares it
 * @nth:	in: which fault
 * @answer:	what the action has answered
 * @injected:	the fault was met
 * @status:	of the process
 * @before:	the table
 * @after:	the table
 */
struct outcome {
	unsigned int nth;
	int answer;
	bool injected;
	int status;
	char before[8192];
	char after[8192];
};

static struct outcome *outcome;
static int fault_fd;		/* fail-nth of this thread */
static int fault_device;
static int fault_dir;		/* of an action's own */
static bool faulty;

static inline __u64 ptr(const void *p)
{
	return (unsigned long)p;
}

static inline void fault_on(void)
{
	char text[16];
	int len = sprintf(text, "%u", outcome->nth);

	if (write(fault_fd, text, len) != len)
		bail_out("fail-nth");
	faulty = true;
}

/* Even this may be what fails: reading copies to user space. */
static inline void fault_off(void)
{
	char text[16] = "";
	int err = errno;

	if (!faulty)
		return;
	faulty = false;
	if (pread(fault_fd, text, sizeof(text) - 1, 0) > 0)
		outcome->injected = !atoi(text);
	while (write(fault_fd, "0", 1) != 1)
		;
	errno = err;
}

static inline int apply(const struct vfn_op *ops, __u32 nr)
{
	struct vfn_apply arg = { .size = sizeof(arg), .nr_ops = nr, .ops = ptr(ops),
				 .op_size = sizeof(*ops) };

	return ioctl(fault_device, VFN_IOC_APPLY, &arg) ? errno : RIGHT;
}

static inline int exec_name(const char *name)
{
	char *argv[] = { "tiny", NULL };

	execve(name, argv, argv + 1);
	return errno;
}

/* Mappings and HIDEs, a line each. */
static inline void table_text(char *text)
{
	static char buf[16384];
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(buf), .buf_size = sizeof(buf) };
	struct vfn_info info = { .size = sizeof(info) };
	const struct vfn_entry *e = (const struct vfn_entry *)buf;

	if (ioctl(fault_device, VFN_IOC_LIST, &list) || ioctl(fault_device, VFN_IOC_INFO, &info))
		bail_out("listing the table");
	text += sprintf(text, "%s", info.state & VFN_STATE_SEALED ? "sealed\n" : "");
	for (; list.nr; list.nr--, e = (const struct vfn_entry *)((const char *)e + e->size))
		text += sprintf(text, "%u %s %s\n", e->op, e->names, e->names + e->from_len + 1);
	*text = '\0';
}

static inline void child(const struct action *a)
{
	fault_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fault_fd < 0 || chdir(TOP))
		bail_out("fail-nth");
	a->prepare();
	table_text(outcome->before);
	if (a->execs && ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		bail_out("ptrace");
	if (!a->starts_itself)
		fault_on();
	outcome->answer = a->act();
	fault_off();
	table_text(outcome->after);
}

/* The process @pid has executed something: was there a fault? */
static inline void see_exec(pid_t pid)
{
	char name[64], text[16] = "";
	int fd;

	sprintf(name, "/proc/%d/task/%d/fail-nth", pid, pid);
	fd = open(name, O_RDWR | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || pwrite(fd, "0", 1, 0) != 1)
		bail_out("%s", name);
	close(fd);
	outcome->injected = !atoi(text);
	strcpy(outcome->after, outcome->before);
	if (ptrace(PTRACE_CONT, pid, NULL, NULL))
		bail_out("ptrace");
}

/* One process, and what came of it. */
static inline void try_one(const struct action *a, unsigned int nth)
{
	int status;
	pid_t pid;

	memset(outcome, 0, sizeof(*outcome));
	outcome->nth = nth;
	outcome->answer = NOTHING;
	pid = fork();
	if (!pid) {
		child(a);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("fork");
	if (WIFSTOPPED(status)) {
		see_exec(pid);
		while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
			ptrace(PTRACE_CONT, pid, NULL, (void *)(long)WSTOPSIG(status));
	}
	outcome->status = status;
	if (outcome->answer != NOTHING)
		return;
	/* When it is too late for an errno, the kernel sends SIGSEGV; without a view, too. */
	if (WIFSIGNALED(status) && a->execs &&
	    (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGSEGV)) {
		outcome->answer = KILLED;
		outcome->injected = true;
	} else if (WIFEXITED(status) && a->execs) {
		outcome->answer = WEXITSTATUS(status) == STATUS_MAPPED ? RIGHT : WRONG;
	}
}

/* Is what came of it allowed?  @edited: the table without a fault. */
static inline bool fair(const struct action *a, const char *edited)
{
	if (a->own && outcome->answer == a->own)
		return !strcmp(outcome->after, outcome->before);
	switch (outcome->answer) {
	case RIGHT:
		return !strcmp(outcome->after, a->edits ? edited : outcome->before);
	case ENOMEM:
	case EFAULT:
		return !strcmp(outcome->after, outcome->before);
	case KILLED:
		return true;
	default:
		return false;
	}
}

static inline void try_all(const struct action *a)
{
	unsigned int nth, errors = 0, killed = 0;
	char edited[sizeof(outcome->after)];

	try_one(a, MOST);
	if (!ok(outcome->answer == RIGHT && !outcome->injected, "%s: without a fault", a->name)) {
		diag("answer %d", outcome->answer);
		return;
	}
	strcpy(edited, outcome->after);
	for (nth = 1; nth < MOST; nth++) {
		try_one(a, nth);
		if (!fair(a, edited))
			break;
		if (!outcome->injected)
			break;
		errors += outcome->answer > 0;
		killed += outcome->answer == KILLED;
	}
	if (!ok(fair(a, edited) && nth < MOST && errors + killed,
		"%s: %u faults, %u errors, %u killed", a->name, nth - 1, errors, killed)) {
		diag("fault %u: answer %d (%s), met: %d, status %#x", nth, outcome->answer,
		     outcome->answer > 0 ? strerrorname_np(outcome->answer) : "none",
		     outcome->injected, outcome->status);
		diag("before: %.300s", outcome->before);
		diag("after: %.300s", outcome->after);
	}
}

static inline void set_debugfs(const char *name, const char *value)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), DEBUGFS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0 || close(fd))
		bail_out("%s", path);
}

/* Allocations that may sleep and small ones fail, too; and no word of it in the log. */
static inline void faults_init(void)
{
	static const char *const sources[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char name[64];
	size_t i;

	for (i = 0; i < COUNT(sources); i++) {
		sprintf(name, "%s/verbose", sources[i]);
		set_debugfs(name, "0");
	}
	set_debugfs("failslab/ignore-gfp-wait", "N");
	set_debugfs("fail_page_alloc/ignore-gfp-wait", "N");
	set_debugfs("fail_page_alloc/ignore-gfp-highmem", "N");
	set_debugfs("fail_page_alloc/min-order", "0");
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	fault_device = open("/dev/vfn", O_RDONLY | O_CLOEXEC);
	if (outcome == MAP_FAILED || fault_device < 0)
		bail_out("/dev/vfn");
	tap();
}

#endif /* KSELFTEST_FAULTS_H */
