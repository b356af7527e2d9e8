// SPDX-License-Identifier: GPL-2.0
/* N7: listings show the view, through buffers and positions of any kind */

#include <dirent.h>
#include <sys/syscall.h>

#include "rule.h"

#define MANY	3000

struct entry {
	unsigned long ino;
	long off;
	unsigned short len;
	unsigned char type;
	char name[];
} __attribute__((packed));

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The listing of @name as one string, sorted: "name/" for a directory, "name@" a link. */
static const char *list(const char *name, size_t bufsize)
{
	static char out[128 * 1024];
	char buf[32768], *names[2 * MANY];
	size_t nr = 0, i, len = 0;
	struct entry *e;
	long got, at_byte;
	int fd;

	fd = open(at(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return strerrorname_np(errno);
	while ((got = syscall(SYS_getdents64, fd, buf, bufsize)) > 0) {
		for (at_byte = 0; at_byte < got; at_byte += e->len) {
			e = (struct entry *)(buf + at_byte);
			if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
				continue;
			if (nr == COUNT(names) || !e->ino)
				bail_out("%s in %s", e->name, name);
			names[nr++] = strdup(text("%s%s", e->name, e->type == DT_DIR ? "/" :
						  e->type == DT_LNK ? "@" : ""));
		}
	}
	close(fd);
	if (got < 0)
		return strerrorname_np(errno);
	qsort(names, nr, sizeof(names[0]), by_name);
	out[0] = '\0';
	for (i = 0; i < nr; i++) {
		len += snprintf(out + len, sizeof(out) - len, "%s%s", i ? " " : "", names[i]);
		free(names[i]);
	}
	return out;
}

/* A buffer for one entry of a short name, for two, and for all. */
static void lists(const char *name, const char *want)
{
	static const size_t sizes[] = { 32, 48, 72, 32768 };
	const char *got;
	size_t i;

	for (i = 0; i < COUNT(sizes); i++) {
		got = list(name, sizes[i]);
		ok(!strcmp(got, want), "%s: %s, %zu bytes at a time: %.100s", rule_label, name,
		   sizes[i], want);
		if (strcmp(got, want))
			diag("got: %.500s", got);
	}
}

static void mapped(void)
{
	make_file("@/d/a");
	make_file("@/d/b");
	make_dir("@/d/s");
	make_file("@/t/f");
	make_link("f", "@/t/l");
	lists("@/d", "a b s/");
	map("@/d/new", "@/t/f");
	map("@/d/sub", "@/t");
	map("@/d/a", "@/t");		/* of another type */
	map("@/d/ln", "@/t/l");		/* followed */
	map("@/d/gone", "@/t/none");	/* leads nowhere */
	lists("@/d", "a/ b ln new s/ sub/");
	lists("@/d/sub", "f l@");
	lists("@/t", "f l@");
	if (vfn_map(at("@/d/nl"), at("@/t/l"), VFN_NOFOLLOW))
		bail_out("map");
	lists("@/d", "a/ b ln new nl@ s/ sub/");
}

static void hidden(void)
{
	make_file("@/d/a");
	make_file("@/d/b");
	make_file("@/e/x");
	hide("@/d/a");
	hide("@/d/none");
	hide("@/e/x");
	lists("@/d", "b");
	lists("@/e", "");
	hide("@/d");
	lists("@/d", "ENOENT");
}

static void below_mapped(void)
{
	make_file("@/t/s/f");
	make_file("@/o");
	make_dir("@/v");
	map("@/v", "@/t");
	map("@/v/s/n", "@/o");
	hide("@/v/s/f");
	lists("@/v", "s/");
	lists("@/v/s", "n");
	lists("@/v/s/../s", "n");
}

/* Of all entries, the type of @name; -1: it isn't there, -2: more than once. */
static int type_in(const char *dir, const char *name)
{
	DIR *d = opendir(at(dir));
	struct dirent *e;
	int type = -1;

	while (d && (e = readdir(d)))
		if (!strcmp(e->d_name, name))
			type = type == -1 ? e->d_type : -2;
	if (d)
		closedir(d);
	return type;
}

static void has_type(const char *name, int want)
{
	ok(type_in("@/d", name) == want, "%s: %s", rule_label, name);
}

/* The target's, not that of what really has the name. */
static void types(void)
{
	make_dir("@/d");
	make_dir("@/d/was-dir");
	make_file("@/d/was-file");
	make_link("was-file", "@/d/was-link");
	make_file("@/t/f");
	make_link("f", "@/t/l");
	make_file("@/closed/f");
	if (mkfifo(at("@/t/fifo"), 0644) || mknod(at("@/t/sock"), S_IFSOCK | 0644, 0))
		bail_out("mknod");
	map("@/d/dir", "@/t");
	map("@/d/file", "@/t/f");
	map("@/d/fifo", "@/t/fifo");
	map("@/d/sock", "@/t/sock");
	map("@/d/chr", "/dev/null");
	map("@/d/was-dir", "@/t/f");
	map("@/d/was-file", "@/t");
	map("@/d/was-link", "@/t/fifo");
	works(vfn_map(at("@/d/link"), at("@/t/l"), VFN_NOFOLLOW));
	works(chmod(at("@/closed"), 0));
	map("@/d/unseen", "@/closed/f");
	has_type("dir", DT_DIR);
	has_type("file", DT_REG);
	has_type("fifo", DT_FIFO);
	has_type("sock", DT_SOCK);
	has_type("chr", DT_CHR);
	has_type("was-dir", DT_REG);
	has_type("was-file", DT_DIR);
	has_type("was-link", DT_FIFO);
	has_type("link", DT_LNK);
	/* It may be there; the caller can't tell. */
	has_type("unseen", DT_UNKNOWN);
	means("@/d/unseen", "EACCES");
	works(chmod(at("@/closed"), 0755));
	has_type("unseen", DT_REG);
}

/* Whatever order they come in: each is looked up where its own TO lies. */
static void side_by_side(void)
{
	make_dir("@/d");
	make_file("@/up");
	make_file("@/t/f");
	make_dir("@/t/s");
	make_link("f", "@/t/beside");
	make_link("../up", "@/t/above");
	make_link(at("@/t/s"), "@/t/far");
	make_link("none", "@/t/dangling");
	make_file("@/t/s/f");
	make_file("@/u/f");
	map("@/d/a", "@/t/f");
	map("@/d/b", "@/t/s");
	map("@/d/c", "@/t/beside");
	map("@/d/e", "@/t/above");
	map("@/d/f", "@/t/far");
	map("@/d/g", "@/t/dangling");
	map("@/d/i", "@/t/none");
	map("@/d/j", "@/t/s/f");
	map("@/d/k", "@/u/f");
	map("@/d/l", "/proc");
	map("@/d/m", "/usr");
	map("@/d/n", "/proc/self/exe");
	works(vfn_map(at("@/d/o"), at("@/t/above"), VFN_NOFOLLOW));
	lists("@/d", "a b/ c e f/ j k l/ m/ n o@");
}

/* "/" lies nowhere. */
static void root_beside(void)
{
	struct vfn_batch *batch = vfn_batch_new();
	unsigned int i;

	make_file("@/t/f");
	if (!batch || vfn_batch_map(batch, "/", at("@/t"), 0))
		bail_out("a batch");
	for (i = 0; i < 4; i++)
		if (vfn_batch_map(batch, text("/r%u", i), "/", 0) ||
		    vfn_batch_map(batch, text("/u%u", i), "/usr", 0))
			bail_out("a batch");
	works(vfn_batch_apply(batch, NULL));
	vfn_batch_free(batch);
	lists("/", "f r0/ r1/ r2/ r3/ u0/ u1/ u2/ u3/");
}

static void at_root(void)
{
	make_file("@/t/f");
	map("/vfn-new", "@/t");
	map("/vfn-none/f", "@/t/f");
	map("/usr", "@/t/f");
	hide("/proc");
	ok(type_in("/", "vfn-new") == DT_DIR, "%s: a new name", rule_label);
	ok(type_in("/", "vfn-none") == DT_DIR, "%s: a missing parent", rule_label);
	ok(type_in("/", "usr") == DT_REG, "%s: a mapped name", rule_label);
	ok(type_in("/", "proc") == -1, "%s: a hidden name", rule_label);
	ok(type_in("/", "tmp") == DT_DIR, "%s: another one", rule_label);
	if (vfn_clear())
		bail_out("clear");
	map("/", "@/t");
	lists("/", "f");
	works(chdir("/"));
	lists(".", "f");
	lists("..", "f");
}

static void ancestors(void)
{
	make_file("@/o");
	make_dir("@/d");
	map("@/d/x/y/z", "@/o");
	map("@/d/x/q", "@/o");
	hide("@/d/h/i");		/* hiding makes no directories */
	lists("@/d", "x/");
	lists("@/d/x", "q y/");
	lists("@/d/x/y", "z");
	lists("@/d/h", "ENOENT");
}

static void many(void)
{
	static char want[128 * 1024];
	size_t len = 0;
	int i;

	make_file("@/t");
	make_dir("@/d");
	for (i = 0; i < MANY; i += 3)
		if (mknod(at(text("@/d/%05d", i)), S_IFREG | 0644, 0))
			bail_out("mknod");
	for (i = 1; i < MANY; i += 3)
		map(text("@/d/%05d", i), "@/t");
	for (i = 0; i < MANY; i += 9)
		hide(text("@/d/%05d", i));
	for (i = 0; i < MANY; i++)
		if ((i % 3 == 0 && i % 9) || i % 3 == 1)
			len += snprintf(want + len, sizeof(want) - len, "%s%05d",
					len ? " " : "", i);
	lists("@/d", want);
}

/* Go back to every position that telldir() told, in another order. */
static void positions(void)
{
	enum { FILES = 40, STEP = 7 };
	char names[4 * FILES][256];
	long pos[4 * FILES + 1];
	struct dirent *e;
	int i, nr = 0, bad = 0;
	DIR *dir;

	make_file("@/t");
	make_dir("@/d");
	for (i = 0; i < FILES; i++) {
		make_file(text("@/d/r%d", i));
		map(text("@/d/m%d", i), "@/t");
	}
	dir = opendir(at("@/d"));
	if (!dir)
		bail_out("opendir");
	while (nr < 4 * FILES && (pos[nr] = telldir(dir), e = readdir(dir)))
		snprintf(names[nr++], sizeof(names[0]), "%s", e->d_name);
	ok(nr == 2 * FILES + 2, "%s: %d entries", rule_label, 2 * FILES + 2);
	for (i = 0; i < nr; i++) {
		seekdir(dir, pos[i * STEP % nr]);
		e = readdir(dir);
		bad += !e || strcmp(e->d_name, names[i * STEP % nr]);
	}
	ok(!bad, "%s: each of them is where telldir() said", rule_label);
	rewinddir(dir);
	for (i = 0; readdir(dir); i++)
		;
	ok(i == nr, "%s: as many after rewinddir()", rule_label);
	closedir(dir);
}

/* Too small for what comes next: EINVAL, nothing is lost, and more room goes on there. */
static void too_small(void)
{
	char buf[512], name[NAME_MAX + 1];
	int fd, refused = 0, entries = 0, longs = 0, i;
	long got, at_byte;
	struct entry *e;

	make_file("@/t");
	make_dir("@/d");
	for (i = 0; i < 20; i++) {
		memset(name, 'a' + i, sizeof(name) - 1);
		name[i % 2 ? 3 : NAME_MAX] = '\0';
		if (i % 4 < 2)
			make_file(text("@/d/%s", name));
		else
			map(text("@/d/%s", name), "@/t");
	}
	fd = open(at("@/d"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (;;) {
		got = syscall(SYS_getdents64, fd, buf, 32);
		if (got < 0 && errno == EINVAL) {
			refused++;
			got = syscall(SYS_getdents64, fd, buf, 288);
		}
		if (got <= 0)
			break;
		for (at_byte = 0; at_byte < got; at_byte += e->len, entries++) {
			e = (struct entry *)(buf + at_byte);
			longs += strlen(e->name) == NAME_MAX;
		}
	}
	close(fd);
	ok(!got && entries == 22 && longs == 10, "%s: each entry once", rule_label);
	ok(refused == 10, "%s: EINVAL at each long one", rule_label);
	if (entries != 22 || refused != 10)
		diag("%d entries, %d of them long, %d refused", entries, longs, refused);
	fd = open(at("@/d"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fails(syscall(SYS_getdents64, fd, buf, 16), "EINVAL");
	fails(syscall(SYS_getdents64, fd, buf, 0), "EINVAL");
	fails(syscall(SYS_getdents64, fd, 1, 512), "EFAULT");
	for (entries = 0; (got = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0;)
		for (at_byte = 0; at_byte < got; at_byte += ((struct entry *)(buf + at_byte))->len)
			entries++;
	ok(entries == 22, "%s: all are there after these errors", rule_label);
	close(fd);
}

static void open_before(void)
{
	struct dirent *e;
	int found = 0;
	DIR *dir;

	make_file("@/t");
	make_file("@/d/f");
	dir = opendir(at("@/d"));
	map("@/d/new", "@/t");
	while ((e = readdir(dir)))
		found += !strcmp(e->d_name, "new");
	ok(found == 1, "%s: a listing begun after the edit shows it", rule_label);
	closedir(dir);
}

static const struct rule rules[] = {
	{ "mapped names", mapped },
	{ "hidden names", hidden },
	{ "below a mapped directory", below_mapped },
	{ "types", types },
	{ "targets that lie side by side", side_by_side },
	{ "targets beside the root", root_beside },
	{ "the root", at_root },
	{ "ancestors that don't exist", ancestors },
	{ "many", many },
	{ "positions", positions },
	{ "buffers that are too small", too_small },
	{ "opened before", open_before },
};

int main(void)
{
	rules_run(rules);
	rules_run_in("/dev/shm", rules, COUNT(rules));
	return done();
}
