#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lifecycle-trace.sh - kselftest: other users of the functions that vfn hooks (S9)

set -uo pipefail

tracing=/sys/kernel/tracing
switch=/proc/sys/kernel/ftrace_enabled
dir=/run/vfn-lifecycle-trace
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

not()
{
	! "$@"
}

# Does a view made now mean what it should, here and nowhere else?
view()
{
	[ "$(vfnctl map /vfn-trace/a "$dir/target" -- cat /vfn-trace/a)" = target ] &&
		not cat /vfn-trace/a
}

# A holder that looks its name up whenever it is asked to, until it is told to go.
start_holder()
{
	# shellcheck disable=SC2016 # expanded by the holder
	coproc holder {
		exec vfnctl map /vfn-trace/b "$dir/target" -- \
			sh -c 'while read -r line; do cat /vfn-trace/b || echo lost; done'
	}
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

write()
{
	echo "$1" >"$2"
}

kprobe_on()
{
	write 'p:vfn_test filename_lookup' $tracing/kprobe_events &&
		write 1 $tracing/events/kprobes/vfn_test/enable
}

kprobe_off()
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

# kprobe, function, function_graph: on and off by name.
on()
{
	if [ "$1" = kprobe ]; then kprobe_on; else tracer_on "$1"; fi
}

off()
{
	if [ "$1" = kprobe ]; then kprobe_off; else tracer_off; fi
}

# Did the tracer see lookups?  It must go on working, too.
sees()
{
	write '' $tracing/trace
	: <"$dir/target"
	stat "$dir/target" >/dev/null
	grep -q filename_lookup $tracing/trace
}

# The command fails as it does for its own errors, and the log says what to do.
refused()
{
	vfnctl map /vfn-trace/a "$dir/target" -- true
	[ $? -eq 125 ] && grep -q dmesg "$dir/out" &&
		dmesg | tail -n 3 | grep -q 'vfn: .*kernel.ftrace_enabled is 0'
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

main()
{
	local t

	mkdir -p "$dir"
	echo target >"$dir/target"
	echo TAP version 13
	ok "a view" view

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

	for t in kprobe function function_graph; do
		sleep 3
		ok "$t first" on $t
		start_holder
		ok "$t, then a holder" still_holds
		ok "$t sees lookups" sees
		ok "$t goes first" off $t
		ok "the holder doesn't notice that $t has gone" still_holds
		ok "$t comes back" on $t
		ok "the holder doesn't notice that $t is back" still_holds
		ok "$t sees lookups again" sees
		stop_holder
		sleep 3
		ok "$t sees lookups after the hooks have gone" sees
		ok "a view under $t" view
		ok "$t goes last" off $t
		ok "a view after $t" view
	done

	sleep 3
	ok "the module goes under a kprobe and comes back" eval \
		'kprobe_on && rmmod vfn && modprobe vfn && view && kprobe_off && view'
	ok "the module goes under a tracer and comes back" eval \
		'tracer_on function && rmmod vfn && modprobe vfn && view && tracer_off && view'
	echo "1..$number"
	[ $failed -eq 0 ]
}

export PATH=$PATH:/usr/sbin:/sbin
main
