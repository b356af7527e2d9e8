// SPDX-License-Identifier: GPL-2.0
/*
 * A view against bind mounts: random trees, mappings and operations, made in both
 *
 * names-fuzz			20,000 operations, and what once was found
 * names-fuzz --ops N		that many, and nothing else
 * names-fuzz --seconds N	for so long, from a seed that is new each time
 * names-fuzz --seed S		one case again; --ops N: and those after it
 * names-fuzz --case FILE	a case as it is printed on failure, without the "#"
 * --failures N			go on until so many have failed
 *
 * Each case is made twice, on trees of its own: by the reference, in a mount
 * namespace with bind mounts, which makes the case up as it goes, and in a view.
 */
#include <getopt.h>
#include <signal.h>
#include <time.h>

#include "fuzz-gen.h"
#include "fuzz-kept.h"

static struct fuzz_case *fuzz;
static struct fuzz_case *fuzz_saved;	/* while it is made smaller */
static unsigned long fuzz_skipped, fuzz_made;	/* operations of cases without a difference */

/* The user's part of a side. */
static void work(struct fuzz_world *w)
{
	struct fuzz_case *c = w->c;
	unsigned int i;

	alarm(60);
	if (w->side->reference) {
		for (i = 0; !c->generate && i < c->nr_maps; i++)
			if (!fuzz_mount(w, &c->maps[i]))
				fuzz_problem(w, "unfair: %s %s", c->maps[i].from, c->maps[i].to);
		if (c->generate)
			fuzz_random_maps(w);
	}
	fuzz_become_user(w, FUZZ_USER);
	for (i = 0; !w->side->reference && i < c->nr_maps; i++)
		fuzz_map(w, &c->maps[i]);
	if (chdir(FUZZ_TOP))
		fuzz_problem(w, "%s", FUZZ_TOP);
	for (i = 0; i < (c->generate ? c->want_ops : c->nr_ops); i++) {
		w->side->done = i;
		if (w->side->reference) {
			if (c->generate) {
				fuzz_random_op(w, &c->ops[i]);
				c->nr_ops = i + 1;
			}
			fuzz_refer(w, i);
		} else if (!c->skip[i]) {
			fuzz_do(w, &c->ops[i], w->side->result[i]);
		}
	}
	w->side->done = i;
}

static void make_tree(struct fuzz_world *w)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		fuzz_become_user(w, FUZZ_USER);
		fuzz_make_tree(w);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		fuzz_problem(w, "%s", w->side->problem[0] ? w->side->problem : "making the tree");
}

