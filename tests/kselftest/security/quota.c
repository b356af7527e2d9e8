// SPDX-License-Identifier: GPL-2.0
/*
 * S5: more bytes of tables than a user may have, by many processes, by edits of shared
 * tables, by namespaces; and they come back
 */
#include <sched.h>

#include "attack.h"

#define PARAM	"/sys/module/vfn/parameters/max_user_bytes"
#define LIMIT	(4 << 20)
#define BATCH	500
#define DIR	"/vfn-quota"
#define MOST	100000	/* mappings that surely take more than LIMIT */
#define OTHER	1001

static void set_limit(size_t bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", bytes);
	write_file(PARAM, text);
}

static unsigned int nr_mappings(void)
{
	struct vfn_status status;

	if (vfn_status(&status))
		bail_out("ask for the table's size");
	return status.nr_mappings;
}

/* As many mappings as may be; how many.  *@err is why there are no more. */
static unsigned int map_all(int *err)
{
	unsigned int nr = 0;

	for (*err = 0; nr < MOST && !*err; nr += *err ? 0 : BATCH)
		*err = map_more(DIR, nr, BATCH);
	return nr;
}

/* Is even one small edit of a process without a table refused? */
static void map_one(const void *unused)
{
	(void)unused;
	_exit(vfn(DIR, "/") ? errno : 0);
}

static void map_one_as_other(const void *unused)
{
	if (setgroups(0, NULL) || setresgid(OTHER, OTHER, OTHER) ||
	    setresuid(OTHER, OTHER, OTHER))
		bail_out("become user %d", OTHER);
	map_one(unused);
}

static void map_one_in_namespace(const void *unused)
{
	become_user();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER))
		bail_out("make a user namespace");
	map_one(unused);
}

static void map_one_as_user(const void *unused)
{
	become_user();
	map_one(unused);
}

/**
 * struct hog - the process that has all that its user may have
 * @pid:	it
 * @up:		says that it has, and then that it has let go
 * @down:	it goes on when this is written to
 */
static struct hog {
	pid_t pid;
	int up[2], down[2];
} hog;

static void await(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		bail_out("wait");
}

static void tell(int fd)
{
	if (write(fd, "", 1) != 1)
		bail_out("tell");
}

static void have_all(void)
{
	unsigned int nr;
	int err;

	become_user();
	nr = map_all(&err);
	diag("%u mappings in %u MB", nr, LIMIT >> 20);
	refused(err == EDQUOT && nr && nr < MOST, "more than the limit in one process");
	refused(nr_mappings() == nr, "to have the batch in part");
	control(!vfn_unmap(DIR "/0/2"), "to unmap a name at the limit");
	control(!access(DIR "/0/1", R_OK), "the mappings there are");
	tell(hog.up[1]);
	await(hog.down[0]);
	control(!vfn_clear() && !nr_mappings(), "to clear a table at the limit");
	tell(hog.up[1]);
	pause();
}

static void start_hog(void)
{
	pid_t me = getpid();

	if (pipe2(hog.up, O_CLOEXEC) || pipe2(hog.down, O_CLOEXEC))
		bail_out("pipe");
	hog.pid = fork();
	if (hog.pid < 0)
		bail_out("fork");
	if (!hog.pid) {
		end_with(me);
		have_all();
	}
	await(hog.up[0]);
}

static int outcome_of(void (*fn)(const void *arg))
{
	int status = child_status(fn, NULL);

	return WIFEXITED(status) ? WEXITSTATUS(status) : ATTACK_NONE;
}

/* Memory comes back a grace period after the last table that had it has gone. */
static bool is_free_again(void)
{
	unsigned int i;

	for (i = 0; i < 200 && outcome_of(map_one_as_user); i++)
		usleep(50000);
	return i < 200;
}

static void test_others(void)
{
	start_hog();
	/* There is room for a table, but for another there soon is none. */
	set_limit(1 << 20);
	refused(outcome_of(map_one_as_user) == EDQUOT, "another process of the same user");
	refused(outcome_of(map_one_in_namespace) == EDQUOT, "one in a namespace of the user's");
	control(!outcome_of(map_one_as_other), "another user");
	control(!outcome_of(map_one), "root");
	tell(hog.down[1]);
	await(hog.up[0]);
	control(is_free_again(), "what a cleared table took");
	kill(hog.pid, SIGKILL);
	waitpid(hog.pid, NULL, 0);
	set_limit(LIMIT);
}

/* Children that edit the table they share pay for what they change. */
static void have_children(const void *unused)
{
	unsigned int i, nr = LIMIT / 2000, good = 0;
	int status;
	pid_t pid;

	(void)unused;
	become_user();
	for (i = 0; i < nr; i += BATCH)
		if (map_more(DIR, i, BATCH))
			bail_out("make a table");
	for (i = 0; i < 20; i++) {
		pid = fork();
		if (!pid)
			_exit(vfn(DIR "/0/1", "/etc/passwd") ? errno : pause());
		usleep(1000);
		good += pid > 0 && waitpid(pid, &status, WNOHANG) == 0;
	}
	control(good == 20, "%u of 20 children that edit a shared table of %u mappings", good, nr);
	kill(0, SIGTERM);
}

static void test_sharing(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		setpgid(0, 0);
		have_children(NULL);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
		bail_out("a child with children");
	control(is_free_again(), "and all of it comes back");
}

static void raise_limit(const void *unused)
{
	(void)unused;
	become_user();
	_exit(open(PARAM, O_WRONLY) < 0 ? errno : 0);
}

int main(void)
{
	size_t limit = strtoul(read_file(PARAM), NULL, 10);

	attack_begin();
	control(limit > LIMIT, "the limit is %zu MB to begin with", limit >> 20);
	refused(outcome_of(raise_limit) == EACCES, "a user who raises the limit");
	set_limit(LIMIT);
	test_others();
	test_sharing();
	set_limit(limit);
	return attack_done();
}
