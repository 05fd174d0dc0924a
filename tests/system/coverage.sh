#!/bin/sh
# crosstap coverage: what the sensors saw of a time, what they were then and
# which log files they had; all forms say the same.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq python3

scene_kept
result "crosstapd made a store: $(tail -3 log)" $?
from=$((t0 - 7200)) to=$((t0 + 3600))
ask() {
	"$crosstap" coverage --from $from --to $to "$@" 2>"$dir/err"
}

ask >"$dir/text"
result "as text: status $?" $?
for word in 'ext2  *degraded\|degraded 5.56 %' 'worker-frozen' 'no record' \
    'ext1  *tap  *north' 'ext2  *os  *freebsd' 'conn.14:00:00-15:00:00.log.gz'; do
	grep -q "$word" "$dir/text"
	result "the text has '$word': $(cat "$dir/text")" $?
done

ask --format json >"$dir/stretches"
jq -e 'group_by(.sensor) | map(map(.to - .from) | add) |
	length == 2 and all(. == '$((to - from))')' "$dir/stretches" >/dev/null
result "stretches say something of all the time" $?
jq -e 'map(select(.state == "degraded")) | length == 1 and
	.[0].sensor == "ext2" and .[0].from == '$((t0 + 1500))' and
	.[0].to == '$((t0 + 2100))' and .[0].missed > 1000' \
    "$dir/stretches" >/dev/null
result "one of them is degraded: $(cat "$dir/stretches")" $?
ask --format json --show gaps >"$dir/gaps"
jq -e --slurpfile all "$dir/stretches" \
    '. == ($all[0] | map(select(.state != "complete")))' "$dir/gaps" >/dev/null
result "gaps are those that are not complete: $(cat "$dir/gaps")" $?
ask --format json --show sensors >"$dir/sensors"
jq -e 'map(select(.to == null) | "\(.sensor) \(.attribute)=\(.value)") ==
	["ext1 card=intel", "ext1 os=linux", "ext1 tap=north",
	"ext2 card=myricom", "ext2 os=freebsd", "ext2 tap=south"]' \
    "$dir/sensors" >/dev/null
result "the sensors' attributes: $(cat "$dir/sensors")" $?
ask --format json --show files >"$dir/files"
lines=$(wc -l <"$dir/old/A.conn.log")
jq -e 'length == 1 and .[0].sensor == "ext1" and .[0].lines == '"$lines"' and
	.[0].path == "'"$kept_file"'" and
	(.[0].xxh3_64 | test("^[0-9a-f]{16}$")) and
	.[0].first >= '$((t0 - 7200))' and .[0].written == '$((t0 - 3600)) \
    "$dir/files" >/dev/null
result "the log file, with its checksum: $(cat "$dir/files")" $?
if command -v xxhsum >/dev/null && xxhsum -H3 /dev/null >/dev/null 2>&1; then
	want=$(gzip -dc "$kept_file" | xxhsum -H3 2>/dev/null |
	    grep -o '[0-9a-f]\{16\}' | head -n 1)
	[ "$(jq -r '.[0].xxh3_64' "$dir/files")" = "$want" ]
	result "the checksum is that of xxhsum: $want" $?
fi
"$crosstap" coverage --from $t0 --to $to --show files --format json \
    >"$dir/later"
[ "$(jq length "$dir/later")" = 0 ]
result "a file of another time is left out" $?
ask --format json --show all >"$dir/all"
jq -e --slurpfile s "$dir/stretches" --slurpfile a "$dir/sensors" \
    --slurpfile f "$dir/files" '.group == "outside" and
	.stretches == $s[0] and .sensors == $a[0] and .files == $f[0]' \
    "$dir/all" >/dev/null
result "all of it as one object" $?

cat >"$dir/same.py" <<'END'
import csv, json, sys
rows = json.load(open(sys.argv[1]), parse_float=str, parse_int=str)
table = list(csv.DictReader(open(sys.argv[2], newline='')))
assert rows and table == [{k: '' if v is None else v for k, v in row.items()}
                          for row in rows], (rows, table)
END
for show in stretches gaps sensors files; do
	ask --format csv --show $show >"$dir/csv"
	python3 "$dir/same.py" "$dir/$show" "$dir/csv" >"$dir/out" 2>&1
	result "$show as CSV are those of JSON: $(tail -1 "$dir/out")" $?
done
ask --format csv --show all >"$dir/out"
[ $? = 2 ] && grep -q 'of one table' "$dir/err"
result "CSV of all is refused: $(cat "$dir/err")" $?
ask --sensor ext1 --format json --show all >"$dir/one"
jq -e '[.stretches, .sensors, .files] | flatten | map(.sensor) | unique ==
	["ext1"]' "$dir/one" >/dev/null
result "one sensor" $?
ask --sensor nobody >"$dir/out"
[ $? = 2 ] && grep -q "nobody" "$dir/err"
result "a sensor that is none is refused: $(cat "$dir/err")" $?

sed '/^groups:/,/^  outside:/d' c.yaml >none.yaml
"$crosstap" coverage --config none.yaml >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && grep -q 'there are 0 groups; wanted --group' "$dir/err"
result "a configuration without groups is told: $(cat "$dir/err")" $?

# Without a daemon: of logs that are compared now.
now() {
	CROSSTAP_CONFIG=/nowhere "$crosstap" coverage --no-progress "$@" 2>"$dir/err"
}
logs="ext1=$dir/logs/A/current/conn.log ext2=$dir/logs/B/current/conn.log"
window="--from $((t0 + 1200)) --to $((t0 + 2400))"
# shellcheck disable=SC2086
for net in 0.0.0.0/0 10.0.0.0/8; do
	now --format json --net $net $window $logs >"$dir/now"
	"$crosstap" coverage --format json --net $net $window >"$dir/kept"
	jq -e --slurpfile kept "$dir/kept" '
	    map({sensor, from, to, state, why}) as $now | ($now | length) > 2
	    and $now == ($kept[0] | map({sensor, from, to, state, why}))' \
	    "$dir/now" >/dev/null
	result "logs that are compared say of $net what the store says: $(cat \
	    "$dir/now" "$dir/kept" "$dir/err")" $?
done
# shellcheck disable=SC2086
now --from $((t0 - 600)) --to $((t0 + 600)) --format json $logs >"$dir/now"
[ $? = 3 ]
result "the exit status says so" $?
jq -e 'map(select(.from < '$t0')) | length == 2 and
	all(.state == "not-compared" and .to >= '$t0')' "$dir/now" >/dev/null
result "before the logs nothing was compared: $(cat "$dir/now" "$dir/err")" $?
# shellcheck disable=SC2086
now $window $logs >"$dir/text" && grep -q 'ext2 .*degraded  worker-frozen' "$dir/text"
result "as text: $(cat "$dir/text" "$dir/err")" $?
# shellcheck disable=SC2086
now --group outside $logs >"$dir/out"
[ $? = 2 ] && grep -q 'group of the configuration as an operand' "$dir/err"
result "a group of the store beside operands is refused: $(cat "$dir/err")" $?
scene_end
