#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lifecycle-takers.sh - kselftest: who wants a function that vfn hooks for themselves (S9)
#
# A BPF program at functions' entry and exit; a live patch, whose part is played by the module
# taker; a probe that sends callers elsewhere, played by the same.

set -uo pipefail
# shellcheck source=tests/kselftest/hooks.bash
. "$(dirname "${BASH_SOURCE[0]}")/hooks.bash"

taker=/usr/lib/vfn-tests/taker.ko
fentry=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/kselftest/helpers/fentry
seen=/sys/module/taker/parameters/seen
# The first of the two that this kernel has.
name_of()
{
	grep -owFm 1 "$1" /proc/kallsyms || grep -owFm 1 "$2" /proc/kallsyms
}

getcwd=$(name_of __x64_sys_getcwd __arm64_sys_getcwd)
open=$(name_of do_filp_open do_file_open)
parent=$(name_of __filename_parentat filename_parentat)
hooked=filename_lookup,$open,security_inode_follow_link,$parent,open_exec,security_bprm_check,
hooked+=iterate_dir,d_path,proc_pid_readlink,seq_path,$getcwd
interpreter=$(grep -owFm 1 bprm_open_interpreter /proc/kallsyms)
hooked+=${interpreter:+,$interpreter}
# One of each kind, and the last.
some="filename_lookup $open security_inode_follow_link $getcwd"

# Tells of each name that a process called "stat" looks up; is at another function whose
# hook, too, takes the thread as one more argument, for all processes.
bpf()
{
	# Newer ones call it so.
	if bpftrace --info 2>&1 | grep -Eq '(kfunc|fentry): yes'; then
		exec bpftrace -B line -e 'BEGIN { printf("up\n"); }
			kfunc:security_inode_follow_link { @a = count(); }
			kfunc:filename_lookup /comm == "stat"/ { printf("entered\n"); }
			kretfunc:filename_lookup /comm == "stat"/ { printf("left\n"); }' 2>&1
	fi
	exec "$fentry" stat filename_lookup security_inode_follow_link 2>&1
}

bpf_on()
{
	local line

	coproc bpf_tells { bpf; }
	exec 7<&"${bpf_tells[0]}"
	while read -r -t 120 line <&7; do
		[ "$line" != up ] || return 0
		echo "$line"
	done
	return 1
}

# "stat" looks more than one name up: those of libraries.
bpf_sees()
{
	local line entered=0 left=0

	"$@" stat "$dir/target"
	while [ "$entered" -lt 2 ] || [ "$left" -lt "$entered" ]; do
		read -r -t 60 line <&7 || return
		case $line in
		entered) entered=$((entered + 1)) ;;
		left)	left=$((left + 1)) ;;
		esac
	done
}

