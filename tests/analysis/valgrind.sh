#!/bin/sh
# System tests with crosstap and crosstap-sensor under valgrind: valgrind.sh
# TEST... An error, or memory that was lost, ends a program with status 99, and
# is printed. The test itself need not pass: it may watch sizes and times, and
# is ended after TEST_SECONDS; what had run by then counts.
set -u
bin=$(dirname "${CROSSTAP:?}")
command -v valgrind >/dev/null || {
	echo "SKIP: valgrind is not installed"
	exit 77
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
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
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite \\
	    --trace-children=no \\
	    --log-file='$work/logs/$program.%p' '$bin/$program' "\$@"
	END
	chmod +x "$work/$program"
done
failed=0
for test; do
	CROSSTAP=$work/crosstap timeout "${TEST_SECONDS:-120}" \
	    sh "${srcdir:?}/$test" >"$work/out" 2>&1
	echo "$test: status $?: $(tail -n 1 "$work/out")"
done
runs=$(find "$work/logs" -type f | wc -l)
# errors are lines of ==PID==; lines of --PID-- are calls that valgrind does not
# know, such as those of Landlock
for log in $(find "$work/logs" -type f -exec grep -lE '^==[0-9]+== ' {} +); do
	failed=$((failed + 1))
	echo "$(basename "$log"):"
	cat "$log"
done
echo "tests/analysis/valgrind.sh: $((runs - failed)) passed, $failed failed"
[ "$runs" -gt 0 ] && [ "$failed" = 0 ]
