#!/bin/sh
# The completion offers every option, command and word of the tables.
set -u
if ! command -v bash >/dev/null; then
	echo "SKIP: bash is not installed"
	exit 77
fi
exec bash -c '
passed=0 failed=0
. "$srcdir/doc/crosstap.bash-completion"

offered() { # words of the command line, the last is the one to complete
	COMP_WORDS=("$CROSSTAP" "$@")
	COMP_CWORD=$#
	_crosstap
	echo " ${COMPREPLY[*]} "
}

check() { # wanted, words
	local want=$1 got
	shift
	got=$(offered "$@")
	if [[ $got == *" $want "* ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: crosstap $*: wanted $want in$got"
	fi
}

for command in $("$CROSSTAP" --help | sed -n "s/^  \([a-z]*\) .*/\1/p"); do
	check "$command" "${command:0:2}"
	for option in $("$CROSSTAP" "$command" --help |
	    grep -o -e "^ *\(-[a-z], \)\{0,1\}--[a-z-]*" | sed "s/.* //"); do
		check "$option" "$command" "${option:0:4}"
	done
done
check json diff --format ""
check subset diff --relation = sub
check never diff --color n
check csv flows --format ""
check text digest --format ""
check worker-frozen rules show worker
check columns rules ""
check show config ""
check list sensors ""
check mute incidents m
check add sensors ""
export CROSSTAP_CONFIG=$srcdir/doc/crosstap.yaml.sample
check ext2 sensors check ext
cd "$srcdir" || exit 1
check README.md diff --flows READ
check README.md flows -o READ
check doc simulate --output do
check doc simulate -o do
got=$(offered diff --seed "")
if [ "$got" = "  " ]; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: --seed offers$got"
fi
echo "tests/system/completion.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
'
