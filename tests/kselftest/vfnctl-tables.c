// SPDX-License-Identifier: GPL-2.0
/* kselftests: vfnctl: tables in files, and views over sockets */

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "shell.h"

#define AS_OTHER	"setpriv --reuid 1001 --regid 1001 --clear-groups "
#define WAIT		"until [ -S s ]; do sleep 0.05; done; "
#define SHARE		"vfnctl run -f table -- vfnctl share s 2>said & " WAIT
#define END		"; kill $!; wait $!; echo \"ended $?\"; cat said; ls s"
#define ENDED		"ended 0\nls: cannot access 's': No such file or directory\n"

static const char files[] =
	"echo word >word; echo home >home; echo blank >'a b'; ln -s word link; : >empty;"
	"cat >table <<'END'\n"
	"# FROM TO [OPTIONS]\n"
	"/no/word word\n"
	"\t/no/home ~/home\t# one's own\n"
	"/no/a\\ b a\\ b\n"
	"/no/link link nofollow\n"
	"$HOME/word - hide\n"
	"END\n"
	"printf '/no/a word\\n/no/b $NO_SUCH\\n' >wrong\n"
	"printf '#\\n\\n  /no/b word/../x\\n' >refused\n"
	"printf '/no/\\\\x01\\\\xff\\\\n\\\\#$A x/\\\\\\\\\\n' >odd\n"
	"chmod 755 .";

static const struct shell_test file_tests[] = {
	{ "vfnctl run -f table -- sh -c \"cat /no/word /no/home '/no/a b' word; readlink /no/link\"", 0,
	  "word\nhome\nblank\ncat: word: No such file or directory\nword\n" },
	{ "vfnctl run -m /no/word='a b' -f table -m /no/home=table -- sh -c "
	  "'cat /no/word; head -n 1 /no/home'", 0, "word\n# FROM TO [OPTIONS]\n" },
	{ "echo /no/c word | vfnctl run -f - -- cat /no/c", 0, "word\n" },
	{ "vfnctl run -f empty -- vfnctl list", 0, "" },
	{ "vfnctl run -f wrong -- echo ran", 125,
	  "vfnctl: wrong:2:7: variable 'NO_SUCH' is not set\n" },
	{ "vfnctl run -f refused -- echo ran", 125,
	  "vfnctl: refused:3:3: '/no/b' can't be mapped to 'word/../x': "
	  "TO goes through something that is not a directory\n" },

	{ "vfnctl run -f table -- vfnctl save saved; sed \"s,$HOME,HOME,\" saved", 0,
	  "# vfn table: FROM TO [OPTIONS]\n/no/word HOME/word\n/no/home HOME/home\n"
	  "/no/a\\ b HOME/a\\ b\n/no/link HOME/link nofollow\nHOME/word - hide\n" },
	{ "vfnctl run -f table -- vfnctl save - >1; vfnctl run -f 1 -- vfnctl save 2; cmp 1 2", 0, "" },
	{ "A=~ vfnctl run -f odd -- vfnctl save 1; vfnctl run -f 1 -- vfnctl save 2; cmp 1 2; "
	  "sed -n \"s,$HOME,HOME,g;2p\" 1 | LC_ALL=C tr '\\377' @", 0,
	  "/no/\\x01@\\x0a#HOME HOME/x/\\\\\n" },
	{ "umask 027; vfnctl save new; stat -c %a new; cat new*", 0,
	  "640\n# vfn table: FROM TO [OPTIONS]\n" },
	{ "vfnctl save none/file", 125,
	  "vfnctl: save: can't write 'none/file': No such file or directory\n" },
	{ "vfnctl save /dev/full", 125,
	  "vfnctl: save: can't write '/dev/full': No space left on device\n" },
	{ "echo old >kept; vfnctl hide /dev/vfn -- vfnctl save kept; cat kept; ls kept*", 0,
	  "vfnctl: /dev/vfn is missing here though the vfn module is loaded; "
	  "make it visible in this container, chroot or view\nold\nkept\n" },
};

