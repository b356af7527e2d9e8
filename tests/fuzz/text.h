/* SPDX-License-Identifier: GPL-2.0 */
/* names as text, naively: what the fuzzers hold the module's code against */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include <stdbool.h>
#include <string.h>

/*
 * Go on to the next component at or after *@p but "."; returns its length and leaves *@p
 * at its end, or 0.
 */
static inline size_t text_next(const char **p)
{
	size_t len;

	do {
		*p += strspn(*p, "/");
		len = strcspn(*p, "/");
		*p += len;
	} while (len == 1 && (*p)[-1] == '.');
	return len;
}

static inline bool text_is_dotdot(const char *end, size_t len)
{
	return len == 2 && end[-2] == '.' && end[-1] == '.';
}

static inline bool text_has_dotdot(const char *name)
{
	const char *p = name;
	size_t len;

	while ((len = text_next(&p)))
		if (text_is_dotdot(p, len))
			return true;
	return false;
}

/* @name without ".", doubled and trailing slashes, into @clean, which is as large plus one. */
static inline void text_clean(const char *name, char *clean)
{
	const char *p = name;
	char *end = clean;
	size_t len;

	while ((len = text_next(&p))) {
		*end++ = '/';
		end = mempcpy(end, p - len, len);
	}
	if (end == clean)
		*end++ = '/';
	*end = '\0';
}

/* Is the clean name @name @from, or below it? */
static inline bool text_covers(const char *from, const char *name)
{
	size_t len = from[1] ? strlen(from) : 0;

	return !strncmp(from, name, len) && (!name[len] || name[len] == '/');
}

/* Is it below? */
static inline bool text_is_above(const char *from, const char *name)
{
	return text_covers(from, name) && strcmp(from, name);
}

/* Where what follows the clean name @from begins in @name, which has no "..", and is covered. */
static inline size_t text_after(const char *name, const char *from)
{
	const char *p = name;

	if (from[1])
		while (text_next(&from))
			text_next(&p);
	return p - name;
}

/* Is that component one of the clean name @from? */
static inline bool text_has_part(const char *from, const char *part, size_t part_len)
{
	size_t len;

	while ((len = text_next(&from)))
		if (len == part_len && !memcmp(from - len, part, len))
			return true;
	return false;
}

#endif /* FUZZ_TEXT_H */
