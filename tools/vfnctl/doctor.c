// SPDX-License-Identifier: GPL-2.0
/* vfnctl doctor: look for what keeps vfn from working, and say what to do */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "vfnctl.h"

static const char help[] =
	"Usage: vfnctl doctor\n"
	"\n"
	"Look for what keeps vfn from working, or soon might: the kernel and its\n"
	"configuration, the module, its signature, the device, others who hook the same\n"
	"functions, the limits. Each finding is a line: 'ok'; 'wrong', with what to do; or\n"
	"'unseen', if it can't be looked at from here, with how it can.\n"
	"\n"
	"  -h, --help  show this text\n"
	"\n"
	"Exit status: 0 if nothing is wrong, 1 if something is.\n";

static void (*const checks[])(const struct patient *patient) = {
	check_kernel,
	check_config,
	check_module,
	check_signature,
	check_device,
	check_ftrace,
	check_conflicts,
	check_limits,
};

static bool wrong;

void tell(enum finding finding, const char *what, const char *format, ...)
{
	static const char *const words[] = {
		[FINDING_GOOD] = "ok",
		[FINDING_BAD] = "wrong",
		[FINDING_UNSEEN] = "unseen",
	};
	va_list args;

	printf("%-7s %-10s ", words[finding], what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (finding == FINDING_BAD)
		wrong = true;
}

void tell_unseen(const char *what, const char *subject, int err, const char *if_missing)
{
	const char *advice;

	if (err == ENOENT)
		advice = if_missing;
	else if (geteuid())
		advice = "type: sudo vfnctl doctor";
	else
		advice = "not even root may do so here: try outside of the container, or see what "
			 "dmesg says of lockdown and security modules";
	tell(FINDING_UNSEEN, what, "%s can't be read: %s; %s", subject, strerror(err), advice);
}

bool read_line(const char *name, char *line, size_t size)
{
	FILE *file = fopen(name, "re");
	bool read;

	if (!file)
		return false;
	read = fgets(line, size, file);
	fclose(file);
	if (read)
		line[strcspn(line, "\n")] = '\0';
	return read;
}

int command_doctor(int argc, char **argv)
{
	struct patient patient;
	char *error = NULL;
	enum parse result;
	size_t i;

	result = parse_no_arguments(argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("doctor", result, help, error);
	patient_init(&patient);
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](&patient);
	patient_free(&patient);
	return wrong;
}
