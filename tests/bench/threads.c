// SPDX-License-Identifier: GPL-2.0
/*
 * bench: does a second thread in the same view slow the first one down?
 *
 * Usage: threads none|far|leaf NR; prints how many times as long two threads take as one
 * alone.  By the clock, so it takes two processors and no instruction count.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench.h"

#define CALLS	400
#define ROUNDS	300

static pthread_barrier_t start_line;

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void *run(void *unused)
{
	struct stat st;
	int i;

	(void)unused;
	pthread_barrier_wait(&start_line);
	for (i = 0; i < CALLS; i++)
		if (stat("/" TOP DEEP5 "/file-a", &st))
			err(1, "stat");
	return NULL;
}

static uint64_t round_of(int nr)
{
	pthread_t threads[2];
	uint64_t start;
	int i;

	pthread_barrier_init(&start_line, NULL, nr + 1);
	for (i = 0; i < nr; i++)
		if (pthread_create(&threads[i], NULL, run, NULL))
			errx(1, "can't make a thread");
	start = clock_ns();
	pthread_barrier_wait(&start_line);
	for (i = 0; i < nr; i++)
		pthread_join(threads[i], NULL);
	start = clock_ns() - start;
	pthread_barrier_destroy(&start_line);
	return start;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
	double ratios[ROUNDS];
	int i;

	if (argc != 3)
		errx(2, "usage: threads none|far|leaf NR");
	scene_enter();
	if (strcmp(argv[1], "none"))
		table_fill(argv[1], atoi(argv[2]));
	/* One after the other: how busy the machine is changes slowly. */
	for (i = 0; i < ROUNDS; i++) {
		uint64_t alone = round_of(1);

		ratios[i] = (double)round_of(2) / alone;
	}
	qsort(ratios, ROUNDS, sizeof(*ratios), compare);
	printf("threads\t2\t%.3f\n", ratios[ROUNDS / 2]);
	return 0;
}
