// SPDX-License-Identifier: GPL-2.0
/* vfnctl: building a plan, checking its names, explaining why it failed */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "plan.h"

/* Takes the names over. */
void plan_add(struct plan *plan, const struct edit *edit)
{
	/* Room for 2^n, so that it grows when there are as many. */
	if (!(plan->nr_edits & (plan->nr_edits - 1)))
		plan->edits = check_memory(reallocarray(plan->edits,
							plan->nr_edits ? 2 * plan->nr_edits : 1,
							sizeof(*edit)));
	plan->edits[plan->nr_edits++] = *edit;
}

void plan_free(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nr_edits; i++) {
		free(plan->edits[i].from);
		free(plan->edits[i].to);
	}
	free(plan->edits);
	free(plan->error);
	*plan = (struct plan){ 0 };
}

/* Takes ERROR over. */
enum parse plan_error(struct plan *plan, char *error)
{
	plan->error = error;
	return PARSE_BAD;
}

/* What follows the "--" at argv[DASHES] is the command; DASHES == argc: there is none. */
enum parse plan_command(struct plan *plan, int argc, char **argv, int dashes)
{
	if (dashes >= argc)
		return plan_error(plan, text("'--' is missing before the command to run"));
	if (dashes + 1 == argc)
		return plan_error(plan, text("no command after '--'"));
	plan->command = argv + dashes + 1;
	return PARSE_OK;
}

/* [--help] NAME... -- COMMAND: the names are argv[*FIRST] to before argv[*END]. */
enum parse plan_names(struct plan *plan, int argc, char **argv, int *first, int *end)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	char *error;

	optind = 0;
	switch (next_option(argc, argv, "+:h", longs, &error)) {
	case -1:
		break;
	case 'h':
		return PARSE_HELP;
	default:
		return plan_error(plan, error);
	}

	/* getopt steps over a "--" that no name comes before */
	*first = !strcmp(argv[optind - 1], "--") ? optind - 1 : optind;
	for (*end = *first; *end < argc; (*end)++) {
		if (!strcmp(argv[*end], "--"))
			break;
	}
	return plan_command(plan, argc, argv, *end);
}

static char *check_to(const char *to)
{
	if (to[0] == '~')
		return text("TO '%s' has a '~' that the shell has not replaced; "
			    "write $HOME, or ./~ if the file is called so", to);
	return check_name("TO", to);
}

/* Are the names such that the kernel may take them? */
enum parse plan_check(struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nr_edits; i++) {
		const struct edit *edit = &plan->edits[i];
		char *error;

		if (edit->file)
			continue;	/* checked when it was read */
		error = check_from(edit->to ? "FROM" : "NAME", edit->from);
		if (!error && edit->to)
			error = check_to(edit->to);
		if (error)
			return plan_error(plan, error);
	}
	return PARSE_OK;
}

/* In the user's words; EDIT is NULL if no edit is to blame. */
const char *plan_reason(const struct edit *edit, int err)
{
	switch (err) {
	case ENOENT:
		if (edit && edit->to && has_dotdot(edit->to))
			return "TO has a '..' below a directory that does not exist";
		return "the working directory has no name here; write an absolute TO";
	case ENAMETOOLONG:
		return "a name becomes too long when it is made absolute";
	case ENOTDIR:
		return "TO goes through something that is not a directory";
	case ELOOP:
		return "TO goes through more than 40 symlinks";
	case EACCES:
		return "TO has a '..' below a directory that you may not search";
	case ENOSPC:
		return "the table is full; 'vfnctl status' shows the limit";
	case EDQUOT:
		return "your processes' tables take all the memory they may; see max_user_bytes in vfn(4)";
	case E2BIG:
		return "too many mappings at once; 'vfnctl status' shows the limit";
	case EPERM:
		return "the view is sealed: this process and its children can't change it";
	case EBUSY:
		return "livepatch or bpf holds kernel functions that vfn needs, "
		       "or kernel.ftrace_enabled is 0; see dmesg";
	default:
		return strerror(err);
	}
}

/*
 * Why the kernel refused the plan with ERR at edit FAILED (or at none of them:
 * nr_edits), in the user's words; the caller frees it.
 */
char *plan_explain(const struct plan *plan, size_t failed, int err)
{
	const struct edit *edit;
	char *said, *located;
	const char *why;

	if (failed >= plan->nr_edits)
		return text("the view can't be made: %s", plan_reason(NULL, err));
	edit = &plan->edits[failed];
	why = plan_reason(edit, err);
	if (edit->to)
		said = text("'%s' can't be mapped to '%s': %s", edit->from, edit->to, why);
	else
		said = text("'%s' can't be hidden: %s", edit->from, why);
	if (!edit->file)
		return said;
	located = text("%s:%zu:%zu: %s", edit->file, edit->line, edit->column, said);
	free(said);
	return located;
}
