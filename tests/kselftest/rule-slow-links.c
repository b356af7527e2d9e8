// SPDX-License-Identifier: GPL-2.0
/*
 * N4: symlinks of every length, at every place of a name, on file systems of each
 * kind; first read from disk, then from the cache
 *
 * A symlink is fast if the inode has it: below 60 bytes on ext4, 128 on tmpfs, never
 * on btrfs, overlayfs and 9p.
 */
#include "rule-fs.h"

#define LONGEST	(PATH_MAX - 1)	/* of a symlink */

static const int lengths[] = { 0, 59, 60, 61, 127, 128, 129, 1000, LONGEST };

static bool cold;	/* names are looked up with nothing in the cache */

static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "3", 1) != 1 || close(fd))
		bail_out("drop_caches");
}

/* @body, which has a slash, made @len bytes long by more of them; 0: as it is. */
static const char *padded(const char *body, int len)
{
	const char *slash = strrchr(body = at(body), '/');
	int more = len - strlen(body);
	char slashes[PATH_MAX + 1];
	int i;

	if (!len)
		return body;
	if (more < 0)
		bail_out("%s has more than %d bytes", body, len);
	for (i = 0; i < more; i++)
		slashes[i] = i % 2 || i == more - 1 ? '/' : '.';
	slashes[more] = '\0';
	return text("%.*s/%s%s", (int)(slash - body), body, slashes, slash + 1);
}

static void make_padded(const char *body, int len, const char *name)
{
	make_link(padded(body, len), name);
}

/*
 * By its name, by one relative to "@", and to a descriptor of "@".  If @cold, each third
 * name finds nothing in memory in one of these ways, in turn, and those behind it only
 * what they share: to drop everything takes two seconds on a debug kernel.
 */
static void leads(const char *name, const char *want)
{
	static size_t turn;
	const char * const ways[] = { at(text("@/%s", name)), name, name };
	int top = open(rule_top, O_PATH | O_CLOEXEC);
	bool good = true;
	size_t i;

	for (i = 0; i < COUNT(ways); i++) {
		const char *got;

		if (cold && turn % 3 == 0 && i == turn / 3 % COUNT(ways))
			drop_caches();
		got = rule_look(i == 2 ? top : AT_FDCWD, ways[i], true);
		good &= !strcmp(got, want);
		if (strcmp(got, want))
			diag("way %zu is %s", i, got);
	}
	turn++;
	ok(good, "%s: %s is %s", rule_label, name, want);
	close(top);
}

static void make_stage(int len)
{
	make_file("@/usr/bin/py");
	make_file("@/usr/bin/sh");
	make_file("@/real/py");
	make_file("@/real/d/f");
	make_file("@/real/d/s/g");
	make_dir("@/v");
	make_padded("usr/bin", len, "@/bin");
	make_padded("@/usr/bin", len, "@/abs");
	make_padded("../usr/bin", len, "@/x/up");
	make_padded("./py", len, "@/usr/bin/py3");
	make_padded("./py3", len, "@/usr/bin/python");
	make_padded("@/bin/python", len, "@/x/any");
	make_padded("./d", len, "@/real/to-d");
	make_padded("d/f", len, "@/real/to-f");
	make_padded("../f", len, "@/real/d/s/up");
	make_padded("../../beside", len, "@/real/d/s/out");
	make_padded("./none", len, "@/dangling");
	make_padded("./loop", len, "@/loop");
	make_padded("v/d", len, "@/to-v");
	make_file("@/v/beside");
	map("@/usr/bin/py", "@/real/py");
	map("@/v/d", "@/real/to-d");
	map("@/v/f", "@/real/to-f");
}

/* A symlink in front, in the middle, at the end of a name; several in one. */
static void look_everywhere(void)
{
	leads("bin/py", "@/real/py");
	leads("abs/py", "@/real/py");
	leads("x/up/py", "@/real/py");
	leads("x/up/sh", "@/usr/bin/sh");
	leads("usr/bin/py3", "@/real/py");
	leads("usr/bin/python", "@/real/py");
	leads("abs/python", "@/real/py");
	leads("x/any", "@/real/py");
	leads("x/../bin/../bin/python", "@/real/py");
	leads("v/d/f", "@/real/d/f");
	leads("v/d/s/up", "@/real/d/f");
	leads("v/f", "@/real/d/f");
	leads("v/d/../beside", "@/v/beside");
	leads("v/d/s/out", "@/v/beside");
	leads("to-v/s/../f", "@/real/d/f");
	leads("to-v/../beside", "@/v/beside");
	leads("to-v/s/out", "@/v/beside");
	leads("real/to-d/f", "@/real/d/f");
	leads("dangling", "ENOENT");
	leads("loop", "ELOOP");
	leads("loop/f", "ELOOP");
	leads("bin/py/f", "ENOTDIR");
}

static void look_at_themselves(int len)
{
	char body[PATH_MAX + 1];
	struct stat st;
	ssize_t got;

	is_itself("@/bin", "@/bin");
	is_itself("@/x/any", "@/x/any");
	is_itself("@/v/d", "@/real/d");
	is_itself("@/v/d/s/up", "@/real/d/s/up");
	got = readlink(at("@/abs"), body, sizeof(body));
	ok(got > 0 && got == (ssize_t)strlen(padded("@/usr/bin", len)) &&
	   !memcmp(body, padded("@/usr/bin", len), got) && !lstat(at("@/abs"), &st) &&
	   st.st_size == got, "%s: it says what it always said", rule_label);
}

