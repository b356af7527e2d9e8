# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# hooks.bash - for kselftests about other users of the functions that vfn hooks: views,
# and a holder that says whether it still has one

# shellcheck source=tests/kselftest/bash.tap
. "$(dirname "${BASH_SOURCE[0]}")/bash.tap"

# shellcheck disable=SC2034 # for those who source this
enabled=/sys/kernel/tracing/enabled_functions
parameter=/sys/module/vfn/parameters/hooks

begin()
{
	echo target >"$dir/target"
	ok "a view" view
}

# fails_with TEXT CMD...
fails_with()
{
	local out text=$1

	shift
	out=$("$@" 2>&1) && return 1
	echo "$out"
	[[ $out == *$text* ]]
}

# Does a view made now mean what it should, here and nowhere else?
view()
{
	[ "$(vfnctl map /vfn-trace/a "$dir/target" -- cat /vfn-trace/a)" = target ] &&
		not cat /vfn-trace/a
}

# A view works, and its status names this way to attach.
view_by()
{
	view && vfnctl map /vfn-trace/a "$dir/target" -- vfnctl status | tee /dev/stderr |
		grep -q "^hooks: *$1, attached\$"
}

# The module anew, to attach in this way.
reload()
{
	rmmod vfn && modprobe vfn "hooks=$1"
}

# Is the module to attach by redirection alone?
redirects()
{
	[ "$(uname -m)" != x86_64 ] || [ "$(<$parameter)" = ftrace ]
}

# A holder that looks its name up whenever it is asked to, until it is told to go.
start_holder()
{
	# That there is another coprocess is no reason to warn.
	# shellcheck disable=SC2016 # expanded by the holder
	{
		coproc holder {
			exec vfnctl map /vfn-trace/b "$dir/target" -- \
				sh -c 'while read -r line; do cat /vfn-trace/b || echo lost; done'
		}
	} 2>/dev/null
	# The descriptors go with the process; keep copies.
	exec 5<&"${holder[0]}" 6>&"${holder[1]}"
}

stop_holder()
{
	exec 5<&- 6>&-
	# shellcheck disable=SC2154 # set by coproc
	kill "$holder_PID"
	wait "$holder_PID"
	return 0
}

still_holds()
{
	local answer

	echo >&6 && read -r -t 60 answer <&5 && [ "$answer" = target ]
}

# A view can't be made: the command ends as by its own errors, the log says what to do,
# and no function is left hooked.
refused()
{
	dmesg -C
	vfnctl map /vfn-trace/a "$dir/target" -- true
	[ $? -eq 125 ] && grep -q dmesg "$dir/.out" && log_tells &&
		fails_with 'which: livepatch or bpf holds' vfnctl which /vfn-trace/a && not_hooked
}

# No function is hooked by vfn, in any way.
not_hooked()
{
	# The kernel may call by the module's name what lies where its init code was.
	not grep -E 'vfn_trampoline\+|redirect\+' $enabled
}

log_tells()
{
	dmesg |
		grep -q 'vfn: .* a live patch or BPF program .*kernel.ftrace_enabled is 0'
}
