/*
 * What each service says, made anew from the state of the groups and the open
 * incidents of the store.
 */
#include <stdio.h>
#include <stdlib.h>
#include "crosstapd/feeds_state.h"
#include "crosstapd/status.h"
#include "sys/options.h"

#define FEEDS_MAX_INCIDENTS 1000 /* open ones that are looked at */
#define FEEDS_LATE_US (120 * US_PER_S)

const struct feed_status *
feeds_find(const struct feeds *fs, enum feed_what what, const char *name)
{
	size_t i;

	for (i = 0; i < fs->nservices; i++)
		if (fs->service[i].status.what == what &&
		    strcmp(fs->service[i].status.name, name) == 0)
			return &fs->service[i].status;
	return NULL;
}

void
feeds_lay_out(struct feeds *fs)
{
	struct daemon *dm = fs->dm;
	struct feeds_service *s = fs->service;
	size_t g, i;

	(s++)->status.what = FEED_COLLECTOR;
	fs->nservices = 1;
	for (g = 0; g < dm->ngroups; g++) {
		const struct config_group *c = dm->groups[g].config;

		s->group = &dm->groups[g];
		s->status.what = FEED_GROUP;
		(void)snprintf(
		    s->status.name, sizeof(s->status.name), "%s", c->head.name);
		s++;
		fs->nservices++;
		for (i = 0; i < c->nmembers; i++) {
			const char *name = c->member[i]->head.name;

			if (feeds_find(fs, FEED_SENSOR, name) != NULL)
				continue;
			s->group = &dm->groups[g];
			s->member = i;
			s->status.what = FEED_SENSOR;
			(void)snprintf(
			    s->status.name, sizeof(s->status.name), "%s", name);
			s++;
			fs->nservices++;
		}
	}
}

/* How much the newest comparison is older than it should be by now. */
static int64_t
feeds_late(const struct group *g, int64_t now)
{
	const struct schedule *s = &g->schedule;
	int64_t late;

	late = now - (s->full_to_us + s->settle_us + s->delay_us);
	return late > 2 * s->width_us + FEEDS_LATE_US ? late : 0;
}

/* What the services of all groups are made of. */
struct feeds_known {
	struct store_incident *incident; /* owned, as below */
	struct store_maintenance *planned;
	size_t nincidents, nplanned;
};

static bool
feeds_know(struct daemon *dm, struct feeds_known *k, struct diag *d)
{
	const struct store_incident_filter open = { .open_only = true,
		.max = FEEDS_MAX_INCIDENTS };

	*k = (struct feeds_known){ 0 };
	return store_incidents(dm->store, &open, &k->incident, &k->nincidents,
		   d) == STORE_OK &&
	    store_maintenances(dm->store, daemon_now(dm), &k->planned,
		&k->nplanned, d) == STORE_OK;
}

static void
feeds_forget(struct feeds_known *k)
{
	free(k->incident);
	free(k->planned);
}

static int64_t
feeds_planned(const struct feeds_known *k, const char *sensor, int64_t now)
{
	int64_t until = 0;
	size_t i;

	for (i = 0; i < k->nplanned; i++)
		if (strcmp(k->planned[i].sensor, sensor) == 0 &&
		    k->planned[i].from_us <= now && k->planned[i].to_us > until)
			until = k->planned[i].to_us;
	return until;
}

static void
feeds_facts(const struct group *g, const struct feeds_known *k,
    struct status_group *out)
{
	const struct config_group *c = g->config;
	int64_t now = daemon_now(g->daemon);
	size_t i;

	*out = (struct status_group){ .name = c->head.name,
		.now_us = now,
		.until_us = g->schedule.full_to_us,
		.late_us = feeds_late(g, now),
		.settle_us = c->settle_us,
		.nsensors = c->nmembers,
		.npairs = g->npairs,
		.bucket = g->npairs > 0 ? &g->bucket : NULL,
		.pair = g->pair,
		.incident = k->incident,
		.nincidents = k->nincidents };
	if (g->npairs > 0)
		group_limits(g, g->bucket.start_us, out->usual);
	for (i = 0; i < c->nmembers; i++) {
		const struct group_sensor *s = &g->sensor[i];
		const char *name = c->member[i]->head.name;

		out->sensor[i] = (struct status_sensor){ .name = name,
			.failed = s->failed,
			.planned_us = feeds_planned(k, name, now),
			.success_us = s->success_us,
			.watermark_us = s->watermark_us,
			.lag_us = s->lag_us,
			.offset_us = s->offset_us,
			.has_offset = s->has_offset && i > 0 };
	}
}

