// SPDX-License-Identifier: GPL-2.0
/* kselftests: SNAPSHOT and ADOPT: what a snapshot holds, who can adopt it, every errno */

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <libvfn.h>
#include <linux/vfn.h>

#include "pass-fd.h"
#include "tap.h"

#define TARGET	"/etc/passwd"
#define LINK	"/proc/self/exe"

/* The table as text: "FROM>TO FROM>TO"; lives until the next call. */
static const char *table(void)
{
	static char text[4096];
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping map;
	size_t len = 0;

	if (!iter)
		bail_out("vfn_iter_new");
	text[0] = '\0';
	while (vfn_iter_next(iter, &map) > 0 && len < sizeof(text))
		len += snprintf(text + len, sizeof(text) - len, "%s%s>%s", len ? " " : "",
				map.from, map.to ? map.to : "");
	vfn_iter_free(iter);
	return text;
}

static bool table_is(const char *want)
{
	const char *got = table();

	if (!strcmp(got, want))
		return true;
	diag("the table is '%s', not '%s'", got, want);
	return false;
}

static bool sealed(void)
{
	struct vfn_status status;

	if (vfn_status(&status))
		bail_out("vfn_status");
	return status.sealed;
}

static void must(int result)
{
	if (result < 0)
		bail_out("a step");
}

static int snapshot(void)
{
	int fd = vfn_snapshot();

	must(fd);
	return fd;
}

static bool fails(long result, int err)
{
	return result < 0 && errno == err;
}

static void holds(void *arg)
{
	int before, after, fd = snapshot();

	(void)arg;
	must(vfn("/a", "/1"));
	must(vfn_map("/b", "/2", VFN_NOFOLLOW));
	before = snapshot();
	must(vfn_hide("/c"));
	must(vfn_unmap("/a"));
	after = snapshot();
	ok(vfn_adopt(before) == 0 && table_is("/a>/1 /b>/2"), "a table as it was");
	must(vfn("/d", "/4"));
	ok(vfn_adopt(after) == 0 && table_is("/b>/2 /c>"), "another one, edited in between");
	ok(vfn_adopt(before) == 0 && table_is("/a>/1 /b>/2"), "the first again, without the edit");
	ok(vfn_adopt(fd) == 0 && table_is(""), "one from before there was any");
	must(vfn("/e", "/5"));
	ok(vfn_adopt(fd) == 0 && vfn_adopt(fd) == 0 && table_is(""), "twice");
	ok(vfn_adopt(after) == 0 && vfn_clear() == 0 && vfn_adopt(after) == 0 &&
	   table_is("/b>/2 /c>"), "after CLEAR");
	close(before);
	ok(fails(vfn_adopt(before), EBADF) && table_is("/b>/2 /c>"), "closed: EBADF");
}

static void looked_up(void *arg)
{
	int fd;

	(void)arg;
	must(vfn("/no/name", TARGET));
	fd = snapshot();
	must(vfn_clear());
	ok(fails(access("/no/name", F_OK), ENOENT), "a name that is no longer mapped");
	ok(vfn_adopt(fd) == 0 && access("/no/name", F_OK) == 0 && access("/no", F_OK) == 0,
	   "is there with the table that maps it");
}

static void is_a_file(void *arg)
{
	char link[PATH_MAX] = "", name[64], byte = 0;
	int fd = snapshot();

	(void)arg;
	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC, "a snapshot is closed on exec");
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ok(readlink(name, link, sizeof(link) - 1) > 0 && !strcmp(link, "anon_inode:[vfn]"),
	   "it is %s", link);
	ok(read(fd, &byte, 1) < 0 && write(fd, &byte, 1) < 0, "it can't be read or written");
	ok(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED, "or mapped");
	ok(fails(ioctl(fd, VFN_IOC_INFO, name), ENOTTY), "and is no device");
	ok(fails(open(name, O_RDONLY), ENXIO), "it can't be opened anew");
}

