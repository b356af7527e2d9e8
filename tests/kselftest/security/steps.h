/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security tests: what can be done to a file and a directory by their names
 *
 * "%s/secret" is what a security module guards, or its twin, "%s/open", which it does
 * not; their owner is USER, so that nothing else stands in the way.  All steps use
 * names that exist in the view alone.
 */
#ifndef KSELFTEST_STEPS_H
#define KSELFTEST_STEPS_H

#include <dirent.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "attack.h"

#define VIEW		"/vfn-steps"
#define VIEW_DIR	VIEW "/dir"		/* the directory */
#define VIEW_FILE	VIEW "/file"		/* a file in it */
#define VIEW_PROGRAM	VIEW "/program"		/* a program in it */
#define VIEW_PLACE	VIEW "/place"		/* a directory that nobody guards */

static inline int close_after(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

static inline int step_read(void)
{
	return close_after(open(VIEW_FILE, O_RDONLY));
}

static inline int step_write(void)
{
	return close_after(open(VIEW_FILE, O_WRONLY));
}

static inline int step_append(void)
{
	return close_after(open(VIEW_DIR "/file", O_RDWR | O_APPEND));
}

static inline int step_read_below(void)
{
	return close_after(open(VIEW_DIR "/file", O_RDONLY));
}

static inline int step_read_at(void)
{
	int dir = open(VIEW, O_PATH | O_DIRECTORY), fd = openat(dir, "file", O_RDONLY), err = errno;

	close(dir);
	errno = err;
	return close_after(fd);
}

static inline int step_read_by_cwd(void)
{
	int fd;

	if (chdir(VIEW))
		return -1;
	fd = open("dir/file", O_RDONLY);
	return close_after(fd);
}

static inline int step_list(void)
{
	return close_after(open(VIEW_DIR, O_RDONLY | O_DIRECTORY));
}

static inline int step_execute(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(VIEW_PROGRAM, "program", NULL);
		_exit(errno);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	errno = WEXITSTATUS(status);
	return errno == EVIL_USER ? 0 : -1;
}

static inline int step_create(void)
{
	return close_after(open(VIEW_DIR "/new", O_CREAT | O_EXCL | O_WRONLY, 0644));
}

static inline int step_mkdir(void)
{
	return mkdir(VIEW_DIR "/subdir", 0755);
}

static inline int step_rmdir(void)
{
	return rmdir(VIEW_DIR "/old-dir");
}

static inline int step_symlink(void)
{
	return symlink("file", VIEW_DIR "/link");
}

static inline int step_mkfifo(void)
{
	return mkfifo(VIEW_DIR "/fifo", 0644);
}

static inline int step_bind(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = VIEW_DIR "/socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), err = bind(fd, (void *)&name, sizeof(name));
	int saved = errno;

	close(fd);
	errno = saved;
	return err;
}

static inline int step_link_out(void)
{
	return link(VIEW_FILE, VIEW_PLACE "/linked");
}

static inline int step_link_in(void)
{
	return link(VIEW_PLACE "/mine", VIEW_DIR "/linked");
}

static inline int step_rename_in(void)
{
	return rename(VIEW_PLACE "/mine", VIEW_DIR "/mine");
}

static inline int step_rename_out(void)
{
	return rename(VIEW_DIR "/old", VIEW_PLACE "/old");
}

static inline int step_unlink(void)
{
	return unlink(VIEW_DIR "/old-too");
}

static inline int step_truncate(void)
{
	return truncate(VIEW_FILE, 1);
}

static inline int step_chmod(void)
{
	return chmod(VIEW_FILE, 0600);
}

static inline int step_chown(void)
{
	return chown(VIEW_FILE, -1, USER);
}

/* Who guards against a step. */
#define APPARMOR	1
#define LANDLOCK	2

static const struct step {
	const char *name;
	int (*go)(void);
	unsigned int guards;
} steps[] = {
	{ "read a file", step_read, APPARMOR | LANDLOCK },
	{ "write a file", step_write, APPARMOR | LANDLOCK },
	{ "append to a file below a directory", step_append, APPARMOR | LANDLOCK },
	{ "read a file below a directory", step_read_below, APPARMOR | LANDLOCK },
	{ "read a file below a descriptor", step_read_at, APPARMOR | LANDLOCK },
	{ "read a file below the working directory", step_read_by_cwd, APPARMOR | LANDLOCK },
	{ "list a directory", step_list, APPARMOR | LANDLOCK },
	{ "execute a program", step_execute, APPARMOR | LANDLOCK },
	{ "create a file", step_create, APPARMOR | LANDLOCK },
	{ "make a directory", step_mkdir, APPARMOR | LANDLOCK },
	{ "remove a directory", step_rmdir, APPARMOR | LANDLOCK },
	{ "make a symlink", step_symlink, APPARMOR | LANDLOCK },
	{ "make a pipe", step_mkfifo, APPARMOR | LANDLOCK },
	{ "bind a socket", step_bind, APPARMOR | LANDLOCK },
	{ "link a file elsewhere", step_link_out, APPARMOR | LANDLOCK },
	{ "link a file there", step_link_in, APPARMOR | LANDLOCK },
	{ "rename a file to there", step_rename_in, APPARMOR | LANDLOCK },
	{ "rename a file to elsewhere", step_rename_out, APPARMOR | LANDLOCK },
	{ "remove a file", step_unlink, APPARMOR | LANDLOCK },
	{ "truncate a file", step_truncate, APPARMOR },
	{ "change a file's mode", step_chmod, APPARMOR },
	{ "change a file's group", step_chown, APPARMOR },
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static inline void steps_own(const char *name)
{
	if (chown(name, USER, USER))
		bail_out("chown %s", name);
}

/* Make @dir anew, as root: what the steps are made on. */
static inline void steps_prepare(const char *dir)
{
	static const char * const files[] = { "file", "old", "old-too" };
	char name[PATH_MAX];
	size_t i;

	snprintf(name, sizeof(name), "rm -rf %s && mkdir %s", dir, dir);
	if (system(name))
		bail_out("make %s", dir);
	steps_own(dir);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", dir, files[i]);
		write_file(name, "precious\n");
		steps_own(name);
	}
	snprintf(name, sizeof(name), "%s/program", dir);
	make_evil(name);
	steps_own(name);
	snprintf(name, sizeof(name), "%s/old-dir", dir);
	make_dir(name, 0755, USER);
}

/* The same of @dir, which nobody guards. */
static inline void steps_prepare_place(const char *dir)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "rm -rf %s && mkdir %s", dir, dir);
	if (system(name))
		bail_out("make %s", dir);
	steps_own(dir);
	snprintf(name, sizeof(name), "%s/mine", dir);
	write_file(name, "mine\n");
	steps_own(name);
}

/* The caller's view: the steps lead to @dir and @place. */
static inline void steps_map(const char *dir, const char *place)
{
	char name[PATH_MAX];

	must_map(VIEW_DIR, dir);
	must_map(VIEW_PLACE, place);
	snprintf(name, sizeof(name), "%s/file", dir);
	must_map(VIEW_FILE, name);
	snprintf(name, sizeof(name), "%s/program", dir);
	must_map(VIEW_PROGRAM, name);
}

/* Make all steps; @errs gets the errno of each. */
static inline void steps_go(int *errs)
{
	size_t i;

	for (i = 0; i < STEPS; i++)
		errs[i] = steps[i].go() ? errno : 0;
}

#endif /* KSELFTEST_STEPS_H */
