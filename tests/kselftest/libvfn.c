// SPDX-License-Identifier: GPL-2.0
/* kselftests: libvfn: its one descriptor, use after vfork, batches, iteration */

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>

#include <libvfn.h>

#include "tap.h"

#define TARGET	"/etc/os-release"

/* Does NAME lead to what TARGET is? */
static bool leads(const char *name)
{
	char want[64], got[64];
	int target = open(TARGET, O_RDONLY);
	int fd = open(name, O_RDONLY);
	bool same;

	if (target < 0)
		bail_out(TARGET);
	same = fd >= 0 && read(target, want, sizeof(want)) == sizeof(want) &&
	       read(fd, got, sizeof(got)) == sizeof(got) && !memcmp(want, got, sizeof(want));
	close(target);
	if (fd >= 0)
		close(fd);
	return same;
}

static bool maps(const char *name)
{
	return vfn(name, TARGET) == 0 && leads(name);
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (!dir)
		bail_out("/proc/self/fd");
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* The descriptor that libvfn keeps, or -1. */
static int kept_descriptor(void)
{
	char link[64], target[64];
	ssize_t length;
	int fd;

	for (fd = 0; fd < 64; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = readlink(link, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (!strcmp(target, "/dev/vfn"))
			return fd;
	}
	return -1;
}

static void *map_many(void *prefix)
{
	char name[64];
	long failed = 0;
	int i;

	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "/%s/%d", (char *)prefix, i);
		failed += vfn(name, TARGET) != 0;
	}
	return (void *)failed;
}

static void threads(void *arg)
{
	static char *const prefixes[] = { "a", "b", "c", "d" };
	int before = count_descriptors();
	pthread_t threads[4];
	struct vfn_status status;
	void *failed, *any = NULL;
	int i;

	(void)arg;
	for (i = 0; i < 4; i++) {
		if (pthread_create(&threads[i], NULL, map_many, prefixes[i]))
			bail_out("pthread_create");
	}
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], &failed);
		if (failed)
			any = failed;
	}
	ok(!any, "threads that open the device at once all can edit");
	ok(vfn_status(&status) == 0 && status.nr_mappings == 800, "and no edit is lost");
	ok(count_descriptors() == before + 1, "and one descriptor is kept");
	ok(fcntl(kept_descriptor(), F_GETFD) == FD_CLOEXEC, "which is closed on exec");
}

static void closed(void *arg)
{
	int count;

	(void)arg;
	ok(maps("/a/first"), "an edit");
	count = count_descriptors();
	close(kept_descriptor());
	ok(maps("/a/second"), "an edit after the program has closed the descriptor");
	ok(count_descriptors() == count, "which is replaced");
	vfn("/a/third", TARGET);
	ok(count_descriptors() == count, "and kept");
}

/* The number of the kept descriptor becomes that of NAME, opened with FLAGS. */
static void reuse(const char *name, int flags)
{
	int fd, kept;

	if (!maps("/a/before"))
		bail_out("vfn");
	kept = kept_descriptor();
	fd = open(name, flags);
	if (fd < 0 || dup2(fd, kept) < 0)
		bail_out("%s", name);
	close(fd);
	ok(maps("/a/after"), "an edit when the descriptor's number is %s's", name);
	ok(fcntl(kept, F_GETFD) >= 0 && kept_descriptor() != kept,
	   "which keeps its number");
	close(kept);
}

static void reused(void *arg)
{
	int count;

	(void)arg;
	vfn("/a/before", TARGET);
	count = count_descriptors();
	reuse("/etc/passwd", O_RDONLY);
	reuse("/", O_PATH);
	reuse("/dev/ptmx", O_RDWR | O_NOCTTY);
	reuse("/dev/zero", O_RDWR);
	ok(count_descriptors() == count, "no descriptor is left over");
}

