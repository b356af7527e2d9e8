// SPDX-License-Identifier: GPL-2.0
/*
 * bench: the program that makes the calls and counts
 *
 *	calls scene			make the tree that calls are made on
 *	calls STATE KIND NR [OP]...	each operation, in a table of that kind; KIND
 *					"none", "real": no table, the twin trees
 *	calls edits			edits of tables
 *	calls memory CGROUP		memory of tables, from the accounts of the
 *					group, which this process enters
 *
 * STATE is what shall be true, and is checked: "absent", the module isn't
 * loaded; "idle", it is, and attached to nothing; "other", another process
 * has a table; "holder", this one has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libvfn.h>

#include "bench.h"

/* How many instructions a loop of a known number of them is said to have. */
static void check_clock(void)
{
	uint64_t start, best = UINT64_MAX, n, took;
	const uint64_t loops = 1000;
	int i;

	for (i = 0; i < 20; i++) {
		n = loops;
		start = now();
		asm volatile("1: dec %0\n\tjnz 1b" : "+r"(n) : : "cc");
		took = now() - start;
		if (took < best)
			best = took;
	}
	if (best < 2 * loops || best > 2 * loops + 20)
		errx(1, "the clock doesn't count instructions (%llu, not %llu): boot with --icount",
		     (unsigned long long)best, (unsigned long long)(2 * loops));
}

static void check_state(const char *state)
{
	struct vfn_status s = { 0 };
	bool present = !vfn_status(&s);

	if (!strcmp(state, "absent") ? !present :
	    !strcmp(state, "idle") ? present && !s.attached :
	    !strcmp(state, "other") ? present && s.attached && !s.holder :
	    !strcmp(state, "holder") ? present && s.holder : false)
		return;
	errx(1, "the state isn't '%s': module %s, hooks %s, table %s", state,
	     present ? "loaded" : "absent", s.attached ? "attached" : "detached",
	     s.holder ? "there" : "absent");
}

static const char *programs(const char *self)
{
	static char dir[2048];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", self);
	slash = strrchr(dir, '/');
	if (!slash)
		errx(1, "call me by a name with a slash");
	*slash = '\0';
	return dir;
}

/* What the process is made of must not depend on the table: fill it, then exec. */
static void prepare(char **argv)
{
	scene_enter();
	if (strcmp(argv[2], "none") && strcmp(argv[2], "real"))
		table_fill(argv[2], atoi(argv[3]));
	check_state(argv[1]);
	argv[0] = "/measure";
	argv[1] = "measure";
	execv(argv[0], argv);
	err(1, "exec %s", argv[0]);
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "measure"))
		ops_measure(!strcmp(argv[2], "dir") ? FROM :
			    !strcmp(argv[2], "real") ? REAL : TOP, argv + 4);
	else if (argc == 2 && !strcmp(argv[1], "scene"))
		scene_make(programs(argv[0]));
	else if (argc == 2 && !strcmp(argv[1], "edits"))
		scene_enter(), edits_measure();
	else if (argc == 3 && !strcmp(argv[1], "memory"))
		memory_measure(argv[2]);
	else if (argc >= 4)
		check_clock(), prepare(argv);
	else
		errx(2, "usage: calls scene | calls STATE KIND NR [OP]... | calls edits | calls memory CGROUP");
	return 0;
}
