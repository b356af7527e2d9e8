/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for what may never come: for tests of calls that stall
 */
#ifndef KSELFTEST_STALL_H
#define KSELFTEST_STALL_H

#include <signal.h>

#include "tap.h"

#define STALL_TRIES	10000	/* of a millisecond */

static inline bool stall_in_time(volatile bool *what)
{
	unsigned int tries;

	for (tries = 0; tries < STALL_TRIES && !*what; tries++)
		usleep(1000);
	return *what;
}

/* The wait status of @pid, or -1 if it doesn't end by itself. */
static inline int stall_reap(pid_t pid)
{
	int status;
	unsigned int tries;

	for (tries = 0; tries < STALL_TRIES; tries++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	return -1;
}

#endif /* KSELFTEST_STALL_H */