static void outlives(void *arg)
{
	int pair[2], fd;
	pid_t maker;

	(void)arg;
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	maker = fork();
	must(maker);
	if (!maker) {
		must(vfn("/a", "/1"));
		must(pass_fd(pair[1], snapshot()) - 1);
		_exit(0);
	}
	waitpid(maker, NULL, 0);
	must(vfn("/mine", "/0"));
	fd = take_fd(pair[0]);
	must(fd);
	ok(vfn_adopt(fd) == 0 && table_is("/a>/1"),
	   "a process adopts the table of one that has gone, in the place of its own");
	must(vfn("/b", "/2"));
	if (!fork()) {
		ok(table_is("/a>/1 /b>/2"), "its children inherit it, and its edits");
		ok(vfn_adopt(fd) == 0 && table_is("/a>/1"), "and can adopt on their own");
		_exit(0);
	}
	wait(NULL);
	ok(table_is("/a>/1 /b>/2"), "which is not seen by the parent");
}

static void seals(void *arg)
{
	int pair[2], before, fd;

	(void)arg;
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	must(vfn("/a", "/1"));
	before = snapshot();
	if (!fork()) {
		must(vfn_seal());
		fd = snapshot();
		ok(fails(vfn_adopt(before), EPERM) && sealed(), "who is sealed can't adopt: EPERM");
		ok(fails(vfn_adopt(fd), EPERM) && table_is("/a>/1"), "not even the same table");
		must(pass_fd(pair[1], fd) - 1);
		_exit(0);
	}
	wait(NULL);
	fd = take_fd(pair[0]);
	must(fd);
	must(vfn_clear());
	ok(vfn_adopt(before) == 0 && !sealed(), "a snapshot from before SEAL is not sealed");
	ok(vfn_adopt(fd) == 0 && table_is("/a>/1") && sealed(), "one from after it is");
	ok(fails(vfn("/b", "/2"), EPERM) && fails(vfn_adopt(before), EPERM) && table_is("/a>/1"),
	   "and so is who adopts it");
}

static int device;

static int adopt_by(void *arg)
{
	return ioctl(device, VFN_IOC_ADOPT, arg);
}

static int snapshot_by(void *arg)
{
	return ioctl(device, VFN_IOC_SNAPSHOT, arg);
}

static void wrong_sizes(void *arg)
{
	struct { struct vfn_snapshot s; __u32 more[4]; } take = { .s.size = sizeof(take) };
	struct { struct vfn_adopt a; __u32 more[4]; } give = { .a.size = sizeof(give) };
	int fd;

	(void)arg;
	ok(fails(snapshot_by(NULL), EFAULT) && fails(adopt_by(NULL), EFAULT), "no argument: EFAULT");
	fd = snapshot_by(&take);
	give.a.fd = fd;
	ok(fd >= 0 && !adopt_by(&give), "a longer structure, of zeros");
	take.more[3] = 1;
	give.more[3] = 1;
	ok(fails(snapshot_by(&take), E2BIG) && fails(adopt_by(&give), E2BIG), "not of zeros: E2BIG");
	take.s.size = give.a.size = 1 << 20;
	ok(fails(snapshot_by(&take), E2BIG) && fails(adopt_by(&give), E2BIG), "endless: E2BIG");
	take.s.size = VFN_SNAPSHOT_SIZE_VER0 - 1;
	give.a.size = VFN_ADOPT_SIZE_VER0 - 1;
	ok(fails(snapshot_by(&take), EINVAL) && fails(adopt_by(&give), EINVAL), "too short: EINVAL");
	take.s.size = VFN_SNAPSHOT_SIZE_VER0;
	take.s.reserved = 1;
	ok(fails(snapshot_by(&take), EINVAL), "a reserved field that isn't zero: EINVAL");
	ok(table_is("/kept>/1"), "none of them changes the table");
}

