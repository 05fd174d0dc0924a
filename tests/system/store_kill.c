/*
 * A writer to be killed, and what looks at the store after it:
 *   store_kill write FILE N   writes cycles from N on, for ever; a line with
 *                             its number after each that was acknowledged
 *   store_kill check FILE N   the store is whole, has every cycle up to N,
 *                             and none half; prints the newest
 *   store_kill fill FILE N    writes from N on until there is no room: prints
 *                             the number of cycles that were kept
 * A cycle is one bucket of three sensors with two findings, one of an incident
 * that goes on and one that opens another, and a row of evidence. Two feeds
 * listen to what becomes of the incidents, and one to those of another group.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "store/incidents.h"
#include "store/reading.h"
#include "store/roster.h"

#define MINUTE (60 * US_PER_S)
#define START(i) ((INT64_C(29924640) + (i)) * MINUTE)

static const char *const kill_names[] = { "A", "B", "C" };
static const char *const kill_group = "g", *const kill_other = "other";
static const struct store_listener kill_listeners[] = { { .feed = "all" },
	{ .feed = "one", .groups = &kill_group, .ngroups = 1 },
	{ .feed = "none", .groups = &kill_other, .ngroups = 1 } };
static struct diag kill_diag;

static void
kill_need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("%s: %s\n", what, kill_diag.text);
	exit(1);
}

static struct store *
kill_open(const char *file)
{
	struct store_options o = { .access = STORE_WRITE };
	struct store *st;

	kill_need(store_open(file, &o, &st, &kill_diag) == STORE_OK, "open");
	kill_need(store_group(st, "g", RELATION_MIRROR, MINUTE, kill_names, 3,
		      START(0), &kill_diag) == STORE_OK,
	    "group");
	store_listen(st, kill_listeners, ARRAY_LEN(kill_listeners));
	return st;
}

static struct finding
kill_finding(int64_t i, const char *sensor)
{
	struct finding f = { .severity = SEVERITY_WARNING,
		.from_us = START(i),
		.to_us = START(i + 1),
		.share = 0.1 };

	(void)snprintf(f.rule, sizeof(f.rule), "packet-loss");
	(void)snprintf(f.sensor, sizeof(f.sensor), "%s", sensor);
	return f;
}

static void
kill_result(
    int64_t i, struct result *r, struct result_bucket *b, struct finding f[2])
{
	size_t s;

	*b = (struct result_bucket){ .start_us = START(i) };
	f[0] = kill_finding(i, "B");
	f[1] = kill_finding(i, "C");
	(void)snprintf(f[1].rule, sizeof(f[1].rule), "rule-%" PRId64, i);
	*r = (struct result){ .from_us = START(i),
		.to_us = START(i + 1),
		.width_us = MINUTE,
		.nsensors = 3,
		.npairs = 3,
		.nbuckets = 1,
		.nfindings = 2,
		.buckets = b,
		.findings = f,
		.pairs = { { .a = 0, .b = 1 }, { .a = 0, .b = 2 },
		    { .a = 1, .b = 2 } } };
	for (s = 0; s < 3; s++) {
		(void)snprintf(r->sensors[s].name, sizeof(r->sensors[s].name),
		    "%s", kill_names[s]);
		b->flows[s] = 1000 + (uint64_t)i;
		b->n[s].paired = 1000 + (uint64_t)i;
	}
}

static enum store_error
kill_cycle(struct store *st, int64_t i)
{
	struct incident_list l = { 0 };
	struct incident_cycle ic = { .start_us = START(i),
		.end_us = START(i + 1),
		.now_us = START(i + 7),
		.width_us = MINUTE,
		.full = true,
		.compared = 1,
		.quiet_buckets = 5 };
	struct result_bucket b;
	struct evidence row;
	struct result r;
	struct finding f[2];
	struct store_cycle c = { .group = "g",
		.reading = STORE_FULL_READING,
		.now_us = START(i + 7),
		.result = &r,
		.rows = &row,
		.nrows = 1,
		.incidents = &l };
	enum store_error error;

	kill_result(i, &r, &b, f);
	evidence_init(&row, EVIDENCE_SENSOR);
	row.start_us = START(i);
	kill_diag = (struct diag)DIAG_INIT;
	error = store_incidents_load(st, "g", START(i - 30), &l, &kill_diag);
	if (error == STORE_OK && !incident_run(&l, &ic, f, 2))
		error = STORE_MEMORY;
	if (error == STORE_OK)
		error = store_write(st, &c, &kill_diag);
	incident_clear(&l);
	return error;
}

static int
kill_write(const char *file, int64_t i)
{
	struct store *st = kill_open(file);

	do {
		kill_need(kill_cycle(st, i) == STORE_OK, "write");
		printf("%" PRId64 "\n", i++);
	} while (fflush(stdout) == 0);
	store_close(st);
	return 1;
}

static int
kill_fill(const char *file, int64_t i)
{
	struct store *st = kill_open(file);
	enum store_error error = STORE_OK;

	for (; error == STORE_OK; i++)
		error = kill_cycle(st, i);
	kill_need(error == STORE_FULL, store_error_name(error));
	/* the handle can be used further, and says the same */
	kill_need(kill_cycle(st, i - 1) == STORE_FULL, "again");
	printf("%" PRId64 "\n", i - 2);
	/* the caller makes room and closes our input */
	(void)fflush(stdout);
	(void)getchar();
	kill_need(kill_cycle(st, i - 1) == STORE_OK, "with room");
	printf("%" PRId64 "\n", i - 1);
	store_close(st);
	return 0;
}

