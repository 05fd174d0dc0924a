#!/bin/sh
# Ratios against yardsticks that are measured in the same run, with their bars:
# what is slow here is slow on both sides of a ratio. Medians of RUNS runs, the
# two programs in turn. Nothing here is a test.
# Environment: LINES (records of a log, 2000000), RUNS (5), LONG (record counts
# of the cost per line), DUCKDB (a folder with node_modules/@duckdb/node-api),
# TMPDIR (room for 8 times the log).
set -eu
lines=${LINES:-2000000} runs=${RUNS:-5} long=${LONG-1000000 10000000}
program=${CROSSTAP:?} here=${srcdir:?}/tests/bench
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

now() { # seconds; date(1) of FreeBSD has no %N
	perl -MTime::HiRes=time -e 'printf "%.4f\n", time'
}

seconds() { # shell command; its time
	t0=$(now)
	sh -c "$1" >/dev/null 2>"$dir/err" || status=$?
	[ "${status:-0}" -le 1 ] || { cat "$dir/err" >&2; exit 1; }
	status=0
	echo "$t0 $(now)" | awk '{ printf "%.4f\n", $2 - $1 }'
}

median() { # file of numbers
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

row() { # what, ratio, bar, above|below
	echo "$1|$2|$3|$4" | awk -F'|' '{ met = $4 == "above" ? $2 >= $3 : $2 <= $3
		printf "| %s | %.2f | %s %s | %s |\n", $1, $2,
		    $4 == "above" ? "at least" : "at most", $3,
		    met ? "met" : "not met" }'
}

ratio() { # what, bar, ours, theirs: how much faster ours is
	: >"$dir/ours"
	: >"$dir/theirs"
	seconds "$3" >"$dir/warm"
	seconds "$4" >"$dir/warm"
	i=0
	while [ $i -lt "$runs" ]; do
		seconds "$3" >>"$dir/ours"
		seconds "$4" >>"$dir/theirs"
		i=$((i + 1))
	done
	row "$1 ($(median "$dir/ours") s to $(median "$dir/theirs") s)" "$(echo \
	    "$(median "$dir/theirs") $(median "$dir/ours")" |
	    awk '{ print $1 / $2 }')" "$2" above
}

# Two logs that differ in a thousandth of their flows.
rate=$((lines / 7200 + 1))
begun=$(now)
"$program" simulate --seed 7 --miss 0.001 --flows "$lines" --rate $rate \
    -o "$dir/logs" >"$dir/err"
done=$(now)
a=$dir/logs/A.conn.log b=$dir/logs/B.conn.log
gzip -1 -c "$a" >"$dir/A.log.gz"
"$program" simulate --seed 7 --miss 0.001 --flows "$lines" --rate $rate \
    --format json -o "$dir/json" >"$dir/err"

# One thread: one processor for both programs.
one=
! command -v taskset >"$dir/warm" || one="taskset -c 0"

echo "| what | ratio | bar | |"
echo "|---|---|---|---|"
ratio "digest of TSV : wc -l" 0.25 \
    "$one '$program' digest '$a'" "$one wc -l '$a'"
ratio "digest of JSON : wc -l" 0.1 \
    "$one '$program' digest '$dir/json/A.conn.log'" \
    "$one wc -l '$dir/json/A.conn.log'"
ratio "digest of .gz : zcat" 2.5 \
    "$one '$program' digest '$dir/A.log.gz'" "$one zcat '$dir/A.log.gz'"
for log in "$a" "$b"; do
	echo "grep -v '^#' '$log' | cut -f3-7 | LC_ALL=C sort >'$log.keys'"
done >"$dir/sort.sh"
echo "LC_ALL=C comm -23 '$a.keys' '$b.keys'" >>"$dir/sort.sh"
ratio "diff : sort and comm" 10 "'$program' diff '$a' '$b'" "sh '$dir/sort.sh'"
if [ -d "${DUCKDB:-/nowhere}/node_modules/@duckdb/node-api" ]; then
	cp "$here/antijoin.mjs" "$DUCKDB/"
	ratio "diff : DuckDB anti-join" 10 "'$program' diff '$a' '$b'" \
	    "node '$DUCKDB/antijoin.mjs' '$a' '$b'"
else
	echo "SKIP: DuckDB: set DUCKDB to a folder with @duckdb/node-api" >&2
fi

# Open at one time: what ended within the settle time and two buckets, twice.
"$here/peak.sh" "$program" diff "$a" "$b" >"$dir/peak"
open=$((2 * rate * 520))
row "memory of diff : 64 MB + 48 B a flow in open buckets" \
    "$(awk -v n=$open '{ print $1 * 1024 / (64e6 + 48 * n) }' "$dir/peak")" \
    1 below
row "simulate, million flows a minute" "$(echo "$begun $done" |
    awk -v n="$lines" '{ print n / 1e6 / ($2 - $1) * 60 }')" 1 above

# The cost of a line must not grow with the log.
first=
for n in $long; do
	"$program" simulate --seed 7 --flows "$n" --rate $rate -o "$dir/long" \
	    >"$dir/err"
	seconds "wc -l '$dir/long/A.conn.log'" >"$dir/warm"
	cost=$(seconds "'$program' digest '$dir/long/A.conn.log'" |
	    awk -v n="$n" '{ print $1 / n * 1e9 }')
	[ -n "$first" ] || first=$cost
	row "cost of a line at $n lines ($cost ns) : at the shortest" \
	    "$(echo "$cost $first" | awk '{ print $1 / $2 }')" 1.2 below
	rm -rf "$dir/long"
done
