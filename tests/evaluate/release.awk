# A conn.log as a Zeek of another year writes it: the columns in another order,
# the last one gone, other letters in the history, fewer services known and now
# and then another state, as public logs of 2011 to 2025 differ for the same
# packets.
BEGIN { FS = OFS = "\t" }

function turn(   i, line) {
	line = $at["peer"]
	for (i = 1; i <= n; i++)
		if (name[i] != "peer" && name[i] != "tunnel_parents")
			line = line OFS $i
	return line
}

$1 == "#fields" || $1 == "#types" {
	tag = $1
	sub(/^#[a-z]*\t/, "")
	if (tag == "#fields") {
		n = split($0, name, FS)
		for (i = 1; i <= n; i++)
			at[name[i]] = i
	}
	print tag, turn()
	next
}
/^#/ { print; next }
{
	rows++
	if (rows % 9 == 0)
		$at["history"] = "^" $at["history"] "t"
	if (rows % 35 == 0)
		$at["service"] = "-"
	if (rows % 370 == 0 && $at["conn_state"] == "S1")
		$at["conn_state"] = "SF"
	print turn()
}
