/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests of the rules: scenes written as words
 *
 *	.make = "usr/bin/python real/python bin>usr/bin",
 *	.view = "usr/bin/python=real/python",
 *	.look = "bin/python=real/python bin~bin bin/ruby=ENOENT",
 *
 * Names are below "@".  make: "file", "dir/", "link>body".  view: "from=to",
 * "from:to" (VFN_NOFOLLOW), "-hidden"; all in one batch, but "," begins another.
 * look: "name=object", "name~object" (should it be a symlink: itself), or an
 * errno in the place of the object.  A name is tried as absolute, relative and
 * dirfd name; one that begins with "/", "@" or "." only as it stands, in the
 * directory that "cd:name" has gone to.
 */
#ifndef KSELFTEST_RULE_SCENE_H
#define KSELFTEST_RULE_SCENE_H

#include "rule.h"

struct rule_scene {
	const char *name;
	const char *make;
	const char *view;
	const char *look;
};

/* Cuts @word at the first of @marks, and tells it; '\0': none is there. */
static inline char scene_cut(char *word, const char *marks, char **rest)
{
	char mark;

	*rest = strpbrk(word, marks);
	if (!*rest)
		return '\0';
	mark = **rest;
	*(*rest)++ = '\0';
	return mark;
}

/* @name below "@", unless it stands for itself. */
static inline const char *scene_name(const char *name)
{
	return strchr("/@.", *name) ? name : text("@/%s", name);
}

static inline void scene_make(char *word)
{
	char *body;

	if (scene_cut(word, ">", &body)) {
		make_link(body, text("@/%s", word));
	} else if (word[strlen(word) - 1] == '/') {
		word[strlen(word) - 1] = '\0';
		make_parents(text("@/%s", word));
		make_dir(text("@/%s", word));
	} else {
		make_file(text("@/%s", word));
	}
}

static inline void scene_add(struct vfn_batch *batch, char *word)
{
	char *to, mark;
	int err;

	if (*word == '-') {
		err = vfn_batch_hide(batch, at(scene_name(word + 1)));
	} else {
		mark = scene_cut(word, "=:", &to);
		err = vfn_batch_map(batch, at(scene_name(word)), at(scene_name(to)),
				    mark == ':' ? VFN_NOFOLLOW : 0);
	}
	if (err)
		bail_out("%s: adding %s to a batch", rule_label, word);
}

static inline void scene_map(char *words)
{
	struct vfn_batch *batch = vfn_batch_new();
	char *word, *save;
	size_t failed;

	for (word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		scene_add(batch, word);
	if (vfn_batch_apply(batch, &failed))
		bail_out("%s: mapping, operation %zu", rule_label, failed);
	vfn_batch_free(batch);
}

/* One name, by all its forms; @top is "@", opened before it had a view. */
static inline void scene_look(char *word, int top)
{
	char *want, *name = word, mark = scene_cut(word, "=~", &want);
	const char *got[3] = {}, *object = want;
	bool good = true, follow = mark == '=';
	size_t i;

	if (*want != 'E')
		object = scene_name(want);
	if (strchr("/@.", *name)) {
		got[0] = rule_look(AT_FDCWD, at(name), follow);
	} else {
		if (fchdir(top))
			bail_out("going back");
		got[0] = rule_look(AT_FDCWD, at(text("@/%s", name)), follow);
		got[1] = rule_look(AT_FDCWD, at(name), follow);
		got[2] = rule_look(top, at(name), follow);
	}
	for (i = 0; i < 3; i++)
		good &= !got[i] || !strcmp(got[i], object);
	ok(good, "%s: %s %s %s", rule_label, name, follow ? "is" : "itself is", want);
	for (i = 0; i < 3 && !good; i++)
		if (got[i])
			diag("%s name: %s", i == 0 ? "the" : i == 1 ? "relative" : "dirfd", got[i]);
}

static inline void scene_run(const struct rule_scene *scene)
{
	char *make = strdup(scene->make), *view = strdup(scene->view);
	char *look = strdup(scene->look), *word, *save;
	int top = open(rule_top, O_PATH | O_CLOEXEC);

	for (word = strtok_r(make, " ", &save); word; word = strtok_r(NULL, " ", &save))
		scene_make(word);
	for (word = strtok_r(view, ",", &save); word; word = strtok_r(NULL, ",", &save))
		scene_map(word);
	for (word = strtok_r(look, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (strncmp(word, "cd:", 3))
			scene_look(word, top);
		else if (chdir(at(scene_name(word + 3))))
			bail_out("%s: %s", rule_label, word);
	}
	close(top);
	free(make);
	free(view);
	free(look);
}

static const struct rule_scene *rule_scene_now;

static inline void scene_rule(void)
{
	scene_run(rule_scene_now);
}

static inline void scenes_run_in(const char *base, const char *label,
				 const struct rule_scene *scenes, size_t nr)
{
	struct rule rule = { .run = scene_rule };
	char name[128];
	size_t i;

	for (i = 0; i < nr; i++) {
		rule_scene_now = &scenes[i];
		snprintf(name, sizeof(name), "%s%s%s", label, *label ? ": " : "", scenes[i].name);
		rule.name = name;
		rule_run(base, &rule, i);
	}
	rules_remove(base);
}

#define scenes_run(scenes) scenes_run_in("/tmp", "", scenes, COUNT(scenes))

#endif /* KSELFTEST_RULE_SCENE_H */
