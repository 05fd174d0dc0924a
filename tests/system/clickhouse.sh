#!/bin/sh
# A real ClickHouse with simulated logs in it: what crosstap says of its tables
# is what it says of the logs, whether their flows are read or counted there,
# and an answer that is not whole is never taken for one.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
command -v clickhouse-server >/dev/null || {
	echo 'SKIP: clickhouse-server is not installed'
	exit 77
}
. "${srcdir:?}/tests/system/scene.sh"
scene_begin curl jq openssl perl
. "${srcdir:?}/tests/system/clickhouse_load.sh"
unset http_proxy all_proxy

# -- a server in a folder of its own --

cat >users.xml <<END
<yandex>
<profiles><default/><reader><readonly>1</readonly></reader></profiles>
<quotas><default/></quotas>
<users>
<default><password>sesame</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></default>
<reader><password></password><networks><ip>127.0.0.1</ip></networks>
<profile>reader</profile><quota>default</quota></reader>
</users>
</yandex>
END
server=
# A cluster of two parts, which are databases of this server.
cluster_part() { # database, port for HTTP
	echo "<shard><replica><host>127.0.0.1</host><port>$(($2 + 1))</port>
	<user>default</user><password>sesame</password>
	<default_database>$1</default_database></replica></shard>"
}
server_start() { # port: for HTTP, and the two after it
	cat >server.xml <<-END
	<yandex>
	<logger><level>warning</level><log>$dir/server.log</log>
	<errorlog>$dir/server.err</errorlog></logger>
	<http_port>$1</http_port><tcp_port>$(($1 + 1))</tcp_port>
	<https_port>$(($1 + 2))</https_port>
	<openSSL><server><certificateFile>$dir/server.pem</certificateFile>
	<privateKeyFile>$dir/server.key</privateKeyFile>
	<verificationMode>none</verificationMode></server></openSSL>
	<listen_host>127.0.0.1</listen_host>
	<path>$dir/data/</path><tmp_path>$dir/tmp/</tmp_path>
	<users_config>users.xml</users_config>
	<default_profile>default</default_profile>
	<default_database>default</default_database>
	<mark_cache_size>67108864</mark_cache_size>
	<remote_servers><two>$(cluster_part one "$1")$(cluster_part two "$1")</two>
	</remote_servers>
	</yandex>
	END
	clickhouse-server --config-file=server.xml >server.out 2>&1 &
	server=$!
}
server_up() {
	kill -0 $server 2>/dev/null || return 2
	[ "$(curl -s "http://127.0.0.1:$port/ping")" = 'Ok.' ]
}
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout server.key \
    -out server.pem 2>openssl.err || {
	cat openssl.err
	exit 1
}
mkdir data tmp
port=$((21000 + $$ % 20000))
for try in 1 2 3 4 5; do
	port=$((port + 3))
	server_start $port
	soon server_up && break
done
server_up || {
	echo "clickhouse-server does not start: $(tail -3 server.err server.out)"
	exit 1
}
clickhouse_ask() { # the question; rows on standard input
	curl -sS -u default:sesame --data-binary @- \
	    "http://127.0.0.1:$port/?query=$(printf %s "$1" | jq -sRr @uri)"
}

# -- logs, and tables of them --

"$crosstap" simulate -o logs --rate 25 --duration 600 --seed 7 \
    --fault worker-frozen:from=240,to=420 2>simulate.err
result "logs are simulated: $(cat simulate.err)" $?
clickhouse_ask 'CREATE DATABASE crosstap' </dev/null
clickhouse_ask "$clickhouse_plain" </dev/null
for s in A B; do
	clickhouse_sorted logs/$s.conn.log >$s.log
	clickhouse_lines $s $s.log |
	    clickhouse_ask 'INSERT INTO crosstap.plain FORMAT TabSeparated'
done
[ "$(clickhouse_ask 'SELECT count() FROM crosstap.plain' </dev/null)" = \
    "$(cat A.log B.log | grep -vc '^#')" ]
result 'the table has all flows' $?

for part in one two; do
	clickhouse_ask "CREATE DATABASE $part" </dev/null
	clickhouse_ask "CREATE TABLE $part.plain AS crosstap.plain
	    ENGINE = MergeTree() ORDER BY ts" </dev/null
done
clickhouse_ask 'INSERT INTO one.plain SELECT * FROM crosstap.plain
    WHERE sipHash64(uid) % 2 = 0' </dev/null
clickhouse_ask 'INSERT INTO two.plain SELECT * FROM crosstap.plain
    WHERE sipHash64(uid) % 2 = 1' </dev/null
clickhouse_ask "CREATE TABLE crosstap.spread AS one.plain
    ENGINE = Distributed(two, '', plain)" </dev/null

(umask 077 && echo sesame >password)
table="clickhouse://default@127.0.0.1:$port/crosstap.plain?password_file=$dir/password"
reader="clickhouse://reader@127.0.0.1:$port/crosstap.plain"
window='--from 1764000120 --to 1764000540'

# A report without what a log is called and what reading it has cost.
bare() {
	jq -S 'del(.sensors[]["path", "bytes_read", "lines", "outside",
	    "first_end"], .crosstap)' "$1"
}
diffs() { # name, options and operands: NAME.json, NAME.err, status
	name=$1
	shift
	# shellcheck disable=SC2086
	"$crosstap" diff --format json --seed 5 --no-progress "$@" \
	    >"$name.json" 2>"$name.err"
	status=$?
}
same() { # what, name: the report is that of the logs
	bare "$2.json" >"$2.bare"
	if [ $status -eq 1 ] && cmp -s local.bare "$2.bare"; then
		result "$1" 0
	else
		result "$1 ($status): $(cat "$2.err"; diff local.bare "$2.bare" |
		    head -20)" 1
	fi
}
# shellcheck disable=SC2086
{
	diffs local A=A.log B=B.log $window
	bare local.json >local.bare
	jq -e '.findings[0].rule == "worker-frozen"' local.json >/dev/null
	result 'the logs have a finding' $?
	diffs read --push-down never "A=$table&sensor=A" "B=$table&sensor=B" \
	    $window
	same 'flows that are read from tables are those of the logs' read
	diffs slices --push-down never "A=$table&sensor=A&slice=500" \
	    "B=$reader?sensor=B&compression=none" $window
	same 'so they are in parts, and by a user who may set nothing' slices
	diffs mixed A=A.log "B=$table&sensor=B" $window
	same 'a log is compared with a table' mixed
	cat >archive.yaml <<END
sensors:
  A: {address: a.example.net, archive: '$table&sensor=A'}
  B: {address: b.example.net, archive: '$reader?sensor=B'}
groups:
  both: {sensors: [A, B]}
END
	diffs archive --config archive.yaml --archive both $window
	same 'archives of sensors are read in their place' archive
	diffs push --push-down always "A=$table&sensor=A" "B=$table&sensor=B" \
	    $window
	same 'servers that count by themselves come to the same' push
	spread="clickhouse://default@127.0.0.1:$port/crosstap.spread?password_file=$dir/password"
	diffs spread --push-down always "A=$spread&sensor=A" \
	    "B=$spread&sensor=B" $window
	same 'so does a cluster of two servers' spread
	diffs where --push-down always "A=$table&where=sensor%3D'A'" \
	    "B=$reader?where=sensor%3D'B'" $window
	same 'a condition says which flows are meant, too' where
	"$crosstap" diff --quiet --no-progress --push-down always \
	    --flows push.tsv "A=$table&sensor=A" "B=$table&sensor=B" \
	    $window >/dev/null 2>&1
	"$crosstap" diff --quiet --no-progress --flows local.tsv A=A.log \
	    B=B.log $window >/dev/null 2>&1
	sort local.tsv | grep -v '^#' >local.flows
	sort push.tsv | grep -v '^#' | diff - local.flows >flows.diff
	result "the flows that differ are found again: $(head -4 flows.diff)" $?
	"$crosstap" digest --seed 5 $window A.log >local.digest
	"$crosstap" digest --seed 5 $window "$table&sensor=A" 2>&1 |
	    cmp -s - local.digest
	result 'a table has the digests of its log' $?
}
[ "$(wc -l <local.flows)" -gt 100 ]
result 'and they are many' $?

