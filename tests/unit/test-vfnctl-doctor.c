// SPDX-License-Identifier: GPL-2.0
/* unit tests: vfnctl doctor: which kernels it takes for known */

#include <stdarg.h>
#include <stdio.h>

#include <doctor.h>

#include "tap.h"

static enum finding found;
static char said[512];

/* In the place of doctor.c's: there is one finding at a time, and it can be seen. */
void tell(enum finding finding, const char *what, const char *format, ...)
{
	va_list args;

	ck_assert_str_eq(what, "kernel");
	found = finding;
	va_start(args, format);
	vsnprintf(said, sizeof(said), format, args);
	va_end(args);
}

void tell_unseen(const char *what, const char *subject, int err, const char *if_missing)
{
	ck_abort_msg("%s: %s: %d: %s", what, subject, err, if_missing);
}

static const struct {
	const char *machine, *release;
	bool known;
} kernels[] = {
	{ "x86_64", "5.10.0-32-amd64", true },
	{ "x86_64", "6.1.0-56-amd64", true },
	{ "x86_64", "6.1.192-vfn-debug", true },
	{ "x86_64", "6.12.117+deb12-amd64", true },
	{ "x86_64", "6.16.12+deb13-amd64", true },
	{ "x86_64", "6.19.14+deb13-amd64", true },
	{ "x86_64", "7.0.13+deb13-amd64", true },
	{ "x86_64", "7.2.12+deb13-amd64", true },
	{ "x86_64", "7.3-rc1", true },
	{ "aarch64", "6.12.107+deb13-arm64", true },

	{ "x86_64", "5.1.0", false },
	{ "x86_64", "6.10.0", false },
	{ "x86_64", "6.13.0", false },
	{ "x86_64", "6.15.9", false },
	{ "x86_64", "16.1.0", false },
	{ "x86_64", "unknown", false },
	{ "aarch64", "6.1.0-31-arm64", false },
	{ "aarch64", "7.2.12+deb13-arm64", false },
	{ "i686", "6.1.0-56-686", false },
	{ "riscv64", "6.12.107+deb13-riscv64", false },

	{ "x86_64", "6.12.0-55.9.1.el10_0.x86_64", false },
	{ "x86_64", "6.12.0-130.el10.x86_64+rt", false },
	{ "x86_64", "6.12.0-100.28.2.el10uek.x86_64", true },
	{ "x86_64", "6.12.58-1.el10.elrepo.x86_64", true },
};

START_TEST(kernel)
{
	struct patient patient = { 0 };

	snprintf(patient.kernel.machine, sizeof(patient.kernel.machine), "%s", kernels[_i].machine);
	snprintf(patient.kernel.release, sizeof(patient.kernel.release), "%s", kernels[_i].release);
	check_kernel(&patient);
	ck_assert_msg(found == (kernels[_i].known ? FINDING_GOOD : FINDING_BAD), "%s", said);
	if (kernels[_i].known)
		return;
	ck_assert_ptr_nonnull(strstr(said, kernels[_i].release));
	ck_assert_ptr_nonnull(strstr(said, kernels[_i].machine));
	ck_assert_ptr_nonnull(strstr(said, "Debian's 5.10, 6.1, "));
	ck_assert_ptr_nonnull(strstr(said, " on x86-64, and 6.12 on arm64; boot one of these"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vfnctl-doctor");
	TCase *tests = tcase_create("vfnctl-doctor");

	suite_add_tcase(suite, tests);
	tcase_add_loop_test(tests, kernel, 0, sizeof(kernels) / sizeof(kernels[0]));
	return tap_run(suite);
}
