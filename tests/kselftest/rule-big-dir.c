// SPDX-License-Identifier: GPL-2.0
/*
 * N7: a directory of 100,000 entries with mapped and hidden names among them, read
 * through buffers from one entry up, and from positions in it
 *
 *	NUMBER	is there: of every ten, one is mapped to a directory, one to what
 *		doesn't exist, one is hidden, one is a symlink, the others are files
 *	nNUMBER	is not: mapped to a file, or every other to a symlink (NOFOLLOW)
 *	dNUMBER	is not: mapped to what doesn't exist; hNUMBER: hidden
 *	aNUMBER	is not: the parent of a mapped name
 */
#include "rule-list.h"

#define BATCH	1000
#define SHOWN	(80000 + 10000 + 300 + 2)	/* numbers, n, a; "." and ".." */

/* Of names that begin with a letter; of the others, the last digit tells. */
struct kind {
	const char *format;
	int nr;
};

enum { REAL, NEW, DANGLING, HIDDEN, PARENT, KINDS };

static const struct kind kinds[KINDS] = {
	{ "%d", 100000 }, { "n%d", 10000 }, { "d%d", 1000 }, { "h%d", 1000 }, { "a%d", 300 },
};

static unsigned char seen[KINDS][100000];
static ino_t file_ino, dir_ino, link_ino;

/* The type that name @nr of a kind shall be listed with; -1: it is not. */
static int type_of(int kind, int nr)
{
	static const signed char by_digit[10] = {
		[3] = DT_DIR, [5] = -1, [7] = -1, [9] = DT_LNK,
	};

	switch (kind) {
	case REAL:
		return by_digit[nr % 10] ?: DT_REG;
	case NEW:
		return nr % 2 ? DT_LNK : DT_REG;
	case PARENT:
		return DT_DIR;
	}
	return -1;
}

/* Of mapped names, the target's; 0: of no matter. */
static ino_t ino_of(int kind, int nr)
{
	if (kind == NEW)
		return nr % 2 ? link_ino : file_ino;
	return kind == REAL && nr % 10 == 3 ? dir_ino : 0;
}

static ino_t ino_at(const char *name)
{
	struct stat st;

	if (lstat(at(name), &st))
		bail_out("lstat %s", name);
	return st.st_ino;
}

static void make_entries(void)
{
	int dir, i, err;

	make_file("@/t/file");
	make_dir("@/t/dir");
	make_link("file", "@/t/link");
	file_ino = ino_at("@/t/file");
	dir_ino = ino_at("@/t/dir");
	link_ino = ino_at("@/t/link");
	make_dir("@/big");
	dir = list_open("@/big");
	for (i = 0; i < kinds[REAL].nr; i++) {
		err = i % 10 == 9 ? symlinkat("x", dir, text("%d", i)) :
				    mknodat(dir, text("%d", i), S_IFREG | 0644, 0);
		if (err)
			bail_out("making %d", i);
	}
	close(dir);
}

static void add(struct vfn_batch *batch, int kind, int nr)
{
	const char *name = at(text("@/big/%s", text(kinds[kind].format, nr)));
	int err = 0;

	if (kind == PARENT)
		err = vfn_batch_map(batch, text("%s/below", name), at("@/t/file"), 0);
	else if (kind == NEW)
		err = vfn_batch_map(batch, name, at(nr % 2 ? "@/t/link" : "@/t/file"),
				    nr % 2 ? VFN_NOFOLLOW : 0);
	else if (kind == HIDDEN || (kind == REAL && nr % 10 == 7))
		err = vfn_batch_hide(batch, name);
	else if (kind == DANGLING || (kind == REAL && nr % 10 == 5))
		err = vfn_batch_map(batch, name, at("@/t/none"), 0);
	else if (kind == REAL && nr % 10 == 3)
		err = vfn_batch_map(batch, name, at("@/t/dir"), 0);
	if (err)
		bail_out("adding %s to a batch", name);
}

