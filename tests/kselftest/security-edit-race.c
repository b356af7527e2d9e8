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

static void edit_until(struct race *race, time_t end)
{
	while (time(NULL) < end) {
		if (vfn(NAME, TARGET) || vfn_clear())
			atomic_store(&race->edit, errno);
	}
	atomic_store(&race->stop, true);
}

static void try_race(void *arg)
{
	struct race race = {};
	pthread_t threads[LOOKERS];
	unsigned int i;

	(void)arg;
	for (i = 0; i < LOOKERS; i++)
		if (pthread_create(&threads[i], NULL, looker, &race))
			bail_out("pthread_create");
	edit_until(&race, time(NULL) + SECONDS);
	for (i = 0; i < LOOKERS; i++)
		pthread_join(threads[i], NULL);
	diag("%u lookups, %u found the target", race.lookups, race.mapped);
	ok(race.mapped > 0 && race.mapped < race.lookups, "some lookups found the mapping, some not");
	ok(!race.wrong, "no lookup failed otherwise (%s)", strerror(race.wrong));
	ok(!race.edit, "no edit failed (%s)", strerror(race.edit));
}

int main(void)
{
	plan(3);
	in_child(try_race, NULL, "edits against lookups");
	return done();
}