/* One side: the tree, the work, and what is left of the tree. */
static void live(struct fuzz_world *w)
{
	struct stat st;
	int status;
	pid_t pid;

	fuzz_enter(w);
	make_tree(w);
	if (stat(FUZZ_TOP, &st))
		fuzz_problem(w, "%s", FUZZ_TOP);
	w->dev = st.st_dev;
	pid = fork();
	if (!pid) {
		work(w);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		fuzz_problem(w, "fork");
	if (WIFSIGNALED(status))
		fuzz_problem(w, "killed by signal %d in operation %u", WTERMSIG(status),
			     w->side->done);
	if (status)
		_exit(EXIT_FAILURE);
	fuzz_dump(w, w->raw, "@");
}

static void run_side(struct fuzz_case *c, unsigned int number)
{
	struct fuzz_world w = { .c = c, .side = &c->sides[number], .raw = -1 };
	pid_t pid;
	int status;

	memset(w.side, 0, offsetof(struct fuzz_side, tags));
	w.side->final[0] = '\0';
	w.side->reference = !number;
	pid = fork();
	if (!pid) {
		live(&w);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("fork");
	if (status && !w.side->problem[0])
		snprintf(w.side->problem, sizeof(w.side->problem), "status %#x", status);
}

enum outcome { SAME, DIFFERENT, IMPOSSIBLE };

/* Make the case in both worlds.  *@at: the operation that differs; nr_ops: another thing. */
static enum outcome run_case(struct fuzz_case *c, unsigned int *at)
{
	run_side(c, 0);
	c->generate = false;
	*at = c->nr_ops;
	if (c->sides[0].problem[0])
		return IMPOSSIBLE;
	run_side(c, 1);
	for (*at = 0; *at < c->nr_ops && *at < c->sides[1].done; ++*at)
		if (!c->skip[*at] && strcmp(c->sides[0].result[*at], c->sides[1].result[*at]))
			return DIFFERENT;
	*at = c->nr_ops;
	if (c->sides[1].problem[0] || strcmp(c->sides[0].final, c->sides[1].final))
		return DIFFERENT;
	return SAME;
}

/* Does the case still differ?  If not, it becomes again what was saved. */
static bool still_differs(void)
{
	unsigned int at;

	if (run_case(fuzz, &at) == DIFFERENT) {
		if (at < fuzz->nr_ops)
			fuzz->nr_ops = at + 1;
		return true;
	}
	memcpy(fuzz, fuzz_saved, offsetof(struct fuzz_case, sides));
	return false;
}

static void save(void)
{
	memcpy(fuzz_saved, fuzz, offsetof(struct fuzz_case, sides));
}

#define CUT(array, nr, at, count) \
	(memmove(&(array)[at], &(array)[(at) + (count)], \
		 ((nr) - (at) - (count)) * sizeof((array)[0])), (nr) -= (count))

static void shrink_ops(time_t end)
{
	unsigned int count = fuzz->nr_ops / 2, at;

	for (; count; count /= 2) {
		for (at = 0; at + count < fuzz->nr_ops && time(NULL) < end;) {
			save();
			CUT(fuzz->ops, fuzz->nr_ops, at, count);
			if (!still_differs())
				at += count;
		}
	}
}

static void shrink_rest(time_t end)
{
	unsigned int at;

	for (at = fuzz->nr_maps; at-- && time(NULL) < end;) {
		save();
		CUT(fuzz->maps, fuzz->nr_maps, at, 1);
		still_differs();
	}
	for (at = fuzz->nr_items; at-- && time(NULL) < end;) {
		save();
		CUT(fuzz->items, fuzz->nr_items, at, 1);
		still_differs();
	}
}

/* The first lines that differ between what is left of the trees. */
static void show_trees(void)
{
	const char *a = fuzz->sides[0].final, *b = fuzz->sides[1].final;
	size_t i, line = 0;

	for (i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '\n')
			line = i + 1;
	diag("tree, mounts: %.*s", (int)strcspn(a + line, "\n"), a + line);
	diag("tree, view:   %.*s", (int)strcspn(b + line, "\n"), b + line);
}

static void show(void)
{
	unsigned int at;

	if (run_case(fuzz, &at) != DIFFERENT)
		diag("it doesn't happen again");
	fuzz_print(fuzz, "#   ");
	if (at < fuzz->nr_ops) {
		diag("mounts: %s", fuzz->sides[0].result[at]);
		diag("view:   %s", fuzz->sides[1].result[at]);
	} else if (fuzz->sides[1].problem[0]) {
		diag("view: %s", fuzz->sides[1].problem);
	} else {
		show_trees();
	}
}

/* The case that @seed makes. */
static void generate(uint64_t seed)
{
	memset(fuzz, 0, offsetof(struct fuzz_case, sides));
	fuzz->seed = fuzz->random = seed;
	fuzz->generate = true;
	fuzz_random_tree(fuzz);
	fuzz->want_maps = 1 + fuzz_random(fuzz, FUZZ_MAPS - 1);
	fuzz->want_ops = FUZZ_OPS;
}

/* Make the case; where it differs, say how. */
static bool check_case(const char *name, unsigned int shrink_seconds)
{
	unsigned int at;

	switch (run_case(fuzz, &at)) {
	case SAME:
		for (at = 0; at < fuzz->nr_ops; at++)
			fuzz_skipped += fuzz->skip[at];
		fuzz_made += fuzz->nr_ops;
		return true;
	case IMPOSSIBLE:
		ok(false, "%s: the reference: %s", name, fuzz->sides[0].problem);
		return false;
	case DIFFERENT:
		break;
	}
	ok(false, "%s: a view differs from mounts", name);
	if (at < fuzz->nr_ops)
		fuzz->nr_ops = at + 1;
	shrink_ops(time(NULL) + shrink_seconds);
	shrink_rest(time(NULL) + shrink_seconds);
	shrink_ops(time(NULL) + shrink_seconds);
	show();
	return false;
}

static bool check_seed(uint64_t seed, unsigned int shrink_seconds)
{
	char name[64];

	generate(seed);
	snprintf(name, sizeof(name), "--seed %#lx", (unsigned long)seed);
	return check_case(name, shrink_seconds);
}

static int check_file(const char *file)
{
	static char text[65536];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	unsigned int i;

	if (len < 0)
		bail_out("%s", file);
	fuzz_parse(fuzz, text);
	ok(check_case(file, 10), "%s", file);
	for (i = 0; i < fuzz->nr_ops; i++) {
		fuzz_print_op(&fuzz->ops[i], "# ");
		fflush(stdout);
		diag("  mounts: %s%s", fuzz->skip[i] ? "(skipped) " : "",
		     fuzz->sides[0].result[i]);
		diag("  view:   %s", fuzz->sides[1].result[i]);
	}
	return done();
}

static void check_kept(void)
{
	unsigned int i, at;

	for (i = 0; i < sizeof(fuzz_kept) / sizeof(fuzz_kept[0]); i++) {
		fuzz_parse(fuzz, fuzz_kept[i].text);
		if (!check_case(fuzz_kept[i].name, 2))
			continue;
		for (at = 0; at < fuzz->nr_ops && !fuzz->skip[at]; at++)
			;
		ok(at == fuzz->nr_ops, "%s", fuzz_kept[i].name);
	}
}

/**
 * struct plan - what the command line asks for
 * @seed:	the first case
 * @ops:	operations, unless @seconds
 * @seconds:	for how long; 0: not by time
 * @failures:	how many may be found
 * @kept:	make what is in fuzz-kept.h too
 * @file:	make the case in this file, nothing else
 */
struct plan {
	uint64_t seed;
	unsigned long ops;
	unsigned long seconds;
	unsigned long failures;
	bool kept;
	const char *file;
};

static struct plan parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "ops", required_argument, NULL, 'o' },
		{ "seconds", required_argument, NULL, 't' },
		{ "case", required_argument, NULL, 'c' },
		{ "failures", required_argument, NULL, 'f' },
		{}
	};
	struct plan p = { .seed = 1, .ops = 20000, .failures = 3, .kept = argc == 1 };
	bool seed = false, ops = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			p.seed = strtoul(optarg, NULL, 0), seed = true;
		else if (opt == 'o')
			p.ops = strtoul(optarg, NULL, 0), ops = true;
		else if (opt == 't')
			p.seconds = strtoul(optarg, NULL, 0);
		else if (opt == 'f')
			p.failures = strtoul(optarg, NULL, 0);
		else if (opt == 'c')
			p.file = optarg;
		else
			exit(2);
	}
	if (seed && !ops)
		p.ops = 1;
	if (p.seconds && !seed)
		p.seed = time(NULL) * 1000003ull;
	return p;
}

