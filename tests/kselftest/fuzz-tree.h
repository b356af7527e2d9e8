/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trees of names-fuzz: making one up, making it, telling its objects apart
 */
#ifndef KSELFTEST_FUZZ_TREE_H
#define KSELFTEST_FUZZ_TREE_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fuzz-case.h"
#include "machine.h"

/**
 * struct fuzz_world - one side, as its own process sees it
 * @c:		the case
 * @side:	this side of it
 * @dev:	file system of the tree
 * @raw:	the tree's directory without any mount below it
 */
struct fuzz_world {
	struct fuzz_case *c;
	struct fuzz_side *side;
	dev_t dev;
	int raw;
};

__attribute__((format(printf, 2, 3), noreturn))
static inline void fuzz_problem(struct fuzz_world *w, const char *fmt, ...)
{
	int err = errno;
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(w->side->problem, sizeof(w->side->problem), fmt, args);
	va_end(args);
	len = strlen(w->side->problem);
	snprintf(w->side->problem + len, sizeof(w->side->problem) - len, ": %s", strerror(err));
	_exit(EXIT_FAILURE);
}

/* A program of 132 bytes that ends with a status of its own. */
static inline void fuzz_write_program(int fd, int status)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr segment;
		struct machine_exit code;
	} elf = {
		.head = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC, .e_machine = MACHINE_ELF, .e_version = EV_CURRENT,
			.e_entry = 0x400000 + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
			.e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
		},
		.segment = {
			.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x400000,
			.p_filesz = sizeof(elf), .p_memsz = sizeof(elf), .p_align = 4096,
		},
		.code = machine_exit(status),
	};

	if (write(fd, &elf, sizeof(elf)) != sizeof(elf))
		bail_out("writing a program");
}

static inline int fuzz_make_file(const struct fuzz_item *item, unsigned int number)
{
	int fd = open(fuzz_at(item->name), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
		      item->kind == 'f' ? 0644 : 0755);

	if (fd < 0)
		return -1;
	if (item->kind == 'x')
		fuzz_write_program(fd, number + 1);
	else if (item->kind == 's')
		dprintf(fd, "#!%s\n", fuzz_at(item->body));
	else
		dprintf(fd, "f%u\n", number);
	return close(fd);
}

static inline int fuzz_make_item(const struct fuzz_item *item, unsigned int number)
{
	const char *name = fuzz_at(item->name), *body = fuzz_at(item->body);

	switch (item->kind) {
	case 'd':
		return mkdir(name, 0755);
	case 'l':
		return symlink(body, name);
	case 'h':
		return link(body, name);
	case 'p':
		return mkfifo(name, 0644);
	default:
		return fuzz_make_file(item, number);
	}
}

static inline void fuzz_note(struct fuzz_world *w, uint64_t ino, int item)
{
	struct fuzz_side *s = w->side;

	if (s->nr_tags == FUZZ_TAGS)
		return;
	s->tags[s->nr_tags++] = (struct fuzz_tag){ ino, item, s->nr_new };
	if (item < 0)
		s->nr_new++;
}

/* The tree, by the owner of all of it. */
static inline void fuzz_make_tree(struct fuzz_world *w)
{
	struct fuzz_case *c = w->c;
	struct stat st;
	unsigned int i;

	if (stat(FUZZ_TOP, &st))
		fuzz_problem(w, "%s", FUZZ_TOP);
	w->dev = st.st_dev;
	fuzz_note(w, st.st_ino, FUZZ_ITEMS);
	for (i = 0; i < c->nr_items; i++) {
		if (fuzz_make_item(&c->items[i], i) || lstat(fuzz_at(c->items[i].name), &st))
			fuzz_problem(w, "making %s", c->items[i].name);
		if (c->items[i].kind != 'h')
			fuzz_note(w, st.st_ino, i);
	}
}

/* What the object is called in results, in both worlds; good until 4 calls later. */
static inline const char *fuzz_tag(struct fuzz_world *w, dev_t dev, uint64_t ino)
{
	static char texts[4][64];
	static unsigned int next;
	char *text = texts[next++ % 4];
	unsigned int i;

	if (dev != w->dev) {
		snprintf(text, sizeof(texts[0]), "outside:%lx:%lu", (long)dev, (long)ino);
		return text;
	}
	for (i = 0; i < w->side->nr_tags; i++)
		if (w->side->tags[i].ino == ino)
			break;
	if (i == w->side->nr_tags)
		fuzz_note(w, ino, -1);
	if (w->side->tags[i].item == FUZZ_ITEMS)
		return "@";
	if (w->side->tags[i].item >= 0)
		return w->c->items[w->side->tags[i].item].name;
	snprintf(text, sizeof(texts[0]), "new%d", w->side->tags[i].number);
	return text;
}

/* What stat() says that is the same in both worlds. */
static inline const char *fuzz_stat_text(struct fuzz_world *w, const struct stat *st)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s mode %o links %lu size %ld uid %d",
		 fuzz_tag(w, st->st_dev, st->st_ino), st->st_mode, (long)st->st_nlink,
		 S_ISDIR(st->st_mode) ? 0 : (long)st->st_size, st->st_uid);
	return text;
}

