/*
 * The schema as steps: step n leads from version n to n + 1. A step that was
 * released is never changed; doc/store.md tells what the tables are for.
 */
#include <stdio.h>
#include "store/state.h"

static const char schema_first[] =
    "CREATE TABLE sensor (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)"
    "	STRICT;"
    "CREATE TABLE sensor_attribute ("
    "	sensor_id INTEGER NOT NULL REFERENCES sensor, key TEXT NOT NULL,"
    "	value TEXT NOT NULL, valid_from_us INTEGER NOT NULL,"
    "	valid_to_us INTEGER,"
    "	PRIMARY KEY (sensor_id, key, valid_from_us)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE sensor_group (id INTEGER PRIMARY KEY,"
    "	name TEXT NOT NULL UNIQUE, relation INTEGER NOT NULL,"
    "	width_us INTEGER NOT NULL) STRICT;"
    "CREATE TABLE group_member ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	valid_from_us INTEGER NOT NULL, valid_to_us INTEGER,"
    "	PRIMARY KEY (group_id, sensor_id, valid_from_us))"
    "	STRICT, WITHOUT ROWID;"
    "CREATE TABLE bucket ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	start_us INTEGER NOT NULL, reading INTEGER NOT NULL,"
    "	status INTEGER NOT NULL, early_status INTEGER, reason TEXT,"
    "	written_us INTEGER NOT NULL,"
    "	PRIMARY KEY (group_id, start_us)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE bucket_sensor ("
    "	group_id INTEGER NOT NULL, start_us INTEGER NOT NULL,"
    "	sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	flows INTEGER NOT NULL, packets INTEGER, ip_bytes INTEGER,"
    "	bad INTEGER, late INTEGER, gaps INTEGER NOT NULL,"
    "	PRIMARY KEY (group_id, start_us, sensor_id),"
    "	FOREIGN KEY (group_id, start_us) REFERENCES bucket"
    "	    ON DELETE CASCADE) STRICT, WITHOUT ROWID;"
    "CREATE TABLE comparison ("
    "	group_id INTEGER NOT NULL, start_us INTEGER NOT NULL,"
    "	a_id INTEGER NOT NULL REFERENCES sensor,"
    "	b_id INTEGER NOT NULL REFERENCES sensor,"
    "	paired INTEGER NOT NULL, only_a INTEGER NOT NULL,"
    "	only_b INTEGER NOT NULL, damaged INTEGER NOT NULL,"
    "	shifted INTEGER NOT NULL, split INTEGER NOT NULL,"
    "	agreement REAL NOT NULL, offset_us INTEGER,"
    "	PRIMARY KEY (group_id, start_us, a_id, b_id),"
    "	FOREIGN KEY (group_id, start_us) REFERENCES bucket"
    "	    ON DELETE CASCADE) STRICT, WITHOUT ROWID;"
    "CREATE TABLE evidence_column (id INTEGER PRIMARY KEY,"
    "	name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE evidence (id INTEGER PRIMARY KEY,"
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	start_us INTEGER NOT NULL, kind INTEGER NOT NULL,"
    "	texts TEXT NOT NULL, numbers BLOB NOT NULL) STRICT;"
    "CREATE INDEX evidence_at ON evidence (group_id, start_us);"
    "CREATE INDEX evidence_age ON evidence (start_us);"
    "CREATE TABLE incident (id INTEGER PRIMARY KEY,"
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	rule TEXT NOT NULL, sensor TEXT NOT NULL, peer TEXT NOT NULL,"
    "	facet TEXT NOT NULL, value TEXT NOT NULL, attribute TEXT NOT NULL,"
    "	summary TEXT NOT NULL, severity INTEGER NOT NULL,"
    "	state INTEGER NOT NULL, from_us INTEGER NOT NULL,"
    "	to_us INTEGER NOT NULL, opened_us INTEGER NOT NULL,"
    "	updated_us INTEGER NOT NULL, cleared_us INTEGER,"
    "	share REAL, worst REAL, quiet INTEGER NOT NULL,"
    "	flaps INTEGER NOT NULL, early INTEGER NOT NULL,"
    "	early_rule TEXT NOT NULL, merged_into INTEGER REFERENCES incident,"
    "	ack_by TEXT, ack_us INTEGER, comment TEXT, muted_until_us INTEGER)"
    "	STRICT;"
    "CREATE INDEX incident_open ON incident (group_id) WHERE state = 0;"
    "CREATE INDEX incident_at ON incident (from_us, to_us);"
    "CREATE INDEX incident_sensor ON incident (sensor, from_us);"
    "CREATE TABLE incident_event (id INTEGER PRIMARY KEY,"
    "	incident_id INTEGER NOT NULL REFERENCES incident,"
    "	at_us INTEGER NOT NULL, kind INTEGER NOT NULL,"
    "	who TEXT NOT NULL, text TEXT NOT NULL) STRICT;"
    "CREATE INDEX incident_event_of ON incident_event (incident_id, id);"
    "CREATE TABLE finding (id INTEGER PRIMARY KEY,"
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	incident_id INTEGER REFERENCES incident,"
    "	reading INTEGER NOT NULL, rule TEXT NOT NULL, by TEXT NOT NULL,"
    "	sensor TEXT NOT NULL, peer TEXT NOT NULL, several INTEGER NOT NULL,"
    "	attribute TEXT NOT NULL, cause TEXT NOT NULL,"
    "	severity INTEGER NOT NULL, from_us INTEGER NOT NULL,"
    "	to_us INTEGER NOT NULL, share REAL, facet TEXT NOT NULL,"
    "	value TEXT NOT NULL, direction INTEGER NOT NULL,"
    "	summary TEXT NOT NULL, evidence BLOB NOT NULL) STRICT;"
    "CREATE INDEX finding_at ON finding (group_id, from_us);"
    "CREATE INDEX finding_of ON finding (incident_id);"
    "CREATE INDEX finding_age ON finding (to_us);"
    "CREATE TABLE incident_flow ("
    "	incident_id INTEGER NOT NULL REFERENCES incident,"
    "	n INTEGER NOT NULL, kind TEXT NOT NULL, start_us INTEGER NOT NULL,"
    "	end_us INTEGER NOT NULL, orig TEXT NOT NULL,"
    "	orig_port INTEGER NOT NULL, resp TEXT NOT NULL,"
    "	resp_port INTEGER NOT NULL, proto INTEGER NOT NULL,"
    "	a_uid TEXT NOT NULL, b_uid TEXT NOT NULL, community TEXT NOT NULL,"
    "	PRIMARY KEY (incident_id, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE file (sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	path TEXT NOT NULL, size INTEGER NOT NULL,"
    "	mtime_us INTEGER NOT NULL, lines INTEGER, checksum INTEGER,"
    "	seen_us INTEGER NOT NULL,"
    "	PRIMARY KEY (sensor_id, path, mtime_us)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX file_age ON file (seen_us);"
    "CREATE TABLE coverage ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,"
    "	state INTEGER NOT NULL, missed INTEGER NOT NULL,"
    "	flows INTEGER NOT NULL, why TEXT NOT NULL, nets TEXT NOT NULL,"
    "	PRIMARY KEY (group_id, sensor_id, from_us)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE feed_state (feed TEXT NOT NULL, key TEXT NOT NULL,"
    "	value TEXT NOT NULL, PRIMARY KEY (feed, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "	feed TEXT NOT NULL, made_us INTEGER NOT NULL,"
    "	next_us INTEGER NOT NULL, tries INTEGER NOT NULL,"
    "	payload BLOB NOT NULL) STRICT;"
    "CREATE INDEX outbox_due ON outbox (feed, id);"
    "CREATE TABLE norm ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	a_id INTEGER NOT NULL REFERENCES sensor,"
    "	b_id INTEGER NOT NULL REFERENCES sensor,"
    "	hour INTEGER NOT NULL, n INTEGER NOT NULL, median REAL NOT NULL,"
    "	mad REAL NOT NULL, learned_us INTEGER NOT NULL,"
    "	PRIMARY KEY (group_id, a_id, b_id, hour)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE maintenance (id INTEGER PRIMARY KEY,"
    "	sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,"
    "	who TEXT NOT NULL, why TEXT NOT NULL, made_us INTEGER NOT NULL)"
    "	STRICT;"
    "CREATE INDEX maintenance_at ON maintenance (sensor_id, to_us);"
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL)"
    "	STRICT, WITHOUT ROWID;";

