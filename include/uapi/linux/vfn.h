/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * vfn - per-process views of file names: the interface of /dev/vfn
 *
 * Every call acts on the table of the calling process alone, whoever opened
 * the descriptor.  "Process" is a thread group.  All structures follow the
 * extensible-struct rule of openat2(2): @size comes first and is set by the
 * caller to the size of the structure it was compiled with.  A kernel that
 * knows more fields takes the missing ones for zero; one that knows fewer
 * refuses, with E2BIG, any unknown byte that is not zero.
 */
#ifndef _UAPI_LINUX_VFN_H
#define _UAPI_LINUX_VFN_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Raised when an existing call changes its meaning; new calls don't raise it. */
#define VFN_ABI_VERSION		1

#define VFN_IOC_TYPE		0xE7

#define VFN_IOC_INFO		_IO(VFN_IOC_TYPE, 0)	/* struct vfn_info */
#define VFN_IOC_APPLY		_IO(VFN_IOC_TYPE, 1)	/* struct vfn_apply */
#define VFN_IOC_LIST		_IO(VFN_IOC_TYPE, 2)	/* struct vfn_list */
#define VFN_IOC_RESOLVE		_IO(VFN_IOC_TYPE, 3)	/* struct vfn_query */
#define VFN_IOC_SNAPSHOT	_IO(VFN_IOC_TYPE, 4)	/* struct vfn_snapshot */
#define VFN_IOC_ADOPT		_IO(VFN_IOC_TYPE, 5)	/* struct vfn_adopt */

/* vfn_info.state: what is true of the calling process, or of the module. */
#define VFN_STATE_HOLDER	(1U << 0)	/* the caller has a non-empty table */
#define VFN_STATE_SEALED	(1U << 1)	/* the caller can no longer edit */
#define VFN_STATE_ATTACHED	(1U << 2)	/* the hooks are in place */

/* vfn_info.hooks: how the module attaches to the kernel's functions. */
#define VFN_HOOKS_DIRECT	1		/* ftrace direct calls */
#define VFN_HOOKS_FTRACE	2		/* an ftrace callback that redirects */

/**
 * struct vfn_info - what the module is and what it can do
 * @size:	in: sizeof(struct vfn_info)
 * @abi:	out: VFN_ABI_VERSION of the module
 * @features:	out: bit N is set if VFN_IOC number N is known
 * @max_mappings: out: most mappings a table may hold
 * @max_batch:	out: most operations one VFN_IOC_APPLY may carry
 * @state:	out: VFN_STATE_*
 * @hooks:	out: VFN_HOOKS_*; without VFN_STATE_ATTACHED, the last one
 * @nr_mappings: out: mappings in the caller's table
 * @reserved:	zero
 *
 * Errors: EFAULT, EINVAL (@size is smaller than the first version of the
 * structure), E2BIG (unknown non-zero tail), ENOMEM.
 */
struct vfn_info {
	__u32 size;
	__u32 abi;
	__u64 features;
	__u32 max_mappings;
	__u32 max_batch;
	__u32 state;
	__u32 hooks;
	__u32 nr_mappings;
	__u32 reserved;
};

#define VFN_INFO_SIZE_VER0	40

/* vfn_op.op */
#define VFN_OP_MAP		1	/* @from means @to */
#define VFN_OP_HIDE		2	/* @from and all below it mean nothing */
#define VFN_OP_UNMAP		3	/* take the mapping (or HIDE) of @from away */
#define VFN_OP_CLEAR		4	/* take all mappings away */
#define VFN_OP_SEAL		5	/* no edits from now on, here or in descendants */

/* vfn_op.flags */
#define VFN_MAP_NOFOLLOW	(1U << 0)	/* MAP: if @to is a symlink, it is one at @from */

/**
 * struct vfn_op - one step of a batch
 * @op:		VFN_OP_*
 * @flags:	VFN_MAP_* for VFN_OP_MAP, else zero
 * @from:	pointer to the NUL-terminated name the step is about; zero for
 *		CLEAR and SEAL
 * @to:		pointer to the NUL-terminated name it shall mean; zero unless MAP
 */
struct vfn_op {
	__u32 op;
	__u32 flags;
	__u64 from;
	__u64 to;
};

