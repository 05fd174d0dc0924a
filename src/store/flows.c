/*
 * Two rows a flow, one a side; that of a side without it has no start.
 */
#include <string.h>
#include "store/flows.h"
#include "store/state.h"

/* In meta, by incident: up to where its flows were given. */
#define FLOWS_UNTIL "flows until"

static int64_t
flows_next(struct store *st, int64_t id)
{
	return state_int(st, 0,
	    "SELECT max(n) + 1 FROM incident_flow WHERE incident_id = ?", "i",
	    id);
}

static void
flows_add_side(
    struct store *st, int64_t id, int64_t n, int i, const struct store_flow *f)
{
	const struct store_flow_side *s = &f->side[i];
	char orig[FLOW_ADDR_MAX], resp[FLOW_ADDR_MAX];

	if (!s->has) {
		(void)state_run(st,
		    "INSERT INTO incident_flow (incident_id, n, side, kind,"
		    " sensor) VALUES (?, ?, ?, ?, ?)",
		    "iiiss", id, n, (int64_t)i, f->kind, s->sensor);
		return;
	}
	flow_addr_format(&s->flow.orig, orig);
	flow_addr_format(&s->flow.resp, resp);
	(void)state_run(st,
	    "INSERT INTO incident_flow VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "iiissiisisiisiiiiiiiss", id, n, (int64_t)i, f->kind, s->sensor,
	    s->flow.start_us, s->flow.duration_us, orig,
	    (int64_t)s->flow.orig_port, resp, (int64_t)s->flow.resp_port,
	    (int64_t)s->flow.proto, s->uid, (int64_t)s->flow.flags,
	    (int64_t)s->flow.orig_bytes, (int64_t)s->flow.resp_bytes,
	    (int64_t)s->flow.orig_pkts, (int64_t)s->flow.resp_pkts,
	    (int64_t)s->flow.orig_ip_bytes, (int64_t)s->flow.resp_ip_bytes,
	    flow_state_name((enum flow_state)s->flow.state), s->history);
}

enum store_error
store_add_flows(struct store *st, int64_t id, const struct store_flow *f,
    size_t n, int64_t until_us, struct diag *d)
{
	int64_t next;
	size_t i;
	int side;

	state_begin(st);
	state_want_incident(st, id);
	next = flows_next(st, id);
	for (i = 0; i < n && next < STORE_MAX_FLOWS; i++, next++)
		for (side = 0; side < 2; side++)
			flows_add_side(st, id, next, side, &f[i]);
	state_meta_set(st, FLOWS_UNTIL, id, until_us);
	return state_end(st, d);
}

enum store_error
store_flows_until(
    struct store *st, int64_t id, int64_t *until_us, struct diag *d)
{
	state_begin_read(st);
	state_want_incident(st, id);
	*until_us = flows_next(st, id) >= STORE_MAX_FLOWS
	    ? INT64_MAX
	    : state_meta(st, INT64_MIN, FLOWS_UNTIL, id);
	return state_end(st, d);
}

enum store_error
store_flows_count(struct store *st, int64_t id, size_t *n, struct diag *d)
{
	state_begin_read(st);
	state_want_incident(st, id);
	*n = (size_t)flows_next(st, id);
	return state_end(st, d);
}

static void
flows_take_side(sqlite3_stmt *s, struct store_flow_side *out)
{
	char orig[FLOW_ADDR_MAX], resp[FLOW_ADDR_MAX], state[16];
	struct flow *f = &out->flow;

	STATE_TEXT(s, 3, out->sensor);
	if (sqlite3_column_type(s, 4) == SQLITE_NULL)
		return;
	f->start_us = sqlite3_column_int64(s, 4);
	f->duration_us = sqlite3_column_int64(s, 5);
	STATE_TEXT(s, 6, orig);
	f->orig_port = (uint16_t)sqlite3_column_int(s, 7);
	STATE_TEXT(s, 8, resp);
	f->resp_port = (uint16_t)sqlite3_column_int(s, 9);
	f->proto = (uint8_t)sqlite3_column_int(s, 10);
	STATE_TEXT(s, 11, out->uid);
	f->flags = (uint8_t)sqlite3_column_int(s, 12);
	f->orig_bytes = (uint64_t)sqlite3_column_int64(s, 13);
	f->resp_bytes = (uint64_t)sqlite3_column_int64(s, 14);
	f->orig_pkts = (uint64_t)sqlite3_column_int64(s, 15);
	f->resp_pkts = (uint64_t)sqlite3_column_int64(s, 16);
	f->orig_ip_bytes = (uint64_t)sqlite3_column_int64(s, 17);
	f->resp_ip_bytes = (uint64_t)sqlite3_column_int64(s, 18);
	STATE_TEXT(s, 19, state);
	f->state = (uint8_t)flow_state_parse(span_from(state));
	STATE_TEXT(s, 20, out->history);
	f->worker = FLOW_NO_WORKER;
	out->has = flow_addr_parse(span_from(orig), &f->orig) &&
	    flow_addr_parse(span_from(resp), &f->resp);
}

enum store_error
store_flows(struct store *st, int64_t id, struct store_flow **v, size_t *n,
    struct diag *d)
{
	int64_t last = -1;
	size_t cap = 0, i, side;
	sqlite3_stmt *s;

	state_begin_list(st, v, n);
	state_want_incident(st, id);
	s = state_bind(st,
	    "SELECT n, side, kind, sensor, start_us, duration_us, orig,"
	    " orig_port, resp, resp_port, proto, uid, flags, orig_bytes,"
	    " resp_bytes, orig_pkts, resp_pkts, orig_ip_bytes, resp_ip_bytes,"
	    " state, history FROM incident_flow WHERE incident_id = ?"
	    " ORDER BY n, side",
	    "i", id);
	while (state_step(st, s)) {
		if (sqlite3_column_int64(s, 0) != last) {
			if (!state_grow(st, v, *n, &cap, sizeof(**v)))
				continue;
			last = sqlite3_column_int64(s, 0);
			memset(&(*v)[(*n)++], 0, sizeof(**v));
			STATE_TEXT(s, 2, (*v)[*n - 1].kind);
		}
		flows_take_side(s,
		    &(*v)[*n - 1].side[sqlite3_column_int(s, 1) == 1 ? 1 : 0]);
	}
	for (i = 0; i < *n; i++)
		for (side = 0; side < 2; side++) {
			struct store_flow_side *x = &(*v)[i].side[side];

			x->flow.uid = span_from(x->uid);
			x->flow.history = span_from(x->history);
		}
	return state_end_list(st, v, n, d);
}
