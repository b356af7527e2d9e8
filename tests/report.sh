# SPDX-License-Identifier: GPL-2.0
# report.sh - how checks without a virtual machine report (TAP)
#
# shellcheck shell=bash
#
# To be sourced.  A script ends with "conclude".

tests=0
failed=0

# report NAME OFFENDERS: a test passes if there are none.
report()
{
	tests=$((tests + 1))
	if [ -z "$2" ]; then
		echo "ok $tests - $1"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $1"
		printf '%s\n' "# ${2//$'\n'/$'\n'# }"
	fi
}

# The plan; the status is 0 if all passed.
conclude()
{
	echo "1..$tests"
	[ $failed -eq 0 ]
}
