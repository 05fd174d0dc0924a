/*
 * Counters run from the start of the daemon, or its last reload.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include "crosstapd/feeds.h"
#include "crosstapd/metrics.h"
#include "feed/metrics.h"
#include "store/incidents.h"
#include "sys/options.h"

#define METRICS_MAX_WORKERS 1024 /* of a group */

static const char *const metrics_part[GROUP_NPARTS] = { "asking", "judging",
	"writing" };
static const char *const metrics_reading[GROUP_NREADINGS] = { "early", "full",
	"backfill" };

static double
metrics_seconds(int64_t us)
{
	return us == INT64_MIN || us == 0 ? NAN : (double)us / (double)US_PER_S;
}

/* -- counting -- */

static void
metrics_count_workers(struct group *g, const struct cycle_outcome *o)
{
	const struct evidence *e;
	struct group_worker *v;
	int64_t newest = INT64_MIN;
	size_t i, k;

	g->nworkers = 0;
	for (i = 0; i < o->rows.n; i++)
		if (o->rows.v[i].kind == EVIDENCE_WORKER &&
		    o->rows.v[i].start_us > newest &&
		    o->rows.v[i].start_us < g->step.to_us)
			newest = o->rows.v[i].start_us;
	if (newest < g->step.from_us)
		return;
	for (i = 0; i < o->rows.n; i++) {
		e = &o->rows.v[i];
		if (e->kind != EVIDENCE_WORKER || e->start_us != newest)
			continue;
		for (k = 0; k < g->nworkers; k++)
			if (strcmp(g->worker[k].sensor, e->t[EVT_sensor]) ==
				0 &&
			    strcmp(g->worker[k].name, e->t[EVT_worker]) == 0)
				break;
		if (k < g->nworkers || k == METRICS_MAX_WORKERS)
			continue;
		v = realloc(g->worker, (k + 1) * sizeof(*v));
		if (v == NULL)
			return;
		g->worker = v;
		(void)snprintf(v[k].sensor, sizeof(v[k].sensor), "%.63s",
		    e->t[EVT_sensor]);
		(void)snprintf(
		    v[k].name, sizeof(v[k].name), "%.63s", e->t[EVT_worker]);
		v[k].share = e->n[EV_worker_share];
		g->nworkers = k + 1;
	}
}

void
metrics_count(struct group *g, const struct cycle_outcome *o)
{
	const struct result *r = &o->result;
	struct group_total *t = &g->total;
	size_t i, k;

	t->cycles[g->step.kind == SCHEDULE_EARLY ? 0 : g->backfill ? 2 : 1]++;
	t->bytes += o->bytes;
	for (i = 0; i < GROUP_NPARTS; i++)
		t->took_us[i] += g->took_us[i];
	if (g->step.kind != SCHEDULE_FULL)
		return;
	for (i = 0; i < r->nbuckets; i++)
		t->buckets[r->buckets[i].status]++;
	for (i = 0; i < r->nsensors; i++)
		t->flows[i] += r->sensors[i].flows;
	for (i = 0; i < r->npairs; i++) {
		const struct result_counts *n = &r->pairs[i].n;
		const uint64_t by[GROUP_NKINDS] = { n->paired, n->only_a,
			n->only_b, n->damaged, n->shifted, n->split };

		for (k = 0; k < GROUP_NKINDS; k++)
			t->pair[i][k] += by[k];
	}
	if (!g->backfill)
		metrics_count_workers(g, o);
}

/* -- telling -- */

static void
metrics_group_pairs(const struct group *g, struct metrics *m)
{
	static const char *const kind[GROUP_NKINDS] = { "paired", "only_a",
		"only_b", "damaged", "shifted", "split" };
	const char *name = g->config->head.name;
	size_t i, k;

	for (i = 0; i < g->npairs; i++) {
		const struct result_pair *p = &g->pair[i];
		const char *a = g->config->member[p->a]->head.name;
		const char *b = g->config->member[p->b]->head.name;

		metrics_put(m, METRIC_crosstap_agreement_ratio,
		    g->bucket.status == BUCKET_MISSING ? NAN : p->agreement,
		    name, a, b);
		for (k = 0; k < GROUP_NKINDS; k++)
			metrics_put(m, METRIC_crosstap_pair_flows_total,
			    (double)g->total.pair[i][k], name, a, b, kind[k]);
	}
}

static void
metrics_group_sensors(const struct group *g, struct metrics *m)
{
	const char *name = g->config->head.name;
	size_t i;

	for (i = 0; i < g->config->nmembers; i++) {
		const struct group_sensor *s = &g->sensor[i];
		const char *who = g->config->member[i]->head.name;
		bool asked = s->success_us != INT64_MIN || s->failed[0] != '\0';

		metrics_put(m, METRIC_crosstap_sensor_up,
		    asked ? s->failed[0] == '\0' : NAN, name, who);
		metrics_put(m,
		    METRIC_crosstap_sensor_watermark_timestamp_seconds,
		    metrics_seconds(s->watermark_us), name, who);
		metrics_put(m, METRIC_crosstap_sensor_lag_seconds,
		    s->lag_us == INT64_MIN || s->success_us == INT64_MIN
			? NAN
			: (double)s->lag_us / (double)US_PER_S,
		    name, who);
		metrics_put(m, METRIC_crosstap_sensor_clock_offset_seconds,
		    s->has_offset ? (double)s->offset_us / (double)US_PER_S
				  : NAN,
		    name, who);
		metrics_put(m, METRIC_crosstap_sensor_flows_total,
		    (double)g->total.flows[i], name, who);
	}
	for (i = 0; i < g->nworkers; i++)
		metrics_put(m, METRIC_crosstap_worker_share_ratio,
		    g->worker[i].share, name, g->worker[i].sensor,
		    g->worker[i].name);
}

