// SPDX-License-Identifier: GPL-2.0
/*
 * S3: programs with more privilege than the holder start without a table and
 * with their own interpreters; those with none keep both
 *
 * The programs are copies of this one, privileged in all the ways there are, and
 * started in all the ways there are, by a user whose view has an attacker's
 * file in the place of everything a program needs before its main() runs.
 */
#include <linux/xattr.h>
#include <sys/inotify.h>
#include <sys/utsname.h>
#include <sys/xattr.h>

#include "exec-report.h"
#include "exec-setup.h"
#include "exec-ways.h"

#define DIR	WAYS_DIR
#define NOSUID	DIR "/nosuid"
#define EVIL	DIR "/evil"
#define ROOT	DIR "/root"
#define PROBE	"/vfn-exec-probe"	/* exists in the view alone */
#define PRELOAD	"libvfn-preload.so"	/* LD_PRELOAD, which is there in the view alone */

#ifdef __i386__
#define LIBS	"/lib32"
#define LINKER_DIR "/lib"
#define LINKER	LINKER_DIR "/ld-linux.so.2"
#else
#define LIBS	LIBS64
#define LINKER_DIR LD_SO_DIR
#define LINKER	LD_SO
#endif

/**
 * struct victim - a program, and the circumstances of its start
 * @name:	its file in DIR
 * @mode:	of the file
 * @uid:	and @gid: the file's owners
 * @caps:	the file has capabilities: their xattr's revision and flags
 * @setup:	what the user does before
 * @as_root:	started by root rather than by USER
 * @gains:	it gains privileges, and what they are: @euid, @egid, @permitted
 * @turned:	since Linux 6.17, by the kernel's own word, the contrary of @gains is true
 */
struct victim {
	const char *name;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned int caps;
	void (*setup)(void);
	bool as_root;
	bool gains, turned;
	uid_t euid;
	gid_t egid;
	unsigned int permitted;
};

#define NET_RAW	(1U << CAP_NET_RAW)
#define U	USER

/* Kinds of capabilities of a file: effective, permitted, inheritable, of a namespace. */
enum { EFFECTIVE = 1, PERMITTED, INHERITABLE, NAMESPACED };

static const struct victim victims[] = {
	{ "plain", 0755, 0, 0, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .gains = true, .euid = 0, .egid = U, .permitted = ~0U },
	{ "setgid", 02755, 0, 0, .gains = true, .euid = U, .egid = 0 },
	{ "setboth", 06755, 0, 0, .gains = true, .euid = 0, .egid = 0, .permitted = ~0U },
	{ "setother", 04755, OTHER, OTHER, .gains = true, .euid = OTHER, .egid = U },
	{ "caps", 0755, 0, 0, EFFECTIVE, .gains = true, .euid = U, .egid = U,
	  .permitted = NET_RAW },
	{ "caps-p", 0755, 0, 0, PERMITTED, .gains = true, .euid = U, .egid = U,
	  .permitted = NET_RAW },
	{ "caps-i", 0755, 0, 0, INHERITABLE, .euid = U, .egid = U },
	{ "caps-n", 0755, 0, 0, NAMESPACED, .euid = U, .egid = U },
	{ "unreadable", 04711, 0, 0, .gains = true, .euid = 0, .egid = U, .permitted = ~0U },
	{ "setself", 06755, U, U, .euid = U, .egid = U },
	{ "lock", 02745, 0, 0, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .setup = no_new_privs, .euid = U, .egid = U },
	{ "setgid", 02755, 0, 0, .setup = no_new_privs, .euid = U, .egid = U },
	/* Gain nothing, but the kernel and so the C library treat them as if they had. */
	{ "caps", 0755, 0, 0, EFFECTIVE, .setup = no_new_privs, .gains = true, .euid = U,
	  .egid = U },
	{ "setuid", 04755, 0, 0, .setup = traced, .gains = true, .euid = U, .egid = U },
	{ "setgid", 02755, 0, 0, .setup = traced, .gains = true, .euid = U, .egid = U },
	{ "caps", 0755, 0, 0, EFFECTIVE, .setup = traced, .gains = true, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .setup = share_fs, .gains = true, .euid = U, .egid = U },
	{ "plain", 0755, 0, 0, .setup = traced, .euid = U, .egid = U },
	{ "nosuid/setuid", 04755, 0, 0, .euid = U, .egid = U },
	{ "nosuid/caps", 0755, 0, 0, EFFECTIVE, .euid = U, .egid = U },
	{ "setuid", 04755, 0, 0, .setup = user_namespace, .euid = U, .egid = U },
	/* Those that the real root gave a file are worth something in every namespace. */
	{ "caps", 0755, 0, 0, EFFECTIVE, .setup = user_namespace, .gains = true, .euid = U,
	  .egid = U, .permitted = NET_RAW },
	{ "setuid", 04755, 0, 0, .setup = root_namespace, .permitted = ~0U },
	{ "setself", 06755, U, U, .setup = root_namespace, .permitted = ~0U },
	{ "setself", 06755, U, U, .setup = guest_namespace, .gains = true, .permitted = ~0U },
	{ "caps-n", 0755, 0, 0, NAMESPACED, .setup = guest_namespace, .gains = true, .euid = 1,
	  .egid = 1, .permitted = NET_RAW },
	{ "caps", 0755, 0, 0, EFFECTIVE, .setup = guest_namespace, .gains = true, .euid = 1,
	  .egid = 1, .permitted = NET_RAW },
	{ "setuid", 04755, 0, 0, .as_root = true, .permitted = ~0U },
	{ "caps", 0755, 0, 0, EFFECTIVE, .as_root = true, .permitted = ~0U },
	{ "setother", 04755, OTHER, OTHER, .as_root = true, .gains = true, .euid = OTHER,
	  .permitted = ~0U },
	/* Real and effective ids differ before; the kernel has seen that in two ways. */
	{ "plain", 0755, 0, 0, .as_root = true, .setup = user_as_other, .gains = true,
	  .euid = OTHER, .egid = U },
	{ "setself", 06755, U, U, .as_root = true, .setup = user_as_root, .turned = true,
	  .euid = U, .egid = U },
	{ "setself", 06755, U, U, .as_root = true, .setup = user_in_other_group, .turned = true,
	  .euid = U, .egid = U },
	{ "caps-p", 0755, 0, 0, PERMITTED, .as_root = true, .setup = user_as_other_sharing,
	  .gains = true, .turned = true, .euid = U, .egid = U },
	{ "plain", 0755, 0, 0, .as_root = true, .setup = lesser_root_as_other, .gains = true,
	  .turned = true },
};

