/* SPDX-License-Identifier: GPL-2.0 */
/* What is changed, and makes objects old */
#define ANSWER 42
