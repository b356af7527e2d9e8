// SPDX-License-Identifier: GPL-2.0
/* libkmod, for those commands that need it */

#include <dlfcn.h>
#include <stdlib.h>

#include "kmod.h"
#include "vfnctl.h"

#define LIBRARY	"libkmod.so.2"

static void *find(void *library, const char *name)
{
	void *function = library ? dlsym(library, name) : NULL;

	if (function)
		return function;
	complain("%s; install " LIBRARY ", which is in the package libkmod2 or kmod-libs",
		 dlerror());
	exit(EXIT_OWN);
}

const struct libkmod *libkmod_load(void)
{
	static struct libkmod functions;
	void *library;

	if (functions.kmod_new)
		return &functions;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
#define KMOD_FIND(name) functions.name = find(library, #name);
	KMOD_FUNCTIONS(KMOD_FIND)
#undef KMOD_FIND
	return &functions;
}