#define VFN_OP_SIZE_VER0	24

/**
 * struct vfn_apply - edit the caller's table: all of the batch, or nothing
 * @size:	in: sizeof(struct vfn_apply)
 * @nr_ops:	in: number of operations; 0 is allowed and does nothing
 * @ops:	in: pointer to an array of struct vfn_op
 * @op_size:	in: sizeof(struct vfn_op)
 * @failed:	out, when the call fails: index of the operation that failed,
 *		or @nr_ops if none of them is to blame; as it was if the structure
 *		itself is refused
 *
 * Errors:
 *   EFAULT	a pointer is bad
 *   EINVAL	@size or @op_size too small; unknown op or flag; a field that
 *		must be zero is not; @from is not absolute, or has a ".."
 *   E2BIG	unknown non-zero tail; @nr_ops over vfn_info.max_batch
 *   ENOENT	UNMAP of a name that has no mapping; an empty name; a relative
 *		@to while the working directory has no name; a ".." in @to below
 *		what doesn't exist; @to is hidden
 *   ENAMETOOLONG a name of 4,096 bytes or more, or a component over 255;
 *		also when it becomes so by being made absolute
 *   ENOTDIR	a ".." or symlink in @to goes through what is no directory
 *   ELOOP	@to goes through more than 40 symlinks
 *   EACCES	a ".." in @to goes through a directory the caller may not search
 *   ENOSPC	the table would exceed vfn_info.max_mappings
 *   EDQUOT	the tables of the user would take more bytes than the module's parameter
 *		max_user_bytes allows (CAP_SYS_RESOURCE is exempt), or more than 65,535
 *		users have tables; @failed may be any operation
 *   EPERM	the table is sealed
 *   ENOMEM	no memory
 *   EBUSY	first table on the machine, and another user of the kernel's
 *		function hooks (livepatch, bpf) stands in the way, or
 *		kernel.ftrace_enabled is 0; see the log
 *   EINTR	a fatal signal came first; or any signal while a file system of the
 *		kind that lets itself be interrupted (FUSE) was asked for a name
 */
struct vfn_apply {
	__u32 size;
	__u32 nr_ops;
	__u64 ops;
	__u32 op_size;
	__u32 failed;
};

#define VFN_APPLY_SIZE_VER0	24

/**
 * struct vfn_list - read the caller's table, oldest mapping first
 * @size:	in: sizeof(struct vfn_list)
 * @nr:		out: entries written; 0 means the end
 * @cursor:	in: 0 to begin, later what the last call left here.  It stays
 *		good across edits: no entry comes twice, and none is missed
 *		that was there all the time.
 * @buf:	in: pointer to where the entries go, struct vfn_entry one after
 *		the other, each at the address the one before it ends at
 * @buf_size:	in: bytes there
 * @reserved:	zero
 *
 * Errors: EFAULT, EINVAL (@size too small, @reserved not zero), E2BIG
 * (unknown non-zero tail), ERANGE (@buf is too small for the next entry;
 * VFN_ENTRY_MAX bytes always do), ENOMEM.
 */
struct vfn_list {
	__u32 size;
	__u32 nr;
	__u64 cursor;
	__u64 buf;
	__u32 buf_size;
	__u32 reserved;
};

#define VFN_LIST_SIZE_VER0	32

/* vfn_query.flags */
#define VFN_QUERY_NOFOLLOW	(1U << 0)	/* a symlink at the end is what is meant */

/* vfn_entry.op of VFN_IOC_RESOLVE, beside VFN_OP_MAP and VFN_OP_HIDE */
#define VFN_STEP_LINK		16	/* FROM is a symlink that says TO */
#define VFN_STEP_JUMP		17	/* FROM is a magic link of /proc; on from what it leads to */
#define VFN_STEP_RESULT		18	/* it means FROM in the view, and is really TO */
#define VFN_STEP_MISSING	19	/* FROM is a directory in the view alone */

