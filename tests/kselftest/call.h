/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests: one system call, tried by every form of name in every kind of view
 *
 * For each test there are two fresh directories, on two file systems:
 *
 *	TOP/view/n		a decoy, which the view's name covers
 *	TOP/view/dir/n		another
 *	TOP/plain/n		a name without a mapping
 *	REAL/n, REAL/dir/n	where the mappings lead
 *	TOP/none		doesn't exist
 *
 * A child makes the mapping, gives up root and makes the call.  The parent never
 * has a table: it looks, while the child is still there, at what has become of the
 * object, and whether all else is as it was.
 */
#ifndef KSELFTEST_CALL_H
#define KSELFTEST_CALL_H

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <libvfn.h>

#include "call-types.h"
#include "old-calls.h"
#include "tap.h"

#define CALL_USER	1000
#define CALL_XATTR	"trusted.vfn"	/* tmpfs has no user.* before 6.6 */

static char call_base[48];

static inline void call_see(struct call_seen *seen, const char *name)
{
	ssize_t len = 0;
	int fd;

	memset(seen, 0, sizeof(*seen));
	seen->there = !lstat(name, &seen->st);
	if (!seen->there && errno != ENOENT && errno != ENOTDIR)
		bail_out("lstat %s", name);
	/* Looking changes it. */
	memset(&seen->st.st_atim, 0, sizeof(seen->st.st_atim));
	if (!seen->there)
		return;
	if (S_ISLNK(seen->st.st_mode)) {
		len = readlink(name, seen->text, sizeof(seen->text) - 1);
	} else if (S_ISREG(seen->st.st_mode)) {
		/* Pinned bpf objects look like files, but can't be opened. */
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			len = read(fd, seen->text, sizeof(seen->text) / 2);
		close(fd);
	} else if (S_ISDIR(seen->st.st_mode)) {
		DIR *dir = opendir(name);

		while (dir && readdir(dir))
			seen->text[0]++;
		closedir(dir);
		len = 1;
	}
	if (len < 0)
		bail_out("reading %s", name);
	len += lgetxattr(name, CALL_XATTR, seen->text + len, sizeof(seen->text) - len) + 1;
}

static inline bool call_unchanged(const struct call_seen *was, const char *name)
{
	struct call_seen is;

	call_see(&is, name);
	if (!memcmp(was, &is, sizeof(is)))
		return true;
	diag("%s was touched", name);
	return false;
}

static inline bool call_is(const char *name, mode_t type)
{
	struct stat st;

	if (!lstat(name, &st) && (st.st_mode & S_IFMT) == type)
		return true;
	diag("%s is not of type %#o", name, type);
	return false;
}

static inline bool call_absent(const char *name)
{
	struct stat st;

	if (lstat(name, &st) && (errno == ENOENT || errno == ENOTDIR))
		return true;
	diag("%s exists", name);
	return false;
}

/* struct call.check: the object that was there is the one that was reached. */
static inline bool call_check_same(const struct call_test *t, const struct call_result *r)
{
	if (r->dev == t->target.st.st_dev && r->ino == t->target.st.st_ino)
		return true;
	diag("reached %llx:%llu, not %llx:%llu", (unsigned long long)r->dev,
	     (unsigned long long)r->ino, (unsigned long long)t->target.st.st_dev,
	     (unsigned long long)t->target.st.st_ino);
	return false;
}

/* struct call.check: the object that was there is gone. */
static inline bool call_check_gone(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_absent(t->place);
}

/* Is @name now the object that was at the place before? */
static inline bool call_moved_to(const struct call_test *t, const char *name)
{
	struct stat st;

	if (!lstat(name, &st) && st.st_dev == t->target.st.st_dev &&
	    st.st_ino == t->target.st.st_ino)
		return true;
	diag("%s is not what was at %s", name, t->place);
	return false;
}

static inline void call_result_stat(struct call_result *r, const struct stat *st)
{
	r->dev = st->st_dev;
	r->ino = st->st_ino;
}

static inline void call_make_object(const char *name, enum call_kind kind, bool decoy)
{
	const char *text = decoy ? "decoy" : "target";
	int fd;

	switch (kind) {
	case CALL_NOTHING:
		return;
	case CALL_FILE:
		fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, text, strlen(text)) < 0)
			bail_out("making %s", name);
		/* What only the target allows tells them apart. */
		fchmod(fd, decoy ? 0640 : 0750);
		close(fd);
		break;
	case CALL_DIR:
		if (mkdir(name, 0755))
			bail_out("mkdir %s", name);
		break;
	case CALL_LINK:
		if (symlink(decoy ? "to-decoy" : "to-target", name))
			bail_out("symlink %s", name);
		break;
	}
	if (lchown(name, CALL_USER, CALL_USER) ||
	    lsetxattr(name, CALL_XATTR, text, strlen(text), 0) ||
	    (!decoy && lsetxattr(name, CALL_XATTR ".more", "", 0, 0)))
		bail_out("%s", name);
}

