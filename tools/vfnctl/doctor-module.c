// SPDX-License-Identifier: GPL-2.0
/* vfnctl doctor: the module, and its signature */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "kmod.h"
#include "vfnctl.h"

static void read_info(struct patient *patient, const struct libkmod *lib,
		      struct kmod_module *module)
{
	struct kmod_list *list = NULL, *item;
	const char *path = lib->kmod_module_get_path(module);

	if (!path)
		return;
	patient->path = text("%s", path);
	if (lib->kmod_module_get_info(module, &list) < 0)
		return;
	for (item = list; item; item = lib->kmod_list_next(list, item)) {
		const char *key = lib->kmod_module_info_get_key(item);
		const char *value = lib->kmod_module_info_get_value(item);

		if (!strcmp(key, "signer") && !patient->signer)
			patient->signer = text("%s", value);
		else if (!strcmp(key, "srcversion") && !patient->srcversion)
			patient->srcversion = text("%s", value);
	}
	lib->kmod_module_info_free_list(list);
}

static void find_module(struct patient *patient)
{
	const struct libkmod *lib = libkmod_find(&patient->blind);
	struct kmod_list *modules = NULL, *item;
	struct kmod_ctx *context;

	if (!lib)
		return;
	context = check_memory(lib->kmod_new(NULL, NULL));
	lib->kmod_set_log_priority(context, 0);
	if (lib->kmod_module_new_from_lookup(context, "vfn", &modules) >= 0) {
		for (item = modules; item; item = lib->kmod_list_next(modules, item)) {
			struct kmod_module *module = lib->kmod_module_get_module(item);

			if (!patient->path)
				read_info(patient, lib, module);
			lib->kmod_module_unref(module);
		}
		lib->kmod_module_unref_list(modules);
	}
	lib->kmod_unref(context);
}

void patient_init(struct patient *patient)
{
	char name[256];

	*patient = (struct patient){ 0 };
	uname(&patient->kernel);
	patient->loaded = access("/sys/module/vfn", F_OK) == 0;
	patient->dkms = access("/var/lib/dkms/vfn", F_OK) == 0;
	snprintf(name, sizeof(name), "/lib/modules/%s/build/Makefile", patient->kernel.release);
	patient->headers = access(name, F_OK) == 0;
	find_module(patient);
}

void patient_free(struct patient *patient)
{
	free(patient->path);
	free(patient->signer);
	free(patient->srcversion);
}

static void tell_missing(const struct patient *patient)
{
	const char *release = patient->kernel.release;

	if (!is_known_kernel(&patient->kernel))
		tell(FINDING_BAD, "module", "none is installed for %s, nor can it be built; boot a kernel "
		     "that vfn knows", release);
	else if (!patient->dkms)
		tell(FINDING_BAD, "module", "none is installed for %s; install the package vfn-dkms, or "
		     "type in the source tree of vfn: make && sudo make install", release);
	else if (!patient->headers)
		tell(FINDING_BAD, "module", "DKMS can't build it for %s without the kernel's headers; "
		     "type: sudo apt-get install linux-headers-%s", release, release);
	else
		tell(FINDING_BAD, "module", "DKMS has not built it for %s; type: sudo dkms autoinstall; "
		     "if that fails, see /var/lib/dkms/vfn/*/build/make.log", release);
}

void check_module(const struct patient *patient)
{
	char loaded[128];

	if (patient->blind)
		tell(FINDING_BAD, "module", "none can be loaded by vfnctl: %s", patient->blind);
	else if (!patient->path)
		tell_missing(patient);
	if (!patient->loaded && access("/sys/module", F_OK)) {
		tell_unseen("module", "whether it is loaded", errno,
			    "type: sudo mount -t sysfs sysfs /sys && sudo vfnctl doctor");
		return;
	}
	if (!patient->loaded) {
		if (patient->path)
			tell(FINDING_BAD, "module", "%s is installed, but not loaded; type: sudo vfnctl load",
			     patient->path);
		return;
	}
	if (patient->path && patient->srcversion &&
	    read_line("/sys/module/vfn/srcversion", loaded, sizeof(loaded)) &&
	    strcmp(loaded, patient->srcversion))
		tell(FINDING_BAD, "module", "another build of it is loaded than is installed; type, when "
		     "no process has a view: sudo vfnctl unload && sudo vfnctl load");
	else
		tell(FINDING_GOOD, "module", "is loaded");
}

/* Does the kernel want modules to be signed?  -1: it can't be seen, and errno says why. */
static int wants_signature(void)
{
	char line[128];

	if (read_line("/sys/module/module/parameters/sig_enforce", line, sizeof(line)) &&
	    line[0] == 'Y')
		return 1;
	if (!read_line("/sys/kernel/security/lockdown", line, sizeof(line)))
		return errno == ENOENT && access("/sys/kernel/security/lsm", F_OK) == 0 ? 0 : -1;
	return !strstr(line, "[none]");
}

void check_signature(const struct patient *patient)
{
	int wants = wants_signature();

	if (patient->loaded)
		tell(FINDING_GOOD, "signature", "the kernel has taken the module");
	else if (wants < 0)
		tell_unseen("signature", "whether the kernel is locked down", errno,
			    "type: sudo mount -t securityfs securityfs /sys/kernel/security && "
			    "sudo vfnctl doctor");
	else if (!wants)
		tell(FINDING_GOOD, "signature", "the kernel wants none");
	else if (!patient->path)
		tell(FINDING_UNSEEN, "signature", "the kernel takes signed modules alone; when one "
		     "is installed, have it signed: see SECURE BOOT in vfn(4)");
	else if (!patient->signer)
		tell(FINDING_BAD, "signature", "the kernel takes signed modules alone, and this one is not "
		     "signed; sign it as SECURE BOOT in vfn(4) says");
	else
		tell(FINDING_UNSEEN, "signature", "is that of '%s', whom the kernel may not trust "
		     "yet; type: sudo vfnctl load; if that is refused, see SECURE BOOT in vfn(4)",
		     patient->signer);
}
