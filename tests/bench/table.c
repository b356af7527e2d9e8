// SPDX-License-Identifier: GPL-2.0
/*
 * bench: tables of all sizes, and what it costs to make and keep them
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libvfn.h>

#include "bench.h"

#define NAME_SIZE	256
#define BATCH		10000
#define EDITS		10000	/* in a batch that is measured */

static void map_name(struct vfn_batch *batch, const char *from, const char *to)
{
	if (vfn_batch_map(batch, from, to, 0))
		err(1, "out of memory");
}

static void apply(struct vfn_batch *batch)
{
	size_t failed;

	if (vfn_batch_apply(batch, &failed))
		err(1, "can't map (edit %zu)", failed);
}

/* The @i-th of many names, all of one length. */
static void nth_name(char *buf, const char *kind, unsigned int i)
{
	if (!strcmp(kind, "near"))
		snprintf(buf, NAME_SIZE, "/" TOP DEEP5 "/m%06u", i);
	else if (!strcmp(kind, "deep"))
		snprintf(buf, NAME_SIZE, "/" TOP DEEP12 "/m%06u", i);
	else if (!strcmp(kind, "spread"))
		snprintf(buf, NAME_SIZE, "/elsewhere/d%03u/e%03u/m%06u", i % 100,
			 i / 100 % 100, i);
	else
		snprintf(buf, NAME_SIZE, "/elsewhere/m%06u", i);
}

/*
 * Mappings @first to @first + @nr - 1 of a table of that kind, to names in
 * @dir.
 */
static struct vfn_batch *many(const char *kind, unsigned int first, unsigned int nr,
			      const char *dir)
{
	struct vfn_batch *batch = vfn_batch_new();
	char from[NAME_SIZE], to[NAME_SIZE];
	unsigned int i;

	if (!batch)
		err(1, "out of memory");
	for (i = first; i < first + nr; i++) {
		nth_name(from, kind, i);
		snprintf(to, sizeof(to), "%s/t%06u", dir, i);
		map_name(batch, from, to);
	}
	return batch;
}

static void fill_many(const char *kind, unsigned int first, unsigned int nr)
{
	unsigned int end = first + nr, n;

	for (; first < end; first += n) {
		struct vfn_batch *batch;

		n = end - first < BATCH ? end - first : BATCH;
		batch = many(kind, first, n, "/none");
		apply(batch);
		vfn_batch_free(batch);
	}
}

/* The names that ops.c uses; those it renames are made by TO's name. */
static void fill_leaves(struct vfn_batch *batch)
{
	static const char *const names[] = {
		DEEP5 "/file-a", DEEP5 "/file-x", DEEP5 "/file-y", DEEP5 "/link-a",
		DEEP5 "/prog-s", DEEP5 "/prog-d", DEEP12 "/file-a",
	};
	char from[NAME_SIZE], to[NAME_SIZE];
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(from, sizeof(from), "/" TOP "%s", names[i]);
		snprintf(to, sizeof(to), "/" REAL "%s", names[i]);
		if (vfn_batch_map(batch, from, to, VFN_NOFOLLOW))
			err(1, "out of memory");
	}
}

static void fill_list(struct vfn_batch *batch, unsigned int nr)
{
	char from[NAME_SIZE], to[NAME_SIZE];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		snprintf(from, sizeof(from), "/" TOP "/list/name-%04u", i * LIST_NAMES / nr);
		snprintf(to, sizeof(to), "/" REAL "/list/name-%04u", i);
		map_name(batch, from, to);
	}
}

void table_fill(const char *kind, unsigned int nr)
{
	struct vfn_batch *batch = vfn_batch_new();

	if (!batch)
		err(1, "out of memory");
	if (!strcmp(kind, "leaf") || !strcmp(kind, "dir")) {
		map_name(batch, "/file-a", "/file-b");
		if (!strcmp(kind, "leaf"))
			fill_leaves(batch);
		else
			map_name(batch, "/" FROM, "/" REAL);
		fill_many("far", 0, nr - 1);
	} else if (!strcmp(kind, "list")) {
		fill_list(batch, nr);
	} else if (!strcmp(kind, "near") || !strcmp(kind, "far") || !strcmp(kind, "spread")) {
		fill_many(kind, 0, nr);
	} else if (!strcmp(kind, "cleared")) {
		fill_many("far", 0, nr);
		if (vfn_clear())
			err(1, "vfn_clear");
	} else {
		errx(2, "unknown kind of table '%s'", kind);
	}
	apply(batch);
	vfn_batch_free(batch);
}

static void print(const char *op, const char *variant, double cost)
{
	printf("%s\t%s\t%.1f\n", op, variant, cost);
}

