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
    "	place INTEGER NOT NULL,"
    "	valid_from_us INTEGER NOT NULL, valid_to_us INTEGER,"
    "	PRIMARY KEY (group_id, sensor_id, valid_from_us))"
    "	STRICT, WITHOUT ROWID;"
    "CREATE TABLE sensor_state ("
    "	sensor_id INTEGER PRIMARY KEY REFERENCES sensor,"
    "	success_us INTEGER, watermark_us INTEGER, lag_us INTEGER,"
    "	failure_us INTEGER, failure TEXT) STRICT;"
    "CREATE TABLE bucket ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	start_us INTEGER NOT NULL, reading INTEGER NOT NULL,"
    "	status INTEGER NOT NULL, early_status INTEGER,"
    "	want INTEGER NOT NULL, tries INTEGER NOT NULL, reason TEXT,"
    "	written_us INTEGER NOT NULL,"
    "	PRIMARY KEY (group_id, start_us)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX bucket_wanted ON bucket (group_id, start_us)"
    "	WHERE want > 0;"
    "CREATE TABLE bucket_sensor ("
    "	group_id INTEGER NOT NULL, start_us INTEGER NOT NULL,"
    "	place INTEGER NOT NULL,"
    "	sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	flows INTEGER NOT NULL, packets INTEGER, ip_bytes INTEGER,"
    "	bad INTEGER, late INTEGER, gaps INTEGER NOT NULL,"
    "	offset_us INTEGER,"
    "	PRIMARY KEY (group_id, start_us, place),"
    "	FOREIGN KEY (group_id, start_us) REFERENCES bucket"
    "	    ON DELETE CASCADE) STRICT, WITHOUT ROWID;"
    "CREATE TABLE comparison ("
    "	group_id INTEGER NOT NULL, start_us INTEGER NOT NULL,"
    "	a_id INTEGER NOT NULL REFERENCES sensor,"
    "	b_id INTEGER NOT NULL REFERENCES sensor,"
    "	paired INTEGER NOT NULL, only_a INTEGER NOT NULL,"
    "	only_b INTEGER NOT NULL, damaged INTEGER NOT NULL,"
    "	shifted INTEGER NOT NULL, split INTEGER NOT NULL,"
    "	differs INTEGER NOT NULL, agreement REAL,"
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
    "CREATE INDEX incident_at ON incident (group_id, to_us);"
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
    "	summary TEXT NOT NULL, evidence TEXT NOT NULL) STRICT;"
    "CREATE INDEX finding_of ON finding (incident_id, group_id);"
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
    "CREATE TABLE meta (key TEXT NOT NULL, id INTEGER NOT NULL,"
    "	value INTEGER NOT NULL, PRIMARY KEY (key, id))"
    "	STRICT, WITHOUT ROWID;"
    "CREATE TABLE rollup ("
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	span_us INTEGER NOT NULL, start_us INTEGER NOT NULL,"
    "	buckets INTEGER NOT NULL, equal INTEGER NOT NULL,"
    "	differs INTEGER NOT NULL, incomplete INTEGER NOT NULL,"
    "	missing INTEGER NOT NULL, not_compared INTEGER NOT NULL,"
    "	paired INTEGER NOT NULL, unpaired INTEGER NOT NULL,"
    "	damaged INTEGER NOT NULL, worst REAL,"
    "	PRIMARY KEY (group_id, span_us, start_us)) STRICT, WITHOUT ROWID;";

/* Nothing had been written to incident_flow before. */
static const char schema_second[] =
    "ALTER TABLE file ADD COLUMN first_us INTEGER;"
    "ALTER TABLE file ADD COLUMN last_us INTEGER;"
    "DROP TABLE incident_flow;"
    "CREATE TABLE incident_flow ("
    "	incident_id INTEGER NOT NULL REFERENCES incident,"
    "	n INTEGER NOT NULL, side INTEGER NOT NULL, kind TEXT NOT NULL,"
    "	sensor TEXT NOT NULL, start_us INTEGER, duration_us INTEGER,"
    "	orig TEXT, orig_port INTEGER, resp TEXT, resp_port INTEGER,"
    "	proto INTEGER, uid TEXT, flags INTEGER, orig_bytes INTEGER,"
    "	resp_bytes INTEGER, orig_pkts INTEGER, resp_pkts INTEGER,"
    "	orig_ip_bytes INTEGER, resp_ip_bytes INTEGER, state TEXT,"
    "	history TEXT, PRIMARY KEY (incident_id, n, side))"
    "	STRICT, WITHOUT ROWID;";

static const char schema_third[] =
    "CREATE TABLE sensor_lag ("
    "	sensor_id INTEGER NOT NULL REFERENCES sensor,"
    "	at_us INTEGER NOT NULL, behind_us INTEGER NOT NULL,"
    "	PRIMARY KEY (sensor_id, at_us)) STRICT, WITHOUT ROWID;";

/* first and past: times of buckets, or ids. Numbers are never used again. */
static const char schema_fourth[] =
    "CREATE TABLE journal (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "	feed TEXT NOT NULL, kind INTEGER NOT NULL,"
    "	group_id INTEGER NOT NULL REFERENCES sensor_group,"
    "	first INTEGER NOT NULL, past INTEGER NOT NULL,"
    "	a_id INTEGER REFERENCES sensor, b_id INTEGER REFERENCES sensor)"
    "	STRICT;"
    "CREATE INDEX journal_of ON journal (feed, seq);"
    "CREATE INDEX journal_holds ON journal (kind, group_id, first);";

static const char *const schema_steps[STORE_VERSION] = { schema_first,
	schema_second, schema_third, schema_fourth };

const char *const schema_tables[] = { "sensor", "sensor_attribute",
	"sensor_group", "group_member", "sensor_state", "bucket",
	"bucket_sensor", "comparison", "evidence_column", "evidence",
	"incident", "incident_event", "finding", "incident_flow", "file",
	"coverage", "feed_state", "outbox", "norm", "maintenance", "meta",
	"rollup", "sensor_lag", "journal" };
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
