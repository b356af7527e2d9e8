// SPDX-License-Identifier: GPL-2.0
/*
 * N4: symlinks met on the way are expanded in the view; on an overlay (which the
 * root of the VM is), on tmpfs and on ext4 (whose long links are read from disk)
 */
#include <sys/mount.h>

#include "rule-scene.h"

#define LONG	"/././././././././././././././././././././././././././././."	/* in links: over 60 bytes */

static const struct rule_scene scenes[] = {
	{ "a directory of another name",
	  "usr/bin/py usr/bin/sh real/py bin>usr/bin abs>@/usr/bin",
	  "usr/bin/py=real/py",
	  "bin/py=real/py usr/bin/py=real/py abs/py=real/py bin/sh=usr/bin/sh abs/sh=usr/bin/sh "
	  "bin~bin bin=usr/bin bin/=usr/bin bin/.=usr/bin bin/./py=real/py bin//py=real/py "
	  "bin/py~real/py bin/no=ENOENT bin/py/x=ENOTDIR bin/sh/=ENOTDIR" },
	{ "FROM written through a symlink",
	  "usr/bin/py usr/bin/sh real/py bin>usr/bin abs>@/usr/bin",
	  "bin/py=real/py",
	  "bin/py=real/py usr/bin/py=real/py abs/py=real/py bin/sh=usr/bin/sh usr/bin/py~real/py" },
	{ "FROM written through two symlinks",
	  "a/usr/bin/py real/py b>a bin>b/usr/bin",
	  "bin/py=real/py",
	  "bin/py=real/py b/usr/bin/py=real/py a/usr/bin/py=real/py" },
	{ "FROM through a symlink that itself leads to a mapping",
	  "usr/bin/py new/bin/py real/py bin>usr/bin",
	  "usr/bin=new/bin , bin/py=real/py",
	  "usr/bin/py=real/py bin/py=real/py new/bin/py=new/bin/py" },
	{ "a name from nowhere, through a symlink",
	  "usr/bin/ real/py bin>usr/bin",
	  "usr/bin/new=real/py bin/newer=real/py",
	  "bin/new=real/py usr/bin/newer=real/py bin/newest=ENOENT" },
	{ "long links",
	  "usr/bin/py real/py bin>usr" LONG "/bin abs>@/usr" LONG "/bin usr/bin/p>" LONG "@/bin/py",
	  "usr/bin/py=real/py",
	  "bin/py=real/py abs/py=real/py usr/bin/p=real/py bin/p=real/py bin/p~usr/bin/p" },
	{ "a chain of links to a mapped file",
	  "usr/bin/py3.11 real/py usr/bin/py3>py3.11 usr/bin/py>py3 bin>usr/bin "
	  "etc/alt>@/usr/bin/py usr/bin/any>../../etc/alt",
	  "usr/bin/py3.11=real/py",
	  "usr/bin/py3=real/py bin/py=real/py etc/alt=real/py bin/any=real/py "
	  "bin/any~usr/bin/any etc/alt~etc/alt bin/py3~usr/bin/py3" },
	{ "a link of the chain is mapped",
	  "py3.11 py3>py3.11 py>py3 real/py",
	  "py3=real/py",
	  "py=real/py py3=real/py py3~real/py py3.11=py3.11 py~py" },
	{ "a symlink on disk is mapped; what it led to is not",
	  "from>other other real/f to>from",
	  "from=real/f",
	  "from=real/f from~real/f other=other to=real/f to~to" },
	{ "a directory that is a symlink on disk is mapped",
	  "bin>usr/bin usr/bin/py real/py sbin>bin",
	  "bin=real",
	  "bin=real bin/py=real/py usr/bin/py=usr/bin/py sbin/py=real/py bin/..=@" },
	{ "symlinks to mapped directories",
	  "v/d/f real/d/f real/d/sub/g l>v/d deep/l>../v/d/sub abs>@/v/d",
	  "v/d=real/d",
	  "l/f=real/d/f l/sub/g=real/d/sub/g deep/l/g=real/d/sub/g abs/f=real/d/f "
	  "l=real/d l/=real/d l/..=v l/../d/f=real/d/f deep/l/..=real/d deep/l/../f=real/d/f "
	  "deep/l~deep/l l/f/=ENOTDIR" },
	{ "dots in symlinks",
	  "usr/bin/py real/py x/y/l>../../usr/bin x/y/m>../.././usr//lib/../bin/ usr/lib/ "
	  "x/y/n>./../l x/l>..//usr/bin/. dot>. x/up>..",
	  "usr/bin/py=real/py",
	  "x/y/l/py=real/py x/y/m/py=real/py x/y/n/py=real/py x/l/py=real/py "
	  "dot/dot/usr/bin/py=real/py x/up/usr/bin/py=real/py x/up/x/up/x/l/py=real/py "
	  "x/up/dot/x/y/../l/../bin/py=real/py" },
	{ "a link to the root",
	  "usr/bin/py real/py root>/ roots>///.//",
	  "usr/bin/py=real/py",
	  "root@/usr/bin/py=real/py @/root/@/usr/bin/py=real/py @/roots/../..@/usr/bin/py=real/py "
	  "@/root=/" },
	{ "link/.. with nothing of it mapped",
	  "far/deep/ far/t t foo>far/deep other real/f",
	  "other=real/f",
	  "foo/../t=far/t foo/..=far ./foo/../t=far/t @/foo/../../t=t foo/./../t=far/t" },
	{ "link/.. where the text would say a mapped name",
	  "far/deep/ far/t t foo>far/deep real/t",
	  "t=real/t",
	  "foo/../t=far/t foo/../../t=real/t foo/..=far ./foo/../t=far/t" },
	{ "link/.. leads to a mapped name",
	  "far/deep/ far/t t foo>far/deep real/t l>foo/../t abs>@/foo/../t",
	  "far/t=real/t",
	  "foo/../t=real/t t=t l=real/t abs=real/t foo/../deep/../t=real/t" },
	{ "link/.. where the link leads into a mapped directory",
	  "v/d/ v/t real/d/ real/t t foo>v/d l>foo/../t",
	  "v/d=real/d",
	  "foo/../t=v/t foo/..=v l=v/t" },
	{ "link/.. where the link is mapped",
	  "far/deep/ far/t t foo>far/deep real/d/ real/t",
	  "foo=real/d",
	  "foo/../t=t foo/..=@ far/deep/../t=far/t" },
	{ "link/.. where TO is a symlink",
	  "far/deep/ far/t t real/t foo/ real/l>../far/deep",
	  "foo=real/l",
	  "foo/../t=t foo=far/deep foo/..=@" },
	{ "link/.. in a FROM's way, in a symlink",
	  "far/deep/ far/sub/f sub/f foo>far/deep l>foo/../sub real/f",
	  "l/f=real/f",
	  "far/sub/f=real/f sub/f=sub/f l/f=real/f foo/../sub/f=real/f" },
	{ "symlinks below TO",
	  "real/d/f real/d/l>f real/d/up>../x x v/x real/x real/d/abs>@/v/x real/d/s/f real/d/sl>s",
	  "v/d=real/d",
	  "v/d/l=real/d/f v/d/up=v/x v/d/abs=v/x real/d/up=real/x v/d/up~real/d/up "
	  "v/d/l~real/d/l v/d/sl/f=real/d/s/f v/d/sl/../f=real/d/f v/d/sl/../../x=v/x" },
	{ "symlinks below TO lead to mappings",
	  "real/d/f real/d/l>f real/d/up>../m real/d/abs>@/v/m real/g real/h v/ real/d/s/f "
	  "real/d/sl>s real/d/dl>l",
	  "v/d=real/d v/d/f=real/g v/m=real/h v/d/s=real",
	  "v/d/l=real/g v/d/f=real/g real/d/l=real/d/f real/d/f=real/d/f v/d/up=real/h "
	  "v/d/abs=real/h v/d/sl/g=real/g v/d/dl=real/g real/d/up=ENOENT" },
	{ "relative names below TO, through symlinks",
	  "real/d/f real/d/l>f real/d/up>../x real/d/s/t>../f v/x real/x real/g",
	  "v/d=real/d v/d/f=real/g",
	  "cd:v/d .//l=real/g ./up=v/x ./s/t=real/g ../d/l=real/g "
	  "cd:v/d/s ./t=real/g ../l=real/g ../up=v/x ../../x=v/x" },
	{ "dangling links",
	  "l>gone/f real/f m>here d>gone real/d/f abs>@/here",
	  "gone/f=real/f here=real/f",
	  "l=real/f m=real/f d/f=real/f d/g=ENOENT l~l m~m abs=real/f" },
	{ "loops",
	  "a>b b>a s>s d/up>../d2/up d2/up>../d/up real/f l>m q>q/x",
	  "x=real/f m:l",
	  "a=ELOOP b=ELOOP s=ELOOP a~a s/f=ELOOP d/up=ELOOP d/up/f=ELOOP l=ELOOP m=ELOOP m~l "
	  "q=ELOOP s/..=ELOOP" },
	{ "a loop that is there in the view alone",
	  "a>v/b v/b real/b>../a f",
	  "v=real",
	  "a=ELOOP v/b=ELOOP v/b~real/b real/b=ELOOP" },
	{ "a loop on disk that a mapping opens",
	  "a>b b>a real/f",
	  "b=real/f",
	  "a=real/f b=real/f a~a" },
	{ "trailing slashes",
	  "f d/f lf>f ld>d real/f real/d/f v/ ll>v/f lv>v/d",
	  "v/f=real/f v/d=real/d",
	  "lf/=ENOTDIR lf/.=ENOTDIR ld/~d ld/.~d ld/..=@ ll/=ENOTDIR ll=real/f ll/.=ENOTDIR "
	  "ll/..=ENOTDIR ll~ll lv/~real/d lv~lv lv/.~real/d v/f/=ENOTDIR v/f/.=ENOTDIR "
	  "v/f/..=ENOTDIR v/d/=real/d v/d/.=real/d v/d/./f=real/d/f v/d//f=real/d/f" },
	{ "a hidden name at the end of a link",
	  "f l>f abs>@/f d/g ld>d sub/up>../f",
	  "-f -d",
	  "l=ENOENT abs=ENOENT l~l ld=ENOENT ld/g=ENOENT sub/up=ENOENT" },
	{ "a mapping of a component's name elsewhere changes nothing",
	  "a/n b/n real/n bin>a c/l>../b abs>@/b",
	  "a/x/n=real/n z/n=real/n b/n/n=real/n",
	  "bin/n=a/n c/l/n=b/n abs/n=b/n a/n=a/n" },
	{ "names by which the kernel keeps what is open",
	  "usr/bin/py real/py bin>usr/bin usr/bin/p>py real/d/f v/d/",
	  "usr/bin/py=real/py v/d=real/d",
	  "/proc/self/cwd/bin/py=real/py /proc/self/cwd/usr/bin/p=real/py "
	  "/proc/self/root@/bin/py=real/py /proc/thread-self/cwd/v/d/f=real/d/f "
	  "/proc/self/cwd/v/d/..=v /proc/self/cwd/bin/nothing=ENOENT /proc/self/cwd/v/../bin/py=real/py "
	  "cd:v/d /proc/self/cwd/f=real/d/f /proc/self/cwd/../d/f=real/d/f /proc/self/cwd=real/d "
	  "/proc/self/cwd/../../bin/py=real/py" },
};

