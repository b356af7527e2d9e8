// SPDX-License-Identifier: GPL-2.0
/*
 * Users, and what they have in the kernel: memory of tables, snapshots (S5)
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/hashtable.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/xarray.h>

#include "mem.h"
#include "payer.h"
#include "vfn.h"

long vfn_max_user_bytes;
module_param_named(max_user_bytes, vfn_max_user_bytes, long, 0644);
MODULE_PARM_DESC(max_user_bytes,
		 "most bytes that one user's tables may take (default: an eighth of the memory)");

static unsigned int max_snapshots = 1024;
module_param(max_snapshots, uint, 0644);
MODULE_PARM_DESC(max_snapshots, "most snapshots that one user may have open");

/**
 * struct vfn_payer - a user who has something
 * @hash:	in the hash of payers by @uid; payers_lock
 * @uid:	the user; constant
 * @id:		index of the payer in payers; constant
 * @bytes:	memory of tables.  It grows only while there are @users, so that nobody
 *		but the last of these, or who gives the last byte back, ends the payer
 * @users:	edits that go on, and snapshots; payers_lock
 * @snapshots:	of these; payers_lock
 */
struct vfn_payer {
	struct hlist_node hash;
	kuid_t uid;
	u16 id;
	atomic_long_t bytes;
	unsigned int users;
	unsigned int snapshots;
};

static DEFINE_MUTEX(payers_lock);
static DEFINE_HASHTABLE(payers_by_uid, 8);
static DEFINE_XARRAY_ALLOC1(payers);

/*
 * Who has to answer for what the caller makes.  The users of a namespace are its
 * owner's, who can have thousands of them; but not if that is root, who gives each
 * their own.
 */
static kuid_t answerable(void)
{
	const struct user_namespace *ns = current_user_ns();
	kuid_t uid = current_uid();

	for (; ns->parent && !uid_eq(ns->owner, GLOBAL_ROOT_UID); ns = ns->parent)
		uid = ns->owner;
	return uid;
}

static struct vfn_payer *payer_find(kuid_t uid)
{
	struct vfn_payer *payer;

	lockdep_assert_held(&payers_lock);
	hash_for_each_possible(payers_by_uid, payer, hash, __kuid_val(uid))
		if (uid_eq(payer->uid, uid))
			return payer;
	return NULL;
}

static struct vfn_payer *payer_new(kuid_t uid)
{
	struct vfn_payer *payer;
	int err;
	u32 id;

	lockdep_assert_held(&payers_lock);
	payer = kzalloc(sizeof(*payer), GFP_KERNEL_ACCOUNT);
	if (!payer)
		return ERR_PTR(-ENOMEM);
	err = xa_alloc(&payers, &id, payer, XA_LIMIT(1, U16_MAX), GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(payer);
		return ERR_PTR(err == -EBUSY ? -EDQUOT : err);
	}
	payer->uid = uid;
	payer->id = id;
	hash_add(payers_by_uid, &payer->hash, __kuid_val(uid));
	return payer;
}

static void payer_end_if_unused(struct vfn_payer *payer)
{
	lockdep_assert_held(&payers_lock);
	if (payer->users || atomic_long_read(&payer->bytes))
		return;
	hash_del(&payer->hash);
	xa_erase(&payers, payer->id);
	kfree(payer);
}

struct vfn_payer *vfn_payer_get(void)
{
	kuid_t uid = answerable();
	struct vfn_payer *payer;

	mutex_lock(&payers_lock);
	payer = payer_find(uid) ?: payer_new(uid);
	if (!IS_ERR(payer))
		payer->users++;
	mutex_unlock(&payers_lock);
	return payer;
}

void vfn_payer_put(struct vfn_payer *payer)
{
	if (IS_ERR(payer))
		return;
	mutex_lock(&payers_lock);
	payer->users--;
	payer_end_if_unused(payer);
	mutex_unlock(&payers_lock);
}

int vfn_payer_add_snapshot(struct vfn_payer *payer)
{
	int err = 0;

	mutex_lock(&payers_lock);
	if (payer->snapshots < READ_ONCE(max_snapshots)) {
		payer->snapshots++;
		payer->users++;
	} else {
		err = -EDQUOT;
	}
	mutex_unlock(&payers_lock);
	return err;
}

void vfn_payer_drop_snapshot(struct vfn_payer *payer)
{
	mutex_lock(&payers_lock);
	payer->snapshots--;
	payer->users--;
	payer_end_if_unused(payer);
	mutex_unlock(&payers_lock);
}

void *vfn_mem_alloc(size_t size, u16 *payer)
{
	struct vfn_account *account = vfn_thread_current()->account;
	long bytes = atomic_long_add_return(size, &account->payer->bytes);
	void *mem = NULL;

	if (bytes <= account->limit || capable(CAP_SYS_RESOURCE))
		mem = kmalloc(size, GFP_KERNEL_ACCOUNT);
	else
		account->over = true;
	/* The edit holds the payer, so it doesn't matter who gives the last byte back. */
	if (!mem)
		atomic_long_sub(size, &account->payer->bytes);
	*payer = account->payer->id;
	return mem;
}

void vfn_mem_free(void *mem, size_t size, u16 id)
{
	struct vfn_payer *payer;

	if (!mem)
		return;
	kfree(mem);
	/* @size is in its @bytes: it stays. */
	payer = xa_load(&payers, id);
	if (!atomic_long_sub_and_test(size, &payer->bytes))
		return;
	mutex_lock(&payers_lock);
	/* By now it may have ended, or be another's. */
	payer = xa_load(&payers, id);
	if (payer)
		payer_end_if_unused(payer);
	mutex_unlock(&payers_lock);
}

void vfn_payers_sum(struct vfn_payers *sum)
{
	struct vfn_payer *payer;
	unsigned long id;
	u64 bytes;

	*sum = (struct vfn_payers){};
	mutex_lock(&payers_lock);
	xa_for_each(&payers, id, payer) {
		bytes = atomic_long_read(&payer->bytes);
		sum->bytes += bytes;
		sum->most_bytes = max(sum->most_bytes, bytes);
		sum->snapshots += payer->snapshots;
		sum->most_snapshots = max_t(u64, sum->most_snapshots, payer->snapshots);
	}
	mutex_unlock(&payers_lock);
}

void vfn_payer_init(void)
{
	if (!vfn_max_user_bytes)
		vfn_max_user_bytes = (totalram_pages() << PAGE_SHIFT) / 8;
}

void vfn_payer_exit(void)
{
	WARN_ON_ONCE(!xa_empty(&payers));
	xa_destroy(&payers);
}
