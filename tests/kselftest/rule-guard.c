// SPDX-License-Identifier: GPL-2.0
/*
 * N4, S2: what forbids others to follow a symlink forbids a holder: symlinks of
 * other users in sticky directories, and mounts where none are followed
 */
#include <sys/mount.h>

#include "rule.h"

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW	256
#endif
#define SYSCTL		"/proc/sys/fs/protected_symlinks"

static void set_protection(char value)
{
	int fd = open(SYSCTL, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, &value, 1) != 1 || close(fd))
		bail_out(SYSCTL);
}

static char get_protection(void)
{
	int fd = open(SYSCTL, O_RDONLY | O_CLOEXEC);
	char value;

	if (fd < 0 || read(fd, &value, 1) != 1 || close(fd))
		bail_out(SYSCTL);
	return value;
}

/* A symlink in the sticky directory. */
static void make_sticky_link(uid_t owner, const char *body, const char *name)
{
	make_link(body, name);
	if (lchown(at(name), owner, owner))
		bail_out("chown %s", name);
}

static void make_links(uid_t owner, const char *who)
{
	make_sticky_link(owner, "@/plain", text("@/sticky/%s-plain", who));
	make_sticky_link(owner, "@/mapped", text("@/sticky/%s-mapped", who));
	make_sticky_link(owner, "../mapped", text("@/sticky/%s-relative", who));
	make_sticky_link(owner, "f", text("@/sticky/%s-beside", who));
	make_sticky_link(owner, "@/dir", text("@/sticky/%s-dir", who));
	make_sticky_link(owner, "@/mapped-dir", text("@/sticky/%s-mdir", who));
	make_link(text("sticky/%s-mapped", who), text("@/to-%s-mapped", who));
	make_link(text("sticky/%s-plain", who), text("@/to-%s-plain", who));
}

static void make_stage(void)
{
	make_file("@/plain");
	make_file("@/mapped");
	make_file("@/real");
	make_file("@/dir/f");
	make_file("@/mapped-dir/f");
	make_file("@/real-dir/f");
	make_dir("@/sticky");
	make_file("@/sticky/f");
	make_links(RULE_OTHER, "other");
	make_links(RULE_USER, "own");
	make_links(0, "root");
	if (chown(at("@/sticky"), 0, 0) || chmod(at("@/sticky"), 01777) || setgid(RULE_USER) ||
	    setuid(RULE_USER))
		bail_out("a sticky directory");
	map("@/mapped", "@/real");
	map("@/mapped-dir", "@/real-dir");
	map("@/sticky/f", "@/real");
	map("@/view", "@/sticky");
	map("@/x", "@/sticky/other-mapped");
	map("@/y", "@/sticky/other-plain");
	map("@/own", "@/sticky/own-plain");
}

static void sticky_links(void)
{
	static const char * const links[] = { "plain", "mapped", "relative", "beside" };
	static const char * const dirs[] = { "@/sticky", "@/view", "@/./sticky/../sticky" };
	const char *want;
	size_t i, k;

	make_stage();
	for (i = 0; i < COUNT(dirs); i++) {
		for (k = 0; k < COUNT(links); k++) {
			want = k ? "@/real" : "@/plain";
			/* What lies in a mapped directory isn't looked up again. */
			if (i == 1 && k == 3)
				want = "@/sticky/f";
			means(text("%s/other-%s", dirs[i], links[k]), "EACCES");
			means(text("%s/own-%s", dirs[i], links[k]), want);
			means(text("%s/root-%s", dirs[i], links[k]), want);
		}
		means(text("%s/other-dir", dirs[i]), "EACCES");
		means(text("%s/other-dir/", dirs[i]), "EACCES");
		means(text("%s/other-mdir", dirs[i]), "EACCES");
		means(text("%s/other-mdir/", dirs[i]), "EACCES");
		/* The kernel minds none but the last. */
		means(text("%s/other-dir/f", dirs[i]), "@/dir/f");
		means(text("%s/other-mdir/f", dirs[i]), "@/real-dir/f");
		means(text("%s/other-mdir/.", dirs[i]), "@/real-dir");
	}
	means("@/to-other-mapped", "EACCES");
	means("@/to-other-plain", "EACCES");
	means("@/to-own-mapped", "@/real");
	is_itself("@/sticky/other-mapped", "@/sticky/other-mapped");
	works(chdir(at("@/sticky")));
	means("other-mapped", "EACCES");
	means("other-plain", "EACCES");
	means("own-mapped", "@/real");
	fails(open("other-mapped", O_CREAT | O_WRONLY, 0644), "EACCES");
}

