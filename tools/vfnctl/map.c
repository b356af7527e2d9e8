// SPDX-License-Identifier: GPL-2.0
/* vfnctl map: run a command that sees other files under some names */

#include <string.h>

#include "plan.h"

static const char help[] =
	"Usage: vfnctl map FROM TO [FROM TO]... -- COMMAND [ARG]...\n"
	"\n"
	"Run COMMAND. For it and all that it starts, each name FROM means the file or\n"
	"directory TO, with everything below it. No other process sees a change.\n"
	"FROM is absolute and need not exist. A TO that is '--' is written './--'.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Examples:\n"
	"  vfnctl map /usr/bin/python3 ~/py39/usr/bin/python3.9 -- ./script\n"
	"  vfnctl map /etc/hosts ./hosts /etc/resolv.conf ./resolv.conf -- make test\n";

enum parse parse_map(struct plan *plan, int argc, char **argv)
{
	enum parse result;
	int i, end;

	result = plan_names(plan, argc, argv, &i, &end);
	if (result != PARSE_OK)
		return result;
	if (i == end)
		return plan_error(plan, text("no FROM and TO before '--'"));
	for (; i + 1 < end; i += 2)
		plan_add(plan, &(struct edit){
			.from = check_memory(strdup(argv[i])),
			.to = check_memory(strdup(argv[i + 1])),
		});
	if (i < end)
		return plan_error(plan, text("odd number of names before '--': "
					     "FROM '%s' has no TO", argv[i]));
	return plan_check(plan);
}

int command_map(int argc, char **argv)
{
	struct plan plan = { 0 };

	return plan_finish("map", parse_map(&plan, argc, argv), help, &plan);
}
