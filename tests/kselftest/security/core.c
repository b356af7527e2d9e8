// SPDX-License-Identifier: GPL-2.0
/*
 * S2, S3: where a holder's core dump goes, with fs.suid_dumpable 0, 1 and 2
 *
 * The kernel writes some core dumps with root's rights: those of setuid programs,
 * and of programs that their user may not read.  The names it then uses are its
 * own, whatever the view of the process says they mean.
 */
#include <sys/resource.h>

#include "attack.h"

#define DIR	"/var/lib/vfn-core"
#define CORES	DIR "/cores"		/* anybody may write here */
#define CORE	CORES "/core"
#define ETC	DIR "/etc"		/* only root may */
#define SHADOW	ETC "/shadow"
#define MINE	DIR "/mine"		/* the user may */
#define HANDLER	DIR "/handler"
#define HANDLED	DIR "/handled"
#define EVIL	DIR "/evil"
#define PROBE	"/vfn-core-probe"	/* exists in the view alone */
#define PRECIOUS "precious\n"

enum owner { NOBODY, THE_USER, ROOT };

/**
 * struct program - what crashes
 * @name:	its file
 * @what:	it is
 * @mode:	of the file
 * @dumper:	whose rights its core is written with, by fs.suid_dumpable
 * @early:	it never comes to run: execve() fails when it can't go back
 */
static const struct program {
	const char *name, *what;
	mode_t mode;
	enum owner dumper[3];
	bool early;
} programs[] = {
	{ DIR "/plain", "a holder", 0755, { THE_USER, THE_USER, THE_USER } },
	{ DIR "/unreadable", "a holder that may not be read", 0711,
	  { NOBODY, THE_USER, ROOT } },
	{ DIR "/setuid", "a setuid program", 04755, { NOBODY, ROOT, ROOT } },
	{ DIR "/early", "a setuid program in execve()", 04755, { NOBODY, ROOT, ROOT }, true },
};

#define PROGRAMS (sizeof(programs) / sizeof(programs[0]))

/**
 * struct view - of the process that crashes
 */
static const struct view {
	const char *what, *from, *to;
} views[] = {
	{ "the core's name means another's file", CORE, SHADOW },
	{ "the core's directory means another's", CORES, ETC },
	{ "everything is elsewhere", "/", ETC },
	{ "the core's name is hidden", CORE, NULL },
};

#define VIEWS (sizeof(views) / sizeof(views[0]))

static void crash(bool mapped)
{
	if (mapped)
		must_map(LD_SO, EVIL);
	signal(SIGABRT, SIG_DFL);
	abort();
}

/*
 * Start a program so that it fails when the kernel has already made the process the
 * program's, with the credentials and all: the last thing done is to put the pointers
 * to the arguments on the stack, and there is no room for them.
 */
static void start_without_room(const char *name)
{
	const struct rlimit room = { 600 << 10, 600 << 10 };
	static char *argv[100001];
	size_t i;

	for (i = 0; i + 1 < sizeof(argv) / sizeof(argv[0]); i++)
		argv[i] = "";
	if (setrlimit(RLIMIT_AS, &room))
		bail_out("setrlimit");
	execv(name, argv);
}

struct start {
	const struct program *program;
	const struct view *view;
};

static void start(const void *arg)
{
	const struct start *s = arg;
	struct vfn_batch *batch = vfn_batch_new();

	become_user();
	if (s->view->to)
		vfn_batch_map(batch, s->view->from, s->view->to, 0);
	else
		vfn_batch_hide(batch, s->view->from);
	vfn_batch_map(batch, s->program->name, s->program->name, 0);
	/* What it takes to start it. */
	vfn_batch_map(batch, LD_SO_DIR, LD_SO_DIR, 0);
	vfn_batch_map(batch, "/lib", "/lib", 0);
	vfn_batch_map(batch, "/usr/lib", "/usr/lib", 0);
	if (vfn_batch_apply(batch, NULL))
		bail_out("make a view");
	if (s->program->early)
		start_without_room(s->program->name);
	execl(s->program->name, "program", "crash", NULL);
}

static enum owner owner_of(const char *name)
{
	struct stat st;

	if (lstat(name, &st))
		return NOBODY;
	return st.st_uid ? THE_USER : ROOT;
}

static const char *owner_name(enum owner owner)
{
	return owner == ROOT ? "root" : owner == THE_USER ? "the user" : "nobody";
}

