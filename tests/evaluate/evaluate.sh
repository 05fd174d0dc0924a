#!/bin/sh
# The evaluation of the verdicts: simulates the scenarios of the table beside
# this file, compares their logs, and holds what was said against the truth.
#
#   evaluate.sh check   those marked for make check; fails where one is missed
#   evaluate.sh table   all of them, as Markdown; fails where a bar is missed
#   evaluate.sh full    the same, and the smallest faults that are named
#   evaluate.sh sweeps  these alone
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
	# in a shell of its own: it sets variables that the sweep has, too
	(one "$work/run.$1" "$2" tsv "$3" "$4" "$5") >"$work/step.$1"
	rm -rf "$work/run.$1"
	share=$(awk -F '\t' '$1 == "truth" && $4 == 1 && $5 == 1 { print $9 }' \
	    "$work/step.$1")
	[ -n "$share" ] && ! grep -q '^false' "$work/step.$1"
}

# The options of simulate for a size; @, FROM and TO stand in the table.
sweep_options() { # options, size, from
	case $1 in
	*FROM+@*) set -- "$(echo "$1" | sed "s/FROM+@/$(($3 + $2))/")" "$2" "$3" ;;
	esac
	echo "$1" | sed "s/@/$2/g; s/FROM/$3/g; s/TO/$(($3 + 60))/g"
}

# A sweep: for each rate the smallest size of those that are named with every
# seed, without a larger one that is not. What is named at one rate is where
# the next, higher, begins.
run_sweep() {
	IFS='|' read -r number name what sim diff sizes <"$work/job.$1"
	for rate in 50 500 20000; do
		from=240 length=540 seeds='1 2'
		if [ "$rate" -ge 10000 ]; then
			from=60 length=180 seeds=1
		fi
		best= best_share=
		for size in $sizes; do
			options=$(sweep_options "$sim" "$size" "$from")
			for seed in $seeds; do
				sweep_step "$1" "$seed" "--rate $rate \
				    --duration $length $options" \
				    "$diff" "$name" || break 2
			done
			best=$size best_share=$share
		done
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$number" "$name" "$what" \
		    "$rate" "$best" "$best_share"
		sizes=$(echo "$sizes" | awk -v best="$best" '{
			for (i = 1; i <= NF; i++)
				if (best == "" || seen || $i == best) {
					seen = 1
					printf "%s ", $i
				}
		}')
	done >"$work/out.$1"
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
check | table | sweeps | full) ;;
*)
	echo "usage: evaluate.sh [check|table|sweeps|full]" >&2
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

# Runs the jobs whose numbers come in, by the function named.
run_jobs() {
	xargs -n 1 -P "$jobs" sh "$here/evaluate.sh" "$1"
}

# Whether all of the expected rules exist.
is_known() {
	for rule in $(echo "$1" | tr '+' ' '); do
		[ "$rule" = - ] || grep -qx -e "$rule" "$work/rules" || return 1
	done
}

# A job a line for each scenario and seed; of those for check only the first
# seed, and only if the rule exists.
scenario_jobs() {
	n=0 line=0
	while IFS='|' read -r name check seeds logs sim diff expect; do
		line=$((line + 1))
		if [ "$mode" = check ]; then
			[ "$check" = yes ] || continue
			seeds=${seeds%% *}
			if ! is_known "$expect"; then
				echo "no rule yet: $name ($expect)" >&2
				continue
			fi
		fi
		for seed in $seeds; do
			n=$((n + 1))
			echo "$line|$seed|$name|$logs|$sim|$diff|$expect" \
			    >"$work/job.$n"
			echo $n
		done
	done
}

sweep_jobs() {
	n=0
	while IFS= read -r line; do
		n=$((n + 1))
		echo "$n|$line" >"$work/job.$n"
		echo $n
	done
}

status=0
if [ "$mode" != sweeps ]; then
	table scenarios | grep -e "${EVALUATE_ONLY:-}" | scenario_jobs |
	    run_jobs run_scenario
	cat "$work"/out.* | sort -t "$tab" -k 1n -k 3n >"$work/scores"
	rm -f "$work"/out.* "$work"/job.*
	awk -v mode="$mode" -f "$here/table.awk" "$work/scores" || status=$?
fi
if [ "$mode" = sweeps ] || [ "$mode" = full ]; then
	table sweeps | grep -e "${EVALUATE_ONLY:-}" | sweep_jobs |
	    run_jobs run_sweep
	cat "$work"/out.* | sort -t "$tab" -k 1n -k 4n >"$work/smallest"
	awk -f "$here/smallest.awk" "$work/smallest"
fi
exit $status
