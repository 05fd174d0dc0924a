#!/bin/sh
# The life of incidents under crosstapd, of three sensors: one cause over two
# pairs is one incident, what the early reading took it for is corrected by the
# full one, maintenance opens none and is said, an acknowledgement stays and a
# mute runs out.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq

"$crosstap" simulate --sensors 3 --duration 8100 --rate 20 --seed 21 \
    --fault worker-frozen:sensor=C,worker=2,from=1800,to=2400 \
    --fault sensor-gap:sensor=B,from=3300,to=3900 \
    --fault packet-loss:sensor=B,rate=0.05,from=5100,to=5700 \
    --fault tap-strand-loss:sensor=A,from=6900,to=8100 -o sim >/dev/null
result "the logs are made" $?
for name in A B C; do
	grow sim/$name.conn.log logs/$name
done
cat >c.yaml <<END
sensors:
  A: {logs: $dir/logs/A}
  B: {logs: $dir/logs/B}
  C: {logs: $dir/logs/C}
groups:
  outside: {sensors: [A, B, C], seed: 7}
daemon: {store: $dir/store.db, control: $dir/control}
END
export CROSSTAP_CONFIG="$dir/c.yaml"
start 25
[ "$(grep -c 'event=norm .*the first day is judged by the built-in limits' log)" = 3 ]
result "that there is no norm on the first day is said of each pair" $?

go 36
"$crosstap" incidents list --format json >open
jq -e 'length == 1 and .[0].rule == "worker-frozen" and .[0].sensor == "C"' \
    open >/dev/null
result "what two pairs show is one incident: $(cat open)" $?
"$crosstap" incidents ack 1 'the worker is restarted' &&
    "$crosstap" incidents mute 1 5m
result "it is acknowledged and muted" $?
muted() {
	"$crosstap" incidents list --all --format json |
	    jq -e --argjson now $((t0 + minute * 60)) '.[] | select(.id == 1) |
		(.muted_until // 0) > $now' >/dev/null
}
muted
result "until five minutes later" $?
go 42
! muted
result "and no longer" $?
go 54
"$crosstap" incidents show 1 --format json | jq -e '.state == "over" and
    any(.history[]; .event == "acknowledged" and
	.text == "the worker is restarted")' >/dev/null
result "it is over and still acknowledged: $("$crosstap" incidents show 1)" $?

go 80
grep -q 'event=incident change=opened .*rule=sensor-silent sensor=B' log &&
    grep -q 'event=incident change=corrected .*rule=sensor-gap sensor=B' log
result "a silence that ended is corrected into a gap" $?
"$crosstap" incidents maintenance B $((t0 + 5090)) $((t0 + 5710)) 'new card'
result "work is planned" $?
"$crosstap" status >now
grep -q 'B .*new card' now
result "and shown: $(cat now)" $?
go 125
grep -q 'event=maintenance group=outside rule=packet-loss sensor=B' log
result "what is found meanwhile is said" $?

cat >want <<'END'
sensor-gap B 55 65
tap-strand-loss A 115 open
worker-frozen C 30 40
END
"$crosstap" incidents list --all --format json >all
jq -r '.[] | "\(.rule) \(.sensor) \((.from - '$t0') / 60) " +
    (if .state == "open" then "open" else "\((.to - '$t0') / 60)" end)' all |
    sort >got
cmp -s want got
result "each fault is one incident with its begin and end: $(cat got)" $?
! grep 'level=error' log
result "no error was logged" $?
scene_end
