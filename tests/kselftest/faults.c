// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation that a holder's call makes, and every copy from and to user space, fails
 * in turn: a clear errno or the right answer, never another view, and the table is what it was
 *
 * faults		all of it
 * faults NAME...	what has these names
 *
 * It wants a kernel with fault injection: tests/vm/run --kernel debug -- tests/kselftest/run
 * faults.
 */
#include "faults.h"
#include "genl.h"

#define FROM	TOP "/from"	/* is really another file than what it means */
#define TO	TOP "/to"
#define LINK	TOP "/link"	/* leads to FROM */
#define DIR	TOP "/dir"	/* has something hidden, something mapped */
#define MISSING	TOP "/none/deep"

/* What is there: tmpfs, and programs that say which one they are by their status. */
static void make_scene(void)
{
	char *dirs[] = { TOP, TOP "/new", DIR, TOP "/other" };
	unsigned int i;
	int fd;

	for (i = 0; i < COUNT(dirs); i++)
		if (mkdir(dirs[i], 0755))
			bail_out("mkdir %s", dirs[i]);
	make_tiny(FROM, NULL, STATUS_REAL, STATUS_REAL, 0755);
	make_tiny(TO, NULL, STATUS_MAPPED, STATUS_MAPPED, 0755);
	fd = open(DIR "/hidden", O_CREAT | O_WRONLY, 0644);
	if (fd < 0 || close(fd) || symlink("from", LINK))
		bail_out("making " TOP);
}

static void make_view(void)
{
	if (vfn(FROM, TO) || vfn_hide(DIR "/hidden") || vfn(DIR "/mapped", TO) ||
	    vfn(MISSING, TO) || vfn(TOP "/away", TOP "/other"))
		bail_out("making the view");
}

static void no_view(void)
{
}

/* Is it TO?  Answers as an action does. */
static int is_to(const struct stat *st)
{
	struct stat to;

	if (stat(TO, &to))
		return errno;
	return to.st_ino == st->st_ino && to.st_dev == st->st_dev ? RIGHT : WRONG;
}

static int stat_name(const char *name)
{
	struct stat st;
	int err = stat(name, &st) ? errno : 0;

	fault_off();
	return err ?: is_to(&st);
}

static int do_stat(void)
{
	return stat_name(FROM);
}

static int do_link(void)
{
	return stat_name(LINK);
}

static int do_dots(void)
{
	return stat_name(TOP "/away/../from");
}

/* The slow walk, up to a symlink that leads to what is mapped. */
static int do_dots_link(void)
{
	return stat_name(TOP "/away/../link");
}

static int do_hidden(void)
{
	struct stat st;
	int err = stat(DIR "/hidden", &st) ? errno : 0;

	return err == ENOENT ? RIGHT : err ?: WRONG;
}

static int do_open(void)
{
	struct stat st;
	int fd = open(FROM, O_RDONLY), err = errno;

	fault_off();
	if (fd < 0)
		return err;
	err = fstat(fd, &st) ? errno : is_to(&st);
	close(fd);
	return err;
}

static int do_relative(void)
{
	struct stat st;
	int err = fstatat(fault_dir, "from", &st, 0) ? errno : 0;

	fault_off();
	return err ?: is_to(&st);
}

static int do_create(void)
{
	struct stat st;
	int fd = open(TOP "/away/file", O_CREAT | O_WRONLY, 0644), err = errno;

	fault_off();
	if (fd < 0)
		return err;
	close(fd);
	err = stat(TOP "/away/file", &st) || unlink(TOP "/away/file") ? errno : 0;
	return err ?: stat(TOP "/other/file", &st) ? RIGHT : WRONG;
}

static int do_rename(void)
{
	int err;

	if (mkdir(TOP "/away/a", 0755))
		return WRONG;
	fault_on();
	err = rename(TOP "/away/a", TOP "/away/b") ? errno : 0;
	fault_off();
	if (!access(TOP "/other/a", F_OK) == !access(TOP "/other/b", F_OK))
		return WRONG;
	if (rmdir(err ? TOP "/other/a" : TOP "/other/b"))
		return WRONG;
	return err;
}

static int do_missing(void)
{
	struct stat st;
	int err = stat(TOP "/none", &st) ? errno : 0;

	return err ?: S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0555 ? RIGHT : WRONG;
}

static int do_enter(void)
{
	char cwd[PATH_MAX];
	int err = chdir(TOP "/none") ? errno : 0;

	if (err)
		return err;
	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0)
		return errno;
	return strcmp(cwd, TOP "/none") ? WRONG : RIGHT;
}

