#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lifecycle-hooks.sh - kselftest: each way to attach to the kernel, by the parameter "hooks"

set -uo pipefail
# shellcheck source=tests/kselftest/hooks.bash
. "$(dirname "${BASH_SOURCE[0]}")/hooks.bash"

# ftrace itself tells how a function is attached to: by a direct call, or one that may
# change where it goes on.
ftrace_says()
{
	local mark=$1 line

	line=$(vfnctl map /vfn-trace/a "$dir/target" -- grep '^filename_lookup ' $enabled)
	echo "$line"
	[[ ${line%%tramp:*} =~ [[:space:]]${mark}[[:space:]] ]]
}

not_known()
{
	not modprobe vfn "hooks=$1" && [ ! -e /sys/module/vfn ] &&
		dmesg | tail -n 1 | grep "vfn: hooks=$1 isn't known here: say auto"
}

# If direct calls are known: the better way is preferred.
by_direct_calls()
{
	ok "hooks=direct" reload direct
	ok "a view" view_by direct
	ok "holders are called directly" ftrace_says D
	ok "hooks=auto" reload auto
	ok "a view, by the better way" view_by direct
	ok "rmmod" rmmod vfn
}

by_redirection_alone()
{
	ok "hooks=auto" reload auto
	ok "a view, by the only way" view_by ftrace
	ok "rmmod" rmmod vfn
	ok "hooks=direct is refused, and the log says why" not_known direct
}

# vfnctl load, with a module that was built for another kernel.
load_other()
{
	local file status

	file=$(modinfo -n vfn)
	# Where symbols have versions, that of the kernel doesn't count.
	LC_ALL=C sed 's/\(vermagic=[^ ]*\) SMP/\1 smp/' "$file" >"$dir/other.ko"
	mount --bind "$dir/other.ko" "$file"
	fails_with 'built for another kernel' vfnctl load
	status=$?
	umount "$file"
	return $status
}

# What vfnctl load says of each reason that it can't.
test_load()
{
	ok "a module for another kernel can't be loaded" load_other
	ok "nor can one for a kernel that isn't known" fails_with 'nor can it be built' \
		setarch --uname-2.6 vfnctl load
	ok "nor can one that isn't installed" fails_with 'type: sudo apt install vfn-dkms' \
		without "/lib/modules/$(uname -r)" -- vfnctl load
	ok "vfnctl load" vfnctl load
	ok "rmmod" rmmod vfn
}

main()
{
	local before

	begin
	before=$(<$parameter)
	ok "hooks=ftrace" reload ftrace
	ok "a view" view_by ftrace
	ok "holders are redirected" ftrace_says I
	if [ "$(uname -m)" = x86_64 ]; then
		by_direct_calls
	else
		by_redirection_alone
	fi
	ok "hooks=other is refused, and the log says why" not_known other
	test_load
	ok "the module as it was" modprobe vfn "hooks=$before"
	finish
}

main
