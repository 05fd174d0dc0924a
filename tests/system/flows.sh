#!/bin/sh
# crosstap flows: the filters count what awk counts in all of the flows, each
# form is read back by somebody else, and the flows of an incident are those of
# its time and sensor.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq python3

# Three sensors, of which B loses packets and C a worker.
"$crosstap" simulate --sensors 3 --rate 20 --duration 780 --seed 3 \
    --fault packet-loss:sensor=B,from=240,to=540,rate=0.02 \
    --fault worker-frozen:sensor=C,worker=2,from=240,to=540 \
    -o "$dir/demo" >/dev/null
result "the logs are made" $?
A=$dir/demo/A.conn.log B=$dir/demo/B.conn.log C=$dir/demo/C.conn.log
all() {
	"$crosstap" flows "$@" "$A" "$B" "$C" 2>"$dir/err"
}

all >"$dir/all"
result "three sensors that differ: status $?, wanted 1" $(($? != 1))
said=$(sed -n 's/^crosstap: \([0-9]*\) flows written, 0 filtered out$/\1/p' \
    "$dir/err")
[ "$said" = "$(grep -vc '^#' "$dir/all")" ]
result "stderr says how many were written: $(cat "$dir/err")" $?
grep -q '^crosstap: .* misses .*times are UTC' "$dir/err"
result "stderr says what was found" $?
"$crosstap" diff --format json "$A" "$B" "$C" >"$dir/diff"
jq '[.pairs[] | .only_a + .only_b + .damaged + .split] | add' "$dir/diff" \
    >"$dir/want"
[ "$(cat "$dir/want")" = "$said" ]
result "as many as diff counts: $said, wanted $(cat "$dir/want")" $?

# Each filter against awk: columns by name.
count() { # condition of awk
	awk -F'\t' '
		$1 == "#fields" { for (i = 2; i <= NF; i++) c[$i] = i - 1 }
		/^#/ { next }
		{
			orig = $c["id.orig_h"]; resp = $c["id.resp_h"]
			op = $c["id.orig_p"]; rp = $c["id.resp_p"]
			proto = $c["proto"]; verdict = $c["verdict"]
			a = $c["sensor_a"]; b = $c["sensor_b"]
			sa = "," $c["service_a"] ","; sb = "," $c["service_b"] ","
		}
		'"$1"' { n++ }
		END { print n + 0 }' "$dir/all"
}
host=$(awk -F'\t' '!/^#/ && $7 == "tcp" { print $5; exit }' "$dir/all")
filter() { # condition of awk, options
	want=$(count "$1")
	shift
	for form in tsv json csv; do
		all --format $form "$@" >"$dir/out.$form"
	done
	said=$(sed -n 's/^crosstap: \([0-9]*\) flows* written.*/\1/p' "$dir/err")
	out=$(sed -n 's/.* written, \([0-9]*\) filtered out.*/\1/p' "$dir/err")
	got=$(grep -vc '^#' "$dir/out.tsv") json=$(jq -s length "$dir/out.json")
	csv=$(python3 -c 'import csv, sys; print(len(list(csv.DictReader(sys.stdin))))' \
	    <"$dir/out.csv")
	[ "$want" -gt 0 ] && [ "$got $json $csv $said" = "$want $want $want $want" ]
	result "$*: $got, $json as json, $csv as csv; said $said, wanted $want" $?
	[ $((said + out)) = "$(count 1)" ]
	result "$*: what is not written is filtered out: $out" $?
}
filter "orig == \"$host\" || resp == \"$host\"" --host "$host"
filter 'orig ~ /^10\.1[0-9]\./ || resp ~ /^10\.1[0-9]\./' \
    --net 10.10.0.0/15 --net 10.12.0.0/14 --net 10.16.0.0/14
filter 'proto != "icmp" && (op == 443 || rp == 443 || rp == 53 || op == 53)' \
    --port 443 --port 53
filter 'proto == "udp"' --proto udp
filter 'proto == "icmp"' --proto icmp
filter 'sa ~ /,dns,/ || sb ~ /,dns,/' --service dns
filter 'verdict == "damaged"' --damaged
filter '(verdict == "only_a" && a == "A") || (verdict == "only_b" && b == "A")' \
    --only-on A
filter 'proto == "tcp" && verdict == "only_a" && a == "A" && (rp == 443 || op == 443)' \
    --only-on A --proto tcp --port 443
all --limit 7 >"$dir/out"
[ "$(grep -vc '^#' "$dir/out")" = 7 ] && grep -q 'beyond --limit' "$dir/err"
result "--limit writes so many, and says how many more: $(cat "$dir/err")" $?

