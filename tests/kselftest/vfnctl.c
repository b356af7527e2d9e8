// SPDX-License-Identifier: GPL-2.0
/* kselftests: vfnctl: what it runs sees the view, and its exit status is the command's */

#include "shell.h"

static const struct shell_test tests[] = {
	{ "vfnctl map /no/name word -- cat /no/name", 0, "word\n" },
	{ "vfnctl map /no/name \"$PWD/word\" -- cat /no/name; cat /no/name", 1,
	  "word\ncat: /no/name: No such file or directory\n" },
	{ "vfnctl map /no/a word /no/b /dev/null -- cat /no/b /no/a", 0, "word\n" },
	{ "vfnctl hide \"$PWD/word\" -- cat word", 1,
	  "cat: word: No such file or directory\n" },
	{ "vfnctl hide \"$PWD/word\" -- sh -c 'test -e word || echo none'; cat word", 0,
	  "none\nword\n" },
	{ "vfnctl run -m '/no/a\\=b=word' --map=/no/c='a=b' -- cat /no/a=b /no/c", 0,
	  "word\nequals\n" },
	{ "vfnctl map /no/name word -- vfnctl map /no/other /no/name -- cat /no/other", 0,
	  "word\n" },

	{ "vfnctl map /no/program /bin/echo -- /no/program said", 0, "said\n" },
	{ "vfnctl map /usr/bin/vfn-no-program /bin/echo -- vfn-no-program said", 0, "said\n" },
	{ "vfnctl map /no/a b -- sh -c 'exit 7'", 7, "" },
	{ "vfnctl map /no/a b -- sh -c 'kill -TERM $$' 2>/dev/null", 143, "" },
	{ "echo in | vfnctl map /no/a b -- cat", 0, "in\n" },
	{ "vfnctl map /no/a b -- /no/command", 127,
	  "vfnctl: /no/command: No such file or directory\n" },
	{ "vfnctl map /no/a b -- vfn-no-program", 127,
	  "vfnctl: vfn-no-program: No such file or directory\n" },
	{ "vfnctl map /no/a b -- ./word", 126, "vfnctl: ./word: Permission denied\n" },
	{ "vfnctl map /no/a b -- /etc", 126, "vfnctl: /etc: Permission denied\n" },
	{ "vfnctl hide /usr/bin/env -- env", 127,
	  "vfnctl: env: No such file or directory\n" },

	{ "vfnctl map /no/a ok /no/b word/../x -- echo ran", 125,
	  "vfnctl: '/no/b' can't be mapped to 'word/../x': "
	  "TO goes through something that is not a directory\n" },
	{ "vfnctl map /no/b none/../x -- echo ran", 125,
	  "vfnctl: '/no/b' can't be mapped to 'none/../x': "
	  "TO has a '..' below a directory that does not exist\n" },
	{ "vfnctl map /no/b loop/../x -- echo ran", 125,
	  "vfnctl: '/no/b' can't be mapped to 'loop/../x': "
	  "TO goes through more than 40 symlinks\n" },

	{ "vfnctl list", 0, "" },
	{ "vfnctl map /no/b /x /no/a z -- vfnctl hide /no/c -- vfnctl list | "
	  "sed \"s,$PWD,PWD,\"", 0, "/no/b -> /x\n/no/a -> PWD/z\n/no/c (hidden)\n" },
	{ "vfnctl map /no/a /x -- vfnctl list --table", 0,
	  "from  to hidden nofollow\n/no/a /x no     no\n" },
	{ "vfnctl map /no/a /x -- vfnctl hide /no/b -- vfnctl list --json | tr -d ' \\n'", 0,
	  "{\"mappings\":["
	  "{\"from\":\"/no/a\",\"to\":\"/x\",\"hidden\":false,\"nofollow\":false},"
	  "{\"from\":\"/no/b\",\"to\":null,\"hidden\":true,\"nofollow\":false}]}" },
	{ "vfnctl hide /dev/vfn -- vfnctl list", 125,
	  "vfnctl: /dev/vfn is missing here though the vfn module is loaded; "
	  "make it visible in this container, chroot or view\n" },

	{ "vfnctl status | grep -E 'module|ABI|mappings: '", 0,
	  "module:    loaded\nABI:       1\nmappings:  0 here\n" },
	{ "vfnctl map /no/a b -- vfnctl status | grep -E 'hooks|mappings: ' | "
	  "sed -E 's/direct|ftrace/METHOD/'", 0, "hooks:     METHOD, attached\nmappings:  1 here\n" },
};

int main(void)
{
	char *dir = shell_begin();

	if (system("echo word >word && echo equals >a=b && ln -s loop loop"))
		bail_out("files in %s", dir);
	shell_run(tests, sizeof(tests) / sizeof(tests[0]));
	shell_end(dir);
	return done();
}
