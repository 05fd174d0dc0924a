#!/bin/sh
# The evaluation of the verdicts: simulates the scenarios of the table beside
# this file, compares their logs, and holds what was said against the truth.
#
#   evaluate.sh check   those marked for make check; fails where one is missed
#   evaluate.sh table   all of them, as Markdown; fails where a bar is missed
#   evaluate.sh full    the same, and the smallest faults that are named
#
# CROSSTAP and CROSSTAP_RULES say what is tested. EVALUATE_JOBS runs at once
# (default 2); EVALUATE_ONLY takes the scenarios whose line matches a pattern.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${CROSSTAP:?}
jobs=${EVALUATE_JOBS:-2}
tab=$(printf '\t')

# Simulates and compares; prints the lines of score.jq. Arguments: folder,
# seed, logs, options of simulate, options of diff, expected rules.
one() {
	dir=$1 seed=$2 logs=$3 sim=$4 diff=$5 expect=$6
	format=tsv
	[ "$logs" = json ] && format=json
	# shellcheck disable=SC2086
	"$program" simulate $sim --seed "$seed" --format $format -o "$dir" \
	    >/dev/null
	set -- "$dir"/*.conn.log
	case $logs in
	mixed)
		# shellcheck disable=SC2086
		"$program" simulate $sim --seed "$seed" --format json \
		    -o "$dir/json" >/dev/null
		mv "$dir/json/${2##*/}" "$2"
		;;
	release)
		awk -f "$here/release.awk" "$2" >"$dir/log"
		mv "$dir/log" "$2"
		;;
	esac
	truth='[]'
	if [ "$expect" != - ]; then
		truth=$(jq -c .truth "$dir/truth.json")
		told=$(jq -r '[.truth[].rule] | sort | join("+")' \
		    "$dir/truth.json")
		if [ "$told" != "$expect" ]; then
			printf 'error\ttruth.json says %s, the table %s\n' \
			    "$told" "$expect"
			return
		fi
	fi
	status=0
	# shellcheck disable=SC2086
	"$program" diff $diff --no-progress --format json "$@" \
	    >"$dir/report" 2>"$dir/err" || status=$?
	if [ "$status" = 2 ] || [ "$status" -gt 3 ]; then
		printf 'error\texit %s: %s\n' "$status" "$(tr '\n' ' ' <"$dir/err")"
		return
	fi
	jq -r --argjson truth "$truth" --slurpfile for "$work/for" \
	    -f "$here/score.jq" "$dir/report"
}

# A scenario: its lines, each with number, name and seed before it.
run_scenario() {
	IFS='|' read -r number seed name logs sim diff expect <"$work/job.$1"
	mkdir "$work/run.$1"
	one "$work/run.$1" "$seed" "$logs" "$sim" "$diff" "$expect" |
	    awk -v head="$number$tab$name$tab$seed$tab" '{ print head $0 }' \
		>"$work/out.$1"
	rm -rf "$work/run.$1"
}

# Whether the rule is named on the right sensor, and nothing else; the share
# that it reports is left in $share.
sweep_step() {
	rm -rf "$work/run.$1"
	mkdir "$work/run.$1"
	one "$work/run.$1" "$2" tsv "$3" "$4" "$5" >"$work/step.$1"
	rm -rf "$work/run.$1"
	share=$(awk -F '\t' '$1 == "truth" && $4 == 1 && $5 == 1 { print $9 }' \
	    "$work/step.$1")
	[ -n "$share" ] && ! grep -q '^false' "$work/step.$1"
}

