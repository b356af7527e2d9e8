// SPDX-License-Identifier: GPL-2.0
/* The one that includes the header */
#include "answer.h"

int answer(void)
{
	return ANSWER;
}
