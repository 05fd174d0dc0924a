#!/bin/sh
# The store of the daemon against what a machine does to it: a writer that is
# killed at any instant loses nothing that it acknowledged and leaves nothing
# half; a full disk is said, and the next write after it succeeds.
set -u
tool=$(dirname "${CROSSTAP:?}")/tests/system/store_kill
work=$(mktemp -d) || exit 99
small=$work/small
passed=0 failed=0
finish() {
	umount "$small" 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

result() { # what, status
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

# After some lines, at whatever instant it is in then. What is told before the
# pipe closes was acknowledged; a line that was cut was not.
killed() { # round
	"$tool" write "$db" "$next" >"$work/pipe" &
	writer=$!
	exec 4<"$work/pipe"
	lines=0 told=
	while [ "$lines" -lt $(($1 % 7 * 5)) ] && read -r line <&4; do
		lines=$((lines + 1)) told=$line
	done
	kill -9 "$writer"
	wait "$writer" 2>/dev/null
	while read -r line <&4; do
		told=$line
	done
	exec 4<&-
}

mkfifo "$work/pipe" "$work/room"
db=$work/killed.db
next=0
seen=-1
"$tool" write "$db" 0 2>/dev/null | sed 1q >/dev/null
for round in $(seq 1 50); do
	seen=$("$tool" check "$db" "$seen")
	result "round $round: $seen" "$?"
	case $seen in
	'' | *[!0-9]*) break ;;
	esac
	next=$((seen + 1))
	killed "$round"
	[ -z "$told" ] || seen=$told
done
seen=$("$tool" check "$db" "$seen")
result "after the last round: $seen" "$?"

mkdir "$small"
if mount -t tmpfs -o size=3m tmpfs "$small" 2>/dev/null; then
	db=$small/full.db
	head -c 1000000 /dev/zero >"$small/ballast"
	"$tool" fill "$db" 0 <"$work/room" >"$work/pipe" 2>&1 &
	writer=$!
	exec 3>"$work/room" 4<"$work/pipe"
	read -r kept <&4
	rm "$small/ballast"
	exec 3>&-
	read -r kept <&4
	wait "$writer"
	result "a full disk, then room: $kept" "$?"
	exec 4<&-
	seen=$("$tool" check "$db" "$kept")
	result "all is there after the full disk: $seen" "$?"
else
	echo "a full disk: left out, no small file system may be mounted here"
fi

echo "tests/system/store.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
