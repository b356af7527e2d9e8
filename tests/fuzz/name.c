// SPDX-License-Identifier: GPL-2.0
/* fuzzer: names as text (kmod/name.c), and components and their hashes */

#include "fuzz.h"
#include "text.h"
#include <linux/limits.h>

#define HUGE_SIZE	(2 * PATH_MAX)

/* A name, perhaps repeated so often that it comes near the limits. */
static char *take_long_name(struct input *in)
{
	char name[NAME_SIZE], *huge = malloc(HUGE_SIZE + 1), *copy;
	unsigned int times = take(in, 4) ? 1 : take(in, 256) + 1;
	size_t len, all = 0, cut;

	take_name(in, name);
	len = strlen(name);
	while (times-- && all + len <= HUGE_SIZE) {
		memcpy(huge + all, name, len);
		all += len;
	}
	huge[all] = '\0';
	/* All lengths about the limit are interesting. */
	cut = PATH_MAX - 2 + take(in, 4);
	if (cut < all)
		huge[cut] = '\0';
	copy = keep(huge);
	free(huge);
	return copy;
}

static int expected_clean(const char *name, bool dotdot, char *clean)
{
	const char *p = name;
	size_t len;

	if (name[0] != '/')
		return -EINVAL;
	while ((len = text_next(&p))) {
		if (text_is_dotdot(p, len) && !dotdot)
			return -EINVAL;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
	}
	text_clean(name, clean);
	return strlen(clean) < PATH_MAX ? (int)strlen(clean) : -ENAMETOOLONG;
}

static void check_clean(const char *name, bool dotdot)
{
	char want[HUGE_SIZE + 2], *got = keep(name);
	int len = vfn_name_clean(got, dotdot), want_len = expected_clean(name, dotdot, want);

	check(len == want_len, "%s: %d, not %d", name, len, want_len);
	check(len < 0 || !strcmp(got, want), "%s: %s, not %s", name, got, want);
}

/* The component that begins at or after @p is the same by whatever way it is found. */
static void check_components(const char *name)
{
	struct vfn_comp c = vfn_comp(name), h = vfn_comp_hash(name);
	const char *p = name;
	bool dotdot = false;
	struct vfn_node *node;
	size_t len;

	for (;; c = vfn_comp_next(c), h = vfn_comp_hash_next(h)) {
		p += strspn(p, "/");
		len = strcspn(p, "/");
		check(c.name == p && c.len == len, "%s at %s", name, p);
		check(h.name == p && h.len == len, "%s at %s, with hash", name, p);
		if (!len)
			break;
		check(h.hash == vfn_hash(c), "%s at %s", name, p);
		check(vfn_is_dot(c) == (len == 1 && *p == '.'), "%s at %s", name, p);
		check(vfn_is_dotdot(c) == (len == 2 && !strncmp(p, "..", 2)), "%s at %s", name, p);
		check(!vfn_is_end(p), "%s at %s", name, p);
		dotdot |= vfn_is_dotdot(c);
		node = malloc(sizeof(*node) + len + 1);
		node->twig.len = len;
		node->twig.at = offsetof(struct vfn_node, name);
		memcpy(node->name, p, len);
		node->name[len] = '\0';
		check(vfn_trie_same(&node->twig, h), "%s at %s", name, p);
		/* Another one that differs in one place. */
		node->name[len * 7 / 8] ^= 1;
		check(!vfn_trie_same(&node->twig, h), "%s at %s", name, p);
		free(node);
		p += len;
	}
	check(vfn_has_dotdot(name) == dotdot, "%s", name);
	/* A dot and a slash look to it like two dots. */
	check(vfn_has_two_dots(name) ? strstr(name, "..") || strstr(name, "./") :
				       !strstr(name, ".."), "%s", name);
}

/* A buffer of just @size bytes, of which nothing is known. */
static char *take_buf(size_t size)
{
	char *buf = malloc(size);

	check(buf, "no memory");
	memset(buf, '#', size);
	return buf;
}

/* With @room bytes more than it takes; or less. */
static void check_join(const char *head, const char *tail, int room)
{
	char want[2 * HUGE_SIZE + 2], *buf;
	size_t size;
	int len;

	strcpy(want, head);
	if (*tail) {
		if (*want && want[strlen(want) - 1] == '/')
			want[strlen(want) - 1] = '\0';
		if (*tail != '/')
			strcat(want, "/");
		strcat(want, tail);
	}
	size = (int)strlen(want) + room > 0 ? strlen(want) + room : 1;
	buf = take_buf(size);
	len = vfn_name_join(buf, size, head, tail);
	if (strlen(want) < size)
		check(len == (int)strlen(want) && !strcmp(buf, want), "%s + %s", head, tail);
	else
		check(len == -ENAMETOOLONG, "%s + %s in %zu", head, tail, size);
	free(buf);
}

/* Push the components of @name onto "/" as far as there is room, and pop them again. */
static void check_push(const char *name, size_t size)
{
	char *want = take_buf(HUGE_SIZE + 2), *buf = take_buf(size), *slash;
	struct vfn_comp c;
	int len = 1, next;

	strcpy(want, "/");
	strcpy(buf, "/");
	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c)) {
		next = vfn_name_push(buf, size, len, c);
		if (next < 0)
			break;
		sprintf(want + (len > 1 ? len : 0), "/%.*s", (int)c.len, c.name);
		len = next;
		check(!want[len] && want[len - 1], "%s: %d", name, len);
	}
	check(!strcmp(buf, want), "%s: %s", name, buf);
	if (c.len)
		check(next == -ENAMETOOLONG && strlen(want) + !!want[1] + c.len >= size,
		      "%s: %d with %s", name, next, buf);
	while (len > 1) {
		slash = strrchr(want, '/');
		slash[slash == want] = '\0';
		len = vfn_name_pop(buf, len);
		/* What is before it has been seen. */
		check(!buf[len] && buf[len - 1] && !want[len] && want[len - 1], "%s: %d", name, len);
	}
	check(vfn_name_pop(buf, len) == 1 && !strcmp(buf, "/"), "%s", buf);
	free(buf);
	free(want);
}

static void fuzz_one(struct input *in)
{
	const char *name, *tail;
	unsigned int rounds;
	size_t size;

	for (rounds = 4; rounds && !at_end(in); rounds--) {
		name = take_long_name(in);
		tail = take_long_name(in);
		size = take(in, 2) ? PATH_MAX : 2 + take(in, 256);
		check_clean(name, false);
		check_clean(name, true);
		check_components(name);
		check_join(name, tail, (int)take(in, 4) - 1);
		check_push(name, size);
	}
}
