#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "base/jsonw.h"
#include "base/number.h"
#include "crosstapd/feeds.h"
#include "crosstapd/status.h"
#include "store/incidents.h"
#include "store/roster.h"
#include "sys/options.h"
#include "sys/when.h"

#define STATUS_MAX_INCIDENTS 20

/* Open ones, newest first; *n is 0 if they cannot be had. */
static struct store_incident *
status_incidents(struct daemon *dm, size_t *n)
{
	const struct store_incident_filter f = { .open_only = true,
		.max = STATUS_MAX_INCIDENTS };
	struct store_incident *v = NULL;
	struct diag d = DIAG_INIT;

	*n = 0;
	if (store_incidents(dm->store, &f, &v, n, &d) != STORE_OK)
		*n = 0;
	return v;
}

/* 0: there is none. */
static void
status_time(struct buf *out, int64_t us, const char *none)
{
	when_format(us == 0 ? INT64_MIN : us, none, out);
}

void
status_span(struct buf *out, int64_t us)
{
	double s = (double)us / (double)US_PER_S;

	if (s < 120)
		buf_printf(out, "%.0f s", s);
	else if (s < 7200)
		buf_printf(out, "%.0f min", s / 60);
	else if (s < 2 * 86400)
		buf_printf(out, "%.0f h", s / 3600);
	else
		buf_printf(out, "%.0f d", s / 86400);
}

double
status_cpu_s(const struct daemon *dm)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6 +
	    puller_cpu_s(dm->puller);
}

long
status_memory_kb(const struct daemon *dm)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss + puller_memory_kb(dm->puller);
}

double
status_agreement(const struct group *g)
{
	double least = 1;
	size_t i;

	for (i = 0; i < g->npairs; i++)
		if (g->pair[i].agreement < least)
			least = g->pair[i].agreement;
	return least;
}

bool
status_compared(const struct group *g)
{
	return g->npairs > 0 && g->bucket.status != BUCKET_MISSING;
}

static void
status_group_text(const struct group *g, struct buf *out)
{
	char agreement[16] = "-";
	size_t i;

	if (status_compared(g))
		(void)snprintf(agreement, sizeof(agreement), "%.2f %%",
		    100 * status_agreement(g));
	buf_printf(out, "%-16s ", g->config->head.name);
	status_time(out, g->schedule.full_to_us, "not yet            ");
	buf_printf(out, "  %-10s  %10s  %6u  %6zu\n",
	    g->npairs == 0 ? "-" : bucket_status_name(g->bucket.status),
	    agreement, g->open, g->missing);
	if (g->behind)
		buf_printf(out, "  BEHIND: it %s\n", g->why_behind);
	for (i = 0; i < g->config->nmembers; i++) {
		const struct group_sensor *s = &g->sensor[i];

		buf_printf(out, "  %-14s ", g->config->member[i]->head.name);
		if (s->failed[0] != '\0') {
			buf_printf(out, "DOES NOT ANSWER: %s (last answer ",
			    s->failed);
			status_time(out, s->success_us, "never");
			buf_add_str(out, ")\n");
			continue;
		}
		if (s->success_us == INT64_MIN) {
			buf_add_str(out, "not asked yet\n");
			continue;
		}
		buf_add_str(out, "log until ");
		status_time(out, s->watermark_us, "?");
		buf_add_str(out, ", ");
		status_span(out, daemon_now(g->daemon) - s->watermark_us);
		buf_add_str(out, " behind");
		if (s->has_offset && i > 0) {
			buf_add_str(out, ", clock ");
			number_offset(s->offset_us, out);
		}
		buf_add_char(out, '\n');
	}
}

/* Now, or announced. */
static void
status_maintenance(struct daemon *dm, struct buf *out)
{
	struct store_maintenance *v;
	struct diag d = DIAG_INIT;
	size_t n, i;

	if (store_maintenances(dm->store, daemon_now(dm), &v, &n, &d) !=
	    STORE_OK)
		return;
	if (n > 0)
		buf_add_str(out, "\nMaintenance: findings open no incident\n");
	for (i = 0; i < n; i++) {
		buf_printf(out, "  %-14s ", v[i].sensor);
		status_time(out, v[i].from_us, "?");
		buf_add_str(out, " to ");
		status_time(out, v[i].to_us, "?");
		buf_printf(out, ", %s%s%s\n", v[i].who,
		    v[i].why[0] == '\0' ? "" : ": ", v[i].why);
	}
	free(v);
}

