#!/bin/sh
# What Prometheus is told, by the real programs: crosstapd compares a simulated
# hour by a clock that the test sets, promtool finds no fault with the metrics
# and the alerts, and a prometheus of its own scrapes it and answers questions.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin curl jq
doc=${srcdir:?}/doc
# Ports of this run, below those that the system gives out.
port=$((10000 + $$ % 10000))
prom=$((port + 10000))

"$crosstap" simulate --sensors 2 --duration 3600 --rate 20 --seed 11 \
    --fault worker-frozen:worker=2,from=2400,to=3600 -o logs >/dev/null
result "the logs are made" $?
printf 'a secret of the test\n' >token
chmod 600 token
mkdir spool
cat >c.yaml <<END
sensors:
  ext1: {logs: $dir/logs/A.conn.log}
  ext2: {logs: $dir/logs/B.conn.log}
  'gone': {logs: $dir/nowhere}
groups:
  outside: {sensors: [ext1, ext2], seed: 7}
  lost: {sensors: [ext1, gone], seed: 7}
daemon: {store: $dir/store.db, control: $dir/control}
feeds:
  spool: {kind: nagios-spool, path: $dir/spool, host: here, sensor_host: here}
  hook: {kind: webhook, url: 'http://127.0.0.1:1/nobody'}
web: {listen: '127.0.0.1:$port', socket: $dir/web, token_file: $dir/token}
END
export CROSSTAP_CONFIG="$dir/c.yaml"
start 25
go 55

get() { # path
	curl -s --fail -H "Authorization: Bearer $(cat token)" \
	    "http://127.0.0.1:$port$1"
}
get /metrics >metrics
result "the metrics are told: $(tail -3 log)" $?
curl -s -o out -w '%{http_code}' "http://127.0.0.1:$port/metrics" >code
[ "$(cat code)" = 401 ]
result "not without the token: $(cat code)" $?
curl -s --fail --unix-socket web -H "Authorization: Bearer $(cat token)" \
    http://crosstap/metrics >out
result "by the socket, too" $?

value() { # sample
	grep -v '^#' metrics | grep -F "$1 " | sed 's/.* //'
}
is() { # sample, awk condition on v
	awk -v v="$(value "$1")" "BEGIN { exit !(v != \"\" && ($2)) }"
	result "$1: wanted $2, is '$(value "$1")'" $?
}
pair='group="outside",a="ext1",b="ext2"'
is "crosstap_agreement_ratio{$pair}" 'v > 0.4 && v < 0.95'
is "crosstap_pair_flows_total{$pair,kind=\"paired\"}" 'v > 10000'
is "crosstap_pair_flows_total{$pair,kind=\"only_a\"}" 'v > 500'
is "crosstap_pair_flows_total{$pair,kind=\"only_b\"}" 'v < 500'
is 'crosstap_sensor_flows_total{group="outside",sensor="ext1"}' 'v > 10000'
is 'crosstap_buckets_total{group="outside",status="differs"}' 'v > 10'
is 'crosstap_incidents_open{group="outside",severity="critical"}' 'v == 1'
is 'crosstap_incidents_open{group="outside",severity="info"}' 'v == 0'
is 'crosstap_sensor_up{group="outside",sensor="ext2"}' 'v == 1'
is 'crosstap_sensor_up{group="lost",sensor="gone"}' 'v == 0'
is 'crosstap_compared_until_timestamp_seconds{group="outside"}' \
    "v > $t0 + 2600 && v <= $t0 + 55 * 60 - 400"
is 'crosstap_worker_share_ratio{group="outside",sensor="ext2",worker="worker-2"}' \
    'v < 0.01'
is 'crosstap_cycles_total{group="outside",reading="full"}' 'v > 10'
is 'crosstap_cycle_seconds_total{group="outside",part="asking"}' 'v > 0'
is 'crosstap_store_ok' 'v == 1'
is 'crosstap_feed_ok{feed="spool"}' 'v == 1'
is 'crosstap_feed_delivered_total{feed="spool"}' 'v > 4'
is 'crosstap_feed_ok{feed="hook"}' 'v == 0'
is 'crosstap_feed_waiting{feed="hook"}' 'v >= 1'
is 'crosstap_feed_oldest_timestamp_seconds{feed="hook"}' "v > $t0 + 2400"
is 'crosstap_feed_given_up_total{feed="hook"}' 'v == 0'
is 'crosstap_pulled_bytes_total{group="outside",sensor="ext2"}' 'v > 10000'
is 'crosstap_pull_seconds_total{group="outside",sensor="ext2"}' 'v > 0'
is 'crosstap_store_size_bytes' 'v > 100000'
is 'process_resident_memory_bytes' 'v > 1000000 && v < 1000000000'
is 'process_start_time_seconds' "v == $t0 + 1500"

