/*
 * A finding is of an incident if rule, sensor and attribute are the same, a
 * value is common, and no more than the flap time is between them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/span.h"
#include "judge/incident.h"
#include "judge/run.h"

static const char *const incident_events[] = { "opened", "updated", "cleared",
	"reopened", "corrected", "merged", "acknowledged", "muted",
	"commented" };
static const char *const incident_states[] = { "open", "cleared" };

const char *
incident_event_name(enum incident_event e)
{
	return incident_events[e];
}

const char *
incident_state_name(enum incident_state s)
{
	return incident_states[s];
}

bool
incident_parse_id(const char *word, int64_t *id, struct diag *d)
{
	uint64_t n;

	if (span_parse_u64(span_from(word), INT64_MAX, &n) && n > 0) {
		*id = (int64_t)n;
		return true;
	}
	diag_set(d, "'%.40s' is no incident; wanted its number", word);
	return false;
}

void
incident_clear(struct incident_list *l)
{
	free(l->v);
	free(l->change);
	*l = (struct incident_list){ 0 };
}

static bool
incident_grow(void *list, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap == 0 ? 8 : *cap * 2;
	void **p = list, *more;

	if (n < *cap)
		return true;
	more = realloc(*p, want * size);
	if (more == NULL)
		return false;
	*p = more;
	*cap = want;
	return true;
}

static bool
incident_tell(struct incident_list *l, size_t i, enum incident_event e,
    size_t finding, size_t into)
{
	if (!incident_grow(
		&l->change, l->nchanges, &l->change_cap, sizeof(*l->change)))
		return false;
	l->change[l->nchanges++] =
	    (struct incident_change){ i, e, finding, into };
	return true;
}

static bool
incident_share_value(const char *a, const char *b)
{
	struct span left = span_from(a), x, right, y;

	if (strcmp(a, b) == 0)
		return true;
	while (run_next_value(&left, &x)) {
		right = span_from(b);
		while (run_next_value(&right, &y))
			if (span_equal(x, y))
				return true;
	}
	return false;
}

static bool
incident_near(const struct incident *i, const struct finding *f,
    const struct incident_cycle *c)
{
	return f->from_us <= i->to_us + c->flap_us &&
	    f->to_us >= i->from_us - c->flap_us;
}

static bool
incident_same(const struct incident *i, const struct finding *f,
    const struct incident_cycle *c)
{
	return i->merged_into == 0 && strcmp(i->rule, f->rule) == 0 &&
	    strcmp(i->sensor, f->sensor) == 0 &&
	    strcmp(i->attribute, f->attribute) == 0 &&
	    strcmp(i->facet, f->facet) == 0 &&
	    incident_share_value(i->value, f->value) && incident_near(i, f, c);
}

/* What the early reading named more coarsely than the full one does. */
static bool
incident_corrects(const struct incident *i, const struct finding *f,
    const struct incident_cycle *c)
{
	return c->full && i->early && i->state == INCIDENT_OPEN &&
	    i->merged_into == 0 && strcmp(i->sensor, f->sensor) == 0 &&
	    f->from_us < i->to_us && f->to_us > i->from_us;
}

/*
 * What a rule told that the finding's takes precedence of, had all been judged
 * at once: the silence of a sensor that is back, the edge of a gap. More than
 * that is something else.
 */
static bool
incident_yields(const struct incident *i, const struct finding *f,
    const struct incident_cycle *c)
{
	unsigned within;
	int64_t around;

	if (!c->full || c->rules == NULL || i->merged_into != 0 ||
	    strcmp(i->sensor, f->sensor) != 0 ||
	    strcmp(i->attribute, f->attribute) != 0 ||
	    !rules_yields(c->rules, i->rule, f->by, &within))
		return false;
	around = (int64_t)within * c->width_us;
	return i->from_us >= f->from_us - around &&
	    i->to_us <= f->to_us + around;
}

static void
incident_name(struct incident *i, const struct finding *f)
{
	(void)snprintf(i->rule, sizeof(i->rule), "%s", f->rule);
	(void)snprintf(i->sensor, sizeof(i->sensor), "%s", f->sensor);
	(void)snprintf(i->facet, sizeof(i->facet), "%s", f->facet);
	(void)snprintf(i->value, sizeof(i->value), "%s", f->value);
	(void)snprintf(i->attribute, sizeof(i->attribute), "%s", f->attribute);
}

