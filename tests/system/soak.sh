#!/bin/sh
# Whether crosstapd stays well for long: the daemon's tests, then simulated
# hours with faults, a sensor that goes and comes, kills, ends, reloads,
# commands and requests of pages, all of it by the programs of a build with both
# sanitizers; and some of the hours by the usual build under valgrind. Each
# fault must be one incident, and nothing else one. Prints rows of figures.
# Not of make check: 'make soak' makes the build and takes half an hour.
# Environment: HOURS (6), VALGRIND_HOURS (1), 0: none.
set -u
tests=${srcdir:?}/tests/system
. "$tests/unprivileged.sh"
. "$tests/scene.sh"
scene_begin jq sqlite3 curl
sanitized=${1:?folder of a build with --enable-sanitizers}
usual=$crosstap
reports=$dir/reports
export ASAN_OPTIONS="log_path=$reports/asan" \
    UBSAN_OPTIONS="log_path=$reports/ubsan:print_stacktrace=1"

errors() { # how many reports there are; they are shown
	find "$reports" -type f -size +0 | while read -r file; do
		echo "== $file" >&2
		head -40 "$file" >&2
		echo
	done | wc -l
}

# Kinds of fault in turn, ten minutes in each hour.
faults() { # hours: sets $faults; writes what is wanted to 'want'
	faults=
	: >want
	hour=0
	while [ $hour -lt "$1" ]; do
		from=$((hour * 60 + 32))
		case $((hour % 3)) in
		0) rule=worker-frozen sensor=C more=worker=2, ;;
		1) rule=tap-strand-loss sensor=A more= ;;
		2) rule=packet-loss sensor=B more=rate=0.05, ;;
		esac
		faults="$faults --fault $rule:${more}sensor=$sensor,from=$((from * 60)),to=$((from * 60 + 600))"
		echo "$rule $sensor $from $((from + 10))" >>want
		hour=$((hour + 1))
	done
}

ask() { # paths of the page
	for path in "$@"; do
		requests=$((requests + 1))
		curl -s -o answer -w '%{http_code}' --unix-socket web \
		    "http://crosstap$path" >code
		[ "$(cat code)" = 200 ]
		result "minute $minute: $path is answered $(cat code)" $?
	done
}

# What happens in a minute hangs on its number, by primes.
disturb() {
	ask / /metrics /api/v1/incidents
	case $((minute % 7)) in
	1) ask '/?view=week' /incidents /sensors '/coverage?from=-1h' ;;
	2) ask /api/v1/groups/outside/heat /api/v1/sensors /group/outside ;;
	esac
	[ $((minute % 23)) != 0 ] || touch "$dir/away"
	[ $((minute % 23)) != 4 ] || rm -f "$dir/away"
	if [ $((minute % 13)) = 5 ]; then
		kill -HUP "$daemon"
		reloads=$((reloads + 1))
	fi
	if [ $((minute % 11)) = 3 ]; then
		id=$("$crosstap" incidents list --format json |
			jq -r '.[0].id // empty')
		[ -z "$id" ] || {
			"$crosstap" incidents ack "$id" 'seen' &&
			    "$crosstap" incidents comment "$id" "minute $minute" &&
			    "$crosstap" incidents mute "$id" 5m
			result "minute $minute: incident $id is cared for" $?
		}
	fi
	case $((minute % 31)) in
	8) stop KILL && kills=$((kills + 1)) ;;
	# in the midst of what is under way
	17)
		"$crosstap" status --clock $((t0 + minute * 60 + 30)) \
		    >/dev/null 2>&1 &
		stop KILL && kills=$((kills + 1))
		;;
	25) stop TERM && ends=$((ends + 1)) ;;
	esac
	[ -n "$daemon" ] || start $minute
}

hours() { # name, hours
	mkdir "$1"
	cd "$1" || exit 1
	name=$1 written=-1 grown='' requests=0 reloads=0 kills=0 ends=0
	faults "$2"
	# shellcheck disable=SC2086
	"$usual" simulate --sensors 3 --duration $(($2 * 3600 + 1500)) \
	    --rate 12 --seed 31 $faults -o sim >/dev/null
	result "$name: the logs are made" $?
	for sensor in A B C; do
		grow sim/$sensor.conn.log logs/$sensor
	done
	rm -r sim
	sensor_program
	cat >c.yaml <<-END
	sensors:
	  A: {address: local, logs: $PWD/logs/A, command: '$dir/$name/sensor.sh serve --logs $PWD/logs/A'}
	  B: {logs: $PWD/logs/B}
	  C: {logs: $PWD/logs/C}
	groups:
	  outside: {sensors: [A, B, C], seed: 7}
	  pair: {sensors: [A, B], seed: 8}
	daemon: {store: $PWD/store.db, control: $PWD/control}
	web: {socket: $PWD/web}
	END
	export CROSSTAP_CONFIG="$PWD/c.yaml"
	start 25
	last=$(($2 * 60 + 24))
	while [ $minute -lt $last ]; do
		go $((minute + 1))
		disturb
	done
	rm -f "$dir/away"
	go $((last + 1))
	stop TERM
	"$crosstap" incidents list --all --format json >all
	jq -r '.[] | select(.group == "outside") | "\(.rule) \(.sensor) " +
	    "\((.from - '$t0') / 60) \((.to // 0 | . - '$t0') / 60)"' all |
	    sort >got
	sort want | cmp -s - got
	result "$name: each fault is one incident, and nothing else is: $(cat got)" $?
	[ "$(sqlite3 store.db 'PRAGMA integrity_check')" = ok ]
	result "$name: the store is whole" $?
	! grep 'level=error' log
	result "$name: no error was logged" $?
	grep -q event=sensor-failed log
	result "$name: the sensor was away" $?
	echo "| $name | $(grep -c event=compared log) | $(wc -l <want) | $kills | $ends | $reloads | $requests | $(grep -c event=sensor-failed log) | $(errors) |"
	cd .. || exit 1
}

echo '| | comparisons | faults | kills | ends | reloads | pages | times a sensor was away | errors |'
echo '|---|---|---|---|---|---|---|---|---|'
mkdir "$reports"
crosstap=$sanitized/crosstap bin=$sanitized
for test in daemon incidents store; do
	CROSSTAP=$crosstap sh "$tests/$test.sh" >out 2>&1
	result "$test.sh: $(cat out)" $?
	echo "| $(tail -1 out) | | | | | | | | $(errors) |"
done
[ "${HOURS:-6}" = 0 ] || hours sanitizers "${HOURS:-6}"
if [ "${VALGRIND_HOURS:-1}" != 0 ] && command -v valgrind >/dev/null; then
	crosstap=$usual bin=$(dirname "$usual")
	UNDER="valgrind -q --leak-check=full --errors-for-leak-kinds=definite
	    --show-leak-kinds=definite --error-exitcode=99
	    --log-file=$reports/valgrind.%p"
	hours valgrind "${VALGRIND_HOURS:-1}"
fi
[ "$(errors 2>/dev/null)" = 0 ]
result "nothing was reported" $?
scene_end
