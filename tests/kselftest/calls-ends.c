// SPDX-License-Identifier: GPL-2.0
/*
 * kselftest: names that end in slashes and dots do what they do without mappings
 *
 * Each call is made twice: by a process without a table below a plain directory, and
 * by one with a table below a directory whose names are mapped.  It must return the
 * same, with the same errno, and leave the same tree.
 *
 *	TWIN/{dir/sub,empty,file,link,dirlink}		all of it real
 *	VIEW/...	where the same names are; nothing is there for real
 *	REAL/...	where they lead
 */

#include "call.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#define RENAME_EXCHANGE	(1 << 1)
#endif

static const char * const entries[] = { "dir", "empty", "file", "link", "dirlink", "new" };

static const char * const endings[] = {
	"", "/", "/.", "/..", "/../", "/sub", "/sub/", "/sub/..", "/sub/../..", "/new",
	"/new/", "/none/..", "/../file/", "/../new", "/./sub//..//..//empty",
};

static char twin[96], view[96], real[96];

/* For calls with a second name: a file and a directory beside the tree. */
static char other_file[96], other_dir[96], other_new[96];

/* What a lookup arrived at: the objects differ in their modes. */
static long mode_of(long ret, const struct stat *st)
{
	return ret < 0 ? ret : (long)st->st_mode;
}

static long do_stat(const char *name)
{
	struct stat st;

	return mode_of(stat(name, &st), &st);
}

static long do_lstat(const char *name)
{
	struct stat st;

	return mode_of(lstat(name, &st), &st);
}

static long do_open_with(const char *name, int flags)
{
	int fd = open(name, flags | O_CLOEXEC, 0604);
	struct stat st;

	if (fd < 0)
		return fd;
	fstat(fd, &st);
	close(fd);
	return st.st_mode;
}

static long do_open(const char *name)
{
	return do_open_with(name, O_RDONLY);
}

static long do_open_path(const char *name)
{
	return do_open_with(name, O_PATH | O_NOFOLLOW);
}

static long do_open_nofollow(const char *name)
{
	return do_open_with(name, O_RDONLY | O_NOFOLLOW);
}

static long do_open_directory(const char *name)
{
	return do_open_with(name, O_RDONLY | O_DIRECTORY);
}

static long do_open_tmpfile(const char *name)
{
	return do_open_with(name, O_RDWR | O_TMPFILE);
}

static long do_creat(const char *name)
{
	return do_open_with(name, O_RDWR | O_CREAT);
}

static long do_creat_excl(const char *name)
{
	return do_open_with(name, O_RDWR | O_CREAT | O_EXCL);
}

static long do_readlink(const char *name)
{
	char text[64];

	return readlink(name, text, sizeof(text));
}

static long do_access(const char *name)
{
	return access(name, W_OK);
}

static long do_chdir(const char *name)
{
	struct stat st;
	int was = open(".", O_PATH | O_CLOEXEC), err;
	long ret = chdir(name);

	err = errno;
	if (!ret)
		ret = mode_of(stat(".", &st), &st);
	if (fchdir(was))
		bail_out("fchdir");
	close(was);
	errno = err;
	return ret;
}

static long do_chmod(const char *name)
{
	return chmod(name, 0701);
}

static long do_truncate(const char *name)
{
	return truncate(name, 1);
}

static long do_mkdir(const char *name)
{
	return mkdir(name, 0705);
}

static long do_mknod(const char *name)
{
	return mknod(name, S_IFIFO | 0604, 0);
}

static long do_symlink(const char *name)
{
	return symlink("nowhere", name);
}

static long do_rmdir(const char *name)
{
	return rmdir(name);
}

static long do_unlink(const char *name)
{
	return unlink(name);
}

static long do_link_from(const char *name)
{
	return link(name, other_new);
}

static long do_link_to(const char *name)
{
	return link(other_file, name);
}

static long do_rename_from(const char *name)
{
	return rename(name, other_new);
}

static long do_rename_file_to(const char *name)
{
	return rename(other_file, name);
}

static long do_rename_dir_to(const char *name)
{
	return rename(other_dir, name);
}

static long do_rename_noreplace(const char *name)
{
	return syscall(SYS_renameat2, AT_FDCWD, other_dir, AT_FDCWD, name, RENAME_NOREPLACE);
}

static long do_exchange(const char *name)
{
	return syscall(SYS_renameat2, AT_FDCWD, other_file, AT_FDCWD, name, RENAME_EXCHANGE);
}

/**
 * struct op - a call
 * @changes:	it may change the tree
 */
