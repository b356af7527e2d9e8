// SPDX-License-Identifier: GPL-2.0
/*
 * bench: the calls that are measured
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/**
 * struct op - a call that is measured
 * @name:	of the call
 * @variant:	how it is used
 * @path:	its name, below the tree's top if that is wanted
 * @in:		directory that is current then; NULL: the root
 * @run:	does it once
 * @times:	how often in a batch
 * @batches:	how many; 0: each call does the same, and the batch that took least
 *		is the one that no interrupt came in between.  Else now and then one
 *		has to find more memory: the mean of so many.
 * @later:	and it leaves work for interrupts to come: the mean of all, and the least
 *		by itself.  Otherwise, of the three quarters that took least: the rest
 *		may have been interrupted.
 */
struct op {
	const char *name;
	const char *variant;
	const char *path;
	const char *in;
	void (*run)(const char *path);
	int times;
	int batches;
	bool later;
};

static int dirfd_of_names;
static int listed;

static void run_nothing(const char *path)
{
	asm volatile("" : : "r"(path) : "memory");
}

static void need(bool ok, const char *call, const char *path)
{
	if (__builtin_expect(!ok, 0))
		err(1, "%s %s", call, path);
}

static void run_getppid(const char *path)
{
	need(syscall(SYS_getppid) > 0, "getppid", path);
}

static void run_stat(const char *path)
{
	struct stat st;

	need(!stat(path, &st), "stat", path);
}

static void run_lstat(const char *path)
{
	struct stat st;

	need(!lstat(path, &st), "lstat", path);
}

static void run_open(const char *path)
{
	int fd = open(path, O_RDONLY);

	need(fd >= 0, "open", path);
	close(fd);
}

static void run_openat(const char *path)
{
	int fd = openat(dirfd_of_names, path, O_RDONLY);

	need(fd >= 0, "openat", path);
	close(fd);
}

static void run_access(const char *path)
{
	need(!access(path, R_OK), "access", path);
}

static void run_readlink(const char *path)
{
	char text[256];

	need(readlink(path, text, sizeof(text)) > 0, "readlink", path);
}

static void run_missing(const char *path)
{
	struct stat st;

	need(stat(path, &st), "stat of what is missing", path);
}

static void run_chdir(const char *path)
{
	need(!chdir(path), "chdir", path);
}

/* There and back. */
static void run_rename(const char *path)
{
	char other[256];
	size_t len = strlen(path);

	memcpy(other, path, len + 1);
	other[len - 1] = 'y';
	need(!rename(path, other) && !rename(other, path), "rename", path);
}

static void run_list(const char *path)
{
	static char buf[32768];
	long len;

	need(!lseek(listed, 0, SEEK_SET), "lseek", path);
	do {
		len = syscall(SYS_getdents64, listed, buf, sizeof(buf));
	} while (len > 0);
	need(!len, "getdents64", path);
}

static void run_fork(const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (path)
			execl(path, path, (char *)NULL);
		_exit(!!path);
	}
	need(pid > 0 && waitpid(pid, &status, 0) == pid && !status, "fork, exec", path);
}

static const struct op ops[] = {
	{ "getppid", "-", NULL, NULL, run_getppid, 50 },
	{ "stat", "1", "/file-a", "/", run_stat, 50 },
	{ "stat", "5", DEEP5 "/file-a", NULL, run_stat, 50 },
	{ "stat", "12", DEEP12 "/file-a", NULL, run_stat, 50 },
	{ "stat", "relative", "file-a", DEEP5, run_stat, 50 },
	{ "stat", "relative-3", "comp03/comp04/file-a", "/comp02", run_stat, 50 },
	{ "lstat", "5", DEEP5 "/file-a", NULL, run_lstat, 50 },
	{ "lstat", "relative", "file-a", DEEP5, run_lstat, 50 },
	{ "open", "1", "/file-a", "/", run_open, 50, 200 },
	{ "open", "5", DEEP5 "/file-a", NULL, run_open, 50, 200 },
	{ "open", "12", DEEP12 "/file-a", NULL, run_open, 50, 200 },
	{ "open", "relative", "file-a", DEEP5, run_open, 50, 200 },
	{ "openat", "dirfd", "file-a", DEEP5, run_openat, 50, 200 },
	{ "access", "5", DEEP5 "/file-a", NULL, run_access, 50 },
	{ "access", "relative", "file-a", DEEP5, run_access, 50 },
	{ "readlink", "5", DEEP5 "/link-a", NULL, run_readlink, 50 },
	{ "symlink", "1", "/link02/comp03/comp04/file-a", NULL, run_stat, 50 },
	{ "symlink", "3", "/link02/link03/link04/file-a", NULL, run_stat, 50 },
	{ "symlink", "last", DEEP5 "/link-a", NULL, run_stat, 50 },
	{ "symlink", "absolute", DEEP5 "/link-b", NULL, run_stat, 50 },
	{ "missing", "5", DEEP5 "/file-0", NULL, run_missing, 50, 100 },
	{ "missing", "relative", "file-0", DEEP5, run_missing, 50, 100 },
	{ "chdir", "4", DEEP5, NULL, run_chdir, 50 },
	{ "rename", "5", DEEP5 "/file-x", NULL, run_rename, 50, 100 },
	{ "list", "1000", "/list", NULL, run_list, 2 },
	{ "fork", "-", NULL, NULL, run_fork, 5, 160, true },
	{ "exec", "static", DEEP5 "/prog-s", NULL, run_fork, 2, 150, true },
	{ "exec", "dynamic", DEEP5 "/prog-d", NULL, run_fork, 2, 100, true },
};

