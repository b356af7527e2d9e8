/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: libraries that only some commands need */
#ifndef VFNCTL_LIBRARY_H
#define VFNCTL_LIBRARY_H

/**
 * struct library - one that is loaded by the commands that need it
 * @file:	what the dynamic linker calls it
 * @packages:	what it is in, to be read by people
 * @handle:	dlopen()'s, once it is loaded
 *
 * What vfnctl is linked with, every command pays for at its start: libraries would take
 * more of the time of vfnctl map than all that it does.
 */
struct library {
	const char *file;
	const char *packages;
	void *handle;
};

/** LIBRARY_MEMBER() - declare a member for a function of a library, with the same name */
#define LIBRARY_MEMBER(name)	__typeof__(&(name)) name;

/**
 * library_function() - find a function, and load its library if it isn't
 * @library:	the library
 * @name:	the function, of this library or of one that it needs
 *
 * Return: the function, which stays.  If there is none, the program ends, and says so.
 */
void *library_function(struct library *library, const char *name);

#endif /* VFNCTL_LIBRARY_H */
