#!/bin/sh
# The unit of crosstapd is one that systemd takes, keeps to a bound of exposure
# and lets the daemon make the calls that it needs.
set -u
here=$(dirname "${CROSSTAP:?}")
unit=$here/packaging/systemd/crosstapd.service
bound=15 # tenths of systemd's points, of 100
passed=0 failed=0
command -v systemd-analyze >/dev/null || {
	echo "SKIP: systemd-analyze is not installed"
	exit 77
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

result() { # name, what is wrong
	if [ -z "$2" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'FAILED: %s:\n%s\n' "$1" "$2"
	fi
}

# Where it is to be installed there is no daemon yet.
sed "s,^ExecStart=[^ ]*,ExecStart=$here/crosstapd," "$unit" \
    >"$dir/crosstapd.service"
result "systemd takes the unit" "$(
	systemd-analyze verify --man=no "$dir/crosstapd.service" 2>&1)"
result "exposure is $bound of 100 at most" "$(
	systemd-analyze security --offline=yes --threshold=$bound \
	    "$dir/crosstapd.service" >"$dir/out" 2>&1 || tail -2 "$dir/out")"
result "it tells that it is ready, and lives" "$(
	grep -q '^Type=notify$' "$unit" &&
	    grep -q '^WatchdogSec=' "$unit" || echo "it does not")"
echo "packaging/check-units.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
