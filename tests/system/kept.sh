# For other tests, which read it in: a folder of their own with the logs of two
# sensors, of which ext2 loses a worker for ten minutes, and with the store that
# crosstapd made of them by a clock of its own. After it: $dir, $t0, $kept_file of
# the inventory, and
# $CROSSTAP_CONFIG of the group outside; the daemon has ended.
kept_scene() {
	t0=1764000000
	bin=$(dirname "$CROSSTAP")
	"$CROSSTAP" simulate --sensors 2 --duration 3600 --rate 20 --seed 11 \
	    --start $t0 --fault worker-frozen:worker=2,from=1500,to=2100 \
	    -o "$dir/sim" >/dev/null || return 1
	mkdir -p "$dir/logs/A/current" "$dir/logs/B/current"
	mv "$dir/sim/A.conn.log" "$dir/logs/A/current/conn.log"
	mv "$dir/sim/B.conn.log" "$dir/logs/B/current/conn.log"
	# an hour that was finished long ago
	"$CROSSTAP" simulate --sensors 2 --duration 300 --rate 20 --seed 12 \
	    --start $((t0 - 7200)) -o "$dir/old" >/dev/null || return 1
	mkdir "$dir/logs/A/2025-11-24"
	kept_file=$dir/logs/A/2025-11-24/conn.14:00:00-15:00:00.log.gz
	gzip -c "$dir/old/A.conn.log" >"$kept_file"
	touch -d @$((t0 - 3600)) "$kept_file"
	cat >"$dir/c.yaml" <<-END
	sensors:
	  ext1: {address: local, logs: $dir/logs/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/A', attributes: {os: linux, card: intel, tap: north}}
	  ext2: {address: local, logs: $dir/logs/B, command: '$bin/crosstap-sensor serve --logs $dir/logs/B', attributes: {os: freebsd, card: myricom, tap: south}}
	groups:
	  outside: {sensors: [ext1, ext2], seed: 7}
	daemon: {store: $dir/store.db, control: $dir/control}
	END
	export CROSSTAP_CONFIG="$dir/c.yaml"
	"$bin/crosstapd" -c "$dir/c.yaml" --clock $((t0 + 900)) \
	    2>"$dir/daemon.log" &
	kept_daemon=$!
	kept_tries=0
	until "$CROSSTAP" status >/dev/null 2>&1; do
		kept_tries=$((kept_tries + 1))
		[ $kept_tries -lt 2000 ] || return 1
	done
	kept_minute=15
	while [ $kept_minute -lt 55 ]; do
		kept_minute=$((kept_minute + 1))
		"$CROSSTAP" status --clock $((t0 + kept_minute * 60)) \
		    >/dev/null || return 1
	done
	kill "$kept_daemon"
	wait "$kept_daemon" && kept_daemon=
}
