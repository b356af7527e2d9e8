// SPDX-License-Identifier: GPL-2.0
/*
 * N13, S1: every way round SEAL
 *
 * Each way is gone twice, by an ordinary user: sealed, where no edit may succeed and
 * the table must stay as it is, and not sealed, where all of them must.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include <linux/vfn.h>

#include "../pass-fd.h"
#include "attack.h"

#define DIR	"/var/lib/vfn-seal"
#define SELF	DIR "/self"
#define SETUID	DIR "/setuid"
#define SCRIPT	DIR "/script"
#define FROM	"/vfn-seal/from"
#define NEW	"/vfn-seal/new"
#define TARGET	"/etc/passwd"

#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif

/* What came of edits; also how a process ends that tells no more. */
enum outcome { REFUSED = 40, DONE, NEITHER };

static int old_device = -1;	/* opened before there was a seal */

static int apply(int device, __u32 what, const char *from, const char *to)
{
	struct vfn_op op = {
		.op = what,
		.from = (unsigned long)from,
		.to = (unsigned long)to,
	};
	struct vfn_apply arg = {
		.size = sizeof(arg), .nr_ops = 1, .ops = (unsigned long)&op,
		.op_size = sizeof(op),
	};

	return ioctl(device, VFN_IOC_APPLY, &arg) ? errno : 0;
}

static unsigned int mappings(void)
{
	struct vfn_status status;

	return vfn_status(&status) ? ~0U : status.nr_mappings;
}

/* All edits there are, by @device. */
static enum outcome edit_by(int device)
{
	unsigned int before = mappings(), i, refused = 0, done = 0;
	int new = access(NEW, F_OK);
	int errs[] = {
		apply(device, VFN_OP_MAP, NEW, TARGET),
		apply(device, VFN_OP_UNMAP, NEW, NULL),
		apply(device, VFN_OP_HIDE, TARGET, NULL),
		apply(device, VFN_OP_CLEAR, NULL, NULL),
		apply(device, VFN_OP_SEAL, NULL, NULL),
	};

	for (i = 0; i < sizeof(errs) / sizeof(errs[0]); i++) {
		refused += errs[i] == EPERM;
		done += !errs[i];
	}
	if (refused == i && mappings() == before && access(NEW, F_OK) == new &&
	    !access(TARGET, F_OK))
		return REFUSED;
	return done == i ? DONE : NEITHER;
}

static enum outcome edit(void)
{
	int device = open("/dev/vfn", O_RDONLY | O_CLOEXEC);

	return device < 0 ? NEITHER : edit_by(device);
}

/* How the child @pid has ended. */
static enum outcome outcome_of(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, __WALL) != pid || !WIFEXITED(status))
		return NEITHER;
	return WEXITSTATUS(status);
}

static enum outcome by_itself(void)
{
	return edit();
}

static enum outcome by_old_device(void)
{
	return edit_by(old_device);
}

static void *thread_edits(void *arg)
{
	*(enum outcome *)arg = edit();
	return NULL;
}

static enum outcome by_thread(void)
{
	enum outcome outcome = NEITHER;
	pthread_t thread;

	if (!pthread_create(&thread, NULL, thread_edits, &outcome))
		pthread_join(thread, NULL);
	return outcome;
}

static enum outcome by_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(edit());
	return outcome_of(pid);
}

static enum outcome by_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(edit());
	return outcome_of(pid);
}

static int clone_edits(void *unused)
{
	(void)unused;
	return edit();
}

static enum outcome by_clone(int flags)
{
	static char stack[262144] __attribute__((aligned(16)));

	return outcome_of(clone(clone_edits, stack + sizeof(stack), flags | SIGCHLD, NULL));
}

static enum outcome by_clone_vm(void)
{
	return by_clone(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND);
}

/* In a user namespace the process has all capabilities. */
static enum outcome by_namespace(void)
{
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return by_clone(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID);
}

/* The process that waits for it is no ancestor any more. */
static enum outcome by_orphan(void)
{
	enum outcome outcome = NEITHER;
	int out[2];

	if (pipe(out))
		return NEITHER;
	if (!fork()) {
		if (!fork()) {
			while (getppid() != 1)
				usleep(1000);
			setsid();
			outcome = edit();
			_exit(write(out[1], &outcome, sizeof(outcome)) < 0);
		}
		_exit(0);
	}
	wait(NULL);
	close(out[1]);
	if (read(out[0], &outcome, sizeof(outcome)) != sizeof(outcome))
		return NEITHER;
	close(out[0]);
	return outcome;
}

