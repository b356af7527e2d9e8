// SPDX-License-Identifier: GPL-2.0
/* N1: names at the limits of length, and beyond */

#include "rule.h"

/* An absolute name of @len bytes below @top, of components no longer than @comp. */
static char *long_name(const char *top, size_t len, size_t comp)
{
	char *name = malloc(len + 1);
	size_t n = strlen(at(top)), in = 0;

	memcpy(name, at(top), n);
	name[n++] = '/';
	for (; n < len; n++, in++) {
		name[n] = 'a' + in % 26;
		/* Neither an empty component nor a slash at the end. */
		if (in >= comp && len - n > 1) {
			name[n] = '/';
			in = -1;
		}
	}
	name[n] = '\0';
	return name;
}

static unsigned int mappings(void)
{
	struct vfn_status status;

	if (vfn_status(&status))
		bail_out("vfn_status");
	return status.nr_mappings;
}

static void long_from(void)
{
	const char *name = long_name("@", PATH_MAX - 1, NAME_MAX);
	const char *small = long_name("@", PATH_MAX - 1, 1);
	char sibling[PATH_MAX];

	make_file("@/real/f");
	works(vfn(name, at("@/real/f")));
	works(vfn(small, at("@/real/f")));
	ok(mappings() == 2, "%s: both are there", rule_label);
	means(name, "@/real/f");
	means(small, "@/real/f");
	snprintf(sibling, sizeof(sibling), "%s", name);
	sibling[PATH_MAX - 2] ^= 1;
	means(sibling, "ENOENT");
	works(vfn_unmap(name));
	means(name, "ENOENT");
	fails(vfn_unmap(name), "ENOENT");
	fails(vfn(long_name("@", PATH_MAX, NAME_MAX), "/x"), "ENAMETOOLONG");
	fails(vfn_hide(long_name("@", PATH_MAX, NAME_MAX)), "ENAMETOOLONG");
	fails(vfn_unmap(long_name("@", PATH_MAX, NAME_MAX)), "ENAMETOOLONG");
	ok(mappings() == 1, "%s: nothing else changed", rule_label);
}

static void long_to(void)
{
	const char *to = long_name("@", PATH_MAX - 1, NAME_MAX);

	make_file("@/f");
	works(vfn(at("@/f"), to));
	means("@/f", "ENOENT");
	fails(vfn(at("@/f"), long_name("@", PATH_MAX, NAME_MAX)), "ENAMETOOLONG");
	means("@/f", "ENOENT");
	/* Nothing fits below it. */
	means("@/f/x", "ENAMETOOLONG");
	means("f/x", "ENAMETOOLONG");
	/* A relative one that becomes too long. */
	fails(vfn(at("@/f"), to + strlen(at("@")) + 1), "success");
	fails(vfn(at("@/f"), long_name("", PATH_MAX - 10, NAME_MAX) + 1), "ENAMETOOLONG");
	means("@/f", "ENOENT");
	ok(mappings() == 1, "%s: one mapping", rule_label);
}

static void long_components(void)
{
	char c255[NAME_MAX + 1], c256[NAME_MAX + 2];

	memset(c255, 'c', sizeof(c255));
	c255[NAME_MAX] = '\0';
	memset(c256, 'c', sizeof(c256));
	c256[NAME_MAX + 1] = '\0';
	make_file("@/real/f");
	make_dir("@/v");
	make_file(text("@/d/%s", c255));
	note_as(text("@/d/%s", c255), "the long one");
	works(vfn(at(text("@/v/%s", c255)), at("@/real/f")));
	works(vfn(at(text("@/v/%s/x/%s", c255, c255)), at(text("@/d/%s", c255))));
	means(text("@/v/%s", c255), "@/real/f");
	means(text("@/v/%s/x/%s", c255, c255), "the long one");
	means(text("@/v/%.*s", NAME_MAX - 1, c255), "ENOENT");
	means(text("@/v/%s", c256), "ENAMETOOLONG");
	fails(vfn(at(text("@/v/%s", c256)), "/x"), "ENAMETOOLONG");
	fails(vfn(at(text("@/%s/v", c256)), "/x"), "ENAMETOOLONG");
	fails(vfn(at("@/v/x"), at(text("@/%s", c256))), "ENAMETOOLONG");
	fails(vfn(at("@/v/x"), c256), "ENAMETOOLONG");
	fails(vfn_hide(at(text("@/v/%s", c256))), "ENAMETOOLONG");
	ok(mappings() == 2, "%s: nothing else changed", rule_label);
}

