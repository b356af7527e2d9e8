// SPDX-License-Identifier: GPL-2.0
/*
 * A table as large as may be, and one mapping more
 *
 * load-table [--mappings N]
 */
#include <getopt.h>
#include <grp.h>
#include <sys/stat.h>
#include <time.h>

#include <libvfn.h>

#include "module.h"
#include "slab.h"

#define BATCH	1000
#define SAMPLES	1000
#define USER	1000
#define DIR	"/vfn-load-table"
#define TARGET	"/run/vfn-load-target"
#define OTHER	"/run/vfn-load-other"
/* What others may make meanwhile. */
#define SLACK	1000

static unsigned int most = 10000;
static struct stat target, other;

static const char *name_of(unsigned int i)
{
	static char name[64];

	snprintf(name, sizeof(name), DIR "/%u/%u", i / 1000, i);
	return name;
}

static bool leads_to(const char *name, const struct stat *want)
{
	struct stat st;

	return !stat(name, &st) && st.st_dev == want->st_dev && st.st_ino == want->st_ino;
}

static unsigned int nr_mappings(void)
{
	struct vfn_status status;

	if (vfn_status(&status))
		bail_out("the table's size");
	return status.nr_mappings;
}

/* Mappings from @from on; 0 or errno.  *@failed: how many went well. */
static int map_batch(unsigned int from, unsigned int nr, size_t *failed)
{
	struct vfn_batch *batch = vfn_batch_new();
	int err = batch ? 0 : ENOMEM;
	unsigned int i;

	for (i = from; i < from + nr && !err; i++)
		err = vfn_batch_map(batch, name_of(i), TARGET, 0) ? errno : 0;
	if (!err)
		err = vfn_batch_apply(batch, failed) ? errno : 0;
	vfn_batch_free(batch);
	return err;
}

/* Until there are as many as may be, or an edit fails: its errno. */
static int map_all(void)
{
	unsigned int i;
	size_t failed;
	int err = 0;

	for (i = 0; i < most && !err; i += BATCH)
		err = map_batch(i, most - i < BATCH ? most - i : BATCH, &failed);
	return err;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static bool samples_lead_to_target(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < SAMPLES; i++)
		bad += !leads_to(name_of((i * 7919ull * 104729) % most), &target);
	bad += !leads_to(name_of(0), &target) + !leads_to(name_of(most - 1), &target);
	return !bad && access(name_of(most), F_OK) && errno == ENOENT;
}

static unsigned int count_listed(void)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping map;
	unsigned int nr = 0;

	while (iter && vfn_iter_next(iter, &map) == 1 && !strcmp(map.from, name_of(nr)))
		nr++;
	vfn_iter_free(iter);
	return nr;
}

static void at_the_limit(void)
{
	size_t failed;
	int err;

	err = map_batch(most - 1, 2, &failed);
	ok(err == ENOSPC && failed == 1, "one more is refused with ENOSPC, and it is to blame");
	ok(nr_mappings() == most, "there are as many as before");
	/* Whatever changes is the youngest from then on. */
	ok(!vfn(name_of(most - 1), OTHER) && leads_to(name_of(most - 1), &other),
	   "one that is there can be changed");
	ok(!vfn(name_of(most - 1), TARGET) && nr_mappings() == most, "and changed back");
	ok(!vfn_unmap(name_of(most - 1)) && nr_mappings() == most - 1, "one can be taken away");
	ok(!map_batch(most - 1, 1, &failed) && nr_mappings() == most, "and another comes");
	ok(vfn_hide(DIR "/one-more") && errno == ENOSPC, "then one more is refused again");
}

static void in_others(void *arg)
{
	int snapshot = *(int *)arg;

	ok(nr_mappings() == most && samples_lead_to_target(), "a child has them all");
	ok(!vfn(name_of(1), OTHER) && leads_to(name_of(1), &other), "it can change them");
	ok(!vfn_clear() && !nr_mappings(), "it can clear them");
	ok(!vfn_adopt(snapshot) && nr_mappings() == most && samples_lead_to_target(),
	   "it can have them back from a snapshot");
}

static void large_table(void *arg)
{
	double start = seconds();
	int snapshot, err;

	(void)arg;
	err = map_all();
	ok(!err && nr_mappings() == most, "%u mappings (%s)", most, strerror(err));
	diag("%.1f s, %.1f microseconds each", seconds() - start,
	     (seconds() - start) * 1e6 / most);
	ok(samples_lead_to_target(), "names lead where they should");
	at_the_limit();
	start = seconds();
	snapshot = vfn_snapshot();
	ok(snapshot >= 0, "a snapshot of them");
	in_child(in_others, &snapshot, "a child");
	diag("a child: %.1f s", seconds() - start);
	ok(nr_mappings() == most && leads_to(name_of(1), &target),
	   "the parent's mappings are as they were");
	start = seconds();
	ok(count_listed() == most, "all are listed, in order");
	diag("a list: %.1f s", seconds() - start);
}

/* More bytes than a user may have. */
static void too_many_bytes(void *arg)
{
	unsigned int nr;

	(void)arg;
	if (setgroups(0, NULL) || setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		bail_out("become user %d", USER);
	ok(map_all() == EDQUOT, "more bytes than a user may have are refused with EDQUOT");
	nr = nr_mappings();
	diag("%u mappings fit in %u bytes", nr, most * 64);
	ok(nr && nr < most && leads_to(name_of(nr - 1), &target) &&
	   access(name_of(nr), F_OK) && errno == ENOENT, "whole batches are there, or not at all");
	ok(!vfn_unmap(name_of(0)), "one can be taken away");
	ok(!vfn_clear() && !vfn(name_of(0), TARGET), "when they are gone, there is room");
}

static void make_file(const char *name, struct stat *st)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || fstat(fd, st) || close(fd))
		bail_out("%s", name);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mappings", required_argument, NULL, 'm' },
		{}
	};
	unsigned long old_most, old_bytes;
	struct slab_use before;
	unsigned int users;

	while (getopt_long(argc, argv, "", options, NULL) == 'm')
		most = strtoul(optarg, NULL, 0);
	if (optind < argc || most < 10 * BATCH)
		bail_out("load-table [--mappings N], N at least %u", 10 * BATCH);
	make_file(TARGET, &target);
	make_file(OTHER, &other);
	users = module_users();
	old_most = module_set("max_mappings", most);
	old_bytes = module_set("max_user_bytes", most * 1024ul);
	before = slab_use();
	in_child(large_table, NULL, "a large table");
	ok(slab_returns_to(&before, SLACK), "its memory comes back");
	module_set("max_user_bytes", most * 64ul);
	in_child(too_many_bytes, NULL, "too many bytes");
	ok(slab_returns_to(&before, SLACK), "their memory comes back");
	module_set("max_mappings", old_most);
	module_set("max_user_bytes", old_bytes);
	ok(module_users_return_to(users), "the module has as many users as before");
	return done();
}
