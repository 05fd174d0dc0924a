#!/bin/sh
# A ClickHouse of today, chdb behind tests/system/chdb.mjs: with the types that
# sites use now, its tables too say what the logs in them say, read or counted
# there. CHDB is the folder whose node_modules has chdb.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
modules=${CHDB:-$(dirname "${CROSSTAP:?}")/tests/chdb}
[ -d "$modules/node_modules/chdb" ] || {
	echo "SKIP: chdb is not in $modules: npm install --prefix $modules chdb"
	exit 77
}
scene_begin curl jq node
. "$srcdir/tests/system/clickhouse_load.sh"
unset http_proxy all_proxy
cp "$srcdir/tests/system/chdb.mjs" .
node chdb.mjs "$modules" "$dir/data" port >engine.log 2>&1 &
soon test -s port || {
	echo "chdb does not start: $(tail -3 engine.log)"
	exit 1
}
port=$(cat port)
ask() {
	curl -sS --fail-with-body "http://127.0.0.1:$port/" --data-binary "$1"
}

"$crosstap" simulate -o logs --rate 25 --duration 600 --seed 8 \
    --fault blind-spot:facet=ip_version:6,from=240,to=420 2>simulate.err
result "logs are simulated: $(cat simulate.err)" $?
ask "CREATE TABLE default.conn (sensor LowCardinality(String),
    ts DateTime64(6, 'UTC'), uid String, id_orig_h IPv6, id_orig_p UInt16,
    id_resp_h IPv6, id_resp_p UInt16, proto LowCardinality(String),
    service LowCardinality(Nullable(String)), duration Nullable(Float64),
    orig_bytes Nullable(UInt64), resp_bytes Nullable(UInt64),
    conn_state LowCardinality(String), local_orig Nullable(Bool),
    local_resp Nullable(Bool), missed_bytes UInt64, history String,
    orig_pkts Nullable(UInt64), orig_ip_bytes Nullable(UInt64),
    resp_pkts Nullable(UInt64), resp_ip_bytes Nullable(UInt64),
    peer LowCardinality(String), stop DateTime64(6, 'UTC'))
    ENGINE = MergeTree PARTITION BY toDate(stop) ORDER BY (sensor, stop)"
for s in A B; do
	clickhouse_sorted logs/$s.conn.log >$s.log
	clickhouse_lines $s $s.log >$s.tsv
	ask "INSERT INTO default.conn SELECT sensor,
	    fromUnixTimestamp64Micro(toInt64(ts * 1000000), 'UTC'),
	    * EXCEPT (sensor, ts), fromUnixTimestamp64Micro(toInt64(
	    ts * 1000000 + round(ifNull(duration, 0) * 1000000)), 'UTC')
	    FROM file('$dir/$s.tsv', 'TSV', 'sensor String,
	    ts Decimal128(6), uid String, id_orig_h IPv6, id_orig_p UInt16,
	    id_resp_h IPv6, id_resp_p UInt16, proto String,
	    service Nullable(String), duration Nullable(Float64),
	    orig_bytes Nullable(UInt64), resp_bytes Nullable(UInt64),
	    conn_state String, local_orig Nullable(UInt8),
	    local_resp Nullable(UInt8), missed_bytes UInt64, history String,
	    $clickhouse_counts')"
done
[ "$(ask 'SELECT count() FROM default.conn FORMAT TSV')" = \
    "$(cat A.log B.log | grep -vc '^#')" ]
result "the table has all flows: $(cat engine.log)" $?

table="clickhouse://127.0.0.1:$port/default.conn?"
window='--from 1764000120 --to 1764000540'
bare() {
	jq -S 'del(.sensors[]["path", "bytes_read", "lines", "outside",
	    "first_end"], .crosstap)' "$1"
}
same() { # what, options and operands: the report is that of the logs
	what=$1
	shift
	# shellcheck disable=SC2086
	"$crosstap" diff --format json --seed 5 --no-progress "$@" $window \
	    >out.json 2>out.err
	status=$?
	bare out.json >out.bare
	cmp -s local.bare out.bare && [ $status -eq 1 ]
	result "$what ($status): $(cat out.err; diff local.bare out.bare |
	    head -20)" $?
}
# shellcheck disable=SC2086
"$crosstap" diff --format json --seed 5 --no-progress A=A.log B=B.log \
    $window >local.json
bare local.json >local.bare
jq -e '.findings[0].rule == "blind-spot"' local.json >/dev/null
result 'the logs have a finding' $?
same 'flows that are read are those of the logs' --push-down never \
    "A=${table}sensor=A" "B=${table}sensor=B"
same 'a server of today that counts by itself comes to the same' \
    --push-down always "A=${table}sensor=A" "B=${table}sensor=B"
same 'so it does where the table keeps when flows ended' --push-down always \
    "A=${table}sensor=A&column.end=stop" "B=${table}sensor=B&column.end=stop"
scene_end
