/*
 * A group asks one question at a time. What was asked counts as done only when
 * it is in the store: after a failed write, or a kill, it is asked again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include "crosstapd/daemon.h"
#include "store/reading.h"
#include "store/roster.h"

/* Groups of equal width do not all ask at the same second. */
static int64_t
group_spread(const struct config_group *c)
{
	uint32_t h = 2166136261U;
	const char *p;

	for (p = c->head.name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 16777619U;
	return (int64_t)(h % 1000) * (c->width_us / 4) / 1000;
}

static bool
group_register(struct group *g, struct diag *d)
{
	const struct config_group *c = g->config;
	int64_t now = daemon_now(g->daemon);
	size_t i;

	for (i = 0; i < c->nmembers; i++) {
		const struct config_sensor *s = c->member[i];

		if (store_sensor(g->daemon->store, s->head.name,
			(const char *const *)s->attributes.item,
			s->attributes.n, now, d) != STORE_OK)
			return false;
	}
	return store_group(g->daemon->store, c->head.name, c->relation,
		   c->width_us, (const char *const *)c->sensors.item,
		   c->sensors.n, now, d) == STORE_OK;
}

/* Where the store ends. What lies too far back is written off. */
static bool
group_resume(struct group *g, struct diag *d)
{
	struct daemon *dm = g->daemon;
	int64_t since, last, now = daemon_now(dm), w = g->config->width_us,
			     limit;

	g->schedule.early_to_us = INT64_MIN;
	if (store_group_since(dm->store, g->config->head.name, &since, d) !=
		STORE_OK ||
	    store_first(dm->store, g->config->head.name, &g->first_us, d) !=
		STORE_OK ||
	    store_last(dm->store, g->config->head.name, &last, d) != STORE_OK)
		return false;
	if (since > now)
		since = now;
	g->schedule.full_to_us =
	    last == INT64_MIN ? schedule_begin(&g->schedule, since) : last + w;
	schedule_set_back(&g->schedule, now);
	limit = now - dm->config.daemon->backfill_us;
	limit -= ((limit % w) + w) % w;
	return limit <= g->schedule.full_to_us ||
	    store_not_compared(dm->store, g->config->head.name,
		g->schedule.full_to_us, limit, "crosstapd did not run", now,
		d) == STORE_OK;
}

bool
group_init(struct group *g, struct daemon *dm,
    const struct config_group *config, struct diag *d)
{
	size_t i;

	*g = (struct group){ .daemon = dm, .config = config };
	g->schedule = (struct schedule){ config->width_us, config->settle_us,
		config->early_us, SCHEDULE_DELAY_US + group_spread(config),
		INT64_MIN, INT64_MIN };
	for (i = 0; i < config->nmembers; i++) {
		g->sensor[i].success_us = INT64_MIN;
		g->sensor[i].watermark_us = INT64_MIN;
		g->sensor[i].lag_us = INT64_MIN;
	}
	g->seed = config->seed;
	if (!config->has_seed &&
	    getrandom(&g->seed, sizeof(g->seed), 0) != sizeof(g->seed)) {
		diag_set(d, "no random numbers for a seed");
		return false;
	}
	if (!group_register(g, d) || !group_resume(g, d))
		return false;
	group_learn(g);
	return true;
}

void
group_clear(struct group *g)
{
	if (g->job != NULL)
		g->daemon->running--;
	puller_break_off(g->job);
	g->job = NULL;
	group_flows_free(g->flows);
	g->flows = NULL;
	free(g->worker);
	g->worker = NULL;
	g->nworkers = 0;
}

/*
 * The puller ended over it, or over another that ran beside it. It is asked
 * again, this time alone; if that ends the puller, too, it is the one, and its
 * buckets are kept as not compared, to be back-filled like others.
 */
static struct cycle_outcome *
group_lost(struct group *g, struct puller_job *j, const struct diag *why)
{
	if (g->lost < GROUP_MAX_LOST)
		g->lost++;
	return g->lost < GROUP_MAX_LOST ? NULL : puller_job_none(j, why->text);
}

static void
group_done(struct cycle_outcome *o, const struct diag *why, void *arg)
{
	struct group *g = arg;
	struct puller_job *j = g->job;
	struct daemon *dm = g->daemon;
	struct log_line line;
	bool kept = false, lost = puller_job_was_lost(j);

	g->job = NULL;
	dm->running--;
	if (lost)
		o = group_lost(g, j, why);
	else
		g->lost = 0;
	if (o != NULL)
		kept = group_keep(g, o);
	else if (!lost) {
		log_begin(&line, &dm->log, LOG_ERRORS, "cycle-failed");
		log_text(&line, "group", g->config->head.name);
		log_text(&line, "text", why->text);
		log_end(&line);
	}
	if (!kept && !lost)
		g->pause_until_us = daemon_now(dm) + DAEMON_STORE_PAUSE_US;
	else if (kept && !g->backfill)
		schedule_took(&g->schedule, &g->step);
	daemon_wake(dm);
}

static bool
group_begin(struct group *g, const struct schedule_step *step)
{
	struct cycle_plan plan = { .group = g->config,
		.rules = g->rules,
		.reading =
		    step->kind == SCHEDULE_EARLY ? CYCLE_EARLY : CYCLE_FULL,
		.from_us = step->from_us,
		.to_us = step->to_us,
		.settled_us = g->backfill ? g->schedule.full_to_us : INT64_MIN,
		.seed = g->seed };
	struct diag d = DIAG_INIT;

	memcpy(plan.shift_us, g->shift_us, sizeof(plan.shift_us));
	group_limits(g, step->from_us, plan.usual);
	g->step = *step;
	g->began_us = daemon_now(g->daemon);
	g->job =
	    puller_compare(g->daemon->puller, &plan, g->set, group_done, g, &d);
	if (g->job != NULL) {
		g->daemon->running++;
		return true;
	}
	log_say(&g->daemon->log, LOG_ERRORS, "cycle-failed", "%s: %s",
	    g->config->head.name, d.text);
	g->pause_until_us = g->began_us + DAEMON_STORE_PAUSE_US;
	return false;
}

/*
 * The newest run of buckets that were missed. One that a sensor's log did not
 * cover is asked for again after an eighth of its age: a log that lags catches
 * up soon or late. While a sensor is away, only those which no full reading has
 * are asked for: an answer without it would take the place of a better one.
 */
static bool
group_missed(struct group *g, int64_t now, struct schedule_step *step)
{
	struct store_missing m[4 * SCHEDULE_MAX_BUCKETS];
	struct daemon *dm = g->daemon;
	int64_t w = g->config->width_us, from;
	enum store_want most = g->answered == g->config->nmembers
	    ? STORE_WANT_RETRY
	    : STORE_WANT_FULL;
	struct diag d = DIAG_INIT;
	size_t n = 0, i;

	from = now - dm->config.daemon->backfill_us;
	from -= ((from % w) + w) % w;
	if (from < g->first_us)
		from = g->first_us;
	g->missing = 0;
	if (from >= g->schedule.full_to_us)
		return false;
	if (store_missing(dm->store, g->config->head.name, from,
		g->schedule.full_to_us, most, m, ARRAY_LEN(m), &n,
		&d) != STORE_OK ||
	    store_missing(dm->store, g->config->head.name, from,
		g->schedule.full_to_us, STORE_WANT_RETRY, NULL, SIZE_MAX,
		&g->missing, &d) != STORE_OK) {
		log_say(&dm->log, LOG_ERRORS, "store", "%s", d.text);
		return false;
	}
	*step = (struct schedule_step){ .kind = SCHEDULE_FULL };
	for (i = 0; i < n; i++) {
		/* written later than now: when the clock was wrong */
		if (m[i].want == STORE_WANT_RETRY && m[i].written_us <= now &&
		    now - m[i].written_us < (now - m[i].start_us) / 8)
			continue;
		if (step->to_us == 0)
			step->to_us = m[i].start_us + w;
		else if (m[i].start_us + w != step->from_us ||
		    step->to_us - m[i].start_us > SCHEDULE_MAX_BUCKETS * w)
			break;
		step->from_us = m[i].start_us;
	}
	return step->to_us != 0;
}

/* Where the time of the last comparison went. */
static void
group_explain_behind(struct group *g)
{
	static const char *const part[GROUP_NPARTS] = { "asking the sensors",
		"judging", "writing to the store" };
	const size_t size = sizeof(g->why_behind);
	size_t i, most = 0, slow = 0;
	int n;

	for (i = 1; i < GROUP_NPARTS; i++)
		if (g->took_us[i] > g->took_us[most])
			most = i;
	n = snprintf(g->why_behind, size,
	    "does not keep up: %.1f s of the last comparison went into %s",
	    (double)g->took_us[most] / (double)US_PER_S, part[most]);
	if (most != GROUP_ASKING)
		return;
	for (i = 1; i < g->config->nmembers; i++)
		if (g->sensor[i].waited_us > g->sensor[slow].waited_us)
			slow = i;
	(void)snprintf(g->why_behind + n, size - (size_t)n,
	    ", %.1f s into waiting for %.63s",
	    (double)g->sensor[slow].waited_us / (double)US_PER_S,
	    g->config->member[slow]->head.name);
}

/* More buckets are new than time can have brought since the last question. */
static void
group_watch(struct group *g, const struct schedule_step *step)
{
	bool behind = g->last_us != 0 && g->pause_until_us < g->last_us &&
	    step->to_us - step->from_us > 2 * g->config->width_us;

	if (behind == g->behind)
		return;
	g->behind = behind;
	if (!behind) {
		log_say(&g->daemon->log, LOG_EVENTS, "keeps-up", "%s",
		    g->config->head.name);
		return;
	}
	group_explain_behind(g);
	log_say(&g->daemon->log, LOG_WARNINGS, "behind", "%s %s",
	    g->config->head.name, g->why_behind);
}

int64_t
group_turn(struct group *g)
{
	int64_t now = daemon_now(g->daemon);
	struct schedule_step step;

	if (g->job != NULL)
		return INT64_MAX;
	if (now < g->pause_until_us)
		return g->pause_until_us;
	if (!g->behind && group_flows_begin(g))
		return INT64_MAX;
	step = schedule_next(&g->schedule, now);
	g->backfill = false;
	if (step.kind == SCHEDULE_WAIT && now >= g->next_backfill_us) {
		struct schedule_step missed;

		g->next_backfill_us = now + g->config->width_us;
		if (group_missed(g, now, &missed) && g->answered > 1) {
			g->backfill = true;
			return group_begin(g, &missed) ? INT64_MAX
						       : g->pause_until_us;
		}
	}
	if (step.kind == SCHEDULE_FULL)
		group_watch(g, &step);
	if (step.kind != SCHEDULE_WAIT)
		return group_begin(g, &step) ? INT64_MAX : g->pause_until_us;
	return g->next_backfill_us < step.due_us ? g->next_backfill_us
						 : step.due_us;
}
