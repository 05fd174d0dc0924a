#!/bin/sh
# Four sensors in two groups: a fault that follows an attribute is one finding
# about it, and a drop that all share blames no sensor.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

check() { # name, wanted "rule sensor attribute", faults
	name=$1 want=$2
	shift 2
	rm -rf "$dir/logs"
	"$CROSSTAP" simulate --sensors 4 --rate 40 --duration 1500 --seed 5 \
	    "$@" -o "$dir/logs" >"$dir/sim"
	"$CROSSTAP" diff --format json --group ext=A,B --group int=C,D \
	    --attribute B:os=freebsd --attribute D:os=freebsd \
	    --attribute A:os=linux --attribute C:os=linux \
	    "$dir/logs/A.conn.log" "$dir/logs/B.conn.log" \
	    "$dir/logs/C.conn.log" "$dir/logs/D.conn.log" \
	    >"$dir/out" 2>"$dir/err" || [ $? = 1 ]
	got=$(jq -r '.findings[] | "\(.rule) \(.sensor) \(.attribute)"' \
	    "$dir/out" | sort -u | tr '\n' ';')
	if [ "$got" = "$want" ]; then
		passed=$((passed + 1))
		echo "ok: $name"
	else
		failed=$((failed + 1))
		echo "FAILED: $name: found '$got', wanted '$want'"
		cat "$dir/err"
	fi
}

window=from=600,to=900
check "four healthy sensors are quiet" ""
check "a fault of one platform" "platform-bug null os=freebsd;" \
    --fault blind-spot:sensor=B,$window --fault blind-spot:sensor=D,$window
check "a fault of one sensor stays its own" "blind-spot B null;" \
    --fault blind-spot:sensor=B,$window
check "a fault of all but one follows no attribute" \
    "blind-spot A null;blind-spot D null;" \
    --fault blind-spot:sensor=A,$window --fault blind-spot:sensor=D,$window
check "a link that all lose" "common-drop null null;" \
    --fault tap-link-loss:sensor=all,$window
"$CROSSTAP" diff --group ext=A,X "$dir/logs/A.conn.log" \
    "$dir/logs/B.conn.log" 2>"$dir/err" || [ $? = 2 ]
if grep -q "no operand is called 'X'" "$dir/err"; then
	passed=$((passed + 1))
else
	failed=$((failed + 1))
	echo "FAILED: a group of nobody is refused"
fi
echo "tests/system/groups.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
