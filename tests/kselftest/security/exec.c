// SPDX-License-Identifier: GPL-2.0
/*
 * S3: programs with more privilege than the holder start without a table and
 * with their own interpreters; those with none keep both
 *
 * The programs are copies of this one, privileged in all the ways there are, and
 * started in all the ways there are, by a user whose view has an attacker's
 * file in the place of everything a program needs before its main() runs.
 */
#include <limits.h>
#include <linux/capability.h>
#include <linux/xattr.h>
#include <pthread.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <libvfn.h>

#include "evil.h"

#define DIR	"/var/lib/vfn-exec"
#define NOSUID	DIR "/nosuid"
#define EVIL	DIR "/evil"
#define ROOT	DIR "/root"
#define PROBE	"/vfn-exec-probe"	/* exists in the view alone */
#define OTHER	1001			/* another ordinary user */

#define REPORT_FD	9
#define REPORT_ENV	"VFN_TEST_REPORT"
#define NO_EXEC		99		/* how a process ends that couldn't start it */

/**
 * struct report - what a program tells of itself
 * @euid:	and @egid: what it runs as
 * @permitted:	capabilities
 * @secure:	the kernel says that it gained
 * @holder:	it has a non-empty table; @child_holder: a child of it has
 * @sealed:	it can't edit
 * @probe:	PROBE exists for it; @child_probe: for its child
 * @edit:	errno of an edit it tries
 */
struct report {
	uid_t euid;
	gid_t egid;
	unsigned int permitted;
	bool secure;
	bool holder, child_holder;
	bool sealed;
	bool probe, child_probe;
	int edit;
};

static bool is_holder(bool *sealed)
{
	struct vfn_status status;

	/* With "/" mapped there is no /dev/vfn. */
	if (vfn_status(&status))
		return true;
	*sealed = status.sealed;
	return status.holder;
}

static unsigned int permitted_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	syscall(SYS_capget, &head, data);
	return data[0].permitted;
}

static int tell(void)
{
	struct report r = {
		.euid = geteuid(),
		.egid = getegid(),
		.permitted = permitted_caps(),
		.secure = getauxval(AT_SECURE),
	};
	int status;
	pid_t pid;

	r.holder = is_holder(&r.sealed);
	r.probe = !faccessat(AT_FDCWD, PROBE, F_OK, AT_EACCESS);
	pid = fork();
	if (!pid)
		_exit(is_holder(&r.sealed) | !faccessat(AT_FDCWD, PROBE, F_OK, AT_EACCESS) << 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 1;
	r.child_holder = WEXITSTATUS(status) & 1;
	r.child_probe = WEXITSTATUS(status) & 2;
	r.edit = vfn("/vfn-exec-edit", "/") ? errno : 0;
	return write(REPORT_FD, &r, sizeof(r)) != sizeof(r);
}

/**
 * struct victim - a program, and the circumstances of its start
 * @name:	its file in DIR
 * @mode:	of the file
 * @uid:	and @gid: the file's owners
 * @caps:	the file has capabilities
 * @setup:	what the user does before
 * @as_root:	started by root rather than by USER
 * @gains:	it gains privileges, and what they are: @euid, @egid, @permitted
 */
struct victim {
	const char *name;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	bool caps;
	void (*setup)(void);
	bool as_root;
	bool gains;
	uid_t euid;
	gid_t egid;
	unsigned int permitted;
};

static void no_new_privs(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(NO_EXEC);
}

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		bail_out("write %s", name);
}

