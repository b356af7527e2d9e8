// SPDX-License-Identifier: GPL-2.0
/*
 * S7: a thread asleep inside a hook keeps the module, though its process has no
 * table any more
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include <libvfn.h>

#include "module.h"
#include "tap.h"

#define DIR	"/run/vfn-lifecycle-inside"
#define FIFO	DIR "/fifo"
#define FROM	"/vfn-lifecycle-inside"

enum { HELD = 1, CLEARED };

/* Between the process with the thread inside, and the test. */
static _Atomic int *state;

static void *open_fifo(void *arg)
{
	/* Asleep in do_filp_open() until somebody opens it for writing. */
	*(int *)arg = open(FROM, O_RDONLY | O_CLOEXEC);
	return NULL;
}

/* Is any thread of this process asleep in the open() of a FIFO? */
static bool asleep_in_open(pid_t pid, pid_t tid)
{
	char name[64], text[4096] = "";
	FILE *file;

	/* Its wchan would do, but until 5.16 tells nothing without frame pointers. */
	snprintf(name, sizeof(name), "/proc/%d/task/%d/stack", pid, tid);
	file = fopen(name, "re");
	if (file) {
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		fclose(file);
	}
	return strstr(text, "fifo_open") || strstr(text, "wait_for_partner");
}

static void wait_until_asleep(void)
{
	pid_t pid = getpid();
	unsigned int i;

	/* The second thread's id is the next one, or near it. */
	for (i = 0; i < 100000; i++) {
		if (asleep_in_open(pid, pid + 1 + i % 8))
			return;
		usleep(100);
	}
	bail_out("no thread sleeps in open()");
}

static void holder(bool clears)
{
	pthread_t thread;
	int fd = -1;

	if (vfn(FROM, FIFO) || pthread_create(&thread, NULL, open_fifo, &fd))
		_exit(2);
	wait_until_asleep();
	if (clears && vfn_clear())
		_exit(3);
	/* The library's descriptor is a use of the module, too. */
	close_range(3, ~0U, 0);
	atomic_store(state, clears ? CLEARED : HELD);
	pthread_join(thread, NULL);
	if (clears && vfn_available() && errno != ENOENT)
		_exit(4);
	close_range(3, ~0U, 0);
	atomic_store(state, 0);
	pause();
}

static pid_t start(bool clears)
{
	pid_t pid;

	atomic_store(state, 0);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		holder(clears);
	while (!atomic_load(state)) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			bail_out("the holder has gone");
		usleep(1000);
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, 0) != pid)
		bail_out("waitpid");
}

static bool in_use(void)
{
	return module_unload() && errno == EAGAIN;
}

static void let_it_out(void)
{
	int fd = open(FIFO, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		bail_out("open " FIFO);
	while (atomic_load(state))
		usleep(1000);
	close(fd);
}

static void reload(int file, const char *what)
{
	int err, tries = 0;

	/* A view that other threads know is looked after ten times a second. */
	while ((err = module_unload() ? errno : 0) == EAGAIN && tries++ < 300)
		usleep(10000);
	ok(!err, "%s, the module can be unloaded (errno %d)", what, err);
	if (!err && module_load(file))
		bail_out("load the module");
}

int main(void)
{
	int file;
	pid_t pid;

	plan(7);
	if (geteuid())
		bail_out("this test wants root");
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (state == MAP_FAILED || mkdir(DIR, 0755) || mkfifo(FIFO, 0600))
		bail_out("make " DIR);
	file = module_file();

	pid = start(true);
	ok(in_use(), "a thread inside, no table: the module is in use");
	let_it_out();
	reload(file, "when the thread has come out");
	end(pid);

	pid = start(true);
	ok(in_use(), "a thread inside, no table: the module is in use again");
	end(pid);
	reload(file, "when it was killed");

	pid = start(false);
	ok(in_use(), "a thread inside, and a table: the module is in use");
	end(pid);
	reload(file, "when it was killed with its table");
	ok(!access("/dev/vfn", F_OK), "the module is there");
	return done();
}