#define VICTIMS	(sizeof(victims) / sizeof(victims[0]))

/**
 * struct attack - what the user's view is
 * @name:	for the report
 * @from:	name that means @to; NULL: none does
 * @to:		NULL: @from is hidden
 * @evil:	what is opened if the program is reached by that; @to unless set
 * @rare:	tried with the ways alone that are unlike the others
 */
struct attack {
	const char *name, *from, *to, *evil;
	bool rare;
};

static char real_linker[PATH_MAX], real_libc[PATH_MAX];

static const struct attack attacks[] = {
	{ "nothing that matters" },
	{ "the ELF interpreter", LINKER, EVIL },
	{ "the ELF interpreter by its real name", real_linker, EVIL, .rare = true },
	{ "the ELF interpreter's directory", LINKER_DIR, ROOT LINKER_DIR, ROOT LINKER },
	{ "a hidden ELF interpreter", LINKER, NULL },
	{ "everything", "/", ROOT, ROOT LINKER },
	{ "libc", real_libc, EVIL },
	{ "LD_PRELOAD", LIBS "/" PRELOAD, EVIL, .rare = true },
	{ "ld.so.preload", "/etc/ld.so.preload", ROOT "/etc/ld.so.preload", .rare = true },
	{ "ld.so.cache", "/etc/ld.so.cache", ROOT "/etc/ld.so.cache", .rare = true },
	{ "/etc", "/etc", ROOT "/etc", ROOT "/etc/ld.so.cache", .rare = true },
};

#define ATTACKS	(sizeof(attacks) / sizeof(attacks[0]))

#define WAYS	(sizeof(ways) / sizeof(ways[0]))

