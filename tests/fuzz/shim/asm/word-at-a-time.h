/* SPDX-License-Identifier: GPL-2.0 */
/* a string, eight bytes at a time, for the fuzzers: what lies behind it is garbage */
#ifndef SHIM_WORD_AT_A_TIME_H
#define SHIM_WORD_AT_A_TIME_H

#define REPEAT_BYTE(x) (~0ul / 0xff * (x))

/* What is found behind the end of each string; the input says. */
extern unsigned long shim_garbage;

/*
 * In the kernel, the bytes behind a string's end are whatever is there.  Sanitizers don't
 * let us read those; and the worst ones would be rare.
 */
static inline unsigned long load_unaligned_zeropad(const void *addr)
{
	const unsigned char *p = addr;
	unsigned long word = 0;
	unsigned int i;

	for (i = 0; i < sizeof(word) && p[i]; i++)
		word |= (unsigned long)p[i] << (8 * i);
	/* The NUL itself is there. */
	for (i++; i < sizeof(word); i++)
		word |= shim_garbage & 0xfful << (8 * i);
	return word;
}

#endif /* SHIM_WORD_AT_A_TIME_H */
