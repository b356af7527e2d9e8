/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names eight bytes at a time
 *
 * Every lookup of a holder looks at its name here, so a byte at a time would be felt.
 * For little-endian 64-bit machines: the first byte is the lowest.
 */
#ifndef VFN_WORD_H
#define VFN_WORD_H

#include <linux/bitops.h>
#include <linux/types.h>

#include <asm/word-at-a-time.h>

/*
 * The eight bytes at @p, which is in a string: those behind its end may be anything,
 * and need not be readable.
 */
static inline u64 vfn_word(const char *p)
{
	return load_unaligned_zeropad(p);
}

/*
 * The highest bit of each byte of @word that is zero.  Exact up to the first one;
 * above it there may be more.
 */
static inline u64 vfn_word_zeros(u64 word)
{
	return (word - REPEAT_BYTE(0x01)) & ~word & REPEAT_BYTE(0x80);
}

/* As vfn_word_zeros(), for bytes that are @byte. */
static inline u64 vfn_word_bytes(u64 word, u8 byte)
{
	return vfn_word_zeros(word ^ REPEAT_BYTE(byte));
}

/* How many bytes there are before the first one marked in @marks, which isn't 0. */
static inline unsigned int vfn_word_first(u64 marks)
{
	return __builtin_ctzll(marks) / 8;
}

/* All bits of the bytes before the first one marked; of all bytes if none is. */
static inline u64 vfn_word_before(u64 marks)
{
	return ((marks & -marks) >> 7) - 1;
}

/* All bits of the first @nr bytes, 1 to 8. */
static inline u64 vfn_word_mask(unsigned int nr)
{
	return ~0ull >> (64 - 8 * nr);
}

#endif /* VFN_WORD_H */
