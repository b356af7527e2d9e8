// SPDX-License-Identifier: GPL-2.0
/* unit tests: the vfnctl program, where no module is loaded */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define MISSING	"vfnctl: /dev/vfn is missing: the vfn module is not loaded; type: sudo vfnctl load\n"

/* VFNCTL is the program's name, from the Makefile. */
struct outcome {
	int status;
	char out[4096];
	char err[4096];
};

static int capture(const char *args, const char *redirect, char *buf, size_t size)
{
	char command[1024];
	size_t length;
	int status;
	FILE *pipe;

	snprintf(command, sizeof(command), "{ %s %s; } %s", VFNCTL, args, redirect);
	pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	length = fread(buf, 1, size - 1, pipe);
	buf[length] = '\0';
	status = pclose(pipe);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static struct outcome run(const char *args)
{
	struct outcome outcome;

	outcome.status = capture(args, "2>/dev/null", outcome.out, sizeof(outcome.out));
	ck_assert_int_eq(capture(args, "2>&1 >/dev/null", outcome.err, sizeof(outcome.err)),
			 outcome.status);
	return outcome;
}

static void require_no_module(void)
{
	ck_assert_msg(access("/dev/vfn", F_OK) != 0,
		      "/dev/vfn is there: unload the module to test life without it");
}

static const char *const need_module[] = {
	"map /etc/hostname /etc/os-release -- echo ran",
	"hide /etc/hostname -- echo ran",
	"run -m /etc/hostname=/etc/os-release -- echo ran",
	"run -f /dev/null -- echo ran",
	"save -",
	"share /tmp/socket",
	"enter /tmp/socket -- echo ran",
	"list",
	"list --json",
	"list --table",
	"list --pid 1",
	"ps",
	"events",
	"which /etc/hostname",
};

START_TEST(without_module_the_command_is_not_run)
{
	struct outcome outcome = run(need_module[_i]);

	ck_assert_int_eq(outcome.status, 125);
	ck_assert_str_eq(outcome.out, "");
	ck_assert_str_eq(outcome.err, MISSING);
}
END_TEST

START_TEST(without_module_status_says_so)
{
	struct outcome outcome = run("status");

	ck_assert_int_eq(outcome.status, 1);
	ck_assert_str_eq(outcome.out, "module:    not loaded\n");
	ck_assert_str_eq(outcome.err, MISSING);
}
END_TEST

/* Unloading what isn't loaded, in a kernel with or without modules, as root or not. */
START_TEST(without_module_unload_fails)
{
	struct outcome outcome = run("unload");

	ck_assert_int_eq(outcome.status, 125);
	ck_assert_str_eq(outcome.out, "");
	ck_assert(!strcmp(outcome.err, "vfnctl: unload: the vfn module is not loaded\n") ||
		  !strcmp(outcome.err, "vfnctl: unload: this kernel has no loadable modules\n") ||
		  !strcmp(outcome.err, "vfnctl: unload: only root can unload a module; "
				       "type: sudo vfnctl unload\n"));
}
END_TEST

/**
 * struct subcommand - what each of vfnctl's commands has
 * @name:	its
 * @all:	all the arguments that it takes; NULL: as many as are given
 */
static const struct subcommand {
	const char *name, *all;
} subcommands[] = {
	{ "map", NULL },
	{ "hide", NULL },
	{ "run", NULL },
	{ "save", "file" },
	{ "share", "socket" },
	{ "enter", NULL },
	{ "list", "" },
	{ "ps", "" },
	{ "events", "" },
	{ "which", NULL },
	{ "status", "" },
	{ "doctor", "" },
	{ "load", "" },
	{ "unload", "" },
};

#define NR_SUBCOMMANDS ((int)(sizeof(subcommands) / sizeof(subcommands[0])))

static void check_help(const char *args, const char *begin)
{
	struct outcome outcome = run(args);

	ck_assert_int_eq(outcome.status, 0);
	ck_assert_ptr_eq(strstr(outcome.out, begin), outcome.out);
	ck_assert_str_eq(outcome.err, "");
}

static void check_mistake(const char *args, const char *err)
{
	struct outcome outcome = run(args);

	ck_assert_int_eq(outcome.status, 125);
	ck_assert_str_eq(outcome.out, "");
	ck_assert_str_eq(outcome.err, err);
}

START_TEST(help_goes_to_stdout)
{
	char args[64], begin[64];

	check_help("--help", "Usage: vfnctl COMMAND ");
	check_help("-h", "Usage: vfnctl COMMAND ");
	snprintf(args, sizeof(args), "%s --help", subcommands[_i].name);
	snprintf(begin, sizeof(begin), "Usage: vfnctl %s", subcommands[_i].name);
	check_help(args, begin);
	snprintf(args, sizeof(args), "%s -h", subcommands[_i].name);
	check_help(args, begin);
}
END_TEST

START_TEST(help_names_every_command)
{
	struct outcome outcome = run("--help");
	const char *list = strstr(outcome.out, "\nCommands:\n"), *end, *line;
	char wanted[32];
	int i, lines = 0;

	ck_assert_ptr_nonnull(list);
	end = strstr(list, "\n\n");
	ck_assert_ptr_nonnull(end);
	for (i = 0; i < NR_SUBCOMMANDS; i++) {
		snprintf(wanted, sizeof(wanted), "\n  %s ", subcommands[i].name);
		line = strstr(list, wanted);
		ck_assert_msg(line && line < end, "no line for %s", subcommands[i].name);
	}
	for (line = list + strlen("\nCommands:"); line < end; line = strchr(line + 1, '\n'))
		lines++;
	ck_assert_msg(lines == NR_SUBCOMMANDS, "subcommands[] lacks one of these:%s", list);
}
END_TEST

START_TEST(unknown_options_are_named)
{
	const char *name = subcommands[_i].name;
	char args[64], said[128];

	snprintf(args, sizeof(args), "%s --hepl", name);
	snprintf(said, sizeof(said), "vfnctl: %s: unknown option '--hepl'; see vfnctl %s --help\n",
		 name, name);
	check_mistake(args, said);
}
END_TEST

START_TEST(extra_arguments_are_named)
{
	const struct subcommand *command = &subcommands[_i];
	char args[64], said[128];

	if (!command->all)
		return;
	snprintf(args, sizeof(args), "%s %s extra", command->name, command->all);
	snprintf(said, sizeof(said), "vfnctl: %s: unexpected argument 'extra'; "
		 "see vfnctl %s --help\n", command->name, command->name);
	check_mistake(args, said);
}
END_TEST

START_TEST(version)
{
	struct outcome outcome = run("--version");

	ck_assert_int_eq(outcome.status, 0);
	ck_assert_ptr_eq(strstr(outcome.out, "vfnctl 0."), outcome.out);
	ck_assert_ptr_nonnull(strstr(outcome.out, " (ABI 1)\n"));
	ck_assert_str_eq(outcome.err, "");
}
END_TEST

static const char *const mistakes[][2] = {
	{ "", "vfnctl: no command given; see vfnctl --help\n" },
	{ "mop", "vfnctl: unknown command 'mop'; see vfnctl --help\n" },
	{ "--hepl", "vfnctl: unknown option '--hepl'; see vfnctl --help\n" },
	{ "-x map", "vfnctl: unknown option '-x'; see vfnctl --help\n" },
	{ "map /a -- ls", "vfnctl: map: odd number of names before '--': "
			  "FROM '/a' has no TO; see vfnctl map --help\n" },
	{ "hide a -- ls", "vfnctl: hide: NAME 'a' is relative; write an absolute name, "
			  "such as \"$PWD/a\"; see vfnctl hide --help\n" },
	{ "run -m /a -- ls", "vfnctl: run: '/a' is not of the form FROM=TO; "
			     "see vfnctl run --help\n" },
	{ "run -f /none -- ls", "vfnctl: can't read table '/none': No such file or directory\n" },
	{ "run -f /proc/version -- ls", "vfnctl: /proc/version:1:1: FROM 'Linux' is relative; "
					"write an absolute name, such as \"$PWD/Linux\"\n" },
	{ "save", "vfnctl: save: no FILE given; see vfnctl save --help\n" },
	{ "share", "vfnctl: share: no SOCKET given; see vfnctl share --help\n" },
	{ "enter s ls", "vfnctl: enter: '--' is missing before the command to run; "
			"see vfnctl enter --help\n" },
	{ "which", "vfnctl: which: no NAME given; see vfnctl which --help\n" },
	{ "unload -x", "vfnctl: unload: unknown option '-x'; see vfnctl unload --help\n" },
};

START_TEST(mistakes_are_named)
{
	check_mistake(mistakes[_i][0], mistakes[_i][1]);
}
END_TEST

START_TEST(full_disk_is_an_error)
{
	char err[4096];

	ck_assert_int_eq(capture("--help", "2>&1 >/dev/full", err, sizeof(err)), 125);
	ck_assert_str_eq(err, "vfnctl: can't write the output: No space left on device\n");
}
END_TEST

/* libkmod with its libcrypto would be most of what a view costs to start. */
static const char *const not_at_start[] = { "libkmod", "libcrypto", "libsmartcols", "libnl" };

START_TEST(starts_without_libraries)
{
	char libraries[4096];
	size_t length, i;
	FILE *pipe;

	pipe = popen("LD_TRACE_LOADED_OBJECTS=1 " VFNCTL, "r");
	ck_assert_ptr_nonnull(pipe);
	length = fread(libraries, 1, sizeof(libraries) - 1, pipe);
	libraries[length] = '\0';
	ck_assert_int_eq(pclose(pipe), 0);
	ck_assert_ptr_nonnull(strstr(libraries, "libc.so"));
	for (i = 0; i < sizeof(not_at_start) / sizeof(not_at_start[0]); i++)
		ck_assert_msg(!strstr(libraries, not_at_start[i]), "%s", libraries);
}
END_TEST

/**
 * struct needed - a command that takes a library before it looks for the module
 */
static const struct needed {
	const char *args, *library, *packages;
} needed[] = {
	{ "list --json", "libsmartcols.so.1", "libsmartcols1 or libsmartcols" },
	{ "ps", "libnl-genl-3.so.200", "libnl-genl-3-200 or libnl3" },
	{ "list --pid 1", "libnl-genl-3.so.200", "libnl-genl-3-200 or libnl3" },
	{ "load", "libkmod.so.2", "libkmod2 or kmod-libs" },
};

START_TEST(broken_library_is_named)
{
	const struct needed *lacks = &needed[_i];
	char dir[] = "/tmp/vfnctl-XXXXXX", file[64], said[256];
	char err[4096];
	int status;
	FILE *empty;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/%s", dir, lacks->library);
	empty = fopen(file, "w");
	ck_assert_ptr_nonnull(empty);
	fclose(empty);
	ck_assert_int_eq(setenv("LD_LIBRARY_PATH", dir, 1), 0);
	status = capture(lacks->args, "2>&1 >/dev/null", err, sizeof(err));
	unsetenv("LD_LIBRARY_PATH");
	unlink(file);
	rmdir(dir);
	snprintf(said, sizeof(said),
		 "vfnctl: %s: file too short; install %s, which is in the package %s\n",
		 file, lacks->library, lacks->packages);
	ck_assert_str_eq(err, said);
	ck_assert_int_eq(status, 125);
}
END_TEST

#define ADD_TABLE(tests, test, table) \
	tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *suite = suite_create("vfnctl-command");
	TCase *without = tcase_create("without-module");
	TCase *always = tcase_create("always");

	suite_add_tcase(suite, without);
	tcase_add_checked_fixture(without, require_no_module, NULL);
	ADD_TABLE(without, without_module_the_command_is_not_run, need_module);
	tcase_add_test(without, without_module_status_says_so);
	tcase_add_test(without, without_module_unload_fails);

	suite_add_tcase(suite, always);
	ADD_TABLE(always, help_goes_to_stdout, subcommands);
	tcase_add_test(always, help_names_every_command);
	tcase_add_test(always, version);
	ADD_TABLE(always, unknown_options_are_named, subcommands);
	ADD_TABLE(always, extra_arguments_are_named, subcommands);
	ADD_TABLE(always, mistakes_are_named, mistakes);
	tcase_add_test(always, full_disk_is_an_error);
	tcase_add_test(always, starts_without_libraries);
	ADD_TABLE(always, broken_library_is_named, needed);
	return tap_run(suite);
}
