/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What names-fuzz once found, in its smallest form: made again in every run
 *
 * Cases rather than seeds, so that they stay what they are when the generator changes.
 */
#ifndef KSELFTEST_FUZZ_KEPT_H
#define KSELFTEST_FUZZ_KEPT_H

/** struct fuzz_kept - a case */
struct fuzz_kept {
	const char *name;
	const char *text;
};

static const struct fuzz_kept fuzz_kept[] = {
	{
		"TO ends in '..' after a mapped name",
		"d @/b\n"
		"d @/e\n"
		"d @/e/d\n"
		"m @/e @/e/d\n"
		"m @/b @/e/..\n"
		"o stat -2 0 0 @/b -2 -\n"
		"o lstat -2 0x100 0 @/b/e -2 -\n"
	}, {
		"a file made through a symlink that dangles, beside a mapped name",
		"d @/e\n"
		"f @/e/b\n"
		"f @/y\n"
		"l @/e/l @/no/c\n"
		"l @/e/m no/c\n"
		"l @/n @/e/no/c\n"
		"m @/e/b @/y\n"
		"o open -2 0x41 0 @/e/l -2 -\n"
		"o open -2 0x41 0 @/e/m -2 -\n"
		"o open -2 0x41 0 @/n -2 -\n"
	}, {
		"RESOLVE_NO_SYMLINKS where TO is a symlink",
		"d @/d\n"
		"d @/e\n"
		"f @/e/x\n"
		"l @/l @/e\n"
		"m @/d @/l\n"
		"o openat2 -2 0 0x4 @/d -2 -\n"
		"o openat2 -2 0 0x4 @/d/x -2 -\n"
		"o openat2 -2 0 0x4 @/d/../d/x -2 -\n"
		"o openat2 -2 0 0x4 @/l -2 -\n"
	}, {
		"RESOLVE_NO_SYMLINKS where TO is a symlink to a file",
		"d @/e\n"
		"f @/e/x\n"
		"f @/f\n"
		"l @/k e/x\n"
		"m @/f @/k\n"
		"o openat2 -2 0 0x4 @/f -2 -\n"
		"o openat2 -2 0 0x4 @/k -2 -\n"
	}, {
		"RESOLVE_NO_SYMLINKS where TO was written through a symlink",
		"d @/d\n"
		"d @/e\n"
		"d @/e/d\n"
		"f @/e/d/x\n"
		"l @/l @/e\n"
		"m @/d @/l/d\n"
		"o openat2 -2 0 0x4 @/d -2 -\n"
		"o openat2 -2 0 0x4 @/d/x -2 -\n"
		"o openat2 -2 0 0x4 @/d/../d/x -2 -\n"
	}, {
		"RESOLVE_NO_XDEV: the mapping comes before what is wrong with the rest",
		"d @/a\n"
		"d @/b\n"
		"p @/c\n"
		"m @/a @/b\n"
		"m @/c @/c\n"
		"o openat2 -2 0 0x1 @/a/d -2 -\n"
		"o openat2 -2 0 0x1 @/a/./d/../a -2 -\n"
		"o openat2 -2 0x200000 0x1 /../vfn-fuzz/c/.. -2 -\n"
	}, {
		"O_CREAT of names that end in dots or slashes",
		"d @/b\n"
		"d @/d\n"
		"d @/e\n"
		"l @/d/c @/e/\n"
		"l @/d/n @/no/\n"
		"m @/b @/d\n"
		"o open -2 0xc2 0 @/b/../e/. -2 -\n"
		"o open -2 0xc2 0 @/b/../e/../e/.. -2 -\n"
		"o open -2 0x42 0 @/b/../e/. -2 -\n"
		"o open -2 0x42 0 @/b/../e/ -2 -\n"
		"o open -2 0x42 0 @/b/../no/ -2 -\n"
		"o open -2 0x41 0 @/b/c -2 -\n"
		"o open -2 0x41 0 @/b/n -2 -\n"
	}, {
		"O_CREAT with a slash behind it, and RESOLVE_NO_XDEV",
		"d @/b\n"
		"m @/b @/b\n"
		"o openat2 -2 0x840 0x1 @/b/ -2 -\n"
		"o openat2 -2 0x840 0x1 b/ -2 -\n"
		"o open -2 0x841 0 @/b/../"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/ -2 -\n"
	}, {
		"'..' of a directory that may not be searched",
		"d @/d\n"
		"d @/e\n"
		"f @/a\n"
		"f @/e/x\n"
		"m @/a @/e/x\n"
		"o chmod -2 0x12d 0 @/d -2 -\n"
		"o slot -2 0 0 @/d -2 -\n"
		"o stat 0 0 0 ../a -2 -\n"
		"o rename -2 0 0 @/d 0 ../a\n"
	}, {
		"a symlink to '.' many times over, and a mapping that begins with a dot",
		"d @/c\n"
		"d @/c/e\n"
		"d @/c/e/.c\n"
		"d @/c/e/.c/c\n"
		"l @/e @/c/e/./././.\n"
		"m @/c/e/.c @/c\n"
		"o list -2 0x1 0 @//e/.c/c -2 -\n"
		"o stat -2 0 0 @/c/e/./.c -2 -\n"
	}, {
		"a component that is too long is found after what is wrong with the other name",
		"d @/b\n"
		"d @/d\n"
		"m @/b @/d\n"
		"o rename -2 0 0 @/b/../"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 2 b\n"
	},
};

#endif /* KSELFTEST_FUZZ_KEPT_H */
