#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# observe-trace.sh - kselftest: tracepoints and counters

set -uo pipefail
# shellcheck source=tests/kselftest/bash.tap
. "$(dirname "${BASH_SOURCE[0]}")/bash.tap"

events=/sys/kernel/tracing/events/vfn
trace=/sys/kernel/tracing/trace
counters=/sys/module/vfn/counters

# Edits and lookups of all kinds.
work()
{
	vfnctl map /no/vfn-a /etc/passwd -- vfnctl hide /no/vfn-h -- \
		sh -c 'exec </no/vfn-a; [ ! -e /no/vfn-h ] && [ ! -e /no/vfn-other ]'
	vfnctl map /no/vfn-b /etc/passwd/../x -- true
	return 0
}

# A view that is handed on.
hand_on()
{
	local sharer

	vfnctl map /no/vfn-a /etc/passwd -- vfnctl share "$dir/socket" 2>&- &
	sharer=$!
	until [ -S "$dir/socket" ]; do
		sleep 0.05
	done
	vfnctl enter "$dir/socket" -- true
	kill $sharer
	wait $sharer
}

# traced PATTERN: so many lines of the trace have it.
traced()
{
	local lines

	lines=$(grep -cE -- "$2" "${3:-$trace}")
	echo "$lines"
	[ "$lines" -eq "$1" ]
}

test_tracefs()
{
	ok "nothing is traced unasked" quiet
	write 1 $events/enable
	work
	write 0 $events/enable
	grep vfn "$trace" >"$dir/.out"
	ok "a mapping is traced" traced 1 'vfn_edit: op=map flags=0x0 from=/no/vfn-a to=/etc/passwd ret=0'
	ok "and a hidden name" traced 1 'vfn_edit: op=hide flags=0x0 from=/no/vfn-h to= ret=0'
	ok "and an edit that fails" traced 1 'vfn_edit: op=map .*from=/no/vfn-b .*ret=-20'
	ok "a translation is traced" traced 1 'vfn_translate: name=/no/vfn-a to=/etc/passwd'
	ok "and a name that is hidden" traced 1 'vfn_translate: name=/no/vfn-h to=$'
	ok "and no name that isn't mapped" traced 0 'vfn_translate: name=/no/vfn-other'
	write '' $trace
	ok "nothing is traced any more" quiet
	write 'name ~ "*-h"' $events/vfn_translate/filter
	write 1 $events/vfn_translate/enable
	work
	write 0 $events/vfn_translate/enable
	write 0 $events/vfn_translate/filter
	write 1 $events/vfn_adopt/enable
	hand_on
	write 0 $events/vfn_adopt/enable
	ok "a view that is handed on is traced" traced 1 'vfn_adopt: mappings=1 sealed=0 ret=0'
	ok "a filter takes a name" traced 1 name=/no/vfn-h
	ok "and leaves the others" traced 1 vfn_translate
	write '' $trace
}

test_trace_cmd()
{
	ok "trace-cmd records" trace-cmd record -q -o "$dir/dat" -e vfn -- \
		vfnctl map /no/vfn-a /etc/passwd -- cat /no/vfn-a
	trace-cmd report -i "$dir/dat" >"$dir/report" 2>&1
	ok "trace-cmd reports an edit" traced 1 'vfn_edit: .*from=/no/vfn-a' "$dir/report"
	ok "trace-cmd reports a translation" traced 1 'vfn_translate: .*name=/no/vfn-a to=/etc/passwd' \
		"$dir/report"
}

test_perf()
{
	ok "perf records" perf record -q -o "$dir/perf" -e 'vfn:*' -- \
		vfnctl map /no/vfn-a /etc/passwd -- cat /no/vfn-a
	perf script -i "$dir/perf" >"$dir/report" 2>&1
	ok "perf reports an edit" traced 1 'vfn:vfn_edit: .*from=/no/vfn-a' "$dir/report"
	ok "perf reports a translation" traced 1 'vfn:vfn_translate: .*name=/no/vfn-a to=/etc/passwd' \
		"$dir/report"
}

quiet()
{
	work
	not grep vfn_ "$trace"
}

# Views go a little later than their processes.
all_zero()
{
	for _ in $(seq 50); do
		[ "$(cat $counters/{views,mappings,bytes,most_bytes,snapshots,most_snapshots} | sort -u)" = 0 ] &&
			return
		sleep 0.1
	done
	grep . $counters/*
	return 1
}

# What a counter said in the view.
seen()
{
	sed -n "s,.*/$1:,,p" "$dir/seen"
}

no_user_reads()
{
	local name

	for name in "$counters"/*; do
		not as_user cat "$name" && [ "$(stat -c %a "$name")" = 400 ] || return
	done
}

test_counters()
{
	local before

	ok "without a view, there is nothing" all_zero
	before=$(<$counters/translations)
	# shellcheck disable=SC2016 # the inner shell expands it
	vfnctl map /no/a /etc/passwd /no/b /x -- \
		sh -c ': </no/a; : </no/a; : </no/a; exec grep . "$0"/*' $counters >"$dir/seen"
	ok "there is one view" [ "$(seen views)" -eq 1 ]
	ok "of two mappings" [ "$(seen mappings)" -eq 2 ]
	ok "that has translated three names" [ "$(seen translations)" -eq $((before + 3)) ]
	ok "the hooks are attached" [ "$(seen attached)" -eq 1 ]
	ok "there are bytes" [ "$(seen bytes)" -gt 300 ]
	ok "all of them are one user's" [ "$(seen most_bytes)" -eq "$(seen bytes)" ]
	ok "translations outlive the process" [ "$(<$counters/translations)" -ge $((before + 3)) ]
	ok "an ordinary user can't read them" no_user_reads
}

test_tracefs
test_trace_cmd
test_perf
test_counters
finish
