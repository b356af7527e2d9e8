// SPDX-License-Identifier: GPL-2.0
/* kselftests: vfnctl list --pid, ps, events: who has a view, and what becomes of it */

#include "shell.h"

#define AS_USER		"setpriv --reuid 1000 --regid 1000 --clear-groups "
/* Runs in the background until it is killed; $P is its process. */
#define HOLD(view)	view " -- sleep 60 & P=$!; " \
			"for i in $(seq 200); do vfnctl list --pid $P 2>/dev/null | grep -q . && break; " \
			"sleep 0.05; done; "
#define END		"; kill $P"
/* Both follow before what comes next. */
#define FOLLOW		"vfnctl events >told & E=$!; vfnctl events --json >json & J=$!; " \
			"for i in $(seq 200); do vfnctl map /no/w /x -- true; " \
			"grep -q . told && grep -q . json && break; done; "
#define UNTIL(what)	"for i in $(seq 200); do grep -q " what " told && grep -q " what " json && break; " \
			"sleep 0.05; done; kill -INT $E $J; " \
			"wait $E; e=$?; wait $J; echo ended $e $?; "

#define ODD		"odd=$(printf '\\377\\303\\244\\\\ \"'); cp /bin/sleep \"$odd\"; "
#define ODD_LIST	"from            to hidden nofollow\n" \
			"/no/\\xff\xc3\xa4\\x5c \" /x no     no\n/no/\\xff\xc3\xa4\\x5c \"\n"
#define PRINT(what)	"python3 -X utf8 -c \"import json, sys; one = json.load(sys.stdin); print(" what ")\"; "

