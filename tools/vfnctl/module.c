// SPDX-License-Identifier: GPL-2.0
/* vfnctl load, vfnctl unload: the kernel module */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <libvfn.h>

#include "doctor.h"
#include "kmod.h"
#include "vfnctl.h"

#define WAIT_STEP_MS	20
#define WAIT_STEPS	250

static const char load_help[] =
	"Usage: vfnctl load\n"
	"\n"
	"Load the vfn module into the running kernel, as modprobe does, and wait until\n"
	"/dev/vfn can be used. Only root can do this. If it is loaded already, nothing\n"
	"happens.\n"
	"\n"
	"  -h, --help  show this text\n";

static const char unload_help[] =
	"Usage: vfnctl unload\n"
	"\n"
	"Take the vfn module out of the running kernel. Only root can do this, and only\n"
	"when no process with a view is left.\n"
	"\n"
	"  -h, --help  show this text\n";

static struct kmod_ctx *new_context(const struct libkmod *lib)
{
	struct kmod_ctx *context = check_memory(lib->kmod_new(NULL, NULL));

	/* one line says what is wrong, and it is ours */
	lib->kmod_set_log_priority(context, LOG_EMERG);
	return context;
}

/* Like modprobe: 0, or a negative errno.  *FOUND: the running kernel has such a module. */
static int insert(const struct libkmod *lib, struct kmod_ctx *context, bool *found)
{
	struct kmod_list *modules = NULL, *item;
	int ret;

	ret = lib->kmod_module_new_from_lookup(context, "vfn", &modules);
	*found = modules;
	if (!ret && !modules)
		ret = -ENOENT;
	for (item = modules; item; item = lib->kmod_list_next(modules, item)) {
		struct kmod_module *module = lib->kmod_module_get_module(item);

		ret = lib->kmod_module_probe_insert_module(module, 0, NULL, NULL, NULL, NULL);
		lib->kmod_module_unref(module);
		if (ret)
			break;
	}
	lib->kmod_module_unref_list(modules);
	return ret;
}

static void complain_missing(void)
{
	struct utsname kernel;

	uname(&kernel);
	if (is_known_kernel(&kernel))
		complain("load: no vfn module is installed for kernel %s; type: sudo apt install vfn-dkms, "
			 "or in the source tree of vfn: make && sudo make install; or: vfnctl doctor",
			 kernel.release);
	else
		complain("load: no vfn module is installed for kernel %s, nor can it be built: this vfn "
			 "doesn't know that kernel; type: vfnctl doctor", kernel.release);
}

static void complain_load(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		/* so says a kernel that is locked down, too: module_sig_check() */
		if (geteuid() == 0)
			complain("load: the kernel doesn't let root load the vfn module: it doesn't "
				 "trust its signature (Secure Boot), or this is a container; "
				 "type: vfnctl doctor");
		else
			complain("load: only root can load a module; type: sudo vfnctl load");
		break;
	case ENOKEY:
	case EKEYREJECTED:
	case EBADMSG:
		complain("load: the kernel doesn't trust the vfn module's signature; "
			 "type: vfnctl doctor");
		break;
	case ENOENT:
	case ENOEXEC:
		/* a symbol is missing, or the version is another: resolve_symbol(), check_modinfo() */
		complain("load: the vfn module was built for another kernel than the one that runs, "
			 "or its file has gone: build it again; see dmesg and vfnctl doctor");
		break;
	case EOPNOTSUPP:
		complain("load: the vfn module doesn't know this kernel, see dmesg; "
			 "look for a newer vfn");
		break;
	case ENOSYS:
		complain("load: this kernel has no loadable modules");
		break;
	default:
		complain("load: the kernel refuses the vfn module: %s; see dmesg", strerror(err));
	}
}

/* The driver makes its node at once, but a program of user space may, too. */
static int wait_for_device(void)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_MS * 1000 * 1000 };
	int i;

	for (i = 0; i < WAIT_STEPS; i++) {
		if (vfn_available() == 0)
			return 0;
		if (errno != ENOENT && errno != ENXIO)
			break;
		nanosleep(&step, NULL);
	}
	return -1;
}

int command_load(int argc, char **argv)
{
	const struct libkmod *lib;
	struct kmod_ctx *context;
	enum parse result;
	char *error = NULL;
	bool found;
	int ret;

	result = parse_no_arguments(argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("load", result, load_help, error);

	lib = libkmod_load();
	context = new_context(lib);
	ret = insert(lib, context, &found);
	lib->kmod_unref(context);
	if (ret && !found)
		complain_missing();
	else if (ret)
		complain_load(-ret);
	if (ret)
		return EXIT_OWN;
	if (wait_for_device() < 0) {
		complain("load: the vfn module is loaded, but /dev/vfn can't be used: %m; see dmesg");
		return EXIT_OWN;
	}
	return 0;
}

static void complain_unload(int err)
{
	switch (err) {
	case EPERM:
	case EACCES:
		complain("unload: only root can unload a module; type: sudo vfnctl unload");
		break;
	case ENOENT:
		complain("unload: the vfn module is not loaded");
		break;
	case ENOSYS:
		complain("unload: this kernel has no loadable modules");
		break;
	case EBUSY:
	case EAGAIN:
		complain("unload: processes with a view, a snapshot, or /dev/vfn open still live; "
			 "end them and try again");
		break;
	default:
		complain("unload: the vfn module can't be unloaded: %s; see dmesg", strerror(err));
	}
}

int command_unload(int argc, char **argv)
{
	struct kmod_module *module = NULL;
	const struct libkmod *lib;
	struct kmod_ctx *context;
	enum parse result;
	char *error = NULL;
	int ret;

	result = parse_no_arguments(argc, argv, &error);
	if (result != PARSE_OK)
		return finish_parse("unload", result, unload_help, error);

	lib = libkmod_load();
	context = new_context(lib);
	ret = lib->kmod_module_new_from_name(context, "vfn", &module);
	if (!ret)
		ret = lib->kmod_module_remove_module(module, KMOD_REMOVE_NOWAIT);
	lib->kmod_module_unref(module);
	lib->kmod_unref(context);
	if (ret) {
		complain_unload(-ret);
		return EXIT_OWN;
	}
	return 0;
}
