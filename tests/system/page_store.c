/*
 * A store with simulated weeks, and the site over it by a clock that stands
 * still, for tests/system/page.sh:
 *
 *   page_store make FILE DAYS        up to PAGE_NOW
 *   page_store serve FILE ADDRESS    until it is killed
 *
 * Names and texts of the third group are what an attacker would like to see on
 * a page.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/incident.h"
#include "net/http_server.h"
#include "store/flows.h"
#include "store/incidents.h"
#include "store/prune.h"
#include "store/reading.h"
#include "store/roster.h"
#include "web/site.h"

#define PAGE_NOW (INT64_C(1795521600) * US_PER_S) /* 2026-11-24 12:00 UTC */
#define MINUTE (60 * US_PER_S)
#define BATCH 10 /* buckets of one write */

#define EVIL "<script>evil()</script>\"'&{{7*7}}"

static const struct page_group {
	const char *name;
	enum relation relation;
	size_t n;
	const char *member[3];
} groups[] = {
	{ "border", RELATION_MIRROR, 3, { "ext1", "ext2", "ext3" } },
	{ "inside", RELATION_SUBSET, 2, { "ext1", "int1" } },
	{ EVIL, RELATION_MIRROR, 2, { "A" EVIL, "B" EVIL } },
};

/* Faults, in minutes before the end. */
static const struct page_fault {
	size_t group, sensor;
	int from, to;
	double share; /* that it lacks; 1: its log is not there */
	const char *rule, *summary, *facet, *value;
	enum severity severity;
} faults[] = {
	{ 0, 1, 180, 130, 0.25, "worker-frozen",
	    "worker-3 of ext2 stands still: 25 % of its flows are missing",
	    "worker", "worker-3", SEVERITY_CRITICAL },
	{ 0, 2, 60, 0, 0.03, "packet-loss", "ext3 loses 0.8 % of its packets",
	    "", "", SEVERITY_WARNING },
	{ 0, 1, 2000, 1800, 1, "", "", "", "", SEVERITY_INFO },
	{ 0, 2, 8000, 7800, 0.5, "tap-strand-loss",
	    "ext3 sees one direction only: outbound is missing", "direction",
	    "outbound", SEVERITY_CRITICAL },
	{ 1, 0, 4400, 4300, 0.12, "visibility-leak",
	    "ext1 never saw 12 % of what int1 logs", "local_net",
	    "10.20.0.0/16", SEVERITY_WARNING },
	{ 1, 1, 700, 640, 1, "", "", "", "", SEVERITY_INFO },
	{ 1, 1, 24000, 22000, 0.008, "unexplained",
	    "int1 misses 0.8 % of all flows, and no rule says why", "", "",
	    SEVERITY_INFO },
	{ 2, 1, 90, 0, 0.4, "blind-spot" EVIL, "B lacks " EVIL, "proto" EVIL,
	    EVIL, SEVERITY_CRITICAL },
};

static struct diag why;

static void
must(enum store_error e)
{
	if (e == STORE_OK)
		return;
	(void)fprintf(stderr, "page_store: %s\n", why.text);
	exit(1);
}

static uint64_t
noise(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static const struct page_fault *
fault_at(size_t group, size_t sensor, int before)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].group == group && faults[i].sensor == sensor &&
		    before <= faults[i].from && before > faults[i].to)
			return &faults[i];
	return NULL;
}

static void
make_pair(struct result_bucket *b, const struct result *r, size_t p,
    size_t group, int before, uint64_t flows)
{
	struct result_counts *n = &b->n[p];
	size_t a = r->pairs[p].a, c = r->pairs[p].b;
	const struct page_fault *fa = fault_at(group, a, before);
	const struct page_fault *fb = fault_at(group, c, before);
	uint64_t x = noise((uint64_t)before * 31 + p + 977 * group);

	b->compared[p] =
	    !(fa != NULL && fa->share >= 1) && !(fb != NULL && fb->share >= 1);
	if (!b->compared[p])
		return;
	n->only_a = fb != NULL ? (uint64_t)((double)flows * fb->share)
	    : x % 11 == 0      ? 1 + x / 16 % 9
			       : 0;
	n->only_b = fa != NULL ? (uint64_t)((double)flows * fa->share)
	    : x % 13 == 0      ? 1
			       : 0;
	n->paired = flows - n->only_a - n->only_b;
	n->damaged = x / 64 % 4;
	n->shifted = x / 256 % 7;
	b->differs[p] = n->only_a + n->only_b > flows / 5000;
	if (b->differs[p])
		b->status = BUCKET_DIFFERS;
}

