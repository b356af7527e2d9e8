// SPDX-License-Identifier: GPL-2.0
/*
 * N13: a batch is applied whole or not at all, and seen so; a sealed table stays
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <time.h>

#include <linux/vfn.h>

#include "rule.h"

#define OPS	5		/* of the batch that is to fail somewhere */
#define SECONDS	5
#define LOOKERS	3

/* APPLY as it is; *@failed as the kernel leaves it. */
static int apply(const struct vfn_op *ops, unsigned int nr, unsigned int *failed)
{
	struct vfn_apply apply = {
		.size = sizeof(apply),
		.nr_ops = nr,
		.ops = (unsigned long)ops,
		.op_size = sizeof(*ops),
		.failed = 12345,
	};
	int fd = open("/dev/vfn", O_RDWR | O_CLOEXEC), ret, err;

	if (fd < 0)
		bail_out("/dev/vfn");
	ret = ioctl(fd, VFN_IOC_APPLY, &apply);
	err = errno;
	close(fd);
	*failed = apply.failed;
	errno = err;
	return ret;
}

static struct vfn_op op_map(const char *from, const char *to)
{
	return (struct vfn_op){ VFN_OP_MAP, 0, (unsigned long)from, (unsigned long)to };
}

static struct vfn_op op_one(unsigned int op, const char *from)
{
	return (struct vfn_op){ op, 0, (unsigned long)from, 0 };
}

/* The whole table as text. */
static char *table(void)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping m;
	char *all = text("%s", ""), *end = all;

	if (!iter)
		bail_out("vfn_iter_new");
	while (vfn_iter_next(iter, &m) == 1)
		end += sprintf(end, "%s>%s(%u);", m.from, m.to ? m.to : "-", m.flags);
	vfn_iter_free(iter);
	return all;
}

static void make_objects(void)
{
	make_file("@/a");
	make_file("@/b");
	make_file("@/c");
	make_file("@/f1");
	make_file("@/f2");
}

/**
 * struct bad - an operation that fails
 * @want:	errno
 */
struct bad {
	const char *name;
	const char *want;
	struct vfn_op op;
};

static char long_name[PATH_MAX + 1], long_comp[NAME_MAX + 3];

static void try_bad(const struct bad *bad, const struct vfn_op *good)
{
	struct vfn_op ops[OPS + 1];
	const char *before = table();
	unsigned int i, failed;

	for (i = 0; i <= OPS; i++) {
		memcpy(ops, good, i * sizeof(ops[0]));
		ops[i] = bad->op;
		memcpy(ops + i + 1, good + i, (OPS - i) * sizeof(ops[0]));
		fails(apply(ops, OPS + 1, &failed), bad->want);
		ok(failed == i, "%s: %s as operation %u is the one that failed (%u)",
		   rule_label, bad->name, i, failed);
		ok(!strcmp(table(), before), "%s: %s: nothing is applied (%s)", rule_label,
		   bad->name, table());
	}
	means("@/a", "@/f1");
	means("@/b", "@/b");
	means("@/c", "ENOENT");
	means("@/n", "ENOENT");
}

static void every_position(void)
{
	struct vfn_op good[OPS];
	const struct bad bad[] = {
		{ "an unknown operation", "EINVAL", { 77 } },
		{ "operation 0", "EINVAL", { 0 } },
		{ "an unknown flag", "EINVAL", { VFN_OP_MAP, 1U << 31, (long)"/x", (long)"/y" } },
		{ "a flag of HIDE", "EINVAL", { VFN_OP_HIDE, VFN_MAP_NOFOLLOW, (long)"/x" } },
		{ "a TO of HIDE", "EINVAL", { VFN_OP_HIDE, 0, (long)"/x", (long)"/y" } },
		{ "a name of CLEAR", "EINVAL", op_one(VFN_OP_CLEAR, "/x") },
		{ "a name of SEAL", "EINVAL", op_one(VFN_OP_SEAL, "/x") },
		{ "a relative FROM", "EINVAL", op_map("x", "/y") },
		{ "dots in FROM", "EINVAL", op_map("/x/../y", "/y") },
		{ "an empty FROM", "ENOENT", op_map("", "/y") },
		{ "an empty TO", "ENOENT", op_map("/x", "") },
		{ "UNMAP of nothing", "ENOENT", op_one(VFN_OP_UNMAP, "/not/mapped") },
		{ "UNMAP of a target", "ENOENT", op_one(VFN_OP_UNMAP, strdup(at("@/f2"))) },
		{ "a long FROM", "ENAMETOOLONG", op_map(long_name, "/y") },
		{ "a long TO", "ENAMETOOLONG", op_map("/x", long_name) },
		{ "a long component", "ENAMETOOLONG", op_one(VFN_OP_HIDE, long_comp) },
		{ "a bad pointer to FROM", "EFAULT", op_map((char *)8, "/y") },
		{ "a bad pointer to TO", "EFAULT", op_map("/x", (char *)-8L) },
		{ "a target that is hidden", "ENOENT", op_map("/x", strdup(at("@/c"))) },
	};
	size_t i;

	memset(long_name, 'x', PATH_MAX);
	long_name[0] = '/';
	memset(long_comp, 'x', NAME_MAX + 2);
	long_comp[0] = '/';
	make_objects();
	map("@/a", "@/f1");
	hide("@/c");
	good[0] = op_map(strdup(at("@/a")), strdup(at("@/f2")));
	good[1] = op_map(strdup(at("@/b")), strdup(at("@/f1")));
	good[2] = op_one(VFN_OP_UNMAP, strdup(at("@/c")));
	good[3] = op_one(VFN_OP_HIDE, strdup(at("@/f1")));
	good[4] = op_map(strdup(at("@/n")), strdup(at("@/f2")));
	for (i = 0; i < COUNT(bad); i++)
		try_bad(&bad[i], good);
}

