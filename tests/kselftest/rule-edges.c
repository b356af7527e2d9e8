// SPDX-License-Identifier: GPL-2.0
/*
 * N1, N2, N4, N5: targets that don't exist, or lie below their own name; loops of
 * symlinks and mappings, where no call may hang
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "rule-scene.h"

#define PATIENCE	60	/* seconds after which a test counts as hung */

static const struct rule_scene scenes[] = {
	{ "TO dangles",
	  "v/d/f v/g real/here",
	  "v/d=real/none v/g=real/none/too v/new=real/here/not",
	  "v/d=ENOENT v/d~ENOENT v/d/=ENOENT v/d/f=ENOENT v/d/..=ENOENT v/d/f/..=ENOENT v/g=ENOENT "
	  "v/g~ENOENT v/new=ENOTDIR v/new/x=ENOTDIR v/new~ENOTDIR v=v real/here=real/here" },
	{ "a name that dangles is no parent",
	  "v/ real/f",
	  "v/d=real/none v/d/e/f=real/f",
	  "v/d/e/f=real/f v/d/x=ENOENT v/d/e/x=ENOENT" },
	{ "symlinks to names that dangle",
	  "v/f l>v/f abs>@/v/f dir>v d/up>../v/f",
	  "v/f=real/none",
	  "l=ENOENT abs=ENOENT dir/f=ENOENT d/up=ENOENT l~l abs~abs l/x=ENOENT dir/../l=ENOENT" },
	{ "TO below its own FROM",
	  "a/b/f a/b/c/f a/b/c/a/b/f a/f",
	  "a=a/b",
	  "a=a/b a/f=a/b/f a/c/f=a/b/c/f a/b=ENOENT a/b/f=ENOENT a/c/..=a/b a/..=@ a/c/../f=a/b/f "
	  "a/../a/f=a/b/f a/c/a/b/f=a/b/c/a/b/f" },
	{ "TO far below its own FROM",
	  "a/b/c/d/f a/b/c/f",
	  "a=a/b/c/d",
	  "a/f=a/b/c/d/f a/b=ENOENT a/b/c/f=ENOENT a/..=@" },
	{ "TO below its own FROM, and made only there",
	  "a/f",
	  "a=a/x/y",
	  "a=ENOENT a/f=ENOENT a/x=ENOENT a/x/y=ENOENT" },
	{ "TO below its own FROM, from inside",
	  "a/b/f a/b/s/g a/b/l>f a/b/up>../out out a/out",
	  "a=a/b",
	  "cd:a ./f=a/b/f ./l=a/b/f ./up=out ./s/g=a/b/s/g ..=@ ../out=out ../a/f=a/b/f "
	  "./s/../l=a/b/f ./s/..=a/b cd:a/s ./g=a/b/s/g ..=a/b ../../out=out" },
	{ "FROM below its own TO, from inside",
	  "a/b/f a/f a/b/c/f",
	  "a/b=a",
	  "a/b/f=a/f a/b/b/f=a/b/f a/b/b/c/f=a/b/c/f a/b/..=a a/b/b=a/b cd:a/b ./f=a/f ..=a "
	  "./b/f=a/b/f cd:a/b/b ./f=a/b/f" },
	{ "each below the other",
	  "a/b/f b/a/g a/x b/y",
	  "a=b/a b=a/b",
	  "a/g=b/a/g b/f=a/b/f a/b=ENOENT b/a=ENOENT a/..=@ b/../a/g=b/a/g" },
	{ "the root below itself, and a name of it",
	  "r/f r/d/g",
	  "@/r/d=r",
	  "r/d/f=r/f r/d/d/g=r/d/g r/d/d/..=r" },
	{ "loops of mappings are none",
	  "a b c d/x e/y",
	  "a=b b=c c=a d=e e=d",
	  "a=b b=c c=a d/y=e/y e/x=d/x d/x=ENOENT a/x=ENOTDIR" },
	{ "symlinks that lead back through mappings",
	  "v/ w/ a>v/l real/l>../w/l real2/l>../a real/f",
	  "v=real w=real2",
	  "a=ELOOP v/l=ELOOP w/l=ELOOP v/f=real/f a~a v/l~real/l w/l~real2/l a/x=ELOOP a/..=ELOOP "
	  "v/l/..=ELOOP" },
	{ "a symlink that shall be one and leads to itself",
	  "real/l>x v/ real/abs>@/v/a real/d>d/d v/f",
	  "v/x:real/l v/a:real/abs v/d:real/d",
	  "v/x=ELOOP v/x~real/l v/a=ELOOP v/a~real/abs v/d=ELOOP v/d~real/d v/x/f=ELOOP v/f=v/f" },
	{ "TO is in a loop of its own",
	  "real/a>b real/b>a real/d/x v/f",
	  "v/f=real/a v/d=real/b/deep v/k:real/a",
	  "v/f=ELOOP v/f~ELOOP v/f/x=ELOOP v/d=ELOOP v/d/x=ELOOP v/k=ENOENT v/k~real/a" },
	{ "a loop through the parent of a mapped directory",
	  "v/d/ real/d/up>../../v/d/up real/d/again>../d/again/x",
	  "v/d=real/d",
	  "v/d/up=ELOOP v/d/again=ELOOP v/d/again/..=ELOOP real/d/up=ELOOP" },
	{ "a loop on the way of a name from nowhere",
	  "l>none/x/l real/l>@/l",
	  "none/x=real none/y:real/l",
	  "l=ELOOP none/x/l=ELOOP none/x/l/z=ELOOP none/y=ELOOP l~l none/y~real/l" },
};

