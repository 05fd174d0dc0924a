/*
 * A table of fields for each kind, over the structs that the daemon works
 * with, where these are plain; what is packed (bits, small numbers) has a
 * struct of its own beside them while it is on the way.
 */
#include <math.h>
#include "wire/fields.h"
#include "wire/frame.h"
#include "wire/pull.h"
#include "wire/record.h"

#define PULL_GAPS_BITS 8

/* As it is sent. */
struct pull_wire {
	struct pull m; /* first */
	uint64_t kind;
	uint64_t gaps;              /* a byte for each sensor */
	uint64_t compared, differs; /* a bit for each pair */
	uint64_t a, b, relation;
	uint64_t column[FINDING_MAX_EVIDENCE]; /* and 1: 0 is none */
	double value[FINDING_MAX_EVIDENCE];
	struct span record[2];
};

#define AT(member) .offset = offsetof(struct pull_wire, member)
#define IN(member) .offset = offsetof(struct pull_wire, m.u.member)
#define HEAD                                          \
	{ .key = 0, .type = FIELD_U64, AT(kind) },    \
	{                                             \
		.key = 1, .type = FIELD_U64, AT(m.id) \
	}
#define NUMBER(k, where, most)                                  \
	{                                                       \
		.key = k, .type = FIELD_U64, where, .max = most \
	}
#define WORD(k, where, most)                                    \
	{                                                       \
		.key = k, .type = FIELD_U32, where, .max = most \
	}
#define COUNT(k, where) NUMBER(k, where, PULL_COUNT_MAX)
#define FLAG(k, where)                              \
	{                                           \
		.key = k, .type = FIELD_BOOL, where \
	}
#define TIME(k, where, none)                                        \
	{                                                           \
		.key = k, .type = FIELD_I64, where, .absent = none, \
		.max = WIRE_TIME_MAX_US                             \
	}
#define TEXT(k, where, most)                                     \
	{                                                        \
		.key = k, .type = FIELD_TEXT, where, .max = most \
	}
#define BYTES(k, where, most)                                     \
	{                                                         \
		.key = k, .type = FIELD_BYTES, where, .max = most \
	}
#define CHARS(k, member)                                    \
	{                                                   \
		.key = k, .type = FIELD_CHARS, IN(member),  \
		.max = sizeof(((struct pull *)0)->u.member) \
	}
#define LIST(k, what, where, most)                         \
	{                                                  \
		.key = k, .type = what, where, .max = most \
	}

static const struct field pull_head_fields[] = { HEAD };
static const struct field pull_config_fields[] = { HEAD,
	NUMBER(2, IN(config.version), 0),
	TEXT(3, IN(config.file), WIRE_PATH_MAX),
	BYTES(4, IN(config.text), PULL_TEXT_PART) };
static const struct field pull_rule_fields[] = { HEAD,
	WORD(2, IN(rule.set), PULL_MAX_INDEX),
	TEXT(3, IN(rule.file), WIRE_PATH_MAX),
	BYTES(4, IN(rule.text), PULL_TEXT_PART) };
static const struct field pull_compare_fields[] = { HEAD,
	WORD(2, IN(compare.group), PULL_MAX_INDEX),
	WORD(3, IN(compare.rules), PULL_MAX_INDEX),
	WORD(4, IN(compare.reading), 1), FLAG(5, IN(compare.flows)),
	TIME(6, IN(compare.from_us), 0), TIME(7, IN(compare.to_us), 0),
	TIME(8, IN(compare.settled_us), INT64_MIN),
	NUMBER(9, IN(compare.seed), 0),
	LIST(10, FIELD_TIMES, IN(compare.shift_us), RESULT_MAX_SENSORS),
	LIST(11, FIELD_NUMBERS, IN(compare.usual), RESULT_MAX_PAIRS) };
static const struct field pull_files_fields[] = { HEAD,
	WORD(2, IN(files.sensor), PULL_MAX_INDEX), FLAG(3, IN(files.checksums)),
	TIME(4, IN(files.from_us), 0), TIME(5, IN(files.to_us), 0) };
static const struct field pull_ready_fields[] = { HEAD,
	NUMBER(2, IN(ready.version), 0), CHARS(3, ready.files),
	CHARS(4, ready.calls) };
