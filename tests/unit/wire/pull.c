/*
 * Messages between the daemon and its puller: what is encoded comes back, and
 * what is cut or out of its range is refused.
 */
#include <math.h>
#include "../flows.h"
#include "../unit.h"
#include "wire/frame.h"
#include "wire/pull.h"

#define T FLOWS_T0

static struct evidence
sample_row(void)
{
	struct evidence e;

	evidence_init(&e, EVIDENCE_WORKER);
	e.start_us = T;
	e.n[EV_flows] = 12.5;
	e.n[EVIDENCE_NNUMBERS - 1] = 3;
	(void)memset(e.t[EVT_worker], 'w', EVIDENCE_TEXT_MAX - 1);
	e.t[EVT_worker][EVIDENCE_TEXT_MAX - 1] = '\0';
	return e;
}

static struct pull
sample(enum pull_kind kind)
{
	struct pull m = { .kind = kind, .id = 7 };

	switch (kind) {
	case PULL_CONFIG:
		m.u.config = (struct pull_config){ PULL_VERSION,
			SPAN_LITERAL("c.yaml"), SPAN_LITERAL("sensors: {}") };
		break;
	case PULL_RULE:
		m.u.rule = (struct pull_rule){ 3, SPAN_LITERAL("r.yaml"),
			SPAN_LITERAL("name: r") };
		break;
	case PULL_COMPARE:
		m.u.compare = (struct pull_compare){ .group = 2,
			.rules = 1,
			.reading = 1,
			.flows = true,
			.from_us = T,
			.to_us = T + 1,
			.settled_us = INT64_MIN,
			.seed = UINT64_MAX,
			.shift_us = { 0, -5, [7] = 9 },
			.usual = { 0.5, [27] = 0.25 } };
		break;
	case PULL_FILES:
		m.u.files = (struct pull_files){ 5, true, T, T + 1 };
		break;
	case PULL_READY:
		m.u.ready =
		    (struct pull_ready){ PULL_VERSION, "no Landlock", "" };
		break;
	case PULL_SENSOR:
		m.u.sensor = (struct pull_sensor){ .index = 7,
			.sensor = { .flows = 3,
			    .first_end_us = INT64_MAX,
			    .watermark_us = INT64_MIN,
			    .offset_us = -12,
			    .has_offset = true },
			.failed = "closed: it ended",
			.shift_us = -1,
			.watermark_us = T,
			.lag_us = INT64_MIN,
			.sent = 5,
			.received = PULL_COUNT_MAX,
			.waited_us = 6 };
		break;
	case PULL_PAIR:
		m.u.pair = (struct pull_pair){ 27,
			{ .a = 6,
			    .b = 7,
			    .relation = RELATION_SUBSET,
			    .n = { 1, 2, 3, 4, 5, 6 },
			    .compared = true,
			    .agreement = 0.75 } };
		break;
	case PULL_BUCKET:
		m.u.bucket = (struct result_bucket){ .start_us = T,
			.status = BUCKET_INCOMPLETE,
			.gaps = { GAP_EDGE, [7] = GAP_NO_ANSWER },
			.flows = { 1, [7] = 8 },
			.n = { [27] = { 1, 2, 3, 4, 5, 6 } },
			.compared = { [27] = true },
			.differs = { true } };
		break;
	case PULL_FINDING:
		m.u.finding = (struct finding){ .rule = "worker-frozen",
			.by = "worker-frozen",
			.sensor = "ext2",
			.severity = SEVERITY_CRITICAL,
			.from_us = T,
			.to_us = T + 1,
			.share = NAN,
			.nevidence = 2,
			.evidence = { { evidence_name(EV_width), 60 },
			    { evidence_name(EV_missing), NAN } } };
		break;
	case PULL_ROW:
		m.u.row = sample_row();
		break;
	case PULL_FLOW:
		m.u.flow = (struct pull_flow){ .pair = 1,
			.kind = DIFFERENCE_DAMAGED,
			.has = { true, true },
			.flow = { { .start_us = T, .orig_pkts = 5 },
			    { .start_us = T + 1, .resp_port = 53 } } };
		m.u.flow.flow[0].uid = SPAN_LITERAL("C1");
		break;
	case PULL_FILE:
		m.u.file = SPAN_LITERAL("a body");
		break;
	case PULL_DONE:
		m.u.done = (struct pull_done){ 1, 2, 3, 4, 5, "why" };
		break;
	default:
		break;
	}
	return m;
}

static struct span
body_of(const struct buf *b)
{
	ck_assert_uint_gt(b->n, FRAME_HEAD_BYTES);
	return (
	    struct span){ b->p + FRAME_HEAD_BYTES, b->n - FRAME_HEAD_BYTES };
}

START_TEST(messages_come_back_as_they_were)
{
	const struct pull m = sample((enum pull_kind)_i);
	struct buf once = BUF_INIT, twice = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct pull got;

	ck_assert(pull_encode(&once, &m));
	ck_assert_int_eq(pull_decode(body_of(&once), &got, &d), WIRE_OK);
	ck_assert_int_eq(got.kind, m.kind);
	ck_assert_uint_eq(got.id, 7);
	ck_assert(pull_encode(&twice, &got));
	ck_assert_uint_eq(once.n, twice.n);
	ck_assert_mem_eq(once.p, twice.p, once.n);
	buf_clear(&once);
	buf_clear(&twice);
}
END_TEST

