// SPDX-License-Identifier: GPL-2.0
/* vfnctl doctor: the device, the hooks, and the limits */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libvfn.h>

#include "doctor.h"
#include "netlink.h"
#include "vfnctl.h"

#define PARAMETERS	"/sys/module/vfn/parameters/"
#define COUNTERS	"/sys/module/vfn/counters/"

/* What kmod/hook.c hooks in any kernel. */
static const char *const functions[] = {
	"filename_lookup", "do_filp_open", "do_file_open", "security_inode_follow_link",
	"__filename_parentat", "filename_parentat", "open_exec", "bprm_open_interpreter",
	"security_bprm_check", "security_task_alloc", "iterate_dir", "d_path",
	"proc_pid_readlink", "seq_path", "procfs_procmap_ioctl", "__x64_sys_getcwd",
	"__ia32_sys_getcwd", "__arm64_sys_getcwd",
};

void check_device(const struct patient *patient)
{
	struct vfn_status status;
	struct stat st;
	char *error;

	if (!patient->loaded && access("/dev/vfn", F_OK)) {
		tell(FINDING_BAD, "device", "there is no /dev/vfn, which comes with the module; load that");
		return;
	}
	if (stat("/dev/vfn", &st) == 0 && (st.st_mode & 0666) != 0666) {
		tell(FINDING_BAD, "device", "/dev/vfn has the mode %04o, so that not all users may open it; "
		     "type: sudo chmod 0666 /dev/vfn, and see who sets it (udev's rules)",
		     st.st_mode & 07777);
		return;
	}
	if (vfn_status(&status) < 0) {
		error = text_unavailable(errno);
		tell(FINDING_BAD, "device", "%s", error);
		free(error);
		return;
	}
	tell(FINDING_GOOD, "device", "/dev/vfn can be used by all");
	tell(FINDING_GOOD, "hooks", "%s, %s", status.hooks, status.attached ? "attached" :
	     "not attached, since no process has a view");
}

void check_ftrace(const struct patient *patient)
{
	char line[32];

	(void)patient;
	if (!read_line("/proc/sys/kernel/ftrace_enabled", line, sizeof(line))) {
		if (errno == ENOENT && access("/proc/sys/kernel", F_OK) == 0)
			tell(FINDING_BAD, "ftrace", "this kernel has no function tracing; boot one that "
			     "has, such as Debian's");
		else
			tell_unseen("ftrace", "whether function tracing is switched on", errno,
				    "type: sudo mount -t proc proc /proc && sudo vfnctl doctor");
		return;
	}
	if (line[0] == '0')
		tell(FINDING_BAD, "ftrace", "function tracing is switched off, so that no view can be made; "
		     "type: sudo sysctl kernel.ftrace_enabled=1");
	else
		tell(FINDING_GOOD, "ftrace", "function tracing is switched on");
}

static bool is_hooked(const char *function)
{
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (!strcmp(function, functions[i]))
			return true;
	return false;
}

/* A line is "FUNCTION (COUNT) FLAGS\t...". */
static bool has_flag(const char *line, char flag)
{
	const char *at = strchr(line, ')');

	return at && memchr(at, flag, strcspn(at, "\t"));
}

/*
 * With the flag I, somebody replaces the function.  A BPF program (D) may stay, without it:
 * the hooks are attached in the other way then.  Until 5.19, it has both.
 */
static bool tell_conflict(const char *line)
{
	char function[128];
	bool bpf = has_flag(line, 'D');

	if (!has_flag(line, 'I') || sscanf(line, "%127s", function) != 1 || !is_hooked(function))
		return false;
	tell(FINDING_BAD, "conflicts", "%s holds %s(), so that no view can be made; %s",
	     bpf ? "a BPF program" : "a live patch", function,
	     bpf ? "end who has loaded it: see bpftool prog" : "disable it: see /sys/kernel/livepatch");
	return true;
}

static FILE *open_enabled(void)
{
	FILE *file = fopen("/sys/kernel/tracing/enabled_functions", "re");

	return file || errno != ENOENT ? file :
	       fopen("/sys/kernel/debug/tracing/enabled_functions", "re");
}

