// SPDX-License-Identifier: GPL-2.0
/* unit tests: libvfn: the operations it would submit, and life without the module */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libvfn.h>
#include <internal.h>

#include "tap.h"

static const char *name_at(uint64_t pointer)
{
	return (const char *)(uintptr_t)pointer;
}

static void assert_op(const struct vfn_op *op, unsigned int kind, const char *from,
		      const char *to, unsigned int flags)
{
	ck_assert_uint_eq(op->op, kind);
	ck_assert_uint_eq(op->flags, flags);
	ck_assert_pstr_eq(name_at(op->from), from);
	ck_assert_pstr_eq(name_at(op->to), to);
}

START_TEST(batch_is_empty_at_first)
{
	struct vfn_batch *batch = vfn_batch_new();
	size_t nr_ops = 7;

	ck_assert_ptr_nonnull(batch);
	vfn_batch_ops(batch, &nr_ops);
	ck_assert_uint_eq(nr_ops, 0);
	vfn_batch_free(batch);
}
END_TEST

START_TEST(batch_keeps_order_and_fields)
{
	struct vfn_batch *batch = vfn_batch_new();
	const struct vfn_op *ops;
	size_t nr_ops;

	ck_assert_int_eq(vfn_batch_clear(batch), 0);
	ck_assert_int_eq(vfn_batch_map(batch, "/a", "b", 0), 0);
	ck_assert_int_eq(vfn_batch_map(batch, "/c", "/d", VFN_NOFOLLOW), 0);
	ck_assert_int_eq(vfn_batch_hide(batch, "/e"), 0);
	ck_assert_int_eq(vfn_batch_unmap(batch, "/a"), 0);
	ck_assert_int_eq(vfn_batch_seal(batch), 0);

	ops = vfn_batch_ops(batch, &nr_ops);
	ck_assert_uint_eq(nr_ops, 6);
	assert_op(&ops[0], VFN_OP_CLEAR, NULL, NULL, 0);
	assert_op(&ops[1], VFN_OP_MAP, "/a", "b", 0);
	assert_op(&ops[2], VFN_OP_MAP, "/c", "/d", VFN_MAP_NOFOLLOW);
	assert_op(&ops[3], VFN_OP_HIDE, "/e", NULL, 0);
	assert_op(&ops[4], VFN_OP_UNMAP, "/a", NULL, 0);
	assert_op(&ops[5], VFN_OP_SEAL, NULL, NULL, 0);
	vfn_batch_free(batch);
}
END_TEST

START_TEST(batch_copies_names)
{
	struct vfn_batch *batch = vfn_batch_new();
	char from[] = "/from", to[] = "/to";
	const struct vfn_op *ops;
	size_t nr_ops;

	ck_assert_int_eq(vfn_batch_map(batch, from, to, 0), 0);
	memset(from, 'x', strlen(from));
	memset(to, 'x', strlen(to));
	ops = vfn_batch_ops(batch, &nr_ops);
	assert_op(&ops[0], VFN_OP_MAP, "/from", "/to", 0);
	vfn_batch_free(batch);
}
END_TEST

START_TEST(batch_grows)
{
	enum { MANY = 10000 };
	struct vfn_batch *batch = vfn_batch_new();
	const struct vfn_op *ops;
	char from[32], to[32];
	size_t nr_ops, i;

	for (i = 0; i < MANY; i++) {
		snprintf(from, sizeof(from), "/from/%zu", i);
		snprintf(to, sizeof(to), "/to/%zu", i);
		ck_assert_int_eq(vfn_batch_map(batch, from, to, 0), 0);
	}
	ops = vfn_batch_ops(batch, &nr_ops);
	ck_assert_uint_eq(nr_ops, MANY);
	for (i = 0; i < MANY; i++) {
		snprintf(from, sizeof(from), "/from/%zu", i);
		snprintf(to, sizeof(to), "/to/%zu", i);
		assert_op(&ops[i], VFN_OP_MAP, from, to, 0);
	}
	vfn_batch_free(batch);
}
END_TEST

START_TEST(batch_leaves_judging_to_the_kernel)
{
	struct vfn_batch *batch = vfn_batch_new();
	const struct vfn_op *ops;
	size_t nr_ops;

	ck_assert_int_eq(vfn_batch_map(batch, "relative", "", 0x80), 0);
	ck_assert_int_eq(vfn_batch_map(batch, NULL, NULL, 0), 0);
	ck_assert_int_eq(vfn_batch_map(batch, NULL, "/to", 0), 0);
	ck_assert_int_eq(vfn_batch_map(batch, "/from", NULL, 0), 0);
	ops = vfn_batch_ops(batch, &nr_ops);
	assert_op(&ops[0], VFN_OP_MAP, "relative", "", 0x80);
	assert_op(&ops[1], VFN_OP_MAP, NULL, NULL, 0);
	assert_op(&ops[2], VFN_OP_MAP, NULL, NULL, 0);
	assert_op(&ops[3], VFN_OP_MAP, "/from", NULL, 0);
	vfn_batch_free(batch);
}
END_TEST

