#!/bin/sh
# crosstapd tells a real Icinga 2 by its API, an NRDP, a webhook, syslogs and a
# sendmail, for an hour of simulated minutes with one fault: what arrives is
# whole and in order, signed, and nothing is lost where a receiver is away, says
# no, or the daemon is killed.
# Debian has no NRDP: a receiver here answers as its documentation says.
set -u
. "${srcdir:?}/tests/system/unprivileged.sh"
. "${srcdir:?}/tests/system/scene.sh"
scene_begin jq openssl
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
icinga=

# -- who is told --

catch_start() { # name, kind [port]; its pid is in $caught
	mkdir -p "$1"
	rm -f "$1/port"
	"$bin/tests/system/catch" "$2" "$1" "${3:-0}" 2>>catch.err &
	caught=$!
	soon test -s "$1/port" || {
		echo "the receiver $1 does not start: $(cat catch.err)"
		exit 1
	}
}
catch_start hook http
kill -9 $caught # the port is known, and nobody is there
catch_start nrdp http
catch_start udp udp
catch_start tcp tcp
catch_start unix unix
cat >nrdp/answer <<'END'
<?xml version="1.0" encoding="utf-8"?>
<result><status>0</status><message>OK</message></result>
END
cat >sendmail <<END
#!/bin/sh
n=\$(ls '$dir/mail' | wc -l)
printf '%s\n' "\$@" >"$dir/mail/\$n.args"
[ ! -e '$dir/mail-full' ] || { echo 'queue is full' >&2; exit 75; }
exec cat >"$dir/mail/\$n.text"
END
chmod +x sendmail
mkdir mail

icinga2=/usr/lib/$(uname -m)-linux-gnu/icinga2/sbin/icinga2
[ -x "$icinga2" ] || icinga2=$(command -v icinga2)
mkdir -p icinga/data/certs icinga/cache icinga/log icinga/run
key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
certificate() {
	# shellcheck disable=SC2086
	openssl req -x509 $key -keyout icinga/ca.key -out icinga/ca.crt \
	    -days 2 -subj '/CN=test authority' &&
	    openssl req -new $key -keyout icinga/data/certs/localhost.key \
		-out icinga/csr -subj /CN=localhost &&
	    echo 'subjectAltName=IP:127.0.0.1' >icinga/ext &&
	    openssl x509 -req -in icinga/csr -CA icinga/ca.crt \
		-CAkey icinga/ca.key -set_serial 1 -days 2 -extfile icinga/ext \
		-out icinga/data/certs/localhost.crt &&
	    cp icinga/ca.crt icinga/data/certs/ca.crt
}
certificate 2>openssl.err
result "certificates are made: $(tail -1 openssl.err)" $?

# As whoever runs the test, on a port that is free.
icinga_start() {
	[ -n "$icinga2" ] || return 1
	cat >icinga/icinga2.conf <<-END
	const NodeName = "localhost"
	object Endpoint "localhost" { }
	object Zone "localhost" { endpoints = [ "localhost" ] }
	object CheckerComponent "checker" { }
	object ApiListener "api" { bind_host = "127.0.0.1", bind_port = $1 }
	object ApiUser "crosstap" {
		password = "sesame"
		permissions = [ "actions/process-check-result", "objects/query/*" ]
	}
	object CheckCommand "stale" { command = [ "/bin/false" ] }
	template Service "passive" { check_command = "stale", enable_active_checks = false }
	object Host "crosstap" { check_command = "stale", enable_active_checks = false }
	object Host "ext1" { check_command = "stale", enable_active_checks = false }
	object Service "crosstap" { import "passive", host_name = "crosstap" }
	object Service "crosstap outside" { import "passive", host_name = "crosstap" }
	object Service "crosstap test" { import "passive", host_name = "crosstap" }
	object Service "crosstap" { import "passive", host_name = "ext1" }
	END
	set -- "$1"
	for folder in ConfigDir= DataDir=/data CacheDir=/cache LogDir=/log \
	    InitRunDir=/run; do
		set -- "$@" -D "Configuration.${folder%=*}=$dir/icinga${folder#*=}"
	done
	shift
	: >icinga/out
	"$icinga2" daemon -c icinga/icinga2.conf "$@" \
	    -D Configuration.Concurrency=1 \
	    -D "Configuration.RunAsUser=$(id -un)" \
	    -D "Configuration.RunAsGroup=$(id -gn)" >icinga/out 2>&1 &
	icinga=$!
	soon grep -q 'Activated all objects\|Cannot bind\|critical/' icinga/out
	grep -q 'Activated all objects' icinga/out &&
	    ! grep -q 'Cannot bind' icinga/out
}
icinga_port=$((20000 + $$ % 20000))
try=0
until icinga_start $icinga_port || [ $try = 5 ]; do
	kill -9 "$icinga" 2>/dev/null
	icinga='' try=$((try + 1)) icinga_port=$((icinga_port + 1))
	[ -n "$icinga2" ] || break
