/*
 * Flows into buckets of a minute: where each goes, when a bucket closes, and
 * what happens to what does not fit. Times are seconds after FLOWS_T0.
 */
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "digest/bins.h"

static struct bins_options opt;
static struct bins *b;
static unsigned number; /* of the next flow */

static void
setup(void)
{
	opt = (struct bins_options){ .width_us = FLOWS_WIDTH,
		.settle_us = 100 * FLOWS_S,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.seed = 5,
		.keep = BINS_ENTRIES | BINS_ELEMENTS | BINS_DIGEST,
		.sample = 16 };
	b = NULL;
}

static void
teardown(void)
{
	bins_free(b);
}

static void
begin(void)
{
	b = bins_new(&opt);
	ck_assert_ptr_nonnull(b);
}

static void
add(const struct flow *f)
{
	ck_assert(bins_add(b, f, 1));
}

/* A flow of its own tuple that ends then. */
static void
add_at(double end_s)
{
	struct flow f = flows_make(number++,
	    FLOWS_T0 + (int64_t)(end_s * 1e6) - FLOWS_S / 4, FLOWS_S / 4);

	add(&f);
}

static void
add_bad(void)
{
	struct flow f;

	memset(&f, 0, sizeof(f));
	f.status = FLOW_BAD;
	add(&f);
}

/* The next bucket must be that of the minute and hold so many flows. */
static struct bin *
take(int minute, uint64_t flows)
{
	struct bin *bin = bins_take(b);

	ck_assert_ptr_nonnull(bin);
	ck_assert_int_eq(bin->start_us, FLOWS_T0 + minute * FLOWS_WIDTH);
	ck_assert_uint_eq(bin->flows, flows);
	return bin;
}

static void
take_free(int minute, uint64_t flows)
{
	bin_free(take(minute, flows));
}

START_TEST(freeing_nothing_is_allowed)
{
	bin_free(NULL);
	bins_free(NULL);
}
END_TEST

START_TEST(an_empty_log_has_no_bucket)
{
	begin();
	ck_assert(bins_add(b, NULL, 0));
	ck_assert_ptr_null(bins_take(b));
	ck_assert(!bins_done(b));
	bins_finish(b);
	ck_assert_ptr_null(bins_take(b));
	ck_assert_int_eq(bins_watermark(b), INT64_MIN);
	ck_assert_int_eq(bins_begin(b), INT64_MIN);
}
END_TEST

START_TEST(a_flow_belongs_to_the_bucket_in_which_it_ends)
{
	struct flow f = flows_make(1, FLOWS_T0 + 59 * FLOWS_S, 2 * FLOWS_S);

	begin();
	add_at(59.999999);
	add_at(60); /* a bucket's end is the start of the next */
	add(&f);
	add_at(0);
	bins_finish(b);
	take_free(0, 2);
	take_free(1, 2);
	ck_assert_ptr_null(bins_take(b));
}
END_TEST

START_TEST(buckets_before_1970_are_whole_too)
{
	struct flow f = flows_make(1, -FLOWS_S, FLOWS_S / 2);
	struct bin *bin;

	begin();
	add(&f);
	bins_finish(b);
	bin = bins_take(b);
	ck_assert_ptr_nonnull(bin);
	ck_assert_int_eq(bin->start_us, -FLOWS_WIDTH);
	ck_assert_uint_eq(
	    bin->entries.first->e[0].end_off_us, FLOWS_WIDTH - FLOWS_S / 2);
	bin_free(bin);
}
END_TEST

START_TEST(a_bucket_closes_when_eight_ends_are_past_its_settle_time)
{
	unsigned i;

	begin();
	for (i = 0; i < 60; i++)
		add_at(i);
	for (i = 0; i < 7; i++)
		add_at(160); /* 60 + 100 of settling */
	ck_assert_ptr_null(bins_take(b));
	add_at(159.9);
	ck_assert_ptr_null(bins_take(b));
	add_at(160);
	take_free(0, 60);
	ck_assert_ptr_null(bins_take(b));
	bins_finish(b);
	take_free(2, 9);
	ck_assert_ptr_null(bins_take(b));
}
END_TEST

START_TEST(only_what_the_end_of_the_log_closed_says_so)
{
	struct bin *bin;
	unsigned i;

	begin();
	add_at(1);
	for (i = 0; i < 8; i++)
		add_at(161);
	bin = take(0, 1);
	ck_assert(!bin->after_log);
	bin_free(bin);
	bins_finish(b);
	bin = take(2, 8);
	ck_assert(bin->after_log);
	bin_free(bin);
}
END_TEST