static int do_getcwd(void)
{
	char cwd[PATH_MAX];

	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0)
		return errno;
	return strcmp(cwd, TOP "/away") ? WRONG : RIGHT;
}

static int do_readlink(void)
{
	char name[PATH_MAX];
	ssize_t len = readlink("/proc/self/cwd", name, sizeof(name) - 1);

	if (len < 0)
		return errno;
	name[len] = '\0';
	return strcmp(name, TOP "/away") ? WRONG : RIGHT;
}

/* A listing may end early with an errno, but never show what isn't in the view. */
static int do_getdents(void)
{
	char buf[4096];
	unsigned int mapped = 0, hidden = 0;
	long len, at, err = 0;
	struct linux_dirent64 {
		uint64_t ino;
		int64_t off;
		unsigned short reclen;
		unsigned char type;
		char name[];
	} *d;

	while ((len = syscall(SYS_getdents64, fault_dir, buf, sizeof(buf))) > 0) {
		for (at = 0; at < len; at += d->reclen) {
			d = (void *)(buf + at);
			mapped += !strcmp(d->name, "mapped");
			hidden += !strcmp(d->name, "hidden");
		}
	}
	if (len < 0)
		err = errno;
	return hidden || mapped > 1 || (!err && !mapped) ? WRONG : err;
}

static int do_apply(void)
{
	struct vfn_op ops[] = {
		{ .op = VFN_OP_MAP, .from = ptr(TOP "/link-to-nowhere/x"), .to = ptr(LINK) },
		{ .op = VFN_OP_HIDE, .from = ptr(TOP "/new/hidden") },
		{ .op = VFN_OP_MAP, .from = ptr(FROM), .to = ptr(TOP "/away/.././new") },
		{ .op = VFN_OP_UNMAP, .from = ptr(FROM) },
		{ .op = VFN_OP_MAP, .from = ptr(TOP "/new/y"), .to = ptr("relative") },
	};

	return apply(ops, COUNT(ops));
}

static int do_hide(void)
{
	struct vfn_op op = { .op = VFN_OP_HIDE, .from = ptr(DIR "/hidden") };

	return apply(&op, 1);
}

static int do_clear(void)
{
	struct vfn_op ops[] = { { .op = VFN_OP_CLEAR }, { .op = VFN_OP_SEAL } };

	return apply(ops, COUNT(ops));
}

static int do_list(void)
{
	static char buf[16384];
	struct vfn_list list = { .size = sizeof(list), .buf = ptr(buf), .buf_size = sizeof(buf) };

	if (ioctl(fault_device, VFN_IOC_LIST, &list))
		return errno;
	return list.nr == 5 ? RIGHT : WRONG;
}

static int do_info(void)
{
	struct vfn_info info = { .size = sizeof(info) };

	if (ioctl(fault_device, VFN_IOC_INFO, &info))
		return errno;
	return info.nr_mappings == 5 ? RIGHT : WRONG;
}

static int do_resolve(void)
{
	static char buf[16384];
	struct vfn_query q = { .size = sizeof(q), .name = ptr(LINK), .dfd = AT_FDCWD,
			       .buf = ptr(buf), .buf_size = sizeof(buf) };

	if (ioctl(fault_device, VFN_IOC_RESOLVE, &q))
		return errno;
	return q.nr == 3 ? RIGHT : WRONG;
}

static int do_snapshot(void)
{
	struct vfn_snapshot snapshot = { .size = sizeof(snapshot) };
	int fd = ioctl(fault_device, VFN_IOC_SNAPSHOT, &snapshot), err = errno;

	fault_off();
	return fd < 0 ? err : close(fd) ? WRONG : RIGHT;
}

/* What make_view() made, in place of what has been done to it since. */
static int do_adopt(void)
{
	struct vfn_snapshot snapshot = { .size = sizeof(snapshot) };
	struct vfn_adopt adopt = { .size = sizeof(adopt) };
	int err;

	adopt.fd = ioctl(fault_device, VFN_IOC_SNAPSHOT, &snapshot);
	if (adopt.fd < 0 || vfn_clear() || vfn(FROM, TOP "/other"))
		bail_out("making a snapshot");
	table_text(outcome->before);
	fault_on();
	err = ioctl(fault_device, VFN_IOC_ADOPT, &adopt) ? errno : RIGHT;
	fault_off();
	close(adopt.fd);
	return err;
}

/* Ask the family, and count what it says of this process, or of its mappings. */
static int ask(int cmd, unsigned int want)
{
	struct genl_seen seen = { .pid = cmd == VFN_CMD_HOLDERS ? getpid() : 0 };
	int sock = genl_open(), family = genl_family(sock, NULL);
	unsigned int nr;

	fault_on();
	genl_ask(sock, family, cmd, getpid(), &seen);
	fault_off();
	close(sock);
	nr = seen.pid ? seen.with_pid : seen.nr;
	return seen.err ?: nr == want ? RIGHT : WRONG;
}

