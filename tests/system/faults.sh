#!/bin/sh
# The daemon where a fault is the whole machine's: a store that cannot be
# written, a log that is emptied under it, a wall clock that jumps. Each is said
# or does no harm, and in the end every bucket has what it has on a machine
# without faults.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin sqlite3
faulty=$bin/tests/fault/.libs/faulty.so

"$crosstap" simulate --sensors 2 --duration 3600 --rate 10 --seed 5 -o sim \
    >/dev/null
result "the logs are made" $?
for name in A B; do
	grow sim/$name.conn.log logs/$name
done

config() { # store
	mkdir -p "$1"
	cat >c.yaml <<-END
	sensors:
	  a: {address: local, logs: $dir/logs/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/A'}
	  b: {address: local, logs: $dir/logs/B, command: '$bin/crosstap-sensor serve --logs $dir/logs/B'}
	groups:
	  g: {sensors: [a, b], seed: 7}
	daemon: {store: $dir/$1/store.db, control: $dir/control}
	END
}

contents() { # store
	where="WHERE start_us BETWEEN $((t0 + 900))000000 AND $((t0 + 1500))000000"
	sqlite3 -readonly "$1/store.db" "
	    SELECT start_us, reading, status FROM bucket $where ORDER BY 1;
	    SELECT start_us, place, flows FROM bucket_sensor $where
	    ORDER BY 1, 2;" >"$1.contents"
}

export CROSSTAP_CONFIG="$dir/c.yaml"

# A well machine.
config well
start 20
go 45
stop TERM
contents well
[ "$(grep -c '^[^|]*|1|[0-2]$' well.contents)" -ge 10 ]
result "a well machine compares: $(grep -c . well.contents)" $?

# A store that can be read only: nothing is made, and it is said.
config only
cp well/store.db only/
chmod 400 only/store.db
chmod 500 only
"$bin/crosstapd" -c c.yaml --clock $((t0 + 2700)) 2>err
status=$?
[ $status != 0 ] && grep -q "only/store.db: .*\(read-only\|readonly\|denied\|unable\)" err
result "a read-only store: status $status: $(tail -2 err)" $?
chmod 700 only

# A log that is emptied under the daemon (copytruncate) takes nothing that was
# compared.
config cut
start 20
go 30
: >logs/B/current/conn.log
"$crosstap" status --clock $((t0 + 31 * 60)) >status 2>err
sed -n '/^#/p; /^#types/q' sim/B.conn.log >logs/B/current/conn.log
"$crosstap" status --clock $((t0 + 32 * 60)) >status 2>err
result "an emptied log does not end it: $(cat err)" $?
stop TERM
contents cut
full='|1|[0-2]$'
[ "$(grep -c "$full" cut.contents)" -ge 5 ] &&
    ! grep "$full" cut.contents | grep -vxFf well.contents
result "what was compared before the log was emptied stays" $?

# The wall clock jumps ten minutes ahead and two hours back.
if [ -e "$faulty" ] && ! nm "$bin/crosstapd" | grep -q __asan_init; then
	head -c 4096 /dev/zero >page
	clock() { # seconds after t0
		off=$((t0 + $1 - $(date +%s)))
		printf '%b' "$(i=0; while [ $i -lt 8 ]; do
			printf '\\%03o' $((off >> 8 * i & 255))
			i=$((i + 1))
		done)" | dd of=page conv=notrunc bs=8 seek=16 2>/dev/null
		[ -z "$daemon" ] || kill -HUP "$daemon"
	}
	has() { # store, second after t0 of a bucket
		[ "$(sqlite3 -readonly "$1/store.db" "SELECT count(*) FROM
		    bucket WHERE reading = 1 AND status < 3 AND start_us =
		    $((t0 + $2))000000" 2>/dev/null)" = 1 ]
	}
	cp sim/B.conn.log logs/B/current/conn.log
	cp sim/A.conn.log logs/A/current/conn.log
	config jump
	clock 1800
	LD_PRELOAD=$faulty FAULTS_PAGE=$dir/page "$bin/crosstapd" -c c.yaml \
	    2>>log &
	daemon=$!
	soon has jump 1260
	result "it compares by the wall clock: $(tail -3 log)" $?
	clock 2700
	soon has jump 1500
	result "the clock jumps ahead: $(tail -3 log)" $?
	clock -7200
	soon grep -q 'event=clock-set-back' log
	result "the clock jumps back: $(tail -3 log)" $?
	clock 2760
	soon has jump 1500
	result "the clock is right again: $(tail -3 log)" $?
	stop TERM
	contents jump
	[ "$(grep -c "$full" jump.contents)" -ge 5 ] &&
	    ! grep -vxFf well.contents jump.contents
	result "no bucket is lost or changed by the jumps" $?
else
	echo "clock: left out, nothing can be loaded before the daemon here"
fi
scene_end