static bool profiled;

/* Samples at regular times of what is regular would all fall on the same places. */
static void wait_at_random(void)
{
	static uint32_t seed = 1;
	uint32_t n;

	seed = seed * 1664525 + 1013904223;
	for (n = seed >> 20; n; n--)
		run_nothing(NULL);
}

static uint64_t batch(void (*run)(const char *), const char *path, int times)
{
	uint64_t start = now();

	while (times--) {
		run(path);
		if (profiled)
			wait_at_random();
	}
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double mean(const uint64_t *took, int nr)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < nr; i++)
		sum += took[i];
	return (double)sum / nr;
}

/* Prints what it costs to do @op on @path. */
static void count(const struct op *op, const char *path)
{
	int i, batches = op->batches ?: 12, counted = 1;
	uint64_t took[batches], loop;

	/* What is needed once, and what an operation before left to be done. */
	for (i = 0; i < 1 + batches / 5; i++)
		batch(op->run, path, op->times);
	batch(run_nothing, path, op->times);
	loop = batch(run_nothing, path, op->times);
	for (i = 0; i < batches; i++)
		took[i] = batch(op->run, path, op->times) - loop;
	qsort(took, batches, sizeof(*took), compare);
	if (op->batches)
		counted = op->later ? batches : batches * 3 / 4;
	printf("%s\t%s\t%.1f\n", op->name, op->variant, mean(took, counted) / op->times);
	if (op->later)
		printf("%s\t%s, least\t%.1f\n", op->name, op->variant,
		       mean(took, 1) / op->times);
	fflush(stdout);
}

static void measure(const struct op *op, const char *top)
{
	const char *path = op->path;
	char name[256], in[256];

	snprintf(in, sizeof(in), "/%s%s", top, op->in ?: "");
	if (chdir(op->in && strcmp(op->in, "/") ? in : "/"))
		err(1, "chdir %s", in);
	snprintf(name, sizeof(name), "/%s%s", top, path ?: "");
	if (path && !op->in)
		path = name;
	if (op->run == run_openat)
		dirfd_of_names = open(".", O_RDONLY | O_DIRECTORY);
	if (op->run == run_openat && chdir("/"))
		err(1, "chdir /");
	if (op->run == run_list)
		listed = open(path, O_RDONLY | O_DIRECTORY);
	if (dirfd_of_names < 0 || listed < 0)
		err(1, "open %s", path);
	count(op, path);
}

/*
 * How often: a word of @only is "OP", "OP,VARIANT", or, to be profiled, "OP,VARIANT,CALLS",
 * with how many calls are wanted at least.
 */
static int wanted(const struct op *op, char **only)
{
	char name[64], variant[64];
	int calls, all = op->times * (op->batches ?: 12);

	if (!*only)
		return 1;
	for (; *only; only++) {
		calls = 0;
		variant[0] = '\0';
		if (sscanf(*only, "%63[^,],%63[^,],%d", name, variant, &calls) > 0 &&
		    !strcmp(name, op->name) &&
		    (!variant[0] || !strcmp(variant, op->variant))) {
			profiled = calls;
			return calls ? (calls + all - 1) / all : 1;
		}
	}
	return 0;
}

void ops_measure(const char *top, char **only)
{
	unsigned int i;
	int times;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		for (times = wanted(&ops[i], only); times > 0; times--)
			measure(&ops[i], top);
}
