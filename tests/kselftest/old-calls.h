/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kselftests: system calls that x86 has, and younger machines only in newer forms: there
 * they fail with ENOSYS
 */
#ifndef KSELFTEST_OLD_CALLS_H
#define KSELFTEST_OLD_CALLS_H

#include <sys/syscall.h>

#ifndef SYS_open
#define SYS_open	-1
#define SYS_creat	-1
#define SYS_stat	-1
#define SYS_lstat	-1
#define SYS_access	-1
#define SYS_readlink	-1
#define SYS_chmod	-1
#define SYS_chown	-1
#define SYS_lchown	-1
#define SYS_utime	-1
#define SYS_utimes	-1
#define SYS_futimesat	-1
#define SYS_mkdir	-1
#define SYS_mknod	-1
#define SYS_symlink	-1
#define SYS_unlink	-1
#define SYS_rmdir	-1
#define SYS_rename	-1
#define SYS_link	-1
#define SYS_uselib	-1
#define SYS_getdents	-1
#endif

#endif /* KSELFTEST_OLD_CALLS_H */
