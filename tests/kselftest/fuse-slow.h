/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system of FUSE that is served by a thread of the test, and stalls where it is told
 *
 *	file	has what fuse_slow_page says
 *	dir	a directory, empty
 *	link	a symlink to file
 *
 * Nothing is cached by the kernel but pages.  A call that is stalled goes on when it is
 * released; or fails with EINTR when the kernel says that it has been interrupted.
 */
#ifndef KSELFTEST_FUSE_SLOW_H
#define KSELFTEST_FUSE_SLOW_H

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <linux/fuse.h>

#include "tap.h"

#define FUSE_SLOW_PAGE	4096

/* What stalls: an opcode, and for FUSE_LOOKUP a name. */
struct fuse_slow_stall {
	uint32_t opcode;
	const char *name;
};

/**
 * struct fuse_slow - the server
 * @dev:	/dev/fuse
 * @lock:	of all below
 * @stall:	the next call that stalls; opcode 0: none
 * @unique:	the call that is stalled, or 0
 * @opcode:	of it
 * @nodeid:	of it
 */
static struct fuse_slow {
	int dev;
	pthread_mutex_t lock;
	struct fuse_slow_stall stall;
	uint64_t unique;
	uint32_t opcode;
	uint64_t nodeid;
} fuse_slow = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* FUSE_SLOW_PAGE bytes: what the file has; shared with children. */
static char *fuse_slow_page;

enum { FUSE_SLOW_FILE = 2, FUSE_SLOW_DIR, FUSE_SLOW_LINK };

static const char * const fuse_slow_names[] = { ".", "..", "file", "dir", "link" };

static inline void fuse_slow_reply(uint64_t unique, int err, const void *data, size_t size)
{
	struct fuse_out_header head = { .len = sizeof(head) + size, .error = -err,
					.unique = unique };
	struct iovec io[] = { { &head, sizeof(head) }, { (void *)data, size } };

	/* It fails for a call that nobody waits for any more. */
	if (writev(fuse_slow.dev, io, 2) < 0 && errno != ENOENT)
		bail_out("answer to the kernel");
}

static inline struct fuse_attr fuse_slow_attr(uint64_t nodeid)
{
	struct fuse_attr attr = { .ino = nodeid, .nlink = 1, .blksize = FUSE_SLOW_PAGE };

	switch (nodeid) {
	case FUSE_SLOW_FILE:
		attr.mode = S_IFREG | 0755;
		attr.size = FUSE_SLOW_PAGE;
		break;
	case FUSE_SLOW_LINK:
		attr.mode = S_IFLNK | 0777;
		break;
	default:
		attr.mode = S_IFDIR | 0755;
		break;
	}
	return attr;
}

static inline void fuse_slow_lookup(uint64_t unique, const char *name)
{
	struct fuse_entry_out entry = {};
	unsigned int i;

	for (i = 2; i < 5 && strcmp(name, fuse_slow_names[i]); i++)
		;
	if (i == 5) {
		fuse_slow_reply(unique, ENOENT, NULL, 0);
		return;
	}
	entry.nodeid = i;
	entry.attr = fuse_slow_attr(i);
	fuse_slow_reply(unique, 0, &entry, sizeof(entry));
}

static inline void fuse_slow_readdir(uint64_t unique, uint64_t offset)
{
	struct {
		struct fuse_dirent head;
		char name[8];
	} entries[5] = {};
	unsigned int i;

	for (i = 0; i < 5; i++) {
		entries[i].head.ino = i < 2 ? 1 : i;
		entries[i].head.off = i + 1;
		entries[i].head.namelen = strlen(fuse_slow_names[i]);
		memcpy(entries[i].name, fuse_slow_names[i], strlen(fuse_slow_names[i]));
	}
	if (offset > 5)
		offset = 5;
	fuse_slow_reply(unique, 0, entries + offset, (5 - offset) * sizeof(entries[0]));
}

