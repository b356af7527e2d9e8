/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lookup of a holder, from the hook to the outcome
 */
#ifndef VFN_LOOKUP_H
#define VFN_LOOKUP_H

#include <linux/fs.h>
#include <linux/types.h>

#include "compat/filename.h"
#include "table.h"

struct fs_struct;
struct open_flags;
struct qstr;
struct vfn_mapping;
struct vfn_thread;

/*
 * What a walk that we stopped at a symlink fails with.  No system call's errno,
 * and none the path walk looks at; it never leaves the hooks.
 */
#define VFN_ERELOOK	3071

/*
 * In the place of an errno: the kernel has not been asked yet.  VFN_LOOKED: nor has it to
 * be found out what the table says of the name, that is in @match.
 */
#define VFN_UNTRIED	(-3072)
#define VFN_LOOKED	(-3073)

/* Symlinks in one name: as MAXSYMLINKS (N4). */
#define VFN_MAX_LINKS	40

/*
 * Names that are longer are looked up in ways that take longer.  There are five in a struct
 * vfn_thread, which shall have 2 KiB and no more.
 */
#define VFN_SHORT_NAME	272

/**
 * struct vfn_base - a directory that relative names begin at
 * @node:	the node in the table that stands for it, or NULL: nothing goes on from there
 * @map:	the mapping that covers it, or NULL
 * @mapped:	the view calls it by another name than its real one
 * @len:	strlen() of @name; 0: it has no name in the view (N10)
 * @name:	what the view calls it
 *
 * The rest tells how long it is good for, see base.c; it is for comparing only.
 */
struct vfn_base {
	const struct vfn_node *node;
	const struct vfn_mapping *map;
	bool mapped;
	u16 len;
	unsigned int seq;
	unsigned int renames;
	unsigned int mounts;
	const struct vfn_table *table;
	const struct fs_struct *fs;
	struct path root;
	const struct vfsmount *mnt;
	const struct dentry *dentry;
	char name[VFN_SHORT_NAME];
};

/**
 * struct vfn_dir - a directory that names begin at which are relative to a descriptor
 * @base:	the directory
 * @way_len:	strlen() of @way
 * @way:	its components below the root of its mount, a slash before each
 */
struct vfn_dir {
	struct vfn_base base;
	u16 way_len;
	char way[VFN_SHORT_NAME];
};

/**
 * enum vfn_walk_mode - what to do with a symlink
 * @VFN_WALK_REAL: leave it to the kernel
 * @VFN_WALK_JUDGE: stop if following it may lead to a mapping.  If the name is
 *	absolute, what the link says is put into it, and tells
 * @VFN_WALK_STOP: stop
 * @VFN_WALK_PROBE: stop, and tell what it says
 */
enum vfn_walk_mode {
	VFN_WALK_REAL,
	VFN_WALK_JUDGE,
	VFN_WALK_STOP,
	VFN_WALK_PROBE,
};

/**
 * enum vfn_walk_end - how the kernel's walk was broken off
 * @VFN_WALK_UNBROKEN: it wasn't
 * @VFN_WALK_STOPPED: for good, and the walk's name is what to look up now
 * @VFN_WALK_REDONE: it began anew, as one may sleep then; and the kernel counts the symlinks
 *	that it has met before once more
 */
enum vfn_walk_end {
	VFN_WALK_UNBROKEN,
	VFN_WALK_STOPPED,
	VFN_WALK_REDONE,
};

/* How many symlinks a walk keeps in mind. */
#define VFN_WALK_SEEN	6

/**
 * struct vfn_walk - a lookup under way in a thread
 * @mode:	enum vfn_walk_mode
 * @careful:	JUDGE: put all symlinks into @name
 * @lost:	JUDGE: what the kernel looks up can't be told any more from @name
 * @skipped:	JUDGE: of a symlink it was plain that it leads to where no mapping is, so
 *		that it wasn't put into @name
 * @end:	JUDGE: enum vfn_walk_end
 * @links:	JUDGE: symlinks that have been put into @name, or could not be
 * @at:		JUDGE: where in @name those of its components begin that the kernel
 *		has before it; what precedes is a FROM, or behind it
 * @name:	JUDGE: the name being looked up, relative; or the absolute name in the
 *		view, expanded as far as the walk has come
 * @map:	JUDGE: what covers @name, or NULL
 * @seen:	JUDGE: hashes of the names of the first of @links
 * @expected:	PROBE: the next lookup below a root is meant
 * @link:	PROBE: what the link says, or "" if it is a magic link of /proc; PATH_MAX
 */
