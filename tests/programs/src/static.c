// SPDX-License-Identifier: GPL-2.0
/* static: what names mean to a program without a dynamic loader; static.go is its twin */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *name)
{
	printf("%s: %s\n", name, strerror(errno));
	return 1;
}

static int do_read(char *name)
{
	char buffer[4096];
	size_t got;
	FILE *file;

	file = fopen(name, "r");
	if (!file)
		return fail(name);
	while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0)
		fwrite(buffer, 1, got, stdout);
	return fclose(file);
}

static const char *type_name(unsigned char type)
{
	switch (type) {
	case DT_REG:
		return "file";
	case DT_DIR:
		return "directory";
	case DT_LNK:
		return "symlink";
	default:
		return "other";
	}
}

static int do_list(char *name)
{
	struct dirent **entries;
	int nr, i;

	nr = scandir(name, &entries, NULL, alphasort);
	if (nr < 0)
		return fail(name);
	for (i = 0; i < nr; i++) {
		const char *entry = entries[i]->d_name;

		if (strcmp(entry, ".") && strcmp(entry, ".."))
			printf("%s %s\n", entry, type_name(entries[i]->d_type));
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int do_enter(char *name)
{
	char buffer[PATH_MAX];

	if (chdir(name) || !getcwd(buffer, sizeof(buffer)))
		return fail(name);
	puts(buffer);
	if (chdir("..") || !getcwd(buffer, sizeof(buffer)))
		return fail("..");
	puts(buffer);
	return 0;
}

static int do_real(char *name)
{
	char buffer[PATH_MAX];

	if (!realpath(name, buffer))
		return fail(name);
	puts(buffer);
	return 0;
}

static int do_run(char *name)
{
	char *args[] = { name, "self", name, NULL };
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return fail("fork");
	if (!pid) {
		execv(name, args);
		_exit(fail(name));
	}
	if (waitpid(pid, &status, 0) < 0)
		return fail("waitpid");
	return WEXITSTATUS(status);
}

/* What the program is called, as the kernel says. */
static int do_self(char *name)
{
	char buffer[PATH_MAX];
	ssize_t len;

	(void)name;
	len = readlink("/proc/self/exe", buffer, sizeof(buffer) - 1);
	if (len < 0)
		return fail("/proc/self/exe");
	buffer[len] = '\0';
	puts(buffer);
	return 0;
}

static int do_write(char *name)
{
	FILE *file;

	file = fopen(name, "w");
	if (!file)
		return fail(name);
	fputs("written\n", file);
	return fclose(file);
}

static const struct {
	const char *name;
	int (*function)(char *name);
} commands[] = {
	{ "read", do_read },
	{ "list", do_list },
	{ "enter", do_enter },
	{ "real", do_real },
	{ "run", do_run },
	{ "self", do_self },
	{ "write", do_write },
};

int main(int argc, char **argv)
{
	size_t i;
	int ret;

	for (i = 0; argc == 3 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		ret = commands[i].function(argv[2]);
		/* a child must not print again what is here still */
		return fflush(stdout) ? 1 : ret;
	}
	fprintf(stderr, "usage: %s read|list|enter|real|run|self|write NAME\n", argv[0]);
	return 2;
}
