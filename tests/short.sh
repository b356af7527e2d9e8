# SPDX-License-Identifier: GPL-2.0
# short.sh - the kselftests of a short run: some of each kind
#
# To be sourced.

# shellcheck shell=bash disable=SC2034 # used by who sources this
short=(libvfn rule-batch rule-cover rule-exe rule-firmware rule-inherit rule-list
       rule-missing rule-names rule-proc rule-pwd security-device security-exec-names
       security-fork security-seal snapshot unix uring vfnctl)
