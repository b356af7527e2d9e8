// SPDX-License-Identifier: GPL-2.0
/* vfnctl enter: run a command in a view that is shared */

#include <errno.h>
#include <unistd.h>

#include <libvfn.h>

#include "plan.h"
#include "socket.h"

static const char help[] =
	"Usage: vfnctl enter SOCKET -- COMMAND [ARG]...\n"
	"\n"
	"Run COMMAND in the view that 'vfnctl share SOCKET' hands out, in the place of\n"
	"the view that this process has, if any. Both must be of one user. What becomes\n"
	"of the view there later makes no difference to COMMAND.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Example:\n"
	"  vfnctl map /etc/hosts ./hosts -- vfnctl share ~/.hosts.vfn &\n"
	"  vfnctl enter ~/.hosts.vfn -- make test\n";

enum parse parse_enter(struct plan *plan, char **socket, int argc, char **argv)
{
	enum parse result;
	int first, end;

	result = plan_names(plan, argc, argv, &first, &end);
	if (result != PARSE_OK)
		return result;
	if (first == end)
		return plan_error(plan, text("no SOCKET before '--'"));
	if (first + 1 < end)
		return plan_error(plan, text("unexpected argument '%s' before '--'",
					     argv[first + 1]));
	*socket = argv[first];
	return PARSE_OK;
}

static int enter(const char *socket)
{
	int snapshot = socket_receive(socket);
	int ret;

	if (snapshot < 0)
		return EXIT_OWN;
	ret = vfn_adopt(snapshot);
	if (ret < 0)
		complain("enter: the view at '%s' can't be entered: %s", socket,
			 errno == EINVAL ? "what is sent there is none" : plan_reason(NULL, errno));
	close(snapshot);
	return ret < 0 ? EXIT_OWN : 0;
}

int command_enter(int argc, char **argv)
{
	struct plan plan = { 0 };
	enum parse result;
	char *socket;
	int status;

	result = parse_enter(&plan, &socket, argc, argv);
	if (result != PARSE_OK)
		return finish_parse("enter", result, help, plan.error);
	if (vfn_available() < 0)
		return complain_unavailable(errno);
	status = enter(socket);
	return status ? status : command_exec(plan.command);
}
