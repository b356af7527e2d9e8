/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way past the hooks, on x86-64
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/nospec-branch.h>

/* Going there by RET is no indirect branch: neither IBT nor retpolines matter. */
.macro vfn_orig name
SYM_FUNC_START(vfn_orig_\name)
	pushq	vfn_body_\name(%rip)
	RET
SYM_FUNC_END(vfn_orig_\name)
/* A push that RET takes away again is beyond objtool. */
STACK_FRAME_NON_STANDARD vfn_orig_\name
.endm

#include "orig.h"
