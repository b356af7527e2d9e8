# SPDX-License-Identifier: GPL-2.0
# vfnctl.bash - completion of vfnctl's arguments in bash, with bash-completion
#
# shellcheck shell=bash
#
# What there is to complete is read from what "vfnctl --help" says.

# _vfnctl_help TOOL [COMMAND]: its help.
_vfnctl_help()
{
	# the shell would have expanded it
	"${1/#\~\//$HOME/}" "${@:2}" --help 2>/dev/null
}

# _vfnctl_value HELP OPTION: the name of the option's value, if it takes one.
_vfnctl_value()
{
	[[ $2 != *[!-A-Za-z]* ]] || return 0
	sed -n "s/^  \(-[^ ]*, \)*$2\(, -[^ ]*\)* \([A-Z][^ ]*\)  .*/\3/p" <<<"$1"
}

# _vfnctl_pair CUR: one half of FROM=TO.
_vfnctl_pair()
{
	cur=$1
	case $cur in
	*=*)	cur=${cur#*=} ;;
	*)	compopt -o nospace ;;
	esac
	_filedir
}

_vfnctl_argument()
{
	local help=$1 usage options

	usage=${help%%$'\n'*}
	options=$(sed -n 's/^  \(-[^ ]*\), \(-[^ ]*\).*/\1 \2/p' <<<"$help")
	[[ $usage != *" -- "* ]] || options+=" --"
	# what the options take is none of the arguments
	usage=$(sed 's/^Usage: [^ ]* [^ ]*//; s/ -- .*//; s/-[-a-z]* [A-Z=]*//g' <<<"$usage")
	if [[ $cur == -* || $usage != *[A-Z]* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
	else
		_filedir
	fi
}

# _vfnctl_joined HELP: if $cur is an option with its value, these become $prev and $cur, and
# $head what of the word comes first in each completion.  Readline takes '=' for its end.
_vfnctl_joined()
{
	case $cur in
	--*=*)	prev=${cur%%=*} cur=${cur#*=} ;;
	-[!-]?*)
		[[ -n $(_vfnctl_value "$1" "${cur:0:2}") ]] || return
		prev=${cur:0:2} cur=${cur:2}
		[[ $cur == *=* ]] || head=$prev ;;
	esac
}

_vfnctl()
{
	local cur prev words cword help value head='' i

	_init_completion -n = || return
	if ((cword == 1)); then
		help=$(_vfnctl_help "$1")
		help=$(sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p
			s/^  \(-[^ ]*\), \(--[^ ]*\) .*/\1\n\2/p' <<<"$help")
		[[ $cur == -* ]] || help=$(grep -v '^-' <<<"$help")
		mapfile -t COMPREPLY < <(compgen -W "$help" -- "$cur")
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == -- ]]; then
			_command_offset $((i + 1))
			return
		fi
	done
	help=$(_vfnctl_help "$1" "${words[1]}")
	_vfnctl_joined "$help"
	value=
	[[ $prev != -?* ]] || value=$(_vfnctl_value "$help" "$prev")
	case $value in
	'')	_vfnctl_argument "$help" ;;
	FROM=TO) _vfnctl_pair "$cur" ;;
	PID)	_pids ;;
	*)	_filedir ;;
	esac
	COMPREPLY=("${COMPREPLY[@]/#/$head}")
} && complete -F _vfnctl vfnctl
