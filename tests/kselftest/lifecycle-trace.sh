#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lifecycle-trace.sh - kselftest: tracers of the functions that vfn hooks (S9)

set -uo pipefail
# shellcheck source=tests/kselftest/hooks.bash
. "$(dirname "${BASH_SOURCE[0]}")/hooks.bash"

tracing=/sys/kernel/tracing
switch=/proc/sys/kernel/ftrace_enabled

# kprobe or kretprobe.
probe_on()
{
	local type=p

	[ "$1" = kprobe ] || type=r
	write "$type:vfn_test filename_lookup" $tracing/kprobe_events &&
		write 1 $tracing/events/kprobes/vfn_test/enable
}

probe_off()
{
	write 0 $tracing/events/kprobes/vfn_test/enable &&
		echo '-:kprobes/vfn_test' >>$tracing/kprobe_events
}

tracer_on()
{
	write filename_lookup $tracing/set_ftrace_filter &&
		write "$1" $tracing/current_tracer
}

tracer_off()
{
	write nop $tracing/current_tracer && write '' $tracing/set_ftrace_filter
}

# kprobe, kretprobe, function, function_graph: on and off by name.
on()
{
	case $1 in
	*probe)	probe_on "$1" ;;
	*)	tracer_on "$1" ;;
	esac
}

off()
{
	case $1 in
	*probe)	probe_off ;;
	*)	tracer_off ;;
	esac
}

# Did the tracer see lookups?  It must go on working, too.
sees()
{
	write '' $tracing/trace
	: <"$dir/target"
	stat "$dir/target" >/dev/null
	grep -q filename_lookup $tracing/trace
}

# Did it see those of a holder?  Nobody else makes any meanwhile.
sees_holder()
{
	local seen

	write '' $tracing/trace
	still_holds && seen=$(<$tracing/trace) && [[ $seen == *filename_lookup* ]]
}

# Hooks stay for a while when the last view has gone.
wait_until_detached()
{
	for _ in $(seq 100); do
		write 0 $switch 2>/dev/null && return 0
		sleep 0.2
	done
	return 1
}

without_tracing()
{
	start_holder
	ok "a holder" still_holds
	ok "ftrace_enabled=0 is refused while there is a view" not write 0 $switch
	ok "the view is still there" still_holds
	stop_holder
	ok "ftrace_enabled=0 is taken when there is none" wait_until_detached
	ok "with it, there can be no view, and the error says so" refused
	ok "names mean what they mean" not cat /vfn-trace/a
	ok "ftrace_enabled=1" write 1 $switch
	ok "a view again" view
}

# Until 5.15, the kernel's function_graph leaves alone what somebody calls directly
# (function_graph_enter()).
is_blind()
{
	[[ $1 == function_graph && $(uname -r) == 5.* ]] && ! redirects
}

# With a tracer, come first and second, gone first and last.
beside()
{
	local t=$1 sees='sees' see=''

	if is_blind "$t"; then
		sees="doesn't see"
		see=not
	fi
	sleep 3
	ok "$t first" on "$t"
	start_holder
	ok "$t, then a holder" still_holds
	ok "$t $sees lookups" $see sees
	ok "$t $sees those of the holder" $see sees_holder
	ok "$t goes first" off "$t"
	ok "the holder doesn't notice that $t has gone" still_holds
	ok "$t comes back" on "$t"
	ok "the holder doesn't notice that $t is back" still_holds
	ok "$t $sees lookups again" $see sees
	stop_holder
	sleep 3
	ok "$t sees lookups after the hooks have gone" sees
	ok "a view under $t" view
	ok "$t goes last" off "$t"
	ok "a view after $t" view
}

main()
{
	local t before

	begin

	if tracing_stays_on; then
		skip "ftrace_enabled=0" "this kernel doesn't let anybody switch function tracing off"
	else
		without_tracing
	fi

	for t in kprobe kretprobe function function_graph; do
		beside $t
	done
	if is_blind function_graph; then
		before=$(<$parameter)
		ok "hooks=ftrace" reload ftrace
		beside function_graph
		ok "hooks=$before" reload "$before"
	fi

	sleep 3
	ok "the module goes under a kprobe and comes back" eval \
		'probe_on kprobe && rmmod vfn && modprobe vfn && view && probe_off && view'
	ok "the module goes under a tracer and comes back" eval \
		'tracer_on function && rmmod vfn && modprobe vfn && view && tracer_off && view'
	finish
}

main
