/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loading and unloading vfn.ko from a test, without a helper program's delays
 */
#ifndef KSELFTEST_MODULE_H
#define KSELFTEST_MODULE_H

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "tap.h"

static inline int module_file(void)
{
	char name[256] = "";
	FILE *modinfo;
	int fd;

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
	return syscall(SYS_finit_module, file, "", 0);
}

/* 0, or -1 and errno; EAGAIN: it is in use. */
static inline int module_unload(void)
{
	return syscall(SYS_delete_module, "vfn", O_NONBLOCK);
}

#endif /* KSELFTEST_MODULE_H */
