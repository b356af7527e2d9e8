/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests: print TAP, from the program and from the children it forks
 *
 *	int main(void)
 *	{
 *		plan(2);		// or leave it to done()
 *		ok(1 + 1 == 2, "one and one is %d", 2);
 *		if (!can)
 *			skip("two", "this kernel has no twos");
 *		return done();
 *	}
 *
 * Children share the count with their parent, so each line has its own number.
 * A child that may die unnoticed is run by in_child().
 */
#ifndef KSELFTEST_TAP_H
#define KSELFTEST_TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/**
 * struct tap - what has been printed
 * @planned:	lines that plan() promised; 0 without it
 * @run:	lines so far
 * @failed:	those that said "not ok"
 */
struct tap {
	int planned;
	int run;
	int failed;
};

static struct tap *tap_shared;

static inline struct tap *tap(void)
{
	if (!tap_shared) {
		tap_shared = mmap(NULL, sizeof(*tap_shared), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (tap_shared == MAP_FAILED) {
			dprintf(STDOUT_FILENO, "Bail out! mmap: %m\n");
			_exit(EXIT_FAILURE);
		}
	}
	return tap_shared;
}

/* Stop at once: the machine isn't fit for the test.  Tells errno. */
__attribute__((format(printf, 1, 2), noreturn))
static inline void bail_out(const char *fmt, ...)
{
	int err = errno;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	dprintf(STDOUT_FILENO, "Bail out! %s: %s\n", text, strerror(err));
	_exit(EXIT_FAILURE);
}

/* Say something that is no result. */
__attribute__((format(printf, 1, 2)))
static inline void diag(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	dprintf(STDOUT_FILENO, "# %s\n", text);
}

static inline void plan(int tests)
{
	tap()->planned = tests;
	dprintf(STDOUT_FILENO, "TAP version 13\n1..%d\n", tests);
}

/* One line of TAP; returns @cond. */
__attribute__((format(printf, 4, 5)))
static inline bool tap_ok(bool cond, const char *file, int line, const char *fmt, ...)
{
	int n = __atomic_add_fetch(&tap()->run, 1, __ATOMIC_SEQ_CST);
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (cond) {
		dprintf(STDOUT_FILENO, "ok %d - %s\n", n, text);
	} else {
		__atomic_add_fetch(&tap()->failed, 1, __ATOMIC_SEQ_CST);
		dprintf(STDOUT_FILENO, "not ok %d - %s\n#   at %s:%d\n", n, text, file, line);
	}
	return cond;
}

#define ok(cond, ...) tap_ok(cond, __FILE__, __LINE__, __VA_ARGS__)

/* In place of a test whose subject this kernel was seen not to have. */
__attribute__((format(printf, 2, 3)))
static inline void skip(const char *name, const char *why, ...)
{
	int n = __atomic_add_fetch(&tap()->run, 1, __ATOMIC_SEQ_CST);
	char text[1024];
	va_list args;

	va_start(args, why);
	vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	dprintf(STDOUT_FILENO, "ok %d - %s # SKIP %s\n", n, name, text);
}

/* Run @fn(@arg) in a child; if it doesn't come to its end, that is a failed test. */
static inline void in_child(void (*fn)(void *arg), void *arg, const char *name)
{
	int status;
	pid_t pid;

	tap();
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		fn(arg);
		_exit(EXIT_SUCCESS);
	}
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	if (WIFSIGNALED(status))
		ok(false, "%s: killed by signal %d", name, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		ok(false, "%s: ended with status %d", name, WEXITSTATUS(status));
}

/* The exit status of the program. */
static inline int done(void)
{
	struct tap *t = tap();

	if (!t->planned)
		dprintf(STDOUT_FILENO, "1..%d\n", t->run);
	else if (t->run != t->planned)
		diag("planned %d tests, ran %d", t->planned, t->run);
	if (t->failed)
		diag("%d of %d failed", t->failed, t->run);
	return t->failed || !t->run || (t->planned && t->run != t->planned);
}

#endif /* KSELFTEST_TAP_H */