static inline void call_make_dir(const char *top, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	if (mkdir(path, 0755) || chown(path, CALL_USER, CALL_USER))
		bail_out("mkdir %s", path);
}

static inline void call_path(const struct call_test *t, char *buf, size_t size,
			     const char *name)
{
	if (!strncmp(name, "real/", 5))
		snprintf(buf, size, "%s/%s", t->real, name + 5);
	else
		snprintf(buf, size, "%s/%s", t->top, name);
}

/* A directory name's length. */
static inline int call_dir_len(const char *name)
{
	return strrchr(name, '/') - name;
}

static inline void call_set_stage(struct call_test *t, struct call_seen *decoys)
{
	static const char * const names[] = { "view/n", "view/dir/n" };
	enum call_kind kind = t->call->kind;
	static int serial;
	char path[128];
	size_t i;

	snprintf(t->top, sizeof(t->top), "%s/top/%d", call_base, ++serial);
	snprintf(t->real, sizeof(t->real), "%s/real/%d", call_base, serial);
	call_make_dir(t->top, "");
	call_make_dir(t->real, "");
	call_make_dir(t->real, "dir");
	call_make_dir(t->top, "view");
	call_make_dir(t->top, "view/dir");
	call_make_dir(t->top, "plain");
	call_path(t, t->name, sizeof(t->name), t->scene->name);
	call_path(t, t->place, sizeof(t->place), t->scene->place);
	if (t->scene->to)
		snprintf(t->other, sizeof(t->other), "%.*s/other", call_dir_len(t->place),
			 t->place);
	else
		snprintf(t->other, sizeof(t->other), "%s/plain/other", t->top);
	for (i = 0; i < 2; i++) {
		call_path(t, path, sizeof(path), names[i]);
		if (t->call->make)
			t->call->make(path, true);
		else
			call_make_object(path, kind == CALL_NOTHING ? CALL_FILE : kind, true);
	}
	if (t->scene->to && t->call->make)
		t->call->make(t->place, false);
	else if (t->scene->to)
		call_make_object(t->place, kind, false);
	call_see(&t->target, t->place);
	for (i = 0; i < 2; i++) {
		call_path(t, path, sizeof(path), names[i]);
		call_see(&decoys[i], path);
	}
	call_path(t, path, sizeof(path), "view");
	call_see(&decoys[2], path);
}

/* Nothing but the target may have changed. */
static inline bool call_stage_is_clean(const struct call_test *t,
				       const struct call_seen *decoys)
{
	static const char * const names[] = { "view/n", "view/dir/n", "view" };
	char path[128];
	bool good = true;
	size_t i;

	for (i = 0; i < 3; i++) {
		call_path(t, path, sizeof(path), names[i]);
		good &= call_unchanged(&decoys[i], path);
	}
	call_path(t, path, sizeof(path), "none");
	return call_absent(path) && good;
}

static inline bool call_enter_view(const struct call_test *t)
{
	char from[128], to[128];

	call_path(t, from, sizeof(from), t->scene->from);
	if (!t->scene->to)
		return !vfn_hide(from);
	call_path(t, to, sizeof(to), t->scene->to);
	return !vfn_map(from, to, t->call->flags & CALL_NOFOLLOW ? VFN_NOFOLLOW : 0);
}

static inline void call_drop_root(void)
{
	if (setgroups(0, NULL) || setresgid(CALL_USER, CALL_USER, CALL_USER) ||
	    setresuid(CALL_USER, CALL_USER, CALL_USER))
		bail_out("giving up root");
	/* What a call has opened is told in /proc, until 5.14 to who owns the files there. */
	if (prctl(PR_SET_DUMPABLE, 1))
		bail_out("PR_SET_DUMPABLE");
}

/* Where relative names begin, and what is the name from there. */
static inline bool call_take_form(const struct call_test *t, struct call_at *at)
{
	bool parent = t->form == CALL_CWD_PARENT || t->form == CALL_DIRFD_PARENT;
	const char *skip;
	char dir[128];

	at->dfd = t->call->flags & CALL_AT ? AT_FDCWD : -1;
	at->name = t->name;
	at->other = t->other;
	if (chdir("/"))
		return false;
	if (t->form == CALL_ABSOLUTE) {
		at->dfd = -1;	/* nobody looks at it */
		return true;
	}
	skip = parent ? strrchr(t->name, '/') : t->name + strlen(t->top);
	snprintf(dir, sizeof(dir), "%.*s", (int)(skip - t->name), t->name);
	at->name = skip + 1;
	if (t->form == CALL_CWD || t->form == CALL_CWD_PARENT)
		return !chdir(dir);
	at->dfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return at->dfd >= 0;
}

static inline void call_child(const struct call_test *t, struct call_result *r)
{
	struct call_at at;

	umask(0);
	if (!(t->call->flags & CALL_ROOT))
		call_drop_root();
	if (!call_enter_view(t)) {
		snprintf(r->trouble, sizeof(r->trouble), "vfn: %m");
		return;
	}
	if (!call_take_form(t, &at)) {
		snprintf(r->trouble, sizeof(r->trouble), "entering the directory: %m");
		return;
	}
	errno = 0;
	r->ret = t->call->run(&at, r);
	r->err = r->ret < 0 ? errno : 0;
}

