// SPDX-License-Identifier: GPL-2.0
/*
 * N11: what the kernel itself looks up below a root of its own choosing isn't translated,
 * though a holder's system call is the cause: firmware
 */
#include <fcntl.h>

#include "rule.h"

#define SEARCHED	"/sys/module/firmware_class/parameters/path"
#define REQUEST		"/sys/devices/virtual/misc/test_firmware/trigger_request"
#define LOADED		"/dev/test_firmware"

static ssize_t put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ssize_t put = fd < 0 ? fd : write(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return put;
}

static const char *get(const char *file)
{
	static char text[64];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? fd : read(fd, text, sizeof(text) - 1);

	if (len < 0)
		return strerrorname_np(errno);
	text[len] = '\0';
	close(fd);
	return text;
}

/* What the kernel takes for the firmware @name. */
static void loads(const char *name, const char *want)
{
	const char *got = put(REQUEST, name) < 0 ? strerrorname_np(errno) : get(LOADED);

	if (!ok(!strcmp(got, want), "%s: \"%s\": %s", rule_label, name, want))
		diag("got: %s", got);
}

static void firmware(void)
{
	int fd;

	make_dir("@/fw");
	if (put(at("@/fw/real"), "real") < 0 || put(at("@/other"), "other") < 0)
		bail_out("making files");
	if (put(SEARCHED, at("@/fw")) < 0)
		bail_out("%s", SEARCHED);
	loads("real", "real");
	map("@/fw/real", "@/other");
	map("@/fw/new", "@/other");
	ok(!strcmp(get(at("@/fw/real")), "other"), "%s: the holder sees another file", rule_label);
	loads("real", "real");
	loads("new", "ENOENT");
	hide("@/fw/real");
	loads("real", "real");
	map("@/fw", "@");
	loads("real", "real");
	/* Not to be looked for there any more: an empty string. */
	fd = open(SEARCHED, O_WRONLY | O_CLOEXEC);
	if (write(fd, "", 1) != 1)
		bail_out("%s", SEARCHED);
	close(fd);
}

static const struct rule rules[] = {
	{ "firmware", firmware, .root = true },
};

int main(void)
{
	if (access(REQUEST, F_OK) && system("modprobe test_firmware 2>&1")) {
		skip("firmware", "this kernel can't be asked to load any");
		return done();
	}
	rules_run(rules);
	return done();
}
