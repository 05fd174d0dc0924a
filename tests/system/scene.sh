# For tests, which read it in: a folder of their own, which is the working
# directory and goes with all that runs in it; what passed and what failed; and
# logs that grow minute by minute under a crosstapd whose clock the test sets.
# $UNDER, if set, is what crosstapd is run under.

scene_begin() { # programs that are needed
	for need in "$@"; do
		command -v "$need" >/dev/null || {
			echo "SKIP: $need is not installed"
			exit 77
		}
	done
	crosstap=${CROSSTAP:?}
	bin=$(dirname "$crosstap")
	passed=0 failed=0 daemon='' grown='' written=-1 t0=1764000000
	dir=$(mktemp -d) || exit 1
	trap scene_finish EXIT
	trap 'exit 1' HUP INT TERM
	cd "$dir" || exit 1
}

scene_finish() {
	jobs -p >jobs # not in a subshell, which has none
	while read -r pid; do
		kill -9 "$pid" 2>/dev/null
	done <jobs
	rm -rf "$dir"
}

# The last line of a test.
scene_end() {
	echo "tests/system/$(basename "$0"): $passed passed, $failed failed"
	[ $failed = 0 ]
}

result() { # what, 0 for good
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

# Until a command succeeds, a minute at most.
soon() { # command
	try=0
	until "$@"; do
		try=$((try + 1))
		[ $try -lt 300 ] || return 1
		sleep 0.2
	done
}

# A log in FOLDER/current that has by each minute what Zeek would have written.
grow() { # log, folder
	grown="$grown $2"
	mkdir -p "pieces/$2" "$2/current"
	awk -F'\t' -v t0=$t0 -v to="pieces/$2" '
		/^#close/ { next }
		/^#/ { print >(to "/0"); next }
		{
			end = $1 + ($9 == "-" ? 0 : $9)
			if (end > mark)
				mark = end
			n = int((mark + 2 - t0) / 60) + 1
			if (n != last) {
				close(to "/" last)
				last = n
			}
			print >>(to "/" n)
		}' "$1"
}

write_until() { # minute
	while [ $written -lt "$1" ]; do
		written=$((written + 1))
		for folder in $grown; do
			[ ! -e "pieces/$folder/$written" ] ||
			    cat "pieces/$folder/$written" \
				>>"$folder/current/conn.log"
		done
	done
}

# A sensor's program that is away while the file 'away' is there.
sensor_program() { # it is sensor.sh
	cat >sensor.sh <<-END
	#!/bin/sh
	[ ! -e '$dir/away' ] || { echo 'gone fishing' >&2; exit 1; }
	exec '$bin/crosstap-sensor' "\$@"
	END
	chmod +x sensor.sh
}

scene_answers() {
	kill -0 "$daemon" 2>/dev/null || try=300
	"$crosstap" status >/dev/null 2>&1
}

# By c.yaml; it writes to the file 'log'.
start() { # minute
	minute=$1
	write_until "$minute"
	${UNDER-} "$bin/crosstapd" -c c.yaml --clock $((t0 + minute * 60)) \
	    2>>log &
	daemon=$!
	soon scene_answers || {
		echo "FAILED: crosstapd does not start: $(tail -3 log)"
		exit 1
	}
}

# Up to a minute; each is looked at when all that was due is done.
go() { # minute
	while [ $minute -lt "$1" ]; do
		minute=$((minute + 1))
		write_until $minute
		"$crosstap" status --clock $((t0 + minute * 60)) >status 2>err ||
		    {
			result "minute $minute: $(cat err)" 1
			return
		}
	done
}

stop() { # signal
	kill -"$1" "$daemon"
	wait "$daemon" 2>/dev/null
	set -- "$1" $?
	daemon=
	[ "$1" != TERM ] || result "SIGTERM ends it with status 0, not $2" "$2"
}

# The logs of two sensors, of which ext2 loses a worker for ten minutes, and the
# store that crosstapd makes of them in the group outside of $CROSSTAP_CONFIG;
# $kept_file is in the inventory.
scene_kept() {
	"$crosstap" simulate --sensors 2 --duration 3600 --rate 20 --seed 11 \
	    --start $t0 --fault worker-frozen:worker=2,from=1500,to=2100 \
	    -o sim >/dev/null || return 1
	mkdir -p logs/A/current logs/B/current
	mv sim/A.conn.log logs/A/current/conn.log
	mv sim/B.conn.log logs/B/current/conn.log
	# an hour that was finished long ago
	"$crosstap" simulate --sensors 2 --duration 300 --rate 20 --seed 12 \
	    --start $((t0 - 7200)) -o old >/dev/null || return 1
	mkdir logs/A/2025-11-24
	kept_file=$dir/logs/A/2025-11-24/conn.14:00:00-15:00:00.log.gz
	gzip -c old/A.conn.log >"$kept_file"
	touch -d @$((t0 - 3600)) "$kept_file"
	cat >c.yaml <<-END
	sensors:
	  ext1: {address: local, logs: $dir/logs/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/A', attributes: {os: linux, card: intel, tap: north}}
	  ext2: {address: local, logs: $dir/logs/B, command: '$bin/crosstap-sensor serve --logs $dir/logs/B', attributes: {os: freebsd, card: myricom, tap: south}}
	groups:
	  outside: {sensors: [ext1, ext2], seed: 7}
	daemon: {store: $dir/store.db, control: $dir/control}
	END
	export CROSSTAP_CONFIG="$dir/c.yaml"
	start 15
	go 55
	stop TERM
}
