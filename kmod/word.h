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
#include <linux/string.h>
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

/*
 * Has @word neither a zero nor a dot in it, nor one of some bytes that are rare?  Otherwise,
 * *@odd has the highest bit of each of these.
 *
 * What has bits in common with 0x51 keeps its top bit clear if one is taken away.  On x86,
 * the constants are operands in memory: most names end in the first words, so that it isn't
 * worth its while to load them.
 */
static __always_inline bool vfn_word_is_plain(u64 word, u64 *odd)
{
	static const u64 bits = REPEAT_BYTE(0x51), less_one = -REPEAT_BYTE(0x01),
			 top = REPEAT_BYTE(0x80);
#ifdef __x86_64__
	bool plain;

	asm("andq %2, %0; addq %3, %0; andq %4, %0"
	    : "+r" (word), "=@ccz" (plain) : "m" (bits), "m" (less_one), "m" (top));
	*odd = word;
	return plain;
#else
	*odd = ((word & bits) + less_one) & top;
	return !*odd;
#endif
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

/* Are these @len bytes the same? */
static inline bool vfn_word_same(const char *a, const char *b, unsigned int len)
{
	unsigned int i;

	for (i = 0; i + sizeof(u64) <= len; i += sizeof(u64))
		if (vfn_word(a + i) != vfn_word(b + i))
			return false;
	return i == len || !((vfn_word(a + i) ^ vfn_word(b + i)) & vfn_word_mask(len - i));
}

/* As strlen(). */
static inline unsigned int vfn_word_len(const char *name)
{
	const char *p = name;
	u64 end;

	for (;; p += sizeof(u64)) {
		end = vfn_word_zeros(vfn_word(p));
		if (end)
			return p + vfn_word_first(end) - name;
	}
}

/* Room for what copies may write behind them. */
#define VFN_WORD_SLACK	sizeof(u64)

/* Copy @len bytes, and up to VFN_WORD_SLACK more of anything. */
static inline void vfn_word_copy_len(char *to, const char *from, unsigned int len)
{
	unsigned int i;
	u64 word;

	for (i = 0; i < len; i += sizeof(word)) {
		word = vfn_word(from + i);
		memcpy(to + i, &word, sizeof(word));
	}
}

/*
 * Copy @from to @to, and behind it up to VFN_WORD_SLACK bytes of anything.  Returns its
 * length, or @room if that is not more.
 */
static inline unsigned int vfn_word_copy(char *to, const char *from, unsigned int room)
{
	unsigned int i, len;
	u64 word, end;

	for (i = 0; i < room; i += sizeof(word)) {
		word = vfn_word(from + i);
		memcpy(to + i, &word, sizeof(word));
		end = vfn_word_zeros(word);
		if (end) {
			len = i + vfn_word_first(end);
			return len < room ? len : room;
		}
	}
	return room;
}

#endif /* VFN_WORD_H */
