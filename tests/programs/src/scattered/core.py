# SPDX-License-Identifier: GPL-2.0
# scattered.core - a module like any
NAME = "core"


def tool():
    print("tool:", NAME)
