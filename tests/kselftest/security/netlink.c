// SPDX-License-Identifier: GPL-2.0
/*
 * S8: who may read tables by generic netlink, and follow what becomes of them
 *
 * The attacker is USER.  What they may not see: tables of root, of another user, of
 * setuid programs, of processes that may not be dumped; not by a socket that a
 * privileged process asks or reads, either.
 */
#include <pthread.h>
#include <sched.h>

#include "../genl.h"
#include "../pass-fd.h"
#include "attack.h"

#define DIR	"/run/vfn-netlink"
#define SUID	DIR "/suid"	/* this program, setuid root */
#define OTHER	1001
#define SECRET	"/vfn-netlink/secret"
#define HOLDERS	200		/* more than one answer has room for */
#define RACE_S	2

enum kind {
	OF_ROOT, OF_OTHER, OF_SETUID, UNDUMPABLE, HEADLESS, OF_USER, NR_KINDS
};

static const char *const kinds[] = {
	"of root", "of another user", "of a setuid program", "of a process that can't be dumped",
	"of such a one whose first thread has ended", "of one's own",
};

static pid_t holders[NR_KINDS];
static uint32_t group;
static int family;

static void ready_and_wait(void)
{
	if (write(STDOUT_FILENO, "", 1) != 1)
		_exit(EXIT_FAILURE);
	for (;;)
		pause();
}

