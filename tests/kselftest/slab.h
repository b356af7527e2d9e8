/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many objects of kmalloc() are in use: vfn has no others, so what it leaks is there
 */
#ifndef KSELFTEST_SLAB_H
#define KSELFTEST_SLAB_H

#include <fcntl.h>

#include "tap.h"

/**
 * struct slab_use - of all caches of kmalloc() together
 * @objects:	in use
 * @bytes:	that they take
 */
struct slab_use {
	long objects;
	long bytes;
};

/* What processors have put by for later counts as used: away with it. */
static inline void slab_shrink(const char *cache)
{
	char name[96];
	int fd;

	snprintf(name, sizeof(name), "/sys/kernel/slab/%s/shrink", cache);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		bail_out("%s", name);
	close(fd);
}

static inline struct slab_use slab_count(bool shrink)
{
	FILE *file = fopen("/proc/slabinfo", "re");
	struct slab_use use = {};
	unsigned long objects, size;
	char line[512], name[64];

	if (!file)
		bail_out("/proc/slabinfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %lu %*u %lu", name, &objects, &size) != 3 ||
		    strncmp(name, "kmalloc-", 8))
			continue;
		if (shrink)
			slab_shrink(name);
		use.objects += objects;
		use.bytes += objects * size;
	}
	fclose(file);
	if (!use.objects)
		bail_out("/proc/slabinfo has no kmalloc");
	return use;
}

static inline struct slab_use slab_use(void)
{
	slab_count(true);
	return slab_count(false);
}

/*
 * Is as much in use as was @before, but for @slack objects that others may have made?
 * Memory comes back a while after its last user.
 */
static inline bool slab_returns_to(const struct slab_use *before, long slack)
{
	struct slab_use now;
	unsigned int tries;

	for (tries = 0; tries < 50; tries++) {
		now = slab_use();
		if (now.objects - before->objects <= slack)
			break;
		usleep(200000);
	}
	diag("objects of kmalloc: %ld before, %ld after; bytes: %ld, %ld", before->objects,
	     now.objects, before->bytes, now.bytes);
	return now.objects - before->objects <= slack;
}

#endif /* KSELFTEST_SLAB_H */
