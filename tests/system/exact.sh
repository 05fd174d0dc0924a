#!/bin/sh
# The answer is exact: on pairs of which the truth is known, what only one
# sensor has is what the other lost, found by pairing or by sketch alike,
# with any number of differences, and with clocks that differ.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
if ! command -v jq >/dev/null; then
	echo "SKIP: jq is not installed"
	exit 77
fi

holds() { # what, jq expression, operands and options
	what=$1 want=$2
	shift 2
	"$CROSSTAP" diff --format json "$@" >"$dir/out" 2>"$dir/err"
	if jq -e "$want" "$dir/out" >/dev/null 2>&1; then
		passed=$((passed + 1))
		echo "ok: $what"
	else
		failed=$((failed + 1))
		echo "FAILED: $what: wanted $want, got" \
		    "$(jq -c '.pairs' "$dir/out")"
		cat "$dir/err"
	fi
}

thin() { # log, N: without N of its records, none near its ends
	awk -v n="$2" '/^#/ { print; next } { line[++rows] = $0 } END {
		edge = int(rows / 20)
		span = rows - 2 * edge
		for (i = 1; i <= rows; i++) {
			if (i > edge && i <= edge + span && (due += n) >= span)
				due -= span
			else
				print line[i]
		} }' "$1"
}

"$CROSSTAP" simulate --seed 11 --miss 0 --rate 1000 --flows 200000 \
    -o "$dir/logs" >"$dir/err" || exit 1
a=$dir/logs/A.conn.log b=$dir/logs/B.conn.log
# What is logged long after its end is told apart, as late.
rows=$(grep -vc '^#' "$b")
for lost in 0 1 5 100 10000; do
	thin "$b" "$lost" >"$dir/B.thin.log"
	gone=$((rows - $(grep -vc '^#' "$dir/B.thin.log")))
	want="$gone == $lost and .pairs[0].only_a +
	    .sensors[0].late - .sensors[1].late == $lost and .pairs[0].only_b == 0"
	holds "$lost lost" "$want" "$a" "$dir/B.thin.log"
	holds "$lost lost, by sketch" "$want" --via-sketch \
	    "$a" "$dir/B.thin.log"
done

# B's clock is moved; both sensors lack some flows.
"$CROSSTAP" simulate --seed 12 --miss 0.001 --flows 100000 --rate 100 \
    -o "$dir/logs" >"$dir/err" || exit 1
want=$(jq -r '.miss.pairs[0] | ".pairs[0].only_a == \(.only_a) and " +
    ".pairs[0].only_b == \(.only_b)"' "$dir/logs/truth.json")
for shift in 0 1 -1 5 -5 30 -30; do
	awk -F'\t' -v OFS='\t' -v s=$shift '!/^#/ {
		$1 = sprintf("%d%s", int($1) + s, substr($1, index($1, "."))) }
		{ print }' "$b" >"$dir/B.moved.log"
	case $shift in
	*30) want=".pairs[0].paired > 0.99 * .sensors[0].flows" ;;
	esac
	holds "B's clock by $shift s" "$want" "$a" "$dir/B.moved.log"
	holds "B's clock by $shift s, by sketch" "$want" --via-sketch \
	    "$a" "$dir/B.moved.log"
done
echo "tests/system/exact.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
