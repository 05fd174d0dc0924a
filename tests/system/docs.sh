#!/bin/sh
# What is written is what is built: the manual has the synopsis and the options
# of --help, its examples run, the JSON contract names every member, and the
# handbook of diagnosis shows what each rule asks for and prints.
set -u
passed=0 failed=0
program=${CROSSTAP:?}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
manual=${srcdir:?}/doc/crosstap.1

if ! command -v mandoc >/dev/null; then
	echo "SKIP: mandoc is not installed"
	exit 77
fi

result() { # what, 0 for good
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1"
	fi
}

mandoc -Tlint -Wwarning "$manual" >"$dir/lint" 2>&1
result "the manual is free of warnings: $(cat "$dir/lint")" $?

for page in crosstapd.8 check_crosstap.1; do
	mandoc -Tlint -Wwarning "$srcdir/doc/$page" >"$dir/lint" 2>&1
	result "$page is free of warnings: $(cat "$dir/lint")" $?
	mandoc -Tascii -Owidth=1000 "$srcdir/doc/$page" |
	    sed "s/.$(printf '\b')//g" | tr -s ' \n' '  ' >"$dir/page"
	"$(dirname "$program")/${page%.?}" --help | tr -s ' ' >"$dir/page.help"
	awk '/^$/ { exit } { print }' "$dir/page.help" | tr -s '\n' ' ' |
	    sed 's/^usage: //; s/ *$//' | grep -qFf - "$dir/page"
	result "$page has the usage: $(head -1 "$dir/page.help")" $?
	grep -E '^ +-' "$dir/page.help" | sed 's/^ //' |
	    while IFS= read -r line; do
		grep -qiF -- "$line" "$dir/page" || echo "$line"
	    done >"$dir/lacks"
	[ ! -s "$dir/lacks" ]
	result "$page has each option: $(cat "$dir/lacks")" $?
done

mandoc -Tascii -Owidth=1000 "$manual" | sed "s/.$(printf '\b')//g" \
    >"$dir/manual"

# "-q, --quiet|print the verdict line only" for each option
of_help() {
	"$program" "$1" --help | awk '
		/^  +-/ {
			tag = $0
			text = ""
			gsub(/^ +/, "", tag)
			if (match(tag, /  +/)) {
				text = substr(tag, RSTART + RLENGTH)
				tag = substr(tag, 1, RSTART - 1)
				print tag "|" text
			}
			next
		}
		/^                    / && tag != "" && text == "" {
			text = $0
			gsub(/^ +/, "", text)
			print tag "|" text
		}'
}

of_manual() {
	awk -v title="   crosstap $1" '
		$0 == title { in_it = 1; next }
		/^   [^ ]/ || /^[^ ]/ { in_it = 0 }
		in_it && /^     -/ {
			tag = $0
			gsub(/^ +| +$/, "", tag)
			getline text
			gsub(/^ +/, "", text)
			print tag "|" text
		}' "$dir/manual"
}

