-- The tables of a feed of the kind clickhouse (doc/clickhouse.md). From
-- ClickHouse 18.16 on:
--
--     clickhouse-client --query 'CREATE DATABASE crosstap'
--     clickhouse-client --database crosstap --multiquery <tables.sql
--
-- A row that is corrected, or sent twice, comes again with the same key and a
-- version that is not smaller; the greatest one counts: SELECT ... FINAL.
-- Where there are replicas: ReplicatedReplacingMergeTree(PATH, REPLICA, version).

-- What came out of a bucket of a group.
CREATE TABLE IF NOT EXISTS bucket (
    sensor_group String,
    start DateTime('UTC'),
    width UInt32,                       -- seconds
    reading String,                     -- early, full
    status String,                      -- equal, differs, incomplete, missing, not-compared
    early_status Nullable(String),      -- what the early reading said
    reason String,                      -- of what is missing
    written DateTime('UTC'),
    version UInt64
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start)
ORDER BY (sensor_group, start);

-- A pair of sensors in a bucket. agreement is NULL where a log did not cover
-- it; deleted: an early reading had this pair, the full one has it not.
CREATE TABLE IF NOT EXISTS comparison (
    sensor_group String,
    start DateTime('UTC'),
    width UInt32,
    a String,
    b String,
    reading String,
    paired UInt64,                      -- flows
    only_a UInt64,
    only_b UInt64,
    damaged UInt64,
    shifted UInt64,
    split UInt64,
    differs UInt8,
    agreement Nullable(Float64),        -- 0..1
    deleted UInt8,
    version UInt64
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start)
ORDER BY (sensor_group, start, a, b);

-- What a sensor saw in a bucket.
CREATE TABLE IF NOT EXISTS coverage (
    sensor_group String,
    sensor String,
    start DateTime('UTC'),
    width UInt32,
    state String,                       -- complete, degraded, blind, not-compared
    missed UInt64,                      -- flows that a peer has and it lacks
    flows UInt64,                       -- flows that this peer has
    why String,                         -- rule, gap or reason
    nets String,                        -- what it is about; empty: all
    version UInt64
) ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start)
ORDER BY (sensor_group, sensor, start);

-- Ids are of one store: of the time when it first had such a feed.
CREATE TABLE IF NOT EXISTS incident (
    store UInt64,
    id UInt64,
    sensor_group String,
    rule String,
    sensor String,
    peer String,
    facet String,
    value String,
    attribute String,
    summary String,
    severity String,                    -- info, warning, critical
    state String,                       -- open, cleared
    since DateTime('UTC'),              -- of the fault
    until DateTime('UTC'),
    opened DateTime('UTC'),             -- of the talk about it
    updated DateTime('UTC'),
    cleared Nullable(DateTime('UTC')),
    share Nullable(Float64),            -- 0..1, the latest
    worst Nullable(Float64),
    flaps UInt32,
    early UInt8,                        -- no full reading has borne it out
    early_rule String,
    merged_into UInt64,                 -- id; 0: none
    ack_by String,
    ack Nullable(DateTime('UTC')),
    comment String,
    muted_until Nullable(DateTime('UTC')),
    version UInt64
) ENGINE = ReplacingMergeTree(version)
ORDER BY (store, id);

-- The history of incidents.
CREATE TABLE IF NOT EXISTS incident_event (
    store UInt64,
    id UInt64,
    incident UInt64,
    sensor_group String,
    at DateTime('UTC'),
    kind String,                        -- opened, updated, cleared, ...
    who String,
    text String,
    version UInt64
) ENGINE = ReplacingMergeTree(version)
ORDER BY (store, id);

-- What was found, one for each stretch that it held on.
CREATE TABLE IF NOT EXISTS finding (
    store UInt64,
    id UInt64,
    incident UInt64,                    -- 0: of none
    sensor_group String,
    reading String,
    rule String,
    by_rule String,                     -- the rule that held
    sensor String,
    peer String,
    several UInt8,
    attribute String,
    cause String,
    severity String,
    since DateTime('UTC'),
    until DateTime('UTC'),
    share Nullable(Float64),
    facet String,
    value String,
    direction String,                   -- inbound, outbound, or empty
    summary String,
    evidence String,                    -- JSON, numbers by name
    version UInt64
) ENGINE = ReplacingMergeTree(version)
ORDER BY (store, id);
