# For tests of a feed of the kind clickhouse, which read it in after scene.sh:
# whether the tables of the database crosstap hold what the store in store.db
# holds. Whoever includes this has clickhouse_rows(), which asks, with rows of
# texts between tabs in answer. The feed is the first of the configuration.

statuses="CASE %s WHEN 0 THEN 'equal' WHEN 1 THEN 'differs'
	WHEN 2 THEN 'incomplete' WHEN 3 THEN 'missing'
	WHEN 4 THEN 'not-compared' ELSE '' END"
# shellcheck disable=SC2059
in_store="SELECT 'bucket', g.name, start_us / 1000000,
    iif(reading, 'full', 'early'), $(printf "$statuses" status),
    $(printf "$statuses" early_status), ifnull(reason, ''),
    written_us / 1000000 FROM bucket JOIN sensor_group g ON g.id = group_id;
SELECT 'comparison', start_us / 1000000, a.name, b.name, paired, only_a,
    only_b, damaged, shifted, split, differs,
    CAST(round(agreement * 1000000) AS INTEGER) FROM comparison
    JOIN sensor a ON a.id = a_id JOIN sensor b ON b.id = b_id;
SELECT 'coverage', name, b.start_us / 1000000, state, missed, flows, why, nets
    FROM bucket b JOIN coverage c ON c.group_id = b.group_id
    AND c.from_us = b.start_us JOIN sensor s ON s.id = sensor_id;
SELECT 'incident', id, rule, sensor, summary, state, from_us / 1000000,
    to_us / 1000000, updated_us / 1000000, ifnull(ack_by, ''),
    length(comment) FROM incident;
SELECT 'event', id, incident_id, at_us / 1000000, who FROM incident_event;
SELECT 'finding', id, ifnull(incident_id, 0), rule, sensor, from_us / 1000000,
    to_us / 1000000, length(evidence) FROM finding;"
in_clickhouse="SELECT 'bucket', sensor_group, toUInt32(start), reading, status,
    ifNull(early_status, ''), reason, toUInt32(written) FROM bucket FINAL;
SELECT 'comparison', toUInt32(start), a, b, paired, only_a, only_b, damaged,
    shifted, split, differs, toInt64(round(agreement * 1000000))
    FROM comparison FINAL WHERE NOT deleted;
SELECT 'coverage', sensor, toUInt32(start), indexOf(['complete', 'degraded',
    'blind', 'not-compared'], state) - 1, missed, flows, why, nets
    FROM coverage FINAL;
SELECT 'incident', id, rule, sensor, summary, state = 'cleared',
    toUInt32(since), toUInt32(until), toUInt32(updated), ack_by,
    if(comment = '', '', toString(lengthUTF8(comment))) FROM incident FINAL;
SELECT 'event', id, incident, toUInt32(at), who FROM incident_event FINAL;
SELECT 'finding', id, incident, rule, sensor, toUInt32(since),
    toUInt32(until), length(evidence) FROM finding FINAL;"

compare_rows() { # when
	given
	sqlite3 -readonly -separator '	' store.db "$in_store" | sort >want
	clickhouse_rows "$in_clickhouse" | sort >got
	for kind in bucket comparison coverage incident event finding; do
		grep "^$kind" want >want.rows
		grep "^$kind" got | cmp -s - want.rows && [ -s want.rows ]
		result "$1: each $kind is that of the store, $(
			wc -l <want.rows
		) rows: $(diff want got | grep "$kind" | head -3)" $?
	done
}

feed() { # a field of jq
	"$crosstap" feeds list --format json | jq -r ".[0].$1"
}

# Until nothing waits, by the seconds that a feed lets pass between batches.
given() {
	seconds=0
	until [ "$(feed waiting)" = 0 ] || [ $seconds = 48 ]; do
		seconds=$((seconds + 6))
		"$crosstap" status --clock $((t0 + minute * 60 + seconds)) \
		    >status 2>err
	done
}
