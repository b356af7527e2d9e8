// SPDX-License-Identifier: GPL-2.0
/*
 * N10: what is open when a mapping is made keeps its object, and a directory
 * whose own name then leads elsewhere resolves names untranslated
 */
#include "rule.h"

static void make_stage(void)
{
	make_file("@/d/f");
	make_file("@/d/g");
	make_file("@/d/s/h");
	make_file("@/t");
	make_file("@/real/f");
	make_file("@/real/s/h");
	make_file("@/real/only");
	make_file("@/other");
	make_link("f", "@/d/l");
	make_link("@/m", "@/d/abs");
	make_link("@/d/f", "@/d/own");
	make_file("@/m");
}

static const char *object_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? strerrorname_np(errno) : noted(&st);
}

static void descriptors(void)
{
	int fd, path, mapped;
	char buf[64] = "";

	make_stage();
	fd = open(at("@/d/f"), O_RDONLY | O_CLOEXEC);
	path = open(at("@/d/g"), O_PATH | O_CLOEXEC);
	map("@/d/f", "@/other");
	mapped = open(at("@/d/f"), O_RDONLY | O_CLOEXEC);
	hide("@/d/g");
	ok(!strcmp(object_of(fd), "@/d/f"), "%s: a file stays what it is", rule_label);
	ok(read(fd, buf, sizeof(buf) - 1) > 0 && !strcmp(buf, "@/d/f\n"),
	   "%s: and says the same", rule_label);
	ok(!strcmp(object_of(path), "@/d/g"), "%s: an O_PATH one too", rule_label);
	means(text("/proc/self/fd/%d", fd), "@/d/f");
	means(text("/proc/self/fd/%d", path), "@/d/g");
	means(text("/proc/self/fd/%d", mapped), "@/other");
	works(vfn_clear());
	ok(!strcmp(object_of(mapped), "@/other"), "%s: and when the mapping goes", rule_label);
	means(text("/proc/self/fd/%d", mapped), "@/other");
}

/* @fd and, if it is AT_FDCWD, the cwd are the directory at "@/d" of before. */
static void nameless(int fd)
{
	means_at(fd, ".", "@/d");
	means_at(fd, "f", "@/d/f");
	means_at(fd, "./g", "@/d/g");
	means_at(fd, "s/h", "@/d/s/h");
	means_at(fd, "s/../f", "@/d/f");
	means_at(fd, "l", "@/d/f");
	means_at(fd, "only", "ENOENT");
	/* An absolute symlink begins at the root, where the view has names. */
	means_at(fd, "abs", "@/other");
}

static void elsewhere(void)
{
	int fd, sub;

	make_stage();
	works(chdir("d"));
	fd = open(".", O_PATH | O_CLOEXEC);
	sub = open("s", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	map("@/d", "@/real");
	map("@/d/g", "@/other");
	map("@/m", "@/other");
	nameless(AT_FDCWD);
	nameless(fd);
	means_at(fd, "own", "@/real/f");
	means_at(sub, "h", "@/d/s/h");
	means_at(sub, ".", "@/d/s");
	means("@/d/f", "@/real/f");
	means("@/d/g", "@/other");
	means(text("/proc/self/fd/%d", fd), "@/d");
	means(text("/proc/self/fd/%d/f", fd), "@/d/f");
	means(text("/proc/self/fd/%d/g", fd), "@/d/g");
	means("/proc/self/cwd/f", "@/d/f");
	means("/proc/self/cwd/s/h", "@/d/s/h");
	works(chdir("s"));
	means("h", "@/d/s/h");
	means("../f", "@/d/f");
	works(chdir(".."));
	means("g", "@/d/g");
	works(chdir(at("@/d")));
	means("f", "@/real/f");
	means("g", "@/other");
	works(fchdir(fd));
	means("g", "@/d/g");
	/* It has its name again when the mapping goes. */
	works(vfn_unmap(at("@/d")));
	means("f", "@/d/f");
	means("g", "@/other");
	means_at(fd, "g", "@/other");
	means_at(sub, "../g", "@/other");
	works(vfn_clear());
	means("g", "@/d/g");
}

static void hidden(void)
{
	int fd;

	make_stage();
	works(chdir("d"));
	fd = open("s", O_PATH | O_CLOEXEC);
	hide("@/d");
	map("@/m", "@/other");
	nameless(AT_FDCWD);
	means_at(fd, "h", "@/d/s/h");
	means("@/d/f", "ENOENT");
	means("own", "ENOENT");
	works(mkdir("made", 0755));
	works(rmdir("made"));
}

/* The mapping is of an ancestor. */
static void ancestor(void)
{
	int fd;

	make_stage();
	works(chdir("d/s"));
	fd = open("..", O_PATH | O_CLOEXEC);
	map("@/d", "@/real");
	means("h", "@/d/s/h");
	means(".", "@/d/s");
	means_at(fd, "f", "@/d/f");
	means_at(fd, "s/h", "@/d/s/h");
	works(chdir(at("@/d/s")));
	means("h", "@/real/s/h");
	means("../only", "@/real/only");
}

/* A directory that one mapping covers, and then another one. */
static void mapped_twice(void)
{
	int fd;

	make_stage();
	make_file("@/v/t");
	map("@/v/d", "@/real");
	works(chdir(at("@/v/d")));
	fd = open("s", O_PATH | O_CLOEXEC);
	means("../t", "@/v/t");
	map("@/v/d", "@/d");
	means("f", "@/real/f");
	means_at(fd, "h", "@/real/s/h");
	means("only", "@/real/only");
	means("@/v/d/f", "@/d/f");
	works(chdir(at("@/v/d")));
	means("f", "@/d/f");
	means("../t", "@/v/t");
}

/* What mappings of others' names have to do with a directory that keeps its name. */
static void still_named(void)
{
	int fd;

	make_stage();
	works(chdir("d"));
	fd = open(".", O_PATH | O_CLOEXEC);
	map("@/d/f", "@/other");
	means("f", "@/other");
	means_at(fd, "f", "@/other");
	means("l", "@/other");
	means("g", "@/d/g");
	map("@/d", "@/d");
	means("f", "@/other");
	means("../t", "@/t");
}

static void deleted(void)
{
	int fd;

	make_stage();
	make_dir("@/gone");
	works(chdir("gone"));
	fd = open(".", O_PATH | O_CLOEXEC);
	map("@/gone/f", "@/other");
	map("@/t", "@/other");
	means("f", "@/other");
	works(rmdir(at("@/gone")));
	means("f", "ENOENT");
	means_at(fd, "f", "ENOENT");
	means(".", "@/gone");
	means("@/t", "@/other");
	fails(open("f", O_CREAT | O_WRONLY, 0644), "ENOENT");
}

static const struct rule rules[] = {
	{ "open files", descriptors },
	{ "a directory whose name leads elsewhere", elsewhere },
	{ "a directory whose name is hidden", hidden },
	{ "a directory whose parent's name leads elsewhere", ancestor },
	{ "a directory that was mapped", mapped_twice },
	{ "a directory that keeps its name", still_named },
	{ "a directory that is gone", deleted },
};

int main(void)
{
	rules_run(rules);
	return done();
}
