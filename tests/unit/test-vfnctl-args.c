// SPDX-License-Identifier: GPL-2.0
/* unit tests: vfnctl: from argument lists to plans, and the words for what is wrong */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <libvfn.h>
#include <plan.h>

#include "arguments.h"
#include "tap.h"

typedef enum parse (*parser)(struct plan *plan, int argc, char **argv);

static struct plan plan_of(parser parse, char **argv)
{
	struct plan plan = { 0 };
	enum parse result = parse(&plan, count(argv), argv);

	ck_assert_msg(result == PARSE_OK, "refused: %s", plan.error);
	ck_assert_ptr_null(plan.error);
	return plan;
}

static void assert_edit(const struct plan *plan, size_t i, const char *from, const char *to)
{
	ck_assert_uint_lt(i, plan->nr_edits);
	ck_assert_str_eq(plan->edits[i].from, from);
	ck_assert_pstr_eq(plan->edits[i].to, to);
}

static void assert_refused(parser parse, char **argv, const char *error)
{
	struct plan plan = { 0 };

	ck_assert_int_eq(parse(&plan, count(argv), argv), PARSE_BAD);
	ck_assert_str_eq(plan.error, error);
	plan_free(&plan);
}

static void assert_help(parser parse, char **argv)
{
	struct plan plan = { 0 };

	ck_assert_int_eq(parse(&plan, count(argv), argv), PARSE_HELP);
	plan_free(&plan);
}

START_TEST(map_one)
{
	struct plan plan = plan_of(parse_map, ARGS("map", "/a", "b", "--", "ls", "-l"));

	ck_assert_uint_eq(plan.nr_edits, 1);
	assert_edit(&plan, 0, "/a", "b");
	ck_assert_str_eq(plan.command[0], "ls");
	ck_assert_str_eq(plan.command[1], "-l");
	ck_assert_ptr_null(plan.command[2]);
	plan_free(&plan);
}
END_TEST

START_TEST(map_many_in_order)
{
	struct plan plan = plan_of(parse_map, ARGS("map", "/a", "/b", "/b", "/a", "/", "-x",
						   "--", "cmd"));

	ck_assert_uint_eq(plan.nr_edits, 3);
	assert_edit(&plan, 0, "/a", "/b");
	assert_edit(&plan, 1, "/b", "/a");
	assert_edit(&plan, 2, "/", "-x");
	plan_free(&plan);
}
END_TEST

START_TEST(map_hands_on_the_commands_own_dashes)
{
	struct plan plan = plan_of(parse_map, ARGS("map", "/a", "/b", "--", "cmd", "--", "--help"));

	ck_assert_uint_eq(plan.nr_edits, 1);
	ck_assert_str_eq(plan.command[0], "cmd");
	ck_assert_str_eq(plan.command[1], "--");
	ck_assert_str_eq(plan.command[2], "--help");
	plan_free(&plan);
}
END_TEST

START_TEST(map_usage)
{
	assert_refused(parse_map, ARGS("map"), "'--' is missing before the command to run");
	assert_refused(parse_map, ARGS("map", "/a", "/b", "ls"),
		       "'--' is missing before the command to run");
	assert_refused(parse_map, ARGS("map", "/a", "/b", "--"), "no command after '--'");
	assert_refused(parse_map, ARGS("map", "--"), "no command after '--'");
	assert_refused(parse_map, ARGS("map", "--", "ls"), "no FROM and TO before '--'");
	assert_refused(parse_map, ARGS("map", "/a", "--", "ls"),
		       "odd number of names before '--': FROM '/a' has no TO");
	assert_refused(parse_map, ARGS("map", "/a", "/b", "/c", "--", "ls"),
		       "odd number of names before '--': FROM '/c' has no TO");
	assert_refused(parse_map, ARGS("map", "-q", "/a", "/b", "--", "ls"),
		       "unknown option '-q'");
	assert_refused(parse_map, ARGS("map", "--quiet", "/a", "/b", "--", "ls"),
		       "unknown option '--quiet'");
}
END_TEST

