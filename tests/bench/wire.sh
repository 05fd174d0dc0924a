#!/bin/sh
# What it takes to ask sensors over ssh, real sshd processes on loopback: bytes
# by differences, one bucket of a large log that grows, many sensors at once.
# Prints rows as tests/bench/run.sh does. Nothing here is a test.
# Environment: FLOWS (of a bucket, 1000000), DIFFERENCES (their numbers), LIVE
# (flows of the large log, 75000000 for 10 GB; 0: none), LIVE_RATE (its flows a
# second), SENSORS (asked at once, 200; 0: none), TMPDIR (room for the large log
# and 1 kB a flow of the bucket).
set -eu
program=${CROSSTAP:?}
build=$(dirname "$program")
flows=${FLOWS:-1000000} differences=${DIFFERENCES-0 10 1000 100000}
live=${LIVE:-75000000} live_rate=${LIVE_RATE:-3250} sensors=${SENSORS:-200}
. "${srcdir:?}/tests/system/sshd.sh"
t0=1764000000

row() { # what, ratio, bar, above|below
	echo "$1|$2|$3|$4" | awk -F'|' '{ met = $4 == "above" ? $2 >= $3 : $2 <= $3
		printf "| %s | %.4g | %s %s | %s |\n", $1, $2,
		    $4 == "above" ? "at least" : "at most", $3,
		    met ? "met" : "not met" }'
}

quotient() {
	echo "$1 $2" | awk '{ print $1 / $2 }'
}

now() {
	perl -MTime::HiRes=time -e 'printf "%.4f\n", time'
}

sshd_prepare perl
for key in host user; do
	ssh-keygen -q -t ed25519 -N '' -f $key
done
echo "restrict $(cat user.pub)" >authorized
sshd_start 1 host
sshd_known host "${port1:?}" >known

config() {
	cat >config.yaml <<-END
	defaults:
	  sensor:
	    known_hosts: $dir/known
	    user: $(id -un)
	    connect_timeout: 300s
	    request_timeout: 300s
	    idle_timeout: 300s
	sensors:
	END
}

# A key file of its own, so that none shares a connection.
sensor() { # NAME LOGS
	cp user "key$1"
	cat >>config.yaml <<-END
	  $1: {address: "127.0.0.1:$port1", key: $dir/key$1, logs: [$2],
	    command: "$build/crosstap-sensor serve --logs $2"}
	END
}

# Bytes by differences. The bucket is the third minute of five; of B's log a
# difference is a flow of it that is left out.
frames() { # NAME: frames of that sensor, both ways
	sed -n "s/^crosstap: $1: \([0-9]*\) bytes sent, \([0-9]*\) received/\1 \2/p" \
	    err
}
mkdir -p logs/A logs/B
config
sensor A "$dir/logs/A"
sensor B "$dir/logs/B"
mkdir sim
ln -s /dev/null sim/B.conn.log
"$program" simulate --seed 7 --rate $((flows / 60)) --duration 300 -o sim \
    >/dev/null
mv sim/A.conn.log logs/A/conn.log
from=$((t0 + 120)) to=$((t0 + 180))
awk -F'\t' -v from=$from -v to=$to '!/^#/ { end = $1 + ($9 == "-" ? 0 : $9)
    if (end >= from && end < to) print }' logs/A/conn.log >region
