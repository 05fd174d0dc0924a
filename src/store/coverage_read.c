/*
 * Coverage of a window: stretches cut to it, with what no one wrote of.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flow/net.h"
#include "judge/run.h"
#include "store/cycle.h"

static const char *const coverage_states[] = { "complete", "degraded", "blind",
	"not-compared" };

const char *
coverage_state_name(enum coverage_state s)
{
	return coverage_states[s];
}

struct coverage_list {
	struct coverage *v; /* owned */
	size_t n, cap;
	int64_t to_us; /* up to here of the sensor that is being read */
	const struct flow_net *net; /* NULL: any */
};

/* Whether what is said of some networks is said of this one. */
static bool
coverage_is_about(const char *nets, const struct flow_net *net)
{
	struct span left = span_from(nets), text;
	struct flow_net one;

	if (net == NULL || *nets == '\0')
		return true;
	while (run_next_value(&left, &text))
		if (!flow_net_parse(text, &one) || flow_net_meets(&one, net))
			return true;
	return false;
}

static void
coverage_push(struct store *st, struct coverage_list *l,
    const struct coverage *c, int64_t from_us, int64_t to_us)
{
	struct coverage *last = l->n == 0 ? NULL : &l->v[l->n - 1];
	uint64_t missed = coverage_part(c, c->missed, from_us, to_us);
	uint64_t flows = coverage_part(c, c->flows, from_us, to_us);

	if (from_us >= to_us)
		return;
	l->to_us = to_us;
	if (last != NULL && last->to_us == from_us && coverage_same(last, c) &&
	    strcmp(last->sensor, c->sensor) == 0) {
		last->to_us = to_us;
		last->missed += missed;
		last->flows += flows;
		return;
	}
	if (l->n == STORE_MAX_COVERAGE)
		state_fail(st, STORE_RANGE,
		    "more than %d stretches; wanted a shorter time",
		    STORE_MAX_COVERAGE);
	if (!state_ok(st) ||
	    !state_grow(st, &l->v, l->n, &l->cap, sizeof(*l->v)))
		return;
	l->v[l->n] = *c;
	l->v[l->n].from_us = from_us;
	l->v[l->n].to_us = to_us;
	l->v[l->n].missed = missed;
	l->v[l->n++].flows = flows;
}

static void
coverage_unknown(struct store *st, struct coverage_list *l, const char *sensor,
    int64_t to_us)
{
	struct coverage c = { .from_us = l->to_us,
		.to_us = to_us,
		.state = COVERAGE_NOT_COMPARED,
		.why = "no record" };

	(void)snprintf(c.sensor, sizeof(c.sensor), "%s", sensor);
	coverage_push(st, l, &c, l->to_us, to_us);
}

static void
coverage_sensor(struct store *st, struct coverage_list *l, int64_t group,
    int64_t sensor, const char *name, int64_t from_us, int64_t to_us)
{
	/* one stretch may begin before the window */
	sqlite3_stmt *s = state_bind(st,
	    "SELECT " COVERAGE_COLUMNS " FROM coverage WHERE group_id = ?1"
	    " AND sensor_id = ?2 AND from_us < ?4 AND to_us > ?3"
	    " AND from_us >= ifnull((SELECT max(from_us) FROM coverage"
	    " WHERE group_id = ?1 AND sensor_id = ?2 AND from_us <= ?3),"
	    " ?3) ORDER BY from_us",
	    "iiii", group, sensor, from_us, to_us);
	struct coverage c = { 0 };

	l->to_us = from_us;
	(void)snprintf(c.sensor, sizeof(c.sensor), "%s", name);
	while (state_step(st, s)) {
		coverage_take(s, &c);
		if (!coverage_is_about(c.nets, l->net)) {
			c.state = COVERAGE_COMPLETE;
			c.missed = 0;
			c.why[0] = c.nets[0] = '\0';
		}
		if (c.from_us > l->to_us)
			coverage_unknown(st, l, name, c.from_us);
		coverage_push(st, l, &c,
		    c.from_us > from_us ? c.from_us : from_us,
		    c.to_us < to_us ? c.to_us : to_us);
	}
	coverage_unknown(st, l, name, to_us);
}

enum store_error
store_coverage(struct store *st, const char *group, const char *sensor,
    const char *net, int64_t from_us, int64_t to_us, struct coverage **v,
    size_t *n, struct diag *d)
{
	struct coverage_list l = { 0 };
	struct flow_net cidr;
	enum store_error error;
	sqlite3_stmt *s;
	char name[64];
	int64_t id;

	state_begin_read(st);
	id = state_group(st, group);
	if (sensor != NULL)
		(void)state_sensor(st, sensor);
	if (net != NULL && !flow_net_parse(span_from(net), &cidr))
		state_fail(st, STORE_RANGE,
		    "'%s'; wanted a network such as 10.20.0.0/16", net);
	if (net != NULL)
		l.net = &cidr;
	s = state_bind(st,
	    "SELECT id, name FROM sensor WHERE name = ifnull(?1, name)"
	    " AND id IN (SELECT sensor_id FROM group_member"
	    " WHERE group_id = ?2 AND ifnull(valid_to_us, ?3 + 1) > ?3)"
	    " ORDER BY name",
	    "sii", sensor, id, from_us);
	while (state_step(st, s)) {
		STATE_TEXT(s, 1, name);
		coverage_sensor(st, &l, id, sqlite3_column_int64(s, 0), name,
		    from_us, to_us);
	}
	error = state_end(st, d);
	if (error != STORE_OK) {
		free(l.v);
		l = (struct coverage_list){ 0 };
	}
	*v = l.v;
	*n = l.n;
	return error;
}