START_TEST(help_is_seen_before_names_only)
{
	struct plan plan = plan_of(parse_map, ARGS("map", "/a", "--help", "--", "ls"));

	assert_edit(&plan, 0, "/a", "--help");
	plan_free(&plan);
	assert_help(parse_map, ARGS("map", "--help"));
	assert_help(parse_map, ARGS("map", "-h", "x"));
	assert_help(parse_hide, ARGS("hide", "--help"));
	assert_help(parse_run, ARGS("run", "--help"));
	assert_help(parse_run, ARGS("run", "-m", "/a=/b", "-h"));
}
END_TEST

START_TEST(hide_many)
{
	struct plan plan = plan_of(parse_hide, ARGS("hide", "/a", "/b", "/c", "--", "ls"));

	ck_assert_uint_eq(plan.nr_edits, 3);
	assert_edit(&plan, 0, "/a", NULL);
	assert_edit(&plan, 1, "/b", NULL);
	assert_edit(&plan, 2, "/c", NULL);
	ck_assert_str_eq(plan.command[0], "ls");
	plan_free(&plan);
}
END_TEST

START_TEST(hide_usage)
{
	assert_refused(parse_hide, ARGS("hide"), "'--' is missing before the command to run");
	assert_refused(parse_hide, ARGS("hide", "/a"),
		       "'--' is missing before the command to run");
	assert_refused(parse_hide, ARGS("hide", "--", "ls"), "no NAME before '--'");
	assert_refused(parse_hide, ARGS("hide", "/a", "--"), "no command after '--'");
	assert_refused(parse_hide, ARGS("hide", "a", "--", "ls"),
		       "NAME 'a' is relative; write an absolute name, such as \"$PWD/a\"");
}
END_TEST

START_TEST(run_mappings)
{
	struct plan plan = plan_of(parse_run, ARGS("run", "-m", "/a=/b", "-m/c=d", "--map", "/e=f",
						   "--map=/g=h", "--", "ls", "-m", "x"));

	ck_assert_uint_eq(plan.nr_edits, 4);
	assert_edit(&plan, 0, "/a", "/b");
	assert_edit(&plan, 1, "/c", "d");
	assert_edit(&plan, 2, "/e", "f");
	assert_edit(&plan, 3, "/g", "h");
	ck_assert_str_eq(plan.command[0], "ls");
	ck_assert_str_eq(plan.command[1], "-m");
	plan_free(&plan);
}
END_TEST

static const struct {
	const char *spec;
	const char *from;
	const char *to;
} escapes[] = {
	{ "/a=b=c", "/a", "b=c" },
	{ "/a\\=b=c", "/a=b", "c" },
	{ "/a\\=b\\=c=d", "/a=b=c", "d" },
	{ "/a=b\\=c", "/a", "b=c" },
	{ "/a\\\\=b", "/a\\", "b" },
	{ "/a\\\\\\=b=c", "/a\\=b", "c" },
	{ "/a\\b=c\\d", "/a\\b", "c\\d" },
	{ "/a=b\\", "/a", "b\\" },
	{ "/a=b\\\\", "/a", "b\\" },
	{ "/\\==\\=", "/=", "=" },
};

START_TEST(run_escapes)
{
	struct plan plan = plan_of(parse_run, ARGS("run", "-m", (char *)escapes[_i].spec,
						   "--", "ls"));

	ck_assert_uint_eq(plan.nr_edits, 1);
	assert_edit(&plan, 0, escapes[_i].from, escapes[_i].to);
	plan_free(&plan);
}
END_TEST

