// SPDX-License-Identifier: GPL-2.0
/* bench: a program that does nothing, to be executed */

int main(void)
{
	return 0;
}
