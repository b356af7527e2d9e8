// SPDX-License-Identifier: GPL-2.0
/* A program that gives itself a view: cc view.c -o view $(pkg-config --cflags --libs libvfn) */
#include <stdio.h>
#include <libvfn.h>

int main(void)
{
	const char *name = "/no/such/directory/release";
	char line[80];
	FILE *file;

	if (vfn(name, "/etc/os-release") < 0 ||
	    !(file = fopen(name, "r")) || !fgets(line, sizeof(line), file))
		return perror(name), 1;
	printf("%s begins with %s", name, line);
	return fclose(file);
}
