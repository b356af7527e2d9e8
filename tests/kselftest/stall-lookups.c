// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that sleep in a file system, in a view: they go on, are killed, or get a signal
 *
 * The file system is one of FUSE that answers when it is told to.  What a call does to
 * names of the view must come to the same as what it does to the real ones.
 */
#include <dirent.h>
#include <sys/syscall.h>

#include <libvfn.h>

#include "evil.h"
#include "fuse-slow.h"
#include "module.h"
#include "stall.h"

#define REAL	"/run/vfn-stall"
#define VIEW	"/vfn-stall"
#define SIDE	"/run/vfn-stall-dir"	/* a mapped name in it is there in the view alone */
#define MADE	"/vfn-stall-made"	/* for edits to map */
#define STATUS	10			/* of the program that the file is */

/**
 * struct outcome - what has come of a call
 * @status:	of its process
 * @err:	errno, or 0
 * @signals:	that the process has got
 * @mappings:	in its table, if it has one
 * @listed:	entries of a directory
 */
struct outcome {
	int status;
	int err;
	unsigned int signals;
	unsigned int mappings;
	unsigned int listed;
};

/**
 * struct report - what the caller tells, and is told
 * @ready:	it is about to make the call
 * @go:		it may
 * @outcome:	of it
 */
static volatile struct report {
	bool ready, go;
	struct outcome outcome;
} *report;

/* What the calls get: a name in @top; what they return: errno. */
static int do_stat(const char *top)
{
	struct stat st;

	return stat(top, &st) ? errno : 0;
}

static int do_open(const char *top)
{
	int fd = open(top, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : close(fd);
}

static int do_create(const char *top)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/new", top);
	return open(name, O_CREAT | O_WRONLY, 0644) < 0 ? errno : 0;
}

static int do_mkdir(const char *top)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/new", top);
	return mkdir(name, 0755) ? errno : 0;
}

static int do_dots(const char *top)
{
	char name[64];
	struct stat st;

	snprintf(name, sizeof(name), "%s/../file", top);
	return stat(name, &st) ? errno : 0;
}

static int do_chdir(const char *top)
{
	return chdir(top) ? errno : 0;
}

static int do_exec(const char *top)
{
	execl(top, top, NULL);
	return errno;
}

/* Goes on when it was interrupted: no entry may be missing, or come twice. */
static int do_list(const char *top)
{
	DIR *dir = opendir(top);
	int err = 0;

	if (!dir)
		return errno;
	do {
		err = errno == EINTR ? errno : err;
		errno = 0;
		while (readdir(dir))
			report->outcome.listed++;
	} while (errno == EINTR && err != EINTR);
	err = err ?: errno;
	closedir(dir);
	return err;
}

static int do_map(const char *top)
{
	return vfn(MADE, top) ? errno : 0;
}

/* A name below what is looked up. */
static int do_map_from(const char *top)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/new", top);
	return vfn(name, MADE) ? errno : 0;
}

static int do_resolve(const char *top)
{
	struct vfn_steps *steps = vfn_resolve(AT_FDCWD, top, 0);
	int err = steps ? 0 : errno;

	vfn_steps_free(steps);
	return err;
}

/**
 * struct action - a call that stalls
 * @name:	for the report
 * @call:	it
 * @top:	a name in the file system; or an absolute one
 * @stall:	where it stalls
 * @in_view_only: it makes no sense without
 * @mappings:	that it makes
 * @listed:	that it lists
 */