/* A namespace that knows no root. */
static void user_namespace(void)
{
	/* A process that has changed its ids doesn't own its own files in /proc. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER))
		bail_out("make a user namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "1000 1000 1");
	write_file("/proc/self/gid_map", "1000 1000 1");
}

#define NET_RAW	(1U << CAP_NET_RAW)
#define U	USER

static const struct victim victims[] = {
	{ "plain", 0755, 0, 0, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .gains = true, .euid = 0, .egid = U, .permitted = ~0U },
	{ "setgid", 02755, 0, 0, .gains = true, .euid = U, .egid = 0 },
	{ "setboth", 06755, 0, 0, .gains = true, .euid = 0, .egid = 0, .permitted = ~0U },
	{ "setother", 04755, OTHER, OTHER, .gains = true, .euid = OTHER, .egid = U },
	{ "caps", 0755, 0, 0, true, .gains = true, .euid = U, .egid = U, .permitted = NET_RAW },
	{ "unreadable", 04711, 0, 0, .gains = true, .euid = 0, .egid = U, .permitted = ~0U },
	{ "setself", 06755, U, U, .euid = U, .egid = U },
	{ "lock", 02745, 0, 0, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .setup = no_new_privs, .euid = U, .egid = U },
	{ "setgid", 02755, 0, 0, .setup = no_new_privs, .euid = U, .egid = U },
	/* Gains nothing, but the kernel and so the C library treat it as if it had. */
	{ "caps", 0755, 0, 0, true, .setup = no_new_privs, .gains = true, .euid = U, .egid = U },
	{ "nosuid/setuid", 04755, 0, 0, .euid = U, .egid = U },
	{ "nosuid/caps", 0755, 0, 0, true, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .setup = user_namespace, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .as_root = true, .permitted = ~0U },
	{ "caps", 0755, 0, 0, true, .as_root = true, .permitted = ~0U },
	{ "setother", 04755, OTHER, OTHER, .as_root = true, .gains = true, .euid = OTHER,
	  .permitted = ~0U },
};

#define VICTIMS	(sizeof(victims) / sizeof(victims[0]))

/**
 * struct attack - what the user's view is
 * @name:	for the report
 * @from:	name that means @to; NULL: none does
 * @to:		NULL: @from is hidden
 * @evil:	what is opened if the program is reached by that; @to unless set
 */
struct attack {
	const char *name, *from, *to, *evil;
};

static char real_linker[PATH_MAX], real_libc[PATH_MAX];

static const struct attack attacks[] = {
	{ "nothing that matters" },
	{ "the ELF interpreter", LD_SO, EVIL },
	{ "the ELF interpreter by its real name", real_linker, EVIL },
	{ "the ELF interpreter's directory", "/lib64", ROOT "/lib64", ROOT LD_SO },
	{ "a hidden ELF interpreter", LD_SO, NULL },
	{ "everything", "/", ROOT, ROOT LD_SO },
	{ "libc", real_libc, EVIL },
	{ "ld.so.preload", "/etc/ld.so.preload", ROOT "/etc/ld.so.preload" },
	{ "ld.so.cache", "/etc/ld.so.cache", ROOT "/etc/ld.so.cache" },
	{ "/etc", "/etc", ROOT "/etc", ROOT "/etc/ld.so.cache" },
};

#define ATTACKS	(sizeof(attacks) / sizeof(attacks[0]))

typedef void (*start_fn)(const char *name);

static void start_exec(const char *name)
{
	execl(name, name, NULL);
}

static void start_fd(const char *name)
{
	char *argv[] = { "program", NULL };
	int fd = open(name, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

static void start_vfork(const char *name)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		execl(name, name, NULL);
		_exit(NO_EXEC);
	}
	if (waitpid(pid, &status, 0) == pid && WIFSIGNALED(status))
		raise(WTERMSIG(status));
	_exit(WEXITSTATUS(status));
}

static void *exec_thread(void *arg)
{
	execl(arg, arg, NULL);
	_exit(NO_EXEC);
}

static void start_thread(const char *name)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, exec_thread, (void *)name))
		pthread_join(thread, NULL);
}

static void start_script(const char *name)
{
	char script[PATH_MAX];

	snprintf(script, sizeof(script), "%s.sh", name);
	execl(script, script, NULL);
}

static void start_script_of_script(const char *name)
{
	char script[PATH_MAX];

	snprintf(script, sizeof(script), "%s.sh.sh", name);
	execl(script, script, NULL);
}

/* The handler gets the program's own privileges (C), and an open file of it (O). */
static void start_foreign(const char *name)
{
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%s.foreign", name);
	execl(file, file, NULL);
}

