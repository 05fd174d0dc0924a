#!/bin/sh
# Rules are tried out on labelled logs: test counts what is said against what
# is expected, replay tells what a changed rule makes different, and explain
# has the numbers of the finding.
set -eu
program=${CROSSTAP:?}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

check() { # name, wanted status, wanted line (basic pattern), arguments
	name=$1 want=$2 text=$3
	shift 3
	status=0
	"$program" "$@" >"$dir/out" 2>&1 || status=$?
	if [ "$status" = "$want" ] && grep -q -e "$text" "$dir/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name: exit $status, wanted $want and '$text' in:"
		cat "$dir/out"
	fi
}

labelled=$dir/labelled
mkdir "$labelled" "$dir/changed"
for fault in none worker-frozen packet-loss; do
	set --
	[ $fault = none ] || set -- --fault $fault
	"$program" simulate "$@" --workers 4,3 -o "$labelled/$fault" >/dev/null
done
mv "$labelled/none" "$labelled/healthy"
rm "$labelled/packet-loss/A.conn.log"
a=$labelled/worker-frozen/A.conn.log b=$labelled/worker-frozen/B.conn.log

check "all right" 0 '^3 folders: 3 right, 0 wrong$' rules test "$labelled"
check "the matrix has the rule" 0 '^b  worker-frozen  *\. *1 *\.$' \
    rules test "$labelled"
check "one folder" 0 '^1 folder: 1 right, 0 wrong$' \
    rules test "$labelled/packet-loss"
sed 's/"rule": "worker-frozen"/"rule": "blind-spot"/' \
    "$labelled/worker-frozen/truth.json" >"$dir/truth"
cp "$dir/truth" "$labelled/worker-frozen/truth.json"
check "a wrong label is seen" 1 'expected blind-spot, said worker-frozen' \
    rules test "$labelled"
echo '{"truth": [{"rule": "x"}]}' >"$labelled/worker-frozen/truth.json"
check "a truth without a time" 2 'wanted an object with rule, start and end' \
    rules test "$labelled/worker-frozen"
echo '{"truth": [' >"$labelled/worker-frozen/truth.json"
check "a truth that is cut" 2 'truth.json: ' \
    rules test "$labelled/worker-frozen"
check "no labelled logs" 2 'wanted a folder with truth.json' \
    rules test "$dir/changed"
check "no folder" 2 'no folder' rules test

sed 's/^severity: .*/severity: info/' \
    "${CROSSTAP_RULES:?}/worker-frozen.yaml" >"$dir/changed/worker-frozen.yaml"
check "a rule that is changed" 1 '^+ .*worker-frozen (info)' \
    rules replay --rules "$dir/changed/worker-frozen.yaml" "$a" "$b"
check "nothing is changed" 0 '^1 finding stays, 0 gone, 0 new$' \
    rules replay --rules "$CROSSTAP_RULES/worker-frozen.yaml" "$a" "$b"
check "no changed rules" 2 'wanted --rules' rules replay "$a" "$b"

check "explain has the condition" 0 'worker_flows <= 0.1 \* worker_expected' \
    explain "$a" "$b"
check "explain has its numbers" 0 'worker_flows 0 flows, worker_expected' \
    explain "$a" "$b"
check "explain says what is ruled out" 0 'packet-loss  *not damaged >= 8: ' \
    explain "$a" "$b"
check "there is no second finding" 2 'finding 2: there are 1' \
    explain --finding 2 "$a" "$b"
check "nothing to explain" 0 'no finding to explain' \
    explain "$labelled/healthy/A.conn.log" "$labelled/healthy/B.conn.log"

# The manual of rule files: its example, the keys, and the columns.
manual=${srcdir:?}/doc/crosstap-rules.5
if command -v mandoc >/dev/null; then
	lint=$(mandoc -Tlint -Wwarning "$manual" || :)
	[ -z "$lint" ] && passed=$((passed + 1)) || {
		failed=$((failed + 1))
		echo "FAILED: the manual is free of warnings: $lint"
	}
fi
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$manual" | grep -v '^\.' \
    >"$dir/changed/tenth.yaml"
check "the example of the manual" 0 '' rules check "$dir/changed/tenth.yaml"
has() { # what; they are in the file words
	sort -u -o "$dir/words" "$dir/words"
	missing=$(sed -n 's/^\.It Cm \([a-z_]*\)$/\1/p' "$manual" | sort -u |
	    comm -13 - "$dir/words")
	if [ -s "$dir/words" ] && [ -z "$missing" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1 are in the manual, but: $missing"
	fi
}
sed -n 's/^[[:space:]]*X(\([a-z0-9_]*\), .*/\1/p' \
    "$srcdir/src/judge/evidence.h" >"$dir/words"
has "the columns"
sed -n 's/^	\(TEXT\|WORD\|LIST\)("\([a-z_]*\)".*/\2/p' \
    "$srcdir/src/sys/rulefile.c" >"$dir/words"
has "the keys"
echo "tests/system/rules.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