/* What each mapping of a batch costs, in a table of @size. */
static void edit_batch(const char *kind, unsigned int size)
{
	struct vfn_batch *batch = many(kind, 0, EDITS, "/real");
	char variant[64];
	uint64_t start, took;

	start = now();
	apply(batch);
	took = now() - start;
	snprintf(variant, sizeof(variant), "%s-%u", kind, size);
	print("map-10000", variant, (double)took / EDITS);
	vfn_batch_free(batch);
}

static uint64_t edit_one(const char *kind, unsigned int i)
{
	char from[NAME_SIZE], to[NAME_SIZE];
	uint64_t start;

	nth_name(from, kind, i);
	snprintf(to, sizeof(to), "/real/t%06u", i);
	start = now();
	if (vfn(from, to))
		err(1, "vfn");
	return now() - start;
}

/* The least that one more mapping costs, of many tries. */
static void edit_ones(const char *kind, unsigned int size)
{
	uint64_t took, best = UINT64_MAX;
	char variant[64];
	unsigned int i;

	for (i = 0; i < 100; i++) {
		took = edit_one(kind, EDITS + i);
		if (took < best)
			best = took;
	}
	snprintf(variant, sizeof(variant), "%s-%u", kind, size);
	print("map-1", variant, best);
}

/* Write to what edit_one() will: a copy of its page is no part of the edit. */
static void touch_pages(void)
{
	char stack[8192];

	explicit_bzero(stack, sizeof(stack));
	if (!vfn("", ""))
		errx(1, "an empty name can be mapped");
}

static void edit_after_fork(const char *kind, unsigned int size)
{
	uint64_t best = UINT64_MAX, took;
	int i, fds[2], status;
	char variant[64];

	if (pipe(fds))
		err(1, "pipe");
	for (i = 0; i < 30; i++) {
		pid_t pid = fork();

		if (!pid) {
			touch_pages();
			took = edit_one(kind, EDITS + 100 + i);
			if (write(fds[1], &took, sizeof(took)) != sizeof(took))
				err(1, "write");
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status ||
		    read(fds[0], &took, sizeof(took)) != sizeof(took))
			err(1, "a forked editor failed");
		if (took < best)
			best = took;
	}
	snprintf(variant, sizeof(variant), "%s-%u", kind, size);
	print("edit-after-fork", variant, best);
}

/* Each in a process of its own, from no table on. */
#define alone(what) do {						\
		int status_;						\
									\
		fflush(stdout);						\
		if (!fork()) {						\
			what;						\
			fflush(stdout);					\
			_exit(0);					\
		}							\
		if (wait(&status_) < 0 || status_)			\
			errx(1, "a measurement failed");		\
	} while (0)

static void edits_of(const char *kind, unsigned int size)
{
	fill_many(kind, TARGETS, size);
	edit_batch(kind, size);
	edit_ones(kind, size);
	edit_after_fork(kind, size);
}

void edits_measure(void)
{
	static const char *const kinds[] = { "far", "spread", "deep" };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		alone(edits_of(kinds[i], 0));
		alone(edits_of(kinds[i], 100000));
		/* The large table is freed in the background; the next one shan't pay for it. */
		sleep(2);
	}
}

/* What the kernel itself has of the group's memory. */
static uint64_t kernel_memory(const char *cgroup)
{
	char path[PATH_MAX], key[64];
	unsigned long long value;
	FILE *file;

	snprintf(path, sizeof(path), "%s/memory.stat", cgroup);
	file = fopen(path, "r");
	while (file && fscanf(file, "%63s %llu", key, &value) == 2)
		if (!strcmp(key, "kernel")) {
			fclose(file);
			return value;
		}
	errx(1, "%s doesn't tell the kernel's memory", path);
}

static void memory_of(const char *cgroup, const char *kind, unsigned int nr)
{
	uint64_t before, after;
	char variant[64];

	if (vfn("/first", "/first"))
		err(1, "vfn");
	before = kernel_memory(cgroup);
	fill_many(kind, 0, nr);
	/*
	 * What a batch has replaced is freed after the next lookup of who made it, and a
	 * grace period.
	 */
	access("/", F_OK);
	sleep(2);
	after = kernel_memory(cgroup);
	snprintf(variant, sizeof(variant), "%s-%u", kind, nr);
	print("memory", variant, (double)(after - before) / nr);
}

void memory_measure(const char *cgroup)
{
	static const char *const kinds[] = { "far", "spread", "deep" };
	char path[PATH_MAX];
	unsigned int i;
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		err(1, "entering the group %s", cgroup);
	close(fd);
	for (i = 0; i < 3; i++) {
		alone(memory_of(cgroup, kinds[i], 100000));
		sleep(2);
	}
}
