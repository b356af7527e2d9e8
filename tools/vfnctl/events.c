// SPDX-License-Identifier: GPL-2.0
/* vfnctl events: tell what becomes of views */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "names.h"
#include "netlink.h"
#include "vfnctl.h"

static const char help[] =
	"Usage: vfnctl events [--json]\n"
	"\n"
	"Tell what becomes of views on this machine, a line each, as it happens, until\n"
	"ended by a signal (SIGINT, SIGTERM, SIGHUP) or nobody reads any more. Only root\n"
	"can do this. A line has the time, what has happened, the process, its name, and\n"
	"how many mappings it has now.\n"
	"\n"
	"  made       a process has made or entered a view\n"
	"  inherited  a process was forked by one with a view\n"
	"  edited     a view was changed\n"
	"  sealed     a view can't be edited any more\n"
	"  dropped    a process has gained privileges, and lost its mappings\n"
	"  freed      a view was emptied, or its process ends\n"
	"  lost       events are missing here\n"
	"\n"
	"  -J, --json  as JSON, an object a line\n"
	"  -h, --help  show this text\n";

static const char *const names[] = {
	[VFN_EVENT_MADE] = "made",
	[VFN_EVENT_INHERITED] = "inherited",
	[VFN_EVENT_EDITED] = "edited",
	[VFN_EVENT_SEALED] = "sealed",
	[VFN_EVENT_DROPPED] = "dropped",
	[VFN_EVENT_FREED] = "freed",
	[VFN_EVENT_LOST] = "lost",
};

#define NR_NAMES	(sizeof(names) / sizeof(names[0]))

/**
 * struct event - what is told; @pid is 0 if events were lost
 */
struct event {
	const char *name;
	pid_t pid;
	const char *comm;
	unsigned int mappings;
};

/* As libsmartcols prints what show_name() gives; tables that have no end, it doesn't. */
static void print_json_name(const char *name)
{
	char *shown = show_name(name), *at;

	putchar('"');
	for (at = shown; *at; at++) {
		if (*at == '"' || *at == '\\')
			putchar('\\');
		putchar(*at);
	}
	putchar('"');
	free(shown);
}

static void print_json(const struct event *event, const struct timespec *now)
{
	printf("{\"time\": %lld.%06ld, \"event\": \"%s\"", (long long)now->tv_sec,
	       now->tv_nsec / 1000, event->name);
	if (event->pid) {
		printf(", \"pid\": %d, \"command\": ", event->pid);
		print_json_name(event->comm);
		printf(", \"mappings\": %u", event->mappings);
	}
	puts("}");
}

static void print_line(const struct event *event, const struct timespec *now)
{
	char when[16];
	struct tm tm;

	strftime(when, sizeof(when), "%H:%M:%S", localtime_r(&now->tv_sec, &tm));
	printf("%s.%06ld %-9s", when, now->tv_nsec / 1000, event->name);
	if (event->pid) {
		printf(" %7d ", event->pid);
		print_name(stdout, event->comm);
		printf(" (%u)", event->mappings);
	}
	putchar('\n');
}

static void print_event(const struct event *event, bool json)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (json)
		print_json(event, &now);
	else
		print_line(event, &now);
}

static void take_event(struct nlattr **attrs, void *arg)
{
	struct event event = { 0 };
	unsigned int what;

	what = attrs[VFN_ATTR_EVENT] ? netlink_u32(attrs[VFN_ATTR_EVENT]) : 0;
	if (!what || what >= NR_NAMES)
		return;
	event.name = names[what];
	if (attrs[VFN_ATTR_PID] && attrs[VFN_ATTR_COMM] && attrs[VFN_ATTR_MAPPINGS]) {
		event.pid = netlink_u32(attrs[VFN_ATTR_PID]);
		event.comm = netlink_string(attrs[VFN_ATTR_COMM]);
		event.mappings = netlink_u32(attrs[VFN_ATTR_MAPPINGS]);
	}
	print_event(&event, *(bool *)arg);
}

/* Until a signal comes, or nobody reads what is printed. */
static int follow(struct netlink *netlink, int signals, bool json)
{
	const struct event lost = { .name = names[VFN_EVENT_LOST] };
	struct pollfd wait[] = {
		{ .fd = signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
		{ .fd = netlink_fd(netlink), .events = POLLIN },
	};
	int err = 0;

	while (!err || err == ENOBUFS) {
		if (fflush(stdout)) {
			if (errno != EPIPE)
				return EXIT_OWN;	/* main() says why */
			__fpurge(stdout);
			clearerr(stdout);
			return 0;
		}
		if (poll(wait, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			err = errno;
			break;
		}
		if (wait[0].revents || wait[1].revents & (POLLERR | POLLHUP))
			return 0;
		err = netlink_receive(netlink, take_event, &json);
		if (err == ENOBUFS)
			print_event(&lost, json);
	}
	complain("events: can't receive events: %s", strerror(err));
	return EXIT_OWN;
}

static int complain_join(int err)
{
	if (err == EPERM)
		complain("events: only root may follow all views; type: sudo vfnctl events");
	else if (err == EOPNOTSUPP)
		complain("events: events are told outside of containers alone, in the initial "
			 "net and pid namespaces");
	else
		complain("events: can't follow events: %s", strerror(err));
	return EXIT_OWN;
}

int command_events(int argc, char **argv)
{
	struct netlink netlink;
	char *error = NULL;
	enum parse result;
	int status, signals, err;
	bool json;

	result = parse_json(&json, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("events", result, help, error);
	signal(SIGPIPE, SIG_IGN);
	signals = end_signals("events");
	if (signals < 0)
		return EXIT_OWN;
	error = netlink_open(&netlink);
	if (error)
		return complain_text(error);
	err = netlink_ask(&netlink, VFN_CMD_WATCH, 0, NULL, NULL);
	if (!err)
		err = netlink_join(&netlink, VFN_GENL_EVENTS);
	status = err ? complain_join(err) : follow(&netlink, signals, json);
	netlink_close(&netlink);
	return status;
}
