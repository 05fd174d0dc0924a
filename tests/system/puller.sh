#!/bin/sh
# The process of crosstapd that has the ssh keys and reads what sensors send:
# it has nothing of the store, and the daemon nothing of the keys. It is killed
# in the midst of questions, by us and by a sensor that is hostile to it, and no
# bucket is lost; what a sensor answers that is no answer ends nobody.
set -u
# Whoever begins it has the sshd; where that is root, nobody has the rest.
if [ -z "${puller_ssh:-}" ]; then
	. "${srcdir:?}/tests/system/sshd.sh"
	sshd_prepare jq sqlite3 pgrep
	puller_ssh=$dir puller_user=$(id -un)
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f id
	cp id.pub authorized
	sshd_start 1 host
	sshd_known host "$port1" >known
	puller_port=$port1
	chmod 755 .
	export puller_ssh puller_user puller_port
	if [ "$(id -u)" = 0 ]; then
		chown nobody id
		mkfifo -m 666 want got
		# root tells of descriptors and of files that are opened,
		# where nobody may not look
		while read -r what pid <want; do
			if [ "$what" = fd ]; then
				ls -l "/proc/$pid/fd" >got 2>&1
				continue
			fi
			strace -ff -e trace=openat,open -o trace -p "$pid" \
			    2>attached &
			until grep -q attached attached ||
			    ! kill -0 $! 2>/dev/null; do
				:
			done
			cat attached >got
		done &
		pids="$pids $!"
	fi
	cd / || exit 1
	sh "$srcdir/tests/system/puller.sh"
	exit $?
fi
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq sqlite3 pgrep
ssh=$puller_ssh

"$crosstap" simulate --sensors 2 --duration 3900 --rate 5 --seed 11 -o ext \
    >/dev/null &&
    "$crosstap" simulate --sensors 2 --duration 3900 --rate 5 --seed 12 \
	-o int >/dev/null
result "the logs are made" $?
for name in ext/A ext/B int/A int/B; do
	grow $name.conn.log logs/$name
done
mkdir keys
cp "$ssh/id" keys
sed 's/127\.0\.0\.1/localhost/' "$ssh/known" >keys/known # a look-up, too
chmod 600 keys/id
chmod -R go+rX "$dir/logs" # sshd's user reads them, too
chmod 711 "$dir"
sensor_program
# The puller of the daemon that has started us.
cat >hostile.sh <<END
#!/bin/sh
[ ! -e '$dir/poison' ] || pkill -9 -P \$PPID -f 'crosstapd puller'
[ ! -e '$dir/garbage' ] || exec head -c 300000 '$bin/crosstap-sensor'
exec '$bin/crosstap-sensor' "\$@"
END
cat >slow.sh <<END
#!/bin/sh
if [ -e '$dir/slow' ]; then
	echo >'$dir/slow.began'
	read -r word <'$dir/slow.go'
fi
exec '$bin/crosstap-sensor' "\$@"
END
chmod +x hostile.sh slow.sh
mkfifo slow.began slow.go
cat >c.yaml <<END
sensors:
  ext1: {address: 'localhost:$puller_port', user: $puller_user, key: $dir/keys/id, known_hosts: $dir/keys/known, logs: $dir/logs/ext/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/ext/A'}
  ext2: {address: local, logs: $dir/logs/ext/B, command: '$dir/slow.sh serve --logs $dir/logs/ext/B'}
  int1: {address: local, logs: $dir/logs/int/A, command: '$bin/crosstap-sensor serve --logs $dir/logs/int/A'}
  int2: {address: local, logs: $dir/logs/int/B, command: '$dir/hostile.sh serve --logs $dir/logs/int/B'}
groups:
  outside: {sensors: [ext1, ext2], seed: 7777777}
  inside: {sensors: [int1, int2], seed: 8888888}
daemon: {store: $dir/store.db, control: $dir/control, inventory: no}
END
export CROSSTAP_CONFIG="$dir/c.yaml"

the_puller() {
	new=$(pgrep -P "$daemon" -f 'crosstapd puller') && [ -n "$new" ] &&
	    [ "$new" != "${puller-}" ] && puller=$new
}

# -- what each of them opens --
start 25
go 26
grep -q 'event=compared group=outside.* equal=' log
result "a sensor over ssh is compared: $(tail -5 log)" $?
the_puller
result "there is a puller" $?
[ ! -p "$ssh/want" ] || ! command -v strace >/dev/null || {
	echo "trace $daemon" >"$ssh/want"
	cat "$ssh/got" >attached
}
if grep -qs 'attached' attached; then
	kill -9 "$puller"
	soon the_puller
	go 28
	grep -qF "\"$dir/keys/id\"" "$ssh/trace.$puller" &&
	    grep -qF "\"$dir/keys/known\"" "$ssh/trace.$puller"
	result "the puller opens the key: $(cat "$ssh/trace.$puller")" $?
	grep -q '^open' "$ssh/trace.$daemon" &&
	    ! grep -qF "\"$dir/keys" "$ssh/trace.$daemon"
	result "the daemon does not: $(cat "$ssh/trace.$daemon")" $?
	! grep -F "\"$dir/" "$ssh/trace.$puller" | grep -qvF "\"$dir/keys/"
	result "the puller opens nothing else of ours: $(
		grep -F "$dir/" "$ssh/trace.$puller")" $?
