// SPDX-License-Identifier: GPL-2.0
/* file names as text: cleaning, joining, limits */
#include <errno.h>
#include <limits.h>

#include "tap.h"
#include "name.h"

START_TEST(name_clean)
{
	static const struct {
		const char *in;
		const char *out;
		int strict;	/* result where ".." is refused, if not the length */
	} cases[] = {
		{ "/", "/", 0 }, { "///", "/", 0 }, { "/.", "/", 0 }, { "/./.", "/", 0 },
		{ "/a", "/a", 0 }, { "/a/", "/a", 0 }, { "//a//b//", "/a/b", 0 },
		{ "/a/./b/.", "/a/b", 0 }, { "/.a/..b/...", "/.a/..b/...", 0 },
		{ "/a/../b", "/a/../b", -EINVAL }, { "/..", "/..", -EINVAL },
		{ "/a b/\xff\n", "/a b/\xff\n", 0 },
	};
	char buf[PATH_MAX + 8];
	unsigned int i;
	int len;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(buf, cases[i].in);
		len = vfn_name_clean(buf, true);
		ck_assert_str_eq(buf, cases[i].out);
		ck_assert_int_eq(len, strlen(buf));
		strcpy(buf, cases[i].in);
		ck_assert_int_eq(vfn_name_clean(buf, false), cases[i].strict ?: len);
	}
	strcpy(buf, "a/b");
	ck_assert_int_eq(vfn_name_clean(buf, false), -EINVAL);
	buf[0] = '\0';
	ck_assert_int_eq(vfn_name_clean(buf, false), -EINVAL);
}
END_TEST

START_TEST(name_limits)
{
	char buf[PATH_MAX + 8], out[PATH_MAX];
	int i;

	memset(buf, 'c', sizeof(buf));
	buf[0] = '/';
	buf[256] = '\0';
	ck_assert_int_eq(vfn_name_clean(buf, false), 256);
	buf[256] = 'c';
	buf[257] = '\0';
	ck_assert_int_eq(vfn_name_clean(buf, false), -ENAMETOOLONG);

	for (i = 0; i < PATH_MAX - 1; i++)
		buf[i] = i % 2 ? 'c' : '/';
	buf[PATH_MAX - 2] = 'c';	/* 4,095 bytes in all */
	buf[PATH_MAX - 1] = '\0';
	ck_assert_int_eq(vfn_name_clean(buf, false), PATH_MAX - 1);
	ck_assert_int_eq(vfn_name_join(out, PATH_MAX, buf, ""), PATH_MAX - 1);
	ck_assert_int_eq(vfn_name_join(out, PATH_MAX, buf, "x"), -ENAMETOOLONG);
	ck_assert_int_eq(vfn_name_join(out, PATH_MAX, "/", buf), PATH_MAX - 1);
	ck_assert_int_eq(vfn_name_join(out, PATH_MAX, "/t", buf), -ENAMETOOLONG);
	ck_assert_int_eq(vfn_name_push(buf, PATH_MAX, PATH_MAX - 1, vfn_comp("y")), -ENAMETOOLONG);
}
END_TEST

START_TEST(name_join_push_pop)
{
	char buf[PATH_MAX];
	int len;

	ck_assert_int_eq(vfn_name_join(buf, PATH_MAX, "/a", "/b"), 4);
	ck_assert_str_eq(buf, "/a/b");
	vfn_name_join(buf, PATH_MAX, "/a", "b/");
	ck_assert_str_eq(buf, "/a/b/");
	vfn_name_join(buf, PATH_MAX, "/", "b");
	ck_assert_str_eq(buf, "/b");
	vfn_name_join(buf, PATH_MAX, "/", "/b");
	ck_assert_str_eq(buf, "/b");
	vfn_name_join(buf, PATH_MAX, "/", "");
	ck_assert_str_eq(buf, "/");
	len = vfn_name_push(buf, sizeof(buf), 1, vfn_comp("//usr/x"));
	ck_assert_str_eq(buf, "/usr");
	len = vfn_name_push(buf, sizeof(buf), len, vfn_comp("bin"));
	ck_assert_str_eq(buf, "/usr/bin");
	len = vfn_name_pop(buf, len);
	ck_assert_str_eq(buf, "/usr");
	len = vfn_name_pop(buf, len);
	ck_assert_str_eq(buf, "/");
	ck_assert_uint_eq(vfn_name_pop(buf, len), 1);
	ck_assert_str_eq(buf, "/");
}
END_TEST

/* As the definition has it. */
static bool plainly_has_dotdot(const char *name)
{
	char *copy = strdupa(name), *part;

	for (part = strtok(copy, "/"); part; part = strtok(NULL, "/"))
		if (!strcmp(part, ".."))
			return true;
	return false;
}

START_TEST(name_dotdot)
{
	static const char letters[] = ".././a.*";
	char buf[48];
	unsigned int n, i, len;
	bool found[2] = {};

	srand(1);
	for (n = 0; n < 100000; n++) {
		len = rand() % (sizeof(buf) - 1);
		for (i = 0; i < len; i++)
			buf[i] = n % 2 ? letters[rand() % 8] : (char)(rand() % 24 ? 'a' + i : '.');
		buf[len] = '\0';
		ck_assert_msg(vfn_has_dotdot(buf) == plainly_has_dotdot(buf), "%s", buf);
		found[plainly_has_dotdot(buf)] = true;
	}
	ck_assert(found[0] && found[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name");
	TCase *tc = tcase_create("name");

	tcase_add_test(tc, name_clean);
	tcase_add_test(tc, name_limits);
	tcase_add_test(tc, name_join_push_pop);
	tcase_add_test(tc, name_dotdot);
	suite_add_tcase(suite, tc);
	return tap_run(suite);
}
