// SPDX-License-Identifier: GPL-2.0
/* vfnctl: carrying out a plan: make the view, become the command */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <libvfn.h>

#include "plan.h"

static struct vfn_batch *make_batch(const struct plan *plan)
{
	struct vfn_batch *batch = check_memory(vfn_batch_new());
	size_t i;
	int ret;

	for (i = 0; i < plan->nr_edits; i++) {
		const struct edit *edit = &plan->edits[i];

		if (edit->to)
			ret = vfn_batch_map(batch, edit->from, edit->to, edit->flags);
		else
			ret = vfn_batch_hide(batch, edit->from);
		check_memory(ret < 0 ? NULL : batch);
	}
	return batch;
}

static int apply(const struct plan *plan)
{
	struct vfn_batch *batch = make_batch(plan);
	size_t failed;
	char *error;
	int ret, err;

	ret = vfn_batch_apply(batch, &failed);
	err = errno;
	vfn_batch_free(batch);
	if (ret == 0)
		return 0;
	error = plan_explain(plan, failed, err);
	complain("%s", error);
	free(error);
	return EXIT_OWN;
}

/* Its own name is looked up in the view, too. */
int command_exec(char **command)
{
	int status;

	execvp(command[0], command);
	status = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXEC;
	complain("%s: %m", command[0]);
	return status;
}

int plan_exec(const struct plan *plan)
{
	int status;

	if (vfn_available() < 0)
		return complain_unavailable(errno);
	status = apply(plan);
	return status ? status : command_exec(plan->command);
}

/* What map, hide and run do with a parsed plan. */
int plan_finish(const char *name, enum parse result, const char *help, struct plan *plan)
{
	char *error = plan->error;
	int status;

	plan->error = NULL;
	if (result == PARSE_OK)
		status = plan_exec(plan);
	else
		status = finish_parse(name, result, help, error);
	plan_free(plan);
	return status;
}