for need in promtool prometheus; do
	command -v $need >/dev/null && continue
	echo "SKIP: $need is not installed; what is left of this test is not run"
	scene_end && exit 77
	exit 1
done
promtool check metrics <metrics >lint 2>&1
result "promtool finds no fault: $(cat lint)" $?
[ ! -s lint ]
result "promtool says nothing: $(cat lint)" $?
promtool check rules "$doc/prometheus/alerts.yml" >lint 2>&1
result "the alerts are right: $(cat lint)" $?
promtool test rules "$doc/prometheus/alerts_test.yml" >lint 2>&1
result "they fire when they should: $(cat lint)" $?

cat >prometheus.yml <<END
global: {scrape_interval: 1s}
rule_files: ['$doc/prometheus/alerts.yml']
scrape_configs:
  - job_name: crosstap
    authorization: {credentials_file: $dir/token}
    static_configs: [{targets: ['127.0.0.1:$port']}]
END
prometheus --config.file=prometheus.yml --storage.tsdb.path="$dir/tsdb" \
    --web.listen-address="127.0.0.1:$prom" --log.level=warn >prom.log 2>&1 &
prometheus=$!
ask() { # PromQL
	curl -s --fail --data-urlencode "query=$1" \
	    "http://127.0.0.1:$prom/api/v1/query" |
	    jq -r '.data.result[0].value[1] // "nothing"'
}
# It scrapes every second; until then there is no answer.
try=0 said=nothing
while [ "$said" = nothing ] || [ -z "$said" ]; do
	try=$((try + 1))
	[ $try -lt 600 ] && kill -0 "$prometheus" 2>/dev/null || break
	said=$(ask 'crosstap_incidents_open{severity="critical",group="outside"}')
done
[ "$said" = 1 ]
result "prometheus answers by PromQL: '$said' $(tail -3 prom.log)" $?
said=$(ask 'min by (group) (crosstap_agreement_ratio) < 0.95')
awk -v v="$said" 'BEGIN { exit !(v > 0.4) }'
result "and by an expression: '$said'" $?
said=$(ask 'up{job="crosstap"}')
[ "$said" = 1 ]
result "the target is up: '$said'" $?

# Every query of the dashboard is one, of metrics that there are.
jq -r '.. | .expr? // empty' "$doc/grafana/crosstap.json" |
    sed 's/\$__rate_interval/5m/g; s/\$__range/1h/g; s/\$group/.*/g' |
    sort -u >exprs
[ "$(wc -l <exprs)" -ge 10 ]
result "the dashboard has queries: $(wc -l <exprs)" $?
while read -r expr; do
	curl -s --data-urlencode "query=$expr" \
	    "http://127.0.0.1:$prom/api/v1/query" |
	    jq -e '.status == "success"' >/dev/null
	result "the dashboard asks: $expr" $?
	for name in $(printf '%s\n' "$expr" | grep -oE 'crosstap_[a-z_]+'); do
		grep -q "^# TYPE $name " metrics ||
		    [ "$name" = crosstap_sensor_lag_seconds ] # old logs
		result "the dashboard's $name is a metric" $?
	done
done <exprs

kill -HUP "$daemon"
try=0
until grep -q 'event=reloaded' log; do
	"$crosstap" status --clock $((t0 + 3301 + try)) >status
	try=$((try + 1))
	[ $try -lt 200 ] || break
done
get /metrics >metrics
result "it is served after a reload: $(tail -2 log)" $?
is 'crosstap_cycles_total{group="outside",reading="backfill"}' 'v >= 0'
stop TERM
[ ! -e web ]
result "and leaves no socket" $?
chmod 644 token
"$bin/crosstapd" -c c.yaml -n >out 2>&1
result "-n does not open the token: $(cat out)" $?
sed -i "s/127.0.0.1:$port/0.0.0.0:$port/; s/, token_file: [^}]*//" c.yaml
"$bin/crosstapd" -c c.yaml -n >out 2>&1
[ $? = 2 ] && grep -q 'wanted 127.0.0.1:PORT, or a token_file' out
result "an open door is refused: $(cat out)" $?
scene_end
