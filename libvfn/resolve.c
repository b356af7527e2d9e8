// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: what a name means, step by step */

#include <errno.h>
#include <stdlib.h>

#include "libvfn.h"
#include "internal.h"

/* 40 symlinks, as many mappings, and the result: mostly short ones. */
#define BUF_SIZE	(16 * VFN_ENTRY_MAX)

struct vfn_steps {
	unsigned int left;
	const char *next;
	_Alignas(8) char buf[BUF_SIZE];
};

struct vfn_steps *vfn_resolve(int dfd, const char *name, unsigned int flags)
{
	struct vfn_steps *steps;
	struct vfn_query query = {
		.size = sizeof(query),
		.name = vfn_to_u64(name),
		.dfd = dfd,
		.buf_size = sizeof(steps->buf),
	};

	if (flags & ~VFN_NOFOLLOW) {
		errno = EINVAL;
		return NULL;
	}
	if (flags & VFN_NOFOLLOW)
		query.flags = VFN_QUERY_NOFOLLOW;
	steps = malloc(sizeof(*steps));
	if (!steps)
		return NULL;
	query.buf = vfn_to_u64(steps->buf);
	if (vfn_device_ioctl(VFN_IOC_RESOLVE, &query) < 0) {
		free(steps);
		return NULL;
	}
	steps->left = query.nr;
	steps->next = steps->buf;
	return steps;
}

int vfn_steps_next(struct vfn_steps *steps, struct vfn_step *step)
{
	const struct vfn_entry *entry = (const struct vfn_entry *)steps->next;

	if (!steps->left)
		return 0;
	switch (entry->op) {
	case VFN_OP_MAP:
		step->kind = VFN_IS_MAPPED;
		break;
	case VFN_OP_HIDE:
		step->kind = VFN_IS_HIDDEN;
		break;
	case VFN_STEP_LINK:
		step->kind = VFN_IS_LINK;
		break;
	case VFN_STEP_JUMP:
		step->kind = VFN_IS_JUMP;
		break;
	case VFN_STEP_MISSING:
		step->kind = VFN_IS_MISSING;
		break;
	default:
		step->kind = VFN_IS_RESULT;
		break;
	}
	step->from = entry->names;
	step->to = entry->names + entry->from_len + 1;
	steps->next += entry->size;
	steps->left--;
	return 1;
}

void vfn_steps_free(struct vfn_steps *steps)
{
	free(steps);
}
