// SPDX-License-Identifier: GPL-2.0
/*
 * Translating a name: from what a holder says to what the kernel is to look up
 *
 * Most names need no more than a look at their text.  The follow_link hook stops
 * the walk at a symlink that leads to a mapping, and says by which name to begin
 * again; or, where text can't tell, the name is resolved step by step (walk.c),
 * and the kernel gets the outcome.
 */
#include <linux/audit.h>
#include <linux/namei.h>
#include <linux/slab.h>

#include "trace.h"
#include "translate.h"

struct vfn_walk vfn_walk_real = { .mode = VFN_WALK_REAL };

static const struct vfn_table *to_table(struct vfn_lookup *l)
{
	return vfn_lookup_thread(l)->table;
}

/*
 * May the kernel be given a name of our own?  It uses it until the lookup is over,
 * but where the last component is to be created, and where audit keeps a reference.
 */
static bool may_lend(const struct vfn_lookup *l)
{
	return !l->parent && audit_dummy_context();
}

/*
 * The name to look up is @to, of @to_len bytes, and what follows it: nothing, or @rest,
 * which begins with a slash.
 */
static int substitute(struct vfn_lookup *l, const char *to, unsigned int to_len,
		      const char *rest)
{
	char *text = vfn_lookup_thread(l)->real;
	int len;

	if (may_lend(l)) {
		vfn_filename_lend(&l->own, to);
		l->sub = &l->own;
		if (!*rest)
			return 0;
		l->own.name = text;
		len = to_len == 1 ? 0 : to_len;
		if (len < VFN_SHORT_NAME) {
			vfn_word_copy_len(text, to, len);
			if (vfn_word_copy(text + len, rest, VFN_SHORT_NAME - len) <
			    VFN_SHORT_NAME - len)
				return 0;
		}
	}
	text = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	len = vfn_name_join(text, PATH_MAX, to, rest);
	if (len >= 0)
		l->sub = getname_kernel(text);
	kfree(text);
	return len < 0 ? len : 0;
}

/* The kernel will walk what follows TO, or several symlinks' worth of it. */
static void judge_rest(struct vfn_lookup *l, const struct vfn_base *base)
{
	struct vfn_walk *walk = &l->walk;
	char *text = vfn_lookup_thread(l)->name;
	int at = 0;

	if (base) {
		at = vfn_base_join(base, walk->name, text);
		walk->name = text;
	}
	walk->mode = at < 0 ? VFN_WALK_STOP : VFN_WALK_JUDGE;
	walk->at = at + l->match.rest;
}

/* The name of @l->walk is covered by @l->match.map; it is absolute, or begins at @base. */
static int take_mapping(struct vfn_lookup *l, const struct vfn_base *base)
{
	const struct vfn_match *m = &l->match;
	const char *rest = l->walk.name + m->rest;
	const struct vfn_mapping *map = m->map;

	if (map->op == VFN_OP_HIDE)
		return -ENOENT;
	/* The kernel would judge by TO's own symlinks and the mounts on the way to it. */
	if (l->flags & (LOOKUP_NO_SYMLINKS | LOOKUP_NO_XDEV))
		return -VFN_ERELOOK;
	if (map->exempt) {
		/* Its absolute name may be out of reach. */
		if (l->name->name[0] != '/')
			return -VFN_ERELOOK;
		l->walk.map = map;
		return l->walk.name == l->name->name ? 0 : substitute(l, "", 0, l->walk.name);
	}
	l->walk.map = map;
	/* TO's own symlinks are real ones.  Those below it are the view's. */
	l->follow = m->exact && !l->parent && !(map->flags & VFN_MAP_NOFOLLOW);
	if (!m->exact)
		judge_rest(l, base);
	else
		l->walk.mode = l->follow || l->parent ? VFN_WALK_REAL : VFN_WALK_STOP;
	return substitute(l, vfn_mapping_to(map), map->to_len, rest);
}

