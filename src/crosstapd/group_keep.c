/*
 * What a cycle found goes through the life of incidents into the store, in one
 * transaction, and only then into the log and the state that people see.
 */
#include <stdio.h>
#include <stdlib.h>
#include "crosstapd/daemon.h"
#include "crosstapd/feeds.h"
#include "crosstapd/metrics.h"
#include "judge/incident.h"
#include "store/incidents.h"
#include "store/reading.h"
#include "store/roster.h"
#include "sys/when.h"

static void
keep_say_planned(const struct group *g, const struct finding *f)
{
	struct log_line line;

	log_begin(&line, &g->daemon->log, LOG_EVENTS, "maintenance");
	log_text(&line, "group", g->config->head.name);
	log_text(&line, "rule", f->rule);
	log_text(&line, "sensor", f->sensor);
	log_text(&line, "summary", f->summary);
	log_end(&line);
}

/* What is new of it lies in a planned window of its sensor. */
static bool
keep_is_planned(
    struct group *g, const struct finding *f, bool *planned, struct diag *d)
{
	int64_t from = g->step.from_us, to = g->step.to_us;

	*planned = false;
	return f->several ||
	    store_maintenance_covers(g->daemon->store, f->sensor,
		f->from_us > from ? f->from_us : from,
		f->to_us < to ? f->to_us : to, g->config->width_us, planned,
		d) == STORE_OK;
}

/*
 * Findings of a sensor that is being worked on open no incident, but are known
 * to the coverage: they come last, after *n that do.
 */
static bool
keep_maintenance(struct group *g, struct result *r, size_t *n, struct diag *d)
{
	bool planned;
	size_t i;

	*n = 0;
	for (i = 0; i < r->nfindings; i++) {
		const struct finding f = r->findings[i];

		if (!keep_is_planned(g, &f, &planned, d))
			return false;
		if (planned && g->step.kind == SCHEDULE_FULL)
			keep_say_planned(g, &f);
		if (planned)
			continue;
		r->findings[i] = r->findings[*n];
		r->findings[(*n)++] = f;
	}
	return true;
}

static bool
keep_write(struct group *g, struct cycle_outcome *o, struct incident_list *list,
    struct diag *d)
{
	const struct config_daemon *set = g->daemon->config.daemon;
	const char *name = g->config->head.name;
	int64_t w = g->config->width_us, now = daemon_now(g->daemon);
	struct incident_cycle cycle = { .start_us = g->step.from_us,
		.end_us = g->step.to_us,
		.context_us = g->step.from_us - (CYCLE_BEFORE - 1) * w,
		.newest_us = g->schedule.full_to_us > g->step.to_us
		    ? g->schedule.full_to_us
		    : g->step.to_us,
		.now_us = now,
		.width_us = w,
		.rules = g->rules,
		.full = g->step.kind == SCHEDULE_FULL,
		.quiet_buckets = (unsigned)((set->clear_us + w - 1) / w),
		.flap_us = set->flap_us };
	struct store_cycle write = { .group = name,
		.reading = cycle.full ? STORE_FULL_READING : STORE_EARLY,
		.now_us = now,
		.result = &o->result,
		.rows = o->rows.v,
		/* for replay of what was found: quiet buckets need none */
		.nrows = o->result.nfindings == 0 ? 0 : o->rows.n,
		.new_from_us = g->step.from_us,
		.new_to_us = g->step.to_us,
		.incidents = list };
	size_t i, n;

	for (i = 0; i < o->result.nbuckets; i++)
		cycle.compared += o->result.buckets[i].status == BUCKET_EQUAL ||
		    o->result.buckets[i].status == BUCKET_DIFFERS;
	if (!keep_maintenance(g, &o->result, &n, d))
		return false;
	if (store_incidents_load(g->daemon->store, name,
		g->step.from_us - set->flap_us - set->clear_us, list,
		d) != STORE_OK)
		return false;
	if (!incident_run(list, &cycle, o->result.findings, n)) {
		diag_set(d, "out of memory");
		return false;
	}
	return store_write(g->daemon->store, &write, d) == STORE_OK;
}

static void
keep_say_incident(struct group *g, const struct incident_list *list,
    const struct incident_change *change)
{
	const struct incident *i = &list->v[change->incident];
	struct log_line line;

	log_begin(&line, &g->daemon->log,
	    change->event == INCIDENT_UPDATED ? LOG_DETAILS : LOG_EVENTS,
	    "incident");
	log_text(&line, "change", incident_event_name(change->event));
	log_number(&line, "id", (double)i->id);
	log_text(&line, "group", g->config->head.name);
	log_text(&line, "rule", i->rule);
	log_text(&line, "sensor", i->sensor);
	log_text(&line, "severity", severity_name(i->severity));
	log_time(&line, "from", i->from_us);
	log_time(&line, "to", i->to_us);
	log_text(&line, "summary", i->summary);
	log_end(&line);
}

