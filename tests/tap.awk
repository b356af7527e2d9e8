# SPDX-License-Identifier: GPL-2.0
# tap.awk - read TAP; print failed tests with what was said about them, then totals
#
# The last line is "PASSED FAILED SKIPPED PROBLEM"; PROBLEM is empty, or says
# why the results can't be all.  Several TAP streams may follow one another.

function tell()
{
	if (said != "")
		printf "%s", said
	said = ""
}

/^(ok|not ok)( |$)/ {
	seen++
	if ($1 == "not") {
		failed++
		tell()
		print
		telling = 1
	} else {
		said = ""
		telling = 0
		if (toupper($0) ~ /# *SKIP/)
			skipped++
		else
			passed++
	}
	next
}

/^1\.\.[0-9]+/ {
	planned += substr($1, 4)
	plans++
	next
}

/^Bail out!/ {
	problem = $0
}

/^#/ {
	if (telling)
		print
	else
		said = said $0 "\n"
}

END {
	if (problem == "" && !seen)
		problem = "ran no test"
	else if (problem == "" && !plans)
		problem = "died after " seen " tests"
	else if (problem == "" && planned != seen)
		problem = "ran " seen " tests of " planned
	print passed + 0, failed + 0, skipped + 0, problem
}
