// SPDX-License-Identifier: GPL-2.0
/* RESOLVE: what a name means, and the steps that lead there */

#include "rule.h"

/* The steps of @name, each "kind from>to", in one string. */
static const char *steps_at(int dfd, const char *name, unsigned int flags)
{
	static const char *const kinds[] = {
		[VFN_IS_LINK] = "link", [VFN_IS_JUMP] = "jump", [VFN_IS_MAPPED] = "map",
		[VFN_IS_HIDDEN] = "hidden", [VFN_IS_MISSING] = "missing",
		[VFN_IS_RESULT] = "is",
	};
	struct vfn_steps *steps = vfn_resolve(dfd, name, flags);
	static char out[4 * PATH_MAX];
	struct vfn_step step;
	size_t len = 0;

	if (!steps)
		return strerrorname_np(errno);
	out[0] = '\0';
	while (vfn_steps_next(steps, &step))
		len += snprintf(out + len, sizeof(out) - len, "%s%s %s>%s", len ? ", " : "",
				kinds[step.kind], step.from, step.to);
	vfn_steps_free(steps);
	return out;
}

static void resolves(const char *name, const char *want, unsigned int flags)
{
	const char *got = steps_at(AT_FDCWD, at(name), flags);

	want = at(want);
	ok(!strcmp(got, want), "%s: %.100s: %.400s", rule_label, name, want);
	if (strcmp(got, want))
		diag("got: %.800s", got);
}

static void ways(void)
{
	make_file("@/usr/bin/f");
	make_link("usr/bin", "@/bin");
	make_link("f", "@/usr/bin/l");
	make_file("@/t/x");
	resolves("@/bin/l", "link @/bin>usr/bin, link @/usr/bin/l>f, is @/usr/bin/f>@/usr/bin/f", 0);
	resolves("@/bin/l", "link @/bin>usr/bin, is @/usr/bin/l>@/usr/bin/l", VFN_NOFOLLOW);
	map("@/usr/bin/f", "@/t/x");
	map("@/v", "@/t");
	map("@/q/r/s", "@/t");
	hide("@/h");
	resolves("@/bin/l", "link @/bin>usr/bin, link @/usr/bin/l>f, map @/usr/bin/f>@/t/x, "
		 "is @/usr/bin/f>@/t/x", 0);
	resolves("@/v/x", "map @/v>@/t, is @/v/x>@/t/x", 0);
	resolves("@/v/none", "map @/v>@/t, is @/v/none>@/t/none", 0);
	resolves("@/v/../bin/f", "map @/v>@/t, link @/bin>usr/bin, map @/usr/bin/f>@/t/x, "
		 "is @/usr/bin/f>@/t/x", 0);
	resolves("@/q/r", "missing @/q/r>", 0);
	resolves("@/q/../q", "missing @/q>", 0);
	resolves("@/h", "hidden @/h>", 0);
	resolves("@/h/x", "hidden @/h>", 0);
	resolves("@/none/x", "ENOENT", 0);
	resolves("@/usr/bin/none", "is @/usr/bin/none>@/usr/bin/none", 0);
	resolves("", "ENOENT", 0);
	works(chdir(at("@/v")));
	resolves("x", "is @/v/x>@/t/x", 0);
	resolves("../bin/f", "link @/bin>usr/bin, map @/usr/bin/f>@/t/x, is @/usr/bin/f>@/t/x", 0);
}

static void loops(void)
{
	make_link("b", "@/a");
	make_link("a", "@/b");
	map("@/x", "@/y");
	resolves("@/a", "ELOOP", 0);
}

static void without_a_view(void)
{
	make_file("@/f");
	resolves("@/f", "is @/f>@/f", 0);
	resolves("f", "is @/f>@/f", 0);
}

static void is_refused(int dfd, int err, const char *what)
{
	struct vfn_steps *steps = vfn_resolve(dfd, "x", 0);

	ok(!steps && errno == err, "%s: a name relative to %s: %s", rule_label, what,
	   strerrorname_np(err));
	vfn_steps_free(steps);
}

static void descriptors(void)
{
	int dir, file;

	make_file("@/d/x");
	make_file("@/t");
	map("@/d/x", "@/t");
	dir = open(at("@/d"), O_PATH | O_CLOEXEC);
	file = open(at("@/t"), O_PATH | O_CLOEXEC);
	ok(!strcmp(steps_at(dir, "x", 0), at("map @/d/x>@/t, is @/d/x>@/t")),
	   "%s: a name relative to a directory", rule_label);
	is_refused(file, ENOTDIR, "a file");
	is_refused(-1, EBADF, "nothing");
	close(dir);
	close(file);
}

static const struct rule rules[] = {
	{ "ways", ways },
	{ "loops", loops },
	{ "descriptors", descriptors },
	{ "without a view", without_a_view },
};

int main(void)
{
	rules_run(rules);
	return done();
}
