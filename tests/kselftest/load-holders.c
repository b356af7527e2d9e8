// SPDX-License-Identifier: GPL-2.0
/*
 * Many holders alive at once, some with tables of their own; then none
 *
 * load-holders [--holders N]
 */
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include <libvfn.h>

#include "module.h"
#include "slab.h"

#define TARGET	"/run/vfn-load-holders"
#define FROM	"/vfn-load-holders/name"
#define EDITS	16	/* one of so many has a mapping of its own */
/* What others may make meanwhile. */
#define SLACK	1000

/**
 * struct shared - of all holders
 * @ready:	that have seen what they should
 * @wrong:	that have not
 */
static struct shared {
	atomic_uint ready;
	atomic_uint wrong;
} *shared;

static unsigned int most = 300;
static struct stat target;

static bool leads_to_target(const char *name)
{
	struct stat st;

	return !stat(name, &st) && st.st_dev == target.st_dev && st.st_ino == target.st_ino;
}

/* One that inherits; every now and then one that also edits. */
static void hold(unsigned int i)
{
	char own[64];
	bool good = leads_to_target(FROM);

	snprintf(own, sizeof(own), "/vfn-load-holders/own/%u", i);
	if (i % EDITS == 0)
		good &= !vfn(own, TARGET) && leads_to_target(own) && leads_to_target(FROM);
	else
		good &= access(own, F_OK) && errno == ENOENT;
	atomic_fetch_add(good ? &shared->ready : &shared->wrong, 1);
	pause();
	_exit(EXIT_FAILURE);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* In a group of its own; says how many there are, and waits to be killed. */
static void make_holders(void)
{
	double start = seconds();
	unsigned int i;
	pid_t pid;

	if (setpgid(0, 0) || vfn(FROM, TARGET))
		bail_out("the first holder");
	for (i = 0; i < most; i++) {
		pid = fork();
		if (pid < 0)
			bail_out("fork of holder %u", i);
		if (!pid)
			hold(i);
		if (i % 1000 == 999) {
			diag("%u holders: the last 1000 in %.1f s", i + 1, seconds() - start);
			start = seconds();
		}
	}
	pause();
	_exit(EXIT_FAILURE);
}

static pid_t start(void)
{
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork");
	if (!pid)
		make_holders();
	while (atomic_load(&shared->ready) + atomic_load(&shared->wrong) < most) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			bail_out("the first holder has gone");
		usleep(10000);
	}
	return pid;
}

/* Those whose parent is gone become this process's. */
static unsigned int end(pid_t pid)
{
	unsigned int killed = 0;
	int status;

	if (kill(-pid, SIGKILL))
		bail_out("kill");
	while (wait(&status) > 0)
		killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	return killed;
}

static void raise_limits(void)
{
	static const char * const names[] = {
		"/proc/sys/kernel/threads-max", "/proc/sys/kernel/pid_max",
	};
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	unsigned int i, value;
	FILE *file;

	for (i = 0; i < 2; i++) {
		file = fopen(names[i], "r+e");
		if (!file || fscanf(file, "%u", &value) != 1)
			bail_out("%s", names[i]);
		rewind(file);
		if (value < 2 * most && fprintf(file, "%u", 2 * most) < 0)
			bail_out("%s", names[i]);
		if (fclose(file))
			bail_out("%s", names[i]);
	}
	if (setrlimit(RLIMIT_NPROC, &limit))
		bail_out("setrlimit");
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "holders", required_argument, NULL, 'n' },
		{}
	};
	struct slab_use before;
	unsigned int users;
	pid_t pid;
	int fd;

	while (getopt_long(argc, argv, "", options, NULL) == 'n')
		most = strtoul(optarg, NULL, 0);
	if (optind < argc || most < 1)
		bail_out("load-holders [--holders N]");
	fd = open(TARGET, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || fstat(fd, &target) || shared == MAP_FAILED ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1))
		bail_out(TARGET);
	raise_limits();
	users = module_users();
	before = slab_use();
	pid = start();
	ok(atomic_load(&shared->ready) == most, "%u holders, and each has its view",
	   atomic_load(&shared->ready));
	ok(module_users() > users + most, "the module has %u users", module_users());
	ok(module_unload() && errno == EAGAIN, "it can't be unloaded");
	ok(access(FROM, F_OK) && errno == ENOENT, "who is no holder sees nothing");
	diag("objects of kmalloc with them: %ld", slab_use().objects);
	ok(end(pid) == most + 1, "all are gone");
	ok(module_users_return_to(users), "the module has as many users as before");
	ok(slab_returns_to(&before, SLACK), "their memory comes back");
	return done();
}
