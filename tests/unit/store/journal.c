/*
 * What a sink is given: every change, the newest of it, and nothing that it
 * has; whatever is killed in between.
 */
#include "scene.h"
#include "store/journal.h"

static struct store_batch batch;

static void
sink(const char *target)
{
	const struct store_sink v = { .feed = "ch", .target = target };

	scene_ok(store_sinks(scene, &v, 1, T0, &scene_diag));
}

static void
take(size_t max)
{
	store_batch_clear(&batch);
	scene_ok(store_sink_take(scene, "ch", max, &batch, &scene_diag));
}

static void
done(void)
{
	scene_ok(store_sink_done(scene, "ch", &batch, &scene_diag));
}

/* All that waits is taken, in batches of at most max; how many rows. */
static size_t
take_all(size_t max, enum store_table t)
{
	size_t n = 0;

	for (take(max); batch.last != 0 || batch.part != 0; take(max)) {
		n += batch.n[t];
		done();
	}
	return n;
}

static uint64_t
waiting(int64_t *oldest_us)
{
	int64_t oldest;
	uint64_t n;

	scene_ok(store_sink_waiting(scene, "ch", &n,
	    oldest_us == NULL ? &oldest : oldest_us, &scene_diag));
	return n;
}

static bool
has(enum store_table t, const char *text)
{
	return batch.rows[t].n > 0 && strstr(batch.rows[t].p, text) != NULL;
}

static void
begin(void)
{
	scene_two();
	sink("here");
}

static void
end(void)
{
	store_batch_clear(&batch);
	scene_end();
}

START_TEST(a_bucket_is_given_with_its_pairs_and_coverage)
{
	scene_buckets(0, 3, 10, STORE_FULL_READING);
	take(1000);
	ck_assert_uint_eq(batch.n[STORE_BUCKETS], 3);
	ck_assert_uint_eq(batch.n[STORE_COMPARISONS], 3);
	ck_assert_uint_eq(batch.n[STORE_COVERAGE], 6);
	ck_assert_uint_eq(batch.total, 12);
	ck_assert_msg(has(STORE_BUCKETS,
			  "g\t1795478400\t60\tfull\tdiffers\t\\N\t\t1795479000"
			  "\t"),
	    "%s", batch.rows[STORE_BUCKETS].p);
	ck_assert(has(STORE_COMPARISONS,
	    "g\t1795478460\t60\tA\tB\tfull\t990\t10\t0\t0\t0\t0\t1\t0.99\t0"));
	ck_assert_msg(has(STORE_COVERAGE,
			  "g\tB\t1795478520\t60\tcomplete\t10\t1000\t\t\t"),
	    "%s", batch.rows[STORE_COVERAGE].p);
}
END_TEST

START_TEST(what_is_not_acknowledged_is_given_again_the_same)
{
	struct buf was = BUF_INIT;
	char token[80];

	scene_buckets(0, 3, 10, STORE_FULL_READING);
	take(5);
	buf_add(&was, batch.rows[0].p, batch.rows[0].n);
	memcpy(token, batch.token, sizeof(token));
	take(5);
	ck_assert_str_eq(batch.token, token);
	ck_assert_str_eq(batch.rows[0].p, was.p);
	done();
	take(5);
	ck_assert_str_ne(batch.token, token);
	buf_clear(&was);
}
END_TEST

START_TEST(what_is_acknowledged_is_not_given_again)
{
	scene_buckets(0, 7, 10, STORE_FULL_READING);
	ck_assert_uint_eq(take_all(5, STORE_COMPARISONS), 7);
	ck_assert_uint_eq(waiting(NULL), 0);
	ck_assert_int_eq(store_rows(scene, "journal"), 0);
	take(5);
	ck_assert_uint_eq(batch.total, 0);
}
END_TEST

START_TEST(a_correction_is_given_with_a_greater_version)
{
	char *end;
	long long first, second;

	scene_buckets(0, 1, 10, STORE_EARLY);
	take(100);
	first = strtoll(strrchr(batch.rows[0].p, '\t') + 1, &end, 10);
	ck_assert(has(STORE_BUCKETS, "\tearly\tdiffers\t"));
	ck_assert_uint_eq(batch.n[STORE_COVERAGE], 0);
	scene_buckets(0, 1, 0, STORE_FULL_READING);
	done();
	take(100);
	second = strtoll(strrchr(batch.rows[0].p, '\t') + 1, &end, 10);
	ck_assert(has(STORE_BUCKETS, "\tfull\tequal\tdiffers\t"));
	ck_assert_int_gt(second, first);
	ck_assert_uint_eq(batch.n[STORE_COMPARISONS], 1);
}
END_TEST

