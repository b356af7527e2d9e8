/* SPDX-License-Identifier: GPL-2.0 */
/* what the tests of the module's pure code share: random numbers, and no leaks */
#ifndef UNIT_PURE_H
#define UNIT_PURE_H

#include "tap.h"
#include "table.h"
#include <linux/slab.h>

long shim_alive;
long shim_until_failure = -1;

static unsigned int rnd(unsigned int n)
{
	return (unsigned int)random() % n;
}

static void setup(void)
{
	srandom(20);
	vfn_hash_seed[0] = 12345;
	vfn_hash_seed[1] = 0x9e3779b97f4a7c15;
	shim_until_failure = -1;
	shim_alive = 0;
}

static void teardown(void)
{
	ck_assert_int_eq(shim_alive, 0);
}

static TCase *tcase(Suite *suite, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(suite, tc);
	return tc;
}

#endif /* UNIT_PURE_H */
