/*
 * An outcome in messages, in the order in which puller_take.c wants them.
 */
#include <sys/resource.h>
#include <stdio.h>
#include "crosstapd/puller_job.h"
#include "crosstapd/pulling.h"

static void
pulling_tell_sensors(
    struct pulling *p, uint64_t id, const struct cycle_outcome *o)
{
	struct pull m = { .kind = PULL_SENSOR, .id = id };
	size_t i;

	for (i = 0; i < o->result.nsensors; i++) {
		m.u.sensor = (struct pull_sensor){ .index = (uint32_t)i,
			.sensor = o->result.sensors[i],
			.shift_us = o->shift_us[i],
			.watermark_us = o->watermark_us[i],
			.lag_us = o->lag_us[i],
			.sent = o->cost[i].sent,
			.received = o->cost[i].received,
			.waited_us = (uint64_t)o->cost[i].waited_us };
		memcpy(
		    m.u.sensor.failed, o->failed[i], sizeof(m.u.sensor.failed));
		pulling_send(p, &m);
	}
	m.kind = PULL_PAIR;
	for (i = 0; i < o->result.npairs; i++) {
		m.u.pair =
		    (struct pull_pair){ (uint32_t)i, o->result.pairs[i] };
		pulling_send(p, &m);
	}
}

/* For replay of what was found; else of the newest bucket's workers only, for
 * the metrics. */
static void
pulling_tell_rows(struct pulling *p, const struct pulling_job *j,
    const struct cycle_outcome *o)
{
	struct pull m = { .kind = PULL_ROW, .id = j->id };
	int64_t newest = INT64_MIN;
	size_t i, n = 0;

	for (i = 0; i < o->rows.n; i++)
		if (o->rows.v[i].kind == EVIDENCE_WORKER &&
		    o->rows.v[i].start_us > newest &&
		    o->rows.v[i].start_us < j->to_us)
			newest = o->rows.v[i].start_us;
	for (i = 0; i < o->rows.n && n < PULLER_MAX_ROWS; i++) {
		const struct evidence *e = &o->rows.v[i];

		if (e->start_us < j->from_us || e->start_us >= j->to_us ||
		    (o->result.nfindings == 0 &&
			(e->kind != EVIDENCE_WORKER || e->start_us != newest)))
			continue;
		m.u.row = *e;
		pulling_send(p, &m);
		n++;
	}
}

void
pulling_tell(
    struct pulling *p, const struct pulling_job *j, struct cycle_outcome *o)
{
	struct pull m = { .id = j->id };
	size_t i;

	pulling_tell_sensors(p, j->id, o);
	m.kind = PULL_BUCKET;
	for (i = 0; i < o->result.nbuckets; i++) {
		m.u.bucket = o->result.buckets[i];
		pulling_send(p, &m);
	}
	m.kind = PULL_FINDING;
	for (i = 0; i < o->result.nfindings && i < PULLER_MAX_FINDINGS; i++) {
		m.u.finding = o->result.findings[i];
		pulling_send(p, &m);
	}
	pulling_tell_rows(p, j, o);
}

bool
pulling_tell_flow(void *arg, const struct result *r, const struct difference *x,
    const struct flow *a, const struct flow *b, struct diag *d)
{
	const struct pulling_job *j = arg;
	struct pull m = { .kind = PULL_FLOW,
		.id = j->id,
		.u.flow = { .pair = x->pair, .kind = x->kind } };

	(void)r;
	(void)d;
	m.u.flow.has[0] = a != NULL;
	m.u.flow.has[1] = b != NULL;
	if (a != NULL)
		m.u.flow.flow[0] = *a;
	if (b != NULL)
		m.u.flow.flow[1] = *b;
	pulling_send(j->all, &m);
	return true;
}

void
pulling_tell_end(struct pulling *p, uint64_t id, const struct cycle_outcome *o,
    const char *failed)
{
	struct pull m = { .kind = PULL_DONE, .id = id };
	struct pull_done *done = &m.u.done;
	struct rusage u;

	if (o != NULL) {
		done->bytes = o->bytes;
		done->asking_us = o->asking_us;
		done->judging_us = o->judging_us;
	}
	(void)snprintf(done->failed, sizeof(done->failed), "%s",
	    failed == NULL ? "" : failed);
	(void)getrusage(RUSAGE_SELF, &u);
	done->cpu_us =
	    (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * US_PER_S +
	    (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
	done->memory_kb = (uint64_t)u.ru_maxrss;
	pulling_send(p, &m);
}
