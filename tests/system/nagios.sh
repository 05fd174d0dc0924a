#!/bin/sh
# crosstapd tells a real Nagios, in a folder of its own: by its command FIFO,
# its spool, and through real nsca daemons. State, text and numbers arrive; what
# is stale is seen to be; each side may be away and come back. And
# check_crosstap says the same to those who ask.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
PATH=$PATH:/usr/sbin:/usr/local/sbin:/usr/local/bin
program=$(command -v nagios4 || command -v nagios || echo nagios4)
scene_begin jq "$program" nsca send_nsca
mkdir rw spool tmp

# -- Nagios --

cat >nagios.cfg <<END
log_file=$dir/nagios.log
cfg_file=$dir/objects.cfg
object_cache_file=$dir/objects.cache
precached_object_file=$dir/objects.precache
status_file=$dir/status.dat
status_update_interval=1
nagios_user=$(id -un)
nagios_group=$(id -gn)
check_external_commands=1
command_file=$dir/rw/nagios.cmd
query_socket=$dir/rw/nagios.qh
lock_file=$dir/nagios.lock
temp_file=$dir/nagios.tmp
temp_path=$dir/tmp
use_syslog=0
check_result_path=$dir/spool
check_result_reaper_frequency=1
state_retention_file=$dir/retention.dat
retain_state_information=1
interval_length=1
enable_notifications=0
check_service_freshness=1
service_freshness_check_interval=1
additional_freshness_latency=1
check_workers=1
check_for_updates=0
END
printf '#!/bin/sh\necho nothing was heard\nexit 3\n' >dummy.sh
chmod +x dummy.sh
cat >objects.cfg <<END
define command {
	command_name dummy
	command_line $dir/dummy.sh
}
define timeperiod {
	timeperiod_name always
	alias always
	sunday 00:00-24:00
	monday 00:00-24:00
	tuesday 00:00-24:00
	wednesday 00:00-24:00
	thursday 00:00-24:00
	friday 00:00-24:00
	saturday 00:00-24:00
}
define contact {
	contact_name nobody
	service_notification_period always
	host_notification_period always
	service_notification_commands dummy
	host_notification_commands dummy
}
define service {
	name crosstap
	register 0
	active_checks_enabled 0
	passive_checks_enabled 1
	check_command dummy
	max_check_attempts 1
	check_period always
}
END
service() { # host, service, further lines
	printf 'define service {\n\tuse crosstap\n\thost_name %s\n\tservice_description %s\n%s\n}\n' \
	    "$1" "$2" "$3" >>objects.cfg
}
for host in fifo spool xor aes stale ext1 ext2; do
	printf 'define host {\n\thost_name %s\n\taddress 127.0.0.1\n\tmax_check_attempts 1\n\tcheck_period always\n}\n' \
	    $host >>objects.cfg
done
for host in fifo spool xor aes; do
	for name in crosstap 'crosstap outside' 'crosstap ext1' \
	    'crosstap ext2' 'crosstap test'; do
		service $host "$name" ''
	done
done
service ext1 crosstap ''
service ext2 crosstap ''
service stale 'crosstap outside' '	check_freshness 1
	freshness_threshold 8'
service stale crosstap ''

# What doc/nagios offers is taken, beside what a site has.
sed '/^define service/,$d' objects.cfg >site.cfg
cat >>site.cfg <<END
define host {
	name generic-host
	register 0
	max_check_attempts 1
	check_period always
}
define service {
	name generic-service
	register 0
	max_check_attempts 1
	check_period always
}
define command {
	command_name check_nrpe
	command_line $dir/dummy.sh
}
define host {
	use generic-host
	host_name ext1
}
define host {
	use generic-host
	host_name ext2
}
END
sed "s|^cfg_file=.*|cfg_file=$dir/site.cfg|
/^cfg_file/a\\
cfg_file=${srcdir:?}/doc/nagios/crosstap.cfg" nagios.cfg >doc.cfg
"$program" -v doc.cfg >verified 2>&1
result "doc/nagios/crosstap.cfg is right: $(grep -i error verified)" $?

