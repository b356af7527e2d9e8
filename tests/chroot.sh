# SPDX-License-Identifier: GPL-2.0
# chroot.sh - small systems of other Debian suites, and commands in them
#
# shellcheck shell=bash
#
# To be sourced, after tests/apt.sh and tests/as-root.sh.

# unpack_system DIR SUITE ARCHIVE TREE: unpacks a system of SUITE (tests/install/root)
# to TREE, whose apt gets packages from where the machine's does.  DIR is for an apt
# state.
unpack_system()
{
	local dir=$1 suite=$2 archive=$3 tree=$4 proxy=''

	make_apt_state "$dir/apt" "$suite" || return
	grep -E " $suite(-[a-z]*)? main\$" "$dir/apt/etc/sources.list" >"$dir/sources.list"
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	{
		echo "${proxy:+Acquire::http::Proxy \"$proxy\";}"
		echo 'APT::Install-Recommends "0";'
	} >"$dir/apt.conf"
	mkdir "$tree"
	as_root tar -C "$tree" -xf "$archive" &&
		as_root cp "$dir/sources.list" "$tree/etc/apt/sources.list" &&
		as_root cp "$dir/apt.conf" "$tree/etc/apt/apt.conf.d/90vfn-tests" &&
		# it needn't live through a power failure
		echo force-unsafe-io | as_root tee "$tree/etc/dpkg/dpkg.cfg.d/vfn-tests" >/dev/null &&
		as_root cp --remove-destination /etc/resolv.conf /etc/hosts "$tree/etc/"
}

# in_system TREE [FROM:TO]... -- CMD...: CMD in TREE, where the directory TO is FROM.
# The mounts are gone with the command's processes.  $as is who runs CMD (default:
# root).
in_system()
{
	local tree=$1 binds=()

	shift
	while [ "$1" != -- ]; do
		binds+=("$1")
		shift
	done
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	as_root unshare --mount --pid --fork --kill-child -- sh -euc '
		tree=$1 as=$2 nr=$3
		shift 3
		mount -t proc proc "$tree/proc"
		mount --rbind /dev "$tree/dev"
		# names by process number, which is the same here each time
		mount -t tmpfs tmpfs "$tree/tmp"
		while [ "$nr" -gt 0 ]; do
			mkdir -p "$tree${1#*:}"
			mount --bind "${1%%:*}" "$tree${1#*:}"
			nr=$((nr - 1))
			shift
		done
		exec chroot --userspec="$as" "$tree" /usr/bin/env -i \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive "$@"' \
		sh "$tree" "${as:-0:0}" "${#binds[@]}" "${binds[@]}" "$@"
}
