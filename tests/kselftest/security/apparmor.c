// SPDX-License-Identifier: GPL-2.0
/*
 * S2, S3: AppArmor in a view: its rules are about real names, and what gains by them
 * has no view
 */
#include "exec-report.h"
#include "steps.h"

#define DIR	"/var/lib/vfn-apparmor"
#define SECRET	DIR "/secret"
#define OPEN	DIR "/open"
#define PLACE	DIR "/place"
#define EVIL	DIR "/evil"
#define PROFILE	DIR "/profile"
#define PROBE	"/vfn-apparmor-probe"

/* Programs, copies of this one; their profiles are named after them. */
#define CONFINED DIR "/confined"
#define FREE	DIR "/free"
#define SCRUBBED DIR "/scrubbed"	/* gains by a transition, with AT_SECURE */
#define SCRIPT	DIR "/script"		/* the same; its interpreter is FREE */
#define KEPT	DIR "/kept"		/* by one without */
#define LENIENT	DIR "/lenient"		/* whose profile allows everything */

static const char profiles[] =
	"profile vfn-confined " CONFINED " {\n"
	"  capability,\n  network,\n  signal,\n"
	"  / r,\n"
	"  /** rwmlk,\n"
	"  deny " SECRET "/ rwmlk,\n"
	"  deny " SECRET "/** rwmlkx,\n"
	/* Names in the view, which are no real ones. */
	"  deny " VIEW "/ rwmlk,\n"
	"  deny " VIEW "/** rwmlkx,\n"
	"  " OPEN "/program ix,\n"
	"  " SCRUBBED " Px -> vfn-other,\n"
	"  " SCRIPT " Px -> vfn-other,\n"
	"  " KEPT " px -> vfn-other,\n"
	"  " LENIENT " px -> vfn-lenient,\n"
	"}\n"
	"profile vfn-other {\n"
	"  capability,\n  network,\n  signal,\n"
	"  / r,\n  /** rwmlkix,\n"
	"}\n"
	"profile vfn-lenient " LENIENT " {\n"
	"  capability,\n  network,\n  signal,\n"
	"  / r,\n  /** rwmlkix,\n"
	"}\n";

/* What a copy of this program is told to do; the answer goes to REPORT_FD. */
#define TASK_ENV "VFN_TEST_TASK"

static int tell_steps(void)
{
	int errs[STEPS];

	steps_go(errs);
	return write(REPORT_FD, errs, sizeof(errs)) != sizeof(errs);
}

static int tell_label(void)
{
	const char *label = read_file("/proc/self/attr/current");

	return write(REPORT_FD, label, strlen(label)) < 0;
}

/* Become another program, with its interpreters mapped if that is asked for. */
static int change(const char *program, bool mapped)
{
	must_map(PROBE, EVIL);
	if (mapped) {
		must_map(LD_SO, EVIL);
		must_map(FREE, EVIL);
	}
	unsetenv(TASK_ENV);
	setenv(REPORT_ENV, "1", 1);
	execl(program, program, NULL);
	return errno;
}

static int run_task(const char *task)
{
	if (!strcmp(task, "steps"))
		return tell_steps();
	if (!strcmp(task, "label"))
		return tell_label();
	return change(task + 1, *task == '!');
}

/**
 * struct job - a program that the user starts
 * @program:	by its name in the view, and what it is told to do
 * @from:	what means @to in its view
 * @dir:	what the steps lead to, or NULL
 */
struct job {
	const char *program, *task;
	const char *from, *to;
	const char *dir;
	int out;
};

static void start_job(const void *arg)
{
	const struct job *job = arg;

	dup2(job->out, REPORT_FD);
	become_user();
	if (job->dir)
		steps_map(job->dir, PLACE);
	if (job->from)
		must_map(job->from, job->to);
	setenv(TASK_ENV, job->task, 1);
	execl(job->program, job->program, NULL);
	_exit(errno);
}

/* Its wait status; what it tells is in @buf, @len bytes at most, and zeros. */
static int run_job(struct job job, void *buf, size_t len)
{
	int out[2], status;

	if (pipe2(out, O_CLOEXEC))
		bail_out("pipe");
	job.out = out[1];
	memset(buf, 0, len);
	status = child_status(start_job, &job);
	close(out[1]);
	if (read(out[0], buf, len) < 0)
		bail_out("read");
	close(out[0]);
	return status;
}

static void run_steps(const char *program, const char *dir, int *errs)
{
	steps_prepare(SECRET);
	steps_prepare(OPEN);
	steps_prepare_place(PLACE);
	if (run_job((struct job){ program, "steps", .dir = dir }, errs, sizeof(*errs) * STEPS))
		bail_out("%s", program);
}

