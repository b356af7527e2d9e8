// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that stall in the middle, because what they are given lies in a page that comes
 * when the test likes: of userfaultfd, or of a file of FUSE
 *
 * Meanwhile other threads look names up and edit the table, a signal comes, and the module
 * is asked to go.  Then the page comes, or the process is killed.
 */
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <linux/vfn.h>

#include <libvfn.h>

#include "fuse-slow.h"
#include "module.h"
#include "pass-fd.h"
#include "stall.h"

#define REAL	"/run/vfn-stall-pages"
#define VIEW	"/vfn-stall-pages"
#define SIDE	"/run/vfn-stall-side"
#define TARGET	"/etc"
#define MADE	"/vfn-stall-made"
#define PAGE	FUSE_SLOW_PAGE
#define KEPT	3	/* a descriptor that isn't closed */
#define DOTS	48	/* bytes of a listing's "." and ".." */

/* What lies in the page. */
enum place { ARG, OPS, NAME, TO, BUF };

/* Why it stalls: the page is missing; it may not be written to; it is a file's. */
enum gate { MISSING, PROTECTED, FILE_PAGE };

/* How it ends. */
enum end { GOES_ON, IS_KILLED };

/**
 * struct report - what the caller tells, and is told
 * @ready:	all is there for the call
 * @go:		it may be made
 * @stalled:	it has been
 * @edited:	the other thread has done what it wanted meanwhile
 * @err:	errno of the call, or 0; or EIO: it has told nonsense
 * @mappings:	in the table then
 * @signals:	that have come
 */
static volatile struct report {
	bool ready, go, stalled, edited;
	int err;
	unsigned int mappings;
	unsigned int signals;
} *report;

static const struct stall {
	const char *name;
	int (*call)(void);
	enum place place;
	enum gate gate;
	bool locks;
	unsigned int mappings;
} *now;

static int device, sockets[2];

/* Two pages, the second of which stalls; and what will be in that, shared with the parent. */
static char *pages, *content;

static inline __u64 ptr(const void *p)
{
	return (unsigned long)p;
}

/* Where @data is to be found in the call. */
static void *put(enum place place, const void *data, size_t size)
{
	if (now->place != place)
		return (void *)data;
	memcpy(content, data, size);
	return pages + PAGE;
}

static void protect(int fault, bool on)
{
	struct uffdio_writeprotect protect = {
		.range = { ptr(pages + PAGE), PAGE },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	if (ioctl(fault, UFFDIO_WRITEPROTECT, &protect))
		bail_out("UFFDIO_WRITEPROTECT");
}

static int watch_page(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register reg = {
		.range = { ptr(pages + PAGE), PAGE },
		.mode = now->gate == PROTECTED ? UFFDIO_REGISTER_MODE_WP :
			UFFDIO_REGISTER_MODE_MISSING,
	};
	int fault = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fault < 0 || ioctl(fault, UFFDIO_API, &api) || ioctl(fault, UFFDIO_REGISTER, &reg))
		bail_out("userfaultfd");
	return fault;
}