static void wrong_descriptors(void *arg)
{
	int fd = snapshot(), file = open(TARGET, O_RDONLY), path, event, pipes[2];
	char name[64];

	(void)arg;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	path = open(name, O_PATH);
	event = open("/proc/self/ns/mnt", O_RDONLY);
	if (file < 0 || path < 0 || event < 0 || pipe(pipes))
		bail_out("open files");
	ok(fails(vfn_adopt(-1), EBADF) && fails(vfn_adopt(INT_MIN), EBADF) &&
	   fails(vfn_adopt(INT_MAX), EBADF) && fails(vfn_adopt(1000), EBADF),
	   "numbers that are no descriptors: EBADF");
	ok(fails(vfn_adopt(path), EBADF), "an O_PATH descriptor of a snapshot: EBADF");
	ok(fails(vfn_adopt(file), EINVAL) && fails(vfn_adopt(pipes[0]), EINVAL) &&
	   fails(vfn_adopt(event), EINVAL) && fails(vfn_adopt(device), EINVAL),
	   "files of other kinds: EINVAL");
	ok(table_is("/kept>/1"), "none of them changes the table");
}

static void no_room(void *arg)
{
	struct rlimit old, none = { 0 };
	int err;

	(void)arg;
	must(vfn("/a", "/1"));
	must(getrlimit(RLIMIT_NOFILE, &old));
	none.rlim_max = old.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &none));
	err = snapshot_by(&(struct vfn_snapshot){ .size = sizeof(struct vfn_snapshot) }) < 0 ?
	      errno : 0;
	must(setrlimit(RLIMIT_NOFILE, &old));
	ok(err == EMFILE, "no descriptor is free: EMFILE (%s)", strerror(err));
}

static void limit(void *arg)
{
	static const char name[] = "/sys/module/vfn/parameters/max_snapshots";
	char old[16] = "";
	int param = open(name, O_RDWR), fds[5], i;
	bool refused;

	(void)arg;
	if (param < 0 || read(param, old, sizeof(old) - 1) < 1 || pwrite(param, "4", 1, 0) != 1)
		bail_out(name);
	for (i = 0; i < 4; i++)
		fds[i] = vfn_snapshot();
	refused = fails(vfn_snapshot(), EDQUOT);
	close(fds[0]);
	fds[0] = vfn_snapshot();
	must(pwrite(param, old, strlen(old), 0));
	ok(fds[1] >= 0 && fds[2] >= 0 && fds[3] >= 0 && refused, "more than max_snapshots: EDQUOT");
	ok(fds[0] >= 0, "when one is closed, there can be another");
	fds[4] = vfn_snapshot();
	ok(fds[4] >= 0, "or when the limit is raised (%d)", atoi(old));
}

/* What /proc/self/exe says in a program run by the name @as, with @fd adopted in it. */
static const char *exe_after(const char *as, int fd)
{
	static char link[PATH_MAX];
	char number[16];
	ssize_t len;
	int out[2];

	must(pipe(out));
	snprintf(number, sizeof(number), "%d", fd);
	if (!fork()) {
		must(fcntl(fd, F_SETFD, 0));
		must(dup2(out[1], STDOUT_FILENO));
		execl(as, as, "exe", number, NULL);
		_exit(1);
	}
	close(out[1]);
	len = read(out[0], link, sizeof(link) - 1);
	link[len < 0 ? 0 : len] = '\0';
	close(out[0]);
	wait(NULL);
	return link;
}

static int print_exe(int fd)
{
	char link[PATH_MAX];
	ssize_t len;

	if (vfn_adopt(fd))
		return 1;
	len = readlink(LINK, link, sizeof(link));
	return len < 0 || write(STDOUT_FILENO, link, len) != len;
}

static void program_name(void *arg)
{
	char self[PATH_MAX] = "";
	int same, other, none;
	const char *exe;

	(void)arg;
	must(readlink(LINK, self, sizeof(self) - 1));
	/* In each table another number of mappings is older than that of /prog/2. */
	must(vfn("/prog/1", self));
	other = snapshot();
	must(vfn("/filler", "/1"));
	must(vfn("/prog/2", self));
	same = snapshot();
	must(vfn_clear());
	none = snapshot();
	must(vfn("/prog/0", self));
	must(vfn("/prog/2", self));
	exe = exe_after("/prog/2", same);
	ok(!strcmp(exe, "/prog/2"), "the program keeps the name it was run by: %s", exe);
	exe = exe_after("/prog/2", other);
	ok(!strcmp(exe, "/prog/1"), "if that is mapped no more, the oldest name it has: %s", exe);
	exe = exe_after("/prog/2", none);
	ok(!strcmp(exe, self), "or its real one: %s", exe);
	exe = exe_after(self, same);
	ok(!strcmp(exe, self), "which it keeps if it was run by it: %s", exe);
}

