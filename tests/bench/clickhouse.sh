#!/bin/sh
# What a push-down costs against an anti-join in the same engine, as ratios:
# processor time of the engine, and bytes that leave it. The engine is chdb, a
# ClickHouse of today; two tables of ROWS flows in an hour and two minutes are
# made in it, of which each lacks one in LACKS; the hour is compared. CHDB is the
# folder whose node_modules has it.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "$srcdir/tests/system/scene.sh"
rows=${ROWS:-20000000} lacks=${LACKS:-10000}
modules=${CHDB:-$(dirname "${CROSSTAP:?}")/tests/chdb}
[ -d "$modules/node_modules/chdb" ] || {
	echo "SKIP: chdb is not in $modules: npm install --prefix $modules chdb"
	exit 77
}
scene_begin curl jq node
cp "$srcdir/tests/system/chdb.mjs" .
node chdb.mjs "$modules" data port >engine.log 2>&1 &
engine=$!
soon test -s port || { cat engine.log; exit 1; }
port=$(cat port)
ask() {
	curl -sS --fail-with-body "http://127.0.0.1:$port/" --data-binary "$1" ||
	    exit 1
}
# Processor time of the engine, in hundredths of a second: what it says does not
# depend on what else the machine does.
worked() {
	awk '{ print $14 + $15 }' /proc/$engine/stat
}
timed() { # the engine's time is in $ticks
	begun=$(worked)
	"$@" >out 2>err || [ $? -eq 1 ] || { cat out err; exit 1; }
	ticks=$(($(worked) - begun))
}
ratio() { # what, a, b
	awk -v what="$1" -v a="$2" -v b="$3" \
	    'BEGIN { printf "%-48s %10.3f\n", what, a / b }'
}

t0=1764000000
stop="toInt64(${t0}000000 - 60000000 + number * 3720000000 / $rows)"
inside="end >= toDateTime($t0) AND end < toDateTime($((t0 + 3600)))"
for side in A B; do
	ask "CREATE TABLE default.$side (ts DateTime64(6, 'UTC'), uid String,
	    id_orig_h IPv6, id_orig_p UInt16, id_resp_h IPv6, id_resp_p UInt16,
	    proto LowCardinality(String), service LowCardinality(String),
	    duration Float64, orig_bytes UInt64, resp_bytes UInt64,
	    conn_state LowCardinality(String), local_orig Bool,
	    local_resp Bool, missed_bytes UInt64, history String,
	    orig_pkts UInt64, orig_ip_bytes UInt64, resp_pkts UInt64,
	    resp_ip_bytes UInt64, vlan UInt16, peer LowCardinality(String),
	    end DateTime64(6, 'UTC'))
	    ENGINE = MergeTree PARTITION BY toDate(end) ORDER BY end"
	ask "INSERT INTO default.$side WITH cityHash64(number) AS h,
	    cityHash64(number, 1) AS g,
	    $stop AS stop,
	    exp2(h % 24) / 1e6 AS took
	    SELECT fromUnixTimestamp64Micro(stop - toInt64(took * 1e6), 'UTC'),
	    base58Encode(reinterpretAsString(cityHash64('$side', number))),
	    toIPv6(concat('10.1.', toString(h % 256), '.', toString(g % 250))),
	    toUInt16(1024 + g % 64000),
	    toIPv6(IPv4NumToString(toUInt32(h))), toUInt16(g % 3 ? 443 : 53),
	    g % 3 ? 'tcp' : 'udp', g % 3 ? 'ssl' : 'dns', took, h % 5000,
	    g % 90000, 'SF', true, false, 0, g % 3 ? 'ShADadFf' : 'Dd',
	    2 + h % 20, 100 + h % 9000, 1 + g % 90, 90 + g % 90000, 0,
	    concat('worker-', toString(h % 16)),
	    fromUnixTimestamp64Micro(stop, 'UTC')
	    FROM numbers($rows)
	    WHERE cityHash64('lacks $side', number) % $lacks != 0"
done
stored=$(ask "SELECT sum(data_compressed_bytes) / sum(rows) FROM system.parts
    WHERE active AND table IN ('A', 'B') FORMAT TSV")
lone=$(ask "SELECT sum(cityHash64('lacks A', number) % $lacks = 0),
    sum(cityHash64('lacks B', number) % $lacks = 0)
    FROM numbers($rows) WHERE $stop >= ${t0}000000 AND
    $stop < ${t0}000000 + 3600000000 FORMAT TSV")

# What it takes to name the flows that one side lacks, in SQL.
tuple='id_orig_h, id_orig_p, id_resp_h, id_resp_p, proto'
anti() {
	for sides in 'A B' 'B A'; do
		ask "SELECT count() FROM default.${sides% *}
		    WHERE $inside AND sipHash64($tuple) NOT IN
		    (SELECT sipHash64($tuple) FROM default.${sides#* }
		    WHERE $inside) FORMAT TSV"
	done
}
join() {
	for sides in 'A B' 'B A'; do
		ask "SELECT $tuple
		    FROM (SELECT $tuple FROM default.${sides% *}
		    WHERE $inside) AS l LEFT ANTI JOIN
		    (SELECT $tuple FROM default.${sides#* }
		    WHERE $inside) AS r USING ($tuple) FORMAT TSV"
	done
}
compare() { # auto|always|never
	table="clickhouse://127.0.0.1:$port/default"
	"$crosstap" diff --push-down "$1" --format json --no-progress -v \
	    --from $t0 --to $((t0 + 3600)) "A=$table.A?column.end=end" \
	    "B=$table.B?column.end=end"
}
moved() { # of what was compared last
	awk '/bytes of answers/ { n += $3 } END { print n }' err
}

timed anti
anti_s=$ticks
[ "$(paste -s out)" = "$(printf '%s' "$lone" | awk '{ print $2 "\t" $1 }')" ] ||
    echo "NOT IN counts $(paste -s out); $lone are lacking"
timed join
join_s=$ticks
join_bytes=$(wc -c <out)
echo "LEFT ANTI JOIN finds $(wc -l <out)"
timed compare always
push_s=$ticks push_bytes=$(moved)
grep -o '[0-9]* of [0-9]* shards.*' err
[ "$(jq -r '.pairs[0] | "\(.only_b)\t\(.only_a)"' out)" = "$lone" ] ||
    echo "the push-down finds $(jq -c '.pairs[0]' out); $lone are lacking"
timed compare never
read_s=$ticks read_bytes=$(moved)

echo "$rows flows a side, $(echo "$lone" | tr '\t' +) lacking;" \
    "$stored bytes a flow on disk"
echo "hundredths of a second: NOT IN $anti_s, LEFT ANTI JOIN $join_s," \
    "push-down $push_s, reading $read_s"
echo "bytes: LEFT ANTI JOIN $join_bytes, push-down $push_bytes," \
    "reading $read_bytes"
ratio 'time of a push-down : NOT IN on the hash' "$push_s" "$anti_s"
ratio 'time of a push-down : LEFT ANTI JOIN' "$push_s" "$join_s"
ratio 'time of a push-down : reading all flows' "$push_s" "$read_s"
ratio 'bytes of a push-down : reading all flows' "$push_bytes" "$read_bytes"
ratio 'bytes of a push-down a flow of one side' "$push_bytes" "$rows"