static int bind_to(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ret;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", name);
	ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	return ret;
}

static bool is_type(const char *name, mode_t type)
{
	struct stat st;

	return !lstat(at(name), &st) && (st.st_mode & S_IFMT) == type;
}

/* Each way to make a name, at one whose TO doesn't exist: it makes TO. */
static void made_through(void)
{
	int fd;

	make_dir("@/v");
	make_file("@/f");
	make_file("@/g");
	make_dir("@/real");
	map("@/v", "@/real/new");
	works(mkdir(at("@/v"), 0755));
	ok(is_type("@/real/new", S_IFDIR), "%s: a directory", rule_label);
	map("@/file", "@/v/file");
	fd = open(at("@/file"), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644);
	works(fd);
	ok(write(fd, "x", 1) == 1 && is_type("@/real/new/file", S_IFREG), "%s: a file",
	   rule_label);
	close(fd);
	map("@/none/at/all", "@/real/link");
	works(symlink("x", at("@/none/at/all")));
	ok(is_type("@/real/link", S_IFLNK), "%s: a symlink, at a name from nowhere", rule_label);
	map("@/hard", "@/real/hard");
	works(link(at("@/f"), at("@/hard")));
	means("@/real/hard", "@/f");
	map("@/fifo", "@/real/fifo");
	works(mknod(at("@/fifo"), S_IFIFO | 0644, 0));
	ok(is_type("@/real/fifo", S_IFIFO), "%s: a fifo", rule_label);
	map("@/sock", "@/real/sock");
	works(bind_to(at("@/sock")));
	ok(is_type("@/real/sock", S_IFSOCK), "%s: a socket", rule_label);
	map("@/moved", "@/real/moved");
	works(rename(at("@/g"), at("@/moved")));
	means("@/real/moved", "@/g");
	works(vfn_clear());
	is_itself("@/file", "ENOENT");
	is_itself("@/none", "ENOENT");
	is_itself("@/hard", "ENOENT");
	is_itself("@/moved", "ENOENT");
	means("@/v", "@/v");
}

/* TO's parent doesn't exist either: nothing can be made. */
static void not_made(void)
{
	char * const argv[] = { "x", NULL };
	char buf[8];

	make_file("@/v/d/f");
	make_file("@/f");
	map("@/v/d", "@/real/none/d");
	fails(open(at("@/v/d"), O_CREAT | O_WRONLY, 0644), "ENOENT");
	fails(mkdir(at("@/v/d"), 0755), "ENOENT");
	fails(symlink("x", at("@/v/d")), "ENOENT");
	fails(link(at("@/f"), at("@/v/d")), "ENOENT");
	fails(rename(at("@/f"), at("@/v/d")), "ENOENT");
	fails(rename(at("@/v/d"), at("@/g")), "ENOENT");
	fails(bind_to(at("@/v/d")), "ENOENT");
	fails(open(at("@/v/d/new"), O_CREAT | O_WRONLY, 0644), "ENOENT");
	fails(unlink(at("@/v/d")), "ENOENT");
	fails(rmdir(at("@/v/d")), "ENOENT");
	fails(chdir(at("@/v/d")), "ENOENT");
	fails(execv(at("@/v/d"), argv), "ENOENT");
	fails(readlink(at("@/v/d"), buf, sizeof(buf)), "ENOENT");
	fails(truncate(at("@/v/d"), 0), "ENOENT");
	fails(getxattr(at("@/v/d"), "user.x", buf, sizeof(buf)), "ENOENT");
	means("@/f", "@/f");
	works(vfn_clear());
	means("@/v/d/f", "@/v/d/f");
	is_itself("@/g", "ENOENT");
}

/* TO comes and goes, and FROM with it. */
static void comes_and_goes(void)
{
	int i;

	make_file("@/f");
	make_dir("@/real");
	map("@/v", "@/real/d");
	for (i = 0; i < 3; i++) {
		means("@/v", "ENOENT");
		means("@/v/f", "ENOENT");
		works(mkdir(at("@/real/d"), 0755));
		works(link(at("@/f"), at("@/v/f")));
		means("@/v/f", "@/f");
		works(unlink(at("@/real/d/f")));
		works(rmdir(at("@/v")));
		fails(rmdir(at("@/real/d")), "ENOENT");
	}
}