/* Tables for the race: all of A, or all of B. */
#define RACE_NAMES	8
#define RACE_ROUNDS	400

struct race {
	int fds[2];
	atomic_bool over;
	atomic_uint mixed, seen[2], edits;
};

static void race_table(char letter)
{
	struct vfn_batch *batch = vfn_batch_new();
	char from[16], to[16];
	int i;

	for (i = 0; i < RACE_NAMES; i++) {
		snprintf(from, sizeof(from), "/race/%d", i);
		snprintf(to, sizeof(to), "/%c", letter);
		vfn_batch_map(batch, from, to, 0);
	}
	must(vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
}

static void *race_reads(void *arg)
{
	char buf[RACE_NAMES * 64] __attribute__((aligned(8)));
	struct race *race = arg;
	const struct vfn_entry *e;
	unsigned int i, is[2];
	struct vfn_list list;

	while (!race->over) {
		list = (struct vfn_list){ .size = sizeof(list), .buf = (unsigned long)buf,
					  .buf_size = sizeof(buf) };
		must(ioctl(device, VFN_IOC_LIST, &list));
		e = (void *)buf;
		is[0] = is[1] = 0;
		for (i = 0; i < list.nr; i++) {
			if (!strncmp(e->names, "/race/", 6))
				is[e->names[e->from_len + 2] == 'B']++;
			e = (void *)((char *)e + e->size);
		}
		race->mixed += (is[0] && is[1]) || is[0] + is[1] != RACE_NAMES;
		race->seen[is[1] != 0]++;
	}
	return NULL;
}

static void *race_edits(void *arg)
{
	struct race *race = arg;

	while (!race->over) {
		/* It may be gone again by the time that it is to be unmapped. */
		must(vfn("/edit", "/1"));
		if (vfn_unmap("/edit") && errno != ENOENT)
			bail_out("unmap");
		race->edits++;
	}
	return NULL;
}

static void races(void *arg)
{
	struct race race = {};
	pthread_t threads[3];
	int i;

	(void)arg;
	race_table('A');
	race.fds[0] = snapshot();
	race_table('B');
	race.fds[1] = snapshot();
	pthread_create(&threads[0], NULL, race_reads, &race);
	pthread_create(&threads[1], NULL, race_reads, &race);
	pthread_create(&threads[2], NULL, race_edits, &race);
	for (i = 0; i < RACE_ROUNDS || !race.seen[0] || !race.seen[1] || !race.edits; i++)
		must(vfn_adopt(race.fds[i % 2]));
	race.over = true;
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	ok(!race.mixed, "threads see one table or the other, whole (%u, %u, and %u edits)",
	   race.seen[0], race.seen[1], race.edits);
	must(vfn_adopt(race.fds[0]));
	must(vfn_unmap("/race/7"));
	ok(vfn_adopt(race.fds[1]) == 0 && !strstr(table(), "/edit") && strstr(table(), "/race/7>/B"),
	   "and the snapshots are what they were");
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return print_exe(atoi(argv[2]));
	device = open("/dev/vfn", O_RDONLY | O_CLOEXEC);
	if (device < 0)
		bail_out("/dev/vfn");
	in_child(holds, NULL, "holds");
	in_child(looked_up, NULL, "looked_up");
	in_child(is_a_file, NULL, "is_a_file");
	in_child(outlives, NULL, "outlives");
	in_child(seals, NULL, "seals");
	in_child(no_room, NULL, "no_room");
	in_child(limit, NULL, "limit");
	in_child(program_name, NULL, "program_name");
	in_child(races, NULL, "races");
	must(vfn("/kept", "/1"));
	in_child(wrong_sizes, NULL, "wrong_sizes");
	in_child(wrong_descriptors, NULL, "wrong_descriptors");
	return done();
}
