/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests of listings: directories read by system call, a buffer at a time
 *
 *	struct reader r = { .fd = fd, .call = &list_getdents64, .size = 32 };
 *	struct list_entry e;
 *
 *	while (list_next(&r, &e))
 *		use(e.name);
 */
#ifndef KSELFTEST_RULE_LIST_H
#define KSELFTEST_RULE_LIST_H

#include <dirent.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "old-calls.h"
#include "rule.h"

#define LIST_BUFFER	65536

struct list_entry {
	uint64_t ino;
	int64_t next;	/* position of the entry that follows */
	unsigned char type;
	const char *name;
};

/**
 * struct list_call - a system call that lists a directory
 * @len:	of the entry at @p, which is written to @e
 */
struct list_call {
	const char *name;
	long nr;
	unsigned int (*len)(const char *p, struct list_entry *e);
};

/**
 * struct reader - a directory that is being read
 * @size:	of the buffer for the next call
 * @rise:	added to @size after each call; begins again at @from
 * @calls:	that have given something
 */
struct reader {
	int fd;
	const struct list_call *call;
	size_t size;
	size_t rise;
	size_t from;
	unsigned int calls;
	long got;
	long at;
	char buf[LIST_BUFFER];
};

struct list_dirent64 {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	unsigned char type;
	char name[];
} __attribute__((packed));

struct list_dirent {
	unsigned long ino;
	long off;
	uint16_t len;
	char name[];
} __attribute__((packed));

static inline unsigned int list_len64(const char *p, struct list_entry *e)
{
	const struct list_dirent64 *d = (const void *)p;

	*e = (struct list_entry){ d->ino, d->off, d->type, d->name };
	return d->len;
}

/* The type is the last byte of an entry. */
static inline unsigned int list_len_old(const char *p, struct list_entry *e)
{
	const struct list_dirent *d = (const void *)p;

	*e = (struct list_entry){ d->ino, d->off, p[d->len - 1], d->name };
	return d->len;
}

static const struct list_call list_getdents64 = { "getdents64", SYS_getdents64, list_len64 };
static const struct list_call list_getdents = { "getdents", SYS_getdents, list_len_old };

/* Younger machines have the newer one alone. */
static inline bool list_exists(const struct list_call *call)
{
	return syscall(call->nr, -1, NULL, 0) >= 0 || errno != ENOSYS;
}

static inline bool list_fill(struct reader *r)
{
	r->at = 0;
	r->got = syscall(r->call->nr, r->fd, r->buf, r->size);
	if (r->got <= 0)
		return false;
	r->calls++;
	if (r->rise) {
		r->size += r->rise;
		if (r->size > LIST_BUFFER)
			r->size = r->from;
	}
	return true;
}

/* The next entry, or false: @r->got is 0 at the end, and -1 with errno. */
static inline bool list_next(struct reader *r, struct list_entry *e)
{
	if (r->at >= r->got && !list_fill(r))
		return false;
	r->at += r->call->len(r->buf + r->at, e);
	return true;
}

/* Begin at position @pos, with a buffer of @size. */
static inline void list_seek(struct reader *r, int64_t pos, size_t size)
{
	r->at = 0;
	r->got = 0;
	r->size = size;
	if (lseek(r->fd, pos, SEEK_SET) != pos)
		bail_out("%s: going to position %jd", rule_label, (intmax_t)pos);
}

static inline int list_open(const char *name)
{
	int fd = open(at(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		bail_out("%s: opening %s", rule_label, name);
	return fd;
}

#endif /* KSELFTEST_RULE_LIST_H */
