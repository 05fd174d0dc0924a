#!/bin/sh
# crosstapd gives the rows of its store to a real ClickHouse server, for hours of
# simulated minutes with one fault: the tables hold what the store holds, where
# the server is away, and where it or crosstapd is killed with a batch there but
# not acknowledged.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
. "${srcdir:?}/tests/system/clickhouse_server.sh"
. "${srcdir:?}/tests/system/clickhouse_rows.sh"
scene_begin sqlite3 jq curl
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
clickhouse_begin >begin || {
	echo "SKIP: $(cat begin)"
	exit 77
}
echo "with ClickHouse $(clickhouse_query 'SELECT version()')"

"$crosstap" simulate --sensors 2 --duration 5400 --rate 4 --seed 11 \
    --fault worker-frozen:worker=2,from=900,to=1500 -o ext >/dev/null
result "the logs are made" $?
for name in A B; do
	grow ext/$name.conn.log logs/$name
done
echo wrong >password
chmod 600 password
cat >c.yaml <<END
sensors:
  ext1: {address: local, logs: $dir/logs/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/A'}
  ext2: {address: local, logs: $dir/logs/B, command: '$bin/crosstap-sensor serve --logs $dir/logs/B'}
groups:
  outside: {sensors: [ext1, ext2], seed: 7, early: 90s}
daemon: {store: $dir/store.db, control: $dir/control, inventory: no, keep_buckets: 1d}
web: {socket: $dir/page.socket}
feeds:
  history: {kind: clickhouse, url: '$clickhouse_url', user: crosstap, password_file: $dir/password}
END
export CROSSTAP_CONFIG="$dir/c.yaml"

# -- what the tables hold is what the store holds --

in_tables() { # SQL
	clickhouse_query "$1" --database crosstap
}

clickhouse_rows() { # SQL of several queries
	clickhouse_query "$1" --database crosstap --multiquery
}

# -- what is wrong is said --

start 12
"$crosstap" feeds test history >out 2>err
grep -q 'history.*no such database\|Database crosstap doesn\|401.*rong password' err
result "a wrong password is said: $(cat err)" $?
clickhouse_query 'CREATE DATABASE crosstap'
clickhouse_query "$(cat "$srcdir/doc/clickhouse/tables.sql")" \
    --database crosstap --multiquery
result "the tables are made by doc/clickhouse/tables.sql" $?
go 13
"$crosstap" status | grep -q 'history .*FAILS since .*401.*rong password'
result "it is seen in the status: $("$crosstap" status | grep history)" $?
grep -q sesame log && result "the log has no password" 1
echo sesame >password
kill -HUP "$daemon"
soon grep -q reloaded log
"$crosstap" feeds test history >out 2>err
grep -q 'test was delivered: ClickHouse .*, with all 6 tables in crosstap' out
result "a test says what is there: $(cat out err)" $?
clickhouse_query 'RENAME TABLE finding TO gone' --database crosstap
"$crosstap" feeds test history >out 2>err
grep -q 'no column finding\.store in the database crosstap; wanted' err
result "a table that is missing is said: $(cat out err)" $?
clickhouse_query 'RENAME TABLE gone TO finding' --database crosstap

# -- from day to day --

go 37
compare_rows "after half an hour"
[ "$(in_tables 'SELECT count() FROM comparison WHERE reading = '"'early'")" != 0 ]
result "the newest bucket is there as it was read early" $?
"$crosstap" incidents ack 1 "it's \\N \"so\"" >out 2>err
result "an incident is acknowledged: $(cat out err)" $?
go 38
[ "$(in_tables "SELECT comment FROM incident FINAL WHERE ack_by != ''")" = \
    "it\\'s \\\\N \"so\"" ]
result "what a person said of it is there" $?

clickhouse_stop TERM
go 58
[ "$(feed 'waiting_since | floor')" -le $((t0 + 58 * 60 - 1100)) ] &&
    [ "$(feed waiting)" -ge 20 ]
result "a server that is away is seen by what waits: $(
	"$crosstap" feeds list
)" $?
clickhouse_start
result "the server starts again" $?
go 63
compare_rows "after twenty minutes without the server"
[ "$(feed waiting_since)" = null ] && [ "$(feed waiting)" = 0 ]
result "it has caught up: $("$crosstap" feeds list)" $?

# -- killed when a batch is there and not acknowledged --