/* All is in place: from here on the page stalls, and the parent knows. */
static void ready(void)
{
	int fault = -1, file;

	if (now->gate == FILE_PAGE) {
		file = open(REAL "/file", O_RDONLY | O_CLOEXEC);
		if (file < 0 || mmap(pages + PAGE, PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED)
			bail_out("map " REAL "/file");
		close(file);
	} else {
		fault = watch_page();
	}
	if (now->gate == PROTECTED) {
		memcpy(pages + PAGE, content, PAGE);
		protect(fault, true);
	}
	if (fault >= 0 && (!pass_fd(sockets[1], fault) || close(fault)))
		bail_out("pass the userfaultfd");
	report->ready = true;
	while (!report->go)
		usleep(100);
}

static int call_apply(void)
{
	static const char name[] = MADE, to[] = TARGET;
	struct vfn_op op = { .op = VFN_OP_MAP, .from = ptr(put(NAME, name, sizeof(name))),
			     .to = ptr(put(TO, to, sizeof(to))) };
	struct vfn_apply apply = { .size = sizeof(apply), .nr_ops = 1, .op_size = sizeof(op),
				   .ops = ptr(put(OPS, &op, sizeof(op))) };
	void *arg = put(ARG, &apply, sizeof(apply));

	ready();
	return ioctl(device, VFN_IOC_APPLY, arg) ? errno : 0;
}

/* Its errno must be told, and where it is that stalls. */
static int call_apply_wrong(void)
{
	struct vfn_op op = { .op = VFN_OP_UNMAP, .from = ptr(MADE) };
	struct vfn_apply apply = { .size = sizeof(apply), .nr_ops = 1, .op_size = sizeof(op),
				   .ops = ptr(&op), .failed = 7 }, *arg;

	arg = put(ARG, &apply, sizeof(apply));
	ready();
	if (!ioctl(device, VFN_IOC_APPLY, arg))
		return EIO;
	return errno == ENOENT && !arg->failed ? 0 : errno;
}

static int call_list(void)
{
	char buf[PAGE] = "";
	struct vfn_list list = { .size = sizeof(list), .buf_size = PAGE,
				 .buf = ptr(put(BUF, buf, sizeof(buf))) }, *arg;
	struct vfn_entry *entry = (struct vfn_entry *)(unsigned long)list.buf;
	/* The table is that of the moment when the call knows what is wanted. */
	bool cleared = now->place == ARG && now->gate != PROTECTED;

	arg = put(ARG, &list, sizeof(list));
	ready();
	if (ioctl(device, VFN_IOC_LIST, arg))
		return errno;
	if (cleared)
		return arg->nr ? EIO : 0;
	return arg->nr == 1 && !strcmp(entry->names, VIEW) ? 0 : EIO;
}

static int call_resolve(void)
{
	static const char name[] = VIEW "/passwd";
	char buf[PAGE] = "";
	struct vfn_query query = { .size = sizeof(query), .dfd = AT_FDCWD, .buf_size = PAGE,
				   .name = ptr(put(NAME, name, sizeof(name))),
				   .buf = ptr(put(BUF, buf, sizeof(buf))) }, *arg;
	bool cleared = now->place == NAME || (now->place == ARG && now->gate != PROTECTED);

	arg = put(ARG, &query, sizeof(query));
	ready();
	if (ioctl(device, VFN_IOC_RESOLVE, arg))
		/* Then it has been told the truth: there is no such name any more. */
		return cleared && errno == ENOENT ? 0 : errno;
	return !cleared && arg->nr == 2 ? 0 : EIO;
}

static int call_info(void)
{
	struct vfn_info info = { .size = sizeof(info) }, *arg = put(ARG, &info, sizeof(info));

	ready();
	if (ioctl(device, VFN_IOC_INFO, arg))
		return errno;
	return arg->nr_mappings == (now->gate == PROTECTED) ? 0 : EIO;
}

static int call_snapshot(void)
{
	struct vfn_snapshot snapshot = { .size = sizeof(snapshot) };
	void *arg = put(ARG, &snapshot, sizeof(snapshot));
	int fd;

	ready();
	fd = ioctl(device, VFN_IOC_SNAPSHOT, arg);
	return fd < 0 ? errno : close(fd);
}

static int call_adopt(void)
{
	/* Where it stays open. */
	struct vfn_adopt adopt = { .size = sizeof(adopt), .fd = dup2(vfn_snapshot(), KEPT) };
	void *arg = put(ARG, &adopt, sizeof(adopt));

	ready();
	return ioctl(device, VFN_IOC_ADOPT, arg) ? errno : 0;
}

static int getdents(int dir, void *buf)
{
	return syscall(SYS_getdents64, dir, buf, PAGE);
}

/* Stalls among what the file system lists; the signal ends it before all is listed. */
static int call_getdents(void)
{
	int dir = open(SIDE, O_RDONLY | O_DIRECTORY | O_CLOEXEC), len;

	ready();
	len = getdents(dir, pages + PAGE);
	return len < 0 ? errno : len ? 0 : EIO;
}

/* Stalls among the names of the table. */
static int call_getdents_mapped(void)
{
	int dir = open(SIDE, O_RDONLY | O_DIRECTORY | O_CLOEXEC), len;

	if (getdents(dir, pages) != DOTS)
		return EIO;
	ready();
	len = getdents(dir, pages + PAGE);
	return len < 0 ? errno : memmem(pages + PAGE, len, "mapped", 7) ? 0 : EIO;
}

static int call_getcwd(void)
{
	if (chdir(VIEW))
		return errno;
	ready();
	if (syscall(SYS_getcwd, pages + PAGE, PAGE) < 0)
		return errno;
	return strcmp(pages + PAGE, VIEW) ? EIO : 0;
}

static int call_readlink(void)
{
	if (chdir(VIEW))
		return errno;
	ready();
	if (readlink("/proc/self/cwd", pages + PAGE, PAGE) < 0)
		return errno;
	return strcmp(pages + PAGE, VIEW) ? EIO : 0;
}

static const struct stall stalls[] = {
	{ "APPLY: its structure", call_apply, ARG, MISSING, false, 1 },
	{ "APPLY: its structure, in a file", call_apply, ARG, FILE_PAGE, false, 1 },
	{ "APPLY: the operations", call_apply, OPS, MISSING, true, 2 },
	{ "APPLY: the operations, in a file", call_apply, OPS, FILE_PAGE, true, 2 },
	{ "APPLY: FROM", call_apply, NAME, MISSING, true, 2 },
	{ "APPLY: FROM, in a file", call_apply, NAME, FILE_PAGE, true, 2 },
	{ "APPLY: TO", call_apply, TO, MISSING, true, 2 },
	{ "APPLY: which operation failed", call_apply_wrong, ARG, PROTECTED },
	{ "LIST: its structure", call_list, ARG, MISSING },
	{ "LIST: its structure, in a file", call_list, ARG, FILE_PAGE },
	{ "LIST: its structure, written to", call_list, ARG, PROTECTED },
	{ "LIST: the buffer", call_list, BUF, MISSING },
	{ "RESOLVE: its structure", call_resolve, ARG, MISSING },
	{ "RESOLVE: its structure, written to", call_resolve, ARG, PROTECTED },
	{ "RESOLVE: the name", call_resolve, NAME, MISSING },
	{ "RESOLVE: the name, in a file", call_resolve, NAME, FILE_PAGE },
	{ "RESOLVE: the buffer", call_resolve, BUF, MISSING },
	{ "INFO: its structure", call_info, ARG, MISSING },
	{ "INFO: its structure, written to", call_info, ARG, PROTECTED },
	{ "SNAPSHOT: its structure", call_snapshot, ARG, MISSING },
	{ "ADOPT: its structure", call_adopt, ARG, MISSING, false, 1 },
	{ "getdents: the buffer", call_getdents, BUF, MISSING },
	{ "getdents: the buffer, for a mapped name", call_getdents_mapped, BUF, MISSING },
	{ "getcwd: the buffer", call_getcwd, BUF, MISSING },
	{ "readlink in /proc: the buffer", call_readlink, BUF, MISSING },
};

static void count_signal(int signal)
{
	(void)signal;
	report->signals++;
}

static void *make_call(void *arg)
{
	report->err = now->call();
	return arg;
}

/*
 * While the call is stalled: names are looked up, a child inherits, a signal comes; and
 * where no edit is under way, the table goes, so that nothing but the call keeps the module.
 */
static void meanwhile(pthread_t thread)
{
	int status = -1;
	pid_t pid;

	if (access(VIEW "/passwd", R_OK))
		ok(false, "%s: a lookup fails meanwhile", now->name);
	pid = fork();
	if (!pid)
		_exit(access(VIEW "/passwd", R_OK) ? EXIT_FAILURE : EXIT_SUCCESS);
	if (waitpid(pid, &status, 0) != pid || status)
		ok(false, "%s: a child doesn't inherit meanwhile", now->name);
	/* FUSE says of a page that nobody waits for that it can't be read. */
	if (now->gate != FILE_PAGE)
		pthread_kill(thread, SIGUSR1);
	if (!now->locks && vfn_clear())
		ok(false, "%s: no edit can be made meanwhile", now->name);
	close_range(KEPT + 1, ~0U, 0);
	report->edited = true;
}

static void caller(void)
{
	struct sigaction action = { .sa_handler = count_signal, .sa_flags = SA_RESTART };
	struct vfn_status status;
	pthread_t thread;

	device = open("/dev/vfn", O_RDWR | O_CLOEXEC);
	pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (device < 0 || pages == MAP_FAILED || sigaction(SIGUSR1, &action, NULL))
		bail_out("start %s", now->name);
	if (vfn(VIEW, TARGET) || (now->call == call_getdents_mapped && vfn(SIDE "/mapped", TARGET)) ||
	    pthread_create(&thread, NULL, make_call, NULL))
		bail_out("start %s", now->name);
	while (!report->stalled)
		usleep(100);
	meanwhile(thread);
	pthread_join(thread, NULL);
	if (!vfn_status(&status))
		report->mappings = status.nr_mappings;
	_exit(EXIT_SUCCESS);
}

/* Waits until the call stalls; *@at is where. */
static bool is_stalled(int fault, unsigned long *at)
{
	struct pollfd poller = { fault, POLLIN, 0 };
	struct uffd_msg msg;

	if (now->gate == FILE_PAGE)
		return fuse_slow_stalled();
	if (poll(&poller, 1, 10000) != 1 || read(fault, &msg, sizeof(msg)) != sizeof(msg) ||
	    msg.event != UFFD_EVENT_PAGEFAULT)
		return false;
	*at = msg.arg.pagefault.address & ~(PAGE - 1ul);
	return true;
}

/* The page comes. */
static void release(int fault, unsigned long at)
{
	struct uffdio_copy copy = { .dst = at, .src = ptr(content), .len = PAGE };

	if (now->gate == FILE_PAGE) {
		fuse_slow_release();
	} else if (now->gate == MISSING) {
		if (ioctl(fault, UFFDIO_COPY, &copy))
			bail_out("UFFDIO_COPY");
	} else {
		pages = (char *)at - PAGE;
		protect(fault, false);
	}
}

static pid_t start(int *fault)
{
	pid_t pid;

	memset((void *)report, 0, sizeof(*report));
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets))
		bail_out("socketpair");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid)
		caller();
	if (!stall_in_time(&report->ready))
		bail_out("%s: errno %d before it begins", now->name, report->err);
	*fault = now->gate == FILE_PAGE ? -1 : take_fd(sockets[0]);
	close(sockets[0]);
	close(sockets[1]);
	if (now->gate == FILE_PAGE)
		fuse_slow_arm(FUSE_READ, NULL);
	report->go = true;
	return pid;
}

