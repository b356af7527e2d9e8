// SPDX-License-Identifier: GPL-2.0
/*
 * Names are bytes: all but '/' and NUL may be in them, in whatever order, and mean
 * themselves, wherever a name is given or told
 */
#include <sys/mman.h>

#include "rule-list.h"

#define BYTES	254	/* 1 to 255 without '/' */

/* The @i-th of them. */
static char byte(int i)
{
	return i + 1 < '/' ? i + 1 : i + 2;
}

/* A component of all of them, beginning with the @first-th. */
static const char *all_from(int first)
{
	char name[BYTES + 1];
	int i;

	for (i = 0; i < BYTES; i++)
		name[i] = byte((first + i) % BYTES);
	name[BYTES] = '\0';
	return text("%s", name);
}

/* "@" is no letter of these tests: it is a byte like others. */
static const char *below(const char *name)
{
	return text("%s/%s", rule_top, name);
}

static void make_at(const char *name, const char *as)
{
	struct rule_object *o = &rule_objects[rule_nr_objects++];
	struct stat st;
	int fd;

	fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0 || fstat(fd, &st) || close(fd))
		bail_out("making %s", as);
	*o = (struct rule_object){ st.st_dev, st.st_ino, as };
}

static bool is(const char *name, const char *want)
{
	return !strcmp(rule_look(AT_FDCWD, name, true), want);
}

/* Every byte is a name of its own, and no other. */
static void single_bytes(void)
{
	int i, bad = 0, edits = 0, relative = 0;
	char name[3] = "";

	make_file("@/odd");
	make_file("@/even");
	make_dir("@/v");
	for (i = 0; i < BYTES; i++) {
		name[0] = byte(i);
		if (name[0] == '.')
			continue;
		edits += !!vfn(below(text("v/%s", name)), at(i % 2 ? "@/odd" : "@/even"));
	}
	ok(!edits, "%s: mapped", rule_label);
	for (i = 0; i < BYTES; i++) {
		name[0] = byte(i);
		name[1] = '\0';
		if (name[0] == '.')
			continue;
		bad += !is(below(text("v/%s", name)), i % 2 ? "@/odd" : "@/even");
		relative += !is(text("v/./%s", name), i % 2 ? "@/odd" : "@/even");
		name[1] = byte(i);
		bad += name[0] != '.' && !is(below(text("v/%s", name)), "ENOENT");
	}
	ok(!bad, "%s: each is itself", rule_label);
	ok(!relative, "%s: so it is by a relative name", rule_label);
}

/* All in one name, in FROM and TO, of files and directories. */
static void whole_components(void)
{
	struct vfn_iter *iter;
	struct vfn_mapping m;
	char from[PATH_MAX], to[PATH_MAX];
	bool good;

	snprintf(to, sizeof(to), "%s", below(all_from(100)));
	snprintf(from, sizeof(from), "%s", below(all_from(7)));
	if (mkdir(to, 0755))
		bail_out("mkdir");
	make_at(text("%s/%s", to, all_from(1)), "the file");
	works(vfn(from, to));
	ok(is(text("%s/%s", from, all_from(1)), "the file"), "%s: below FROM", rule_label);
	ok(is(text("%s/%s", all_from(7), all_from(1)), "the file"), "%s: by a relative name",
	   rule_label);
	ok(is(text("%s/%s", from, all_from(2)), "ENOENT"), "%s: another one isn't there",
	   rule_label);
	ok(is(text("%s/../%s/%s", from, all_from(7), all_from(1)), "the file"), "%s: with dots",
	   rule_label);
	iter = vfn_iter_new();
	good = iter && vfn_iter_next(iter, &m) == 1 && !strcmp(m.from, from) && !strcmp(m.to, to);
	ok(good, "%s: the table tells them as they are", rule_label);
	vfn_iter_free(iter);
	works(vfn_hide(text("%s/%s", from, all_from(1))));
	ok(is(text("%s/%s", from, all_from(1)), "ENOENT"), "%s: hidden", rule_label);
	works(vfn_unmap(text("%s/%s", from, all_from(1))));
	ok(is(text("%s/%s", from, all_from(1)), "the file"), "%s: and not", rule_label);
	works(vfn_unmap(from));
	ok(is(from, "ENOENT"), "%s: unmapped", rule_label);
}

