/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way into the hooks, and the way past them
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm-offsets.h>
#include <asm/nospec-branch.h>

/*
 * ftrace calls this in place of __fentry__ of every hooked function: on top of
 * the stack is where the function's body begins, below it the function's own
 * return address.  vfn_enter() says where to go on: 0 for the body itself, or
 * the hook, which then finds the registers and stack its namesake would.  Going
 * there by RET leaves no frame of ours behind and is no indirect branch.
 */
SYM_FUNC_START(vfn_trampoline)
#ifdef CALL_DEPTH_ACCOUNT
	CALL_DEPTH_ACCOUNT
#endif
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	movq	48(%rsp), %rdi
	call	vfn_enter
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	testq	%rax, %rax
	jz	.Lbody
	movq	%rax, (%rsp)
.Lbody:
	RET
SYM_FUNC_END(vfn_trampoline)

/* Call a hooked function behind its call of __fentry__. */
.macro vfn_orig name
SYM_FUNC_START(vfn_orig_\name)
	pushq	vfn_body_\name(%rip)
	RET
SYM_FUNC_END(vfn_orig_\name)
/* A push that RET takes away again is beyond objtool. */
STACK_FRAME_NON_STANDARD vfn_orig_\name
.endm

vfn_orig filename_lookup
vfn_orig filename_parentat
vfn_orig do_filp_open
vfn_orig follow_link
vfn_orig open_exec
vfn_orig bprm_check
vfn_orig iterate_dir
vfn_orig d_path
vfn_orig proc_readlink
vfn_orig seq_path
vfn_orig getcwd
vfn_orig getcwd32
