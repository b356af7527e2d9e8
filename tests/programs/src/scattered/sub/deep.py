# SPDX-License-Identifier: GPL-2.0
# scattered.sub.deep - a module in it


def deep():
    return "deep"


def fail():
    raise ValueError("too deep")
