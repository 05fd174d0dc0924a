#!/bin/sh
# crosstap sensors: check says of each sensor what it tells, or what is wrong;
# add shows a host key and trusts it only if a person, or --fingerprint, says
# so, and what it prints is enough to compare the sensor.
set -u
program=${CROSSTAP:?}
sensor=$(dirname "$program")/crosstap-sensor
terminal=$(dirname "$program")/tests/system/on_terminal
. "${srcdir:?}/tests/system/sshd.sh"
sshd_prepare jq
passed=0 failed=0
PATH=$(dirname "$sensor"):$PATH
me=$(id -un)
HOME=$dir
export HOME
unset SSH_AUTH_SOCK

result() { # what, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

# Logs of the last minutes, so that there is something to tell.
"$program" simulate -o sim --seed 1 --start $(($(date +%s) - 900)) \
    >/dev/null || exit 1
mkdir A B none keys
mv sim/A.conn.log A/conn.log
mv sim/B.conn.log B/conn.log
for key in host otherhost user jump stranger; do
	ssh-keygen -q -t ed25519 -N '' -f $key || exit 1
done
serve="$sensor serve --logs $dir/A --zeek 7.0.3 --attribute tap=east"
echo "restrict,command=\"$serve\" $(cat user.pub)" >authorized
echo "restrict,port-forwarding $(cat jump.pub)" >>authorized
sshd_start 1 host
sshd_start 2 otherhost
sshd_known host "$port1" >known
sshd_known otherhost "$port2" >>known
sshd_known otherhost "$port1" >changed
down=$((base + 1000))

cat >c.yaml <<END
defaults:
  sensor: {user: $me, key: $dir/user, known_hosts: $dir/known,
    connect_timeout: 5s, request_timeout: 3s}
  bastion: {user: $me, key: $dir/jump, known_hosts: $dir/known}
bastions:
  gate: {address: "127.0.0.1:$port2"}
sensors:
  far: {address: "127.0.0.1:$port1"}
  behind: {address: "127.0.0.1:$port1", bastion: gate}
  here: {address: local, logs: A}
  file: {logs: B/conn.log}
  empty: {address: local, logs: none}
  nowhere: {address: local, logs: nowhere}
  nobody: {address: local, command: no-such-program serve}
  mute: {address: local, command: sleep 6543}
  loud: {address: local, command: yes}
  down: {address: "127.0.0.1:$down"}
  hostkey: {address: "127.0.0.1:$port1", known_hosts: $dir/changed}
  stranger: {address: "127.0.0.1:$port1", key: $dir/stranger}
groups:
  good: {sensors: [far, here]}
END
export CROSSTAP_CONFIG=$dir/c.yaml

"$program" sensors check >out 2>err
status=$?
[ $status = 2 ] && [ "$(wc -l <out)" = 13 ] && [ ! -s err ]
result "check of all, exit $status: $(cat out err)" $?
says() { # sensor, pattern
	grep -Eq "^$1 +$2" out
	result "check says of $1: $(grep "^$1" out)" $?
}
says far "ok .* 7\.0\.3 .* $dir/A\$"
says behind "ok .* 7\.0\.3 .* $dir/A\$"
says here 'ok .* [-] .*A$'
says file 'ok .*B/conn\.log$'
says empty 'no-log .*no conn\.log of the last hour'
says nowhere 'command-failed .*status 2: .*nowhere: No such file'
says nobody 'command-failed .*no-such-program: No such file'
says mute 'timeout .*for 3 s'
says loud 'protocol-error .*frame'
says down 'unreachable .*refused'
says hostkey 'host-key-changed .*changed:1: another key'
says stranger 'auth-refused '
"$program" sensors check good file >out 2>err
result "check of those that are well, exit $?: $(cat out err)" $?
"$program" sensors check --format json far stranger >out 2>err
got=$(jq -c 'map([.name, .ok, .zeek, .logs, .attributes,
    (.watermark > 1e9), (.clock_offset | fabs? < 60)])' out)
want="[[\"far\",true,\"7.0.3\",[\"$dir/A\"],[\"tap=east\"],true,true],"
[ "${got#"$want"}" != "$got" ]
result "check as JSON: $got $(cat err)" $?
"$program" sensors check nosuch >out 2>err
[ $? = 2 ] && grep -q "no sensor or group 'nosuch'" err
result "a name that is none: $(cat err)" $?