static void
make_bucket(struct result *r, size_t i, size_t group, int before)
{
	struct result_bucket *b = &r->buckets[i];
	double day = 2 * M_PI * (double)(before % 1440) / 1440;
	uint64_t flows =
	    (uint64_t)(12000 + 7000 * cos(day)) + noise((uint64_t)before) % 300;
	const struct page_fault *f;
	size_t k;

	b->start_us = r->from_us + (int64_t)i * MINUTE;
	for (k = 0; k < r->nsensors; k++) {
		f = fault_at(group, k, before);
		b->flows[k] = f == NULL
		    ? flows
		    : (uint64_t)((double)flows * (1 - f->share));
		if (f != NULL && f->share >= 1)
			b->gaps[k] = GAP_NO_ANSWER;
	}
	for (k = 0; k < r->npairs; k++)
		make_pair(b, r, k, group, before, flows);
	for (k = 0; k < r->nsensors; k++)
		if (b->gaps[k] != 0)
			b->status = BUCKET_MISSING;
}

static void
make_finding(struct result *r, const struct page_fault *f)
{
	const struct page_group *g = &groups[f->group];
	struct finding *o = &r->findings[r->nfindings++];

	*o = (struct finding){ .severity = f->severity,
		.from_us = r->from_us,
		.to_us = r->to_us,
		.share = f->share,
		.nevidence = 2 };
	(void)snprintf(o->rule, sizeof(o->rule), "%s", f->rule);
	(void)snprintf(o->by, sizeof(o->by), "%s", f->rule);
	(void)snprintf(
	    o->sensor, sizeof(o->sensor), "%s", g->member[f->sensor]);
	(void)snprintf(o->peer, sizeof(o->peer), "%s", g->member[0]);
	(void)snprintf(o->facet, sizeof(o->facet), "%s", f->facet);
	(void)snprintf(o->value, sizeof(o->value), "%s", f->value);
	(void)snprintf(o->summary, sizeof(o->summary), "%s", f->summary);
	o->evidence[0] = (struct finding_number){ "missing", 3000 };
	o->evidence[1] = (struct finding_number){ "missing_share", f->share };
}

/* The workers of a sensor in the first bucket, one of which stands still. */
static size_t
make_rows(
    const struct result *r, const struct page_fault *f, struct evidence *e)
{
	const struct page_group *g = &groups[f->group];
	int i;

	for (i = 0; i < 5; i++) {
		evidence_init(&e[i], i == 4 ? EVIDENCE_FACET : EVIDENCE_WORKER);
		e[i].start_us = r->buckets[0].start_us;
		(void)snprintf(e[i].t[EVT_sensor], EVIDENCE_TEXT_MAX, "%s",
		    g->member[f->sensor]);
		(void)snprintf(
		    e[i].t[EVT_peer], EVIDENCE_TEXT_MAX, "%s", g->member[0]);
		(void)snprintf(
		    e[i].t[EVT_worker], EVIDENCE_TEXT_MAX, "worker-%d", i + 1);
		e[i].n[EV_worker_usual] = 0.25;
		e[i].n[EV_worker_share] = i == 2 ? 0 : 1.0 / 3;
		e[i].n[EV_worker_flows] = i == 2 ? 0 : 3300;
	}
	(void)snprintf(e[4].t[EVT_facet], EVIDENCE_TEXT_MAX, "%s", f->facet);
	(void)snprintf(e[4].t[EVT_value], EVIDENCE_TEXT_MAX, "%s", f->value);
	e[4].t[EVT_worker][0] = '\0';
	e[4].n[EV_facet_flows] = 3300;
	e[4].n[EV_facet_missing] = 3290;
	e[4].n[EV_precision] = 0.997;
	e[4].n[EV_recall] = 0.981;
	return 5;
}

static void
make_offsets(struct result *r, int before)
{
	size_t i;

	for (i = 0; i < r->nsensors; i++) {
		r->sensors[i].has_offset = true;
		r->sensors[i].offset_us = i == 0
		    ? 0
		    : (int64_t)(800.0 * sin((double)before / 700) +
			  3.0 * (double)(before % 4000)) +
			(int64_t)(noise((uint64_t)before) % 300);
	}
}

