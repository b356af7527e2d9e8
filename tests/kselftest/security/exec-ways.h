/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security tests of exec: the ways in which a program is started
 *
 * Each runs in the process that is to become the program, or something that leads to it;
 * the test has made the files and formats that this takes.
 */
#ifndef KSELFTEST_EXEC_WAYS_H
#define KSELFTEST_EXEC_WAYS_H

#include <pthread.h>

#include "attack.h"

#define WAYS_DIR	"/var/lib/vfn-exec"	/* the programs and what leads to them */

typedef void (*start_fn)(const char *name);

static inline void start_exec(const char *name)
{
	execl(name, name, NULL);
}

static inline void start_fd(const char *name)
{
	char *argv[] = { "program", NULL };
	int fd = open(name, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

static inline void start_at(const char *name)
{
	char *argv[] = { "program", NULL };
	int fd = open(WAYS_DIR, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, name + strlen(WAYS_DIR "/"), argv, environ, 0);
}

static inline void start_proc(const char *name)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", open(name, O_PATH | O_CLOEXEC));
	execl(link, name, NULL);
}

static inline void start_vfork(const char *name)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		execl(name, name, NULL);
		_exit(ATTACK_NONE);
	}
	if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status))
		raise(WTERMSIG(status));
	_exit(WEXITSTATUS(status));
}

static inline void *exec_thread(void *arg)
{
	execl(arg, arg, NULL);
	_exit(ATTACK_NONE);
}

static inline void start_thread(const char *name)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, exec_thread, (void *)name))
		pthread_join(thread, NULL);
}

/* A file named after the program, that leads to it. */
static inline void start_file(const char *name, const char *suffix)
{
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%s%s", name, suffix);
	execl(file, file, NULL);
}

static inline void start_script(const char *name)
{
	start_file(name, ".sh");
}

static inline void start_script_of_script(const char *name)
{
	start_file(name, ".sh.sh");
}

/* The handler gets the file's own privileges (C), and an open file of it (O). */
static inline void start_foreign(const char *name)
{
	start_file(name, ".foreign");
}

/* The same, and the handler was opened when it was registered (F). */
static inline void start_fixed(const char *name)
{
	start_file(name, ".fixed");
}

/* The program is the handler, opened now, and then. */
static inline void start_handler(const char *name)
{
	start_file(name, ".handled");
}

static inline void start_fixed_handler(const char *name)
{
	start_file(name, ".fixed-handled");
}

static const struct way {
	const char *name;
	start_fn start;
	bool all;		/* even rare attacks; the only ways of 32-bit programs */
} ways[] = {
	{ "execve", start_exec, true },
	{ "execveat", start_at },
	{ "execveat of a descriptor", start_fd },
	{ "a link in /proc", start_proc },
	{ "vfork", start_vfork },
	{ "a thread", start_thread },
	{ "#!", start_script },
	{ "#! of #!", start_script_of_script, true },
	{ "binfmt_misc with C, O", start_foreign, true },
	{ "binfmt_misc with C, O, F", start_fixed },
	{ "binfmt_misc as a handler", start_handler },
	{ "binfmt_misc as a handler with F", start_fixed_handler },
};

#endif /* KSELFTEST_EXEC_WAYS_H */