/* @nr links in a row, each named @prefix and a number, the first of them to @end. */
static void make_chain(const char *prefix, const char *end, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		make_link(i ? text("%s%d", prefix + strlen("@/"), i) : end,
			  text("%s%d", prefix, i + 1));
}

static void forty_links(void)
{
	make_file("@/f");
	make_file("@/real/f");
	make_file("@/real/d/f");
	make_dir("@/v");
	make_chain("@/f-", "f", 41);
	make_chain("@/m-", "@/v/m", 41);
	make_chain("@/d-", "@/v/d", 41);
	map("@/v/m", "@/real/f");
	map("@/v/d", "@/real/d");
	means("@/f-40", "@/f");
	means("@/f-41", "ELOOP");
	means("@/m-40", "@/real/f");
	means("@/m-41", "ELOOP");
	means("@/d-40/f", "@/real/d/f");
	means("@/d-41/f", "ELOOP");
	means("@/d-20/../d/../../m-20", "@/real/f");
	means("@/d-21/../d/../../m-20", "ELOOP");
	means("@/d-1/../../d-39/f", "@/real/d/f");
	is_itself("@/f-41", "@/f-41");
}

/* Links below TO are the view's, and count like others. */
static void forty_links_below(void)
{
	make_file("@/real/f");
	make_dir("@/v");
	make_chain("@/real/l-", "f", 1);
	for (int i = 1; i < 41; i++)
		make_link(text("l-%d", i), text("@/real/l-%d", i + 1));
	map("@/v/d", "@/real");
	means("@/v/d/l-40", "@/real/f");
	means("@/v/d/l-41", "ELOOP");
	means("@/real/l-40", "@/real/f");
	means("@/real/l-41", "ELOOP");
}