/* The table says @l->match of the name, which is absolute, or begins at @base. */
static int take_match(struct vfn_lookup *l, const struct vfn_base *base)
{
	const struct vfn_match *m = &l->match;

	if (unlikely(m->dots))
		return -VFN_ERELOOK;
	if (!m->map)
		return 0;
	/* It is where it really is. */
	if (base && !base->mapped && m->map->exempt &&
	    !(l->flags & (LOOKUP_NO_SYMLINKS | LOOKUP_NO_XDEV)))
		return 0;
	return take_mapping(l, base);
}

/* What does the table say of the name, which is relative?  As look(). */
static noinline int look_relative(struct vfn_lookup *l)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);
	const struct vfn_base *base = NULL;
	const char *name = l->name->name;

	l->match = (struct vfn_match){};
	if (l->dfd == AT_FDCWD)
		base = vfn_base_known(thread);
	if (!base) {
		if (!l->walk.careful && vfn_table_misses(to_table(l), name))
			return 0;
		base = vfn_base(thread, l->dfd);
	}
	if (base == ERR_PTR(-ENAMETOOLONG))
		return -VFN_ERELOOK;
	/* It has no name in the view (N10); or the kernel's own lookup fails alike. */
	if (IS_ERR(base))
		return base == ERR_PTR(-ENOMEM) ? -ENOMEM : 0;
	l->base = base;
	vfn_table_look_below(to_table(l), name, base->node, base->map, &l->match);
	return 0;
}

/*
 * What does the table say of the name?  0: it is in @l->match, and in @l->base where the
 * name begins, if that had to be known; or an errno as of vfn_translate().
 */
static __always_inline int look(struct vfn_lookup *l)
{
	/* A first try may have known another. */
	l->base = NULL;
	if (unlikely(l->name->name[0] != '/'))
		return look_relative(l);
	vfn_table_look(to_table(l), l->name->name, &l->match);
	return 0;
}

/* The exact way.  Whatever it says is final, so the walk that follows is plain. */
static int translate_slowly(struct vfn_lookup *l)
{
	const struct vfn_mapping *map;
	struct vfn_resolve *r;
	int err;

	l->walk.skipped = false;
	if (l->flags & LOOKUP_CACHED)
		return -EAGAIN;
	r = vfn_resolve_new(vfn_lookup_thread(l));
	if (!r)
		return -ENOMEM;
	l->walk.mode = VFN_WALK_REAL;
	l->walk.end = VFN_WALK_UNBROKEN;
	err = vfn_resolve(r, to_table(l), l->dfd, l->name->name, l->flags, l->parent,
			  false);
	l->walk.map = err ? NULL : vfn_table_match(to_table(l), r->view).map;
	l->walk.lost = err;
	if (err > 0 || (!r->mapped && !vfn_no_answer(err))) {
		err = 0;	/* it means what it really means, or fails as it really does */
		goto out;
	}
	if (!err)
		err = vfn_resolve_real(r, r->link, &map);
	if (err)
		goto out;
	l->sub = getname_kernel(r->link);
	l->real = true;
	l->follow = map && !l->parent && !(map->flags & VFN_MAP_NOFOLLOW);
out:
	vfn_resolve_free(r);
	return err;
}

void vfn_lookup_drop(struct vfn_lookup *l)
{
	if (!IS_ERR_OR_NULL(l->sub) && l->sub != &l->own)
		putname(l->sub);
	l->sub = NULL;
}

/*
 * S3: no translated interpreter for a program that gains privileges.  Without
 * @exec->interp, it is the program itself, which security_bprm_check() will then find
 * out; or there was no view yet when open_exec() was called.
 */