done
if [ -n "$icinga" ]; then
	echo "with $("$icinga2" --version | sed -n '1s/.*(\(version.*\))/Icinga 2, \1/p')"
else
	echo "WITHOUT Icinga 2: $([ -n "$icinga2" ] && tail -1 icinga/out ||
		echo it is not installed)"
fi

icinga_get() { # path of the API
	{
		printf 'GET %s HTTP/1.0\r\nAccept: application/json\r\nAuthorization: Basic %s\r\n\r\n' \
		    "$1" "$(printf crosstap:sesame | openssl base64)"
		sleep 3 # s_client hangs up at the end of what it is given
	} |
	    openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:$icinga_port \
		-CAfile icinga/ca.crt -verify_return_error 2>/dev/null |
	    sed '1,/^\r*$/d'
}

# -- the daemon --

"$crosstap" simulate --sensors 2 --duration 4200 --rate 10 --seed 11 \
    --fault worker-frozen:worker=2,from=1800,to=2400 -o ext >/dev/null
result "the logs are made" $?
for name in A B; do
	grow ext/$name.conn.log logs/$name
done
printf 'hush hush\n' >secret
printf 'sesame' >password
cp password token
chmod 600 secret password token
cat >c.yaml <<END
sensors:
  ext1: {logs: $dir/logs/A}
  ext2: {logs: $dir/logs/B}
groups:
  outside: {sensors: [ext1, ext2], seed: 7}
daemon: {store: $dir/store.db, control: $dir/control}
feeds:
  hook: {kind: webhook, url: "http://127.0.0.1:$(cat hook/port)/x", secret_file: secret}
  nrdp: {kind: nrdp, url: "http://127.0.0.1:$(cat nrdp/port)/nrdp/", token_file: token}
  udp: {kind: syslog, address: "127.0.0.1:$(cat udp/port)"}
  tcp: {kind: syslog, address: "127.0.0.1:$(cat tcp/port)", transport: tcp}
  unix: {kind: syslog, path: unix/socket}
  mail: {kind: mail, to: [noc@example.net, root], from: crosstap@example.net, command: $dir/sendmail}
END
[ -z "$icinga" ] || cat >>c.yaml <<END
  icinga: {kind: icinga2, url: "https://127.0.0.1:$icinga_port/", user: crosstap, password_file: password, ca_file: icinga/ca.crt, ttl: 3m}
  stranger: {kind: icinga2, url: "https://127.0.0.1:$icinga_port", user: crosstap, password_file: password}
END
export CROSSTAP_CONFIG="$dir/c.yaml"

feed_of() { # name: its object of the status
	"$crosstap" status --format json | jq ".feeds[] | select(.name == \"$1\")"
}

start 26
go 40
"$crosstap" incidents list >list
grep -q 'open .*worker-frozen' list
result "there is an incident: $(cat list)" $?
"$crosstap" incidents ack 1 'grüße, "called" the <night> shift'
go 41

# -- states --

if [ -n "$icinga" ]; then
	icinga_get '/v1/objects/services' >services
	jq -c '.results | map({key: .name, value: .attrs}) | from_entries' \
	    services >attrs
	jq -e '.["crosstap!crosstap outside"] | .state == 2 and
	    (.last_check_result | (.output | startswith("CRITICAL")) and
	    .check_source != "" and .ttl == 180 and
	    (.performance_data | length > 3))' attrs >/dev/null
	result "Icinga has the state of the group: $(cat attrs)" $?
	jq -e '.["ext1!crosstap"].state == 0' attrs >/dev/null
	result "and of the sensor that it knows" $?
	feed_of icinga >feed
	jq -e '.error | test("ext2!crosstap: Icinga answers 404: No objects")' \
	    feed >/dev/null
	result "that it does not know the other is said: $(cat feed)" $?
	feed_of stranger >feed
	jq -e '.delivered == 0 and (.error | test("wanted a certificate"))' \
	    feed >/dev/null
	result "who cannot prove itself is told nothing: $(cat feed)" $?
