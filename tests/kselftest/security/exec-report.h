/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Security tests of exec: what a program tells of itself, to the test that started it
 */
#ifndef KSELFTEST_EXEC_REPORT_H
#define KSELFTEST_EXEC_REPORT_H

#include <linux/capability.h>
#include <sys/auxv.h>

#include "attack.h"

#define REPORT_FD	9
#define REPORT_ENV	"VFN_TEST_REPORT"

/**
 * struct report - what a program tells of itself
 * @euid:	and @egid: what it runs as
 * @permitted:	capabilities
 * @secure:	the kernel says that it gained
 * @holder:	it has a non-empty table; @child_holder: a child of it has
 * @sealed:	it can't edit
 * @probe:	the name that exists in the view alone exists for it
 * @child_probe: and for its child
 * @edit:	errno of an edit it tries
 */
struct report {
	uid_t euid;
	gid_t egid;
	unsigned int permitted;
	bool secure;
	bool holder, child_holder;
	bool sealed;
	bool probe, child_probe;
	int edit;
};

static inline bool is_holder(bool *sealed)
{
	struct vfn_status status;

	/* With "/" mapped there is no /dev/vfn. */
	if (vfn_status(&status))
		return true;
	*sealed = status.sealed;
	return status.holder;
}

static inline unsigned int permitted_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	syscall(SYS_capget, &head, data);
	return data[0].permitted;
}

/* The program's main(): @probe exists in the view alone. */
static inline int report_tell(const char *probe)
{
	struct report r = {
		.euid = geteuid(),
		.egid = getegid(),
		.permitted = permitted_caps(),
		.secure = getauxval(AT_SECURE),
	};
	int status;
	pid_t pid;

	r.holder = is_holder(&r.sealed);
	r.probe = !faccessat(AT_FDCWD, probe, F_OK, AT_EACCESS);
	pid = fork();
	if (!pid)
		_exit(is_holder(&r.sealed) | !faccessat(AT_FDCWD, probe, F_OK, AT_EACCESS) << 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 1;
	r.child_holder = WEXITSTATUS(status) & 1;
	r.child_probe = WEXITSTATUS(status) & 2;
	r.edit = vfn("/vfn-exec-edit", "/") ? errno : 0;
	return write(REPORT_FD, &r, sizeof(r)) != sizeof(r);
}

#endif /* KSELFTEST_EXEC_REPORT_H */
