// SPDX-License-Identifier: GPL-2.0
/* vfnctl: what names may be, and the words for those that may not */

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
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

/* How many bytes the character is that begins at NAME; 0 if it is none (RFC 3629), or a control. */
static size_t printable_length(const char *name)
{
	static const uint32_t least[] = { 0, 0x20, 0xa0, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)name;
	size_t length, i;
	uint32_t code;

	if (bytes[0] < 0x80)
		return bytes[0] >= least[1] && bytes[0] != 0x7f;
	if (bytes[0] < 0xc0 || bytes[0] > 0xf7)
		return 0;
	length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	code = bytes[0] & (0x7f >> length);
	for (i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (bytes[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return length;
}

char *show_name(const char *name)
{
	char *shown = check_memory(malloc(4 * strlen(name) + 1)), *end = shown;

	while (*name) {
		size_t length = *name == '\\' ? 0 : printable_length(name);

		if (length)
			end = mempcpy(end, name, length);
		else
			end += sprintf(end, "\\x%02x", (unsigned char)*name);
		name += length ? length : 1;
	}
	*end = '\0';
	return shown;
}

void print_name(FILE *out, const char *name)
{
	char *shown = show_name(name);

	fputs(shown, out);
	free(shown);
}