START_TEST(what_comes_after_its_bucket_closed_is_late)
{
	const struct bins_late_entry *late;
	struct flow f = flows_make(77, FLOWS_T0 + 3 * FLOWS_S, FLOWS_S);
	struct bin *bin;
	unsigned i;

	begin();
	for (i = 0; i < 8; i++)
		add_at(1);
	for (i = 0; i < 8; i++)
		add_at(161);
	bin = take(0, 8);
	bin_free(bin);
	add(&f);
	ck_assert_uint_eq(bins_late(b), 1);
	ck_assert_uint_eq(bins_late_entries(b, &late), 1);
	ck_assert_int_eq(late[0].bucket_us, FLOWS_T0);
	ck_assert_uint_eq(late[0].e.key, flow_key(&f, 5));
	ck_assert_int_eq(entry_end_us(&late[0].e, late[0].bucket_us),
	    FLOWS_T0 + 4 * FLOWS_S);
	/* 161 - 4 s behind the watermark, in units of two */
	ck_assert_uint_eq(late[0].e.delay, 78);
	bins_finish(b);
	take_free(2, 8);
	ck_assert_ptr_null(bins_take(b));
}
END_TEST

START_TEST(late_records_are_counted_beyond_what_is_kept)
{
	const struct bins_late_entry *late;
	unsigned i;

	opt.keep = _i == 0 ? BINS_ENTRIES : BINS_DIGEST;
	begin();
	add_at(1);
	for (i = 0; i < 8; i++)
		add_at(161);
	take_free(0, 1);
	for (i = 0; i < BINS_MAX_LATE + 3; i++)
		add_at(2);
	ck_assert_uint_eq(bins_late(b), BINS_MAX_LATE + 3);
	ck_assert_uint_eq(
	    bins_late_entries(b, &late), _i == 0 ? BINS_MAX_LATE : 0);
}
END_TEST

START_TEST(what_ends_outside_of_the_window_is_counted_not_kept)
{
	opt.from_us = FLOWS_T0 + FLOWS_WIDTH;
	opt.to_us = FLOWS_T0 + 2 * FLOWS_WIDTH;
	begin();
	add_at(59.9);
	add_at(60);
	add_at(119.9);
	add_at(120);
	ck_assert_uint_eq(bins_outside(b), 2);
	bins_finish(b);
	take_free(1, 2);
	ck_assert_ptr_null(bins_take(b));
}
END_TEST

START_TEST(the_window_is_done_when_it_has_settled)
{
	unsigned i;

	opt.to_us = FLOWS_T0 + FLOWS_WIDTH;
	begin();
	add_at(1);
	for (i = 0; i < 8; i++)
		add_at(159.9);
	ck_assert(!bins_done(b));
	for (i = 0; i < 8; i++)
		add_at(160);
	ck_assert(bins_done(b));
}
END_TEST

START_TEST(a_shift_moves_every_time)
{
	struct bin *bin;

	opt.shift_us = -2 * FLOWS_S;
	begin();
	add_at(61);
	bins_finish(b);
	bin = take(0, 1);
	ck_assert_uint_eq(bin->entries.first->e[0].end_off_us, 59 * FLOWS_S);
	ck_assert_int_eq(
	    bin->digest->sample[0].end_us, FLOWS_T0 + 59 * FLOWS_S);
	bin_free(bin);
}
END_TEST

START_TEST(the_kth_record_of_a_tuple_is_an_element_of_its_own)
{
	struct flow f = flows_make(9, FLOWS_T0, FLOWS_S);
	struct bin *bin;
	unsigned i, minute;

	begin();
	for (minute = 0; minute < 2; minute++) {
		for (i = 0; i < 5; i++)
			add(&f);
		f = flows_flip(f); /* the other direction is the same tuple */
		f.start_us += FLOWS_WIDTH;
	}
	bins_finish(b);
	for (minute = 0; minute < 2; minute++) {
		bin = take((int)minute, 5);
		ck_assert_uint_eq(bin->nelements, 5);
		for (i = 0; i < 5; i++) { /* from 0 again in each bucket */
			ck_assert_uint_eq(
			    bin->elements[i], flow_key(&f, 5 + i));
			ck_assert_uint_eq(
			    bin->entries.first->e[i].key, flow_key(&f, 5));
		}
		bin_free(bin);
	}
}
END_TEST

START_TEST(totals_are_of_all_flows)
{
	struct flow f = flows_make(9, FLOWS_T0, FLOWS_S);
	struct digest_count all;
	struct bin *bin;

	begin();
	f.worker = 3;
	f.orig_pkts = UINT64_C(1) << 40;
	add(&f);
	f = flows_make(10, FLOWS_T0, FLOWS_S);
	add(&f);
	bins_finish(b);
	bin = take(0, 2);
	all = digest_totals(bin->digest);
	ck_assert_uint_eq(bin->packets, (UINT64_C(1) << 40) + 13);
	ck_assert_uint_eq(bin->ip_bytes, 9000);
	ck_assert_uint_eq(all.packets, bin->packets);
	ck_assert_uint_eq(all.ip_bytes, bin->ip_bytes);
	ck_assert_uint_eq(all.flows, 2);
	ck_assert_uint_eq(bin->workers[3], 1);
	ck_assert_uint_eq(bin->workers[FLOW_NO_WORKER], 1);
	bin_free(bin);
}
END_TEST

