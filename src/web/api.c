/*
 * The API, version 1: doc/openapi.yaml is its contract. Fields may be added,
 * not changed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "store/overview.h"
#include "store/reading.h"
#include "store/roster.h"
#include "web/visit.h"

#define API_DAY_US (86400 * US_PER_S)

static const char *
api_comma(size_t i)
{
	return i == 0 ? "" : ",\n";
}

void
api_groups(struct visit *v)
{
	struct store_group_info *g = NULL;
	size_t n = 0, i, k;

	if (!visit_ok(v, store_groups(v->site->store, &g, &n, &v->why)))
		return;
	put(v->out, "{\"groups\":[");
	for (i = 0; i < n; i++) {
		put(v->out,
		    "%x{\"name\":%q,\"relation\":%q,\"bucket\":%f,"
		    "\"newest\":%e,\"sensors\":[",
		    api_comma(i), g[i].name,
		    g[i].relation == RELATION_SUBSET ? "subset" : "mirror",
		    (double)g[i].width_us / (double)US_PER_S, g[i].last_us);
		for (k = 0; k < g[i].nmembers; k++)
			put(v->out, "%x%q", k == 0 ? "" : ",", g[i].member[k]);
		put(v->out, "]}");
	}
	put(v->out, "]}\n");
	free(g);
}

/* -- cells -- */

static const char *const api_spans[] = { [STORE_BY_BUCKET] = "bucket",
	[STORE_BY_HOUR] = "hour",
	[STORE_BY_DAY] = "day" };

static void
api_cell(struct buf *out, const struct store_cell *c, enum store_span by)
{
	size_t i;

	put(out,
	    "{\"start\":%e,\"buckets\":%l,\"paired\":%l,\"unpaired\":%l,"
	    "\"damaged\":%l,\"agreement\":%f,\"status\":{",
	    c->start_us, (int64_t)c->buckets, (int64_t)c->paired,
	    (int64_t)c->unpaired, (int64_t)c->damaged, c->worst);
	for (i = 0; i < STORE_NSTATUSES; i++)
		put(out, "%x%q:%l", i == 0 ? "" : ",",
		    store_status_name((unsigned)i), (int64_t)c->status[i]);
	put(out, "}");
	if (by == STORE_BY_BUCKET)
		put(out, ",\"reading\":%q,\"reason\":%q",
		    c->reading == STORE_EARLY ? "early" : "full", c->reason);
	put(out, "}");
}

void
api_heat(struct visit *v)
{
	const char *by_name = visit_param(v, "by");
	enum store_span by = STORE_BY_HOUR;
	struct store_cell *c = NULL;
	int64_t from_us, to_us;
	size_t n = 0, i;

	for (i = 0; by_name != NULL && i < ARRAY_LEN(api_spans); i++)
		if (strcmp(by_name, api_spans[i]) == 0)
			break;
	if (i == ARRAY_LEN(api_spans)) {
		diag_set(&v->why, "by is one of bucket, hour, day");
		visit_fail(v, 400);
		return;
	}
	if (by_name != NULL)
		by = (enum store_span)i;
	if (!visit_time(v, "to", v->now_us, &to_us) ||
	    !visit_time(v, "from", to_us - API_DAY_US, &from_us) ||
	    !visit_ok(v,
		store_heat(v->site->store, v->word[0], from_us, to_us, by, &c,
		    &n, &v->why)))
		return;
	put(v->out, "{\"group\":%q,\"by\":%q,\"from\":%e,\"to\":%e,\"cells\":[",
	    v->word[0], api_spans[by], from_us, to_us);
	for (i = 0; i < n; i++) {
		put(v->out, "%x", api_comma(i));
		api_cell(v->out, &c[i], by);
	}
	put(v->out, "]}\n");
	free(c);
}

/* -- a bucket -- */

