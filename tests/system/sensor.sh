#!/bin/sh
# crosstap-sensor serve, asked over its standard input: the digest is that of
# `crosstap digest`, the same question gets the same bytes, nothing outside of
# its folders is read, and what is no request ends it.
set -u
program=${CROSSTAP:?}
build=$(dirname "$program")
sensor=${SENSOR:-$build/crosstap-sensor}
client=$build/tests/system/sensorclient
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
t0=1764000000

result() { # what, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

equal() { # what, got, wanted
	[ "$2" = "$3" ]
	result "$1: got '$2', wanted '$3'" $?
}

# Frames of an answer, in $dir/answer; as JSON in $dir/json.
ask() { # logs, KIND [NAME=VALUE ...]
	logs=$1
	shift
	"$client" request "$@" | "$sensor" serve --logs "$logs" \
	    --name north --attribute os=test >"$dir/answer" 2>>"$dir/said"
	status=$?
	"$client" replies <"$dir/answer" >"$dir/json" || status=99
}

json() { # jq filter
	jq -rs "$1" "$dir/json"
}

"$program" simulate --sensors 2 --rate 50 --duration 900 --start $t0 \
    --workers 3,2 --seed 4 -o "$dir/sim" >/dev/null || exit 1
mkdir "$dir/a" "$dir/other"
cp "$dir/sim/A.conn.log" "$dir/a/conn.log"
window="from=$((t0 + 120)) to=$((t0 + 300)) seed=1d"

# shellcheck disable=SC2086
ask "$dir/a" digest $window parts=15 sample=16
equal "exit status" "$status" 0
equal "buckets and an end" \
    "$(json 'map(.kind) | join(" ")')" "bucket bucket bucket end"
"$program" digest --from $((t0 + 120)) --to $((t0 + 300)) --seed 1d \
    --format json "$dir/a/conn.log" >"$dir/want"
filter='{start, totals, facets, shards,
    keys: [.keys[] | [.[0], .[1], .[2][-8:]]],
    states: [.states[] | [.[0], .[1], .[2][-8:]]]}'
jq -cS "$filter" "$dir/want" >"$dir/want.all"
jq -cS "select(.kind == \"bucket\") |
    .totals = {flows, packets, ip_bytes} | $filter" "$dir/json" >"$dir/got.all"
[ -s "$dir/got.all" ] && cmp -s "$dir/got.all" "$dir/want.all"
result "the digest is that of crosstap digest" $?
equal "workers are named" "$(json '.[-1].workers | length')" 3
equal "the window was settled" "$(json '.[-1].ended')" false
mv "$dir/answer" "$dir/first"
# shellcheck disable=SC2086
ask "$dir/a" digest $window parts=15 sample=16
cmp -s "$dir/answer" "$dir/first"
result "the same question, the same bytes" $?

# a file, or a pattern of files, instead of their folder; a link that leads out
# of it is not followed
mkdir -p "$dir/one" "$dir/days/1" "$dir/linked"
cp "$dir/a/conn.log" "$dir/one"
cp "$dir/a/conn.log" "$dir/days/1/conn.log"
cp "$dir/sim/B.conn.log" "$dir/one/other.log"
ln -s "$dir/sim/B.conn.log" "$dir/linked/conn.log"
ln -s "$dir/a/conn.log" "$dir/one/link.log"
# shellcheck disable=SC2086
for logs in one/conn.log one/link.log "days/*/conn.log"; do
	ask "$dir/$logs" digest $window parts=15 sample=16
	cmp -s "$dir/answer" "$dir/first"
	result "--logs $logs, the same bytes" $?
done
# shellcheck disable=SC2086
ask "$dir/linked/conn.l*" digest $window parts=15 sample=16
equal "a link of a pattern leads out of its folder" \
    "$(json '.[-1] | [.kind, .code] | join(" ")')" "error unreadable"
ask "$dir/one/conn.log" hello
equal "hello names the file" "$(json '.[0].folders[0]')" "$dir/one/conn.log"

