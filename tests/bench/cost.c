// SPDX-License-Identifier: GPL-2.0
/*
 * bench: what a command costs, from its start to its end
 *
 * Usage: cost TIMES CMD [ARG]...; prints the least of so many runs.  What the command
 * prints goes to /dev/null.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static void become(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
		err(1, "/dev/null");
	execvp(argv[0], argv);
	err(1, "%s", argv[0]);
}

int main(int argc, char **argv)
{
	uint64_t start, took, best = UINT64_MAX;
	int i, times, status;
	pid_t pid;

	times = argc < 3 ? 0 : atoi(argv[1]);
	if (times < 1)
		errx(2, "usage: cost TIMES CMD [ARG]...");
	for (i = 0; i < times; i++) {
		start = now();
		pid = fork();
		if (!pid)
			become(argv + 2);
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			err(1, "running %s", argv[2]);
		took = now() - start;
		if (status)
			errx(1, "%s failed (%d)", argv[2], status);
		if (took < best)
			best = took;
	}
	printf("%llu\n", (unsigned long long)best);
	return 0;
}
