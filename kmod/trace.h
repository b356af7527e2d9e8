/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, for perf and trace-cmd
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vfn

#if !defined(VFN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFN_TRACE_H

#include <linux/tracepoint.h>

#include <uapi/linux/vfn.h>

#include "compat/trace.h"
#include "table.h"

/* A name that a holder has looked up as @name is looked up as @to; "": it is hidden. */
TRACE_EVENT(vfn_translate,
	TP_PROTO(const char *name, const char *to),
	TP_ARGS(name, to),
	TP_STRUCT__entry(
		__string(name, name)
		__string(to, to)
	),
	TP_fast_assign(
		vfn_assign_str(name, name);
		vfn_assign_str(to, to);
	),
	TP_printk("name=%s to=%s", __get_str(name), __get_str(to))
);

/*
 * A step of a batch, which ended with @ret.  @from and @to: its names, as far as they are
 * known then: @to is the real name, once it could be worked out.
 */
TRACE_EVENT(vfn_edit,
	TP_PROTO(const struct vfn_op *op, const char *from, const char *to, int ret),
	TP_ARGS(op, from, to, ret),
	TP_STRUCT__entry(
		__field(u32, op)
		__field(u32, flags)
		__field(int, ret)
		__string(from, from)
		__string(to, to)
	),
	TP_fast_assign(
		__entry->op = op->op;
		__entry->flags = op->flags;
		__entry->ret = ret;
		vfn_assign_str(from, from);
		vfn_assign_str(to, to);
	),
	TP_printk("op=%s flags=%#x from=%s to=%s ret=%d",
		  __print_symbolic(__entry->op, { 1, "map" }, { 2, "hide" }, { 3, "unmap" },
				   { 4, "clear" }, { 5, "seal" }),
		  __entry->flags, __get_str(from), __get_str(to), __entry->ret)
);

/* The @table of a snapshot, or NULL, was to be adopted, which ended with @ret. */
TRACE_EVENT(vfn_adopt,
	TP_PROTO(const struct vfn_table *table, int ret),
	TP_ARGS(table, ret),
	TP_STRUCT__entry(
		__field(u32, mappings)
		__field(bool, sealed)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->mappings = table ? table->nr : 0;
		__entry->sealed = table && table->sealed;
		__entry->ret = ret;
	),
	TP_printk("mappings=%u sealed=%d ret=%d", __entry->mappings, __entry->sealed,
		  __entry->ret)
);

#endif /* VFN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
