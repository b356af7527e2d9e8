/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations of names-fuzz, in either world
 */
#ifndef KSELFTEST_FUZZ_OPS_H
#define KSELFTEST_FUZZ_OPS_H

#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fuzz-list.h"
#include "fuzz-world.h"

static int fuzz_slots[FUZZ_SLOTS] = { -1, -1, -1 };

/* Prints what an operation gave. */
__attribute__((format(printf, 2, 3)))
static inline void fuzz_say(char *result, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(result, FUZZ_RESULT, fmt, args);
	va_end(args);
}

static inline void fuzz_say_ret(char *result, long ret)
{
	if (ret < 0)
		fuzz_say(result, "%s", strerrorname_np(errno));
	else
		fuzz_say(result, "%ld", ret);
}

static inline int fuzz_base(int base)
{
	return base >= 0 ? fuzz_slots[base] : AT_FDCWD;
}

static inline void fuzz_do_stat(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	struct stat st;

	if (fstatat(fuzz_base(op->base), fuzz_at(op->name), &st, op->flags))
		fuzz_say_ret(result, -1);
	else
		fuzz_say(result, "%s", fuzz_stat_text(w, &st));
}

/* What has been opened, and what can be read and written there. */
static inline void fuzz_say_file(struct fuzz_world *w, int fd, unsigned int flags, char *result)
{
	char content[64] = "";
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st)) {
		fuzz_say_ret(result, -1);
		return;
	}
	if (S_ISREG(st.st_mode) && !(flags & O_PATH)) {
		if ((flags & O_ACCMODE) != O_RDONLY)
			dprintf(fd, "w%u", w->side->done);
		len = pread(fd, content, sizeof(content) - 1, 0);
		content[len < 0 ? 0 : len] = '\0';
		if (!strncmp(content, "\177ELF", 4))
			strcpy(content, "program");
		fstat(fd, &st);
	}
	fuzz_say(result, "%s \"%.*s\"", fuzz_stat_text(w, &st), (int)strcspn(content, "\n"),
		 content);
	close(fd);
}

static inline void fuzz_do_open(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	int fd = openat(fuzz_base(op->base), fuzz_at(op->name), op->flags | O_CLOEXEC, 0644);

	fuzz_say_file(w, fd, op->flags, result);
}

static inline void fuzz_do_openat2(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	struct open_how how = {
		.flags = op->flags | O_CLOEXEC,
		.mode = op->flags & O_CREAT ? 0644 : 0,
		.resolve = op->more,
	};
	int fd = syscall(SYS_openat2, fuzz_base(op->base), fuzz_at(op->name), &how, sizeof(how));

	fuzz_say_file(w, fd, op->flags, result);
}

static inline void fuzz_do_readlink(const struct fuzz_op *op, char *result)
{
	char buf[PATH_MAX];
	ssize_t len = readlinkat(fuzz_base(op->base), fuzz_at(op->name), buf, sizeof(buf));

	if (len < 0)
		fuzz_say_ret(result, -1);
	else
		fuzz_say(result, "%.*s", (int)len, buf);
}

static inline void fuzz_do_getcwd(char *result)
{
	char buf[PATH_MAX], link[PATH_MAX];

	if (syscall(SYS_getcwd, buf, sizeof(buf)) < 0)
		snprintf(buf, sizeof(buf), "%s", strerrorname_np(errno));
	fuzz_name_of(AT_FDCWD, link);
	fuzz_say(result, "%s %s", buf, link);
}

/* -1: it can't be compared. */
static inline int fuzz_do_fdname(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	int fd = openat(fuzz_base(op->base), fuzz_at(op->name), O_PATH | O_CLOEXEC | op->flags);
	char name[PATH_MAX];
	int skip = 0;

	if (fd < 0) {
		fuzz_say_ret(result, -1);
		return 0;
	}
	if (w->side->reference && !fuzz_named(fd))
		skip = -1;
	fuzz_name_of(fd, name);
	fuzz_say(result, "%s", name);
	close(fd);
	return skip;
}

