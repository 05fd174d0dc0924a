#!/bin/sh
# Public logs that real sensors wrote, in the forms of fifteen years: each is
# read to its last record, or refused with a reason; what cannot be compared is
# never said to agree, and accuses nobody.
set -u
. "${srcdir:?}/tests/system/shared.sh"
shared_find real-logs
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

compare() { # operands; leaves status, $dir/out and $dir/err
	"$CROSSTAP" diff --format json "$@" >"$dir/out" 2>"$dir/err"
	status=$?
}

holds() { # what, jq expression on the report, wanted status
	if [ "$status" = "$3" ] && jq -e "$2" "$dir/out" >/dev/null; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: exit $status, wanted $3 and $2"
		jq -c '.pairs, .sensors, [.findings[].rule]' "$dir/out"
		cat "$dir/err"
	fi
}

said() { # what, text wanted in the messages
	if grep -q -- "$2" "$dir/err"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1: no '$2' in:"
		cat "$dir/err"
	fi
}

refused() { # what, text wanted in the messages
	holds "$1" '(.findings | length) == 0' 3
	said "$1" "$2"
}

# Neighbouring releases over one packet trace: from, to (by the start of the
# date), records that only the older has, that only the newer has or splits.
releases='20110929 20111007 0 5
20111219 20120217 0 41
20120727 20130428 0 5'

kind() { # log: readable, masked or bare
	case $(zcat "$1" | head -n 1) in
	'# ts'*) echo bare ;;
	*) if zcat "$1" | grep -q '^XXXX'; then echo masked; else
		echo readable
	fi ;;
	esac
}

changes() { # names of two releases: "only old, only new"
	echo "$releases" | while read -r from to old new; do
		case $1+$2 in
		*."$from".*+*."$to".*) echo "$old $new" ;;
		esac
	done
}

older=
for newer in "$shared"/releases/*.log.gz; do
	name=$(basename "$newer")
	if [ -n "$older" ]; then
		what="$(basename "$older") and $name"
		# some releases log flows an hour after their end
		compare --settle 4000 "A=$older" "B=$newer"
		kinds=$(kind "$older")+$(kind "$newer")
		case $kinds in
		*masked*) refused "$what" 'ts is masked' ;;
		*bare*) refused "$what" 'before any #fields' ;;
		*)
			change=$(changes "$older" "$newer")
			: "${change:=0 0}"
			holds "$what" ".pairs[0].only_a == ${change% *} and
			    .pairs[0].only_b + .pairs[0].split ==
			    ${change#* } and .pairs[0].paired > 2100 and
			    ([.sensors[].bad_lines] | add) == 0" 0
			;;
		esac
	fi
	older=$newer
done

# Odd forms, each against itself. Masked times are made readable first.
for log in "$shared"/formats/*.log "$shared"/formats/zeek-tests/*.log; do
	what=$(basename "$log")
	awk '/^#/ { print; next }
		{ gsub(/XXXXXXXXXX\.XXXXXX/, sprintf("%.6f",
		    1764000030 + n++ * 0.001)); print }' "$log" >"$dir/log"
	records=$(grep -c -v -e '^#' -e '^ts	' "$dir/log")
	compare "A=$dir/log" "B=$dir/log"
	if grep -q -e '^{' -e '^#fields.*	id[._]orig_h	' \
	    -e '^ts	.*	id[._]orig_h	' "$dir/log"; then
		holds "$what" ".sensors[0].flows + .sensors[0].late +
		    .sensors[0].outside == $records and
		    .sensors[0].bad_lines == 0 and .pairs[0].only_a == 0 and
		    .pairs[0].only_b == 0 and .pairs[0].damaged == 0" 0
	else
		refused "$what" 'before any #fields\|not a conn.log'
	fi
done

# Renamed columns are read when they are named.
sed 's/XXXXXXXXXX\.XXXXXX/1764000030.000000/' \
    "$shared"/formats/zeek-tests/*logging.field-name-map__conn.log >"$dir/log"
compare --field id.orig_h=src --field id.orig_p=src_port \
    --field id.resp_h=dst --field id.resp_p=dst_port "A=$dir/log" "B=$dir/log"
holds "renamed columns" '.pairs[0].paired == 34' 0

# A window of an archive is found without reading the archive.
whole=$(cat "$shared"/archive/*/* | wc -c)
from=$(zcat "$shared"/archive/2024-04-20/conn.12:* |
    awk '!/^#/ { print int($2 / 60) * 60; exit }')
compare --from $((from + 600)) --to $((from + 2400)) \
    "A=$shared/archive" "B=$shared/archive"
holds "half an hour of an archive" ".pairs[0].paired > 100 and
    .pairs[0].only_a == 0 and .pairs[0].only_b == 0 and
    .to - .from <= 1800 and .sensors[0].bytes_read < $whole / 8" 0
compare "A=$shared/archive" "B=$shared/archive"
holds "three days of an archive" ".pairs[0].only_a == 0 and
    .pairs[0].only_b == 0 and (.findings | length) == 0 and
    .sensors[0].bytes_read >= $whole" 0

echo "tests/system/reallogs.sh: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 200 ]
