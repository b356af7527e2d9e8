/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzers share: decisions taken from the input, and names made of it
 *
 * A fuzzer is a function that takes any bytes as instructions and stops the program if
 * the module's code and a naive model disagree.  It is a file of its own, which has
 * one function fuzz_one() and includes this.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/slab.h>

#include "trie.h"

long shim_alive;
long shim_until_failure = -1;
unsigned long shim_garbage;

/** struct input - what is left of it */
struct input {
	const unsigned char *at;
	const unsigned char *end;
};

static void fuzz_one(struct input *in);

__attribute__((format(printf, 3, 4), noreturn))
static inline void fuzz_fail(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

/* Stop the program unless @cond. */
#define check(cond, ...) \
	do { if (!(cond)) fuzz_fail(__FILE__, __LINE__, #cond ": " __VA_ARGS__); } while (0)

/* The next decision: below @n, which is 256 at most; 0 when the input is at its end. */
static inline unsigned int take(struct input *in, unsigned int n)
{
	return in->at < in->end ? *in->at++ % n : 0;
}

static inline bool at_end(const struct input *in)
{
	return in->at >= in->end;
}

/*
 * What all begin with: what lies behind strings, and hashes that are good, or all the
 * same, or the same for many components.
 */
static inline void take_world(struct input *in)
{
	static const u64 factors[] = { 0x9e3779b97f4a7c15, 0, 1ull << 32, 1ull << 27 };
	static const unsigned long garbage[] = {
		0, ~0ul, REPEAT_BYTE('/'), REPEAT_BYTE('.'), 0x2e2e2f2e2e2f2e2e,
		REPEAT_BYTE('a'), REPEAT_BYTE(0x80), 0x0100010001000100,
	};

	vfn_hash_seed[0] = 12345;
	vfn_hash_seed[1] = factors[take(in, 4)];
	shim_garbage = garbage[take(in, 8)];
}

static bool failure_set;

/* Let the allocation after some more fail, or none. */
static inline void take_failure(struct input *in)
{
	failure_set = take(in, 2);
	shim_until_failure = failure_set ? (long)take(in, 64) : -1;
}

/* Has it failed? */
static inline bool failure_met(void)
{
	return failure_set && shim_until_failure < 0;
}

#define NAME_PIECES	16
/* A name is not longer than that many pieces, the longest of which has PIECE bytes. */
#define PIECE		200
#define NAME_SIZE	(NAME_PIECES * PIECE + 2)

/*
 * A name as somebody may write it, into @name of NAME_SIZE bytes: of pieces that
 * matter, and bytes as they come.
 */
static inline void take_name(struct input *in, char *name)
{
	static const char *const pieces[] = {
		"/", "/", "/a", "/b", "/a/", "/ab", "//", "/./", "/../", ".", "a",
		"eightchr", "/sixteen-letters-",
	};
	unsigned int nr = take(in, NAME_PIECES), piece;
	size_t len = 0;

	while (nr--) {
		piece = take(in, 16);
		if (piece < ARRAY_SIZE(pieces)) {
			strcpy(name + len, pieces[piece]);
			len += strlen(pieces[piece]);
		} else if (piece == 15) {
			memset(name + len, 'l', PIECE);
			len += PIECE;
		} else {
			name[len++] = take(in, 255) + 1;
		}
	}
	name[len] = '\0';
}

/* Strings that live as long as the input, each in memory of its own size. */
static char *kept[65536];
static unsigned int nr_kept;

static inline char *keep(const char *string)
{
	check(nr_kept < ARRAY_SIZE(kept), "too many strings");
	kept[nr_kept] = strdup(string);
	check(kept[nr_kept], "no memory");
	return kept[nr_kept++];
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct input in = { data, data + size };

	shim_until_failure = -1;
	take_world(&in);
	fuzz_one(&in);
	check(!shim_alive, "%ld allocations are never freed", shim_alive);
	while (nr_kept)
		free(kept[--nr_kept]);
	return 0;
}

#endif /* FUZZ_H */
