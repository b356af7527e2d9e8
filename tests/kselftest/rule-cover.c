// SPDX-License-Identifier: GPL-2.0
/* N2: what a mapping covers, which of several wins, and that its result is final */

#include "rule-scene.h"

static const struct rule_scene scenes[] = {
	{ "FROM and all below it",
	  "v/d/f v/d/s/g v/x real/d/f real/d/s/h real/d/s/t/u",
	  "v/d=real/d",
	  "v/d=real/d v/d/f=real/d/f v/d/s=real/d/s v/d/s/h=real/d/s/h v/d/s/t/u=real/d/s/t/u "
	  "v/d/s/g=ENOENT v/x=v/x v=v real/d/f=real/d/f v/d/=real/d v//d/./s//h=real/d/s/h" },
	{ "components, not letters",
	  "a/b/x a/bc/x a/b.c/x a/b~ a/B/x ab/x real/x a/b2",
	  "a/b=real",
	  "a/b/x=real/x a/bc/x=a/bc/x a/b.c/x=a/b.c/x a/B/x=a/B/x ab/x=ab/x a/b2=a/b2 a=a" },
	{ "the longest FROM wins",
	  "a/b/c/d/f r1/b/c/d/f r1/b/x r2/c/d/f r2/x r3/d/f r3/x r4 r1/b/c/y",
	  "a=r1 a/b/c=r3 a/b=r2 a/b/c/d/f=r4",
	  "a/b/c/d/f=r4 a/b/c/x=r3/x a/b/c/d=r3/d a/b/x=r2/x a/b=r2 a/b/c=r3 a=r1 a/b/y=ENOENT "
	  "a/b/c/y=ENOENT r1/b/c/y=r1/b/c/y" },
	{ "a gap between FROMs",
	  "a/b/c/f r1/b/f r1/b/c/f r2/f",
	  "a=r1 a/b/c=r2",
	  "a/f=ENOENT a/b/f=r1/b/f a/b/c/f=r2/f a/b=r1/b a/b/c/../f=r1/b/f" },
	{ "two names swapped",
	  "a/x b/y f g",
	  "a=b b=a f=g g=f",
	  "a/y=b/y a/x=ENOENT b/x=a/x b/y=ENOENT a=b b=a f=g g=f a/../b=a a/../f=g" },
	{ "three names turned round",
	  "a/x b/y c/z",
	  "a=b b=c c=a",
	  "a=b b=c c=a a/y=b/y b/z=c/z c/x=a/x a/x=ENOENT" },
	{ "the result is not looked up again",
	  "a b c d/f e/f g/f",
	  "a=b b=c d=e e=g e/f=c",
	  "a=b b=c c=c d/f=e/f e/f=c e=g d=e" },
	{ "a name mapped to one below itself, and above",
	  "a/f a/b/f a/b/c/f d/f d/e/f",
	  "a=a/b d/e=d",
	  "a/f=a/b/f a/c/f=a/b/c/f a/b=ENOENT d/e/f=d/f d/e/e/f=d/e/f d/e/e/e=ENOENT d/f=d/f" },
	{ "an exempted subtree",
	  "a/keep/f a/x a/keep/s/g real/x real/keep/f real/keep/n",
	  "a=real a/keep=a/keep",
	  "a/x=real/x a/keep/f=a/keep/f a/keep=a/keep a/keep/s/g=a/keep/s/g a/keep/n=ENOENT "
	  "a/keep/../x=real/x real/keep/f=real/keep/f" },
	{ "an exempted subtree, and in it a mapping",
	  "a/keep/f a/x a/keep/s/g real/x real/keep/f real/other",
	  "a/keep=a/keep a/keep/f=real/other , a=real",
	  "a/x=real/x a/keep/f=real/other a/keep/s/g=a/keep/s/g a/keep/s/../f=real/other" },
	{ "exempted, in an exempted one",
	  "a/b/c/d/f a/b/x real/b/c/d/f r2/d/f r2/d/g",
	  "a=real a/b=a/b a/b/c=r2 a/b/c/d=a/b/c/d",
	  "a/b/x=a/b/x a/b/c/d/f=a/b/c/d/f a/b/c/d/g=ENOENT a/b/c=r2 a/b/c/d/../d/f=a/b/c/d/f" },
	{ "a symlink in an exempted subtree",
	  "a/keep/f a/keep/l>f a/keep/up>../x a/x real/x a/keep/m>g a/keep/g real/g",
	  "a=real a/keep=a/keep a/keep/g=real/g",
	  "a/keep/l=a/keep/f a/keep/up=real/x a/keep/m=real/g a/keep/m~a/keep/m" },
	{ "mapping a name again",
	  "a f1 f2 d1/x d2/x d",
	  "a=f1 d=d1 , a=f2 d=d2",
	  "a=f2 a~f2 d/x=d2/x" },
	{ "one file to many names, and many below one",
	  "f real/x a/b/",
	  "a/b/1=f a/b/2=f a/b/3=real/x a/4=f",
	  "a/b/1=f a/b/2=f a/b/3=real/x a/4=f a/b/4=ENOENT a/1=ENOENT" },
	{ "all but one subtree of a system",
	  "sys/etc/passwd sys/home/u/f home/u/f etc/passwd",
	  "etc=sys/etc home/u=home/u",
	  "etc/passwd=sys/etc/passwd home/u/f=home/u/f" },
};

static void taking_away(void)
{
	struct vfn_status status;

	make_file("@/a/b/f");
	make_file("@/a/f");
	make_file("@/r1/b/f");
	make_file("@/r1/f");
	make_file("@/r2/f");
	map("@/a", "@/r1");
	map("@/a/b", "@/r2");
	means("@/a/b/f", "@/r2/f");
	works(vfn_unmap(at("@/a")));
	means("@/a/b/f", "@/r2/f");
	means("@/a/f", "@/a/f");
	fails(vfn_unmap(at("@/a")), "ENOENT");
	fails(vfn_unmap(at("@/a/b/f")), "ENOENT");
	fails(vfn_unmap(at("@/r2")), "ENOENT");
	map("@/a", "@/r1");
	works(vfn_unmap(at("@/a/b")));
	means("@/a/b/f", "@/r1/b/f");
	map("@/a", "@/r2");
	means("@/a/f", "@/r2/f");
	ok(!vfn_status(&status) && status.nr_mappings == 1, "%s: mapped twice, there once",
	   rule_label);
	works(vfn_clear());
	means("@/a/b/f", "@/a/b/f");
	means("@/a/f", "@/a/f");
	ok(!vfn_status(&status) && !status.nr_mappings && !status.holder, "%s: none is left",
	   rule_label);
	works(vfn_clear());
}

/* A FROM for the whole tree, with holes in it. */
static void the_root(void)
{
	struct vfn_batch *batch = vfn_batch_new();

	make_file("@/r/x");
	make_file("@/r/proc/x");
	make_file("@/keep/f");
	vfn_batch_map(batch, "/", at("@/r"), 0);
	vfn_batch_map(batch, "/proc", "/proc", 0);
	vfn_batch_map(batch, at("@/keep"), at("@/keep"), 0);
	works(vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
	means("/x", "@/r/x");
	means("/proc/x", "ENOENT");
	means("/proc/self/cwd", "@");
	means("@/keep/f", "@/keep/f");
	means("/etc", "ENOENT");
	means("/usr/bin/env", "ENOENT");
	works(vfn_clear());
}

static const struct rule rules[] = {
	{ "taking mappings away", taking_away },
	{ "the whole tree", the_root },
};

int main(void)
{
	scenes_run(scenes);
	rules_run(rules);
	return done();
}