/* Symlinks of such bytes, expanded by text and by the slow way. */
static void symlinks(void)
{
	if (mkdir(below(all_from(50)), 0755) || mkdir(below("v"), 0755))
		bail_out("mkdir");
	make_at(below(text("%s/%s", all_from(50), all_from(60))), "the file");
	make_at(below("other"), "the other");
	if (symlink(all_from(50), below("dir")) || symlink(all_from(60), below("dir/file")) ||
	    symlink(below(all_from(50)), below(all_from(70))) ||
	    symlink(text("../%s/%s", all_from(70), all_from(60)), below("v/up")))
		bail_out("symlink");
	ok(is(below("dir/file"), "the file"), "%s: without a view", rule_label);
	works(vfn(below(text("%s/%s", all_from(50), all_from(60))), below("other")));
	ok(is(below("dir/file"), "the other"), "%s: relative ones", rule_label);
	ok(is(below(text("dir/%s", all_from(60))), "the other"), "%s: to the directory",
	   rule_label);
	ok(is(below(text("%s/file", all_from(70))), "the other"), "%s: an absolute one",
	   rule_label);
	ok(is(below("v/up"), "the other"), "%s: through all of them", rule_label);
	works(vfn(below("w"), below("v")));
	ok(is(below("w/up"), "the other"), "%s: below a mapped name", rule_label);
	ok(is("w/../dir/file", "the other"), "%s: with dots", rule_label);
}

static void listings(void)
{
	static struct reader r;
	struct list_entry e;
	int i, found = 0, strange = 0;
	bool seen[BYTES] = {};

	make_at(below("t"), "the target");
	if (mkdir(below("d"), 0755))
		bail_out("mkdir");
	for (i = 0; i < BYTES; i++) {
		const char *name = below(text("d/%s", all_from(i)));

		/* One in three is there, mapped, both; and of the mapped ones some are hidden. */
		if (i % 3 != 1)
			make_at(name, "a file");
		if (i % 3 && vfn(name, below("t")))
			bail_out("map");
		if (i % 7 == 0 && vfn_hide(name))
			bail_out("hide");
		rule_nr_objects = 2;
	}
	r = (struct reader){ .fd = list_open("@/d"), .call = &list_getdents64, .size = 280 };
	while (list_next(&r, &e)) {
		for (i = 0; i < BYTES && strcmp(e.name, all_from(i)); i++)
			;
		if (i < BYTES && !seen[i] && i % 7 && e.type == DT_REG)
			found++;
		else
			strange += strcmp(e.name, ".") && strcmp(e.name, "..");
		if (i < BYTES)
			seen[i] = true;
	}
	ok(found == BYTES - (BYTES + 6) / 7 && !strange, "%s: %d names, each as it is", rule_label,
	   BYTES - (BYTES + 6) / 7);
	if (strange)
		diag("%d found, %d strange", found, strange);
	close(r.fd);
}

static const char *link_of(const char *name)
{
	static char buf[PATH_MAX];
	ssize_t len = readlink(name, buf, sizeof(buf) - 1);

	if (len < 0)
		return strerrorname_np(errno);
	buf[len] = '\0';
	return buf;
}

/* As maps has it: "\n" is written "\012", and a backslash as itself. */
static bool maps_tell(const char *name)
{
	char line[4 * PATH_MAX], want[4 * PATH_MAX];
	bool found = false;
	size_t n = 0;
	FILE *maps;

	for (; *name; name++)
		n += sprintf(want + n, *name == '\n' ? "\\012" : "%c", *name);
	maps = fopen("/proc/self/maps", "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		found |= strstr(line, " /") && !strcmp(strstr(line, " /") + 1, want);
	}
	if (maps)
		fclose(maps);
	return found;
}