static const struct action {
	const char *name;
	int (*call)(const char *top);
	const char *top;
	struct fuse_slow_stall stall;
	bool in_view_only;
	unsigned int mappings, listed;
} actions[] = {
	{ "stat", do_stat, "file", { FUSE_LOOKUP, "file" } },
	{ "stat, of attributes", do_stat, "file", { FUSE_GETATTR } },
	{ "stat of a symlink", do_stat, "link", { FUSE_READLINK } },
	{ "stat by ..", do_dots, "dir", { FUSE_LOOKUP, "dir" } },
	{ "open", do_open, "file", { FUSE_LOOKUP, "file" } },
	{ "open, in the file system's open", do_open, "file", { FUSE_OPEN } },
	{ "open of a symlink", do_open, "link", { FUSE_LOOKUP, "file" } },
	{ "create", do_create, "dir", { FUSE_LOOKUP, "new" } },
	{ "mkdir", do_mkdir, "dir", { FUSE_LOOKUP, "dir" } },
	{ "chdir", do_chdir, "dir", { FUSE_LOOKUP, "dir" } },
	{ "exec", do_exec, "file", { FUSE_LOOKUP, "file" } },
	{ "exec, of what the file has", do_exec, "file", { FUSE_READ } },
	{ "a listing", do_list, ".", { FUSE_READDIR } },
	{ "a listing, of a mapped name", do_list, SIDE, { FUSE_LOOKUP, "file" }, true, 0, 3 },
	{ "a mapping to a name", do_map, "file", { FUSE_LOOKUP, "file" }, true, 1 },
	{ "a mapping to a symlink", do_map, "link", { FUSE_READLINK }, true, 1 },
	{ "a mapping below a name", do_map_from, "dir", { FUSE_LOOKUP, "dir" }, true, 1 },
	{ "RESOLVE", do_resolve, "file", { FUSE_LOOKUP, "file" }, true },
};

/* How a stalled call ends. */
enum end { GOES_ON, IS_KILLED, GETS_SIGNAL };
static const char * const ends[] = { "goes on", "is killed", "gets a signal" };

static void count_signal(int signal)
{
	(void)signal;
	report->outcome.signals++;
}

/* Not to be begun anew: the call must come back. */
static void catch_signal(void)
{
	struct sigaction action = { .sa_handler = count_signal };

	if (sigaction(SIGUSR1, &action, NULL))
		bail_out("sigaction");
}

#define MAPPINGS	2

static void make_view(void)
{
	if (vfn(VIEW, REAL) || vfn(SIDE "/mapped", REAL "/file"))
		bail_out("make a view");
	/* The descriptor that the library keeps is a use of the module. */
	close_range(3, ~0U, 0);
}

static void caller(const struct action *a, bool view)
{
	struct vfn_status status;
	char top[64];

	catch_signal();
	if (view)
		make_view();
	snprintf(top, sizeof(top), "%s/%s", view ? VIEW : REAL, a->top);
	report->ready = true;
	while (!report->go)
		usleep(100);
	report->outcome.err = a->call(a->top[0] == '/' ? a->top : top);
	if (view && !vfn_status(&status))
		report->outcome.mappings = status.nr_mappings - MAPPINGS;
	_exit(EXIT_SUCCESS);
}

/* The call, in a process of its own, until it ends in this way. */
static struct outcome run(const struct action *a, bool view, enum end end)
{
	struct outcome outcome;
	int status;
	pid_t pid;

	memset((void *)report, 0, sizeof(*report));
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		caller(a, view);
	if (!stall_in_time(&report->ready))
		bail_out("%s: nothing happens", a->name);
	fuse_slow_arm(a->stall.opcode, a->stall.name);
	report->go = true;
	if (!fuse_slow_stalled())
		ok(false, "%s: does not stall", a->name);
	if (view && (!module_unload() || errno != EAGAIN))
		ok(false, "%s: the module was unloaded under it", a->name);
	if (end == GOES_ON)
		fuse_slow_release();
	else
		kill(pid, end == IS_KILLED ? SIGKILL : SIGUSR1);
	status = stall_reap(pid);
	fuse_slow_release();
	outcome = report->outcome;
	outcome.status = status;
	return outcome;
}

/* What must come of an action that there is in views alone. */
static struct outcome wanted(const struct action *a, enum end end)
{
	switch (end) {
	case GOES_ON:
		return (struct outcome){ .mappings = a->mappings, .listed = a->listed };
	case IS_KILLED:
		return (struct outcome){ .status = SIGKILL };
	default:
		return (struct outcome){ .err = EINTR, .signals = 1, .listed = a->listed };
	}
}

