/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions of the kernel that are called behind their call of ftrace, for assembly
 *
 * The macro vfn_orig makes vfn_orig_NAME(), which goes to where vfn_body_NAME says.
 */
#include "compat/filename.h"

vfn_orig filename_lookup
vfn_orig filename_parentat
vfn_orig do_filp_open
vfn_orig follow_link
vfn_orig open_exec
vfn_orig open_interpreter
vfn_orig bprm_check
vfn_orig iterate_dir
vfn_orig d_path
vfn_orig proc_readlink
vfn_orig seq_path
vfn_orig procmap
vfn_orig getcwd
vfn_orig getcwd32
vfn_orig task_alloc

vfn_orig mnt_may_suid
vfn_orig get_vfs_caps_from_disk
vfn_orig ptracer_capable
vfn_orig ptrace_may_access
vfn_orig kallsyms_lookup_name
#ifdef VFN_NAMES_ARE_CONSUMED
vfn_orig getname_kernel
vfn_orig putname
#endif
