// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/vfn under random calls, right and broken ones, of many processes and threads; each
 * answer and each table is held against a model
 *
 * ioctl-fuzz			for some seconds, from seed 1 on
 * ioctl-fuzz --seconds N	for so long, from a seed that is new each time
 * ioctl-fuzz --seed S		one case again; with --seconds: and those after it
 * ioctl-fuzz --verbose		say what each batch is
 *
 * A case is a process that begins without a table and lives for some hundred calls.  Its
 * seed says what it is: one that forks, one of threads that share a table, or one
 * that is killed at work.
 */
#include <getopt.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "ioctl-batch.h"
#include "ioctl-resolve.h"
#include "module.h"

#define USER		1000
#define WORKERS		4
#define CALLS		150	/* of a process or thread */
#define THREADS		3

/**
 * struct totals - what has been done, by all
 * @calls:	ioctls
 * @cases:	finished
 * @failed:	of these
 */
struct totals {
	unsigned long calls;
	unsigned long cases;
	unsigned long failed;
};

static struct totals *totals;

/* One call, and a look at what became of the table. */
static bool fuzz_step(struct fuzz *f, struct batch *b, const enum sealing *sealing)
{
	bool sealed = false;

	switch (rnd(f, 16)) {
	case 0:
		fuzz_info(f);
		break;
	case 1:
	case 2:
		fuzz_list_on(f);
		break;
	case 3:
		fuzz_list_broken(f);
		break;
	case 4:
		fuzz_resolve(f);
		break;
	case 5:
		fuzz_resolve_broken(f);
		break;
	case 6:
		fuzz_expect(f, _IOC(rnd(f, 4), VFN_IOC_TYPE, 64 + rnd(f, 192), rnd(f, 64)),
			    f->list, ENOTTY, "an unknown call");
		break;
	case 7:
		fuzz_batch(f, b);
		fuzz_apply_broken(f, b);
		break;
	default:
		fuzz_batch(f, b);
		sealed = fuzz_apply(f, b, sealing);
		break;
	}
	fuzz_check_table(f);
	return sealed;
}

static struct batch *new_batch(void)
{
	struct batch *b = malloc(sizeof(*b));

	if (!b)
		bail_out("memory");
	return b;
}

/* Is the child's end what it must be?  It has said what is wrong itself. */
static void reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	if (status)
		_exit(EXIT_FAILURE);
}

/* A process, and children that inherit its table and go on with edits of their own. */
static void family(struct fuzz *f, unsigned int calls, unsigned int depth)
{
	static const enum sealing never = SEAL_NEVER;
	struct batch *b = new_batch();
	pid_t children[4];
	unsigned int nr = 0;

	while (calls--) {
		fuzz_step(f, b, &never);
		if (depth && nr < 4 && !rnd(f, 40)) {
			children[nr] = fork();
			if (children[nr] < 0)
				bail_out("fork");
			if (!children[nr]) {
				f->random ^= 0x5bd1e995 * (nr + 1);
				f->label = "child";
				fuzz_check_table(f);
				family(f, calls / 2, depth - 1);
				_exit(EXIT_SUCCESS);
			}
			nr++;
		}
	}
	while (nr)
		reap(children[--nr]);
	free(b);
}

/**
 * struct thread - one of those that share a table
 * @fuzz:	what it knows of its own part of it
 * @sealing:	of the table
 * @round:	what its pair of mappings says
 */
struct thread {
	struct fuzz fuzz;
	const enum sealing *sealing;
	pthread_t id;
	unsigned int round;
};

/* An edit of two mappings at once, which have no place in the model. */
static bool map_pair(struct thread *t, char tops[2][32])
{
	struct vfn_op ops[2] = {};
	struct vfn_apply apply = { .size = sizeof(apply), .nr_ops = 2, .ops = ptr(ops),
				   .op_size = sizeof(ops[0]) };
	char to[32];
	int i, err;

	sprintf(to, "/vfn-round/%u", ++t->round);
	for (i = 0; i < 2; i++)
		ops[i] = (struct vfn_op){ .op = VFN_OP_MAP, .from = ptr(tops[i]), .to = ptr(to) };
	err = fuzz_call(&t->fuzz, VFN_IOC_APPLY, &apply);
	if (err == EPERM && __atomic_load_n(t->sealing, __ATOMIC_ACQUIRE) != SEAL_NEVER)
		return true;
	if (err)
		fuzz_found(&t->fuzz, "a pair: %s", strerrorname_np(err));
	return false;
}