# What is written is what the logs have.
all --format json --only-on A |
    jq -r 'select(.sensor_a == "A") |
	[.uid_a, .["id.orig_h"], .["id.orig_p"], .["id.resp_h"],
	    .["id.resp_p"], .proto] | join(" ")' | sort -u >"$dir/got"
awk -F'\t' '!/^#/ { print $2, $3, $4, $5, $6, $7 }' "$A" | sort >"$dir/has"
[ -s "$dir/got" ] && [ -z "$(comm -23 "$dir/got" "$dir/has")" ]
result "the flows that only A has are lines of its log" $?
awk -F'\t' '!/^#/ { print $3, $4, $5, $6, $7 }' "$B" | sort -u >"$dir/peer"
all --format json --only-on A | jq -r 'select(.sensor_b == "B") |
	[.["id.orig_h"], .["id.orig_p"], .["id.resp_h"], .["id.resp_p"],
	    .proto] | join(" ")' | sort -u >"$dir/lacks"
both=$(comm -12 "$dir/lacks" "$dir/peer" | wc -l)
[ -s "$dir/lacks" ] && [ $((both * 10)) -le "$(wc -l <"$dir/lacks")" ]
result "and the log of B lacks them, but for $both tuples that it has, too" $?

# The three forms say the same; the Zeek log is read by crosstap, too.
all >"$dir/all.tsv"
all --format json >"$dir/all.json"
all --format csv >"$dir/all.csv"
cat >"$dir/same.py" <<'END'
import csv, json, re, sys

def zeek(path):
    separator, fields, types, rows = None, None, None, []
    for line in open(path, encoding='ascii', newline='\n'):
        line = line.rstrip('\n')
        if line.startswith('#separator '):
            separator = line.split(' ')[1].encode().decode('unicode_escape')
        elif line.startswith('#fields'):
            fields = line.split(separator)[1:]
        elif line.startswith('#types'):
            types = line.split(separator)[1:]
        elif not line.startswith('#'):
            values = line.split(separator)
            assert len(values) == len(fields) == len(types)
            rows.append({f: re.sub(r'\\x(..)',
                                   lambda m: chr(int(m[1], 16)), v)
                         for f, v in zip(fields, values) if v != '-'})
    return rows, dict(zip(fields, types))

rows, types = zeek(sys.argv[1])
as_json = [json.loads(line, parse_float=str, parse_int=str)
           for line in open(sys.argv[2])]
as_csv = [{k: v for k, v in row.items() if v != ''}
          for row in csv.DictReader(open(sys.argv[3], newline=''))]
assert rows == as_json, 'tsv and json differ'
assert rows == as_csv, 'tsv and csv differ'
for row in rows:
    for name, value in row.items():
        if types[name] in ('time', 'interval'):
            float(value)
        elif types[name] in ('count', 'port'):
            int(value)
assert {'time', 'string', 'addr', 'port', 'enum', 'interval', 'count'} == \
    set(types.values())
print(len(rows))
END
python3 "$dir/same.py" "$dir/all.tsv" "$dir/all.json" "$dir/all.csv" \
    >"$dir/out" 2>&1
result "the forms say the same, by their types: $(tail -1 "$dir/out")" $?
all --only-on A | sed 's/^#path.*/#path	conn/' >"$dir/only.log"
for side in a; do
	set --
	for field in uid duration orig_bytes resp_bytes orig_pkts resp_pkts \
	    orig_ip_bytes resp_ip_bytes conn_state history; do
		set -- "$@" --field $field=${field}_$side
	done
done
"$crosstap" digest --format json "$@" "$dir/only.log" >"$dir/digest" 2>"$dir/err"
[ "$(jq -s 'map(.. | objects | .flows? // empty | numbers) | max' \
    "$dir/digest" 2>/dev/null)" -gt 100 ] && [ ! -s "$dir/err" ]
result "crosstap reads what it wrote: $(head -c 300 "$dir/digest" "$dir/err")" $?

# Trouble.
"$crosstap" flows "$A" - <"$B" >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && grep -q 'read only once' "$dir/err"
result "what can be read only once is refused: $(cat "$dir/err")" $?
all --only-on D >"$dir/out"
[ $? = 2 ] && grep -q "no operand is called 'D'" "$dir/err"
result "--only-on of nobody is refused: $(cat "$dir/err")" $?
"$crosstap" flows >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && grep -q 'or --incident N' "$dir/err"
result "no operands are refused: $(cat "$dir/err")" $?
if [ -w /dev/full ]; then
	all >/dev/full
	[ $? = 2 ] && grep -q 'standard output' "$dir/err"
	result "a full disk is said: $(cat "$dir/err")" $?
