// SPDX-License-Identifier: GPL-2.0
/* kselftest: every name that an exec involves: program, script, interpreters */

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/sysmacros.h>

#include "call.h"

#ifndef BINPRM_MAGIC
#define BINPRM_MAGIC	"\177vfn"
#endif
#define BINFMT		"/proc/sys/fs/binfmt_misc"

/*
 * Programs of these tests are copies of this one.  In their environment stands
 * what they shall tell on standard output: a device and inode.
 */
#define ASK		"VFN_TEST_ASK"

/* The mapping that @addr lies in. */
static int tell_mapping(unsigned long addr)
{
	unsigned long start, end, ino;
	unsigned int major, minor;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %*s %x:%x %lu", &start, &end, &major, &minor,
			   &ino) == 5 && addr >= start && addr < end)
			return printf("%llu %llu\n", (unsigned long long)makedev(major, minor),
				      (unsigned long long)ino) < 0;
	}
	return 1;
}

static int tell(const char *ask, int argc, char **argv)
{
	struct stat st;

	if (!strcmp(ask, "linker"))
		return tell_mapping(getauxval(AT_BASE));
	if (!strcmp(ask, "program"))
		return tell_mapping((unsigned long)tell);
	if (argc < 2 || stat(argv[1], &st))
		return 1;
	return printf("%llu %llu\n", (unsigned long long)st.st_dev,
		      (unsigned long long)st.st_ino) < 0;
}

typedef long (*exec_fn)(const struct call_at *at, char **argv, char **envp);

/* The exec in a child; @ask it.  Fails as the exec did. */
static long ask(const struct call_at *at, struct call_result *r, const char *what, exec_fn exec)
{
	char env[64];
	char *argv[] = { "vfn-test", NULL }, *envp[] = { env, NULL };
	unsigned long long dev, ino;
	int out[2], status;
	ssize_t len;
	pid_t pid;

	snprintf(env, sizeof(env), ASK "=%s", what);
	if (pipe2(out, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		exec(at, argv, envp);
		_exit(errno);
	}
	close(out[1]);
	len = read(out[0], r->text, sizeof(r->text) - 1);
	close(out[0]);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	if (len > 0 && sscanf(r->text, "%llu %llu", &dev, &ino) == 2) {
		r->dev = dev;
		r->ino = ino;
		return 0;
	}
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return -1;
}

static long execve_name(const struct call_at *at, char **argv, char **envp)
{
	return syscall(SYS_execve, at->name, argv, envp);
}

static long execve_other(const struct call_at *at, char **argv, char **envp)
{
	return syscall(SYS_execve, at->other, argv, envp);
}

static long execveat_name(const struct call_at *at, char **argv, char **envp)
{
	return syscall(SYS_execveat, at->dfd, at->name, argv, envp, 0);
}

/* A script's interpreter is told "/dev/fd/N/name": the dirfd must outlive the exec. */
static long execveat_script(const struct call_at *at, char **argv, char **envp)
{
	int dfd = at->dfd < 0 ? at->dfd : dup(at->dfd);

	return syscall(SYS_execveat, dfd, at->name, argv, envp, 0);
}

static long execveat_nofollow(const struct call_at *at, char **argv, char **envp)
{
	return syscall(SYS_execveat, at->dfd, at->name, argv, envp, AT_SYMLINK_NOFOLLOW);
}

static long execveat_fd(const struct call_at *at, char **argv, char **envp)
{
	int fd = openat(at->dfd, at->name, O_PATH | O_CLOEXEC);

	return fd < 0 ? fd : syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
}

static long vfork_exec(const struct call_at *at, char **argv, char **envp)
{
	int status;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		syscall(SYS_execve, at->name, argv, envp);
		_exit(errno);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid)
		_exit(WEXITSTATUS(status));
	return -1;
}

static void copy(int from, const char *name, mode_t mode)
{
	int to = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
	char buf[4096];
	ssize_t len;

	while ((len = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, len) != len)
			break;
	}
	if (from < 0 || to < 0 || len)
		bail_out("copying to %s", name);
	close(from);
	close(to);
}

static void make_program(const char *name, bool decoy)
{
	(void)decoy;
	copy(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), name, 0755);
}

static void write_file(const char *name, const char *before, const char *text,
		       const char *after)
{
	int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);

	if (fd < 0 || dprintf(fd, "%s%s%s", before, text, after) < 0)
		bail_out("writing %s", name);
	close(fd);
}

static void make_script(const char *name, bool decoy)
{
	char self[PATH_MAX] = "";

	(void)decoy;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		bail_out("/proc/self/exe");
	write_file(name, "#!", self, "\n");
}

/* The program header that names this program's ELF interpreter. */
static ElfW(Off) interp_header(const char *image, ElfW(Phdr) *phdr)
{
	const ElfW(Ehdr) *ehdr = (const ElfW(Ehdr) *)image;
	int i;

	for (i = 0; i < ehdr->e_phnum; i++) {
		ElfW(Off) at = ehdr->e_phoff + i * ehdr->e_phentsize;

		memcpy(phdr, image + at, sizeof(*phdr));
		if (phdr->p_type == PT_INTERP)
			return at;
	}
	bail_out("this program has no interpreter");
}

static void read_self(char *image, size_t size)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, image, size) != (ssize_t)size)
		bail_out("/proc/self/exe");
	close(fd);
}

