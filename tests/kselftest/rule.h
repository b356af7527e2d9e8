/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests of the rules: objects known by their identity, and scenes of them
 *
 * Every test runs in a child of its own: as an ordinary user, without a table, in
 * an empty directory, which is called "@" and is the cwd.  Objects are noted by the
 * names they were made by, so that any name can be asked which of them it means.
 */
#ifndef KSELFTEST_RULE_H
#define KSELFTEST_RULE_H

#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sys/stat.h>

#include <libvfn.h>

#include "tap.h"

#define RULE_USER	1000
#define RULE_OTHER	1001	/* who is not that user */
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/**
 * struct rule - a test
 * @name:	for its lines of TAP
 * @run:	the test
 * @root:	it stays root
 */
struct rule {
	const char *name;
	void (*run)(void);
	bool root;
};

/**
 * struct rule_object - an object that was made
 * @name:	by which name
 */
struct rule_object {
	dev_t dev;
	ino_t ino;
	const char *name;
};

static struct rule_object rule_objects[256];
static unsigned int rule_nr_objects;
static char rule_top[64];	/* what "@" stands for */
static const char *rule_label;	/* begins the lines of TAP */

/* @name with what "@" stands for in the place of each; good until 16 calls later. */
static inline char *at(const char *name)
{
	static char names[16][2 * PATH_MAX];
	static unsigned int next;
	char *buf = names[next++ % 16];
	size_t len = 0, top = strlen(rule_top);

	for (; *name && len + top + 1 < sizeof(names[0]); name++) {
		if (*name == '@') {
			memcpy(buf + len, rule_top, top);
			len += top;
		} else {
			buf[len++] = *name;
		}
	}
	buf[len] = '\0';
	return buf;
}

/* A temporary string like those of at(). */
__attribute__((format(printf, 1, 2)))
static inline char *text(const char *fmt, ...)
{
	static char texts[16][2 * PATH_MAX];
	static unsigned int next;
	char *buf = texts[next++ % 16];
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, sizeof(texts[0]), fmt, args);
	va_end(args);
	return buf;
}

/* The object that is really at @name is called @as from now on. */
static inline void note_as(const char *name, const char *as)
{
	struct rule_object *o = &rule_objects[rule_nr_objects];
	struct stat st;

	if (rule_nr_objects == COUNT(rule_objects) || lstat(at(name), &st))
		bail_out("can't note %s", name);
	o->dev = st.st_dev;
	o->ino = st.st_ino;
	o->name = strdup(as);
	rule_nr_objects++;
}

static inline const char *noted(const struct stat *st)
{
	unsigned int i;

	/* The newest first: inodes are used again. */
	for (i = rule_nr_objects; i-- > 0;)
		if (rule_objects[i].dev == st->st_dev && rule_objects[i].ino == st->st_ino)
			return rule_objects[i].name;
	return "an unknown object";
}

static inline void make_dir(const char *name)
{
	if (mkdir(at(name), 0755))
		bail_out("mkdir %s", at(name));
	note_as(name, name);
}

static inline void make_parents(const char *name)
{
	char path[PATH_MAX], *p;
	struct stat st;

	snprintf(path, sizeof(path), "%s", name);
	for (p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (stat(at(path), &st))
			make_dir(path);
		*p = '/';
	}
}

static inline void make_file(const char *name)
{
	int fd;

	make_parents(name);
	fd = open(at(name), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0 || dprintf(fd, "%s\n", name) < 0 || close(fd))
		bail_out("making %s", at(name));
	note_as(name, name);
}

static inline void make_link(const char *body, const char *name)
{
	make_parents(name);
	if (symlink(at(body), at(name)))
		bail_out("making %s", at(name));
	note_as(name, name);
}

/* One way to ask what a name means: its object, or the errno's name. */
static inline const char *rule_ask(int dfd, const char *name, int flags, bool open_it)
{
	struct stat st;
	int err, fd;

	if (!open_it) {
		err = fstatat(dfd, name, &st, flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0);
		return err ? strerrorname_np(errno) : noted(&st);
	}
	fd = openat(dfd, name, flags | O_CLOEXEC);
	if (fd < 0)
		return strerrorname_np(errno);
	err = fstat(fd, &st);
	close(fd);
	return err ? strerrorname_np(errno) : noted(&st);
}