/* The right answer.  @data is what the kernel said; of what was stalled, nothing is needed. */
static inline void fuse_slow_answer(uint64_t unique, uint32_t opcode, uint64_t nodeid,
				    const void *data)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = 31,
				      .flags = FUSE_PARALLEL_DIROPS,
				      .max_write = FUSE_SLOW_PAGE };
	struct fuse_attr_out attr = { .attr = fuse_slow_attr(nodeid) };
	struct fuse_open_out opened = {};

	switch (opcode) {
	case FUSE_INIT:
		fuse_slow_reply(unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		fuse_slow_lookup(unique, data);
		break;
	case FUSE_GETATTR:
		fuse_slow_reply(unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_READLINK:
		fuse_slow_reply(unique, 0, "file", 4);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		fuse_slow_reply(unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		fuse_slow_reply(unique, 0, fuse_slow_page, FUSE_SLOW_PAGE);
		break;
	case FUSE_READDIR:
		fuse_slow_readdir(unique, ((const struct fuse_read_in *)data)->offset);
		break;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		fuse_slow_reply(unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	default:
		fuse_slow_reply(unique, ENOSYS, NULL, 0);
		break;
	}
}

static inline bool fuse_slow_stalls(const struct fuse_in_header *in)
{
	const struct fuse_slow_stall *stall = &fuse_slow.stall;

	return !fuse_slow.unique && stall->opcode && in->opcode == stall->opcode &&
	       (in->opcode != FUSE_LOOKUP || !strcmp((const char *)(in + 1), stall->name));
}

static inline void fuse_slow_serve(const struct fuse_in_header *in)
{
	uint64_t interrupted;

	if (in->opcode == FUSE_INTERRUPT) {
		interrupted = ((const struct fuse_interrupt_in *)(in + 1))->unique;
		if (interrupted == fuse_slow.unique) {
			fuse_slow.unique = 0;
			fuse_slow_reply(interrupted, EINTR, NULL, 0);
		}
	} else if (fuse_slow_stalls(in)) {
		fuse_slow.unique = in->unique;
		fuse_slow.opcode = in->opcode;
		fuse_slow.nodeid = in->nodeid;
		fuse_slow.stall.opcode = 0;
	} else {
		fuse_slow_answer(in->unique, in->opcode, in->nodeid, in + 1);
	}
}

static inline void *fuse_slow_thread(void *arg)
{
	static char request[FUSE_MIN_READ_BUFFER + FUSE_SLOW_PAGE];

	while (read(fuse_slow.dev, request, sizeof(request)) > 0 || errno == ENOENT ||
	       errno == EINTR) {
		pthread_mutex_lock(&fuse_slow.lock);
		fuse_slow_serve((const struct fuse_in_header *)request);
		pthread_mutex_unlock(&fuse_slow.lock);
	}
	return arg;
}

/* Mounted on @dir, which is made, until the test ends. */
static inline void fuse_slow_start(const char *dir)
{
	char options[96];
	pthread_t thread;

	/* Where it isn't built in. */
	if (access("/dev/fuse", F_OK) && system("PATH=/usr/sbin:/sbin:/usr/bin:/bin modprobe fuse"))
		bail_out("modprobe fuse");
	fuse_slow_page = mmap(NULL, FUSE_SLOW_PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fuse_slow.dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse_slow_page == MAP_FAILED || fuse_slow.dev < 0 || mkdir(dir, 0755))
		bail_out("/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fuse_slow.dev);
	if (mount("vfn-test", dir, "fuse", MS_NODEV, options))
		bail_out("mount FUSE on %s", dir);
	if (pthread_create(&thread, NULL, fuse_slow_thread, NULL))
		bail_out("pthread_create");
}

/* The next call like that stalls. */
static inline void fuse_slow_arm(uint32_t opcode, const char *name)
{
	pthread_mutex_lock(&fuse_slow.lock);
	fuse_slow.stall = (struct fuse_slow_stall){ opcode, name };
	pthread_mutex_unlock(&fuse_slow.lock);
}

/* Has a call stalled, within some seconds? */
static inline bool fuse_slow_stalled(void)
{
	unsigned int tries;
	bool stalled = false;

	for (tries = 0; tries < 10000 && !stalled; tries++) {
		pthread_mutex_lock(&fuse_slow.lock);
		stalled = fuse_slow.unique;
		pthread_mutex_unlock(&fuse_slow.lock);
		if (!stalled)
			usleep(1000);
	}
	return stalled;
}

/* What is stalled gets its answer, and nothing will stall. */
static inline void fuse_slow_release(void)
{
	static const struct fuse_read_in from_start;

	pthread_mutex_lock(&fuse_slow.lock);
	if (fuse_slow.unique)
		fuse_slow_answer(fuse_slow.unique, fuse_slow.opcode, fuse_slow.nodeid,
				 fuse_slow.opcode == FUSE_LOOKUP ?
				 fuse_slow.stall.name : (const void *)&from_start);
	fuse_slow.unique = 0;
	fuse_slow.stall.opcode = 0;
	pthread_mutex_unlock(&fuse_slow.lock);
}

#endif /* KSELFTEST_FUSE_SLOW_H */