nagios_start() {
	rm -f rw/nagios.cmd
	"$program" nagios.cfg >>nagios.out 2>&1 &
	nagios=$!
	soon test -p rw/nagios.cmd || {
		echo "nagios4 does not start: $(tail -3 nagios.out)"
		exit 1
	}
}

nagios_stop() {
	kill "$nagios"
	wait "$nagios" 2>/dev/null
}

# A value that Nagios has of a service.
nagios_has() { # host, service, key
	[ -s status.dat ] && awk -v host="$1" -v service="$2" -v key="$3" '
		/^servicestatus/ { in_it = 1; h = s = v = "" }
		in_it && /^\thost_name=/ { h = substr($0, 12) }
		in_it && /^\tservice_description=/ { s = substr($0, 22) }
		in_it && index($0, "\t" key "=") == 1 {
			v = substr($0, length(key) + 3)
		}
		/^\t}/ { if (in_it && h == host && s == service) print v; in_it = 0 }
	' status.dat
}

has() { # host, service, key, pattern
	nagios_has "$1" "$2" "$3" | grep -qE -- "$4"
}

expect() { # host, service, state, pattern of the first line
	soon has "$1" "$2" current_state "^$3\$" &&
	    soon has "$1" "$2" plugin_output "$4"
	result "$1, $2: $3 $4, not $(nagios_has "$1" "$2" current_state) \
$(nagios_has "$1" "$2" plugin_output)" $?
}

# -- NSCA --

nsca_config() { # name, port, method
	cat >nsca-$1.cfg <<END
pid_file=$dir/nsca-$1.pid
server_port=$2
server_address=127.0.0.1
nsca_user=$(id -un)
nsca_group=$(id -gn)
command_file=$dir/rw/nagios.cmd
alternate_dump_file=/dev/null
aggregate_writes=1
append_to_file=0
max_packet_age=600
password=a secret
decryption_method=$3
END
	printf 'password=a secret\nencryption_method=%s\n' "$3" >send-$1.cfg
	chmod o= send-$1.cfg
}

# A port that nobody has, with a daemon on it.
nsca_start() { # name, method
	try=0
	while [ $try -lt 20 ]; do
		try=$((try + 1))
		port=$((20000 + ($$ * 7 + try * 331 + $2) % 20000))
		nsca_config "$1" $port "$2"
		nsca -f -c nsca-$1.cfg --daemon >>nsca.out 2>&1 &
		pid=$!
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.2
			kill -0 $pid 2>/dev/null || break
			printf 'none\tnone\t0\tnothing\n' |
			    send_nsca -H 127.0.0.1 -p $port \
				-c send-$1.cfg >/dev/null 2>&1 && {
				return
			}
		done
		kill $pid 2>/dev/null
	done
	echo "nsca does not start: $(tail -3 nsca.out)"
	exit 1
}
nsca_start xor 1
xor=$port
nsca_start aes 14
aes=$port

# -- crosstapd --

"$crosstap" simulate --sensors 2 --duration 6300 --rate 15 --seed 11 \
    --fault worker-frozen:worker=2,from=2400,to=3600 -o ext >/dev/null
result "the logs are made" $?
for name in A B; do
	grow ext/$name.conn.log logs/$name
done
sensor_program
send=$(command -v send_nsca)
mkfifo stuck
exec 9<>stuck # a reader that never reads
cat >c.yaml <<END
sensors:
  ext1: {address: local, logs: $dir/logs/A, command: '$dir/sensor.sh serve --logs $dir/logs/A'}
  ext2: {logs: $dir/logs/B}
groups:
  outside: {sensors: [ext1, ext2], seed: 7}