/* A short name in the view that is too long for real, and the other way round. */
static void long_translations(void)
{
	const char *to = long_name("@", PATH_MAX - 100, 200), *deep;
	char comp[120];
	struct stat st;

	memset(comp, 'x', sizeof(comp));
	comp[sizeof(comp) - 1] = '\0';
	make_dir("@/v");
	make_file("@/v/t");
	make_file("@/real/f");
	map("@/v/d", to);
	deep = strdup(at(text("@/v/d/%s", comp)));
	means(deep, "ENAMETOOLONG");
	fails(mkdir(deep, 0755), "ENAMETOOLONG");
	fails(open(deep, O_CREAT | O_WRONLY, 0644), "ENAMETOOLONG");
	fails(rename(at("@/v/t"), deep), "ENAMETOOLONG");
	fails(rename(deep, at("@/v/t")), "ENAMETOOLONG");
	fails(symlink("x", deep), "ENAMETOOLONG");
	fails(link(at("@/v/t"), deep), "ENAMETOOLONG");
	means("@/v/d/short", "ENOENT");
	means("@/v/t", "@/v/t");
	works(chdir("v"));
	means(text("d/%s", comp), "ENAMETOOLONG");
	means("t", "@/v/t");
	fails(lstat(to, &st), "ENOENT");
	/* One whose real name is shorter. */
	deep = long_name("@/w", PATH_MAX - 3, 200);
	works(vfn(deep, at("@/real")));
	means(text("%s/f", deep), "@/real/f");
	/* The kernel takes no name that long, wherever it would lead. */
	means(text("%s/./f", deep), "ENAMETOOLONG");
}

static void enter(const char *comp, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		if ((mkdir(comp, 0755) && errno != EEXIST) || chdir(comp))
			bail_out("a deep directory");
}

static void note_deep(const char *name, const char *as)
{
	int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || close(fd))
		bail_out("%s: making %s", rule_label, as);
	note_as(name, as);
}

/*
 * To the byte: what lies in "@/v" has a real name of 4,095 bytes if it is @fits, one
 * more if it is @exceeds.  Both exist.
 */
static void make_limits(char *fits, char *exceeds)
{
	char comp[201], real[PATH_MAX];
	size_t len;

	memset(comp, 'd', sizeof(comp) - 1);
	comp[sizeof(comp) - 1] = '\0';
	make_dir("@/w");
	len = snprintf(real, sizeof(real), "%s", at("@/w"));
	works(chdir(real));
	while (len < 3800) {
		enter(comp, 1);
		len += snprintf(real + len, sizeof(real) - len, "/%s", comp);
	}
	memset(exceeds, 'f', NAME_MAX);
	exceeds[PATH_MAX - len - 1] = '\0';
	snprintf(fits, NAME_MAX + 1, "%s", exceeds + 1);
	note_deep(fits, "what fits");
	note_deep(exceeds, "what exceeds");
	works(chdir(rule_top));
	make_link("v", "@/l");
	make_file("@/t");
	map("@/v", real);
	map("@/far/away", "@/t");
	ok(len + 1 + strlen(fits) == PATH_MAX - 1, "%s: 4,095 bytes", rule_label);
	means(text("%s/%s", real, fits), "what fits");
	means(text("%s/%s", real, exceeds), "ENAMETOOLONG");
}

static void limits(void)
{
	static const char * const ways[] = { "@/v/%s", "v/%s", "./v/%s", "@/l/%s", "l/%s",
					     "v/../v/%s", "@/l/../v/%s" };
	char fits[NAME_MAX + 1], exceeds[NAME_MAX + 1];
	char * const argv[] = { "x", NULL };
	char buf[8];
	size_t i;

	make_limits(fits, exceeds);
	for (i = 0; i < COUNT(ways); i++) {
		const char *dir = strndup(ways[i], strlen(ways[i]) - 2), *name;

		means(text("%s%s", dir, fits), "what fits");
		means(text("%s%s", dir, exceeds), "ENAMETOOLONG");
		name = strdup(at(text("%s%s", dir, exceeds)));
		fails(open(name, O_CREAT | O_WRONLY, 0644), "ENAMETOOLONG");
		fails(mkdir(name, 0755), "ENAMETOOLONG");
		fails(unlink(name), "ENAMETOOLONG");
		fails(rename(name, at("@/t")), "ENAMETOOLONG");
		fails(rename(at("@/t"), name), "ENAMETOOLONG");
		fails(link(at("@/t"), name), "ENAMETOOLONG");
		fails(chdir(name), "ENAMETOOLONG");
		fails(execv(name, argv), "ENAMETOOLONG");
		fails(truncate(name, 0), "ENAMETOOLONG");
		fails(readlink(name, buf, sizeof(buf)), "ENAMETOOLONG");
		fails(chmod(name, 0), "ENAMETOOLONG");
	}
	ok(mappings() == 2, "%s: nothing else changed", rule_label);
	means("@/t", "@/t");
	means("@/far/away", "@/t");
	/* From inside it is a short name. */
	works(chdir(at("@/v")));
	means(exceeds, "what exceeds");
	means(fits, "what fits");
	works(unlink(exceeds));
	works(chdir(rule_top));
	means(text("@/v/%s", exceeds), "ENAMETOOLONG");
	means(text("@/v/%s", fits), "what fits");
}

