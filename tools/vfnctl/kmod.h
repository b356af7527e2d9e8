/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: libkmod */
#ifndef VFNCTL_KMOD_H
#define VFNCTL_KMOD_H

#include <libkmod.h>

#include "library.h"

#define KMOD_FUNCTIONS(each)					\
	each(kmod_list_next)					\
	each(kmod_module_get_info)				\
	each(kmod_module_get_module)				\
	each(kmod_module_get_path)				\
	each(kmod_module_info_free_list)			\
	each(kmod_module_info_get_key)				\
	each(kmod_module_info_get_value)			\
	each(kmod_module_new_from_lookup)			\
	each(kmod_module_new_from_name)				\
	each(kmod_module_probe_insert_module)			\
	each(kmod_module_remove_module)				\
	each(kmod_module_unref)					\
	each(kmod_module_unref_list)				\
	each(kmod_new)						\
	each(kmod_set_log_priority)				\
	each(kmod_unref)

/** struct libkmod - its functions, by their names */
struct libkmod {
	KMOD_FUNCTIONS(LIBRARY_MEMBER)
};

/**
 * libkmod_find() - load libkmod, if it is there
 * @error:	gets what is missing, and what to do
 *
 * Return: its functions, which stay; or NULL.
 */
const struct libkmod *libkmod_find(const char **error);

/**
 * libkmod_load() - load libkmod
 *
 * Return: its functions, which stay.  If it can't be loaded, the program ends, and says so.
 */
const struct libkmod *libkmod_load(void);

#endif /* VFNCTL_KMOD_H */