/* One group from a minute before the end on. */
static void
make_batch(
    struct store *st, size_t group, int before, struct incident_list *list)
{
	const struct page_group *g = &groups[group];
	struct result_bucket b[BATCH] = { 0 };
	struct finding findings[4];
	struct evidence rows[8];
	struct result r = { .from_us = PAGE_NOW - before * MINUTE,
		.to_us = PAGE_NOW - (before - BATCH) * MINUTE,
		.width_us = MINUTE,
		.nsensors = g->n,
		.nbuckets = BATCH,
		.buckets = b,
		.findings = findings };
	struct store_cycle c = { .group = g->name,
		.reading = STORE_FULL_READING,
		.now_us = r.to_us + 7 * MINUTE < PAGE_NOW - MINUTE
		    ? r.to_us + 7 * MINUTE
		    : PAGE_NOW - 2 * MINUTE,
		.result = &r,
		.rows = rows,
		.incidents = list };
	struct incident_cycle life = { .start_us = r.from_us,
		.end_us = r.to_us,
		.now_us = c.now_us,
		.width_us = MINUTE,
		.full = true,
		.compared = BATCH,
		.quiet_buckets = 5,
		.flap_us = 30 * MINUTE };
	size_t i, k;

	for (i = 0; i < g->n; i++) {
		(void)snprintf(r.sensors[i].name, sizeof(r.sensors[i].name),
		    "%s", g->member[i]);
		for (k = i + 1; k < g->n; k++) {
			if (g->relation == RELATION_SUBSET && i > 0)
				continue;
			r.pairs[r.npairs].relation = g->relation;
			r.pairs[r.npairs].a = (uint8_t)i;
			r.pairs[r.npairs++].b = (uint8_t)k;
		}
	}
	for (i = 0; i < BATCH; i++)
		make_bucket(&r, i, group, before - (int)i);
	make_offsets(&r, before);
	for (i = 0; i < g->n; i++) {
		const struct page_fault *f = fault_at(group, i, before);

		if (f == NULL || f->rule[0] == '\0')
			continue;
		make_finding(&r, f);
		c.nrows = make_rows(&r, f, rows);
	}
	if (list->n == 0 || before % 1440 < BATCH) {
		incident_clear(list);
		must(store_incidents_load(
		    st, g->name, r.from_us - 60 * MINUTE, list, &why));
	}
	if (!incident_run(list, &life, r.findings, r.nfindings))
		must(STORE_MEMORY);
	must(store_write(st, &c, &why));
	for (i = 0; i < g->n; i++)
		if (fault_at(group, i, before) == NULL || r.nfindings > 0)
			must(store_sensor_seen(st, g->member[i], c.now_us,
			    c.now_us - 95 * US_PER_S -
				(int64_t)(noise((uint64_t)before + i) % 60) *
				    US_PER_S,
			    2 * US_PER_S, NULL, &why));
}

static void
make_flows(struct store *st, int64_t id, const struct store_incident *o)
{
	struct store_flow f[40];
	size_t i;

	memset(f, 0, sizeof(f));
	for (i = 0; i < 40; i++) {
		struct store_flow_side *a = &f[i].side[0];

		(void)snprintf(f[i].kind, sizeof(f[i].kind), "only_a");
		(void)snprintf(a->sensor, sizeof(a->sensor), "%s", o->i.peer);
		(void)snprintf(
		    f[i].side[1].sensor, sizeof(a->sensor), "%s", o->i.sensor);
		a->has = true;
		(void)snprintf(a->uid, sizeof(a->uid), "C%zu%s", i,
		    strcmp(o->group, "border") == 0 ? "x9QdZ" : "<b>");
		(void)snprintf(a->history, sizeof(a->history), "ShADadFf");
		a->flow.start_us = o->i.from_us + (int64_t)i * 900000;
		a->flow.duration_us = 120000 * (int64_t)(i + 1);
		if (!flow_addr_parse(
			SPAN_LITERAL("198.51.100.7"), &a->flow.orig) ||
		    !flow_addr_parse(i % 3 == 0
			    ? SPAN_LITERAL("2001:db8:20::53")
			    : SPAN_LITERAL("10.20.3.4"),
			&a->flow.resp))
			exit(1);
		a->flow.orig_port = (uint16_t)(40000 + i);
		a->flow.resp_port = i % 2 ? 443 : 53;
		a->flow.proto = i % 2 ? 6 : 17;
		a->flow.orig_pkts = 10 + i;
		a->flow.resp_pkts = 12 + i;
		a->flow.state = FLOW_SF;
	}
	must(store_add_flows(st, id, f, 40, o->i.to_us, &why));
}

