// SPDX-License-Identifier: GPL-2.0
/* N6: a hidden name, and all below it, is nothing, to whatever call */

#include <sys/socket.h>
#include <sys/un.h>

#include "rule-scene.h"

static const struct rule_scene scenes[] = {
	{ "a file, and a directory with all below",
	  "f g d/x d/s/y e/x d2/x real/",
	  "-f -d",
	  "f=ENOENT f~ENOENT g=g d=ENOENT d/=ENOENT d/x=ENOENT d/s=ENOENT d/s/y=ENOENT d/new=ENOENT "
	  "d/new/er=ENOENT e/x=e/x d2/x=d2/x d/..=ENOENT d/../g=ENOENT f/=ENOENT f/x=ENOENT "
	  "d/s/../x=ENOENT d/.=ENOENT e/../d/x=ENOENT e/../f=ENOENT" },
	{ "what isn't there",
	  "f d/g",
	  "-none -d/none -x/y/z",
	  "none=ENOENT none/x=ENOENT d/none=ENOENT d/g=d/g x/y/z=ENOENT f=f" },
	{ "a symlink, not what it leads to",
	  "l>f f ld>d d/x l2>l",
	  "-l -ld",
	  "l=ENOENT l~ENOENT f=f ld=ENOENT ld/x=ENOENT d/x=d/x l2=ENOENT l2~l2" },
	{ "what a symlink leads to",
	  "l>f f ld>d d/x abs>@/d/x e/up>../f",
	  "-f -d",
	  "l=ENOENT l~l ld=ENOENT ld~ld ld/x=ENOENT abs=ENOENT e/up=ENOENT" },
	{ "by another spelling",
	  "usr/bin/x usr/bin/y bin>usr/bin",
	  "-bin/x",
	  "usr/bin/x=ENOENT bin/x=ENOENT usr/bin/y=usr/bin/y bin/y=usr/bin/y" },
	{ "in a mapped directory",
	  "v/ real/d/x real/d/y real/d/s/z",
	  "v/d=real/d -v/d/x -v/d/s",
	  "v/d/x=ENOENT v/d/y=real/d/y v/d/s/z=ENOENT real/d/x=real/d/x real/d/s/z=real/d/s/z" },
	{ "a target's own name is no way to it",
	  "v/ real/f",
	  "v/f=real/f -real",
	  "v/f=real/f real/f=ENOENT" },
	{ "mappings below a hidden directory",
	  "d/x d/y d/s/z real/f real/e/g",
	  "-d d/x=real/f d/s/e=real/e d/y=d/y d/new=real/f",
	  "d/x=real/f d/s/e/g=real/e/g d/y=d/y d/new=real/f d/s/z=ENOENT d/s/q=ENOENT d/z=ENOENT" },
	{ "mapped, and hidden",
	  "f g real/f",
	  "f=real/f g=real/f , -f -g , g=real/f",
	  "f=ENOENT g=real/f" },
	{ "letters are no components",
	  "a/b a/bc a/b.x",
	  "-a/b",
	  "a/b=ENOENT a/bc=a/bc a/b.x=a/b.x" },
};

static void make_stage(void)
{
	make_file("@/f");
	make_file("@/t");
	make_file("@/d/x");
	make_dir("@/e");
	make_link("f", "@/l");
	hide("@/f");
	hide("@/d");
	hide("@/n");
	hide("@/e");
}

static int bind_to(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), ret;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", name);
	ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	close(fd);
	return ret;
}

/* The calls that would make @name. */
static void nothing_is_made(const char *name)
{
	name = strdup(at(name));
	fails(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644), "ENOENT");
	fails(open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644), "ENOENT");
	fails(open(name, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644), "ENOENT");
	fails(mkdir(name, 0755), "ENOENT");
	fails(mknod(name, S_IFREG | 0644, 0), "ENOENT");
	fails(symlink("t", name), "ENOENT");
	fails(link(at("@/t"), name), "ENOENT");
	fails(rename(at("@/t"), name), "ENOENT");
	fails(bind_to(name), "ENOENT");
	means("@/t", "@/t");
}

static void making(void)
{
	make_stage();
	nothing_is_made("@/f");
	nothing_is_made("@/n");
	nothing_is_made("@/d/x");
	nothing_is_made("@/d/new");
	fails(open(at("@/l"), O_CREAT | O_WRONLY, 0644), "ENOENT");
	fails(open(at("@/e"), O_TMPFILE | O_WRONLY, 0644), "ENOENT");
	works(vfn_clear());
	is_itself("@/f", "@/f");
	is_itself("@/n", "ENOENT");
	is_itself("@/d/new", "ENOENT");
	is_itself("@/d/x", "@/d/x");
}

static void using(void)
{
	char * const argv[] = { "x", NULL };
	char buf[8];

	make_stage();
	fails(unlink(at("@/f")), "ENOENT");
	fails(unlink(at("@/d/x")), "ENOENT");
	fails(rmdir(at("@/e")), "ENOENT");
	fails(rename(at("@/f"), at("@/new")), "ENOENT");
	fails(rename(at("@/d"), at("@/new")), "ENOENT");
	fails(link(at("@/f"), at("@/new")), "ENOENT");
	fails(chdir(at("@/d")), "ENOENT");
	fails(access(at("@/f"), F_OK), "ENOENT");
	fails(chmod(at("@/f"), 0600), "ENOENT");
	fails(truncate(at("@/f"), 0), "ENOENT");
	fails(readlink(at("@/f"), buf, sizeof(buf)), "ENOENT");
	fails(execv(at("@/f"), argv), "ENOENT");
	works(vfn_unmap(at("@/f")));
	means("@/f", "@/f");
	means("@/d/x", "ENOENT");
	works(vfn_unmap(at("@/d")));
	means("@/d/x", "@/d/x");
	works(vfn_clear());
	is_itself("@/e", "@/e");
	is_itself("@/new", "ENOENT");
}

/* What others make at a hidden name isn't seen. */
static void made_by_others(void)
{
	make_dir("@/d");
	hide("@/n");
	hide("@/d/n");
	outside(make_file, "@/n");
	outside(make_file, "@/d/n/f");
	means("@/n", "ENOENT");
	means("@/d/n", "ENOENT");
	means("@/d/n/f", "ENOENT");
	works(chdir("d"));
	means("n", "ENOENT");
	means("n/f", "ENOENT");
	means("../n", "ENOENT");
	works(vfn_clear());
	ok(!access("n/f", F_OK), "%s: it is there", rule_label);
	ok(!access("../n", F_OK), "%s: so is the other", rule_label);
}

static void all_hidden(void)
{
	make_file("@/f");
	make_file("@/real/g");
	map("@/keep", "@/real");
	hide("/");
	means("/", "ENOENT");
	means("/etc/passwd", "ENOENT");
	means("@/f", "ENOENT");
	means("/dev/null", "ENOENT");
	means("@/keep/g", "@/real/g");
	works(vfn_unmap("/"));
	means("@/f", "@/f");
}

static const struct rule rules[] = {
	{ "making hidden names", making },
	{ "using hidden names", using },
	{ "hidden names that others make", made_by_others },
	{ "all is hidden", all_hidden },
};

int main(void)
{
	scenes_run(scenes);
	rules_run(rules);
	return done();
}
