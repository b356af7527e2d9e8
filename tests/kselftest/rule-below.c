// SPDX-License-Identifier: GPL-2.0
/*
 * N3: what is below a mapping behaves as if it lived there: "..", relative names,
 * descriptors of directories; in a mapped directory and beside it
 */
#include "rule-scene.h"

static const struct rule_scene scenes[] = {
	{ "the parent of a mapped directory",
	  "v/d/ v/t real/d/f real/d/s/u/g real/t",
	  "v/d=real/d",
	  "v/d/..=v v/d/../t=v/t v/d/../d/f=real/d/f v/d/s/../f=real/d/f v/d/s/../..=v "
	  "v/d/s/../../t=v/t v/d/s/u/../../../t=v/t v/d/s/../../../real/t=real/t "
	  "v/d/./../t=v/t v/d/../..=@ v/../v/d/f=real/d/f v/d/s/u/..=real/d/s v/d/../nothing=ENOENT "
	  "v/d/no/..=ENOENT v/d/f/..=ENOTDIR real/d/..=real real/d/../t=real/t" },
	{ "in a mapped directory",
	  "v/d/ v/t real/d/f real/d/s/u/g real/t",
	  "v/d=real/d",
	  "cd:v/d .=real/d ./f=real/d/f .//s/u/g=real/d/s/u/g ..=v ../t=v/t ../d/f=real/d/f "
	  "../../real/t=real/t ../d=real/d ../d/s=real/d/s ../../v/d/../t=v/t ./s/../../t=v/t ../../=@ "
	  "cd:v/d/s .=real/d/s ./u/g=real/d/s/u/g ..=real/d ../f=real/d/f ../..=v ../../t=v/t "
	  "../../d/f=real/d/f cd:v/d/s/u ../../../t=v/t ../../..=v ../../../../real/t=real/t "
	  "cd:.. .=real/d/s cd:../.. .=v ./d/f=real/d/f ./t=v/t" },
	{ "mappings below a mapped directory, from inside",
	  "v/d/ real/d/f real/d/g real/d/s/h real/x/y real/z",
	  "v/d=real/d v/d/f=real/z v/d/s=real/x v/d/new=real/z v/d/s/h=real/d/g",
	  "cd:v/d ./f=real/z ./s/y=real/x/y ./new=real/z ./g=real/d/g ./s/h=real/d/g ./s/..=real/d "
	  "./s/../f=real/z cd:v/d/s ./y=real/x/y ./h=real/d/g ..=real/d ../f=real/z ../g=real/d/g "
	  "../new=real/z ../../d/s/y=real/x/y" },
	{ "mappings beside a mapped directory, from inside",
	  "v/d/ v/t v/u/w real/d/s/ real/t real/u/w",
	  "v/d=real/d v/t=real/t v/u=real/u",
	  "cd:v/d ../t=real/t ../u/w=real/u/w ../u/..=v cd:v/d/s ../../t=real/t ../../u/w=real/u/w "
	  "../../u/../t=real/t" },
	{ "in an unmapped directory",
	  "a/b/f a/g real/f real/g",
	  "a/b/f=real/f a/g=real/g",
	  "cd:a ./g=real/g ./b/f=real/f ./b/../g=real/g ../a/g=real/g ./b/./f=real/f .//b//f=real/f "
	  "./..//a/b/f=real/f cd:a/b ./f=real/f ../g=real/g ../b/f=real/f ../../a/g=real/g" },
	{ "a mapped directory from nowhere, in a directory that exists",
	  "v/t real/d/f real/t",
	  "v/new=real/d",
	  "v/new/f=real/d/f v/new/..=v v/new/../t=v/t cd:v/new ./f=real/d/f ..=v ../t=v/t "
	  "../new/f=real/d/f" },
	{ "mapped to an ancestor, and to a descendant",
	  "a/b/c/f a/g a/b/g",
	  "a/b/c=a a/up=a/b/c",
	  "a/b/c/g=a/g a/b/c/b/g=a/b/g a/b/c/..=a/b a/b/c/../g=a/b/g a/b/c/b/c/f=a/b/c/f "
	  "a/up/f=a/b/c/f a/up/..=a a/up/../g=a/g" },
	{ "a mapped file is no directory",
	  "v/f real/f v/d/g",
	  "v/f=real/f v/d=real/f",
	  "v/f/..=ENOTDIR v/f/../f=ENOTDIR v/f/=ENOTDIR v/d/g=ENOTDIR v/d/..=ENOTDIR v/d=real/f "
	  "v/f/.=ENOTDIR" },
	{ "the parent of a mapped directory whose TO is nowhere",
	  "v/d/f v/t",
	  "v/d=real/none",
	  "v/d=ENOENT v/d/f=ENOENT v/d/..=ENOENT v/d/../t=ENOENT v/t=v/t" },
};

