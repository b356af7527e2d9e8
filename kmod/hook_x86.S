/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way into the hooks, by direct calls
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm-offsets.h>
#include <asm/nospec-branch.h>

#include "compat/current.h"
#include "hook.h"

/*
 * If %r10 is the body of this function, go on to its hook; with the thread, from %r11, in the
 * place of its sixth argument, if it has none.
 */
.macro vfn_on_to name:req, args=5
	cmpq	%r10, vfn_body_\name(%rip)
	jne	.Lnot_\name
	movq	$hook_\name, (%rsp)
.if \args < 6
	movq	%r11, %r9
.endif
	RET
.Lnot_\name:
.endm

/*
 * ftrace calls this in place of __fentry__ of every hooked function: on top of
 * the stack is where the function's body begins, below it the function's own
 * return address.  It goes on with the body, or with a hook, which finds the
 * registers and stack its namesake would, but for the sixth argument of some (the
 * thread).  Going there by RET leaves no frame of ours behind and is no indirect
 * branch.  Only %rax, %r10 and %r11 are free.
 *
 * What every process on the machine pays comes first: does its bucket of the hash of
 * views hold any?  Next, what holders pay at every lookup: the quick way in.
 */
SYM_FUNC_START(vfn_trampoline)
#ifdef CONFIG_X86_KERNEL_IBT
	/* ftrace comes here by a call or by RET. */
	ANNOTATE_NOENDBR
#endif
#ifdef CALL_DEPTH_ACCOUNT
	CALL_DEPTH_ACCOUNT
#endif
	movq	VFN_CURRENT, %rax
	movabsq	$VFN_GOLDEN_RATIO, %r10
	movq	vfn_task_signal(%rax), %r11
	imulq	%r10, %r11
	shrq	$(64 - VFN_VIEWS_BITS), %r11
	cmpq	$0, vfn_views(, %r11, 8)
	jne	.Lmaybe
	RET

.Lmaybe:
	imulq	%rax, %r10
	shrq	$(64 - VFN_THREADS_BITS), %r10
	/* In this order: see vfn_thread_known(). */
	movq	vfn_known_threads(, %r10, 8), %r11
	cmpq	%rax, vfn_known_tasks(, %r10, 8)
	jne	.Lunknown
	incl	vfn_thread_active(%r11)

	movq	(%rsp), %r10
	vfn_on_to filename_lookup
	vfn_on_to do_filp_open
	vfn_on_to follow_link
	vfn_on_to filename_parentat, args=6
	jmp	.Lcall

.Lunknown:
	xorl	%r11d, %r11d
.Lcall:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	movq	%rsp, %rdi
	movq	%r11, %rsi
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
/* A return address that is changed is beyond objtool. */
STACK_FRAME_NON_STANDARD vfn_trampoline
