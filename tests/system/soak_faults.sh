#!/bin/sh
# The daemon on a machine where calls fail by chance, for COUNT injected faults
# (default 300; make soak-faults: 10000): reads and writes that are short or
# interrupted, a full disk, a disk that does not sync, no descriptors, no
# processes, kill -9 at any instant. When the machine is well again the store
# must hold each bucket, with the counts that a well machine gives.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
crosstap=${CROSSTAP:?}
bin=$(dirname "$crosstap")
count=${COUNT:-300}
passed=0 failed=0
for need in sqlite3 od; do
	command -v $need >/dev/null || {
		echo "SKIP: $need is not installed"
		exit 77
	}
done
faulty=$bin/tests/fault/.libs/faulty.so
[ -e "$faulty" ] || {
	echo "SKIP: $faulty was not built: no LD_PRELOAD here"
	exit 77
}
if nm "$bin/crosstapd" "$bin/.libs/crosstapd" 2>/dev/null |
    grep -q '__asan_init'; then
	echo "SKIP: the sanitizers come first: nothing can be loaded before them"
	exit 77
fi
dir=$(mktemp -d) || exit 1
daemon=
finish() {
	[ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
t0=1764000000 first=60 last=100

result() { # what, 0 for good
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

"$crosstap" simulate --sensors 2 --duration 8400 --rate 10 --seed 5 \
    --fault packet-loss:sensor=B,from=2400,to=4800,rate=0.01 \
    -o logs >/dev/null
result "the logs are made" $?
for name in A B; do
	mkdir -p $name
	mv logs/$name.conn.log $name/conn.log
done
head -c 4096 /dev/zero >page

config() { # name
	cat >"$1.yaml" <<END
sensors:
  a: {address: local, logs: $dir/A, command: '$bin/crosstap-sensor serve --logs $dir/A'}
  b: {address: local, logs: $dir/B, command: '$bin/crosstap-sensor serve --logs $dir/B'}
groups:
  g: {sensors: [a, b], seed: 7}
daemon: {store: $dir/$1.db, control: $dir/$1.sock}
END
}

rate() { # of a million calls
	printf '%b' "$(printf '\\%03o\\%03o\\%03o' $(($1 % 256)) \
	    $(($1 / 256 % 256)) $(($1 / 65536)))" |
	    dd of=page conv=notrunc bs=1 2>/dev/null
}

faults() { # the number at that place of the page
	od -A n -t u8 -j $((8 * $1)) -N 8 page | tr -d ' '
}

# A daemon that answers; it may take several, on such a machine.
start() { # name, minute
	try=0
	while :; do
		LD_PRELOAD=$preload FAULTS_PAGE=$dir/page \
		    "$bin/crosstapd" -c "$1.yaml" --clock $((t0 + $2 * 60)) \
		    2>>"$1.log" &
		daemon=$!
		while kill -0 $daemon 2>/dev/null; do
			CROSSTAP_CONFIG=$dir/$1.yaml "$crosstap" status \
			    >/dev/null 2>&1 && return
			try=$((try + 1))
			[ $try -lt 5000 ] || break 2
		done
		wait $daemon 2>/dev/null
		daemon=
		starts=$((starts + 1))
		[ $starts -lt 5000 ] || break
	done
	echo "crosstapd does not start: $(tail -3 "$1.log")"
	exit 1
}

# All that is due at that minute; 1: it did not come to the end of it.
minute() { # name, minute
	CROSSTAP_CONFIG=$dir/$1.yaml timeout 60 "$crosstap" status \
	    --clock $((t0 + $2 * 60)) >status 2>err && return
	kill -0 $daemon 2>/dev/null && kill -9 $daemon
	wait $daemon 2>/dev/null
	daemon=
	died=$((died + 1))
	start "$1" "$2"
	return 1
}

stop() {
	kill -TERM "$daemon"
	wait "$daemon" 2>/dev/null
	daemon=
}

contents() { # name
	where="WHERE start_us < $((t0 + last * 60))000000 ORDER BY start_us"
	sqlite3 -readonly "$1.db" "
	    SELECT start_us, reading, status FROM bucket $where;
	    SELECT start_us, place, flows FROM bucket_sensor $where, place;
	    SELECT start_us, paired, only_a, only_b, damaged, shifted, split
	    FROM comparison $where" >"$1.contents"
}

# What is written when all is well.
died=0 starts=0 preload=
config well
start well $first
for m in $(seq $first $((last + 10))); do
	minute well "$m"
done
stop
contents well
buckets=$(grep -c '^[^|]*|1|[0-2]$' well.contents)
[ "$buckets" -ge $((last - first)) ]
result "a well machine compares $buckets buckets" $?

# The same hours over and over, until there were faults enough.
died=0 starts=0 killed=0 round=0 lost=0 preload=$faulty
while [ "$(($(faults 1) + killed))" -lt "$count" ]; do
	round=$((round + 1))
	config ill
	rm -f ill.db ill.db-wal ill.db-shm
	rate 0
	start ill $first
	m=$first
	while [ $m -lt $last ] && [ "$(($(faults 1) + killed))" -lt "$count" ]; do
		rate $((20000 + m * 7919 % 5 * 30000))
		m=$((m + 1))
		minute ill $m
		if [ $((m * round % 7)) = 3 ]; then
			CROSSTAP_CONFIG=$dir/ill.yaml "$crosstap" status \
			    --clock $((t0 + m * 60 + 60)) >/dev/null 2>&1 &
			asked=$!
			kill -9 $daemon
			wait $daemon $asked 2>/dev/null
			daemon=
			killed=$((killed + 1))
			start ill $((m + 1))
		fi
	done
	rate 0
	while [ $m -lt $((last + 30)) ]; do
		m=$((m + 1))
		minute ill $m
		[ $m -ge $((last + 10)) ] || continue
		contents ill
		cmp -s well.contents ill.contents && break
	done
	stop
	contents ill
	if ! cmp -s well.contents ill.contents; then
		lost=$((lost + 1))
		echo "round $round:"
		diff well.contents ill.contents | head -10
	fi
	[ "$(sqlite3 -readonly ill.db 'PRAGMA integrity_check')" = ok ]
	result "round $round: the store is whole" $?
done
result "rounds in which a bucket was lost or changed: $lost" "$lost"
total=$(($(faults 1) + killed))
[ $total -ge "$count" ]
result "faults were injected: $total" $?
k=2
for kind in 'reads interrupted' 'reads short' 'writes interrupted' \
    'writes short' 'no room' 'no sync' 'no descriptor' 'no process'; do
	echo "$kind: $(faults $k)"
	k=$((k + 1))
done
echo "killed: $killed; ended by itself: $died; starts that failed: $starts"
echo "faults: $total in $round rounds of $buckets buckets; lost: $lost"
echo "tests/system/soak_faults.sh: $passed passed, $failed failed"
[ $failed = 0 ]
