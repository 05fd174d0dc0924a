/*
 * Questions to two sensors and their answers without memory on the collector.
 * The sensors' answers are taken down once, by the code of crosstap-sensor,
 * and are the same each time: only the collector fails.
 */
#include "../unit/collect/talk.h"
#include "memory.h"
#include "unit.h"

#define COLLECT_TALKS 32

static struct {
	size_t sensor;
	struct buf question, answer;
} collect_talk[COLLECT_TALKS];
static size_t collect_ntalks;

static struct {
	struct exchange *x;
	const struct buf *answer[TALK_SENSORS]; /* that is under way */
	unsigned hung_up;
} collect_now;

static bool
collect_each_lacks_some(size_t sensor, unsigned flow)
{
	return flow % 20 == sensor;
}

static bool
collect_second_damages_some(size_t sensor, unsigned flow)
{
	return sensor == 1 && flow % 33 == 5;
}

/* Takes a question and its answer down. */
static bool
collect_note(size_t sensor, const struct request *q, struct buf *answer)
{
	size_t k = collect_ntalks++;

	ck_assert_uint_lt(k, COLLECT_TALKS);
	collect_talk[k].sensor = sensor;
	ck_assert(request_encode(&collect_talk[k].question, q));
	buf_add(&collect_talk[k].answer, answer->p, answer->n);
	ck_assert(buf_ok(&collect_talk[k].answer));
	return true;
}

static bool
collect_send(void *arg, size_t sensor, struct span bytes)
{
	size_t k;

	(void)arg;
	for (k = 0; k < collect_ntalks; k++)
		if (collect_talk[k].sensor == sensor &&
		    span_equal(buf_span(&collect_talk[k].question), bytes)) {
			collect_now.answer[sensor] = &collect_talk[k].answer;
			return true;
		}
	return false;
}

static void
collect_hang_up(void *arg, size_t sensor)
{
	(void)arg;
	collect_now.answer[sensor] = NULL;
	collect_now.hung_up++;
}

/* Until nobody has anything to say. */
static void
collect_serve(struct exchange *x)
{
	const struct buf *b;
	size_t i, served;

	do {
		for (i = served = 0; i < talk.opt.nsensors; i++) {
			b = collect_now.answer[i];
			if (b == NULL)
				continue;
			collect_now.answer[i] = NULL;
			exchange_feed(x, i, buf_span(b));
			served++;
		}
		for (i = 0; served == 0 && i < talk.opt.nsensors; i++)
			if (exchange_waits_for(x, i)) {
				exchange_lost(x, i, "no such question");
				served++;
			}
	} while (served > 0);
}

/* The buckets that came of it. */
static bool
collect_mix(struct memory_run *r, struct collect *c)
{
	struct bin *bins[TALK_SENSORS];
	int64_t start;
	size_t k, i;

	for (k = 0; k < collect_nbuckets(c); k++) {
		if (!collect_take(c, k, &start, bins))
			return false;
		memory_mix(r, (uint64_t)start);
		for (i = 0; i < talk.opt.nsensors; i++) {
			memory_mix(r, bins[i] == NULL ? 0 : bins[i]->flows);
			memory_mix(r, bins[i] == NULL ? 0 : bins[i]->packets);
			memory_mix(r, bins[i] == NULL ? 0 : bins[i]->nelements);
			bin_free(bins[i]);
		}
	}
	return true;
}

static bool
collect_once(struct memory_run *r)
{
	static const struct exchange_carrier carrier = { collect_send,
		collect_hang_up, NULL };
	struct collect *c = collect_new(&talk.opt);
	struct exchange *x = NULL;
	struct collect_sensor_state s;
	bool ok = c != NULL, failed = false;
	size_t i;

	memset(&collect_now, 0, sizeof(collect_now));
	if (ok)
		x = exchange_new(c, talk.opt.nsensors, &carrier);
	ok = x != NULL;
	if (ok) {
		exchange_start(x);
		collect_serve(x);
		ok = collect_is_done(c) && !collect_is_broken(c);
	}
	/* a sensor given up for want of memory is said to be; what the other is
	 * then asked was not taken down, and it is given up, too */
	for (i = 0; ok && i < talk.opt.nsensors; i++) {
		collect_state(c, i, &s);
		if (s.failed == NULL)
			continue;
		failed = true;
		if (strstr(s.failed, "memory") != NULL)
			diag_set(&r->why, "%s", s.failed);
	}
	if (failed && r->why.text[0] == '\0')
		diag_set(&r->why, "a sensor is given up for nothing");
	ok = ok && !failed;
	ok = ok && collect_mix(r, c);
	if (!ok)
		diag_set(&r->why, "out of memory");
	exchange_free(x);
	collect_free(c);
	return ok;
}

START_TEST(collection_says_that_memory_ran_out_or_is_right)
{
	size_t k;

	talk_setup();
	talk.per_s = 2;
	talk.lacks = collect_each_lacks_some;
	talk.damages = collect_second_damages_some;
	talk.meddle = collect_note;
	talk_collect();
	ck_assert_uint_gt(talk.sensor[0].asked[REQUEST_RESOLVE], 0);
	memory_everywhere(collect_once, MEMORY_SAYS_WHY);
	for (k = 0; k < collect_ntalks; k++) {
		buf_clear(&collect_talk[k].question);
		buf_clear(&collect_talk[k].answer);
	}
	talk_teardown();
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("memory_collect");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, collection_says_that_memory_ran_out_or_is_right);
	suite_add_tcase(s, tc);
	return s;
}