/* A back-filled fault that was over long ago is not open now. */
static bool
incident_is_past(const struct incident *i, const struct incident_cycle *c)
{
	int64_t newest = c->newest_us == 0 ? c->end_us : c->newest_us;

	return c->full &&
	    newest - i->to_us >= (int64_t)c->quiet_buckets * c->width_us;
}

static void
incident_take(
    struct incident *i, const struct finding *f, const struct incident_cycle *c)
{
	if (f->to_us >= i->to_us) {
		i->share = f->share;
		i->quiet = 0;
	}
	/* what is seen from inside says less than what the beginning told */
	if (f->to_us >= i->to_us && strcmp(i->rule, f->rule) == 0 &&
	    (i->summary[0] == '\0' || strcmp(i->facet, f->facet) == 0)) {
		(void)snprintf(
		    i->summary, sizeof(i->summary), "%s", f->summary);
		(void)snprintf(i->peer, sizeof(i->peer), "%s", f->peer);
	}
	i->worst = isnan(i->worst) || f->share > i->worst ? f->share : i->worst;
	i->severity = f->severity > i->severity ? f->severity : i->severity;
	i->from_us = f->from_us < i->from_us ? f->from_us : i->from_us;
	i->to_us = f->to_us > i->to_us ? f->to_us : i->to_us;
	i->updated_us = c->now_us;
}

static bool
incident_settle(
    struct incident_list *l, size_t n, size_t k, const struct incident_cycle *c)
{
	struct incident *i = &l->v[n];

	if (i->state == INCIDENT_CLEARED || !incident_is_past(i, c))
		return true;
	i->state = INCIDENT_CLEARED;
	i->cleared_us = c->now_us;
	return incident_tell(l, n, INCIDENT_CLEARS, k, INCIDENT_NONE);
}

static bool
incident_open(struct incident_list *l, const struct incident_cycle *c,
    const struct finding *f, size_t k)
{
	struct incident *i;

	if (!incident_grow(&l->v, l->n, &l->cap, sizeof(*l->v)))
		return false;
	i = &l->v[l->n++];
	*i = (struct incident){ .from_us = f->from_us,
		.to_us = f->to_us,
		.opened_us = c->now_us,
		.worst = NAN,
		.early = !c->full };
	incident_name(i, f);
	if (i->early)
		(void)snprintf(
		    i->early_rule, sizeof(i->early_rule), "%s", f->rule);
	incident_take(i, f, c);
	return incident_tell(l, l->n - 1, INCIDENT_OPENED, k, INCIDENT_NONE) &&
	    incident_settle(l, l->n - 1, k, c);
}

static bool
incident_update(struct incident_list *l, size_t n, size_t k,
    const struct incident_cycle *c, const struct finding *f)
{
	struct incident *i = &l->v[n];
	enum incident_event e = INCIDENT_UPDATED;

	/* touching its end is its going on, told late; after it, it flaps */
	if (i->state == INCIDENT_CLEARED && f->to_us > i->to_us) {
		i->flaps += f->from_us > i->to_us;
		e = INCIDENT_REOPENED;
		i->state = INCIDENT_OPEN;
		i->cleared_us = 0;
	}
	if (incident_yields(i, f, c) && f->from_us > c->context_us)
		i->from_us = f->from_us;
	if (c->full && strcmp(i->rule, f->rule) != 0 &&
	    (i->early || incident_yields(i, f, c))) {
		e = INCIDENT_CORRECTED;
		incident_name(i, f);
	}
	i->early = i->early && !c->full;
	incident_take(i, f, c);
	return incident_tell(l, n, e, k, INCIDENT_NONE) &&
	    incident_settle(l, n, k, c);
}

/* Others that the finding belongs to are the same cause. */
static bool
incident_merge(struct incident_list *l, size_t first, size_t k,
    const struct incident_cycle *c, const struct finding *f)
{
	size_t n;

	for (n = 0; n < l->n; n++) {
		struct incident *i = &l->v[n];
		bool yields = incident_yields(i, f, c);

		if (n == first ||
		    !(yields ||
			(i->state == INCIDENT_OPEN && incident_same(i, f, c))))
			continue;
		/* a new one has no id yet: -1 until the store gives it */
		i->merged_into = l->v[first].id == 0 ? -1 : l->v[first].id;
		i->state = INCIDENT_CLEARED;
		i->cleared_us = i->updated_us = c->now_us;
		if (!yields && i->from_us < l->v[first].from_us)
			l->v[first].from_us = i->from_us;
		if (!incident_tell(l, n, INCIDENT_MERGED, k, first))
			return false;
	}
	return true;
}

