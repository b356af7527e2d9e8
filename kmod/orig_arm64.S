/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way past the hooks, on arm64
 */
#include <linux/linkage.h>
#include <asm/assembler.h>

/* BTI lets a RET go anywhere.  Functions don't need X9: only ftrace's callee does. */
.macro vfn_orig name
SYM_FUNC_START(vfn_orig_\name)
	ldr_l	x9, vfn_body_\name
	ret	x9
SYM_FUNC_END(vfn_orig_\name)
.endm

#include "orig.h"
