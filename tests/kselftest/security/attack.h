/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security tests: attacks, which must be refused, and controls, which must work
 *
 * A control makes the same steps as an attack where no privilege is at stake: if
 * it fails, that the attack was refused says nothing.
 */
#ifndef KSELFTEST_ATTACK_H
#define KSELFTEST_ATTACK_H

#include <limits.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <libvfn.h>

#include "evil.h"

#define ATTACK_NONE	99	/* how a child ends that couldn't do what it should */

/**
 * struct attack_count - of all processes of the test
 */
struct attack_count {
	unsigned int attacks, refused, controls, worked;
};

static inline struct attack_count *attack_count(void)
{
	static struct attack_count *count;

	if (!count) {
		count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (count == MAP_FAILED)
			bail_out("mmap");
	}
	return count;
}

/* Count an attack; returns @refused. */
static inline bool count_attack(bool refused)
{
	__atomic_add_fetch(&attack_count()->attacks, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&attack_count()->refused, refused, __ATOMIC_SEQ_CST);
	return refused;
}

/* Count a control; returns @worked. */
static inline bool count_control(bool worked)
{
	__atomic_add_fetch(&attack_count()->controls, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&attack_count()->worked, worked, __ATOMIC_SEQ_CST);
	return worked;
}

/* One line of TAP each; to be used after the first attack_begin(). */
#define refused(cond, ...)	ok(count_attack(cond), "attack refused: " __VA_ARGS__)
#define control(cond, ...)	ok(count_control(cond), "control works: " __VA_ARGS__)

/* First of all in main(): children share the counts. */
static inline void attack_begin(void)
{
	if (geteuid())
		bail_out("this test wants root");
	tap();
	attack_count();
}

/* In the place of done(). */
static inline int attack_done(void)
{
	struct attack_count *c = attack_count();

	diag("attacks: %u tried, %u refused; controls: %u tried, %u worked", c->attacks,
	     c->refused, c->controls, c->worked);
	return done();
}

static inline void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		bail_out("write %s", name);
}

/* What the file @name has, as a string that lives until the next call. */
static inline const char *read_file(const char *name)
{
	static char buf[65536];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	buf[len < 0 ? 0 : len] = '\0';
	return buf;
}

static inline bool file_says(const char *name, const char *text)
{
	return !strcmp(read_file(name), text);
}

/* A directory of the test's own, on a file system that can do everything. */
static inline void make_scene(const char *dir)
{
	if ((mkdir(dir, 0755) && errno != EEXIST) ||
	    mount("tmpfs", dir, "tmpfs", 0, "mode=755"))
		bail_out("mount a tmpfs on %s", dir);
}

static inline void make_dir(const char *name, mode_t mode, uid_t owner)
{
	if (mkdir(name, 0755) || chmod(name, mode) || chown(name, owner, owner))
		bail_out("mkdir %s", name);
}

/* A file with @text, of mode @mode. */
static inline void make_text(const char *name, const char *text, mode_t mode)
{
	write_file(name, text);
	if (chmod(name, mode))
		bail_out("chmod %s", name);
}

/* Make the caller a holder of one mapping, or end. */
/* The process ends with its parent, which was @parent, and may have ended already. */
static inline void end_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) || getppid() != parent)
		_exit(EXIT_FAILURE);
}

static inline void must_map(const char *from, const char *to)
{
	if (vfn(from, to))
		bail_out("map %s %s", from, to);
}

/* @nr more mappings in one batch, numbered from @from on, below @dir; 0 or errno. */
static inline int map_more(const char *dir, unsigned int from, unsigned int nr)
{
	struct vfn_batch *batch = vfn_batch_new();
	char name[64];
	unsigned int i;
	int err = 0;

	if (!batch)
		return errno;
	for (i = from; i < from + nr && !err; i++) {
		snprintf(name, sizeof(name), "%s/%u/%u", dir, i / 64, i);
		err = vfn_batch_map(batch, name, "/etc/passwd", 0);
	}
	if (err || vfn_batch_apply(batch, NULL))
		err = errno;
	vfn_batch_free(batch);
	return err;
}

static inline bool fails_with(long result, int err)
{
	return result < 0 && errno == err;
}

/* Runs @fn(@arg) in a child; its wait status. */
static inline int child_status(void (*fn)(const void *arg), const void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		fn(arg);
		_exit(ATTACK_NONE);
	}
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	return status;
}

/* The wait status of a process that ends by exit(@code). */
#define EXITED(code)	((code) << 8)

#endif /* KSELFTEST_ATTACK_H */
