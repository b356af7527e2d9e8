// SPDX-License-Identifier: GPL-2.0
/*
 * S1, S2: seccomp in a view: a call that a filter forbids is forbidden for every name,
 * and who may not call ioctl() may not edit
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <linux/vfn.h>

#include "attack.h"

#define DIR	"/var/lib/vfn-seccomp"
#define TARGET	DIR "/target"
#define EVIL	DIR "/evil"
#define FROM	"/vfn-seccomp/from"
#define PROGRAM	"/vfn-seccomp/program"
#define PLACE	"/vfn-seccomp/place"
#define LATER	"/vfn-seccomp/later"

/* A filter that has @action for a call whose second argument is @arg1; 0: any. */
static int filter(unsigned int call, unsigned int arg1, unsigned int action, int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_K | (arg1 ? BPF_JEQ : BPF_JGE), arg1, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		bail_out("no_new_privs");
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (fd < 0)
		bail_out("seccomp");
	return fd;
}

static void make_view(void)
{
	must_map(FROM, TARGET);
	must_map(PROGRAM, EVIL);
	must_map(PLACE, DIR "/place");
}

static void become_holder(void)
{
	become_user();
	make_view();
}

static int call_open(void)
{
	int fd = open(FROM, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : close(fd);
}

static int call_stat(void)
{
	struct stat st;

	return fstatat(AT_FDCWD, FROM, &st, 0);
}

static int call_access(void)
{
	return syscall(SYS_faccessat, AT_FDCWD, FROM, F_OK);
}

static int call_mkdir(void)
{
	return mkdirat(AT_FDCWD, PLACE "/dir", 0755);
}

static int call_rmdir(void)
{
	return unlinkat(AT_FDCWD, PLACE "/dir", AT_REMOVEDIR);
}

static int call_rename(void)
{
	return syscall(SYS_renameat2, AT_FDCWD, PLACE "/a", AT_FDCWD, PLACE "/b", 0);
}

static int call_chmod(void)
{
	return fchmodat(AT_FDCWD, PLACE "/b", 0600, 0);
}

static int call_chdir(void)
{
	return chdir(PLACE);
}

static int call_getxattr(void)
{
	char buf[16];

	return getxattr(FROM, "user.none", buf, sizeof(buf)) < 0 && errno != ENODATA &&
	       errno != EOPNOTSUPP ? -1 : 0;
}

static int call_exec(void)
{
	execl(PROGRAM, "program", NULL);
	return -1;
}

static const struct call {
	const char *name;
	unsigned int nr;
	int (*go)(void);
} calls[] = {
	{ "openat", SYS_openat, call_open },
	{ "newfstatat", SYS_newfstatat, call_stat },
	{ "faccessat", SYS_faccessat, call_access },
	{ "mkdirat", SYS_mkdirat, call_mkdir },
	{ "unlinkat", SYS_unlinkat, call_rmdir },
	{ "renameat2", SYS_renameat2, call_rename },
	{ "fchmodat", SYS_fchmodat, call_chmod },
	{ "chdir", SYS_chdir, call_chdir },
	{ "getxattr", SYS_getxattr, call_getxattr },
	{ "execve", SYS_execve, call_exec },
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

static void go_filtered(const void *arg)
{
	const struct call *call = arg;

	become_holder();
	filter(call->nr, 0, SECCOMP_RET_ERRNO | ENOTUNIQ, 0);
	_exit(call->go() ? errno : 0);
}

static void go_free(const void *arg)
{
	const struct call *call = arg;

	become_holder();
	_exit(call->go() ? errno : 0);
}

static void test_calls(void)
{
	size_t i;
	int status;

	for (i = 0; i < CALLS; i++) {
		status = child_status(go_filtered, &calls[i]);
		refused(status == EXITED(ENOTUNIQ), "%s of a mapped name, forbidden (%#x)",
			calls[i].name, status);
		status = child_status(go_free, &calls[i]);
		control(!status || status == EXITED(EVIL_USER), "%s of a mapped name (%#x)",
			calls[i].name, status);
	}
}

static void test_edits(const void *unused)
{
	struct vfn_status status;
	int child;

	(void)unused;
	become_holder();
	control(!vfn(LATER, TARGET) && !access(LATER, F_OK), "an edit before there is a filter");
	if (vfn_unmap(LATER))
		bail_out("unmap");
	filter(SYS_ioctl, VFN_IOC_APPLY, SECCOMP_RET_ERRNO | ENOTUNIQ, 0);
	refused(fails_with(vfn(LATER, TARGET), ENOTUNIQ), "an edit");
	refused(fails_with(vfn_clear(), ENOTUNIQ), "to clear the table");
	refused(access(LATER, F_OK) && !access(FROM, F_OK), "the view is as it was");
	control(!vfn_status(&status) && status.nr_mappings == 3, "what isn't forbidden");
	if (!fork())
		_exit(!fails_with(vfn_clear(), ENOTUNIQ) || access(FROM, F_OK));
	wait(&child);
	refused(!child, "an edit by a child, which has view and filter");
	_exit(EXIT_SUCCESS);
}

static void edit_and_die(const void *unused)
{
	(void)unused;
	become_holder();
	filter(SYS_ioctl, VFN_IOC_APPLY, SECCOMP_RET_KILL_PROCESS, 0);
	vfn_clear();
	_exit(EXIT_SUCCESS);
}

static void edit_strictly(const void *unused)
{
	(void)unused;
	become_holder();
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		bail_out("seccomp");
	vfn_clear();
	syscall(SYS_exit, EXIT_SUCCESS);
}

static bool is(int fd, const char *name)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(name, &b) && a.st_ino == b.st_ino &&
	       a.st_dev == b.st_dev;
}

/* A holder whose opens somebody else decides on. */
static int supervised(const void *arg)
{
	const int *out = arg;
	int fd;

	make_view();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	fd = filter(SYS_openat, 0, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	if (write(out[1], &fd, sizeof(fd)) != sizeof(fd))
		bail_out("pass a number");
	fd = open(FROM, O_RDONLY);
	return fd < 0 || !is(fd, TARGET);
}

/* Without a view: opens what its ward wants to open, then lets the ward do so. */
static void supervise(int listener)
{
	struct seccomp_notif_resp answer = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
	struct seccomp_notif call = {};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
		bail_out("take a notification");
	refused(!vfn_clear() && access(FROM, F_OK), "a supervisor edits its own table alone");
	answer.id = call.id;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer))
		bail_out("answer a notification");
}