/* Every row of the history is a message to two of the three. */
static void
kill_check_events(struct store *st)
{
	int64_t events = store_rows(st, "incident_event");
	struct store_outbox outbox;
	struct store_message m;
	size_t i;

	for (i = 0; i < ARRAY_LEN(kill_listeners); i++)
		kill_need(store_outbox_look(st, kill_listeners[i].feed, &outbox,
			      &kill_diag) == STORE_OK &&
			(int64_t)outbox.waiting == (i < 2 ? events : 0),
		    "the outbox");
	if (events == 0)
		return;
	kill_need(store_outbox_next(st, "one", INT64_MAX, &m, &kill_diag) ==
		    STORE_OK &&
		strstr(m.payload.p, "\"event\":\"opened\"") != NULL,
	    "the first message");
	buf_clear(&m.payload);
}

/* The newest bucket must have all that a cycle has, and so all before. */
static int
kill_check(const char *file, int64_t acknowledged)
{
	struct store *st = kill_open(file);
	struct store_incident *v;
	struct evidence *rows;
	struct coverage *cov;
	int64_t last, i;
	struct result r;
	size_t n;

	kill_need(store_last(st, "g", &last, &kill_diag) == STORE_OK, "last");
	kill_need(last >= START(acknowledged), "an acknowledged one is lost");
	n = (size_t)((last - START(0)) / MINUTE) + 1;
	kill_need(store_rows(st, "bucket") == (int64_t)n, "buckets");
	kill_need(store_rows(st, "bucket_sensor") == 3 * (int64_t)n, "sensors");
	kill_need(store_rows(st, "comparison") == 3 * (int64_t)n, "pairs");
	kill_need(store_rows(st, "evidence") == (int64_t)n, "evidence");
	kill_need(store_rows(st, "coverage") == 3 * (int64_t)n, "coverage");
	kill_need(store_rows(st, "rollup") >= 2, "roll-ups");
	i = (last - START(0)) / MINUTE;
	kill_need(store_bucket(st, "g", last, &r, &kill_diag) == STORE_OK &&
		r.buckets[0].flows[2] == 1000 + (uint64_t)i,
	    "the newest bucket");
	result_clear(&r);
	kill_need(store_incidents(st,
		      &(struct store_incident_filter){ .sensor = "B" }, &v, &n,
		      &kill_diag) == STORE_OK &&
		n == 1 && v[0].i.to_us == last + MINUTE,
	    "the incident");
	free(v);
	kill_need(store_evidence(st, "g", last, last + MINUTE, &rows, &n,
		      &kill_diag) == STORE_OK &&
		n == 1,
	    "evidence");
	free(rows);
	kill_need(store_coverage(st, "g", "B", NULL, START(0), last + MINUTE,
		      &cov, &n, &kill_diag) == STORE_OK &&
		n == 1,
	    "coverage");
	free(cov);
	kill_check_events(st);
	store_close(st);
	printf("%" PRId64 "\n", i);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *file, int64_t i);
	} verbs[] = { { "write", kill_write }, { "check", kill_check },
		{ "fill", kill_fill } };
	size_t k;

	for (k = 0; argc == 4 && k < ARRAY_LEN(verbs); k++)
		if (strcmp(argv[1], verbs[k].name) == 0)
			return verbs[k].run(
			    argv[2], strtoll(argv[3], NULL, 10));
	fprintf(stderr, "store_kill write|check|fill FILE N\n");
	return 2;
}