daemon: {store: $dir/store.db, control: $dir/control}
feeds:
  fifo: {kind: nagios-command, path: rw/nagios.cmd, host: fifo, sensor_host: fifo}
  spool: {kind: nagios-spool, path: spool, host: spool, sensor_host: spool}
  xor: {kind: nsca, address: '127.0.0.1:$xor', command: $send, config: send-xor.cfg, host: xor, sensor_host: xor}
  aes: {kind: nsca, address: '127.0.0.1:$aes', command: $send, config: send-aes.cfg, host: aes, sensor_host: aes}
  stale: {kind: nagios-command, path: rw/nagios.cmd, host: stale}
  stuck: {kind: nagios-command, path: stuck}
END
export CROSSTAP_CONFIG="$dir/c.yaml"

start 25
go 31
grep -qE '^fifo +nagios-command FAILS since .*nagios.cmd: No such file' status
result "a Nagios that is down is said to be: $(cat status)" $?
grep -qE '^xor +nsca +[0-9]+ sent' status
result "what can be sent is: $(grep nsca status)" $?
[ "$(grep -c 'event=feed-failed.*fifo:' log)" = 1 ]
result "it is logged once: $(grep feed-failed log)" $?
grep -q 'compared until.*' status && ! grep -q 'level=error' log
result "comparisons go on: $(grep level=error log | head -3)" $?
n=$(find spool -name 'c*.ok' | wc -l)
[ "$n" = 4 ]
result "one result a service lies in the spool, not $n" $?

nagios_start
go 38
expect stale 'crosstap outside' 0 '^OK - outside'
for host in fifo spool xor aes; do
	expect $host 'crosstap outside' 0 \
	    '^OK - outside: ext1, ext2 agree by [0-9.]+ %, until 16:[0-9]+ UTC$'
	expect $host crosstap 0 '^(OK|WARNING) - crosstapd: '
	expect $host 'crosstap ext2' 0 '^OK - ext2: log until 16:[0-9]+ UTC'
	has $host 'crosstap outside' performance_data \
	    "^'agreement'=[0-9.]+%;.*;;0;100 'only_a'=[0-9]+;;;0 'only_b'=[0-9]+;;;0 'damaged'=[0-9]+;;;0\$"
	result "$host: numbers: $(nagios_has $host 'crosstap outside' performance_data)" $?
	has $host 'crosstap outside' long_plugin_output '^ext1: log until .*\\next2: log until '
	result "$host: further lines: $(nagios_has $host 'crosstap outside' long_plugin_output)" $?
done
expect ext1 crosstap 0 '^OK - ext1'
grep -q 'event=feed-back.*fifo' log
result "a Nagios that is back is logged: $(grep feed- log)" $?

# Nothing is sent while the clock stands.
expect stale 'crosstap outside' 3 '^nothing was heard'
go 39
expect stale 'crosstap outside' 0 '^OK - outside'

# The worker freezes in minute 40.
go 52
for host in fifo spool xor aes; do
	expect $host 'crosstap outside' 2 \
	    '^CRITICAL - outside: ext2 worker-frozen since 16:40 UTC, [0-9.]+ % affected: worker-2 of ext2 '
	expect $host 'crosstap ext2' 2 '^CRITICAL - ext2: worker-frozen since 16:40 UTC'
	expect $host 'crosstap ext1' 0 '^OK - ext1: '
	has $host 'crosstap outside' long_plugin_output \
	    '^critical, incident 1: ext2 worker-frozen since 16:40 UTC'
	result "$host: incidents: $(nagios_has $host 'crosstap outside' long_plugin_output)" $?
done

# -- those who ask --

