#!/bin/sh
# crosstapd for simulated hours, by a clock that the test sets: four sensors in
# two groups, whose logs grow minute by minute and are read by real
# crosstap-sensor processes. Faults come and heal, one of them after its
# beginning is out of sight, a sensor goes away and comes back, another is worked
# on as planned, the daemon is killed and started again. Then: every bucket is
# compared or said not to be, each fault is one incident with its beginning and
# end, and there is no other.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq sqlite3

"$crosstap" simulate --sensors 2 --duration 8400 --rate 20 --seed 11 \
    --fault worker-frozen:worker=2,from=2400,to=4500 -o ext >/dev/null &&
    "$crosstap" simulate --sensors 2 --duration 8400 --rate 20 --seed 12 \
	--fault tap-strand-loss:from=4800,to=5400,sensor=A \
	--fault packet-loss:from=6600,to=7200,sensor=B,rate=0.05 -o int >/dev/null
result "the logs are made" $?
for name in ext/A ext/B int/A int/B; do
	grow $name.conn.log logs/$name
done
# An hour that was finished long ago: of the inventory only.
old=logs/ext/A/2025-11-24/conn.13:00:00-14:00:00.log
mkdir -p "$(dirname $old)"
awk -F'\t' -v OFS='\t' '/^#/ { print; next } n++ < 50 { $1 = sprintf("%.6f", $1 - 10000); print }' \
    ext/A.conn.log >$old
gzip -k $old
touch -d @$((t0 - 3000)) $old $old.gz
lines=$(wc -l <$old)
rm $old
sensor_program
cat >c.yaml <<END
sensors:
  ext1: {address: local, logs: $dir/logs/ext/A, command: '$dir/sensor.sh serve --logs $dir/logs/ext/A', attributes: {os: linux}}
  ext2: {logs: $dir/logs/ext/B, attributes: {os: freebsd}}
  int1: {logs: $dir/logs/int/A, attributes: {os: linux}}
  int2: {logs: $dir/logs/int/B, attributes: {os: freebsd}}
groups:
  outside: {sensors: [ext1, ext2], seed: 7}
  inside: {sensors: [int1, int2], seed: 8}
daemon: {store: $dir/store.db, control: $dir/control, operators: [nobody]}
END
cp c.yaml person.yaml # what the test breaks is the daemon's only
export CROSSTAP_CONFIG="$dir/person.yaml"

"$bin/crosstapd" -c c.yaml -n >out 2>&1 && grep -q '4 sensors, 2 groups: correct' out
result "-n checks and leaves: $(cat out)" $?

start 25
go 60
"$crosstap" incidents list >open
grep -qE '^ +1 +open +critical +outside +ext2 +worker-frozen +2025-11-24 16:40:00 +goes on' open
result "the worker is an open incident: $(cat open)" $?
"$crosstap" incidents ack 1 'called the night shift' &&
    "$crosstap" incidents show 1 >shown &&
    grep -q 'comment  *called the night shift' shown
result "it is acknowledged: $(cat shown)" $?
go 100
"$crosstap" incidents maintenance int2 $((t0 + 6600)) $((t0 + 7200)) 'new optics' &&
    "$crosstap" status >now &&
    grep -q '^  int2 *2025-11-24 17:50:00 to 2025-11-24 18:00:00, nobody: new optics$' now
result "planned work on a sensor is shown: $(cat now)" $?
touch away
go 110
grep -q 'DOES NOT ANSWER' status
result "a sensor that is away is said to be: $(cat status)" $?
"$crosstap" status --format json | jq -e '.groups[] |
    if .name == "outside" then .missed_buckets > 4 else .missed_buckets == 0 end' >/dev/null
result "and what is missed meanwhile is counted" $?
rm away
go 112
stop KILL
start 125 # the logs have grown meanwhile
go 139

"$crosstap" incidents list --all --format json >all
jq -r '.[] | "\(.rule) \(.sensor) \((.from - '$t0') / 60) \((.to // 0 | . - '$t0') / 60)"' \
    all | sort >got
cat >want <<END
tap-strand-loss int1 80 90
worker-frozen ext2 40 75
END
cmp -s got want
result "each fault is one incident, and nothing else is: $(cat got)" $?
grep -q 'event=maintenance group=inside rule=packet-loss sensor=int2' log
result "what the planned work shows opens none, and is said" $?
for rule in worker-frozen tap-strand-loss; do
	id=$(jq ".[] | select(.rule == \"$rule\") | .id" all)
	"$crosstap" incidents show "$id" --format json >shown
	jq -e '.flows_kept > 100' shown >/dev/null
	result "flows that differ are kept of $rule: $(cat shown)" $?
done
sqlite3 -readonly store.db "SELECT s.name || ' ' || path || ' ' || lines ||
    ' ' || (checksum IS NOT NULL) || ' ' || (mtime_us / 1000000 - $t0)
    FROM file f JOIN sensor s ON s.id = f.sensor_id" >files
[ "$(cat files)" = "ext1 $dir/$old.gz $lines 1 -3000" ]
result "the finished file is in the inventory, once: $(cat files)" $?
for group in outside inside; do
	from=$((t0 + 20 * 60)) to=$((t0 + 130 * 60))
	"$crosstap" coverage --group $group --from $from --to $to \
	    --format json >coverage
	jq -e 'group_by(.sensor) | map(map(.to - .from) | add) |
		length == 2 and all(. == '$((to - from))')' coverage >/dev/null
	result "coverage of $group says something of all the time" $?
	jq -e 'map(select(.state == "not-compared")) | length == 0' \
	    coverage >/dev/null
	result "all buckets of $group were compared in the end: $(cat coverage)" $?
done
jq -e 'map(select(.sensor == "int1" and .state != "complete")) |
	length > 0 and all(.from >= '$((t0 + 4740))' and .to <= '$((t0 + 5460))')' \
    coverage >/dev/null
result "coverage tells the strand: $(cat coverage)" $?
[ "$(grep -c 'event=sensor-failed' log)" = 1 ] &&
    [ "$(grep -c 'event=sensor-back' log)" = 1 ]
result "a sensor's going and coming are said once" $?
! grep -q 'level=error' log
result "no error was logged: $(grep level=error log | head -3)" $?

"$crosstap" incidents mute 99 1h 2>err
[ $? = 2 ] && grep -q 'incident 99' err
result "an incident that is none is refused: $(cat err)" $?

sed -i 's/relation:.*//; s/inside: {/inside: {widht: 60s, /' c.yaml
kill -HUP "$daemon"
go 140
grep -q "event=reload-refused" log && grep -q "unknown key 'widht'" log
result "a faulty configuration is refused at reload" $?
sed -i 's/widht: 60s, //; s/attributes: {os: freebsd}}/attributes: {os: linux}}/' c.yaml
kill -HUP "$daemon"
go 141
grep -q 'event=reloaded' log
result "a right one is taken: $(tail -3 log)" $?

stop TERM
tail -1 log | grep -q 'event=stopped text=cleanly'
result "it stops cleanly: $(tail -1 log)" $?
"$crosstap" status >out 2>err
[ $? = 2 ] && grep -q 'wanted a crosstapd that runs' err
result "without a daemon status says so: $(cat err)" $?
scene_end
