/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfnctl: table files, as "save" writes and "run -f" reads them
 *
 * A table file is bytes.  A newline ends each line; the last line may lack it.
 *
 *	line      = [blanks] [mapping [blanks]] [comment]
 *	mapping   = FROM blanks TO [blanks options]
 *	blanks    = one or more spaces and tabs
 *	comment   = "#" and the rest of the line
 *	options   = option {"," option}
 *	option    = "nofollow"    if TO is a symlink, FROM is that symlink
 *	          | "hide"        FROM and all below it do not exist; TO is "-"
 *	FROM, TO  = [tilde] {byte | escape | variable}, at least one of them
 *	tilde     = "~", before "/" or the end of the word: the value of HOME
 *	variable  = "$" name | "${" name "}": its value, byte for byte; nothing in
 *	            it is special, and it may be empty, but must be set
 *	name      = (letter | "_") {letter | digit | "_"}, in ASCII
 *	escape    = "\x" and two hexadecimal digits: that byte, but not 00
 *	          | "\n": newline | "\t": tab
 *	          | "\" and a space or a byte of ASCII punctuation: that byte
 *	byte      = any other than blanks, newline, "\", "$", and the control bytes
 *	            00 to 1f and 7f.  The first byte of a word is not "#", which
 *	            begins a comment, "~", nor one of the quotes '"' and "'", which
 *	            are kept for later.
 *
 * So a "#" within a word is a byte like others.  A TO that is written "-", and is no
 * hidden name's, is an error; a file of that name is written "./-".  No option is
 * given twice, nor "nofollow" with "hide".
 *
 * Mappings come in the order of the lines, and all belong to one batch: if two have the
 * same FROM, the later one counts.  FROM is absolute and has no "..".  A relative TO is
 * relative to the working directory of the command.  Names have at most 4,095 bytes,
 * their components 255.
 *
 * The first error ends the parsing.  Lines and columns count from 1, columns in bytes.
 */
#ifndef VFNCTL_TABLE_H
#define VFNCTL_TABLE_H

#include <stddef.h>

/**
 * struct table_mapping - what a line says
 * @from:	all escapes and variables replaced
 * @to:		the same; NULL: hide
 * @flags:	as for vfn_map()
 * @line:	where it stands
 * @column:	where FROM begins there
 */
struct table_mapping {
	char *from;
	char *to;
	unsigned int flags;
	size_t line;
	size_t column;
};

/**
 * struct table - what table_parse() makes; to be freed with table_free()
 * @mappings:	in the order of the lines
 * @nr:		how many they are
 * @error:	what is wrong; NULL: nothing, and the mappings are all there are
 * @line:	where it stands
 * @column:	where in that line
 */
struct table {
	struct table_mapping *mappings;
	size_t nr;
	char *error;
	size_t line;
	size_t column;
};

/*
 * Parse LENGTH bytes.  GETVAR gives the value of a variable, or NULL if it is not set;
 * it is called for nothing else, and there are no system calls.
 */
struct table table_parse(const char *bytes, size_t length,
			 const char *(*getvar)(const char *name));
void table_free(struct table *table);

/* The line, without its newline, that parses as this mapping; the caller frees it. */
char *table_line(const char *from, const char *to, unsigned int flags);

#endif /* VFNCTL_TABLE_H */
