#!/bin/sh
# Sensors asked over ssh, with real sshd processes on loopback: the findings
# are those of the same logs here, directly and through a bastion; a sensor
# that fails says how, and takes nothing from the others.
set -u
program=${CROSSTAP:?}
sensor=$(dirname "$program")/crosstap-sensor
. "${srcdir:?}/tests/system/sshd.sh"
sshd_prepare jq
passed=0 failed=0
t0=1764000000

result() { # what, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

# key NAME OPTIONS: a key that may do so much
key() {
	ssh-keygen -q -t ed25519 -N '' -f "keys/$1" || exit 1
	printf 'restrict,%s %s\n' "$2" "$(cat "keys/$1.pub")" >>authorized
}
serve() { # NAME LOGS
	key "$1" "command=\"$sensor serve --logs $dir/logs/$2\""
	mkdir -p "logs/$2"
}
mkdir keys logs
drop= # what takes from root the right to read all
[ "$(id -u)" != 0 ] ||
    drop='setpriv --bounding-set=-dac_override,-dac_read_search '
for name in host otherhost stranger; do
	ssh-keygen -q -t ed25519 -N '' -f keys/$name || exit 1
done
serve A A
serve B B
serve C C
serve later later
serve earlier earlier
serve greedy greedy
serve wrong wrong
key secret "command=\"$drop$sensor serve --logs $dir/logs/secret\""
mkdir -p logs/secret
key jump port-forwarding
key stall 'command="exec sleep 60"'
key killed "command=\"$sensor serve --logs $dir/logs/B | { head -c 300; kill -9 \$\$; }\""
key garbage 'command="exec seq 1000"'
key endless 'command="exec yes"'
# What a program that knows no request of this version says.
key newer "command=\"printf '\\0\\0\\0\\7\\203\\0\\1\\1\\7\\2\\2' | $sensor serve --logs $dir/logs/B; exec sleep 60\""

server() { # N
	sshd_start "$1" keys/host
	eval "port=\$port$1"
	sshd_known keys/host "$port" >>known
	sshd_known keys/otherhost "$port" >>changed
}
server 1
server 2
server 3
down=$((base + 1000))
: >none

at2="address: \"127.0.0.1:$port2\", logs: [$dir/logs/B]"
cat >crosstap.yaml <<END
defaults:
  sensor:
    known_hosts: $dir/known
    user: $(id -un)
    connect_timeout: 5s
    request_timeout: 20s
    idle_timeout: 4s
  bastion:
    known_hosts: $dir/known
    user: $(id -un)
    key: $dir/keys/jump
    connect_timeout: 5s
bastions:
  gate: {address: "127.0.0.1:$port3"}
  nogate: {address: "127.0.0.1:$down"}
sensors:
  A: {address: "127.0.0.1:$port1", key: $dir/keys/A, logs: [$dir/logs/A]}
  B: {$at2, key: $dir/keys/B}
  C: {$at2, key: $dir/keys/C}
  B.here: {logs: logs/B}
  B.asked: {address: local, logs: logs/B}
  B.renamed: {logs: days/renamed.log, fields: {id.orig_h: src_ip}}
  A.far: {address: "127.0.0.1:$port1", key: $dir/keys/A, logs: [$dir/logs/A], bastion: gate}
  B.far: {$at2, key: $dir/keys/B, bastion: gate}
  hostkey: {$at2, key: $dir/keys/B, known_hosts: $dir/changed}
  unknown: {$at2, key: $dir/keys/B, known_hosts: $dir/none}
  stranger: {$at2, key: $dir/keys/stranger}
  behind: {$at2, key: $dir/keys/B, bastion: nogate}
  down: {address: "127.0.0.1:$down", logs: [$dir/logs/B], key: $dir/keys/B}
  stall: {$at2, key: $dir/keys/stall}
  killed: {$at2, key: $dir/keys/killed}
  garbage: {$at2, key: $dir/keys/garbage}
  endless: {$at2, key: $dir/keys/endless, max_bytes: 100K}
  greedy: {$at2, key: $dir/keys/greedy, max_bytes: 64K}
  newer: {$at2, key: $dir/keys/newer}
  killed.far: {$at2, key: $dir/keys/killed, bastion: gate}
  stall.far: {$at2, key: $dir/keys/stall, bastion: gate}
  stranger.far: {$at2, key: $dir/keys/stranger, bastion: gate}
  down.far: {address: "127.0.0.1:$down", logs: [$dir/logs/B], key: $dir/keys/B, bastion: gate}
  later: {$at2, key: $dir/keys/later}
  earlier: {$at2, key: $dir/keys/earlier}
  secret: {$at2, key: $dir/keys/secret}
  wrong: {$at2, key: $dir/keys/wrong}
END
window="--from $t0 --to $((t0 + 780)) --seed 1d --format json"

# What must be equal of the findings.
digest() { # report, output
	jq -cS 'def bare: sub("[.](far|here|asked|renamed)$"; "");
	    .findings | sort_by(.rule, .sensor, .from, (.facet | tostring)) |
	    .[] | [.rule, (.sensor | bare), .from, .to, .facet, .direction]' \
	    "$1" >"$2"
}
counts() { # report
	jq -c '[.pairs[] |
	    [.paired, .only_a, .only_b, .damaged, .shifted, .split]]' "$1"
}
shares() { # report
	jq -c '.findings | sort_by(.rule, .sensor, .from, (.facet | tostring)) |
	    map(.share)' "$1"
}

