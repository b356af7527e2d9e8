// SPDX-License-Identifier: GPL-2.0
/*
 * bench: what a command costs, from its start to its end
 *
 * Usage: cost TIMES CMD [ARG]...; prints the least of so many runs, and how many bytes
 * the command printed, which tells whether it did the same as elsewhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static void become(int out, char **argv)
{
	if (dup2(out, STDOUT_FILENO) < 0)
		err(1, "dup2");
	execvp(argv[0], argv);
	err(1, "%s", argv[0]);
}

int main(int argc, char **argv)
{
	uint64_t start, took, best = UINT64_MAX;
	int i, times, status, out;
	pid_t pid;

	times = argc < 3 ? 0 : atoi(argv[1]);
	if (times < 1)
		errx(2, "usage: cost TIMES CMD [ARG]...");
	out = memfd_create("output", MFD_CLOEXEC);
	if (out < 0)
		err(1, "memfd_create");
	for (i = 0; i < times; i++) {
		if (ftruncate(out, 0) || lseek(out, 0, SEEK_SET))
			err(1, "emptying the output");
		start = now();
		pid = fork();
		if (!pid)
			become(out, argv + 2);
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			err(1, "running %s", argv[2]);
		took = now() - start;
		if (status)
			errx(1, "%s failed (%d)", argv[2], status);
		if (took < best)
			best = took;
	}
	printf("%llu\t%lld\n", (unsigned long long)best, (long long)lseek(out, 0, SEEK_END));
	return 0;
}