# It has a minute to end; else what it does is written down.  It is told so each second: on
# a busy machine, bpftrace has been seen to go on with its epoll_wait() for all of a signal.
bpf_off()
{
	# shellcheck disable=SC2154 # set by coproc
	local pid=$bpf_tells_PID i

	exec 7<&-
	for i in {0..599}; do
		if ! kill -s "$((i % 10 ? 0 : 15))" "$pid" 2>&-; then
			wait "$pid"
			return 0
		fi
		sleep 0.1
	done
	grep -H . /proc/"$pid"/task/*/{comm,wchan,syscall,stack}
	kill -KILL "$pid"
	return 1
}

take()
{
	insmod $taker "$@"
}

let_go()
{
	rmmod taker
}

taker_sees()
{
	local before

	before=$(<$seen)
	stat "$dir/target" >/dev/null && [ "$(<$seen)" -gt "$before" ]
}

# Fails as it should: for a function is taken, and with none hooked.
refuses_to_load()
{
	dmesg -C
	fails_with 'resource busy' modprobe vfn && log_tells &&
		not test -e /dev/vfn && not_hooked
}

refuses_to_be_taken()
{
	fails_with 'resource busy' take "$@" && not grep -w taker /proc/modules
}

# May a function have a BPF program and be redirected?
shares()
{
	[ "$(uname -r | cut -d. -f1)" -ge 6 ]
}

doctor_says()
{
	local said

	said=$(vfnctl doctor)
	echo "$said"
	[[ $said == *"$1"* ]]
}

# A view and a program that share functions, made in this order or the other.
share()
{
	ok "the program sees what others open" bpf_sees
	ok "and what a holder opens" bpf_sees vfnctl map /vfn-trace/b "$dir/target" --
	ok "the holder doesn't notice" still_holds
	ok "vfnctl doctor sees no conflict" doctor_says 'ok      conflicts'
	ok "it goes" bpf_off
	ok "nor does the holder notice that" still_holds
	stop_holder
	sleep 3
}

test_bpf()
{
	if [ ! -e /sys/kernel/btf/vmlinux ]; then
		number=$((number + 1))
		echo "ok $number - a BPF program # SKIP this kernel was built without BTF"
		return
	fi
	start_holder
	if shares && redirects; then
		ok "a holder, then a BPF program" bpf_on
		share
	else
		ok "a holder, then a BPF program: that is refused" not bpf_on
		ok "the holder doesn't notice" still_holds
		stop_holder
		sleep 3
	fi
	ok "a BPF program" bpf_on
	if shares; then
		ok "with it there is a view, by redirection" view_by ftrace
		ok "the module goes" rmmod vfn
		ok "it comes back" modprobe vfn
		start_holder
		share
	else
		ok "with it there can be no view, and the error says so" refused
		ok "vfnctl doctor names it" doctor_says 'a BPF program holds filename_lookup()'
		ok "the module goes" rmmod vfn
		ok "it can't be loaded, and the error says so" refuses_to_load
		ok "the program sees what others open" bpf_sees
		ok "it goes" bpf_off
		ok "the module comes back" modprobe vfn
	fi
	ok "a view after the program" view
	redirects || ok "it is attached by direct calls again" view_by direct
}

# A live patch of one function and one of many are met in the same way.
test_live_patch()
{
	local f

	start_holder
	ok "a holder, then a live patch of them all: that is refused" \
		refuses_to_be_taken functions="$hooked"
	for f in $some; do
		ok "a holder, then a live patch of $f: that is refused" \
			refuses_to_be_taken functions="$f"
	done
	ok "the holder doesn't notice" still_holds
	ok "a live patch of another function is taken" take functions=path_openat
	ok "the holder doesn't notice that, either" still_holds
	ok "the other function goes through the live patch" taker_sees
	ok "the live patch of the other goes" let_go
	ok "the holder still holds" still_holds
	stop_holder
	sleep 3
	for f in $some; do
		ok "a live patch of $f, with the module loaded" take functions="$f"
		ok "with it there can be no view, and the error says so" refused
		ok "vfnctl doctor names it" doctor_says "a live patch holds $f()"
		ok "it goes" let_go
	done
	ok "a live patch again" take functions=filename_lookup
	ok "the module goes" rmmod vfn
	ok "it can't be loaded, and the error says so" refuses_to_load
	ok "lookups go through the live patch all the same" taker_sees
	ok "the live patch goes" let_go
	ok "the module comes back" modprobe vfn
	ok "a view after the live patch" view
}

# What getcwd(2) says in a process called "diverted".
getcwd()
{
	"$@" bash -c "exec -a pwd $dir/diverted -P"
}

knows_cwd()
{
	[ "$(cd "$dir" && vfnctl map /vfn-trace "$dir" -- /bin/pwd -P)" = /vfn-trace ]
}

test_diverted()
{
	local error="Inappropriate ioctl"

	cp /bin/busybox "$dir/diverted"
	ok "a process" getcwd
	ok "a probe that sends some callers of getcwd elsewhere" take divert="$getcwd"
	ok "they fail with its error" fails_with "$error" getcwd
	ok "so they do in a view" fails_with "$error" getcwd vfnctl map /vfn-trace "$dir" --
	ok "others get a name of the view" knows_cwd
	ok "the probe goes" let_go
	ok "others still do" knows_cwd
	ok "a view after it" view
}

main()
{
	begin
	test_bpf
	test_live_patch
	test_diverted
	finish
}

main
