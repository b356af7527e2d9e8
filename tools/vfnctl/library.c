// SPDX-License-Identifier: GPL-2.0
/* vfnctl: libraries that only some commands need */

#include <dlfcn.h>
#include <stdlib.h>

#include "library.h"
#include "vfnctl.h"

void *library_function(struct library *library, const char *name)
{
	void *function = NULL;

	if (library->error)
		return NULL;
	if (!library->handle)
		library->handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
	if (library->handle)
		function = dlsym(library->handle, name);
	if (!function)
		library->error = text("%s; install %s, which is in the package %s", dlerror(),
				      library->file, library->packages);
	return function;
}

void library_require(const struct library *library)
{
	if (!library->error)
		return;
	complain("%s", library->error);
	exit(EXIT_OWN);
}
