/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hook.c shares with hook_x86.S
 */
#ifndef VFN_HOOK_H
#define VFN_HOOK_H

/* The hashes by process and by task that vfn_trampoline() looks into. */
#define VFN_VIEWS_BITS		12
#define VFN_THREADS_BITS	12
#define VFN_GOLDEN_RATIO	0x61C8864680B583EB

#ifndef __ASSEMBLY__

#include <linux/list.h>

struct task_struct;
struct vfn_thread;

extern struct hlist_head vfn_views[1 << VFN_VIEWS_BITS];

/*
 * Tasks, of whose hash each is the only one here, and their struct vfn_thread.  A task
 * that finds itself may enter without asking, and without RCU: it goes away itself, or
 * is waited for.
 */
extern struct task_struct *vfn_known_tasks[1 << VFN_THREADS_BITS];
extern struct vfn_thread *vfn_known_threads[1 << VFN_THREADS_BITS];

/* What ftrace calls at every hooked function; never called from C. */
void vfn_trampoline(void);

/**
 * struct vfn_frame - what the trampoline has saved
 * @sixth:	the sixth argument of the function, and then of the hook
 * @rest:	the other ones
 * @body:	where the function's body begins
 */
struct vfn_frame {
	void *sixth;
	unsigned long rest[5];
	unsigned long body;
};

/*
 * Where to go on, asked by the trampoline where that isn't plain: 0, or the address of
 * a hook.  @thread: the current thread, inside; or NULL: that isn't known.
 */
unsigned long vfn_enter(struct vfn_frame *frame, struct vfn_thread *thread);

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
extern unsigned long vfn_body_procmap;
extern unsigned long vfn_body_getcwd;
extern unsigned long vfn_body_getcwd32;

/* The same of functions that are only called. */
extern unsigned long vfn_body_mnt_may_suid;
extern unsigned long vfn_body_get_vfs_caps_from_disk;
extern unsigned long vfn_body_ptracer_capable;
extern unsigned long vfn_body_kallsyms_lookup_name;
extern unsigned long vfn_body_ptrace_may_access;

#endif /* __ASSEMBLY__ */

#endif /* VFN_HOOK_H */