static void
api_bucket_sensors(struct buf *out, const struct result *r)
{
	size_t i, k;
	bool any;

	put(out, "\"sensors\":[");
	for (i = 0; i < r->nsensors; i++) {
		const struct result_sensor *s = &r->sensors[i];

		put(out,
		    "%x{\"name\":%q,\"flows\":%l,\"packets\":%l,"
		    "\"ip_bytes\":%l,\"bad\":%l,\"late\":%l,"
		    "\"clock_offset\":%f,\"gaps\":[",
		    api_comma(i), s->name, (int64_t)s->flows,
		    (int64_t)s->packets, (int64_t)s->ip_bytes,
		    (int64_t)s->bad_lines, (int64_t)s->late,
		    s->has_offset ? (double)s->offset_us / (double)US_PER_S
				  : NAN);
		for (any = false, k = 0; k < RESULT_NGAPS; k++)
			if (r->buckets[0].gaps[i] & 1U << k) {
				put(out, "%x%q", any ? "," : "",
				    result_gap_name(
					(enum result_gap)(1U << k)));
				any = true;
			}
		put(out, "]}");
	}
	put(out, "]");
}

static void
api_bucket_pairs(struct buf *out, const struct result *r)
{
	size_t i;

	put(out, ",\n\"pairs\":[");
	for (i = 0; i < r->npairs; i++) {
		const struct result_pair *p = &r->pairs[i];

		put(out,
		    "%x{\"a\":%q,\"b\":%q,\"agreement\":%f,\"paired\":%l,"
		    "\"only_a\":%l,\"only_b\":%l,\"damaged\":%l,"
		    "\"shifted\":%l,\"split\":%l,\"differs\":%x}",
		    api_comma(i), r->sensors[p->a].name, r->sensors[p->b].name,
		    p->agreement, (int64_t)p->n.paired, (int64_t)p->n.only_a,
		    (int64_t)p->n.only_b, (int64_t)p->n.damaged,
		    (int64_t)p->n.shifted, (int64_t)p->n.split,
		    r->buckets[0].differs[i] ? "true" : "false");
	}
	put(out, "]");
}

/* Rows of workers and facets: what people ask for by name. */
static void
api_bucket_evidence(struct buf *out, const struct evidence *e, size_t n)
{
	size_t i, k, rows = 0;

	put(out, ",\n\"evidence\":[");
	for (i = 0; i < n; i++) {
		bool any = false;

		put(out, "%x{\"kind\":%q", api_comma(rows++),
		    evidence_kind_name(e[i].kind));
		for (k = 0; k < EVIDENCE_NTEXTS; k++)
			if (e[i].t[k][0] != '\0')
				put(out, ",%q:%q",
				    evidence_text_name((enum evidence_text)k),
				    e[i].t[k]);
		put(out, ",\"numbers\":{");
		for (k = 0; k < EVIDENCE_NNUMBERS; k++)
			if (!isnan(e[i].n[k])) {
				put(out, "%x%q:%f", any ? "," : "",
				    evidence_name((enum evidence_number)k),
				    e[i].n[k]);
				any = true;
			}
		put(out, "}}");
	}
	put(out, "]");
}

void
api_bucket(struct visit *v)
{
	struct result *r = calloc(1, sizeof(*r));
	struct store_cell *c = NULL;
	struct evidence *e = NULL;
	size_t n = 0, ne = 0;
	int64_t at;

	v->out->failed |= r == NULL;
	if (r == NULL ||
	    !visit_number(v, v->word[1], 1, INT64_C(99999999999), &at))
		goto out;
	at *= US_PER_S;
	if (!visit_ok(
		v, store_bucket(v->site->store, v->word[0], at, r, &v->why)) ||
	    !visit_ok(v,
		store_heat(v->site->store, v->word[0], at, at + 1,
		    STORE_BY_BUCKET, &c, &n, &v->why)) ||
	    !visit_ok(v,
		store_evidence(
		    v->site->store, v->word[0], at, at + 1, &e, &ne, &v->why)))
		goto out;
	put(v->out,
	    "{\"group\":%q,\"start\":%e,\"end\":%e,\"cell\":", v->word[0],
	    r->from_us, r->to_us);
	if (n > 0)
		api_cell(v->out, c, STORE_BY_BUCKET);
	else
		put(v->out, "null");
	put(v->out, ",\n");
	api_bucket_sensors(v->out, r);
	api_bucket_pairs(v->out, r);
	api_bucket_evidence(v->out, e, ne);
	put(v->out, "}\n");
out:
	free(c);
	free(e);
	if (r != NULL)
		result_clear(r);
	free(r);
}