/* The array of operations itself ends in memory that isn't there. */
static void half_an_array(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	struct vfn_op *ops = (struct vfn_op *)(pages + 4096) - 2;
	unsigned int failed;

	if (pages == MAP_FAILED || munmap(pages + 4096, 4096))
		bail_out("mmap");
	make_objects();
	ops[0] = op_map(at("@/a"), at("@/f1"));
	ops[1] = op_map(at("@/b"), at("@/f2"));
	fails(apply(ops, 3, &failed), "EFAULT");
	ok(failed == 2, "%s: operation 2 failed (%u)", rule_label, failed);
	means("@/a", "@/a");
	ok(!*table(), "%s: nothing is applied", rule_label);
	works(apply(ops, 2, &failed));
	means("@/a", "@/f1");
	means("@/b", "@/f2");
}

/* The operations of a batch are done in their order. */
static void in_order(void)
{
	struct vfn_op ops[4];
	unsigned int failed;

	make_objects();
	ops[0] = op_map(at("@/a"), at("@/f1"));
	ops[1] = op_one(VFN_OP_UNMAP, at("@/a"));
	ops[2] = op_map(at("@/a"), at("@/f2"));
	works(apply(ops, 3, &failed));
	means("@/a", "@/f2");
	ops[0] = op_map(at("@/b"), at("@/f1"));
	ops[1] = op_one(VFN_OP_CLEAR, NULL);
	ops[2] = op_one(VFN_OP_HIDE, at("@/c"));
	works(apply(ops, 3, &failed));
	means("@/a", "@/a");
	means("@/b", "@/b");
	means("@/c", "ENOENT");
	ops[0] = op_one(VFN_OP_UNMAP, at("@/c"));
	ops[1] = op_one(VFN_OP_UNMAP, at("@/c"));
	fails(apply(ops, 2, &failed), "ENOENT");
	ok(failed == 1, "%s: the second UNMAP of one name failed (%u)", rule_label, failed);
	means("@/c", "ENOENT");
	ops[0] = op_one(VFN_OP_HIDE, at("@/a"));
	ops[1] = op_map(at("@/a"), at("@/f1"));
	works(apply(ops, 2, &failed));
	means("@/a", "@/f1");
	works(apply(ops, 0, &failed));
	means("@/a", "@/f1");
}

