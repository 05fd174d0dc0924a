#!/bin/sh
# Logs read by SFTP, with real sshd processes on loopback: the result is that
# of the same logs here, whatever form they have; of a big one only the region
# travels; a server that fails says how, and nobody is accused for it.
set -u
program=${CROSSTAP:?}
. "${srcdir:?}/tests/system/sshd.sh"
sshd_prepare jq gzip
passed=0 failed=0
t0=1764000000
user=$(id -un)

result() { # what, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

mkdir keys .ssh stranger stranger/.ssh || exit 1
for name in host otherhost .ssh/id_ed25519 stranger/.ssh/id_ed25519; do
	ssh-keygen -q -t ed25519 -N '' -f $name || exit 1
done
cp .ssh/id_ed25519.pub authorized
HOME=$dir
export HOME
unset SSH_AUTH_SOCK

# A server whose words we can cut: so many bytes go through, then this is done.
# A log is read twice, first to compare the clocks.
for at in /usr/lib/openssh /usr/libexec/openssh /usr/libexec /usr/lib/ssh \
    /usr/lib/misc; do
	[ ! -x $at/sftp-server ] || sftp_server=$at/sftp-server
done
command -v perl >/dev/null || sftp_server=
cut_at=9500000
cutting() { # N, what follows
	cat >cut"$1" <<-END
	#!/bin/sh
	"${sftp_server:-false}" | {
		perl -e 'my \$left = $cut_at;
		    while (\$left > 0) {
			my \$n = sysread(STDIN, my \$b, 65536) or last;
			\$b = substr(\$b, 0, \$left);
			\$left -= syswrite(STDOUT, \$b);
		    }'
		$2
	}
	END
	chmod +x cut"$1"
	sshd_start "$1" host "Subsystem sftp $dir/cut$1"
}
sshd_start 1 host
sshd_start 2 host 'Subsystem sftp internal-sftp -P open'
sshd_start 3 host 'PermitTTY no'
sshd_start 4 host "Subsystem sftp internal-sftp
ForceCommand seq 100000"
cutting 5 true
cutting 6 'kill -9 $PPID; sleep 1'
cutting 7 'seq 1000000'
cutting 8 'exec sleep 60'
printf '#!/bin/sh\nexec perl "%s" "%s"\n' "$srcdir/tests/system/sftpd.pl" \
    "$dir/sim/A.conn.log" >odd
chmod +x odd
sshd_start 9 host "Subsystem sftp $dir/odd"
for port in "$port1" "$port2" "$port3" "$port4" "$port5" "$port6" "$port7" \
    "$port8" "$port9"; do
	sshd_known host "$port"
done >.ssh/known_hosts
sshd_known otherhost "$port1" >changed
down=$((base + 1000))
: >none
there=ssh://$user@127.0.0.1:$port1$dir

# What must be equal, which is all but where the logs are.
bare() { # report
	jq -S 'del(.sensors[] | .path, .sftp_bytes, .bytes_read)' "$1"
}
same() { # what, operands here, operands there, options...
	what=$1 local=$2 operands=$3
	shift 3
	# shellcheck disable=SC2086
	"$program" diff --seed 1d --format json "$@" $local >here.json 2>here.err
	want=$?
	# shellcheck disable=SC2086
	"$program" diff --verbose --seed 1d --format json "$@" $operands \
	    >there.json 2>there.err
	got=$?
	bare here.json >here.txt
	bare there.json >there.txt
	[ $got = $want ] && [ $want -lt 2 ] && cmp -s here.txt there.txt &&
	    jq -e '[.sensors[].sftp_bytes // 0] | add > 0' there.json \
	        >/dev/null &&
	    grep -q 'bytes of logs read over sftp' there.err
	status=$?
	result "$what: exit $got, wanted $want" $status
	[ $status -eq 0 ] || {
		diff here.txt there.txt | head -5
		cat there.err
	}
}

"$program" simulate -o sim --seed 1 --fault worker-frozen >/dev/null || exit 1
A=sim/A.conn.log B=sim/B.conn.log
here="A=$A B=$B"
same 'plain' "$here" "A=$there/$A B=$there/$B"
"$program" diff --seed 1 "A=$A" "B=$there/$B" >out
grep -q '^Logs read by SFTP: B 11[.0-9]* MB travelled' out
result 'the report says what travelled' $?
same 'one is here' "$here" "A=$A B=$there/$B"
same 'three' "$here C=$A" "A=$A B=$there/$B C=$there/$A"
same 'a window' "$here" "A=$there/$A B=$there/$B" \
    --from $((t0 + 120)) --to $((t0 + 420)) --settle 60
"$program" diff --seed 1d --flows here.tsv "A=$A" "B=$B" >/dev/null
"$program" diff --seed 1d --flows there.tsv "A=$A" "B=$there/$B" >/dev/null
grep -v '^#' here.tsv >here.txt
grep -v '^#' there.tsv >there.txt
[ "$(wc -l <here.txt)" -gt 6000 ] && cmp here.txt there.txt
result 'the flows that differ' $?
gzip -k $A
same 'gzip' "$here" "A=$there/$A.gz B=$there/$B"
if command -v zstd >/dev/null; then
	zstd -q $B
	same 'zstd' "$here" "A=$there/$A B=$there/$B.zst"
fi

# An archive as zeekctl makes it: days, current as a link, other logs besides.
mkdir -p zeek/logs/2025-11-24 zeek/logs/2020-01-01 zeek/spool/logger-1 || exit 1
awk -v at=$((t0 + 300)) -v old=zeek/logs/2025-11-24/conn.16:00:00-16:05:00.log \
    -v new=zeek/spool/logger-1/conn.log '
	/^#/ { print >old; print >new; next }
	{ print >($1 + $9 < at ? old : new) }' $A
gzip zeek/logs/2025-11-24/*.log
echo 'nothing' >zeek/logs/2025-11-24/dns.16:00:00-16:05:00.log
echo 'nothing' >zeek/logs/2020-01-01/conn.16:00:00-16:05:00.log
ln -s ../spool/logger-1 zeek/logs/current
window="--from $t0 --to $((t0 + 780))"
# shellcheck disable=SC2086
{
same 'an archive' "A=zeek/logs B=$B" "A=$there/zeek/logs B=$B" $window
same 'an archive, with a slash' "A=zeek/logs B=$B" "A=$there/zeek/logs/ B=$B" \
    $window
same 'current' "A=zeek/logs/current B=$B" "A=$there/zeek/logs/current B=$B" \
    --from $((t0 + 360)) --to $((t0 + 780))
# without quotes these patterns are for this shell, too: there is none such
same 'a pattern' "A=zeek/*/2025*/*.gz B=$B" "A=$there/zeek/*/2025*/*.gz B=$B" \
    --from $t0 --to $((t0 + 240))
}
up=$(eval echo "~$user" | sed 's|/[^/]*|../|g')
same 'from the home there' "$here" \
    "A=ssh://$user@127.0.0.1:$port1/~/$up$dir/$A B=$B"

if command -v perl >/dev/null; then
	odd=ssh://$user@127.0.0.1:$port9
	same 'answers short and in another order' "$here" \
	    "A=$odd/x/conn.log B=$B"
	same 'a folder of odd names' "$here" "A=$odd/x B=$B"
else
	echo "SKIP: perl is not installed: no odd server"
fi

"$program" digest --format json $A >here.txt
"$program" digest --format json "$there/$A" >there.txt
[ -s here.txt ] && cmp here.txt there.txt
result 'digest' $?

# Of a big log the region alone.
"$program" simulate -o big --seed 1 --rate 400 >/dev/null || exit 1
same 'a region' 'A=big/A.conn.log B=big/B.conn.log' \
    "A=$there/big/A.conn.log B=$there/big/B.conn.log" \
    --from $((t0 + 60)) --to $((t0 + 120)) --settle 30
size=$(wc -c <big/A.conn.log)
jq -e --argjson size "$size" \
    '.sensors[0].sftp_bytes | . > 3e6 and . < $size / 2' there.json >/dev/null
result "a region: $(jq '.sensors[0].sftp_bytes' there.json) bytes of $size" $?

# Of a configuration, through a bastion; and by the words of ssh_config.
cat >crosstap.yaml <<END
defaults:
  sensor: {user: $user, agentless: yes, idle_timeout: 2s, connect_timeout: 5s}
bastions:
  gate: {address: "127.0.0.1:$port3", user: $user}
sensors:
  A: {address: "127.0.0.1:$port1", logs: "$dir/$A"}
  B: {address: "127.0.0.1:$port1", logs: "$dir/$B", bastion: gate}
  stalled: {address: "127.0.0.1:$port8", logs: "$dir/healthy/B.conn.log"}
  budget: {address: "127.0.0.1:$port1", logs: "$dir/healthy/B.conn.log", max_bytes: 9500K}
END
# shellcheck disable=SC2086
same 'sensors of a configuration' "$here" "A B" $window \
    --config crosstap.yaml
cat >.ssh/config <<END
Host far
	HostName 127.0.0.1
	Port $port1
	User $user
	UserKnownHostsFile $dir/known2
END
mv .ssh/known_hosts known2
same 'a host of ssh_config' "$here" "A=ssh://far$dir/$A B=$B"
mv known2 .ssh/known_hosts
"$program" diff --seed 1d "ssh://far$dir/$A" "B=$B" 2>err >out
grep -q 'known2' err
result "its known_hosts: $(cat err)" $?
rm .ssh/config

# What fails before anything was read.
refused() { # what, pattern, operand
	"$program" diff --seed 1 "A=$A" "B=$3" >out 2>err
	status=$?
	[ $status = 2 ] && [ ! -s out ] && grep -Eq "$2" err
	result "$1: exit $status: $(cat err)" $?
}
at() { # port, path
	echo "ssh://$user@127.0.0.1:$1$dir/$2"
}
refused 'no such file' \
    "ssh://$user@127.0.0.1:$port1$dir/sim/no.log: No such file" \
    "$(at "$port1" sim/no.log)"
refused 'no match' 'no file matches it' "$(at "$port1" 'sim/x*.log')"
refused 'no log in it' 'no conn.log in it' "$(at "$port1" keys)"
refused 'permission denied' ":$port2$dir/sim/B.conn.log: Permission denied" \
    "$(at "$port2" $B)"
refused 'no subsystem' 'command-failed: .*subsystem' "$(at "$port3" $B)"
refused 'a forced command' 'does not speak SFTP.*"1[.]2[.]3' "$(at "$port4" $B)"
refused 'nobody listens' "ssh://.*:$down.*: unreachable: " "$(at $down $B)"
refused 'no path' 'says no path' "ssh://$user@127.0.0.1:$port1"
refused 'a bad port' 'bad address' "ssh://$user@127.0.0.1:x/conn.log"
mv .ssh/known_hosts .ssh/kept
cp changed .ssh/known_hosts
refused 'another host key' 'ssh://.*: host-key-changed: ' "$(at "$port1" $B)"
cp none .ssh/known_hosts
refused 'an unknown host' 'ssh://.*: host-key-unknown: ' "$(at "$port1" $B)"
mv .ssh/kept .ssh/known_hosts
cp .ssh/known_hosts stranger/.ssh
HOME=$dir/stranger
refused 'another user key' 'ssh://.*: auth-refused: ' "$(at "$port1" $B)"
HOME=$dir

# What fails on the way: what was compared until then stands, what follows is
# said not to be, nobody is accused, and the others are compared.
"$program" simulate -o healthy --seed 1 >/dev/null || exit 1
fails() { # what, pattern, operand, options...
	what=$1 pattern=$2 operand=$3
	shift 3
	"$program" diff --seed 1d --format json "$@" A=healthy/A.conn.log \
	    C=healthy/B.conn.log "$operand" >out.json 2>err
	status=$?
	said=$(jq -c '
	    [.pairs[] | select(.a == "A" and .b == "C") | .paired] as $ac |
	    [.buckets[] | select(.gaps | length > 0)] as $gaps |
	    [.buckets[] | select(.gaps | length == 0)] as $full |
	    [($ac[0] > 45000), ($full | length > 2), ($gaps | length > 2),
	     ($gaps | all(.status == "incomplete" or .status == "missing")),
	     ($full | all(.status == "equal" or .status == "differs")),
	     (.buckets[-1].status == "missing"),
	     (.findings == [])] | map(if . then 1 else 0 end)' out.json)
	[ $status = 3 ] && [ "$said" = '[1,1,1,1,1,1,1]' ] &&
	    grep -Eq "$pattern" err
	status2=$?
	result "$what: exit $status, $said" $status2
	[ $status2 -eq 0 ] || {
		cat err
		jq -c '.findings[]' out.json
	}
}
if [ -z "${sftp_server-}" ]; then
	echo "SKIP: no sftp-server or no perl to end an answer in its middle"
else
	log=healthy/B.conn.log
	fails 'the server ends' "B: ssh://.*:$port5$dir/$log: closed: " \
	    "B=$(at "$port5" $log)"
	fails 'the connection is cut' "B: ssh://.*:$port6$dir/$log: closed: " \
	    "B=$(at "$port6" $log)"
	fails 'the server goes mad' "B: ssh://.*:$port7$dir/$log: protocol-error" \
	    "B=$(at "$port7" $log)"
	# shellcheck disable=SC2086
	fails 'the server stalls' \
	    "stalled: ssh://.*:$port8$dir/$log: timeout: .* 2 s" \
	    stalled --config crosstap.yaml $window
fi
# shellcheck disable=SC2086
fails 'too many bytes' "budget: ssh://.*$dir/.*: over-budget: " \
    budget --config crosstap.yaml $window

echo "tests/system/sftp.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
