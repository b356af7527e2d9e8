/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvfn, internal: what its files share with each other and with its tests */
#ifndef LIBVFN_INTERNAL_H
#define LIBVFN_INTERNAL_H

#include <stddef.h>
#include <stdint.h>
#include <linux/vfn.h>

/* device.c: no locks, no allocation; what ioctl(2) returns, or -1 and errno as vfn_available() */
int vfn_device_ioctl(unsigned int cmd, void *arg);
int vfn_device_info(struct vfn_info *info);

/* edit.c: what every edit ends in */
int vfn_submit(const struct vfn_op *ops, size_t nr_ops, size_t *failed);

/* batch.c: the operations vfn_batch_apply() would submit; owned by @batch */
const struct vfn_op *vfn_batch_ops(const struct vfn_batch *batch, size_t *nr_ops);

/* status.c */
void vfn_status_fill(struct vfn_status *status, const struct vfn_info *info);

static inline uint64_t vfn_to_u64(const void *pointer)
{
	return (uintptr_t)pointer;
}

#endif /* LIBVFN_INTERNAL_H */