static void test_stall(enum end end)
{
	unsigned int users = module_users(), signals;
	unsigned long at = 0;
	int fault, status;
	bool stays;
	pid_t pid;

	pid = start(&fault);
	if (!ok(is_stalled(fault, &at), "%s stalls", now->name))
		return;
	report->stalled = true;
	if (!ok(stall_in_time(&report->edited), "%s: all else goes on meanwhile", now->name))
		return;
	stays = module_unload() && errno == EAGAIN;
	if (end == GOES_ON)
		release(fault, at);
	else
		kill(pid, SIGKILL);
	status = stall_reap(pid);
	signals = now->gate != FILE_PAGE;
	if (end == IS_KILLED)
		ok(stays && status == SIGKILL, "%s: it is killed", now->name);
	else if (!ok(stays && !status && !report->err && report->mappings == now->mappings &&
		     report->signals == signals, "%s: it goes on", now->name))
		diag("status %#x, errno %d, %u mappings, %u signals; the module %s", status,
		     report->err, report->mappings, report->signals, stays ? "stayed" : "has gone");
	if (now->gate == FILE_PAGE)
		fuse_slow_release();
	else
		close(fault);
	ok(module_users_return_to(users), "%s: it has let go of the module", now->name);
}

int main(void)
{
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (report == MAP_FAILED || mkdir(SIDE, 0755))
		bail_out("make " SIDE);
	tap();
	fuse_slow_start(REAL);
	content = fuse_slow_page;
	for (now = stalls; now < stalls + sizeof(stalls) / sizeof(stalls[0]); now++) {
		memset(content, 0, PAGE);
		test_stall(GOES_ON);
		memset(content, 0, PAGE);
		test_stall(IS_KILLED);
	}
	umount2(REAL, MNT_DETACH);
	return done();
}
