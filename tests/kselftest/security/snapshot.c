// SPDX-License-Identifier: GPL-2.0
/*
 * S1, S3: snapshots in wrong hands: a sealed process's, a privileged program's,
 * another user's
 */
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../pass-fd.h"
#include "attack.h"

#define DIR	"/var/lib/vfn-snapshot"
#define SELF	DIR "/self"
#define SETUID	DIR "/setuid"
#define SECRET	DIR "/secret"
#define SOCKET	DIR "/open/socket"
#define FROM	"/vfn-snapshot/from"
#define NEW	"/vfn-snapshot/new"
#define TARGET	"/etc/passwd"
#define OTHER	1001
#define EVIL	DIR "/evil"
#define RACES	40

/* How the program that is started ends. */
#define RAN_PLAIN	20	/* without a view, with the descriptor given */
#define RAN_VIEW	21	/* with the attacker's view */
#define RAN_NO_FD	22	/* without the descriptor */
#define RAN_ADOPTED	30	/* adopted when it was told to */

static struct vfn_status status_now(void)
{
	struct vfn_status status;

	if (vfn_status(&status))
		bail_out("vfn_status");
	return status;
}

static int must_snapshot(void)
{
	int fd = vfn_snapshot();

	if (fd < 0)
		bail_out("snapshot");
	return fd;
}

static void become_other(void)
{
	if (setgroups(0, NULL) || setresgid(OTHER, OTHER, OTHER) ||
	    setresuid(OTHER, OTHER, OTHER))
		bail_out("become user %d", OTHER);
}

/* Runs @fn(@arg) in a child, which must come to its end. */
static void child(void (*fn)(const void *arg), const void *arg)
{
	int status = child_status(fn, arg);

	if (status)
		bail_out("a child: %#x", status);
}

/* Every adoption there is, by a process and by its descendants. */
static void count_adoptions(const int *fds, size_t nr, unsigned int *worked, unsigned int *refused)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (!vfn_adopt(fds[i]))
			++*worked;
		else if (errno == EPERM)
			++*refused;
	}
}

static int in_namespace(void *arg)
{
	unsigned int worked = 0, refused = 0;

	count_adoptions(arg, 2, &worked, &refused);
	return worked == 2 ? 1 : refused == 2 ? 2 : 3;
}

static int adopt_in_namespace(int *fds)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(in_namespace, stack + sizeof(stack), CLONE_NEWUSER | SIGCHLD, fds);
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		bail_out("clone");
	return WEXITSTATUS(status);
}

/* Ends with 1 if all ways to adopt worked, with 2 if none did and all is as it was. */
static void adopt_all_ways(const void *arg)
{
	unsigned int worked = 0, refused = 0;
	struct vfn_status status;
	char number[16];
	int fds[3], inside, by_setuid;
	pid_t pid;

	become_user();
	fds[0] = must_snapshot();
	must_map(NEW, TARGET);
	fds[1] = must_snapshot();
	if (vfn_clear())
		bail_out("clear");
	must_map(FROM, TARGET);
	if (*(const bool *)arg && vfn_seal())
		bail_out("seal");
	fds[2] = must_snapshot();
	inside = adopt_in_namespace(fds);
	pid = fork();
	if (!pid) {
		fcntl(fds[1], F_SETFD, 0);
		snprintf(number, sizeof(number), "%d", fds[1]);
		execl(SETUID, "setuid", "adopt", number, NULL);
		_exit(ATTACK_NONE);
	}
	if (waitpid(pid, &by_setuid, 0) != pid)
		bail_out("waitpid");
	count_adoptions(fds, 3, &worked, &refused);
	status = status_now();
	if (worked == 3 && inside == 1 && by_setuid == EXITED(RAN_ADOPTED))
		_exit(1);
	if (refused == 3 && inside == 2 && by_setuid == EXITED(EPERM) && status.sealed &&
	    status.nr_mappings == 1 && !access(FROM, F_OK) && access(NEW, F_OK))
		_exit(2);
	diag("%u worked, %u refused; namespace: %d, setuid: %#x", worked, refused, inside, by_setuid);
	_exit(3);
}

/* A friend without a seal adopts what a sealed process hands it, to hand it back unsealed. */
static void launder(const void *unused)
{
	int pair[2], fd;

	(void)unused;
	become_user();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail_out("socketpair");
	if (!fork()) {
		must_map(FROM, TARGET);
		if (vfn_seal())
			bail_out("seal");
		pass_fd(pair[1], must_snapshot());
		_exit(EXIT_SUCCESS);
	}
	wait(NULL);
	fd = take_fd(pair[0]);
	if (vfn_adopt(fd))
		bail_out("adopt");
	refused(fails_with(vfn_clear(), EPERM) && fails_with(vfn(NEW, TARGET), EPERM),
		"to edit a sealed table by adopting it elsewhere");
	fd = must_snapshot();
	refused(fails_with(vfn_adopt(fd), EPERM) && status_now().sealed,
		"to get rid of the seal by a snapshot of what was adopted");
	_exit(EXIT_SUCCESS);
}

