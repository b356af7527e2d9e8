// SPDX-License-Identifier: GPL-2.0
/*
 * N7: positions in listings, on file systems of each kind: telldir() at every entry,
 * seekdir() to every one, rewinddir(), and names that are removed as they are read
 */
#include "rule-fs.h"
#include "rule-list.h"

#define MAX_ENTRIES	2600
#define ONE_ENTRY	280	/* bytes for the longest name, and less than for two of them */

struct place {
	int64_t pos;
	char name[256];
};

/* What make_stage() makes to go about in.  Asking another machine (9p) takes its time. */
static int few, many;
static struct place places[MAX_ENTRIES + 1];	/* the last is the end */

/* Long names among short ones, so that buffers end anywhere. */
static const char *name_of(char kind, int i)
{
	return i % 50 ? text("@/d/%c%d", kind, i) : text("@/d/%c%0250d", kind, i);
}

static void make_node(const char *name)
{
	if (mknod(at(name), S_IFREG | 0644, 0))
		bail_out("%s: making %s", rule_label, name);
}

/*
 * Of @nr names in four: r, of which every fourth is hidden and every fourth mapped; n,
 * which don't exist and are mapped; p, missing parents of mapped ones; h, hidden.
 */
static int make_stage(int nr)
{
	int i;

	make_dir("@/d");
	make_file("@/t");
	for (i = 0; i < nr; i++)
		make_node(name_of('r', i));
	for (i = 0; i < nr; i++) {
		map(name_of('n', i), "@/t");
		if (i % 4 == 1)
			hide(name_of('r', i));
		if (i % 4 == 2)
			map(name_of('r', i), "@/t");
		if (i % 4)
			continue;
		map(text("%s/x", name_of('p', i)), "@/t");
		hide(name_of('h', i));
	}
	return nr - nr / 4 + nr + nr / 4 + 2;
}

/* @nr in an order that leads from any part of the directory to any other. */
static int shuffled(int i, int nr)
{
	int step = nr * 5 / 8;

	while (nr % 2 == 0 ? step % 2 == 0 || nr % step == 0 : nr % step == 0)
		step--;
	return (int)((long long)i * step % nr);
}

static DIR *open_dir(const char *name)
{
	DIR *dir = opendir(at(name));

	if (!dir)
		bail_out("%s: opening %s", rule_label, name);
	return dir;
}

/* Each entry, and where telldir() says it is. */
static int tell_all(DIR *dir)
{
	struct dirent *e;
	int nr = 0;

	for (;;) {
		places[nr].pos = telldir(dir);
		errno = 0;
		e = readdir(dir);
		if (!e)
			break;
		if (nr == MAX_ENTRIES)
			bail_out("%s: %s is one entry too many", rule_label, e->d_name);
		snprintf(places[nr++].name, sizeof(places[0].name), "%s", e->d_name);
	}
	if (errno)
		bail_out("%s: readdir", rule_label);
	return nr;
}

static bool seeks_to(DIR *dir, int i)
{
	struct dirent *e;

	seekdir(dir, places[i].pos);
	e = readdir(dir);
	return e && !strcmp(e->d_name, places[i].name);
}

static void every_position(void)
{
	int want = make_stage(few), nr, i, forth = 0, mixed = 0;
	DIR *dir = open_dir("@/d");

	nr = tell_all(dir);
	ok(nr == want, "%s: %d entries", rule_label, want);
	if (nr != want)
		diag("got: %d", nr);
	for (i = 0; i < nr; i++) {
		forth += !seeks_to(dir, nr - 1 - i);
		mixed += !seeks_to(dir, shuffled(i, nr));
	}
	ok(!forth, "%s: from the last to the first, each where telldir() said", rule_label);
	ok(!mixed, "%s: so they are in any order", rule_label);
	if (forth || mixed)
		diag("%d and %d are not", forth, mixed);
	seekdir(dir, places[nr].pos);
	ok(!readdir(dir), "%s: nothing at the end", rule_label);
	rewinddir(dir);
	for (i = 0; readdir(dir); i++)
		;
	ok(i == nr, "%s: as many after rewinddir()", rule_label);
	closedir(dir);
}