/* What the pairs say in a listing that was made by one call: the same of both. */
static void check_pairs(struct fuzz *f)
{
	__u32 nr = fuzz_check_table(f), pairs = 0, odd = 0;
	const struct vfn_entry *e = (const struct vfn_entry *)f->list;
	const char *to, *tos[THREADS] = {};
	unsigned int who;
	char which;

	for (; nr; nr--, e = (const struct vfn_entry *)((const char *)e + e->size)) {
		if (sscanf(e->names, "/vfn-pair-%c/%u", &which, &who) != 2 || who >= THREADS)
			continue;
		to = e->names + e->from_len + 1;
		if (!tos[who]) {
			tos[who] = to;
			odd++;
			continue;
		}
		pairs++;
		odd--;
		if (strcmp(tos[who], to))
			fuzz_found(f, "half a batch: %s, and %s", tos[who], to);
	}
	if (odd)
		fuzz_found(f, "half a batch: %u mappings alone, %u pairs", odd, pairs);
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	struct batch *b = new_batch();
	char tops[2][32];
	unsigned int calls, which = t->fuzz.top[strlen(t->fuzz.top) - 1] - '0';
	bool sealed = false;
	pid_t pid;

	sprintf(tops[0], "/vfn-pair-a/%u", which);
	sprintf(tops[1], "/vfn-pair-b/%u", which);
	for (calls = CALLS; calls && !sealed; calls--) {
		sealed = fuzz_step(&t->fuzz, b, t->sealing);
		if (!sealed && !rnd(&t->fuzz, 4))
			sealed = map_pair(t, tops);
		check_pairs(&t->fuzz);
		if (rnd(&t->fuzz, 50))
			continue;
		/* A child has the table of one moment. */
		pid = fork();
		if (!pid) {
			t->fuzz.label = "child of a thread";
			check_pairs(&t->fuzz);
			_exit(EXIT_SUCCESS);
		}
		reap(pid);
	}
	free(b);
	return NULL;
}

static void seal(struct fuzz *f)
{
	struct vfn_op op = { .op = VFN_OP_SEAL };
	struct vfn_apply apply = { .size = sizeof(apply), .nr_ops = 1, .ops = ptr(&op),
				   .op_size = sizeof(op) };

	fuzz_expect(f, VFN_IOC_APPLY, &apply, 0, "SEAL");
}

/* Threads that share a table, each with a part of it that the others leave alone. */
static void threads(struct fuzz *f)
{
	static struct thread team[THREADS];
	enum sealing sealing = SEAL_NEVER;
	unsigned int i;

	for (i = 0; i < THREADS; i++) {
		team[i] = (struct thread){ .fuzz = *f, .sealing = &sealing };
		team[i].fuzz.random += i + 1;
		team[i].fuzz.label = "thread";
		sprintf(team[i].fuzz.top, "/vfn-t%u", i);
		fuzz_init(&team[i].fuzz);
		if (pthread_create(&team[i].id, NULL, thread_main, &team[i]))
			bail_out("pthread_create");
	}
	if (rnd(f, 2)) {
		usleep(rnd(f, 100000));
		__atomic_store_n(&sealing, SEAL_BEGUN, __ATOMIC_RELEASE);
		seal(f);
		__atomic_store_n(&sealing, SEAL_DONE, __ATOMIC_RELEASE);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(team[i].id, NULL);
	for (i = 0; i < THREADS; i++)
		fuzz_check_table(&team[i].fuzz);
}

static void one_case(uint64_t seed)
{
	struct fuzz f = { .seed = seed, .random = seed, .label = "first process",
			  .shared_calls = &totals->calls };

	if (setgroups(0, NULL) || setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		bail_out("becoming user %d", USER);
	fuzz_init(&f);
	if (rnd(&f, 3))
		family(&f, CALLS, 2);
	else
		threads(&f);
}

/* Is the case one that is killed?  Then when, in microseconds. */
static unsigned int killed_after(uint64_t seed)
{
	return seed % 8 ? 0 : 1000 + seed / 8 % 50 * 1000;
}

static void run_case(uint64_t seed)
{
	unsigned int delay = killed_after(seed);
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		one_case(seed);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0)
		bail_out("fork");
	setpgid(pid, pid);
	if (delay) {
		usleep(delay);
		kill(-pid, SIGKILL);
	}
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	/* Children of one that has found something. */
	kill(-pid, SIGKILL);
	__atomic_add_fetch(&totals->cases, 1, __ATOMIC_RELAXED);
	if (!status || (delay && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		return;
	__atomic_add_fetch(&totals->failed, 1, __ATOMIC_RELAXED);
	if (WIFSIGNALED(status))
		ok(false, "--seed %#lx: killed by signal %d", (unsigned long)seed, WTERMSIG(status));
}

/* One of several processes that make cases. */
static void work(uint64_t seed, time_t end)
{
	for (; time(NULL) < end && totals->failed < 3; seed += WORKERS)
		run_case(seed);
}

static void run_workers(uint64_t seed, unsigned long seconds)
{
	time_t end = time(NULL) + seconds;
	pid_t pids[WORKERS];
	int i, status;

	for (i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			bail_out("fork");
		if (!pids[i]) {
			work(seed + i, end);
			_exit(EXIT_SUCCESS);
		}
	}
	for (i = 0; i < WORKERS; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			ok(false, "a worker ended with status %#x", status);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{}
	};
	unsigned long seconds = 0, seed = 0;
	unsigned int limit, users;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (opt == 't')
			seconds = strtoul(optarg, NULL, 0);
		else if (opt == 'v')
			fuzz_verbose = true;
		else
			exit(2);
	}
	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	users = module_users();
	fuzz_device = open("/dev/vfn", O_RDONLY | O_CLOEXEC);
	if (totals == MAP_FAILED || fuzz_device < 0)
		bail_out("/dev/vfn");
	tap();
	limit = module_set("max_mappings", MODEL_MAX);
	if (seed && !seconds)
		run_case(seed);
	else
		run_workers(seed ?: seconds ? time(NULL) * 1000003ul : 1, seconds ?: 6);
	module_set("max_mappings", limit);
	ok(!totals->failed && totals->cases, "%lu calls in %lu cases are as the model says",
	   totals->calls, totals->cases);
	close(fuzz_device);
	ok(module_users_return_to(users), "no table is left");
	return done();
}