static void as(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		bail_out("become user %d", uid);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void *headless(void *unused)
{
	usleep(100 * 1000);
	ready_and_wait();
	return unused;
}

static void hold(enum kind kind)
{
	pthread_t thread;

	if (kind == OF_SETUID) {
		as(USER);
		execl(SUID, SUID, "wait", NULL);
		bail_out("execute " SUID);
	}
	if (kind != OF_ROOT)
		as(kind == OF_OTHER ? OTHER : USER);
	must_map(SECRET, "/etc/hostname");
	if (kind == UNDUMPABLE || kind == HEADLESS)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (kind == HEADLESS) {
		if (pthread_create(&thread, NULL, headless, NULL))
			bail_out("a thread");
		pthread_exit(NULL);
	}
	ready_and_wait();
}

/* A process with the secret mapping; ends with the test. */
static pid_t start_holder(enum kind kind)
{
	pid_t parent = getpid(), pid;
	int ready[2];
	char byte;

	if (pipe(ready))
		bail_out("pipe");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		dup2(ready[1], STDOUT_FILENO);
		close(ready[0]);
		close(ready[1]);
		/* Gone with a setuid program, which sees that nobody reads any more. */
		end_with(parent);
		hold(kind);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail_out("a holder %s", kinds[kind]);
	close(ready[0]);
	return pid;
}

static struct genl_seen ask(int sock, int cmd, pid_t pid)
{
	struct genl_seen seen = { .pid = pid, .from = SECRET };

	genl_ask(sock, family, cmd, pid, &seen);
	return seen;
}

static void test_reading(void *arg)
{
	struct genl_seen list, all;
	int sock, kind;

	as(USER);
	sock = genl_open();
	for (kind = 0; kind < NR_KINDS; kind++) {
		list = ask(sock, VFN_CMD_LIST, holders[kind]);
		all = ask(sock, VFN_CMD_HOLDERS, holders[kind]);
		if (kind == OF_USER) {
			control(!list.err && list.with_from == 1, "the table %s", kinds[kind]);
			control(!all.err && all.with_pid == 1, "the holder %s", kinds[kind]);
		} else {
			refused(list.err == EPERM && !list.nr, "the table %s: EPERM (%s)",
				kinds[kind], strerror(list.err));
			refused(!all.err && !all.with_pid, "the holder %s isn't named", kinds[kind]);
		}
	}
	list = ask(sock, VFN_CMD_LIST, 0x7fffffff);
	ok(list.err == ESRCH, "a process that isn't there: ESRCH");
	(void)arg;
}

static void test_root_reads(void)
{
	struct genl_seen list, all;
	int sock = genl_open(), kind;

	for (kind = 0; kind < NR_KINDS; kind++) {
		list = ask(sock, VFN_CMD_LIST, holders[kind]);
		all = ask(sock, VFN_CMD_HOLDERS, holders[kind]);
		control(!list.err && list.with_from == 1 && all.with_pid == 1,
			"root reads the table %s", kinds[kind]);
	}
	close(sock);
}

/* Root is made to ask by the attacker's socket, as a setuid program's stdout would be. */
static void test_deputy(void)
{
	struct genl_seen list, all, own;
	int sock;

	if (setegid(USER) || seteuid(USER))
		bail_out("seteuid");
	sock = genl_open();
	if (seteuid(0) || setegid(0))
		bail_out("seteuid");
	list = ask(sock, VFN_CMD_LIST, holders[OF_ROOT]);
	all = ask(sock, VFN_CMD_HOLDERS, holders[OF_ROOT]);
	own = ask(sock, VFN_CMD_LIST, getpid());
	refused(list.err == EPERM, "root asks by the user's socket for root's table");
	refused(!all.with_pid, "and for all holders");
	refused(own.err == EPERM, "and for its own table");
	list = ask(sock, VFN_CMD_LIST, holders[OF_USER]);
	control(!list.err && list.with_from == 1, "and for the user's own, which both may read");
	close(sock);
}

/* The socket is root's, but who asks isn't. */
static void ask_by_roots(void *arg)
{
	struct genl_seen list;

	as(USER);
	list = ask(*(int *)arg, VFN_CMD_LIST, holders[OF_ROOT]);
	refused(list.err == EPERM, "the user asks by root's socket");
}

static void read_on(const void *arg)
{
	struct genl_seen seen = { .pid = holders[OF_ROOT] };

	as(USER);
	genl_receive(*(const int *)arg, &seen);
	_exit(seen.nr >= HOLDERS ? 2 : !seen.nr);
}

/* Root begins to dump, and another reads on: only the first part was root's to see. */
static void test_half_read(void)
{
	pid_t many[HOLDERS];
	struct genl_seen all;
	int sock, i;

	for (i = 0; i < HOLDERS; i++)
		many[i] = start_holder(OF_ROOT);
	sock = genl_open();
	all = ask(sock, VFN_CMD_HOLDERS, holders[OF_ROOT]);
	control(all.nr >= HOLDERS + NR_KINDS && all.with_pid == 1, "root sees all %u", all.nr);
	/* Parts are as large as what was once read by the socket. */
	close(sock);
	sock = genl_open();
	if (genl_send(sock, family, NLM_F_DUMP, VFN_CMD_HOLDERS, 0, NULL, 0))
		bail_out("ask");
	refused(child_status(read_on, &sock) == EXITED(0),
		"who reads on where root has asked sees no more than they may");
	close(sock);
	for (i = 0; i < HOLDERS; i++) {
		kill(many[i], SIGKILL);
		waitpid(many[i], NULL, 0);
	}
}

static void enter_namespaces(int flags)
{
	if (unshare(CLONE_NEWUSER | flags))
		bail_out("make namespaces");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
}

static void in_namespaces(const void *arg)
{
	int sock = genl_open();
	struct genl_seen seen;
	uint32_t theirs = 0;

	(void)arg;
	family = genl_family(sock, &theirs);
	seen = ask(sock, VFN_CMD_LIST, holders[OF_USER]);
	refused(seen.err == ESRCH, "a process outside the pid namespace: ESRCH");
	seen = ask(sock, VFN_CMD_LIST, getpid());
	control(!seen.err && seen.with_from == 1, "the namespaces' own process reads itself");
	seen = ask(sock, VFN_CMD_HOLDERS, getpid());
	refused(!seen.err && seen.nr == 1 && seen.with_pid == 1, "nobody outside is named");
	seen = ask(sock, VFN_CMD_WATCH, 0);
	refused(seen.err == EOPNOTSUPP, "there are no events: EOPNOTSUPP");
	if (!genl_join(sock, theirs))
		refused(!genl_hears(sock, 500), "root of a net namespace hears nothing");
	else
		refused(errno == EPERM, "root of a net namespace can't listen");
	_exit(EXIT_SUCCESS);
}

static void test_namespaces(void *arg)
{
	as(USER);
	must_map(SECRET, "/etc/hostname");
	enter_namespaces(CLONE_NEWPID | CLONE_NEWNET);
	ok(!child_status(in_namespaces, arg), "a child in namespaces of its own");
}

static void test_listening(void *arg)
{
	int sock;

	as(USER);
	sock = genl_open();
	refused(genl_join(sock, group) == EPERM, "the user can't join the group: EPERM");
	enter_namespaces(0);
	refused(genl_join(sock, group) == EPERM, "nor as root of a user namespace");
	sock = genl_open();
	refused(genl_join(sock, group) == EPERM, "nor by a socket opened there");
	(void)arg;
}

static void test_events(void)
{
	int sock = genl_open();
	struct genl_seen seen;

	seen = ask(sock, VFN_CMD_WATCH, 0);
	control(!seen.err && !genl_join(sock, group), "root joins the group");
	must_map("/vfn-netlink/event", "/etc/hostname");
	control(genl_hears(sock, 5000), "and hears");
	vfn_unmap("/vfn-netlink/event");
	close(sock);
}

/*
 * The attacker's process becomes a setuid program, which makes the secret mapping and ends,
 * again and again, while the attacker asks for its table.
 */
static void test_race(void *arg)
{
	struct genl_seen seen = { .from = SECRET };
	unsigned int asked = 0, runs = 0;
	pid_t pid = 0;
	time_t end;
	int sock;

	as(USER);
	sock = genl_open();
	/* Some programs at least, however slow the machine is. */
	for (end = time(NULL) + RACE_S; time(NULL) < end || runs <= 2; asked++) {
		if (!pid || waitpid(pid, NULL, WNOHANG) == pid) {
			runs++;
			pid = fork();
			if (!pid) {
				execl(SUID, SUID, "map", NULL);
				_exit(EXIT_FAILURE);
			}
		}
		genl_ask(sock, family, VFN_CMD_LIST, pid, &seen);
	}
	waitpid(pid, NULL, 0);
	refused(runs > 2 && !seen.with_from,
		"the table of a process that becomes setuid programs (%u, asked %u times)", runs, asked);
	(void)arg;
}

int main(int argc, char **argv)
{
	int kind, sock;

	if (argc > 1) {
		must_map(SECRET, "/etc/hostname");
		if (!strcmp(argv[1], "wait"))
			ready_and_wait();
		return EXIT_SUCCESS;
	}
	attack_begin();
	make_scene(DIR);
	copy_file("/proc/self/exe", SUID, 04755);
	sock = genl_open();
	family = genl_family(sock, &group);
	for (kind = 0; kind < NR_KINDS; kind++)
		holders[kind] = start_holder(kind);
	in_child(test_reading, NULL, "a user reads");
	test_root_reads();
	test_deputy();
	in_child(ask_by_roots, &sock, "a user with root's socket");
	test_half_read();
	in_child(test_namespaces, NULL, "namespaces");
	in_child(test_listening, NULL, "listening");
	test_events();
	in_child(test_race, NULL, "a race with execve()");
	for (kind = 0; kind < NR_KINDS; kind++)
		kill(holders[kind], SIGKILL);
	return attack_done();
}
