#!/bin/sh
# The tests of the pure rooms by other compilers and on other machines, and a
# line with figures of each: run.sh [TARGET...]. Built below the folder it is
# started in; JOBS says how many compilers at once. The libraries for other
# machines and for musl come by roots.sh.
set -u
src=${srcdir:?}
here=$(dirname "$0")
work=$PWD/portability
rooms="base flow digest compare wire simulate"
version=0.1.0
passed=0 failed=0 skipped=0

# target: compiler; triplet of its libraries, - for the host's own; runner
# (not every kernel runs i386 by itself)
targets='gcc:gcc:-:
clang:clang:-:
no-simd:gcc -DXT_NO_SIMD:-:
i386:gcc -m32:i386-linux-gnu:qemu-i386
musl:musl-gcc:x86_64-linux-musl:
arm64:aarch64-linux-gnu-gcc:aarch64-linux-gnu:qemu-aarch64
s390x:s390x-linux-gnu-gcc:s390x-linux-gnu:qemu-s390x'

skip() { # target, why
	echo "SKIP: $1: $2"
	skipped=$((skipped + 1))
}

makefile() { # compiler, flags, libraries
	printf 'CC = %s\nFLAGS = -std=gnu11 -O2 -w -D_GNU_SOURCE %s\n' "$1" "$2"
	objects='' tests=''
	rule() { # source
		object=$(echo "${1#"$src/"}" | tr / _).o
		printf '%s: %s\n\t$(CC) $(FLAGS) -c -o $@ %s\n' \
		    "$object" "$1" "$1"
	}
	for room in $rooms; do
		for c in "$src/src/$room"/*.c "$src/tests/unit/$room"/*.c; do
			[ -f "$c" ] || continue
			rule "$c"
			case $c in
			*/tests/unit/simulate/logs.c | */src/*)
				objects="$objects $object" ;;
			*) tests="$tests ${object%.o}.t" ;;
			esac
		done
	done
	# what wire names of the room that has a library
	rule "$src/src/judge/evidence.c"
	objects="$objects $object"
	rule "$src/tests/unit/unit.c"
	objects="$objects $object"
	printf 'pure.a:%s\n\trm -f $@ && ar rc $@ $^\n' "$objects"
	printf '%%.t: %%.o pure.a\n\t$(CC) -o $@ $< pure.a %s\n' "$3"
	printf 'all:%s\n.SECONDARY:\n' "$tests"
}

run() { # target, runner
	ran=0 bad=0
	for t in "$work/$1"/*.t; do
		# shellcheck disable=SC2086
		$2 "$t" >"$t.log" 2>&1 || {
			bad=$((bad + 1))
			echo "FAILED: $1: $(basename "$t")"
			grep -E ':[FE]:' "$t.log" | head -n 5
		}
		n=$(sed -n 's/.*Checks: \([0-9]*\),.*/\1/p' "$t.log" | head -n 1)
		ran=$((ran + ${n:-0}))
	done
	echo "$1: $ran tests, $bad programs of them failed"
	if [ "$ran" -gt 0 ] && [ $bad = 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
}

target() { # name, compiler, triplet, runner
	command -v "${2%% *}" >/dev/null || {
		skip "$1" "no ${2%% *}"
		return
	}
	[ -z "$4" ] || command -v "$4" >/dev/null || {
		skip "$1" "no $4"
		return
	}
	flags="-I$src/src -I$src/include -I$src/tests/unit"
	flags="$flags -DPACKAGE_VERSION='\"$version\"'"
	libs="-lmsgpackc -lxxhash -lm -lrt -lpthread"
	# musl's check is built without
	[ "$1" = musl ] || libs="-lsubunit $libs"
	libs="-lcheck $libs"
	cc=$2
	if [ "$3" != - ]; then
		root=$work/roots/$1
		sh "$here/roots.sh" "$work/roots" "$1" \
		    >"$work/roots-$1.log" 2>&1 || {
			skip "$1" "no libraries: see $work/roots-$1.log"
			return
		}
		flags="$flags -isystem $root/usr/include"
		flags="$flags -isystem $root/usr/include/$3"
		libs="-static -L$root/usr/lib/$3 $libs"
		# its own start-up files and libgcc, where cc is the host's
		[ "$1" != i386 ] ||
		    cc="$2 -B$root/usr/lib/gcc/i686-linux-gnu/12/ -B$root/usr/lib/$3/"
	fi
	mkdir -p "$work/$1"
	makefile "$cc" "$flags" "$libs" >"$work/$1/Makefile"
	if make -C "$work/$1" -j"${JOBS:-2}" all >"$work/$1/log" 2>&1; then
		run "$1" "$4"
	else
		echo "FAILED: $1: cannot be built"
		grep -E 'error|undefined|cannot find' "$work/$1/log" | head -n 5
		failed=$((failed + 1))
	fi
}

mkdir -p "$work/roots"
only=$*
IFS=:
while read -r name cc triplet runner; do
	case " ${only:-$name} " in
	*" $name "*) IFS=' ' target "$name" "$cc" "$triplet" "$runner" ;;
	esac
done <<T
$targets
T
echo "tests/portability: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
