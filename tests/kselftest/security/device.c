// SPDX-License-Identifier: GPL-2.0
/*
 * S1: descriptors of /dev/vfn in other hands: a setuid program's, another user's, the
 * kernel's workers'
 */
#include <linux/io_uring.h>
#include <linux/vfn.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "attack.h"

#define DIR	"/var/lib/vfn-device"
#define SETUID	DIR "/setuid"
#define FROM	"/vfn-device/from"
#define NEW	"/vfn-device/new"
#define TARGET	"/etc/passwd"
#define OTHER	1001
#define STOLEN	50	/* the descriptor that a thief is after */

static unsigned int mappings(void)
{
	struct vfn_status status;

	if (vfn_status(&status))
		bail_out("vfn_status");
	return status.nr_mappings;
}

static int edit_by(int device, __u32 what, const char *from, const char *to)
{
	struct vfn_op op = {
		.op = what, .from = (unsigned long)from, .to = (unsigned long)to,
	};
	struct vfn_apply arg = {
		.size = sizeof(arg), .nr_ops = 1, .ops = (unsigned long)&op,
		.op_size = sizeof(op),
	};

	return ioctl(device, VFN_IOC_APPLY, &arg);
}

static int open_device(void)
{
	int device = open("/dev/vfn", O_RDWR);

	if (device < 0)
		bail_out("open /dev/vfn");
	return device;
}

/* All that is no ioctl of ours must fail, and do nothing. */
static void test_file(const void *unused)
{
	struct stat st;
	char buf[4096] = "x";
	struct iovec io = { buf, sizeof(buf) };
	int device;

	(void)unused;
	become_user();
	must_map(FROM, TARGET);
	device = open_device();
	if (fstat(device, &st))
		bail_out("fstat");
	refused(read(device, buf, sizeof(buf)) < 0, "to read the device (%m)");
	refused(write(device, buf, sizeof(buf)) < 0, "to write it (%m)");
	refused(preadv(device, &io, 1, 0) < 0, "to read it at a place (%m)");
	refused(pwritev(device, &io, 1, 0) < 0, "to write it at a place (%m)");
	refused(mmap(NULL, 4096, PROT_READ, MAP_SHARED, device, 0) == MAP_FAILED,
		"to map it (%m)");
	refused(mmap(NULL, 4096, PROT_WRITE, MAP_PRIVATE, device, 0) == MAP_FAILED,
		"to map it for oneself (%m)");
	refused(ftruncate(device, 0) < 0, "to truncate it (%m)");
	refused(fallocate(device, 0, 0, 4096) < 0, "to allocate in it (%m)");
	refused(ioctl(device, 0x5401 /* TCGETS */, buf) < 0, "to ask it for a terminal's settings (%m)");
	refused(ioctl(device, _IO(VFN_IOC_TYPE, 255), buf) < 0, "an unknown call (%m)");
	refused(fchmod(device, 0600) < 0 && fchown(device, USER, USER) < 0, "to take it over (%m)");
	refused(unlink("/dev/vfn") < 0, "to remove it (%m)");
	refused(mknod("/tmp/vfn-device", S_IFCHR | 0666, st.st_rdev) < 0, "to make another (%m)");
	control(!fstat(device, &st) && S_ISCHR(st.st_mode) && (st.st_mode & 0777) == 0666,
		"it is a device that everybody may open");
	control(mappings() == 1 && !access(FROM, F_OK), "the table is as it was");
	_exit(EXIT_SUCCESS);
}

/* A setuid program with the device in the place of its standard files. */
static void start_setuid(const void *program)
{
	int fd, device;

	become_user();
	must_map(FROM, TARGET);
	device = open_device();
	for (fd = 0; fd < 3; fd++)
		dup2(device, fd);
	execl(program, "program", "on", NULL);
}

/*
 * What it does: uses its standard files as anybody would, and one of them to edit.
 * The status has a bit for what went wrong.
 */
static int act_on_device(void)
{
	char buf[64];
	int wrong = 0;

	wrong |= read(0, buf, sizeof(buf)) >= 0 ? 1 : 0;
	wrong |= printf("output\n") < 0 || !fflush(stdout) ? 2 : 0;
	wrong |= isatty(2) ? 4 : 0;
	wrong |= mappings() ? 8 : 0;
	wrong |= edit_by(1, VFN_OP_MAP, NEW, TARGET) || mappings() != 1 ? 16 : 0;
	wrong |= access(NEW, F_OK) || !access(FROM, F_OK) ? 32 : 0;
	return wrong;
}

/* Root's descriptor, in the user's hands: it leads to the user's table. */
static void use_roots(const void *arg)
{
	int device = *(const int *)arg;

	if (vfn_clear())
		bail_out("clear");
	become_user();
	refused(!mappings() && !edit_by(device, VFN_OP_MAP, NEW, TARGET) && mappings() == 1,
		"root's descriptor edits the user's own table");
	refused(!edit_by(device, VFN_OP_CLEAR, NULL, NULL) && !mappings(), "and clears that");
	_exit(EXIT_SUCCESS);
}