static const struct way {
	const char *name;
	start_fn start;
} ways[] = {
	{ "execve", start_exec },
	{ "execveat of a descriptor", start_fd },
	{ "vfork", start_vfork },
	{ "a thread", start_thread },
	{ "#!", start_script },
	{ "#! of #!", start_script_of_script },
	{ "binfmt_misc", start_foreign },
};

#define WAYS	(sizeof(ways) / sizeof(ways[0]))

static void take_view(const struct attack *a)
{
	struct vfn_batch *batch = vfn_batch_new();

	if (!batch || vfn_batch_map(batch, PROBE, EVIL, 0))
		_exit(NO_EXEC);
	if (a->from && !a->to)
		vfn_batch_hide(batch, a->from);
	if (a->from && a->to)
		vfn_batch_map(batch, a->from, a->to, 0);
	/* The programs stay where they are. */
	vfn_batch_map(batch, DIR, DIR, 0);
	if (vfn_batch_apply(batch, NULL))
		_exit(NO_EXEC);
}

/* Start @v; *@r is what it tells, and the result how it ends: a wait status. */
static int run_victim(const struct victim *v, const struct way *way,
		      const struct attack *a, struct report *r, bool *told)
{
	char name[PATH_MAX];
	int out[2], status;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		bail_out("pipe");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		snprintf(name, sizeof(name), DIR "/%s", v->name);
		dup2(out[1], REPORT_FD);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		setenv(REPORT_ENV, "1", 1);
		if (!v->as_root)
			become_user();
		if (v->setup)
			v->setup();
		take_view(a);
		way->start(name);
		_exit(NO_EXEC);
	}
	close(out[1]);
	*told = read(out[0], r, sizeof(*r)) == sizeof(*r);
	close(out[0]);
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	return status;
}

static int inotify;

/* Was the attacker's file opened since we last asked? */
static bool evil_opened(void)
{
	char events[4096];
	bool any = false;

	while (read(inotify, events, sizeof(events)) > 0)
		any = true;
	return any;
}

static bool is_as_it_should_be(const struct victim *v, const struct report *r)
{
	bool keeps = !v->gains;

	if (r->euid != v->euid || r->egid != v->egid || r->secure != v->gains ||
	    (r->permitted & NET_RAW) != (v->permitted & NET_RAW))
		return false;
	return r->holder == keeps && r->probe == keeps && !r->sealed && !r->edit &&
	       r->child_holder == keeps && r->child_probe == keeps;
}

static bool try_attack(const struct victim *v, const struct way *way, const struct attack *a)
{
	const char *evil = a->evil ?: a->to;
	struct report r = {};
	bool told, opened, good;
	int status, watch = -1;

	if (evil)
		watch = inotify_add_watch(inotify, evil, IN_OPEN);
	if (evil && watch < 0)
		bail_out("watch %s", evil);
	status = run_victim(v, way, a, &r, &told);
	opened = evil_opened();
	if (evil)
		inotify_rm_watch(inotify, watch);
	evil_opened();
	if (v->gains || !a->from)
		good = !status && told && !opened && is_as_it_should_be(v, &r);
	else if (!a->to)
		good = !told && status == NO_EXEC << 8;
	else
		good = opened && (v->as_root || status != EVIL_ROOT << 8);
	if (!good)
		diag("%s by %s, with %s mapped: status %#x, evil opened: %d, told: %d, uid %u, gid %u, caps %#x, secure %d, holder %d/%d, probe %d/%d, edit %d",
		     v->name, way->name, a->name, status, opened, told, r.euid, r.egid,
		     r.permitted, r.secure, r.holder, r.child_holder, r.probe,
		     r.child_probe, r.edit);
	return good;
}

