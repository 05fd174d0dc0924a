#!/bin/sh
# System tests with crosstap and crosstap-sensor under valgrind: valgrind.sh
# TEST... An error, or memory that was lost, ends a program with status 99, and
# is printed. The test itself need not pass: it may watch sizes and times.
set -u
bin=$(dirname "${CROSSTAP:?}")
command -v valgrind >/dev/null || {
	echo "SKIP: valgrind is not installed"
	exit 77
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/logs"
# what tests find beside $CROSSTAP is there, too
for file in "$bin"/*; do
	ln -s "$file" "$work/"
done
for program in crosstap crosstap-sensor; do
	rm -f "$work/$program"
	cat >"$work/$program" <<-END
	#!/bin/sh
	exec valgrind -q --error-exitcode=99 --leak-check=full \\
	    --errors-for-leak-kinds=definite --trace-children=no \\
	    --log-file='$work/logs/$program.%p' '$bin/$program' "\$@"
	END
	chmod +x "$work/$program"
done
failed=0
for test; do
	CROSSTAP=$work/crosstap sh "${srcdir:?}/$test" >"$work/out" 2>&1
	echo "$test: status $?: $(tail -n 1 "$work/out")"
done
runs=$(find "$work/logs" -type f | wc -l)
for log in $(find "$work/logs" -type f -size +0c); do
	failed=$((failed + 1))
	echo "$(basename "$log"):"
	cat "$log"
done
echo "tests/analysis/valgrind.sh: $((runs - failed)) passed, $failed failed"
[ "$runs" -gt 0 ] && [ "$failed" = 0 ]