START_TEST(an_entry_holds_what_its_flow_says)
{
	struct flow f = flows_make(9, FLOWS_T0 - 3 * FLOWS_S, 10 * FLOWS_S);
	const struct entry *e;
	struct bin *bin;

	begin();
	f.worker = 7;
	f.vlan = 0x5123;
	f.state = FLOW_S0;
	f.proto = 17;
	f.history_bits = FLOW_HIST_RESP_CSUM;
	f.orig_pkts = UINT64_MAX;
	f.resp_ip_bytes = UINT32_MAX;
	add(&f);
	bins_finish(b);
	bin = take(0, 1);
	e = &bin->entries.first->e[0];
	ck_assert_int_eq(entry_end_us(e, bin->start_us), flow_end_us(&f));
	ck_assert_int_eq(entry_start_us(e, bin->start_us), f.start_us);
	ck_assert_uint_eq(e->worker, 7);
	ck_assert_uint_eq(e->vlan, 0x123);
	ck_assert_uint_eq(e->port, 443);
	ck_assert_int_eq(entry_proto(e), ENTRY_UDP);
	ck_assert_int_eq(entry_state(e), FLOW_CLASS_ATTEMPT);
	ck_assert_uint_eq(e->class_bits & ENTRY_CSUM_RESP, ENTRY_CSUM_RESP);
	ck_assert_uint_eq(e->class_bits & ENTRY_CSUM_ORIG, 0);
	ck_assert_uint_eq(e->pkts[0], UINT32_MAX); /* saturated */
	ck_assert_uint_eq(e->ip_bytes[1], UINT32_MAX);
	ck_assert_uint_eq(e->net[0], UINT32_C(0x0a000009));
	ck_assert_uint_eq(e->net[1], UINT32_C(0xc0000207));
	bin_free(bin);
}
END_TEST

START_TEST(hostile_times_do_no_harm)
{
	struct flow f = flows_make(1, FLOWS_T0, 0), g = f;
	struct bin *bin;

	begin();
	f.duration_us = 200 * 3600 * FLOWS_S; /* more than an entry holds */
	f.start_us = FLOWS_T0 + 30 * FLOWS_S - f.duration_us;
	add(&f);
	g.start_us = INT64_MAX / 2;
	add(&g);
	g.start_us = INT64_MIN / 2;
	add(&g);
	g.start_us = FLOWS_T0 + FLOWS_S;
	g.duration_us = -FLOWS_S; /* as a wrong clock may have it */
	add(&g);
	bins_finish(b);
	bin = bins_take(b);
	ck_assert_ptr_nonnull(bin);
	bin_free(bin);
	bin = take(0, 2);
	ck_assert_uint_eq(
	    bin->entries.first->e[0].duration_us, ENTRY_DURATION_MAX);
	ck_assert_uint_eq(bin->entries.first->e[1].duration_us, 0);
	bin_free(bin);
	bin = bins_take(b);
	ck_assert_ptr_nonnull(bin);
	bin_free(bin);
}
END_TEST

START_TEST(no_more_buckets_are_open_than_the_limit)
{
	unsigned i;

	begin();
	for (i = 0; i < BINS_MAX_OPEN + 10; i++)
		add_at(i * 60 + 1);
	/* none of it closed: a leap is not believed so soon */
	ck_assert_uint_eq(bins_outside(b), 10);
	bins_finish(b);
	for (i = 0; i < BINS_MAX_OPEN; i++)
		take_free((int)i, 1);
	ck_assert_ptr_null(bins_take(b));
}
END_TEST

START_TEST(unreadable_records_count_where_the_log_is)
{
	struct bin *bin;
	unsigned i;

	begin();
	add_bad(); /* before any time is known: nowhere */
	for (i = 0; i < 8; i++)
		add_at(70);
	add_bad();
	add_bad();
	bins_finish(b);
	bin = take(1, 8);
	ck_assert_uint_eq(bin->bad, 2);
	bin_free(bin);
	ck_assert_ptr_null(bins_take(b));
}
END_TEST

