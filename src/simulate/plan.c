/*
 * Turns options into a plan: names become numbers, times become microseconds,
 * defaults become values. Nothing after this looks at text.
 */
#include <string.h>
#include "simulate/plan.h"

const struct simulate_options plan_defaults = {
	.seed = 1,
	.sensors = 2,
	.start_s = 1764000000,
	.duration_s = 780,
	.rate = 60,
	.loss = 0.00001,
	.relation = RELATION_MIRROR,
};

static const char *const plan_names[][RESULT_MAX_SENSORS] = {
	[RELATION_MIRROR] = { "A", "B", "C", "D", "E", "F", "G", "H" },
	[RELATION_SUBSET] = { "EXT", "INT" },
};

static const unsigned plan_workers[] = { 4, 3, 5, 2 };

const char *
plan_sensor_name(enum relation r, unsigned sensor)
{
	INVARIANT(sensor < RESULT_MAX_SENSORS);
	return plan_names[r][sensor];
}

static bool
plan_check(const struct simulate_options *o, struct diag *d)
{
	if (o->sensors < 2 || o->sensors > RESULT_MAX_SENSORS ||
	    (o->relation == RELATION_SUBSET && o->sensors != 2))
		diag_set(d, "%s",
		    o->relation == RELATION_SUBSET
			? "a subset has two sensors, EXT and INT"
			: "wanted 2 to 8 sensors");
	else if (!(o->rate >= 0.01 && o->rate <= 1e6))
		diag_set(d, "rate %g: wanted 0.01 to 1000000 flows a second",
		    o->rate);
	else if (o->flows == 0 &&
	    (o->duration_s < 1 || o->duration_s > PLAN_MAX_DURATION_S))
		diag_set(d, "duration: wanted 1 second to 30 days");
	else if (o->flows > UINT64_C(1000000000000) ||
	    (double)o->flows / o->rate > 3e9)
		diag_set(d, "flows: too many at this rate");
	else if (o->start_s > UINT64_C(4102444800))
		diag_set(d, "start: wanted seconds since 1970, before 2100");
	else if (!(o->miss >= 0 && o->miss <= 1))
		diag_set(d, "miss: wanted a share, 0 to 1");
	else if (!(o->loss >= 0 && o->loss <= 0.0001))
		diag_set(d, "loss: wanted 0 to 0.0001; more is a fault");
	else
		return true;
	return false;
}

/* "4,3": a number for each sensor, the last for all that follow. */
static bool
plan_parse_workers(const char *text, struct plan *plan, struct diag *d)
{
	struct span rest;
	uint64_t n = 0;
	size_t i, used;

	for (i = 0; i < RESULT_MAX_SENSORS; i++)
		plan->workers[i] = plan_workers[i % ARRAY_LEN(plan_workers)];
	if (text == NULL)
		return true;
	rest = span_from(text);
	for (i = 0; i < plan->options.sensors; i++) {
		const char *comma =
		    rest.n == 0 ? NULL : memchr(rest.p, ',', rest.n);
		struct span one = rest;

		if (i > 0 && rest.n == 0) {
			plan->workers[i] = (unsigned)n;
			continue;
		}
		if (comma != NULL)
			one.n = (size_t)(comma - rest.p);
		used = one.n + (comma != NULL);
		if (!span_parse_u64(one, PLAN_MAX_WORKERS, &n) || n == 0)
			break;
		plan->workers[i] = (unsigned)n;
		rest.p += used;
		rest.n -= used;
	}
	if (i == plan->options.sensors && rest.n == 0)
		return true;
	diag_set(d,
	    "workers %s: wanted a number from 1 to %d for each of %d "
	    "sensors, joined by commas",
	    text, PLAN_MAX_WORKERS, (int)plan->options.sensors);
	return false;
}

