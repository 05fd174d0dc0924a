/*
 * A cause is a rule and a facet. For each attribute and cause there is a row a
 * bucket in which some sensor with the attribute has a finding of that cause.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/evidence.h"
#include "judge/platform.h"

struct platform {
	const struct platform_sensor *sensors; /* borrowed */
	size_t nsensors;
	int64_t width_us;
	const struct finding *f; /* borrowed: of the first judgement */
	size_t n;
	struct evidence *rows; /* owned */
	size_t nrows, cap;
};

static bool
platform_has(const struct platform_sensor *s, const char *attribute)
{
	size_t i;

	for (i = 0; i < s->nattributes; i++)
		if (strcmp(s->attributes[i], attribute) == 0)
			return true;
	return false;
}

static bool
platform_same_cause(const struct finding *a, const struct finding *b)
{
	return strcmp(a->rule, b->rule) == 0 && strcmp(a->facet, b->facet) == 0;
}

/* The finding of this cause for sensor s at us, if there is one. */
static const struct finding *
platform_find(const struct platform *p, const struct finding *cause,
    const char *sensor, int64_t us)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (platform_same_cause(&p->f[i], cause) && !p->f[i].several &&
		    p->f[i].from_us <= us && us < p->f[i].to_us &&
		    strcmp(p->f[i].sensor, sensor) == 0)
			return &p->f[i];
	return NULL;
}

static bool
platform_new_group(const struct platform *p, const char *attribute, size_t s)
{
	size_t i;

	for (i = 0; i < s; i++)
		if (platform_has(&p->sensors[i], attribute) &&
		    strcmp(p->sensors[i].group, p->sensors[s].group) == 0)
			return false;
	return true;
}

static void
platform_fill(const struct platform *p, const struct finding *cause,
    const char *attribute, int64_t us, struct evidence *e)
{
	unsigned have = 0, hit = 0, others = 0, groups = 0;
	double share = 0;
	size_t s, at = 0;

	for (s = 0; s < p->nsensors; s++) {
		const char *name = p->sensors[s].name;
		const struct finding *f = platform_find(p, cause, name, us);

		if (!platform_has(&p->sensors[s], attribute)) {
			others += f != NULL;
			continue;
		}
		have++;
		groups += platform_new_group(p, attribute, s);
		if (f == NULL)
			continue;
		hit++;
		share += f->share;
		if (at < EVIDENCE_TEXT_MAX)
			at += (size_t)snprintf(e->t[EVT_sensor] + at,
			    EVIDENCE_TEXT_MAX - at, "%s%s", at > 0 ? ", " : "",
			    name);
	}
	e->start_us = us;
	(void)snprintf(e->t[EVT_facet], EVIDENCE_TEXT_MAX, "%s", cause->facet);
	(void)snprintf(e->t[EVT_value], EVIDENCE_TEXT_MAX, "%s", cause->value);
	(void)snprintf(e->t[EVT_attribute], EVIDENCE_TEXT_MAX, "%s", attribute);
	(void)snprintf(e->t[EVT_cause], EVIDENCE_TEXT_MAX, "%s", cause->rule);
	e->n[EV_width] = (double)p->width_us / (double)US_PER_S;
	e->n[EV_peer_flows] = 1; /* buckets weigh alike */
	e->n[EV_missing_share] = hit > 0 ? share / hit : 0;
	e->n[EV_attribute_sensors] = have;
	e->n[EV_attribute_hit] = hit;
	e->n[EV_others_hit] = others;
	e->n[EV_attribute_groups] = groups;
}

/* One row for each bucket of the cause: of findings alike the first makes
 * them. */
static bool
platform_add(
    struct platform *p, const struct finding *cause, const char *attribute)
{
	int64_t us;
	size_t i;

	for (us = cause->from_us; us < cause->to_us; us += p->width_us) {
		for (i = 0; &p->f[i] != cause; i++)
			if (platform_same_cause(&p->f[i], cause) &&
			    p->f[i].from_us <= us && us < p->f[i].to_us)
				break;
		if (&p->f[i] != cause)
			continue;
		if (p->nrows == p->cap) {
			size_t cap = p->cap == 0 ? 64 : 2 * p->cap;
			void *v = realloc(p->rows, cap * sizeof(*p->rows));

			if (v == NULL)
				return false;
			p->rows = v;
			p->cap = cap;
		}
		evidence_init(&p->rows[p->nrows], EVIDENCE_ATTRIBUTE);
		platform_fill(p, cause, attribute, us, &p->rows[p->nrows++]);
	}
	return true;
}

/* Is it the first sensor with that attribute? */
static bool
platform_is_new(const struct platform *p, size_t s, const char *attribute)
{
	size_t i;

	for (i = 0; i < s; i++)
		if (platform_has(&p->sensors[i], attribute))
			return false;
	return true;
}

static bool
platform_rows(struct platform *p)
{
	size_t s, a, i;

	for (s = 0; s < p->nsensors; s++) {
		const struct platform_sensor *x = &p->sensors[s];

		for (a = 0; a < x->nattributes; a++) {
			if (!platform_is_new(p, s, x->attributes[a]))
				continue;
			for (i = 0; i < p->n; i++)
				if (!p->f[i].several &&
				    !platform_add(
					p, &p->f[i], x->attributes[a]))
					return false;
		}
	}
	return true;
}

/* Does a finding about an attribute say what f says of one sensor? */
static bool
platform_explains(
    const struct platform *p, const struct finding *of, const struct finding *f)
{
	size_t s;

	if (f->several || strcmp(of->facet, f->facet) != 0 ||
	    f->from_us >= of->to_us + 2 * p->width_us ||
	    f->to_us <= of->from_us - 2 * p->width_us)
		return false;
	for (s = 0; s < p->nsensors; s++)
		if (strcmp(p->sensors[s].name, f->sensor) == 0)
			return platform_has(&p->sensors[s], of->attribute);
	return false;
}

/* More findings before the old ones that stay. */
static bool
platform_merge(struct platform *p, struct finding *more, size_t nmore,
    struct finding **findings, size_t *nfindings)
{
	struct finding *all = malloc((nmore + p->n + 1) * sizeof(*all));
	size_t i, k, n = nmore;

	if (all == NULL)
		return false;
	memcpy(all, more, nmore * sizeof(*all));
	for (i = 0; i < p->n; i++) {
		for (k = 0; k < nmore; k++)
			if (platform_explains(p, &more[k], &p->f[i]))
				break;
		if (k == nmore)
			all[n++] = p->f[i];
	}
	free(*findings);
	*findings = all;
	*nfindings = n;
	return true;
}

bool
platform_judge(struct rules *rs, const struct platform_sensor *sensors,
    size_t nsensors, int64_t width_us, struct finding **findings,
    size_t *nfindings, struct diag *d)
{
	struct platform p = { .sensors = sensors,
		.nsensors = nsensors,
		.width_us = width_us,
		.f = *findings,
		.n = *nfindings };
	struct finding *more = NULL;
	size_t nmore = 0;
	bool ok;

	if (p.n == 0)
		return true;
	ok = platform_rows(&p);
	if (!ok)
		diag_set(d, "out of memory");
	ok = ok && rules_judge(rs, p.rows, p.nrows, width_us, &more, &nmore, d);
	if (ok && nmore > 0 &&
	    !platform_merge(&p, more, nmore, findings, nfindings)) {
		diag_set(d, "out of memory");
		ok = false;
	}
	free(more);
	free(p.rows);
	return ok;
}
