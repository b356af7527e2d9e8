# SPDX-License-Identifier: GPL-2.0
# as-root.sh - how a script does what takes root
#
# shellcheck shell=bash
#
# To be sourced.

# as_root CMD...: CMD, as root.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "$(basename "$0"): sudo is missing; as root, type: $*" >&2
		exit 1
	fi
}
