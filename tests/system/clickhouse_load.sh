# Tables for tests/system/clickhouse.sh and its kin: logs of simulated sensors,
# as two sites might keep them. Whoever includes this has clickhouse_ask().

# sensor, its log: lines for clickhouse_schema
clickhouse_lines() {
	grep -v '^#' "$2" | awk -F '\t' -v OFS='\t' -v sensor="$1" '{
		$21 = $22
		NF = 21
		for (i = 8; i <= 20; i++)
			if ($i == "-" && i != 12 && i != 16)
				$i = "\\N"
		for (i = 13; i <= 14; i++)
			if ($i != "\\N")
				$i = $i == "T"
		if ($8 == "\\N")
			$8 = "-"
		print sensor, $0
	}'
}

# The log in the order in which its flows ended, as a table gives it: what was
# logged late cannot be told there.
clickhouse_sorted() {
	grep '^#' "$1" | grep -v '^#close'
	grep -v '^#' "$1" | awk -F '\t' \
	    '{ printf "%.6f\t%s\n", $1 + ($9 == "-" ? 0 : $9), $0 }' |
	    sort -s -n -k 1,1 | cut -f 2-
	grep '^#close' "$1"
}

clickhouse_counts='orig_pkts Nullable(UInt64), orig_ip_bytes Nullable(UInt64),
resp_pkts Nullable(UInt64), resp_ip_bytes Nullable(UInt64), peer String'

# Names as Zeek has them and times as numbers.
clickhouse_plain="CREATE TABLE crosstap.plain (sensor String, ts Float64,
uid String, \`id.orig_h\` String, \`id.orig_p\` UInt16, \`id.resp_h\` String,
\`id.resp_p\` UInt16, proto String, service Nullable(String),
duration Nullable(Float64), orig_bytes Nullable(UInt64),
resp_bytes Nullable(UInt64), conn_state String, local_orig Nullable(UInt8),
local_resp Nullable(UInt8), missed_bytes UInt64, history String,
$clickhouse_counts) ENGINE = MergeTree() PARTITION BY sensor ORDER BY ts
SETTINGS index_granularity = 1024"