static void
feeds_put(struct feeds *fs, struct feeds_service *s, struct feed_status *made)
{
	if (!feed_status_ok(made)) {
		feed_status_clear(made);
		return;
	}
	feed_status_clear(&s->status);
	s->status = *made;
	s->serial = ++fs->serial;
}

static void
feeds_add_trouble(struct status_collector *c, const char *what, const char *why)
{
	if (c->ntroubles < STATUS_MAX_TROUBLES)
		c->trouble[c->ntroubles++] =
		    (struct status_trouble){ what, why };
}

void
feeds_own(const struct feeds *fs, const struct feeds_one *except,
    struct feed_status *made)
{
	struct daemon *dm = fs->dm;
	struct status_collector c = { .version = options_version(),
		.now_us = daemon_now(dm),
		.store = dm->trouble,
		.ngroups = dm->ngroups,
		.nsensors = dm->config.nsensors,
		.nincidents = fs->open,
		.memory_bytes = (double)status_memory_kb(fs->dm) * 1024,
		.cpu_s = status_cpu_s(fs->dm) };
	double took;
	size_t i, k;

	for (i = 0; i < dm->ngroups; i++) {
		const struct group *g = &dm->groups[i];

		for (took = 0, k = 0; k < GROUP_NPARTS; k++)
			took += (double)g->took_us[k] / (double)US_PER_S;
		c.slowest_s = took > c.slowest_s ? took : c.slowest_s;
		c.missing += g->missing;
		if (g->behind)
			feeds_add_trouble(
			    &c, g->config->head.name, g->why_behind);
	}
	for (i = 0; i < fs->n; i++)
		if (&fs->one[i] != except && fs->one[i].trouble[0] != '\0')
			feeds_add_trouble(&c, fs->one[i].feed.config->head.name,
			    fs->one[i].trouble);
	status_of_collector(&c, made);
}

void
feeds_make_own(struct feeds *fs)
{
	struct feed_status made = { 0 };

	feeds_own(fs, NULL, &made);
	feeds_put(fs, &fs->service[0], &made);
}

static bool
feeds_is_of(const struct feeds_service *s, const struct group *g)
{
	size_t i;

	for (i = 0; s->status.what == FEED_SENSOR && i < g->config->nmembers;
	     i++)
		if (strcmp(g->config->member[i]->head.name, s->status.name) ==
		    0)
			return true;
	return s->group == g;
}

/* After a start Nagios keeps what it knew until there is something to say. */
static bool
feeds_too_soon(const struct feeds *fs, const struct group *g)
{
	return g->npairs == 0 &&
	    daemon_now(fs->dm) - fs->began_us <
	    2 * g->config->width_us + FEEDS_LATE_US;
}

void
feeds_make(struct feeds *fs, const struct group *of)
{
	struct diag d = DIAG_INIT;
	struct status_group facts;
	struct feeds_known known;
	size_t i;

	if (!feeds_know(fs->dm, &known, &d)) {
		feeds_forget(&known);
		/* What cannot be told is not told as well: it gets stale. */
		(void)snprintf(
		    fs->dm->trouble, sizeof(fs->dm->trouble), "%.255s", d.text);
		feeds_make_own(fs);
		return;
	}
	for (i = 1; i < fs->nservices; i++) {
		struct feeds_service *s = &fs->service[i];
		struct feed_status made = { 0 };

		if ((of != NULL && !feeds_is_of(s, of)) ||
		    feeds_too_soon(fs, s->group))
			continue;
		feeds_facts(s->group, &known, &facts);
		if (s->status.what == FEED_GROUP)
			status_of_group(&facts, &made);
		else
			status_of_sensor(&facts, s->member, &made);
		feeds_put(fs, s, &made);
	}
	fs->open = known.nincidents;
	feeds_make_own(fs);
	feeds_forget(&known);
}
