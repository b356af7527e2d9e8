/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files share that attach to the kernel's functions
 */
#ifndef VFN_HOOK_H
#define VFN_HOOK_H

/* The hashes by process and by task that vfn_trampoline() looks into. */
#define VFN_VIEWS_BITS		12
#define VFN_THREADS_BITS	12
#define VFN_GOLDEN_RATIO	0x61C8864680B583EB

#ifndef __ASSEMBLER__

#include <linux/list.h>
#include <linux/types.h>

struct dentry;
struct file;
struct filename;
struct ftrace_ops;
struct inode;
struct open_flags;
struct path;
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

/**
 * struct vfn_hook - a hooked function
 * @name:	the kernel's name for it
 * @body:	where it goes on behind its call of ftrace
 * @hook:	what holders run in its place
 * @late:	the same with the function's own arguments alone, if @hook's sixth is the
 *		thread
 */
struct vfn_hook {
	const char *name;
	unsigned long *body;
	void *hook;
	void *late;
};

/* That of the function whose body begins at @body.  NULL: a probe sends callers elsewhere. */
const struct vfn_hook *vfn_hook_at(unsigned long body);

/* The address of the nr-th function's call of ftrace; 0: there are no more. */
unsigned long vfn_hook_site(unsigned int nr);

/**
 * struct vfn_method - how to attach to all of the functions
 * @name:	what the module's parameter "hooks" calls it
 * @number:	VFN_HOOKS_*
 * @ops:	ftrace's; its filter has the functions
 * @attach:	to all or none: 0 or an errno.  May sleep
 * @detach:	may sleep.  Those whom it has sent to a hook may still be there
 */
struct vfn_method {
	const char *name;
	u32 number;
	struct ftrace_ops *ops;
	int (*attach)(void);
	void (*detach)(void);
};

extern const struct vfn_method vfn_method_direct;	/* direct.c */
extern const struct vfn_method vfn_method_redirect;	/* redirect.c */

/* redirect.c: vfn_hook.late */
int vfn_late_filename_lookup(int dfd, struct filename *name, unsigned int flags,
			     struct path *path, struct path *root);
struct file *vfn_late_do_filp_open(int dfd, struct filename *name, const struct open_flags *op);
int vfn_late_follow_link(struct dentry *dentry, struct inode *inode, bool rcu);

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

/* Where each function goes on behind its call of ftrace; constant once found. */
extern unsigned long vfn_body_filename_lookup;
extern unsigned long vfn_body_filename_parentat;
extern unsigned long vfn_body_do_filp_open;
extern unsigned long vfn_body_follow_link;
extern unsigned long vfn_body_open_exec;
extern unsigned long vfn_body_open_interpreter;
extern unsigned long vfn_body_bprm_check;
extern unsigned long vfn_body_iterate_dir;
extern unsigned long vfn_body_d_path;
extern unsigned long vfn_body_proc_readlink;
extern unsigned long vfn_body_seq_path;
extern unsigned long vfn_body_procmap;
extern unsigned long vfn_body_getcwd;
extern unsigned long vfn_body_getcwd32;
extern unsigned long vfn_body_task_alloc;

/* The same of functions that are only called. */
extern unsigned long vfn_body_mnt_may_suid;
extern unsigned long vfn_body_get_vfs_caps_from_disk;
extern unsigned long vfn_body_ptracer_capable;
extern unsigned long vfn_body_kallsyms_lookup_name;
extern unsigned long vfn_body_ptrace_may_access;
extern unsigned long vfn_body_getname_kernel;
extern unsigned long vfn_body_putname;

#endif /* __ASSEMBLER__ */

#endif /* VFN_HOOK_H */