static void test_action(const struct action *a)
{
	struct outcome want, got;
	enum end end;

	for (end = GOES_ON; end <= GETS_SIGNAL; end++) {
		want = a->in_view_only ? wanted(a, end) : run(a, false, end);
		got = run(a, true, end);
		/* What was listed until then. */
		if (end == IS_KILLED)
			got.listed = want.listed;
		if (!ok(!memcmp(&want, &got, sizeof(want)), "%s %s", a->name, ends[end]))
			diag("status %#x, not %#x; errno %d, not %d; %u signals, not %u; %u mappings, not %u; %u entries, not %u",
			     got.status, want.status, got.err, want.err, got.signals, want.signals,
			     got.mappings, want.mappings, got.listed, want.listed);
	}
}

/* Threads of the process in which an edit is stalled. */
static void *edit_stalled(void *arg)
{
	*(int *)arg = vfn(MADE, REAL "/file") ? errno : 0;
	return NULL;
}

static _Atomic pid_t waiter;

static void *edit_waiting(void *arg)
{
	atomic_store(&waiter, gettid());
	*(int *)arg = vfn(MADE "-too", "/etc") ? errno : 0;
	return NULL;
}

/*
 * One edit is asleep in the file system, another waits for it; all else goes on.  The
 * parent sees what it has to once @report->ready, and then says how this ends.
 */
static void stall_edits(void)
{
	int first = -1, second = -1, status = -1;
	pthread_t threads[2];
	struct vfn_status table;
	pid_t pid;

	catch_signal();
	if (vfn(VIEW, "/etc"))
		bail_out("make a view");
	report->ready = true;
	while (!report->go)
		usleep(100);
	if (pthread_create(&threads[0], NULL, edit_stalled, &first))
		bail_out("pthread_create");
	while (report->go)
		usleep(100);
	if (pthread_create(&threads[1], NULL, edit_waiting, &second))
		bail_out("pthread_create");
	while (!atomic_load(&waiter))
		usleep(100);
	usleep(50000);
	syscall(SYS_tgkill, getpid(), waiter, SIGUSR1);
	usleep(50000);
	ok(first == -1 && second == -1, "an edit waits for one that is asleep, signal or not");
	ok(!access(VIEW "/passwd", R_OK) && access(MADE, F_OK), "lookups go on meanwhile");
	pid = fork();
	if (!pid)
		_exit(access(VIEW "/passwd", R_OK) ? EXIT_FAILURE : EXIT_SUCCESS);
	ok(waitpid(pid, &status, 0) == pid && !status, "a child inherits meanwhile");
	report->ready = false;
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	if (vfn_status(&table))
		bail_out("vfn_status");
	if (!ok(!first && !second && table.nr_mappings == 3, "then both edits are done"))
		diag("errno %d, %d; %u mappings", first, second, table.nr_mappings);
	ok(report->outcome.signals == 1, "the signal has come");
	_exit(EXIT_SUCCESS);
}

static void test_edits(enum end end)
{
	int status;
	pid_t pid;

	memset((void *)report, 0, sizeof(*report));
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		stall_edits();
	while (!report->ready)
		usleep(100);
	fuse_slow_arm(FUSE_LOOKUP, "file");
	report->go = true;
	if (!fuse_slow_stalled())
		bail_out("the edit does not stall");
	report->go = false;
	while (report->ready)
		usleep(100);
	if (end == GOES_ON)
		fuse_slow_release();
	else
		kill(pid, SIGKILL);
	status = stall_reap(pid);
	ok(status == (end == GOES_ON ? 0 : SIGKILL), "a process with two edits %s", ends[end]);
	fuse_slow_release();
}

int main(void)
{
	unsigned int i, users = module_users();

	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (report == MAP_FAILED || mkdir(SIDE, 0755))
		bail_out("make " SIDE);
	tap();
	fuse_slow_start(REAL);
	tiny_init((struct tiny *)fuse_slow_page, STATUS, STATUS);
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		test_action(&actions[i]);
	test_edits(GOES_ON);
	test_edits(IS_KILLED);
	ok(module_users_return_to(users), "the module has as many users as before");
	umount2(REAL, MNT_DETACH);
	return done();
}
