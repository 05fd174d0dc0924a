#!/bin/sh
# A sensor and a bastion that want a one-time password besides the key: a
# person at the terminal is asked, with the echo off and with what the server
# says made harmless; where there is no terminal, nobody is asked.
#
# sshd asks by PAM, whose rules are found in /etc/pam.d alone: it gets a mount
# namespace in which that is a folder of the test.
set -u
program=${CROSSTAP:?}
sensor=$(dirname "$program")/crosstap-sensor
terminal=$(dirname "$program")/tests/system/on_terminal
. "${srcdir:?}/tests/system/sshd.sh"
sshd_prepare jq setsid
passed=0 failed=0
me=$(id -un)
t0=1764000000

result() { # what, status
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

skip() {
	echo "SKIP: $*"
	exit 77
}
mkdir -p pam.d logs/A logs/B
[ "$(uname -s)" = Linux ] || skip "mount namespaces are of Linux"
unshare -m mount --bind "$dir/pam.d" /etc/pam.d 2>/dev/null ||
    skip "not allowed to make a mount namespace"
for module in pam_echo pam_exec pam_permit; do
	[ -n "$(find /lib/security /lib/*/security /lib64/security \
	    /usr/lib*/security -name $module.so 2>/dev/null)" ] ||
	    skip "there is no $module.so"
done

cat >code <<'END'
#!/bin/sh
[ "$(tr -d '\0')" = 123456 ]
END
chmod 755 code
printf 'Enter the \033[2Jcode\n' >words
cat >pam.d/sshd <<END
auth required pam_echo.so file=$dir/words
auth required pam_exec.so expose_authtok $dir/code
auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so
END
for key in host user jump; do
	ssh-keygen -q -t ed25519 -N '' -f $key || exit 1
done
{
	echo "restrict,command=\"$sensor serve --logs $dir/logs/A\" $(cat user.pub)"
	echo "restrict,port-forwarding $(cat jump.pub)"
} >authorized
# The first value of an option counts: those of sshd_start come after these.
real=$sshd
cat >asking <<END
#!/bin/sh
exec unshare -m sh -c 'mount --bind $dir/pam.d /etc/pam.d && exec "\$@"' \
    - $real -o UsePAM=yes -o KbdInteractiveAuthentication=yes \
    -o AuthenticationMethods=publickey,keyboard-interactive \
    -o PermitRootLogin=yes "\$@"
END
chmod 755 asking
sshd=$dir/asking
sshd_start 1 host
sshd=$real
sshd_start 2 host
sshd_known host "$port1" >known
sshd_known host "$port2" >>known

"$program" simulate -o sim --seed 1 --fault worker-frozen:sensor=B \
    >/dev/null || exit 1
cp sim/A.conn.log logs/A/conn.log
cp sim/B.conn.log logs/B/conn.log
cat >c.yaml <<END
defaults:
  sensor: {user: $me, key: $dir/user, known_hosts: $dir/known,
    connect_timeout: 5s}
bastions:
  gate: {address: "127.0.0.1:$port1", user: $me, key: $dir/jump,
    known_hosts: $dir/known}
sensors:
  A: {address: "127.0.0.1:$port1"}
  A.far: {address: "127.0.0.1:$port2", bastion: gate}
  B: {address: local, logs: logs/B}
END
export CROSSTAP_CONFIG=$dir/c.yaml
diff="$program diff --from $t0 --to $((t0 + 780)) --format json"

says() { # what, status wanted, status
	[ "$3" = "$2" ] && [ "$(jq -r '.findings[0].rule' out)" = worker-frozen ]
	result "$1: exit $3: $(cat shown err)" $?
}
# shellcheck disable=SC2086
"$terminal" shown 'Password: ' 123456 -- $diff A B >out 2>err
says "a person knows the password of a sensor" 1 $?
grep -qF 'A: Enter the \x1b[2Jcode' shown && ! grep -q 123456 shown
result "what the terminal shows: $(cat -v shown)" $?
# shellcheck disable=SC2086
"$terminal" shown 'Password: ' 123456 -- $diff A.far B >out 2>err
says "a person knows the password of a bastion" 1 $?
grep -q '^gate: ' shown
result "it is said who asks: $(cat -v shown)" $?
# shellcheck disable=SC2086
"$terminal" shown 'Password: ' 1 'Password: ' 2 'Password: ' 123456 -- \
    $diff A B >out 2>err
says "the third try counts, too" 1 $?

gap() { # what, status, pattern
	[ "$2" = 3 ] && grep -q "$3" err &&
	    jq -e 'all(.buckets[]; .status == "missing")' out >/dev/null
	result "$1: exit $2: $(cat err)" $?
}
# shellcheck disable=SC2086
"$terminal" shown 'Password: ' 1 'Password: ' 2 'Password: ' 3 -- \
    $diff A B >out 2>err
gap "a person does not know it" $? 'A: auth-refused: '
# shellcheck disable=SC2086
setsid $diff A B >out 2>err </dev/null
gap "without a terminal nobody is asked" $? 'A: auth-refused: '
# shellcheck disable=SC2086
"$terminal" shown 'Password: ' ^C -- $diff A B >out 2>err
[ $? = 128 ] && [ ! -s out ]
result "an interrupt ends it: $(cat shown err)" $?

echo "tests/system/otp.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
