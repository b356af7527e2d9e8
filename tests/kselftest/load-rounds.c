// SPDX-License-Identifier: GPL-2.0
/*
 * S7: the module is loaded and unloaded, round after round, under processes and threads
 * that do with it what they like, until they are killed
 *
 * load-rounds [--rounds N] [--seconds N] [--processes N] [--threads N] [--beside CMD]
 *
 * --seconds: the rounds must be done in this time; --beside: a command that runs meanwhile.
 * Beside the workers of a round there are also some who never end: they open the device
 * whenever it is there, and look.
 */
#include <getopt.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <linux/vfn.h>

#include "load-work.h"
#include "module.h"
#include "slab.h"

/* What others may make meanwhile. */
#define SLACK		1000

#define GROUP		"/sys/fs/cgroup/vfn-load"

static unsigned int rounds = 4, processes = 6, threads = 3, seconds = 600;
static const char *beside;

/* Of a process: no thread is made while another one is in execve(), EAGAIN would be right. */
static pthread_barrier_t all_made;

static void *work(void *arg)
{
	load_random = (unsigned long)arg;
	pthread_barrier_wait(&all_made);
	for (;;)
		load_step();
	return NULL;
}

/* A process of this round; every other one is an ordinary user's. */
static void worker(unsigned int round, unsigned int nr)
{
	unsigned long seed = round * 1000 + nr * 10;
	pthread_t thread;
	unsigned int i;

	if (nr % 2)
		become_user();
	load_must(!vfn(load_name(LOAD_VIEW, 0), load_name(LOAD_DIR, 0)));
	/* One stays a holder, so that there is one. */
	if (!nr) {
		atomic_fetch_add(&load->ready, 1);
		pause();
		return;
	}
	load_must(!pthread_barrier_init(&all_made, NULL, threads));
	for (i = 1; i < threads; i++)
		load_must(!pthread_create(&thread, NULL, work, (void *)(seed + i)));
	atomic_fetch_add(&load->ready, 1);
	work((void *)seed);
}

static int edit(int device, unsigned int op, const char *from, const char *to)
{
	struct vfn_op edit = { .op = op, .from = (unsigned long)from, .to = (unsigned long)to };
	struct vfn_apply apply = { .size = sizeof(apply), .nr_ops = 1,
				   .ops = (unsigned long)&edit, .op_size = sizeof(edit) };

	return ioctl(device, VFN_IOC_APPLY, &apply);
}

/* Lives through all rounds; a holder for a moment now and then. */
static void knock(unsigned int nr)
{
	char name[64], to[64];
	struct stat st;
	int device;

	snprintf(name, sizeof(name), LOAD_VIEW "/%u", nr);
	snprintf(to, sizeof(to), LOAD_DIR "/%u", nr);
	load_random = nr;
	for (;; usleep(load_rnd(20000))) {
		load_must(stat(name, &st) && errno == ENOENT);
		device = open("/dev/vfn", O_RDWR | O_CLOEXEC);
		if (device < 0) {
			/* Gone, going, or just coming. */
			load_must(errno == ENOENT || errno == ENODEV || errno == ENXIO);
			continue;
		}
		load_must(!edit(device, VFN_OP_MAP, name, to));
		load_must(!stat(name, &st) && load_is(&st, nr));
		load_must(!edit(device, VFN_OP_CLEAR, NULL, NULL));
		close(device);
	}
}

static pid_t start(void (*fn)(unsigned int round, unsigned int nr), unsigned int round,
		   unsigned int nr, pid_t group)
{
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		setpgid(0, group);
		setpriority(PRIO_PROCESS, 0, 0);
		fn(round, nr);
		_exit(EXIT_FAILURE);
	}
	setpgid(pid, group);
	return pid;
}

static void knocker(unsigned int round, unsigned int nr)
{
	(void)round;
	knock(nr);
}

/* Kills all processes of the group, orphans too, and waits until they are gone. */
static void end(pid_t group)
{
	kill(-group, SIGKILL);
	while (waitpid(-group, NULL, 0) > 0)
		;
}

/* The knockers have it open now and then; and descriptors on their way end a little later. */
static bool unload(void)
{
	unsigned int tries;

	for (tries = 0; tries < 2000 && module_unload(); tries++) {
		if (errno != EAGAIN)
			return false;
		usleep(5000);
	}
	return tries < 2000;
}

