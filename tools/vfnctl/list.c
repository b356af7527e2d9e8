// SPDX-License-Identifier: GPL-2.0
/* vfnctl list: show the mappings of this process */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vfn.h>

#include "grid.h"
#include "list.h"
#include "names.h"
#include "netlink.h"

static const char help[] =
	"Usage: vfnctl list [--table | --json] [--pid PID]\n"
	"\n"
	"Show the mappings that this process has, oldest first: those of the view that\n"
	"vfnctl is run in; or those of another process, which one must have the right to\n"
	"look into.\n"
	"\n"
	"  -t, --table    as a table with headings\n"
	"  -J, --json     as JSON\n"
	"  -p, --pid PID  of the process PID\n"
	"  -h, --help     show this text\n"
	"\n"
	"Example:\n"
	"  vfnctl map /etc/hosts ./hosts -- vfnctl list\n";

enum { COL_FROM, COL_TO, COL_HIDDEN, COL_NOFOLLOW };

enum parse parse_list(struct list_options *options, int argc, char **argv, char **error)
{
	static const struct option longs[] = {
		{ "table", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'J' },
		{ "pid", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	*options = (struct list_options){ .format = LIST_PLAIN };
	optind = 0;
	while ((option = next_option(argc, argv, "+:tJp:h", longs, error)) != -1) {
		switch (option) {
		case 't':
			options->format = LIST_TABLE;
			break;
		case 'J':
			options->format = LIST_JSON;
			break;
		case 'p':
			*error = parse_pid(optarg, &options->pid);
			if (*error)
				return PARSE_BAD;
			break;
		case 'h':
			return PARSE_HELP;
		default:
			return PARSE_BAD;
		}
	}
	if (optind < argc) {
		*error = text("unexpected argument '%s'", argv[optind]);
		return PARSE_BAD;
	}
	return PARSE_OK;
}

void print_plain(FILE *out, const struct vfn_mapping *mapping)
{
	print_name(out, mapping->from);
	if (mapping->to) {
		fputs(" -> ", out);
		print_name(out, mapping->to);
	} else {
		fputs(" (hidden)", out);
	}
	if (mapping->flags & VFN_NOFOLLOW)
		fputs(" (nofollow)", out);
	fputc('\n', out);
}

int show_mappings(const char *command,
		  void (*show)(const struct vfn_mapping *mapping, void *arg), void *arg)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping mapping;
	int more;

	if (!iter)
		return complain_unavailable(errno);
	while ((more = vfn_iter_next(iter, &mapping)) > 0)
		show(&mapping, arg);
	if (more < 0)
		complain("%s: can't read the table: %m", command);
	vfn_iter_free(iter);
	return more < 0 ? EXIT_OWN : 0;
}

static void show_plain(const struct vfn_mapping *mapping, void *arg)
{
	print_plain(arg, mapping);
}

static struct libscols_table *make_table(enum list_format format)
{
	static const char *const headings[] = { "from", "to", "hidden", "nofollow" };
	struct libscols_table *table = grid_new("mappings", format == LIST_JSON);
	int i;

	for (i = COL_FROM; i <= COL_NOFOLLOW; i++)
		grid_column(table, headings[i], 0,
			    i >= COL_HIDDEN ? SCOLS_JSON_BOOLEAN : SCOLS_JSON_STRING);
	return table;
}

static void show_row(const struct vfn_mapping *mapping, void *arg)
{
	struct libscols_line *line = grid_line(arg);

	grid_name(line, COL_FROM, mapping->from);
	if (mapping->to)
		grid_name(line, COL_TO, mapping->to);
	grid_cell(line, COL_HIDDEN, mapping->to ? "no" : "yes");
	grid_cell(line, COL_NOFOLLOW, mapping->flags & VFN_NOFOLLOW ? "yes" : "no");
}

static int complain_pid(pid_t pid, int err)
{
	switch (err) {
	case ESRCH:
		complain("list: there is no process %d", pid);
		break;
	case EPERM:
		complain("list: process %d may not be looked into; it takes the right to trace "
			 "it, see ptrace(2); type: sudo vfnctl list --pid %d", pid, pid);
		break;
	case EAGAIN:
		complain("list: process %d is just executing another program; try again", pid);
		break;
	default:
		complain("list: can't read the table of process %d: %s", pid, strerror(err));
	}
	return EXIT_OWN;
}

/**
 * struct shown - what to do with a mapping
 */
struct shown {
	void (*show)(const struct vfn_mapping *mapping, void *arg);
	void *arg;
};

static void take_mapping(struct nlattr **attrs, void *arg)
{
	const struct shown *shown = arg;
	struct vfn_mapping mapping = { 0 };

	if (!attrs[VFN_ATTR_FROM])
		return;
	mapping.from = netlink_string(attrs[VFN_ATTR_FROM]);
	if (attrs[VFN_ATTR_TO])
		mapping.to = netlink_string(attrs[VFN_ATTR_TO]);
	if (attrs[VFN_ATTR_FLAGS] && netlink_u32(attrs[VFN_ATTR_FLAGS]) & VFN_MAP_NOFOLLOW)
		mapping.flags = VFN_NOFOLLOW;
	shown->show(&mapping, shown->arg);
}

static int show_other(pid_t pid, void (*show)(const struct vfn_mapping *mapping, void *arg),
		      void *arg)
{
	struct shown shown = { show, arg };
	struct netlink netlink;
	char *error;
	int err;

	error = netlink_open(&netlink);
	if (error)
		return complain_text(error);
	err = netlink_ask(&netlink, VFN_CMD_LIST, pid, take_mapping, &shown);
	netlink_close(&netlink);
	return err ? complain_pid(pid, err) : 0;
}

static int show_of(pid_t pid, void (*show)(const struct vfn_mapping *mapping, void *arg),
		   void *arg)
{
	return pid ? show_other(pid, show, arg) : show_mappings("list", show, arg);
}

int command_list(int argc, char **argv)
{
	struct libscols_table *table;
	struct list_options options;
	enum parse result;
	char *error = NULL;
	int status;

	result = parse_list(&options, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("list", result, help, error);
	if (options.format == LIST_PLAIN)
		return show_of(options.pid, show_plain, stdout);

	table = make_table(options.format);
	status = show_of(options.pid, show_row, table);
	if (!status)
		grid_print(table);
	grid_free(table);
	return status;
}
