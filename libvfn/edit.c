// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: edits of the caller's table, one at a time */

#include <errno.h>

#include "libvfn.h"
#include "internal.h"

_Static_assert(VFN_NOFOLLOW == VFN_MAP_NOFOLLOW, "flags are handed on as they are");

int vfn_submit(const struct vfn_op *ops, size_t nr_ops, size_t *failed)
{
	struct vfn_apply apply = {
		.size = sizeof(apply),
		.nr_ops = nr_ops,
		.ops = vfn_to_u64(ops),
		.op_size = sizeof(*ops),
		/* stands if the call never gets as far as the operations */
		.failed = nr_ops,
	};
	int ret;

	if (apply.nr_ops != nr_ops) {
		if (failed)
			*failed = nr_ops;
		errno = E2BIG;
		return -1;
	}
	ret = vfn_device_ioctl(VFN_IOC_APPLY, &apply);
	if (ret < 0 && failed)
		*failed = apply.failed;
	return ret;
}

static int submit_one(unsigned int op, const char *from, const char *to, unsigned int flags)
{
	struct vfn_op one = {
		.op = op,
		.flags = flags,
		.from = vfn_to_u64(from),
		.to = vfn_to_u64(to),
	};

	return vfn_submit(&one, 1, NULL);
}

int vfn(const char *from, const char *to)
{
	return vfn_map(from, to, 0);
}

int vfn_map(const char *from, const char *to, unsigned int flags)
{
	return submit_one(VFN_OP_MAP, from, to, flags);
}

int vfn_hide(const char *name)
{
	return submit_one(VFN_OP_HIDE, name, NULL, 0);
}

int vfn_unmap(const char *name)
{
	return submit_one(VFN_OP_UNMAP, name, NULL, 0);
}

int vfn_clear(void)
{
	return submit_one(VFN_OP_CLEAR, NULL, NULL, 0);
}

int vfn_seal(void)
{
	return submit_one(VFN_OP_SEAL, NULL, NULL, 0);
}