/* Roll-ups by hour and by day, filled from the buckets that are there. */
#define SCHEMA_ROLL(span)                                                    \
	"INSERT INTO rollup SELECT b.group_id, " span ", b.start_us / " span \
	" * " span ", count(*),"                                             \
	" sum(status = 0), sum(status = 1), sum(status = 2),"                \
	" sum(status = 3), sum(status = 4), sum(p), sum(m), sum(d), min(a)"  \
	" FROM bucket b LEFT JOIN (SELECT group_id, start_us,"               \
	" sum(paired) p, sum(only_a + only_b) m, sum(damaged) d,"            \
	" min(agreement) a FROM comparison GROUP BY 1, 2)"                   \
	" USING (group_id, start_us) GROUP BY 1, 3;"
static const char schema_rollup[] =
    "CREATE TABLE rollup ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	span_us INTEGER NOT NULL, start_us INTEGER NOT NULL,"
    "	buckets INTEGER NOT NULL, equal INTEGER NOT NULL,"
    "	differs INTEGER NOT NULL, incomplete INTEGER NOT NULL,"
    "	missing INTEGER NOT NULL, not_compared INTEGER NOT NULL,"
    "	paired INTEGER, unpaired INTEGER, damaged INTEGER, worst REAL,"
    "	PRIMARY KEY (group_id, span_us, start_us)) STRICT, WITHOUT "
    "ROWID;" SCHEMA_ROLL("3600000000") SCHEMA_ROLL("86400000000");

static const char *const schema_steps[STORE_VERSION] = { schema_first,
	schema_rollup };

const char *const schema_tables[] = { "sensor", "sensor_attribute",
	"sensor_group", "group_member", "bucket", "bucket_sensor", "comparison",
	"evidence_column", "evidence", "incident", "incident_event", "finding",
	"incident_flow", "file", "coverage", "feed_state", "outbox", "norm",
	"maintenance", "meta", "rollup" };
const size_t schema_ntables = ARRAY_LEN(schema_tables);

void
schema_migrate(struct store *st, int from)
{
	char pragma[64];
	int i;

	for (i = from; i < STORE_VERSION; i++)
		state_script(st, schema_steps[i]);
	(void)snprintf(
	    pragma, sizeof(pragma), "PRAGMA user_version = %d", STORE_VERSION);
	state_script(st, pragma);
}