static void take_view(const struct attack *a)
{
	struct vfn_batch *batch = vfn_batch_new();

	if (!batch || vfn_batch_map(batch, PROBE, EVIL, 0))
		_exit(ATTACK_NONE);
	if (a->from && !a->to)
		vfn_batch_hide(batch, a->from);
	if (a->from && a->to)
		vfn_batch_map(batch, a->from, a->to, 0);
	/* The programs stay where they are, and so does a way to them. */
	vfn_batch_map(batch, DIR, DIR, 0);
	vfn_batch_map(batch, "/proc", "/proc", 0);
	/* TOMOYO looks a program up that execveat() is given: /dev/fd/N. */
	vfn_batch_map(batch, "/dev", "/dev", 0);
	if (vfn_batch_apply(batch, NULL))
		_exit(ATTACK_NONE);
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
		setenv("LD_PRELOAD", PRELOAD, 1);
		if (v->setup == guest_namespace)
			start_helper();
		if (!v->as_root)
			become_user();
		if (v->setup)
			v->setup();
		take_view(a);
		way->start(name);
		_exit(ATTACK_NONE);
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

static bool gains(const struct victim *v)
{
	int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		bail_out("uname");
	return v->gains != (v->turned && (major > 6 || (major == 6 && minor >= 17)));
}

static bool is_as_it_should_be(const struct victim *v, const struct report *r)
{
	bool keeps = !gains(v);

	if (r->euid != v->euid || r->egid != v->egid || r->secure == keeps ||
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
	if (gains(v) || !a->from)
		good = !status && told && !opened && is_as_it_should_be(v, &r);
	else if (!a->to)
		good = !told && status == EXITED(ATTACK_NONE);
	else
		good = opened && (!v->euid || status != EXITED(EVIL_ROOT));
	if (gains(v))
		count_attack(good);
	else
		count_control(good);
	if (!good)
		diag("%s by %s, with %s mapped: status %#x, evil opened: %d, told: %d, uid %u, gid %u, caps %#x, secure %d, holder %d/%d, probe %d/%d, edit %d",
		     v->name, way->name, a->name, status, opened, told, r.euid, r.egid,
		     r.permitted, r.secure, r.holder, r.child_holder, r.probe,
		     r.child_probe, r.edit);
	return good;
}

/* A program that is started by vfork() doesn't share what its parent does. */
static bool makes_sense(const struct victim *v, const struct way *way)
{
#ifdef __i386__
	if (!way->all)
		return false;
#endif
	return way->start != start_vfork ||
	       (v->setup != share_fs && v->setup != user_as_other_sharing);
}

static const char *setup_name(const struct victim *v)
{
	static const struct {
		void (*setup)(void);
		const char *name;
	} names[] = {
		{ no_new_privs, " (no new privileges)" },
		{ traced, " (traced)" },
		{ share_fs, " (shared cwd)" },
		{ user_namespace, " (user namespace)" },
		{ root_namespace, " (as root of a user namespace)" },
		{ guest_namespace, " (as a guest of a user namespace)" },
		{ user_as_other, " (as another user)" },
		{ user_as_root, " (as root, being a user)" },
		{ user_in_other_group, " (in another group)" },
		{ user_as_other_sharing, " (as another user, shared cwd)" },
		{ lesser_root_as_other, " (a lesser root as another user, no new privileges)" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].setup == v->setup)
			return names[i].name;
	}
	return v->as_root ? " by root" : "";
}

static void try_victim(const struct victim *v)
{
	unsigned int i, j, good, bad;

	for (i = 0; i < WAYS; i++) {
		if (!makes_sense(v, &ways[i]))
			continue;
		for (good = 0, bad = 0, j = 0; j < ATTACKS; j++) {
			if (attacks[j].rare && !ways[i].all)
				continue;
			if (try_attack(v, &ways[i], &attacks[j]))
				good++;
			else
				bad++;
		}
		ok(good && !bad, "%s%s, started by %s, %s", v->name, setup_name(v),
		   ways[i].name,
		   gains(v) ? "has no table and its own interpreter" : "keeps the view");
	}
}

static void give_caps(const char *name, unsigned int kind)
{
	struct vfs_ns_cap_data caps = {
		.magic_etc = kind == NAMESPACED ? VFS_CAP_REVISION_3 : VFS_CAP_REVISION_2,
		.rootid = USER,
	};
	size_t size = kind == NAMESPACED ? sizeof(caps) : sizeof(struct vfs_cap_data);

	if (kind == EFFECTIVE || kind == NAMESPACED)
		caps.magic_etc |= VFS_CAP_FLAGS_EFFECTIVE;
	if (kind == INHERITABLE)
		caps.data[0].inheritable = NET_RAW;
	else
		caps.data[0].permitted = NET_RAW;
	if (setxattr(name, XATTR_NAME_CAPS, &caps, size, 0))
		bail_out("give capabilities to %s", name);
}

/* The file @name has what makes @v privileged. */
static void give_privileges(const char *name, const struct victim *v)
{
	if (chown(name, v->uid, v->gid) || chmod(name, v->mode))
		bail_out("give %s its mode", name);
	if (v->caps)
		give_caps(name, v->caps);
}

static char *file_of(const struct victim *v, const char *suffix)
{
	static char names[4][PATH_MAX];
	static unsigned int next;
	char *name = names[next++ % 4];

	snprintf(name, PATH_MAX, DIR "/%s%s", v->name, suffix);
	return name;
}

static void write_line(const char *name, const char *format, const char *word, mode_t mode)
{
	char text[PATH_MAX + 16];

	snprintf(text, sizeof(text), format, word);
	make_text(name, text, mode);
}

static void register_format(const char *name, const char *interp, const char *flags)
{
	char text[2 * PATH_MAX];

	snprintf(text, sizeof(text), ":%s:M::%s::%s:%s", name, name, interp, flags);
	write_file("/proc/sys/fs/binfmt_misc/register", text);
}

/* Its scripts are setuid themselves, which means nothing. */
static void make_victim(const struct victim *v)
{
	copy_file("/proc/self/exe", file_of(v, ""), 0755);
	write_line(file_of(v, ".sh"), "#!%s\n", file_of(v, ""), 04755);
	write_line(file_of(v, ".sh.sh"), "#!%s\n", file_of(v, ".sh"), 04755);
	give_privileges(file_of(v, ""), v);
	/* Files whose format's handler is "plain"; the files have the privileges. */
	write_line(file_of(v, ".foreign"), "vfn-foreign %s\n", "", 0755);
	write_line(file_of(v, ".fixed"), "vfn-fixed %s\n", "", 0755);
	give_privileges(file_of(v, ".foreign"), v);
	give_privileges(file_of(v, ".fixed"), v);
}

/* A format of the program's own: @nr. */
static void make_handled(const struct victim *v, unsigned int nr)
{
	char name[32];

	snprintf(name, sizeof(name), "vfn-handled-%02u", nr);
	write_line(file_of(v, ".handled"), "%s\n", name, 0755);
	register_format(name, file_of(v, ""), "");
	snprintf(name, sizeof(name), "vfn-fixhandled-%02u", nr);
	write_line(file_of(v, ".fixed-handled"), "%s\n", name, 0755);
	register_format(name, file_of(v, ""), "F");
}

static void make_victims(void)
{
	unsigned int i;

	for (i = 0; i < VICTIMS; i++) {
		/* Some programs are started in several circumstances. */
		if (!access(file_of(&victims[i], ""), F_OK))
			continue;
		make_victim(&victims[i]);
		make_handled(&victims[i], i);
	}
	register_format("vfn-foreign", DIR "/plain", "OC");
	register_format("vfn-fixed", DIR "/plain", "OCF");
}

static void make_dirs(const char *name)
{
	char text[PATH_MAX];

	snprintf(text, sizeof(text), "mkdir -p $(dirname %s)", name);
	if (system(text))
		bail_out("%s", text);
}

static void prepare(void)
{
	static const char misc[] = "/proc/sys/fs/binfmt_misc";

	make_scene(DIR);
	if (mkdir(NOSUID, 0755) || mount("tmpfs", NOSUID, "tmpfs", MS_NOSUID, "mode=755"))
		bail_out("mount a tmpfs on " NOSUID);
	if (mount("binfmt_misc", misc, "binfmt_misc", 0, NULL) && errno != EBUSY)
		bail_out("mount binfmt_misc");
	make_evil(EVIL);
	make_dirs(ROOT LINKER);
	make_evil(ROOT LINKER);
	make_dirs(ROOT "/etc/ld.so.preload");
	write_file(ROOT "/etc/ld.so.preload", EVIL "\n");
	write_file(ROOT "/etc/ld.so.cache", "no cache\n");
	if (!realpath(LINKER, real_linker) || !realpath(LIBS "/libc.so.6", real_libc))
		bail_out("find the C library");
	make_victims();
	inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (inotify < 0)
		bail_out("inotify_init1");
}

int main(void)
{
	unsigned int i;

	if (getenv(REPORT_ENV))
		return report_tell(PROBE);
	attack_begin();
	prepare();
	for (i = 0; i < VICTIMS; i++)
		try_victim(&victims[i]);
	/* Forget all formats. */
	write_file("/proc/sys/fs/binfmt_misc/status", "-1");
	return attack_done();
}
