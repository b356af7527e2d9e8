/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: libraries that only some commands need */
#ifndef VFNCTL_LIBRARY_H
#define VFNCTL_LIBRARY_H

/**
 * struct library - one that is loaded by the commands that need it
 * @file:	what the dynamic linker calls it
 * @packages:	what it is in, to be read by people
 * @handle:	dlopen()'s, once it is loaded
 * @error:	what is missing, and what to do; or NULL
 *
 * What vfnctl is linked with, every command pays for at its start: libraries would take
 * more of the time of vfnctl map than all that it does.
 */
struct library {
	const char *file;
	const char *packages;
	void *handle;
	const char *error;
};

/** LIBRARY_MEMBER() - declare a member for a function of a library, with the same name */
#define LIBRARY_MEMBER(name)	__typeof__(&(name)) name;

/**
 * library_function() - find a function, and load its library if it isn't
 * @library:	the library
 * @name:	the function, of this library or of one that it needs
 *
 * Return: the function, which stays; or NULL, and @library->error says why.  What is
 * missing once is not looked for again, so the caller can ask for all functions first.
 */
void *library_function(struct library *library, const char *name);

/** library_require() - if a function was missing, the program ends, and says so */
void library_require(const struct library *library);

#endif /* VFNCTL_LIBRARY_H */
