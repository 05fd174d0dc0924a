/*
 * What the daemon takes from a puller that may be anybody: an answer fits its
 * question, or is refused; until it is whole nothing was compared.
 */
#include <stdlib.h>
#include "crosstapd/puller_job.h"
#include "sys/rulelist.h"
#include "unit.h"

#define WIDTH (60 * US_PER_S)
#define T0 (1764000000 * US_PER_S)

static char name_a[] = "ext1", name_b[] = "ext2";
static struct config_sensor sensors[2] = { { .head.name = name_a },
	{ .head.name = name_b } };
static struct config_group group = { .member = { &sensors[0], &sensors[1] },
	.nmembers = 2,
	.relation = RELATION_MIRROR,
	.width_us = WIDTH };
static struct puller_job *job;
static struct rules *rules;

static void
begin(void)
{
	const char *path = rulelist_dir(NULL);
	struct diag d = DIAG_INIT;

	rules = rulelist_compile(&path, 1, &d);
	ck_assert_msg(rules != NULL, "%s", d.text);
	job = calloc(1, sizeof(*job));
	ck_assert_ptr_nonnull(job);
	job->plan = (struct cycle_plan){ .group = &group,
		.rules = rules,
		.from_us = T0,
		.to_us = T0 + 2 * WIDTH };
	ck_assert(puller_job_reset(job));
}

static void
end(void)
{
	puller_job_free(job);
	rules_free(rules);
}

static bool
takes(const struct pull *m)
{
	struct diag d = DIAG_INIT;
	bool ok = puller_job_take(job, m, &d);

	ck_assert_int_eq(ok, d.text[0] == '\0');
	return ok;
}

static struct pull
a_sensor(uint32_t i)
{
	return (struct pull){ .kind = PULL_SENSOR, .u.sensor.index = i };
}

static struct pull
a_pair(uint8_t a, uint8_t b)
{
	return (struct pull){ .kind = PULL_PAIR,
		.u.pair = { 0, { .a = a, .b = b, .agreement = 1 } } };
}

static struct pull
a_bucket(int64_t start_us)
{
	return (struct pull){ .kind = PULL_BUCKET,
		.u.bucket = { .start_us = start_us, .status = BUCKET_EQUAL } };
}

static struct pull
a_finding(const char *rule, const char *sensor)
{
	struct pull m = { .kind = PULL_FINDING };

	(void)strncpy(m.u.finding.rule, rule, sizeof(m.u.finding.rule) - 1);
	(void)strncpy(m.u.finding.by, rule, sizeof(m.u.finding.by) - 1);
	(void)strncpy(
	    m.u.finding.sensor, sensor, sizeof(m.u.finding.sensor) - 1);
	return m;
}

static bool
is_complete(void)
{
	const struct pull_done done = { .bytes = 5 };
	struct diag d = DIAG_INIT;

	return puller_job_complete(job, &done, &d);
}

START_TEST(before_there_is_an_answer_nothing_was_compared)
{
	const struct cycle_outcome *o = puller_job_none(job, "it ended");
	size_t i;

	ck_assert_ptr_nonnull(o);
	ck_assert_uint_eq(o->result.nbuckets, 2);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(o->result.buckets[i].status, BUCKET_MISSING);
		ck_assert_uint_eq(o->result.buckets[i].gaps[i], GAP_NO_ANSWER);
		ck_assert_str_eq(o->failed[i], "it ended");
	}
	ck_assert(!is_complete());
}
END_TEST

START_TEST(a_whole_answer_is_taken)
{
	const struct pull m[] = { a_sensor(0), a_sensor(1), a_pair(0, 1),
		a_bucket(T0), a_bucket(T0 + WIDTH),
		a_finding("worker-frozen", "ext2") };
	size_t i;

	for (i = 0; i < ARRAY_LEN(m); i++)
		ck_assert(takes(&m[i]));
	ck_assert(is_complete());
	ck_assert_uint_eq(job->o->bytes, 5);
	ck_assert_str_eq(job->o->result.sensors[1].name, "ext2");
	ck_assert_int_eq(job->o->result.buckets[1].status, BUCKET_EQUAL);
	ck_assert_uint_eq(job->o->result.nfindings, 1);
}
END_TEST

START_TEST(a_part_of_an_answer_is_none)
{
	const struct pull m[] = { a_sensor(0), a_sensor(1), a_pair(0, 1),
		a_bucket(T0) };
	size_t i;

	for (i = 0; i < ARRAY_LEN(m); i++) {
		ck_assert(takes(&m[i]));
		ck_assert(!is_complete());
	}
}
END_TEST

START_TEST(what_was_not_asked_is_refused)
{
	struct pull m[] = { a_sensor(1), a_pair(0, 2), a_bucket(T0 + WIDTH),
		a_bucket(T0 + 1), a_finding("no-such-rule", "ext2"),
		a_finding("worker-frozen", "int1"),
		{ .kind = PULL_ROW, .u.row.start_us = T0 - 1 },
		{ .kind = PULL_FLOW, .u.flow.has = { true, false } },
		{ .kind = PULL_FILE } };

	ck_assert(!takes(&m[_i]));
}
END_TEST

START_TEST(more_than_was_asked_is_refused)
{
	const struct pull m[] = { a_sensor(0), a_sensor(1), a_sensor(2) };
	const struct pull row = { .kind = PULL_ROW, .u.row.start_us = T0 };
	const struct pull f = a_finding("worker-frozen", "ext2");
	size_t i;

	ck_assert(takes(&m[0]) && takes(&m[1]) && !takes(&m[2]));
	for (i = 0; i < PULLER_MAX_ROWS; i++)
		ck_assert(takes(&row));
	ck_assert(!takes(&row));
	for (i = 0; i < PULLER_MAX_FINDINGS; i++)
		ck_assert(takes(&f));
	ck_assert(!takes(&f));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("puller_take");
	TCase *t = tcase_create("answers");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, before_there_is_an_answer_nothing_was_compared);
	tcase_add_test(t, a_whole_answer_is_taken);
	tcase_add_test(t, a_part_of_an_answer_is_none);
	tcase_add_loop_test(t, what_was_not_asked_is_refused, 0, 9);
	tcase_add_test(t, more_than_was_asked_is_refused);
	suite_add_tcase(s, t);
	return s;
}
