/* SPDX-License-Identifier: GPL-2.0 */
/* unit tests: run a suite of check's, print TAP */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <check.h>
#include <stdlib.h>

/* Takes SUITE over; the exit status. */
static inline int tap_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif /* UNIT_TAP_H */
