/* SPDX-License-Identifier: GPL-2.0 */
/* vfnctl: the commands, and what they share */
#ifndef VFNCTL_H
#define VFNCTL_H

#include <getopt.h>
#include <stdbool.h>
#include <sys/types.h>

/* The exit status of vfnctl's own errors, out of the way of its command's. */
#define EXIT_OWN	125
#define EXIT_NOT_EXEC	126	/* the command is there but can't be executed */
#define EXIT_NOT_FOUND	127	/* the command isn't there */

/* What became of an argument list. */
enum parse {
	PARSE_OK,
	PARSE_HELP,	/* --help was asked for */
	PARSE_BAD,	/* wrong; the text is where the parser's caller gave room */
	PARSE_FILE,	/* a file that it names is wrong; the same */
};

/* Each returns the exit status; map, hide, run and enter return only if they fail. */
int command_map(int argc, char **argv);
int command_hide(int argc, char **argv);
int command_run(int argc, char **argv);
int command_enter(int argc, char **argv);
int command_share(int argc, char **argv);
int command_save(int argc, char **argv);
int command_list(int argc, char **argv);
int command_ps(int argc, char **argv);
int command_events(int argc, char **argv);
int command_which(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_status(int argc, char **argv);
int command_load(int argc, char **argv);
int command_unload(int argc, char **argv);

/* signals.c */
int end_signals(const char *command);

/* message.c */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_unavailable(int err);
int complain_text(char *error);
int complain_unavailable(int err);
void *check_memory(void *pointer);

/* options.c */
int next_option(int argc, char **argv, const char *shorts, const struct option *longs,
		char **error);
enum parse parse_no_arguments(int argc, char **argv, char **error);
enum parse parse_one_argument(const char *what, char **argument, int argc, char **argv,
			      char **error);
enum parse parse_json(bool *json, int argc, char **argv, char **error);
char *parse_pid(const char *argument, pid_t *pid);
int finish_parse(const char *name, enum parse result, const char *help, char *error);

#endif /* VFNCTL_H */