/* A TO that is such a link. */
static void sticky_targets(void)
{
	make_stage();
	means("@/x", "EACCES");
	is_itself("@/x", "EACCES");
	means("@/y", "EACCES");
	means("@/own", "@/plain");
	works(vfn_map(at("@/n"), at("@/sticky/other-mapped"), VFN_NOFOLLOW));
	works(vfn_map(at("@/p"), at("@/sticky/other-plain"), VFN_NOFOLLOW));
	works(vfn_map(at("@/q"), at("@/sticky/own-mapped"), VFN_NOFOLLOW));
	is_itself("@/n", "@/sticky/other-mapped");
	means("@/n", "EACCES");
	means("@/p", "EACCES");
	means("@/q", "@/real");
	/* The same by ways that text alone can't tell. */
	means("@/dir/../n", "EACCES");
	means("@/dir/../p", "EACCES");
	means("@/dir/../q", "@/real");
	works(symlink("n", at("@/to-n")));
	works(symlink("p", at("@/to-p")));
	works(symlink("q", at("@/to-q")));
	means("@/to-n", "EACCES");
	means("@/to-p", "EACCES");
	means("@/to-q", "@/real");
	means("@/dir/../x", "EACCES");
	means("@/dir/../y", "EACCES");
}

static void unprotected(void)
{
	set_protection('0');
	make_stage();
	means("@/sticky/other-plain", "@/plain");
	means("@/sticky/other-mapped", "@/real");
	means("@/view/other-mapped", "@/real");
	means("@/to-other-mapped", "@/real");
	means("@/y", "@/plain");
}

/* On such a mount a symlink can be read, but not followed. */
static void unfollowed_links(void)
{
	make_dir("@/mnt");
	make_file("@/mapped");
	make_file("@/real");
	make_file("@/d/f");
	if (mount("none", at("@/mnt"), "tmpfs", 0, NULL))
		bail_out("mounting a tmpfs");
	make_file("@/mnt/plain");
	make_file("@/mnt/bin/f");
	make_file("@/mnt/bin/g");
	make_link("plain", "@/mnt/l-plain");
	make_link("@/mapped", "@/mnt/l-mapped");
	make_link("bin", "@/mnt/l-bin");
	make_link("mnt/l-mapped", "@/l");
	if (mount("none", at("@/mnt"), NULL, MS_REMOUNT | MS_BIND | MS_NOSYMFOLLOW, NULL))
		bail_out("remounting it");
	map("@/mapped", "@/real");
	map("@/mnt/bin/f", "@/real");
	map("@/view", "@/mnt");
	map("@/x", "@/mnt/l-plain");
	works(vfn_map(at("@/n"), at("@/mnt/l-mapped"), VFN_NOFOLLOW));
	means("@/mnt/l-plain", "ELOOP");
	means("@/mnt/l-mapped", "ELOOP");
	means("@/mnt/l-bin/f", "ELOOP");
	means("@/mnt/l-bin/g", "ELOOP");
	means("@/view/l-plain", "ELOOP");
	means("@/view/l-mapped", "ELOOP");
	means("@/view/l-bin/f", "ELOOP");
	means("@/l", "ELOOP");
	means("@/x", "ELOOP");
	means("@/n", "ELOOP");
	means("@/d/../n", "ELOOP");
	is_itself("@/n", "@/mnt/l-mapped");
	is_itself("@/mnt/l-mapped", "@/mnt/l-mapped");
	means("@/mnt/bin/f", "@/real");
	means("@/mnt/plain", "@/mnt/plain");
	if (vfn_clear() || umount(at("@/mnt")))
		bail_out("umount");
}

static const struct rule rules[] = {
	{ "symlinks in a sticky directory", sticky_links, .root = true },
	{ "targets in a sticky directory", sticky_targets, .root = true },
	{ "without protection", unprotected, .root = true },
	{ "a mount without symlinks", unfollowed_links, .root = true },
};

int main(void)
{
	char was = get_protection();

	set_protection('1');
	rules_run(rules);
	set_protection(was);
	return done();
}
