// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: the one descriptor of /dev/vfn, and every ioctl made on it */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "libvfn.h"
#include "internal.h"

/*
 * The descriptor kept open, with the process that opened it and a count of
 * changes: pid << 32 | count << FD_BITS | fd, or 0 for none.  (Without the count, a
 * descriptor of the same number as a stale one would look as if nothing had been
 * changed, and be replaced a second time.)  The number is a hint and never more:
 *
 * - The program may have closed it, and may have been given the same number
 *   for another file.  So each use first asks the descriptor what it is, and a
 *   number that isn't ours any more is forgotten, never closed.  (The answer
 *   has to be looked at: other drivers know ioctls of the same numbers.)
 * - Between vfork(2) and execve(2) this word is the parent's, the descriptors
 *   are not.  A child that has closed them all must not replace a number that
 *   still is good in its parent, or each such child would leak one there: see
 *   may_replace().  What a child leaves here, its parent finds to be stale.
 *   A child of fork(2) has a word of its own, and takes it over: see own().
 * - Two threads, or a thread and a signal handler, may open at once.  One is
 *   kept; the other uses its own for one call and closes it.
 */
static _Atomic uint64_t kept;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2,
	       "the kept descriptor must be changed without a lock");

#define FD_BITS	20
#define MAX_FD	((1 << FD_BITS) - 1)

static int fd_of(uint64_t word)
{
	return (int)(word & MAX_FD);
}

/* What takes the place of @old. */
static uint64_t pack(int fd, uint64_t old)
{
	uint32_t count = ((uint32_t)old >> FD_BITS) + 1;

	return (uint64_t)getpid() << 32 | count << FD_BITS | (uint32_t)fd;
}

static void own(void)
{
	uint64_t old = atomic_load(&kept);

	if (old)
		atomic_store(&kept, pack(fd_of(old), old));
}

/* If this fails, a child that has closed the descriptor opens it for each call. */
__attribute__((constructor)) static void own_in_children(void)
{
	pthread_atfork(NULL, NULL, own);
}

static bool may_replace(uint64_t old)
{
	return (pid_t)(old >> 32) != getppid();
}

/* Is FD /dev/vfn, and do we speak the same ABI?  0, or -1 with errno. */
static int ask(int fd, struct vfn_info *info)
{
	*info = (struct vfn_info){ .size = sizeof(*info) };
	if (ioctl(fd, VFN_IOC_INFO, info) < 0) {
		if (errno == ENOTTY)
			errno = ENXIO;
		else if (errno == EINVAL || errno == E2BIG)
			errno = ENOTSUP;
		return -1;
	}
	if (info->abi == VFN_ABI_VERSION)
		return 0;
	/* 0: a driver that took the call for another one and wrote nothing */
	errno = info->abi ? ENOTSUP : ENXIO;
	return -1;
}

static void close_keep_errno(int fd)
{
	int err = errno;

	close(fd);
	errno = err;
}

static int open_device(struct vfn_info *info)
{
	int fd = open("/dev/vfn", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		/* a node whose minor number has no driver */
		if (errno == ENODEV)
			errno = ENXIO;
		return -1;
	}
	if (ask(fd, info) < 0) {
		close_keep_errno(fd);
		return -1;
	}
	return fd;
}

/* A descriptor of /dev/vfn; the caller must close it if *OWN comes back true. */
static int get_device(struct vfn_info *info, bool *own)
{
	uint64_t old = atomic_load(&kept);
	int fd;

	*own = false;
	if (old && ask(fd_of(old), info) == 0)
		return fd_of(old);

	fd = open_device(info);
	if (fd < 0)
		return -1;
	*own = fd > MAX_FD || !may_replace(old) ||
	       !atomic_compare_exchange_strong(&kept, &old, pack(fd, old));
	return fd;
}

int vfn_device_ioctl(unsigned int cmd, void *arg)
{
	struct vfn_info info;
	bool own;
	int fd, ret;

	fd = get_device(&info, &own);
	if (fd < 0)
		return -1;
	ret = ioctl(fd, cmd, arg);
	if (own)
		close_keep_errno(fd);
	return ret;
}

int vfn_device_info(struct vfn_info *info)
{
	bool own;
	int fd;

	fd = get_device(info, &own);
	if (fd < 0)
		return -1;
	if (own)
		close_keep_errno(fd);
	return 0;
}