static const struct op {
	const char *name;
	long (*run)(const char *name);
	bool changes;
} ops[] = {
	{ "stat", do_stat },
	{ "lstat", do_lstat },
	{ "open", do_open },
	{ "open O_PATH|O_NOFOLLOW", do_open_path },
	{ "open O_NOFOLLOW", do_open_nofollow },
	{ "open O_DIRECTORY", do_open_directory },
	{ "open O_TMPFILE", do_open_tmpfile, true },
	{ "open O_CREAT", do_creat, true },
	{ "open O_CREAT|O_EXCL", do_creat_excl, true },
	{ "readlink", do_readlink },
	{ "access", do_access },
	{ "chdir", do_chdir },
	{ "chmod", do_chmod, true },
	{ "truncate", do_truncate, true },
	{ "mkdir", do_mkdir, true },
	{ "mknod", do_mknod, true },
	{ "symlink", do_symlink, true },
	{ "rmdir", do_rmdir, true },
	{ "unlink", do_unlink, true },
	{ "link, old name", do_link_from, true },
	{ "link, new name", do_link_to, true },
	{ "rename, old name", do_rename_from, true },
	{ "rename a file, new name", do_rename_file_to, true },
	{ "rename a directory, new name", do_rename_dir_to, true },
	{ "rename RENAME_NOREPLACE, new name", do_rename_noreplace, true },
	{ "rename RENAME_EXCHANGE, new name", do_exchange, true },
};

/**
 * struct way - how the tree comes into the view
 * @whole:	one mapping of the directory; else one for each entry
 * @nofollow:	all of these with VFN_NOFOLLOW; else only those that lead to a symlink
 * @relative:	names are relative to the directory's parent
 */
static const struct way {
	const char *what;
	bool whole;
	bool nofollow;
	bool relative;
} ways[] = {
	{ "names mapped one by one, absolute", false, false, false },
	{ "names mapped one by one, relative", false, false, true },
	{ "names mapped with VFN_NOFOLLOW, absolute", false, true, false },
	{ "directory mapped, absolute", true, false, false },
	{ "directory mapped, relative", true, false, true },
};

static void make_file(const char *dir, const char *name, mode_t mode)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
	if (fd < 0)
		bail_out("%s", path);
	close(fd);
}

static void make_dir(const char *dir, const char *name, mode_t mode)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (mkdir(path, mode))
		bail_out("mkdir %s", path);
}

static void make_link(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (symlink(text, path))
		bail_out("symlink %s", path);
}

static void make_tree(const char *dir)
{
	make_dir(dir, "dir", 0750);
	make_dir(dir, "dir/sub", 0710);
	make_dir(dir, "empty", 0730);
	make_file(dir, "file", 0640);
	make_link(dir, "link", "file");
	make_link(dir, "dirlink", "dir");
}

static void remove_tree(const char *dir)
{
	struct dirent *entry;
	DIR *list = opendir(dir);
	char path[PATH_MAX];

	while (list && (entry = readdir(list))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (unlink(path)) {
			remove_tree(path);
			rmdir(path);
		}
	}
	closedir(list);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char * const *)a, *(char * const *)b);
}

/**
 * struct listing - names and modes of what is below some directories
 * @nr:		of them
 * @line:	sorted; from malloc()
 */
struct listing {
	size_t nr;
	char *line[64];
};

static void list(struct listing *l, const char *dir, const char *prefix)
{
	char path[PATH_MAX], below[PATH_MAX];
	DIR *names = opendir(dir);
	struct dirent *entry;
	struct stat st;

	while (names && (entry = readdir(names))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		snprintf(below, sizeof(below), "%s/%s", prefix, entry->d_name);
		if (lstat(path, &st) || l->nr == 64 ||
		    asprintf(&l->line[l->nr++], "%s %o %ld", below, st.st_mode,
			     S_ISREG(st.st_mode) ? (long)st.st_size : 0) < 0)
			bail_out("listing %s", path);
		if (S_ISDIR(st.st_mode))
			list(l, path, below);
	}
	closedir(names);
}

static bool same(struct listing *a, struct listing *b)
{
	bool good = a->nr == b->nr;
	size_t i;

	qsort(a->line, a->nr, sizeof(a->line[0]), by_text);
	qsort(b->line, b->nr, sizeof(b->line[0]), by_text);
	for (i = 0; good && i < a->nr; i++)
		good = !strcmp(a->line[i], b->line[i]);
	while (a->nr)
		free(a->line[--a->nr]);
	while (b->nr)
		free(b->line[--b->nr]);
	return good;
}

static void fresh(const char *dir, bool filled)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		bail_out("mkdir %s", dir);
	remove_tree(dir);
	if (chmod(dir, 0755))
		bail_out("chmod %s", dir);
	if (filled)
		make_tree(dir);
}

static void enter_view(const struct way *way)
{
	char from[PATH_MAX], to[PATH_MAX];
	unsigned int flags;
	size_t i;

	if (way->whole) {
		if (vfn(view, real))
			bail_out("vfn");
		return;
	}
	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		snprintf(from, sizeof(from), "%s/%s", view, entries[i]);
		snprintf(to, sizeof(to), "%s/%s", real, entries[i]);
		flags = way->nofollow || strstr(entries[i], "link") ? VFN_NOFOLLOW : 0;
		if (vfn_map(from, to, flags))
			bail_out("vfn");
	}
}