static void reported(void)
{
	char cwd[PATH_MAX], from[1000], file[PATH_MAX];
	void *memory;
	int fd;

	snprintf(from, sizeof(from), "%s", below(all_from(20)));
	snprintf(file, sizeof(file), "%s/%s", from, all_from(30));
	if (mkdir(below("t"), 0755))
		bail_out("mkdir");
	make_at(below(text("t/%s", all_from(30))), "the file");
	works(truncate(text("t/%s", all_from(30)), 1));
	works(vfn(from, below("t")));
	works(chdir(from));
	ok(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, from), "%s: getcwd()", rule_label);
	ok(!strcmp(link_of("/proc/self/cwd"), from), "%s: /proc/self/cwd", rule_label);
	fd = open(all_from(30), O_RDONLY | O_CLOEXEC);
	ok(!strcmp(link_of(text("/proc/self/fd/%d", fd)), file), "%s: /proc/self/fd", rule_label);
	memory = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED)
		bail_out("mmap");
	ok(maps_tell(file), "%s: /proc/self/maps", rule_label);
	munmap(memory, 1);
	close(fd);
}

static void resolved(void)
{
	struct vfn_steps *steps;
	struct vfn_step step = {};
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s", below(all_from(40)));
	snprintf(to, sizeof(to), "%s", below(all_from(41)));
	make_at(to, "the file");
	works(vfn(from, to));
	steps = vfn_resolve(AT_FDCWD, from, 0);
	while (steps && vfn_steps_next(steps, &step))
		;
	ok(steps && step.kind == VFN_IS_RESULT && !strcmp(step.from, from) &&
	   !strcmp(step.to, to), "%s: the result is told as it is", rule_label);
	vfn_steps_free(steps);
}

/* No normal form, no case, no width: other bytes are another name. */
static void alike(void)
{
	static const char * const names[] = {
		"\xc3\xa4", "a\xcc\x88", "\xe4", "\xc3\x84", "a", "A", "\xef\xbd\x81", "\xc0\xe1",
		"\xed\xa0\x80", "\xff", "\xfe\xff", "\xe2\x80\xae" "a", "a ", " a", "a\t", "a\n",
		"a\\012", "\\", "a\x7f", "-a", "~a", "*", "a\x1b[0m",
	};
	size_t i, k, bad = 0;

	make_dir("@/v");
	for (i = 0; i < COUNT(names); i++)
		make_at(below(text("t%zu", i)), names[i]);
	for (i = 0; i < COUNT(names); i++)
		bad += !!vfn(below(text("v/%s", names[i])), below(text("t%zu", i)));
	for (i = 0; i < COUNT(names); i++)
		bad += !is(below(text("v/%s", names[i])), names[i]);
	ok(!bad, "%s: each of %zu names is itself", rule_label, COUNT(names));
	for (k = 0; k < COUNT(names); k++) {
		if (vfn_unmap(below(text("v/%s", names[k]))))
			bail_out("unmap");
		for (i = k, bad = 0; i < COUNT(names); i++)
			bad += !is(below(text("v/%s", names[i])), i == k ? "ENOENT" : names[i]);
		ok(!bad, "%s: without one of them, the others are", rule_label);
	}
}

static const struct rule rules[] = {
	{ "single bytes", single_bytes },
	{ "components of all bytes", whole_components },
	{ "symlinks of all bytes", symlinks },
	{ "listings of all bytes", listings },
	{ "reported names of all bytes", reported },
	{ "resolved names of all bytes", resolved },
	{ "names that look alike", alike },
};

int main(void)
{
	rules_run(rules);
	rules_run_in("/var/tmp", rules, COUNT(rules));
	return done();
}
