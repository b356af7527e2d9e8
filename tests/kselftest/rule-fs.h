/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests of the rules: on file systems of each kind
 *
 * A list of those that keep directories and symlinks in ways of their own.  Each is
 * mounted, empty, for as long as it is tested.
 */
#ifndef KSELFTEST_RULE_FS_H
#define KSELFTEST_RULE_FS_H

#include <mntent.h>
#include <sched.h>
#include <sys/mount.h>

#include "rule.h"

/**
 * struct rule_fs - a kind of file system
 * @label:	what it is called
 * @mount:	shell command that mounts one at $dir; $tmp is a directory beside it
 */
struct rule_fs {
	const char *label;
	const char *mount;
};

#define FS_IMAGE(size, mkfs)	"truncate -s " size " $tmp/image && " mkfs " $tmp/image && " \
				"mount -o loop $tmp/image $dir"

static const struct rule_fs rule_file_systems[] = {
	{ "tmpfs", "mount -t tmpfs none $dir" },
	{ "ext4", FS_IMAGE("128M", "mkfs.ext4 -q -b 4096 -N 120000") },
	{ "btrfs", FS_IMAGE("160M", "mkfs.btrfs -q >/dev/null") },
	{ "overlay", "mkdir $tmp/lower $tmp/upper $tmp/work && mount -t overlay none $dir "
		     "-o lowerdir=$tmp/lower,upperdir=$tmp/upper,workdir=$tmp/work" },
	{ "9p", "mkdir $share && mount --bind $share $dir" },
};

/*
 * A directory that is to be made on a 9p file system which can be written to; where the
 * kernel has no 9p, the virtual machine has virtiofs in its place.
 */
static inline const char *fs_share(void)
{
	const char *name = NULL;
	struct mntent *m;
	FILE *mounts;

	mounts = setmntent("/proc/self/mounts", "re");
	while (mounts && !name && (m = getmntent(mounts)))
		if ((!strcmp(m->mnt_type, "9p") || !strcmp(m->mnt_type, "virtiofs")) &&
		    hasmntopt(m, "rw"))
			name = text("%s/vfn-fs.%d", m->mnt_dir, getpid());
	if (!name)
		bail_out("there is no 9p or virtiofs to write to");
	endmntent(mounts);
	return name;
}

static inline void fs_shell(const char *vars, const char *command)
{
	if (system(text("{ %s %s; } 2>&1", vars, command)))
		bail_out("%s", command);
}

/* One file system, for @run(@base, @label) to be called on it. */
static inline void fs_run(const struct rule_fs *fs,
			  void (*run)(const char *base, const char *label))
{
	char base[64], vars[256];

	snprintf(base, sizeof(base), "/tmp/vfn-fs.%d/%s", getpid(), fs->label);
	snprintf(vars, sizeof(vars), "dir=%s tmp=%s.tmp share=%s;", base, base,
		 strstr(fs->mount, "$share") ? fs_share() : "");
	fs_shell(vars, "mkdir -p $dir $tmp");
	fs_shell(vars, fs->mount);
	run(base, fs->label);
	fs_shell(vars, "umount $dir && rm -r ${share:-$tmp} && rm -rf $tmp && rmdir $dir");
}

/* All of them, out of others' sight. */
static inline void fs_run_all(void (*run)(const char *base, const char *label))
{
	size_t i;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		bail_out("a mount namespace");
	fs_shell("", "modprobe -a loop ext4 btrfs overlay");
	for (i = 0; i < COUNT(rule_file_systems); i++)
		fs_run(&rule_file_systems[i], run);
	fs_shell("", text("rmdir /tmp/vfn-fs.%d", getpid()));
}

/* @rules on one of them, named in their labels. */
static inline void fs_rules_run(const char *base, const char *label, const struct rule *rules,
				size_t nr)
{
	char name[128];
	size_t i;

	for (i = 0; i < nr; i++) {
		struct rule rule = rules[i];

		snprintf(name, sizeof(name), "%s: %s", label, rule.name);
		rule.name = name;
		rules_run_in(base, &rule, 1);
	}
}

#endif /* KSELFTEST_RULE_FS_H */
