#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# doctor.sh - kselftest: vfnctl doctor finds what is wrong, and says what to do

set -uo pipefail
# shellcheck source=tests/kselftest/bash.tap
. "$(dirname "${BASH_SOURCE[0]}")/bash.tap"

parameters=/sys/module/vfn/parameters
counters=/sys/module/vfn/counters
config=/boot/config-$(uname -r)

# examine CMD...: what the doctor says, run by CMD, goes to a file; and its status.
examine()
{
	"$@" vfnctl doctor >"$dir/said"
	status=$?
	tee -a "$dir/all" <"$dir/said"
}

# well CMD...: the doctor, run by CMD, finds nothing wrong.
well()
{
	examine "$@"
	[ $status -eq 0 ] && not grep wrong "$dir/said"
}

# finds WORD WHAT TEXT CMD...: the doctor, run by CMD, finds that and ends as it should.
finds()
{
	local word=$1 what=$2 said=$3

	shift 3
	examine "$@"
	grep -q "^$word *$what .*$said" "$dir/said" &&
		[ $status -eq "$(grep -c '^wrong' "$dir/said" | sed 's/[1-9].*/1/')" ]
}

# Files of the kernel are replaced in a view while there are views...
seen_as()
{
	vfnctl map "$1" "$dir/fake" -- "${@:2}"
}

# ... and by a mount while there are none.
mounted()
{
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$dir/fake" "$@"
}

test_loaded()
{
	local method=direct

	ok "all is well" well env
	[ "$(uname -m)" = x86_64 ] || method=ftrace
	ok "the hooks are attached in a view" finds ok hooks "$method, attached" \
		vfnctl map /no/a /x --
	ok "an ordinary user is told that nothing is wrong" well as_user
	chmod 600 /dev/vfn
	ok "the device's mode is wrong" finds wrong device 'mode 0600.*chmod 0666 /dev/vfn' env
	chmod 666 /dev/vfn
	ok "the module of another release has other limits" \
		finds unseen limits 'max_mappings can.t be read.*from one release' \
		without /sys/module/vfn/parameters --
	write 0123456789 "$dir/fake"
	ok "another build is loaded" finds wrong module 'another build.*vfnctl unload' \
		seen_as /sys/module/vfn/srcversion
	ok "another kernel runs" finds wrong kernel 'none that this vfn knows' setarch --uname-2.6
}

# The hooks stay attached for two seconds after the last view.
detached()
{
	for _ in $(seq 100); do
		[ "$(<$counters/attached)" != 0 ] || return 0
		sleep 0.1
	done
	return 1
}