/* Does the call exist, when nothing is mapped, and no such name is there? */
static inline bool call_exists(const struct call *call)
{
	static const int absent = 99;
	char other[128];
	struct call_at at = { -1, "", other };
	struct call_result r;
	int status;
	pid_t pid;

	/* Some calls want it to be made first. */
	snprintf(other, sizeof(other), "%s/exists", call_base);
	pid = fork();
	if (!pid) {
		/* What it says when it can't go on is of no interest. */
		close(STDOUT_FILENO);
		_exit(call->run(&at, &r) < 0 && errno == ENOSYS ? absent : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("fork");
	remove(other);
	return !WIFEXITED(status) || WEXITSTATUS(status) != absent;
}

static inline bool call_judge(const struct call_test *t, const struct call_result *r,
			      const struct call_seen *decoys)
{
	bool good = call_stage_is_clean(t, decoys);

	if (r->trouble[0]) {
		diag("%s", r->trouble);
		return false;
	}
	if (!t->scene->to) {
		if (r->ret < 0 && r->err == ENOENT)
			return good;
		diag("returned %ld (%s), not ENOENT", r->ret, strerror(r->err));
		return false;
	}
	if (r->ret < 0) {
		diag("%s", strerror(r->err));
		return false;
	}
	return t->call->check(t, r) && good;
}

static inline bool call_try(struct call_test *t)
{
	struct call_result *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct call_seen decoys[3];
	int ready[2], leave[2];
	bool good;
	pid_t pid;
	char c;

	call_set_stage(t, decoys);
	if (r == MAP_FAILED || pipe2(ready, O_CLOEXEC) || pipe2(leave, O_CLOEXEC))
		bail_out("mmap, pipe");
	strcpy(r->trouble, "the child died");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		close(ready[0]);
		close(leave[1]);
		r->trouble[0] = '\0';
		call_child(t, r);
		close(ready[1]);
		_exit(read(leave[0], &c, 1) < 0);
	}
	close(ready[1]);
	close(leave[0]);
	if (read(ready[0], &c, 1) < 0)
		bail_out("read");
	good = call_judge(t, r, decoys);
	close(leave[1]);
	close(ready[0]);
	if (waitpid(pid, NULL, 0) != pid)
		bail_out("waitpid");
	munmap(r, sizeof(*r));
	return good;
}

static inline bool call_form_fits(const struct call_test *t)
{
	if (t->form >= CALL_DIRFD && !(t->call->flags & CALL_AT))
		return false;
	/* There is no such directory to be in. */
	return !(t->form == CALL_CWD_PARENT || t->form == CALL_DIRFD_PARENT) ||
	       strcmp(t->scene->name, "none/n");
}

static inline void call_run(const struct call *call)
{
	struct call_test t = { .call = call };
	size_t i;

	if (!call_exists(call)) {
		skip(call->name, "this kernel has no such call");
		return;
	}
	for (i = 0; i < sizeof(call_scenes) / sizeof(call_scenes[0]); i++) {
		t.scene = &call_scenes[i];
		for (t.form = 0; t.form < CALL_FORMS; t.form++) {
			if (call_form_fits(&t))
				ok(call_try(&t), "%s: %s, %s", call->name, t.scene->what,
				   call_forms[t.form]);
		}
	}
}

static inline void call_mount(const char *name, const char *options)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", call_base, name);
	if (mkdir(path, 0755) || mount("vfn-test", path, "tmpfs", 0, options))
		bail_out("mounting a tmpfs on %s", path);
}

/* Two file systems below a new directory, call_base; nobody else sees the mounts. */
static inline void call_begin(void)
{
	const char *dir = getenv("TMPDIR") ?: "/tmp";

	if (geteuid())
		bail_out("must be run by root, and user is %d", geteuid());
	umask(0);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace of my own");
	snprintf(call_base, sizeof(call_base), "%s/vfn-XXXXXX", dir);
	if (!mkdtemp(call_base) || chmod(call_base, 0755))
		bail_out("mkdtemp %s", call_base);
	call_mount("top", "size=64m");
	call_mount("real", "size=48m");
}

static inline void call_end(void)
{
	static const char * const names[] = { "top", "real" };
	char path[128];

	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", call_base, names[i]);
		umount2(path, MNT_DETACH);
		rmdir(path);
	}
	rmdir(call_base);
}

static inline int call_main(const struct call *calls, size_t nr)
{
	call_begin();
	for (size_t i = 0; i < nr; i++)
		call_run(&calls[i]);
	call_end();
	return done();
}

#define CALL_MAIN(calls)						\
	int main(void)							\
	{								\
		return call_main(calls, sizeof(calls) / sizeof(calls[0])); \
	}

#endif /* KSELFTEST_CALL_H */