static void try_crash(int dumpable, const struct program *program, const struct view *view)
{
	struct start s = { program, view };
	enum owner dumper = program->dumper[dumpable], real;
	int status;

	unlink(CORE);
	status = child_status(start, &s);
	real = owner_of(CORE);
	if (!refused(WIFSIGNALED(status) &&
		     WTERMSIG(status) == (program->early ? SIGSEGV : SIGABRT) &&
		     file_says(SHADOW, PRECIOUS) && owner_of(ETC "/core") == NOBODY,
		     "%s crashes, suid_dumpable is %d, %s: nothing is written there",
		     program->what, dumpable, view->what))
		diag("status %#x, %s said: %s", status, SHADOW, read_file(SHADOW));
	/* Root's rights: the real name.  The user's: that is up to the view. */
	if (dumper == ROOT && !refused(real == ROOT, "and root's core is where it belongs"))
		diag("%s is %s's", CORE, owner_name(real));
	if (dumper == NOBODY && !refused(real == NOBODY, "and there is no core"))
		diag("%s is %s's", CORE, owner_name(real));
	if (unlink(ETC "/core") && errno != ENOENT)
		bail_out("remove " ETC "/core");
	write_file(SHADOW, PRECIOUS);
}

/* Where the user's own process writes by the name of the core. */
static void write_own(const void *view)
{
	const struct view *v = view;

	become_user();
	must_map(v->from, v->to);
	write_file(CORE, "mine");
	_exit(EXIT_SUCCESS);
}

static void try_own(void)
{
	static const struct view file = { "", CORE, MINE "/core" };
	static const struct view dir = { "", CORES, MINE };

	control(!child_status(write_own, &file) && owner_of(MINE "/core") == THE_USER,
		"what the user writes by the core's name is elsewhere");
	unlink(MINE "/core");
	control(!child_status(write_own, &dir) && owner_of(MINE "/core") == THE_USER,
		"and with the core's directory mapped");
}

/* The kernel starts this as root, when core_pattern says so. */
static int handle(void)
{
	char buf[65536], text[32];

	while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
		;
	snprintf(text, sizeof(text), "uid %d, %s\n", geteuid(),
		 access(PROBE, F_OK) ? "real" : "in the view");
	write_file(HANDLED, text);
	return 0;
}

static void start_handled(const void *arg)
{
	const struct program *program = arg;

	become_user();
	must_map(PROBE, EVIL);
	must_map(HANDLER, EVIL);
	execl(program->name, "program", "crash mapped", NULL);
}

static void start_handler(const void *arg)
{
	become_user();
	must_map(HANDLER, EVIL);
	execl(HANDLER, HANDLER, "handle", NULL);
	(void)arg;
}

static bool handled(void)
{
	unsigned int i;

	for (i = 0; i < 200 && !file_says(HANDLED, "uid 0, real\n"); i++)
		usleep(50000);
	return i < 200;
}

static void try_handler(int dumpable, const struct program *program)
{
	unlink(HANDLED);
	if (!WIFSIGNALED(child_status(start_handled, program)))
		bail_out("crash %s", program->name);
	if (!refused(handled(), "%s crashes, suid_dumpable is %d: the real handler gets its core",
		     program->what, dumpable))
		diag("handled: %s", read_file(HANDLED));
}

static void set(const char *name, const char *value)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	write_file(path, value);
}

static void prepare(void)
{
	size_t i;

	make_scene(DIR);
	make_dir(CORES, 01777, 0);
	make_dir(ETC, 0755, 0);
	make_dir(MINE, 0755, USER);
	write_file(SHADOW, PRECIOUS);
	make_evil(EVIL);
	for (i = 0; i < PROGRAMS; i++) {
		if (programs[i].early)
			make_tiny(programs[i].name, NULL, 0, 0, programs[i].mode);
		else
			copy_file("/proc/self/exe", programs[i].name, programs[i].mode);
	}
	copy_file("/proc/self/exe", HANDLER, 0755);
	set("kernel/core_uses_pid", "0");
	set("kernel/core_pipe_limit", "4");
}

int main(int argc, char **argv)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	char text[2] = "0";
	size_t i, j;

	if (argc > 1 && !strncmp(argv[1], "crash", 5))
		crash(argv[1][5]);
	if (argc > 1)
		return handle();
	attack_begin();
	prepare();
	if (setrlimit(RLIMIT_CORE, &unlimited))
		bail_out("setrlimit");
	for (; *text < '3'; ++*text) {
		set("fs/suid_dumpable", text);
		set("kernel/core_pattern", CORE);
		for (i = 0; i < PROGRAMS; i++)
			for (j = 0; j < VIEWS; j++)
				try_crash(*text - '0', &programs[i], &views[j]);
		set("kernel/core_pattern", "|" HANDLER " handle");
		try_handler(*text - '0', &programs[0]);
	}
	try_own();
	control(child_status(start_handler, NULL) == EXITED(EVIL_USER),
		"the handler's name means the user's program, for the user");
	set("fs/suid_dumpable", "0");
	set("kernel/core_pattern", "core");
	return attack_done();
}
