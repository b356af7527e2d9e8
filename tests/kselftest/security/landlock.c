// SPDX-License-Identifier: GPL-2.0
/*
 * S2: Landlock in a view: what a process may do is about real objects, whatever it
 * calls them
 */
#include <linux/landlock.h>

#include "steps.h"

#define DIR	"/var/lib/vfn-landlock"
#define SECRET	DIR "/secret"
#define OPEN	DIR "/open"
#define PLACE	DIR "/place"

/* All that the first version of Landlock guards. */
#define ALL	((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/* May the caller link and rename between directories, where the kernel can tell? */
static __u64 refer(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION) > 1 ? LANDLOCK_ACCESS_FS_REFER : 0;
}

static void allow(int ruleset, const char *name)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = ALL | refer(),
		.parent_fd = open(name, O_PATH | O_CLOEXEC),
	};
	struct stat st;

	if (rule.parent_fd < 0 || fstat(rule.parent_fd, &st))
		bail_out("open %s", name);
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		bail_out("allow %s: is landlock in /sys/kernel/security/lsm?", name);
	close(rule.parent_fd);
}

/* From now on the caller may touch what is below @first and @second, and no more. */
static void restrict_to(const char *first, const char *second)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ALL | refer() };
	int ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	allow(ruleset, first);
	allow(ruleset, second);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0))
		bail_out("landlock_restrict_self");
	close(ruleset);
}

/**
 * struct job - a way to come to a view and a domain
 * @dir:	what the steps lead to
 * @domain:	there is one
 * @by_view:	it was made of names in the view
 * @first:	it was made before the view
 */
struct job {
	const char *dir;
	bool domain, by_view, first;
};

static int *shared_errs;

static void run_job(const void *arg)
{
	const struct job *job = arg;
	struct vfn_status status;

	become_user();
	/* The library's descriptor comes from before. */
	if (vfn_status(&status))
		bail_out("vfn_status");
	if (job->domain && job->first)
		restrict_to(OPEN, PLACE);
	steps_map(job->dir, PLACE);
	if (job->domain && !job->first)
		job->by_view ? restrict_to(VIEW_DIR, VIEW_PLACE) : restrict_to(OPEN, PLACE);
	steps_go(shared_errs);
	_exit(EXIT_SUCCESS);
}

static void get(const struct job *job, int *errs)
{
	steps_prepare(SECRET);
	steps_prepare(OPEN);
	steps_prepare_place(PLACE);
	if (child_status(run_job, job))
		bail_out("a child that makes all steps");
	memcpy(errs, shared_errs, sizeof(*errs) * STEPS);
}

static bool is_refusal(int err)
{
	/* EXDEV is how it refuses links and renames. */
	return err == EACCES || err == EXDEV;
}

static void test_order(const char *when, bool first)
{
	int denied[STEPS], allowed[STEPS];
	size_t i;

	get(&(struct job){ SECRET, true, .first = first }, denied);
	get(&(struct job){ OPEN, true, .first = first }, allowed);
	for (i = 0; i < STEPS; i++) {
		if (!(steps[i].guards & LANDLOCK))
			continue;
		refused(is_refusal(denied[i]), "%s outside, %s (%s)", steps[i].name, when,
			strerror(denied[i]));
		control(!allowed[i], "%s inside, %s (%s)", steps[i].name, when,
			strerror(allowed[i]));
	}
}

/* A rule that was made by a name of the view is about what that meant. */
static void test_rules_by_view(void)
{
	int mapped[STEPS], without[STEPS];
	size_t i;

	get(&(struct job){ OPEN, true, .by_view = true }, mapped);
	get(&(struct job){ SECRET }, without);
	for (i = 0; i < STEPS; i++) {
		control(!mapped[i], "%s, allowed by a name of the view (%s)", steps[i].name,
			strerror(mapped[i]));
		control(!without[i], "%s without a domain (%s)", steps[i].name,
			strerror(without[i]));
	}
}

static void leave_and_look(const void *arg)
{
	(void)arg;
	become_user();
	steps_map(OPEN, PLACE);
	restrict_to(VIEW_DIR, VIEW_PLACE);
	/* The rule was about OPEN, and is not about what its name means now. */
	must_map(VIEW_DIR, SECRET);
	must_map(VIEW_FILE, SECRET "/file");
	must_map(VIEW_PROGRAM, SECRET "/program");
	refused(fails_with(step_read(), EACCES), "a file outside, mapped to an allowed name");
	refused(fails_with(step_read_below(), EACCES), "a directory outside, mapped to one");
	refused(fails_with(step_create(), EACCES), "a new file outside, by an allowed name");
	refused(fails_with(step_execute(), EACCES),
		"a program outside, by an allowed name");
	refused(fails_with(close_after(open(SECRET "/file", O_RDONLY)), EACCES),
		"a file outside, by its own name");
	control(!close_after(open(OPEN "/file", O_RDONLY)), "a file inside, by its real name");
	if (vfn_clear())
		bail_out("clear");
	control(!close_after(open(OPEN "/file", O_RDONLY)), "and without a view");
	refused(fails_with(close_after(open(SECRET "/file", O_RDONLY)), EACCES),
		"a file outside, without a view");
	_exit(EXIT_SUCCESS);
}

/* A domain that doesn't allow it keeps /dev/vfn closed. */
static void make_first_view(const void *arg)
{
	const char *more = arg;

	become_user();
	restrict_to(OPEN, more);
	_exit(vfn(VIEW_FILE, OPEN "/file") ? errno : 0);
}

int main(void)
{
	attack_begin();
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 0 &&
	    errno == ENOSYS) {
		skip("Landlock", "this kernel has none");
		return attack_done();
	}
	make_scene(DIR);
	shared_errs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared_errs == MAP_FAILED)
		bail_out("mmap");
	test_order("the view made first", false);
	test_order("the domain made first", true);
	test_rules_by_view();
	steps_prepare(SECRET);
	if (child_status(leave_and_look, NULL))
		bail_out("a child that looks around");
	refused(child_status(make_first_view, PLACE) == EXITED(EACCES),
		"a view, in a domain without /dev/vfn");
	control(child_status(make_first_view, "/dev/vfn") == 0, "a view, in a domain with it");
	return attack_done();
}