# rotated away and compressed, or still growing: still the same
mkdir -p "$dir/gz" "$dir/grown"
gzip -c "$dir/a/conn.log" >"$dir/gz/conn.log.gz"
touch -d '2 hours ago' "$dir/gz/conn.log.gz"
# shellcheck disable=SC2086
ask "$dir/gz" digest $window parts=15 sample=16
cmp -s "$dir/answer" "$dir/first"
result "compressed, the same bytes" $?
awk '/^#/ || n++ < 44000' "$dir/a/conn.log" | grep -v '^#close' \
    >"$dir/grown/conn.log"
# shellcheck disable=SC2086
ask "$dir/grown" digest $window parts=15 sample=16
cmp -s "$dir/answer" "$dir/first"
result "while it grows, the same bytes" $?

# a tuple of the sample, asked for in all three ways
ask "$dir/a" sample "from=$((t0 + 120))" "to=$((t0 + 180))" seed=1d \
    "item=$((t0 + 120)),2,6"
equal "sample: records" "$(json '[.[] | select(.kind == "records")] | length')" 1
uid=$(json '.[0].records[0].uid')
grep -q "$uid" "$dir/a/conn.log"
result "a sampled record is in the log" $?
whole=$(jq -cS 'select(.kind == "records") |
    .records[0] | .uid = "" | .service = "" | .history = ""' "$dir/json")
ask "$dir/a" sample "from=$((t0 + 120))" "to=$((t0 + 180))" seed=1d \
    parts=128 "item=$((t0 + 120)),2,6"
brief=$(jq -cS 'select(.kind == "records") | .records[0]' "$dir/json")
equal "brief records lack names" "$brief" "$whole"
ask "$dir/a" symbols $window "item=$((t0 + 120)),0,0,3" \
    "item=$((t0 + 120)),1,60,200"
equal "symbols: frames" "$(json 'map([.kind, .from, .to] | join(" ")) |
    .[0:2] | join(", ")')" "symbols 0 3, symbols 60 200"
sum=$(json '.[1].symbols[0][1]')
equal "more symbols go on from those of the digest" "$sum" \
    "$(jq -rs '.[0].states[60][1]' "$dir/want")"
count=$(json '[.[1].symbols[4:][] | select(.[0] == 1) | .[1]][0]')
if [ "$count" != null ]; then
	ask "$dir/a" resolve $window "item=$((t0 + 120)),1,$count"
	equal "resolve of a state element" \
	    "$(json '[.[].records? // [] | length] | add')" 1
fi

# answers that are none
ask "$dir/a" digest "from=$((t0 + 86400))" "to=$((t0 + 86460))"
equal "a time to come" "$(json '.[-1].code')" not-yet
ask "$dir/a" digest "from=$((t0 - 86400))" "to=$((t0 - 86340))"
equal "a time before" "$(json '.[-1].code')" no-such-time
head -c 20000 "$dir/gz/conn.log.gz" >"$dir/other/conn.log.gz"
ask "$dir/other" digest $window
equal "a .gz that is being written" "$(json '.[-1].code')" compressing
echo hello >"$dir/other/conn.log"
rm "$dir/other/conn.log.gz"
ask "$dir/other" digest $window
equal "no conn.log" "$(json '.[-1].code')" unreadable

# As root nothing is unreadable, but without its capabilities.
chmod 000 "$dir/other/conn.log"
drop=
[ "$(id -u)" != 0 ] ||
    drop='setpriv --bounding-set=-dac_override,-dac_read_search'
if $drop true 2>/dev/null; then
	# shellcheck disable=SC2086
	"$client" request digest $window |
	    $drop "$sensor" serve --logs "$dir/other" |
	    "$client" replies >"$dir/json"
	equal "a log without permission" "$(json '.[-1] | [.code,
	    (.text | test("conn.log.*[Pp]ermission denied") | tostring)] |
	    join(" ")')" 'unreadable true'
else
	echo "SKIP: root that keeps its capabilities: a log without permission"
fi
chmod 600 "$dir/other/conn.log"

# nothing outside is read: a link to a log elsewhere, a link in the path
mkdir -p "$dir/links/2025-11-24"
ln -s "$dir/a/conn.log" "$dir/links/conn.log"
ask "$dir/links" digest $window
equal "a link to the outside" "$(json '.[-1].code')" unreadable
! grep -q "$(tail -n 2 "$dir/a/conn.log" | head -n 1 | cut -f 2)" "$dir/answer"
result "nothing of the outside is in the answer" $?
rm "$dir/links/conn.log"
ln -s "$dir/a" "$dir/links/current"
ask "$dir/links" digest $window
equal "a folder that is a link to the outside" "$(json '.[-1].code')" unreadable
"$client" request digest $window | "$sensor" serve --logs "$dir/links" \
    --logs "$dir/a" | "$client" replies >"$dir/json"
