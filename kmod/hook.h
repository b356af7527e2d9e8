/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hook.c shares with hook_x86.S
 */
#ifndef VFN_HOOK_H
#define VFN_HOOK_H

/* What ftrace calls at every hooked function; never called from C. */
void vfn_trampoline(void);

/* Where to go on, asked by the trampoline: 0, or the address of a hook. */
unsigned long vfn_enter(unsigned long body);

/* Where each function goes on behind its call of __fentry__; constant once found. */
extern unsigned long vfn_body_filename_lookup;
extern unsigned long vfn_body_filename_parentat;
extern unsigned long vfn_body_do_filp_open;
extern unsigned long vfn_body_follow_link;
extern unsigned long vfn_body_open_exec;
extern unsigned long vfn_body_bprm_check;
extern unsigned long vfn_body_iterate_dir;
extern unsigned long vfn_body_d_path;
extern unsigned long vfn_body_proc_readlink;
extern unsigned long vfn_body_seq_path;
extern unsigned long vfn_body_getcwd;
extern unsigned long vfn_body_getcwd32;

#endif /* VFN_HOOK_H */
