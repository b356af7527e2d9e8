/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bench - what system calls cost, in instructions: what its parts share
 *
 * Under QEMU's -icount shift=0 the time stamp counter counts instructions, so
 * figures are the same each time, on however busy a machine.  There must be one
 * processor.
 */
#ifndef BENCH_H
#define BENCH_H

#include <err.h>
#include <stdbool.h>
#include <stdint.h>

/* The tree on which the calls are made, on a tmpfs that is the root: */
#define TOP		"comp01"	/* names are below it ... */
#define REAL		"real01"	/* ... and below this, its twin, lead mappings */
#define FROM		"fmap01"	/* doesn't exist, unless it is mapped to REAL */
#define DEEP5		"/comp02/comp03/comp04"
#define DEEP12		DEEP5 "/comp05/comp06/comp07/comp08/comp09/comp10/comp11"
#define LIST_NAMES	1000
#define TARGETS		20000			/* in /real: t000000 ... */

/* Make the tree; make it the root of this process. */
void scene_make(const char *programs);
void scene_enter(void);

/*
 * Fill the process's table with @nr mappings.  @kind: "near", in the directory of
 * the names that are used; "far", in another one; "spread", over many; "leaf", the
 * names that are used, and the rest far; "dir", a directory above them, likewise;
 * "list", @nr of the directory that is listed; "cleared", none are left.
 */
void table_fill(const char *kind, unsigned int nr);

/* Print what edits of tables cost; what mappings take in memory. */
void edits_measure(void);
void memory_measure(const char *cgroup);

/* Print what the operations cost whose names are in @only; all, if it is empty. */
void ops_measure(const char *top, char **only);

static inline uint64_t now(void)
{
	uint32_t low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

#endif /* BENCH_H */
