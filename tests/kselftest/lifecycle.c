// SPDX-License-Identifier: GPL-2.0
/*
 * S7: the module comes and goes, round after round, while processes use it in
 * many ways and others, which never do, look names up
 *
 * In each round the module is loaded, a process of each kind below becomes a
 * holder, and some of them are killed in the middle.  While there is a holder the
 * module can't be unloaded; when the last one has been reaped, it must be
 * possible at once.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#include <libvfn.h>

#include "evil.h"
#include "module.h"

#define ROUNDS	100

#define DIR	"/run/vfn-lifecycle"
#define TARGET	DIR "/target"
#define PROGRAM	DIR "/program"
#define OTHER	DIR "/other-program"
#define FIFO	DIR "/fifo"

/* Names that exist in no view but the holders'. */
#define FROM	"/vfn-lifecycle/deep/name"
#define FROM_DIR "/vfn-lifecycle/dir"
#define FROM_FIFO "/vfn-lifecycle/fifo"

#define STATUS_PROGRAM	10
#define STATUS_OTHER	11

/**
 * struct shared - between all processes of this test
 * @looked:	what the bystander has done
 * @saw:	the bystander saw what only holders may see
 * @ready:	users of this round that hold a table
 * @survived:	processes that did all they should while the module came and went
 */
struct shared {
	atomic_uint looked;
	atomic_uint saw;
	atomic_uint ready;
	atomic_uint survived;
};

static struct shared *shared;
static struct stat target;

static bool is_target(const char *name)
{
	struct stat st;

	return !stat(name, &st) && st.st_dev == target.st_dev && st.st_ino == target.st_ino;
}

static bool is_missing(const char *name)
{
	return access(name, F_OK) && errno == ENOENT;
}

/* A step of a user of the module that must go well. */
#define must(cond) do { \
	if (!(cond)) { \
		diag("%s: %s: %m", __func__, #cond); \
		_exit(EXIT_FAILURE); \
	} \
} while (0)

static void hold(void)
{
	must(!vfn(FROM, TARGET));
	atomic_fetch_add(&shared->ready, 1);
	must(is_target(FROM));
}

/* The status of @name run in a child. */
static int run(const char *name)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		execl(name, name, NULL);
		_exit(EXIT_FAILURE);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Not a holder, ever: looks names up for as long as it lives, on a CPU of its own. */
