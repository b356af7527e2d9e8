// SPDX-License-Identifier: GPL-2.0
/*
 * S3: setuid programs that are themselves mapped, or reached through a mapping,
 * what remains of a sealed table, and the system's own setuid programs
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>

#include <libvfn.h>

#include "evil.h"

#define DIR	"/var/lib/vfn-exec-names"
#define VICTIM	DIR "/bin/setuid"
#define INTERP	DIR "/interp"
#define EVIL	DIR "/evil/setuid"
#define SCRIPT	DIR "/script"
#define MAPPED_SCRIPT DIR "/mapped-script"
#define SELF	DIR "/self"
#define NOWHERE	"/vfn-exec-names"

#define VICTIM_ROOT	10
#define VICTIM_USER	11
#define NO_EXEC		99
#define BAD_SETUP	98
#define ENV		"VFN_TEST_SEALED"

struct pair {
	const char *from, *to;
};

/* The wait status of @argv, started by the user whose view has @maps. */
static int run(const struct pair *maps, bool seal, char *const *argv, const char *output)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		int fd = open(output ?: "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644);

		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		become_user();
		for (; maps && maps->from; maps++)
			if (vfn(maps->from, maps->to))
				_exit(BAD_SETUP);
		if (seal && vfn_seal())
			_exit(BAD_SETUP);
		execv(argv[0], argv);
		_exit(NO_EXEC);
	}
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	return status;
}

static void expect(const char *what, const char *from, const char *to, const char *program,
		   int want)
{
	struct pair maps[] = { { from, to }, {} };
	char *argv[] = { (char *)program, NULL };
	int status = run(maps, false, argv, NULL);

	ok(status == want, "%s (status %#x)", what, status);
}

#define EXIT(status)	((status) << 8)

static void test_names(void)
{
	expect("it runs as root in a view that doesn't matter", NOWHERE "/x", EVIL, VICTIM,
	       EXIT(VICTIM_ROOT));
	expect("its own name mapped: that is another program, without privilege", VICTIM, EVIL,
	       VICTIM, EXIT(EVIL_USER));
	expect("its directory mapped", DIR "/bin", DIR "/evil", VICTIM, EXIT(EVIL_USER));
	expect("reached through a mapping, it runs as root", NOWHERE, VICTIM, NOWHERE,
	       EXIT(VICTIM_ROOT));
	expect("reached through a mapped directory", NOWHERE, DIR "/bin", NOWHERE "/setuid",
	       EXIT(VICTIM_ROOT));
	expect("as the interpreter of a script, it runs as root", NOWHERE "/x", EVIL, SCRIPT,
	       EXIT(VICTIM_ROOT));
	expect("its name mapped, the script's interpreter is another program", VICTIM, EVIL,
	       SCRIPT, EXIT(EVIL_USER));
	expect("a script whose mapped interpreter would gain never runs", NOWHERE "/interp",
	       VICTIM, MAPPED_SCRIPT, SIGKILL);
	expect("a script whose mapped interpreter gains nothing runs", NOWHERE "/interp",
	       EVIL, MAPPED_SCRIPT, EXIT(EVIL_USER));
	expect("its ELF interpreter mapped, it runs as root with its own", INTERP, EVIL, VICTIM,
	       EXIT(VICTIM_ROOT));
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
	ok(run(maps, false, argv, NULL) == 0, "after it gained, a program may make a table");
	setenv(ENV, "1", 1);
	ok(run(maps, true, argv, NULL) == 0, "after it gained, a sealed program may not");
	unsetenv(ENV);
}

/* Real programs: what they print and how they end, with and without a view. */
static char *const programs[][6] = {
	{ "/usr/bin/passwd", "-S" },
	{ "/usr/bin/su", "--version" },
	{ "/usr/bin/su", "vfn", "-c", "id" },
	{ "/usr/bin/mount" },
	{ "/usr/bin/umount", "/" },
	{ "/usr/bin/chage", "-l", "vfn" },
	{ "/usr/bin/gpasswd", "-d", "vfn", "root" },
	{ "/usr/bin/newgrp", "root" },
	{ "/usr/bin/sudo", "-n", "id" },
	{ "/usr/bin/ping", "-c1", "127.0.0.1" },
};

#define PROGRAMS	(sizeof(programs) / sizeof(programs[0]))

static size_t slurp(const char *name, char *buf, size_t size)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, buf, size);

	if (len < 0)
		bail_out("read %s", name);
	close(fd);
	return len;
}

static void test_program(char *const *argv)
{
	static char before[8192], after[8192];
	char linker[PATH_MAX], libc[PATH_MAX];
	struct pair maps[] = { { LD_SO, EVIL }, { linker, EVIL }, { libc, EVIL },
			       { "/etc/passwd", EVIL }, { "/etc/pam.d", DIR },
			       { "/etc/nsswitch.conf", EVIL }, {} };
	size_t len, len2;
	int status, viewed;

	if (!realpath(LD_SO, linker) || !realpath("/lib/x86_64-linux-gnu/libc.so.6", libc))
		bail_out("find the C library");
	status = run(NULL, false, argv, DIR "/out");
	len = slurp(DIR "/out", before, sizeof(before));
	viewed = run(maps, false, argv, DIR "/out");
	len2 = slurp(DIR "/out", after, sizeof(after));
	if (!ok(status == viewed && len == len2 && !memcmp(before, after, len),
		"%s %s is as always", argv[0], argv[1] ?: ""))
		diag("status %#x and %#x; said: %.*s; then: %.*s", status, viewed, (int)len,
		     before, (int)len2, after);
}

static void test_programs(void)
{
	unsigned int i;

	for (i = 0; i < PROGRAMS; i++) {
		if (access(programs[i][0], X_OK))
			skip(programs[i][0], "this machine doesn't have it");
		else
			test_program(programs[i]);
	}
}

static void write_script(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd))
		bail_out("write %s", name);
}

int main(void)
{
	if (getenv(ENV))
		return tell(*getenv(ENV) == '1');
	plan(12 + PROGRAMS);
	if (geteuid())
		bail_out("this test wants root");
	if (mkdir(DIR, 0755) || mount("tmpfs", DIR, "tmpfs", 0, "mode=755") ||
	    mkdir(DIR "/bin", 0755) || mkdir(DIR "/evil", 0755))
		bail_out("make " DIR);
	make_evil(EVIL);
	make_tiny(INTERP, NULL, VICTIM_ROOT, VICTIM_USER, 0755);
	make_tiny(VICTIM, INTERP, VICTIM_ROOT, VICTIM_USER, 04755);
	copy_file("/proc/self/exe", SELF, 04755);
	write_script(SCRIPT, "#!" VICTIM "\n");
	write_script(MAPPED_SCRIPT, "#!" NOWHERE "/interp\n");
	test_names();
	test_sealed();
	test_programs();
	return done();
}
