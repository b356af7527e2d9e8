// SPDX-License-Identifier: GPL-2.0
/* Prints what the header says */
#include <stdio.h>

#include "answer.h"

int main(void)
{
	printf("%d\n", ANSWER);
	return 0;
}
