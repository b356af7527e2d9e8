/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listings for names-fuzz: at once, in small pieces, and from every position
 */
#ifndef KSELFTEST_FUZZ_LIST_H
#define KSELFTEST_FUZZ_LIST_H

#include <sys/syscall.h>

#include "fuzz-tree.h"

#define FUZZ_ENTRIES	256

/** struct fuzz_entry - what getdents64() told */
struct fuzz_entry {
	char name[NAME_MAX + 1];
	uint64_t ino;
	int64_t next;		/* position after it */
	unsigned char type;
};

struct fuzz_dirent {
	uint64_t ino;
	int64_t next;
	unsigned short len;
	unsigned char type;
	char name[];
};

/*
 * Read the rest of the listing with a buffer of @size bytes, or what more the next
 * entry needs.  Returns how many there were; -1: an error.
 */
static inline int fuzz_getdents(int fd, unsigned int size, struct fuzz_entry *entries)
{
	char buf[16384] __attribute__((aligned(8)));
	struct fuzz_dirent *d;
	long len, at;
	int nr = 0;

	for (;;) {
		len = syscall(SYS_getdents64, fd, buf, size);
		if (len < 0 && errno == EINVAL && size < 300) {
			size += 8;
			continue;
		}
		if (len <= 0)
			return len < 0 ? -1 : nr;
		for (at = 0; at < len && nr < FUZZ_ENTRIES; at += d->len, nr++) {
			d = (struct fuzz_dirent *)(buf + at);
			snprintf(entries[nr].name, sizeof(entries[nr].name), "%s", d->name);
			entries[nr].ino = d->ino;
			entries[nr].next = d->next;
			entries[nr].type = d->type;
		}
		if (nr == FUZZ_ENTRIES)
			return nr;
	}
}

static inline bool fuzz_same_names(const struct fuzz_entry *a, int nr_a,
				   const struct fuzz_entry *b, int nr_b)
{
	int i;

	for (i = 0; i < nr_a && i < nr_b; i++)
		if (strcmp(a[i].name, b[i].name))
			return false;
	return nr_a == nr_b;
}

/* From each position there is the rest to be read, and from the first all of it. */
static inline const char *fuzz_list_seek(int fd, const struct fuzz_entry *entries, int nr)
{
	static struct fuzz_entry rest[FUZZ_ENTRIES];
	static char text[NAME_MAX + 64];
	int i, nr_rest;

	for (i = 0; i < nr; i++) {
		lseek(fd, entries[i].next, SEEK_SET);
		nr_rest = fuzz_getdents(fd, sizeof(*rest) * 8, rest);
		if (!fuzz_same_names(rest, nr_rest, entries + i + 1, nr - i - 1)) {
			snprintf(text, sizeof(text), "after %s there are %d, not %d",
				 entries[i].name, nr_rest, nr - i - 1);
			return text;
		}
	}
	lseek(fd, 0, SEEK_SET);
	nr_rest = fuzz_getdents(fd, sizeof(*rest) * 8, rest);
	return fuzz_same_names(rest, nr_rest, entries, nr) ? "seek: good" : "seek: not again";
}

static inline int fuzz_by_entry(const void *a, const void *b)
{
	return strcmp(((const struct fuzz_entry *)a)->name, ((const struct fuzz_entry *)b)->name);
}

/*
 * An entry for the result.  The kernel's listing has the type and number of what
 * a mount covers, a view's those of what is there (N7), so the reference asks.
 */
static inline int fuzz_say_entry(struct fuzz_world *w, int fd, const struct fuzz_entry *e,
				 char *buf, size_t size)
{
	bool dots = !strcmp(e->name, ".") || !strcmp(e->name, "..");
	unsigned char type = e->type;
	uint64_t ino = e->ino;
	struct stat st;

	if (dots || fstatat(fd, e->name, &st, AT_SYMLINK_NOFOLLOW))
		return snprintf(buf, size, "%s ", e->name);
	if (w->side->reference) {
		type = IFTODT(st.st_mode);
		ino = st.st_ino;
	}
	return snprintf(buf, size, "%s:%u:%s ", e->name, type, fuzz_tag(w, st.st_dev, ino));
}

/* The listing of the directory @fd; @how: 0: at once, 1: in pieces, 2: from everywhere */
static inline void fuzz_list(struct fuzz_world *w, int fd, unsigned int how, char *result)
{
	static struct fuzz_entry entries[FUZZ_ENTRIES];
	size_t len = 0, size = FUZZ_RESULT - 400;
	int nr = fuzz_getdents(fd, how == 1 ? 24 : sizeof(*entries) * 8, entries), i;

	if (nr < 0) {
		snprintf(result, size, "getdents64: %s", strerrorname_np(errno));
		return;
	}
	if (how == 2)
		len += snprintf(result, size, "%s ", fuzz_list_seek(fd, entries, nr));
	qsort(entries, nr, sizeof(entries[0]), fuzz_by_entry);
	for (i = 0; i < nr && len < size; i++)
		len += fuzz_say_entry(w, fd, &entries[i], result + len, size - len);
}

#endif /* KSELFTEST_FUZZ_LIST_H */
