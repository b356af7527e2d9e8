// SPDX-License-Identifier: GPL-2.0
/*
 * Run a fuzzer once with each file of a directory, without the fuzzer's engine (TAP)
 *
 * It dies where the fuzzer does; the file at fault is the one after the last "ok".
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* In memory of just its size, so that reading behind it is noticed. */
static int replay(const char *dir, const char *name)
{
	char path[4096], buf[65536];
	unsigned char *data;
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "r");
	if (!file)
		return -1;
	size = fread(buf, 1, sizeof(buf), file);
	fclose(file);
	data = malloc(size);
	if (!data && size)
		return -1;
	memcpy(data, buf, size);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	int i, nr = argc == 2 ? scandir(argv[1], &entries, visible, alphasort) : -1;

	if (nr <= 0) {
		printf("Bail out! the first argument must be a directory with files\n");
		return EXIT_FAILURE;
	}
	printf("1..%d\n", nr);
	for (i = 0; i < nr; i++) {
		if (replay(argv[1], entries[i]->d_name)) {
			printf("Bail out! %s can't be read\n", entries[i]->d_name);
			return EXIT_FAILURE;
		}
		printf("ok %d - %s %s\n", i + 1, argv[1], entries[i]->d_name);
		fflush(stdout);
		free(entries[i]);
	}
	free(entries);
	return EXIT_SUCCESS;
}
