/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl doctor: findings, and what they are about */
#ifndef VFNCTL_DOCTOR_H
#define VFNCTL_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/utsname.h>

/**
 * enum finding - what becomes of something that was looked at
 * @FINDING_GOOD: it is as it should be
 * @FINDING_BAD: it is not; the text says what to do
 * @FINDING_UNSEEN: it can't be looked at from here; the text says how it can
 */
enum finding {
	FINDING_GOOD,
	FINDING_BAD,
	FINDING_UNSEEN,
};

/**
 * struct patient - what several of the checks want to know
 * @kernel:	the running one, and its processor
 * @loaded:	the module is
 * @blind:	why the module that would be loaded can't be looked for; NULL: it was
 * @path:	of that module, or NULL
 * @signer:	of that; NULL: nobody
 * @srcversion:	of that, or NULL
 * @dkms:	there is a source of it that DKMS knows
 * @headers:	there are what it takes to build it
 */
struct patient {
	struct utsname kernel;
	bool loaded;
	const char *blind;
	char *path;
	char *signer;
	char *srcversion;
	bool dkms;
	bool headers;
};

/* Print a line about WHAT. */
void tell(enum finding finding, const char *what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, where SUBJECT can't be read for ERR; IF_MISSING: what to do if it isn't there. */
void tell_unseen(const char *what, const char *subject, int err, const char *if_missing);

/* The first line of a file, without its end; false: errno. */
bool read_line(const char *name, char *line, size_t size);

/* doctor-kernel.c */
void check_kernel(const struct patient *patient);
void check_config(const struct patient *patient);
/* Does vfn know the kernel, and that on this processor? */
bool is_known_kernel(const struct utsname *kernel);

/* doctor-module.c */
void patient_init(struct patient *patient);
void patient_free(struct patient *patient);
void check_module(const struct patient *patient);
void check_signature(const struct patient *patient);

/* doctor-hooks.c */
void check_device(const struct patient *patient);
void check_ftrace(const struct patient *patient);
void check_conflicts(const struct patient *patient);
void check_limits(const struct patient *patient);

#endif /* VFNCTL_DOCTOR_H */