/*
 * From inside a long fault its beginning cannot be seen, and what it is may be
 * told by another value, or by another rule: it is the one that is open. Where
 * nothing before it is seen any more, both begin at once; what was opened in
 * this cycle (it has no id) is told beside it, and is something else.
 */
static bool
incident_goes_on(const struct incident *i, const struct finding *f,
    const struct incident_cycle *c)
{
	return f->from_us <= c->context_us &&
	    (i->from_us < f->from_us ||
		(i->from_us == f->from_us && i->id != 0)) &&
	    i->state == INCIDENT_OPEN && i->merged_into == 0 &&
	    strcmp(i->sensor, f->sensor) == 0 &&
	    strcmp(i->attribute, f->attribute) == 0 &&
	    i->to_us + c->width_us >= c->start_us;
}

static size_t
incident_find(const struct incident_list *l, const struct incident_cycle *c,
    const struct finding *f)
{
	size_t n, found = INCIDENT_NONE;

	for (n = 0; n < l->n; n++)
		if (incident_same(&l->v[n], f, c) &&
		    (found == INCIDENT_NONE ||
			l->v[n].state < l->v[found].state))
			found = n;
	for (n = 0; n < l->n && found == INCIDENT_NONE; n++)
		if (incident_corrects(&l->v[n], f, c))
			found = n;
	for (n = 0; n < l->n && found == INCIDENT_NONE; n++)
		if (incident_yields(&l->v[n], f, c))
			found = n;
	for (n = 0; n < l->n && found == INCIDENT_NONE; n++)
		if (incident_goes_on(&l->v[n], f, c) &&
		    strcmp(l->v[n].rule, f->rule) == 0)
			found = n;
	for (n = 0; n < l->n && found == INCIDENT_NONE; n++)
		if (incident_goes_on(&l->v[n], f, c))
			found = n;
	return found;
}

/* An open incident that no finding of a full cycle names. */
static bool
incident_rest(struct incident_list *l, size_t n, const struct incident_cycle *c)
{
	struct incident *i = &l->v[n];
	int64_t since = c->start_us > i->to_us ? c->start_us : i->to_us;
	int64_t after = (c->end_us - since) / c->width_us;

	if (i->early && c->compared > 0 && c->start_us <= i->from_us &&
	    c->end_us >= i->to_us) {
		i->state = INCIDENT_CLEARED;
		i->cleared_us = i->updated_us = c->now_us;
		return incident_tell(
		    l, n, INCIDENT_CORRECTED, INCIDENT_NONE, INCIDENT_NONE);
	}
	if (after <= 0 || c->compared == 0)
		return true;
	i->quiet += after < c->compared ? (unsigned)after : c->compared;
	if (i->quiet < c->quiet_buckets)
		return true;
	i->state = INCIDENT_CLEARED;
	i->cleared_us = i->updated_us = c->now_us;
	return incident_tell(
	    l, n, INCIDENT_CLEARS, INCIDENT_NONE, INCIDENT_NONE);
}

static bool
incident_touched(const struct incident_list *l, size_t n)
{
	size_t i;

	for (i = 0; i < l->nchanges; i++)
		if (l->change[i].incident == n)
			return true;
	return false;
}

bool
incident_run(struct incident_list *l, const struct incident_cycle *c,
    const struct finding *f, size_t nf)
{
	size_t k, n;
	bool ok = true;

	INVARIANT(c->width_us > 0);
	l->nchanges = 0;
	for (k = 0; ok && k < nf; k++) {
		n = incident_find(l, c, &f[k]);
		if (n == INCIDENT_NONE)
			ok = incident_open(l, c, &f[k], k);
		else
			ok = incident_update(l, n, k, c, &f[k]) &&
			    incident_merge(l, n, k, c, &f[k]);
	}
	for (n = 0; ok && c->full && n < l->n; n++)
		if (l->v[n].state == INCIDENT_OPEN && !incident_touched(l, n))
			ok = incident_rest(l, n, c);
	return ok;
}
