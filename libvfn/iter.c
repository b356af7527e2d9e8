// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: reading the caller's table */

#include <stdlib.h>

#include "libvfn.h"
#include "internal.h"

/* Any one entry fits, most tables do. */
#define BUF_SIZE	(4 * VFN_ENTRY_MAX)

struct vfn_iter {
	uint64_t cursor;
	unsigned int left;	/* entries of buf that are still to be handed out */
	const char *next;	/* the first of them */
	_Alignas(8) char buf[BUF_SIZE];
};

struct vfn_iter *vfn_iter_new(void)
{
	struct vfn_iter *iter;

	if (vfn_available() < 0)
		return NULL;
	iter = malloc(sizeof(*iter));
	if (!iter)
		return NULL;
	iter->cursor = 0;
	iter->left = 0;
	return iter;
}

void vfn_iter_free(struct vfn_iter *iter)
{
	free(iter);
}

static int refill(struct vfn_iter *iter)
{
	struct vfn_list list = {
		.size = sizeof(list),
		.cursor = iter->cursor,
		.buf = vfn_to_u64(iter->buf),
		.buf_size = sizeof(iter->buf),
	};

	if (vfn_device_ioctl(VFN_IOC_LIST, &list) < 0)
		return -1;
	iter->cursor = list.cursor;
	iter->left = list.nr;
	iter->next = iter->buf;
	return 0;
}

int vfn_iter_next(struct vfn_iter *iter, struct vfn_mapping *mapping)
{
	const struct vfn_entry *entry;

	if (!iter->left && refill(iter) < 0)
		return -1;
	if (!iter->left)
		return 0;

	entry = (const struct vfn_entry *)iter->next;
	mapping->from = entry->names;
	mapping->to = entry->op == VFN_OP_HIDE ? NULL : entry->names + entry->from_len + 1;
	mapping->flags = entry->flags;

	iter->next += entry->size;
	iter->left--;
	return 1;
}