/* Names that lie in the directory of the one before, which meanwhile means another. */
static void in_one_directory(void)
{
	struct vfn_op ops[6];
	unsigned int failed;
	char cwd[PATH_MAX];

	make_objects();
	make_file("@/d/s/x");
	make_dir("@/r");
	make_link("../q", "@/r/s");
	make_file("@/q/y");
	make_link("s/x", "@/d/l");
	ops[0] = op_map(at("@/d/s/x"), at("@/f1"));
	ops[1] = op_map(at("@/d"), at("@/r"));
	ops[2] = op_map(at("@/d/s/y"), at("@/f2"));
	ops[3] = op_map(at("@/1"), at("@/d/s"));
	ops[4] = op_map(at("@/2"), at("@/d/l"));
	ops[5] = op_map(at("@/3"), at("@/d/none"));
	works(apply(ops, COUNT(ops), &failed));
	means("@/d/s/x", "@/f1");
	means("@/d/s/y", "@/f2");
	means("@/q/y", "@/f2");
	means("@/1/x", "@/d/s/x");
	means("@/2", "@/d/s/x");
	means("@/3", "ENOENT");
	/* What TO means is what it meant before the batch. */
	ops[0] = op_map(at("@/4"), at("@/1/x"));
	ops[1] = op_one(VFN_OP_UNMAP, at("@/1"));
	ops[2] = op_map(at("@/5"), at("@/1/x"));
	ops[3] = op_map(at("@/6"), at("@/d/s/y"));
	ops[4] = op_map(at("@/7"), at("@/r/s/y"));
	works(apply(ops, 5, &failed));
	means("@/4", "@/d/s/x");
	means("@/5", "@/d/s/x");
	means("@/6", "@/f2");
	means("@/7", "@/f2");
	make_link(at("@/q"), "@/absolute");
	ops[0] = op_map(at("@/8"), at("@/absolute"));
	works(apply(ops, 1, &failed));
	works(chdir(at("@/8")));
	ok(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, at("@/8")),
	   "%s: TO is a symlink to a directory, which is named by FROM", rule_label);
}

/* Names below what isn't there, or is a symlink to what isn't there, or not there alone. */
static void in_no_directory(void)
{
	struct vfn_op ops[8];
	unsigned int failed;

	make_objects();
	make_link("nowhere", "@/l");
	make_link("missing", "@/m");
	make_dir("@/gonex");
	make_file("@/q/s/x");
	make_link("../q/s", "@/gonex/s");
	make_dir("@/r");
	make_link("../q", "@/r/s");
	ops[0] = op_map(at("@/gone/a/x"), at("@/f1"));
	ops[1] = op_map(at("@/gone/b/c/x"), at("@/f2"));
	ops[2] = op_map(at("@/gonex/s/y"), at("@/f1"));
	ops[3] = op_map(at("@/l/a/x"), at("@/f1"));
	ops[4] = op_map(at("@/l/a/y"), at("@/f2"));
	/* From here on it is there. */
	ops[5] = op_map(at("@/gone/d"), at("@/r"));
	ops[6] = op_map(at("@/gone/d/s/x"), at("@/f2"));
	ops[7] = op_map(at("@/gone/x"), at("@/none/b/c"));
	works(apply(ops, COUNT(ops), &failed));
	means("@/gone/a/x", "@/f1");
	means("@/gone/b/c/x", "@/f2");
	means("@/q/s/y", "@/f1");
	means("@/l/a/x", "@/f1");
	means("@/nowhere/a/x", "@/f1");
	means("@/nowhere/a/y", "@/f2");
	means("@/gone/q/x", "@/f2");
	means("@/gone/d/s/x", "@/f2");
	means("@/gone/x", "ENOENT");
	make_file("@/none/b/c");
	means("@/gone/x", "@/none/b/c");
	/* What begins like it, or ends before it, is another. */
	ops[0] = op_map(at("@/1"), at("@/away/b/c"));
	ops[1] = op_map(at("@/2"), at("@/awa"));
	ops[2] = op_map(at("@/3"), at("@/away"));
	ops[3] = op_map(at("@/4"), at("@/m/c"));
	ops[4] = op_map(at("@/5"), at("@/away/c"));
	ops[5] = op_map(at("@/6"), at("@/gonex/s/x"));
	works(apply(ops, 6, &failed));
	make_file("@/awa");
	make_file("@/away/b/c");
	make_file("@/missing/c");
	means("@/1", "@/away/b/c");
	means("@/2", "@/awa");
	means("@/3/b/c", "@/away/b/c");
	means("@/4", "@/missing/c");
	means("@/5", "ENOENT");
	means("@/6", "@/q/s/x");
}

/**
 * struct race - an edit against lookups
 * @names:	to be looked up
 * @may_be:	what they may mean
 * @wrong:	a lookup's result that neither table gives
 * @seen:	how often each table's was
 */
struct race {
	atomic_bool stop;
	const char *names[2];
	struct stat may_be[2];
	atomic_int wrong;
	atomic_uint seen[2];
	unsigned int edits;
};

static void *looker(void *arg)
{
	struct race *race = arg;
	struct stat st;
	int i, k;

	for (i = 0; !atomic_load(&race->stop); i = !i) {
		if (stat(race->names[i], &st)) {
			atomic_store(&race->wrong, errno);
			continue;
		}
		for (k = 0; k < 2 && st.st_ino != race->may_be[k].st_ino; k++)
			;
		if (k < 2)
			atomic_fetch_add(&race->seen[k], 1);
		else
			atomic_store(&race->wrong, EIO);
	}
	return NULL;
}

