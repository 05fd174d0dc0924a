#!/bin/sh
# The configuration by the real program: the sample is right and has every key,
# as the manual does; faults are said with their place; what is shown is read.
set -u
passed=0 failed=0
program=${CROSSTAP:?}
sample=${srcdir:?}/doc/crosstap.yaml.sample
manual=$srcdir/doc/crosstap.yaml.5
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

result() { # what, 0 for good
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

said=$("$program" config check "$sample" 2>&1)
[ "$said" = "$sample: 3 sensors, 2 groups: correct" ]
result "the sample is right: $said" $?

if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "$manual" >"$dir/lint" 2>&1
	result "the manual is free of warnings: $(cat "$dir/lint")" $?
else
	echo "SKIP: mandoc is not installed; the manual is not linted"
fi
"$program" config keys >"$dir/keys"
test "$(grep -c '\.' "$dir/keys")" -gt 25
result "there are keys" $?
while read -r key _; do
	name=${key#*.}
	grep -qE "(^|[ #{])$name:" "$sample"
	result "the sample has $key" $?
	[ "$name" = "$key" ] && continue
	section=${key%%.*}
	awk -v want=".Ss $section" '
		/^\.S[sh] / { in_it = tolower($0) == tolower(want) }
		in_it' "$manual" >"$dir/section"
	grep -qx "\.It Cm $name" "$dir/section"
	result "the manual has $key" $?
	help=$(grep "^$key " "$dir/keys" | cut -c 61-)
	tr -s '\n ' '  ' <"$dir/section" | grep -qiF -- "$help"
	result "the manual says of $key: $help" $?
done <"$dir/keys"

printf 'sensors:\n  a: {adress: x}\n  b: {logs: y, tz: No/Where}\n' \
    >"$dir/bad.yaml"
"$program" config check "$dir/bad.yaml" >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && [ ! -s "$dir/out" ] &&
    grep -q "^$dir/bad.yaml:2:7: unknown key 'adress'.*wanted one of" \
	"$dir/err" &&
    grep -q "^$dir/bad.yaml:3:20: 'tz' of sensor 'b'" "$dir/err"
result "all faults are said, exit 2: $(cat "$dir/err")" $?
printf 'sensors:\n  a: {logs: x, archive: "clickhouse://h/d.t?sensr=x"}\n  b: {logs: y, archive: /y}\n' \
    >"$dir/bad.yaml"
"$program" config check "$dir/bad.yaml" >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && [ ! -s "$dir/out" ] &&
    grep -q "^$dir/bad.yaml:2:25: archive of 'a': 'sensr' .*wanted sensor=" \
	"$dir/err" &&
    grep -q "^$dir/bad.yaml:3:25: archive of 'b': wanted a table" "$dir/err"
result "so are those of archives: $(cat "$dir/err")" $?

for form in text json; do
	CROSSTAP_CONFIG=$sample "$program" config show --format $form |
	    sed '/seed/d' >"$dir/shown.yaml"
	"$program" config check "$dir/shown.yaml" >"$dir/out" 2>&1
	result "config show as $form is read back: $(cat "$dir/out")" $?
done
"$program" config show --config "$sample" | grep -qi 5eed
[ $? = 1 ]
result "the seed is not shown" $?

mkdir -p "$dir/home/.config/crosstap"
cp "$sample" "$dir/home/.config/crosstap/crosstap.yaml"
HOME=$dir/home CROSSTAP_CONFIG='' "$program" sensors list >"$dir/out"
grep -qE '^ext1 +ext1\.example\.net +jump +border,inside os=freebsd' "$dir/out"
result "sensors list: $(cat "$dir/out")" $?
if command -v jq >/dev/null; then
	got=$("$program" sensors list --config "$sample" --format json |
	    jq -r '.[] | select(.name == "int1") |
		"\(.address) \(.groups[0]) \(.bastion)"')
	[ "$got" = "null inside null" ]
	result "sensors list as JSON: $got" $?
fi

# sensors and groups as operands of diff and explain
cd "$dir" || exit 1
"$program" simulate -o logs --seed 1 --workers 4,3 \
    --fault worker-frozen:sensor=B,worker=2,from=240,to=540 >/dev/null
cat >c.yaml <<'EOF'
sensors:
  east: {logs: logs/A.conn.log, attributes: {os: linux}}
  west: {logs: logs/B.conn.log, tz: Europe/Berlin}
  far: {address: far.example.net}
groups:
  border: {sensors: [east, west], width: 120s}
  other: {sensors: [west, east], relation: subset}
EOF
run() { # name, wanted exit, wanted in what is said, arguments
	name=$1 want=$2 words=$3
	shift 3
	CROSSTAP_CONFIG=c.yaml "$program" "$@" >out 2>&1
	status=$?
	[ $status = "$want" ] && grep -qF -- "$words" out
	result "$name: exit $status, $(head -n 2 out)" $?
}
run "names are compared" 1 "worker-2 of west stands still" diff -q east west
run "a group is compared" 1 "worker-2 of west stands still" diff -q border
run "a group is explained" 0 "worker-frozen" explain border
run "a group has its width" 1 '"bucket":120' \
    diff --format json border
run "--bucket goes before it" 1 '"bucket":60' \
    diff --format json --bucket 60 border
run "one sensor is too few" 2 "wanted A B" diff east
run "unlike groups are refused" 2 "in one go" diff border other
run "a sensor elsewhere wants a window" 2 "wanted --from" diff east far
run "standard input and a sensor elsewhere" 2 "wanted a file or a folder" \
    diff --from -30m - far
run "--config that is not there is refused" 2 "no.yaml: No such file" \
    diff --config no.yaml east west
run "a path is a path" 2 "nope: No such file" diff nope east
: >east
run "a file that is a sensor, too" 2 "./east means the file" diff east west
run "a path means the file" 1 "sensor-silent" diff ./east west
echo 'sensors: [' >c.yaml
: >west
run "files are compared without the configuration" 3 "" diff east west
run "names are not" 2 "wanted YAML" diff east north

echo "tests/system/config.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
