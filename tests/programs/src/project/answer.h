/* SPDX-License-Identifier: GPL-2.0 */
/* What another header is mapped over */
#define ANSWER 1
