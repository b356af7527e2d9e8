// SPDX-License-Identifier: GPL-2.0
/*
 * S2: a mapping leads out of no jail: chroot, a mount namespace, openat2()'s limits
 *
 * The jailer is an ordinary user, too, as root of a user namespace.
 */
#include <linux/openat2.h>
#include <sched.h>

#include "attack.h"

#define DIR	"/var/lib/vfn-jail"
#define JAIL	DIR "/jail"
#define SECRET	DIR "/secret"		/* what is outside says "outside" */
#define FROM	"/vfn-jail"

static bool opens(const char *name, const char *says)
{
	return !access(name, R_OK) && file_says(name, says);
}

static void enter_namespace(void)
{
	become_user();
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		bail_out("make namespaces");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
}

static void map_ways_out(void)
{
	must_map(FROM "/secret", SECRET "/file");
	must_map(FROM "/dir", SECRET);
	must_map(FROM "/dots", "/../../../../.." SECRET "/file");
	must_map(FROM "/inside", "/inside");
	must_map(FROM "/link", "/link-out");
	must_map("/inside-dir", SECRET);
	must_map("/", "/");
}

/* Tries to get out by names, in a jail that is the root by now. */
static void try_names(const char *what, bool before)
{
	const char *when = before ? "mapped before" : "mapped inside";

	refused(!opens(FROM "/secret", "outside"), "%s: a file by its name, %s", what, when);
	refused(!opens(FROM "/dir/file", "outside"), "%s: a directory, %s", what, when);
	refused(!opens(FROM "/dots", "outside"), "%s: by many \"..\", %s", what, when);
	refused(!opens(FROM "/dir/../../.." SECRET "/file", "outside"),
		"%s: by a mapped directory and \"..\", %s", what, when);
	refused(!opens(FROM "/link", "outside"), "%s: by a symlink, %s", what, when);
	refused(!opens("/inside-dir/file", "outside"), "%s: by a name inside, %s", what, when);
	control(opens(FROM "/inside", "inside"), "%s: what is inside, %s", what, when);
}

static void in_chroot(const void *arg)
{
	bool before = arg;
	struct vfn_status status;

	enter_namespace();
	/* The library's descriptor comes from before. */
	if (before)
		map_ways_out();
	else if (vfn_status(&status))
		bail_out("vfn_status");
	if (before)
		control(opens(FROM "/secret", "outside"), "before there is a jail");
	if (chroot(JAIL) || chdir("/"))
		bail_out("chroot");
	if (!before)
		map_ways_out();
	try_names("chroot", before);
	_exit(EXIT_SUCCESS);
}

static void in_mounts(const void *arg)
{
	bool before = arg;
	struct vfn_status status;

	enter_namespace();
	if (before)
		map_ways_out();
	else if (vfn_status(&status))
		bail_out("vfn_status");
	if (mount(JAIL, JAIL, NULL, MS_BIND, NULL) || chdir(JAIL) ||
	    syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		bail_out("make a root of " JAIL);
	if (!before)
		map_ways_out();
	try_names("pivot_root", before);
	_exit(EXIT_SUCCESS);
}

static bool opens_within(int dir, const char *name, __u64 resolve, const char *says)
{
	struct open_how how = { .flags = O_RDONLY, .resolve = resolve };
	char buf[32] = "";
	int fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));
	bool good = fd >= 0 && read(fd, buf, sizeof(buf) - 1) > 0 && !strcmp(buf, says);

	if (fd >= 0)
		close(fd);
	return good;
}

static void in_openat2(const void *unused)
{
	static const struct {
		const char *name;
		__u64 resolve;
	} limits[] = {
		{ "RESOLVE_BENEATH", RESOLVE_BENEATH },
		{ "RESOLVE_IN_ROOT", RESOLVE_IN_ROOT },
		{ "RESOLVE_NO_XDEV", RESOLVE_NO_XDEV },
		{ "RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS", RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS },
	};
	int dir = open(JAIL, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	(void)unused;
	become_user();
	must_map(JAIL "/inside", SECRET "/file");
	must_map(JAIL "/inside-dir", SECRET);
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		refused(!opens_within(dir, "inside", limits[i].resolve, "outside"),
			"%s: a file that is mapped elsewhere", limits[i].name);
		refused(!opens_within(dir, "inside-dir/file", limits[i].resolve, "outside"),
			"%s: a directory that is mapped elsewhere", limits[i].name);
		control(opens_within(dir, "other", limits[i].resolve, "inside"),
			"%s: a file that isn't", limits[i].name);
	}
	control(opens_within(dir, "inside", 0, "outside"), "without a limit");
	control(opens_within(dir, "inside-dir/file", 0, "outside"), "without a limit, below");
	_exit(EXIT_SUCCESS);
}

/* Directories that are somebody else's root. */
static void by_proc(const void *unused)
{
	(void)unused;
	become_user();
	must_map(FROM "/root", "/proc/1/root");
	must_map(FROM "/cwd", "/proc/1/cwd");
	must_map(FROM "/fd", "/proc/1/fd");
	refused(fails_with(open(FROM "/root/etc/passwd", O_RDONLY), EACCES), "the root of process 1");
	refused(fails_with(open(FROM "/cwd/etc/passwd", O_RDONLY), EACCES), "its working directory");
	refused(fails_with(open(FROM "/fd/0", O_RDONLY), EACCES), "its descriptors");
	must_map(FROM "/self", "/proc/self/root");
	control(!access(FROM "/self/etc/passwd", F_OK), "one's own root");
	_exit(EXIT_SUCCESS);
}

static void prepare(void)
{
	make_scene(DIR);
	make_dir(SECRET, 0755, USER);
	make_dir(JAIL, 0755, USER);
	make_dir(JAIL "/inside-dir", 0755, USER);
	write_file(SECRET "/file", "outside");
	write_file(JAIL "/inside", "inside");
	write_file(JAIL "/other", "inside");
	write_file(JAIL "/inside-dir/file", "inside");
	if (symlink("../../../../.." SECRET "/file", JAIL "/link-out"))
		bail_out("symlink");
}

static void run(void (*fn)(const void *arg), const void *arg)
{
	int status = child_status(fn, arg);

	if (status)
		bail_out("a child ended with %#x", status);
}

int main(void)
{
	attack_begin();
	prepare();
	run(in_chroot, "before");
	run(in_chroot, NULL);
	run(in_mounts, "before");
	run(in_mounts, NULL);
	run(in_openat2, NULL);
	run(by_proc, NULL);
	return attack_done();
}