struct vfn_walk {
	u8 mode;
	bool careful;
	bool lost;
	bool skipped;
	u8 end;
	u8 links;
	u16 at;
	const char *name;
	const struct vfn_mapping *map;
	u32 seen[VFN_WALK_SEEN];
	bool expected;
	char *link;
};

/* Is @walk->name, in full, what the kernel has looked up, or will, but for a mapping? */
static inline bool vfn_walk_is_known(const struct vfn_walk *walk)
{
	return walk->mode == VFN_WALK_JUDGE && walk->name[0] == '/' && !walk->lost;
}

/*
 * What the kernel's walk says: @err, but that it met too many symlinks only if it met none
 * twice.
 */
static inline int vfn_walk_says(const struct vfn_walk *walk, int err)
{
	return err == -ELOOP && walk->end == VFN_WALK_REDONE ? -VFN_ERELOOK : err;
}

/**
 * struct vfn_parent - what filename_parentat() shall find
 * @path:	the directory of the last component
 * @last:	that component
 * @type:	of what kind it is
 */
struct vfn_parent {
	struct path *path;
	struct qstr *last;
	int *type;
};

/**
 * struct vfn_lookup - a call of one of the three lookup functions by a holder
 * @dfd:	as given by the caller
 * @flags:	LOOKUP_* of the caller, and LOOKUP_CREATE for O_CREAT
 * @name:	as given by the caller
 * @path:	as given by the caller of filename_lookup()
 * @op:		as given by the caller of do_filp_open()
 * @to:		as given by the caller of filename_parentat()
 * @walk:	for the follow_link hook
 *
 * The rest is for names that have been found to need more than a look:
 * @match:	what the table says of the name, expanded as far as the walk has come
 * @base:	where the name begins, if that had to be known, or NULL
 * @parent:	the last component is to be created, removed or renamed
 * @exec:	execve() opens the program or an interpreter
 * @second:	this is another try, with a name resolved step by step
 * @follow:	@sub is a TO, to be followed if it is a symlink
 * @real:	the symlinks and mounts on the way of @sub are TO's own, and count for
 *		nothing
 * @sub:	the name to look up in place of @name, absolute; or NULL
 * @own:	for @sub
 *
 * One for each thread, as it has one lookup at a time; it is its caller's alone.
 */
struct vfn_lookup {
	int dfd;
	unsigned int flags;
	struct filename *name;
	union {
		struct path *path;
		const struct open_flags *op;
		struct vfn_parent to;
	};
	struct vfn_walk walk;
	struct vfn_match match;
	const struct vfn_base *base;
	bool parent;
	bool exec;
	bool second;
	bool follow;
	bool real;
	struct filename *sub;
	struct filename own;	/* without an array behind it */
};

/* For lookups that aren't to be interfered with; constant. */
extern struct vfn_walk vfn_walk_real;

/*
 * missing.c: ancestors of mapped names that don't really exist (N8)
 */

/*
 * Is the name one that a lookup won't find, but that is a directory in the view
 * (N8)?  For calls that would make it otherwise.  1, 0; vfn_no_answer().
 */
int vfn_is_missing(struct vfn_lookup *l);

/**
 * enum vfn_missing - which directory is there in the view alone
 * @VFN_MISSING_NAME: perhaps what the name means
 * @VFN_MISSING_PARENT: perhaps the directory that its last component lies in
 * @VFN_MISSING_LAST: what the name means, for sure; the directory that its last
 *	component lies in is wanted, and shall be one too, so that nothing is made in it
 */
enum vfn_missing {
	VFN_MISSING_NAME,
	VFN_MISSING_PARENT,
	VFN_MISSING_LAST,
};

/*
 * The lookup has found nothing, perhaps because a directory is there in the view
 * alone.  0: *@dir is it, with a reference; but for VFN_MISSING_NAME, *@last is what
 * follows it in the name, to be put by putname().  -ENOENT: that wasn't it;
 * vfn_no_answer().
 */
int vfn_find_missing(struct vfn_lookup *l, enum vfn_missing what, struct path *dir,
		     struct filename **last);

#endif /* VFN_LOOKUP_H */