void
status_text(struct daemon *dm, struct buf *out)
{
	struct store_incident *v;
	size_t i, n;

	buf_printf(out, "crosstapd %s, up ", options_version());
	status_span(out, daemon_now(dm) - dm->began_us);
	buf_printf(out,
	    "; %" PRIu64 " comparisons, %zu under way; at most %.0f MB, "
	    "%.1f s of CPU; times are UTC\n",
	    dm->cycles, dm->running, (double)status_memory_kb(dm) / 1024,
	    status_cpu_s(dm));
	if (dm->trouble[0] != '\0')
		buf_printf(
		    out, "THE STORE CANNOT BE WRITTEN: %s\n", dm->trouble);
	buf_printf(out, "\n%-16s %-19s  %-10s  %10s  %6s  %6s\n", "group",
	    "compared until", "last", "agreement", "open", "missed");
	for (i = 0; i < dm->ngroups; i++)
		status_group_text(&dm->groups[i], out);
	if (dm->config.nfeeds > 0) {
		buf_printf(out, "\n%-16s %-14s\n", "feed", "kind");
		feeds_text(dm->feeds, out);
	}
	status_maintenance(dm, out);
	v = status_incidents(dm, &n);
	buf_printf(
	    out, n == 0 ? "\nNo open incident.\n" : "\nOpen incidents\n");
	for (i = 0; i < n; i++) {
		buf_printf(out, "  %" PRId64 " %s, %s: %s, since ", v[i].i.id,
		    severity_name(v[i].i.severity), v[i].i.rule, v[i].i.sensor);
		status_time(out, v[i].i.from_us, "?");
		buf_printf(out, "%s%s\n    %s\n",
		    v[i].ack_by[0] == '\0' ? "" : ", acknowledged by ",
		    v[i].ack_by, v[i].i.summary);
	}
	free(v);
}

/* Seconds since 1970, or null. */
static void
status_epoch(struct buf *out, const char *key, int64_t us)
{
	jsonw_seconds(out, key, us == 0 ? INT64_MIN : us);
}

static void
status_sensor_json(const struct group *g, size_t i, struct buf *out)
{
	const struct group_sensor *s = &g->sensor[i];

	buf_printf(out, "%s{", i == 0 ? "" : ",");
	jsonw_text(out, "name", g->config->member[i]->head.name);
	status_epoch(out, "last_success", s->success_us);
	status_epoch(out, "watermark", s->watermark_us);
	jsonw_key(out, "clock_offset");
	if (s->has_offset)
		buf_printf(
		    out, "%.6f", (double)s->offset_us / (double)US_PER_S);
	else
		buf_add_str(out, "null");
	jsonw_text(out, "error", s->failed);
	buf_add_char(out, '}');
}

static void
status_group_json(const struct group *g, struct buf *out)
{
	size_t i;

	jsonw_text(out, "name", g->config->head.name);
	status_epoch(out, "compared_until", g->schedule.full_to_us);
	jsonw_text(out, "last_status",
	    g->npairs == 0 ? "" : bucket_status_name(g->bucket.status));
	jsonw_key(out, "agreement");
	if (status_compared(g))
		buf_printf(out, "%.6f", status_agreement(g));
	else
		buf_add_str(out, "null");
	jsonw_key(out, "open_incidents");
	buf_printf(out, "%u", g->open);
	jsonw_key(out, "missed_buckets");
	buf_printf(out, "%zu", g->missing);
	jsonw_key(out, "cycle_s");
	buf_printf(out, "[%.3f,%.3f,%.3f]",
	    (double)g->took_us[GROUP_ASKING] / (double)US_PER_S,
	    (double)g->took_us[GROUP_JUDGING] / (double)US_PER_S,
	    (double)g->took_us[GROUP_WRITING] / (double)US_PER_S);
	jsonw_key(out, "behind");
	buf_add_str(out, g->behind ? "true" : "false");
	jsonw_key(out, "cycle_bytes");
	buf_printf(out, "%" PRId64, g->bytes);
	jsonw_key(out, "sensors");
	buf_add_char(out, '[');
	for (i = 0; i < g->config->nmembers; i++)
		status_sensor_json(g, i, out);
	buf_add_char(out, ']');
}

void
status_json(struct daemon *dm, struct buf *out)
{
	size_t i;

	buf_add_char(out, '{');
	jsonw_text(out, "crosstapd", options_version());
	status_epoch(out, "now", daemon_now(dm));
	status_epoch(out, "started", dm->began_us);
	jsonw_key(out, "cycles");
	buf_printf(out, "%" PRIu64, dm->cycles);
	jsonw_key(out, "under_way");
	buf_printf(out, "%zu", dm->running);
	jsonw_key(out, "memory_kb");
	buf_printf(out, "%ld", status_memory_kb(dm));
	jsonw_key(out, "cpu_s");
	buf_printf(out, "%.3f", status_cpu_s(dm));
	jsonw_text(out, "store_trouble", dm->trouble);
	jsonw_key(out, "groups");
	buf_add_char(out, '[');
	for (i = 0; i < dm->ngroups; i++) {
		buf_add_str(out, i == 0 ? "{" : ",{");
		status_group_json(&dm->groups[i], out);
		buf_add_char(out, '}');
	}
	buf_add_str(out, "],\"feeds\":");
	feeds_json(dm->feeds, out);
	buf_add_str(out, "}\n");
}
