/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module offer each other
 */
#ifndef VFN_H
#define VFN_H

#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/sched.h>

#include <uapi/linux/vfn.h>

#include "compat/exec.h"
#include "hook.h"
#include "lookup.h"
#include "payer.h"
#include "table.h"

#undef pr_fmt
#define pr_fmt(fmt) "vfn: " fmt

struct linux_binprm;

/*
 * ref.c
 */

/*
 * What who has no table has.  It is never vfn_view.table, so no name is plain for a thread
 * that has this; its first reference is never dropped.
 */
extern struct vfn_table vfn_no_table;

/* One more reference to a table that there is one to. */
struct vfn_table *vfn_table_hold(struct vfn_table *table);

/* A reference to the table at *@at, or NULL if there is none. */
struct vfn_table *vfn_table_get(struct vfn_table __rcu **at);

/* A reference to what remains of a sealed table when a program gains privileges. */
struct vfn_table *vfn_table_sealed(void);

/* Give a reference up; @table may be NULL.  Doesn't sleep. */
void vfn_table_put(struct vfn_table *table);

int vfn_ref_init(void);
/* Waits for the last tables' end. */
void vfn_ref_exit(void);

/*
 * task.c: who has a table
 */

/**
 * struct vfn_view - the view of one process
 * @hash:	in the hash of views by @signal; vfn_lock, read under RCU
 * @signal:	the process; constant
 * @table:	its mappings, or NULL for none; written under @edit, or by the
 *		process's only thread in exec; read under RCU
 * @edit:	serialises edits
 * @threads:	struct vfn_thread of this process, linked by @mates; vfn_lock
 * @idle:	@table has nothing that must be kept: the view goes as soon as no
 *		thread is inside; vfn_lock, read by anybody
 * @gone:	nobody enters it any more; vfn_lock, read by anybody
 * @leaving:	among those that are to be removed, see vfn_view_try_remove(); vfn_lock
 * @edits:	batches applied, snapshots adopted; written under @edit, read by anybody
 * @translations: made by threads that have gone; vfn_lock
 * @exe_via:	how the program was reached that the process runs: VFN_VIA_* or 1 +
 *		the age of a mapping; written in exec, by the only thread, or under @edit.
 *		Who reads it while another table is adopted may take it for another
 *		mapping's, and then finds out whether that leads to the program
 * @rcu:	for kfree_rcu()
 *
 * A view in the hash holds a reference to the module and keeps the hooks in
 * place.  While a thread is inside (@active) or in execve() (@exec.running), the
 * view can't leave the hash.
 */
struct vfn_view {
	struct hlist_node hash;
	struct signal_struct *signal;
	struct vfn_table __rcu *table;
	struct mutex edit;
	struct list_head threads;
	bool idle;
	bool gone;
	struct list_head leaving;
	u32 edits;
	u64 translations;
	s64 exe_via;
	struct rcu_head rcu;
};

/**
 * struct vfn_exec - what the running execve() has done
 * @running:	there is one that something is known of; until the system call is over
 * @judged:	the program was checked, and @gains is about it
 * @interp:	open_exec() or bprm_open_interpreter() is running: the file is an interpreter
 * @gains:	the program that was checked last will run with more privilege than the
 *		caller; see vfn_gains()
 * @translated:	a name was translated that was an interpreter's, or may have been
 * @kept:	an interpreter's name was not, for @gains, and would have been
 * @opened_by:	the last file was, this way: VFN_VIA_* or 1 + the age
 * @checked_by:	the same for the last program that was checked
 * @doomed:	the program must not run
 */
struct vfn_exec {
	bool running;
	bool judged;
	bool interp;
	bool gains;
	bool translated;
	bool kept;
	s64 opened_by;
	s64 checked_by;
	bool doomed;
};

/* How an object was reached: what isn't one of these is 1 + the age of a mapping. */
#define VFN_VIA_UNKNOWN	0
#define VFN_VIA_NONE	(-1)	/* by its real name */