static inline int fuzz_by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the file holds that @st is about, if it holds anything to be compared. */
static inline void fuzz_content(int dir, const char *name, const struct stat *st,
				char *buf, size_t size)
{
	ssize_t len = 0;
	int fd;

	if (S_ISLNK(st->st_mode)) {
		len = readlinkat(dir, name, buf, size - 1);
	} else if (S_ISREG(st->st_mode) && st->st_size < 100) {
		fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		len = fd < 0 ? -1 : read(fd, buf, size - 1);
		if (fd >= 0)
			close(fd);
	}
	buf[len < 0 ? 0 : len] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

/* Adds all that is below @dir to side.final, sorted. */
static inline void fuzz_dump(struct fuzz_world *w, int dir, const char *prefix)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), nr = 0, i;
	size_t len = strlen(w->side->final), size = sizeof(w->side->final);
	char *names[512], path[PATH_MAX], content[256];
	struct dirent *entry;
	struct stat st;
	DIR *list = fdopendir(fd);

	while (list && nr < 512 && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			names[nr++] = strdup(entry->d_name);
	qsort(names, nr, sizeof(names[0]), fuzz_by_name);
	for (i = 0; i < nr; i++) {
		if (fstatat(fd, names[i], &st, AT_SYMLINK_NOFOLLOW))
			continue;
		fuzz_content(fd, names[i], &st, content, sizeof(content));
		snprintf(path, sizeof(path), "%s/%s", prefix, names[i]);
		snprintf(w->side->final + len, size - len, "%s: %s %s\n", path,
			 fuzz_stat_text(w, &st), content);
		len = strlen(w->side->final);
		if (S_ISDIR(st.st_mode)) {
			int sub = openat(fd, names[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

			fuzz_dump(w, sub, path);
			close(sub);
			len = strlen(w->side->final);
		}
		free(names[i]);
	}
	if (list)
		closedir(list);
}

static inline void fuzz_random_name(struct fuzz_case *c, char *buf, const char *parent)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "a.b", "b%", ".c" };

	snprintf(buf, FUZZ_NAME, "%s/%s", parent, names[fuzz_random(c, 8)]);
}

static inline bool fuzz_has(const struct fuzz_case *c, const char *name)
{
	unsigned int i;

	for (i = 0; i < c->nr_items; i++)
		if (!strcmp(c->items[i].name, name))
			return true;
	return false;
}

/* What a new symlink in the directory @parent says. */
static inline void fuzz_random_link(struct fuzz_case *c, char *body, const char *parent)
{
	const char *to = c->items[fuzz_random(c, c->nr_items)].name, *p;
	unsigned int style = fuzz_random(c, 10);
	char *end = body;

	if (style < 4) {
		end = stpcpy(end, to);
	} else if (style < 7) {
		for (p = strchr(parent, '/'); p; p = strchr(p + 1, '/'))
			end = stpcpy(end, "../");
		end = stpcpy(end, to + 2);
	} else if (style == 7) {
		end = stpcpy(end, "../b");
	} else if (style == 8) {
		end = stpcpy(end, strrchr(to, '/') + 1);
	} else {
		end = stpcpy(stpcpy(end, to), fuzz_chance(c, 50) ? "/.." : "/a");
	}
	if (fuzz_chance(c, 15))
		end = stpcpy(end, "/");
	/* Long enough for the body to be no part of the inode. */
	if (fuzz_chance(c, 25))
		while (end < body + 180)
			end = stpcpy(end, "/.");
}

static inline void fuzz_random_item(struct fuzz_case *c, const char *parent)
{
	static const char kinds[] = "ddddfffllllllhpxs";
	struct fuzz_item *item = &c->items[c->nr_items];
	unsigned int i;

	memset(item, 0, sizeof(*item));
	fuzz_random_name(c, item->name, parent);
	if (strlen(item->name) > 60 || fuzz_has(c, item->name))
		return;
	item->kind = c->nr_items < 4 ? 'd' : kinds[fuzz_random(c, sizeof(kinds) - 1)];
	if (item->kind == 'l') {
		fuzz_random_link(c, item->body, parent);
	} else if (item->kind == 'h' || item->kind == 's') {
		i = fuzz_random(c, c->nr_items);
		if (!strchr("fx", c->items[i].kind))
			return;
		strcpy(item->body, c->items[i].name);
	}
	c->nr_items++;
}

/* Make a tree up. */
static inline void fuzz_random_tree(struct fuzz_case *c)
{
	unsigned int want = 12 + fuzz_random(c, FUZZ_ITEMS - 14), tries, i;
	const char *parent;

	for (tries = 0; tries < 1000 && c->nr_items < want; tries++) {
		parent = "@";
		if (c->nr_items && fuzz_chance(c, 75)) {
			i = fuzz_random(c, c->nr_items);
			if (c->items[i].kind == 'd')
				parent = c->items[i].name;
		}
		fuzz_random_item(c, parent);
	}
}

#endif /* KSELFTEST_FUZZ_TREE_H */
