/* SPDX-License-Identifier: GPL-2.0 */
/* unit tests: argument lists, and tests that run over a table */
#ifndef UNIT_ARGUMENTS_H
#define UNIT_ARGUMENTS_H

/* getopt wants arguments that it may write to */
static inline int count(char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return argc;
}

#define ARGS(...)	((char *[]){ __VA_ARGS__, NULL })

#define ADD_TABLE(tests, test, table) \
	tcase_add_loop_test(tests, test, 0, sizeof(table) / sizeof((table)[0]))

#endif /* UNIT_ARGUMENTS_H */
