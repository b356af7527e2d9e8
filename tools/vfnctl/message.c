// SPDX-License-Identifier: GPL-2.0
/* vfnctl: what it says when something is wrong */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vfnctl.h"

void complain(const char *format, ...)
{
	va_list args;

	fputs("vfnctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void *check_memory(void *pointer)
{
	if (!pointer) {
		complain("out of memory");
		exit(EXIT_OWN);
	}
	return pointer;
}

/* A formatted string; the caller frees it. */
char *text(const char *format, ...)
{
	char *result;
	va_list args;

	va_start(args, format);
	if (vasprintf(&result, format, args) < 0)
		result = NULL;
	va_end(args);
	return check_memory(result);
}

/* Say ERROR, and free it; the exit status. */
int complain_text(char *error)
{
	complain("%s", error);
	free(error);
	return EXIT_OWN;
}

/* Say why vfn_available() failed with ERR; the exit status. */
int complain_unavailable(int err)
{
	return complain_text(text_unavailable(err));
}

/* Why vfn_available() failed with ERR, and what to do; the caller frees it. */
char *text_unavailable(int err)
{
	switch (err) {
	case ENOENT:
		if (access("/sys/module/vfn", F_OK) == 0)
			return text("/dev/vfn is missing here though the vfn module is loaded; "
				    "make it visible in this container, chroot or view");
		return text("/dev/vfn is missing: the vfn module is not loaded; "
			    "type: sudo vfnctl load");
	case ENXIO:
		return text("/dev/vfn has no driver: the vfn module is not loaded; "
			    "type: sudo vfnctl load");
	case EACCES:
	case EPERM:
		return text("/dev/vfn may not be opened: %s; type: sudo chmod 0666 /dev/vfn",
			    strerror(err));
	case ENOTSUP:
		return text("the vfn module that is loaded is of another version than vfnctl; "
			    "install both from one release and load it again");
	default:
		return text("/dev/vfn can't be used: %s", strerror(err));
	}
}
