# SPDX-License-Identifier: GPL-2.0
# scattered.sub - a package in the package
