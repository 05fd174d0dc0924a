#!/bin/sh
# Labelled faults, logged by a real Zeek: every finding that a scenario's
# truth.json expects is made, with its rule, sensor, facet and direction, from
# and to within two buckets, and none besides; found by sketch it is the same.
# A rule that is not in the rules folder is a skip, said aloud.
set -u
. "${srcdir:?}/tests/system/shared.sh"
shared_find corpus
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0

# A line for each expected finding that is not there, and each that should not
# be. Input: the report, then the truth.
complaints='
.[0] as $report | .[1] as $truth | (2 * $truth.bucket) as $slack |
def near($a; $b): ($a - $b) | . <= $slack and . >= -$slack;
def fits($f): . as $t |
	$f.rule == $t.rule and $f.sensor == $t.sensor and
	near($f.from; $t.start) and near($f.to; $t.end) and
	($t.facet == null or $f.facet.name == $t.facet) and
	($t.value == null or $f.facet.value == $t.value) and
	($t.direction == null or $f.direction == $t.direction) and
	($t.offset == null or
	    ($f.evidence.offset - $t.offset | . < 0.1 and . > -0.1));
($truth.truth[] | . as $t |
	select([$report.findings[] | . as $f | $t | fits($f)] | any | not) |
	"wanted \(tojson)"),
($report.findings[] | . as $f |
	select([$truth.truth[] | fits($f)] | any | not) |
	"not wanted \({rule, sensor, from, to, facet, direction} | tojson)")'

log() { # scenario, sensor: its own log, or that of the healthy one
	log=$shared/$1/$2.conn.log.gz
	[ -f "$log" ] || log=$shared/$healthy/$2.conn.log.gz
	echo "$log"
}

result() { # name, 0 for good, what is wrong
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
		echo "ok: $1"
	else
		failed=$((failed + 1))
		echo "FAILED: $1: $3"
	fi
}

missing_rule() { # truth.json: a rule that it wants and that is not there
	jq -r '.truth[].rule' "$1" | while read -r rule; do
		[ -f "${CROSSTAP_RULES:?}/$rule.yaml" ] || echo "$rule"
	done
}

check() { # scenario
	truth=$shared/$1/truth.json
	healthy=healthy relation=mirror a=A b=B
	case $1 in
	subset-*) healthy=subset-healthy relation=subset a=EXT b=INT ;;
	esac
	set -- "$1" --relation "$relation" --format json --seed 1 \
	    "$(log "$1" $a)" "$(log "$1" $b)"
	name=$1
	shift
	rule=$(missing_rule "$truth")
	if [ -n "$rule" ]; then
		skipped=$((skipped + 1))
		echo "skip: $name: no rule $rule"
		return
	fi
	"$CROSSTAP" diff "$@" >"$dir/out" 2>"$dir/err"
	status=$?
	want=$(jq '.truth | length | if . > 0 then 1 else 0 end' "$truth")
	wrong=$(jq -rs "$complaints" "$dir/out" "$truth" 2>&1)
	[ "$status" = "$want" ] && [ -z "$wrong" ]
	result "$name" $? "exit $status, wanted $want; $wrong$(cat "$dir/err")"

	"$CROSSTAP" diff --via-sketch "$@" >"$dir/sketch" 2>&1
	cmp "$dir/out" "$dir/sketch" >"$dir/err"
	result "$name, by sketch" $? "$(cat "$dir/err")"
}

for path in "$shared"/*/truth.json; do
	check "$(basename "$(dirname "$path")")"
done
echo "$skipped scenarios skipped for want of their rule"
echo "tests/system/corpus.sh: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