START_TEST(run_usage)
{
	assert_refused(parse_run, ARGS("run"), "no mapping: give -f TABLE or -m FROM=TO");
	assert_refused(parse_run, ARGS("run", "--", "ls"),
		       "no mapping: give -f TABLE or -m FROM=TO");
	assert_refused(parse_run, ARGS("run", "-m"), "option '-m' lacks its value");
	assert_refused(parse_run, ARGS("run", "--map"), "option '--map' lacks its value");
	assert_refused(parse_run, ARGS("run", "-m", "/a", "--", "ls"),
		       "'/a' is not of the form FROM=TO");
	assert_refused(parse_run, ARGS("run", "-m", "/a\\=b", "--", "ls"),
		       "'/a\\=b' is not of the form FROM=TO");
	assert_refused(parse_run, ARGS("run", "-m", "--", "ls"),
		       "'--' is not of the form FROM=TO");
	assert_refused(parse_run, ARGS("run", "-m", "/a=/b", "ls"),
		       "'--' is missing before the command to run");
	assert_refused(parse_run, ARGS("run", "-m", "/a=/b"),
		       "'--' is missing before the command to run");
	assert_refused(parse_run, ARGS("run", "-m", "/a=/b", "--"), "no command after '--'");
	assert_refused(parse_run, ARGS("run", "-x", "-m", "/a=/b", "--", "ls"),
		       "unknown option '-x'");
	assert_refused(parse_run, ARGS("run", "-m", "=/b", "--", "ls"), "FROM is empty");
	assert_refused(parse_run, ARGS("run", "-m", "/a=", "--", "ls"), "TO is empty");
}
END_TEST

/* A table file of this text; the caller unlinks it. */
static char *table_file(const char *text)
{
	char *name = check_memory(strdup("/tmp/vfnctl-args-XXXXXX"));
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return name;
}

static void assert_file_refused(const char *name, const char *error)
{
	char **argv = ARGS("run", "-f", (char *)name, "--", "ls");
	struct plan plan = { 0 };

	ck_assert_int_eq(parse_run(&plan, count(argv), argv), PARSE_FILE);
	ck_assert_str_eq(plan.error, error);
	plan_free(&plan);
}

START_TEST(run_files_and_mappings_in_order)
{
	char *name = table_file("/t1 b nofollow\n\n  /t2 - hide\n");
	struct plan plan = plan_of(parse_run, ARGS("run", "-m", "/a=b", "--file", name, "-m", "/c=d",
						   "--", "ls"));
	char *said, *want;

	ck_assert_uint_eq(plan.nr_edits, 4);
	assert_edit(&plan, 0, "/a", "b");
	assert_edit(&plan, 1, "/t1", "b");
	ck_assert_uint_eq(plan.edits[1].flags, VFN_NOFOLLOW);
	assert_edit(&plan, 2, "/t2", NULL);
	ck_assert_str_eq(plan.edits[2].file, name);
	ck_assert_ptr_null(plan.edits[3].file);

	said = plan_explain(&plan, 2, EPERM);
	want = text("%s:3:3: '/t2' can't be hidden: the view is sealed: "
		    "this process and its children can't change it", name);
	ck_assert_str_eq(said, want);
	plan_free(&plan);
	unlink(name);
	free(said);
	free(want);
	free(name);
}
END_TEST

START_TEST(run_file_may_be_empty)
{
	struct plan plan = plan_of(parse_run, ARGS("run", "-f/dev/null", "--", "ls"));

	ck_assert_uint_eq(plan.nr_edits, 0);
	plan_free(&plan);
}
END_TEST

START_TEST(run_file_usage)
{
	char *name = table_file("/a /b\nc /d\n");
	char *error = text("%s:2:1: FROM 'c' is relative; write an absolute name, "
			   "such as \"$PWD/c\"", name);

	assert_file_refused(name, error);
	assert_file_refused("/none/table", "can't read table '/none/table': "
					   "No such file or directory");
	assert_file_refused("/", "can't read table '/': Is a directory");
	assert_refused(parse_run, ARGS("run", "-f"), "option '-f' lacks its value");
	assert_refused(parse_run, ARGS("run", "-f", "/dev/null"),
		       "'--' is missing before the command to run");
	unlink(name);
	free(error);
	free(name);
}
END_TEST

static enum parse enter_ls(struct plan *plan, int argc, char **argv)
{
	char *socket = NULL;
	enum parse result = parse_enter(plan, &socket, argc, argv);

	if (result == PARSE_OK)
		ck_assert_str_eq(socket, "s");
	return result;
}