fi
awk -F'\t' '/^#/ || $1 > 1764000400' "$B" >"$dir/short.log"
"$crosstap" flows "$A" B="$dir/short.log" >"$dir/out" 2>"$dir/err"
grep -q 'buckets were not fully compared; which flows differ there is not known' \
    "$dir/err" && grep -q 'B: the log begins later' "$dir/err"
result "what was not compared is said: $(cat "$dir/err")" $?
"$crosstap" simulate --sensors 2 --seed 5 --duration 400 -o "$dir/healthy" \
    >/dev/null
"$crosstap" flows --settle 0 --to 1764000300 "$dir/healthy/A.conn.log" \
    "$dir/healthy/B.conn.log" >"$dir/out" 2>"$dir/err"
status=$?
"$crosstap" diff --settle 0 --to 1764000300 "$dir/healthy/A.conn.log" \
    "$dir/healthy/B.conn.log" >/dev/null
result "the status is that of diff: $status" $(($? != status))

# An archive, and sensors that are asked, say what the plain logs say.
mkdir -p "$dir/arc/A/2025-11-24" "$dir/arc/B/2025-11-24"
gzip -c "$A" >"$dir/arc/A/2025-11-24/conn.16:00:00-16:20:00.log.gz"
gzip -c "$B" >"$dir/arc/B/2025-11-24/conn.16:00:00-16:20:00.log.gz"
uids() {
	jq -r '[.verdict, .uid_a, .uid_b] | join(" ")' | sort
}
"$crosstap" flows --format json "$A" "$B" 2>/dev/null | uids >"$dir/want"
"$crosstap" flows --format json A="$dir/arc/A" B="$dir/arc/B" 2>/dev/null |
    uids >"$dir/got"
[ -s "$dir/want" ] && cmp -s "$dir/want" "$dir/got"
result "an archive has the same flows" $?

scene_kept
result "crosstapd made a store: $(tail -3 log)" $?
"$crosstap" flows --incident 1 --format json >"$dir/kept" 2>"$dir/err"
[ $? = 1 ] && jq -se 'length > 100 and all(
	.sensor_a == "ext1" and .uid_a != null)' "$dir/kept" >/dev/null
result "the store has the flows of the incident: $(cat "$dir/err")" $?
"$crosstap" flows --incident 1 --format json outside >"$dir/asked" 2>"$dir/err"
[ $? = 1 ] && grep -q worker-frozen "$dir/err" && jq -se 'length > 500 and all(
	.ts + (.duration_a // 0) >= '$((t0 + 1500))' and
	.ts < '$((t0 + 2100))')' "$dir/asked" >/dev/null
result "with operands it is its time, and all: $(cat "$dir/err")" $?
jq -c 'select(.verdict == "only_a")' "$dir/kept" | uids >"$dir/got"
uids <"$dir/asked" >"$dir/want"
[ -s "$dir/got" ] && [ -z "$(comm -23 "$dir/got" "$dir/want" | head -3)" ]
result "the flows that are kept are among them" $?
"$crosstap" flows --from $((t0 + 1500)) --to $((t0 + 1800)) \
    --format json ext1="$dir/logs/A" ext2="$dir/logs/B" 2>"$dir/err" |
    uids >"$dir/got"
"$crosstap" flows --from $((t0 + 1500)) --to $((t0 + 1800)) --format json \
    outside 2>/dev/null | uids >"$dir/want"
[ -s "$dir/got" ] && cmp -s "$dir/got" "$dir/want"
result "sensors that are asked send what their logs have: $(cat "$dir/err")" $?
"$crosstap" flows --incident 1 "$A" "$B" 2>"$dir/err" >"$dir/out"
grep -q "no operand is called 'ext2'" "$dir/err"
result "operands of other names are said to be: $(cat "$dir/err")" $?
"$crosstap" flows --incident 1 --proto udp --limit 5 >"$dir/out" 2>"$dir/err"
[ "$(grep -vc '^#' "$dir/out")" = 5 ] &&
    [ "$(awk -F'\t' '!/^#/ && $7 != "udp"' "$dir/out" | wc -l)" = 0 ]
result "kept flows are filtered, too: $(cat "$dir/err")" $?
"$crosstap" flows --incident 99 >"$dir/out" 2>"$dir/err"
[ $? = 2 ] && grep -q 'incident 99' "$dir/err"
result "an incident that is none is refused: $(cat "$dir/err")" $?
scene_end