/* What @name means; every way to ask must give the same answer. */
static inline const char *rule_look(int dfd, const char *name, bool follow)
{
	int nofollow = follow ? 0 : O_NOFOLLOW;
	const char *stated = rule_ask(dfd, name, nofollow, false);
	const char *path = rule_ask(dfd, name, nofollow | O_PATH, true);
	const char *opened = follow ? rule_ask(dfd, name, O_RDONLY, true) : path;

	if (!strcmp(stated, path) && !strcmp(stated, opened))
		return stated;
	return text("stat: %s, O_PATH: %s, O_RDONLY: %s", stated, path, opened);
}

static inline bool rule_means(int dfd, const char *name, const char *want, bool follow,
			      const char *file, int line)
{
	const char *got = rule_look(dfd, at(name), follow);
	bool good = !strcmp(got, want);

	tap_ok(good, file, line, "%s: %.200s %s %s", rule_label, name,
	       follow ? "is" : "itself is", want);
	if (!good)
		diag("got: %s", got);
	return good;
}

/* Test that @name means @want: an object, or the errno that looking it up fails with. */
#define means_at(dfd, name, want) rule_means(dfd, name, want, true, __FILE__, __LINE__)
#define means(name, want) means_at(AT_FDCWD, name, want)
/* The same of @name itself, should it be a symlink. */
#define is_itself(name, want) rule_means(AT_FDCWD, name, want, false, __FILE__, __LINE__)

static inline bool rule_gives(long ret, const char *want, const char *what,
			      const char *file, int line)
{
	const char *got = ret < 0 ? strerrorname_np(errno) : "success";

	tap_ok(!strcmp(got, want), file, line, "%s: %.200s: %s", rule_label, what, want);
	if (strcmp(got, want))
		diag("got: %s", got);
	return !strcmp(got, want);
}

/* Test that a system call fails with the errno of that name. */
#define fails(call, want) rule_gives(call, want, #call, __FILE__, __LINE__)
#define works(call) rule_gives(call, "success", #call, __FILE__, __LINE__)

/* Edits that must work for the test to go on. */
static inline void map(const char *from, const char *to)
{
	if (vfn(at(from), at(to)))
		bail_out("%s: map %s %s", rule_label, from, to);
}

static inline void hide(const char *name)
{
	if (vfn_hide(at(name)))
		bail_out("%s: hide %s", rule_label, name);
}

/* Run @fn in a child without a table, whatever the caller's. */
static inline void outside(void (*fn)(const char *name), const char *name)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (vfn_clear())
			bail_out("clearing the table");
		fn(name);
		_exit(EXIT_SUCCESS);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		bail_out("%s: a child that was to do something to %s", rule_label, name);
}

static inline void rule_child(void *arg)
{
	const struct rule *rule = arg;

	if (!rule->root && !geteuid() &&
	    (setgroups(0, NULL) || setresgid(RULE_USER, RULE_USER, RULE_USER) ||
	     setresuid(RULE_USER, RULE_USER, RULE_USER)))
		bail_out("becoming user %d", RULE_USER);
	if (chdir(rule_top))
		bail_out("%s", rule_top);
	note_as("/", "/");
	note_as("@", "@");
	rule->run();
}

/* One test, in a directory of its own: the @nr-th below @base, which is on some file system. */
static inline void rule_run(const char *base, const struct rule *rule, size_t nr)
{
	snprintf(rule_top, sizeof(rule_top), "%s/vfn-rule.%d.%zu", base, getpid(), nr);
	rule_label = rule->name;
	if (mkdir(rule_top, 0755) || (!geteuid() && chown(rule_top, RULE_USER, RULE_USER)))
		bail_out("mkdir %s", rule_top);
	in_child(rule_child, (void *)rule, rule->name);
}

/* Remove what rule_run() has left in @base. */
static inline void rules_remove(const char *base)
{
	if (system(text("rm -rf %s/vfn-rule.%d.*", base, getpid())))
		bail_out("removing %s/vfn-rule.%d.*", base, getpid());
}

static inline void rules_run_in(const char *base, const struct rule *rules, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		rule_run(base, &rules[i], i);
	rules_remove(base);
}

#define rules_run(rules) rules_run_in("/tmp", rules, COUNT(rules))

#endif /* KSELFTEST_RULE_H */