# At many flows a second, too, the first second of a window counts.
"$crosstap" simulate -o dense --rate 400 --duration 200 --seed 9 \
    --fault worker-frozen:from=0,to=200 2>simulate.err
for s in A B; do
	clickhouse_sorted dense/$s.conn.log >dense.$s.log
	clickhouse_lines dense$s dense.$s.log |
	    clickhouse_ask 'INSERT INTO crosstap.plain FORMAT TabSeparated'
done
edge='--from 1764000060 --to 1764000120 --settle 20'
counts() {
	jq -c '.pairs[0] | [.paired, .only_a, .only_b, .damaged]' "$1.json"
}
# shellcheck disable=SC2086
{
	diffs dense.local A=dense.A.log B=dense.B.log $edge
	for how in never always; do
		diffs dense.$how --push-down $how "A=$table&sensor=denseA" \
		    "B=$table&sensor=denseB" $edge
		[ "$(counts dense.$how)" = "$(counts dense.local)" ]
		result "a dense table counts like its log, push-down $how: $(
		    counts dense.local; counts dense.$how)" $?
	done
}

# Every command that takes logs says of tables what it says of these.
tls="clickhouses://default@localhost:$((port + 2))/crosstap.plain?password_file=$dir/password"
alike() { # command, and its options
	# shellcheck disable=SC2086
	"$crosstap" "$@" --no-progress $window A=A.log B=B.log \
	    >"$1.logs" 2>"$1.err"
	status=$?
	# shellcheck disable=SC2086
	"$crosstap" "$@" --no-progress $window "A=$table&sensor=A" \
	    "B=$tls&sensor=B&ca_file=$dir/server.pem" >"$1.tables" 2>>"$1.err"
	[ $status = $? ] && [ -s "$1.logs" ]
	status=$?
	# when it was, and what a sample by chance says of the clock
	sed -i '/^#open/d; /^#close/d; s/offset -*[0-9]* us/offset/' \
	    "$1.logs" "$1.tables"
	if [ $status = 0 ] && cmp -s "$1.logs" "$1.tables"; then
		result "$1 of tables is that of logs, also by HTTPS" 0
	else
		result "$1 of tables is that of logs: $(cat "$1.err"
		    diff "$1.logs" "$1.tables" | head -5)" 1
	fi
}
alike coverage
alike coverage --net 10.0.0.0/8 --show gaps --format csv
alike flows --only-on A --limit 50
alike explain
# of a report what names the operands, the moment and the cost is not alike
told() {
	sed 's/offset -*[0-9]* us/offset/g' "$1" |
	    sed -n '/<h2>Finding/,/<h2>Numbers/p'
}
# shellcheck disable=SC2086
{
	"$crosstap" report --no-progress -o report.logs $window A=A.log B=B.log
	"$crosstap" report --no-progress -o report.tables $window \
	    "A=$table&sensor=A" "B=$tls&sensor=B&ca_file=$dir/server.pem"
} 2>report.err
told report.logs >told.logs && grep -q worker-frozen told.logs &&
    told report.tables | diff told.logs - >told.diff
