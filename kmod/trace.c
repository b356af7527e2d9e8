// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints, for perf and trace-cmd: what the macros of trace.h make of them
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