static int read_places(struct reader *r)
{
	struct list_entry e;
	int64_t pos = 0;
	int nr = 0;

	while (nr < MAX_ENTRIES && list_next(r, &e)) {
		places[nr].pos = pos;
		snprintf(places[nr++].name, sizeof(places[0].name), "%s", e.name);
		pos = e.next;
	}
	places[nr].pos = pos;
	if (r->got)
		bail_out("%s: reading a directory", rule_label);
	return nr;
}

/*
 * An entry at a time, from each position of @nr: returns at how many it isn't the one that
 * is there, and after how many the descriptor isn't at the next.
 */
static int misplaced(struct reader *r, int nr, int *moved)
{
	struct list_entry e;
	int i, bad = 0;

	*moved = 0;
	for (i = 0; i < nr; i++) {
		struct place *p = &places[shuffled(i, nr)];

		list_seek(r, p->pos, ONE_ENTRY);
		bad += !list_next(r, &e) || strcmp(e.name, p->name);
		while (r->at < r->got)
			list_next(r, &e);
		*moved += lseek(r->fd, 0, SEEK_CUR) != e.next;
	}
	return bad;
}

/*
 * Does this kernel find positions by itself?  5.10's client of 9p goes on with what it has
 * read before, wherever the descriptor is.
 */
static bool seeks_without(void)
{
	static struct reader r;
	int i, nr, bad, moved;

	make_dir("@/plain");
	for (i = 0; i < many; i++)
		make_node(text(i % 50 ? "@/plain/%d" : "@/plain/%0250d", i));
	r = (struct reader){ .fd = list_open("@/plain"), .call = &list_getdents64,
			     .size = LIST_BUFFER };
	nr = read_places(&r);
	bad = misplaced(&r, nr, &moved);
	close(r.fd);
	return !bad;
}

/*
 * libc reads on from each position to the end of its buffer, which is why telldir() and
 * seekdir() are tried in a smaller directory.
 */
static void by_calls(const struct list_call *call, int want, bool seeks)
{
	static struct reader r;
	int nr, bad, moved;

	r = (struct reader){ .fd = list_open("@/d"), .call = call, .size = LIST_BUFFER };
	nr = read_places(&r);
	ok(nr == want, "%s: %s: %d entries", rule_label, call->name, want);
	bad = misplaced(&r, nr, &moved);
	if (seeks)
		ok(!bad, "%s: %s: each is at its position", rule_label, call->name);
	else
		skip(text("%s: %s: each is at its position", rule_label, call->name),
		     "nor is it without a view, on this kernel");
	ok(!moved, "%s: %s: after each, the descriptor is at the next", rule_label, call->name);
	if (bad || moved)
		diag("%d, %d of %d are not", bad, moved, nr);
	close(r.fd);
}

static void many_positions(void)
{
	bool seeks = seeks_without();
	int want = make_stage(many);

	by_calls(&list_getdents64, want, seeks);
	if (list_exists(&list_getdents))
		by_calls(&list_getdents, want, seeks);
	else
		skip("every position by getdents", "this kernel has no such call");
}

static int count_in(const char *name, const char *only)
{
	DIR *dir = open_dir(name);
	struct dirent *e;
	int nr = 0;

	while ((e = readdir(dir)))
		nr += !only || !strcmp(e->d_name, only);
	closedir(dir);
	return nr;
}

static int left_in(DIR *dir, const char *name)
{
	struct dirent *e;
	int nr = 0;

	while ((e = readdir(dir)))
		nr += !name || !strcmp(e->d_name, name);
	return nr;
}

