// SPDX-License-Identifier: GPL-2.0
/* vfnctl: libkmod */

#include "kmod.h"

const struct libkmod *libkmod_load(void)
{
	static struct library library = {
		.file = "libkmod.so.2", .packages = "libkmod2 or kmod-libs",
	};
	static struct libkmod lib;

	if (lib.kmod_new)
		return &lib;
#define FIND(name) lib.name = library_function(&library, #name);
	KMOD_FUNCTIONS(FIND)
#undef FIND
	return &lib;
}
