// SPDX-License-Identifier: GPL-2.0
/* kselftest: io_uring: names in requests, done at once, by workers, by its poller */

#include <linux/io_uring.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "call.h"

/**
 * struct ring - an io_uring with room for one request
 * @fd:		descriptor
 * @sq:		submission ring
 * @cq:		completion ring
 * @sqes:	the requests
 * @params:	as the kernel filled them in
 */
struct ring {
	int fd;
	char *sq;
	char *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

static const struct manner {
	const char *name;
	unsigned int setup;
	unsigned int sqe;
} manners[] = {
	{ "inline", 0, 0 },
	{ "IOSQE_ASYNC", 0, IOSQE_ASYNC },
	{ "IORING_SETUP_SQPOLL", IORING_SETUP_SQPOLL, 0 },
};

static const struct manner *manner = manners;

static void *map_ring(const struct ring *ring, size_t size, off_t what)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			ring->fd, what);

	if (at == MAP_FAILED)
		bail_out("mmap of an io_uring");
	return at;
}

static bool ring_open(struct ring *ring)
{
	struct io_uring_params *p = &ring->params;

	memset(ring, 0, sizeof(*ring));
	p->flags = manner->setup;
	p->sq_thread_idle = 1000;
	ring->fd = syscall(SYS_io_uring_setup, 1, p);
	if (ring->fd < 0)
		return false;
	ring->sq = map_ring(ring, p->sq_off.array + p->sq_entries * sizeof(uint32_t),
			    IORING_OFF_SQ_RING);
	ring->cq = map_ring(ring, p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe),
			    IORING_OFF_CQ_RING);
	ring->sqes = map_ring(ring, p->sq_entries * sizeof(struct io_uring_sqe),
			      IORING_OFF_SQES);
	return true;
}

/* Does this kernel have the request @op? */
static bool ring_has(const struct ring *ring, unsigned int op)
{
	struct {
		struct io_uring_probe probe;
		struct io_uring_probe_op ops[256];
	} all = {};

	if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_PROBE, &all, 256))
		bail_out("asking an io_uring what it has");
	return all.ops[op].flags & IO_URING_OP_SUPPORTED;
}

/* Do one request; returns as a system call does. */
static long submit(const struct io_uring_sqe *sqe)
{
	unsigned int enter = IORING_ENTER_GETEVENTS;
	struct io_uring_cqe *cqes;
	uint32_t *tail, *head;
	struct ring ring;
	long ret;

	if (!ring_open(&ring))
		return -1;
	if (!ring_has(&ring, sqe->opcode)) {
		close(ring.fd);
		errno = ENOSYS;
		return -1;
	}
	if (manner->setup & IORING_SETUP_SQPOLL)
		enter |= IORING_ENTER_SQ_WAKEUP;
	ring.sqes[0] = *sqe;
	ring.sqes[0].flags = manner->sqe;
	*(uint32_t *)(ring.sq + ring.params.sq_off.array) = 0;
	tail = (uint32_t *)(ring.sq + ring.params.sq_off.tail);
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, 1, enter, NULL, 0) < 0)
		return -1;
	tail = (uint32_t *)(ring.cq + ring.params.cq_off.tail);
	head = (uint32_t *)(ring.cq + ring.params.cq_off.head);
	if (__atomic_load_n(tail, __ATOMIC_ACQUIRE) == *head)
		bail_out("a request did not complete");
	cqes = (struct io_uring_cqe *)(ring.cq + ring.params.cq_off.cqes);
	ret = cqes[*head & (ring.params.cq_entries - 1)].res;
	close(ring.fd);
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

static struct io_uring_sqe request(int op, int dfd, const char *name)
{
	struct io_uring_sqe sqe = {
		.opcode = op,
		.fd = dfd,
		.addr = (uintptr_t)name,
	};

	return sqe;
}

static long tell_fd(long fd, struct call_result *r)
{
	struct stat st = {};

	if (fd >= 0 && !fstat(fd, &st))
		call_result_stat(r, &st);
	return fd;
}

static long run_openat(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_OPENAT, at->dfd, at->name);

	sqe.open_flags = O_RDWR;
	return tell_fd(submit(&sqe), r);
}

static long run_openat_creat(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_OPENAT, at->dfd, at->name);

	sqe.open_flags = O_RDWR | O_CREAT | O_EXCL;
	sqe.len = 0600;
	return tell_fd(submit(&sqe), r);
}

static long run_openat2(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_OPENAT2, at->dfd, at->name);
	static uint64_t how[3] = { O_RDONLY };

	sqe.addr2 = (uintptr_t)how;
	sqe.len = sizeof(how);
	return tell_fd(submit(&sqe), r);
}

static long run_statx(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_STATX, at->dfd, at->name);
	struct statx st = {};
	long ret;

	sqe.len = STATX_BASIC_STATS;
	sqe.off = (uintptr_t)&st;
	ret = submit(&sqe);
	r->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	r->ino = st.stx_ino;
	return ret;
}

static long run_unlinkat(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_UNLINKAT, at->dfd, at->name);

	(void)r;
	return submit(&sqe);
}

static long run_rmdir(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_UNLINKAT, at->dfd, at->name);

	(void)r;
	sqe.unlink_flags = AT_REMOVEDIR;
	return submit(&sqe);
}

static long run_mkdirat(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_MKDIRAT, at->dfd, at->name);

	(void)r;
	sqe.len = 0755;
	return submit(&sqe);
}

static long run_symlinkat(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = request(IORING_OP_SYMLINKAT, at->dfd, "new");

	(void)r;
	sqe.addr2 = (uintptr_t)at->name;
	return submit(&sqe);
}

