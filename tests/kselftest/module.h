/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loading and unloading vfn.ko from a test, without a helper program's delays; its limits
 * and its users
 */
#ifndef KSELFTEST_MODULE_H
#define KSELFTEST_MODULE_H

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "tap.h"

/* What the module was loaded with. */
static char module_params[64];

/* The file of the module, which is loaded, to load it again. */
static inline int module_file(void)
{
	char name[256] = "";
	FILE *modinfo, *hooks;
	int fd;

	hooks = fopen("/sys/module/vfn/parameters/hooks", "r");
	if (!hooks || fscanf(hooks, "%31s", name) != 1 || fclose(hooks))
		bail_out("the module isn't loaded");
	snprintf(module_params, sizeof(module_params), "hooks=%s", name);
	modinfo = popen("PATH=/usr/sbin:/usr/bin:/sbin:/bin modinfo -n vfn", "r");
	if (!modinfo || !fgets(name, sizeof(name), modinfo) || pclose(modinfo))
		bail_out("modinfo knows no module vfn");
	name[strcspn(name, "\n")] = '\0';
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		bail_out("open %s", name);
	return fd;
}

/* 0, or -1 and errno; @file is of module_file(). */
static inline int module_load(int file)
{
	return syscall(SYS_finit_module, file, module_params, 0);
}

/* 0, or -1 and errno; EAGAIN: it is in use. */
static inline int module_unload(void)
{
	return syscall(SYS_delete_module, "vfn", O_NONBLOCK);
}

/* What the parameter was. */
static inline unsigned long module_set(const char *param, unsigned long value)
{
	unsigned long old;
	char name[96];
	FILE *file;

	snprintf(name, sizeof(name), "/sys/module/vfn/parameters/%s", param);
	file = fopen(name, "r+e");
	if (!file || fscanf(file, "%lu", &old) != 1 || fseek(file, 0, SEEK_SET) ||
	    fprintf(file, "%lu", value) < 0 || fclose(file))
		bail_out("%s", name);
	return old;
}

/* Descriptors, views and more. */
static inline unsigned int module_users(void)
{
	static const char name[] = "/sys/module/vfn/refcnt";
	FILE *file = fopen(name, "re");
	unsigned int users;

	if (!file || fscanf(file, "%u", &users) != 1 || fclose(file))
		bail_out("%s", name);
	return users;
}

/* Some go a little later than their processes. */
static inline bool module_users_return_to(unsigned int before)
{
	unsigned int tries;

	for (tries = 0; tries < 1000 && module_users() > before; tries++)
		usleep(10000);
	return module_users() == before;
}

#endif /* KSELFTEST_MODULE_H */
