// SPDX-License-Identifier: GPL-2.0
/* vfnctl hide: run a command for which some names do not exist */

#include <string.h>

#include "plan.h"

static const char help[] =
	"Usage: vfnctl hide NAME... -- COMMAND [ARG]...\n"
	"\n"
	"Run COMMAND. For it and all that it starts, each NAME and everything below it\n"
	"does not exist, in lookups and in listings. No other process sees a change.\n"
	"NAME is absolute.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Example:\n"
	"  vfnctl hide /usr/include/openssl -- ./configure\n";

enum parse parse_hide(struct plan *plan, int argc, char **argv)
{
	enum parse result;
	int i, end;

	result = plan_names(plan, argc, argv, &i, &end);
	if (result != PARSE_OK)
		return result;
	if (i == end)
		return plan_error(plan, text("no NAME before '--'"));
	for (; i < end; i++)
		plan_add(plan, &(struct edit){ .from = check_memory(strdup(argv[i])) });
	return plan_check(plan);
}

int command_hide(int argc, char **argv)
{
	struct plan plan = { 0 };

	return plan_finish("hide", parse_hide(&plan, argc, argv), help, &plan);
}
