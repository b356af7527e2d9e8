#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lifecycle-hooks.sh - kselftest: each way to attach to the kernel, by the parameter "hooks"

set -uo pipefail

enabled=/sys/kernel/tracing/enabled_functions
parameter=/sys/module/vfn/parameters/hooks
dir=/run/vfn-lifecycle-hooks
number=0
failed=0

# ok WHAT CMD...: one test, passed if CMD succeeds.
ok()
{
	local what=$1

	shift
	number=$((number + 1))
	if "$@" >"$dir/out" 2>&1; then
		echo "ok $number - $what"
	else
		failed=$((failed + 1))
		echo "not ok $number - $what"
		sed 's/^/# /' "$dir/out"
	fi
}

reload()
{
	rmmod vfn && modprobe vfn "hooks=$1"
}

# A view works, and says which way the hooks are attached.
view()
{
	local name=/vfn-hooks/a

	[ "$(vfnctl map $name "$dir/target" -- cat $name)" = target ] && ! cat $name &&
		vfnctl map $name "$dir/target" -- vfnctl status | tee /dev/stderr |
		grep -q "^hooks: *$1, attached\$"
}

# ftrace itself tells how a function is attached to: by a direct call, or one that may
# change where it goes on.
ftrace_says()
{
	local mark=$1 line

	line=$(vfnctl map /vfn-hooks/a "$dir/target" -- grep '^filename_lookup ' $enabled)
	echo "$line"
	[[ ${line%%tramp:*} =~ [[:space:]]${mark}[[:space:]] ]]
}

refused()
{
	! modprobe vfn "hooks=$1" && [ ! -e /sys/module/vfn ] &&
		dmesg | tail -n 1 | grep "vfn: hooks=$1 isn't known here: say auto,"
}

main()
{
	local before

	mkdir -p "$dir"
	echo target >"$dir/target"
	before=$(<$parameter)
	echo TAP version 13
	ok "hooks=ftrace" reload ftrace
	ok "a view" view ftrace
	ok "holders are redirected" ftrace_says I
	if [ "$(uname -m)" = x86_64 ]; then
		ok "hooks=direct" reload direct
		ok "a view" view direct
		ok "holders are called directly" ftrace_says D
		ok "hooks=auto" reload auto
		ok "a view, by the better way" view direct
		ok "rmmod" rmmod vfn
	else
		ok "hooks=auto" reload auto
		ok "a view, by the only way" view ftrace
		ok "rmmod" rmmod vfn
		ok "hooks=direct is refused, and the log says why" refused direct
	fi
	ok "hooks=other is refused, and the log says why" refused other
	ok "the module as it was" modprobe vfn "hooks=$before"
	echo "1..$number"
	[ $failed -eq 0 ]
}

export PATH=$PATH:/usr/sbin:/sbin
main