/* Of what is written first, most ended long before. */
START_TEST(the_log_begins_where_the_newest_of_the_first_sixteen_end)
{
	unsigned i;

	begin();
	add_at(99); /* a wrong time does no harm */
	for (i = 0; i < 15; i++) {
		ck_assert_int_eq(bins_begin(b), INT64_MIN);
		add_at(i < 10 ? 1 + i : 70 + i);
	}
	ck_assert_int_eq(bins_begin(b), FLOWS_T0 + 82 * FLOWS_S);
	add_at(1);
	ck_assert_int_eq(bins_begin(b), FLOWS_T0 + 82 * FLOWS_S);
}
END_TEST

START_TEST(only_what_is_asked_for_is_kept)
{
	static const unsigned keeps[] = { 0, BINS_ENTRIES, BINS_ELEMENTS,
		BINS_DIGEST };
	unsigned keep = keeps[_i];
	struct bin *bin;

	opt.keep = keep;
	begin();
	add_at(1);
	bins_finish(b);
	bin = take(0, 1);
	ck_assert_uint_eq(bin->entries.n, keep == BINS_ENTRIES);
	ck_assert_uint_eq(bin->nelements, keep == BINS_ELEMENTS);
	ck_assert((bin->digest != NULL) == (keep == BINS_DIGEST));
	bin_free(bin);
}
END_TEST

static struct bin *
one_bucket(const struct flow *v, size_t n, size_t step)
{
	struct bin *bin;
	size_t i;

	bins_free(b);
	begin();
	for (i = 0; i < n; i += step)
		ck_assert(bins_add(b, v + i, i + step < n ? step : n - i));
	bins_finish(b);
	bin = take(0, n);
	ck_assert_ptr_null(bins_take(b));
	return bin;
}

START_TEST(a_digest_depends_on_the_flows_and_not_on_their_order)
{
	struct flow v[2000], t;
	uint64_t state = 3;
	struct bin *x, *y;
	size_t i, j;

	for (i = 0; i < ARRAY_LEN(v); i++) {
		v[i] = flows_make((unsigned)i,
		    FLOWS_T0 + (int64_t)(flows_random(&state) % 50000000),
		    1000);
		v[i].orig_pkts = flows_random(&state) % 1000;
	}
	x = one_bucket(v, ARRAY_LEN(v), 1);
	for (i = 0; i < ARRAY_LEN(v); i++) {
		j = flows_random(&state) % ARRAY_LEN(v);
		t = v[i];
		v[i] = v[j];
		v[j] = t;
	}
	y = one_bucket(v, ARRAY_LEN(v), 77);
	ck_assert_mem_eq(
	    x->digest->shards, y->digest->shards, sizeof(x->digest->shards));
	ck_assert_mem_eq(
	    x->digest->combos, y->digest->combos, sizeof(x->digest->combos));
	ck_assert_mem_eq(
	    x->digest->keys, y->digest->keys, sizeof(x->digest->keys));
	ck_assert_mem_eq(
	    x->digest->state, y->digest->state, sizeof(x->digest->state));
	ck_assert_uint_eq(x->digest->nsample, 16);
	ck_assert_mem_eq(x->digest->sample, y->digest->sample,
	    16 * sizeof(x->digest->sample[0]));
	bin_free(x);
	bin_free(y);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/bins");
	TCase *t = tcase_create("bins");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, freeing_nothing_is_allowed);
	tcase_add_test(t, an_empty_log_has_no_bucket);
	tcase_add_test(t, a_flow_belongs_to_the_bucket_in_which_it_ends);
	tcase_add_test(t, buckets_before_1970_are_whole_too);
	tcase_add_test(
	    t, a_bucket_closes_when_eight_ends_are_past_its_settle_time);
	tcase_add_test(t, only_what_the_end_of_the_log_closed_says_so);
	tcase_add_test(t, what_comes_after_its_bucket_closed_is_late);
	tcase_add_loop_test(
	    t, late_records_are_counted_beyond_what_is_kept, 0, 2);
	tcase_add_test(t, what_ends_outside_of_the_window_is_counted_not_kept);
	tcase_add_test(t, the_window_is_done_when_it_has_settled);
	tcase_add_test(t, a_shift_moves_every_time);
	tcase_add_test(t, the_kth_record_of_a_tuple_is_an_element_of_its_own);
	tcase_add_test(t, totals_are_of_all_flows);
	tcase_add_test(t, an_entry_holds_what_its_flow_says);
	tcase_add_test(t, hostile_times_do_no_harm);
	tcase_add_test(t, no_more_buckets_are_open_than_the_limit);
	tcase_add_test(t, unreadable_records_count_where_the_log_is);
	tcase_add_test(
	    t, the_log_begins_where_the_newest_of_the_first_sixteen_end);
	tcase_add_loop_test(t, only_what_is_asked_for_is_kept, 0, 4);
	tcase_add_test(t, a_digest_depends_on_the_flows_and_not_on_their_order);
	suite_add_tcase(s, t);
	return s;
}