static enum outcome by_exec_of(const char *program, const char *arg)
{
	pid_t pid = fork();

	if (!pid) {
		execl(program, program, arg, NULL);
		_exit(NEITHER);
	}
	return outcome_of(pid);
}

static enum outcome by_exec(void)
{
	return by_exec_of(SELF, "edit");
}

static enum outcome by_script(void)
{
	return by_exec_of(SCRIPT, NULL);
}

static enum outcome by_setuid(void)
{
	return by_exec_of(SETUID, "edit");
}

/* As root: descendants of the privileged program, without a view to inherit. */
static enum outcome by_child_of_setuid(void)
{
	return by_exec_of(SETUID, "descend");
}

static enum outcome by_inherited(void)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", old_device);
	return by_exec_of(SELF, text);
}

static int friend_socket;	/* of a process that has no seal, and helps */
static pid_t friend_pid;

static enum outcome by_passed(void)
{
	int device = take_fd(friend_socket);

	return device < 0 ? NEITHER : edit_by(device);
}

static enum outcome by_pidfd(void)
{
	int pidfd = syscall(SYS_pidfd_open, friend_pid, 0);
	int device = syscall(SYS_pidfd_getfd, pidfd, old_device, 0);

	return device < 0 ? NEITHER : edit_by(device);
}

static int files_shared(void *unused)
{
	(void)unused;
	/* A descriptor that the one opened is the other's at once. */
	return open("/dev/vfn", O_RDONLY) < 0;
}

static enum outcome by_shared_files(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int next = dup(old_device);

	close(next);
	if (outcome_of(clone(files_shared, stack + sizeof(stack), CLONE_FILES | SIGCHLD,
			     NULL)))
		return NEITHER;
	return edit_by(next);
}

static void *outlive(void *arg)
{
	(void)arg;
	usleep(50000);
	_exit(edit());
}

/* The thread that sealed has gone when the others edit. */
static enum outcome by_survivor(void)
{
	pthread_t thread;
	pid_t pid = fork();

	if (!pid) {
		if (pthread_create(&thread, NULL, outlive, NULL))
			_exit(NEITHER);
		pthread_exit(NULL);
	}
	return outcome_of(pid);
}

#ifdef __x86_64__
static struct vfn_op traced_op = { .op = VFN_OP_CLEAR };
static struct vfn_apply traced_arg = { .size = sizeof(traced_arg), .nr_ops = 1,
				       .op_size = sizeof(traced_op) };

/* A tracer without a seal makes the call of its tracee another one: an edit. */
static enum outcome by_tracer(void)
{
	struct user_regs_struct regs;
	int status;
	pid_t pid;

	traced_arg.ops = (unsigned long)&traced_op;
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(syscall(SYS_getppid, old_device, VFN_IOC_APPLY, &traced_arg) ?
		      errno == EPERM ? REFUSED : NEITHER : DONE);
	}
	if (waitpid(pid, &status, 0) != pid || ptrace(PTRACE_SYSCALL, pid, NULL, NULL) ||
	    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		return NEITHER;
	while (regs.orig_rax != SYS_getppid) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) ||
		    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
		    ptrace(PTRACE_GETREGS, pid, NULL, &regs))
			return NEITHER;
	}
	regs.orig_rax = SYS_ioctl;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) ||
	    ptrace(PTRACE_DETACH, pid, NULL, NULL))
		return NEITHER;
	return outcome_of(pid);
}
#endif

