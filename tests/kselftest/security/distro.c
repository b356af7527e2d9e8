// SPDX-License-Identifier: GPL-2.0
/*
 * S3: the privileged programs of the distribution, started from a view
 *
 * They work as always, whatever the view has in the place of their interpreter, their
 * libraries and configuration, and of what they start; and where they refuse, a view
 * doesn't change their mind.
 */
#include "attack.h"

#define DIR	"/var/lib/vfn-distro"
#define MNT	DIR "/mnt"
#define OUT	DIR "/out"
#define EVIL	DIR "/evil"
#define KEY	DIR "/key"		/* only root may read it */
#define LIBS	LIBS64

#define ROOT_PASSWORD	"Root-has-1-password"
#define PASSWORD	"User-has-2-passwords"
#define NEW_PASSWORD	"this-1s-the-Other"
#define EVIL_PASSWORD	"3vil-is-what-I-am"

struct pair {
	const char *from, *to;		/* no @to: hidden */
};

/**
 * struct command - what the user types
 * @input:	into it
 * @says:	what its output has in it
 * @prepare:	as root, before each run
 */
struct command {
	char *argv[6];
	const char *input;
	const char *says;
	const char *prepare;
};

static void shell(const char *command)
{
	if (system(command))
		bail_out("%s", command);
}

static void make_view(const struct pair *pairs)
{
	struct vfn_batch *batch = vfn_batch_new();

	for (; pairs->from; pairs++) {
		if (pairs->to)
			vfn_batch_map(batch, pairs->from, pairs->to, 0);
		else
			vfn_batch_hide(batch, pairs->from);
	}
	if (vfn_batch_apply(batch, NULL))
		bail_out("make a view");
	vfn_batch_free(batch);
}

static void write_input(int fd, const char *input)
{
	if (input && write(fd, input, strlen(input)) != (ssize_t)strlen(input))
		bail_out("write to a pipe");
	close(fd);
}

/* The wait status of the command, started from a view, if any; its output is in OUT. */
static int run(const struct command *command, const struct pair *view)
{
	int in[2], out, status;
	pid_t pid;

	if (command->prepare)
		shell(command->prepare);
	out = open(OUT, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0 || pipe2(in, O_CLOEXEC))
		bail_out("make a pipe");
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		dup2(in[0], STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		become_user();
		if (view)
			make_view(view);
		execv(command->argv[0], command->argv);
		_exit(ATTACK_NONE);
	}
	close(out);
	close(in[0]);
	write_input(in[1], command->input);
	if (waitpid(pid, &status, 0) != pid)
		bail_out("waitpid");
	return status;
}

static bool says(const char *text)
{
	return strstr(read_file(OUT), text);
}

static char linker[PATH_MAX], libc[PATH_MAX];

/* Everything that these programs need is another's. */
static const struct pair all_evil[] = {
	{ LD_SO, EVIL }, { linker, EVIL }, { libc, EVIL }, { "/etc/ld.so.preload", EVIL },
	{ "/etc/ld.so.cache", EVIL }, { "/etc/passwd", DIR "/passwd" },
	{ "/etc/shadow", DIR "/shadow" }, { "/etc/group" }, { "/etc/pam.d", DIR "/pam.d" },
	{ "/etc/pam.conf", EVIL }, { LIBS "/security", DIR }, { "/etc/nsswitch.conf", EVIL },
	{ "/etc/sudoers", DIR "/sudoers" }, { "/etc/sudoers.d" }, { "/etc/sudo.conf", EVIL },
	{ "/usr/lib/sudo", DIR }, { "/etc/login.defs" }, { "/etc/fstab", DIR "/fstab" },
	{ "/etc/mtab" }, { "/run/mount" }, { "/etc/hosts" }, { "/bin/sh", EVIL },
	{ "/usr/bin/dash", EVIL }, { "/usr/bin/bash", EVIL }, { "/usr/bin/id", EVIL },
	{ "/usr/bin/cat", EVIL }, { MNT, "/etc" }, { "/dev/log" }, {}
};