test_conflicts()
{
	local enabled=/sys/kernel/tracing/enabled_functions

	write $'iterate_dir (1) R I   \ttramp: 0xffffffffc0a0d000 (klp_ftrace_handler+0x0/0x1e0)' "$dir/fake"
	ok "what is replaced while a view works is so by vfn" well seen_as $enabled
	ok "the hooks are detached" detached
	ok "an ordinary user is told what they can't see" finds unseen conflicts \
		'sudo vfnctl doctor' as_user
	ok "a live patch holds a function" finds wrong conflicts 'a live patch holds iterate_dir' \
		mounted $enabled
	write $'filename_lookup (1) R I D\ttramp: ftrace_regs_caller+0x0/0x58\n\tdirect-->bpf_trampoline_6442' "$dir/fake"
	ok "a BPF program holds a function" finds wrong conflicts \
		'a BPF program holds filename_lookup.*bpftool' mounted $enabled
	write $'filename_lookup (1)     D\n\tdirect-->bpf_trampoline_6442\nvfs_read (1) R I' "$dir/fake"
	ok "a BPF program holds none, where redirection and it can share" well mounted $enabled
	write $'filename_lookup (1) R     \tftrace_ops_assist_func' "$dir/fake"
	ok "a tracer holds none" well mounted $enabled
	chmod 0 "$dir/fake"
	ok "even root may be refused" finds unseen conflicts 'Permission denied; not even root' \
		mounted $enabled setpriv --bounding-set=-dac_override,-dac_read_search
	chmod 644 "$dir/fake"
	ok "tracefs isn't mounted" finds unseen conflicts \
		'No such file.*sudo mount -t tracefs .*&& sudo vfnctl doctor' \
		without ${enabled%/*} /sys/kernel/debug --
}

test_limits()
{
	local most

	most=$(<$parameters/max_mappings)
	write 10 $parameters/max_mappings
	ok "one of ten mappings is well" finds ok limits 'than 1 mappings of 10' vfnctl hide /a --
	ok "nine of ten are nearly too many" finds wrong limits '9 mappings of 10; raise' \
		vfnctl hide /a /b /c /d /e /f /g /h /i --
	write "$most" $parameters/max_mappings
	most=$(<$parameters/max_user_bytes)
	# shellcheck disable=SC2016 # the inner shell expands it
	ok "so may bytes be" finds wrong limits ' bytes of 1; raise.*max_user_bytes' \
		vfnctl hide /a -- sh -c 'echo 1 >"$0"; exec "$@"' $parameters/max_user_bytes
	write "$most" $parameters/max_user_bytes
}

# A library that is no library is as good as none.
test_libraries()
{
	local blind=(env "LD_LIBRARY_PATH=$dir/lib")

	mkdir "$dir/lib"
	write none "$dir/lib/libkmod.so.2"
	write none "$dir/lib/libnl-genl-3.so.200"
	ok "there is no libkmod" finds wrong module 'install libkmod.so.2' "${blind[@]}"
	ok "nor libnl" finds wrong limits 'install libnl-genl-3.so.200' "${blind[@]}"
	ok "what takes no library is looked at" finds ok limits 'bytes of' "${blind[@]}"
}

# lacks OPTION: a kernel that has all but this one is told of it, and of no other.
lacks()
{
	local option

	for option in "${options[@]}"; do
		if [ "$option" = "$1" ]; then
			echo "# CONFIG_$option is not set"
			echo "CONFIG_${option}_OLD=y"
		else
			echo "CONFIG_$option=m"
		fi
	done >"$config"
	finds wrong config "no CONFIG_$1;" env && [ "$(grep -c CONFIG_ "$dir/said")" -eq 1 ]
}

# The kernel's own was looked at before, if it is there; the one that stays is complete.
test_config()
{
	local option method=ARGS options

	[[ $(uname -r) != 5.10.* ]] || method=REGS
	options=(MODULES KALLSYMS KPROBES TRACEPOINTS DYNAMIC_FTRACE "DYNAMIC_FTRACE_WITH_$method"
		SECURITY PROC_FS NET)
	for option in "${options[@]}"; do
		ok "the kernel has no $option" lacks "$option"
	done
	printf 'CONFIG_%s=y\n' "${options[@]}" >"$config"
	ok "it has all of them" finds ok config 'all that vfn needs' env
}

test_unloaded()
{
	vfnctl unload
	ok "the module is not loaded" finds wrong module 'installed, but not loaded.*vfnctl load' env
	ok "so there is no device" finds wrong device 'comes with the module' env
	if tracing_stays_on; then
		skip "function tracing is off" "this kernel doesn't let anybody switch it off"
	else
		write 0 /proc/sys/kernel/ftrace_enabled
		ok "function tracing is off" finds wrong ftrace 'sysctl kernel.ftrace_enabled=1' env
		ok "so the module can't be loaded" not vfnctl load
		write 1 /proc/sys/kernel/ftrace_enabled
	fi
	if [ -e /sys/kernel/security/lockdown ]; then
		write 'none [integrity] confidentiality' "$dir/fake"
		ok "the kernel wants a signature" finds wrong signature 'is not signed' \
			mounted /sys/kernel/security/lockdown
	else
		skip "the kernel wants a signature" "this kernel has no lockdown"
	fi
	ok "an unknown kernel isn't told to install the module" \
		finds wrong module 'nor can it be built; boot a kernel' setarch --uname-2.6
	ok "the kernel lacks a module" finds wrong module 'none is installed.*vfn-dkms.*make' \
		without "/lib/modules/$(uname -r)" --
	mkdir -p /var/lib/dkms/vfn
	ok "DKMS has no headers" finds wrong module "sudo apt-get install linux-headers-$(uname -r)" \
		without "/lib/modules/$(uname -r)" --
	rmdir /var/lib/dkms/vfn
}

# The module isn't loaded.
test_unseen()
{
	local enforce=/sys/module/module/parameters/sig_enforce

	ok "/sys isn't mounted" finds unseen module 'sudo mount -t sysfs sysfs /sys' without /sys --
	ok "securityfs isn't" finds unseen signature 'sudo mount -t securityfs securityfs' \
		without /sys/kernel/security --
	ok "/proc isn't" finds unseen ftrace 'sudo mount -t proc proc /proc' without /proc --
	ok "the kernel traces no functions" finds wrong ftrace 'boot one that has' \
		without /proc/sys/kernel --
	ok "nobody knows how the kernel was configured" finds unseen config 'zcat /proc/config.gz' \
		without /boot "/lib/modules/$(uname -r)" --
	chmod 600 "$config"
	ok "root alone may know" finds unseen config 'Permission denied; type: sudo vfnctl doctor' \
		as_user
	chmod 644 "$config"
	if [ -e $enforce ]; then
		write Y "$dir/fake"
		ok "the kernel wants a signature without lockdown" \
			finds wrong signature 'not signed; sign it as SECURE BOOT' mounted $enforce
		ok "where there is no module, it wants one, too" \
			finds unseen signature 'when one is installed' \
			mounted $enforce setarch --uname-2.6
	else
		skip "the kernel wants a signature without lockdown" "this kernel can't"
		skip "where there is no module, it wants one, too" "this kernel can't"
	fi
}

# After all that was said.
test_end()
{
	ok "what isn't well comes with what to do" not grep -vE '^ok |^(wrong|unseen) .*; ' "$dir/all"
	ok "the module is loaded again" vfnctl load
	ok "all is well again" well env
}

test_loaded
test_conflicts
test_limits
test_libraries
test_config
test_unloaded
test_unseen
test_end
finish
