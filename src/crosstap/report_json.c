/*
 * doc/diff-json.md is the contract: fields may be added, never renamed or
 * moved. What is not known is null.
 */
#include <inttypes.h>
#include <math.h>
#include "base/jsonw.h"
#include "crosstap/report.h"
#include "crosstap/report_words.h"

static void
json_sensors(const struct result *r, struct buf *out)
{
	size_t i;

	jsonw_key(out, "sensors");
	buf_add_char(out, '[');
	for (i = 0; i < r->nsensors; i++) {
		const struct result_sensor *s = &r->sensors[i];

		jsonw_next(out);
		buf_add_char(out, '{');
		jsonw_text(out, "name", s->name);
		jsonw_text(out, "path", s->path);
		jsonw_count(out, "flows", s->flows);
		jsonw_count(out, "packets", s->packets);
		jsonw_count(out, "ip_bytes", s->ip_bytes);
		jsonw_seconds(out, "clock_offset",
		    i == 0              ? 0
			: s->has_offset ? s->offset_us
					: INT64_MIN);
		jsonw_count(out, "lines", s->lines);
		jsonw_count(out, "bad_lines", s->bad_lines);
		jsonw_count(out, "late", s->late);
		jsonw_count(out, "outside", s->outside);
		jsonw_count(out, "bytes_read", s->bytes_read);
		if (s->sftp_bytes > 0)
			jsonw_count(out, "sftp_bytes", s->sftp_bytes);
		jsonw_seconds(out, "first_end", s->first_end_us);
		jsonw_seconds(out, "watermark", s->watermark_us);
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

	jsonw_text(out, "a", r->sensors[p->a].name);
	jsonw_text(out, "b", r->sensors[p->b].name);
	jsonw_text(out, "relation", report_relation_id(p->relation));
	jsonw_count(out, "paired", n->paired);
	jsonw_count(out, "only_a", n->only_a);
	jsonw_count(out, "only_b", n->only_b);
	jsonw_count(out, "damaged", n->damaged);
	jsonw_count(out, "shifted", n->shifted);
	jsonw_count(out, "split", n->split);
	jsonw_real(out, "agreement",
	    compared ? result_agreement(n, p->relation) : NAN);
	jsonw_flag(out, "compared", compared);
}

static void
json_pairs(const struct result *r, struct buf *out)
{
	size_t i;

	jsonw_key(out, "pairs");
	buf_add_char(out, '[');
	for (i = 0; i < r->npairs; i++) {
		jsonw_next(out);
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

	jsonw_key(out, "gaps");
	buf_add_char(out, '[');
	for (s = 0; s < r->nsensors; s++) {
		if (b->gaps[s] == 0)
			continue;
		jsonw_next(out);
		buf_add_char(out, '{');
		jsonw_text(out, "sensor", r->sensors[s].name);
		jsonw_key(out, "reasons");
		buf_add_char(out, '[');
		for (g = 0; g < RESULT_NGAPS; g++) {
			if ((b->gaps[s] >> g & 1) == 0)
				continue;
			jsonw_next(out);
			jsonw_value(out, span_from(report_gap_id(1U << g)));
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
	jsonw_seconds(out, "start", b->start_us);
	jsonw_text(out, "status", bucket_status_name(b->status));
	jsonw_key(out, "flows");
	buf_add_char(out, '[');
	for (i = 0; i < r->nsensors; i++) {
		jsonw_next(out);
		buf_printf(out, "%" PRIu64, b->flows[i]);
	}
	buf_add_char(out, ']');
	jsonw_key(out, "pairs");
	buf_add_char(out, '[');
	for (i = 0; i < r->npairs; i++) {
		jsonw_next(out);
		buf_add_char(out, '{');
		json_pair(r, i, &b->n[i], b->compared[i], out);
		jsonw_key(out, "differs");
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
	jsonw_text(out, "rule", f->rule);
	jsonw_text_or_null(out, "sensor", f->several ? "" : f->sensor);
	jsonw_text_or_null(out, "peer", f->peer);
	if (f->attribute[0] != '\0')
		jsonw_text(out, "attribute", f->attribute);
	if (f->cause[0] != '\0')
		jsonw_text(out, "cause", f->cause);
	jsonw_text(out, "severity", severity_name(f->severity));
	jsonw_seconds(out, "from", f->from_us);
	jsonw_seconds(out, "to", f->to_us);
	jsonw_real(out, "share", f->share);
	jsonw_key(out, "facet");
	if (f->facet[0] == '\0')
		buf_add_str(out, "null");
	else {
		buf_add_char(out, '{');
		jsonw_text(out, "name", f->facet);
		jsonw_text(out, "value", f->value);
		buf_add_char(out, '}');
	}
	if (f->direction == DIRECTION_NONE) {
		jsonw_null(out, "direction");
	} else
		jsonw_text(
		    out, "direction", finding_direction_name(f->direction));
	jsonw_text(out, "summary", f->summary);
	jsonw_key(out, "evidence");
	buf_add_char(out, '{');
	for (i = 0; i < f->nevidence && i < FINDING_MAX_EVIDENCE; i++)
		jsonw_real(out, f->evidence[i].name, f->evidence[i].value);
	buf_add_str(out, "}}");
}

void
report_json(const struct result *r, const char *version, struct buf *out)
{
	size_t i;

	buf_add_char(out, '{');
	jsonw_text(out, "crosstap", version);
	jsonw_seconds(out, "from", r->from_us);
	jsonw_seconds(out, "to", r->to_us);
	jsonw_seconds(out, "bucket", r->width_us);
	json_sensors(r, out);
	json_pairs(r, out);
	jsonw_key(out, "buckets");
	buf_add_char(out, '[');
	for (i = 0; i < r->nbuckets; i++) {
		jsonw_next(out);
		json_bucket(r, &r->buckets[i], out);
	}
	buf_add_char(out, ']');
	jsonw_key(out, "findings");
	buf_add_char(out, '[');
	for (i = 0; i < r->nfindings; i++) {
		jsonw_next(out);
		json_finding(&r->findings[i], out);
	}
	buf_add_char(out, ']');
	jsonw_key(out, "notes");
	buf_add_char(out, '[');
	for (i = 0; i < r->nnotes; i++) {
		jsonw_next(out);
		jsonw_value(out, span_from(r->notes[i]));
	}
	buf_add_str(out, "]}\n");
}
