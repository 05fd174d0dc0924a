/*
 * A collection from its first question to the result: cost follows the
 * difference, and a sensor that answers wrong takes nothing from the others.
 */
#include "talk.h"

static unsigned
in_window(bool (*is)(unsigned n))
{
	unsigned n, found = 0;

	for (n = 60 * talk.per_s; n < 240 * talk.per_s; n++)
		found += is(n);
	return found;
}

static bool
is_tenth(unsigned n)
{
	return n % 10 == 5;
}

static bool
is_hundredth(unsigned n)
{
	return n % 100 == 5;
}

static bool
second_lacks_a_tenth(size_t sensor, unsigned n)
{
	return sensor == 1 && is_tenth(n);
}

static bool
second_lacks_a_hundredth(size_t sensor, unsigned n)
{
	return sensor == 1 && is_hundredth(n);
}

/* Each sensor another tenth. */
static bool
each_lacks_a_tenth(size_t sensor, unsigned n)
{
	return n % 10 == 3 + sensor;
}

static void
ck_pair(size_t pair, uint64_t paired, uint64_t only_a, uint64_t only_b,
    uint64_t damaged)
{
	const struct result_counts *n = &talk.r.pairs[pair].n;

	ck_assert_msg(n->paired == paired && n->only_a == only_a &&
		n->only_b == only_b && n->damaged == damaged,
	    "paired %" PRIu64 ", only %" PRIu64 " and %" PRIu64
	    ", damaged %" PRIu64,
	    n->paired, n->only_a, n->only_b, n->damaged);
}

START_TEST(equal_logs_take_one_question_each)
{
	unsigned i, k, asked;

	talk_run();
	ck_pair(0, 180 * talk.per_s, 0, 0, 0);
	ck_assert_uint_eq(collect_cost(talk.c).rounds, 1);
	ck_assert_uint_eq(collect_cost(talk.c).differences, 0);
	for (i = 0; i < 2; i++) {
		for (k = asked = 0; k < REQUEST_END_OF_KINDS; k++)
			asked += talk.sensor[i].asked[k];
		ck_assert_uint_eq(asked, 1);
		ck_assert_uint_eq(talk.sensor[i].hung_up, 1);
	}
}
END_TEST

START_TEST(equal_buckets_are_equal)
{
	size_t k;

	talk_run();
	ck_assert_uint_eq(talk.r.nbuckets, TALK_MINUTES);
	for (k = 0; k < talk.r.nbuckets; k++)
		ck_assert_int_eq(talk.r.buckets[k].status, BUCKET_EQUAL);
}
END_TEST

START_TEST(a_few_differences_are_named_by_the_symbols_of_the_digest)
{
	unsigned lost = 0;

	talk.lacks = second_lacks_a_hundredth;
	talk_run();
	lost = in_window(is_hundredth);
	ck_pair(0, 180 * talk.per_s - lost, lost, 0, 0);
	ck_assert_uint_eq(talk.sensor[0].asked[REQUEST_SYMBOLS], 0);
	ck_assert_uint_eq(collect_cost(talk.c).differences, lost);
}
END_TEST

START_TEST(more_differences_than_that_are_named_by_more_symbols)
{
	unsigned lost = in_window(is_tenth);
	struct collect_cost cost;

	talk.lacks = second_lacks_a_tenth;
	talk.per_s = 100;
	lost = in_window(is_tenth);
	talk_run();
	cost = collect_cost(talk.c);
	ck_pair(0, 180 * talk.per_s - lost, lost, 0, 0);
	ck_assert_uint_gt(talk.sensor[0].asked[REQUEST_SYMBOLS], 0);
	ck_assert_uint_eq(cost.differences, lost);
	ck_assert_uint_le(2 * cost.symbols, 3 * cost.differences + 3 * 64);
	ck_assert_uint_eq(cost.sampled, 0);
}
END_TEST

static bool
second_damages_a_hundredth(size_t sensor, unsigned n)
{
	return sensor == 1 && is_hundredth(n);
}

START_TEST(a_damaged_flow_is_fetched_from_both_and_is_not_lost)
{
	unsigned damaged;

	talk.damages = second_damages_a_hundredth;
	talk_run();
	damaged = in_window(is_hundredth);
	ck_pair(0, 180 * talk.per_s, 0, 0, damaged);
	ck_assert_uint_eq(collect_cost(talk.c).differences, 2 * damaged);
}
END_TEST

