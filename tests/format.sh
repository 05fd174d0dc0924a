#!/bin/sh
# Every C file is as .clang-format wants it. Other versions of clang-format
# have other tastes: only version 14 is asked.
set -u
cd "${srcdir:?}" || exit 1
if ! clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	echo "SKIP: clang-format 14 is not installed"
	exit 77
fi
bad=0 good=0
for file in $(find src include doc tests -name '*.[ch]' 2>/dev/null | sort); do
	if clang-format --dry-run -Werror "$file" >/dev/null 2>&1; then
		good=$((good + 1))
	else
		bad=$((bad + 1))
		echo "FAILED: $file: run clang-format -i on it"
	fi
done
echo "tests/format.sh: $good passed, $bad failed"
[ "$bad" = 0 ] && [ "$good" -gt 0 ]