static void run_race(struct race *race, const struct vfn_op *one, const struct vfn_op *two,
		     unsigned int nr)
{
	time_t end = time(NULL) + SECONDS;
	pthread_t threads[LOOKERS];
	unsigned int i, failed;

	if (apply(one, nr, &failed))
		bail_out("%s: operation %u", rule_label, failed);
	for (i = 0; i < LOOKERS; i++)
		if (pthread_create(&threads[i], NULL, looker, race))
			bail_out("pthread_create");
	while (time(NULL) < end) {
		if (apply(two, nr, &failed) || apply(one, nr, &failed))
			bail_out("%s: operation %u", rule_label, failed);
		race->edits += 2;
	}
	atomic_store(&race->stop, true);
	for (i = 0; i < LOOKERS; i++)
		pthread_join(threads[i], NULL);
	diag("%u edits, %u and %u lookups", race->edits, race->seen[0], race->seen[1]);
	ok(!race->wrong, "%s: every lookup is made in one of the two views (%s)", rule_label,
	   strerror(race->wrong));
	ok(race->seen[0] && race->seen[1], "%s: both views were seen", rule_label);
}

/* In between, the batch has no mapping; nobody may see that. */
static void race_swap(void)
{
	struct race race = { .names = { strdup(at("@/none/a")), strdup(at("@/none/b")) } };
	struct vfn_op one[3], two[3];
	const char *f1, *f2;

	make_objects();
	f1 = strdup(at("@/f1"));
	f2 = strdup(at("@/f2"));
	if (stat(f1, &race.may_be[0]) || stat(f2, &race.may_be[1]))
		bail_out("stat");
	one[0] = op_one(VFN_OP_CLEAR, NULL);
	one[1] = op_map(race.names[0], f1);
	one[2] = op_map(race.names[1], f2);
	two[0] = op_one(VFN_OP_CLEAR, NULL);
	two[1] = op_map(race.names[1], f1);
	two[2] = op_map(race.names[0], f2);
	run_race(&race, one, two, 3);
}

/* A lookup that passes two mappings, through a symlink, takes both from one table. */
static void race_two_mappings(void)
{
	struct race race = { .names = { strdup(at("@/v/d/l")), strdup(at("@/v/d/./l")) } };
	struct vfn_op one[3], two[3];

	make_file("@/f1");
	make_file("@/f2");
	make_dir("@/v");
	make_link("@/v/n1", "@/d1/l");
	make_link("@/v/n2", "@/d2/l");
	if (stat(at("@/f1"), &race.may_be[0]) || stat(at("@/f2"), &race.may_be[1]))
		bail_out("stat");
	one[0] = op_one(VFN_OP_CLEAR, NULL);
	one[1] = op_map(strdup(at("@/v/d")), strdup(at("@/d1")));
	one[2] = op_map(strdup(at("@/v/n1")), strdup(at("@/f1")));
	two[0] = op_one(VFN_OP_CLEAR, NULL);
	two[1] = op_map(strdup(at("@/v/n2")), strdup(at("@/f2")));
	two[2] = op_map(strdup(at("@/v/d")), strdup(at("@/d2")));
	run_race(&race, one, two, 3);
}

static void *stat_in_thread(void *name)
{
	return (void *)rule_look(AT_FDCWD, name, true);
}

static void threads_share(void)
{
	pthread_t thread;
	void *got;

	make_objects();
	map("@/a", "@/f1");
	if (pthread_create(&thread, NULL, stat_in_thread, at("@/a")) || pthread_join(thread, &got))
		bail_out("pthread_create");
	ok(!strcmp(got, "@/f1"), "%s: another thread sees the mapping (%s)", rule_label,
	   (char *)got);
}

static void no_edits(void)
{
	fails(vfn(at("@/b"), at("@/f1")), "EPERM");
	fails(vfn(at("@/a"), at("@/f1")), "EPERM");
	fails(vfn_hide(at("@/b")), "EPERM");
	fails(vfn_unmap(at("@/a")), "EPERM");
	fails(vfn_unmap(at("@/b")), "EPERM");
	fails(vfn_clear(), "EPERM");
	fails(vfn_seal(), "EPERM");
}

static void *no_edits_thread(void *arg)
{
	no_edits();
	return arg;
}

static void no_edits_child(void *arg)
{
	no_edits();
	means("@/a", arg);
}

