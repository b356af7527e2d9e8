/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests: commands of a shell, what they print and how they end
 */
#ifndef KSELFTEST_SHELL_H
#define KSELFTEST_SHELL_H

#include "tap.h"

/**
 * struct shell_test - a command and what must come of it
 * @command:	runs in the directory that shell_begin() has made
 * @status:	128 + N: killed by signal N
 * @output:	of both kinds
 */
struct shell_test {
	const char *command;
	int status;
	const char *output;
};

/* Enters a new, empty directory; returns its name. */
static inline char *shell_begin(void)
{
	static char dir[] = "/tmp/vfn-shell-XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0)
		bail_out("%s", dir);
	setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
	return dir;
}

static inline void shell_end(const char *dir)
{
	if (chdir("/") < 0 || setenv("DIR", dir, 1) < 0 || system("rm -r \"$DIR\""))
		bail_out("can't remove %s", dir);
}

static inline void shell_one(const struct shell_test *test)
{
	char output[4096];
	size_t length;
	int status;
	FILE *pipe;

	if (setenv("COMMAND", test->command, 1) < 0)
		bail_out("setenv");
	pipe = popen("exec 2>&1; eval \"$COMMAND\"", "r");
	if (!pipe)
		bail_out("popen");
	length = fread(output, 1, sizeof(output) - 1, pipe);
	output[length] = '\0';
	status = pclose(pipe);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (!ok(status == test->status && !strcmp(output, test->output), "%s", test->command))
		diag("status %d, output: %s", status, output);
}

static inline void shell_run(const struct shell_test *tests, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		shell_one(&tests[i]);
}

#endif /* KSELFTEST_SHELL_H */
