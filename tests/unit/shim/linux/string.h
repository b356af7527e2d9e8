/* SPDX-License-Identifier: GPL-2.0 */
/* string functions for pure kernel code in user space */
#include <string.h>