START_TEST(the_first_lacks_what_only_the_second_names)
{
	unsigned lost;

	talk.lacks = each_lacks_a_tenth;
	talk_run();
	lost = in_window(is_tenth);
	ck_pair(0, 180 * talk.per_s - 2 * lost, lost, lost, 0);
}
END_TEST

START_TEST(too_many_differences_are_counted_by_a_sample)
{
	unsigned lost;
	uint64_t only;

	talk.lacks = second_lacks_a_tenth;
	talk.per_s = 400; /* 24000 a bucket */
	talk.opt.max_differences = 100;
	talk_run();
	lost = in_window(is_tenth);
	only = talk.r.pairs[0].n.only_a;
	ck_assert_uint_eq(collect_cost(talk.c).sampled, TALK_MINUTES);
	ck_assert_uint_eq(talk.sensor[1].asked[REQUEST_RESOLVE], 0);
	ck_assert_msg(only > lost - lost / 5 && only < lost + lost / 5,
	    "%" PRIu64 " of %u", only, lost);
	ck_assert_uint_eq(talk.r.pairs[0].n.only_b, 0);
}
END_TEST

/* All of one network, which is in the first minute. */
static bool
second_lacks_a_network(size_t sensor, unsigned n)
{
	return sensor == 1 && n >> 8 == 250;
}

START_TEST(what_is_gone_altogether_is_explained_by_a_small_sample)
{
	uint64_t sent, received;
	struct explanation why;

	talk.lacks = second_lacks_a_network;
	talk.per_s = 800; /* 48000 a bucket */
	talk_run();
	ck_assert(facets_explain(
	    &compare_get(talk.compare, 0)->cells[0].facets[1], &why));
	ck_assert_int_eq(why.facet, FACET_LOCAL_NET);
	ck_assert_uint_eq(why.nvalues, 1);
	ck_assert_double_eq(why.precision, 1);
	ck_assert_double_eq(why.recall, 1);
	exchange_bytes(talk.x, 0, &sent, &received);
	ck_assert_uint_lt(received, 64 * 1024);
}
END_TEST

START_TEST(a_clock_that_is_off_is_asked_again_with_its_times_shifted)
{
	talk.offset_us[1] = 3 * US_PER_S;
	talk_run();
	ck_assert_uint_eq(talk.sensor[0].asked[REQUEST_DIGEST], 1);
	ck_assert_uint_eq(talk.sensor[1].asked[REQUEST_DIGEST], 2);
	ck_assert_int_eq(talk.sensor[1].state.shift_us, -3 * US_PER_S);
	ck_pair(0, 180 * talk.per_s, 0, 0, 0);
}
END_TEST

static bool
second_is_gone_when_asked_again(
    size_t sensor, const struct request *q, struct buf *answer)
{
	(void)answer;
	return sensor != 1 || q->shift_us == 0;
}

START_TEST(what_was_said_before_the_clock_was_known_does_not_count)
{
	talk.offset_us[1] = 3 * US_PER_S;
	talk.meddle = second_is_gone_when_asked_again;
	talk_run();
	ck_assert_uint_eq(talk.sensor[1].asked[REQUEST_DIGEST], 2);
	ck_assert_str_eq(talk.sensor[1].state.failed, "closed: in the test");
	ck_pair(0, 0, 0, 0, 0);
	ck_assert_uint_eq(talk.r.buckets[0].flows[0], 60 * talk.per_s);
	ck_assert_uint_eq(talk.r.buckets[0].gaps[1], GAP_NO_ANSWER);
}
END_TEST

START_TEST(a_steady_clock_is_not_asked_again)
{
	talk.offset_us[1] = 3 * US_PER_S;
	talk.opt.steady = true;
	talk_run();
	ck_assert_uint_eq(talk.sensor[1].asked[REQUEST_DIGEST], 1);
	ck_assert_int_eq(talk.sensor[1].state.shift_us, 0);
	/* three seconds at each of the edges within the window */
	ck_assert_uint_eq(talk.r.pairs[0].n.shifted, 2 * 3 * talk.per_s);
}
END_TEST

