// SPDX-License-Identifier: GPL-2.0
/* N5: a TO that is a symlink is followed where it lies, unless it shall be one */

#include "rule-scene.h"

static const struct rule_scene scenes[] = {
	{ "TO is a symlink",
	  "real/l>f real/f v/f v/x real/ld>d real/d/g real/chain>l real/abs>@/real/f",
	  "v/x=real/l v/d=real/ld v/c=real/chain v/a=real/abs",
	  "v/x=real/f v/x~real/f v/d=real/d v/d~real/d v/d/g=real/d/g v/d/..=v v/c~real/f "
	  "v/a~real/f v/a=real/f real/l~real/l v/x/=ENOTDIR v/d/~real/d" },
	{ "TO's symlinks are followed by real names",
	  "real/l>../m/f m/f other/f real/abs>@/m/f real/way>../m v/",
	  "v/x=real/l v/a=real/abs v/d=real/way v/w=real/way/f m=other m/f=other/f",
	  "v/x=m/f v/x~m/f v/a=m/f v/d=m v/w=m/f v/w~m/f m/f=other/f" },
	{ "TO's way goes through symlinks",
	  "real/l>d real/d/f real/d/s>../e real/e/g v/",
	  "v/f=real/l/f v/g=real/l/s/g v/e=real/l/s",
	  "v/f=real/d/f v/g=real/e/g v/e=real/e v/e/g=real/e/g v/e/..=v" },
	{ "TO is a symlink to nothing, or a loop",
	  "real/l>gone real/loop>loop v/x v/d/f",
	  "v/x=real/l v/d=real/loop",
	  "v/x=ENOENT v/x~ENOENT v/d=ELOOP v/d~ELOOP v/d/f=ELOOP" },
	{ "TO shall be a symlink",
	  "real/l>f real/f v/f v/x real/ld>d real/d/g v/d/h real/abs>@/real/f",
	  "v/x:real/l v/dl:real/ld v/a:real/abs",
	  "v/x~real/l v/x=v/f v/dl~real/ld v/dl=v/d v/dl/h=v/d/h v/dl/g=ENOENT v/a~real/abs "
	  "v/a=real/f" },
	{ "TO shall be a symlink, which leads to mappings",
	  "real/l>f real/f v/f other real/ld>d v/d/h r/h real/abs>@/v/f",
	  "v/x:real/l v/dl:real/ld v/a:real/abs v/f=other v/d=r",
	  "v/x~real/l v/x=other v/dl~real/ld v/dl/h=r/h v/a=other" },
	{ "TO may be a symlink, but is none",
	  "real/f real/d/g v/",
	  "v/x:real/f v/d:real/d",
	  "v/x=real/f v/x~real/f v/d/g=real/d/g v/d~real/d v/d/..=v" },
	{ "NOFOLLOW is about TO itself, not about its way",
	  "real/l>d real/d/f real/d/m>f v/f",
	  "v/x:real/l/f v/y:real/l/m",
	  "v/x~real/d/f v/y~real/d/m v/y=v/f" },
	{ "a symlink to a mapping whose TO is a symlink",
	  "l>v/x v/ real/l>f real/f v/f deep/l>../v/x",
	  "v/x=real/l v/y:real/l",
	  "l=real/f l~l deep/l=real/f v/../v/x~real/f v/../v/y~real/l v/../v/y=v/f" },
};

static void make_stage(void)
{
	make_file("@/v/x");
	make_file("@/v/t");
	make_file("@/real/f");
	make_link("f", "@/real/l");
	make_link("new", "@/real/dangling");
	make_file("@/real/d/g");
	make_link("d", "@/real/ld");
	make_link("gone", "@/real/gone-dir");
	map("@/v/x", "@/real/l");
	map("@/v/y", "@/real/dangling");
	map("@/v/d", "@/real/ld");
	map("@/v/z", "@/real/gone-dir");
}

static void opening(void)
{
	char buf[16];
	int fd;

	make_stage();
	works(open(at("@/v/x"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
	works(open(at("@/v/d"), O_RDONLY | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
	fails(readlink(at("@/v/x"), buf, sizeof(buf)), "EINVAL");
	works(open(at("@/v/x"), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
	fails(open(at("@/v/x"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644), "EEXIST");
	fails(open(at("@/v/y"), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644), "EEXIST");
	is_itself("@/real/new", "ENOENT");
	fd = open(at("@/v/y"), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	works(fd);
	close(fd);
	note_as("@/real/new", "the new file");
	means("@/v/y", "the new file");
	is_itself("@/real/dangling", "@/real/dangling");
	works(truncate(at("@/v/x"), 0));
	works(vfn_map(at("@/v/n"), at("@/real/l"), VFN_NOFOLLOW));
	works(readlink(at("@/v/n"), buf, sizeof(buf)));
	ok(buf[0] == 'f', "%s: readlink of one that shall be a symlink", rule_label);
	fails(open(at("@/v/n"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC), "ELOOP");
	fails(open(at("@/v/n"), O_RDONLY | O_CLOEXEC), "ENOENT");
}

static void creating(void)
{
	make_stage();
	fails(mkdir(at("@/v/x"), 0755), "EEXIST");
	fails(mkdir(at("@/v/y"), 0755), "EEXIST");
	fails(mknod(at("@/v/y"), S_IFIFO | 0644, 0), "EEXIST");
	fails(symlink("x", at("@/v/y")), "EEXIST");
	fails(link(at("@/v/t"), at("@/v/y")), "EEXIST");
	is_itself("@/real/new", "ENOENT");
	is_itself("@/real/dangling", "@/real/dangling");
	map("@/v/p", "@/real/p");
	works(mkdir(at("@/v/p"), 0755));
	works(access(at("@/real/p"), F_OK));
	is_itself("@/real/l", "@/real/l");
}

static void removing(void)
{
	make_stage();
	works(unlink(at("@/v/x")));
	is_itself("@/real/l", "ENOENT");
	is_itself("@/real/f", "@/real/f");
	is_itself("@/v/x", "ENOENT");
	fails(unlink(at("@/v/x")), "ENOENT");
	fails(rmdir(at("@/v/d")), "ENOTDIR");
	works(unlink(at("@/v/d")));
	is_itself("@/real/ld", "ENOENT");
	means("@/real/d/g", "@/real/d/g");
	works(unlink(at("@/v/y")));
	is_itself("@/real/dangling", "ENOENT");
	works(vfn_clear());
	is_itself("@/v/x", "@/v/x");
}

static void renaming(void)
{
	make_stage();
	works(rename(at("@/v/x"), at("@/v/moved")));
	is_itself("@/v/moved", "@/real/l");
	is_itself("@/real/l", "ENOENT");
	means("@/real/f", "@/real/f");
	is_itself("@/v/x", "ENOENT");
	works(rename(at("@/v/t"), at("@/v/y")));
	is_itself("@/real/dangling", "@/v/t");
	is_itself("@/v/y", "@/v/t");
	works(rename(at("@/v/d"), at("@/v/z")));
	is_itself("@/real/gone-dir", "@/real/ld");
	is_itself("@/real/ld", "ENOENT");
	means("@/v/z/g", "@/real/d/g");
	works(vfn_clear());
	is_itself("@/v/x", "@/v/x");
}

static const struct rule rules[] = {
	{ "opening a TO that is a symlink", opening },
	{ "creating at a TO that is a symlink", creating },
	{ "removing a TO that is a symlink", removing },
	{ "renaming a TO that is a symlink", renaming },
};

int main(void)
{
	scenes_run(scenes);
	rules_run(rules);
	return done();
}
