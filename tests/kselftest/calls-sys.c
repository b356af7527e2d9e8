// SPDX-License-Identifier: GPL-2.0
/* kselftest: root's calls that take names: swap, accounting, quota, bpf pins, probes */

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/quota.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

#include "call.h"

/* A device that no driver has: ENXIO says that this node was reached. */
#define NO_DEVICE	makedev(240, 77)

/* The target is a node for a device that isn't there, the decoy a file. */
static void make_node(const char *name, bool decoy)
{
	if (decoy)
		call_make_object(name, CALL_FILE, true);
	else if (mknod(name, S_IFBLK | 0600, NO_DEVICE))
		bail_out("mknod %s", name);
}

static long wants_errno(long ret, int want)
{
	return ret < 0 && errno == want ? 0 : ret;
}

/* What run() has returned tells it all. */
static bool check_nothing_more(const struct call_test *t, const struct call_result *r)
{
	(void)t;
	(void)r;
	return true;
}

static long run_swapon(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return wants_errno(syscall(SYS_swapon, at->name, 0), ENXIO);
}

static long run_swapoff(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return wants_errno(syscall(SYS_swapoff, at->name), ENXIO);
}

/* ENODEV: a block device, but nothing is mounted from it. */
static long run_quotactl(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return wants_errno(syscall(SYS_quotactl, QCMD(Q_GETFMT, USRQUOTA), at->name, 0,
				   r->text), ENODEV);
}

/* The end of a process is written to the file. */
static long run_acct(const struct call_at *at, struct call_result *r)
{
	long ret = syscall(SYS_acct, at->name);
	pid_t pid;

	(void)r;
	if (ret)
		return ret;
	pid = fork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	return syscall(SYS_acct, NULL);
}

static bool check_grown(const struct call_test *t, const struct call_result *r)
{
	struct stat st;

	(void)r;
	return !stat(t->place, &st) && st.st_size > t->target.st.st_size;
}

/* The directory of the target becomes a bpffs. */
static void mount_bpf(const char *name)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s", call_dir_len(name), name);
	if (mount("bpf", dir, "bpf", 0, NULL))
		bail_out("mounting a bpffs on %s", dir);
}

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int make_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	/* Until 5.11, maps count as locked memory. */
	if (setrlimit(RLIMIT_MEMLOCK, &unlimited))
		bail_out("RLIMIT_MEMLOCK");
	return bpf(BPF_MAP_CREATE, &attr);
}

static long pin(const char *name, int map)
{
	union bpf_attr attr = { .pathname = (uintptr_t)name, .bpf_fd = map };

	return bpf(BPF_OBJ_PIN, &attr);
}

static void make_pin_place(const char *name, bool decoy)
{
	if (decoy)
		call_make_object(name, CALL_FILE, true);
	else
		mount_bpf(name);
}

static void make_pinned(const char *name, bool decoy)
{
	int map;

	make_pin_place(name, decoy);
	if (decoy)
		return;
	map = make_map();
	if (map < 0 || pin(name, map))
		bail_out("pinning a map to %s", name);
	close(map);
}

static long run_pin(const struct call_at *at, struct call_result *r)
{
	(void)r;
	return pin(at->name, make_map());
}

static long run_get(const struct call_at *at, struct call_result *r)
{
	union bpf_attr attr = { .pathname = (uintptr_t)at->name };

	(void)r;
	return bpf(BPF_OBJ_GET, &attr);
}

static bool check_pinned(const struct call_test *t, const struct call_result *r)
{
	(void)r;
	return call_is(t->place, S_IFREG);
}

/* A uprobe wants a file, and the decoy is a directory. */
static void make_probed(const char *name, bool decoy)
{
	call_make_object(name, decoy ? CALL_DIR : CALL_FILE, decoy);
}

static long run_uprobe(const struct call_at *at, struct call_result *r)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.uprobe_path = (uintptr_t)at->name,
	};
	FILE *type = fopen("/sys/bus/event_source/devices/uprobe/type", "re");

	(void)r;
	if (!type) {
		errno = ENOSYS;
		return -1;
	}
	if (fscanf(type, "%u", &attr.type) != 1)
		bail_out("the type of uprobe events");
	fclose(type);
	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
}

static const struct call calls[] = {
	{ "swapon", CALL_ROOT, 0, run_swapon, check_nothing_more, make_node },
	{ "swapoff", CALL_ROOT, 0, run_swapoff, check_nothing_more, make_node },
	{ "quotactl", CALL_ROOT, 0, run_quotactl, check_nothing_more, make_node },
	{ "acct", CALL_ROOT, CALL_FILE, run_acct, check_grown },
	{ "bpf BPF_OBJ_PIN", CALL_ROOT, 0, run_pin, check_pinned, make_pin_place },
	{ "bpf BPF_OBJ_GET", CALL_ROOT, 0, run_get, check_nothing_more, make_pinned },
	{ "perf_event_open of a uprobe", CALL_ROOT, 0, run_uprobe, check_nothing_more,
	  make_probed },
};

CALL_MAIN(calls)
