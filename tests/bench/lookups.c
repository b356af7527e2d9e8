// SPDX-License-Identifier: GPL-2.0
/*
 * bench: what a process pays for lookups of one name, whoever gives it the view
 *
 * Usage: lookups NAME; dynamic, so that a preloaded library can take part.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define TIMES	20

static void do_stat(const char *name)
{
	struct stat st;

	if (stat(name, &st))
		err(1, "stat %s", name);
}

static void do_open(const char *name)
{
	int fd = open(name, O_RDONLY);

	if (fd < 0)
		err(1, "open %s", name);
	close(fd);
}

/* The least, so that no interrupt counts. */
static void measure(const char *call, void (*run)(const char *), const char *name)
{
	uint64_t start, took, best = UINT64_MAX;
	int i, n;

	for (i = 0; i < 20; i++) {
		start = now();
		for (n = 0; n < TIMES; n++)
			run(name);
		took = now() - start;
		if (took < best)
			best = took;
	}
	printf("%s\t%.1f\n", call, (double)best / TIMES);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: lookups NAME");
	measure("stat", do_stat, argv[1]);
	measure("open", do_open, argv[1]);
	return 0;
}
