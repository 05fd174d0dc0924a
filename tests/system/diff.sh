#!/bin/sh
# The real program over logs that it simulates: a healthy pair is quiet, and
# each fault of the first rules is named, on the right sensor.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

check() { # name, wanted exit, wanted "rule sensor", simulate arguments
	name=$1 want_exit=$2 want=$3
	shift 3
	rm -rf "$dir/logs"
	"$CROSSTAP" simulate --sensors 2 --rate 60 --duration 780 \
	    --start 1764000000 --workers 4,3 "$@" -o "$dir/logs" >"$dir/sim" 2>&1
	set +e
	"$CROSSTAP" diff --format json --via-sketch "$dir/logs/A.conn.log" \
	    "$dir/logs/B.conn.log" >"$dir/out" 2>"$dir/err"
	status=$?
	set -e
	got=$(jq -r '.findings[] | .rule + " " + .sensor' "$dir/out" | sort -u)
	if [ "$status" = "$want_exit" ] && [ "$got" = "$want" ]; then
		passed=$((passed + 1))
		echo "ok: $name"
	else
		failed=$((failed + 1))
		echo "FAILED: $name: exit $status, wanted $want_exit;" \
		    "found '$got', wanted '$want'"
		cat "$dir/err"
	fi
}

for seed in 1 2; do
	check "a healthy pair is quiet (seed $seed)" 0 "" --seed $seed
	check "a frozen worker is named (seed $seed)" 1 "worker-frozen B" \
	    --seed $seed --fault worker-frozen:sensor=B,from=240,to=540,worker=2
	check "a silent sensor is named (seed $seed)" 1 "sensor-silent B" \
	    --seed $seed --fault sensor-silent:sensor=B,from=240
	check "packet loss is named (seed $seed)" 1 "packet-loss B" \
	    --seed $seed --fault packet-loss:sensor=B,from=240,to=540,rate=0.01
	check "a clock offset is named (seed $seed)" 1 "clock-skew B" \
	    --seed $seed --fault clock-skew:sensor=B,offset=2.5
done
# --flows has a line for every flow that the totals count, and only those
"$CROSSTAP" simulate --sensors 2 --rate 60 --duration 780 --seed 3 --workers 4,3 \
    --fault packet-loss:sensor=B,from=240,to=540,rate=0.02 \
    --start 1764000000 -o "$dir/logs" >"$dir/sim"
for form in tsv json; do
	"$CROSSTAP" diff --format json --flows "$dir/flows.$form" \
	    --flows-format $form "$dir/logs/A.conn.log" \
	    "$dir/logs/B.conn.log" >"$dir/out" || [ $? = 1 ]
	want=$(jq -r '.pairs[0] | "\(.only_a) \(.only_b) \(.damaged) \(.split)"' \
	    "$dir/out")
	got=
	for verdict in only_a only_b damaged split; do
		n=$(grep -v '^#' "$dir/flows.$form" |
		    grep "[[:space:]\"]$verdict[[:space:]\"]" | wc -l)
		got="$got${got:+ }$((n))"
	done
	if [ "$got" = "$want" ] && [ "${got#0 0 0}" = "$got" ]; then
		passed=$((passed + 1))
		echo "ok: --flows as $form: $got"
	else
		failed=$((failed + 1))
		echo "FAILED: --flows as $form: $got lines, wanted $want"
	fi
done
if "$CROSSTAP" diff --flows "$dir/no" - "$dir/logs/B.conn.log" \
    <"$dir/logs/A.conn.log" 2>"$dir/err" || ! grep -q "only once" "$dir/err"
then
	failed=$((failed + 1))
	echo "FAILED: --flows of what can be read only once is refused"
else
	passed=$((passed + 1))
	echo "ok: --flows of what can be read only once is refused"
fi
# a log that is cut accuses nobody: nothing is known of what follows
rm -rf "$dir/logs"
"$CROSSTAP" simulate --sensors 2 --rate 60 --duration 780 --seed 3 \
    --workers 4,3 --start 1764000000 -o "$dir/logs" >"$dir/sim"
a=$dir/logs/A.conn.log
head -c 3000000 "$dir/logs/B.conn.log" >"$dir/cut.log"
gzip -c "$dir/logs/B.conn.log" | head -c 600000 >"$dir/cut.log.gz"
awk '/^#/ || NR > 20000' "$dir/logs/B.conn.log" >"$dir/later.log"
for log in cut.log cut.log.gz later.log; do
	status=0
	"$CROSSTAP" diff --format json "$a" "B=$dir/$log" >"$dir/out" \
	    2>"$dir/err" || status=$?
	if [ "$status" = 3 ] &&
	    [ "$(jq '.findings | length' "$dir/out")" = 0 ]; then
		passed=$((passed + 1))
		echo "ok: $log accuses nobody"
	else
		failed=$((failed + 1))
		echo "FAILED: $log: exit $status, $(jq -c .findings "$dir/out")"
	fi
done
# A window that begins or ends within a bucket takes in the whole of it, and
# accuses nobody of what lies outside.
"$CROSSTAP" simulate --rate 100 --duration 1200 --seed 3 -o "$dir/window" \
    >"$dir/sim"
for ends in "275 941" "301 959" "339 1019"; do
	# shellcheck disable=SC2086
	set -- $ends
	status=0
	"$CROSSTAP" diff --format json --from $((1764000000 + $1)) \
	    --to $((1764000000 + $2)) "$dir/window/A.conn.log" \
	    "$dir/window/B.conn.log" >"$dir/out" 2>"$dir/err" || status=$?
	whole=$(jq -r '(.from % 60) + (.to % 60)' "$dir/out")
	if [ "$status $whole" = "0 0" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: window of $ends: exit $status, wanted 0, and" \
		    "whole buckets:"
		cat "$dir/out" "$dir/err"
	fi
done

echo "tests/system/diff.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
