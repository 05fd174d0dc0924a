/*
 * doc/diff-json.md is the contract: fields may be added, never renamed or
 * moved. What is not known is null.
 */
#include <inttypes.h>
#include <math.h>
#include "crosstap/report.h"
#include "crosstap/report_number.h"

/* "key": with a comma before all but the first of an object. */
static void
json_key(struct buf *out, const char *key)
{
	if (out->n > 0 && out->p[out->n - 1] != '{')
		buf_add_char(out, ',');
	buf_printf(out, "\"%s\":", key);
}

/* Between the members of a list. */
static void
json_next(struct buf *out)
{
	if (out->n > 0 && out->p[out->n - 1] != '[')
		buf_add_char(out, ',');
}

static void
json_value(struct buf *out, const char *s)
{
	buf_add_char(out, '"');
	buf_add_json(out, span_from(s));
	buf_add_char(out, '"');
}

static void
json_text(struct buf *out, const char *key, const char *s)
{
	json_key(out, key);
	json_value(out, s);
}

static void
json_text_or_null(struct buf *out, const char *key, const char *s)
{
	if (s[0] != '\0') {
		json_text(out, key, s);
		return;
	}
	json_key(out, key);
	buf_add_str(out, "null");
}

static void
json_count(struct buf *out, const char *key, uint64_t n)
{
	json_key(out, key);
	buf_printf(out, "%" PRIu64, n);
}

static void
json_double(struct buf *out, const char *key, double v)
{
	json_key(out, key);
	report_number(v, out);
}

static void
json_seconds(struct buf *out, const char *key, int64_t us)
{
	json_key(out, key);
	report_number_seconds(us, out);
}