/**
 * struct sealing - one thread seals while others adopt
 * @fd:		has NEW mapped
 * @sealed:	SEAL has returned
 * @early:	adoptions that worked
 * @late:	that began after that, and worked
 */
struct sealing {
	int fd;
	bool sealed;
	unsigned int early, late;
};

static void *adopt_until_sealed(void *arg)
{
	struct sealing *s = arg;
	bool sealed;

	for (;;) {
		sealed = __atomic_load_n(&s->sealed, __ATOMIC_SEQ_CST);
		if (vfn_adopt(s->fd))
			return NULL;
		__atomic_add_fetch(sealed ? &s->late : &s->early, 1, __ATOMIC_SEQ_CST);
	}
}

static void race_with_seal(const void *unused)
{
	struct sealing s = {};
	pthread_t threads[2];
	unsigned int i;

	(void)unused;
	become_user();
	must_map(NEW, TARGET);
	s.fd = must_snapshot();
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, adopt_until_sealed, &s);
	while (__atomic_load_n(&s.early, __ATOMIC_SEQ_CST) < 20)
		sched_yield();
	if (vfn_seal())
		bail_out("seal");
	__atomic_store_n(&s.sealed, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	refused(!s.late && status_now().sealed && status_now().nr_mappings == 1,
		"adoptions that race with SEAL (%u before)", s.early);
	_exit(EXIT_SUCCESS);
}

static void test_seal(void)
{
	bool seal = true;
	int status = child_status(adopt_all_ways, &seal);

	refused(status == EXITED(2), "to adopt when sealed, by all ways (%#x)", status);
	seal = false;
	status = child_status(adopt_all_ways, &seal);
	control(status == EXITED(1), "all of them, not sealed (%#x)", status);
	child(launder, NULL);
	child(race_with_seal, NULL);
}

/* What a program does that was started with a snapshot as descriptor @fd. */
static int act(const char *what, int fd)
{
	char number[16], byte;

	if (!strcmp(what, "adopt"))
		return vfn_adopt(fd) ? errno : RAN_ADOPTED;
	if (!strcmp(what, "adopt-exec")) {
		if (vfn_adopt(fd) || status_now().nr_mappings != 1)
			return ATTACK_NONE;
		snprintf(number, sizeof(number), "%d", fd);
		execl(SETUID, "setuid", "look", number, NULL);
		return ATTACK_NONE;
	}
	if (!strcmp(what, "files") && (read(0, &byte, 1) >= 0 || write(1, &byte, 1) >= 0 ||
				       lseek(2, 0, SEEK_END) > 0 || isatty(0)))
		return ATTACK_NONE;
	if (fcntl(fd, F_GETFD) < 0)
		return RAN_NO_FD;
	return status_now().nr_mappings || !access(FROM, F_OK) ? RAN_VIEW : RAN_PLAIN;
}

/**
 * struct start - of a program with a snapshot
 * @program:	its name
 * @what:	it shall do
 * @close:	the descriptor is closed on exec, as it is unless somebody changes that
 */
struct start {
	const char *program, *what;
	bool close;
};

static void start(const void *arg)
{
	const struct start *s = arg;
	char number[16];
	int fd, i;

	become_user();
	must_map(FROM, TARGET);
	fd = must_snapshot();
	snprintf(number, sizeof(number), "%d", fd);
	if (!s->close)
		fcntl(fd, F_SETFD, 0);
	for (i = 0; i < 3 && !strcmp(s->what, "files"); i++)
		dup2(fd, i);
	execl(s->program, "program", s->what, number, NULL);
}

static void expect(const char *program, const char *what, bool close, int want, const char *text)
{
	int status = child_status(start, &(struct start){ program, what, close });

	if (want == RAN_VIEW)
		control(status == EXITED(want), "%s (%#x)", text, status);
	else
		refused(status == EXITED(want), "%s (%#x)", text, status);
}

static void test_exec(void)
{
	expect(SELF, "look", true, RAN_NO_FD, "a snapshot that is kept over exec");
	expect(SELF, "look", false, RAN_VIEW, "the same, when asked for");
	expect(SETUID, "look", false, RAN_PLAIN, "a view brought to a setuid program");
	expect(SETUID, "files", false, RAN_PLAIN, "a snapshot in the place of its files");
	expect(SELF, "adopt-exec", false, RAN_PLAIN, "a view that was adopted, brought to one");
	expect(SETUID, "adopt-exec", false, RAN_PLAIN,
	       "or adopted by a setuid program, brought to the next");
}

static void *adopt_always(void *arg)
{
	const int *fds = arg;
	unsigned int i;

	for (i = 0;; i++)
		vfn_adopt(fds[i % 2]);
	return NULL;
}

/* Starts @arg while other threads adopt a view in which its interpreter is another. */
static void exec_while_adopting(const void *arg)
{
	static int fds[2];
	pthread_t thread;
	unsigned int i;

	become_user();
	fds[0] = must_snapshot();
	must_map(LD_SO, EVIL);
	must_map(FROM, TARGET);
	fds[1] = must_snapshot();
	for (i = 0; i < 2; i++)
		pthread_create(&thread, NULL, adopt_always, fds);
	usleep(random() % 3000);
	execl(arg, "program", "look", "0", NULL);
}