static void make_linker(const char *name, bool decoy)
{
	char image[4096];
	ElfW(Phdr) phdr;

	(void)decoy;
	read_self(image, sizeof(image));
	interp_header(image, &phdr);
	copy(open(image + phdr.p_offset, O_RDONLY | O_CLOEXEC), name, 0755);
}

static long run_execve(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "program", execve_name);
}

static long run_vfork(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "program", vfork_exec);
}

static long run_execveat(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "program", execveat_name);
}

static long run_execveat_nofollow(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "program", execveat_nofollow);
}

static long run_execveat_fd(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "program", execveat_fd);
}

static long run_script(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "script", execve_name);
}

static long run_script_at(const struct call_at *at, struct call_result *r)
{
	return ask(at, r, "script", execveat_script);
}

static long run_shebang(const struct call_at *at, struct call_result *r)
{
	write_file(at->other, "#!", at->name, "\n");
	return ask(at, r, "program", execve_other);
}

/* A script whose interpreter is a script whose interpreter has the name. */
static long run_shebang_twice(const struct call_at *at, struct call_result *r)
{
	char second[PATH_MAX];

	snprintf(second, sizeof(second), "%s-2", at->other);
	write_file(second, "#!", at->name, "\n");
	write_file(at->other, "#! ", second, " -x\n");
	return ask(at, r, "program", execve_other);
}

/* A copy of this program that names @interp: at its end, where there is room. */
static void make_dynamic(const char *name, const char *interp)
{
	char image[4096];
	ElfW(Phdr) phdr;
	ElfW(Off) at;
	int fd;

	read_self(image, sizeof(image));
	at = interp_header(image, &phdr);
	make_program(name, false);
	fd = open(name, O_RDWR | O_CLOEXEC);
	phdr.p_offset = lseek(fd, 0, SEEK_END);
	phdr.p_filesz = strlen(interp) + 1;
	if (write(fd, interp, strlen(interp) + 1) < 0 ||
	    pwrite(fd, &phdr, sizeof(phdr), at) != sizeof(phdr))
		bail_out("writing %s", name);
	close(fd);
}

static long run_linker(const struct call_at *at, struct call_result *r)
{
	make_dynamic(at->other, at->name);
	return ask(at, r, "linker", execve_other);
}

static bool binfmt_write(const char *file, const char *text)
{
	char path[PATH_MAX];
	int fd;
	bool good;

	snprintf(path, sizeof(path), BINFMT "/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	good = fd >= 0 && write(fd, text, strlen(text)) > 0;
	close(fd);
	return good;
}

static long run_binfmt(const struct call_at *at, struct call_result *r, const char *flags)
{
	char line[PATH_MAX];
	long ret;

	write_file(at->other, BINPRM_MAGIC, "", "\n");
	snprintf(line, sizeof(line), ":vfn-test:M::" BINPRM_MAGIC "::%s:%s", at->name, flags);
	if (!binfmt_write("register", line))
		return -1;
	ret = ask(at, r, "program", execve_other);
	if (!binfmt_write("vfn-test", "-1"))
		bail_out("removing a binary format");
	return ret;
}

static long run_binfmt_plain(const struct call_at *at, struct call_result *r)
{
	return run_binfmt(at, r, "");
}

/* F: the interpreter is opened when the format is registered. */
static long run_binfmt_fixed(const struct call_at *at, struct call_result *r)
{
	return run_binfmt(at, r, "F");
}

static const struct call calls[] = {
	{ "execve", 0, 0, run_execve, call_check_same, make_program },
	{ "vfork, execve", 0, 0, run_vfork, call_check_same, make_program },
	{ "execve of a script", 0, 0, run_script, call_check_same, make_script },
	{ "execve, #! interpreter", 0, 0, run_shebang, call_check_same, make_program },
	{ "execve, #! interpreter of a #! interpreter", 0, 0, run_shebang_twice,
	  call_check_same, make_program },
	{ "execve, ELF interpreter", 0, 0, run_linker, call_check_same, make_linker },
	{ "execveat", CALL_AT, 0, run_execveat, call_check_same, make_program },
	{ "execveat AT_SYMLINK_NOFOLLOW", CALL_AT, 0, run_execveat_nofollow,
	  call_check_same, make_program },
	{ "execveat AT_EMPTY_PATH", CALL_AT, 0, run_execveat_fd, call_check_same, make_program },
	{ "execveat of a script", CALL_AT, 0, run_script_at, call_check_same, make_script },
};

static const struct call binfmt_calls[] = {
	{ "execve, binfmt_misc interpreter", CALL_ROOT, 0, run_binfmt_plain,
	  call_check_same, make_program },
	{ "execve, binfmt_misc interpreter, opened early", CALL_ROOT, 0, run_binfmt_fixed,
	  call_check_same, make_program },
};

static void try_binfmt(void)
{
	size_t i;

	if (mount("binfmt_misc", BINFMT, "binfmt_misc", 0, NULL) && errno != EBUSY) {
		if (errno != ENODEV)
			bail_out("mounting binfmt_misc");
		skip("execve, binfmt_misc interpreter", "this kernel has no binfmt_misc");
		return;
	}
	for (i = 0; i < sizeof(binfmt_calls) / sizeof(binfmt_calls[0]); i++)
		call_run(&binfmt_calls[i]);
}

int main(int argc, char **argv)
{
	size_t i;

	if (getenv(ASK))
		return tell(getenv(ASK), argc, argv);
	call_begin();
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		call_run(&calls[i]);
	try_binfmt();
	call_end();
	return done();
}