static void test_supervisor(const void *unused)
{
	int out[2], number, status, pidfd;
	pid_t pid;

	(void)unused;
	become_user();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (pipe(out))
		bail_out("pipe");
	pid = fork();
	if (!pid)
		_exit(supervised(out));
	close(out[1]);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (pid < 0 || pidfd < 0 || read(out[0], &number, sizeof(number)) != sizeof(number))
		bail_out("start a holder");
	supervise(syscall(438 /* pidfd_getfd */, pidfd, number, 0));
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	control(!status, "a call that its supervisor allows, in its own view (%#x)", status);
	_exit(EXIT_SUCCESS);
}

int main(void)
{
	int status;

	attack_begin();
	make_scene(DIR);
	make_evil(EVIL);
	write_file(TARGET, "target\n");
	make_dir(DIR "/place", 0755, USER);
	make_dir(DIR "/place/a", 0755, USER);
	test_calls();
	if (child_status(test_edits, NULL))
		bail_out("a child that edits");
	status = child_status(edit_and_die, NULL);
	refused(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
		"an edit that is forbidden on pain of death (%#x)", status);
	status = child_status(edit_strictly, NULL);
	refused(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		"an edit in strict mode (%#x)", status);
	if (child_status(test_supervisor, NULL))
		bail_out("a child that supervises");
	return attack_done();
}
