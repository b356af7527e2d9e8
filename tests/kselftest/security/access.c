// SPDX-License-Identifier: GPL-2.0
/*
 * S1 and S2: a process edits its own table alone, whoever opened the descriptor;
 * and a mapping grants nothing
 */
#include <sys/ioctl.h>

#include <linux/vfn.h>

#include "../pass-fd.h"
#include "steps.h"

#define DIR	"/run/vfn-access"
#define SECRET	DIR "/secret"
#define CLOSED	DIR "/closed"
#define OPEN	DIR "/open"
#define PRIVATE	DIR "/private"	/* a directory that the user may not enter */
#define MINE	DIR "/mine"	/* its twin, the user's own */
#define PLACE	DIR "/place"
#define FROM	"/vfn-access"

#define MAP_FD_ENV "VFN_TEST_FD"

static int map_by(int device, const char *from, const char *to)
{
	struct vfn_op op = {
		.op = VFN_OP_MAP,
		.from = (unsigned long)from,
		.to = (unsigned long)to,
	};
	struct vfn_apply apply = {
		.size = sizeof(apply), .nr_ops = 1, .ops = (unsigned long)&op,
		.op_size = sizeof(op),
	};

	return ioctl(device, VFN_IOC_APPLY, &apply);
}

static bool exists(const char *name)
{
	return !faccessat(AT_FDCWD, name, F_OK, AT_EACCESS);
}

static bool fails(int result, int err)
{
	return result < 0 && errno == err;
}

/* Root opens it and passes it on; the user edits by it, and clears. */
static void test_passed(void)
{
	struct vfn_status status;
	int pair[2], device;
	char byte = 0;

	if (vfn(FROM "/root", OPEN))
		bail_out("vfn");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		bail_out("socketpair");
	if (!fork()) {
		device = take_fd(pair[1]);
		if (vfn_clear() || setresuid(USER, USER, USER))
			_exit(1);
		ok(!map_by(device, FROM "/user", OPEN) && exists(FROM "/user"),
		   "a passed descriptor edits the table of who uses it");
		ok(!exists(FROM "/root"), "its opener's mappings aren't seen by it");
		if (write(pair[1], &byte, 1) != 1 || read(pair[1], &byte, 1) != 1)
			_exit(1);
		_exit(0);
	}
	device = open("/dev/vfn", O_RDONLY | O_CLOEXEC);
	if (!pass_fd(pair[0], device))
		bail_out("pass a descriptor");
	if (read(pair[0], &byte, 1) != 1)
		bail_out("the user has gone");
	ok(!exists(FROM "/user") && exists(FROM "/root"), "and leaves that of its opener alone");
	ok(!vfn_status(&status) && status.nr_mappings == 1, "which counts its own mappings alone");
	ok(!map_by(device, FROM "/late", OPEN) && write(pair[0], &byte, 1) == 1,
	   "the opener still edits its own");
	wait(NULL);
	close(device);
	vfn_clear();
}

/* The program that inherits the descriptor over execve(). */
static int use_inherited(int device)
{
	return map_by(device, FROM "/new", OPEN) || !exists(FROM "/new");
}

static void test_inherited(void)
{
	int device = open("/dev/vfn", O_RDONLY), status;
	char text[16];

	sprintf(text, "%d", device);
	setenv(MAP_FD_ENV, text, 1);
	if (!fork()) {
		if (setresuid(USER, USER, USER))
			_exit(1);
		execl("/proc/self/exe", "inherits", NULL);
		_exit(1);
	}
	if (wait(&status) < 0)
		bail_out("wait");
	unsetenv(MAP_FD_ENV);
	ok(!status, "a descriptor inherited over execve() edits the new program's table");
	ok(!exists(FROM "/new"), "and not that of the process that opened it");
	close(device);
}

static void test_grants_nothing(void *arg)
{
	become_user();
	if (vfn(FROM "/secret", SECRET) || vfn(FROM "/in", CLOSED "/file") ||
	    vfn(FROM "/closed", CLOSED) || vfn(OPEN, CLOSED) || vfn(FROM "/ok", OPEN))
		_exit(2);
	refused(fails(open(FROM "/secret", O_RDONLY), EACCES), "a file that may not be read: EACCES");
	refused(fails(open(FROM "/secret", O_WRONLY), EACCES), "or written");
	refused(fails(access(FROM "/secret", R_OK), EACCES), "as access() says");
	refused(fails(execl(FROM "/secret", "secret", NULL), EACCES), "or executed");
	refused(fails(truncate(FROM "/secret", 0), EACCES), "or truncated");
	refused(fails(chmod(FROM "/secret", 0666), EPERM), "or given another mode");
	control(exists(FROM "/secret"), "that it is there may be known");
	refused(fails(open(FROM "/in", O_RDONLY), EACCES), "a file in a directory without search");
	refused(fails(access(FROM "/in", F_OK), EACCES), "may not even be known");
	refused(fails(open(FROM "/closed/file", O_RDONLY), EACCES), "below a mapped directory, too");
	refused(fails(chdir(FROM "/closed"), EACCES), "nor may it be entered");
	refused(fails(open(FROM "/closed", O_RDONLY), EACCES), "or read");
	refused(fails(mkdir(FROM "/closed/new", 0755), EACCES), "or changed");
	refused(fails(open(OPEN "/file", O_RDONLY), EACCES),
	   "nor by the name of a directory that may be");
	refused(fails(rename(FROM "/secret", FROM "/ok/secret"), EACCES), "a name may not be taken");
	refused(fails(unlink(FROM "/secret"), EACCES), "nor removed");
	(void)arg;
}

/* All steps, on what the user may not touch or on what is the user's own. */
static void all_steps(const void *dir)
{
	int errs[STEPS];
	size_t i;

	become_user();
	steps_map(dir, PLACE);
	steps_go(errs);
	for (i = 0; i < STEPS; i++) {
		if (strcmp(dir, PRIVATE))
			control(!errs[i], "%s of one's own (%s)", steps[i].name,
				strerror(errs[i]));
		else
			refused(errs[i] == EACCES, "%s in another's closed directory (%s)",
				steps[i].name, strerror(errs[i]));
	}
	_exit(EXIT_SUCCESS);
}

static void test_steps(void)
{
	steps_prepare(PRIVATE);
	steps_prepare(MINE);
	steps_prepare_place(PLACE);
	if (chown(PRIVATE, 0, 0) || chmod(PRIVATE, 0700))
		bail_out("close " PRIVATE);
	if (child_status(all_steps, PRIVATE) || child_status(all_steps, MINE))
		bail_out("a child that makes all steps");
}

static void make_file(const char *name, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || fchmod(fd, mode) || close(fd))
		bail_out("make %s", name);
}

/* A process without a table sees nothing of all that. */
static void test_bystander(void *arg)
{
	ok(!exists(FROM "/secret") && exists(OPEN "/file"), "without a table, names are real");
	(void)arg;
}

int main(void)
{
	if (getenv(MAP_FD_ENV))
		return use_inherited(atoi(getenv(MAP_FD_ENV)));
	attack_begin();
	make_scene(DIR);
	if (mkdir(CLOSED, 0700) || mkdir(OPEN, 0755))
		bail_out("make directories in " DIR);
	make_file(SECRET, 0600);
	make_file(CLOSED "/file", 0644);
	make_file(OPEN "/file", 0644);
	test_passed();
	test_inherited();
	in_child(test_grants_nothing, NULL, "a mapping grants nothing");
	in_child(test_bystander, NULL, "without a table");
	test_steps();
	return attack_done();
}