result "a report of tables finds what that of logs finds: $(cat report.err
    head -9 told.diff)" $?

# -- what must not work --

refused() { # what, pattern, operand
	"$crosstap" diff A=A.log "B=$3" --no-progress >refused.out 2>&1
	status=$?
	if [ $status -eq 2 ] && grep -q "$2" refused.out; then
		result "$1" 0
	else
		result "$1 ($status): $(cat refused.out)" 1
	fi
}
(umask 077 && echo wrong >wrong)
cp password open && chmod 644 open
at=127.0.0.1:$port
refused 'a wrong password is told' 'wanted its password in password_file' \
    "clickhouse://default@$at/crosstap.plain?password_file=$dir/wrong"
refused 'a password that others can read is not used' "$dir/open" \
    "clickhouse://default@$at/crosstap.plain?password_file=$dir/open"
refused 'a password is not taken from the command line' 'password_file=' \
    "clickhouse://default:sesame@$at/crosstap.plain"
refused 'a table that is not there is told' "crosstap.none doesn't exist" \
    "clickhouse://reader@$at/crosstap.none"
refused 'a column that is not there is told' 'no column for uid; wanted oops' \
    "$reader?column.uid=oops"
refused 'a column of a wrong type is told' 'wanted String or Enum' \
    "$reader?column.uid=orig_bytes"
