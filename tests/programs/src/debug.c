// SPDX-License-Identifier: GPL-2.0
/* debug: something to stop in, and to trace */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int inner(int depth, const char *name)
{
	return depth + (int)strlen(name);
}

static int outer(int depth)
{
	return 2 * inner(depth + 1, "vfn");
}

int main(int argc, char **argv)
{
	int fd = open("/etc/debian_version", O_RDONLY);

	if (fd < 0)
		return 1;
	close(fd);
	printf("%d\n", outer(19));
	fflush(stdout);
	/* with an argument: until it is killed, to be attached to */
	if (argc > 1 && !strcmp(argv[1], "wait"))
		pause();
	return 0;
}
