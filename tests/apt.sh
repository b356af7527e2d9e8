# SPDX-License-Identifier: GPL-2.0
# apt.sh - an apt state that shares nothing with the machine's but mirrors and keys
#
# shellcheck shell=bash
#
# To be sourced.  With it, packages of any Debian suite are fetched without
# root, and without a change to the machine's own list of packages.

# make_apt_state DIR SUITE [ARCH]: fills DIR with the state for SUITE and for
# Debian 12's; for a machine of another architecture, for SUITE alone, and tools of
# this one.  Commands of apt use it when APT_CONFIG is DIR/apt.conf.  Fails, with a
# line on stderr, if apt knows no mirror of Debian.
make_apt_state()
{
	local dir=$1 suite=$2 arch=${3:-amd64} archs key=/usr/share/keyrings/debian-archive-keyring.gpg
	local format uri codename origin base='' options=''

	archs=$arch
	[ "$arch" = amd64 ] || archs=$arch,amd64
	mkdir -p "$dir"/{lists/partial,cache/archives/partial,etc}
	: >"$dir/etc/status"
	: >"$dir/etc/sources.list"
	[ ! -e "$key" ] || options="[arch=$archs signed-by=$key] "

	# shellcheck disable=SC2016 # apt expands it
	format='$(REPO_URI) $(CODENAME) $(ORIGIN)'
	while read -r uri codename origin; do
		[ "$origin" = Debian ] || continue
		case $codename in
		bookworm)
			base=$uri ;;
		bookworm-security | bookworm-updates)
			;;
		*)
			continue ;;
		esac
		[ "$arch" != amd64 ] ||
			echo "deb $options$uri $codename main" >>"$dir/etc/sources.list"
	done < <(apt-get indextargets --format "$format" \
		'Identifier: Packages' 'Component: main' 2>/dev/null | sort -u)
	if [ -z "$base" ]; then
		echo "apt knows no Debian 12 mirror: run 'apt-get update' as root, or 'make setup'" >&2
		return 1
	fi
	[ "$suite" = bookworm ] ||
		echo "deb $options$base $suite main" >>"$dir/etc/sources.list"

	cat >"$dir/apt.conf" <<-CONF
	APT::Architecture "$arch";
	APT::Architectures "$archs";
	Dir::State "$dir";
	Dir::State::lists "$dir/lists";
	Dir::State::status "$dir/etc/status";
	Dir::Cache "$dir/cache";
	Dir::Etc::sourcelist "$dir/etc/sources.list";
	Dir::Etc::sourceparts "-";
	APT::Sandbox::User "";
	Acquire::Languages "none";
	Acquire::Retries "3";
	CONF
}

# mirror_of DIR SUITE: prints where the state DIR has SUITE from.
mirror_of()
{
	awk -v suite="$2" '$1 == "deb" && $(NF - 1) == suite { print $(NF - 2); exit }' \
		"$1/etc/sources.list"
}

# debootstrap_suite DIR SUITE TREE ARG...: makes TREE a system of SUITE, as root,
# with the further arguments for debootstrap.  DIR is for an apt state and the log.
debootstrap_suite()
{
	local dir=$1 suite=$2 tree=$3 uri proxy=''

	shift 3
	make_apt_state "$dir/apt" "$suite" || return 1
	uri=$(mirror_of "$dir/apt" "$suite")
	# debootstrap doesn't read apt's settings.
	eval "$(apt-config shell proxy Acquire::http::Proxy)"
	as_root env ${proxy:+"http_proxy=$proxy"} \
		debootstrap --variant=minbase "$@" "$suite" "$tree" "$uri" >"$dir/log" 2>&1 || {
		as_root tail -n 5 "$dir/log" "$tree/debootstrap/debootstrap.log" >&2
		echo "debootstrap can't make a Debian $suite" >&2
		return 1
	}
}