/* No call hangs or makes anything at the end of a loop. */
static void calls_in_loops(void)
{
	static const char * const names[] = { "@/l", "@/v/l", "@/v/l/x", "@/x/m", "@/v/../l/." };
	char * const argv[] = { "x", NULL };
	size_t i;

	make_file("@/f");
	make_link("v/l", "@/l");
	make_link("../l", "@/real/l");
	make_link("../x/m", "@/real/m");
	map("@/v", "@/real");
	works(vfn_map(at("@/x"), at("@/real"), 0));
	for (i = 0; i < COUNT(names); i++) {
		const char *name = strdup(at(names[i]));

		fails(open(name, O_RDONLY), "ELOOP");
		fails(open(name, O_CREAT | O_WRONLY, 0644), "ELOOP");
		fails(open(name, O_TMPFILE | O_RDWR, 0600), "ELOOP");
		fails(access(name, F_OK), "ELOOP");
		fails(chdir(name), "ELOOP");
		fails(execv(name, argv), "ELOOP");
		fails(truncate(name, 0), "ELOOP");
		fails(chmod(name, 0600), "ELOOP");
		fails(mkdir(text("%s/x", name), 0755), "ELOOP");
		fails(unlink(text("%s/x", name)), "ELOOP");
		fails(rename(text("%s/x", name), at("@/f")), "ELOOP");
		fails(rename(at("@/f"), text("%s/x", name)), "ELOOP");
		fails(symlink("x", text("%s/x", name)), "ELOOP");
		fails(link(at("@/f"), text("%s/x", name)), "ELOOP");
		fails(bind_to(text("%s/x", name)), "ELOOP");
	}
	means("@/f", "@/f");
}

/* Edits whose names go through loops. */
static void edits_in_loops(void)
{
	struct vfn_status status;

	make_file("@/f");
	make_link("b", "@/a");
	make_link("a", "@/b");
	make_link("v/l", "@/l");
	make_link("../l", "@/real/l");
	map("@/v", "@/real");
	fails(vfn(at("@/x"), at("@/a/../y")), "ELOOP");
	fails(vfn(at("@/x"), at("@/l/../y")), "ELOOP");
	ok(!vfn_status(&status) && status.nr_mappings == 1, "%s: nothing else changed",
	   rule_label);
	/* Without a "..", what can't be walked is taken as it is written. */
	works(vfn(at("@/x"), at("@/a/y")));
	works(vfn(at("@/y"), at("@/a")));
	means("@/x", "ELOOP");
	means("@/y", "ELOOP");
	means("@/y/z", "ELOOP");
	works(vfn(at("@/a/y"), at("@/f")));
	works(vfn_hide(at("@/l/z")));
	means("@/a", "ELOOP");
	means("@/f", "@/f");
	works(vfn_clear());
	/* One mapping to another, round and round. */
	works(vfn(at("@/p"), at("@/q")));
	works(vfn(at("@/q"), at("@/p")));
	works(vfn(at("@/p"), at("@/p")));
	works(vfn(at("@/q"), at("@/q/q/q")));
	works(vfn(at("@/p"), at("@/q/p")));
	means("@/p", "ENOENT");
	means("@/q", "ENOENT");
	means("@/q/q", "ENOENT");
	means("@/f", "@/f");
}

/* The same symlinks again and again, with mappings between them: 40 in all. */
static void long_ways(void)
{
	int i;

	make_file("@/real/f");
	make_dir("@/v");
	make_link("../v/l0", "@/real/l40");
	for (i = 0; i < 40; i++)
		make_link(text("@/v/l%d", i + 1), text("@/real/l%d", i));
	make_link("f", "@/real/l41");
	make_link("@/v/l41", "@/real/k0");
	for (i = 1; i < 45; i++)
		make_link(text("../v/k%d", i - 1), text("@/real/k%d", i));
	map("@/v", "@/real");
	means("@/v/l0", "ELOOP");
	means("@/v/l41", "@/real/f");
	means("@/v/k38", "@/real/f");
	means("@/v/k39", "ELOOP");
	means("@/v/k44", "ELOOP");
	is_itself("@/v/k44", "@/real/k44");
}

static const struct rule rules[] = {
	{ "made through names that dangle", made_through },
	{ "not made through names that dangle", not_made },
	{ "a TO that comes and goes", comes_and_goes },
	{ "calls in loops", calls_in_loops },
	{ "edits in loops", edits_in_loops },
	{ "long ways", long_ways },
};

int main(void)
{
	/* Its children end with it: the test can't hang, whatever the module does. */
	alarm(PATIENCE);
	scenes_run(scenes);
	rules_run(rules);
	return done();
}