static void make_through(void)
{
	struct stat st;
	int fd;

	works(mkdir(at("@/to-v/new"), 0755));
	works(lstat(at("@/real/d/new"), &st));
	works(rename(at("@/to-v/new"), at("@/v/d/s/../newer")));
	works(rmdir(at("@/real/d/newer")));
	map("@/none", "@/real/made");
	fd = open(at("@/dangling"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	works(fd);
	close(fd);
	works(unlink(at("@/real/made")));
	fails(open(at("@/loop"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644), "ELOOP");
}

static int length;
static bool has_disk;	/* or a server: what isn't in the cache can be had again */

static void links(void)
{
	make_stage(length);
	if (has_disk) {
		cold = true;
		look_everywhere();
		cold = false;
	}
	look_everywhere();
	look_at_themselves(length);
	make_through();
}

/* More in a row than the kernel follows; of 60 bytes, each is slow but on tmpfs. */
static void chain(void)
{
	int i;

	make_file("@/c0");
	make_file("@/real/py");
	for (i = 1; i <= 41; i++)
		make_padded(text("./c%d", i - 1), 60, text("@/c%d", i));
	means("@/c40", "@/c0");
	means("@/c41", "ELOOP");
	map("@/v", "@/real");
	means("@/c40", "@/c0");
	means("@/c41", "ELOOP");
}

/*
 * Each of the longest, and each with more of a name behind it: more text than fits
 * any buffer, which the kernel never joins.
 */
static void nested(void)
{
	char rest[3000];
	size_t i;

	for (i = 0; i < sizeof(rest) - 1; i++)
		rest[i] = i % 2 ? '.' : '/';
	rest[i] = '\0';
	make_file("@/usr/bin/py");
	make_file("@/real/py");
	make_padded("./usr", LONGEST, "@/l1");
	make_link(text("l1%s", rest), "@/l2");
	make_link(text("l2%s", rest), "@/l3");
	make_link(text("l3%s", rest), "@/l4");
	means("@/l4/bin/py", "@/usr/bin/py");
	map("@/usr/bin/py", "@/real/py");
	means("@/l1/bin/py", "@/real/py");
	means("@/l2/bin/py", "@/real/py");
	means("@/l3/bin/py", "@/real/py");
	means("@/l4/bin/py", "@/real/py");
	means(text("@/l4%s/bin/py", rest), "@/real/py");
}

/* From "." 3,000 bytes down, with a symlink "down" that leads there. */
static void dig(void)
{
	char comp[200], body[PATH_MAX];
	size_t len = 0;
	int i;

	memset(comp, 'd', sizeof(comp) - 1);
	comp[sizeof(comp) - 1] = '\0';
	for (i = 0; i < 15; i++)
		len += snprintf(body + len, sizeof(body) - len, "%s%s", i ? "/" : "", comp);
	if (symlink(body, "down"))
		bail_out("%s: symlink", rule_label);
	for (i = 0; i < 15; i++)
		if (mkdir(comp, 0755) || chdir(comp))
			bail_out("%s: a deep directory", rule_label);
}

/* Symlinks that lie deeper than any name is long. */
static void deep(void)
{
	int i;

	make_file("@/usr/bin/py");
	make_file("@/usr/bin/sh");
	make_file("@/real/py");
	for (i = 0; i < 4; i++)
		dig();
	if (symlink(at("@/usr/bin"), "bin") || symlink(at("@/usr/bin/py"), "python") ||
	    chdir(rule_top))
		bail_out("%s: symlink", rule_label);
	means("@/down/down/down/down/python", "@/usr/bin/py");
	map("@/usr/bin/py", "@/real/py");
	means("@/down/down/down/down/python", "@/real/py");
	means("@/down/down/down/down/bin/py", "@/real/py");
	means("@/down/down/down/down/bin/../bin/py", "@/real/py");
	means("down/down/down/down/bin/py", "@/real/py");
	means("down/down/down/down/bin/sh", "@/usr/bin/sh");
	fails(vfn(at("@/down/down/x"), at("@/real/py")), "ENAMETOOLONG");
	fails(vfn_unmap(at("@/down/down/x")), "ENAMETOOLONG");
}

static void run_on(const char *base, const char *label)
{
	static const struct rule rules[] = {
		{ "long in long ones", nested },
		{ "forty in a row", chain },
		{ "deeper than names are long", deep },
	};
	bool fast = !strcmp(label, "tmpfs") || !strcmp(label, "ext4");
	size_t i;

	has_disk = strcmp(label, "tmpfs");
	for (i = 0; i < COUNT(lengths); i++) {
		struct rule rule = { .run = links, .root = true };
		char name[64];

		length = lengths[i];
		/* Elsewhere all are slow, whatever their length. */
		if (!fast && length > 60 && length < 1000)
			continue;
		if (length)
			snprintf(name, sizeof(name), "links of %d bytes", length);
		else
			snprintf(name, sizeof(name), "short links");
		rule.name = name;
		fs_rules_run(base, label, &rule, 1);
	}
	fs_rules_run(base, label, rules, COUNT(rules));
}

int main(void)
{
	fs_run_all(run_on);
	return done();
}
