/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Translating a name: from what a holder says to what the kernel is to look up
 */
#ifndef VFN_TRANSLATE_H
#define VFN_TRANSLATE_H

#include <linux/namei.h>

#include "compat/fs_struct.h"
#include "walk.h"

/*
 * Might the lookup be one to be translated?  Errors in place of a name, no name at all
 * (newer kernels' AT_EMPTY_PATH) and lookups below a root are the kernel's to judge, and so
 * are those below init's root (N11); and a lookup within a lookup is the file system's own.
 */
static __always_inline bool vfn_is_translated(const struct vfn_thread *thread,
					      const struct filename *name,
					      unsigned int flags)
{
	return likely(!thread->walk) && !IS_ERR_OR_NULL(name) && !(flags & LOOKUP_IS_SCOPED) &&
	       vfn_fs_is_own();
}

static __always_inline void vfn_walk_init(struct vfn_walk *walk, const char *name)
{
	walk->mode = VFN_WALK_JUDGE;
	walk->end = VFN_WALK_UNBROKEN;
	walk->lost = false;
	walk->links = 0;
	walk->skipped = false;
	walk->careful = false;
	walk->at = 0;
	walk->name = name;
	walk->map = NULL;
}

/*
 * Begin a lookup that vfn_is_translated(), with the arguments of the caller.  Returns the
 * name, for vfn_lookup_passes().
 */
static __always_inline const char *vfn_lookup_init(struct vfn_lookup *l, int dfd,
						   struct filename *name, unsigned int flags)
{
	const char *text = name->name;

	l->dfd = dfd;
	l->flags = flags;
	l->name = name;
	vfn_walk_init(&l->walk, text);
	return text;
}

/*
 * Does the name go to the kernel as it is, as far as a look can tell?  Most do, and this
 * is all that their lookups pay, beside the way here and back.  Calls nothing, so that
 * the compiler has registers to spare.
 */
static __always_inline bool vfn_lookup_passes(struct vfn_lookup *l, const char *name)
{
	const struct vfn_thread *thread = vfn_lookup_thread(l);
	const struct vfn_table *table = thread->table;

	return likely(table == rcu_access_pointer(thread->view->table)) &&
	       likely(vfn_table_misses_plainly(table, name));
}

/*
 * A name that passes has nothing to do with any mapping, and nor has where it leads, if
 * all symlinks that it led through were plainly such.  So, is what the kernel says of it,
 * *@err, all that there is to say?  Otherwise it becomes what close_lookup() wants.  If
 * something may be made there, it matters too whether the directory that it would lie in
 * is there in the view alone (N8).
 */
static __always_inline bool vfn_lookup_is_final(const struct vfn_lookup *l, int *err,
						bool makes)
{
	if (likely(*err >= 0))
		return true;
	*err = vfn_walk_says(&l->walk, *err);
	return *err != -VFN_ERELOOK && (*err != -ENOENT || !(makes || l->walk.links));
}

/*
 * Take a closer look, if the kernel hasn't been asked yet.  *@state: how far the lookup has
 * come, VFN_UNTRIED or what the kernel has said; then, no more VFN_UNTRIED, but VFN_LOOKED,
 * -VFN_ERELOOK, -ENOMEM, or 0: the name passes.  False: the lookup isn't one to be
 * translated after all.
 */
bool vfn_lookup_start(struct vfn_lookup *l, int *state);

/* Is @err how far a lookup has come that is to go on? */
static inline bool vfn_lookup_is_open(int err)
{
	return err == VFN_LOOKED || err == -VFN_ERELOOK;
}

/*
 * Translate the name, of a lookup that is as open as @state says.  0: the kernel shall look
 * @l->sub up, or the name as it is, with vfn_lookup_flags(); else the errno that the call
 * fails with.
 */
int vfn_translate(struct vfn_lookup *l, int state);

/* The flags for the kernel's walk, of those the caller has given. */
unsigned int vfn_lookup_flags(const struct vfn_lookup *l, unsigned int flags);

/* How the outcome was reached: VFN_VIA_* or 1 + the age of a mapping. */
s64 vfn_lookup_via(const struct vfn_lookup *l);

/* Away with @l->sub. */
void vfn_lookup_drop(struct vfn_lookup *l);

/* The lookup is over, and the thread leaves. */
void vfn_lookup_end(struct vfn_lookup *l);

/*
 * A lookup that isn't translated is not to be interfered with.  Returns what the
 * thread's walk shall be again afterwards.
 */
static inline struct vfn_walk *vfn_leave_alone(struct vfn_thread *thread)
{
	struct vfn_walk *outer = thread->walk;

	if (outer)
		thread->walk = &vfn_walk_real;
	return outer;
}

#endif /* VFN_TRANSLATE_H */