/* The same names of a directory, from a descriptor that was opened by its name. */
static void descriptors(void)
{
	int d, s, v;

	make_file("@/v/t");
	make_file("@/v/m");
	make_dir("@/v/d");
	make_file("@/real/d/f");
	make_file("@/real/d/s/g");
	make_file("@/real/m");
	map("@/v/d", "@/real/d");
	map("@/v/m", "@/real/m");
	map("@/v/d/n", "@/real/m");
	d = open(at("@/v/d"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s = open(at("@/v/d/s"), O_PATH | O_CLOEXEC);
	v = open(at("@/v"), O_PATH | O_CLOEXEC);
	means_at(d, "f", "@/real/d/f");
	means_at(d, "n", "@/real/m");
	means_at(d, ".", "@/real/d");
	means_at(d, "..", "@/v");
	means_at(d, "../t", "@/v/t");
	means_at(d, "../m", "@/real/m");
	means_at(d, "s/../../t", "@/v/t");
	means_at(s, "g", "@/real/d/s/g");
	means_at(s, "..", "@/real/d");
	means_at(s, "../n", "@/real/m");
	means_at(s, "../..", "@/v");
	means_at(s, "../../t", "@/v/t");
	means_at(s, "../../m", "@/real/m");
	means_at(v, "d/f", "@/real/d/f");
	means_at(v, "m", "@/real/m");
	means_at(v, "d/../t", "@/v/t");
	means_at(d, "@/v/d/f", "@/real/d/f");
	means_at(-1, "@/v/d/f", "@/real/d/f");
	means_at(-1, "n", "EBADF");
	works(fchdir(d));
	means("../t", "@/v/t");
	works(fchdir(s));
	means("../../t", "@/v/t");
	means("../n", "@/real/m");
	means_at(openat(v, "d", O_PATH | O_CLOEXEC), "../t", "@/v/t");
	means_at(openat(s, "..", O_PATH | O_CLOEXEC), "../t", "@/v/t");
}

/* Names made, moved and removed from inside a mapped directory. */
static void making_names(void)
{
	int d;

	make_dir("@/v");
	make_file("@/real/d/old");
	make_file("@/real/d/s/old2");
	map("@/v/d", "@/real/d");
	works(chdir(at("@/v/d")));
	works(mkdir("new", 0755));
	note_as("@/real/d/new", "new");
	works(rename("old", "../moved"));
	is_itself("@/v/moved", "@/real/d/old");
	works(mkdir("../beside", 0755));
	note_as("@/v/beside", "beside");
	is_itself("@/real/beside", "ENOENT");
	works(symlink("moved", "../s"));
	means("../s", "@/real/d/old");
	is_itself("@/real/s", "ENOENT");
	works(unlink("../moved"));
	is_itself("@/v/moved", "ENOENT");
	works(rmdir("../../v/d/new"));
	is_itself("@/real/d/new", "ENOENT");
	works(rmdir("s/../../beside"));
	d = open("s", O_PATH | O_CLOEXEC);
	works(renameat(d, "old2", d, "../../up"));
	is_itself("@/v/up", "@/real/d/s/old2");
	works(linkat(d, "../../up", d, "../again", 0));
	is_itself("@/real/d/again", "@/real/d/s/old2");
}

static void root_directory(void)
{
	make_file("@/r/x");
	make_file("@/r/sub/y");
	make_file("@/out");
	map("/", "@/r");
	means("/", "@/r");
	means("/..", "@/r");
	means("/../..", "@/r");
	means("/x", "@/r/x");
	means("/sub/y", "@/r/sub/y");
	means("/sub/../x", "@/r/x");
	means("/sub/../../../x", "@/r/x");
	means("/out", "ENOENT");
	means("@/r/x", "ENOENT");
	works(chdir("/sub"));
	means("y", "@/r/sub/y");
	means("..", "@/r");
	means("../x", "@/r/x");
	means("../../x", "@/r/x");
	means("../../../sub/y", "@/r/sub/y");
	works(mkdir("/made", 0755));
	works(rmdir("../made"));
	works(vfn_clear());
	means("@/r/x", "@/r/x");
}

/* FROM is its own TO, and lies below a directory that is mapped. */
static void exempt(void)
{
	struct vfn_batch *batch = vfn_batch_new();
	int dir;

	make_file("@/o/run/x");
	make_file("@/d/run/x");
	make_file("@/d/y");
	if (!batch || vfn_batch_map(batch, at("@/o"), at("@/d"), 0) ||
	    vfn_batch_map(batch, at("@/o/run"), at("@/o/run"), 0))
		bail_out("no batch");
	works(vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
	means("@/o/run/x", "@/o/run/x");
	means("@/o/y", "@/d/y");
	dir = open(at("@/o"), O_RDONLY | O_DIRECTORY);
	means_at(dir, "run", "@/o/run");
	means_at(dir, "run/x", "@/o/run/x");
	means_at(dir, "run/../run/./x", "@/o/run/x");
	works(openat(dir, "run/made", O_CREAT | O_WRONLY, 0644));
	close(dir);
	works(chdir(at("@/o")));
	means("run/.", "@/o/run");
	means("run/x", "@/o/run/x");
	works(unlink("run/made"));
	means("run/../y", "@/d/y");
	works(chdir("run"));
	means("x", "@/o/run/x");
	means("../y", "@/d/y");
	means("../run/x", "@/o/run/x");
}

static const struct rule rules[] = {
	{ "descriptors of directories", descriptors },
	{ "making names from inside", making_names },
	{ "the root as FROM", root_directory },
	{ "exempt below a mapped directory", exempt },
};

int main(void)
{
	scenes_run(scenes);
	rules_run(rules);
	return done();
}
