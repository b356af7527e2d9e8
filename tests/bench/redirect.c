// SPDX-License-Identifier: GPL-2.0
/*
 * bench: a preloaded library that redirects names, as good as such can be
 *
 * The file that REDIRECT names has lines of "FROM TO".  Absolute names that are a
 * FROM, or below one, are looked up by TO.  Only calls that go through the
 * library's symbols are seen: that does for the programs of the benchmark.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rule {
	char *from;
	char *to;
	size_t len;
};

static struct rule *rules;
static size_t nr_rules;

static int compare(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	return strcmp(x->from, y->from);
}

__attribute__((constructor)) static void read_rules(void)
{
	FILE *(*real_fopen)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");
	const char *name = getenv("REDIRECT");
	FILE *file = name ? real_fopen(name, "re") : NULL;
	char from[PATH_MAX], to[PATH_MAX];
	size_t room = 0;

	while (file && fscanf(file, "%4095s %4095s", from, to) == 2) {
		if (nr_rules == room) {
			room = room ? 2 * room : 16;
			rules = realloc(rules, room * sizeof(*rules));
			if (!rules)
				abort();
		}
		rules[nr_rules++] = (struct rule){ strdup(from), strdup(to), strlen(from) };
	}
	if (file)
		fclose(file);
	qsort(rules, nr_rules, sizeof(*rules), compare);
}

/* What to look up in the place of @name; @buf is for that. */
static const char *redirect(const char *name, char *buf)
{
	size_t low = 0, high = nr_rules, mid;
	const struct rule *r;
	int order;

	if (!name || name[0] != '/')
		return name;
	while (low < high) {
		mid = (low + high) / 2;
		r = &rules[mid];
		order = strncmp(name, r->from, r->len);
		if (!order && (!name[r->len] || name[r->len] == '/')) {
			if (strlen(r->to) + strlen(name + r->len) >= PATH_MAX)
				return name;
			return strcat(strcpy(buf, r->to), name + r->len);
		}
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return name;
}

/* TYPE call(PARAMS) looks up its argument NAME, as the call of the same name. */
#define REDIRECT(type, call, name, params, ...)				\
	type call params						\
	{								\
		static type (*real) params;				\
		char buf[PATH_MAX];					\
									\
		if (!real)						\
			real = dlsym(RTLD_NEXT, #call);			\
		name = redirect(name, buf);				\
		return real(__VA_ARGS__);				\
	}

/* The mode is passed on whether or not there is one, as the C library does. */
#define REDIRECT_OPEN(call)						\
	int call(const char *name, int flags, ...)			\
	{								\
		static int (*real)(const char *, int, ...);		\
		char buf[PATH_MAX];					\
		va_list args;						\
		mode_t mode;						\
									\
		va_start(args, flags);					\
		mode = va_arg(args, mode_t);				\
		va_end(args);						\
		if (!real)						\
			real = dlsym(RTLD_NEXT, #call);			\
		return real(redirect(name, buf), flags, mode);		\
	}

#define REDIRECT_OPENAT(call)						\
	int call(int dfd, const char *name, int flags, ...)		\
	{								\
		static int (*real)(int, const char *, int, ...);	\
		char buf[PATH_MAX];					\
		va_list args;						\
		mode_t mode;						\
									\
		va_start(args, flags);					\
		mode = va_arg(args, mode_t);				\
		va_end(args);						\
		if (!real)						\
			real = dlsym(RTLD_NEXT, #call);			\
		return real(dfd, redirect(name, buf), flags, mode);	\
	}

REDIRECT_OPEN(open)
REDIRECT_OPEN(open64)
REDIRECT_OPENAT(openat)
REDIRECT_OPENAT(openat64)
REDIRECT(int, stat, name, (const char *name, struct stat *st), name, st)
REDIRECT(int, stat64, name, (const char *name, struct stat64 *st), name, st)
REDIRECT(int, lstat, name, (const char *name, struct stat *st), name, st)
REDIRECT(int, lstat64, name, (const char *name, struct stat64 *st), name, st)
REDIRECT(int, fstatat, name, (int dfd, const char *name, struct stat *st, int flags),
	 dfd, name, st, flags)
REDIRECT(int, fstatat64, name, (int dfd, const char *name, struct stat64 *st, int flags),
	 dfd, name, st, flags)
REDIRECT(int, access, name, (const char *name, int mode), name, mode)
REDIRECT(int, faccessat, name, (int dfd, const char *name, int mode, int flags),
	 dfd, name, mode, flags)
REDIRECT(int, chdir, name, (const char *name), name)
REDIRECT(int, mkdir, name, (const char *name, mode_t mode), name, mode)
REDIRECT(int, unlink, name, (const char *name), name)
REDIRECT(ssize_t, readlink, name, (const char *name, char *text, size_t size),
	 name, text, size)
REDIRECT(FILE *, fopen, name, (const char *name, const char *mode), name, mode)
REDIRECT(FILE *, fopen64, name, (const char *name, const char *mode), name, mode)
REDIRECT(DIR *, opendir, name, (const char *name), name)
REDIRECT(int, execve, name, (const char *name, char *const argv[], char *const envp[]),
	 name, argv, envp)
