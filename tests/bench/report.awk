# SPDX-License-Identifier: GPL-2.0
# report.awk - what was measured against what it may cost; status 1: something is over
#
# Reads "STATE OP VARIANT COST".  Writes a line a row: what is promised, call, how it
# is used, state, instructions without and with vfn, the difference in %, what is
# allowed, verdict.

BEGIN {
	FS = OFS = "\t"
	nr = over = 0
}

{
	cost[$1, $2, $3] = $4
	state[nr] = $1
	op[nr] = $2
	variant[nr] = $3
	nr++
}

function row(what, i, native, vfn, ratio, budget, ok)
{
	printf "%s\t%s\t%s\t%s\t%s\t" (vfn < 10 ? "%.2f" : "%.1f") "\t%s\t%s\t%s\n", what, op[i], variant[i],
		state[i], native, vfn, ratio, budget, ok ? "ok" : "OVER"
	over += !ok
}

# More than the call costs without vfn by at most @allowed percent?
function relative(what, i, base, allowed,	native, vfn, more)
{
	if (!((base, op[i], variant[i]) in cost))
		return
	native = cost[base, op[i], variant[i]]
	vfn = cost[state[i], op[i], variant[i]]
	more = (vfn / native - 1) * 100
	row(what, i, sprintf("%.1f", native), vfn, sprintf("%+.2f %%", more),
	    sprintf("+%s %%", allowed), more <= allowed)
}

# At most @allowed, whatever the unit.
function absolute(what, i, allowed,	vfn)
{
	vfn = cost[state[i], op[i], variant[i]]
	row(what, i, "-", vfn, "-", allowed == "" ? "-" : allowed,
	    allowed == "" || vfn <= allowed)
}

# How exact a figure is.  Where memory has to be found now and then, and where processes
# come and go, it depends on what was there before.
function resolution(i)
{
	if (op[i] ~ /^(fork|exec)$/)
		return 0.003
	return op[i] ~ /^(open|openat|missing|rename)$/ ? 0.001 : 0
}

# Nothing more; without vfn it was measured before and after.
function nothing_more(what, i,		first, last, vfn, most)
{
	first = cost["native", op[i], variant[i]]
	last = cost["again", op[i], variant[i]]
	vfn = cost[state[i], op[i], variant[i]]
	most = (first > last ? first : last) * (1 + resolution(i))
	row(what, i, sprintf("%.1f", first), vfn,
	    sprintf("%+.2f %%", (vfn / first - 1) * 100), "+0", vfn <= most)
}

# What is left to interrupts is no part of the least.
function loaded(i)
{
	if (op[i] !~ /^(fork|exec)$/ || variant[i] ~ /least/)
		nothing_more("P1", i)
}

function holder(i, kind)
{
	if (op[i] == "getppid")
		nothing_more("-", i)
	else if (op[i] == "fork" || op[i] == "exec")
		relative("P5", i, kind ~ /leaf|dir/ ? "real" : "native", 1)
	else if (op[i] == "list")
		relative("P8", i, kind ~ /leaf|dir/ ? "real" : "native", 10)
	else if (kind == "dir" || kind == "leaf" && op[i] !~ /missing|chdir/)
		relative("P4", i, "real", 6)
	else
		relative("P3", i, "native", 3)
}

# 160 bytes, the last component, and TO: "mNNNNNN", "/real/tNNNNNN".
function memory(i)
{
	absolute("P7", i, 160 + 7 + 13)
}

# How many times as long two threads take as one: by the clock of a busy machine, and so
# known to some hundredths.
function threads(i,	native, vfn)
{
	native = cost["native", "threads", 2]
	vfn = cost[state[i], "threads", 2]
	row("-", i, sprintf("%.2f", native), vfn, sprintf("%+.2f %%", (vfn / native - 1) * 100),
	    "+5 %", vfn <= native * 1.05)
}

function edit(i)
{
	absolute("P6", i, op[i] == "map-10000" ? 3000 : op[i] == "edit-after-fork" ? 10000 : "")
}

END {
	for (i = 0; i < nr; i++) {
		kind = state[i]
		sub(/-.*/, "", kind)
		if (kind ~ /^(native|real|again)$/)
			continue
		if (kind == "idle")
			loaded(i)
		else if (kind == "other" || kind == "cleared") {
			if (op[i] == "getppid")
				nothing_more("P2", i)
			else
				relative("P2", i, "native", op[i] == "symlink" ? 1.5 : 1)
		} else if (kind == "edits")
			edit(i)
		else if (kind == "memory")
			memory(i)
		else if (op[i] == "threads")
			threads(i)
		else
			holder(i, kind)
	}
	exit over > 0
}
