// SPDX-License-Identifier: GPL-2.0
/* libc: which C library it was compiled with, and which it runs with */

#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Each file that is mapped into the process, once. */
static void print_maps(FILE *maps)
{
	char line[1024], last[1024] = "";

	while (fgets(line, sizeof(line), maps)) {
		const char *name = strchr(line, '/');

		if (!name || !strcmp(name, last))
			continue;
		strcpy(last, name);
		printf("maps %s", name);
	}
}

int main(void)
{
	char exe[1024] = "";
	FILE *maps = fopen("/proc/self/maps", "r");

	if (!maps || readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0)
		return 1;
	printf("compiled with %d.%d\n", __GLIBC__, __GLIBC_MINOR__);
	printf("runs with %s\n", gnu_get_libc_version());
	printf("exe %s\n", exe);
	print_maps(maps);
	return fclose(maps);
}
