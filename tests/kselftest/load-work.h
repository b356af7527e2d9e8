/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the workers of load-rounds do, at random
 *
 * Whatever anybody maps, hides, inherits or adopts, /vfn-load/N leads to file N or nowhere.
 */
#ifndef KSELFTEST_LOAD_WORK_H
#define KSELFTEST_LOAD_WORK_H

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <libvfn.h>

#include "evil.h"
#include "pass-fd.h"

#define LOAD_DIR	"/run/vfn-load"		/* what is there for all */
#define LOAD_VIEW	"/vfn-load"		/* what is there for holders */
#define LOAD_PROGRAM	LOAD_VIEW "/program"
#define LOAD_STATUS	10			/* of the program */
#define LOAD_NAMES	8
#define LOAD_BATCH	100

/**
 * struct load - what all processes share
 * @ready:	workers of this round that hold a table
 * @wrong:	something was not as it must be
 * @calls:	made by workers
 * @targets:	the files
 * @sockets:	for snapshots, between any two workers
 */
static struct load {
	atomic_uint ready;
	atomic_uint wrong;
	atomic_ulong calls;
	struct stat targets[LOAD_NAMES];
	int sockets[2];
} *load;

/* A thread's random numbers. */
static __thread unsigned int load_random;

static inline unsigned int load_rnd(unsigned int n)
{
	load_random = load_random * 1103515245 + 12345;
	return (load_random >> 16) % n;
}

/* What must be so, or the test fails; and the process ends. */
#define load_must(cond) do { \
	if (!(cond)) { \
		diag("%s: %s: %m", __func__, #cond); \
		atomic_fetch_add(&load->wrong, 1); \
		_exit(EXIT_FAILURE); \
	} \
} while (0)

/* Good until the next but one. */
static inline const char *load_name(const char *dir, unsigned int i)
{
	static __thread char name[2][64];
	static __thread bool which;

	which = !which;
	snprintf(name[which], sizeof(name[which]), "%s/%u", dir, i);
	return name[which];
}

static inline bool load_is(const struct stat *st, unsigned int i)
{
	return st->st_dev == load->targets[i].st_dev && st->st_ino == load->targets[i].st_ino;
}

static inline void load_map(void)
{
	unsigned int i = load_rnd(LOAD_NAMES);

	load_must(!vfn(load_name(LOAD_VIEW, i), load_name(LOAD_DIR, i)));
}

static inline void load_hide(void)
{
	load_must(!vfn_hide(load_name(LOAD_VIEW, load_rnd(LOAD_NAMES))));
}

static inline void load_unmap(void)
{
	load_must(!vfn_unmap(load_name(LOAD_VIEW, load_rnd(LOAD_NAMES))) || errno == ENOENT);
}

/* All the names at once, and many others. */
static inline void load_batch(void)
{
	struct vfn_batch *batch = vfn_batch_new();
	unsigned int i;

	load_must(batch);
	load_must(load_rnd(2) || !vfn_batch_clear(batch));
	for (i = 0; i < LOAD_NAMES; i++)
		load_must(!vfn_batch_map(batch, load_name(LOAD_VIEW, i),
					 load_name(LOAD_DIR, i), 0));
	load_must(!vfn_batch_map(batch, LOAD_PROGRAM, LOAD_DIR "/program", 0));
	for (i = 0; i < LOAD_BATCH; i++)
		load_must(!vfn_batch_map(batch, load_name(LOAD_VIEW "/many", load_rnd(1000)),
					 LOAD_DIR, 0));
	load_must(!vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
}

static inline void load_clear(void)
{
	load_must(load_rnd(4) || !vfn_clear());
}

static inline void load_look(void)
{
	unsigned int i = load_rnd(LOAD_NAMES);
	const char *name = load_name(LOAD_VIEW, i);
	struct stat st;
	int fd;

	load_must(!stat(name, &st) ? load_is(&st, i) : errno == ENOENT);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	load_must(fd < 0 ? errno == ENOENT : !fstat(fd, &st) && load_is(&st, i));
	if (fd >= 0)
		close(fd);
}

/* What is no mapping. */
static inline void load_look_elsewhere(void)
{
	unsigned int i = load_rnd(LOAD_NAMES);
	struct stat st;

	load_must(!stat(load_name(LOAD_DIR "/../vfn-load", i), &st) && load_is(&st, i));
}

static inline void load_list_dir(void)
{
	DIR *dir = opendir(LOAD_VIEW);
	const struct dirent *entry;
	unsigned int nr = 0;

	load_must(dir || errno == ENOENT);
	while (dir && (entry = readdir(dir)))
		nr++;
	load_must(!dir || nr <= 2 + LOAD_NAMES + 2);
	if (dir)
		closedir(dir);
}

static inline void load_list(void)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping map;

	load_must(iter);
	while (vfn_iter_next(iter, &map) == 1)
		load_must(!strncmp(map.from, LOAD_VIEW "/", sizeof(LOAD_VIEW)));
	vfn_iter_free(iter);
}