static const struct shell_test tests[] = {
	{ HOLD("vfnctl map /no/a /x /no/b y") "vfnctl list --pid $P | sed \"s,$PWD,PWD,\"; "
	  "vfnctl list --json --pid=$P | grep -c from; "
	  AS_USER "vfnctl list --pid $P 2>&1 | sed s/$P/P/g; vfnctl ps | awk -v p=$P '$1 == p { "
	  "print $2, $3, ($4 > 80 && $4 < 400), $5, $6, $7 }'; " AS_USER "vfnctl ps --json" END, 0,
	  "/no/a -> /x\n/no/b -> PWD/y\n2\n"
	  "vfnctl: list: process P may not be looked into; it takes the right to trace it, "
	  "see ptrace(2); type: sudo vfnctl list --pid P\n"
	  "2 no 1 0 1 sleep\n{\n   \"processes\": [\n\n   ]\n}\n" },
	{ "seq 2000 | sed 's,.*,/no/& /etc/&,' >many; vfnctl run -f many -- sh -c "
	  "'vfnctl list --pid $$ >1; vfnctl list >2; wc -l <1; cmp 1 2'", 0, "2000\n" },
	{ "a=$(printf %0200d 0); a=/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a/$a; "
	  "vfnctl map $a $a -- sh -c 'vfnctl list --pid $$ | wc -c'", 0, "8045\n" },
	{ "vfnctl list --pid $$", 0, "" },
	{ "vfnctl list --pid 4194304", 125, "vfnctl: list: there is no process 4194304\n" },
	{ "vfnctl list --pid none", 125,
	  "vfnctl: list: 'none' is no process ID; see vfnctl list --help\n" },
	{ "echo word >word; vfnctl map /no/a word -- sh -c "
	  "'read w </no/a; read w </no//a; read w <word; vfnctl hide /no/b -- true; "
	  "vfnctl ps --json | tr -d \" \\n\" | grep -o \\\"pid\\\":$$,[^}]*} | cut -d , -f 2,3,5-'", 0,
	  "\"mappings\":1,\"sealed\":false,\"translations\":2,\"edits\":1,\"command\":\"sh\"}\n" },
	{ AS_USER "vfnctl map /no/a /x -- sh -c 'vfnctl ps | grep -cw $$'", 0, "1\n" },
	/* whatever bytes a process, or a file, is called by */
	{ ODD FOLLOW "vfnctl map /no/a /x -- \"./$odd\" 0 & P=$!; " UNTIL("freed.*xff") "sed -n \"s/.*freed *$P //p\" told; "
	  "grep 'freed.*xff' json | " PRINT("one['command']"), 0,
	  "ended 0 0\n\\xff\xc3\xa4\\x5c \" (0)\n\\xff\xc3\xa4\\x5c \"\n" },
	{ ODD "for c in C C.UTF-8; do export LC_ALL=$c; "
	  "vfnctl map \"/no/$odd\" /x -- vfnctl list --table; "
	  "vfnctl map \"/no/$odd\" /x -- vfnctl list --json | " PRINT("one['mappings'][0]['from']") "done",
	  0, ODD_LIST ODD_LIST },

	{ FOLLOW "vfnctl map /no/a /x /no/b /y -- sh -c 'echo $$ >pid; (exit); :'; P=$(cat pid); "
	  AS_USER "vfnctl map /no/a /x -- sudo -V >version 2>&1; "
	  UNTIL("dropped.*sudo") "grep -w $P told | cut -c 17- | tr -s ' ' | sed s/$P/P/; "
	  "grep -c dropped told; grep inherited json | "
	  "sed 's/: [0-9.]*, /: T, /; s/\"pid\": [0-9]*/\"pid\": P/'; "
	  "python3 -c 'import json, sys; [json.loads(l) for l in sys.stdin]' <json", 0,
	  "ended 0 0\nmade P vfnctl (2)\nfreed P sh (0)\n1\n"
	  "{\"time\": T, \"event\": \"inherited\", \"pid\": P, \"command\": \"sh\", "
	  "\"mappings\": 2}\n" },
	/* Each call is one event, or none. */
	{ FOLLOW "python3 -c 'import ctypes, os; v = ctypes.CDLL(\"libvfn.so.0\"); "
	  "open(\"pid\", \"w\").write(str(os.getpid())); "
	  "v.vfn(b\"/no/a\", b\"/x\"); s = v.vfn_snapshot(); v.vfn_hide(b\"/no/b\"); "
	  "v.vfn_unmap(b\"/no/none\"); v.vfn_adopt(s); v.vfn_clear(); v.vfn_clear(); "
	  "v.vfn_adopt(s); v.vfn_seal(); v.vfn_clear()'; P=$(cat pid); "
	  UNTIL("freed.*python3") "grep -w $P told | cut -c 17- | tr -s ' ' | cut -d ' ' -f 1,4",
	  0, "ended 0 0\nmade (1)\nedited (2)\nedited (1)\nfreed (0)\nmade (1)\nsealed (1)\n"
	  "freed (0)\n" },
	/* Who doesn't read is told less, and then that it was so. */
	{ FOLLOW "kill -STOP $E; vfnctl map /no/a /x -- sh -c "
	  "'for i in $(seq 3000); do (:); done'; kill -CONT $E; "
	  "for i in $(seq 200); do grep -q lost told && break; sleep 0.1; done; grep -om 1 lost told; "
	  "kill -INT $E $J; wait $E $J", 0, "lost\n" },
	{ "{ vfnctl events; echo ended $? >&2; } | { sleep 0.5; exec 0<&-; sleep 0.5; }",
	  0, "ended 0\n" },
	{ AS_USER "vfnctl events", 125,
	  "vfnctl: events: only root may follow all views; type: sudo vfnctl events\n" },
	{ "unshare --net vfnctl events", 125, "vfnctl: events: events are told outside of containers "
	  "alone, in the initial net and pid namespaces\n" },
};

int main(void)
{
	char *dir = shell_begin();

	/* For the ordinary user, too. */
	if (system("chmod 777 ."))
		bail_out("chmod %s", dir);
	shell_run(tests, sizeof(tests) / sizeof(tests[0]));
	shell_end(dir);
	return done();
}