/**
 * struct vfn_thread - what a thread of a view's process needs at a lookup
 * @hash:	in the hash of threads by @task; vfn_lock, read under RCU
 * @mates:	in vfn_view.threads; vfn_lock
 * @task:	the thread; constant
 * @view:	the view of its process; constant
 * @active:	how many hooks it is inside of; written by the thread alone
 * @table:	the table its current lookup uses, a reference; the thread's own
 * @walk:	its current lookup, or NULL; the thread's own
 * @report:	it is in a call that reports names to it; the thread's own
 * @exe:	that call reports the program that a process runs; the thread's own
 * @exec:	its current execve(); the thread's own
 * @translations: that it has made; written by the thread alone, read under vfn_lock
 * @heir:	for the child of its next fork(), or NULL; vfn_lock, but for being made
 * @account:	whom its current edit is charged to, or NULL; the thread's own
 * @lookup:	its current lookup, if it is translated; the thread's own
 * @pwd:	the current directory, see vfn_base(); the thread's own
 * @dir:	the last other directory that a lookup has begun at; the thread's own
 * @name:	what its current lookup looks up, as the view calls it, if that is no more
 *		what the caller said; the thread's own
 * @real:	what the kernel looks up for it; the thread's own
 * @rcu:	for kfree_rcu()
 *
 * Made at the thread's first hook, gone with the thread or the view.
 */
struct vfn_thread {
	struct hlist_node hash;
	struct list_head mates;
	struct task_struct *task;
	struct vfn_view *view;
	unsigned int active;
	struct vfn_table *table;
	struct vfn_walk *walk;
	bool report;
	bool exe;
	struct vfn_exec exec;
	u64 translations;
	struct vfn_view *heir;
	struct vfn_account *account;
	struct rcu_head rcu;
	struct vfn_lookup lookup;
	char name[VFN_SHORT_NAME + VFN_WORD_SLACK];
	char real[VFN_SHORT_NAME + VFN_WORD_SLACK];
	struct vfn_base pwd;
	struct vfn_dir dir;
};

/*
 * The hashes, vfn_view.threads, .idle, .gone, .leaving and .translations.  Taken in
 * tracepoints, with preemption off until Linux 7.0, so it is a raw lock, and nothing is
 * allocated or freed under it but by RCU.
 */
extern raw_spinlock_t vfn_lock;

/* Made by processes whose views have gone; vfn_lock. */
extern u64 vfn_translations_gone;

/* The view of a process, under vfn_lock or RCU; NULL. */
struct vfn_view *vfn_view_find(struct signal_struct *signal);

/* In the place of a thread that there was no memory for; in a walk, so to say. */
extern struct vfn_thread vfn_no_thread;

static inline struct vfn_thread *vfn_lookup_thread(struct vfn_lookup *l)
{
	return container_of(l, struct vfn_thread, lookup);
}

/*
 * No process whose view would be in the same bucket has one: as vfn_trampoline() does
 * it, what everybody pays.
 */
static __always_inline bool vfn_no_view(void)
{
	u64 hash = (unsigned long)current->signal * VFN_GOLDEN_RATIO;

	BUILD_BUG_ON(VFN_GOLDEN_RATIO != GOLDEN_RATIO_64);
	return hlist_empty(&vfn_views[hash >> (64 - VFN_VIEWS_BITS)]);
}

/*
 * vfn_thread_enter() - is the current process a holder?
 *
 * Returns the current thread, inside until vfn_thread_leave(); NULL if its
 * process has no view; -ENOMEM.  Doesn't sleep.
 */
struct vfn_thread *vfn_thread_enter(void);

/* Remove the current process's view, which it may still use, if it is idle. */
void vfn_view_try_remove(struct vfn_view *view);

static __always_inline void vfn_thread_leave(struct vfn_thread *thread)
{
	if (IS_ENABLED(CONFIG_X86)) {
		barrier();
		/* Nobody else writes it, and this is one instruction. */
		data_race(thread->active--);
	} else {
		/* The view may go: what was done with it comes before. */
		smp_store_release(&thread->active, thread->active - 1);
	}
}

/* As vfn_thread_leave(), after what may have left the view idle. */
void vfn_view_leave(struct vfn_thread *thread);

/* The current thread's execve() is over: forget what is known of it.  Returns @doomed. */
bool vfn_thread_exec_end(void);