static void map_entries(void)
{
	struct vfn_batch *batch = NULL;
	int kind, i;

	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; i < kinds[kind].nr; i++) {
			if (i % BATCH == 0)
				batch = vfn_batch_new();
			add(batch, kind, i);
			if (i % BATCH != BATCH - 1 && i != kinds[kind].nr - 1)
				continue;
			if (vfn_batch_apply(batch, NULL))
				bail_out("applying a batch");
			vfn_batch_free(batch);
		}
	}
}

static bool parse(const char *name, int *kind, int *nr)
{
	char *end;

	for (*kind = KINDS - 1; *kind > REAL; --*kind)
		if (name[0] == kinds[*kind].format[0])
			break;
	*nr = strtol(name + (*kind != REAL), &end, 10);
	return !*end && end != name && *nr >= 0 && *nr < kinds[*kind].nr &&
	       !strcmp(name, text(kinds[*kind].format, *nr));
}

/**
 * struct tally - what is wrong with a listing
 */
struct tally {
	int entries;
	int strange;
	int typed;
	int numbered;
	int doubled;
	int lost;
	int shown;
};

static void count(struct tally *t, const struct list_entry *e)
{
	int kind, nr, type;
	ino_t ino;

	if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
		return;
	t->entries++;
	if (!parse(e->name, &kind, &nr)) {
		t->strange++;
		return;
	}
	type = type_of(kind, nr);
	t->typed += type >= 0 && type != e->type;
	ino = ino_of(kind, nr);
	t->numbered += !e->ino || (ino && ino != e->ino);
	t->doubled += seen[kind][nr]++ > 0;
}

static void count_seen(struct tally *t, bool mapped)
{
	int kind, nr;

	for (kind = 0; kind < KINDS; kind++) {
		for (nr = 0; nr < kinds[kind].nr; nr++) {
			if (mapped ? type_of(kind, nr) >= 0 : kind == REAL)
				t->lost += !seen[kind][nr];
			else
				t->shown += seen[kind][nr];
		}
	}
}

/* Read all of @r, to be what the view says; or, without @mapped, what is really there. */
static void reads(struct reader *r, bool mapped, const char *how)
{
	struct tally t = {};
	struct list_entry e;
	char what[64];
	bool good;

	snprintf(what, sizeof(what), "%s", how);	/* text() is used by what follows */
	memset(seen, 0, sizeof(seen));
	while (list_next(r, &e))
		count(&t, &e);
	count_seen(&t, mapped);
	good = !r->got && !t.strange && !t.doubled && !t.lost && !t.shown &&
	       (!mapped || (!t.typed && !t.numbered));
	ok(good, "%s: %s, %s: none lost, doubled, or of a wrong type", rule_label,
	   r->call->name, what);
	if (!good)
		diag("%d entries in %u calls (%s): %d lost, %d doubled, %d not to be there, "
		     "%d unknown, %d of wrong type, %d of wrong number", t.entries, r->calls,
		     r->got ? strerrorname_np(errno) : "to the end", t.lost, t.doubled, t.shown,
		     t.strange, t.typed, t.numbered);
}

static const struct list_call * const calls[] = { &list_getdents64, &list_getdents };

static void buffers(void)
{
	/* The first is for one entry. */
	static const size_t sizes[] = { 32, 64, 256, 1000, 4096, 32768, LIST_BUFFER };
	static struct reader r;
	size_t i, k;

	for (i = 0; i < COUNT(calls); i++) {
		if (!list_exists(calls[i])) {
			skip(calls[i]->name, "this kernel has no such call");
			continue;
		}
		for (k = 0; k < COUNT(sizes); k++) {
			r = (struct reader){ .fd = list_open("@/big"), .call = calls[i],
					     .size = sizes[k] };
			reads(&r, true, text("%zu bytes at a time", sizes[k]));
			if (sizes[k] == 32)
				ok(r.calls == SHOWN, "%s: %s, an entry each call", rule_label,
				   r.call->name);
			close(r.fd);
		}
		r = (struct reader){ .fd = list_open("@/big"), .call = calls[i], .size = 32,
				     .from = 32, .rise = 8 };
		reads(&r, true, "a buffer that rises from 32 bytes to 64 KiB");
		close(r.fd);
	}
}