static int do_ask_list(void)
{
	return ask(VFN_CMD_LIST, 5);
}

static int do_ask_holders(void)
{
	return ask(VFN_CMD_HOLDERS, 1);
}

static int do_ask_watch(void)
{
	return ask(VFN_CMD_WATCH, 0);
}

/* The child says what FROM means to it. */
static int do_fork(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(access(DIR "/hidden", F_OK) ? STATUS_MAPPED : STATUS_REAL);
	if (pid < 0)
		return errno;
	fault_off();
	if (waitpid(pid, &status, 0) != pid)
		return WRONG;
	return WIFEXITED(status) && WEXITSTATUS(status) == STATUS_MAPPED ? RIGHT : WRONG;
}

static int do_exec(void)
{
	return exec_name(FROM);
}

/* The kernel alone: what it says, and how it ends, may also be in a view. */
static int do_exec_real(void)
{
	return exec_name(TO);
}

static int do_exec_link(void)
{
	return exec_name(LINK);
}

static void enter_away(void)
{
	make_view();
	if (chdir(TOP "/away"))
		bail_out("chdir");
}

static void open_dir(void)
{
	make_view();
	fault_dir = open(DIR, O_RDONLY | O_DIRECTORY);
	if (fault_dir < 0)
		bail_out("open " DIR);
}

static void open_top(void)
{
	make_view();
	fault_dir = open(TOP, O_RDONLY | O_DIRECTORY);
	if (fault_dir < 0)
		bail_out("open " TOP);
}

static const struct action actions[] = {
	{ "the first edit", no_view, do_hide, .edits = true },
	{ "an edit", make_view, do_apply, .edits = true },
	{ "clear and seal", make_view, do_clear, .edits = true },
	{ "list", make_view, do_list },
	{ "info", make_view, do_info },
	{ "resolve", make_view, do_resolve },
	{ "snapshot", make_view, do_snapshot, .own = ENFILE },
	{ "adopt", make_view, do_adopt, .edits = true, .starts_itself = true },
	{ "list by netlink", make_view, do_ask_list, .starts_itself = true, .own = ENOBUFS },
	{ "holders by netlink", make_view, do_ask_holders, .starts_itself = true, .own = ENOBUFS },
	{ "watch by netlink", make_view, do_ask_watch, .starts_itself = true, .own = ENOBUFS },
	{ "stat", make_view, do_stat },
	{ "stat by a symlink", make_view, do_link },
	{ "stat by ..", make_view, do_dots },
	{ "stat by .. and a symlink", make_view, do_dots_link },
	{ "stat of what is hidden", make_view, do_hidden },
	{ "stat of a relative name", open_top, do_relative },
	{ "stat of a missing parent", make_view, do_missing },
	{ "open", make_view, do_open },
	{ "create", make_view, do_create, .own = ENOSPC },
	{ "rename", make_view, do_rename, .starts_itself = true },
	{ "chdir to a missing parent", make_view, do_enter },
	{ "getcwd", enter_away, do_getcwd },
	{ "readlink in /proc", enter_away, do_readlink, .own = ENOENT },
	{ "getdents", open_dir, do_getdents },
	{ "fork", make_view, do_fork },
	{ "exec without a view", no_view, do_exec_real, .execs = true, .own = E2BIG },
	{ "exec", make_view, do_exec, .execs = true, .own = E2BIG },
	{ "exec by a symlink", make_view, do_exec_link, .execs = true, .own = E2BIG },
};

/* Is it among @names?  All are, if there are none. */
static bool is_named(const struct action *a, char **names, int nr)
{
	int i;

	for (i = 0; i < nr && strcmp(names[i], a->name); i++)
		;
	return i < nr || !nr;
}

int main(int argc, char **argv)
{
	unsigned int i;


	if (access("/proc/thread-self/fail-nth", F_OK)) {
		skip("faults", "this kernel can't let allocations fail: try --kernel debug");
		return done();
	}
	/* Whatever fails in rseq() is the end of the process, and nothing to do with us. */
	if (!getenv("GLIBC_TUNABLES")) {
		setenv("GLIBC_TUNABLES", "glibc.pthread.rseq=0", 1);
		execv("/proc/self/exe", argv);
	}
	faults_init();
	make_scene();
	for (i = 0; i < COUNT(actions); i++)
		if (is_named(&actions[i], argv + 1, argc - 1))
			try_all(&actions[i]);
	return done();
}