static bool one_round(int file, unsigned int round)
{
	pid_t group = 0, pid;
	unsigned int i;
	bool stayed;

	if (module_load(file)) {
		diag("round %u: can't load: %m", round);
		return false;
	}
	/* What is on its way between workers goes with the last of them. */
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, load->sockets))
		bail_out("socketpair");
	atomic_store(&load->ready, 0);
	for (i = 0; i < processes; i++) {
		pid = start(worker, round, i, group);
		group = group ?: pid;
	}
	close(load->sockets[0]);
	close(load->sockets[1]);
	while (atomic_load(&load->ready) < processes && !atomic_load(&load->wrong))
		usleep(1000);
	usleep(round * 7919 % 100 * 1000);
	stayed = module_unload() && errno == EAGAIN;
	if (!stayed)
		diag("round %u: unloaded under a holder", round);
	end(group);
	if (!unload()) {
		diag("round %u: can't unload: %m", round);
		return false;
	}
	return stayed && !atomic_load(&load->wrong);
}

static bool can_write(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);
	bool can = fd >= 0 && write(fd, text, strlen(text)) >= 0;

	if (fd >= 0)
		close(fd);
	return can;
}

static void write_file(const char *name, const char *text)
{
	if (!can_write(name, text))
		bail_out("write %s", name);
}

/* In a group, so that it is found again, whatever it does. */
static void start_beside(void)
{
	pid_t pid;

	if (mkdir(GROUP, 0755))
		bail_out("mkdir " GROUP);
	/* The rounds come first; but the debug kernel has no such groups. */
	if (can_write("/sys/fs/cgroup/cgroup.subtree_control", "+cpu"))
		write_file(GROUP "/cpu.weight", "20");
	else
		diag("what runs beside takes as much time as it gets");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (pid)
		return;
	write_file(GROUP "/cgroup.procs", "0");
	execl("/bin/sh", "sh", "-c", beside, NULL);
	bail_out("sh");
}

static bool end_beside(void)
{
	write_file(GROUP "/cgroup.kill", "1");
	/* All are orphans of this process by now, or will be. */
	while (wait(NULL) > 0)
		;
	return !rmdir(GROUP);
}

static void get_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "seconds", required_argument, NULL, 's' },
		{ "processes", required_argument, NULL, 'p' },
		{ "threads", required_argument, NULL, 't' },
		{ "beside", required_argument, NULL, 'b' },
		{}
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (opt == 'r')
			rounds = strtoul(optarg, NULL, 0);
		else if (opt == 's')
			seconds = strtoul(optarg, NULL, 0);
		else if (opt == 'p')
			processes = strtoul(optarg, NULL, 0);
		else if (opt == 't')
			threads = strtoul(optarg, NULL, 0);
		else if (opt == 'b')
			beside = optarg;
		else
			exit(2);
}

int main(int argc, char **argv)
{
	time_t begin = time(NULL);
	unsigned int round = 0;
	struct slab_use before;
	pid_t group;
	int file;

	get_options(argc, argv);
	/* Before those that it has started, or it would never get through. */
	if (geteuid() || prctl(PR_SET_CHILD_SUBREAPER, 1) || setpriority(PRIO_PROCESS, 0, -15))
		bail_out("this test wants root");
	load_prepare();
	file = module_file();
	if (module_unload())
		bail_out("unload the module");
	/* A first round for what the kernel makes once and keeps. */
	ok(one_round(file, 0), "a first round");
	before = slab_use();
	if (beside)
		start_beside();
	group = start(knocker, 0, 0, 0);
	start(knocker, 0, 1, group);
	while (round < rounds && time(NULL) - begin < seconds && one_round(file, round + 1)) {
		round++;
		if (round % 50 == 0)
			diag("%u rounds in %ld s", round, time(NULL) - begin);
	}
	ok(round == rounds, "%u of %u rounds in %ld s", round, rounds, time(NULL) - begin);
	end(group);
	if (beside)
		ok(end_beside(), "what ran beside did so to the end");
	ok(!atomic_load(&load->wrong), "nothing went wrong in %lu steps", atomic_load(&load->calls));
	ok(slab_returns_to(&before, SLACK), "the memory comes back");
	ok(!module_load(file), "the module can be loaded");
	ok(!module_users(), "it has no users");
	return done();
}