# Children end with their sensors, and none stays behind as a zombie.
ps -A -o stat= -o args= | grep -E '^Z.*(sleep|yes).*defunct|[s]leep 6543' >left
[ ! -s left ]
result "nothing is left behind: $(cat left)" $?

# A new sensor behind a new bastion, with a person at the terminal.
print=$(ssh-keygen -lf host.pub | cut -d' ' -f2)
gateprint=$(ssh-keygen -lf otherhost.pub | cut -d' ' -f2)
sed "s|known_hosts: $dir/known|known_hosts: $dir/new|" c.yaml >new.yaml
add="$program sensors add --config new.yaml --bastion gate --logs $dir/A"
add="$add ext9 127.0.0.1:$port1"
# shellcheck disable=SC2086
"$terminal" shown '(yes/no)?' what '(yes/no)?' no -- $add >out 2>err
status=$?
[ $status = 2 ] && grep -qF "ssh-ed25519 $gateprint" shown && [ ! -e new ] &&
    [ ! -s out ] && grep -q 'gate: its host key is not trusted' err
result "a person says no, exit $status: $(cat shown out err)" $?
# shellcheck disable=SC2086
"$terminal" shown '(yes/no)?' yes '(yes/no)?' yes -- $add >out 2>err
status=$?
[ $status = 0 ] && grep -qF "gate (127.0.0.1 port $port2)" shown &&
    grep -qF "ext9 (127.0.0.1 port $port1)" shown &&
    grep -qF "ssh-ed25519 $print" shown && [ "$(wc -l <new)" = 2 ]
result "a person says yes, twice, exit $status: $(cat shown out err)" $?
ssh-keygen -F "[127.0.0.1]:$port1" -f new | grep -qF "$(cut -d' ' -f2 host.pub)"
result "known_hosts has the key as ssh-keygen reads it: $(cat new)" $?

# What was printed is enough.
{
	sed '/^groups/,$d' new.yaml
	sed -n '/^  /p' out
} >whole.yaml
grep '^restrict' out | sed "s|crosstap-sensor|$sensor|" >authorized.new
grep '^restrict,port' authorized >>authorized.new
mv authorized.new authorized
"$program" sensors check --config whole.yaml ext9 >checked 2>err
result "what was printed is enough: $(cat out checked err)" $?

# Again: it is known, and nobody is asked.
# shellcheck disable=SC2086
setsid $add >out 2>err </dev/null
status=$?
[ $status = 0 ] && [ "$(grep -c ' is known, ' err)" = 2 ] &&
    [ "$(wc -l <new)" = 2 ]
result "what is known is not asked, exit $status: $(cat err)" $?

# Without a terminal.
unset CROSSTAP_CONFIG
add="$program sensors add --user $me --key user --known-hosts third"
# shellcheck disable=SC2086
setsid $add x 127.0.0.1:"$port1" >out 2>err </dev/null
status=$?
[ $status = 2 ] && grep -q 'no terminal to ask.*wanted --fingerprint' err &&
    [ ! -e third ] && [ ! -s out ]
result "no terminal, exit $status: $(cat err)" $?
# shellcheck disable=SC2086
setsid $add --fingerprint "$gateprint" x 127.0.0.1:"$port1" >out 2>err </dev/null
status=$?
[ $status = 2 ] && grep -q 'not that of --fingerprint' err && [ ! -e third ]
result "another fingerprint, exit $status: $(cat err)" $?
# shellcheck disable=SC2086
setsid $add --fingerprint "$print" x 127.0.0.1:"$port1" >out 2>err </dev/null
status=$?
[ $status = 0 ] && [ "$(wc -l <third)" = 1 ] &&
    grep -qF "key: $dir/user" out && grep -q 'serve --logs /opt/zeek/logs' out
result "its fingerprint, exit $status: $(cat out err)" $?
sshd_known otherhost "$port1" >third
# shellcheck disable=SC2086
setsid $add --fingerprint "$print" x 127.0.0.1:"$port1" >out 2>err </dev/null
status=$?
[ $status = 2 ] && grep -q 'third:1 has another key' err
result "a changed key is never taken, exit $status: $(cat err)" $?
$program sensors add x >out 2>err
[ $? = 2 ] && [ -s err ]
result "a sensor that is nowhere wants an address: $(cat err)" $?
$program sensors add --user 'a b' x 'bad host' >out 2>err
[ $? = 2 ] && grep -q "bad address 'bad host'" err
result "a bad address: $(cat err)" $?

echo "tests/system/sensors.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