/* While the hooks are attached, nobody else can replace what they do, and vfn itself may. */
static bool is_attached(void)
{
	struct vfn_status status;

	return vfn_status(&status) == 0 && status.attached;
}

/* Lines that begin with a blank tell more of the function before. */
static bool has_conflicts(FILE *enabled)
{
	char line[1024];
	bool some = false;

	while (fgets(line, sizeof(line), enabled))
		if (line[0] != '\t' && line[0] != ' ')
			some |= tell_conflict(line);
	return some;
}

void check_conflicts(const struct patient *patient)
{
	FILE *enabled;

	(void)patient;
	if (is_attached()) {
		tell(FINDING_GOOD, "conflicts", "nobody else replaces the functions that vfn hooks");
		return;
	}
	enabled = open_enabled();
	if (!enabled) {
		tell_unseen("conflicts", "who else hooks functions", errno,
			    "type: sudo mount -t tracefs tracefs /sys/kernel/tracing && "
			    "sudo vfnctl doctor");
		return;
	}
	if (!has_conflicts(enabled))
		tell(FINDING_GOOD, "conflicts", "nobody else replaces the functions that vfn hooks");
	fclose(enabled);
}

/* Of the module's; if that can't be read, it is told. */
static bool read_number(const char *name, unsigned long long *number)
{
	char line[32];

	if (read_line(name, line, sizeof(line))) {
		*number = strtoull(line, NULL, 10);
		return true;
	}
	tell_unseen("limits", name, errno, "install module and vfnctl from one release");
	return false;
}

static bool is_near(unsigned long long used, unsigned long long most)
{
	return used >= most - most / 10;
}

/* What is used, of what is allowed. */
static void check_limit(const char *counter, const char *parameter, const char *what)
{
	unsigned long long used, most;

	if (!read_number(counter, &used) || !read_number(parameter, &most))
		return;
	if (is_near(used, most))
		tell(FINDING_BAD, "limits", "a user has %llu %s of %llu; raise %s, or see who it is: sudo "
		     "vfnctl ps", used, what, most, parameter);
	else
		tell(FINDING_GOOD, "limits", "no user has more than %llu %s of %llu", used, what, most);
}

static void take_most(struct nlattr **attrs, void *arg)
{
	unsigned int *most = arg;

	if (attrs[VFN_ATTR_MAPPINGS] && netlink_u32(attrs[VFN_ATTR_MAPPINGS]) > *most)
		*most = netlink_u32(attrs[VFN_ATTR_MAPPINGS]);
}

/* Of the tables that one may see. */
static void check_mappings(void)
{
	struct netlink netlink;
	unsigned long long max;
	unsigned int most = 0;
	char *error;
	int err;

	if (!read_number(PARAMETERS "max_mappings", &max))
		return;
	error = netlink_open(&netlink);
	if (error) {
		tell(FINDING_BAD, "limits", "%s", error);
		free(error);
		return;
	}
	err = netlink_ask(&netlink, VFN_CMD_HOLDERS, 0, take_most, &most);
	netlink_close(&netlink);
	if (err)
		tell(FINDING_BAD, "limits", "the processes that have a view can't be read: %s; try again, "
		     "and see dmesg", strerror(err));
	else if (is_near(most, max))
		tell(FINDING_BAD, "limits", "a table has %u mappings of %llu; raise %s, or see whose it is: "
		     "sudo vfnctl ps", most, max, PARAMETERS "max_mappings");
	else
		tell(FINDING_GOOD, "limits", "no table%s has more than %u mappings of %llu",
		     geteuid() ? " that you may see" : "", most, max);
}

void check_limits(const struct patient *patient)
{
	if (!patient->loaded)
		return;
	check_mappings();
	check_limit(COUNTERS "most_bytes", PARAMETERS "max_user_bytes", "bytes");
	check_limit(COUNTERS "most_snapshots", PARAMETERS "max_snapshots", "snapshots");
}
