# SPDX-License-Identifier: GPL-2.0
# Builds, installs and tests vfn; "make help" lists what can be made.

# A kernel of Debian (tests/vm/kernel --list) to build the module for; empty: that of
# KDIR, by default the running one.
KERNEL ?=
# 1: a warning of the compiler is an error.
WERROR ?= 0
# The arguments of "make vm".
ARGS ?=

prefix ?= /usr/local
DESTDIR ?=

version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
dkms_source := $(DESTDIR)/usr/src/vfn-$(version)

release := $(shell uname -r)
build := $(CURDIR)/build
user := $(build)/user

ifneq ($(KERNEL),)
KDIR = $(shell tests/vm/kernel --kdir $(KERNEL))
moddir := $(build)/$(KERNEL)
kbuild = tests/vm/kbuild $(KERNEL)
else
KDIR ?= /lib/modules/$(release)/build
moddir := $(build)/module
kbuild = $(MAKE) --no-print-directory -C $(KDIR)
endif

# That of KDIR's kernel.  Debian's are called otherwise than include/config/kernel.release says.
kernelrelease = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null)

USERDIRS := libvfn tools/vfnctl Documentation/man
KBUILD_ARGS = $(if $(KERNEL),W=1) $(if $(filter 1,$(WERROR)),KCFLAGS=-Werror)
# The debug kernels themselves are built without these checks, to boot sooner.
KBUILD_ARGS += $(if $(filter debug%,$(KERNEL)),UBSAN_SANITIZE=y)

.PHONY: all help user module install install_user modules_install without_module uninstall
.PHONY: dkms_source not_packaged dkms-install dkms-uninstall rpm
.PHONY: stage vm setup demo check check-arm64 check-kernels check-debug lint programs debug-kernel
.PHONY: fuzz fuzz-names load deb
.PHONY: check-install
.PHONY: clean distclean

# The module is part of "all" where it can be built.
all: user $(if $(wildcard $(KDIR)/Makefile),module)

help:
	@echo 'make             library, command, and module if kernel headers are there'
	@echo 'make user        library and command alone'
	@echo 'make module      the module, for the running kernel; KDIR=... or'
	@echo '                 KERNEL=5.10, 6.1... (fetched from Debian) for another'
	@echo 'make install     install what was built (DESTDIR, prefix); uninstall'
	@echo 'make dkms-install  have DKMS build the module, now and for each kernel that comes;'
	@echo '                 release=... for another than the running one; dkms-uninstall'
	@echo 'make demo        set up, build, and show vfn at work in a virtual machine'
	@echo 'make check       set up, build, and run all tests'
	@echo 'make check-arm64   the module and its tests on an emulated arm64 machine'
	@echo 'make lint        what of that a machine can see in the sources'
	@echo 'make check-kernels  build for each of Debian kernels, and run the kselftests'
	@echo '                 there: some two hours on two processors (KERNELS="5.10 7.3" of'
	@echo '                 tests/vm/kernel --list)'
	@echo 'make check-debug   the kselftests on a kernel that watches itself, and a search for'
	@echo '                 leaks: some two hours on two processors (KERNEL=debug-7.3)'
	@echo 'make programs    real programs in views: a Debian 11 at /, and others (KERNEL)'
	@echo 'make fuzz        random input for tables and names, and for the device (SECONDS=n'
	@echo '                 for each, KERNEL)'
	@echo 'make fuzz-names  views against bind mounts, on random trees (SECONDS=n, KERNEL)'
	@echo 'make load        1,000 loads of the module, 20,000 holders, 1,000,000 mappings'
	@echo '                 (SECONDS=n: the most that the loads may take; KERNEL)'
	@echo 'make bench       what vfn costs, and what others do (KERNEL; else both)'
	@echo 'make bench-peers the others alone'
	@echo 'make deb         Debian packages, in build/deb'
	@echo 'make rpm         RPM packages, in build/rpm'
	@echo 'make check-install  build and install them in fresh Debian 12, 13 and 11 (SUITES)'
	@echo 'make vm          a shell in a virtual machine with vfn (ARGS=--kernel 6.12)'
	@echo 'make debug-kernel  kernels that watch themselves, for ARGS=--kernel debug,'
	@echo '                 debug-7.3 (the same of the newest series), kcsan'
	@echo 'make setup       install the Debian packages that all this needs'
	@echo 'make clean       remove what was built; distclean: also what was fetched'

