#!/bin/sh
# What the programs may not do, and do not: crosstapd does not run as root, takes
# no secret from a file that others can read, and shows none in its log or to
# other processes; crosstap-sensor says how it confines itself.
set -u
if [ "$(id -u)" = 0 ]; then
	as_root=$("$(dirname "${CROSSTAP:?}")/crosstapd" -c /nowhere 2>&1)
	export as_root="status $?: $as_root"
fi
. "${srcdir:?}/tests/system/unprivileged.sh"
passed=0 failed=0
crosstap=${CROSSTAP:?}
bin=$(dirname "$crosstap")
command -v curl >/dev/null || {
	echo "SKIP: curl is not installed"
	exit 77
}
dir=$(mktemp -d) || exit 1
daemon=
finish() {
	[ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$dir" || exit 1
t0=1764000000

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

if [ -n "${as_root:-}" ]; then
	echo "$as_root" | grep -q '^status 2: .*root may not run it; wanted a user'
	result "root is refused: $as_root" $?
else
	echo "SKIP: not begun by root: that crosstapd refuses it"
fi

"$crosstap" simulate --sensors 2 --duration 1800 --rate 10 --seed 11 \
    -o logs >/dev/null
result "the logs are made" $?
secrets='web-token-of-the-test icinga-password nrdp-token-here webhook-secret nsca-password'
# shellcheck disable=SC2086
set -- $secrets
for file in web icinga nrdp webhook; do
	echo "$1" >$file.secret
	shift
done
printf 'password=%s\nencryption_method=1\n' "$1" >nsca.secret
chmod 644 ./*.secret
cat >c.yaml <<END
sensors:
  ext1: {logs: $dir/logs/A.conn.log}
  ext2: {logs: $dir/logs/B.conn.log}
groups:
  outside: {sensors: [ext1, ext2], seed: 7777777}
daemon: {store: $dir/store.db, control: $dir/control}
feeds:
  icinga: {kind: icinga2, url: 'https://127.0.0.1:9/', user: a, password_file: $dir/icinga.secret}
  nrdp: {kind: nrdp, url: 'https://127.0.0.1:9/', token_file: $dir/nrdp.secret}
  webhook: {kind: webhook, url: 'https://127.0.0.1:9/', secret_file: $dir/webhook.secret}
  nsca: {kind: nsca, address: '127.0.0.1:9', config: $dir/nsca.secret, command: /bin/true}
web: {socket: $dir/web, token_file: $dir/web.secret}
END
export CROSSTAP_CONFIG="$dir/c.yaml"
"$bin/crosstapd" -v -c c.yaml --clock $((t0 + 900)) 2>log &
daemon=$!
soon "$crosstap" status >status 2>err
result "it runs: $(cat err log)" $?
for file in web icinga nrdp webhook nsca; do
	grep -q "$file.secret: others can read it, and it holds a secret" log
	result "$file.secret is refused: $(cat log)" $?
done
chmod o= ./*.secret
kill -HUP $daemon
soon grep -q 'event=reloaded' log
result "it is told of the change: $(tail -3 log)" $?
soon test -S web
result "the page is served" $?
"$crosstap" status --clock $((t0 + 1500)) >status
result "it compares, and tells its feeds: $(tail -5 log)" $?
curl -s --unix-socket web -H "Authorization: Bearer ${secrets%% *}" \
    http://crosstap/ >/dev/null
result "the token lets in" $?
curl -s --unix-socket web -H "Authorization: Bearer another-token-than-that" \
    http://crosstap/ >/dev/null
grep -q 'event=' log && grep -qF icinga log
result "the log says something: $(cat log)" $?
for secret in $secrets 7777777; do
	! grep -qF "$secret" log
	result "the log does not tell $secret: $(grep -F "$secret" log)" $?
done

if [ -r /proc/$daemon/limits ]; then
	grep -q '^Max core file size  *0  *0 ' /proc/$daemon/limits
	result "it leaves no core: $(cat /proc/$daemon/limits)" $?
	! cat /proc/$daemon/environ >/dev/null 2>&1
	result "other processes of its user cannot look into it" $?
else
	echo "SKIP: no /proc: cores"
fi
kill $daemon
wait $daemon
result "it ends with status 0" $?
daemon=

"$bin/crosstap-sensor" digest -v --logs logs/A.conn.log >out 2>err
result "crosstap-sensor digest -v" $?
[ "$(grep -c '^crosstap-sensor: only ' err)" = 2 ]
result "says how it confines itself: $(cat err)" $?
"$bin/crosstap-sensor" digest --logs logs/A.conn.log >again 2>err && [ ! -s err ] &&
    [ -s out ] && cmp -s out again
result "but only if it is asked: $(cat err)" $?
echo "tests/system/privileges.sh: $passed passed, $failed failed"
[ $failed = 0 ]