fi

n=$(grep -l 'crosstap+outside%3C' nrdp/*.body | sed 's/[^0-9]//g' | sort -n | tail -1)
tr '&' '\n' <nrdp/$n.body >form
printf 'token=sesame\ncmd=submitcheck\n' >want
sed 2q form | cmp -s - want
result "NRDP gets token and command: $(sed 2q form)" $?
sed -n 's/^XMLDATA=//p' form | LC_ALL=C awk '{
		gsub(/\+/, " ")
		while ((at = index($0, "%")) > 0) {
			high = index(hex, substr($0, at + 1, 1)) - 1
			low = index(hex, substr($0, at + 2, 1)) - 1
			printf "%s%c", substr($0, 1, at - 1), high * 16 + low
			$0 = substr($0, at + 3)
		}
		print
	}' hex=0123456789ABCDEF >xml
[ "$(grep -c '<checkresult type="service"' xml)" -ge 3 ] &&
    grep -q '<hostname>crosstap</hostname><servicename>crosstap outside</servicename><state>2</state><output>CRITICAL' xml
result "and all states: $(cat xml)" $?
sed -i 's/>0<.*/>-1<\/status><message>BAD TOKEN<\/message><\/result>/' nrdp/answer
go 42
feed_of nrdp >feed
jq -e '.error == "NRDP refuses: BAD TOKEN"' feed >/dev/null
result "what NRDP says is no success by its 200: $(cat feed)" $?

# -- events: all but the webhook hear of them at once --

ls mail >mails
[ "$(wc -l <mails)" = 4 ]
result "two changes are two mails: $(cat mails)" $?
printf '%s\n' -i -f crosstap@example.net -- noc@example.net root >want
cmp -s mail/0.args want
result "sendmail is called as it should: $(cat mail/0.args)" $?
grep -q '^Subject: \[crosstap\] CRITICAL: worker-frozen at ext2 (outside, incident 1)$' mail/0.text
result "the mail says what there is: $(cat mail/0.text)" $?
grep -q '^acknowledged by .*: grüße, "called" the <night> shift$' mail/2.text
result "and the second what was done: $(cat mail/2.text)" $?
for name in udp tcp unix; do
	soon test -e $name/2.body
	grep -q '<26>1 2025-11-24T16:.* crosstapd [0-9]* opened \[crosstap@32473 id="' $name/1.body &&
	    grep -q ' acknowledged \[crosstap@32473 .*grüße, "called" the <night> shift$' $name/2.body
	result "syslog by $name: $(cat $name/1.body)" $?
done
cmp -s udp/1.body unix/1.body
result "a datagram is the same wherever it goes" $?
printf '%s %s' "$(wc -c <udp/1.body)" "$(cat udp/1.body)" | cmp -s - tcp/1.body
result "over TCP its length goes before it" $?

# -- the webhook: away, hanging up, failing, and refusing --

feed_of hook >feed
jq -e '.waiting == 2 and .delivered == 0 and
    (.error | test("Connection refused"))' feed >/dev/null
result "what the webhook has not heard waits: $(cat feed)" $?
stop KILL
touch mail-full
start $minute
catch_start hook http "$(cat hook/port)"
echo 0 >hook/status
go 48
echo 503 >hook/status
"$crosstap" incidents comment 1 'no. 3'
go 52
[ ! -e hook/answer ] && [ "$(cat hook/*.head | grep -c '^X-Crosstap-Event: opened')" -gt 1 ] &&
    ! grep -q '^X-Crosstap-Event: ack' hook/*.head
result "the first message is tried again, and none overtakes it" $?
seen=$(find hook -name '*.head' | wc -l)
rm hook/status
go 58
for i in $(seq $((seen + 1)) $(find hook -name '*.head' | wc -l)); do
	cat hook/$i.body
	echo
done >heard
"$crosstap" incidents show 1 --format json | jq -r '.history[].event' >want
jq -r .event heard | cmp -s - want
result "all of the history arrives, in order: $(jq -r .event heard) of $(cat want)" $?
jq -e -s 'map(.id) | length == (unique | length)' heard >/dev/null
result "ids are unique" $?
[ "$(jq -r .id hook/1.body)" = "$(sed 1q heard | jq -r .id)" ]
result "what is sent again has the same id" $?
jq -e -s '.[0].incident.rule == "worker-frozen" and
    .[1].text == "grüße, \"called\" the <night> shift"' heard >/dev/null
result "and is what was to be told: $(cat heard)" $?

# As doc/feeds.md says it.
signature() { # N
	time=$(sed -n 's/^X-Crosstap-Time: //p' hook/$1.head)
	{ printf '%s.' "$time"; cat hook/$1.body; } |
	    openssl dgst -sha256 -hmac 'hush hush' | sed 's/.*= /sha256=/'
}
n=$(find hook -name '*.head' | wc -l)
good=0
for i in $(seq 1 "$n"); do
	[ "$(sed -n 's/^X-Crosstap-Signature: //p' hook/$i.head)" != \
	    "$(signature $i)" ] || good=$((good + 1))
done
[ $good = "$n" ]
result "all messages are signed: $good of $n" $?
grep -q '^Content-Type: application/json$' hook/1.head &&
    grep -q "^X-Crosstap-Id: $(jq -r .id hook/1.body)\$" hook/1.head
result "headers: $(cat hook/1.head)" $?

echo 410 >hook/status
"$crosstap" incidents comment 1 'never heard'
go 59
rm hook/status
"$crosstap" incidents comment 1 'heard'
go 60
n=$(find hook -name '*.body' | wc -l)
[ "$(jq -r .text hook/$n.body)" = heard ]
result "what is refused does not hold up the next: $(cat hook/$n.body)" $?
feed_of hook >feed
jq -e '.waiting == 0 and .given_up == 1 and .error == ""' feed >/dev/null
result "and is counted: $(cat feed)" $?
[ "$(grep -c 'event=feed-refused.*it answers 410' log)" = 1 ]
result "and said: $(grep 'feed-refused' log)" $?

feed_of mail >feed
jq -e '.waiting > 2 and (.error | test("status 75.*queue is full"))' \
    feed >/dev/null
result "what sendmail does not take waits: $(cat feed)" $?
rm mail-full
go 66
feed_of mail >feed
jq -e '.waiting == 0 and .error == ""' feed >/dev/null
result "until it does: $(cat feed)" $?

# -- a test of each --

sed -i 's/>-1<.*/>0<\/status><message>OK<\/message><\/result>/' nrdp/answer
for feed in hook nrdp udp tcp unix mail ${icinga:+icinga}; do
	"$crosstap" feeds test $feed >out 2>err
	[ $? = 0 ] && grep -q "^$feed: a test was delivered" out
	result "feeds test $feed: $(cat out err)" $?
done
arrived() { # name, what its newest body has
	grep -q "$2" "$1/$(find "$1" -name '*.body' | wc -l).body"
}
for name in udp tcp unix; do
	soon arrived $name ' test .*a test of crosstap, nothing is wrong'
	result "syslog by $name has the test" $?
done
arrived hook '"event":"test"'
result "the webhook has the test" $?
arrived nrdp 'a.test.of.crosstap'
result "NRDP has it" $?
cat mail/*.text | grep -q 'a test of crosstap'
result "the mail has it" $?
[ -z "$icinga" ] || {
	icinga_get '/v1/objects/services/crosstap!crosstap%20test' >test
	jq -e '.results[0].attrs | .state == 0 and
	    (.last_check_result.output | test("a test of crosstap"))' test >/dev/null
	result "Icinga has it: $(cat test)" $?
}
echo 401 >hook/status
"$crosstap" feeds test hook >out 2>err
[ $? = 2 ] && grep -q 'answers 401' err
result "a test that fails says why: $(cat out err)" $?

! grep -q 'level=error' log
result "no error was logged: $(grep level=error log | head -3)" $?
stop TERM
scene_end
