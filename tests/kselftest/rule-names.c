// SPDX-License-Identifier: GPL-2.0
/* N1: the names that a mapping is made of, as they are written, stored and kept */

#include "rule-scene.h"

/* Test that the table is one mapping, stored as @from and @to. */
static void stored(const char *from, const char *to)
{
	struct vfn_iter *iter = vfn_iter_new();
	struct vfn_mapping m = {};
	bool good;

	from = at(from);
	to = at(to);
	good = iter && vfn_iter_next(iter, &m) == 1 && !strcmp(m.from, from) &&
	       m.to && !strcmp(m.to, to);
	ok(good, "%s: stored as %.100s, %.100s", rule_label, from, to);
	if (!good)
		diag("got: %.200s, %.200s", m.from ?: "nothing", m.to ?: "nothing");
	ok(iter && !vfn_iter_next(iter, &m), "%s: there is no second mapping", rule_label);
	vfn_iter_free(iter);
}

static void try_clean(const char *from, const char *to, const char *clean_from,
		      const char *clean_to)
{
	works(vfn_clear());
	works(vfn(at(from), at(to)));
	stored(clean_from, clean_to);
	means("@/v/f", "@/real/f");
}

static void clean_names(void)
{
	make_file("@/v/f");
	make_file("@/real/f");
	try_clean("@/v/f", "@/real/f", "@/v/f", "@/real/f");
	try_clean("/.//./@///v/./f", "@/real/f", "@/v/f", "@/real/f");
	try_clean("@/v/f/", "@/real/f", "@/v/f", "@/real/f");
	try_clean("@/v/f//.", "//@/./real///f", "@/v/f", "@/real/f");
	try_clean("@/v/f", "real/f", "@/v/f", "@/real/f");
	try_clean("@/v/f", "./real/./f", "@/v/f", "@/real/f");
	works(vfn_clear());
	works(vfn(at("@/..."), at("@/..x/.y/..z")));
	stored("@/...", "@/..x/.y/..z");
	works(vfn_clear());
	works(vfn("/", at("@/real")));
	stored("/", "@/real");
	works(vfn_unmap("//."));
	works(vfn(at("@/v/f"), "/.//"));
	stored("@/v/f", "/");
	means("@/v/f/etc/..", "/");
}

static void refused_names(void)
{
	make_file("@/real/f");
	make_file("@/v/f");
	fails(vfn(at("@/.."), "/x"), "EINVAL");
	fails(vfn("/..", "/x"), "EINVAL");
	fails(vfn(at("@/../x"), "/x"), "EINVAL");
	fails(vfn(at("@/v/../v/f"), "/x"), "EINVAL");
	fails(vfn(at("@/v/f/.."), "/x"), "EINVAL");
	fails(vfn(at("@/v/f/../"), "/x"), "EINVAL");
	fails(vfn_hide(at("@/v/../f")), "EINVAL");
	fails(vfn_unmap(at("@/v/../f")), "EINVAL");
	fails(vfn("v/f", "/x"), "EINVAL");
	fails(vfn("./v/f", "/x"), "EINVAL");
	fails(vfn("", "/x"), "ENOENT");
	fails(vfn(at("@/v/f"), ""), "ENOENT");
	fails(vfn(NULL, "/x"), "EFAULT");
	fails(vfn(at("@/v/f"), NULL), "EFAULT");
	fails(vfn_map(at("@/v/f"), "/x", 1U << 1), "EINVAL");
	fails(vfn_map(at("@/v/f"), "/x", ~0U), "EINVAL");
	means("@/v/f", "@/v/f");
}

/* A relative TO begins where the caller is at the edit, and is settled there. */
static void relative_to(void)
{
	make_file("@/f");
	make_file("@/v/f");
	make_file("@/real/d/f");
	make_file("@/real/f");
	works(chdir("real"));
	works(vfn(at("@/a"), "f"));
	works(vfn(at("@/v/d"), "d"));
	works(chdir("../v"));
	works(vfn(at("@/b"), "f"));
	means("@/a", "@/real/f");
	means("@/b", "@/v/f");
	works(chdir("d"));
	works(vfn(at("@/e"), "f"));
	works(vfn(at("@/g"), "../f"));
	works(vfn(at("@/h"), at("@/v/d/../f")));
	works(vfn(at("@/i"), at("@/real/d/../f")));
	works(vfn(at("@/c"), "../../real"));
	works(vfn(at("@/j"), ".."));
	works(vfn(at("@/k"), at("@/v/d/..")));
	works(vfn(at("@/l"), "."));
	works(chdir("/"));
	means("@/e", "@/real/d/f");
	means("@/g", "@/v/f");
	means("@/h", "@/v/f");
	means("@/i", "@/real/f");
	means("@/a", "@/real/f");
	means("@/c/f", "@/real/f");
	means("@/j", "@/v");
	means("@/k", "@/v");
	means("@/l", "@/real/d");
}

static void removed_cwd(void)
{
	make_file("@/f");
	make_dir("@/d");
	works(chdir("d"));
	works(rmdir(at("@/d")));
	fails(vfn(at("@/a"), "f"), "ENOENT");
	fails(vfn(at("@/a"), "."), "ENOENT");
	means("@/a", "ENOENT");
	works(vfn(at("@/a"), at("@/f")));
	means("@/a", "@/f");
}

