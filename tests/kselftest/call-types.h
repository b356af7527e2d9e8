/* SPDX-License-Identifier: GPL-2.0 */
/* kselftests: a system call, the views it is tried in, the forms of its name */
#ifndef KSELFTEST_CALL_TYPES_H
#define KSELFTEST_CALL_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* What there is at the name, and at its decoy. */
enum call_kind {
	CALL_NOTHING,
	CALL_FILE,
	CALL_DIR,
	CALL_LINK,
};

/* struct call.flags */
#define CALL_AT		(1U << 0)	/* takes a dirfd */
#define CALL_ROOT	(1U << 1)	/* needs root */
#define CALL_NOFOLLOW	(1U << 2)	/* the mapping is made with VFN_NOFOLLOW */

/**
 * struct call_at - what the call is to be tried on
 * @dfd:	for calls that take one; else what a relative name begins at is the cwd
 * @name:	the name
 * @other:	for calls with two names: an unmapped one in the same file system
 */
struct call_at {
	int dfd;
	const char *name;
	const char *other;
};

/**
 * struct call_result - what the child tells its parent
 * @ret:	what the call returned
 * @err:	its errno, if @ret is negative
 * @dev:	the device of the object that the call reached, if it tells
 * @ino:	its inode
 * @text:	what else the call has told
 * @trouble:	what went wrong before the call; or ""
 */
struct call_result {
	long ret;
	int err;
	uint64_t dev;
	uint64_t ino;
	char text[256];
	char trouble[128];
};

struct call_test;

/**
 * struct call - one call
 * @name:	name
 * @flags:	CALL_*
 * @kind:	what must be there before
 * @run:	make the call; in the child
 * @check:	has it done to the object what it should?  In the parent
 * @make:	what makes the object, if none of the kinds will do
 */
struct call {
	const char *name;
	unsigned int flags;
	enum call_kind kind;
	long (*run)(const struct call_at *at, struct call_result *result);
	bool (*check)(const struct call_test *test, const struct call_result *result);
	void (*make)(const char *name, bool decoy);
};

/**
 * struct call_scene - a view, and a name in it
 * @what:	for the line of TAP
 * @from:	the mapping; NULL: hide @from
 * @to:		the mapping
 * @name:	the name to call
 * @place:	where it really is
 */
struct call_scene {
	const char *what;
	const char *from;
	const char *to;
	const char *name;
	const char *place;
};

enum call_form {
	CALL_ABSOLUTE,
	CALL_CWD,
	CALL_CWD_PARENT,
	CALL_DIRFD,
	CALL_DIRFD_PARENT,
	CALL_FORMS,
};

/**
 * struct call_seen - what an object was like
 * @there:	it exists
 * @st:		its inode
 * @text:	what it contains, or names; of a directory the number of names
 */
struct call_seen {
	bool there;
	struct stat st;
	char text[256];
};

/**
 * struct call_test - one try
 * @top:	directory of the view's names
 * @real:	directory that mappings lead to
 * @name:	the name, absolute
 * @place:	where the object really is
 * @other:	see struct call_at
 * @target:	the object as it was before the call
 */
struct call_test {
	const struct call *call;
	const struct call_scene *scene;
	enum call_form form;
	char top[72];
	char real[72];
	char name[128];
	char place[128];
	char other[160];
	struct call_seen target;
};

static const struct call_scene call_scenes[] = {
	{ "a mapped name", "view/n", "real/n", "view/n", "real/n" },
	{ "a mapped name from nowhere", "none/n", "real/n", "none/n", "real/n" },
	{ "below a mapped directory", "view/dir", "real/dir", "view/dir/n", "real/dir/n" },
	{ "below a directory from nowhere", "none/dir", "real/dir", "none/dir/n", "real/dir/n" },
	{ "an unmapped name", "view/n", "real/n", "plain/n", "plain/n" },
	{ "a hidden name", "view/n", NULL, "view/n", "view/n" },
};

static const char * const call_forms[CALL_FORMS] = {
	[CALL_ABSOLUTE] = "absolute",
	[CALL_CWD] = "relative",
	[CALL_CWD_PARENT] = "relative to its directory",
	[CALL_DIRFD] = "dirfd",
	[CALL_DIRFD_PARENT] = "dirfd of its directory",
};

#endif /* KSELFTEST_CALL_TYPES_H */