static void test_exec_race(void)
{
	unsigned int i, root = 0, odd = 0, evil = 0;
	int status;

	for (i = 0; i < RACES; i++) {
		status = child_status(exec_while_adopting, SETUID);
		root += status == EXITED(EVIL_ROOT) || status == EXITED(EVIL_USER) ||
			status == EXITED(RAN_VIEW);
		odd += status != EXITED(RAN_PLAIN) && status != SIGKILL;
		evil += child_status(exec_while_adopting, SELF) == EXITED(EVIL_USER);
	}
	refused(!root && !odd, "adoptions that race with a setuid program's start (%u, %u of %u)",
		root, odd, RACES);
	control(evil > 0, "with a plain program's (%u of %u)", evil, RACES);
}

/* With a descriptor that was passed to it. */
static void other_adopts(const void *arg)
{
	int fd = *(const int *)arg;

	become_other();
	control(!vfn_adopt(fd) && status_now().nr_mappings == 2 && !access(FROM, F_OK),
		"another user adopts what is handed over");
	refused(fails_with(open(NEW, O_RDONLY), EACCES), "and reads what only the first may");
	refused(fails_with(open(NEW, O_WRONLY | O_TRUNC), EACCES), "or writes it");
	_exit(EXIT_SUCCESS);
}

/* Without. */
static void other_steals(const void *arg)
{
	const int *holder = arg;
	int pidfd = syscall(SYS_pidfd_open, holder[0], 0);
	char name[64];

	become_other();
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", holder[0], holder[1]);
	refused(fails_with(syscall(438 /* pidfd_getfd */, pidfd, holder[1], 0), EPERM),
		"another user takes a snapshot");
	refused(open(name, O_RDONLY) < 0, "or opens it in /proc (%m)");
	refused(fails_with(vfn_adopt(holder[1]), EBADF), "or names its number");
	_exit(EXIT_SUCCESS);
}

static void test_other_user(void)
{
	int pair[2], holder[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		bail_out("socketpair");
	holder[0] = fork();
	if (!holder[0]) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		become_user();
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		must_map(FROM, TARGET);
		must_map(NEW, SECRET);
		control(open(NEW, O_RDONLY) >= 0, "the owner reads it");
		pass_fd(pair[1], dup2(must_snapshot(), 60));
		pause();
	}
	holder[1] = take_fd(pair[0]);
	child(other_adopts, &holder[1]);
	close(holder[1]);
	holder[1] = 60;
	child(other_steals, holder);
	kill(holder[0], SIGKILL);
	waitpid(holder[0], NULL, 0);
	close(pair[0]);
	close(pair[1]);
}

/* What "vfnctl share" hands to who connects without asking who it is. */
static void ask_share(const void *arg)
{
	struct sockaddr_un address = { AF_UNIX, SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char byte[8] = "", control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec io = { byte, sizeof(byte) };
	struct msghdr msg = {
		.msg_iov = &io, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	if (*(const bool *)arg)
		become_other();
	else
		become_user();
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		_exit(ATTACK_NONE);
	_exit(recvmsg(fd, &msg, 0) == 4 && CMSG_FIRSTHDR(&msg) ? RAN_VIEW : RAN_NO_FD);
}

static void test_share(void)
{
	bool other = true;
	int status, i;
	pid_t pid = fork();

	if (!pid) {
		become_user();
		/* What it says of the other user is no test result. */
		close(STDERR_FILENO);
		open("/dev/null", O_WRONLY);
		must_map(FROM, TARGET);
		execlp("vfnctl", "vfnctl", "share", SOCKET, NULL);
		_exit(ATTACK_NONE);
	}
	for (i = 0; i < 1000 && access(SOCKET, F_OK); i++)
		usleep(10000);
	status = child_status(ask_share, &other);
	refused(status == EXITED(ATTACK_NONE), "another user connects to a view's socket (%#x)", status);
	if (chmod(SOCKET, 0666))
		bail_out("chmod " SOCKET);
	status = child_status(ask_share, &other);
	refused(status == EXITED(RAN_NO_FD), "or gets it where the socket is open to all (%#x)", status);
	other = false;
	status = child_status(ask_share, &other);
	control(status == EXITED(RAN_VIEW), "the same user gets it (%#x)", status);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return act(argv[1], atoi(argv[2]));
	attack_begin();
	make_scene(DIR);
	copy_file("/proc/self/exe", SELF, 0755);
	copy_file("/proc/self/exe", SETUID, 04755);
	make_evil(EVIL);
	make_dir(DIR "/open", 0755, USER);
	make_text(SECRET, "secret", 0600);
	if (chown(SECRET, USER, USER))
		bail_out("chown");
	test_seal();
	test_exec();
	test_exec_race();
	test_other_user();
	test_share();
	return attack_done();
}