static void rewound(void)
{
	int want = make_stage(40), i;
	DIR *dir = open_dir("@/d");

	for (i = 0; i < want / 2; i++)
		readdir(dir);
	map("@/d/late", "@/t");
	rewinddir(dir);
	ok(left_in(dir, "late") == 1, "%s: a name mapped meanwhile", rule_label);
	hide("@/d/late");
	hide("@/d/r3");
	rewinddir(dir);
	ok(left_in(dir, "late") + count_in("@/d", "r3") == 0, "%s: names hidden meanwhile",
	   rule_label);
	rewinddir(dir);
	ok(left_in(dir, NULL) == want - 1, "%s: and nothing else", rule_label);
	hide("@/d");
	ok(!opendir(at("@/d")) && errno == ENOENT, "%s: its own name is hidden", rule_label);
	rewinddir(dir);
	ok(left_in(dir, NULL) == 42, "%s: what is open is listed as it really is", rule_label);
	if (vfn_clear())
		bail_out("clear");
	rewinddir(dir);
	ok(left_in(dir, NULL) == 42, "%s: all that is there, without a view", rule_label);
	closedir(dir);
}

static int read_on(struct reader *r)
{
	struct list_entry e;
	int nr = 0;

	r->at = r->got = 0;
	while (list_next(r, &e))
		nr++;
	return r->got ? 0 : nr;
}

/* Two descriptors are two listings; a child's is the same one. */
static void shared(void)
{
	int want = make_stage(40), status, i, here = 0;
	DIR *one = open_dir("@/d"), *other = open_dir("@/d");
	static struct reader r;
	struct list_entry e;
	pid_t pid;

	for (i = 0; i < want / 2; i++)
		readdir(one);
	ok(left_in(other, NULL) == want, "%s: another descriptor begins anew", rule_label);
	ok(left_in(one, NULL) == want - want / 2, "%s: and doesn't move the first", rule_label);
	closedir(one);
	closedir(other);
	r = (struct reader){ .fd = list_open("@/d"), .call = &list_getdents64, .size = 1000 };
	for (i = 0; i < 2; i++)
		for (list_next(&r, &e), here++; r.at < r.got; here++)
			list_next(&r, &e);
	pid = fork();
	if (!pid)
		_exit(read_on(&r));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail_out("%s: a child that reads on", rule_label);
	ok(here + WEXITSTATUS(status) == want && here > 10, "%s: a child reads on", rule_label);
	ok(!read_on(&r) && !r.got, "%s: after which there is no more", rule_label);
	close(r.fd);
}

/* As rm -r does: what is read is removed at once, with room for few entries. */
static void removed(void)
{
	int want = make_stage(100) - 2, nr = 0, parents = 0;
	static struct reader r;
	struct list_entry e;
	int i;

	for (i = 0; i < 100; i++) {
		make_node(text("@/t%d", i));
		map(name_of('n', i), text("@/t%d", i));
		if (i % 4 == 2) {
			make_node(text("@/u%d", i));
			map(name_of('r', i), text("@/u%d", i));
		}
	}
	r = (struct reader){ .fd = list_open("@/d"), .call = &list_getdents64,
			     .size = ONE_ENTRY };
	while (list_next(&r, &e)) {
		if (e.name[0] == '.')
			continue;
		nr++;
		if (e.name[0] == 'p')
			parents++;
		else if (unlinkat(r.fd, e.name, 0))
			diag("removing %s: %s", e.name, strerror(errno));
	}
	ok(nr == want, "%s: each of %d names came once", rule_label, want);
	if (nr != want)
		diag("got: %d", nr);
	ok(count_in("@/d", NULL) == parents + 2, "%s: only parents of mapped names are left",
	   rule_label);
	ok(access(at("@/t7"), F_OK) && access(at("@/u6"), F_OK), "%s: targets are gone",
	   rule_label);
	close(r.fd);
}

