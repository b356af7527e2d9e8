# SPDX-License-Identifier: GPL-2.0
# peers.awk - what work costs with vfn and with its peers; status 1: vfn doesn't lead
#
# Reads "WHAT VARIANT PEER COST".  Writes a line a row: what, variant, then for native
# and each peer the cost, those of peers as multiples of native; last the verdict.

BEGIN {
	FS = OFS = "\t"
	peers = "bind bubblewrap proot-5.1 proot-5.4 fakechroot umvu preload vfn"
	nr_peers = split(peers, peer, " ")
	nr = behind = 0
}

{
	row = $1 FS $2
	if (!(row in seen))
		rows[nr++] = row
	seen[row] = 1
	cost[row, $3] = $4
	measured[$3] = 1
}

# A mount does no work of its own when a name is looked up: there the budget is what
# counts for vfn.
function is_mount(name)
{
	return name == "bind" || name == "bubblewrap"
}

# Which peer is ahead of vfn, if any?
function leader(row,	i, most, vfn, best)
{
	vfn = cost[row, "vfn"]
	best = "vfn"
	for (i = 1; i < nr_peers; i++) {
		if (cost[row, peer[i]] !~ /^[0-9.]+$/)
			continue
		if (row ~ /^(stat|open)/ && is_mount(peer[i])) {
			if (vfn > cost[row, "native"] * 1.06)
				return "over +6 %"
		} else if (cost[row, peer[i]] + 0 < cost[row, best] + 0) {
			best = peer[i]
		}
	}
	return best
}

END {
	printf "work\tmappings\tnative"
	for (i = 1; i <= nr_peers; i++)
		if (peer[i] in measured)
			printf "\t%s", peer[i]
	printf "\tahead\n"
	for (n = 0; n < nr; n++) {
		row = rows[n]
		native = cost[row, "native"]
		printf "%s\t%.0f", row, native
		for (i = 1; i <= nr_peers; i++) {
			if (!(peer[i] in measured))
				continue
			if (cost[row, peer[i]] ~ /^[0-9.]+$/)
				printf "\t%.3f", cost[row, peer[i]] / native
			else
				printf "\t%s", cost[row, peer[i]]
		}
		ahead = leader(row)
		printf "\t%s\n", ahead
		behind += ahead != "vfn"
	}
	exit behind > 0
}