START_TEST(answers_count_alike_in_whatever_pieces_and_order_they_come)
{
	unsigned lost;

	talk.lacks = each_lacks_a_tenth;
	talk.piece = (size_t)_i;
	talk.backward = true;
	talk_run();
	lost = in_window(is_tenth);
	ck_pair(0, 180 * talk.per_s - 2 * lost, lost, lost, 0);
}
END_TEST

START_TEST(sensors_of_two_groups_are_not_held_against_each_other)
{
	talk.opt.nsensors = 3;
	talk.opt.group[2] = 1;
	talk.lacks = each_lacks_a_tenth;
	talk_run();
	ck_assert_uint_eq(talk.r.npairs, 1);
	ck_assert_uint_eq(talk.sensor[2].asked[REQUEST_RESOLVE], 0);
	ck_assert_uint_gt(talk.sensor[1].asked[REQUEST_RESOLVE], 0);
}
END_TEST

START_TEST(bytes_are_counted_both_ways)
{
	uint64_t sent, received;

	talk_run();
	exchange_bytes(talk.x, 0, &sent, &received);
	ck_assert_uint_gt(sent, 0);
	ck_assert_uint_lt(sent, 100);
	ck_assert_uint_gt(received, TALK_MINUTES * 64 * 12);
	ck_assert_uint_lt(received, TALK_MINUTES * 6000);
}
END_TEST

/* What sensor C does to its answer, of the kind of question below. */

static enum request_kind wrong_kind;
static bool (*wrong)(struct buf *answer);

static bool
meddle_with_third(size_t sensor, const struct request *q, struct buf *answer)
{
	if (sensor != 2 || q->kind != wrong_kind)
		return true;
	return wrong(answer);
}

static bool
do_vanish(struct buf *answer)
{
	answer->n = 0;
	return false;
}

static bool
do_stop(struct buf *answer)
{
	answer->n /= 2;
	return true;
}

/* Puts bytes in the place of those at `at`. */
static void
put_in(struct buf *b, size_t at, size_t n, struct span in)
{
	struct buf out = BUF_INIT;

	buf_add(&out, b->p, at);
	buf_add(&out, in.p, in.n);
	buf_add(&out, b->p + at + n, b->n - at - n);
	ck_assert(buf_ok(&out));
	buf_clear(b);
	*b = out;
}

static bool
do_twice(struct buf *answer)
{
	struct buf copy = BUF_INIT;
	struct span frame = talk_frame(answer, 0);

	buf_add(&copy, frame.p, frame.n);
	put_in(answer, 0, 0, buf_span(&copy));
	buf_clear(&copy);
	return true;
}

static bool
do_leave_out(struct buf *answer)
{
	put_in(answer, 0, talk_frame(answer, 0).n, (struct span){ NULL, 0 });
	return true;
}

static bool
do_end_twice(struct buf *answer)
{
	struct buf copy = BUF_INIT;
	size_t at = 0, last = 0;

	for (; at < answer->n; at += talk_frame(answer, at).n)
		last = at;
	buf_add(&copy, answer->p + last, answer->n - last);
	buf_add(answer, copy.p, copy.n);
	buf_clear(&copy);
	return true;
}

/* A reply in the place of the first frame. */
static bool
do_replace(struct buf *answer, const struct reply *r)
{
	struct buf frame = BUF_INIT;

	ck_assert(reply_encode(&frame, r));
	put_in(answer, 0, talk_frame(answer, 0).n, buf_span(&frame));
	buf_clear(&frame);
	return true;
}

/* The first frame, with something changed in it. */
static bool
do_change(struct buf *answer, void change(struct reply *r))
{
	struct span frame = talk_frame(answer, 0);
	struct diag d = DIAG_INIT;
	struct reply r, copy;
	bool ok;

	ck_assert_int_eq(reply_decode((struct span){ frame.p + FRAME_HEAD_BYTES,
					  frame.n - FRAME_HEAD_BYTES },
			     &r, &d),
	    WIRE_OK);
	copy = r;
	change(&copy);
	ok = do_replace(answer, &copy);
	reply_clear(&r);
	return ok;
}

static void
change_id(struct reply *r)
{
	r->id += 1000;
}

static void
change_start(struct reply *r)
{
	r->u.bucket.start_us -= 10 * FLOWS_WIDTH;
}

static void
change_scope(struct reply *r)
{
	r->u.bucket.scope = r->u.bucket.flows + 1;
}