for command in config coverage diff digest explain feeds flows incidents report rules \
    sensors simulate status; do
	usage=$("$program" $command --help | awk '/^$/ { exit } { print }' |
	    tr -s ' \n' '  ' | sed 's/^usage: //; s/ *$//')
	tr -s ' ' <"$dir/manual" | sed 's/^ //; s/ *$//' |
	    grep -qxF -- "$usage"
	result "$command: SYNOPSIS has '$usage'" $?

	of_help $command >"$dir/help"
	of_manual $command >"$dir/man"
	test -s "$dir/help"
	result "$command: --help shows options" $?
	cut -d'|' -f1 "$dir/help" >"$dir/help.tags"
	cut -d'|' -f1 "$dir/man" >"$dir/man.tags"
	# an argument may have bars in it: compare whole lines instead
	awk '{ print NR }' "$dir/help" >"$dir/n1"
	awk '{ print NR }' "$dir/man" >"$dir/n2"
	cmp -s "$dir/n1" "$dir/n2"
	result "$command: as many options in --help as in the manual" $?
	n=0
	while IFS= read -r line; do
		n=$((n + 1))
		want=$(sed -n "${n}p" "$dir/man" | tr -s ' ')
		got=$(echo "$line" | tr -s ' ')
		# The manual begins sentences in capitals and goes on.
		same=$(printf '%s\n%s\n' "$got" "$want" | awk '
			NR == 1 { got = tolower($0) }
			NR == 2 { print index(tolower($0), got) == 1 }')
		[ "$same" = 1 ]
		result "$command: manual has '$want', --help '$got'" $?
	done <"$dir/help"
done

# Examples: lines after "$ " in the manual, with their continuations.
mkdir "$dir/run" "$dir/bin"
ln -s "$program" "$dir/bin/crosstap"
sed -n '/^\.Bd -literal/,/^\.Ed/p' "$manual" | sed '/^\./d; s/\\e$/\\/' |
    awk '{ if (sub(/^\$ /, "")) n++; print > (d "/example." n) }' d="$dir"
for file in "$dir"/example.*; do
	(cd "$dir/run" && PATH=$dir/bin:$PATH sh "$file") >"$dir/out" 2>"$dir/err"
	status=$?
	[ "$status" -le 1 ] && [ -s "$dir/out" -o -d "$dir/run/demo" ]
	result "exit $status of: $(cat "$file"): $(cat "$dir/err")" $?
done
PATH=$dir/bin:$PATH crosstap diff "$dir/run/demo/A.conn.log" \
    "$dir/run/demo/B.conn.log" | head -n 1 >"$dir/verdict"
grep -q '^B misses .* of the flows .*(worker-frozen, critical)' "$dir/verdict"
result "the verdict names the frozen worker: $(cat "$dir/verdict")" $?

# The README shows lines of the same comparison.
LC_ALL=C "$program" diff "$dir/run/demo/A.conn.log" \
    "$dir/run/demo/B.conn.log" >"$dir/demo"
grep -E '^    (B misses|time |[0-9]+:)' "$srcdir/README.md" |
    sed 's/^    //' >"$dir/shown"
test "$(wc -l <"$dir/shown")" -gt 2
result "README.md shows a comparison" $?
while IFS= read -r line; do
	grep -qxF -- "$line" "$dir/demo"
	result "README.md shows '$line'" $?
done <"$dir/shown"

# Members of the JSON report, but for the names of evidence.
if command -v jq >/dev/null; then
	"$program" diff --format json "$dir/run/demo/A.conn.log" \
	    "$dir/run/demo/B.conn.log" >"$dir/json"
	members=$(jq -r 'del(.findings[].evidence) |
		[paths | map(strings) | last | values] | unique | .[]' \
	    "$dir/json")
	test -n "$members"
	result "the JSON report has members" $?
	for member in $members; do
		grep -q "[\`\"]$member[\`\"]" "$srcdir/doc/diff-json.md"
		result "doc/diff-json.md has $member" $?
	done
fi
for column in $("$program" diff --format csv "$dir/run/demo/A.conn.log" \
    "$dir/run/demo/B.conn.log" | head -n 1 | tr ',' ' '); do
	grep -q "\`$column\`" "$srcdir/doc/diff-json.md"
	result "doc/diff-json.md has the column $column" $?
done

# doc/digest-format.md: its rows are rows of the vectors, its commands run.
tab=$(printf '\t')
grep "^    .*$tab" "$srcdir/doc/digest-format.md" | sed 's/^    //' \
    >"$dir/rows"
test "$(wc -l <"$dir/rows")" -gt 10
result "doc/digest-format.md has rows of vectors" $?
while IFS= read -r line; do
	cat "$srcdir"/tests/data/*.tsv | grep -qxF -- "$line"
	result "doc/digest-format.md has '$line' of the vectors" $?
done <"$dir/rows"
awk '/^    \$ / { n++ } /^$/ { shown = 0 } /^    \$ / { shown = 1 }
	shown && n { sub(/^    /, ""); print > (d "/format." n) }' \
    d="$dir" "$srcdir/doc/digest-format.md"
for file in "$dir"/format.*; do
	(cd "$srcdir" && sed -n '1s/^\$ //p' "$file" |
	    PATH=$dir/bin:$PATH sh) >"$dir/out" 2>"$dir/err"
	sed 1d "$file" | cmp -s - "$dir/out"
	result "doc/digest-format.md shows: $(cat "$file" "$dir/err")" $?
done

# doc/diagnosis.md: a section and a line of its table for each rule, which the
# rule names; the conditions that it quotes are the rule's.
handbook=$srcdir/doc/diagnosis.md
sed -n 's/^## //p' "$handbook" | grep -v ' ' >"$dir/sections"
for rule in $(cat "$dir/sections"); do
	test -f "$srcdir/rules/$rule.yaml"
	result "the section $rule is about a rule" $?
done
section() {
	awk -v title="## $1" '
		/^## / { in_it = $0 == title; next }
		in_it { print }' "$handbook"
}
for file in "$srcdir"/rules/*.yaml; do
	rule=$(basename "$file" .yaml)
	grep -qx "$rule" "$dir/sections"
	result "doc/diagnosis.md has a section $rule" $?
	grep -qx "see: doc/diagnosis.md#$rule" "$file"
	result "the rule $rule names its section" $?
	severity=$(sed -n 's/^severity: //p' "$file")
	grep -q "^| .* | \[$rule\](#$rule) | $severity |\$" "$handbook"
	result "the table of doc/diagnosis.md has $rule as $severity" $?

	sed 's/#.*//' "$file" | tr -s ' \n' '  ' >"$dir/rule"
	section "$rule" | tr '\n' ' ' | grep -o '`[^`]*`' | tr -d '`' |
	    grep -E ' (<|>|<=|>=|=) |BETWEEN ' >"$dir/quoted"
	test -s "$dir/quoted"
	result "doc/diagnosis.md quotes conditions of $rule" $?
	while IFS= read -r condition; do
		grep -qF -- "$condition" "$dir/rule"
		result "the rule $rule asks for $condition" $?
	done <"$dir/quoted"
done

# Its examples: two commands, then pieces of what they print, with "..." between
# them. Lines may be wrapped anywhere.
for rule in $(cat "$dir/sections"); do
	rm -rf "$dir/run" "$dir"/piece.*
	mkdir "$dir/run"
	section "$rule" | awk -v d="$dir" '
		/^    \$ crosstap simulate / { in_it = 1 }
		!/^    / { in_it = 0 }
		!in_it { next }
		sub(/^    \$ /, "") { print > (d "/run/commands"); next }
		/^    \.\.\.$/ { n++; next }
		{ print > (d "/piece." n + 0) }'
	(cd "$dir/run" && LC_ALL=C PATH=$dir/bin:$PATH sh commands) \
	    >"$dir/out" 2>"$dir/err"
	sed 1d "$dir/out" >"$dir/report" # the first line is of simulate
	verdict=$(head -n 1 "$dir/report")
	# a rule may report under the name of another verdict
	says=$(sed -n 's/^reports: //p' "$srcdir/rules/$rule.yaml")
	echo "$verdict" | grep -q "(${says:-$rule}, [a-z]*)"
	result "the example names $rule: $verdict $(cat "$dir/err")" $?
	tr -s ' \n' '  ' <"$dir/report" >"$dir/said"
	for piece in "$dir"/piece.*; do
		text=$(tr -s ' \n' '  ' <"$piece" | sed 's/^ //; s/ $//')
		test -n "$text" && grep -qF -- "$text" "$dir/said"
		result "the example of $rule prints '$text'" $?
	done
done

echo "tests/system/docs.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
