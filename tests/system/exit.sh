#!/bin/sh
# The exit status is what scripts and Nagios act on: 0 they agree, 1 findings,
# 2 trouble, 3 part of the window could not be compared.
set -u
passed=0 failed=0
program=${CROSSTAP:?}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() { # name, wanted status, wanted in output, arguments
	name=$1 want=$2 text=$3
	shift 3
	"$program" "$@" >"$dir/out" 2>&1
	status=$?
	if [ "$status" = "$want" ] && grep -q -- "$text" "$dir/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name: exit $status, wanted $want and '$text' in:"
		head -n 5 "$dir/out"
	fi
}

"$program" simulate --seed 3 --duration 780 --start 1764000000 \
    --workers 4,3 -o "$dir/well" >/dev/null || exit 1
"$program" simulate --seed 3 --duration 780 --start 1764000000 \
    --workers 4,3 --fault worker-frozen:sensor=B,worker=2,from=240,to=540 \
    -o "$dir/ill" >/dev/null || exit 1
a=$dir/well/A.conn.log b=$dir/well/B.conn.log

check "a healthy pair" 0 '^A and B agree' diff "$a" "$b"
check "a frozen worker" 1 '^B misses .*(worker-frozen, critical)' \
    diff "$dir/ill/A.conn.log" "$dir/ill/B.conn.log"
check "quiet is one line" 1 'times are UTC$' \
    diff -q "$dir/ill/A.conn.log" "$dir/ill/B.conn.log"
check "a window after the logs" 3 '^not compared: ' \
    diff --from 1764090000 --to 1764090600 "$a" "$b"
check "no such file" 2 'nowhere.log' diff "$a" "$dir/nowhere.log"
check "one operand" 2 'wanted A B' diff "$a"
check "an unknown option" 2 'did you mean --format?' diff --formt=json "$a" "$b"
check "an unknown command" 2 'did you mean diff?' dif "$a" "$b"
check "no command" 2 '^usage: '
check "a bad time" 2 'wanted ISO 8601' diff --from yesterday "$a" "$b"
check "a bad zone" 2 'unknown time zone' diff --tz Mars/Base "$a" "$b"
check "no such rules" 2 'nothing-here' diff --rules "$dir/nothing-here" "$a" "$b"
check "help" 0 '^usage: crosstap COMMAND' --help
check "version" 0 '^crosstap [0-9]' --version
for command in diff digest explain rules simulate; do
	check "help of $command" 0 "^usage: crosstap $command" $command --help
	check "version of $command" 0 '^crosstap [0-9]' $command --version
	check "bad option of $command" 2 'unknown option --nonsense' \
	    $command --nonsense
done

echo "tests/system/exit.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