static void
metrics_group(const struct group *g, struct metrics *m)
{
	const char *name = g->config->head.name;
	size_t i;

	for (i = 0; i < BUCKET_MISSING + 1; i++)
		metrics_put(m, METRIC_crosstap_buckets_total,
		    (double)g->total.buckets[i], name,
		    bucket_status_name((enum bucket_status)i));
	metrics_put(
	    m, METRIC_crosstap_buckets_missed, (double)g->missing, name);
	metrics_put(m, METRIC_crosstap_compared_until_timestamp_seconds,
	    metrics_seconds(g->schedule.full_to_us), name);
	metrics_put(m, METRIC_crosstap_behind, g->behind, name);
	metrics_put(m, METRIC_crosstap_pulled_bytes_total,
	    (double)g->total.bytes, name);
	for (i = 0; i < GROUP_NREADINGS; i++)
		metrics_put(m, METRIC_crosstap_cycles_total,
		    (double)g->total.cycles[i], name, metrics_reading[i]);
	for (i = 0; i < GROUP_NPARTS; i++) {
		metrics_put(m, METRIC_crosstap_cycle_seconds_total,
		    (double)g->total.took_us[i] / (double)US_PER_S, name,
		    metrics_part[i]);
		metrics_put(m, METRIC_crosstap_cycle_last_seconds,
		    g->last_us == 0 ? NAN
				    : (double)g->took_us[i] / (double)US_PER_S,
		    name, metrics_part[i]);
	}
	metrics_group_pairs(g, m);
	metrics_group_sensors(g, m);
}

static void
metrics_incidents(struct daemon *dm, struct metrics *m)
{
	const struct store_incident_filter f = { .open_only = true };
	struct store_incident *v = NULL;
	struct diag d = DIAG_INIT;
	int64_t now = daemon_now(dm);
	size_t n = 0, i, g, s;

	if (store_incidents(dm->store, &f, &v, &n, &d) != STORE_OK)
		return;
	for (g = 0; g < dm->ngroups; g++) {
		const char *name = dm->groups[g].config->head.name;
		unsigned open[SEVERITY_CRITICAL + 1] = { 0 }, muted = 0;

		for (i = 0; i < n; i++) {
			if (strcmp(v[i].group, name) != 0)
				continue;
			open[v[i].i.severity]++;
			muted += v[i].muted_until_us > now;
		}
		for (s = 0; s <= SEVERITY_CRITICAL; s++)
			metrics_put(m, METRIC_crosstap_incidents_open, open[s],
			    name, severity_name((enum severity)s));
		metrics_put(m, METRIC_crosstap_incidents_muted, muted, name);
	}
	free(v);
}

/* Linux tells it here; elsewhere the peak has to do. */
static double
metrics_memory(const struct rusage *u)
{
	FILE *f = fopen("/proc/self/statm", "r");
	char line[128] = "", *second;
	double pages = 0;

	if (f != NULL) {
		if (fgets(line, sizeof(line), f) != NULL &&
		    (second = strchr(line, ' ')) != NULL)
			pages = (double)strtoul(second, NULL, 10);
		(void)fclose(f);
	}
	return pages > 0 ? pages * (double)sysconf(_SC_PAGESIZE)
			 : (double)u->ru_maxrss * 1024;
}

static void
metrics_process(const struct daemon *dm, struct metrics *m)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	metrics_put(m, METRIC_process_cpu_seconds_total,
	    (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6);
	metrics_put(
	    m, METRIC_process_resident_memory_bytes, metrics_memory(&u));
	metrics_put(m, METRIC_process_start_time_seconds,
	    metrics_seconds(dm->began_us));
}

static void
metrics_feeds(const struct daemon *dm, struct metrics *m)
{
	struct feeds_health h;
	size_t at = 0;

	while (dm->feeds != NULL && feeds_next(dm->feeds, &at, &h)) {
		metrics_put(m, METRIC_crosstap_feed_ok, h.ok, h.name);
		metrics_put(m, METRIC_crosstap_feed_delivered_total,
		    (double)h.delivered, h.name);
		metrics_put(
		    m, METRIC_crosstap_feed_waiting, (double)h.waiting, h.name);
		metrics_put(m, METRIC_crosstap_feed_given_up,
		    (double)h.given_up, h.name);
		metrics_put(m, METRIC_crosstap_feed_lag_seconds,
		    h.lag_us < 0 ? NAN : (double)h.lag_us / (double)US_PER_S,
		    h.name);
	}
}

void
metrics_text(struct daemon *dm, struct buf *out)
{
	struct metrics m = { 0 };
	size_t i;

	metrics_put(&m, METRIC_crosstap_build_info, 1, options_version());
	for (i = 0; i < dm->ngroups; i++)
		metrics_group(&dm->groups[i], &m);
	metrics_incidents(dm, &m);
	metrics_put(&m, METRIC_crosstap_cycles_running, (double)dm->running);
	metrics_put(&m, METRIC_crosstap_store_ok, dm->trouble[0] == '\0');
	metrics_put(
	    &m, METRIC_crosstap_store_failures_total, (double)dm->failures);
	metrics_put(&m, METRIC_crosstap_store_size_bytes,
	    (double)store_bytes(dm->store));
	metrics_feeds(dm, &m);
	metrics_process(dm, &m);
	metrics_end(&m, out);
}
