# SPDX-License-Identifier: GPL-2.0
# vfnctl.fish - completion of vfnctl's arguments in fish
#
# What there is to complete is read from what "vfnctl --help" says.

function __vfnctl_commands
    $argv[1] --help 2>/dev/null | sed -n '/^Commands:/,/^$/p' |
        string replace -rf '^  ([a-z][a-z-]*) +(.*)' '$1\t$2'
end

# __vfnctl_options HELP...: each option with its description.
function __vfnctl_options
    for line in $argv
        string replace -rf '^  (-\S*), (--\S*)( [A-Z]\S*)?  +(.*)' '$1\t$4' -- $line
        string replace -rf '^  (-\S*), (--\S*)( [A-Z]\S*)?  +(.*)' '$2\t$4' -- $line
    end
    string match -q '* -- *' -- $argv[1]
    and printf '%s\t%s\n' -- 'what follows is the command to run'
end

# One half of FROM=TO.
function __vfnctl_pair
    set -l half (string split -m 1 = -- $argv[1])
    if set -q half[2]
        set -l found (__fish_complete_path $half[2])
        test -z "$found"
        or printf '%s\n' $half[1]=$found
    else
        __fish_complete_path $argv[1]
    end
end

# __vfnctl_value OPTION HELP...: the name of the option's value, if it takes one.
function __vfnctl_value
    string replace -rf "^  (-\S*, )?"(string escape --style=regex -- $argv[1])"(, -\S*)? ([A-Z]\S*)  .*" '$3' -- $argv[2..-1]
end

# __vfnctl_values NAME WORD: what the value of that name may be that begins with WORD.
function __vfnctl_values
    switch $argv[1]
        case FROM=TO
            __vfnctl_pair $argv[2]
        case PID
            __fish_complete_pids
        case '*'
            __fish_complete_path $argv[2]
    end
end

function __vfnctl_arguments
    set -l words (commandline -opc)
    set -l word (commandline -ct)

    if not set -q words[2]
        if string match -q -- '-*' $word
            printf '%s\n' -h\t'show a summary' --help\t'show a summary' \
                -V\t'show the version' --version\t'show the version'
        else
            __vfnctl_commands $words[1]
        end
        return
    end
    if set -l dashes (contains -i -- -- $words)
        set -l command (string escape -- $words[(math $dashes + 1)..-1])
        complete -C "$command $word"
        return
    end

    set -l help ($words[1] $words[2] --help 2>/dev/null)
    set -l value (__vfnctl_value $words[-1] $help)
    if test -n "$value"
        __vfnctl_values $value $word
        return
    end
    # an option and its value in one word
    set -l parts (string match -r -- '^(--[^=]+=|-[^-](?=.))(.*)$' $word)
    and set value (__vfnctl_value (string trim -r -c = -- $parts[2]) $help)
    if test -n "$value"
        set -l found (__vfnctl_values $value "$parts[3]")
        test -z "$found"
        or printf '%s\n' $parts[2]$found
        return
    end
    # what the options take is none of the arguments
    set -l usage (string replace -r '^Usage: \S* \S*' '' -- $help[1] |
        string replace -r ' -- .*' '' | string replace -ar -- '-[-a-z]* [A-Z=]*' '' |
        string match -r '[A-Z]')
    if string match -q -- '-*' $word; or test -z "$word$usage"
        __vfnctl_options $help
    else if test -n "$usage"
        __fish_complete_path $word
    end
end

complete -c vfnctl -f -a '(__vfnctl_arguments)'
