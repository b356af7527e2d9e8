# SPDX-License-Identifier: GPL-2.0
# suite.sh - run a suite of tests, keep its output, sum up
#
# shellcheck shell=bash
#
# To be sourced, with $top the checkout and $out the directory that keeps the output.

# suite NAME CMD...: runs a suite that prints TAP; says what failed, and how many.
suite()
{
	local name=$1 start=$SECONDS status totals p f s problem

	shift
	# shellcheck disable=SC2154 # the caller's
	"$@" >"$out/$name.tap" 2>"$out/$name.err"
	status=$?
	# Names in results may be any bytes.
	# shellcheck disable=SC2154 # the caller's
	totals=$(LC_ALL=C awk -f "$top/tests/tap.awk" "$out/$name.tap")
	sed '$d' <<<"$totals"
	read -r p f s problem <<<"$(tail -n 1 <<<"$totals")"
	if [ -z "$problem" ] && [ $status -ne 0 ] && [ "$f" -eq 0 ]; then
		problem="all passed, but the status is $status"
	fi
	if [ -n "$problem" ] || [ "$f" -gt 0 ]; then
		tail -n 150 "$out/$name.err"
	fi
	if [ -n "$problem" ]; then
		echo "$name: $problem (status $status)"
		f=$((f + 1))
	fi
	echo "$name: $p passed, $f failed, $s skipped ($((SECONDS - start)) s)"
	echo "$p $f $s" >"$out/$name.count"
}

# The sum of all suites, as the last line; the status is 0 if all passed.
sum_up()
{
	local passed failed skipped

	read -r passed failed skipped < <(awk '{ p += $1; f += $2; s += $3 } END { print p, f, s }' \
		"$out"/*.count)
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
