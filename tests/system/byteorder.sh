#!/bin/sh
# The answers of crosstap-sensor are the same bytes on s390x (highest byte
# first) and arm64 as here: built with Debian's cross compilers, run by
# qemu-user. CROSS_ROOT/ARCH must hold the libraries of each (libxxhash-dev,
# libmsgpack-dev, zlib1g-dev, libzstd-dev of that architecture, got with
# "apt-get download" and laid out with "dpkg -x").
set -u
build=$(dirname "${CROSSTAP:?}")
sensor=${SENSOR:-$build/crosstap-sensor}
client=$build/tests/system/sensorclient
src=${srcdir:?}/src
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0 skipped=0 t0=1764000000

sources() {
	find "$src/base" "$src/flow" "$src/digest" "$src/wire" "$src/source" \
	    "$src/crosstap-sensor" -name '*.c' | grep -v -e isal -e codecs_fast
	# an emulator knows nothing of seccomp
	echo "$src/sys/options.c $src/sys/when.c" \
	    "$src/sys/window_options.c $src/sys/confine_none.c" \
	    "$src/judge/evidence.c"
}

request() { # number
	set -- "$1" "from=$((t0 + 60))" "to=$((t0 + 240))" seed=beef
	case $1 in
	1) "$client" request digest "$2" "$3" "$4" parts=31 sample=99 ;;
	2) "$client" request symbols "$2" "$3" "$4" \
	    "item=$((t0 + 60)),1,0,300" "item=$((t0 + 120)),0,5,400" ;;
	3) "$client" request sample "$2" "$3" "$4" \
	    "item=$((t0 + 60)),2,2" "item=$((t0 + 120)),3,0" ;;
	4) "$client" request files parts=64 ;;
	esac
}

compare() { # architecture, triplet, qemu's name
	libs=${CROSS_ROOT:-}/$1/usr
	if ! command -v "$2-gcc" >/dev/null ||
	    ! command -v "qemu-$3" >/dev/null; then
		echo "SKIP: $1: no $2-gcc or no qemu-$3"
		skipped=$((skipped + 1))
		return
	fi
	if [ ! -d "$libs/lib/$2" ]; then
		echo "SKIP: $1: no libraries in CROSS_ROOT/$1"
		skipped=$((skipped + 1))
		return
	fi
	# shellcheck disable=SC2046
	if ! "$2-gcc" -std=gnu11 -O1 -static -D_GNU_SOURCE -I"$src" \
	    -I"$libs/include" -I"$libs/include/$2" -o "$dir/$1" $(sources) \
	    -L"$libs/lib/$2" -lmsgpackc -lxxhash -lz -lzstd -lm; then
		echo "FAILED: $1: cannot be built"
		failed=$((failed + 1))
		return
	fi
	for log in logs packed; do
		for i in 1 2 3 4; do
			request $i >"$dir/request"
			"$sensor" serve --logs "$dir/$log" <"$dir/request" \
			    >"$dir/here"
			"qemu-$3" "$dir/$1" serve --logs "$dir/$log" \
			    <"$dir/request" >"$dir/there"
			if [ -s "$dir/here" ] &&
			    cmp "$dir/here" "$dir/there"; then
				passed=$((passed + 1))
			else
				failed=$((failed + 1))
				echo "FAILED: $1: request $i of $log"
			fi
		done
	done
}

"$CROSSTAP" simulate --sensors 2 --rate 40 --duration 720 --start $t0 \
    --workers 3,2 --seed 8 -o "$dir/sim" >/dev/null || exit 1
mkdir "$dir/logs" "$dir/packed"
touch -d @1764000900 "$dir/sim/A.conn.log"
cp -p "$dir/sim/A.conn.log" "$dir/logs/conn.log"
gzip -c "$dir/logs/conn.log" >"$dir/packed/conn.log.gz"
touch -d @1764000900 "$dir/packed/conn.log.gz"
compare s390x s390x-linux-gnu s390x
compare arm64 aarch64-linux-gnu aarch64
echo "tests/system/byteorder.sh: $passed passed, $failed failed," \
    "$skipped skipped"
[ "$failed" = 0 ] || exit 1
[ "$passed" -gt 0 ] || exit 77