static const struct field pull_sensor_fields[] = { HEAD,
	WORD(2, IN(sensor.index), RESULT_MAX_SENSORS - 1),
	COUNT(3, IN(sensor.sensor.flows)), COUNT(4, IN(sensor.sensor.packets)),
	COUNT(5, IN(sensor.sensor.ip_bytes)), COUNT(6, IN(sensor.sensor.lines)),
	COUNT(7, IN(sensor.sensor.bad_lines)), COUNT(8, IN(sensor.sensor.late)),
	COUNT(9, IN(sensor.sensor.outside)),
	COUNT(10, IN(sensor.sensor.bytes_read)),
	TIME(11, IN(sensor.sensor.first_end_us), INT64_MAX),
	TIME(12, IN(sensor.sensor.watermark_us), INT64_MIN),
	TIME(13, IN(sensor.sensor.offset_us), 0),
	FLAG(14, IN(sensor.sensor.has_offset)), CHARS(15, sensor.failed),
	TIME(16, IN(sensor.shift_us), 0),
	TIME(17, IN(sensor.watermark_us), INT64_MIN),
	TIME(18, IN(sensor.lag_us), INT64_MIN), COUNT(19, IN(sensor.sent)),
	COUNT(20, IN(sensor.received)), COUNT(21, IN(sensor.waited_us)) };
static const struct field pull_pair_fields[] = { HEAD,
	WORD(2, IN(pair.index), RESULT_MAX_PAIRS - 1),
	NUMBER(3, AT(a), RESULT_MAX_SENSORS - 1),
	NUMBER(4, AT(b), RESULT_MAX_SENSORS - 1),
	NUMBER(5, AT(relation), RELATION_SUBSET),
	LIST(6, FIELD_COUNTS, IN(pair.pair.n), 6),
	FLAG(7, IN(pair.pair.compared)),
	LIST(8, FIELD_NUMBERS, IN(pair.pair.agreement), 1) };
static const struct field pull_bucket_fields[] = { HEAD,
	TIME(2, IN(bucket.start_us), 0),
	WORD(3, IN(bucket.status), BUCKET_MISSING), NUMBER(4, AT(gaps), 0),
	LIST(5, FIELD_COUNTS, IN(bucket.flows), RESULT_MAX_SENSORS),
	LIST(6, FIELD_COUNTS, IN(bucket.n), 6 * RESULT_MAX_PAIRS),
	NUMBER(7, AT(compared), (1u << RESULT_MAX_PAIRS) - 1),
	NUMBER(8, AT(differs), (1u << RESULT_MAX_PAIRS) - 1) };
static const struct field pull_finding_fields[] = { HEAD,
	CHARS(2, finding.rule), CHARS(3, finding.by), CHARS(4, finding.sensor),
	CHARS(5, finding.peer), FLAG(6, IN(finding.several)),
	CHARS(7, finding.attribute), CHARS(8, finding.cause),
	WORD(9, IN(finding.severity), SEVERITY_CRITICAL),
	TIME(10, IN(finding.from_us), 0), TIME(11, IN(finding.to_us), 0),
	LIST(12, FIELD_NUMBERS, IN(finding.share), 1), CHARS(13, finding.facet),
	CHARS(14, finding.value),
	WORD(15, IN(finding.direction), DIRECTION_OUTBOUND),
	CHARS(16, finding.summary),
	LIST(17, FIELD_COUNTS, AT(column), FINDING_MAX_EVIDENCE),
	LIST(18, FIELD_NUMBERS, AT(value), FINDING_MAX_EVIDENCE) };
static const struct field pull_row_fields[] = {
	HEAD, WORD(2, IN(row.kind), EVIDENCE_NKINDS - 1),
	TIME(3, IN(row.start_us), 0),
	LIST(4, FIELD_NUMBERS, IN(row.n), EVIDENCE_NNUMBERS),
#define X(name, meaning) CHARS(5 + EVT_##name, row.t[EVT_##name]),
	EVIDENCE_TEXTS(X)
#undef X
};
static const struct field pull_flow_fields[] = { HEAD,
	WORD(2, IN(flow.pair), RESULT_MAX_PAIRS - 1),
	WORD(3, IN(flow.kind), DIFFERENCE_SPLIT),
	BYTES(4, AT(record[0]), WIRE_FRAME_SOFT),
	BYTES(5, AT(record[1]), WIRE_FRAME_SOFT) };
static const struct field pull_file_fields[] = { HEAD,
	BYTES(2, IN(file), WIRE_FRAME_SOFT) };
static const struct field pull_done_fields[] = { HEAD, COUNT(2, IN(done.bytes)),
	TIME(3, IN(done.asking_us), 0), TIME(4, IN(done.judging_us), 0),
	CHARS(5, done.failed), COUNT(6, IN(done.cpu_us)),
	COUNT(7, IN(done.memory_kb)) };

#define KIND(name, of)                                                    \
	{                                                                 \
		name,                                                     \
		{                                                         \
			pull_##of##_fields, ARRAY_LEN(pull_##of##_fields) \
		}                                                         \
	}
static const struct fields pull_head = { pull_head_fields,
	ARRAY_LEN(pull_head_fields) };