/* The current thread, which is inside; NULL if there was no memory for it. */
struct vfn_thread *vfn_thread_current(void);

/* As vfn_trampoline() does it. */
static __always_inline unsigned int vfn_known_bucket(const struct task_struct *task)
{
	return (unsigned long)task * VFN_GOLDEN_RATIO >> (64 - VFN_THREADS_BITS);
}

/*
 * The current thread, which is inside, if it can take the quick way in, or NULL.
 *
 * Its bucket may be taken from it at any time, and become another's.  But nobody else puts
 * it there, and a bucket's thread changes only while it has no task: if the task is the
 * current one, then what was the bucket's thread just before is its.
 */
static __always_inline struct vfn_thread *vfn_thread_known(void)
{
	unsigned int i = vfn_known_bucket(current);
	struct vfn_thread *thread = READ_ONCE(vfn_known_threads[i]);

	smp_rmb();	/* the thread before the task */
	return READ_ONCE(vfn_known_tasks[i]) == current ? thread : NULL;
}

struct vfn_table *vfn_thread_table_get(struct vfn_thread *thread);

/*
 * The table that @thread's lookups shall use from now on: the newest one.  NULL
 * if there is none.  It stays good until the thread's next call.
 */
static __always_inline struct vfn_table *vfn_thread_table(struct vfn_thread *thread)
{
	struct vfn_table *table = thread->table;

	if (likely(table == rcu_access_pointer(thread->view->table)))
		return table;
	return vfn_thread_table_get(thread);
}

/*
 * vfn_view_enter() - the view of the current process, made if there is none
 *
 * Attaches the hooks for the first view on the machine.  Returns the current
 * thread, inside until vfn_view_leave().  Errors: -ENOMEM; those of vfn_hooks_attach().
 */
struct vfn_thread *vfn_view_enter(void);

/*
 * Replace the table of the current process's view, whose @edit is held.
 * Takes the reference to @table over.
 */
void vfn_view_publish(struct vfn_view *view, struct vfn_table *table);

/* The program of the running execve() has gained privileges: away with the table. */
void vfn_view_drop(struct vfn_view *view);

/* @thread, which is inside, is about to fork: see that there is an heir.  -ENOMEM. */
int vfn_thread_want_heir(struct vfn_thread *thread);

/* At fork, in the parent: the child inherits.  May not sleep. */
void vfn_task_fork(struct task_struct *child);
/* At the end of a thread, in it. */
void vfn_task_exit(void);

/* How many views there are, and whether the hooks are in place. */
bool vfn_attached(void);

int vfn_task_init(void);
void vfn_task_exit_module(void);

/*
 * hook.c: attaching to the kernel's functions
 */

/*
 * Find the functions.  -ENOENT: this kernel lacks one; -EINVAL: the parameter "hooks"
 * isn't known; the log says more.
 */
int vfn_hooks_init(void);
void vfn_hooks_exit(void);

/*
 * All the hooks, or none.  They may sleep, and are serialised by the caller.
 * Errors: -EBUSY: somebody else has hooked one of the functions, or function
 * tracing is switched off; -ENOMEM; the log says more.
 */
int vfn_hooks_attach(void);
void vfn_hooks_detach(void);

/* VFN_HOOKS_*: how they are attached, or were tried to be last. */
u32 vfn_hooks_method(void);

/*
 * lookup.c, parent.c, link.c, exec.c, list.c, report.c, fork.c: the replacements
 *
 * Each has the arguments of the function whose name it bears and runs in a
 * thread that is inside; it calls vfn_thread_leave().  The sixth argument, where the
 * function itself has fewer, is that thread, or &vfn_no_thread.
 */
struct dir_context;
struct open_flags;
struct pt_regs;
struct qstr;
struct seq_file;

int hook_filename_lookup(int dfd, struct filename *name, unsigned int flags,
			 struct path *path, struct path *root,
			 struct vfn_thread *thread);
#ifdef VFN_NAMES_ARE_CONSUMED
struct filename *hook_filename_parentat(int dfd, struct filename *name, unsigned int flags,
					struct path *parent, struct qstr *last, int *type);
#else
int hook_filename_parentat(int dfd, struct filename *name, unsigned int flags,
			   struct path *parent, struct qstr *last, int *type,
			   const struct path *root);