/* Calls that make and remove names go through symlinked directories. */
static void making_names(void)
{
	struct stat st;

	make_dir("@/usr");
	make_dir("@/usr/bin");
	make_file("@/real/old");
	make_file("@/real/gone");
	make_link("usr/bin", "@/bin");
	make_link("usr/bin/new", "@/dangling");
	map("@/usr/bin/new", "@/real/new");
	map("@/usr/bin/dir", "@/real/dir");
	map("@/usr/bin/gone", "@/real/gone");
	map("@/usr/bin/renamed", "@/real/renamed");

	works(mkdir(at("@/bin/dir"), 0755));
	works(stat(at("@/real/dir"), &st));
	works(open(at("@/dangling"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	works(stat(at("@/real/new"), &st));
	fails(open(at("@/dangling"), O_CREAT | O_EXCL | O_WRONLY, 0644), "EEXIST");
	works(unlink(at("@/bin/gone")));
	fails(stat(at("@/real/gone"), &st), "ENOENT");
	works(rename(at("@/real/old"), at("@/bin/renamed")));
	is_itself("@/real/renamed", "@/real/old");
	works(symlink("new", at("@/bin/dir/s")));
	works(lstat(at("@/real/dir/s"), &st));
	fails(rmdir(at("@/bin/../../usr/bin/dir/../dir")), "ENOTEMPTY");
	works(unlink(at("@/dangling")));
	works(stat(at("@/real/new"), &st));
	works(mkdir(at("@/bin/plain"), 0755));
	works(rmdir(at("@/usr/bin/plain")));
	fails(mkdir(at("@/bin"), 0755), "EEXIST");
}

static void proc_descriptor(void)
{
	int fd;

	make_file("@/usr/bin/py");
	make_file("@/usr/bin/sh");
	make_file("@/real/py");
	make_link("usr/bin", "@/bin");
	map("@/usr/bin/py", "@/real/py");
	fd = open(at("@/usr"), O_PATH | O_CLOEXEC);
	means(text("/proc/self/fd/%d/bin/py", fd), "@/real/py");
	means(text("/proc/self/fd/%d/bin/sh", fd), "@/usr/bin/sh");
	means(text("/proc/self/fd/%d/../bin/py", fd), "@/real/py");
	means(text("/proc/%d/fd/%d/../bin/py", getpid(), fd), "@/real/py");
	means(text("/dev/fd/%d/bin/py", fd), "@/real/py");
	means(text("/proc/self/fd/%d", fd), "@/usr");
	make_link(text("/proc/self/fd/%d/bin/py", fd), "@/through");
	means("@/through", "@/real/py");
	close(fd);
	fd = open(at("@/bin"), O_RDONLY | O_CLOEXEC);
	means_at(fd, "py", "@/real/py");
	means_at(fd, "../bin/py", "@/real/py");
	means_at(fd, "../../bin/py", "@/real/py");
	close(fd);
}

static const struct rule rules[] = {
	{ "40 links", forty_links },
	{ "40 links below TO", forty_links_below },
	{ "making names through symlinks", making_names },
	{ "/proc/self/fd", proc_descriptor },
};

static void run_on(const char *base, const char *label)
{
	size_t i;

	diag("on %s", label);
	scenes_run_in(base, label, scenes, COUNT(scenes));
	for (i = 0; i < COUNT(rules); i++) {
		struct rule rule = rules[i];

		rule.name = text("%s: %s", label, rule.name);
		rules_run_in(base, &rule, 1);
	}
}

static void run_on_ext4(void)
{
	static const char image[] = "/tmp/vfn-links.img", dir[] = "/tmp/vfn-links.ext4";

	if (system(text("{ dd if=/dev/zero of=%s bs=1M count=16 && mkfs.ext4 -q %s && "
			"mkdir %s && modprobe -a loop ext4 && mount -o loop %s %s; } 2>&1",
			image, image, dir, image, dir)))
		bail_out("an ext4 file system in a file");
	run_on(dir, "ext4");
	if (umount(dir) || rmdir(dir) || unlink(image))
		bail_out("removing %s", dir);
}

int main(void)
{
	run_on("/var/tmp", "overlay");
	run_on("/tmp", "tmpfs");
	run_on_ext4();
	return done();
}
