/*
 * What a damaged or foreign store holds in its fields is read, or is refused
 * as corrupt: rows of evidence, texts of flows, messages. The first byte says
 * which field the others stand in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>
#include "judge/rule.h"
#include "store/flows.h"
#include "store/reading.h"
#include "store/roster.h"
#include "fuzz.h"

#define MINUTE (60 * US_PER_S)

static char stored_folder[100], stored_file[110];
static struct store *stored;
static sqlite3 *stored_db;
static struct rules *stored_rules;

static void
stored_sql(const char *sql, struct span value)
{
	sqlite3_stmt *s;
	int i;

	INVARIANT(
	    sqlite3_prepare_v2(stored_db, sql, -1, &s, NULL) == SQLITE_OK);
	for (i = 1; i <= sqlite3_bind_parameter_count(s); i++)
		INVARIANT(
		    (strstr(sql, "CAST") != NULL
			    ? sqlite3_bind_text(
				  s, i, value.p, (int)value.n, SQLITE_STATIC)
			    : sqlite3_bind_blob(s, i, value.p, (int)value.n,
				  SQLITE_STATIC)) == SQLITE_OK);
	INVARIANT(sqlite3_step(s) == SQLITE_DONE);
	(void)sqlite3_finalize(s);
}

static void
stored_end(void)
{
	char path[120];

	rules_free(stored_rules);
	(void)sqlite3_close(stored_db);
	store_close(stored);
	(void)unlink(stored_file);
	(void)snprintf(path, sizeof(path), "%s-wal", stored_file);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s-shm", stored_file);
	(void)unlink(path);
	(void)rmdir(stored_folder);
}

static void
stored_begin(void)
{
	static const char *const names[] = { "A", "B" };
	static const char incident[] =
	    "INSERT INTO incident VALUES (1, 1, 'packet-loss', 'A', 'B', '',"
	    " '', '', 's', 1, 0, 0, 1, 1, 1, NULL, 1, 1, 0, 0, 0, '', NULL,"
	    " NULL, NULL, NULL, NULL)";
	struct store_options o = { .access = STORE_WRITE };
	struct rule rule = { .name = strdup("r"),
		.when = strdup("missing > 1"),
		.summary = strdup("{sensor}"),
		.file = strdup("r.yaml"),
		.for_buckets = 1 };
	struct store_flow f = { .kind = "only_a" };
	const char *tmp = getenv("TMPDIR");
	struct diag d = DIAG_INIT;

	(void)snprintf(stored_folder, sizeof(stored_folder), "%s/fuzz.XXXXXX",
	    tmp != NULL && strlen(tmp) < 80 ? tmp : "/tmp");
	INVARIANT(mkdtemp(stored_folder) != NULL);
	(void)snprintf(
	    stored_file, sizeof(stored_file), "%s/db", stored_folder);
	INVARIANT(store_open(stored_file, &o, &stored, &d) == STORE_OK);
	(void)atexit(stored_end);
	INVARIANT(store_group(stored, "g", RELATION_MIRROR, MINUTE, names, 2, 0,
		      &d) == STORE_OK);
	INVARIANT(sqlite3_open(stored_file, &stored_db) == SQLITE_OK);
	stored_sql("PRAGMA synchronous = OFF", (struct span){ NULL, 0 });
	stored_sql(incident, (struct span){ NULL, 0 });
	f.side[0].has = true;
	INVARIANT(store_add_flows(stored, 1, &f, 1, 1, &d) == STORE_OK);
	INVARIANT(
	    store_outbox_add(stored, "f", span_from("m"), 0, &d) == STORE_OK);
	stored_sql("INSERT INTO evidence VALUES (1, 1, 0, 0, '{}', x'')",
	    (struct span){ NULL, 0 });
	stored_rules = rules_new(&rule, 1, &d);
	INVARIANT(stored_rules != NULL);
}

static const char *const stored_fields[] = {
	"UPDATE evidence SET numbers = ?",
	"UPDATE evidence SET texts = CAST(? AS TEXT)",
	"UPDATE evidence SET kind = length(CAST(? AS TEXT)) - 2",
	"UPDATE incident_flow SET orig = CAST(? AS TEXT),"
	" resp = CAST(? AS TEXT)",
	"UPDATE incident_flow SET uid = CAST(? AS TEXT),"
	" state = CAST(? AS TEXT), history = CAST(? AS TEXT)",
	"UPDATE incident_flow SET kind = CAST(? AS TEXT),"
	" sensor = CAST(? AS TEXT)",
	"UPDATE outbox SET payload = ?",
};

static void
stored_read(void)
{
	struct finding *found = NULL;
	struct store_message m = { 0 };
	struct evidence *e = NULL;
	struct store_flow *f = NULL;
	struct diag d = DIAG_INIT;
	size_t n, nfound, i;

	if (store_evidence(stored, "g", 0, MINUTE, &e, &n, &d) == STORE_OK) {
		if (rules_judge(
			stored_rules, e, n, MINUTE, &found, &nfound, &d))
			free(found);
	} else
		INVARIANT(d.text[0] != '\0');
	free(e);
	if (store_flows(stored, 1, &f, &n, &d) == STORE_OK)
		for (i = 0; i < n; i++)
			INVARIANT(strlen(f[i].side[0].uid) ==
			    f[i].side[0].flow.uid.n);
	free(f);
	INVARIANT(store_outbox_next(stored, "f", MINUTE, &m, &d) == STORE_OK);
	buf_clear(&m.payload);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (stored == NULL)
		stored_begin();
	if (size == 0 || data[0] - '0' >= (int)ARRAY_LEN(stored_fields) ||
	    data[0] < '0')
		return 0;
	stored_sql(stored_fields[data[0] - '0'],
	    (struct span){ (const char *)data + 1, size - 1 });
	stored_read();
	return 0;
}