static int check_interpreter(struct vfn_lookup *l, int err)
{
	struct vfn_exec *exec = &vfn_lookup_thread(l)->exec;

	if (!err && !l->sub)
		return err;
	if (!exec->interp) {
		exec->translated = true;
		return vfn_exec_begin(exec) ?: err;
	}
	if (exec->judged && !exec->gains) {
		exec->translated = true;
		return err;
	}
	/* Not judged: the table came later than the program, which starts without it. */
	exec->kept = exec->judged;
	vfn_lookup_drop(l);
	l->follow = false;
	l->real = false;
	l->walk.mode = VFN_WALK_REAL;
	return 0;
}

/* What remains to be done after an attempt to translate the name that ended with @err. */
static int translated(struct vfn_lookup *l, int err)
{
	struct vfn_thread *thread = vfn_lookup_thread(l);

	if (err == -VFN_ERELOOK) {
		l->second = true;
		err = translate_slowly(l);
	}
	if (l->exec)
		err = check_interpreter(l, err);
	if (IS_ERR(l->sub)) {
		err = err ?: PTR_ERR(l->sub);
		l->sub = NULL;
	}
	/* To another name, or hidden. */
	if (l->sub || err == -ENOENT) {
		WRITE_ONCE(thread->translations, thread->translations + 1);
		trace_vfn_translate(l->name->name, l->sub ? l->sub->name : "");
	}
	return err;
}

/* The kernel's walk was stopped at a symlink. */
static int translate_again(struct vfn_lookup *l)
{
	int err = -VFN_ERELOOK;

	l->follow = false;
	vfn_lookup_drop(l);
	if (l->walk.end == VFN_WALK_STOPPED) {
		/* With an absolute name in the view. */
		l->walk.end = VFN_WALK_UNBROKEN;
		l->walk.mode = VFN_WALK_JUDGE;
		l->walk.map = NULL;
		l->walk.at = 0;
		vfn_table_look(to_table(l), l->walk.name, &l->match);
		err = take_match(l, NULL);
	} else if (l->walk.skipped) {
		vfn_walk_init(&l->walk, l->name->name);
		l->walk.careful = true;
		err = look(l) ?: take_match(l, l->base);
	}
	return translated(l, err);
}

int vfn_translate(struct vfn_lookup *l, int state)
{
	if (state == -VFN_ERELOOK)
		return translate_again(l);
	return translated(l, take_match(l, l->base));
}

s64 vfn_lookup_via(const struct vfn_lookup *l)
{
	if (l->walk.map)
		return 1 + (s64)vfn_mapping_age(l->walk.map);
	if (!l->second && l->name->name[0] != '/')
		return VFN_VIA_UNKNOWN;
	/* A symlink that was skipped led to where no mapping is. */
	return l->walk.lost && !l->walk.skipped ? VFN_VIA_UNKNOWN : VFN_VIA_NONE;
}

bool vfn_lookup_start(struct vfn_lookup *l, int *state)
{
	int err;

	l->parent = false;
	l->exec = false;
	l->second = false;
	l->follow = false;
	l->real = false;
	l->sub = NULL;
	l->base = NULL;
	/*
	 * An empty name is the kernel's to judge.  And a core dump's is the kernel's own:
	 * of a program that gained privileges and died in execve(), it is opened with
	 * them (S3), though its sched_process_exec was not reached.
	 */
	if (!l->name->name[0] || current->flags & PF_DUMPCORE ||
	    !vfn_thread_table(vfn_lookup_thread(l)))
		return false;
	if (*state != VFN_UNTRIED)
		return true;
	err = look(l);
	if (err)
		*state = err;
	else
		*state = vfn_match_misses(&l->match) ? 0 : VFN_LOOKED;
	return true;
}

void vfn_lookup_end(struct vfn_lookup *l)
{
	vfn_lookup_drop(l);
	vfn_thread_leave(vfn_lookup_thread(l));
}

unsigned int vfn_lookup_flags(const struct vfn_lookup *l, unsigned int flags)
{
	if (!l->sub)
		return flags;
	if (l->follow)
		flags |= LOOKUP_FOLLOW;
	return l->real ? flags & ~(LOOKUP_NO_SYMLINKS | LOOKUP_NO_XDEV) : flags;
}
