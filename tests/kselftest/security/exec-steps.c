// SPDX-License-Identifier: GPL-2.0
/*
 * S3: every way in which edits by another thread can fall between the steps of
 * the execve() of a setuid program
 *
 * fanotify stops the kernel each time it reads from the program or from its
 * interpreter.  There a second thread makes one of four edits; all sequences
 * of them are tried.  The program must run as root with its own interpreter,
 * and without a table, or be killed.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/fanotify.h>

#include "attack.h"

#define DIR	"/run/vfn-exec-steps"
#define VICTIM	DIR "/setuid"
#define EVIL	DIR "/evil"
#define INTERP	DIR "/interp"

#define VICTIM_ROOT	10
#define VICTIM_USER	11
/* execve() failed: its errno comes on top. */
#define NO_EXEC		100

/*
 * Reads of an execve(): the program's first page (before the kernel knows that it
 * will gain), its headers, its interpreter's name; the interpreter's first page
 * and headers.
 */
#define STEPS	5

enum edit { NONE, CLEAR, MAP_EVIL, MAP_SELF, EDITS };

static const char edit_names[] = "-cei";

/**
 * struct shared - between the listener, which knows when, and the process
 * @order:	the edit to make next; NONE: wait
 * @failed:	an edit returned an error
 */
struct shared {
	_Atomic(enum edit) order;
	atomic_bool failed;
};

static struct shared *shared;

static void *editor(void *arg)
{
	enum edit edit;
	int err;

	for (;;) {
		edit = atomic_load(&shared->order);
		if (edit == NONE)
			continue;
		if (edit == CLEAR)
			err = vfn_clear();
		else
			err = vfn(INTERP, edit == MAP_EVIL ? EVIL : INTERP);
		if (err)
			atomic_store(&shared->failed, true);
		atomic_store(&shared->order, NONE);
	}
	return arg;
}

static void start_victim(void)
{
	pthread_t thread;

	become_user();
	if (pthread_create(&thread, NULL, editor, NULL))
		_exit(NO_EXEC);
	execl(VICTIM, VICTIM, NULL);
	_exit(NO_EXEC + errno);
}

/* A wait that has no end if the module is stuck ends the test. */
static void make_edit(enum edit edit)
{
	unsigned int waits = 0;

	atomic_store(&shared->order, edit);
	while (atomic_load(&shared->order) != NONE) {
		usleep(50);
		if (++waits > 100000)
			bail_out("an edit doesn't come back");
	}
}

/* The kernel wants to read: make the edit of this step, let it go on. */
static void one_step(int fan, enum edit edit)
{
	struct fanotify_event_metadata event;
	struct fanotify_response response = { .response = FAN_ALLOW };

	if (read(fan, &event, sizeof(event)) != sizeof(event))
		bail_out("read a fanotify event");
	make_edit(edit);
	response.fd = event.fd;
	if (write(fan, &response, sizeof(response)) != sizeof(response))
		bail_out("answer a fanotify event");
	close(event.fd);
}

/* Runs the program; @plan's edits at its steps, the last one for all that follow. */
static int run_plan(int fan, const enum edit *plan, unsigned int *steps)
{
	struct pollfd poll_fan = { .fd = fan, .events = POLLIN };
	int status;
	pid_t pid;

	atomic_store(&shared->order, NONE);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		start_victim();
	for (*steps = 0; !waitpid(pid, &status, WNOHANG);) {
		if (poll(&poll_fan, 1, 1) != 1)
			continue;
		one_step(fan, *steps < STEPS ? plan[*steps] : NONE);
		++*steps;
	}
	return status;
}

static void tell(const char *what, const enum edit *plan, int status)
{
	char text[STEPS + 1] = "";
	unsigned int i;

	for (i = 0; i < STEPS; i++)
		text[i] = edit_names[plan[i]];
	diag("%s: edits %s, wait status %#x", what, text, status);
}

static void try_all(int fan)
{
	unsigned int fine = 0, killed = 0, evil = 0, other = 0, most = 0;
	unsigned int n, i, rest, steps;
	enum edit plan[STEPS];
	int status;

	for (n = 0; n < 1 << 2 * STEPS; n++) {
		for (rest = n, i = 0; i < STEPS; i++, rest /= EDITS)
			plan[i] = rest % EDITS;
		status = run_plan(fan, plan, &steps);
		if (steps > most)
			most = steps;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			killed++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == VICTIM_ROOT)
			fine++;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == EVIL_ROOT && !evil++)
			tell("EVIL", plan, status);
		else if (!WIFEXITED(status) || WEXITSTATUS(status) != EVIL_ROOT)
			if (!other++)
				tell("unexpected", plan, status);
		count_attack(status != EXITED(EVIL_ROOT));
	}
	diag("%u fine, %u killed, %u evil, %u otherwise", fine, killed, evil, other);
	ok(most == STEPS, "an execve() was stopped %u times", most);
	refused(!evil, "the attacker's interpreter never ran");
	control(fine, "the program ran as it should");
	ok(!other, "it ran as root, or not at all");
	ok(!atomic_load(&shared->failed), "no edit failed");
}

static int watch(void)
{
	static const char * const names[] = { VICTIM, INTERP, EVIL };
	unsigned int i;
	int fan;

	fan = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);
	if (fan < 0)
		bail_out("fanotify_init");
	for (i = 0; i < 3; i++)
		if (fanotify_mark(fan, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, names[i]))
			bail_out("watch %s", names[i]);
	return fan;
}

int main(void)
{
	attack_begin();
	make_scene(DIR);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail_out("mmap");
	make_evil(EVIL);
	make_tiny(INTERP, NULL, VICTIM_ROOT, VICTIM_USER, 0755);
	make_tiny(VICTIM, INTERP, VICTIM_ROOT, VICTIM_USER, 04755);
	try_all(watch());
	return attack_done();
}