# The rows of a block are there, and can be read, while a view takes its time.
slowly() {
	clickhouse_query "CREATE MATERIALIZED VIEW slow ENGINE = Memory AS
	    SELECT sleep(3) AS x FROM bucket" --database crosstap
	rows=$(in_tables 'SELECT max(version) FROM bucket')
	minute=$((minute + 1))
	write_until $minute
	"$crosstap" status --clock $((t0 + minute * 60)) >status 2>err &
	soon newer
	result "rows are there" $?
}

newer() {
	[ "$(in_tables 'SELECT max(version) FROM bucket')" -gt "$rows" ]
}

quickly() {
	clickhouse_query 'DROP TABLE slow' --database crosstap
}

slowly
stop KILL
lines=$(sqlite3 -readonly store.db 'SELECT count(*) FROM journal')
[ "$lines" -gt 0 ]
result "they are not acknowledged: $lines lines of the journal" $?
quickly
start $minute
go $((minute + 1))
compare_rows "after a kill of crosstapd"

slowly
clickhouse_stop KILL
clickhouse_start
result "the server starts after a kill" $?
quickly
go $((minute + 3))
compare_rows "after a kill of the server"
[ "$(feed given_up)" = 0 ]
result "nothing was given up" $?

# -- a second one, and what the manual asks --

clickhouse_query 'CREATE DATABASE second'
clickhouse_query "$(cat "$srcdir/doc/clickhouse/tables.sql")" \
    --database second --multiquery
sed -i 's/^  history: .*/&\n  second: {kind: clickhouse, url: '"'$(
	printf %s "$clickhouse_url" | sed 's|/|\\/|g'
)'"', database: second, batch: 100}/' c.yaml
kill -HUP "$daemon"
go $((minute + 2))
clickhouse_rows "$in_clickhouse" | sort >want
clickhouse_query "$in_clickhouse" --database second --multiquery | sort >got
cmp -s want got
result "a feed that is new gets all that there is: $(diff want got | head -3)" $?

awk '/^## / { here = $0 ~ /^## Keeping/ } !here { next }
    /^    SELECT/ { on = 1 } /^$/ { if (on) print "---"; on = 0 } on' \
    "$srcdir/doc/clickhouse.md" >queries
n=0 ask=
while read -r line; do
	[ "$line" = --- ] || {
		ask="$ask $line"
		continue
	}
	n=$((n + 1))
	clickhouse_query "$ask" --database crosstap >out 2>err </dev/null &&
	    [ -s out ]
	result "query $n of doc/clickhouse.md answers: $ask: $(cat err)" $?
	ask=
done <queries
[ $n = 4 ]
result "doc/clickhouse.md has queries: $n" $?

# -- the page, of what the store has no more --

knows() { # pattern
	curl -s --unix-socket page.socket \
	    "http://localhost/group/outside?view=hour&to=$((t0 + 3600))" \
	    >page && grep -q "$1" page
}
knows 'least agreement'
result "the page has the hour of the fault" $?
sed -n 's/.*<p class="words">\(least[^<]*\).*/\1/p' page >words.kept
minute=$((minute + 3 * 1440))
# Nothing is too old by the clock alone: the logs have got there, too.
"$crosstap" simulate --sensors 2 --rate 20 --duration 900 --seed 9 \
    --start $((t0 + minute * 60 - 900)) -o later >out 2>err
for name in A B; do
	cat later/$name.conn.log >>"logs/$name/current/conn.log"
done
"$crosstap" status --clock $((t0 + minute * 60)) >status 2>err
given
"$crosstap" status --clock $((t0 + minute * 60 + 120)) >status 2>err
[ "$(sqlite3 -readonly store.db "SELECT count(*) FROM bucket
    WHERE start_us < ($t0 + 5400) * 1000000")" = 0 ]
result "its buckets are pruned here" $?
soon knows '<p class="words">least agreement'
sed -n 's/.*<p class="words">\(least[^<]*\).*/\1/p' page >words.back
[ -s words.back ] && cmp -s words.kept words.back
result "the page has it from ClickHouse, the same: $(cat words.kept words.back)" $?
clickhouse_stop TERM
"$crosstap" status --clock $((t0 + minute * 60 + 240)) >status 2>err
soon knows 'not known here</strong> (Failed to connect'
result "without the server it says that it does not know" $?
grep -q 'class="l-equal" x=' page
result "and draws nothing as equal" $((! $?))
stop TERM
scene_end
