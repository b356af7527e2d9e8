// SPDX-License-Identifier: GPL-2.0
/* vfnctl share: hand this view to those who ask for it */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libvfn.h>

#include "socket.h"
#include "vfnctl.h"

static const char help[] =
	"Usage: vfnctl share SOCKET\n"
	"\n"
	"Hand the view that this process has, as it is now, to each process of the same\n"
	"user that runs 'vfnctl enter SOCKET', until ended by a signal (SIGINT, SIGTERM,\n"
	"SIGHUP). SOCKET is made, and removed at the end. Whoever has entered the view\n"
	"keeps it.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Example:\n"
	"  vfnctl map /etc/hosts ./hosts -- vfnctl share ~/.hosts.vfn &\n"
	"  vfnctl enter ~/.hosts.vfn -- make test\n";

static int complain_snapshot(int err)
{
	if (err != EDQUOT)
		return complain_unavailable(err);
	complain("share: you have as many snapshots as a user may have; end another "
		 "'vfnctl share', or raise max_snapshots of the vfn module");
	return EXIT_OWN;
}

static int serve(int listener, int signals, int snapshot)
{
	struct pollfd wait[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = listener, .events = POLLIN },
	};
	int fd;

	for (;;) {
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			break;
		if (wait[0].revents)
			return 0;
		if (!wait[1].revents)
			continue;
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0 && errno != EINTR && errno != ECONNABORTED)
			break;
		if (fd < 0)
			continue;
		socket_send(fd, snapshot);
		close(fd);
	}
	complain("share: can't wait for those who ask: %m");
	return EXIT_OWN;
}

int command_share(int argc, char **argv)
{
	struct listener listener;
	struct vfn_status status;
	int snapshot, signals, ret;
	char *error = NULL, *name;
	enum parse result;

	result = parse_one_argument("SOCKET", &name, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("share", result, help, error);
	if (vfn_status(&status) < 0)
		return complain_snapshot(errno);
	if (!status.holder && !status.sealed) {
		complain("share: this process has no view; type: "
			 "vfnctl run -f TABLE -- vfnctl share %s", name);
		return EXIT_OWN;
	}
	snapshot = vfn_snapshot();
	if (snapshot < 0)
		return complain_snapshot(errno);
	signals = end_signals("share");
	if (signals < 0)
		return EXIT_OWN;
	ret = socket_listen(&listener, name);
	if (ret)
		return ret;
	ret = serve(listener.fd, signals, snapshot);
	socket_close(&listener);
	return ret;
}