/* The status of @program, run with what "@/a" shall be: see after_exec(). */
static int run_sealed(const char *program, const char *a)
{
	char * const argv[] = { "rule-batch", "sealed", at("@/a"), at(a), NULL };
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		execv(program, argv);
		_exit(126);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("fork");
	return status;
}

static void sealed(const char *a)
{
	pthread_t thread;

	no_edits();
	means("@/a", a);
	if (pthread_create(&thread, NULL, no_edits_thread, NULL) || pthread_join(thread, NULL))
		bail_out("pthread_create");
	in_child(no_edits_child, (void *)a, "a child of a sealed process");
	ok(!run_sealed("/proc/self/exe", a), "%s: no edits after exec", rule_label);
}

static void seal(void)
{
	make_objects();
	map("@/a", "@/f1");
	works(vfn_seal());
	sealed("@/f1");
}

static void seal_without_table(void)
{
	make_objects();
	works(vfn_seal());
	sealed("@/a");
}

static void seal_last(void)
{
	struct vfn_op ops[3];
	unsigned int failed;

	make_objects();
	ops[0] = op_map(at("@/b"), at("@/f2"));
	ops[1] = op_map(at("@/a"), at("@/f2"));
	ops[2] = op_one(VFN_OP_SEAL, NULL);
	works(apply(ops, 3, &failed));
	means("@/b", "@/f2");
	sealed("@/f2");
}

static void seal_in_the_middle(void)
{
	struct vfn_op ops[3];
	struct vfn_status status;
	unsigned int failed;

	make_objects();
	map("@/b", "@/f2");
	ops[0] = op_map(at("@/a"), at("@/f2"));
	ops[1] = op_one(VFN_OP_SEAL, NULL);
	ops[2] = op_map(at("@/c"), at("@/f2"));
	fails(apply(ops, 3, &failed), "EPERM");
	ok(failed == 2, "%s: the operation after it failed (%u)", rule_label, failed);
	means("@/a", "@/a");
	means("@/c", "@/c");
	means("@/b", "@/f2");
	ok(!vfn_status(&status) && !status.sealed, "%s: the table isn't sealed", rule_label);
	works(vfn_unmap(at("@/b")));
	ops[0] = op_one(VFN_OP_SEAL, NULL);
	fails(apply(ops, 2, &failed), "EPERM");
	ok(failed == 1, "%s: even SEAL (%u)", rule_label, failed);
	works(vfn(at("@/a"), at("@/f1")));
}

/* The program that runs as root has no mappings, but it can't edit either. */
static void seal_and_privilege(void)
{
	const char *program = strdup(at("@/setuid"));

	make_objects();
	if (system(text("cp /proc/%d/exe %s && chmod 4755 %s", getpid(), program, program)))
		bail_out("a setuid program");
	if (setgid(RULE_USER) || setuid(RULE_USER))
		bail_out("becoming user %d", RULE_USER);
	map("@/a", "@/f1");
	works(vfn_seal());
	ok(!run_sealed(program, "@/a"), "%s: no edits, and no mapping", rule_label);
	ok(!run_sealed("/proc/self/exe", "@/f1"), "%s: others keep the table", rule_label);
}

static const struct rule rules[] = {
	{ "a failure at every position", every_position },
	{ "half an array", half_an_array },
	{ "operations in order", in_order },
	{ "names in one directory", in_one_directory },
	{ "names in no directory", in_no_directory },
	{ "swapping against lookups", race_swap },
	{ "two mappings in a lookup", race_two_mappings },
	{ "threads share a table", threads_share },
	{ "SEAL", seal },
	{ "SEAL without a table", seal_without_table },
	{ "SEAL at the end of a batch", seal_last },
	{ "SEAL in the middle of a batch", seal_in_the_middle },
};

/* /tmp is mounted nosuid. */
static const struct rule setuid_rules[] = {
	{ "SEAL and a setuid program", seal_and_privilege, .root = true },
};

/* What the program does when run_sealed() runs it; silent, for it has no part in the count. */
static int after_exec(const char *name, const char *object)
{
	struct stat st, want;

	if (!vfn_hide("/x") || errno != EPERM)
		return 1;
	if (!vfn(name, "/dev/null") || errno != EPERM)
		return 2;
	if (!vfn_clear() || errno != EPERM)
		return 3;
	if (!vfn_seal() || errno != EPERM)
		return 4;
	if (stat(name, &st) || stat(object, &want))
		return 5;
	return st.st_ino == want.st_ino ? 0 : 6;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "sealed"))
		return after_exec(argv[2], argv[3]);
	rules_run(rules);
	rules_run_in("/var/tmp", setuid_rules, COUNT(setuid_rules));
	return done();
}
