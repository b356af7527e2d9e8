// SPDX-License-Identifier: GPL-2.0
/* The one that doesn't */
#include <stdio.h>

int answer(void);

int main(void)
{
	printf("%d\n", answer());
	return 0;
}