refused 'a condition that is no SQL is told' 'Syntax error' \
    "$reader?where=((("
refused 'a server that nobody vouches for is not asked' \
    'wanted a certificate' "$tls&sensor=B"
refused 'nor one of another name' 'wanted a certificate' \
    "clickhouses://reader@127.0.0.1:$((port + 2))/crosstap.plain?sensor=B&ca_file=$dir/server.pem"
# which answers what is no HTTP, or waits for the rest of it
refused 'a server without TLS is told by who wants it' \
    'wanted TLS there\|SSL connection timeout' \
    "clickhouses://reader@$at/crosstap.plain"
refused 'a server that is away is told' 'Connection refused' \
    "clickhouse://reader@127.0.0.1:1/crosstap.plain"

# -- answers that are not whole --

relay() { # bytes, how: its port is in $relayed
	rm -f relay.port
	perl "$srcdir/tests/system/clickhouse_cut.pl" $port "$1" "$2" \
	    "$dir/relay.port" 2>relay.err &
	soon test -s relay.port || { cat relay.err; exit 1; }
	relayed=$(cat relay.port)
}
# The same sensor on both sides: nothing is said to be equal, nor to differ.
for how in cut error; do
	relay 300000 $how
	# shellcheck disable=SC2086
	diffs $how --push-down never A=A.log \
	    "B=clickhouse://reader@127.0.0.1:$relayed/crosstap.plain?sensor=A" \
	    $window
	if [ $status -eq 3 ] && grep -q 'the answer is incomplete' $how.err &&
	    jq -e '.findings == [] and (.buckets | .[0].status == "incomplete"
		and .[-1].status == "missing")' $how.json >/dev/null; then
		result "an answer with a $how in it is incomplete" 0
	else
		result "an answer with a $how in it ($status): $(cat $how.err
		    jq -c '[.buckets[].status], .findings' $how.json)" 1
	fi
done
grep -q 'Memory limit exceeded' error.err
result 'what the server says of it is told' $?
# shellcheck disable=SC2086
diffs pushed --push-down always "A=$reader?sensor=A" \
    "B=clickhouse://reader@127.0.0.1:$relayed/crosstap.plain?sensor=B" $window
[ $status -eq 2 ] && grep -q 'incomplete\|Memory limit' pushed.err
result "a push-down with such an answer is none ($status)" $?

# The server is killed while it works on a question.
slow="$reader?sensor=A&where=sleep(3)%3D0"
# shellcheck disable=SC2086
"$crosstap" diff "A=$reader?sensor=A" "B=$slow" --no-progress $window >killed.out 2>&1 &
asking=$!
is_asked() {
	[ "$(clickhouse_ask "SELECT count() FROM system.processes
	    WHERE query LIKE '%xt_k%sleep%' AND query NOT LIKE '%processes%'" \
	    </dev/null)" -gt 0 ]
}
soon is_asked
result 'the server works on a question' $?
kill -9 $server
wait $asking
status=$?
if [ $status -ge 2 ] && grep -q 'plain: ' killed.out; then
	result 'a server that is killed has not answered' 0
else
	result "a server that is killed ($status): $(cat killed.out)" 1
fi
scene_end