START_TEST(enter_usage)
{
	struct plan plan = plan_of(enter_ls, ARGS("enter", "s", "--", "ls", "--", "-l"));

	ck_assert_str_eq(plan.command[0], "ls");
	ck_assert_str_eq(plan.command[1], "--");
	plan_free(&plan);
	assert_help(enter_ls, ARGS("enter", "--help"));
	assert_refused(enter_ls, ARGS("enter"), "'--' is missing before the command to run");
	assert_refused(enter_ls, ARGS("enter", "s", "ls"),
		       "'--' is missing before the command to run");
	assert_refused(enter_ls, ARGS("enter", "s", "--"), "no command after '--'");
	assert_refused(enter_ls, ARGS("enter", "--", "ls"), "no SOCKET before '--'");
	assert_refused(enter_ls, ARGS("enter", "s", "t", "--", "ls"),
		       "unexpected argument 't' before '--'");
}
END_TEST

static const struct {
	const char *from;
	const char *to;
	const char *error;
} bad_names[] = {
	{ "", "/b", "FROM is empty" },
	{ "/a", "", "TO is empty" },
	{ "a", "/b", "FROM 'a' is relative; write an absolute name, such as \"$PWD/a\"" },
	{ "./a", "/b", "FROM './a' is relative; write an absolute name, such as \"$PWD/./a\"" },
	{ "/a/../b", "/b", "FROM '/a/../b' has a '..'; write the name without it" },
	{ "/..", "/b", "FROM '/..' has a '..'; write the name without it" },
	{ "/a/..", "/b", "FROM '/a/..' has a '..'; write the name without it" },
	{ "//..//a", "/b", "FROM '//..//a' has a '..'; write the name without it" },
	{ "/a", "~/b", "TO '~/b' has a '~' that the shell has not replaced; "
		       "write $HOME, or ./~ if the file is called so" },
};

START_TEST(bad_name_is_named)
{
	assert_refused(parse_map, ARGS("map", "/ok", "/ok", (char *)bad_names[_i].from,
				       (char *)bad_names[_i].to, "--", "ls"),
		       bad_names[_i].error);
}
END_TEST

static const char *const good_froms[] = {
	"/", "//", "/a/./b/", "/...", "/..a", "/a..", "/.", "/a b\n", "/~", "/\xff",
};

START_TEST(odd_names_are_taken_as_they_are)
{
	char *from = (char *)good_froms[_i];
	struct plan plan = plan_of(parse_map, ARGS("map", from, "../x/..", "--", "ls"));

	assert_edit(&plan, 0, from, "../x/..");
	plan_free(&plan);
}
END_TEST

/* A name of LENGTH bytes: a slash every COMPONENT + 1 bytes, from the first on. */
static char *long_name(size_t length, size_t component)
{
	char *name = check_memory(malloc(length + 1));
	size_t i;

	for (i = 0; i < length; i++)
		name[i] = i % (component + 1) ? 'x' : '/';
	name[length] = '\0';
	return name;
}

START_TEST(names_as_long_as_can_be)
{
	char *name = long_name(4095, 255);
	struct plan plan = plan_of(parse_map, ARGS("map", name, name, "--", "ls"));

	assert_edit(&plan, 0, name, name);
	plan_free(&plan);
	free(name);
}
END_TEST

START_TEST(names_too_long)
{
	char *name = long_name(4096, 255);
	char *part = long_name(257, 256);

	assert_refused(parse_map, ARGS("map", name, "/b", "--", "ls"),
		       "FROM '/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is too long: "
		       "4096 bytes, at most 4095 are allowed");
	assert_refused(parse_map, ARGS("map", "/a", name, "--", "ls"),
		       "TO '/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' is too long: "
		       "4096 bytes, at most 4095 are allowed");
	assert_refused(parse_hide, ARGS("hide", part, "--", "ls"),
		       "NAME '/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' has a component of "
		       "256 bytes, at most 255 are allowed");
	free(name);
	free(part);
}
END_TEST

static void add(struct plan *plan, const char *from, const char *to)
{
	plan_add(plan, &(struct edit){
		.from = text("%s", from),
		.to = to ? text("%s", to) : NULL,
	});
}