# Objects that were compiled without -Werror would hide their warnings.
user:
	@mkdir -p $(user)
	+@set -e; exec 9>$(user).lock; flock 9; \
	grep -qsx '$(WERROR)' $(user)/.werror || rm -rf $(user)/*; \
	echo '$(WERROR)' >$(user)/.werror; \
	for dir in $(USERDIRS); do \
		$(MAKE) --no-print-directory -C $$dir all \
			O=$(user) WERROR=$(WERROR); \
	done

# Kbuild writes next to the sources: build in a tree of links to them.
module:
	@test -e "$(KDIR)/Makefile" || { \
		echo "no kernel headers in '$(KDIR)': install linux-headers-$(release), or say KDIR=... or KERNEL=6.1" >&2; \
		exit 1; }
	@mkdir -p $(moddir)
	+@set -e; exec 9>$(moddir)/.lock; flock 9; \
	cp -rsf $(CURDIR)/Kbuild $(CURDIR)/kmod $(CURDIR)/include $(moddir)/; \
	find $(moddir)/kmod $(moddir)/include -xtype l -delete; \
	$(kbuild) M=$(moddir) $(KBUILD_ARGS) modules

install: install_user $(if $(wildcard $(moddir)/vfn.ko),modules_install,without_module)

without_module:
	@echo "There is no $(moddir)/vfn.ko: the module, its udev rule and what loads it at boot are not installed." \
		"'make module' builds it; or use 'make dkms-install'."

install_user: user
	+@set -e; exec 9>$(user).lock; flock 9; \
	for dir in $(USERDIRS); do \
		$(MAKE) --no-print-directory -C $$dir install \
			O=$(user) WERROR=$(WERROR) DESTDIR=$(DESTDIR) prefix=$(prefix) \
			$(if $(libdir),libdir=$(libdir)); \
	done

modules_install:
	$(MAKE) -C $(KDIR) M=$(moddir) modules_install \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR))
	$(MAKE) --no-print-directory -C tools/boot install DESTDIR=$(DESTDIR) prefix=$(prefix)

# The module lies where its kernel's modules_install puts it, compressed or not.
uninstall:
	@set -e; for dir in $(USERDIRS) tools/boot; do \
		$(MAKE) --no-print-directory -C $$dir uninstall DESTDIR=$(DESTDIR) prefix=$(prefix) \
			$(if $(libdir),libdir=$(libdir)); \
	done
	rm -f $(foreach dir,extra updates,$(DESTDIR)/lib/modules/$(or $(kernelrelease),$(release))/$(dir)/vfn.ko*)

# What DKMS builds the module of.
dkms_source:
	rm -rf $(dkms_source)
	install -d $(dkms_source)
	cp -r Kbuild Makefile dkms.conf kmod include $(dkms_source)

not_packaged:
	@if dpkg -S $(dkms_source) >/dev/null 2>&1 || rpm -qf $(dkms_source) >/dev/null 2>&1; then \
		echo "$(dkms_source) is the package vfn-dkms's: upgrade or remove that" >&2; exit 1; fi

# Without a package, which would do the same, and whose files these are then.
dkms-install: not_packaged
	@command -v dkms >/dev/null || { \
		echo "there is no dkms: install it, and linux-headers-$(release)" >&2; exit 1; }
	@if [ -e /var/lib/dkms/vfn/$(version) ]; then dkms remove vfn/$(version) --all; fi
	@$(MAKE) --no-print-directory dkms_source
	dkms install vfn/$(version) -k $(release)
	$(MAKE) --no-print-directory -C tools/boot install prefix=$(prefix)

dkms-uninstall: not_packaged
	dkms remove vfn/$(version) --all
	rm -rf $(dkms_source)
	$(MAKE) --no-print-directory -C tools/boot uninstall prefix=$(prefix)

# What the virtual machine of a kernel sees above the machine's own files.
stage: KERNEL := $(or $(KERNEL),6.1)
stage:
	@tests/vm/stage $(KERNEL)

vm:
	@tests/vm/run $(ARGS) -i

setup:
	@tests/setup

debug-kernel: setup
	@tests/vm/debug-kernel

demo: setup
	@tests/demo/run

check: setup
	@tests/run-all

check-arm64:
	@tests/setup
	@tests/setup arm64
	@tests/run-all arm64

lint: setup
	@tests/style

# Which ones; empty: all.
KERNELS ?=

check-kernels:
	@tests/setup packages
	@tests/kernels $(KERNELS)

check-debug: setup
	@tests/debug --kernel $(or $(KERNEL),debug)

programs:
	@tests/setup programs
	@tests/programs/run $(if $(KERNEL),--kernel $(KERNEL))

# How long each fuzzer runs.
SECONDS ?= 600

# The module's pure code, watched by sanitizers; then the device, in a virtual machine.
fuzz:
	@tests/setup fuzz
	+@$(MAKE) --no-print-directory -s -C tests/fuzz fuzz O=$(build) SECONDS=$(SECONDS)
	+@$(MAKE) --no-print-directory -s -C tests/kselftest $(build)/kselftest/ioctl-fuzz
	@tests/vm/run $(if $(KERNEL),--kernel $(KERNEL)) --timeout $$(($(SECONDS) + 120)) -- \
		$(build)/kselftest/ioctl-fuzz --seconds $(SECONDS)

# From new seeds each time; what differs is printed in its smallest form.
fuzz-names:
	+@$(MAKE) --no-print-directory -s -C tests/kselftest $(build)/kselftest/names-fuzz
	@tests/vm/run $(if $(KERNEL),--kernel $(KERNEL)) --timeout $$(($(SECONDS) + 120)) -- \
		$(build)/kselftest/names-fuzz --seconds $(SECONDS)

# An hour, or as much as was said.
load: SECONDS = 3600
load:
	@tests/setup load
	@tests/load/run --seconds $(SECONDS) $(if $(KERNEL),--kernel $(KERNEL))

# What calls cost with vfn, held against what they may; then the same work with others.
bench:
	@tests/setup bench
	@status=0; \
	tests/bench/run $(if $(KERNEL),--kernel $(KERNEL)) || status=1; \
	tests/bench/peers $(if $(KERNEL),--kernel $(KERNEL)) || status=1; \
	exit $$status

bench-peers:
	@tests/setup bench
	@tests/bench/peers $(if $(KERNEL),--kernel $(KERNEL))

deb:
	@tests/setup packages
	@tests/install/build

rpm:
	@tests/setup packages
	@packaging/rpm/build

check-install:
	@tests/setup packages
	@tests/install/run $(SUITES)

clean:
	rm -rf $(filter-out $(addprefix $(build)/,kernels demo debian11 install),$(wildcard $(build)/*))

distclean:
	rm -rf $(build)
