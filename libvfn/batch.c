// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: batches, ordered lists of edits that are applied whole or not at all */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libvfn.h"
#include "internal.h"

/* ops[i].from and .to are one allocation, which begins with .from and belongs to the batch */
struct vfn_batch {
	struct vfn_op *ops;
	size_t nr_ops;
	size_t room;
};

static void *from_u64(uint64_t pointer)
{
	return (void *)(uintptr_t)pointer;
}

struct vfn_batch *vfn_batch_new(void)
{
	return calloc(1, sizeof(struct vfn_batch));
}

void vfn_batch_free(struct vfn_batch *batch)
{
	size_t i;

	if (!batch)
		return;
	for (i = 0; i < batch->nr_ops; i++)
		free(from_u64(batch->ops[i].from));
	free(batch->ops);
	free(batch);
}

static int make_room(struct vfn_batch *batch)
{
	size_t room = batch->room ? 2 * batch->room : 16;
	struct vfn_op *ops;

	if (batch->nr_ops < batch->room)
		return 0;
	ops = reallocarray(batch->ops, room, sizeof(*ops));
	if (!ops)
		return -1;
	batch->ops = ops;
	batch->room = room;
	return 0;
}

/* FROM and TO may be NULL.  Without FROM, TO is not kept: the kernel refuses such an edit. */
static int add(struct vfn_batch *batch, unsigned int op, const char *from, const char *to,
	       unsigned int flags)
{
	size_t from_size = from ? strlen(from) + 1 : 0;
	size_t to_size = from && to ? strlen(to) + 1 : 0;
	char *names = NULL;

	if (make_room(batch) < 0)
		return -1;
	if (from) {
		names = malloc(from_size + to_size);
		if (!names)
			return -1;
		memcpy(names, from, from_size);
	}
	if (to_size)
		memcpy(names + from_size, to, to_size);
	batch->ops[batch->nr_ops++] = (struct vfn_op){
		.op = op,
		.flags = flags,
		.from = vfn_to_u64(names),
		.to = vfn_to_u64(to_size ? names + from_size : NULL),
	};
	return 0;
}

int vfn_batch_map(struct vfn_batch *batch, const char *from, const char *to, unsigned int flags)
{
	return add(batch, VFN_OP_MAP, from, to, flags);
}

int vfn_batch_hide(struct vfn_batch *batch, const char *name)
{
	return add(batch, VFN_OP_HIDE, name, NULL, 0);
}

int vfn_batch_unmap(struct vfn_batch *batch, const char *name)
{
	return add(batch, VFN_OP_UNMAP, name, NULL, 0);
}

int vfn_batch_clear(struct vfn_batch *batch)
{
	return add(batch, VFN_OP_CLEAR, NULL, NULL, 0);
}

int vfn_batch_seal(struct vfn_batch *batch)
{
	return add(batch, VFN_OP_SEAL, NULL, NULL, 0);
}

const struct vfn_op *vfn_batch_ops(const struct vfn_batch *batch, size_t *nr_ops)
{
	*nr_ops = batch->nr_ops;
	return batch->ops;
}

int vfn_batch_apply(const struct vfn_batch *batch, size_t *failed)
{
	return vfn_submit(batch->ops, batch->nr_ops, failed);
}
