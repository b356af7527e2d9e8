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

static ssize_t views_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_totals totals;

	vfn_holders_sum(&totals);
	return sysfs_emit(buf, "%llu\n", totals.views);
}

static ssize_t mappings_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_totals totals;

	vfn_holders_sum(&totals);
	return sysfs_emit(buf, "%llu\n", totals.mappings);
}

static ssize_t translations_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_totals totals;

	vfn_holders_sum(&totals);
	return sysfs_emit(buf, "%llu\n", totals.translations);
}

static ssize_t attached_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", vfn_attached());
}

static ssize_t bytes_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_payers payers;

	vfn_payers_sum(&payers);
	return sysfs_emit(buf, "%lu\n", payers.bytes);
}

static ssize_t most_bytes_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_payers payers;

	vfn_payers_sum(&payers);
	return sysfs_emit(buf, "%lu\n", payers.most_bytes);
}

static ssize_t snapshots_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_payers payers;

	vfn_payers_sum(&payers);
	return sysfs_emit(buf, "%u\n", payers.snapshots);
}

static ssize_t most_snapshots_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct vfn_payers payers;

	vfn_payers_sum(&payers);
	return sysfs_emit(buf, "%u\n", payers.most_snapshots);
}

static struct kobj_attribute views = __ATTR_RO_MODE(views, 0400);
static struct kobj_attribute mappings = __ATTR_RO_MODE(mappings, 0400);
static struct kobj_attribute translations = __ATTR_RO_MODE(translations, 0400);
static struct kobj_attribute attached = __ATTR_RO_MODE(attached, 0400);
static struct kobj_attribute bytes = __ATTR_RO_MODE(bytes, 0400);
static struct kobj_attribute most_bytes = __ATTR_RO_MODE(most_bytes, 0400);
static struct kobj_attribute snapshots = __ATTR_RO_MODE(snapshots, 0400);
static struct kobj_attribute most_snapshots = __ATTR_RO_MODE(most_snapshots, 0400);

static struct attribute *attrs[] = {
	&views.attr, &mappings.attr, &translations.attr, &attached.attr,
	&bytes.attr, &most_bytes.attr, &snapshots.attr, &most_snapshots.attr,
	NULL
};

static const struct attribute_group group = { .name = "counters", .attrs = attrs };

int vfn_counters_init(void)
{
	return sysfs_create_group(&THIS_MODULE->mkobj.kobj, &group);
}

void vfn_counters_exit(void)
{
	sysfs_remove_group(&THIS_MODULE->mkobj.kobj, &group);
}
