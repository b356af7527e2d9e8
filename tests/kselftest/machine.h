/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests: what depends on the processor: programs in machine code, the names of the
 * ELF interpreter and of the libraries
 */
#ifndef KSELFTEST_MACHINE_H
#define KSELFTEST_MACHINE_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

#ifdef __aarch64__

#define MACHINE_ELF	EM_AARCH64
#define LD_SO_DIR	"/lib"
#define LD_SO		LD_SO_DIR "/ld-linux-aarch64.so.1"
#define LIBS64		"/lib/aarch64-linux-gnu"

/* exit(geteuid() ? user : root); position-independent. */
struct machine_who {
	uint32_t code[8];
	uint32_t root, user;
};

static inline struct machine_who machine_who(uint8_t root, uint8_t user)
{
	return (struct machine_who){ {
		0xd28015e8,	/*    mov x8, #__NR_geteuid */
		0xd4000001,	/*    svc #0 */
		0xaa0003e1,	/*    mov x1, x0 */
		0x180000a0,	/*    ldr w0, root */
		0xb4000041,	/*    cbz x1, 1f */
		0x18000080,	/*    ldr w0, user */
		0xd2800bc8,	/* 1: mov x8, #__NR_exit_group */
		0xd4000001,	/*    svc #0 */
	}, root, user };
}

/* exit(status) */
struct machine_exit {
	uint32_t code[3];
};

static inline struct machine_exit machine_exit(uint8_t status)
{
	return (struct machine_exit){ {
		0xd2800000 | status << 5,	/* mov x0, #status */
		0xd2800ba8,			/* mov x8, #__NR_exit */
		0xd4000001,			/* svc #0 */
	} };
}

#else

#define MACHINE_ELF	EM_X86_64
#define LD_SO_DIR	"/lib64"
#define LD_SO		LD_SO_DIR "/ld-linux-x86-64.so.2"
#define LIBS64		"/lib/x86_64-linux-gnu"

struct machine_who {
	uint8_t code[33];
};

static inline struct machine_who machine_who(uint8_t root, uint8_t user)
{
	return (struct machine_who){ {
		0xb8, 0x6b, 0x00, 0x00, 0x00,	/*    mov $__NR_geteuid, %eax */
		0x0f, 0x05,			/*    syscall */
		0x85, 0xc0,			/*    test %eax, %eax */
		0xbf, root, 0x00, 0x00, 0x00,	/*    mov $root, %edi */
		0x74, 0x05,			/*    jz 1f */
		0xbf, user, 0x00, 0x00, 0x00,	/*    mov $user, %edi */
		0xb8, 0xe7, 0x00, 0x00, 0x00,	/* 1: mov $__NR_exit_group, %eax */
		0x0f, 0x05,			/*    syscall */
	} };
}

struct machine_exit {
	uint8_t code[12];
};

static inline struct machine_exit machine_exit(uint8_t status)
{
	return (struct machine_exit){ {
		0xbf, status, 0x00, 0x00, 0x00,	/* mov $status, %edi */
		0xb8, 0x3c, 0x00, 0x00, 0x00,	/* mov $__NR_exit, %eax */
		0x0f, 0x05,			/* syscall */
	} };
}

#endif

#endif /* KSELFTEST_MACHINE_H */