/*
 * Names that no mapping covers work as they always do, in directories too deep to
 * be named, although the names occur in mappings.
 */
static void deep_directories(void)
{
	char comp[201];
	int fd, i;

	memset(comp, 'd', sizeof(comp));
	comp[sizeof(comp) - 1] = '\0';
	make_file("@/v/f");
	make_file("@/real/f");
	make_file("@/real/g");
	map("@/v/f", "@/real/f");
	map("@/v/sub", "@/real");
	for (i = 15; i <= 25; i += 10) {
		works(chdir(rule_top));
		enter(comp, i);
		fd = open("f", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
		if (!works(fd) || !works(mkdir("sub", 0755)))
			return;
		close(fd);
		note_as("f", "the deep file");
		note_as("sub", "the deep directory");
		means("f", "the deep file");
		means("sub", "the deep directory");
		means("sub/../f", "the deep file");
		means("sub/f", "ENOENT");
		means("@/v/f", "@/real/f");
		works(unlink("f"));
		works(rmdir("sub"));
	}
	/* Not all of it at once: no name is that long. */
	for (i = 25; i > 0; i--) {
		works(chdir(".."));
		works(rmdir(comp));
	}
}

/* 3,900 bytes of cwd and 300 of name: more than a name, but covered all the same. */
static void long_relative_names(void)
{
	const char *dir = long_name("@/v", 3900, 200);
	char comp[251];

	memset(comp, 'x', sizeof(comp));
	comp[sizeof(comp) - 1] = '\0';
	make_file(text("@/real/%s", comp));
	note_as(text("@/real/%s", comp), "the long one");
	map(dir, "@/real");
	works(chdir(dir));
	means(comp, "the long one");
	means(text("./%s", comp), "the long one");
	means(text("%s/%.150s", dir, comp), "ENOENT");
	works(mkdir("sub", 0755));
	works(rename(comp, text("sub/%s", comp)));
	means(text("sub/%s", comp), "the long one");
	means(text("../%s/sub/%s", strrchr(dir, '/') + 1, comp), "the long one");
}

static bool leads_to(int dfd, const char *name, const struct stat *want)
{
	struct stat st;

	return !fstatat(dfd, name, &st, 0) && st.st_ino == want->st_ino;
}

/*
 * Names that are looked up are kept where there is room for some hundred bytes: of every
 * length around that, a directory in a mapped one, and in it a mapped name and a real one.
 */
static void of_each_length(void)
{
	const char *dir = long_name("@/v", 220, 200);
	char real[PATH_MAX], view[PATH_MAX];
	struct stat mapped, below;
	int len, fd, wrong = 0;
	bool right;

	make_file("@/t");
	if (stat(at("@/t"), &mapped))
		bail_out("stat");
	snprintf(real, sizeof(real), "%s/x", dir);
	real[strlen(at("@/"))] = 'w';
	make_parents(real);
	map("@/v", "@/w");
	for (len = 230; len < 370; len++) {
		snprintf(view, sizeof(view), "%s/%0*d", dir, len - 221, 0);
		snprintf(real, sizeof(real), "%s", view);
		real[strlen(at("@/"))] = 'w';
		map(text("%s/m", view), "@/t");
		if (mkdir(real, 0755) || mknod(text("%s/f", real), S_IFREG | 0644, 0) ||
		    stat(text("%s/f", real), &below) || chdir(view))
			bail_out("a directory of %d bytes", len);
		fd = open(view, O_PATH | O_CLOEXEC);
		right = leads_to(AT_FDCWD, text("%s/m", view), &mapped) &&
			leads_to(AT_FDCWD, text("%s/f", view), &below) &&
			leads_to(AT_FDCWD, "m", &mapped) && leads_to(AT_FDCWD, "f", &below) &&
			leads_to(fd, "m", &mapped) && leads_to(fd, "f", &below) &&
			leads_to(fd, "m", &mapped) && leads_to(AT_FDCWD, "m", &mapped);
		if (!right && !wrong++)
			diag("in a directory whose name has %d bytes", len);
		close(fd);
	}
	ok(!wrong, "%s: %d of %d are wrong", rule_label, wrong, len - 230);
}

static const struct rule rules[] = {
	{ "a long FROM", long_from },
	{ "a long TO", long_to },
	{ "long components", long_components },
	{ "translations that are too long", long_translations },
	{ "translations at the limit", limits },
	{ "deep directories", deep_directories },
	{ "long relative names", long_relative_names },
	{ "names of each length", of_each_length },
};

int main(void)
{
	rules_run(rules);
	return done();
}
