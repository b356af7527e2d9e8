// SPDX-License-Identifier: GPL-2.0
/*
 * File names as text: cleaning, joining
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "name.h"

bool vfn_has_dotdot(const char *name)
{
	struct vfn_comp c;

	if (likely(!vfn_has_two_dots(name)))
		return false;
	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c))
		if (vfn_is_dotdot(c))
			return true;
	return false;
}

int vfn_name_clean(char *name, bool dotdot)
{
	struct vfn_comp c;
	char *out = name;

	if (name[0] != '/')
		return -EINVAL;
	for (c = vfn_comp(name); c.len; c = vfn_comp_next(c)) {
		if (vfn_is_dot(c))
			continue;
		if (vfn_is_dotdot(c) && !dotdot)
			return -EINVAL;
		if (c.len > NAME_MAX)
			return -ENAMETOOLONG;
		*out++ = '/';
		memmove(out, c.name, c.len);
		out += c.len;
	}
	if (out == name)
		out++;
	if (out - name >= PATH_MAX)
		return -ENAMETOOLONG;
	*out = '\0';
	return out - name;
}

int vfn_name_push(char *buf, size_t size, unsigned int len, struct vfn_comp c)
{
	if (len == 1)
		len = 0;
	if (len + 1 + c.len >= size)
		return -ENAMETOOLONG;
	buf[len] = '/';
	memcpy(buf + len + 1, c.name, c.len);
	len += 1 + c.len;
	buf[len] = '\0';
	return len;
}

unsigned int vfn_name_pop(char *buf, unsigned int len)
{
	while (len && buf[len - 1] != '/')
		len--;
	if (len > 1)
		len--;
	buf[len] = '\0';
	return len;
}

int vfn_name_join(char *buf, size_t size, const char *head, const char *tail)
{
	size_t hlen = strlen(head), tlen = strlen(tail);
	bool slash = false;

	if (tlen) {
		if (hlen && head[hlen - 1] == '/')
			hlen--;
		slash = tail[0] != '/';
	}
	if (hlen + slash + tlen >= size)
		return -ENAMETOOLONG;
	memmove(buf, head, hlen);
	if (slash)
		buf[hlen] = '/';
	memcpy(buf + hlen + slash, tail, tlen + 1);
	return hlen + slash + tlen;
}
