# The table of the smallest faults: number, rule, what the size is, rate, size
# and the share that was reported; a line for each rate, ascending.
BEGIN {
	FS = "\t"
	print "\n## The smallest fault that each rule names\n"
	print "In one bucket of a minute among quiet ones; in brackets the" \
	    " share of the\nflows (packet-loss: of the packets) that is" \
	    " affected.\n"
	print "| rule | size | at 50/s | at 500/s | at 20 000/s |"
	print "|---|---|---|---|---|"
}

function cell(size, share) {
	if (size == "")
		return "none"
	if (share == "" || share == "-")
		return size
	return size sprintf(" (%.2g %%)", 100 * share)
}

$1 != last {
	if (last != "")
		print ""
	printf "| %s | %s |", $2, $3
	last = $1
}
{ printf " %s |", cell($5, $6) }
END { if (last != "") print "" }