static const struct {
	const char *name;
	struct fields fields;
} pull_kinds[PULL_END_OF_KINDS] = {
	[PULL_CONFIG] = KIND("config", config),
	[PULL_RULE] = KIND("rule", rule),
	[PULL_START] = KIND("start", head),
	[PULL_COMPARE] = KIND("compare", compare),
	[PULL_FILES] = KIND("files", files),
	[PULL_BREAK_OFF] = KIND("break-off", head),
	[PULL_READY] = KIND("ready", ready),
	[PULL_SENSOR] = KIND("sensor", sensor),
	[PULL_PAIR] = KIND("pair", pair),
	[PULL_BUCKET] = KIND("bucket", bucket),
	[PULL_FINDING] = KIND("finding", finding),
	[PULL_ROW] = KIND("row", row),
	[PULL_FLOW] = KIND("flow", flow),
	[PULL_FILE] = KIND("file", file),
	[PULL_DONE] = KIND("done", done),
	[PULL_ALIVE] = KIND("alive", head),
};

const char *
pull_kind_name(enum pull_kind k)
{
	return k < PULL_END_OF_KINDS && pull_kinds[k].name != NULL
	    ? pull_kinds[k].name
	    : "unknown";
}

/* -- writing -- */

static const uint64_t *
pull_counts(const struct pull_wire *w, const struct field *f)
{
	return (const uint64_t *)(const void *)((const char *)w + f->offset);
}

/* What a sensor can make as large as it likes ends at what the other side
 * takes. */
static void
pull_clamp(struct pull_wire *w, const struct field *f)
{
	void *p = (char *)w + f->offset;
	int64_t *t = p, most = (int64_t)f->max;
	uint64_t *n = p;
	size_t i;

	if (f->type == FIELD_U64 && f->max != 0 && *n > f->max)
		*n = f->max;
	else if (f->type == FIELD_I64 && *t != f->absent)
		*t = *t > most ? most : *t < -most ? -most : *t;
	for (i = 0; f->type == FIELD_COUNTS && i < f->max; i++)
		if (n[i] > PULL_COUNT_MAX)
			n[i] = PULL_COUNT_MAX;
}

static void
pull_pack_bucket(struct pull_wire *w)
{
	const struct result_bucket *b = &w->m.u.bucket;
	size_t i;

	for (i = 0; i < RESULT_MAX_SENSORS; i++)
		w->gaps |= (uint64_t)b->gaps[i] << (PULL_GAPS_BITS * i);
	for (i = 0; i < RESULT_MAX_PAIRS; i++) {
		w->compared |= (uint64_t)b->compared[i] << i;
		w->differs |= (uint64_t)b->differs[i] << i;
	}
}

static void
pull_pack_finding(struct pull_wire *w)
{
	const struct finding *f = &w->m.u.finding;
	enum evidence_number column;
	size_t i;

	for (i = 0; i < FINDING_MAX_EVIDENCE; i++)
		w->value[i] = NAN;
	for (i = 0; i < f->nevidence; i++) {
		if (!evidence_find(span_from(f->evidence[i].name), &column))
			continue;
		w->column[i] = (uint64_t)column + 1;
		w->value[i] = f->evidence[i].value;
	}
}

static void
pull_pack_flow(struct pull_wire *w, struct buf records[2])
{
	const struct pull_flow *f = &w->m.u.flow;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct record r = { .flow = f->flow[i] };

		if (!f->has[i])
			continue;
		record_encode(&records[i], &r, 0);
		w->record[i] = buf_span(&records[i]);
	}
}

bool
pull_encode(struct buf *out, const struct pull *m)
{
	struct pull_wire w = { .m = *m, .kind = m->kind };
	struct buf records[2] = { BUF_INIT, BUF_INIT };
	const struct fields *table = &pull_kinds[m->kind].fields;
	size_t begun = frame_begin(out), i;
	bool ok;

	INVARIANT(table->n > 0);
	if (m->kind == PULL_BUCKET)
		pull_pack_bucket(&w);
	else if (m->kind == PULL_FINDING)
		pull_pack_finding(&w);
	else if (m->kind == PULL_FLOW)
		pull_pack_flow(&w, records);
	else if (m->kind == PULL_PAIR) {
		w.a = m->u.pair.pair.a;
		w.b = m->u.pair.pair.b;
		w.relation = m->u.pair.pair.relation;
	}
	for (i = 0; i < table->n; i++)
		pull_clamp(&w, &table->v[i]);
	fields_encode(out, table, &w);
	ok =
	    buf_ok(&records[0]) && buf_ok(&records[1]) && frame_end(out, begun);
	buf_clear(&records[0]);
	buf_clear(&records[1]);
	return ok;
}

/* -- reading: NULL, or what is wrong -- */

