/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Users, and what they have in the kernel: memory of tables, snapshots (S5)
 */
#ifndef VFN_PAYER_H
#define VFN_PAYER_H

#include <linux/types.h>

struct vfn_payer;

extern long vfn_max_user_bytes;

/**
 * struct vfn_account - whose account an edit goes on
 * @payer:	a reference
 * @limit:	bytes that the user may have, after it, in tables
 * @over:	it was refused memory, because the user's share is used up
 */
struct vfn_account {
	struct vfn_payer *payer;
	long limit;
	bool over;
};

/*
 * vfn_payer_get() - the user who answers for what the caller makes
 *
 * Put by vfn_payer_put().  Errors: -ENOMEM; -EDQUOT: too many users at a time.  Sleeps.
 */
struct vfn_payer *vfn_payer_get(void);

/* @payer may be an error.  Sleeps. */
void vfn_payer_put(struct vfn_payer *payer);

/*
 * Count one more snapshot of @payer's, which holds a reference until
 * vfn_payer_drop_snapshot().  -EDQUOT.  Sleep.
 */
int vfn_payer_add_snapshot(struct vfn_payer *payer);
void vfn_payer_drop_snapshot(struct vfn_payer *payer);

/**
 * struct vfn_payers - what all users have together, and each at most
 * @bytes:	of tables
 * @most_bytes:	of these, one user's
 * @snapshots:	that are open
 * @most_snapshots: of these, one user's
 */
struct vfn_payers {
	u64 bytes;
	u64 most_bytes;
	u64 snapshots;
	u64 most_snapshots;
};

/* Sleeps. */
void vfn_payers_sum(struct vfn_payers *sum);

void vfn_payer_init(void);
void vfn_payer_exit(void);

#endif /* VFN_PAYER_H */
