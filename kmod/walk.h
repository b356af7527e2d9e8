/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slow walk, that resolves a name in the view step by step
 */
#ifndef VFN_WALK_H
#define VFN_WALK_H

#include "vfn.h"

/**
 * struct vfn_trace - who wants to know how a name resolves
 * @step:	called for each symlink and mapping on the way, with an op of
 *		struct vfn_entry, and the names that go with it.  An errno ends the walk.
 * @user:	where entries go
 * @room:	bytes there
 * @nr:		entries written
 */
struct vfn_trace {
	int (*step)(struct vfn_trace *trace, u16 op, u16 flags, const char *from,
		    const char *to);
	void __user *user;
	u32 room;
	u32 nr;
};

/**
 * struct vfn_resolve - a name resolved in the view
 * @view:	clean name in the view; after vfn_resolve(), what the name means.  It
 *		may be longer than PATH_MAX where a relative name or symlinks lead on from
 *		a deep directory
 * @mapped:	a mapping took part, or where the name begins has another name
 * @tail:	how the name ended: "", "/" or "/." (a directory is meant); if the last
 *		component was to be left alone, also "/.."
 * @trace:	set by the caller, or NULL
 *
 * The rest is the walk's own.  @view and @text have @room bytes each; they are @small,
 * until a name needs @large.
 */
struct vfn_resolve {
	char *view;
	bool mapped;
	const char *tail;
	struct vfn_trace *trace;

	struct vfn_thread *thread;
	const struct vfn_table *table;
	unsigned int flags;
	bool parent;
	bool lenient;
	bool unnamed;
	const struct vfn_mapping *under;
	int len;
	unsigned int links;
	struct path cur;
	struct vfn_walk walk;
	char *text;
	char *rest;
	size_t room;
	char *large;
	char comp[NAME_MAX + 3];
	char link[PATH_MAX];
	char small[2][2 * PATH_MAX];
};

/* For one name after the other; NULL: no memory. */
struct vfn_resolve *vfn_resolve_new(struct vfn_thread *thread);

/* @r may be NULL. */
void vfn_resolve_free(struct vfn_resolve *r);

/*
 * vfn_resolve() - resolve @name in the view that @table makes
 * @flags:	LOOKUP_FOLLOW, LOOKUP_CREATE (make a file there, if there is none),
 *		LOOKUP_NO_SYMLINKS, LOOKUP_NO_MAGICLINKS, LOOKUP_NO_XDEV
 * @parent:	leave the last component alone, it is to be created or removed
 * @lenient:	where the way can't be walked, take the rest of it as it is written
 *
 * Returns 0; 1: the name begins, and stays, where the view has no name; or the
 * errno that the name fails with.  Sleeps.
 */
int vfn_resolve(struct vfn_resolve *r, const struct vfn_table *table, int dfd,
		const char *name, unsigned int flags, bool parent, bool lenient);

/*
 * The real name of @r->view, and @r->tail, into @buf of PATH_MAX bytes.  *@map is
 * the mapping that is exactly at @r->view, or NULL.  Returns 0, -ENOENT (hidden),
 * -ENAMETOOLONG.
 */
int vfn_resolve_real(const struct vfn_resolve *r, char *buf,
		     const struct vfn_mapping **map);

/*
 * Is @err no answer to what a name means?  The next who asks may get one; so whoever
 * asks must not go on as if the name meant nothing, or what it really means.
 */
static inline bool vfn_no_answer(int err)
{
	return err == -ENOMEM || err == -EINTR || err == -ERESTARTSYS;
}

/* What is really at the real name @name, with a reference.  Any errno of a lookup. */
int vfn_resolve_path(struct vfn_resolve *r, const char *name, unsigned int flags,
		     struct path *path);

/*
 * What is really at the real name @name: its name without symlinks, somewhere in
 * @buf of PATH_MAX bytes.  @flags: LOOKUP_FOLLOW or 0.  Any errno of a lookup.
 */
char *vfn_resolve_object(struct vfn_resolve *r, const char *name,
			 unsigned int flags, char *buf);

/*
 * straight.c
 */

/**
 * struct vfn_straight - a directory that names may lie straight in; one at a time
 * @len:	strlen() of @name; 0: there is none yet
 * @is:		there is no symlink on the way to it
 * @there:	so many bytes of @name are what @dir is really called; 0: it isn't held
 * @gone:	so many bytes of @name are what isn't there; 0: all is
 * @dir:	with a reference: it, or if it @is straight but @gone, the nearest one above
 * @name:	a clean absolute name
 */
struct vfn_straight {
	int len;
	bool is;
	int there;
	int gone;
	struct path dir;
	char name[PATH_MAX];
};

void vfn_straight_begin(struct vfn_straight *s);
void vfn_straight_end(struct vfn_straight *s);

/*
 * Is there really no symlink on the way to the directory that @name, clean and absolute,
 * lies in, or would lie in?  Then @s is that directory.  For one after the other, between
 * vfn_straight_begin() and vfn_straight_end().  False tells nothing.  Sleeps.
 */
bool vfn_straight_to(struct vfn_straight *s, struct vfn_resolve *r, const char *name);

/*
 * As vfn_resolve_object() of @name, of which vfn_straight_to() has just been true.  May be
 * @name itself.
 */
const char *vfn_straight_object(const struct vfn_straight *s, struct vfn_resolve *r,
				const char *name, unsigned int flags, char *buf);

/*
 * missing.c: is the clean name @view an ancestor of a mapping, and not covered up?
 * If it doesn't really exist, it is a directory all the same (N8).
 */
bool vfn_missing_at(const struct vfn_table *table, const char *view);

/*
 * names.c
 */

/*
 * Is @path below the current root?  What d_path() makes of a detached mount, or of
 * what lies outside a chroot, looks like a name and is none.  Doesn't sleep.
 */
bool vfn_reachable(const struct path *path);

/*
 * The real name of @path below the current root into @buf of PATH_MAX bytes:
 * returns where in @buf it begins.  For a directory of void.c, the view's name.  -ENOENT: deleted or unreachable;
 * -ENAMETOOLONG.
 */
char *vfn_real_name(const struct path *path, char *buf);

/*
 * The view's name of @path into @buf of PATH_MAX bytes; @tmp is as large.
 * *@mapped, unless NULL, tells whether it is another than the real one.
 * Returns its length; -ENOENT: it has none; -ENAMETOOLONG.
 */
int vfn_view_name(const struct vfn_table *table, const struct path *path,
		  char *buf, char *tmp, bool *mapped);

/* Where names relative to @dfd begin, with a reference.  -EBADF, -ENOTDIR. */
int vfn_base_path(int dfd, struct path *path);

/*
 * base.c
 */

/*
 * Where the current thread's names relative to @dfd begin, by its lookups' table; good
 * until the lookup is over.  Sleeps.  Errors: -ENOENT: it has no name in the view (N10);
 * -ENAMETOOLONG: ask vfn_view_name(); -EBADF, -ENOTDIR, -ENOMEM.
 */
const struct vfn_base *vfn_base(struct vfn_thread *thread, int dfd);

/* The current directory, if that is known already, or NULL.  Doesn't sleep. */
const struct vfn_base *vfn_base_known(const struct vfn_thread *thread);

/*
 * The absolute name of what is called @name below @base into @buf, of VFN_SHORT_NAME +
 * VFN_WORD_SLACK bytes.  Returns where @name begins in it, or -ENAMETOOLONG.
 */
int vfn_base_join(const struct vfn_base *base, const char *name, char *buf);

void vfn_base_init(void);

#endif /* VFN_WALK_H */
