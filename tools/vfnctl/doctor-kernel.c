// SPDX-License-Identifier: GPL-2.0
/* vfnctl doctor: the kernel, and its configuration */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"

/* From kmod/compat/kernel.h: "5.10, 6.1, ..." */
#define KNOWN	"Debian's " VFN_KERNELS_X86_64 " on x86-64, and " VFN_KERNELS_ARM64 " on arm64"

static const struct {
	const char *machine;
	const char *kernels;
} processors[] = {
	{ "x86_64", " " VFN_KERNELS_X86_64 "," },
	{ "aarch64", " " VFN_KERNELS_ARM64 "," },
};

#define SERIES(major, minor)	((major) << 8 | (minor))

/*
 * What kmod/ calls and hooks comes with these.  A kernel is asked for those that are of
 * its time: from @since on, and before @before unless that is 0.
 */
static const struct {
	const char *name;
	unsigned int since;
	unsigned int before;
} options[] = {
	{ .name = "MODULES" },
	{ .name = "KALLSYMS" },
	{ .name = "KPROBES" },
	{ .name = "TRACEPOINTS" },
	{ .name = "DYNAMIC_FTRACE" },
	{ .name = "DYNAMIC_FTRACE_WITH_REGS", .before = SERIES(5, 11) },
	{ .name = "DYNAMIC_FTRACE_WITH_ARGS", .since = SERIES(5, 11) },
	{ .name = "SECURITY" },
	{ .name = "PROC_FS" },
	{ .name = "NET" },
};

static void read_series(const char *release, unsigned int series[2])
{
	series[0] = 0;
	series[1] = 0;
	sscanf(release, "%u.%u", &series[0], &series[1]);
}

/*
 * RHEL's have Debian's numbers, but not their code: 6.12.0-55.el10_0.x86_64.  Others that are
 * made for it have a name behind its number.
 */
static bool is_rhel(const struct utsname *kernel)
{
	const char *at = strstr(kernel->release, ".el");
	size_t digits;

	if (!at)
		return false;
	at += strlen(".el");
	digits = strspn(at, "0123456789_");
	at += digits;
	return digits && *at == '.' && !strncmp(at + 1, kernel->machine, strlen(kernel->machine));
}

bool is_known_kernel(const struct utsname *kernel)
{
	unsigned int series[2];
	char word[32];
	size_t i;

	if (is_rhel(kernel))
		return false;
	read_series(kernel->release, series);
	snprintf(word, sizeof(word), " %u.%u,", series[0], series[1]);
	for (i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
		if (!strcmp(kernel->machine, processors[i].machine))
			return strstr(processors[i].kernels, word);
	return false;
}

void check_kernel(const struct patient *patient)
{
	const struct utsname *kernel = &patient->kernel;

	if (is_known_kernel(kernel))
		tell(FINDING_GOOD, "kernel", "%s is one that vfn knows", kernel->release);
	else
		tell(FINDING_BAD, "kernel", "%s on %s is none that this vfn knows, which are " KNOWN "; boot "
		     "one of these, or look for a newer vfn", kernel->release, kernel->machine);
}

/* Is there a line "CONFIG_<option>=y" (or =m) in it? */
static bool has_option(FILE *config, const char *option)
{
	size_t length = strlen(option);
	char line[512];

	rewind(config);
	while (fgets(line, sizeof(line), config))
		if (!strncmp(line, "CONFIG_", 7) && !strncmp(line + 7, option, length) &&
		    line[7 + length] == '=')
			return true;
	return false;
}

static bool has_options(FILE *config, const char *release)
{
	unsigned int series[2], of;
	bool complete = true;
	size_t i;

	read_series(release, series);
	of = SERIES(series[0], series[1]);
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (of < options[i].since || (options[i].before && of >= options[i].before) ||
		    has_option(config, options[i].name))
			continue;
		complete = false;
		tell(FINDING_BAD, "config", "this kernel has no CONFIG_%s; boot one that has, such as "
		     "Debian's", options[i].name);
	}
	return complete;
}

static FILE *open_config(const char *release)
{
	char name[256];
	FILE *file;

	snprintf(name, sizeof(name), "/boot/config-%s", release);
	file = fopen(name, "re");
	if (file || errno != ENOENT)
		return file;
	snprintf(name, sizeof(name), "/lib/modules/%s/config", release);
	return fopen(name, "re");
}

void check_config(const struct patient *patient)
{
	const char *release = patient->kernel.release;
	FILE *config = open_config(release);

	if (config) {
		if (has_options(config, release))
			tell(FINDING_GOOD, "config", "has all that vfn needs");
		fclose(config);
	} else if (patient->loaded) {
		tell(FINDING_GOOD, "config", "has all that vfn needs, since the module is loaded");
	} else {
		tell_unseen("config", "what the kernel was configured with", errno,
			    "copy the file from the kernel's package; or type, if there is a "
			    "/proc/config.gz: zcat /proc/config.gz | sudo tee "
			    "/boot/config-$(uname -r)");
	}
}
