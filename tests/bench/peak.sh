#!/bin/sh
# Peak memory of a command in kB: GNU time, or that of FreeBSD.
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if /usr/bin/time -f %M true 2>/dev/null; then
	/usr/bin/time -o "$out" -f 'peak %M' "$@" >/dev/null
else
	/usr/bin/time -l -o "$out" "$@" >/dev/null
	sed -i '' 's/^ *\([0-9]*\)  maximum resident.*/peak \1/' "$out"
fi
sed -n 's/^peak //p' "$out"