static void test_roots(void)
{
	int device = open_device();

	must_map(FROM, TARGET);
	if (child_status(use_roots, &device))
		bail_out("a child that uses a descriptor");
	control(mappings() == 1 && !access(FROM, F_OK), "root's table is as it was");
	if (vfn_clear())
		bail_out("clear");
	close(device);
}

static int other_edits(void *arg)
{
	int device = *(int *)arg;

	return edit_by(device, VFN_OP_MAP, NEW, TARGET) || mappings() != 2 || access(NEW, F_OK);
}

/* A child that shares memory, files and more, but is another process. */
static void test_sharing(const void *unused)
{
	static char stack[262144] __attribute__((aligned(16)));
	int device, status;
	pid_t pid;

	(void)unused;
	become_user();
	must_map(FROM, TARGET);
	device = open_device();
	pid = clone(other_edits, stack + sizeof(stack),
		    CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | SIGCHLD, &device);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("clone");
	control(!status, "a process that shares all it can edits its own table (%#x)", status);
	refused(mappings() == 1 && access(NEW, F_OK), "and not that of the one it shares with");
	_exit(EXIT_SUCCESS);
}

/* The result of a command that a worker of the kernel is to pass to the device. */
static int by_uring(int device)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	char *sq;

	if (ring < 0)
		bail_out("io_uring_setup");
	sq = mmap(NULL, params.sq_off.array + 64 + params.cq_off.cqes + 64, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
		   IORING_OFF_SQES);
	if (sq == MAP_FAILED || sqe == MAP_FAILED || !(params.features & IORING_FEAT_SINGLE_MMAP))
		bail_out("map a ring");
	*sqe = (struct io_uring_sqe){ .opcode = 46 /* IORING_OP_URING_CMD */, .fd = device,
				      .off = VFN_IOC_APPLY };
	*(unsigned int *)(sq + params.sq_off.array) = 0;
	++*(unsigned int *)(sq + params.sq_off.tail);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		bail_out("io_uring_enter");
	cqe = (struct io_uring_cqe *)(sq + params.cq_off.cqes);
	return cqe->res;
}

static void test_uring(const void *unused)
{
	int err;

	(void)unused;
	become_user();
	must_map(FROM, TARGET);
	err = by_uring(open_device());
	refused(err < 0 && mappings() == 1, "a command by io_uring (%s)", strerror(-err));
	_exit(EXIT_SUCCESS);
}

/* Another user takes the descriptor from a holder. */
static void steal(const void *arg)
{
	pid_t holder = *(const pid_t *)arg;
	int pidfd, fd;
	char name[64], link[64];

	if (setgroups(0, NULL) || setresgid(OTHER, OTHER, OTHER) ||
	    setresuid(OTHER, OTHER, OTHER))
		bail_out("become another user");
	pidfd = syscall(SYS_pidfd_open, holder, 0);
	fd = syscall(438 /* pidfd_getfd */, pidfd, STOLEN, 0);
	refused(pidfd >= 0 && fails_with(fd, EPERM), "another user takes a holder's descriptor");
	snprintf(name, sizeof(name), "/proc/%d/fd/%d", holder, STOLEN);
	refused(fails_with(open(name, O_RDONLY), EACCES), "or opens it in /proc");
	snprintf(name, sizeof(name), "/proc/%d/map_files", holder);
	refused(open(name, O_RDONLY | O_DIRECTORY) < 0, "or looks at its maps (%m)");
	snprintf(name, sizeof(name), "/proc/%d/maps", holder);
	refused(open(name, O_RDONLY) < 0, "by name (%m)");
	snprintf(name, sizeof(name), "/proc/%d/exe", holder);
	refused(readlink(name, link, sizeof(link)) < 0, "or at its program's (%m)");
	control(edit_by(open_device(), VFN_OP_MAP, NEW, TARGET) == 0, "it has its own");
	_exit(EXIT_SUCCESS);
}

static void test_theft(void)
{
	char byte = 0;
	pid_t holder, me = getpid();
	int ready[2];

	if (pipe2(ready, O_CLOEXEC))
		bail_out("pipe");
	holder = fork();
	if (holder < 0)
		bail_out("fork");
	if (!holder) {
		become_user();
		end_with(me);
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		must_map(FROM, TARGET);
		if (dup2(open_device(), STOLEN) != STOLEN || write(ready[1], &byte, 1) != 1)
			bail_out("be ready");
		pause();
		_exit(EXIT_SUCCESS);
	}
	if (read(ready[0], &byte, 1) != 1)
		bail_out("wait for the holder");
	if (child_status(steal, &holder))
		bail_out("a thief");
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
}

int main(int argc, char **argv)
{
	int status;

	(void)argv;
	if (argc > 1)
		return act_on_device();
	attack_begin();
	make_scene(DIR);
	copy_file("/proc/self/exe", SETUID, 04755);
	if (child_status(test_file, NULL))
		bail_out("a child that uses the device as a file");
	status = child_status(start_setuid, SETUID);
	refused(!status, "a setuid program given the device as its files (%#x)", status);
	test_roots();
	if (child_status(test_sharing, NULL))
		bail_out("a child that shares");
	if (child_status(test_uring, NULL))
		bail_out("a child that uses io_uring");
	test_theft();
	return attack_done();
}