/* The call with a name of the twin, or of the view. */
static long call_once(const struct op *op, const struct way *way, const char *dir,
		      const char *entry, const char *ending)
{
	char name[PATH_MAX];
	long ret;

	snprintf(name, sizeof(name), "%s/%s%s", way->relative ? strrchr(dir, '/') + 1 : dir,
		 entry, ending);
	errno = 0;
	ret = op->run(name);
	return ret < 0 ? -errno : ret;
}

static void clear_one(const char *name)
{
	remove_tree(name);
	if (rmdir(name) && unlink(name) && errno != ENOENT)
		bail_out("removing %s", name);
}

static void fresh_others(void)
{
	clear_one(other_file);
	clear_one(other_dir);
	clear_one(other_new);
	make_file(call_base, "real/other-file", 0646);
	make_dir(call_base, "real/other-dir", 0757);
}

/**
 * struct holder - the process that has the view
 * @ask:	pipe to it: which call, entry and ending
 * @answer:	pipe from it: what call_once() returned
 */
struct holder {
	int ask[2];
	int answer[2];
};

static void holder_serve(const struct holder *holder, const struct way *way)
{
	size_t asked[3];
	long ret;

	close(holder->ask[1]);
	enter_view(way);
	while (read(holder->ask[0], asked, sizeof(asked)) == sizeof(asked)) {
		ret = call_once(&ops[asked[0]], way, view, entries[asked[1]],
				endings[asked[2]]);
		if (write(holder->answer[1], &ret, sizeof(ret)) != sizeof(ret))
			_exit(1);
	}
}

static long holder_call(const struct holder *holder, size_t op, size_t entry, size_t ending)
{
	size_t ask[3] = { op, entry, ending };
	long ret;

	if (write(holder->ask[1], ask, sizeof(ask)) != sizeof(ask) ||
	    read(holder->answer[0], &ret, sizeof(ret)) != sizeof(ret))
		bail_out("the holder has died");
	return ret;
}

static void fresh_trees(void)
{
	fresh(twin, true);
	fresh(view, false);
	fresh(real, true);
}

/* Are the trees alike? */
static bool trees_alike(void)
{
	struct listing is = {}, want = {};

	list(&want, twin, "");
	list(&is, real, "");
	list(&is, view, "");
	return same(&is, &want);
}

static bool try_name(const struct holder *holder, const struct way *way, size_t op,
		     size_t entry, size_t ending)
{
	bool changes = ops[op].changes, good = true;
	long ret, want;

	if (changes)
		fresh_others();
	want = call_once(&ops[op], way, twin, entries[entry], endings[ending]);
	if (changes)
		fresh_others();
	ret = holder_call(holder, op, entry, ending);
	if (changes)
		good = trees_alike();
	/* A call that has failed, and changed nothing, leaves them as they were. */
	if (changes && (!good || ret >= 0 || want >= 0))
		fresh_trees();
	if (good && ret == want)
		return true;
	diag("%s%s: %ld (%s), not %ld (%s)%s", entries[entry], endings[ending], ret,
	     ret < 0 ? strerror(-ret) : "", want, want < 0 ? strerror(-want) : "",
	     good ? "" : "; another tree than the twin's");
	return false;
}

static void try_op(const struct holder *holder, const struct way *way, size_t op)
{
	bool good = true;
	size_t i, j;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		for (j = 0; j < sizeof(endings) / sizeof(endings[0]); j++)
			good &= try_name(holder, way, op, i, j);
	ok(good, "%s: %s", ops[op].name, way->what);
}

static void try_way(const struct way *way)
{
	struct holder holder;
	pid_t pid;
	size_t i;

	if (pipe2(holder.ask, O_CLOEXEC) || pipe2(holder.answer, O_CLOEXEC))
		bail_out("pipe");
	fresh_trees();
	pid = fork();
	if (!pid) {
		holder_serve(&holder, way);
		_exit(0);
	}
	close(holder.ask[0]);
	close(holder.answer[1]);
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		try_op(&holder, way, i);
	close(holder.ask[1]);
	close(holder.answer[0]);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		bail_out("fork");
}

static void try_ways(void *arg)
{
	size_t i;

	(void)arg;
	call_drop_root();
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		try_way(&ways[i]);
}

int main(void)
{
	char path[96];

	call_begin();
	/* All of it on one file system, so that renames and links work. */
	snprintf(twin, sizeof(twin), "%s/real/twin", call_base);
	snprintf(view, sizeof(view), "%s/real/view", call_base);
	snprintf(real, sizeof(real), "%s/real/real", call_base);
	snprintf(other_file, sizeof(other_file), "%s/real/other-file", call_base);
	snprintf(other_dir, sizeof(other_dir), "%s/real/other-dir", call_base);
	snprintf(other_new, sizeof(other_new), "%s/real/other-new", call_base);
	snprintf(path, sizeof(path), "%s/real", call_base);
	if (chown(path, CALL_USER, CALL_USER) || chdir(path))
		bail_out("%s", path);
	in_child(try_ways, NULL, "calls in a view");
	if (chdir("/"))
		bail_out("chdir");
	call_end();
	return done();
}
