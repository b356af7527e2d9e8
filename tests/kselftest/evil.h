/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of privileged programs share: an attacker's ELF interpreter,
 * and copies of the running test that are given privileges
 */
#ifndef KSELFTEST_EVIL_H
#define KSELFTEST_EVIL_H

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/stat.h>

#include "machine.h"
#include "tap.h"

#define USER		1000	/* the ordinary user of these tests */

/* How the attacker's code ends, so that it is told from all else. */
#define EVIL_ROOT	66	/* it ran, and as root */
#define EVIL_USER	67	/* it ran without privilege */

/**
 * struct tiny - a program of one instruction sequence: exit(geteuid() ? user : root)
 * @head:	of type ET_DYN; without @interp it can be an interpreter itself
 * @load:	all of it
 * @interp:	where its interpreter's name is; PT_NULL if it has none
 * @code:	position-independent
 * @name:	of the interpreter
 */
struct tiny {
	Elf64_Ehdr head;
	Elf64_Phdr load;
	Elf64_Phdr interp;
	struct machine_who code;
	char name[256];
};

static inline void tiny_init(struct tiny *t, int root, int user)
{
	*t = (struct tiny){
		.head = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_DYN,
			.e_machine = MACHINE_ELF,
			.e_version = EV_CURRENT,
			.e_entry = offsetof(struct tiny, code),
			.e_phoff = offsetof(struct tiny, load),
			.e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
		},
		.load = {
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W | PF_X,
			.p_filesz = sizeof(*t),
			.p_memsz = sizeof(*t),
			.p_align = 4096,
		},
		.code = machine_who(root, user),
	};
}

static inline void tiny_set_interp(struct tiny *t, const char *interp)
{
	snprintf(t->name, sizeof(t->name), "%s", interp);
	t->interp = (Elf64_Phdr){
		.p_type = PT_INTERP,
		.p_flags = PF_R,
		.p_offset = offsetof(struct tiny, name),
		.p_filesz = strlen(t->name) + 1,
		.p_memsz = strlen(t->name) + 1,
		.p_align = 1,
	};
}

/* A program that ends with status @root as root, @user else; @interp may be NULL. */
static inline void make_tiny(const char *name, const char *interp, int root, int user,
			     mode_t mode)
{
	struct tiny t;
	int fd;

	tiny_init(&t, root, user);
	if (interp)
		tiny_set_interp(&t, interp);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, &t, sizeof(t)) != sizeof(t) || fchmod(fd, mode) ||
	    close(fd))
		bail_out("write %s", name);
}

/* The attacker's interpreter, or program. */
static inline void make_evil(const char *name)
{
	make_tiny(name, NULL, EVIL_ROOT, EVIL_USER, 0755);
}

static inline void copy_file(const char *from, const char *to, mode_t mode)
{
	char buf[65536];
	ssize_t len;
	int in, out;

	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (in < 0 || out < 0)
		bail_out("copy %s to %s", from, to);
	while ((len = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, len) != len)
			bail_out("write %s", to);
	if (len < 0 || fchmod(out, mode) || close(in) || close(out))
		bail_out("copy %s to %s", from, to);
}

/* For good, as an ordinary user; the copies it left behind stay privileged. */
static inline void become_user(void)
{
	if (setgroups(0, NULL) || setresgid(USER, USER, USER) ||
	    setresuid(USER, USER, USER))
		bail_out("become user %d", USER);
}

#endif /* KSELFTEST_EVIL_H */
