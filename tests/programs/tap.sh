# SPDX-License-Identifier: GPL-2.0
# tap.sh - how a group of tests runs programs, and judges what they print
#
# shellcheck shell=bash
#
# To be sourced in the test VM, where tests/programs/guest has unpacked what
# the groups use.  Each group prints its own TAP and ends with "conclude".

tests=0
failed=0
# Seconds for one command.
limit=300
# What "guest" unpacked, in user 1000's home.
# shellcheck disable=SC2034 # for the groups
home=/home/vfn debian11=/home/vfn/debian11 busybox=/home/vfn/busybox src=/home/vfn/src

# result NAME: reports a test; it passed if the last command's status is 0.
result()
{
	local status=$?

	tests=$((tests + 1))
	if [ $status -eq 0 ]; then
		echo "ok $tests - $1"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $1"
	fi
}

# say LABEL TEXT: text for the log, not too much of it.
say()
{
	printf '%s: %s\n' "$1" "$2" | head -n 60 | sed 's/^/# /'
}

# judge NAME STATUS WANTED-STATUS OUTPUT MATCHES PATTERN
judge()
{
	local name=$1 status=$2 wanted=$3 output=$4 matches=$5 pattern=$6

	if [ "$status" -eq "$wanted" ] && [ "$matches" = yes ]; then
		true
		result "$name"
		return
	fi
	false
	result "$name"
	[ "$status" -eq "$wanted" ] || say status "$status instead of $wanted"
	say expected "$pattern"
	say got "$output"
}

# is NAME TEXT CMD...: CMD succeeds and prints TEXT, no more and no less.
is()
{
	local name=$1 text=$2 output status matches=no

	shift 2
	output=$("$@" 2>&1)
	status=$?
	[ "$output" != "$text" ] || matches=yes
	judge "$name" "$status" 0 "$output" "$matches" "$text"
}

# fails NAME STATUS PATTERN CMD...: CMD ends with STATUS, and all that it
# prints matches the extended regular expression, in which . may be a newline.
fails()
{
	local name=$1 wanted=$2 pattern=$3 output status matches=no

	shift 3
	output=$("$@" 2>&1)
	status=$?
	! [[ $output =~ ^($pattern)$ ]] || matches=yes
	judge "$name" "$status" "$wanted" "$output" "$matches" "$pattern"
}

# like NAME PATTERN CMD...: the same, and CMD succeeds.
like()
{
	fails "$1" 0 "${@:2}"
}

conclude()
{
	echo "1..$tests"
	[ $failed -eq 0 ]
	exit
}

# What a command finds in its environment: nothing of the caller's.
clean_env=(/usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=$home
	   LANG=C.UTF-8 TERM=dumb
	   GIT_AUTHOR_NAME=ann GIT_AUTHOR_EMAIL=ann@example.org
	   GIT_COMMITTER_NAME=ann GIT_COMMITTER_EMAIL=ann@example.org
	   GIT_AUTHOR_DATE=2020-02-02T12:00:00Z GIT_COMMITTER_DATE=2020-02-02T12:00:00Z)

# What stays the machine's own where another root is mapped.
# shellcheck disable=SC2034 # for the groups
own=(/proc /proc /dev /dev /sys /sys /home /home /tmp /tmp /run /run)

# plain COMMAND [ARG]...: a shell runs COMMAND without any view.
plain()
{
	timeout "$limit" "${clean_env[@]}" bash -c "$1" bash "${@:2}"
}

# debian COMMAND [ARG]...: a shell of Debian 11 runs COMMAND, with Debian 11 at /.
debian()
{
	timeout "$limit" vfnctl map / "$debian11" "${own[@]}" -- \
		"${clean_env[@]}" /bin/bash -c "$1" bash "${@:2}"
}

# mapped FROM TO [FROM TO]... -- COMMAND [ARG]...: a shell runs COMMAND with these mappings.
mapped()
{
	local names=()

	while [ "$1" != -- ]; do
		names+=("$1")
		shift
	done
	timeout "$limit" vfnctl map "${names[@]}" -- \
		"${clean_env[@]}" bash -c "$2" bash "${@:3}"
}