/* Requests with two names: dfd, addr and len, addr2. */
static long two(int op, int old_dfd, const char *old, int new_dfd, const char *new)
{
	struct io_uring_sqe sqe = request(op, old_dfd, old);

	sqe.addr2 = (uintptr_t)new;
	sqe.len = new_dfd;
	return submit(&sqe);
}

/* As two(), when there is what is to get the new name. */
static long to_name(int op, const struct call_at *at)
{
	int fd = open(at->other, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return two(op, AT_FDCWD, at->other, at->dfd, at->name);
}

static long run_rename_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return two(IORING_OP_RENAMEAT, at->dfd, at->name, AT_FDCWD, at->other);
}

static long run_rename_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return to_name(IORING_OP_RENAMEAT, at);
}

static long run_link_from(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return two(IORING_OP_LINKAT, at->dfd, at->name, AT_FDCWD, at->other);
}

static long run_link_to(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return to_name(IORING_OP_LINKAT, at);
}

static struct io_uring_sqe xattr(int op, const struct call_at *at, void *value, size_t size)
{
	struct io_uring_sqe sqe = request(op, 0, CALL_XATTR);

	sqe.addr2 = (uintptr_t)value;
	sqe.addr3 = (uintptr_t)at->name;
	sqe.len = size;
	return sqe;
}

static long run_getxattr(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = xattr(IORING_OP_GETXATTR, at, r->text, sizeof(r->text) - 1);

	return submit(&sqe);
}

static long run_setxattr(const struct call_at *at, struct call_result *r)
{
	struct io_uring_sqe sqe = xattr(IORING_OP_SETXATTR, at, "new", 3);

	(void)r;
	return submit(&sqe);
}

/* The socket of the parent at the place. */
static int listener = -1;

static void make_socket(const char *name, bool decoy)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", name);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1) ||
	    chmod(name, 0777))
		bail_out("a socket at %s", name);
	if (decoy)
		return;
	close(listener);
	listener = fd;
}

static long run_connect(const struct call_at *at, struct call_result *r)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct io_uring_sqe sqe = request(IORING_OP_CONNECT, socket(AF_UNIX, SOCK_STREAM, 0),
					  (char *)&addr);

	(void)r;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", at->name);
	sqe.off = sizeof(addr);
	return submit(&sqe);
}

static bool check_connected(const struct call_test *t, const struct call_result *r)
{
	int fd = accept(listener, NULL, NULL);

	(void)t;
	(void)r;
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static bool check_created(const struct call_test *t, const struct call_result *r)
{
	struct stat st;

	return !lstat(t->place, &st) && S_ISREG(st.st_mode) && st.st_ino == r->ino &&
	       st.st_dev == r->dev;
}

static bool check_dir(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFDIR);
}

static bool check_link(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFLNK);
}

static bool check_moved(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_absent(t->place) && call_moved_to(t, t->other);
}

static bool check_arrived(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFREG) && call_absent(t->other);
}

static bool check_linked(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_moved_to(t, t->place) && call_moved_to(t, t->other);
}

static bool check_twice(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFREG) && call_is(t->other, S_IFREG);
}

static bool check_text(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	return !strcmp(r->text, "target");
}

static bool check_xattr(const struct call_test *t, const struct call_result *r)
{
	char value[16] = "";

	(void)r;
	return lgetxattr(t->place, CALL_XATTR, value, sizeof(value) - 1) > 0 &&
	       !strcmp(value, "new");
}

static const struct call calls[] = {
	{ "OPENAT", CALL_AT, CALL_FILE, run_openat, call_check_same },
	{ "OPENAT O_CREAT|O_EXCL", CALL_AT, CALL_NOTHING, run_openat_creat, check_created },
	{ "OPENAT2", CALL_AT, CALL_FILE, run_openat2, call_check_same },
	{ "STATX", CALL_AT, CALL_FILE, run_statx, call_check_same },
	{ "UNLINKAT", CALL_AT, CALL_FILE, run_unlinkat, call_check_gone },
	{ "UNLINKAT AT_REMOVEDIR", CALL_AT, CALL_DIR, run_rmdir, call_check_gone },
	{ "MKDIRAT", CALL_AT, CALL_NOTHING, run_mkdirat, check_dir },
	{ "SYMLINKAT", CALL_AT, CALL_NOTHING, run_symlinkat, check_link },
	{ "RENAMEAT, old name", CALL_AT, CALL_FILE, run_rename_from, check_moved },
	{ "RENAMEAT, new name", CALL_AT, CALL_NOTHING, run_rename_to, check_arrived },
	{ "LINKAT, old name", CALL_AT, CALL_FILE, run_link_from, check_linked },
	{ "LINKAT, new name", CALL_AT, CALL_NOTHING, run_link_to, check_twice },
	{ "GETXATTR", CALL_ROOT, CALL_FILE, run_getxattr, check_text },
	{ "SETXATTR", CALL_ROOT, CALL_FILE, run_setxattr, check_xattr },
	{ "CONNECT", 0, 0, run_connect, check_connected, make_socket },
};

int main(void)
{
	char name[128];
	size_t i, j;

	call_begin();
	for (i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
		manner = &manners[i];
		for (j = 0; j < sizeof(calls) / sizeof(calls[0]); j++) {
			struct call call = calls[j];

			snprintf(name, sizeof(name), "%s, %s", call.name, manner->name);
			call.name = name;
			call_run(&call);
		}
	}
	call_end();
	return done();
}
