#!/bin/sh
# libcrosstap as an outside program sees it: what it shows, that its headers
# stand alone, and that the example finds what crosstap diff finds.
set -u
build=$(dirname "${CROSSTAP:?}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

is() { # what, got, wanted
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: got '$2', wanted '$3'"
	fi
}

so=$build/src/.libs/libcrosstap.so
nm -D --defined-only "$so" | sed 's/.* //' >"$work/shown"
is 'symbols that are not crosstap_*' "$(grep -v '^crosstap_' "$work/shown")" ''
cat "${srcdir:?}"/include/crosstap/*.h |
    sed -n 's/^.*\<\(crosstap_[a-z_]*\)(.*$/\1/p' |
    grep -v '^crosstap_.*_free(),' | sort -u >"$work/named"
sort "$work/shown" >"$work/sorted"
is 'functions of the headers and of the library' \
    "$(comm -3 "$work/named" "$work/sorted")" ''

for header in "$srcdir"/include/crosstap/*.h; do
	echo "#include <crosstap/$(basename "$header")>" >"$work/alone.c"
	is "$(basename "$header") stands alone" "$(
		${CC:-cc} -std=c99 -pedantic -Wall -Werror -fsyntax-only \
		    -I"$srcdir/include" "$work/alone.c" 2>&1)" ''
done

"$CROSSTAP" simulate --sensors 2 --rate 40 --duration 600 --seed 7 \
    --start 1764000000 --workers 4,3 -o "$work/logs" \
    --fault worker-frozen:sensor=B,from=120,to=300,worker=2 >/dev/null
a=$work/logs/A.conn.log b=$work/logs/B.conn.log
"$CROSSTAP" diff --format json "$a" "$b" >"$work/diff.json"
is 'status of the example' "$("$build/doc/compare-logs" "$a" "$b" \
    >"$work/example"; echo $?)" 0
is 'pairs of the example and of diff' \
    "$(tail -1 "$work/example" | cut -d' ' -f1-10)" \
    "$(jq -r '.pairs[0] | "paired \(.paired) only_a \(.only_a) only_b \(
	.only_b) damaged \(.damaged) shifted \(.shifted)"' "$work/diff.json")"
is 'buckets of the example and of diff' \
    "$(sed '$d' "$work/example")" \
    "$(jq -r '.buckets[] | "\(.start) \(.status)"' "$work/diff.json")"
is 'a log against itself' "$("$build/doc/compare-logs" "$a" "$a" | tail -1 |
    cut -d' ' -f3-)" 'only_a 0 only_b 0 damaged 0 shifted 0 agreement 1.0000'
is 'status without a log' \
    "$("$build/doc/compare-logs" "$a" "$work/none" 2>/dev/null; echo $?)" 2

echo "tests/system/library.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