/* TO is looked up in the table before the edit, once. */
static void to_in_the_view(void)
{
	struct vfn_batch *batch = vfn_batch_new();

	make_file("@/a");
	make_file("@/b");
	make_file("@/c");
	make_file("@/real/f");
	make_file("@/real/g");
	make_file("@/real/d/f");
	make_link("real", "@/l");
	map("@/a", "@/real/f");
	map("@/b", "@/a");
	means("@/b", "@/real/f");
	map("@/a", "@/real/g");
	means("@/b", "@/real/f");
	works(vfn_unmap(at("@/a")));
	means("@/b", "@/real/f");
	means("@/a", "@/a");
	/* In one batch, what came before in it is not the table before. */
	vfn_batch_map(batch, at("@/a"), at("@/real/f"), 0);
	vfn_batch_map(batch, at("@/c"), at("@/a"), 0);
	vfn_batch_map(batch, at("@/e"), at("@/b"), 0);
	works(vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
	means("@/a", "@/real/f");
	means("@/c", "@/a");
	means("@/e", "@/real/f");
	map("@/v", "@/real");
	map("@/w", "@/v/d");
	means("@/w/f", "@/real/d/f");
	map("@/x", "@/l/d");
	map("@/l", "@/none");
	means("@/x/f", "@/real/d/f");
	means("@/l/d/f", "ENOENT");
}

static void replace(const char *name)
{
	if (rename(at(name), at(text("%s.old", name))))
		_exit(EXIT_FAILURE);
	make_file(name);
}

static void kept_as_a_name(void)
{
	make_file("@/v/a");
	make_file("@/real/f");
	make_file("@/other/f");
	make_file("@/here/d/f");
	make_link("real", "@/l");
	map("@/v/a", "@/real/f");
	map("@/v/l", "@/l/f");
	map("@/v/d", "@/here/d");
	map("@/v/new", "@/none/new");
	map("@/v/none/below", "@/real/f");
	means("@/v/a", "@/real/f");
	means("@/v/l", "@/real/f");
	means("@/v/new", "ENOENT");
	replace("@/real/f");
	note_as("@/real/f", "the second");
	means("@/v/a", "the second");
	means("@/v/l", "the second");
	means("@/v/none/below", "the second");
	works(unlink(at("@/l")));
	make_link("other", "@/l");
	means("@/v/l", "@/other/f");
	works(unlink(at("@/real/f")));
	means("@/v/a", "ENOENT");
	make_file("@/none/new");
	means("@/v/new", "@/none/new");
	works(rename(at("@/here"), at("@/there")));
	means("@/v/d/f", "ENOENT");
	make_file("@/here/d/f");
	note_as("@/here/d/f", "a new one");
	means("@/v/d/f", "a new one");
}

static const struct rule_scene scenes[] = {
	{ "neither FROM nor its parents exist",
	  "real/f real/d/g",
	  "none/x/y=real/f none/z=real/d none/x/deep/er=real/d/g",
	  "none/x/y=real/f none/z=real/d none/z/g=real/d/g none/x/deep/er=real/d/g none/x/q=ENOENT "
	  "none/z/q=ENOENT none/z/g/q=ENOTDIR none/x/y/q=ENOTDIR" },
	{ "FROM's parent is a file",
	  "file real/f",
	  "file/x=real/f file/y/z=real/f",
	  "file/x=real/f file/y/z=real/f file/q=ENOTDIR" },
	{ "TO doesn't exist: FROM's own object is not seen",
	  "f d/g",
	  "f=none d=none/too",
	  "f=ENOENT d=ENOENT d/g=ENOENT f~ENOENT" },
	{ "bytes that are no text",
	  "\xff\xfe/\x01 real/\x80\xbf real/\xc0 \x7f/\n\t real/\xe2\x28\xa1/\xf0",
	  "\xff\xfe/\x01=real/\x80\xbf \xff/\xff=real/\xc0 \x7f=real/\xe2\x28\xa1",
	  "\xff\xfe/\x01=real/\x80\xbf \xff/\xff=real/\xc0 \xff/\xfe=ENOENT \x7f/\xf0="
	  "real/\xe2\x28\xa1/\xf0 \x7f/\n\t=ENOENT \xff\xfe=\xff\xfe" },
	{ "names that look alike",
	  "A a \xc3\xa4 a\xcc\x88 real/f .x ..x ...x real/d/x",
	  "A=real/f \xc3\xa4=real/f @/..x=real/f",
	  "A=real/f a=a \xc3\xa4=real/f a\xcc\x88=a\xcc\x88 @/.x=@/.x @/..x=real/f @/...x=@/...x" },
};

int main(void)
{
	static const struct rule rules[] = {
		{ "clean names", clean_names },
		{ "refused names", refused_names },
		{ "a relative TO", relative_to },
		{ "a relative TO in no directory", removed_cwd },
		{ "TO in the view", to_in_the_view },
		{ "kept as a name", kept_as_a_name },
	};

	rules_run(rules);
	scenes_run(scenes);
	return done();
}
