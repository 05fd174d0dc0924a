# Makes the table of the scores: number, name, seed, then a line of score.jq.
# mode=check prints what is missed and a line of totals; mode=full prints
# Markdown. Fails where a bar is missed: see bars below; check wants all.
BEGIN { FS = "\t" }

function percent(part, of) {
	if (of == 0)
		return "-"
	if (part == of)
		return "100 %"
	return sprintf("%.1f %%", int(1000 * part / of) / 10)
}

function miss(what) {
	missed[++nmissed] = $2 " (seed " $3 "): " what
}

{ runs[$1 "," $3] = 1; scenarios[$1] = 1 }

$4 == "error" { errors++; miss($5) }
$4 == "pairs" { pairs = $5 }
$4 == "pairs" { all_pairs[$1 "," $3] = $5 }
$4 == "false" { nfalse++; faulty[$1 "," $3] = 1; miss("said for nothing: " $5) }
$4 == "truth" {
	rule = $5
	faulty[$1 "," $3] = 1
	if (!(rule in n))
		order[++nrules] = rule
	n[rule]++
	total++
	seen[rule] += $6; tseen += $6
	sensor[rule] += $7; tsensor += $7
	named[rule] += $8; tnamed += $8
	if ($9 != "-") {
		nfacet[rule]++; tnfacet++
		facet[rule] += $9; tfacet += $9
	}
	timed[rule] += $10; ttimed += $10
	if ($11 != "-") {
		delays[rule]++
		delay[rule] += $11
		if ($11 > slowest[rule])
			slowest[rule] = $11
	}
	if ($6 == 0 || $7 == 0 || $8 == 0 || $9 == "0")
		miss("wanted " rule ", said " $13)
	else if ($10 == 0)
		late[++nlate] = $2 " (seed " $3 "): " rule ", said " $13
}

function row(name, k, s, w, r, nf, f, t, d) {
	printf "| %s | %d | %s | %s | %s | %s | %s | %s |\n", name, k,
	    percent(s, k), percent(w, s), percent(r, k), percent(f, nf),
	    percent(t, k), d
}

function bar(text, ok) {
	printf "| %s | %s |\n", text, ok ? "met" : "**missed**"
	if (!ok)
		bad = 1
}

END {
	for (i in runs) {
		nruns++
		if (!(i in faulty))
			quiet += all_pairs[i]
	}
	for (i in scenarios)
		nscenarios++
	if (mode == "check") {
		for (i = 1; i <= nmissed; i++)
			print "FAILED: " missed[i]
		failed = nmissed
		printf "tests/evaluate/evaluate.sh: %d healthy bucket-pairs; " \
		    "%d passed, %d failed\n", quiet, nruns - failed, failed
		exit failed > 0 || nruns == 0
	}
	printf "%d scenarios in %d runs, %d faults in them.\n\n", nscenarios,
	    nruns, total
	print "| expected rule | faults | detected | right sensor | right rule" \
	    " | right facet | right time | buckets to detection, mean (most) |"
	print "|---|---|---|---|---|---|---|---|"
	for (i = 1; i <= nrules; i++) {
		r = order[i]
		row(r, n[r], seen[r], sensor[r], named[r], nfacet[r], facet[r],
		    timed[r], delays[r] ? sprintf("%.1f (%d)",
		    delay[r] / delays[r], slowest[r]) : "-")
	}
	row("all", total, tseen, tsensor, tnamed, tnfacet, tfacet, ttimed, "")
	printf "\nFalse alarms: %d, in %d healthy bucket-pairs " \
	    "and beside the faults.\n\n", nfalse, quiet
	print "| bar | |"
	print "|---|---|"
	bar("detection at least 98 %", tseen >= 0.98 * total)
	bar("right sensor 100 %", tsensor == tseen)
	bar("right rule at least 95 %", tnamed >= 0.95 * total)
	bar("no false alarm", nfalse + errors == 0)
	bar("at least 10 000 healthy bucket-pairs", quiet >= 10000)
	print "\n## What is missed\n"
	if (nmissed == 0)
		print "Nothing."
	for (i = 1; i <= nmissed; i++)
		print "- " missed[i]
	if (nlate > 0)
		print "\nRight, but more than a bucket off in its time:\n"
	for (i = 1; i <= nlate; i++)
		print "- " late[i]
	exit bad
}