START_TEST(free_takes_null)
{
	vfn_batch_free(NULL);
	vfn_iter_free(NULL);
}
END_TEST

START_TEST(status_has_every_field)
{
	const struct vfn_info info = {
		.size = sizeof(info),
		.abi = 1,
		.max_mappings = 2,
		.max_batch = 3,
		.state = VFN_STATE_SEALED,
		.hooks = VFN_HOOKS_DIRECT,
		.nr_mappings = 4,
	};
	struct vfn_status status;

	memset(&status, 0xa5, sizeof(status));
	vfn_status_fill(&status, &info);
	ck_assert_uint_eq(status.abi, 1);
	ck_assert_uint_eq(status.max_mappings, 2);
	ck_assert_uint_eq(status.max_batch, 3);
	ck_assert_uint_eq(status.nr_mappings, 4);
	ck_assert_int_eq(status.holder, 0);
	ck_assert_int_eq(status.sealed, 1);
	ck_assert_int_eq(status.attached, 0);
	ck_assert_str_eq(status.hooks, "direct");
}
END_TEST

START_TEST(status_states_are_apart)
{
	struct vfn_status status;

	vfn_status_fill(&status, &(struct vfn_info){ .state = VFN_STATE_HOLDER });
	ck_assert(status.holder == 1 && status.sealed == 0 && status.attached == 0);
	vfn_status_fill(&status, &(struct vfn_info){ .state = VFN_STATE_ATTACHED });
	ck_assert(status.holder == 0 && status.sealed == 0 && status.attached == 1);
	ck_assert_str_eq(status.hooks, "unknown");
}
END_TEST

/* What an application meets where vfn isn't loaded, by way of every call. */
static void assert_missing(int ret)
{
	int err = errno;

	ck_assert_int_eq(ret, -1);
	ck_assert_int_eq(err, ENOENT);
	errno = 0;
}

static void require_no_module(void)
{
	ck_assert_msg(access("/dev/vfn", F_OK) != 0,
		      "/dev/vfn is there: unload the module to test life without it");
	errno = 0;
}

START_TEST(edits_without_module)
{
	require_no_module();
	assert_missing(vfn("/a", "/b"));
	assert_missing(vfn_map("/a", "/b", VFN_NOFOLLOW));
	assert_missing(vfn_hide("/a"));
	assert_missing(vfn_unmap("/a"));
	assert_missing(vfn_clear());
	assert_missing(vfn_seal());
}
END_TEST

START_TEST(queries_without_module)
{
	struct vfn_status status;

	require_no_module();
	assert_missing(vfn_available());
	assert_missing(vfn_status(&status));
	assert_missing(vfn_iter_new() ? 0 : -1);
}
END_TEST

START_TEST(batch_without_module)
{
	struct vfn_batch *batch = vfn_batch_new();
	size_t failed = 77;

	require_no_module();
	vfn_batch_hide(batch, "/a");
	vfn_batch_hide(batch, "/b");
	assert_missing(vfn_batch_apply(batch, &failed));
	ck_assert_uint_eq(failed, 2);
	assert_missing(vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
}
END_TEST

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

START_TEST(failures_leave_no_descriptor)
{
	int before = count_descriptors();
	int i;

	for (i = 0; i < 20; i++)
		vfn("/a", "/b");
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(too_many_operations)
{
#if SIZE_MAX > UINT32_MAX
	struct vfn_op op = { .op = VFN_OP_CLEAR };
	size_t failed = 0;

	ck_assert_int_eq(vfn_submit(&op, (size_t)UINT32_MAX + 2, &failed), -1);
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_uint_eq(failed, (size_t)UINT32_MAX + 2);
#endif
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("libvfn");
	TCase *tests = tcase_create("libvfn");

	suite_add_tcase(suite, tests);
	tcase_add_test(tests, batch_is_empty_at_first);
	tcase_add_test(tests, batch_keeps_order_and_fields);
	tcase_add_test(tests, batch_copies_names);
	tcase_add_test(tests, batch_grows);
	tcase_add_test(tests, batch_leaves_judging_to_the_kernel);
	tcase_add_test(tests, free_takes_null);
	tcase_add_test(tests, status_has_every_field);
	tcase_add_test(tests, status_states_are_apart);
	tcase_add_test(tests, edits_without_module);
	tcase_add_test(tests, queries_without_module);
	tcase_add_test(tests, batch_without_module);
	tcase_add_test(tests, failures_leave_no_descriptor);
	tcase_add_test(tests, too_many_operations);
	return tap_run(suite);
}