#endif
struct file *hook_do_filp_open(int dfd, struct filename *name,
			       const struct open_flags *op, long unused4, long unused5,
			       struct vfn_thread *thread);
int hook_follow_link(struct dentry *dentry, struct inode *inode, bool rcu, long unused4,
		     long unused5, struct vfn_thread *thread);
struct file *hook_open_exec(const char *name);
struct file *hook_open_interpreter(struct linux_binprm *bprm, const char *path);
int hook_bprm_check(struct linux_binprm *bprm);
int hook_iterate_dir(struct file *file, struct dir_context *ctx);
char *hook_d_path(const struct path *path, char *buf, int buflen);
int hook_proc_readlink(struct dentry *dentry, char __user *buf, int buflen);
int hook_seq_path(struct seq_file *seq, const struct path *path, const char *esc);
long hook_procmap(struct file *file, unsigned int cmd, unsigned long arg);
long hook_getcwd(const struct pt_regs *regs);
long hook_getcwd32(const struct pt_regs *regs);
int hook_task_alloc(struct task_struct *task, unsigned long flags);

/* The functions themselves, past the hook; others are in compat/. */
struct file *vfn_orig_do_filp_open(int dfd, struct filename *name,
				   const struct open_flags *op);
int vfn_orig_follow_link(struct dentry *dentry, struct inode *inode, bool rcu);
struct file *vfn_orig_open_exec(const char *name);
struct file *vfn_orig_open_interpreter(struct linux_binprm *bprm, const char *path);
int vfn_orig_bprm_check(struct linux_binprm *bprm);
int vfn_orig_iterate_dir(struct file *file, struct dir_context *ctx);
char *vfn_orig_d_path(const struct path *path, char *buf, int buflen);
int vfn_orig_proc_readlink(struct dentry *dentry, char __user *buf, int buflen);
int vfn_orig_seq_path(struct seq_file *seq, const struct path *path, const char *esc);
long vfn_orig_procmap(struct file *file, unsigned int cmd, unsigned long arg);
long vfn_orig_getcwd(const struct pt_regs *regs);
long vfn_orig_getcwd32(const struct pt_regs *regs);
int vfn_orig_task_alloc(struct task_struct *task, unsigned long flags);

/* Functions of the kernel that no module is meant to call. */
struct user_namespace;
struct vfsmount;

bool vfn_orig_mnt_may_suid(struct vfsmount *mnt);
bool vfn_orig_ptracer_capable(struct task_struct *task, struct user_namespace *ns);
unsigned long vfn_orig_kallsyms_lookup_name(const char *name);
bool vfn_orig_ptrace_may_access(struct task_struct *task, unsigned int mode);

/*
 * gain.c: will the program be given more privilege than the caller has?  As far as is
 * known of it: the file may yet turn out to be an interpreter's business.
 */
bool vfn_gains(const struct linux_binprm *bprm);

/* exec.c: keep what is known of the thread's execve() until it is over.  -ENOMEM. */
int vfn_exec_begin(struct vfn_exec *exec);

/* exec.c: the program's new credentials are in force. */
void vfn_exec_done(struct linux_binprm *bprm);

/*
 * edit.c
 */
extern unsigned int vfn_max_mappings;

/*
 * Apply the batch to the table of @thread's view, whose @edit is held; the errnos of
 * VFN_IOC_APPLY.  @apply->failed is set in any case.
 */
int vfn_edit(struct vfn_thread *thread, struct vfn_apply *apply);

/* The user's name into @buf of PATH_MAX bytes.  -EFAULT, -ENOENT (empty), -ENAMETOOLONG. */
int vfn_get_name(char *buf, u64 user);

/*
 * ioctl.c
 */

int vfn_ioctl_init(void);
void vfn_ioctl_exit(void);

/*
 * snapshot.c
 */

/* The descriptor of a new snapshot of the caller's table, or the errno of VFN_IOC_SNAPSHOT. */
int vfn_snapshot_open(void);

/* Make the caller's table that of the snapshot @fd; the errnos of VFN_IOC_ADOPT. */
int vfn_snapshot_adopt(int fd);

#endif /* VFN_H */
