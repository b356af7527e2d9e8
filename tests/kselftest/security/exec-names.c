// SPDX-License-Identifier: GPL-2.0
/*
 * S3: setuid programs that are themselves mapped, or reached through a mapping, and
 * what remains of a sealed table
 */
#include "attack.h"

#define DIR	"/var/lib/vfn-exec-names"
#define VICTIM	DIR "/bin/setuid"
#define PLAIN	DIR "/bin/plain"
#define INTERP	DIR "/interp"
#define EVIL	DIR "/evil/setuid"
#define SCRIPT	DIR "/script"
#define MAPPED_SCRIPT DIR "/mapped-script"
#define SELF	DIR "/self"
#define NOWHERE	"/vfn-exec-names"

#define VICTIM_ROOT	10
#define VICTIM_USER	11
#define ATTACK_NONE		99
#define BAD_SETUP	98
#define ENV		"VFN_TEST_SEALED"

struct pair {
	const char *from, *to;
};

/* The wait status of @argv, started by the user whose view has @maps. */
static int run(const struct pair *maps, bool seal, char *const *argv)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		become_user();
		for (; maps && maps->from; maps++)
			if (vfn(maps->from, maps->to))
				_exit(BAD_SETUP);
		if (seal && vfn_seal())
			_exit(BAD_SETUP);
		execv(argv[0], argv);
		_exit(ATTACK_NONE);
	}
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	return status;
}

/* The status of @program, started by a user whose view has @from mean @to. */
static int with(const char *from, const char *to, const char *program)
{
	struct pair maps[] = { { from, to }, {} };
	char *argv[] = { (char *)program, NULL };

	return run(maps, false, argv);
}

static void test_names(void)
{
	control(with(NOWHERE "/x", EVIL, VICTIM) == EXITED(VICTIM_ROOT),
		"it runs as root in a view that doesn't matter");
	refused(with(VICTIM, EVIL, VICTIM) == EXITED(EVIL_USER),
		"its own name mapped: that is another program, without privilege");
	refused(with(DIR "/bin", DIR "/evil", VICTIM) == EXITED(EVIL_USER),
		"its directory mapped: the same");
	control(with(NOWHERE, VICTIM, NOWHERE) == EXITED(VICTIM_ROOT),
		"reached through a mapping, it runs as root");
	control(with(NOWHERE, DIR "/bin", NOWHERE "/setuid") == EXITED(VICTIM_ROOT),
		"reached through a mapped directory, too");
	control(with(NOWHERE "/x", EVIL, SCRIPT) == EXITED(VICTIM_ROOT),
		"as the interpreter of a script, it runs as root");
	refused(with(VICTIM, EVIL, SCRIPT) == EXITED(EVIL_USER),
		"its name mapped, the script's interpreter is another program");
	refused(with(NOWHERE "/interp", VICTIM, MAPPED_SCRIPT) == SIGKILL,
		"a script whose mapped interpreter would gain never runs");
	control(with(NOWHERE "/interp", EVIL, MAPPED_SCRIPT) == EXITED(EVIL_USER),
		"a script whose mapped interpreter gains nothing runs");
	refused(with(INTERP, EVIL, VICTIM) == EXITED(VICTIM_ROOT),
		"its ELF interpreter mapped, it runs as root with its own");
	control(with(INTERP, EVIL, PLAIN) == EXITED(EVIL_USER),
		"the same program without privilege runs with that of the view");
}

/* What the setuid program finds: the status has a bit for all that is wrong. */
static int tell(bool sealed)
{
	struct vfn_status st;
	int wrong = geteuid() ? 1 : 0;

	if (vfn_status(&st))
		return 64;
	wrong |= st.holder || st.nr_mappings ? 2 : 0;
	wrong |= st.sealed != sealed ? 4 : 0;
	if (sealed) {
		wrong |= !vfn("/x", "/y") || errno != EPERM ? 8 : 0;
		wrong |= !vfn_clear() || errno != EPERM ? 16 : 0;
		wrong |= !vfn_seal() || errno != EPERM ? 16 : 0;
	} else {
		wrong |= vfn("/x", "/y") || vfn_clear() ? 8 : 0;
	}
	wrong |= !access(NOWHERE, F_OK) ? 32 : 0;
	return wrong;
}

static void test_sealed(void)
{
	struct pair maps[] = { { NOWHERE, EVIL }, { LD_SO, EVIL }, {} };
	char *argv[] = { SELF, NULL };

	setenv(ENV, "0", 1);
	control(run(maps, false, argv) == 0, "after it gained, a program may make a table");
	setenv(ENV, "1", 1);
	refused(run(maps, true, argv) == 0, "after it gained, a sealed program may not");
	unsetenv(ENV);
}

int main(void)
{
	if (getenv(ENV))
		return tell(*getenv(ENV) == '1');
	attack_begin();
	make_scene(DIR);
	make_dir(DIR "/bin", 0755, 0);
	make_dir(DIR "/evil", 0755, 0);
	make_evil(EVIL);
	make_tiny(INTERP, NULL, VICTIM_ROOT, VICTIM_USER, 0755);
	make_tiny(VICTIM, INTERP, VICTIM_ROOT, VICTIM_USER, 04755);
	make_tiny(PLAIN, INTERP, VICTIM_ROOT, VICTIM_USER, 0755);
	copy_file("/proc/self/exe", SELF, 04755);
	make_text(SCRIPT, "#!" VICTIM "\n", 0755);
	make_text(MAPPED_SCRIPT, "#!" NOWHERE "/interp\n", 0755);
	test_names();
	test_sealed();
	return attack_done();
}