same() { # what, relation, operands here, operands there...
	what=$1 relation=$2 names=$3
	shift 3
	# shellcheck disable=SC2086
	"$program" diff $relation $window $names >here.json 2>err
	want=$?
	"$program" diff --config crosstap.yaml --verbose $relation $window \
	    "$@" >there.json 2>there.err
	got=$?
	# Where nothing was sampled; a subset is of answered flows alone.
	most=1000000
	[ "$relation$(grep -c ' 0 buckets sampled' there.err)" != 1 ] || most=0
	digest here.json here.txt
	digest there.json there.txt
	[ $want = $got ] && [ $want -lt 2 ] && cmp -s here.txt there.txt &&
	    jq -en --argjson a "$(shares here.json)" \
	        --argjson b "$(shares there.json)" \
	        '[$a, $b] | transpose |
	         all((.[0] - .[1]) | fabs <= 0.01)' >/dev/null &&
	    jq -en --argjson most $most --argjson a "$(counts here.json)" \
	        --argjson b "$(counts there.json)" \
	        '[$a, $b] | map(flatten) | transpose |
	         all((.[0] - .[1]) | fabs <= $most)' >/dev/null
	status=$?
	result "$what: exit $got, wanted $want" $status
	[ $status -eq 0 ] || {
		diff here.txt there.txt
		shares here.json
		shares there.json
		counts here.json
		counts there.json
		tail -3 there.err
	}
}

simulate() { # options
	rm -rf sim
	# shellcheck disable=SC2086
	"$program" simulate -o sim --seed 1 $* >/dev/null || exit 1
	cp sim/[AE]*.conn.log logs/A/conn.log
	cp sim/[BI]*.conn.log logs/B/conn.log
	[ ! -f sim/C.conn.log ] || cp sim/C.conn.log logs/C/conn.log
}

local_names="A=logs/A/conn.log B=logs/B/conn.log"
for fault in worker-frozen packet-loss blind-spot tap-strand-loss flow-split \
    duplicate-feed large-packet-loss clock-skew clock-skew:offset=30 \
    config-divergence local-nets shunting; do
	simulate --fault $fault
	same "$fault" '' "$local_names" A B
