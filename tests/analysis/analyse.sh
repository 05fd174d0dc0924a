#!/bin/sh
# What cppcheck, clang-tidy and gcc's analyzer say of src/, with figures of
# each: analyse.sh [quick] [TOOL...]. quick: the pure rooms, without the
# analyzers, which follow each path and take minutes. A finding that is wrong is
# suppressed beside its line, with the reason. BUILD has config.h; JOBS at once.
set -u
build=$(realpath "${BUILD:-.}")
cd "${srcdir:?}" || exit 1
mode=full
[ "${1:-}" != quick ] || {
	mode=quick
	shift
}
tools=${*:-cppcheck clang-tidy gcc}
rooms='base flow digest compare api judge wire simulate collect'
[ $mode = quick ] || rooms=$(ls src)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0 ran=0
for room in $rooms; do
	ls "src/$room"/*.c
done | grep -v '/control_eid\.c$' >"$work/files" # of other systems
[ -s "$work/files" ] || exit 1
# shellcheck disable=SC2046
flags="-std=gnu11 -include $build/config.h -Isrc -Iinclude
    -DRULES_DIR=\"\" -DSYSCONF_DIR=\"\"
    $(pkg-config --cflags sqlite3 libxxhash zlib libzstd libcyaml yaml-0.1 \
	libevent libssh2 libcurl jansson libcrypto 2>/dev/null)
    $(pkg-config --cflags msgpack-c 2>/dev/null || pkg-config --cflags msgpack)"

export flags

each() { # files at once, command
	n=$1
	shift
	xargs -P "${JOBS:-2}" -n "$n" "$@" <"$work/files"
}

run_cppcheck() {
	cppcheck -j "${JOBS:-2}" --quiet --std=c11 --library=gnu \
	    --enable=warning,performance,portability --inline-suppr \
	    --template='{file}:{line}: {id}: {message}' \
	    -D__GNUC__ -D__linux__ \
	    --include="$build/config.h" \
	    --include=tests/analysis/cppcheck.h -Isrc -Iinclude \
	    --file-list="$work/files" 2>&1
}

run_clang_tidy() {
	checks=
	[ $mode = full ] || checks=--checks=-clang-analyzer-*
	# shellcheck disable=SC2016,SC2086
	each 8 sh -c 'clang-tidy --quiet $0 "$@" -- $flags 2>/dev/null' \
	    "$checks"
}

run_gcc() {
	# shellcheck disable=SC2016
	each 4 sh -c 'for f; do
		gcc $flags -fanalyzer -Wno-analyzer-malloc-leak \
		    -Wno-analyzer-use-of-uninitialized-value \
		    -fdiagnostics-plain-output -fdiagnostics-path-format=none \
		    -O1 -c -o /dev/null "$f" 2>&1
	done' sh | grep -E 'warning:|error:' | while read -r line; do
		option=${line##*[[]}
		grep -q "^${line%%:*} ${option%]} " tests/analysis/gcc.known ||
		    echo "$line"
	done
}

export flags
for tool in $tools; do
	command -v "$tool" >/dev/null || {
		echo "SKIP: $tool is not installed"
		continue
	}
	[ "$mode $tool" != 'quick gcc' ] || continue
	begun=$(date +%s)
	"run_$(echo "$tool" | tr - _)" >"$work/out"
	# but for steps of the reasoning, and headers of the compiler itself
	n=$(grep -E '^[^ ]+:[0-9]+:' "$work/out" |
	    grep -v -e ': note: ' -e '^/usr/' | sort -u | grep -c .)
	cat "$work/out"
	echo "$tool: $(grep -c . "$work/files") files, $n findings," \
	    "$(($(date +%s) - begun)) s"
	ran=$((ran + 1))
	[ "$n" = 0 ] || failed=$((failed + 1))
done
[ $ran -gt 0 ] || exit 77
echo "tests/analysis: $((ran - failed)) passed, $failed failed"
[ $failed = 0 ]