equal "unless it is named, too" "$(json 'map(.kind) | join(" ")')" \
    "bucket bucket bucket end"

ask "$dir/a" hello id=9
equal "hello" "$(json '.[0] | [.kind, .id, .name, .attributes[0]] | join(" ")')" \
    "hello 9 north os=test"
ask "$dir/a" files parts=64
equal "files: lines" "$(json '.[0].lines')" "$(wc -l <"$dir/a/conn.log")"
sum=$(json '.[0].checksum')
ask "$dir/gz" files parts=64
equal "files: the checksum is of the plain bytes" "$(json '.[0].checksum')" "$sum"

# hostile input
printf 'GET / HTTP/1.0\r\n\r\n' | "$sensor" serve --logs "$dir/a" >"$dir/answer"
equal "garbage ends it" $? 2
"$client" replies <"$dir/answer" >"$dir/json"
equal "and is answered" "$(json '.[0].code')" bad-request
printf '\0\0\0\7\203\0\1\1\7\2\2' | "$sensor" serve --logs "$dir/a" |
    "$client" replies >"$dir/json"
equal "version 2" "$(json '.[0] | [.code, .id] | join(" ")')" "bad-version 7"
printf '\0\0\0\7\203\0\1' | "$sensor" serve --logs "$dir/a" >"$dir/answer"
equal "a request that is cut" $? 2
ask "$dir/a" digest from=5 to=5
equal "an empty window" "$(json '.[0].code')" bad-request
{ "$client" request digest from=5 to=5 && "$client" request hello; } |
    "$sensor" serve --logs "$dir/a" | "$client" replies >"$dir/json"
equal "a bad value does not end it" "$(json 'map(.kind) | join(" ")')" \
    "error hello"
# nobody listens: it ends, and with a status
{
	"$client" request digest width=1 parts=15 sample=4096 |
	    "$sensor" serve --logs "$dir/a"
	echo $? >"$dir/status"
} | head -c 1 >/dev/null
equal "the channel closes in mid-answer" "$(cat "$dir/status")" 2
"$sensor" serve --logs "$dir/none" </dev/null >/dev/null 2>&1
equal "no such folder" $? 2
"$sensor" serve --logs "$dir/a" </dev/null
equal "no request" $? 0

# for a person
"$sensor" digest --logs "$dir/a" --from $((t0 + 120)) --to $((t0 + 300)) \
    >"$dir/got"
"$program" digest --from $((t0 + 120)) --to $((t0 + 300)) "$dir/a/conn.log" \
    >"$dir/want"
cmp -s "$dir/got" "$dir/want"
result "crosstap-sensor digest prints what crosstap digest prints" $?
"$sensor" locate --logs "$dir/a" --from $((t0 + 600)) --to $((t0 + 660)) \
    --settle 0 >"$dir/got"
begin=$(cut -f 2 "$dir/got")
[ "${begin:-0}" -gt 0 ] && [ "$(cut -f 1 "$dir/got")" = "$dir/a/conn.log" ]
result "locate: $(cat "$dir/got")" $?

! grep 'is refused' "$dir/said"
result "it makes no system call that it may not" $?

# the manual says what --help says
manual=${srcdir:?}/doc/crosstap-sensor.1
if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "$manual"
	result "the manual is free of warnings" $?
	mandoc -Tascii -Owidth=1000 "$manual" | sed "s/.$(printf '\b')//g" |
	    tr -s ' ' | sed 's/^ //; s/ $//' >"$dir/manual"
	for command in serve digest locate; do
		usage=$("$sensor" $command --help | awk '/^$/ { exit } 1' |
		    tr -s ' \n' '  ' | sed 's/^usage: //; s/ *$//')
		grep -qxF -- "$usage" "$dir/manual"
		result "the manual's SYNOPSIS has '$usage'" $?
	done
else
	echo "SKIP: mandoc is not installed: the manual"
fi

echo "tests/system/sensor.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