done
same 'the same through a bastion' '' "$local_names" A.far B.far
simulate --fault worker-frozen
whole=$window
window="--from $((t0 + 300)) --to $((t0 + 540)) --seed 1d --format json"
same 'a worker, from inside of its fault' '' "$local_names" A B
window=$whole
simulate --sensors 3 --fault worker-frozen:sensor=C
same 'three sensors' '' "$local_names C=logs/C/conn.log" A B C
simulate --relation subset --fault worker-frozen:sensor=INT
same 'subset, a worker' '--relation subset' "$local_names" A B
simulate --relation subset
same 'subset, healthy' '--relation subset' "$local_names" A B
simulate
same 'healthy' '' "$local_names" A B
same 'healthy, through a bastion' '' "$local_names" A.far B.far

# A sensor that fails: what is said, within what time; the others are compared
# and nobody is accused.
cp logs/B/conn.log logs/C/conn.log
"$program" simulate -o new --seed 1 --start $((t0 + 86400)) >/dev/null || exit 1
cp new/B.conn.log logs/later/conn.log
seq 1000 >logs/wrong/conn.log
# all of it differs, which takes more bytes than that sensor may send
"$program" simulate -o other --seed 2 >/dev/null || exit 1
cp other/B.conn.log logs/greedy/conn.log
cp logs/B/conn.log logs/secret/conn.log
chmod 000 logs/secret/conn.log
"$program" simulate -o old --seed 1 --start $((t0 - 86400)) >/dev/null || exit 1
sed '$d' old/B.conn.log >logs/earlier/conn.log # not closed

fails() { # sensor, pattern
	# shellcheck disable=SC2086
	"$program" diff --config crosstap.yaml $window A C "$1" \
	    >out.json 2>err
	status=$?
	paired=$(jq '[.pairs[] | select(.a == "A" and .b == "C") |
	    .paired] | add' out.json)
	# In every bucket it is said that this one was not compared.
	said=$(jq --arg s "$1" '(.buckets | length > 0) and
	    all(.buckets[]; .status == "missing" and
	        any(.gaps[]; .sensor == $s and .reasons == ["no-answer"])) and
	    all(.pairs[] | select(.b == $s);
	        .paired + .only_a + .only_b + .damaged == 0 and
	        .compared == false and .agreement == null) and
	    all(.pairs[] | select(.b != $s); .compared) and
	    all(.buckets[].pairs[] | select(.b == $s); .differs | not)' \
	    out.json)
	accused=$(jq -c '[.findings[] | .rule]' out.json)
	[ $status = 3 ] && [ "${paired:-0}" -gt 40000 ] &&
	    [ "$said" = true ] && [ "$accused" = '[]' ] &&
	    grep -Eq "$1: .*$2" err
	status2=$?
	result "$1: exit $status, $paired paired, gaps $said, $accused" \
	    $status2
	[ $status2 -eq 0 ] || cat err
}
fails hostkey 'host-key-changed: '
fails unknown 'host-key-unknown: '
fails stranger 'auth-refused: '
fails behind 'bastion-failed: .*nogate'
fails down 'unreachable: '
fails stall 'timeout: .*4 s'
fails killed 'closed: '
fails garbage 'frame'
fails endless 'frame'
fails later 'no-such-time: '
fails wrong 'unreadable: '
if $drop true 2>/dev/null; then
	fails secret 'unreadable: .*conn.log: .*[Pp]ermission denied'
else
	echo "SKIP: root that keeps its capabilities: a log without permission"
fi
fails greedy 'over-budget: '
fails newer 'bad-version: .*version'
fails down.far 'unreachable: .*bastion gate'
fails stranger.far 'auth-refused: '
fails killed.far 'closed: '
fails stall.far 'timeout: .*4 s'

# A log that has not got there yet is no failure, and no agreement either; what
# its sensor does not log, while the others do, is told.
# shellcheck disable=SC2086
"$program" diff --config crosstap.yaml $window A C earlier >out.json 2>err
status=$?
said=$(jq -c '[([.pairs[] | select(.a == "A" and .b == "C") | .paired] |
    add > 40000), (.buckets | length > 0), all(.buckets[];
    .status == "missing" and any(.gaps[]; .sensor == "earlier" and
        .reasons == ["not-yet"])), ([.findings[] | "\(.rule) \(.sensor)"] |
    unique == ["sensor-silent earlier"])]' out.json)
