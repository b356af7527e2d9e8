// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: what the module is, and whether this process can use it */

#include "libvfn.h"
#include "internal.h"

int vfn_available(void)
{
	struct vfn_info info;

	return vfn_device_info(&info);
}

static const char *name_of_hooks(__u32 hooks)
{
	switch (hooks) {
	case VFN_HOOKS_DIRECT:
		return "direct";
	case VFN_HOOKS_FTRACE:
		return "ftrace";
	default:
		return "unknown";
	}
}

void vfn_status_fill(struct vfn_status *status, const struct vfn_info *info)
{
	*status = (struct vfn_status){
		.abi = info->abi,
		.max_mappings = info->max_mappings,
		.max_batch = info->max_batch,
		.nr_mappings = info->nr_mappings,
		.holder = !!(info->state & VFN_STATE_HOLDER),
		.sealed = !!(info->state & VFN_STATE_SEALED),
		.attached = !!(info->state & VFN_STATE_ATTACHED),
		.hooks = name_of_hooks(info->hooks),
	};
}

int vfn_status(struct vfn_status *status)
{
	struct vfn_info info;

	if (vfn_device_info(&info) < 0)
		return -1;
	vfn_status_fill(status, &info);
	return 0;
}
