#!/bin/sh
# Commands over ssh with real sshd processes on loopback: directly, through one
# and two bastions, and every way in which it can fail; beside each failure a
# pull on the same loop must finish undisturbed.
set -u
pull=$(dirname "${CROSSTAP:?}")/tests/system/ssh_pull
. "${srcdir:?}/tests/system/sshd.sh"
sshd_prepare ssh-agent ssh-add
USER=$(id -un)
export USER
passed=0 failed=0

for key in host otherhost user other; do
	ssh-keygen -q -t ed25519 -N '' -f $key || exit 1
done
ssh-keygen -q -t ecdsa -N '' -f echost || exit 1
ssh-keygen -q -t ecdsa -N '' -f ecuser || exit 1
cat user.pub ecuser.pub >authorized

sshd_start 1 host
sshd_start 2 echost
sshd_start 3 host
sshd_start 4 host
sshd_start 5 host 'AllowTcpForwarding no'
{
	sshd_known host "$port1"
	sshd_known echost "$port2"
	sshd_known host "$port3"
	sshd_known host "$port4"
	sshd_known host "$port5"
} >known_hosts
at="key=$dir/user;known=$dir/known_hosts"

# expect WHAT STATE PATTERN WORDS...: the pull called x ends so, and that
# called good, which goes on meanwhile, well.
expect() {
	what=$1 state=$2 pattern=$3
	shift 3
	"$pull" "good;port=$port1;$at;times=3;cmd=seq 20000" "$@" \
	    >out 2>err
	good=$(grep -c '^good done 108894 $' out)
	if [ "$good" != 3 ]; then
		failed=$((failed + 1))
		echo "FAILED: $what: the other pull was disturbed:"
		cat out err
	elif grep -Eq "^x $state [0-9]+ .*$pattern" out; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $what: wanted $state $pattern:"
		cat out err
	fi
}

bastion1="b1;port=$port3;$at"
bastion2="b2;port=$port4;$at;via=b1"
expect 'directly' done '' "x;port=$port2;$at;cmd=cat"
expect 'with an ECDSA key' done '' \
    "x;port=$port2;key=$dir/ecuser;known=$dir/known_hosts;cmd=cat"
expect 'through a bastion' done '' "$bastion1" "x;port=$port2;$at;via=b1;cmd=cat"
expect 'through two bastions' done '' "$bastion1" "$bastion2" \
    "x;port=$port2;$at;via=b2;cmd=cat"
expect 'megabytes through two bastions' done '' "$bastion1" \
    "$bastion2" "x;port=$port2;$at;via=b2;cmd=seq 8750000"
expect 'a command that fails' command-failed 'status 3: oops' \
    "x;port=$port2;$at;cmd=echo oops >&2; exit 3"
expect 'the second key' done '' \
    "x;port=$port2;key=$dir/other;key=$dir/user;known=$dir/known_hosts;cmd=cat"

# Host keys.
sshd_known otherhost "$port2" >changed
expect 'another host key' host-key-changed 'changed:1: another key' \
    "x;port=$port2;key=$dir/user;known=$dir/changed;cmd=cat"
expect 'an unknown host' host-key-unknown 'has no key of this host' \
    "x;port=$port2;key=$dir/user;known=$dir/authorized;cmd=cat"
expect 'no known_hosts' host-key-unknown 'No such file' \
    "x;port=$port2;key=$dir/user;known=$dir/nothing;cmd=cat"
sshd_known otherhost "$port3" >wrong
sshd_known echost "$port2" | sed 's/^/@revoked /' >revoked
cat known_hosts >>revoked
expect 'a revoked host key' host-key-changed 'revoked' \
    "x;port=$port2;key=$dir/user;known=$dir/revoked;cmd=cat"
cp known_hosts hashed
ssh-keygen -q -H -f hashed >/dev/null 2>&1
expect 'hashed names' done '' \
    "x;port=$port2;key=$dir/user;known=$dir/hashed;cmd=cat"
expect 'a bastion whose key changed' bastion-failed 'bastion b1: .*another key' \
    "b1;port=$port3;key=$dir/user;known=$dir/wrong" \
    "x;port=$port2;$at;via=b1;cmd=cat"