check() { # state, pattern, arguments
	want=$1 pattern=$2
	shift 2
	"$bin/check_crosstap" "$@" >out 2>err
	status=$?
	[ $status = "$want" ] && head -n 1 out | grep -qE -- "$pattern" &&
	    [ ! -s err ]
	result "check_crosstap $*: $status $(cat out err)" $?
}
check 2 "^CRITICAL - outside: ext2 worker-frozen .*\|'agreement'=.*'disagreement'=[0-9.]+%;;;0;100\$" -g outside
check 0 '^OK - ext1: log until ' -s ext1
check 2 '^CRITICAL - ext2: worker-frozen ' --sensor ext2
check 1 "^WARNING - crosstapd: stuck: |^OK - crosstapd: |^WARNING" -H "$dir/control"
check 3 '^UNKNOWN - nothing is known of group inside' -g inside
check 3 '^UNKNOWN - .*no range' -g outside -w 5:1
check 3 '^UNKNOWN - .*wanted -g' -w 5
check 3 '^UNKNOWN - .*crosstapd that runs' -H "$dir/nothing"
check 3 '^UNKNOWN - ' --nonsense
check 3 '^check_crosstap [0-9]' -V
[ "$("$bin/check_crosstap" -v -g outside | wc -l)" -ge 4 ]
result "check_crosstap -v has further lines" $?
kill -STOP "$daemon"
check 3 '^UNKNOWN - .*no answer within 1 s' -t 1 -g outside
kill -CONT "$daemon"

"$crosstap" incidents mute 1 2h
go 53
expect fifo 'crosstap outside' 0 '^OK - outside: .*, 1 muted$'
has fifo 'crosstap outside' long_plugin_output 'muted until 18:5[0-9] UTC'
result "muted: $(nagios_has fifo 'crosstap outside' long_plugin_output)" $?
check 0 '^OK - outside: .*, 1 muted\|' -g outside
check 1 '^WARNING - [0-9.]+ % of the flows differ, outside: .*;1;60;0;100$' \
    -g outside -w 1 -c 60
check 2 '^CRITICAL - [0-9.]+ % of the flows differ, ' -g outside -w 1 -c 2

for feed in fifo spool xor aes; do
	"$crosstap" feeds test $feed >out 2>err
	[ $? = 0 ] && grep -q "^$feed: a test was delivered" out
	result "feeds test $feed: $(cat out err)" $?
	expect $feed 'crosstap test' 0 '^OK - a test of crosstap'
done
"$crosstap" feeds test none >out 2>err
[ $? = 2 ] && grep -q "no feed 'none'; wanted one of" err
result "a feed that is none is refused: $(cat err)" $?

# -- Nagios restarts, and finds the newest states --

nagios_stop
go 60
n=$(find spool -name 'c*.ok' | wc -l)
[ "$n" -le 5 ]
result "the spool does not grow while nobody takes from it: $n results" $?
"$crosstap" feeds test fifo >out 2>err
[ $? = 2 ] && grep -q 'is Nagios down' err
result "a test says why it fails: $(cat err)" $?
touch away
go 62
nagios_start
go 68
for host in fifo spool xor aes; do
	expect $host 'crosstap outside' 3 \
	    '^UNKNOWN - outside: not compared, ext1 does not answer since 17:0[01] UTC: .*gone fishing'
	expect $host 'crosstap ext1' 3 '^UNKNOWN - ext1: does not answer since'
done
rm away

# -- crosstapd restarts --

stop KILL
start $minute
go 85
for host in fifo spool xor aes; do
	expect $host 'crosstap outside' 0 '^OK - outside: ext1, ext2 agree'
	expect $host 'crosstap ext1' 0 '^OK - ext1'
done
go 92
"$crosstap" feeds list >out
grep -qE '^stuck .*FAILS since .*stuck: full: Nagios does not read it' out
result "a FIFO that is full holds nobody up: $(cat out)" $?
"$crosstap" feeds list --format json | jq -e 'length == 6 and
    all(.[]; (.name == "stuck") == (.error != ""))' >/dev/null
result "feeds list as JSON: $("$crosstap" feeds list --format json)" $?

grep -vE '\] (EXTERNAL COMMAND|PASSIVE SERVICE CHECK|SERVICE ALERT|(CURRENT|INITIAL) SERVICE STATE):' \
    nagios.log | grep -E 'Error|was received for|could not|nvalid' >misread
[ ! -s misread ]
result "Nagios has understood all: $(head -3 misread)" $?
! grep -q 'SERVICE ALERT: fifo;crosstap;.*: fifo: ' nagios.log
result "a feed is not told that it was down itself" $?
! grep -q 'level=error' log
result "no error was logged: $(grep level=error log | head -3)" $?
stop TERM
scene_end
