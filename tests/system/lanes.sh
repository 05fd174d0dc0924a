#!/bin/sh
# A frozen worker in logs that name no worker: the real program says how many
# lanes of how many, and says nothing of the kind where packets are lost.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

strip() { # file: without its last column, which names the worker
	awk -F '\t' -v OFS='\t' '/^#(fields|types)/ || !/^#/ { NF-- } { print }' \
	    "$1" >"$1.new"
	mv "$1.new" "$1"
}

check() { # name, wanted "rule sensor facet value", simulate arguments
	name=$1 want=$2
	shift 2
	rm -rf "$dir/logs"
	"$CROSSTAP" simulate --sensors 2 --rate 120 --duration 780 \
	    --start 1764000000 --workers 4,3 "$@" -o "$dir/logs" >"$dir/sim" 2>&1
	strip "$dir/logs/A.conn.log"
	strip "$dir/logs/B.conn.log"
	status=0
	"$CROSSTAP" diff --format json "$dir/logs/A.conn.log" \
	    "$dir/logs/B.conn.log" >"$dir/out" 2>"$dir/err" || status=$?
	got=$(jq -r '.findings[] |
	    .rule + " " + .sensor + " " + (.facet.value // "")' "$dir/out")
	# no output is no answer: it must be an exit of one that compared
	[ "$status" -le 1 ] || got="exit $status"
	if [ "$got" = "$want" ]; then
		passed=$((passed + 1))
		echo "ok: $name"
	else
		failed=$((failed + 1))
		echo "FAILED: $name: found '$got', wanted '$want'"
		cat "$dir/err"
	fi
}

check "a frozen worker of three without a name" \
    "worker-frozen B about 1 lane of 3 (by host pair)" \
    --seed 1 --fault worker-frozen:sensor=B,from=240,to=540,worker=2
check "lost packets are no lane" "packet-loss B " \
    --seed 1 --fault packet-loss:sensor=B,from=240,to=540,rate=0.01
check "a healthy pair has no lane" "" --seed 1

echo "tests/system/lanes.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