struct place {
	int64_t pos;
	char name[8];
};

static struct place places[120000];

static int read_places(struct reader *r)
{
	struct list_entry e;
	int64_t pos = 0;
	int nr = 0;

	while (list_next(r, &e)) {
		if (nr == COUNT(places) - 1 || strlen(e.name) >= sizeof(places[0].name))
			bail_out("%s: %s is one entry too many", rule_label, e.name);
		places[nr].pos = pos;
		strcpy(places[nr++].name, e.name);
		pos = e.next;
	}
	places[nr].pos = pos;
	return nr;
}

/* Is @place where its entry is, and what follows it where that is? */
static bool is_there(struct reader *r, const struct place *place, int nr)
{
	struct list_entry e;
	int i;

	list_seek(r, place->pos, 64);
	for (i = 0; i < nr; i++)
		if (!list_next(r, &e) || strcmp(e.name, place[i].name))
			return false;
	return true;
}

static int by_position(const void *a, const void *b)
{
	const struct place *p = a, *q = b;

	return p->pos < q->pos ? -1 : p->pos > q->pos;
}

/*
 * From one position to another all over the directory.  A file system that looks
 * for a position from the beginning (tmpfs of 6.1) takes a millisecond for each, so
 * that it is every 97th here; rule-seek goes to each, in a smaller one.
 */
static void positions(void)
{
	enum { STRIDE = 97, BACK = 40009 };
	static struct reader r;
	int nr, i, at, bad = 0, tried = 0;

	r = (struct reader){ .fd = list_open("@/big"), .call = &list_getdents64,
			     .size = LIST_BUFFER };
	nr = read_places(&r);
	ok(nr == SHOWN, "%s: %d entries", rule_label, SHOWN);
	for (i = 0; i < nr; i += STRIDE, tried++) {
		at = (i + BACK * (tried % 2)) % nr;
		bad += !is_there(&r, &places[at], at + 1 < nr ? 2 : 1);
	}
	ok(!bad, "%s: every 97th of them, and the one after, is at its position", rule_label);
	if (bad)
		diag("%d of %d are not", bad, tried);
	list_seek(&r, places[nr].pos, 64);
	ok(!list_fill(&r) && !r.got, "%s: nothing is at the end", rule_label);
	qsort(places, nr + 1, sizeof(places[0]), by_position);
	for (i = bad = 0; i < nr; i++)
		bad += places[i].pos == places[i + 1].pos;
	ok(!bad, "%s: no two have the same position", rule_label);
	close(r.fd);
}

static void skip_entries(struct reader *r, int nr)
{
	struct list_entry e;

	while (nr-- > 0)
		if (!list_next(r, &e))
			bail_out("%s: %d entries too few", rule_label, nr + 1);
}

/* Edits take effect when a listing begins anew, whatever was read before. */
static void all(void)
{
	static struct reader r;

	make_entries();
	r = (struct reader){ .fd = list_open("@/big"), .call = &list_getdents64, .size = 32 };
	skip_entries(&r, 30000);
	map_entries();
	list_seek(&r, 0, 4096);
	reads(&r, true, "rewound after mapping");
	buffers();
	positions();
	list_seek(&r, 0, 4096);
	skip_entries(&r, 85000);
	if (vfn_clear())
		bail_out("clear");
	list_seek(&r, 0, 4096);
	reads(&r, false, "rewound after taking all mappings away");
	close(r.fd);
}

static const struct rule rules[] = {
	{ "100,000 entries", all },
};

int main(void)
{
	rules_run(rules);
	return done();
}
