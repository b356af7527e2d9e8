// SPDX-License-Identifier: GPL-2.0
/*
 * S3: a setuid program started while other threads edit the table gets no
 * translated interpreter, however the edits fall
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "attack.h"

#define DIR	"/var/lib/vfn-exec-race"
#define VICTIM	DIR "/setuid"
#define EVIL	DIR "/evil"
#define INTERP	DIR "/lib/interp"

/* How the setuid program and its own interpreter end. */
#define VICTIM_ROOT	10
#define VICTIM_USER	11
/* execve() failed: its errno comes on top. */
#define NO_EXEC		100

#define SECONDS		5

/**
 * struct race - what another thread does while the program is started
 * @name:	for the report
 * @setup:	before both begin
 * @edit:	the edits
 * @loop:	over and over, rather than once
 */
struct race {
	const char *name;
	void (*setup)(void);
	void (*edit)(unsigned int pause);
	bool loop;
};

static void wait_a_bit(unsigned int loops)
{
	volatile unsigned int i;

	for (i = 0; i < loops; i++)
		;
}

static void nothing(void)
{
}

static void hold(void)
{
	if (vfn(DIR "/other", DIR "/another"))
		_exit(NO_EXEC);
}

static void map_interp(void)
{
	if (vfn(INTERP, EVIL))
		_exit(NO_EXEC);
}

static void map_and_clear(unsigned int pause)
{
	vfn(INTERP, EVIL);
	wait_a_bit(pause);
	vfn_clear();
}

static void map_and_unmap(unsigned int pause)
{
	vfn(DIR "/lib", DIR "/evil-lib");
	wait_a_bit(pause);
	vfn_unmap(DIR "/lib");
}

static void clear_and_map(unsigned int pause)
{
	vfn_clear();
	wait_a_bit(pause);
	vfn(INTERP, EVIL);
}

static void map_to_itself(unsigned int pause)
{
	vfn(INTERP, INTERP);
	wait_a_bit(pause);
	vfn(INTERP, EVIL);
}

static const struct race races[] = {
	{ "map and clear, once", nothing, map_and_clear, false },
	{ "clear and map, once", map_interp, clear_and_map, false },
	{ "map and clear", nothing, map_and_clear, true },
	{ "map a directory and unmap", nothing, map_and_unmap, true },
	{ "map and unmap in a table that stays", hold, map_and_unmap, true },
	{ "map to itself and to another", map_interp, map_to_itself, true },
};

#define RACES (sizeof(races) / sizeof(races[0]))

struct start {
	const struct race *race;
	unsigned int before, pause;
	atomic_bool go;
};

static void *editor(void *arg)
{
	struct start *s = arg;

	while (!atomic_load(&s->go))
		;
	wait_a_bit(s->before);
	do {
		s->race->edit(s->pause);
	} while (s->race->loop);
	return NULL;
}

/* The process that becomes the setuid program. */
static void start_victim(const struct race *race, unsigned int round)
{
	struct start s = {
		.race = race,
		.before = round * 7919 % 10000,
		.pause = round * 104729 % 3000,
	};
	pthread_t thread;

	race->setup();
	if (pthread_create(&thread, NULL, editor, &s))
		_exit(NO_EXEC);
	atomic_store(&s.go, true);
	wait_a_bit(round * 6101 % 10000);
	execl(VICTIM, VICTIM, NULL);
	_exit(NO_EXEC + errno);
}

static void run_race(const struct race *race)
{
	unsigned int rounds = 0, fine = 0, killed = 0, evil = 0, other = 0;
	time_t end = time(NULL) + SECONDS;
	int status;
	pid_t pid;

	while (time(NULL) < end) {
		rounds++;
		pid = fork();
		if (pid < 0)
			bail_out("fork");
		if (!pid)
			start_victim(race, rounds);
		if (waitpid(pid, &status, 0) != pid)
			bail_out("waitpid");
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
			killed++;
		else if (WEXITSTATUS(status) == VICTIM_ROOT && WIFEXITED(status))
			fine++;
		else if (WEXITSTATUS(status) == EVIL_ROOT && WIFEXITED(status))
			evil++;
		else if (!other++)
			diag("round %u ended with wait status %#x", rounds, status);
		count_attack(status != EXITED(EVIL_ROOT));
	}
	diag("%s: %u rounds, %u fine, %u killed, %u evil, %u otherwise", race->name,
	     rounds, fine, killed, evil, other);
	refused(!evil, "%s: the attacker's interpreter never ran", race->name);
	control(fine > 0, "%s: the program ran as it should now and then", race->name);
	ok(!other, "%s: it ran as root, or not at all", race->name);
}

int main(void)
{
	unsigned int i;

	attack_begin();
	if (mkdir(DIR, 0755) || mkdir(DIR "/lib", 0755) || mkdir(DIR "/evil-lib", 0755))
		bail_out("make the directories in " DIR);
	make_evil(EVIL);
	make_evil(DIR "/evil-lib/interp");
	make_tiny(INTERP, NULL, VICTIM_ROOT, VICTIM_USER, 0755);
	make_tiny(VICTIM, INTERP, VICTIM_ROOT, VICTIM_USER, 04755);
	become_user();
	for (i = 0; i < RACES; i++)
		run_race(&races[i]);
	return attack_done();
}