/* -- coverage -- */

void
api_coverage(struct visit *v)
{
	struct coverage *c = NULL;
	int64_t from_us, to_us;
	size_t n = 0, i;

	if (!visit_time(v, "to", v->now_us, &to_us) ||
	    !visit_time(v, "from", to_us - API_DAY_US, &from_us) ||
	    !visit_ok(v,
		store_coverage(v->site->store, v->word[0],
		    visit_param(v, "sensor"), visit_param(v, "net"), from_us,
		    to_us, &c, &n, &v->why)))
		return;
	put(v->out, "{\"group\":%q,\"from\":%e,\"to\":%e,\"stretches\":[",
	    v->word[0], from_us, to_us);
	for (i = 0; i < n; i++)
		put(v->out,
		    "%x{\"sensor\":%q,\"from\":%e,\"to\":%e,\"state\":%q,"
		    "\"why\":%q,\"nets\":%q,\"missed\":%l,\"flows\":%l}",
		    api_comma(i), c[i].sensor, c[i].from_us, c[i].to_us,
		    coverage_state_name(c[i].state), c[i].why, c[i].nets,
		    (int64_t)c[i].missed, (int64_t)c[i].flows);
	put(v->out, "]}\n");
	free(c);
}

/* -- sensors -- */

static double
api_seconds(int64_t us)
{
	return us == INT64_MIN ? NAN : (double)us / (double)US_PER_S;
}

static void
api_sensor_one(struct buf *out, const struct store_sensor_state *s)
{
	put(out,
	    "{\"name\":%q,\"last_success\":%e,\"watermark\":%e,\"lag\":%f,"
	    "\"last_failure\":%e,\"failure\":%q,\"answers\":%x",
	    s->sensor, s->success_us, s->watermark_us, api_seconds(s->lag_us),
	    s->failure_us, s->failure,
	    s->failure_us > s->success_us ? "false" : "true");
}

void
api_sensors(struct visit *v)
{
	struct store_sensor_state *s = NULL;
	size_t n = 0, i;

	if (!visit_ok(v, store_sensor_states(v->site->store, &s, &n, &v->why)))
		return;
	put(v->out, "{\"sensors\":[");
	for (i = 0; i < n; i++) {
		put(v->out, "%x", api_comma(i));
		api_sensor_one(v->out, &s[i]);
		put(v->out, "}");
	}
	put(v->out, "]}\n");
	free(s);
}

void
api_sensor(struct visit *v)
{
	struct store_attribute_info *a = NULL;
	struct store_sensor_state *s = NULL;
	size_t n = 0, na = 0, i;

	if (!visit_ok(v,
		store_attribute_history(
		    v->site->store, v->word[0], &a, &na, &v->why)) ||
	    !visit_ok(v, store_sensor_states(v->site->store, &s, &n, &v->why)))
		goto out;
	for (i = 0; i < n; i++)
		if (strcmp(s[i].sensor, v->word[0]) == 0)
			break;
	if (i < n)
		api_sensor_one(v->out, &s[i]);
	else
		put(v->out, "{\"name\":%q", v->word[0]);
	put(v->out, ",\"attributes\":[");
	for (i = 0; i < na; i++)
		put(v->out, "%x{\"key\":%q,\"value\":%q,\"from\":%e,\"to\":%e}",
		    api_comma(i), a[i].key, a[i].value, a[i].from_us,
		    a[i].to_us);
	put(v->out, "]}\n");
out:
	free(a);
	free(s);
}