static const struct way {
	const char *name;
	enum outcome (*go)(void);
} ways[] = {
	{ "the process itself", by_itself },
	{ "by a descriptor from before", by_old_device },
	{ "a thread", by_thread },
	{ "a thread when the first has gone", by_survivor },
	{ "a child", by_fork },
	{ "a child of vfork", by_vfork },
	{ "a child that shares its memory", by_clone_vm },
	{ "a child that is root in a namespace of its own", by_namespace },
	{ "a grandchild whose parent has gone", by_orphan },
	{ "a program", by_exec },
	{ "a script", by_script },
	{ "a setuid program", by_setuid },
	{ "what a setuid program starts", by_child_of_setuid },
	{ "by a descriptor kept over exec", by_inherited },
	{ "by a descriptor passed by another process", by_passed },
	{ "by a descriptor taken from another process", by_pidfd },
	{ "by a descriptor of a shared table of descriptors", by_shared_files },
#ifdef __x86_64__
	{ "a tracer in the process's name", by_tracer },
#endif
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* A process without a seal that hands its descriptor out. */
static void befriend(void)
{
	pid_t me = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail_out("socketpair");
	friend_socket = pair[1];
	friend_pid = fork();
	if (friend_pid < 0)
		bail_out("fork");
	if (!friend_pid) {
		end_with(me);
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
		pass_fd(pair[0], old_device);
		pause();
		_exit(0);
	}
}

struct go {
	const struct way *way;
	bool seal;
};

static void go(const void *arg)
{
	const struct go *g = arg;

	become_user();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	old_device = open("/dev/vfn", O_RDONLY);
	befriend();
	must_map(FROM, TARGET);
	if (g->seal && vfn_seal())
		bail_out("seal");
	_exit(g->way->go());
}

static void try_way(const struct way *way)
{
	struct go g = { way, true };
	int sealed = child_status(go, &g), unsealed;

	g.seal = false;
	unsealed = child_status(go, &g);
	refused(sealed == EXITED(REFUSED), "%s, sealed (%#x)", way->name, sealed);
	control(unsealed == EXITED(DONE), "%s, not sealed (%#x)", way->name, unsealed);
}

#define RACERS	2
#define ROUNDS	100

/**
 * struct race - between edits by some threads and SEAL by another
 * @sealed:	SEAL has returned
 * @late:	edits that began after that, and worked
 * @early:	edits that worked at all
 */
struct race {
	bool sealed;
	unsigned int late, early;
};

static void *racer(void *arg)
{
	struct race *race = arg;
	bool sealed;

	for (;;) {
		sealed = __atomic_load_n(&race->sealed, __ATOMIC_SEQ_CST);
		if (vfn(NEW, TARGET)) {
			if (errno != EPERM)
				__atomic_add_fetch(&race->late, 1, __ATOMIC_SEQ_CST);
			return NULL;
		}
		__atomic_add_fetch(sealed ? &race->late : &race->early, 1, __ATOMIC_SEQ_CST);
		vfn_unmap(NEW);
	}
}

static void race_once(const void *unused)
{
	struct race race = {};
	pthread_t threads[RACERS];
	unsigned int i, before;

	(void)unused;
	become_user();
	must_map(FROM, TARGET);
	for (i = 0; i < RACERS; i++)
		if (pthread_create(&threads[i], NULL, racer, &race))
			bail_out("pthread_create");
	while (!__atomic_load_n(&race.early, __ATOMIC_SEQ_CST))
		;
	if (vfn_seal())
		_exit(NEITHER);
	before = mappings();
	__atomic_store_n(&race.sealed, true, __ATOMIC_SEQ_CST);
	if (by_fork() != REFUSED)
		_exit(DONE);
	for (i = 0; i < RACERS; i++)
		pthread_join(threads[i], NULL);
	_exit(race.late || mappings() != before ? DONE : REFUSED);
}

static void try_races(void)
{
	unsigned int i, good = 0;

	for (i = 0; i < ROUNDS; i++)
		good += count_attack(child_status(race_once, NULL) == EXITED(REFUSED));
	ok(good == ROUNDS, "attack refused: edits by threads after SEAL has returned, %u of %u times",
	   good, ROUNDS);
}

static void unload(const void *unused)
{
	(void)unused;
	must_map(FROM, TARGET);
	if (vfn_seal())
		bail_out("seal");
	if (!syscall(SYS_delete_module, "vfn", O_NONBLOCK) || errno != EAGAIN)
		_exit(DONE);
	_exit(edit());
}

/* What the program does that others are started as. */
static int act(const char *what)
{
	/* A script's interpreter gets the script's name. */
	if (!strcmp(what, "edit") || !strcmp(what, SCRIPT))
		return edit();
	if (strcmp(what, "descend"))
		return edit_by(atoi(what));
	return by_exec_of(SELF, "edit");
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc > 1)
		return act(argv[1]);
	attack_begin();
	make_scene(DIR);
	copy_file("/proc/self/exe", SELF, 0755);
	copy_file("/proc/self/exe", SETUID, 04755);
	make_text(SCRIPT, "#!" SELF "\n", 0755);
	for (i = 0; i < WAYS; i++)
		try_way(&ways[i]);
	try_races();
	refused(child_status(unload, NULL) == EXITED(REFUSED),
		"root, sealed, edits and unloads the module");
	return attack_done();
}