/**
 * struct vfn_query - what a name means in the caller's view, and why
 * @size:	in: sizeof(struct vfn_query)
 * @flags:	in: VFN_QUERY_*
 * @name:	in: pointer to the NUL-terminated name
 * @dfd:	in: what a relative name is relative to: a directory's descriptor,
 *		or AT_FDCWD
 * @nr:		out: entries written
 * @buf:	in: pointer to where the entries go, struct vfn_entry one after
 *		the other: the symlinks and mappings that took part, in the order
 *		they were met; last VFN_STEP_RESULT or VFN_STEP_MISSING, or
 *		VFN_OP_HIDE if that is why the name means nothing
 * @buf_size:	in: bytes there
 * @reserved:	zero
 *
 * The object itself need not exist.  Errors: EFAULT, EINVAL (@size too small,
 * unknown flag, @reserved not zero), E2BIG (unknown non-zero tail), ERANGE (@buf
 * is too small), ENOENT (an empty name; something on the way doesn't exist),
 * ESTALE (the name begins where the view has no name), ENOMEM, EBUSY (as for
 * VFN_IOC_APPLY: looking up takes the hooks), and whatever looking up the way can
 * fail with: EACCES, EBADF, EINTR, ELOOP, ENAMETOOLONG, ENOTDIR.
 */
struct vfn_query {
	__u32 size;
	__u32 flags;
	__u64 name;
	__s32 dfd;
	__u32 nr;
	__u64 buf;
	__u32 buf_size;
	__u32 reserved;
};

#define VFN_QUERY_SIZE_VER0	40

/**
 * struct vfn_entry - one mapping or step
 * @size:	bytes to the next entry: a multiple of 8
 * @op:		VFN_OP_MAP or VFN_OP_HIDE; VFN_STEP_*
 * @flags:	VFN_MAP_* of a MAP
 * @from_len:	strlen() of the FROM name
 * @to_len:	strlen() of the TO name; 0 for HIDE
 * @reserved:	zero
 * @names:	FROM, NUL, TO, NUL, and zeros up to @size
 */
struct vfn_entry {
	__u32 size;
	__u16 op;
	__u16 flags;
	__u16 from_len;
	__u16 to_len;
	__u32 reserved;
	char names[];
};

#define VFN_ENTRY_MAX		(16 + 2 * 4096)

/**
 * struct vfn_snapshot - a descriptor that holds the caller's table as it is
 * @size:	in: sizeof(struct vfn_snapshot)
 * @reserved:	zero
 *
 * ioctl(2) returns the descriptor, which is closed on exec.  It holds the table as
 * it is now, sealed or not, with mappings or without; later edits don't show.  It
 * can be kept, passed to others, and adopted, any number of times; nothing else
 * can be done with it.  The module stays loaded until the last copy is closed.
 *
 * Errors:
 *   EFAULT	the argument is a bad pointer
 *   EINVAL	@size too small; @reserved is not zero
 *   E2BIG	unknown non-zero tail
 *   EDQUOT	the user has as many snapshots open as the module's parameter
 *		max_snapshots allows; whoever has a copy, it counts for its maker
 *   EMFILE	the process has too many descriptors
 *   ENFILE	the system has too many open files
 *   ENOMEM	no memory
 */
struct vfn_snapshot {
	__u32 size;
	__u32 reserved;
};

#define VFN_SNAPSHOT_SIZE_VER0	8

/**
 * struct vfn_adopt - make the caller's table that of a snapshot
 * @size:	in: sizeof(struct vfn_adopt)
 * @fd:		in: what VFN_IOC_SNAPSHOT returned, to whomever
 *
 * All of the caller's mappings are replaced; if the snapshot's table is sealed, so
 * is the caller's from now on.  To have the descriptor is all the right it takes:
 * it was made by the table's owner and handed on.  The two tables have nothing to
 * do with each other afterwards.  Cursors of VFN_IOC_LIST are good no more.
 *
 * Errors:
 *   EFAULT	the argument is a bad pointer
 *   EINVAL	@size too small; @fd is no snapshot
 *   E2BIG	unknown non-zero tail
 *   EBADF	@fd is not open, or with O_PATH
 *   EPERM	the caller's own table is sealed
 *   ENOMEM	no memory
 *   EBUSY	as for VFN_IOC_APPLY
 *   EINTR	a fatal signal came first
 */
struct vfn_adopt {
	__u32 size;
	__s32 fd;
};

#define VFN_ADOPT_SIZE_VER0	8

#endif /* _UAPI_LINUX_VFN_H */