START_TEST(values_are_those_that_were_sent)
{
	struct buf b = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct pull m = sample(PULL_BUCKET), got;

	ck_assert(pull_encode(&b, &m));
	ck_assert_int_eq(pull_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert_mem_eq(
	    got.u.bucket.gaps, m.u.bucket.gaps, sizeof(m.u.bucket.gaps));
	ck_assert_mem_eq(got.u.bucket.n, m.u.bucket.n, sizeof(m.u.bucket.n));
	ck_assert(got.u.bucket.compared[27] && got.u.bucket.differs[0]);
	buf_clear(&b);
	m = sample(PULL_FINDING);
	ck_assert(pull_encode(&b, &m));
	ck_assert_int_eq(pull_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert_uint_eq(got.u.finding.nevidence, 2);
	ck_assert_str_eq(got.u.finding.evidence[1].name, "missing");
	ck_assert(isnan(got.u.finding.evidence[1].value));
	ck_assert(isnan(got.u.finding.share));
	buf_clear(&b);
	m = sample(PULL_ROW);
	ck_assert(pull_encode(&b, &m));
	ck_assert_int_eq(pull_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert(got.u.row.n[EV_flows] == 12.5);
	ck_assert(isnan(got.u.row.n[EV_usual]));
	ck_assert_str_eq(got.u.row.t[EVT_worker], m.u.row.t[EVT_worker]);
	buf_clear(&b);
	m = sample(PULL_FLOW);
	ck_assert(pull_encode(&b, &m));
	ck_assert_int_eq(pull_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert(got.u.flow.has[0] && got.u.flow.has[1]);
	ck_assert(span_is(got.u.flow.flow[0].uid, "C1"));
	ck_assert_uint_eq(got.u.flow.flow[1].resp_port, 53);
	buf_clear(&b);
}
END_TEST

START_TEST(every_prefix_of_a_message_is_refused)
{
	const struct pull m = sample((enum pull_kind)_i);
	struct buf b = BUF_INIT;
	struct span body;
	struct pull got;
	size_t n;

	ck_assert(pull_encode(&b, &m));
	body = body_of(&b);
	for (n = 0; n < body.n; n++) {
		struct diag d = DIAG_INIT;

		ck_assert_int_ne(
		    pull_decode((struct span){ body.p, n }, &got, &d), WIRE_OK);
		ck_assert_str_ne(d.text, "");
	}
	buf_clear(&b);
}
END_TEST

/* What an honest side never sends, and so cannot be made by a struct alone. */
static void
break_pair(struct pull *m)
{
	m->u.pair.pair.a = m->u.pair.pair.b;
}

static void
break_agreement(struct pull *m)
{
	m->u.pair.pair.agreement = 1.5;
}

static void
break_gap(struct pull *m)
{
	m->u.bucket.gaps[3] = 0x80;
}

static void
break_finding(struct pull *m)
{
	m->u.finding.to_us = m->u.finding.from_us;
}

static void
break_flow(struct pull *m)
{
	m->u.flow.has[0] = m->u.flow.has[1] = false;
}

static void
break_only(struct pull *m)
{
	m->u.flow.kind = DIFFERENCE_ONLY;
}

static void
break_time(struct pull *m)
{
	m->u.compare.to_us = m->u.compare.from_us;
}

static void
break_shift(struct pull *m)
{
	m->u.compare.shift_us[2] = INT64_MIN;
}

static const struct {
	enum pull_kind kind;
	void (*with)(struct pull *m);
	const char *says;
} broken[] = {
	{ PULL_PAIR, break_pair, "first is not before" },
	{ PULL_PAIR, break_agreement, "agreement" },
	{ PULL_BUCKET, break_gap, "a gap" },
	{ PULL_FINDING, break_finding, "ends before" },
	{ PULL_FLOW, break_flow, "without a flow" },
	{ PULL_FLOW, break_only, "does not fit" },
	{ PULL_COMPARE, break_time, "no time" },
	{ PULL_COMPARE, break_shift, "shift" },
};

START_TEST(what_makes_no_sense_is_refused)
{
	struct pull m = sample(broken[_i].kind), got;
	struct buf b = BUF_INIT;
	struct diag d = DIAG_INIT;

	broken[_i].with(&m);
	ck_assert(pull_encode(&b, &m));
	ck_assert_int_eq(pull_decode(body_of(&b), &got, &d), WIRE_INVALID);
	ck_assert_msg(strstr(d.text, broken[_i].says) != NULL, "%s", d.text);
	buf_clear(&b);
}
END_TEST

/* A sensor can claim any number: that must not end the puller. */
START_TEST(counts_that_are_too_large_are_cut)
{
	struct pull m = sample(PULL_SENSOR), got;
	struct buf b = BUF_INIT;
	struct diag d = DIAG_INIT;

	m.u.sensor.sensor.packets = UINT64_MAX;
	m.u.sensor.sensor.offset_us = INT64_MAX;
	ck_assert(pull_encode(&b, &m));
	ck_assert_int_eq(pull_decode(body_of(&b), &got, &d), WIRE_OK);
	ck_assert_uint_eq(got.u.sensor.sensor.packets, PULL_COUNT_MAX);
	ck_assert_int_eq(got.u.sensor.sensor.offset_us, WIRE_TIME_MAX_US);
	ck_assert_int_eq(got.u.sensor.lag_us, INT64_MIN);
	buf_clear(&b);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("pull");
	TCase *t = tcase_create("messages");

	tcase_add_loop_test(
	    t, messages_come_back_as_they_were, PULL_CONFIG, PULL_END_OF_KINDS);
	tcase_add_test(t, values_are_those_that_were_sent);
	tcase_add_loop_test(t, every_prefix_of_a_message_is_refused,
	    PULL_CONFIG, PULL_END_OF_KINDS);
	tcase_add_loop_test(
	    t, what_makes_no_sense_is_refused, 0, (int)ARRAY_LEN(broken));
	tcase_add_test(t, counts_that_are_too_large_are_cut);
	suite_add_tcase(s, t);
	return s;
}