"$pull" "f;port=$port2;known=$dir/fetched;fetch" >out
want=$(ssh-keygen -lf echost.pub | cut -d' ' -f2)
if [ "$(sed -n 's/^f .* //p' out)" = "$want" ] && [ ! -e fetched ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: fingerprint: $(cat out), wanted $want"
fi
"$pull" "f;port=$port2;known=$dir/fetched;trust" >out
expect 'a key that a person trusts' done '' \
    "x;port=$port2;key=$dir/user;known=$dir/fetched;cmd=cat"

# Who we are.
expect 'a wrong user key' auth-refused '1 offered.*takes publickey' \
    "x;port=$port2;key=$dir/other;known=$dir/known_hosts;cmd=cat"
expect 'no user key' auth-refused 'No such file' \
    "x;port=$port2;key=$dir/none;known=$dir/known_hosts;cmd=cat"
eval "$(ssh-agent -s)" >/dev/null
pids="$pids $SSH_AGENT_PID"
expect 'an agent without keys' auth-refused 'agent: ' \
    "x;port=$port2;known=$dir/known_hosts;agent;cmd=cat"
ssh-add -q user
expect 'an agent' done '' "x;port=$port2;known=$dir/known_hosts;agent;cmd=cat"

# What is down.
free=$((base + 1000))
expect 'a target that is down' unreachable 'refused' \
    "x;port=$free;$at;cmd=cat"
expect 'a target that is down behind a bastion' unreachable \
    'bastion b1 cannot connect' "$bastion1" "x;port=$free;$at;via=b1;cmd=cat"
expect 'a bastion that is down' bastion-failed 'bastion b1: .*refused' \
    "b1;port=$free;$at" "x;port=$port2;$at;via=b1;cmd=cat"
expect 'the second bastion is down' bastion-failed 'bastion b2: ' \
    "$bastion1" "b2;port=$free;$at;via=b1" "x;port=$port2;$at;via=b2;cmd=cat"
expect 'a bastion that does not forward' bastion-failed \
    'bastion b1: does not forward' "b1;port=$port5;$at" \
    "x;port=$port2;$at;via=b1;cmd=cat"

# Peers that are not well: perl stands for them, where it is.
peer() { # name, perl for each connection $c
	perl -MIO::Socket::INET -e '
		$| = 1;
		my $s = IO::Socket::INET->new(Listen => 9, ReuseAddr => 1,
		    LocalAddr => "127.0.0.1", LocalPort => 0) or die;
		open(my $f, ">", $ARGV[0] . ".new") or die;
		print $f $s->sockport; close $f;
		rename($ARGV[0] . ".new", $ARGV[0]);
		$SIG{PIPE} = "IGNORE";
		my @kept;
		while (my $c = $s->accept()) {
			push(@kept, $c); '"$2"'
		}' "$dir/$1.port" &
	pids="$pids $!"
	pid=$!
	while [ ! -s "$1.port" ] && kill -0 $pid 2>/dev/null; do
		:
	done
	peer_port=$(cat "$1.port")
}
if command -v perl >/dev/null; then
	peer silent ''
	silent=$peer_port
	peer web 'print $c "HTTP/1.1 400 Bad Request\r\n\r\n"; close $c;'
	web=$peer_port
	peer garbage 'print $c "SSH-2.0-x\r\n", "\xff\x00garbage" x 5000;'
	garbage=$peer_port
	peer endless 'print $c "x" x 65536 for 1 .. 50;'
	endless=$peer_port
	expect 'a peer that says nothing' timeout 'first words' connect=3 \
	    "x;port=$silent;$at;cmd=cat"
	expect 'a bastion that says nothing' bastion-failed \
	    'bastion b1: time-out after 3 s' connect=3 \
	    "b1;port=$silent;$at" "x;port=$port2;$at;via=b1;cmd=cat"
	expect 'a peer that is no ssh server' protocol-error 'HTTP/1.1 400' \
	    "x;port=$web;$at;cmd=cat"
	expect 'a peer that sends garbage' protocol-error 'exchanging keys' \
	    "x;port=$garbage;$at;cmd=cat"
	expect 'a peer that sends anything' protocol-error 'no ssh server' \
	    "x;port=$endless;$at;cmd=cat"
else
	echo "SKIP: perl is not installed: no peers that misbehave"
fi

# Answers that do not end as they should.
expect 'a command without an answer' timeout 'not a byte for 5 s' idle=5 \
    "x;port=$port2;$at;cmd=sleep 60"
expect 'an answer that does not end' timeout 'no end of the answer' request=5 \
    "x;port=$port2;$at;cmd=while echo x; do sleep 1; done"
expect 'an answer over its budget' over-budget '10000000 bytes' \
    budget=10000000 "x;port=$port2;$at;cmd=yes"
peak=$(sed -n 's/.*peak_kib=\([0-9]*\).*/\1/p' out)
if [ "$peak" -lt 65536 ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: an endless answer takes $peak KiB"
fi
expect 'killed in the middle of its answer' closed 'SIGKILL' \
    "x;port=$port2;$at;cmd=echo begun; kill -9 \$\$; sleep 9"
expect 'the connection is cut in the middle' closed 'connection was closed' \
    "x;port=$port2;$at;cmd=echo begun; kill -9 \$PPID; sleep 1"
expect 'the connection is cut behind a bastion' closed \
    'connection was closed' "$bastion1" \
    "x;port=$port2;$at;via=b1;cmd=echo begun; kill -9 \$PPID; sleep 1"

# Connections are kept: fifty commands one after the other need one.
"$pull" "x;port=$port2;$at;times=50;cmd=cat" >out 2>err
if [ "$(grep -c '^x done 6 $' out)" = 50 ] &&
    grep -q 'connections=1 ' out; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: fifty commands on one connection:"
	tail -3 out err
fi

echo "tests/system/ssh.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