static void check_seeds(const struct plan *p)
{
	unsigned long failures = 0;
	time_t end = time(NULL) + p->seconds;
	uint64_t seed = p->seed;

	fuzz_made = fuzz_skipped = 0;
	for (; (p->seconds ? time(NULL) < end : fuzz_made < p->ops) && failures < p->failures;
	     seed++)
		failures += !check_seed(seed, 10);
	ok(!failures && fuzz_made > fuzz_skipped, "%lu operations from seed %#lx on are as with mounts",
	   fuzz_made - fuzz_skipped, (unsigned long)p->seed);
	ok(fuzz_skipped < fuzz_made / 4, "%lu of %lu were not compared", fuzz_skipped, fuzz_made);
}

int main(int argc, char **argv)
{
	struct plan p = parse(argc, argv);

	fuzz = mmap(NULL, sizeof(*fuzz), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fuzz_saved = malloc(sizeof(*fuzz_saved));
	if (fuzz == MAP_FAILED || !fuzz_saved || (mkdir(FUZZ_TOP, 0755) && errno != EEXIST))
		bail_out("%s", FUZZ_TOP);
	if (p.file)
		return check_file(p.file);
	if (p.kept)
		check_kept();
	check_seeds(&p);
	rmdir(FUZZ_TOP);
	return done();
}