static void
change_flows(struct reply *r)
{
	r->u.symbols.flows++;
}

static void
change_range(struct reply *r)
{
	r->u.symbols.from++;
	r->u.symbols.symbols++;
}

static void
change_set(struct reply *r)
{
	r->u.symbols.set = REQUEST_SET_KEYS;
}

static void
change_width(struct reply *r)
{
	r->u.records.width_us *= 2;
}

static void
change_base(struct reply *r)
{
	r->u.records.base_us -= FLOWS_WIDTH * 10;
}

static void
change_packed(struct reply *r)
{
	r->u.records.packed.n--;
}

#define CHANGE(what)                                     \
	static bool do_##what(struct buf *answer)        \
	{                                                \
		return do_change(answer, change_##what); \
	}
CHANGE(id)
CHANGE(start)
CHANGE(scope)
CHANGE(flows)
CHANGE(range)
CHANGE(set)
CHANGE(width)
CHANGE(base)
CHANGE(packed)

/* The second half of the symbols of the first frame before its first half. */
static bool
do_reorder(struct buf *answer)
{
	struct span frame = talk_frame(answer, 0);
	struct diag d = DIAG_INIT;
	struct buf halves = BUF_INIT;
	struct reply r, half;
	uint32_t from, middle;

	ck_assert_int_eq(reply_decode((struct span){ frame.p + FRAME_HEAD_BYTES,
					  frame.n - FRAME_HEAD_BYTES },
			     &r, &d),
	    WIRE_OK);
	half = r;
	from = r.u.symbols.from;
	middle = (from + r.u.symbols.to) / 2;
	half.u.symbols.from = middle;
	half.u.symbols.symbols += middle - from;
	ck_assert(reply_encode(&halves, &half));
	half = r;
	half.u.symbols.to = middle;
	ck_assert(reply_encode(&halves, &half));
	put_in(answer, 0, frame.n, buf_span(&halves));
	buf_clear(&halves);
	reply_clear(&r);
	return true;
}

static bool
do_hello(struct buf *answer)
{
	struct reply r;

	reply_init(&r, REPLY_HELLO, talk.sensor[2].asked[REQUEST_DIGEST]);
	r.id = 3; /* of the first question to the third sensor */
	return do_replace(answer, &r);
}

static bool
do_error(struct buf *answer, enum reply_code code, const char *text)
{
	struct reply r;

	reply_init(&r, REPLY_ERROR, 0);
	r.u.error.code = code;
	r.u.error.text = span_from(text);
	return do_replace(answer, &r);
}

static bool
do_newer(struct buf *answer)
{
	return do_error(answer, REPLY_BAD_VERSION, "version 1, wanted 7 to 9");
}

static bool
do_limit(struct buf *answer)
{
	return do_error(answer, REPLY_LIMIT, "the time for an answer is over");
}

static bool
do_late_refusal(struct buf *answer)
{
	return do_error(answer, REPLY_NOT_YET, "the log has been emptied");
}

static bool
do_garbage(struct buf *answer)
{
	put_in(answer, 0, 0, SPAN_LITERAL("\0\0\0\5HELLO"));
	return true;
}

static bool
do_endless(struct buf *answer)
{
	put_in(answer, 0, 0, SPAN_LITERAL("y\ny\ny\ny\n"));
	return true;
}

static const struct {
	enum request_kind kind;
	bool (*wrong)(struct buf *answer);
	const char *said;
} wrongs[] = {
	{ REQUEST_DIGEST, do_vanish, "closed: in the test" },
	{ REQUEST_SYMBOLS, do_vanish, "closed: in the test" },
	{ REQUEST_RESOLVE, do_vanish, "closed: in the test" },
	{ REQUEST_SAMPLE, do_vanish, "closed: in the test" },
	{ REQUEST_DIGEST, do_stop, "timeout: in the test" },
	{ REQUEST_SYMBOLS, do_stop, "timeout: in the test" },
	{ REQUEST_RESOLVE, do_stop, "timeout: in the test" },
	{ REQUEST_SAMPLE, do_stop, "timeout: in the test" },
	{ REQUEST_DIGEST, do_newer, "bad-version: version 1, wanted 7 to 9" },
	{ REQUEST_SYMBOLS, do_limit, "limit: the time" },
	{ REQUEST_RESOLVE, do_limit, "limit: the time" },
	{ REQUEST_SYMBOLS, do_late_refusal, "not-yet: the log has been" },
	{ REQUEST_DIGEST, do_id, "an answer to no question" },
	{ REQUEST_RESOLVE, do_id, "an answer to no question" },
	{ REQUEST_DIGEST, do_end_twice, "an answer to no question" },
	{ REQUEST_DIGEST, do_twice, "one bucket twice" },
	{ REQUEST_SYMBOLS, do_twice, "symbols that was not asked for" },
	{ REQUEST_SYMBOLS, do_reorder, "symbols that was not asked for" },
	{ REQUEST_SYMBOLS, do_range, "symbols that was not asked for" },
	{ REQUEST_SYMBOLS, do_set, "symbols that was not asked for" },
	{ REQUEST_SYMBOLS, do_flows, "symbols that was not asked for" },
	{ REQUEST_SYMBOLS, do_leave_out, "the log has changed" },
	{ REQUEST_DIGEST, do_start, "a bucket that was not asked for" },
	{ REQUEST_DIGEST, do_scope, "" },
	{ REQUEST_RESOLVE, do_width, "records that was not asked for" },
	{ REQUEST_RESOLVE, do_base, "a record that was not asked for" },
	{ REQUEST_RESOLVE, do_packed, "a record with " },
	{ REQUEST_DIGEST, do_hello, "hello, for an answer to digest" },
	{ REQUEST_DIGEST, do_garbage, "" },
	{ REQUEST_SAMPLE, do_endless, "frame" },
};

START_TEST(a_wrong_answer_ends_its_sensor_and_takes_nothing_from_the_others)
{
	const struct collect_sensor_state *third = &talk.sensor[2].state;
	unsigned lost;
	size_t k;

	wrong = wrongs[_i].wrong;
	wrong_kind = wrongs[_i].kind;
	talk.opt.nsensors = 3;
	talk.lacks = each_lacks_a_tenth;
	talk.per_s = 20;
	talk.meddle = meddle_with_third;
	talk_run();
	lost = in_window(is_tenth);
	ck_assert_ptr_nonnull(third->failed);
	ck_assert_msg(strstr(third->failed, wrongs[_i].said) != NULL,
	    "'%s', wanted '%s'", third->failed, wrongs[_i].said);
	ck_assert(third->log.unreachable);
	ck_pair(0, 180 * talk.per_s - 2 * lost, lost, lost, 0);
	ck_pair(1, 0, 0, 0, 0);
	ck_pair(2, 0, 0, 0, 0);
	for (k = 0; k < talk.r.nbuckets; k++)
		ck_assert_uint_eq(talk.r.buckets[k].gaps[2], GAP_NO_ANSWER);
}
END_TEST

static bool
third_is_not_yet_there(
    size_t sensor, const struct request *q, struct buf *answer)
{
	struct reply r;

	if (sensor != 2)
		return true;
	reply_init(&r, REPLY_ERROR, q->id);
	r.u.error.code = REPLY_NOT_YET;
	r.u.error.watermark_us = TALK_T0;
	answer->n = 0;
	ck_assert(reply_encode(answer, &r));
	return true;
}

START_TEST(a_log_that_is_not_there_yet_is_an_answer_and_takes_nothing_either)
{
	const struct collect_sensor_state *third = &talk.sensor[2].state;
	unsigned lost;
	size_t k;

	talk.opt.nsensors = 3;
	talk.lacks = each_lacks_a_tenth;
	talk.per_s = 20;
	talk.meddle = third_is_not_yet_there;
	talk_run();
	lost = in_window(is_tenth);
	ck_assert_ptr_null(third->failed);
	ck_assert(third->log.live);
	ck_assert_int_eq(third->log.mark_us, TALK_T0);
	ck_pair(0, 180 * talk.per_s - 2 * lost, lost, lost, 0);
	ck_pair(1, 0, 180 * talk.per_s - lost, 0, 0);
	ck_assert_uint_eq(collect_cost(talk.c).sampled, 0);
	for (k = 0; k < talk.r.nbuckets; k++) {
		ck_assert_uint_eq(talk.r.buckets[k].gaps[2], GAP_NOT_YET);
		ck_assert_int_eq(talk.r.buckets[k].status, BUCKET_MISSING);
	}
}
END_TEST

static bool
third_lacks_a_minute(size_t sensor, unsigned n)
{
	return sensor == 2 && n / (60 * talk.per_s) == 2;
}

START_TEST(a_sensor_without_a_flow_in_a_bucket_lacks_all_of_it)
{
	talk.opt.nsensors = 3;
	talk.lacks = third_lacks_a_minute;
	talk_run();
	ck_pair(0, 180 * talk.per_s, 0, 0, 0);
	ck_pair(1, 120 * talk.per_s, 60 * talk.per_s, 0, 0);
	ck_pair(2, 120 * talk.per_s, 60 * talk.per_s, 0, 0);
}
END_TEST

START_TEST(a_reply_before_any_question_is_refused)
{
	struct diag d = DIAG_INIT;
	struct reply r;
	bool done;

	talk.c = collect_new(&talk.opt);
	ck_assert_ptr_nonnull(talk.c);
	reply_init(&r, REPLY_END, 1);
	ck_assert(!collect_reply(talk.c, 0, &r, &done, &d));
	ck_assert(!done);
}
END_TEST

START_TEST(one_question_is_out_at_a_time)
{
	struct request q;

	talk.c = collect_new(&talk.opt);
	ck_assert_ptr_nonnull(talk.c);
	ck_assert(collect_next(talk.c, 0, &q));
	ck_assert(!collect_next(talk.c, 0, &q));
	ck_assert(collect_next(talk.c, 1, &q));
}
END_TEST

START_TEST(when_all_have_failed_it_is_done_and_asks_nothing)
{
	struct request q;

	talk.c = collect_new(&talk.opt);
	ck_assert_ptr_nonnull(talk.c);
	collect_fail(talk.c, 0, "gone");
	ck_assert(!collect_is_done(talk.c));
	collect_fail(talk.c, 1, "gone, too");
	collect_fail(talk.c, 1, "twice");
	ck_assert(collect_is_done(talk.c));
	ck_assert(!collect_next(talk.c, 0, &q));
	collect_state(talk.c, 1, &talk.sensor[1].state);
	ck_assert_str_eq(talk.sensor[1].state.failed, "gone, too");
	ck_assert_uint_eq(collect_nbuckets(talk.c), 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("collect");
	TCase *t = tcase_create("collect");

	tcase_add_checked_fixture(t, talk_setup, talk_teardown);
	tcase_add_test(t, equal_logs_take_one_question_each);
	tcase_add_test(t, equal_buckets_are_equal);
	tcase_add_test(
	    t, a_few_differences_are_named_by_the_symbols_of_the_digest);
	tcase_add_test(t, more_differences_than_that_are_named_by_more_symbols);
	tcase_add_test(t, a_damaged_flow_is_fetched_from_both_and_is_not_lost);
	tcase_add_test(t, the_first_lacks_what_only_the_second_names);
	tcase_add_test(t, too_many_differences_are_counted_by_a_sample);
	tcase_add_test(
	    t, what_is_gone_altogether_is_explained_by_a_small_sample);
	tcase_add_test(
	    t, a_clock_that_is_off_is_asked_again_with_its_times_shifted);
	tcase_add_test(
	    t, what_was_said_before_the_clock_was_known_does_not_count);
	tcase_add_test(t, a_steady_clock_is_not_asked_again);
	tcase_add_loop_test(t,
	    answers_count_alike_in_whatever_pieces_and_order_they_come, 1, 4);
	tcase_add_test(
	    t, sensors_of_two_groups_are_not_held_against_each_other);
	tcase_add_test(t, bytes_are_counted_both_ways);
	tcase_add_loop_test(t,
	    a_wrong_answer_ends_its_sensor_and_takes_nothing_from_the_others, 0,
	    ARRAY_LEN(wrongs));
	tcase_add_test(t,
	    a_log_that_is_not_there_yet_is_an_answer_and_takes_nothing_either);
	tcase_add_test(t, a_sensor_without_a_flow_in_a_bucket_lacks_all_of_it);
	tcase_add_test(t, a_reply_before_any_question_is_refused);
	tcase_add_test(t, one_question_is_out_at_a_time);
	tcase_add_test(t, when_all_have_failed_it_is_done_and_asks_nothing);
	suite_add_tcase(s, t);
	return s;
}