START_TEST(a_pair_that_goes_is_given_as_deleted)
{
	struct result r;

	scene_buckets(0, 1, 10, STORE_EARLY);
	ck_assert_uint_eq(take_all(100, STORE_COMPARISONS), 1);
	scene_result(&r, 2, AT(0), 1);
	scene_gap(&r, 0, 1, GAP_NO_ANSWER);
	scene_write(&r, STORE_FULL_READING);
	take(100);
	ck_assert_uint_eq(batch.n[STORE_COMPARISONS], 1);
	ck_assert(has(
	    STORE_COMPARISONS, "\tA\tB\tfull\t0\t0\t0\t0\t0\t0\t0\t\\N\t1\t"));
}
END_TEST

START_TEST(buckets_that_are_given_up_are_given)
{
	scene_buckets(0, 1, 10, STORE_EARLY);
	(void)take_all(100, STORE_BUCKETS);
	scene_ok(store_not_compared(
	    scene, "g", AT(0), AT(4), "away", AT(9), &scene_diag));
	take(100);
	ck_assert_uint_eq(batch.n[STORE_BUCKETS], 4);
	ck_assert_uint_eq(batch.n[STORE_COVERAGE], 8);
	ck_assert_uint_eq(batch.n[STORE_COMPARISONS], 1); /* deleted */
	ck_assert(has(STORE_BUCKETS, "\tfull\tnot-compared\tdiffers\taway\t"));
	ck_assert(has(STORE_COVERAGE, "\tnot-compared\t0\t0\taway\t"));
}
END_TEST

START_TEST(a_new_sink_is_given_all_that_there_is)
{
	const struct store_sink v[] = { { .feed = "ch", .target = "here" },
		{ .feed = "new", .target = "there" } };

	scene_buckets(0, 50, 10, STORE_FULL_READING);
	(void)take_all(100, STORE_BUCKETS);
	scene_ok(store_sinks(scene, v, 2, AT(90), &scene_diag));
	ck_assert_uint_eq(waiting(NULL), 0);
	scene_ok(store_sink_take(scene, "new", 10000, &batch, &scene_diag));
	ck_assert_uint_eq(batch.n[STORE_BUCKETS], 50);
	ck_assert_uint_eq(batch.n[STORE_COVERAGE], 100);
}
END_TEST

START_TEST(all_that_there_is_comes_in_pieces)
{
	scene_buckets(0, 50, 10, STORE_FULL_READING);
	sink("elsewhere");
	ck_assert_uint_eq(waiting(NULL), 50);
	take(12);
	ck_assert_uint_eq(batch.n[STORE_BUCKETS], 3); /* 4 rows each */
	ck_assert_int_eq(batch.last, 0);
	done();
	ck_assert_uint_eq(waiting(NULL), 47);
	ck_assert_uint_eq(take_all(12, STORE_COVERAGE), 94);
}
END_TEST

START_TEST(a_sink_that_was_away_is_given_all_anew)
{
	scene_buckets(0, 2, 10, STORE_FULL_READING);
	(void)take_all(100, STORE_BUCKETS);
	scene_ok(store_sinks(scene, NULL, 0, AT(9), &scene_diag));
	scene_buckets(2, 1, 10, STORE_FULL_READING);
	ck_assert_int_eq(store_rows(scene, "journal"), 0);
	sink("here");
	ck_assert_uint_eq(take_all(100, STORE_BUCKETS), 3);
}
END_TEST

START_TEST(other_groups_are_not_given)
{
	static const char *const members[] = { "A", "B" }, *groups[] = { "h" };
	const struct store_sink v = { "ch", "x", groups, 1 };

	scene_ok(store_group(scene, "h", RELATION_MIRROR, MINUTE, members, 2,
	    T0 - DAY, &scene_diag));
	scene_buckets(0, 2, 10, STORE_FULL_READING);
	scene_ok(store_sinks(scene, &v, 1, T0, &scene_diag));
	scene_buckets(2, 2, 10, STORE_FULL_READING);
	ck_assert_uint_eq(waiting(NULL), 0);
}
END_TEST

