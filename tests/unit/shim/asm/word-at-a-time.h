/* SPDX-License-Identifier: GPL-2.0 */
/* a string, eight bytes at a time, for pure kernel code in user space */
#ifndef SHIM_WORD_AT_A_TIME_H
#define SHIM_WORD_AT_A_TIME_H

#define REPEAT_BYTE(x) (~0ul / 0xff * (x))

/* Reads no further than the end of the string, so that sanitizers can watch it. */
static inline unsigned long load_unaligned_zeropad(const void *addr)
{
	const unsigned char *p = addr;
	unsigned long word = 0;
	unsigned int i;

	for (i = 0; i < sizeof(word) && p[i]; i++)
		word |= (unsigned long)p[i] << (8 * i);
	return word;
}

#endif /* SHIM_WORD_AT_A_TIME_H */
