#!/bin/sh
# crosstapd gives the rows of its store to a ClickHouse of today, chdb behind
# tests/system/chdb.mjs, which is killed and starts again in the meantime: the
# tables hold what the store holds. CHDB is the folder whose node_modules has
# chdb.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
modules=${CHDB:-$(dirname "${CROSSTAP:?}")/tests/chdb}
[ -d "$modules/node_modules/chdb" ] || {
	echo "SKIP: chdb is not in $modules: npm install --prefix $modules chdb"
	exit 77
}
scene_begin curl jq node sqlite3
. "$srcdir/tests/system/clickhouse_rows.sh"
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
cp "$srcdir/tests/system/chdb.mjs" .

engine_start() { # port, or nothing: any
	rm -f port
	node chdb.mjs "$modules" "$dir/data" port "$@" >>engine.log 2>&1 &
	engine=$!
	soon test -s port
}
ask() { # SQL
	curl -sS --fail-with-body \
	    "http://127.0.0.1:$(cat port)/?database=crosstap" --data-binary "$1"
}
clickhouse_rows() { # SQL of several queries
	printf %s "$1" | tr '\n' ' ' | sed 's/; */;\n/g' >queries
	while IFS=';' read -r query _; do
		[ -z "$query" ] || ask "$query FORMAT TabSeparated"
	done <queries
}

engine_start || {
	echo "chdb does not start: $(tail -3 engine.log)"
	exit 1
}
curl -sS "http://127.0.0.1:$(cat port)/" \
    --data-binary 'CREATE DATABASE crosstap'
sed 's/ *--.*//' "$srcdir/doc/clickhouse/tables.sql" | tr '\n' ' ' |
    sed 's/; */;\n/g' >tables
while IFS=';' read -r query _; do
	[ -z "$query" ] || ask "$query"
	result "it is made: $query" $?
done <tables

"$crosstap" simulate --sensors 2 --duration 4200 --rate 4 --seed 12 \
    --fault worker-frozen:worker=2,from=900,to=1500 -o ext >/dev/null
result "the logs are made" $?
for name in A B; do
	grow ext/$name.conn.log logs/$name
done
cat >c.yaml <<END
sensors:
  ext1: {address: local, logs: $dir/logs/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/A'}
  ext2: {address: local, logs: $dir/logs/B, command: '$bin/crosstap-sensor serve --logs $dir/logs/B'}
groups:
  outside: {sensors: [ext1, ext2], seed: 7, early: 90s}
daemon: {store: $dir/store.db, control: $dir/control, inventory: no}
feeds:
  history: {kind: clickhouse, url: 'http://127.0.0.1:$(cat port)'}
END
export CROSSTAP_CONFIG="$dir/c.yaml"

start 12
"$crosstap" feeds test history >out 2>err
grep -q 'test was delivered: ClickHouse 2[0-9]\..*, with all 6 tables' out &&
    ! grep -q 'no insert_deduplication_token' out
result "a test says what is there: $(cat out err)" $?
go 37
compare_rows "after half an hour"
port=$(cat port)
kill -9 $engine
wait $engine 2>/dev/null
go 47
[ "$(feed waiting)" -ge 10 ]
result "an engine that is killed is waited for: $("$crosstap" feeds list)" $?
engine_start "$port"
result "it starts again: $(tail -1 engine.log)" $?
go 55
compare_rows "after the kill"
[ "$(feed given_up)" = 0 ] && [ "$(feed waiting)" = 0 ]
result "nothing was given up, and nothing waits: $("$crosstap" feeds list)" $?
stop TERM
scene_end
