// SPDX-License-Identifier: GPL-2.0
/*
 * bench: the least that it takes to put names over others, and become a command
 *
 * Usage: mounts bind|vufs|links LIST CMD [ARG]...; LIST has lines of "FROM TO".
 * "bind": mount them, in a mount namespace of its own; "vufs": in umvu, which takes
 * the call itself; "links": as symlinks below what FAKECHROOT_BASE names.
 */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "bench.h"

static void own_namespace(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(1, "making a mount namespace");
}

static int put_link(const char *from, const char *to)
{
	const char *base = getenv("FAKECHROOT_BASE");
	char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", base ?: "", from);
	unlink(path);
	return symlink(to, path);
}

static int put(const char *how, const char *from, const char *to)
{
	if (!strcmp(how, "links"))
		return put_link(from, to);
	return mount(to, from, how, !strcmp(how, "bind") ? MS_BIND : 0, "");
}

int main(int argc, char **argv)
{
	char from[PATH_MAX], to[PATH_MAX];
	FILE *list;

	if (argc < 4)
		errx(2, "usage: mounts bind|vufs|links LIST CMD [ARG]...");
	if (!strcmp(argv[1], "bind"))
		own_namespace();
	list = fopen(argv[2], "re");
	if (!list)
		err(1, "%s", argv[2]);
	while (fscanf(list, "%4095s %4095s", from, to) == 2)
		if (put(argv[1], from, to))
			err(1, "putting %s at %s", to, from);
	execvp(argv[3], argv + 3);
	err(1, "%s", argv[3]);
}