static void
keep_say_cycle(const struct group *g, const struct cycle_outcome *o)
{
	const struct result *r = &o->result;
	unsigned status[BUCKET_MISSING + 1] = { 0 };
	struct log_line line;
	char pair[160];
	size_t i;

	for (i = 0; i < r->nbuckets; i++)
		status[r->buckets[i].status]++;
	log_begin(&line, &g->daemon->log, LOG_EVENTS, "compared");
	log_text(&line, "group", g->config->head.name);
	log_text(&line, "reading",
	    g->step.kind == SCHEDULE_EARLY ? "early"
		: g->backfill              ? "backfill"
					   : "full");
	log_time(&line, "from", g->step.from_us);
	log_time(&line, "to", g->step.to_us);
	for (i = 0; i <= BUCKET_MISSING; i++)
		if (status[i] > 0)
			log_number(&line,
			    bucket_status_name((enum bucket_status)i),
			    status[i]);
	for (i = 0; i < r->npairs; i++) {
		const struct result_pair *p = &r->pairs[i];

		(void)snprintf(pair, sizeof(pair), "%s-%s",
		    r->sensors[p->a].name, r->sensors[p->b].name);
		log_number(&line, pair, p->agreement);
	}
	log_number(&line, "findings", (double)r->nfindings);
	log_number(&line, "bytes", (double)o->bytes);
	log_end(&line);
}

/* A sensor that begins or ends not to answer is said once. The result: how many
 * answered. */
static unsigned
keep_sensors(struct group *g, const struct cycle_outcome *o)
{
	struct daemon *dm = g->daemon;
	struct diag d = DIAG_INIT;
	unsigned answered = 0;
	size_t i;

	for (i = 0; i < g->config->nmembers; i++) {
		struct group_sensor *s = &g->sensor[i];
		const char *name = g->config->member[i]->head.name;
		bool failed = o->failed[i][0] != '\0';

		if (failed && s->failed[0] == '\0')
			log_say(&dm->log, LOG_WARNINGS, "sensor-failed",
			    "%s: %s", name, o->failed[i]);
		else if (!failed && s->failed[0] != '\0')
			log_say(
			    &dm->log, LOG_EVENTS, "sensor-back", "%s", name);
		memcpy(s->failed, o->failed[i], sizeof(s->failed));
		s->waited_us = o->cost[i].waited_us;
		answered += !failed;
		if (store_sensor_seen(dm->store, name, daemon_now(dm),
			o->watermark_us[i], o->lag_us[i],
			failed ? o->failed[i] : NULL, &d) != STORE_OK)
			log_say(&dm->log, LOG_WARNINGS, "store", "%s", d.text);
		if (failed)
			continue;
		s->success_us = daemon_now(dm);
		s->watermark_us = o->watermark_us[i];
		s->lag_us = o->lag_us[i];
		s->has_offset = o->result.sensors[i].has_offset;
		s->offset_us = o->result.sensors[i].offset_us;
	}
	return answered;
}

static void
keep_state(struct group *g, const struct cycle_outcome *o)
{
	const struct result *r = &o->result;

	g->answered = keep_sensors(g, o);
	g->last_us = daemon_now(g->daemon);
	g->bytes = (int64_t)o->bytes;
	if (g->step.kind != SCHEDULE_FULL)
		return;
	memcpy(g->shift_us, o->shift_us, sizeof(g->shift_us));
	if (g->first_us > g->step.from_us)
		g->first_us = g->step.from_us;
	group_learn(g);
	if (g->backfill)
		return;
	g->bucket = r->buckets[r->nbuckets - 1];
	g->npairs = r->npairs;
	memcpy(g->pair, r->pairs, r->npairs * sizeof(g->pair[0]));
}

bool
group_keep(struct group *g, struct cycle_outcome *o)
{
	struct daemon *dm = g->daemon;
	struct incident_list list = { 0 };
	struct diag d = DIAG_INIT;
	int64_t began = when_now_us();
	bool ok;
	size_t i;

	ok = keep_write(g, o, &list, &d);
	g->took_us[GROUP_ASKING] = o->asking_us;
	g->took_us[GROUP_JUDGING] = o->judging_us;
	g->took_us[GROUP_WRITING] = when_now_us() - began;
	if (ok) {
		dm->cycles++;
		if (dm->trouble[0] != '\0')
			log_say(&dm->log, LOG_EVENTS, "store-back",
			    "the store can be written again");
		dm->trouble[0] = '\0';
		keep_state(g, o);
		metrics_count(g, o);
		keep_say_cycle(g, o);
		for (i = 0; i < list.nchanges; i++)
			keep_say_incident(g, &list, &list.change[i]);
		if (g->step.kind == SCHEDULE_FULL)
			group_flows_want(g, &list);
		for (g->open = 0, i = 0; i < list.n; i++)
			g->open += list.v[i].state == INCIDENT_OPEN;
		if (g->step.kind == SCHEDULE_FULL || list.nchanges > 0)
			feeds_compared(dm->feeds, g);
	} else {
		dm->failures++;
		(void)snprintf(
		    dm->trouble, sizeof(dm->trouble), "%.255s", d.text);
		feeds_changed(dm->feeds);
		log_say(&dm->log, LOG_ERRORS, "store",
		    "%s: not kept, asked again later: %s", g->config->head.name,
		    d.text);
	}
	incident_clear(&list);
	return ok;
}
