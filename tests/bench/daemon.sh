#!/bin/sh
# What it takes to compare many pairs all the time: crosstapd by a clock that is
# set, and sensors that make their digests up (tests/bench/digestsensor.c), each
# a process of its own for each question. Prints rows as tests/bench/run.sh does.
# Nothing here is a test.
# Environment: PAIRS (100), RATE (flows a second of each sensor, 20000),
# DIFFERENCES (of a pair in a minute, a list: 0 100 1000), MINUTES (30),
# WEEK (minutes of the long run, 10080, looked at every 20; 0: none), WEEK_PAIRS
# (2).
set -eu
. "${srcdir:?}/tests/system/unprivileged.sh"
program=${CROSSTAP:?}
build=$(dirname "$program")
pairs=${PAIRS:-100} rate=${RATE:-20000} differences=${DIFFERENCES-0 100 1000}
minutes=${MINUTES:-30} week=${WEEK:-10080} week_pairs=${WEEK_PAIRS:-2}
dir=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill $daemon 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"
t0=1764000000

row() { # what, ratio, bar, above|below
	echo "$1|$2|$3|$4" | awk -F'|' '{ met = $4 == "above" ? $2 >= $3 : $2 <= $3
		printf "| %s | %.4g | %s %s | %s |\n", $1, $2,
		    $4 == "above" ? "at least" : "at most", $3,
		    met ? "met" : "not met" }'
}

begin() { # pairs, differences of a pair
	rm -f store.db*
	awk -v n="$1" -v d="$2" -v rate="$rate" -v dir="$dir" -v build="$build" '
	    BEGIN {
		print "sensors:"
		for (i = 0; i < 2 * n; i++)
			printf "  s%d: {address: local, logs: /x, command: \"%s/tests/bench/digestsensor s%d %d %d\"}\n",
			    i, build, i, rate, (i % 2 ? int(d / 2) : d - int(d / 2))
		print "groups:"
		for (i = 0; i < n; i++)
			printf "  g%d: {sensors: [s%d, s%d], seed: %d}\n",
			    i, 2 * i, 2 * i + 1, i + 1
		print "daemon: {store: " dir "/store.db, control: " dir "/control, inventory: no}"
	    }' >c.yaml
	export CROSSTAP_CONFIG="$dir/c.yaml"
	minute=30
	"$build/crosstapd" -c c.yaml --clock $((t0 + minute * 60)) 2>log &
	daemon=$!
	until "$program" status >/dev/null 2>&1; do
		kill -0 $daemon
	done
}

# Another so many minutes, some at a time; sets cpu, memory (kB), bytes, store
# (bytes).
run() { # minutes, at a time
	end=$((minute + $1))
	while [ $minute -lt $end ]; do
		minute=$((minute + $2))
		"$program" status --clock $((t0 + minute * 60)) >/dev/null
	done
	"$program" status --format json >status
	cpu=$(jq .cpu_s status) memory=$(jq .memory_kb status)
	bytes=$(jq '[.groups[].cycle_bytes] | add / length' status)
	cycles=$(jq .cycles status)
	jq -e '[.groups[] | select(.last_status == "missing")] | length == 0' \
	    status >/dev/null
	store=$("$(command -v sqlite3)" -readonly store.db \
	    "SELECT sum(pgsize) FROM dbstat")
}

stop() {
	kill $daemon
	wait $daemon
	daemon=
}

echo "| what | ratio | bar | |"
echo "|---|---|---|---|"
for d in $differences; do
	begin "$pairs" "$d"
	run 5 1
	before=$cpu store0=$store
	run "$minutes" 1
	row "CPU seconds a second: $pairs pairs, $rate flows/s a sensor, $d differences a pair and minute" \
	    "$(echo "$cpu $before $minutes" | awk '{ print ($1 - $2) / ($3 * 60) }')" 0.6 below
	echo "$store $store0 $minutes $pairs $bytes $memory" | awk '{
		printf "<!-- %.0f bytes of store a bucket, %.0f bytes of frames a cycle, %.0f MB -->\n",
		    ($1 - $2) / $3 / $4, $5, $6 / 1024 }'
	stop
done
[ "$week" -gt 0 ] || exit 0
begin "$week_pairs" 100
run $((week / 7)) 20
day=$((memory - store / 1024))
run $((week - week / 7)) 20
# Up to 16 MB of the store are kept in memory: these grow with it.
row "most memory in $week minutes to that in a seventh of them, without the store's pages, $week_pairs pairs" \
    "$(echo "$((memory - store / 1024)) $day" | awk '{ print $1 / $2 }')" 1.05 below
echo "$store $week $week_pairs $memory" | awk '{
	printf "<!-- store %.1f MB, %.0f bytes a bucket; memory %.1f MB -->\n",
	    $1 / 1e6, $1 / $2 / $3, $4 / 1024 }'
stop
