// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of the whole machine: /sys/module/vfn/counters
 *
 * They are for root alone: how often names are translated, and when, could tell one user
 * what another does.  All is counted when it is read.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "counters.h"
#include "holder.h"
#include "payer.h"
#include "vfn.h"

/**
 * struct counts - all there is to read
 * @holders:	of all views
 * @payers:	of all users
 * @attached:	1: the hooks are in place
 */
struct counts {
	struct vfn_totals holders;
	struct vfn_payers payers;
	u64 attached;
};

/**
 * struct counter - one file
 * @attr:	that file
 * @offset:	of the number, a u64, in struct counts
 */
struct counter {
	struct kobj_attribute attr;
	size_t offset;
};

static ssize_t show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct counter *counter = container_of(attr, struct counter, attr);
	struct counts counts;

	vfn_holders_sum(&counts.holders);
	vfn_payers_sum(&counts.payers);
	counts.attached = vfn_attached();
	return sysfs_emit(buf, "%llu\n", *(u64 *)((char *)&counts + counter->offset));
}

#define COUNTER(name, member) \
	static struct counter name = { \
		.attr = __ATTR(name, 0400, show, NULL), \
		.offset = offsetof(struct counts, member), \
	}

COUNTER(views, holders.views);
COUNTER(mappings, holders.mappings);
COUNTER(translations, holders.translations);
COUNTER(attached, attached);
COUNTER(bytes, payers.bytes);
COUNTER(most_bytes, payers.most_bytes);
COUNTER(snapshots, payers.snapshots);
COUNTER(most_snapshots, payers.most_snapshots);

static struct attribute *attrs[] = {
	&views.attr.attr, &mappings.attr.attr, &translations.attr.attr, &attached.attr.attr,
	&bytes.attr.attr, &most_bytes.attr.attr, &snapshots.attr.attr, &most_snapshots.attr.attr,
	NULL
};

static const struct attribute_group group = { .attrs = attrs };

/* A directory of its own kind: the files in the module's take other arguments. */
static struct kobject *counters;

int vfn_counters_init(void)
{
	int err;

	counters = kobject_create_and_add("counters", &THIS_MODULE->mkobj.kobj);
	if (!counters)
		return -ENOMEM;
	err = sysfs_create_group(counters, &group);
	if (err)
		kobject_put(counters);
	return err;
}

/* Waits for who reads them. */
void vfn_counters_exit(void)
{
	kobject_put(counters);
}