static inline void load_resolve(void)
{
	struct vfn_steps *steps = vfn_resolve(AT_FDCWD,
					      load_name(LOAD_VIEW, load_rnd(LOAD_NAMES)), 0);

	load_must(steps || errno == ENOENT);
	vfn_steps_free(steps);
}

/* For whoever takes it; if there are too many already, for nobody. */
static inline void load_give(void)
{
	int fd = vfn_snapshot();

	load_must(fd >= 0);
	pass_fd(load->sockets[0], fd);
	close(fd);
}

static inline void load_take(void)
{
	int fd = take_fd(load->sockets[1]);

	if (fd < 0)
		return;
	load_must(!vfn_adopt(fd));
	close(fd);
}

static inline void load_reap(pid_t pid, int want, int other)
{
	int status;

	load_must(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	load_must(WEXITSTATUS(status) == want || WEXITSTATUS(status) == other);
}

/* The child may have children of its own, which outlive it. */
static inline void load_fork(void)
{
	pid_t pid = fork();
	unsigned int i;

	if (pid) {
		load_reap(pid, 0, 0);
		return;
	}
	if (!load_rnd(3))
		load_must(fork() >= 0);
	for (i = load_rnd(10); i; i--) {
		load_look();
		load_map();
		load_list_dir();
	}
	_exit(EXIT_SUCCESS);
}

static inline void load_exec(void)
{
	pid_t pid = fork();

	if (pid) {
		load_reap(pid, LOAD_STATUS, 0);
		return;
	}
	execl(LOAD_PROGRAM, LOAD_PROGRAM, NULL);
	load_must(errno == ENOENT);
	_exit(EXIT_SUCCESS);
}

static inline void load_spawn(void)
{
	static char name[] = LOAD_PROGRAM;
	char *argv[] = { name, NULL };
	pid_t pid;
	int err = posix_spawn(&pid, name, NULL, NULL, argv, NULL);

	load_must(!err || err == ENOENT);
	if (!err)
		load_reap(pid, LOAD_STATUS, LOAD_STATUS);
}

/* All threads of the process end, this way or that. */
static inline void load_die(void)
{
	if (load_rnd(50))
		return;
	switch (load_rnd(3)) {
	case 0:
		_exit(EXIT_SUCCESS);
	case 1:
		kill(getpid(), SIGKILL);
		break;
	default:
		execl(LOAD_DIR "/program", LOAD_PROGRAM, NULL);
		load_must(!"execl() came back");
	}
}

static inline void load_step(void)
{
	static void (* const steps[])(void) = {
		load_map, load_hide, load_unmap, load_batch, load_clear, load_look, load_look,
		load_look_elsewhere, load_list_dir, load_list, load_resolve, load_give,
		load_take, load_fork, load_exec, load_spawn, load_die,
	};

	steps[load_rnd(sizeof(steps) / sizeof(steps[0]))]();
	atomic_fetch_add(&load->calls, 1);
}

/* What there is for all; and the memory that is shared. */
static inline void load_prepare(void)
{
	unsigned int i;
	int fd;

	load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (load == MAP_FAILED || mkdir(LOAD_DIR, 0755))
		bail_out("make " LOAD_DIR);
	for (i = 0; i < LOAD_NAMES; i++) {
		fd = open(load_name(LOAD_DIR, i), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0 || fstat(fd, &load->targets[i]) || close(fd))
			bail_out("make %s", load_name(LOAD_DIR, i));
	}
	make_tiny(LOAD_DIR "/program", NULL, LOAD_STATUS, LOAD_STATUS, 0755);
}

#endif /* KSELFTEST_LOAD_WORK_H */