static void try_victim(const struct victim *v)
{
	unsigned int i, j, good;

	for (i = 0; i < WAYS; i++) {
		for (good = 0, j = 0; j < ATTACKS; j++)
			good += try_attack(v, &ways[i], &attacks[j]);
		ok(good == ATTACKS, "%s%s%s, started by %s, %s", v->name,
		   v->setup == no_new_privs ? " (no new privileges)" :
		   v->setup == user_namespace ? " (user namespace)" : "",
		   v->as_root ? " by root" : "", ways[i].name,
		   v->gains ? "has no table and its own interpreter" : "keeps the view");
	}
}

static void give_caps(const char *name)
{
	struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = NET_RAW } },
	};

	if (setxattr(name, XATTR_NAME_CAPS, &caps, sizeof(caps), 0))
		bail_out("give capabilities to %s", name);
}

static void make_text(const char *name, const char *format, const char *interp, mode_t mode)
{
	char text[PATH_MAX + 16];

	snprintf(text, sizeof(text), format, interp);
	write_file(name, text);
	if (chmod(name, mode))
		bail_out("chmod %s", name);
}

/* Its scripts are setuid themselves, which means nothing. */
static void make_victim(const struct victim *v)
{
	char name[PATH_MAX - 16], script[PATH_MAX], scripts[PATH_MAX];

	snprintf(name, sizeof(name), DIR "/%s", v->name);
	snprintf(script, sizeof(script), "%s.sh", name);
	snprintf(scripts, sizeof(scripts), "%s.sh.sh", name);
	copy_file("/proc/self/exe", name, 0755);
	make_text(script, "#!%s\n", name, 04755);
	make_text(scripts, "#!%s\n", script, 04755);
	if (chown(name, v->uid, v->gid) || chmod(name, v->mode))
		bail_out("give %s its mode", name);
	if (v->caps)
		give_caps(name);
}

/* A file whose format's handler is this program; the file has the privileges. */
static void make_foreign(const struct victim *v)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), DIR "/%s.foreign", v->name);
	make_text(name, "vfn-exec %s\n", "", 0755);
	if (chown(name, v->uid, v->gid) || chmod(name, v->mode))
		bail_out("give %s its mode", name);
	if (v->caps)
		give_caps(name);
}

static void register_format(void)
{
	static const char misc[] = "/proc/sys/fs/binfmt_misc";

	if (mount("binfmt_misc", misc, "binfmt_misc", 0, NULL) && errno != EBUSY)
		bail_out("mount binfmt_misc");
	write_file("/proc/sys/fs/binfmt_misc/register",
		   ":vfn-exec:M::vfn-exec::" DIR "/plain:OC");
}

static void mount_tmpfs(const char *dir, unsigned long flags)
{
	if (mkdir(dir, 0755) || mount("tmpfs", dir, "tmpfs", flags, "mode=755"))
		bail_out("mount a tmpfs on %s", dir);
}

static void prepare(void)
{
	unsigned int i;

	mount_tmpfs(DIR, 0);
	mount_tmpfs(NOSUID, MS_NOSUID);
	if (mkdir(ROOT, 0755) || mkdir(ROOT "/lib64", 0755) || mkdir(ROOT "/etc", 0755))
		bail_out("make " ROOT);
	make_evil(EVIL);
	make_evil(ROOT LD_SO);
	write_file(ROOT "/etc/ld.so.preload", EVIL "\n");
	write_file(ROOT "/etc/ld.so.cache", "no cache\n");
	if (!realpath(LD_SO, real_linker) ||
	    !realpath("/lib/x86_64-linux-gnu/libc.so.6", real_libc))
		bail_out("find the C library");
	for (i = 0; i < VICTIMS; i++) {
		make_victim(&victims[i]);
		make_foreign(&victims[i]);
	}
	register_format();
	inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (inotify < 0)
		bail_out("inotify_init1");
}

int main(void)
{
	unsigned int i;

	if (getenv(REPORT_ENV))
		return tell();
	plan(VICTIMS * WAYS);
	if (geteuid())
		bail_out("this test wants root");
	prepare();
	for (i = 0; i < VICTIMS; i++)
		try_victim(&victims[i]);
	write_file("/proc/sys/fs/binfmt_misc/vfn-exec", "-1");
	return done();
}
