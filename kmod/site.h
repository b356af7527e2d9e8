/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a hooked function begins with, and other things that processors differ in
 *
 * x86-64:	[ENDBR]; a NOP, or a call of __fentry__ or what is in its place
 * arm64:	[BTI]; MOV X9, LR; a NOP, or a BL
 *
 * ftrace knows a function by the address of the NOP.
 */
#ifndef VFN_SITE_H
#define VFN_SITE_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/uaccess.h>

#if defined(CONFIG_X86_64)

#include <asm/text-patching.h>

/* What the names of system calls begin with. */
#define VFN_SYSCALL	"__x64_sys_"

/* A kprobe on the function's name sits there already. */
static inline unsigned long vfn_site_of(const struct kprobe *probe)
{
	return (unsigned long)probe->addr;
}

/* Is there a call, of us or of what serves us and others, in the place of the NOP? */
static inline bool vfn_site_is_hooked(unsigned long site)
{
	u8 opcode;

	return !copy_from_kernel_nofault(&opcode, (void *)site, sizeof(opcode)) &&
	       opcode == CALL_INSN_OPCODE;
}

#elif defined(CONFIG_ARM64)

#include <asm/insn.h>

#define VFN_SYSCALL	"__arm64_sys_"

/* What ftrace puts there when the kernel boots. */
#define VFN_MOV_X9_LR	0xaa1e03e9
#define VFN_BTI_C	0xd503245f

static inline u32 vfn_insn_at(unsigned long addr)
{
	__le32 insn;

	/* Zero is no instruction. */
	if (copy_from_kernel_nofault(&insn, (void *)addr, sizeof(insn)))
		return 0;
	return le32_to_cpu(insn);
}

/* 0: it can't be traced.  @probe, which others may share, knows what it lies on. */
static inline unsigned long vfn_site_of(const struct kprobe *probe)
{
	unsigned long addr = (unsigned long)probe->addr;
	u32 insn = probe->opcode;

	if (insn == VFN_BTI_C) {
		addr += AARCH64_INSN_SIZE;
		insn = vfn_insn_at(addr);
	}
	if (insn != VFN_MOV_X9_LR)
		return 0;
	return addr + AARCH64_INSN_SIZE;
}

static inline bool vfn_site_is_hooked(unsigned long site)
{
	return aarch64_insn_is_bl(vfn_insn_at(site));
}

#endif

#endif /* VFN_SITE_H */
