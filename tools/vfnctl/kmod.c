// SPDX-License-Identifier: GPL-2.0
/* vfnctl: libkmod */

#include <stddef.h>

#include "kmod.h"

static struct library library = {
	.file = "libkmod.so.2", .packages = "libkmod2 or kmod-libs",
};

const struct libkmod *libkmod_find(const char **error)
{
	static struct libkmod lib;

#define FIND(name) lib.name = library_function(&library, #name);
	KMOD_FUNCTIONS(FIND)
#undef FIND
	*error = library.error;
	return library.error ? NULL : &lib;
}

const struct libkmod *libkmod_load(void)
{
	const char *error;
	const struct libkmod *lib = libkmod_find(&error);

	library_require(&library);
	return lib;
}