#define SET_PASSWORDS "printf 'root:" ROOT_PASSWORD "\\nvfn:" PASSWORD "\\n' | chpasswd -c SHA256"
#define UNMOUNT "! mountpoint -q " MNT " || umount " MNT
#define MOUNT "mountpoint -q " MNT " || " \
	"setpriv --reuid 1000 --regid 1000 --clear-groups mount " MNT

static const struct command commands[] = {
	{ { "/usr/bin/sudo", "-n", "/usr/bin/id", "-u" }, .says = "0\n" },
	{ { "/usr/bin/su", "-c", "id -u; id -un", "root" }, ROOT_PASSWORD "\n", "0\nroot\n",
	  SET_PASSWORDS },
	{ { "/usr/bin/su", "-c", "id -u", "vfn" }, PASSWORD "\n", "1000\n", SET_PASSWORDS },
	{ { "/usr/bin/passwd" }, PASSWORD "\n" NEW_PASSWORD "\n" NEW_PASSWORD "\n",
	  "password updated successfully", SET_PASSWORDS },
	{ { "/usr/bin/passwd", "-S" }, .says = "vfn P " },
	{ { "/usr/bin/chage", "-l", "vfn" }, .says = "Password expires" },
	{ { "/usr/bin/ping", "-4", "-c1", "-W5", "127.0.0.1" }, .says = " 1 received" },
	{ { "/usr/bin/mount", MNT }, .says = "", .prepare = UNMOUNT },
	{ { "/usr/bin/umount", MNT }, .says = "", .prepare = MOUNT },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* What the command has done to the machine, if anything. */
static bool has_done(const struct command *command)
{
	if (strstr(command->argv[0], "umount"))
		return !strstr(read_file("/proc/mounts"), MNT " ");
	if (strstr(command->argv[0], "mount"))
		return strstr(read_file("/proc/mounts"), MNT " ");
	return true;
}

static void test_command(const struct command *command)
{
	char *const *argv = command->argv;
	int status = run(command, NULL);
	bool good = !status && says(command->says) && has_done(command);

	if (!control(good, "%s %s without a view (%#x)", argv[0], argv[1] ?: "", status))
		diag("it says: %s", read_file(OUT));
	status = run(command, all_evil);
	good = !status && says(command->says) && has_done(command);
	if (!refused(good, "%s %s in a view is as always (%#x)", argv[0], argv[1] ?: "", status))
		diag("it says: %s", read_file(OUT));
}

/**
 * struct trick - a view that is to make a privileged program do what it may not
 * @what:	it has in the place of something that matters
 * @view:	of the user
 * @command:	what is refused; its @says: what would show that it was done
 */
struct trick {
	const char *what;
	struct pair view[3];
	struct command command;
};

static const struct trick tricks[] = {
	{ "another sudoers", { { "/etc/sudoers", DIR "/sudoers" }, { "/etc/sudoers.d" } },
	  { { "/usr/bin/sudo", "-n", "/usr/bin/cat", KEY }, .says = "the key" } },
	{ "other plugins", { { "/usr/lib/sudo/sudoers.so", EVIL }, { "/usr/libexec/sudo", DIR } },
	  { { "/usr/bin/sudo", "-n", "/usr/bin/cat", KEY }, .says = "the key" } },
	{ "another program to start", { { "/usr/bin/id", EVIL } },
	  { { "/usr/bin/sudo", "-n", "/usr/bin/id", "-x" }, .says = "never said" } },
	{ "another shadow", { { "/etc/shadow", DIR "/shadow" } },
	  { { "/usr/bin/su", "-c", "cat " KEY, "root" }, EVIL_PASSWORD "\n", "the key" } },
	{ "another passwd and shadow", { { "/etc/passwd", DIR "/passwd" }, { "/etc/shadow", DIR "/shadow" } },
	  { { "/usr/bin/su", "-c", "cat " KEY, "vfn" }, EVIL_PASSWORD "\n", "the key" } },
	{ "another pam.d", { { "/etc/pam.d", DIR "/pam.d" } },
	  { { "/usr/bin/su", "-c", "cat " KEY, "root" }, "wrong\n", "the key" } },
	{ "another PAM module", { { LIBS "/security/pam_unix.so", LIBS "/security/pam_permit.so" },
			    { "/usr" LIBS "/security/pam_unix.so",
			      LIBS "/security/pam_permit.so" } },
	  { { "/usr/bin/su", "-c", "cat " KEY, "root" }, "wrong\n", "the key" } },
	{ "another fstab", { { "/etc/fstab", DIR "/fstab" } },
	  { { "/usr/bin/mount", "/etc" }, .says = "never said" } },
	{ "another mount point", { { MNT, "/etc" } },
	  { { "/usr/bin/mount", "/etc" }, .says = "never said" } },
	{ "another passwd", { { "/etc/passwd", DIR "/passwd" } },
	  { { "/usr/bin/passwd", "-S", "root" }, .says = "root P" } },
};

#define TRICKS (sizeof(tricks) / sizeof(tricks[0]))

static void test_trick(const struct trick *trick)
{
	int status = run(&trick->command, trick->view);
	bool done = WIFEXITED(status) &&
		    (!WEXITSTATUS(status) || WEXITSTATUS(status) == EVIL_ROOT);

	if (!refused(!done && !says(trick->command.says), "%s, given %s (%#x)",
		     trick->command.argv[0], trick->what, status))
		diag("it says: %s", read_file(OUT));
}

/* The same views do lead elsewhere where no privilege is gained. */
static void test_own(void)
{
	static const struct command cat = { { "/usr/bin/cat", "/etc/pam.d/su", "/etc/fstab" } };
	static const struct command sudo = { { "/usr/bin/sudo", "-n", "id" } };
	static const struct command env = { { "/usr/bin/env", "id" } };
	struct pair view[] = { { "/etc/pam.d", DIR "/pam.d" },
			       { "/etc/fstab", DIR "/fstab" }, {} };

	control(!run(&cat, view) && says("pam_permit") && says("/etc tmpfs"),
		"the user's cat reads what the view has");
	view[0] = (struct pair){ "/usr/bin/sudo", EVIL };
	control(run(&sudo, view) == EXITED(EVIL_USER), "sudo itself mapped is the user's program");
	view[0] = (struct pair){ "/usr/bin/id", EVIL };
	control(run(&env, view) == EXITED(EVIL_USER), "what a plain program starts is the view's");
	view[0] = (struct pair){ LD_SO, EVIL };
	control(run(&env, view) == EXITED(EVIL_USER), "a plain program's interpreter is the view's");
}

static void prepare(void)
{
	make_scene(DIR);
	make_evil(EVIL);
	make_dir(MNT, 0755, 0);
	make_dir(DIR "/pam.d", 0755, 0);
	make_text(KEY, "the key\n", 0600);
	write_file(DIR "/pam.d/su", "auth sufficient pam_permit.so\n"
		   "account sufficient pam_permit.so\nsession sufficient pam_permit.so\n");
	make_text(DIR "/sudoers", "ALL ALL=(ALL) NOPASSWD: ALL\n", 0440);
	write_file(DIR "/fstab", "none /etc tmpfs user,noauto 0 0\n");
	write_file(DIR "/passwd", "root:x:1000:1000::/:/bin/sh\nvfn:x:0:0::/:/bin/sh\n");
	shell("pwconv;"
	      "printf 'root:" EVIL_PASSWORD "\\nvfn:" EVIL_PASSWORD "\\n' | chpasswd -c SHA256;"
	      "cp /etc/shadow " DIR "/shadow; chmod 644 " DIR "/shadow; " SET_PASSWORDS);
	/* The virtual machine's own. */
	make_text("/etc/sudoers.d/vfn-distro", "vfn ALL=(root) NOPASSWD: /usr/bin/id\n", 0440);
	shell("echo 'none " MNT " tmpfs user,noauto 0 0' >>/etc/fstab");
	/* The share that the machine's files come by has no capabilities of files. */
	shell("setcap cap_net_raw+ep /usr/bin/ping");
	if (!realpath(LD_SO, linker) || !realpath(LIBS "/libc.so.6", libc))
		bail_out("find the C library");
}

int main(void)
{
	size_t i;

	attack_begin();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	prepare();
	for (i = 0; i < COMMANDS; i++)
		test_command(&commands[i]);
	for (i = 0; i < TRICKS; i++)
		test_trick(&tricks[i]);
	test_own();
	return attack_done();
}
