#!/bin/sh
# Three sensors, of which one is away for long, and a collector that is away in
# the meantime: what it missed is back-filled of the two that answer, and of the
# third when it is back, which takes nothing that was compared before.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq sqlite3

"$crosstap" simulate --sensors 3 --duration 6600 --rate 8 --seed 21 -o sim \
    >/dev/null
result "the logs are made" $?
for name in A B C; do
	grow sim/$name.conn.log logs/$name
done
sensor_program
cat >c.yaml <<END
sensors:
  a: {logs: $dir/logs/A}
  b: {logs: $dir/logs/B}
  c: {address: local, logs: $dir/logs/C, command: '$dir/sensor.sh serve --logs $dir/logs/C'}
groups:
  g: {sensors: [a, b, c], seed: 7}
daemon: {store: $dir/store.db, control: $dir/control}
END
export CROSSTAP_CONFIG="$dir/c.yaml"

compared() { # pair as a letter before another; minutes from, to; how many
	sqlite3 -readonly store.db "SELECT count(*) FROM comparison
	    JOIN sensor a ON a.id = a_id JOIN sensor b ON b.id = b_id
	    WHERE a.name || b.name = '$1' AND agreement IS NOT NULL AND
	    start_us >= ($t0 + 60 * $2) * 1000000 AND
	    start_us < ($t0 + 60 * $3) * 1000000"
}

start 20
go 30
touch away
go 36
stop KILL
start 80
go 95
n=$(compared ab 22 85)
[ "$n" = 63 ]
result "the two that answer have all buckets: $n of 63" $?
n=$(compared ac 32 85)
[ "$n" = 0 ]
result "and the third none since it is away: $n" $?
"$crosstap" coverage --group g --from $((t0 + 32 * 60)) --to $((t0 + 85 * 60)) \
    --format json >coverage
jq -e 'any(.sensor == "c") and all(.sensor != "c" or .state != "complete")' \
    coverage >/dev/null
result "of which coverage says so: $(cat coverage)" $?
rm away
go 108
n=$(compared ac 22 95)
[ "$n" = 73 ]
result "the third is back-filled when it is back: $n of 73" $?
n=$(compared ab 22 95)
[ "$n" = 73 ]
result "and nothing is lost of the others by it: $n of 73" $?
! grep 'level=error' log
result "no error was logged" $?
stop TERM
scene_end