static const char *
pull_check_counts(const struct pull_wire *w)
{
	const struct fields *table = &pull_kinds[w->m.kind].fields;
	size_t i, k;

	for (i = 0; i < table->n; i++)
		for (k = 0;
		     table->v[i].type == FIELD_COUNTS && k < table->v[i].max;
		     k++)
			if (pull_counts(w, &table->v[i])[k] > PULL_COUNT_MAX)
				return "a count that is too large";
	return NULL;
}

static const char *
pull_take_pair(struct pull_wire *w)
{
	struct result_pair *p = &w->m.u.pair.pair;

	p->a = (uint8_t)w->a;
	p->b = (uint8_t)w->b;
	p->relation = (enum relation)w->relation;
	if (p->a >= p->b)
		return "a pair whose first is not before its second";
	if (!(p->agreement >= 0 && p->agreement <= 1))
		return "an agreement that is none";
	return NULL;
}

static const char *
pull_take_bucket(struct pull_wire *w)
{
	struct result_bucket *b = &w->m.u.bucket;
	size_t i;

	for (i = 0; i < RESULT_MAX_SENSORS; i++) {
		b->gaps[i] = (uint8_t)(w->gaps >> (PULL_GAPS_BITS * i));
		if (b->gaps[i] >= 1u << RESULT_NGAPS)
			return "a gap that is not known";
	}
	for (i = 0; i < RESULT_MAX_PAIRS; i++) {
		b->compared[i] = (w->compared >> i & 1) != 0;
		b->differs[i] = (w->differs >> i & 1) != 0;
	}
	return NULL;
}

static const char *
pull_take_finding(struct pull_wire *w)
{
	struct finding *f = &w->m.u.finding;
	size_t i;

	if (f->from_us >= f->to_us)
		return "a finding that ends before it begins";
	for (i = 0; i < FINDING_MAX_EVIDENCE && w->column[i] != 0; i++) {
		if (w->column[i] > EVIDENCE_NNUMBERS)
			return "evidence that is not known";
		f->evidence[i].name =
		    evidence_name((enum evidence_number)(w->column[i] - 1));
		f->evidence[i].value = w->value[i];
	}
	f->nevidence = i;
	return NULL;
}

static const char *
pull_take_flow(struct pull_wire *w)
{
	struct pull_flow *f = &w->m.u.flow;
	struct record r;
	struct cursor c;
	size_t i;

	for (i = 0; i < 2; i++) {
		f->has[i] = w->record[i].p != NULL;
		if (!f->has[i])
			continue;
		c = cursor_of(w->record[i]);
		if (!record_decode(&c, 0, &r) || c.p != c.end)
			return "a flow that is none";
		f->flow[i] = r.flow;
	}
	if (!f->has[0] && !f->has[1])
		return "a difference without a flow";
	if (f->kind == DIFFERENCE_ONLY && f->has[0] && f->has[1])
		return "a difference that does not fit its flows";
	return NULL;
}

static const char *
pull_take(struct pull_wire *w)
{
	const struct pull_compare *compare = &w->m.u.compare;
	size_t i;

	switch (w->m.kind) {
	case PULL_COMPARE:
		for (i = 0; i < RESULT_MAX_SENSORS; i++)
			if (compare->shift_us[i] > WIRE_TIME_MAX_US ||
			    compare->shift_us[i] < -WIRE_TIME_MAX_US)
				return "a shift out of its range";
		return compare->from_us < compare->to_us ? NULL
							 : "no time to compare";
	case PULL_FILES:
		return w->m.u.files.from_us < w->m.u.files.to_us
		    ? NULL
		    : "no time for files";
	case PULL_PAIR:
		return pull_take_pair(w);
	case PULL_BUCKET:
		return pull_take_bucket(w);
	case PULL_FINDING:
		return pull_take_finding(w);
	case PULL_FLOW:
		return pull_take_flow(w);
	default:
		return NULL;
	}
}

enum wire_status
pull_decode(struct span body, struct pull *out, struct diag *d)
{
	struct cursor c = cursor_of(body), again = c;
	enum wire_status status;
	struct pull_wire w;
	const char *wrong;

	memset(&w, 0, sizeof(w));
	status = fields_decode(&c, &pull_head, &w, d);
	if (status == WIRE_OK && (w.kind == 0 || w.kind >= PULL_END_OF_KINDS)) {
		diag_set(d, "a kind of message that is not known here");
		status = WIRE_INVALID;
	}
	if (status == WIRE_OK)
		status =
		    fields_decode(&again, &pull_kinds[w.kind].fields, &w, d);
	if (status != WIRE_OK)
		return status;
	w.m.kind = (enum pull_kind)w.kind;
	wrong = pull_check_counts(&w);
	wrong = wrong != NULL ? wrong : pull_take(&w);
	if (wrong != NULL)
		diag_set(d, "%s: %s", pull_kind_name(w.m.kind), wrong);
	*out = w.m;
	return wrong == NULL ? WIRE_OK : WIRE_INVALID;
}
