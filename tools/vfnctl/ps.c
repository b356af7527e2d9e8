// SPDX-License-Identifier: GPL-2.0
/* vfnctl ps: show the processes that have a view */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "netlink.h"
#include "vfnctl.h"

static const char help[] =
	"Usage: vfnctl ps [--json]\n"
	"\n"
	"Show the processes that have a view and that one has the right to look into:\n"
	"how many mappings they have, whether these can still be edited, the memory of\n"
	"the mappings (also where processes share it), how often a name was translated or\n"
	"hidden, and how often the process has edited its view.\n"
	"\n"
	"  -J, --json  as JSON\n"
	"  -h, --help  show this text\n";

enum { COL_PID, COL_MAPPINGS, COL_SEALED, COL_BYTES, COL_TRANSLATIONS, COL_EDITS, COL_COMMAND };

/**
 * struct process - one that has a view
 */
struct process {
	pid_t pid;
	bool sealed;
	unsigned int mappings, edits;
	unsigned long long bytes, translations;
};

struct processes {
	struct process *all;
	size_t nr;
};

static void take_process(struct nlattr **attrs, void *arg)
{
	struct processes *processes = arg;
	struct process *process;

	if (!attrs[VFN_ATTR_PID] || !attrs[VFN_ATTR_MAPPINGS] || !attrs[VFN_ATTR_BYTES] ||
	    !attrs[VFN_ATTR_TRANSLATIONS] || !attrs[VFN_ATTR_EDITS])
		return;
	processes->all = check_memory(reallocarray(processes->all, processes->nr + 1,
						   sizeof(*process)));
	process = &processes->all[processes->nr++];
	process->pid = netlink_u32(attrs[VFN_ATTR_PID]);
	process->sealed = attrs[VFN_ATTR_SEALED];
	process->mappings = netlink_u32(attrs[VFN_ATTR_MAPPINGS]);
	process->bytes = netlink_u64(attrs[VFN_ATTR_BYTES]);
	process->translations = netlink_u64(attrs[VFN_ATTR_TRANSLATIONS]);
	process->edits = netlink_u32(attrs[VFN_ATTR_EDITS]);
}

static int by_pid(const void *a, const void *b)
{
	const struct process *one = a, *other = b;

	return one->pid < other->pid ? -1 : one->pid > other->pid;
}

/* "" if it has ended meanwhile. */
static void read_comm(pid_t pid, char *comm, int size)
{
	char name[32];
	FILE *file;

	comm[0] = '\0';
	snprintf(name, sizeof(name), "/proc/%d/comm", pid);
	file = fopen(name, "re");
	if (!file)
		return;
	if (fgets(comm, size, file))
		comm[strcspn(comm, "\n")] = '\0';
	fclose(file);
}

static void add_row(struct libscols_table *table, const struct process *process)
{
	struct libscols_line *line = grid_line(table);
	char comm[64];

	read_comm(process->pid, comm, sizeof(comm));
	grid_number(line, COL_PID, process->pid);
	grid_number(line, COL_MAPPINGS, process->mappings);
	grid_cell(line, COL_SEALED, process->sealed ? "yes" : "no");
	grid_number(line, COL_BYTES, process->bytes);
	grid_number(line, COL_TRANSLATIONS, process->translations);
	grid_number(line, COL_EDITS, process->edits);
	grid_name(line, COL_COMMAND, comm);
}

static void print_processes(struct processes *processes, bool json)
{
	struct libscols_table *table = grid_new("processes", json);
	size_t i;

	grid_column(table, "pid", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER);
	grid_column(table, "mappings", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER);
	grid_column(table, "sealed", 0, SCOLS_JSON_BOOLEAN);
	grid_column(table, "bytes", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER);
	grid_column(table, "translations", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER);
	grid_column(table, "edits", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER);
	grid_column(table, "command", 0, SCOLS_JSON_STRING);
	qsort(processes->all, processes->nr, sizeof(*processes->all), by_pid);
	for (i = 0; i < processes->nr; i++)
		add_row(table, &processes->all[i]);
	grid_print(table);
	grid_free(table);
}

int command_ps(int argc, char **argv)
{
	struct processes processes = { 0 };
	struct netlink netlink;
	char *error = NULL;
	enum parse result;
	int err;
	bool json;

	result = parse_json(&json, argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("ps", result, help, error);
	error = netlink_open(&netlink);
	if (error)
		return complain_text(error);
	err = netlink_ask(&netlink, VFN_CMD_HOLDERS, 0, take_process, &processes);
	netlink_close(&netlink);
	if (err)
		complain("ps: can't read who has a view: %s", strerror(err));
	else
		print_processes(&processes, json);
	free(processes.all);
	return err ? EXIT_OWN : 0;
}
