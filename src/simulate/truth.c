/*
 * truth.json: one finding for each fault and sensor, in the words of the
 * rules. Times are whole seconds, as the buckets are.
 */
#include "simulate/truth.h"

static void
truth_seconds(struct buf *out, const char *name, int64_t us)
{
	buf_printf(out, ",\n   \"%s\": %lld", name, (long long)(us / US_PER_S));
}

static void
truth_string(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, ",\n   \"%s\": \"", name);
	buf_add_json(out, span_from(value));
	buf_add_char(out, '"');
}

static void
truth_details(struct buf *out, const struct fault *f)
{
	const double *v = f->value;

	switch (f->def->kind) {
	case FAULT_WORKER_FROZEN:
		truth_string(out, "facet", "worker");
		buf_printf(out, ",\n   \"value\": \"worker-%d\"",
		    (int)v[FAULT_KEY_WORKER]);
		break;
	case FAULT_LINK_LOSS:
		truth_string(out, "facet", "remote_net");
		break;
	case FAULT_BLIND_SPOT:
		truth_string(out, "facet", fault_facet_name(f->facet));
		truth_string(out, "value", f->facet_value);
		break;
	case FAULT_STRAND_LOSS:
	case FAULT_CHECKSUM:
		truth_string(out, "direction",
		    fault_direction_name(
			(enum fault_direction)(int)v[FAULT_KEY_DIRECTION]));
		break;
	case FAULT_CLOCK_SKEW:
		buf_printf(out, ",\n   \"offset\": %g", v[FAULT_KEY_OFFSET]);
		if (v[FAULT_KEY_DRIFT] < 0 || v[FAULT_KEY_DRIFT] > 0)
			buf_printf(
			    out, ",\n   \"drift\": %g", v[FAULT_KEY_DRIFT]);
		break;
	default:
		break;
	}
}

/* From when on the fault shows in the log: what a log that lags lacks is its
 * end, however long it has lagged. */
static int64_t
truth_start_us(const struct fault *f, int64_t end_us)
{
	int64_t lag_us = (int64_t)(f->value[FAULT_KEY_LAG] * 1e6);

	if (f->def->kind != FAULT_SENSOR_LAGGING || f->to_us < end_us ||
	    end_us - lag_us < f->from_us)
		return f->from_us;
	return end_us - lag_us;
}

/* One remote network is a link, and what one of two equal sensors sees alone
 * the other misses, for no reason that shows. */
static const char *
truth_rule(const struct fault *f, enum relation relation)
{
	if (f->def->kind == FAULT_BLIND_SPOT &&
	    f->facet == FAULT_FACET_REMOTE_NET)
		return "tap-link-loss";
	if (f->def->kind == FAULT_LEAK && relation == RELATION_MIRROR)
		return "unexplained";
	return f->def->rule;
}

/* The sensors to blame, as bits. */
static uint32_t
truth_blamed(const struct fault *f, const struct simulate_options *o)
{
	if (f->def->kind == FAULT_LEAK && o->relation == RELATION_MIRROR)
		return ~f->mask;
	return f->mask;
}

static void
truth_finding(struct buf *out, const struct simulate_outcome *outcome,
    const struct fault *f, const char *rule, const char *sensor, bool first)
{
	int64_t to = f->to_us < outcome->end_us ? f->to_us : outcome->end_us;

	buf_add_str(out, first ? "\n  {" : ",\n  {");
	buf_printf(out, "\n   \"rule\": \"%s\"", rule);
	if (sensor != NULL)
		truth_string(out, "sensor", sensor);
	truth_seconds(out, "start", truth_start_us(f, outcome->end_us));
	truth_seconds(out, "end", to + US_PER_S - 1);
	truth_details(out, f);
	buf_add_str(out, "\n  }");
}

static void
truth_findings(struct buf *out, const struct plan *plan,
    const struct simulate_outcome *outcome)
{
	const struct simulate_options *o = &plan->options;
	bool first = true;
	size_t i;
	unsigned j;

	buf_add_str(out, ",\n \"truth\": [");
	for (i = 0; i < plan->nfaults; i++) {
		const struct fault *f = &plan->faults[i];

		if (f->everyone) {
			truth_finding(
			    out, outcome, f, "common-drop", NULL, first);
			first = false;
			continue;
		}
		for (j = 0; j < o->sensors; j++) {
			if ((truth_blamed(f, o) >> j & 1) == 0)
				continue;
			truth_finding(out, outcome, f,
			    truth_rule(f, o->relation),
			    plan_sensor_name(o->relation, j), first);
			first = false;
		}
	}
	buf_add_str(out, first ? "]" : "\n ]");
}

/* Exact, since whole flows go missing and nothing else does. */
static void
truth_misses(struct buf *out, const struct plan *plan,
    const struct simulate_outcome *outcome)
{
	enum relation rel = plan->options.relation;
	unsigned n = (unsigned)plan->options.sensors, a, b;

	buf_printf(out, ",\n \"miss\": {\n  \"share\": %g,\n  \"records\": {",
	    plan->options.miss);
	for (a = 0; a < n; a++)
		buf_printf(out, "%s\n   \"%s\": %llu", a == 0 ? "" : ",",
		    plan_sensor_name(rel, a),
		    (unsigned long long)outcome->missed[a]);
	buf_add_str(out, "\n  },\n  \"pairs\": [");
	for (a = 0; a < n; a++)
		for (b = a + 1; b < n; b++)
			buf_printf(out,
			    "%s\n   {\"a\": \"%s\", \"b\": \"%s\", "
			    "\"only_a\": %llu, \"only_b\": %llu}",
			    a == 0 && b == 1 ? "" : ",",
			    plan_sensor_name(rel, a), plan_sensor_name(rel, b),
			    (unsigned long long)outcome->only[a][b],
			    (unsigned long long)outcome->only[b][a]);
	buf_add_str(out, "\n  ]\n }");
}

void
truth_format(const struct plan *plan, const struct simulate_outcome *outcome,
    struct buf *out)
{
	const struct simulate_options *o = &plan->options;
	unsigned i;

	buf_printf(out,
	    "{\n \"scenario\": \"%s\",\n \"bucket\": 60,\n \"t0\": %lld,\n"
	    " \"duration\": %lld,\n \"seed\": %llu,\n \"relation\": \"%s\",\n"
	    " \"conns\": {",
	    plan->nfaults == 0 ? "healthy" : plan->faults[0].def->name,
	    (long long)(plan->start_us / US_PER_S),
	    (long long)((outcome->end_us - plan->start_us) / US_PER_S),
	    (unsigned long long)o->seed,
	    o->relation == RELATION_SUBSET ? "subset" : "mirror");
	for (i = 0; i < o->sensors; i++)
		buf_printf(out, "%s\n  \"%s\": %llu", i == 0 ? "" : ",",
		    plan_sensor_name(o->relation, i),
		    (unsigned long long)outcome->records[i]);
	buf_add_str(out, "\n }");
	truth_findings(out, plan, outcome);
	if (o->miss > 0)
		truth_misses(out, plan, outcome);
	buf_add_str(out, "\n}\n");
}