static void
json_sensors(const struct result *r, struct buf *out)
{
	size_t i;

	json_key(out, "sensors");
	buf_add_char(out, '[');
	for (i = 0; i < r->nsensors; i++) {
		const struct result_sensor *s = &r->sensors[i];

		json_next(out);
		buf_add_char(out, '{');
		json_text(out, "name", s->name);
		json_text(out, "path", s->path);
		json_count(out, "flows", s->flows);
		json_count(out, "packets", s->packets);
		json_count(out, "ip_bytes", s->ip_bytes);
		json_seconds(out, "clock_offset",
		    i == 0              ? 0
			: s->has_offset ? s->offset_us
					: INT64_MIN);
		json_count(out, "lines", s->lines);
		json_count(out, "bad_lines", s->bad_lines);
		json_count(out, "late", s->late);
		json_count(out, "outside", s->outside);
		json_count(out, "bytes_read", s->bytes_read);
		if (s->sftp_bytes > 0)
			json_count(out, "sftp_bytes", s->sftp_bytes);
		json_seconds(out, "first_end", s->first_end_us);
		json_seconds(out, "watermark", s->watermark_us);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* The members that a pair has in total and in each bucket. */
static void
json_pair(const struct result *r, size_t i, const struct result_counts *n,
    bool compared, struct buf *out)
{
	const struct result_pair *p = &r->pairs[i];

	json_text(out, "a", r->sensors[p->a].name);
	json_text(out, "b", r->sensors[p->b].name);
	json_text(out, "relation", report_relation_id(p->relation));
	json_count(out, "paired", n->paired);
	json_count(out, "only_a", n->only_a);
	json_count(out, "only_b", n->only_b);
	json_count(out, "damaged", n->damaged);
	json_count(out, "shifted", n->shifted);
	json_count(out, "split", n->split);
	json_double(out, "agreement",
	    compared ? result_agreement(n, p->relation) : NAN);
	json_key(out, "compared");
	buf_add_str(out, compared ? "true" : "false");
}

static void
json_pairs(const struct result *r, struct buf *out)
{
	size_t i;

	json_key(out, "pairs");
	buf_add_char(out, '[');
	for (i = 0; i < r->npairs; i++) {
		json_next(out);
		buf_add_char(out, '{');
		json_pair(r, i, &r->pairs[i].n, r->pairs[i].compared, out);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void
json_gaps(
    const struct result *r, const struct result_bucket *b, struct buf *out)
{
	size_t s;
	unsigned g;

	json_key(out, "gaps");
	buf_add_char(out, '[');
	for (s = 0; s < r->nsensors; s++) {
		if (b->gaps[s] == 0)
			continue;
		json_next(out);
		buf_add_char(out, '{');
		json_text(out, "sensor", r->sensors[s].name);
		json_key(out, "reasons");
		buf_add_char(out, '[');
		for (g = 0; g < RESULT_NGAPS; g++) {
			if ((b->gaps[s] >> g & 1) == 0)
				continue;
			json_next(out);
			json_value(out, report_gap_id(1U << g));
		}
		buf_add_str(out, "]}");
	}
	buf_add_char(out, ']');
}

static void
json_bucket(
    const struct result *r, const struct result_bucket *b, struct buf *out)
{
	size_t i;

	buf_add_char(out, '{');
	json_seconds(out, "start", b->start_us);
	json_text(out, "status", bucket_status_name(b->status));
	json_key(out, "flows");
	buf_add_char(out, '[');
	for (i = 0; i < r->nsensors; i++) {
		json_next(out);
		buf_printf(out, "%" PRIu64, b->flows[i]);
	}
	buf_add_char(out, ']');
	json_key(out, "pairs");
	buf_add_char(out, '[');
	for (i = 0; i < r->npairs; i++) {
		json_next(out);
		buf_add_char(out, '{');
		json_pair(r, i, &b->n[i], b->compared[i], out);
		json_key(out, "differs");
		buf_add_str(out, b->differs[i] ? "true" : "false");
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
	json_gaps(r, b, out);
	buf_add_char(out, '}');
}

static void
json_finding(const struct finding *f, struct buf *out)
{
	size_t i;

	buf_add_char(out, '{');
	json_text(out, "rule", f->rule);
	json_text_or_null(out, "sensor", f->several ? "" : f->sensor);
	json_text_or_null(out, "peer", f->peer);
	if (f->attribute[0] != '\0')
		json_text(out, "attribute", f->attribute);
	if (f->cause[0] != '\0')
		json_text(out, "cause", f->cause);
	json_text(out, "severity", severity_name(f->severity));
	json_seconds(out, "from", f->from_us);
	json_seconds(out, "to", f->to_us);
	json_double(out, "share", f->share);
	json_key(out, "facet");
	if (f->facet[0] == '\0')
		buf_add_str(out, "null");
	else {
		buf_add_char(out, '{');
		json_text(out, "name", f->facet);
		json_text(out, "value", f->value);
		buf_add_char(out, '}');
	}
	if (f->direction == DIRECTION_NONE) {
		json_key(out, "direction");
		buf_add_str(out, "null");
	} else
		json_text(
		    out, "direction", finding_direction_name(f->direction));
	json_text(out, "summary", f->summary);
	json_key(out, "evidence");
	buf_add_char(out, '{');
	for (i = 0; i < f->nevidence && i < FINDING_MAX_EVIDENCE; i++)
		json_double(out, f->evidence[i].name, f->evidence[i].value);
	buf_add_str(out, "}}");
}

void
report_json(const struct result *r, const char *version, struct buf *out)
{
	size_t i;

	buf_add_char(out, '{');
	json_text(out, "crosstap", version);
	json_seconds(out, "from", r->from_us);
	json_seconds(out, "to", r->to_us);
	json_seconds(out, "bucket", r->width_us);
	json_sensors(r, out);
	json_pairs(r, out);
	json_key(out, "buckets");
	buf_add_char(out, '[');
	for (i = 0; i < r->nbuckets; i++) {
		json_next(out);
		json_bucket(r, &r->buckets[i], out);
	}
	buf_add_char(out, ']');
	json_key(out, "findings");
	buf_add_char(out, '[');
	for (i = 0; i < r->nfindings; i++) {
		json_next(out);
		json_finding(&r->findings[i], out);
	}
	buf_add_char(out, ']');
	json_key(out, "notes");
	buf_add_char(out, '[');
	for (i = 0; i < r->nnotes; i++) {
		json_next(out);
		json_value(out, r->notes[i]);
	}
	buf_add_str(out, "]}\n");
}