/* An hour of ext2's archive; the last one's name is hostile. */
static void
make_file(struct store *st, size_t i)
{
	int64_t hour_us = PAGE_NOW - (int64_t)(25 - i) * 60 * MINUTE;
	struct store_file f = { .size = 40000000 + i,
		.hashed = i != 3,
		.lines = 1053000 + i,
		.checksum = i,
		.mtime_us = hour_us + 60 * MINUTE,
		.seen_us = hour_us + 61 * MINUTE,
		.first_us = hour_us,
		.last_us = hour_us + 60 * MINUTE - 1 };

	(void)snprintf(f.path, sizeof(f.path), "/logs/conn.%02zu.log.gz%s", i,
	    i == 24 ? EVIL : "");
	must(store_add_file(st, "ext2", &f, &why));
}

static void
make(const char *file, int days)
{
	const struct store_options o = { .access = STORE_WRITE };
	const struct store_incident_filter all = { .max = 1000 };
	const char *attributes[] = { "os=freebsd", "card=x710", "tap=" EVIL };
	struct store_incident *v = NULL;
	struct store *st = NULL;
	struct incident_list list[3] = { { 0 } };
	int64_t begin = PAGE_NOW - days * 1440 * MINUTE;
	size_t i, k, n = 0;
	bool more = true;
	int before;

	must(store_open(file, &o, &st, &why));
	for (i = 0; i < 3; i++) {
		for (k = 0; k < groups[i].n; k++)
			must(store_sensor(st, groups[i].member[k], attributes,
			    3, begin, &why));
		must(store_group(st, groups[i].name, groups[i].relation, MINUTE,
		    groups[i].member, groups[i].n, begin, &why));
	}
	for (i = 0; i < 25; i++)
		make_file(st, i);
	for (before = days * 1440; before > 0; before -= BATCH)
		for (i = 0; i < 3; i++)
			if (i < 2 || before <= 600)
				make_batch(st, i, before, &list[i]);
	must(store_incidents(st, &all, &v, &n, &why));
	for (i = 0; i < n; i++)
		make_flows(st, v[i].i.id, &v[i]);
	if (n > 1)
		must(store_acknowledge(st, v[n - 1].i.id, "ops",
		    "strand replaced " EVIL, PAGE_NOW - MINUTE, &why));
	must(store_sensor_seen(st, "int1", PAGE_NOW - MINUTE, 0, 0,
	    "connection refused " EVIL, &why));
	must(store_maintenance_add(st, "ext2", PAGE_NOW + 60 * MINUTE,
	    PAGE_NOW + 120 * MINUTE, "ops", "new card " EVIL, PAGE_NOW, &why));
	while (more)
		must(store_prune(
		    st, &store_limits_default, PAGE_NOW, &more, &why));
	(void)printf("%zu incidents\n", n);
	for (i = 0; i < 3; i++)
		incident_clear(&list[i]);
	free(v);
	store_close(st);
}

static int64_t
standing(void *arg)
{
	(void)arg;
	return PAGE_NOW;
}

static void
serve(const char *file, const char *address)
{
	const struct store_options o = { .access = STORE_READ };
	struct http_server_options ho = { .listen = address };
	struct site site = { .now_us = standing };
	struct loop *l = loop_new(&why);

	must(store_open(file, &o, &site.store, &why));
	if (l == NULL ||
	    http_server_listen(l, &ho, site_answer, &site, &why) == NULL)
		must(STORE_OPEN);
	(void)puts("ready");
	(void)fflush(stdout);
	loop_run(l);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "make") == 0)
		make(argv[2], (int)strtol(argv[3], NULL, 10));
	else if (argc == 4 && strcmp(argv[1], "serve") == 0)
		serve(argv[2], argv[3]);
	else
		return 2;
	return 0;
}