/* Of the directory @name, do all positions fit a long, and lead where they say? */
static bool fit(const char *name)
{
	static struct reader r;
	struct list_entry e;
	int nr, i, bad = 0;

	r = (struct reader){ .fd = list_open(name), .call = &list_getdents64,
			     .size = LIST_BUFFER };
	nr = read_places(&r);
	for (i = 0; i <= nr; i++)
		bad += places[i].pos != (long)places[i].pos;
	list_seek(&r, 0, LIST_BUFFER);
	if (list_exists(&list_getdents))
		r.call = &list_getdents;
	nr = read_places(&r);
	for (i = 0; i < nr && !bad; i++) {
		list_seek(&r, (long)places[i].pos, ONE_ENTRY);
		bad += !list_next(&r, &e) || strcmp(e.name, places[i].name);
	}
	if (bad)
		diag("%s has positions that are no long", name);
	close(r.fd);
	return !bad;
}

/* A program whose off_t has 32 bits gets EOVERFLOW from readdir() for what has more. */
static void small_positions(void)
{
	make_stage(40);
	make_dir("@/e");
	make_file("@/e/f");
	ok(fit("@/e"), "%s: the file system's fit a long", rule_label);
	ok(fit("@/d"), "%s: so do those of mapped names", rule_label);
}

static const struct rule rules[] = {
	{ "telldir and seekdir", every_position },
	{ "every position by calls", many_positions },
	{ "rewinddir", rewound },
	{ "two listings", shared },
	{ "removed as they are read", removed },
};

/* A directory on an overlay whose entries come from two layers. */
static void make_merged(void)
{
	make_dir("@/low");
	make_dir("@/up");
	make_dir("@/work");
	make_dir("@/low/d");
	make_dir("@/all");
	make_node("@/low/d/low");
	if (mount("none", at("@/all"), "overlay", 0,
		  at("lowerdir=@/low,upperdir=@/up,workdir=@/work")))
		bail_out("mounting an overlay");
	snprintf(rule_top, sizeof(rule_top), "%s", at("@/all"));
	make_node("@/d/up");
	if (rename(at("@/d"), at("@/d")) || chdir(rule_top))
		bail_out("a merged directory");
}

static void merged(void)
{
	DIR *dir;
	int i, nr, bad = 0;

	make_merged();
	make_file("@/t");
	for (i = 0; i < 200; i++) {
		make_node(text("@/d/r%d", i));
		map(text("@/d/m%d", i), "@/t");
	}
	hide("@/d/low");
	map("@/d/up", "@/t");
	dir = open_dir("@/d");
	nr = tell_all(dir);
	ok(nr == 2 * 200 + 3, "%s: %d entries", rule_label, 2 * 200 + 3);
	for (i = 0; i < nr; i++)
		bad += !seeks_to(dir, shuffled(i, nr));
	ok(!bad, "%s: each where telldir() said", rule_label);
	ok(!count_in("@/d", "low") && count_in("@/d", "up") == 1, "%s: hidden, and mapped",
	   rule_label);
	closedir(dir);
	if (vfn_clear() || chdir("/") || umount(rule_top))
		bail_out("removing the overlay");
}

static void run_on(const char *base, const char *label)
{
	static const struct rule merge = { "merged directories", merged, .root = true };
	static const struct rule small = { "positions of 32 bits", small_positions };
	bool is_32bit = sizeof(long) < sizeof(int64_t);

	/* The positions that the other machine says don't fit a 32-bit program's long. */
	if (!strcmp(label, "9p") && is_32bit)
		return;
	few = strcmp(label, "9p") ? 100 : 20;
	many = !strcmp(label, "tmpfs") || !strcmp(label, "ext4") ? 1000 : 2 * few;
	fs_rules_run(base, label, rules, COUNT(rules));
	if (is_32bit)
		fs_rules_run(base, label, &small, 1);
	if (!strcmp(label, "tmpfs"))
		fs_rules_run(base, label, &merge, 1);
}

int main(void)
{
	fs_run_all(run_on);
	return done();
}
