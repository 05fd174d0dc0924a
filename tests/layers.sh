#!/bin/sh
# The house of rooms: includes point down only, a foreign library is included
# in its own room alone, and the objects of the pure rooms call nothing that
# reads, writes, prints, looks at a clock or ends the program.
set -u
src=${srcdir:?}/src
objects=$(dirname "${CROSSTAP:?}")/src
passed=0 failed=0

result() { # what, offenders (empty is good)
	if [ -z "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $1:"
		echo "$2"
	fi
}

# room: the rooms that it may include
rooms='base:
flow:base
digest:base flow
compare:base flow digest
api:base flow digest compare
judge:base flow digest compare
wire:base flow digest compare judge
collect:base flow digest compare wire
simulate:base flow compare
sys:base flow compare judge
source:base flow sys
net:base
pipeline:base flow digest compare judge wire collect sys source net
store:base flow compare judge
feed:base compare judge sys net store
crosstap-sensor:base flow digest compare sys source wire
crosstapd:base flow digest compare judge wire collect sys net pipeline store feed web
check_crosstap:base compare judge sys net
web:base flow compare judge sys net store
crosstap:base flow digest compare judge wire collect simulate sys source net pipeline store'

may() { # room
	echo "$rooms" | sed -n "s/^$1://p"
}

for dir in "$src"/*/; do
	room=$(basename "$dir")
	if ! echo "$rooms" | grep -q "^$room:"; then
		result "a room without a place in the order" "$room"
		continue
	fi
	allowed=$(echo "$room $(may "$room")" | sed 's/ *$//; s/ /|/g')
	result "$room includes only $allowed" "$(
		grep -n '^#include "' "$dir"*.[ch] |
		    grep -v '"config\.h"' |
		    grep -Ev "#include \"($allowed)/[a-z0-9_]+\.h\"")"
done

library() { # header pattern, rooms
	result "$1 is included in $2 only" "$(
		grep -En "^#include <($1)" "$src"/*/*.[ch] |
		    grep -Ev "^$src/($2)/")"
}
library 'xxhash' 'flow'
library 'sqlite3' 'judge|store'
library 'cyaml|yaml' 'sys'
library 'zlib|zstd|isa-l|libdeflate' 'source'
library 'event2|libssh2|curl|openssl' 'net'
library 'msgpack' 'wire'
library 'jansson' 'feed'

impure='open|open64|openat|openat64|fopen|fopen64|creat|read|pread|write|pwrite
opendir|readdir|stat|fstat|lstat|mmap|munmap|socket|connect|send|recv|poll
printf|fprintf|vprintf|vfprintf|puts|fputs|putchar|fputc|putc|perror|syslog
fread|fwrite|fgets|getline|fclose|fflush|stdout|stderr|stdin
time|gettimeofday|clock_gettime|clock|localtime|localtime_r|gmtime|mktime|tzset
getenv|setenv|rand|random|getrandom|arc4random|getentropy
exit|_exit|abort|system|fork|execve|kill|signal|sigaction|sleep|usleep|nanosleep'
impure=$(echo "$impure" | tr '\n' '|' | sed 's/|$//')

for room in base flow digest compare api judge simulate wire collect; do
	found=$(find "$objects/$room" -name '*.o' | sort)
	if [ -z "$found" ]; then
		result "$room has objects below $objects" "none were found"
		continue
	fi
	# shellcheck disable=SC2086
	result "$room is pure" "$(
		nm -A -u $found |
		    sed 's/@.*//; s/ U __isoc[0-9]*_/ U /' |
		    sed 's/ U __\([a-z0-9_]*\)_chk$/ U \1/' |
		    grep -E " U ($impure)$")"
done

# A function of ours that is called like one of a library takes its place.
names() { # nm's arguments
	nm "$@" 2>/dev/null | awk 'NF == 3 && $2 ~ /[TDBR]/ { print $3 }' |
	    sed 's/@.*//' | sort -u
}
program=$(dirname "$CROSSTAP")/crosstapd
# shellcheck disable=SC2046
theirs=$(names -D --defined-only $(ldd "$program" |
    sed -n 's/.* => \([^ ]*\) .*/\1/p'))
if [ -z "$theirs" ]; then
	echo "names of libraries: left out, ldd does not tell them"
else
	# shellcheck disable=SC2046
	result "no name of ours is one of a library" "$(
		{
			echo "$theirs"
			names --defined-only $(find "$objects" -name '*.o' \
			    ! -name 'main.o' ! -path '*/.libs/*')
		} | sort | uniq -d)"
fi

echo "tests/layers.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
