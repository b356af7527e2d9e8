/* SPDX-License-Identifier: GPL-2.0 */
/*
 * File names as text: components, cleaning, joining
 *
 * Pure code.
 */
#ifndef VFN_NAME_H
#define VFN_NAME_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "word.h"

/**
 * struct vfn_comp - one component of a name
 * @name:	where it begins; not NUL-terminated
 * @len:	its bytes; 0: the name has no more components
 * @hash:	its vfn_hash(), if the component comes from vfn_comp_hash()
 */
struct vfn_comp {
	const char *name;
	u32 len;
	u32 hash;
};

/* The first component at or after @p, which may point at slashes. */
static inline struct vfn_comp vfn_comp(const char *p)
{
	struct vfn_comp c;
	u64 word, end;

	while (*p == '/')
		p++;
	c.name = p;
	for (;; p += sizeof(word)) {
		word = vfn_word(p);
		end = vfn_word_zeros(word) | vfn_word_bytes(word, '/');
		if (end)
			break;
	}
	c.len = p + vfn_word_first(end) - c.name;
	c.hash = 0;
	return c;
}

static inline struct vfn_comp vfn_comp_next(struct vfn_comp c)
{
	return vfn_comp(c.name + c.len);
}

static inline bool vfn_is_dot(struct vfn_comp c)
{
	return c.len == 1 && c.name[0] == '.';
}

static inline bool vfn_is_dotdot(struct vfn_comp c)
{
	return c.len == 2 && c.name[0] == '.' && c.name[1] == '.';
}

/*
 * Does @name have two dots in a row?  Next to no name has, and this is quick: eight
 * bytes at a time.
 */
static __always_inline bool vfn_has_two_dots(const char *name)
{
	const char *p = name;
	u64 word, odd, dots;

	for (;; p += sizeof(word)) {
		word = vfn_word(p);
		if (likely(vfn_word_is_plain(word, &odd)))
			continue;
		/* Most often, the first of these is the end. */
		if (likely(!(u8)(word >> (__builtin_ctzll(odd) & ~7))))
			return false;
		dots = vfn_word_bytes(word, '.');
		dots &= vfn_word_before(vfn_word_zeros(word));
		if ((dots & (dots >> 8)) || (dots >> 63 && p[sizeof(word)] == '.'))
			return true;
		if (vfn_word_zeros(word))
			return false;
	}
}

/* Does @name have a ".."? */
bool vfn_has_dotdot(const char *name);

/* Is there no component any more? */
static inline bool vfn_is_end(const char *name)
{
	return !vfn_comp(name).len;
}

/*
 * Clean @name, which must be absolute, in place: no ".", no doubled or trailing
 * slash.  "/" stays "/".  Returns the new length; or
 * -EINVAL	not absolute, or it has a ".." and @dotdot is false
 * -ENAMETOOLONG a component of more than NAME_MAX bytes, or PATH_MAX in all
 */
int vfn_name_clean(char *name, bool dotdot);

/*
 * Append component @c to the clean absolute name in @buf of @size bytes and of
 * length @len.  Returns the new length or -ENAMETOOLONG.
 */
int vfn_name_push(char *buf, size_t size, unsigned int len, struct vfn_comp c);

/* Cut the last component off; "/" stays "/".  Returns the new length. */
unsigned int vfn_name_pop(char *buf, unsigned int len);

/*
 * Put @head, an absolute name that may be in @buf, and @tail, what follows it, into @buf
 * of @size bytes with one slash between, unless @tail begins with one or is empty.
 * Returns the length or -ENAMETOOLONG.
 */
int vfn_name_join(char *buf, size_t size, const char *head, const char *tail);

#endif /* VFN_NAME_H */
