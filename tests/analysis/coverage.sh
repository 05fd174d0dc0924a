#!/bin/sh
# Lines of the pure rooms that were run, by gcov: coverage.sh BUILD, where BUILD
# was configured with --enable-coverage and its tests of the pure rooms have
# run. FLOOR is the share of all lines, in percent, below which it fails; with
# LIST=1 the lines that were not run are printed, too.
set -u
build=$(realpath "${1:?}") floor=${FLOOR:-90}
rooms='base flow digest compare judge wire api simulate collect'
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Annotated sources of a room, one after the other. Headers come with each
# source that includes them, and are left out.
annotated() { # room
	cd "$build" || exit 1
	for counts in "src/$1"/*.gcno; do
		case $counts in
		*/libcrosstap_la-* | *'*'*) continue ;;
		esac
		gcov -t -o "$counts" "$counts" 2>>"$work/err"
	done
}

for room in $rooms; do
	annotated "$room" | awk -v room="$room" -v list="${LIST:-0}" '
		{ at = index($0, ":"); mark = substr($0, 1, at - 1)
		  rest = substr($0, at + 1); gsub(/[ *]/, "", mark) }
		/:    0:Source:/ {
			file = substr(rest, index(rest, "Source:") + 7)
			sub(/.*\/src\//, "src/", file)
			ours = file ~ ("^src/" room "/[a-z0-9_]*\\.c$")
			files += ours
		}
		!ours || mark == "" || mark == "-" { next }
		{ lines++ }
		mark ~ /^[#=]+$/ {
			missed++
			if (list) {
				sub(/^ */, "", rest)
				print "    " file ":" rest
			}
		}
		END { print "ROOM", room, files + 0, lines + 0, missed + 0 }'
done >"$work/rooms"
grep -v '^ROOM' "$work/rooms"
awk -v floor="$floor" '
	BEGIN { printf "%-10s %6s %7s %7s %7s\n", "room", "files",
	    "lines", "run", "" }
	$1 != "ROOM" { next }
	{ print_row($2, $3, $4, $5); f += $3; n += $4; m += $5
	  if ($3 == 0) empty = empty " " $2 }
	function print_row(room, files, lines, missed) {
		printf "%-10s %6d %7d %7d %6.1f%%\n", room, files, lines,
		    lines - missed, lines ? 100 * (lines - missed) / lines : 0
	}
	END {
		print_row("all", f, n, m)
		if (empty != "") {
			print "FAILED: nothing was counted of" empty
			exit 1
		}
		if (100 * (n - m) < floor * n) {
			print "FAILED: below " floor " %"
			exit 1
		}
	}' "$work/rooms"