START_TEST(incidents_their_changes_and_findings_are_given)
{
	struct incident i = { .state = INCIDENT_OPEN,
		.severity = SEVERITY_WARNING,
		.from_us = AT(0),
		.to_us = AT(1),
		.opened_us = AT(8),
		.updated_us = AT(8),
		.share = 0.25,
		.worst = 0.5,
		.rule = "packet-loss",
		.sensor = "B",
		.summary = "a\tb\\c\nd" };
	struct incident_change change = { .event = INCIDENT_OPENED };
	struct incident_list l = {
		.v = &i, .n = 1, .change = &change, .nchanges = 1
	};
	struct finding f = scene_finding("packet-loss", "B", AT(0), AT(1), 0.5);
	struct result r;
	struct store_cycle c = { .group = "g",
		.reading = STORE_FULL_READING,
		.now_us = AT(8),
		.result = &r,
		.incidents = &l };

	scene_result(&r, 2, AT(0), 1);
	scene_find(&r, &f);
	scene_ok(store_write(scene, &c, &scene_diag));
	result_clear(&r);
	scene_ok(
	    store_acknowledge(scene, 1, "ann", "seen", AT(9), &scene_diag));
	take(100);
	ck_assert_uint_eq(batch.n[STORE_INCIDENTS], 1); /* once, the newest */
	ck_assert_uint_eq(batch.n[STORE_EVENTS], 2);
	ck_assert_uint_eq(batch.n[STORE_FINDINGS], 1);
	ck_assert_msg(has(STORE_INCIDENTS,
			  "\ta\\tb\\\\c\\nd\twarning\topen\t1795478400\t"),
	    "%s", batch.rows[STORE_INCIDENTS].p);
	ck_assert(has(STORE_INCIDENTS, "\tann\t1795478940\tseen\t"));
	ck_assert(has(STORE_EVENTS, "\topened\t\ta\\tb\\\\c\\nd\t"));
	ck_assert(has(STORE_FINDINGS, "\tpacket-loss of B\t{}\t"));
}
END_TEST

START_TEST(a_store_begun_anew_has_greater_versions)
{
	int64_t was, oldest;

	scene_buckets(0, 1, 10, STORE_FULL_READING);
	(void)waiting(&was);
	ck_assert_int_eq(was, AT(8)); /* when it was written */
	end();
	begin();
	scene_buckets(2, 1, 10, STORE_FULL_READING);
	(void)waiting(&oldest);
	ck_assert_int_gt(oldest, was);
}
END_TEST

static void
prune(int64_t now_us, unsigned sink_days)
{
	const struct store_limits l = {
		.bucket_days = 1, .rows = 100000, .sink_days = sink_days
	};
	bool more = true;

	while (more)
		scene_ok(store_prune(scene, &l, now_us, &more, &scene_diag));
}

START_TEST(what_waits_is_not_pruned)
{
	scene_buckets(0, 2880, 10, STORE_FULL_READING);
	take(6000);
	done(); /* 1500 of them */
	prune(T0 + 9 * DAY, 30);
	ck_assert_int_eq(store_rows(scene, "bucket"), 1440);
	(void)take_all(100000, STORE_BUCKETS);
	prune(T0 + 9 * DAY, 30);
	ck_assert_int_eq(store_rows(scene, "bucket"), 0);
}
END_TEST

START_TEST(what_waits_for_too_long_is_pruned_and_counted)
{
	struct store_outbox box;

	scene_buckets(0, 2880, 10, STORE_FULL_READING);
	prune(T0 + 40 * DAY, 30);
	ck_assert_int_eq(store_rows(scene, "bucket"), 0);
	scene_ok(store_outbox_look(scene, "ch", &box, &scene_diag));
	ck_assert_uint_eq(box.dropped, 2880);
	ck_assert_uint_eq(waiting(NULL), 0);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/journal");
	TCase *tc = tcase_create("journal");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_bucket_is_given_with_its_pairs_and_coverage);
	tcase_add_test(tc, what_is_not_acknowledged_is_given_again_the_same);
	tcase_add_test(tc, what_is_acknowledged_is_not_given_again);
	tcase_add_test(tc, a_correction_is_given_with_a_greater_version);
	tcase_add_test(tc, a_pair_that_goes_is_given_as_deleted);
	tcase_add_test(tc, buckets_that_are_given_up_are_given);
	tcase_add_test(tc, a_new_sink_is_given_all_that_there_is);
	tcase_add_test(tc, all_that_there_is_comes_in_pieces);
	tcase_add_test(tc, a_sink_that_was_away_is_given_all_anew);
	tcase_add_test(tc, other_groups_are_not_given);
	tcase_add_test(tc, incidents_their_changes_and_findings_are_given);
	tcase_add_test(tc, a_store_begun_anew_has_greater_versions);
	tcase_add_test(tc, what_waits_is_not_pruned);
	tcase_add_test(tc, what_waits_for_too_long_is_pruned_and_counted);
	suite_add_tcase(s, tc);
	return s;
}