static void bystander(void)
{
	cpu_set_t cpus;
	unsigned int i;
	int fd;

	CPU_ZERO(&cpus);
	CPU_SET(1, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	for (i = 0;; i++) {
		fd = open(TARGET, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || close(fd) || !is_target(TARGET))
			atomic_fetch_add(&shared->saw, 1);
		if (!is_missing(FROM) || !is_missing(FROM_DIR) || !is_missing(FROM_FIFO))
			atomic_fetch_add(&shared->saw, 1);
		if (i % 32 == 0 && run(OTHER) != STATUS_OTHER)
			atomic_fetch_add(&shared->saw, 1);
		atomic_fetch_add(&shared->looked, 1);
	}
}

static void use_simply(void)
{
	unsigned int i;

	hold();
	for (i = 0; i < 50; i++)
		must(is_target(FROM));
}

static void use_and_clear(void)
{
	hold();
	must(!vfn_clear());
	must(is_missing(FROM));
}

/* The children outlive the process whose table they inherited. */
static void use_and_fork(void)
{
	unsigned int i;

	hold();
	for (i = 0; i < 3; i++) {
		if (fork())
			continue;
		must(is_target(FROM));
		fork();
		must(is_target(FROM));
		_exit(EXIT_SUCCESS);
	}
}

static void use_and_exec(void)
{
	hold();
	must(!vfn(OTHER, PROGRAM));
	must(run(OTHER) == STATUS_PROGRAM);
}

static void use_and_make(void)
{
	char dir[64];

	snprintf(dir, sizeof(dir), DIR "/made-%d", getpid());
	must(!mkdir(dir, 0700));
	hold();
	must(!vfn(FROM_DIR, dir));
	must(!mkdir(FROM_DIR "/a", 0700) && !rename(FROM_DIR "/a", FROM_DIR "/b"));
	must(!symlink(FROM, FROM_DIR "/b/link") && is_target(FROM_DIR "/b/link"));
	must(!rename(FROM_DIR "/b/link", FROM_DIR "/c") && !rmdir(FROM_DIR "/b"));
	must(!unlink(FROM_DIR "/c") && !rmdir(FROM_DIR) && is_missing(dir));
}

static void use_and_seal(void)
{
	hold();
	must(!vfn_seal());
	must(vfn_clear() && errno == EPERM);
	must(is_target(FROM));
}

/* Looks up for ever. */
static void *look(void *arg)
{
	struct stat st;
	int fd;

	for (;;) {
		fd = open(FROM, O_RDONLY | O_CLOEXEC);
		must(fd >= 0 ? !close(fd) : errno == ENOENT);
		must(!stat(FROM, &st) ? st.st_ino == target.st_ino : errno == ENOENT);
	}
	return arg;
}

static void use_and_edit_in_threads(void)
{
	pthread_t threads[3];
	unsigned int i;

	hold();
	for (i = 0; i < 3; i++)
		must(!pthread_create(&threads[i], NULL, look, NULL));
	for (i = 0; i < 20; i++)
		must(!vfn_clear() && !vfn(FROM, TARGET));
	/* The others are inside as often as not when this process ends. */
	must(!vfn_clear());
}

/* Killed inside open(), which waits for a writer. */
static void use_and_wait(void)
{
	must(!vfn(FROM_FIFO, FIFO));
	hold();
	open(FROM_FIFO, O_RDONLY | O_CLOEXEC);
	must(!"open() came back");
}

/* Killed while it and its children are anywhere. */
static void use_for_ever(void)
{
	pthread_t thread;

	hold();
	must(!pthread_create(&thread, NULL, look, NULL));
	for (;;) {
		if (!fork()) {
			must(is_target(FROM));
			execl(PROGRAM, PROGRAM, NULL);
			must(!"execl() came back");
		}
		waitpid(-1, NULL, WNOHANG);
	}
}

/**
 * struct user - a process that uses the module in each round
 * @use:	what it does
 * @killed:	it has to be
 */
static const struct user {
	void (*use)(void);
	bool killed;
} users[] = {
	{ use_simply },
	{ use_and_clear },
	{ use_and_fork },
	{ use_and_exec },
	{ use_and_make },
	{ use_and_seal },
	{ use_and_edit_in_threads },
	{ use_and_wait, true },
	{ use_for_ever, true },
};

#define USERS	(sizeof(users) / sizeof(users[0]))

/* Has @user, or an orphan that one of them left behind, done all it should? */
static bool ended_well(const struct user *user, int status)
{
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;

	if (!user)
		return !status || killed || status == STATUS_PROGRAM << 8;
	return user->killed ? killed : !status;
}

/* Runs one user of each kind; its status: how many of them failed. */
static void users_of_round(unsigned int round)
{
	pid_t pids[USERS], pid;
	unsigned int i, bad = 0;
	int status;

	must(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < USERS; i++) {
		pids[i] = fork();
		must(pids[i] >= 0);
		if (pids[i])
			continue;
		setpgid(0, 0);
		users[i].use();
		exit(EXIT_SUCCESS);
	}
	while (atomic_load(&shared->ready) < USERS)
		usleep(200);
	if (!module_unload() || errno != EAGAIN) {
		diag("round %u: unloaded under holders", round);
		bad++;
	}
	usleep(round * 97 % 5000);
	for (i = 0; i < USERS; i++)
		if (users[i].killed)
			kill(-pids[i], SIGKILL);
	while ((pid = wait(&status)) > 0) {
		for (i = 0; i < USERS && pids[i] != pid; i++)
			;
		if (!ended_well(i < USERS ? &users[i] : NULL, status)) {
			diag("round %u: user %u ended with %#x", round, i, status);
			bad++;
		}
	}
	_exit(bad);
}

/* Where the process that lives through all rounds hears and tells. */
#define ORDERS	3
#define ANSWERS	4

/* Lives through all rounds, and is a holder in some of them. */
static void veteran(void)
{
	char order;

	while (read(ORDERS, &order, 1) == 1) {
		if (order == 'h') {
			must(!vfn(FROM, TARGET) && is_target(FROM));
		} else {
			must(!vfn_clear() && is_missing(FROM));
			/* The descriptor that the library keeps is a use of the module. */
			close_range(ANSWERS + 1, ~0U, 0);
			atomic_fetch_add(&shared->survived, 1);
		}
		must(write(ANSWERS, &order, 1) == 1);
	}
	_exit(EXIT_SUCCESS);
}

static int orders, answers;

static void order(char what)
{
	char answer;

	if (write(orders, &what, 1) != 1 || read(answers, &answer, 1) != 1)
		bail_out("the process that lives through all rounds has gone");
}

static pid_t start_veteran(void)
{
	int to[2], from[2], high[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		bail_out("pipe");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		high[0] = fcntl(to[0], F_DUPFD, 10);
		high[1] = fcntl(from[1], F_DUPFD, 10);
		dup2(high[0], ORDERS);
		dup2(high[1], ANSWERS);
		close_range(ANSWERS + 1, ~0U, 0);
		veteran();
	}
	orders = to[1];
	answers = from[0];
	return pid;
}

static pid_t start_bystander(void)
{
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork");
	if (!pid)
		bystander();
	return pid;
}

/* True: all was as it should be. */
static bool one_round(int file, unsigned int round)
{
	unsigned int looked = atomic_load(&shared->looked);
	bool stays = round % 2;
	int status;
	pid_t pid;

	if (module_load(file)) {
		diag("round %u: can't load: %m", round);
		return false;
	}
	if (stays)
		order('h');
	atomic_store(&shared->ready, 0);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		users_of_round(round);
	if (waitpid(pid, &status, 0) != pid || status) {
		diag("round %u: the users ended with %#x", round, status);
		return false;
	}
	if (stays) {
		if (!module_unload() || errno != EAGAIN) {
			diag("round %u: unloaded under the last holder", round);
			return false;
		}
		order('c');
	}
	if (module_unload()) {
		diag("round %u: can't unload: %m", round);
		return false;
	}
	if (atomic_load(&shared->looked) == looked) {
		diag("round %u: the bystander did nothing", round);
		return false;
	}
	return is_missing("/dev/vfn");
}

static void prepare(void)
{
	if (mkdir(DIR, 0755) || mkfifo(FIFO, 0600))
		bail_out("make " DIR);
	make_tiny(TARGET, NULL, 0, 0, 0644);
	make_tiny(PROGRAM, NULL, STATUS_PROGRAM, STATUS_PROGRAM, 0755);
	make_tiny(OTHER, NULL, STATUS_OTHER, STATUS_OTHER, 0755);
	if (stat(TARGET, &target))
		bail_out("stat " TARGET);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail_out("mmap");
}

int main(void)
{
	unsigned int rounds, good = 0;
	time_t begin = time(NULL);
	pid_t watcher, old;
	int file;

	plan(6);
	if (geteuid())
		bail_out("this test wants root");
	prepare();
	file = module_file();
	watcher = start_bystander();
	old = start_veteran();
	if (!ok(!module_unload(), "the module can be unloaded"))
		return done();
	for (rounds = 0; rounds < ROUNDS && good == rounds; rounds++) {
		if (rounds % 10 == 0)
			diag("round %u, after %ld s", rounds, time(NULL) - begin);
		good += one_round(file, rounds);
	}
	ok(good == ROUNDS, "%u of %u rounds went well", good, ROUNDS);
	ok(atomic_load(&shared->survived) == ROUNDS / 2,
	   "one process lived through all, and held a table %u times",
	   atomic_load(&shared->survived));
	kill(old, SIGKILL);
	kill(watcher, SIGKILL);
	ok(waitpid(watcher, NULL, 0) == watcher, "another looked names up all the time");
	ok(!atomic_load(&shared->saw), "it saw no difference");
	diag("it looked %u times", atomic_load(&shared->looked));
	ok(!module_load(file) || errno == EEXIST, "the module can be loaded");
	return done();
}
