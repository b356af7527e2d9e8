/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * vfn - per-process views of file names: the generic netlink family
 *
 * Who looks at views, and at what becomes of them, uses this; nothing is edited
 * by it.  A process is a thread group, and is named by its process ID in the pid
 * namespace of who asks.
 */
#ifndef _UAPI_LINUX_VFN_NETLINK_H
#define _UAPI_LINUX_VFN_NETLINK_H

/* Of the family, which is there in all net namespaces while the module is loaded. */
#define VFN_GENL_NAME		"vfn"
#define VFN_GENL_VERSION	1

/*
 * The multicast group of events.  To join it takes CAP_SYS_ADMIN (EPERM), and only
 * in the initial net namespace is there anything to be heard.
 */
#define VFN_GENL_EVENTS		"events"

/**
 * enum vfn_genl_cmd - what is asked, answered and told
 * @VFN_CMD_UNSPEC: unused
 * @VFN_CMD_LIST: dump the mappings of the process VFN_ATTR_PID, oldest first, as
 *	they are at this moment; none if it has no table.  Each comes with
 *	VFN_ATTR_OP, _FLAGS, _FROM, and _TO if it is a MAP.
 *	Errors: EINVAL (no VFN_ATTR_PID), ESRCH (there is no such process), EPERM
 *	(the caller, or who opened the socket, may not read it: see below), EAGAIN
 *	(it is just executing another program), ENOMEM
 * @VFN_CMD_HOLDERS: dump the processes that have a table and that one may read, in no
 *	order.  Each comes with VFN_ATTR_PID, _MAPPINGS, _BYTES, _TRANSLATIONS,
 *	_EDITS, and _SEALED if it is.  One that is just executing another program,
 *	or that comes or goes meanwhile, may be missing.  Errors: ENOMEM
 * @VFN_CMD_WATCH: is there anything to be heard here?  Errors: EOPNOTSUPP (not in
 *	the initial net and pid namespaces)
 * @VFN_CMD_EVENT: told to VFN_GENL_EVENTS: VFN_ATTR_EVENT, and, but for
 *	VFN_EVENT_LOST, VFN_ATTR_PID (in the initial pid namespace), _COMM and
 *	_MAPPINGS
 *
 * To read a process takes what it takes to read /proc/PID/maps: ptrace read access
 * (PTRACE_MODE_READ_FSCREDS of ptrace(2)).  It takes that of who opened the socket,
 * too, so that nobody can have a privileged program ask for them.  If these aren't the
 * very same credentials, a process may not even read itself.
 */
enum vfn_genl_cmd {
	VFN_CMD_UNSPEC,
	VFN_CMD_LIST,
	VFN_CMD_HOLDERS,
	VFN_CMD_WATCH,
	VFN_CMD_EVENT,
};

/**
 * enum vfn_genl_attr - attributes
 * @VFN_ATTR_UNSPEC: unused
 * @VFN_ATTR_PAD: padding
 * @VFN_ATTR_PID: u32: a process ID
 * @VFN_ATTR_OP: u32: VFN_OP_MAP or VFN_OP_HIDE
 * @VFN_ATTR_FLAGS: u32: VFN_MAP_*
 * @VFN_ATTR_FROM: string: absolute name in the view
 * @VFN_ATTR_TO: string: absolute real name
 * @VFN_ATTR_MAPPINGS: u32: mappings in the table
 * @VFN_ATTR_SEALED: flag: the table is never edited again
 * @VFN_ATTR_BYTES: u64: memory of the mappings, shared with other processes or not;
 *	without that of the tree by which they are found
 * @VFN_ATTR_TRANSLATIONS: u64: names that the process's threads have had translated, or
 *	hidden; a symlink that leads from one mapping to another counts once more
 * @VFN_ATTR_EDITS: u32: batches that the process has applied, and snapshots adopted
 * @VFN_ATTR_EVENT: u32: enum vfn_genl_event
 * @VFN_ATTR_COMM: string: name of the process's thread that did it, as in /proc/PID/comm
 */
enum vfn_genl_attr {
	VFN_ATTR_UNSPEC,
	VFN_ATTR_PAD,
	VFN_ATTR_PID,
	VFN_ATTR_OP,
	VFN_ATTR_FLAGS,
	VFN_ATTR_FROM,
	VFN_ATTR_TO,
	VFN_ATTR_MAPPINGS,
	VFN_ATTR_SEALED,
	VFN_ATTR_BYTES,
	VFN_ATTR_TRANSLATIONS,
	VFN_ATTR_EDITS,
	VFN_ATTR_EVENT,
	VFN_ATTR_COMM,
	__VFN_ATTR_END,
};

#define VFN_ATTR_MAX	(__VFN_ATTR_END - 1)

/**
 * enum vfn_genl_event - what has happened to a table
 * @VFN_EVENT_UNSPEC: unused
 * @VFN_EVENT_MADE: a process without a table has made or adopted one
 * @VFN_EVENT_INHERITED: a process was forked by one with a table
 * @VFN_EVENT_EDITED: a table was changed, or replaced by a snapshot's
 * @VFN_EVENT_SEALED: a table was sealed, and perhaps changed
 * @VFN_EVENT_DROPPED: a process has lost its mappings, because it has gained
 *	privileges by execve()
 * @VFN_EVENT_FREED: a table has gone: all of it was taken away, or the process ends
 * @VFN_EVENT_LOST: there was too much to be told: events are missing here
 */
enum vfn_genl_event {
	VFN_EVENT_UNSPEC,
	VFN_EVENT_MADE,
	VFN_EVENT_INHERITED,
	VFN_EVENT_EDITED,
	VFN_EVENT_SEALED,
	VFN_EVENT_DROPPED,
	VFN_EVENT_FREED,
	VFN_EVENT_LOST,
};

#endif /* _UAPI_LINUX_VFN_NETLINK_H */