# A sweep at one rate: the smallest size from which on larger ones are named
# with every seed.
run_sweep() {
	IFS='|' read -r number rate name what sim diff sizes <"$work/job.$1"
	from=240 length=780 seeds='1 2 3'
	if [ "$rate" -ge 10000 ]; then
		from=60 length=180 seeds=1
	fi
	best= best_share=
	for size in $sizes; do
		options=$(echo "$sim" | sed "s/FROM+@/$((from))+@/g")
		case $options in
		*+@*) options=$(echo "$options" |
			sed "s/$from+@/$((from + size))/") ;;
		esac
		options=$(echo "$options" | sed "s/@/$size/g; s/FROM/$from/g
			s/TO/$((from + 60))/g")
		for seed in $seeds; do
			sweep_step "$1" "$seed" \
			    "--rate $rate --duration $length $options" \
			    "$diff" "$name" || break 2
		done
		best=$size best_share=$share
	done
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$number" "$name" "$what" "$rate" \
	    "$best" "$best_share" >"$work/out.$1"
}

case ${1:-} in
run_*)
	work=$EVALUATE_WORK
	"$1" "$2"
	exit
	;;
esac

mode=${1:-full}
case $mode in
check | table | full) ;;
*)
	echo "usage: evaluate.sh [check|table|full]" >&2
	exit 2
	;;
esac
if ! command -v jq >/dev/null; then
	echo "SKIP: jq is not installed"
	exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
EVALUATE_WORK=$work
export EVALUATE_WORK CROSSTAP

"$program" rules list | awk '{ print $1 }' >"$work/rules"
# shellcheck disable=SC2046
"$program" rules show $(cat "$work/rules") | awk '
	BEGIN { printf "{" }
	/^name: / { name = $2 }
	/^for: / { printf "%s\"%s\":%d", n++ ? "," : "", name, $2 }
	END { print "}" }' >"$work/for"

# The table without comments and blanks around the bars.
table() {
	sed '/^#/d; /^$/d; s/ *| */|/g' "$here/$1"
}

# The jobs: those of check need rules that exist, and stop after one seed.
n=0
table scenarios | grep -e "${EVALUATE_ONLY:-}" >"$work/scenarios"
while IFS='|' read -r name check seeds logs sim diff expect; do
	line=$((${line:-0} + 1))
	if [ "$mode" = check ]; then
		[ "$check" = yes ] || continue
		seeds=${seeds%% *}
		known=yes
		for rule in $(echo "$expect" | tr '+' ' '); do
			[ "$rule" = - ] || grep -qx -e "$rule" "$work/rules" ||
			    known=no
		done
		if [ $known = no ]; then
			echo "no rule yet, left out: $name ($expect)"
			continue
		fi
	fi
	for seed in $seeds; do
		n=$((n + 1))
		echo "$line|$seed|$name|$logs|$sim|$diff|$expect" \
		    >"$work/job.$n"
		echo $n
	done
done <"$work/scenarios" >"$work/numbers"
grep -v '^[0-9]*$' "$work/numbers" || true
grep '^[0-9]*$' "$work/numbers" |
    xargs -n 1 -P "$jobs" sh "$here/evaluate.sh" run_scenario
cat "$work"/out.* | sort -t "$tab" -k 1n -k 3n >"$work/scores"

if [ "$mode" != full ]; then
	awk -v mode="$mode" -f "$here/table.awk" "$work/scores"
	exit
fi

rm -f "$work"/out.* "$work"/job.*
table sweeps | grep -e "${EVALUATE_ONLY:-}" | awk -F '|' '{
	for (i = split("20000 500 50", rate, " "); i > 0; i--)
		print NR "|" rate[i] "|" $0
}' >"$work/sweeps" || true
n=0
while IFS= read -r line; do
	n=$((n + 1))
	echo "$line" >"$work/job.$n"
	echo $n
done <"$work/sweeps" | sort -rn |
    xargs -n 1 -P "$jobs" sh "$here/evaluate.sh" run_sweep
cat "$work"/out.* 2>/dev/null | sort -t "$tab" -k 1n -k 4n >"$work/smallest"

status=0
awk -v mode=full -f "$here/table.awk" "$work/scores" || status=$?
awk -f "$here/smallest.awk" "$work/smallest"
exit $status