else
	echo "SKIP: what is opened: not begun by root, no strace, or it may not: $(
		cat attached 2>/dev/null)"
fi
if grep -q 'event=puller-ready.*confined.*confined' log ||
    ! grep -q 'event=puller-ready' log; then
	grep -q '^Seccomp:.2' /proc/"$puller"/status &&
	    grep -q '^NoNewPrivs:.1' /proc/"$puller"/status
	result "the puller is confined: $(cat /proc/"$puller"/status)" $?
else
	echo "SKIP: not confined here: $(grep event=puller-ready log)"
fi
if [ -r /proc/"$puller"/limits ]; then
	grep -q '^Max core file size  *0  *0 ' /proc/"$puller"/limits
	result "the puller leaves no core: $(cat /proc/"$puller"/limits)" $?
	! cat /proc/"$puller"/environ >/dev/null 2>&1
	result "other processes of its user cannot look into it" $?
else
	echo "SKIP: no /proc: cores"
fi
if [ -p "$ssh/want" ]; then
	echo "fd $puller" >"$ssh/want"
	cat "$ssh/got" >fds
	grep -q 'socket:' fds && ! grep -qE "$dir|store|control|inotify" fds
	result "the puller has no descriptor of the store: $(cat fds)" $?
	echo "fd $daemon" >"$ssh/want"
	cat "$ssh/got" >fds
	grep -q 'store\.db' fds
	result "which the daemon has: $(cat fds)" $?
else
	echo "SKIP: not begun by root: the puller's descriptors"
fi
stop TERM
mv log log.1

# -- it is killed while a sensor is being asked --
start 31
the_puller
result "there is a puller again" $?
touch slow
go 34 &
asked=$!
read -r word <slow.began
kill -9 "$puller"
rm slow
echo >slow.go &
wait $asked
minute=34 written=34
soon the_puller
result "it is started anew after kill -9" $?
[ "$(grep -c 'event=puller-ended' log)" = 1 ] &&
    grep -q 'event=puller-ended.*signal 9' log
result "which is said once: $(grep puller-ended log)" $?
kill -SEGV "$puller"
soon the_puller
result "and after a fault: $(tail -3 log)" $?
go 40

# -- its key is replaced, which it could not read --
ended=$(grep -c 'event=puller-ended' log)
cp -p keys/id keys/new
mv keys/new keys/id
soon the_puller
result "there is another one for another key" $?
go 42
[ "$(grep -c 'event=puller-ended' log)" = "$ended" ] &&
    grep 'event=compared group=outside reading=full' log | tail -1 |
    grep -qE '(equal|differs)=1'
result "which is no fault, and asks with it: $(tail -5 log)" $?

# -- a sensor that answers nonsense; and one over which it always ends --
touch garbage
go 44
grep -q 'event=sensor-failed.*int2' log && pgrep -P "$daemon" -f 'crosstapd puller' |
    grep -qx "$puller"
result "what is no answer ends nobody: $(tail -5 log)" $?
rm garbage
touch poison
go 48
last=$(grep 'event=compared group=outside reading=full' log | tail -1)
case $last in
*'equal=1'* | *'differs=1'*) good=0 ;;
*) good=1 ;;
esac
result "the other group is compared all the same: $last" $good
grep 'event=compared group=inside reading=full' log | tail -1 | grep -q 'missing='
result "its own is not called equal: $(tail -5 log)" $?
rm poison
go 62
stop TERM
sqlite3 -readonly store.db "SELECT count(*) FROM bucket WHERE start_us < $((t0 + 2880)) * 1000000 AND status > 1" >missing
[ "$(cat missing)" = 0 ]
result "no bucket is lost in the end: $(cat missing)" $?
for group in outside inside; do
	"$crosstap" coverage --group $group --from $((t0 + 1260)) \
	    --to $((t0 + 2880)) --format json >coverage
	jq -e 'length > 0 and all(.state == "complete")' coverage >/dev/null
	result "$group is covered: $(jq -c . coverage)" $?
done

# -- secrets --
secret=$(sed -n 3p keys/id)
[ ${#secret} -gt 20 ]
result "the key has lines" $?
! grep -rqF --exclude-dir=keys "$secret" "$dir"
result "no part of the key is in a log, the store or a core: $(
	grep -rlF --exclude-dir=keys "$secret" "$dir")" $?
! find . "$ssh" -name '*core*' | grep -q .
result "there is no core: $(find . "$ssh" -name '*core*')" $?
! grep -qE '7777777|8888888' log log.1
result "no seed is in the log" $?

# -- the daemon is killed --
start 63
the_puller
stop KILL
gone() {
	! kill -0 "$puller" 2>/dev/null
}
soon gone
result "the puller ends with the daemon" $?
scene_end
