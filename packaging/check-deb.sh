#!/bin/sh
# Installs the packages of a folder in a Debian with nothing in it, made by
# debootstrap from the mirror of this host, and compares two sensors there:
# by hand and by the daemon. Needs root.
set -eu
debs=$(realpath "$1")
command -v debootstrap >/dev/null || {
	echo "SKIP: debootstrap is not installed"
	exit 77
}
[ "$(id -u)" = 0 ] || {
	echo "SKIP: a chroot needs root"
	exit 77
}
# however the sources of this host are written
# shellcheck disable=SC2046
set -- $(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' \
    'Origin: Debian' 'Created-By: Packages' 'Component: main' |
    awk '$2 !~ /-/ { print; exit }')
[ $# = 2 ] || {
	echo "SKIP: apt knows no mirror of Debian"
	exit 77
}
root=$(mktemp -d) && chmod 755 "$root" || exit 1
trap 'umount "$root/proc" 2>/dev/null; rm -rf --one-file-system "$root"' EXIT
t0=$(date +%s)
debootstrap --variant=minbase "$2" "$root" "$1" >"$debs/debootstrap.log"
echo "check-deb: a Debian $(cat "$root/etc/debian_version"), $(
    dpkg-query --admindir="$root/var/lib/dpkg" -f '.\n' -W | wc -l) packages"
for part in sources.list sources.list.d apt.conf.d; do
	[ ! -e "/etc/apt/$part" ] || cp -R "/etc/apt/$part" "$root/etc/apt/"
done
cp /etc/resolv.conf "$root/etc/resolv.conf"
mkdir "$root/debs"
cp "$debs"/crosstap*.deb "$root/debs"
rm -f "$root"/debs/*-dbgsym_*
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
chroot "$root" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends /debs/*.deb' \
    >"$debs/install.log" 2>&1 || {
	tail -20 "$debs/install.log"
	exit 1
}
cat >"$root/debs/try.sh" <<'TRY'
set -eu
fail() {
	echo "FAILED: $*"
	exit 1
}
cd /debs
crosstap --version
[ "$(stat -c %U:%a /var/lib/crosstap)" = crosstap:700 ] ||
    fail "/var/lib/crosstap is $(stat -c %U:%a /var/lib/crosstap)"
crosstap simulate --sensors 2 --rate 60 --duration 780 --start 1764000000 \
    --workers 4,3 --seed 1 \
    --fault worker-frozen:sensor=B,from=240,to=540,worker=2 -o demo
status=0
crosstap diff demo/A.conn.log demo/B.conn.log >out || status=$?
[ "$status" = 1 ] && grep -q 'worker-frozen' out || fail "diff: $status"
head -n 1 out
mkdir demo/A demo/B
cp demo/A.conn.log demo/A/conn.log
cp demo/B.conn.log demo/B/conn.log
cat >/etc/crosstap/crosstap.yaml <<YAML
sensors:
  A: {address: local, command: crosstap-sensor serve --logs /debs/demo/A}
  B: {address: local, command: crosstap-sensor serve --logs /debs/demo/B}
groups:
  two: {sensors: [A, B]}
YAML
crosstap config check
mkdir -p /run/crosstap
chown crosstap: /run/crosstap
setpriv --reuid crosstap --regid crosstap --init-groups env \
    HOME=/var/lib/crosstap crosstapd --clock 1764000900 2>log &
daemon=$!
n=0
until crosstap incidents list 2>/dev/null | grep -q worker-frozen; do
	n=$((n + 1))
	[ $n -lt 100 ] && kill -0 $daemon || {
		cat log
		fail "the daemon found nothing"
	}
	sleep 0.3
done
crosstap incidents list
kill $daemon
wait $daemon || fail "the daemon ended with $?"
[ -f /var/lib/crosstap/crosstap.db ] || fail "no database"
# a plugin that was not asked for a state says UNKNOWN
/usr/lib/nagios/plugins/check_crosstap --version || [ $? = 3 ] ||
    fail "check_crosstap ended with $?"
TRY
chroot "$root" sh /debs/try.sh
chroot "$root" sh -c 'DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq \
    crosstap crosstap-sensor' >"$debs/purge.log" 2>&1
left=$(chroot "$root" sh -c 'for p in /usr/bin/crosstap* /usr/sbin/crosstapd \
    /usr/share/crosstap /usr/lib/nagios/plugins /lib/systemd/system/crosstapd*
do [ -e "$p" ] && echo "$p"; done; :')
[ -z "$left" ] || {
	echo "FAILED: purge leaves $left"
	exit 1
}
echo "check-deb: passed, $(($(date +%s) - t0)) s"