/* A child on its parent's memory that has closed all descriptors and edits. */
static int vfork_close_edit(void)
{
	int status;
	pid_t pid = vfork();

	if (pid < 0)
		bail_out("vfork");
	if (!pid) {
		syscall(SYS_close_range, 3, ~0U, 0);
		_exit(maps("/child") ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void vfork_closed(void *arg)
{
	int failed = 0, parent = 0, seen = 0;
	int i, count;

	(void)arg;
	vfn("/parent/0", TARGET);
	count = count_descriptors();
	for (i = 0; i < 50; i++) {
		failed += vfork_close_edit() != 0;
		seen += leads("/child");
		parent += !maps("/parent/1");
	}
	ok(!failed, "edits of vfork children that have closed all descriptors");
	ok(!seen, "their parent sees none of them");
	ok(!parent, "and can edit after each");
	ok(count_descriptors() == count, "and leaks no descriptor");
}

static void vfork_first(void *arg)
{
	int count = count_descriptors();

	(void)arg;
	ok(vfork_close_edit() == 0, "a vfork child makes the first edit of all");
	ok(maps("/parent"), "its parent makes one later");
	ok(maps("/parent/again") && count_descriptors() == count + 1,
	   "and keeps a descriptor of its own");
}

static void vfork_exec(void *arg)
{
	int status;
	pid_t pid = vfork();

	(void)arg;
	if (!pid) {
		if (vfn("/no/where", TARGET) < 0)
			_exit(9);
		execl("/bin/grep", "grep", "-q", "NAME=", "/no/where", (char *)NULL);
		_exit(8);
	}
	waitpid(pid, &status, 0);
	ok(status == 0, "an edit between vfork and exec holds in the new program");
	ok(access("/no/where", F_OK) < 0 && errno == ENOENT, "and not in the parent");
}

static void forked(void *arg)
{
	int i, count;

	(void)arg;
	syscall(SYS_close_range, 3, ~0U, 0);
	count = count_descriptors();
	for (i = 0; i < 20; i++)
		vfn("/a", TARGET);
	ok(leads("/a"), "a child that has closed all descriptors can edit");
	ok(count_descriptors() <= count + 1, "again and again");
}

static void descriptors(void *arg)
{
	(void)arg;
	vfn("/parent", TARGET);
	in_child(forked, NULL, "forked");
	ok(vfn_hide("/dev") == 0 && access("/dev/vfn", F_OK) < 0, "/dev is hidden");
	ok(vfn_unmap("/dev") == 0 && access("/dev/vfn", F_OK) == 0,
	   "and the kept descriptor undoes it");
}

#define MANY 5000

static void name_mapping(int i, char from[300], char to[300])
{
	snprintf(from, 300, "/many/%0200d", i);
	snprintf(to, 300, "/to/%0100d", i);
}

static void check_iteration(void)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping mapping;
	char from[300], to[300];
	int wrong = 0, count, more;

	for (count = 0; (more = vfn_iter_next(iter, &mapping)) == 1; count++) {
		name_mapping(count, from, to);
		wrong += strcmp(mapping.from, from) != 0;
		if (count % 3)
			wrong += !mapping.to || strcmp(mapping.to, to);
		else
			wrong += mapping.to != NULL;
		wrong += mapping.flags != (count % 3 == 1 ? VFN_NOFOLLOW : 0);
	}
	ok(more == 0 && count == MANY && !wrong, "and iteration gives each back, in order");
	ok(vfn_iter_next(iter, &mapping) == 0, "and stays at its end");
	vfn_iter_free(iter);
}

static void many(void *arg)
{
	struct vfn_batch *batch = vfn_batch_new();
	struct vfn_status status;
	char from[300], to[300];
	int i;

	(void)arg;
	for (i = 0; i < MANY; i++) {
		name_mapping(i, from, to);
		if (i % 3)
			vfn_batch_map(batch, from, to, i % 3 == 1 ? VFN_NOFOLLOW : 0);
		else
			vfn_batch_hide(batch, from);
	}
	ok(vfn_batch_apply(batch, NULL) == 0, "a batch of %d", MANY);
	check_iteration();
	ok(vfn_status(&status) == 0 && status.nr_mappings == MANY && status.holder &&
	   status.attached && !status.sealed &&
	   (!strcmp(status.hooks, "direct") || !strcmp(status.hooks, "ftrace")),
	   "and the status counts them");
	vfn_batch_free(batch);

	batch = vfn_batch_new();
	vfn_batch_clear(batch);
	vfn_batch_seal(batch);
	ok(vfn_batch_apply(batch, NULL) == 0 && vfn_status(&status) == 0 &&
	   status.nr_mappings == 0 && !status.holder && status.sealed, "clear and seal");
	ok(vfn_batch_apply(batch, NULL) < 0 && errno == EPERM, "no edit after that");
	vfn_batch_free(batch);
}

static void failed_index(void *arg)
{
	struct vfn_batch *batch = vfn_batch_new();
	size_t failed = 77;

	(void)arg;
	ok(vfn_batch_apply(batch, &failed) == 0, "an empty batch");
	vfn_batch_hide(batch, "/hidden");
	vfn_batch_map(batch, "/mapped", TARGET, 0);
	vfn_batch_map(batch, "relative", TARGET, 0);
	vfn_batch_clear(batch);
	ok(vfn_batch_apply(batch, &failed) < 0 && errno == EINVAL && failed == 2,
	   "a batch tells which edit failed");
	ok(!leads("/mapped"), "and has done none");
	vfn_batch_free(batch);

	ok(vfn_map("/a", "/b", 1u << 4) < 0 && errno == EINVAL, "an unknown flag");
	ok(vfn(NULL, "/b") < 0 && errno == EFAULT, "no FROM");
	ok(vfn("/a", NULL) < 0 && errno == EFAULT, "no TO");
	ok(vfn_unmap("/a") < 0 && errno == ENOENT, "unmapping what isn't mapped");
}

int main(void)
{
	if (vfn_available() < 0)
		bail_out("vfn_available");
	close(kept_descriptor());

	in_child(threads, NULL, "threads");
	in_child(closed, NULL, "closed");
	in_child(reused, NULL, "reused");
	in_child(vfork_closed, NULL, "vfork_closed");
	in_child(vfork_first, NULL, "vfork_first");
	in_child(vfork_exec, NULL, "vfork_exec");
	in_child(descriptors, NULL, "descriptors");
	in_child(many, NULL, "many");
	in_child(failed_index, NULL, "failed_index");
	return done();
}
