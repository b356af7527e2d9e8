// SPDX-License-Identifier: LGPL-2.1-or-later
/* libvfn: handing a table to another process */

#include "libvfn.h"
#include "internal.h"

int vfn_snapshot(void)
{
	struct vfn_snapshot snapshot = { .size = sizeof(snapshot) };

	return vfn_device_ioctl(VFN_IOC_SNAPSHOT, &snapshot);
}

int vfn_adopt(int fd)
{
	struct vfn_adopt adopt = { .size = sizeof(adopt), .fd = fd };

	return vfn_device_ioctl(VFN_IOC_ADOPT, &adopt);
}