static inline int fuzz_do_list(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	int fd = openat(fuzz_base(op->base), fuzz_at(op->name),
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;
	int skip = 0;

	if (fd < 0 || fstat(fd, &st)) {
		fuzz_say_ret(result, -1);
		return 0;
	}
	/* What is outside the tree is not the same for long. */
	if (w->side->reference && (st.st_dev != w->dev || !fuzz_named(fd)))
		skip = -1;
	else
		fuzz_list(w, fd, op->flags, result);
	close(fd);
	return skip;
}

static inline void fuzz_do_slot(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	unsigned int slot = op->more % FUZZ_SLOTS;
	int fd = openat(fuzz_base(op->base), fuzz_at(op->name),
			op->flags | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fuzz_slots[slot] >= 0)
		close(fuzz_slots[slot]);
	fuzz_slots[slot] = fd;
	if (fd < 0 || fstat(fd, &st))
		fuzz_say_ret(result, -1);
	else
		fuzz_say(result, "%s", fuzz_stat_text(w, &st));
}

static inline void fuzz_do_exec(const struct fuzz_op *op, char *result)
{
	char *argv[] = { "x", NULL }, *envp[] = { NULL };
	const char *name = fuzz_at(op->name);
	volatile int err = 0;
	int status;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		syscall(SYS_execveat, fuzz_base(op->base), name, argv, envp, op->flags);
		err = errno;
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("vfork");
	if (err)
		fuzz_say(result, "%s", strerrorname_np(err));
	else
		fuzz_say(result, "status %#x", status);
}

/* Sockets that were bound stay open, so that others can connect to them. */
static inline void fuzz_do_socket(const struct fuzz_op *op, char *result)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX }, peer;
	socklen_t len = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", fuzz_at(op->name));
	if (op->kind == FUZZ_BIND) {
		fuzz_say_ret(result, bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
		return;
	}
	err = connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	if (err || getpeername(fd, (struct sockaddr *)&peer, &len))
		fuzz_say_ret(result, -1);
	else
		fuzz_say(result, "%s", peer.sun_path);
	close(fd);
}

static inline long fuzz_call(const struct fuzz_op *op, int dfd, const char *name,
			     int dfd2, const char *name2)
{
	switch (op->kind) {
	case FUZZ_ACCESS:
		return faccessat(dfd, name, op->flags, 0);
	case FUZZ_CHDIR:
		return chdir(name);
	case FUZZ_UNLINK:
		return unlinkat(dfd, name, 0);
	case FUZZ_RMDIR:
		return unlinkat(dfd, name, AT_REMOVEDIR);
	case FUZZ_MKDIR:
		return mkdirat(dfd, name, op->flags);
	case FUZZ_SYMLINK:
		return symlinkat(name2, dfd, name);
	case FUZZ_LINK:
		return linkat(dfd, name, dfd2, name2, op->flags);
	case FUZZ_RENAME:
		return renameat2(dfd, name, dfd2, name2, op->flags);
	case FUZZ_MKFIFO:
		return mkfifoat(dfd, name, 0644);
	case FUZZ_CHMOD:
		return fchmodat(dfd, name, op->flags, 0);
	case FUZZ_TRUNCATE:
		return truncate(name, op->flags);
	}
	bail_out("no operation %u", op->kind);
}

/* Does the operation take a name relative to a descriptor? */
static inline bool fuzz_takes_base(unsigned int kind)
{
	return kind != FUZZ_CHDIR && kind != FUZZ_TRUNCATE && kind != FUZZ_BIND &&
	       kind != FUZZ_CONNECT;
}

/* Do @op; -1: what it gives can't be compared. */
static inline int fuzz_do(struct fuzz_world *w, const struct fuzz_op *op, char *result)
{
	switch (op->kind) {
	case FUZZ_STAT:
	case FUZZ_LSTAT:
		fuzz_do_stat(w, op, result);
		return 0;
	case FUZZ_OPEN:
		fuzz_do_open(w, op, result);
		return 0;
	case FUZZ_OPENAT2:
		fuzz_do_openat2(w, op, result);
		return 0;
	case FUZZ_READLINK:
		fuzz_do_readlink(op, result);
		return 0;
	case FUZZ_GETCWD:
		fuzz_do_getcwd(result);
		return 0;
	case FUZZ_FDNAME:
		return fuzz_do_fdname(w, op, result);
	case FUZZ_LIST:
		return fuzz_do_list(w, op, result);
	case FUZZ_SLOT:
		fuzz_do_slot(w, op, result);
		return 0;
	case FUZZ_EXEC:
		fuzz_do_exec(op, result);
		return 0;
	case FUZZ_BIND:
	case FUZZ_CONNECT:
		fuzz_do_socket(op, result);
		return 0;
	}
	fuzz_say_ret(result, fuzz_call(op, fuzz_base(op->base), fuzz_at(op->name),
				       fuzz_base(op->base2), fuzz_at(op->name2)));
	return 0;
}

#endif /* KSELFTEST_FUZZ_OPS_H */
