#!/bin/sh
# The page and the API over a store with simulated weeks: headers, hostile names
# and what is asked for wrongly, by curl; then a browser that finds a fault and
# reaches its flows in three clicks, with and without JavaScript, and looks at
# contrast and width. How long answers take is printed, for PAGE_DAYS days
# (default 21).
set -u
. "${srcdir:?}/tests/system/scene.sh"
scene_begin curl jq
store=$bin/tests/system/page_store
here=${srcdir:?}/tests/system
port=$((20000 + $$ % 10000))
site=http://127.0.0.1:$port

"$store" make weeks.db "${PAGE_DAYS:-21}" >made
result "a store is made: $(cat made)" $?
"$store" serve weeks.db 127.0.0.1:$port >ready 2>err &
server=$!
until [ -s ready ] || ! kill -0 "$server" 2>/dev/null; do
	curl -s -o /dev/null "$site/"
done
grep -q ready ready
result "it is served: $(cat err)" $?

evil=$(curl -s "$site/api/v1/groups" | jq -r '.groups[0].name | @uri')
incidents=$(curl -s "$site/api/v1/incidents" | jq -r '.incidents[].id')
[ "$(echo "$incidents" | wc -l)" -ge 5 ]
result "there are incidents" $?
pages="/ /?view=hour /?view=week /?view=month /?view=year /?first=1
/group/border /group/border?view=week /group/$evil /bucket/border/1795512000
/incidents /incidents?state=open&group=border /incidents?before=3
/sensors /sensor/ext2 /sensor/ext2?view=month /coverage
/coverage?group=border&from=-7d&net=10.0.0.0/8
$(for id in $incidents; do echo "/incident/$id"; done)"
for page in $pages; do
	curl -s -D headers -o page -w '%{http_code}' "$site$page" >code
	[ "$(cat code)" = 200 ] && grep -q '</html>' page
	result "$page is answered whole: $(cat code)" $?
	! grep -qE "<script>|=['\"]?javascript:|<[^>]* on[a-z]+=|<[^>]* style=" page
	result "$page has no script, handler or style of its own" $?
	! grep -qE '(src|href)="?(https?:)?//' page
	result "$page wants nothing from elsewhere" $?
	[ "$(grep -ciE "^(content-security-policy: default-src 'none'|x-content-type-options: nosniff|referrer-policy: no-referrer|cache-control: no-cache|etag: \")" headers)" = 5 ]
	result "$page has its headers" $?
done
grep -rqF '&lt;script&gt;evil()&lt;/script&gt;&quot;&#39;&amp;{{7*7}}' page
result "what is hostile is there, as text" $?

curl -s "$site/sensor/ext2" >page
grep -qF '/logs/conn.05.log.gz</th>' page &&
    ! grep -qF '/logs/conn.04.log.gz' page &&
    grep -qF 'conn.24.log.gz&lt;script&gt;' page
result "a sensor has the newest of its log files" $?

api="/groups /groups/border/heat /groups/border/heat?by=bucket&from=-1h
/groups/border/heat?by=day&from=-30d /groups/$evil/heat
/groups/border/buckets/1795512000 /groups/inside/coverage /sensors
/sensors/ext1 /incidents /incidents?state=open&limit=1
$(for id in $incidents; do echo "/incidents/$id"; done)"
for path in $api; do
	curl -s -D headers -o answer "$site/api/v1$path"
	jq -e . answer >/dev/null && grep -qi '^content-type: application/json' headers
	result "/api/v1$path is JSON" $?
done
curl -s "$site/api/v1/groups/border/buckets/1795512000" |
    jq -e '(.pairs | length) == 3 and .cell.status.differs == 1 and
	(.sensors | map(.flows) | min) > 0 and (.evidence | length) > 3' >/dev/null
result "a bucket has its pairs, sensors and evidence" $?
all=$(curl -s "$site/api/v1/incidents" | jq -c '[.incidents[].id]')
paged=$(
	before=
	while :; do
		curl -s "$site/api/v1/incidents?limit=2$before" >answer
		jq -c '.incidents[].id' answer
		before=$(jq -r '.next_before_id // empty' answer)
		[ -n "$before" ] || break
		before="&before_id=$before"
	done | jq -cs .
)
[ "$all" = "$paged" ]
result "pages give each incident once: $all, $paged" $?
tag=$(curl -sI "$site/api/v1/groups" | tr -d '\r' | sed -n 's/^ETag: //p')
[ "$(curl -s -o /dev/null -w '%{http_code}' -H "If-None-Match: $tag" \
    "$site/api/v1/groups")" = 304 ]
result "what is known is not sent again" $?

while read -r status path; do
	curl -s -o answer -w '%{http_code}' --path-as-is "$site$path" >code
	[ "$(cat code)" = "$status" ]
	result "$path is $status: $(cat code)" $?
	case $path in
	/api/*) jq -e '.error | length > 0' answer >/dev/null ;;
	*) grep -q '<h1>' answer ;;
	esac
	result "$path says why" $?
	! grep -q '<script>' answer
	result "$path does not bring back what was asked" $?
done <<'END'
404 /nothing
404 /group/nobody
404 /group/%3Cscript%3E
404 /bucket/border/17
400 /bucket/border/x
404 /incident/99999
400 /incident/-1
400 /incidents?before=%3Cscript%3Ealert(1)%3C/script%3E
404 /sensor/%3Cscript%3E
400 /coverage?from=tomorrow
400 /coverage?net=%3Cscript%3E
400 /coverage?from=-1h&to=-2h
404 /coverage?sensor=nobody
404 /../../etc/passwd
404 /api/v1/nothing
404 /api/v1/groups/nobody/heat
400 /api/v1/groups/border/heat?by=second
400 /api/v1/groups/border/heat?by=bucket&from=-30d
400 /api/v1/groups/border/coverage?net=x
404 /api/v1/incidents/99999
400 /api/v1/incidents?limit=100000
400 /api/v1/incidents?state=closed
404 /metrics/x
END

# Each path of the API's description is one.
sed -n 's/^  \(\/[^:]*\):$/\1/p' "$srcdir/doc/openapi.yaml" >described
[ "$(wc -l <described)" -ge 8 ]
result "the API is described" $?
while read -r path; do
	real=$(echo "$path" | sed "s/{group}/border/; s/{start}/1795512000/
		s/{sensor}/ext1/; s/{id}/1/")
	curl -s --fail -o answer "$site/api/v1$real"
	result "the API has $path as described" $?
	for key in $(jq -r '[.. | objects | keys[]] | unique[]' answer); do
		grep -qE "(^| |\{)$key:( |\$)" "$srcdir/doc/openapi.yaml" ||
		    "$CROSSTAP" rules columns | grep -q "^ *$key "
		result "$path: the description has $key" $?
	done
done <described

# How long the server takes, as seen from outside.
for page in "/" "/?view=week" "/?view=month" "/?view=year" \
    "/coverage?group=border&from=-${PAGE_DAYS:-21}d" "/sensor/ext2?view=month" \
    "/api/v1/groups/border/heat?by=bucket&from=-6d"; do
	for i in 1 2 3 4 5; do
		curl -s -o page -w '%{time_total} %{size_download}\n' "$site$page"
	done | sort -n | awk -v page="$page" -v days="${PAGE_DAYS:-21}" '
		{ t[NR] = $1; n = $2 }
		END { printf "time: %s over %d days: %.1f ms, %d bytes\n",
			page, days, 1000 * t[3], n }'
done

# -- a browser --
browser=$(command -v chromium || command -v chromium-browser)
playwright=${PLAYWRIGHT:-$bin/tests/page}/node_modules/playwright-core
for need in "$(command -v node)" "$browser" "$playwright"; do
	[ -n "$need" ] && [ -e "$need" ] && continue
	echo "SKIP: a browser is not driven: wanted node, chromium, and" \
	    "playwright-core below $playwright"
	scene_end && exit 77
	exit 1
done
PLAYWRIGHT=$playwright BROWSER=$browser node "$here/page.mjs" "$site" \
    >browsed 2>&1
result "the browser's test runs to its end: $(grep -v '^ok' browsed)" $?
passed=$((passed + $(grep -c '^ok' browsed)))
failed=$((failed + $(grep -c '^not ok' browsed)))
scene_end