static bool
plan_parse_sensors(
    const struct simulate_options *o, struct fault *f, struct diag *d)
{
	struct span rest = span_from(f->sensors);
	unsigned i, n = (unsigned)o->sensors;

	if (rest.n == 0) {
		f->mask = 2;
		return true;
	}
	if (span_is(rest, "all")) {
		f->mask = (1u << n) - 1;
		f->everyone = true;
		return true;
	}
	while (rest.n > 0) {
		const char *plus = memchr(rest.p, '+', rest.n);
		struct span one = { rest.p,
			plus == NULL ? rest.n : (size_t)(plus - rest.p) };

		for (i = 0; i < n; i++)
			if (span_is(one, plan_sensor_name(o->relation, i)))
				break;
		if (i == n) {
			diag_set(d,
			    "%s: sensor=%s: no sensor '%.*s'; wanted "
			    "%s to %s, some joined by +, or all",
			    f->def->name, f->sensors, (int)one.n, one.p,
			    plan_sensor_name(o->relation, 0),
			    plan_sensor_name(o->relation, n - 1));
			return false;
		}
		f->mask |= 1u << i;
		rest.p += one.n + (plus != NULL);
		rest.n -= one.n + (plus != NULL);
	}
	return true;
}

/* A window that leaves quiet before and after, on whole minutes if it can. */
static void
plan_default_window(int64_t duration_s, double *from_s, double *to_s)
{
	int64_t from = duration_s * 4 / 13, to = duration_s * 9 / 13;

	if (from >= 60)
		from -= from % 60;
	if (to - from > 300)
		to = from + 300;
	if (*from_s < 0)
		*from_s = (double)from;
	if (*to_s < 0)
		*to_s = *from_s < (double)to ? (double)to : *from_s + 300;
}

static bool
plan_place_fault(struct plan *plan, struct fault *f, struct diag *d)
{
	double from_s = f->from_s, to_s = f->to_s;
	int64_t lasts_s = (plan->end_us - plan->start_us) / US_PER_S;
	unsigned i, worker = (unsigned)f->value[FAULT_KEY_WORKER];

	if (!plan_parse_sensors(&plan->options, f, d))
		return false;
	if (from_s < 0 && f->def->span == FAULT_ALWAYS)
		from_s = 0;
	plan_default_window(lasts_s, &from_s, &to_s);
	f->from_us = plan->start_us + (int64_t)(from_s * 1e6);
	f->to_us = plan->start_us + (int64_t)(to_s * 1e6);
	if (f->to_s < 0 && f->def->span != FAULT_WINDOW)
		f->to_us = INT64_MAX;
	if (f->from_us >= plan->end_us) {
		diag_set(d, "%s: from=%g: the run ends after %d seconds",
		    f->def->name, from_s, (int)lasts_s);
		return false;
	}
	for (i = 0; i < plan->options.sensors; i++)
		if ((f->mask >> i & 1) != 0 && worker > plan->workers[i]) {
			diag_set(d, "%s: worker=%u: sensor %s has %u workers",
			    f->def->name, worker,
			    plan_sensor_name(plan->options.relation, i),
			    plan->workers[i]);
			return false;
		}
	if (f->def->kind == FAULT_LEAK && (f->mask & (f->mask - 1)) != 0) {
		diag_set(d, "%s: sensor=%s: wanted one sensor", f->def->name,
		    f->sensors);
		return false;
	}
	return true;
}

bool
plan_make(const struct simulate_options *o, struct plan *out, struct diag *d)
{
	size_t i;

	*out = (struct plan){ .options = *o };
	if (!plan_check(o, d))
		return false;
	out->start_us = (int64_t)o->start_s * US_PER_S;
	out->end_us = out->start_us +
	    (o->flows > 0 ? (int64_t)((double)o->flows / o->rate * 1e6)
			  : (int64_t)o->duration_s * US_PER_S);
	if (out->end_us <= out->start_us)
		out->end_us = out->start_us + 1;
	if (!plan_parse_workers(o->workers, out, d))
		return false;
	if (o->specs.n > PLAN_MAX_FAULTS) {
		diag_set(d, "wanted at most %d faults", PLAN_MAX_FAULTS);
		return false;
	}
	for (i = 0; i < o->specs.n; i++)
		if (!fault_parse(o->specs.item[i], &out->faults[i], d) ||
		    !plan_place_fault(out, &out->faults[i], d))
			return false;
	out->nfaults = o->specs.n;
	return true;
}