inside=$(wc -l <region)
region=$(wc -c <region)
packed=$(gzip -6 -c region | wc -c)
echo "bucket of $inside flows, $region bytes, $packed of them by gzip" >&2
echo "| what | ratio | bar | |"
echo "|---|---|---|---|"
for d in $differences; do
	awk -F'\t' -v from=$from -v to=$to -v d="$d" -v n="$inside" '
	    /^#/ || d == 0 { print; next }
	    { end = $1 + ($9 == "-" ? 0 : $9) }
	    end >= from && end < to && int(++i * d / n) > gone {
		gone++; next }
	    { print }' logs/A/conn.log >logs/B/conn.log
	"$program" diff --config config.yaml --verbose --settle 60 \
	    --from $from --to $to A B >out 2>err || [ $? = 1 ] || {
		cat err >&2
		exit 1
	}
	# shellcheck disable=SC2046
	set -- $(frames A) $(frames B)
	all=$(($1 + $2 + $3 + $4))
	ssh=$(sed -n 's/.* rounds, \([0-9]*\) bytes on the wire/\1/p' err)
	# shellcheck disable=SC2046
	set -- "$4" $(sed -n 's/^crosstap: \([0-9]*\) differences named by \([0-9]*\) .*/\1 \2/p' err)
	what="at $d differences"
	if [ "$d" = 0 ]; then
		none=$1
		row "$what, frames, bytes" $all 8192 below
		row "$what, frames : gzip of the region" \
		    "$(quotient $all "$packed")" 0.001 below
	else
		row "$what, frames : gzip of the region" \
		    "$(quotient $all "$packed")" 0.05 below
	fi
	if [ "$d" -ge 1000 ]; then
		row "$what, frames, bytes a difference" \
		    "$(quotient $all "$d")" 40 below
	fi
	if [ "$2" -gt 0 ] && [ "$d" -ge 1000 ]; then
		# what B sends is symbols
		row "$what, symbols of both sides, bytes a difference" \
		    "$(quotient $((2 * ($1 - ${none:-2500}))) "$2")" 40 below
		row "$what, symbols a difference" "$(quotient "$3" "$2")" 1.5 \
		    below
	fi
	row "$what, bytes of ssh : frames ($ssh : $all)" \
	    "$(quotient "$ssh" $all)" 3 below
done
rm -rf logs sim region

# One bucket of a large log that is still written to.
if [ "$live" -gt 0 ]; then
	mkdir live sim
	ln -s /dev/null sim/B.conn.log
	"$program" simulate --seed 3 --rate "$live_rate" --flows "$live" \
	    -o sim >/dev/null
	mv sim/A.conn.log live/conn.log
	# its last line, #close, would say that it is not
	close=$(tail -n 1 live/conn.log | wc -c)
	truncate -s -"$close" live/conn.log
	touch live/conn.log
	to=$(((t0 + live / live_rate - 460) / 60 * 60))
	config
	sensor A "$dir/live"
	sensor B "$dir/live"
	cat >>config.yaml <<-END
	groups:
	  one: {sensors: [A, B]}
	END
	t1=$(now)
	wc -l live/conn.log >/dev/null
	t2=$(now)
	"$build/tests/bench/pull_many" config.yaml "${CROSSTAP_RULES:?}" \
	    $((to - 60)) $to >out
	# shellcheck disable=SC2046
	set -- $(cat out)
	[ "$1" = 2 ] || { cat out >&2; exit 1; }
	row "two pulls of a minute of a log of $(wc -c <live/conn.log) bytes, seconds" \
	    "$3" 2 below
	row "these pulls : wc -l of the log" \
	    "$(echo "$3 $t1 $t2" | awk '{ print $1 / ($3 - $2) }')" 0.2 below
	rm -rf live sim
fi

# Many sensors at once, two of each group: a bucket of small logs.
if [ "$sensors" -gt 0 ]; then
	"$program" simulate --seed 1 --fault worker-frozen -o sim >/dev/null
	mkdir -p logs/A logs/B
	mv sim/A.conn.log logs/A/conn.log
	mv sim/B.conn.log logs/B/conn.log
	config
	i=0
	while [ $i -lt "$sensors" ]; do
		sensor A$i "$dir/logs/A"
		sensor B$i "$dir/logs/B"
		echo "  g$i: {sensors: [A$i, B$i]}" >>groups
		i=$((i + 2))
	done
	{ echo "groups:" && cat groups; } >>config.yaml
	"$build/tests/bench/pull_many" config.yaml "${CROSSTAP_RULES:?}" \
	    $((t0 + 300)) $((t0 + 360)) >out
	# shellcheck disable=SC2046
	set -- $(cat out)
	row "sensors that answered, of $sensors" "$1" "$sensors" above
	row "all of them and their judgement, seconds elapsed" "$3" 60 below
	row "of these, seconds of the collector's processor" "$4" 60 below
fi
