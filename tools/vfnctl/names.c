// SPDX-License-Identifier: GPL-2.0
/* vfnctl: what names may be, and the words for those that may not */

#include <limits.h>
#include <string.h>

#include "names.h"
#include "vfnctl.h"

static size_t component_length(const char *name)
{
	return strchrnul(name, '/') - name;
}

static const char *skip_slashes(const char *name)
{
	while (*name == '/')
		name++;
	return name;
}

char *check_name(const char *what, const char *name)
{
	size_t length = strlen(name);
	const char *part = name;

	if (!length)
		return text("%s is empty", what);
	if (length >= PATH_MAX)
		return text("%s '%.40s...' is too long: %zu bytes, at most %d are allowed",
			    what, name, length, PATH_MAX - 1);
	for (;;) {
		part = skip_slashes(part);
		length = component_length(part);
		if (!length)
			return NULL;
		if (length > NAME_MAX)
			return text("%s '%.40s...' has a component of %zu bytes, "
				    "at most %d are allowed", what, name, length, NAME_MAX);
		part += length;
	}
}

bool has_dotdot(const char *name)
{
	while (*name) {
		size_t length;

		name = skip_slashes(name);
		length = component_length(name);
		if (length == 2 && !memcmp(name, "..", 2))
			return true;
		name += length;
	}
	return false;
}

char *check_from(const char *what, const char *from)
{
	char *error = check_name(what, from);

	if (error)
		return error;
	if (from[0] != '/')
		return text("%s '%s' is relative; write an absolute name, such as \"$PWD/%s\"",
			    what, from, from);
	if (has_dotdot(from))
		return text("%s '%s' has a '..'; write the name without it", what, from);
	return NULL;
}