static const struct shell_test socket_tests[] = {
	{ SHARE "vfnctl enter s -- cat /no/word; vfnctl enter s -- sh -c 'exit 7'; echo $?; "
	  "vfnctl map /no/own word -- vfnctl enter s -- vfnctl list | wc -l; "
	  "vfnctl enter s -- /none" END, 2,
	  "word\n7\n5\nvfnctl: /none: No such file or directory\n" ENDED },
	{ SHARE "vfnctl enter s -- sh -c 'kill $0; while [ -e s ]; do sleep 0.05; done; cat /no/home' $!",
	  0, "home\n" },
	{ SHARE "share=$!; for i in 1 2 3; do vfnctl enter s -- cat /no/home & all=\"$all $!\"; "
	  "done; wait $all; kill $share", 0, "home\nhome\nhome\n" },
	{ SHARE "stat -c %a s; vfnctl map /no/a b -- sh -c 'vfnctl share s; vfnctl share word'; cat word" END, 2,
	  "600\nvfnctl: can't share at 's': Address already in use\n"
	  "vfnctl: can't share at 'word': Address already in use\nword\n" ENDED },
	{ SHARE "kill -KILL $!; { wait $!; } 2>said; ls s; vfnctl enter s -- echo ran; echo $?; rm said; "
	  SHARE "until vfnctl enter s -- true 2>/dev/null; do sleep 0.05; done; vfnctl enter s -- cat /no/word" END, 2,
	  "s\nvfnctl: no view is shared at 's': Connection refused\n125\nword\n" ENDED },
	{ "vfnctl share s", 125, "vfnctl: share: this process has no view; type: "
	  "vfnctl run -f TABLE -- vfnctl share s\n" },
	{ "vfnctl enter none -- echo ran", 125,
	  "vfnctl: no view is shared at 'none': No such file or directory\n" },
	{ "vfnctl enter $(printf %0108d 0) -- echo ran | cut -c 1-20", 0, "vfnctl: SOCKET '0000"
	  "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	  "0000000000000000' is too long; a socket's name has 1 to 107 bytes, and may be relative\n" },

	{ SHARE AS_OTHER "vfnctl enter s -- echo ran; chmod 666 s; " AS_OTHER "vfnctl enter s -- echo ran; echo $?; "
	  "until [ -s said ]; do sleep 0.05; done" END, 2,
	  "vfnctl: no view is shared at 's': Permission denied\n"
	  "vfnctl: user 0 shares this view; views are shared within one user, here 1001\n125\n"
	  "ended 0\nvfnctl: user 1001 asks for the view; "
	  "views are shared within one user, here 0\n"
	  "ls: cannot access 's': No such file or directory\n" },
	{ "mkdir -m 777 open; cd open; "
	  AS_OTHER "vfnctl map /no/word /etc/passwd -- vfnctl share s 2>said & " WAIT
	  "vfnctl enter s -- echo ran; echo $?; kill $!", 0,
	  "vfnctl: user 1001 shares this view; views are shared within one user, here 0\n125\n" },
};

/* What a server sends that isn't "share". */
struct sent {
	const char *greeting;
	const char *file;
	int count;	/* of descriptors */
};

static void serve(int listener, const struct sent *sent)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = "";
	struct iovec io = { (char *)sent->greeting, strlen(sent->greeting) };
	struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1 };
	int fd = accept(listener, NULL, NULL), files[2];
	struct cmsghdr *head;

	if (sent->count) {
		files[0] = files[1] = open(sent->file, O_RDONLY);
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(sent->count * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sent->count * sizeof(int));
		memcpy(CMSG_DATA(head), files, sent->count * sizeof(int));
	}
	if (fd < 0 || sendmsg(fd, &msg, 0) < 0)
		bail_out("serve");
	_exit(EXIT_SUCCESS);
}

static void enter_served(const struct sent *sent, const char *says)
{
	const struct shell_test test = { "vfnctl enter odd-socket -- echo ran", 125, says };
	struct sockaddr_un address = { AF_UNIX, "odd-socket" };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 1))
		bail_out("listen");
	pid = fork();
	if (!pid)
		serve(listener, sent);
	close(listener);
	shell_one(&test);
	waitpid(pid, NULL, 0);
	unlink("odd-socket");
}

static void odd_servers(void)
{
	static const char none[] = "vfnctl: what is sent at 'odd-socket' is no view; "
				   "'vfnctl share' makes a socket for one\n";

	enter_served(&(struct sent){ "vfn1", "/etc/passwd", 1 },
		     "vfnctl: enter: the view at 'odd-socket' can't be entered: "
		     "what is sent there is none\n");
	enter_served(&(struct sent){ "vfn1" }, none);
	enter_served(&(struct sent){ "vfn1", "/etc/passwd", 2 }, none);
	enter_served(&(struct sent){ "HTTP/1.1 200 OK\r\n", "/etc/passwd", 1 }, none);
}

int main(void)
{
	char *dir = shell_begin();

	setenv("HOME", dir, 1);
	if (system(files))
		bail_out("files in %s", dir);
	shell_run(file_tests, sizeof(file_tests) / sizeof(file_tests[0]));
	shell_run(socket_tests, sizeof(socket_tests) / sizeof(socket_tests[0]));
	odd_servers();
	shell_end(dir);
	return done();
}