START_TEST(failed_edit_is_named)
{
	struct plan plan = { 0 };
	char *said;

	add(&plan, "/a", "b");
	add(&plan, "/c", NULL);

	said = plan_explain(&plan, 0, ENOSPC);
	ck_assert_str_eq(said, "'/a' can't be mapped to 'b': the table is full; "
			       "'vfnctl status' shows the limit");
	free(said);
	said = plan_explain(&plan, 1, EPERM);
	ck_assert_str_eq(said, "'/c' can't be hidden: the view is sealed: "
			       "this process and its children can't change it");
	free(said);
	add(&plan, "/e", "none/../b");
	said = plan_explain(&plan, 2, ENOENT);
	ck_assert_str_eq(said, "'/e' can't be mapped to 'none/../b': "
			       "TO has a '..' below a directory that does not exist");
	free(said);
	said = plan_explain(&plan, 3, EBUSY);
	ck_assert_str_eq(said, "the view can't be made: livepatch or bpf holds kernel functions "
			       "that vfn needs, or kernel.ftrace_enabled is 0; see dmesg");
	free(said);
	said = plan_explain(&plan, 0, EINVAL);
	ck_assert_str_eq(said, "'/a' can't be mapped to 'b': Invalid argument");
	free(said);
	plan_free(&plan);
}
END_TEST

static const struct {
	int err;
	const char *words;
} reasons[] = {
	{ ENOENT, "working directory" },
	{ ENAMETOOLONG, "too long" },
	{ ENOTDIR, "not a directory" },
	{ ELOOP, "more than 40 symlinks" },
	{ EACCES, "may not search" },
	{ E2BIG, "too many mappings at once" },
	{ ENOMEM, "Cannot allocate memory" },
};

START_TEST(each_errno_has_its_words)
{
	struct plan plan = { 0 };
	char *said;

	add(&plan, "/a", "b");
	said = plan_explain(&plan, 0, reasons[_i].err);
	ck_assert_ptr_nonnull(strstr(said, reasons[_i].words));
	free(said);
	plan_free(&plan);
}
END_TEST

static const struct {
	int err;
	const char *text;
} unavailable[] = {
	{ ENXIO, "/dev/vfn has no driver: the vfn module is not loaded; type: sudo vfnctl load" },
	{ EACCES, "/dev/vfn may not be opened: Permission denied; type: sudo chmod 0666 /dev/vfn" },
	{ ENOTSUP, "the vfn module that is loaded is of another version than vfnctl; "
		   "install both from one release and load it again" },
	{ EMFILE, "/dev/vfn can't be used: Too many open files" },
};

START_TEST(unavailable_says_what_to_do)
{
	char *said = text_unavailable(unavailable[_i].err);

	ck_assert_str_eq(said, unavailable[_i].text);
	free(said);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vfnctl-args");
	TCase *tests = tcase_create("vfnctl-args");

	suite_add_tcase(suite, tests);
	tcase_add_test(tests, map_one);
	tcase_add_test(tests, map_many_in_order);
	tcase_add_test(tests, map_hands_on_the_commands_own_dashes);
	tcase_add_test(tests, map_usage);
	tcase_add_test(tests, help_is_seen_before_names_only);
	tcase_add_test(tests, hide_many);
	tcase_add_test(tests, hide_usage);
	tcase_add_test(tests, run_mappings);
	ADD_TABLE(tests, run_escapes, escapes);
	tcase_add_test(tests, run_usage);
	tcase_add_test(tests, run_files_and_mappings_in_order);
	tcase_add_test(tests, run_file_may_be_empty);
	tcase_add_test(tests, run_file_usage);
	tcase_add_test(tests, enter_usage);
	ADD_TABLE(tests, bad_name_is_named, bad_names);
	ADD_TABLE(tests, odd_names_are_taken_as_they_are, good_froms);
	tcase_add_test(tests, names_as_long_as_can_be);
	tcase_add_test(tests, names_too_long);
	tcase_add_test(tests, failed_edit_is_named);
	ADD_TABLE(tests, each_errno_has_its_words, reasons);
	ADD_TABLE(tests, unavailable_says_what_to_do, unavailable);
	return tap_run(suite);
}
