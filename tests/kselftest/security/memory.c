// SPDX-License-Identifier: GPL-2.0
/*
 * S5: a user's tables are charged to the user's cgroup, and come back
 */
#include <sched.h>

#include "attack.h"

#define CGROUPS	"/sys/fs/cgroup"
#define GROUP	CGROUPS "/vfn-memory"
#define LIMIT	(32 << 20)
#define BATCH	1000
#define DIR	"/vfn-memory"
#define PARAM	"/sys/module/vfn/parameters/max_mappings"
#define CHILDREN 300

static size_t number_in(const char *name)
{
	return strtoull(read_file(name), NULL, 10);
}

static size_t available(void)
{
	const char *line = strstr(read_file("/proc/meminfo"), "MemAvailable:");

	return line ? strtoull(line + 13, NULL, 10) << 10 : 0;
}

static void set_number(const char *name, size_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", number);
	write_file(name, text);
}

static void join(void)
{
	set_number(GROUP "/cgroup.procs", getpid());
}

/**
 * struct progress - of the process that maps without end
 * @mappings:	it has
 * @err:	that ended it
 * @least:	memory that the machine had left
 */
static volatile struct progress {
	unsigned int mappings;
	int err;
	size_t least;
} *progress;

static void map_until_refused(const void *arg)
{
	unsigned int most = *(const unsigned int *)arg;
	size_t left;

	become_user();
	progress->least = available();
	while (!progress->err && progress->mappings < most) {
		progress->err = map_more(DIR, progress->mappings, BATCH);
		if (!progress->err)
			progress->mappings += BATCH;
		left = available();
		if (left < progress->least)
			progress->least = left;
	}
	_exit(EXIT_SUCCESS);
}

static int start_in_group(void (*fn)(const void *arg), const void *arg)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		join();
		fn(arg);
		_exit(ATTACK_NONE);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("fork");
	return status;
}

/* Waits until the group has given its memory back; it takes KASAN a minute. */
static bool is_empty(void)
{
	unsigned int i;

	for (i = 0; i < 3000 && number_in(GROUP "/memory.current") > 4 << 20; i++)
		usleep(100000);
	diag("%zu bytes are left in the group", number_in(GROUP "/memory.current"));
	return i < 3000;
}

static void test_exhaustion(void)
{
	size_t before = available();
	unsigned int most = 100 * BATCH;
	int status;

	memset((void *)progress, 0, sizeof(*progress));
	set_number(GROUP "/memory.max", LIMIT);
	status = start_in_group(map_until_refused, &(unsigned int){ 1000 * BATCH });
	diag("%u mappings, then errno %d or status %#x; %zu MB of the machine's were used",
	     progress->mappings, progress->err, status, (before - progress->least) >> 20);
	refused(progress->err == ENOMEM || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL),
		"mappings without end in a group of %u MB", LIMIT >> 20);
	refused(progress->least + 4 * (size_t)LIMIT > before, "the machine's memory");
	refused(is_empty(), "to leave something behind");
	memset((void *)progress, 0, sizeof(*progress));
	write_file(GROUP "/memory.max", "max");
	status = start_in_group(map_until_refused, &most);
	control(!status && !progress->err && progress->mappings == most,
		"%u mappings in a group without a limit", progress->mappings);
	refused(is_empty(), "to leave something behind, again");
}

/* Children share the table: a thousand of them cost no thousand tables. */
static void have_children(const void *unused)
{
	size_t before, after;
	unsigned int i;
	int go[2];
	char byte;

	(void)unused;
	become_user();
	if (map_more(DIR, 0, 10 * BATCH) || pipe(go))
		bail_out("make a large table");
	before = number_in(GROUP "/memory.current");
	for (i = 0; i < CHILDREN; i++) {
		if (!fork()) {
			close(go[1]);
			_exit(read(go[0], &byte, 1) < 0);
		}
	}
	after = number_in(GROUP "/memory.current");
	diag("%u children: %zu bytes each", CHILDREN, (after - before) / CHILDREN);
	refused(after - before < CHILDREN * (size_t)300000,
		"to have the table of %u mappings copied by %u children", 10 * BATCH, CHILDREN);
	close(go[1]);
	while (wait(NULL) > 0)
		;
	_exit(EXIT_SUCCESS);
}

static void raise_limit(const void *unused)
{
	(void)unused;
	become_user();
	refused(fails_with(open(PARAM, O_WRONLY), EACCES), "a user who raises the limit");
	control(number_in(PARAM) > 0, "who may read it");
	_exit(EXIT_SUCCESS);
}

int main(void)
{
	attack_begin();
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (progress == MAP_FAILED)
		bail_out("mmap");
	write_file(CGROUPS "/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755) || access(GROUP "/memory.max", F_OK))
		bail_out("make the group " GROUP);
	test_exhaustion();
	if (start_in_group(have_children, NULL))
		bail_out("a child with many children");
	if (child_status(raise_limit, NULL))
		bail_out("a child");
	rmdir(GROUP);
	return attack_done();
}