[ $status = 1 ] && [ "$said" = '[true,true,true,true]' ]
result "not yet: exit $status, $said: $(cat err)" $?

"$program" diff --config crosstap.yaml $window down stranger >out.json 2>err
status=$?
[ $status = 2 ] && grep -q 'no sensor has answered' err
result "nobody answers: exit $status: $(cat err)" $?

# shellcheck disable=SC2086
"$program" diff --config crosstap.yaml --from $t0 --to $((t0 + 780)) A down \
    >out.txt 2>err
grep -q '^A and down .*not compared$' out.txt
result "a pair that was not compared agrees in nothing: $(cat out.txt)" $?

# The flows that differ, one by one: those of the same logs here.
lines() { # file
	jq -cS 'del(.ts, .sensor_a, .sensor_b)' "$1" | sort
}
flows() { # what, operands here -- operands there
	what=$1 names=$2
	shift 2
	# shellcheck disable=SC2086
	"$program" diff $window --flows here.flows --flows-format json $names \
	    >here.json 2>err
	# shellcheck disable=SC2086
	"$program" diff --config crosstap.yaml $window --flows there.flows \
	    --flows-format json "$@" >there.json 2>there.err
	lines here.flows >here.txt
	lines there.flows >there.txt
	[ -s here.txt ] && cmp -s here.txt there.txt && [ ! -s there.err ]
	status=$?
	result "$what: $(wc -l <here.txt) lines: $(cat there.err)" $status
	[ $status -eq 0 ] || diff here.txt there.txt | head
}
simulate --fault packet-loss --rate 20
flows 'flows that differ' "$local_names" A B
flows 'flows that differ, one log is here' "$local_names" A B=logs/B/conn.log
# Two logs of nothing in common: too many to name.
simulate --rate 400 --duration 240
cp logs/A/conn.log other.log
simulate --rate 400 --duration 240 --seed 2
cp other.log logs/A/conn.log
# shellcheck disable=SC2086
"$program" diff --config crosstap.yaml $window --flows there.flows A B \
    >there.json 2>err
all=$(jq '.pairs[0] | .only_a + .only_b + .damaged' there.json)
got=$(grep -vc '^#' there.flows)
said=$(sed -n 's/.* \([0-9]*\) of about \([0-9]*\) flows.*/\1 \2/p' err)
[ "${said% *}" = "$got" ] && [ "$got" -lt "$all" ] && [ "$got" -gt 1000 ] &&
    [ "${said#* }" -ge "$all" ] && [ "${said#* }" -lt $((all + all / 20)) ]
result "a sample of the flows, $got of $all: $(cat err)" $?

# A log here beside a sensor elsewhere, in every form of an operand.
simulate --fault worker-frozen
mkdir -p days/1
cp logs/B/conn.log days/1/conn.log
same 'a file here' '' "$local_names" A B=logs/B/conn.log
same 'a folder here' '' "$local_names" A B=logs/B
same 'a pattern here' '' "$local_names" A "B=days/*/conn.log"
same 'a sensor of this host' '' "$local_names" A B.here
same 'one that is asked here' '' "$local_names" A B.asked
same 'both are here, one is asked' '' "$local_names" A=logs/A B.asked
sed 's/id\.orig_h/src_ip/' logs/B/conn.log >days/renamed.log
same 'with fields of another name' '' "$local_names" A B.renamed
refused() { # what, pattern, operands...
	what=$1 pattern=$2
	shift 2
	# shellcheck disable=SC2086
	"$program" diff --config crosstap.yaml $window "$@" >out.json 2>err
	[ $? = 2 ] && grep -q "$pattern" err
	result "$what: $(cat err)" $?
}
refused 'a file that is not there' 'nosuch: No such file' A ./nosuch
refused 'standard input' 'standard input' A B=-

echo "tests/system/remote.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
