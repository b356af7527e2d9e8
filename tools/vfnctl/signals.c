// SPDX-License-Identifier: GPL-2.0
/* vfnctl: commands that run until a signal ends them */

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

#include "vfnctl.h"

/* A descriptor that is readable when a signal says that it is time to end; or -1. */
int end_signals(const char *command)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (fd < 0)
		complain("%s: can't wait for signals: %m", command);
	return fd;
}
