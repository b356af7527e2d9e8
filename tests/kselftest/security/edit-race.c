// SPDX-License-Identifier: GPL-2.0
/*
 * S7, N13: a table that comes and goes in one thread while others look names up
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include <libvfn.h>

#include "tap.h"

#define SECONDS	8
#define NAME	"/vfn-edit-race"
#define TARGET	"/etc/passwd"
#define LOOKERS	2

/**
 * struct race - what the threads see
 * @stop:	time is over
 * @lookups:	that were made
 * @mapped:	of them, those that found the target
 * @wrong:	errno of one that found neither the target nor nothing; 0: none
 * @edit:	errno of an edit that failed; 0: none
 */
struct race {
	atomic_bool stop;
	atomic_uint lookups, mapped;
	atomic_int wrong, edit;
};

static void *looker(void *arg)
{
	struct race *race = arg;
	struct stat st, target;

	if (stat(TARGET, &target))
		atomic_store(&race->wrong, errno);
	while (!atomic_load(&race->stop)) {
		atomic_fetch_add(&race->lookups, 1);
		if (!stat(NAME, &st)) {
			atomic_fetch_add(&race->mapped, 1);
			if (st.st_ino != target.st_ino || st.st_dev != target.st_dev)
				atomic_store(&race->wrong, EIO);
		} else if (errno != ENOENT) {
			atomic_store(&race->wrong, errno);
		}
		if (stat(TARGET, &st))
			atomic_store(&race->wrong, errno);
	}
	return NULL;
}

static void map_and_clear(struct race *race)
{
	if (vfn(NAME, TARGET) || vfn_clear())
		atomic_store(&race->edit, errno);
}

/* Makes a view and takes it away, without a mapping in between. */
static void fail(struct race *race)
{
	if (!vfn_unmap(NAME))
		atomic_store(&race->edit, EIO);
	else if (errno != ENOENT)
		atomic_store(&race->edit, errno);
}

static void try_race(struct race *race, void (*edit)(struct race *race))
{
	time_t end = time(NULL) + SECONDS;
	pthread_t threads[LOOKERS];
	unsigned int i;

	for (i = 0; i < LOOKERS; i++)
		if (pthread_create(&threads[i], NULL, looker, race))
			bail_out("pthread_create");
	while (time(NULL) < end)
		edit(race);
	atomic_store(&race->stop, true);
	for (i = 0; i < LOOKERS; i++)
		pthread_join(threads[i], NULL);
	diag("%u lookups, %u found the target", race->lookups, race->mapped);
	ok(!race->wrong, "no lookup failed otherwise (%s)", strerror(race->wrong));
	ok(!race->edit, "no edit went wrong (%s)", strerror(race->edit));
}

static void try_mapping(void *arg)
{
	struct race race = {};

	(void)arg;
	try_race(&race, map_and_clear);
	ok(race.mapped > 0 && race.mapped < race.lookups,
	   "some lookups found the mapping, some not");
}

static void try_failing(void *arg)
{
	struct race race = {};

	(void)arg;
	try_race(&race, fail);
	ok(!race.mapped, "an edit that fails maps nothing");
}

int main(void)
{
	plan(6);
	in_child(try_failing, NULL, "edits that fail against lookups");
	in_child(try_mapping, NULL, "edits against lookups");
	return done();
}