static void test_steps(void)
{
	int denied[STEPS], open[STEPS], free_of[STEPS];
	size_t i;

	run_steps(CONFINED, SECRET, denied);
	run_steps(CONFINED, OPEN, open);
	run_steps(FREE, SECRET, free_of);
	for (i = 0; i < STEPS; i++) {
		refused(denied[i] == EACCES, "%s that its profile denies (%s)", steps[i].name,
			strerror(denied[i]));
		control(!open[i], "%s that it allows, by names that it denies (%s)",
			steps[i].name, strerror(open[i]));
		control(!free_of[i], "%s without a profile (%s)", steps[i].name,
			strerror(free_of[i]));
	}
}

/* The label that @program gets when @from means @to; "" if it doesn't run. */
static const char *label_of(const char *program, const char *from, const char *to)
{
	static char label[256];

	run_job((struct job){ program, "label", from, to }, label, sizeof(label));
	label[strcspn(label, " \n")] = '\0';
	return label;
}

static void test_labels(void)
{
	refused(!strcmp(label_of(LENIENT, LENIENT, CONFINED), "vfn-confined"),
		"a confined program by the name of a lenient one");
	refused(!strcmp(label_of(FREE, FREE, CONFINED), "vfn-confined"),
		"a confined program by the name of a free one");
	refused(!strcmp(label_of(LENIENT, LENIENT, FREE), "unconfined"),
		"a free program by the name of a lenient one gets none of its rights");
	control(!strcmp(label_of(VIEW, VIEW, LENIENT), "vfn-lenient"),
		"a program by a name of the view has its own profile");
	control(!strcmp(label_of(FREE, NULL, NULL), "unconfined"), "a free program has none");
}

/* The confined program starts @name, which means @to to it. */
static int start_other(const char *name, const char *to, bool mapped, struct report *r)
{
	char task[PATH_MAX];

	snprintf(task, sizeof(task), "%c%s", mapped ? '!' : '-', name);
	return run_job((struct job){ CONFINED, task, to ? name : NULL, to }, r, sizeof(*r));
}

static void test_transitions(void)
{
	struct report r;
	int status;

	status = start_other(SCRUBBED, NULL, false, &r);
	refused(!status && r.secure && !r.holder && !r.probe && !r.child_holder,
		"a transition that gains has no view (%#x)", status);
	status = start_other(SCRUBBED, NULL, true, &r);
	refused(!status && r.secure && !r.holder && !r.probe && !r.child_holder,
		"and its own interpreter (%#x)", status);
	status = start_other(SCRIPT, NULL, true, &r);
	refused(!status && r.secure && !r.holder && !r.probe && !r.child_holder,
		"a script that gains by one has its own interpreter (%#x)", status);
	status = start_other(KEPT, NULL, false, &r);
	control(!status && !r.secure && r.holder && r.probe,
		"a transition that doesn't count as a gain keeps the view (%#x)", status);
	status = start_other(KEPT, NULL, true, &r);
	control(status == EXITED(EVIL_USER), "and its interpreter is that of the view (%#x)",
		status);
	status = start_other(SCRUBBED, EVIL, false, &r);
	refused(status == EXITED(EACCES),
		"a program that may not run, by the name of one that may (%#x)", status);
	status = start_other(SCRUBBED, SECRET "/program", false, &r);
	refused(status == EXITED(EACCES),
		"a program that is denied, by the name of one that may run (%#x)", status);
	status = start_other(VIEW "/elsewhere", KEPT, false, &r);
	control(!status && r.probe,
		"a program that may run, by a name that no rule is about (%#x)", status);
}

static bool load(const char *how)
{
	char command[256];

	write_file(PROFILE, profiles);
	snprintf(command, sizeof(command),
		 "PATH=/usr/sbin:/usr/bin:/sbin:/bin apparmor_parser -K -q %s " PROFILE " >&2", how);
	return !system(command);
}

int main(void)
{
	static const char * const copies[] = { CONFINED, FREE, SCRUBBED, KEPT, LENIENT };
	size_t i;

	if (getenv(REPORT_ENV))
		return report_tell(PROBE);
	if (getenv(TASK_ENV))
		return run_task(getenv(TASK_ENV));
	attack_begin();
	make_scene(DIR);
	make_evil(EVIL);
	for (i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		copy_file("/proc/self/exe", copies[i], 0755);
	make_text(SCRIPT, "#!" FREE "\n", 0755);
	steps_prepare(SECRET);
	if (strcmp(read_file("/sys/module/apparmor/parameters/enabled"), "Y\n") || !load("-r"))
		bail_out("AppArmor takes no profile: is apparmor installed, and in %s?",
			 "/sys/kernel/security/lsm");
	test_steps();
	test_labels();
	test_transitions();
	if (!load("-R"))
		bail_out("remove the profiles");
	return attack_done();
}
