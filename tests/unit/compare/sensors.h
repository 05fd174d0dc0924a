/*
 * Up to three small logs, one flow a second for five minutes, through buckets
 * into a comparison. Flow i ends i + 0.5 s after FLOWS_T0. A test changes the
 * logs and the options between setup() and run().
 */
#ifndef UNIT_COMPARE_SENSORS_H
#define UNIT_COMPARE_SENSORS_H

#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "compare/compare.h"

#define SENSORS 3
#define FLOWS 300
#define MINUTES 5
#define EXTRA 20000

static struct flow logs[SENSORS][FLOWS + EXTRA];
static size_t nlogs[SENSORS];
static struct compare_options opt;
static struct compare_sensor sensors[SENSORS];
static struct bins *bins[SENSORS];
static struct bin *taken[SENSORS][32];
static size_t ntaken[SENSORS];
static int64_t settle_us;
static struct compare *c;
static struct result r;
static struct diag d;

static inline void
setup(void)
{
	unsigned s, i;

	opt = (struct compare_options){ .nsensors = 2,
		.relation = RELATION_MIRROR,
		.width_us = FLOWS_WIDTH,
		.keep_differences = true };
	settle_us = 400 * FLOWS_S;
	for (s = 0; s < SENSORS; s++) {
		for (i = 0; i < FLOWS; i++)
			logs[s][i] =
			    flows_make(i, FLOWS_T0 + i * FLOWS_S, FLOWS_S / 2);
		nlogs[s] = FLOWS;
		sensors[s] = (struct compare_sensor){ .ended = true };
	}
}

static inline void
teardown(void)
{
	size_t s, i;

	for (s = 0; s < SENSORS; s++) {
		for (i = 0; i < ntaken[s]; i++)
			bin_free(taken[s][i]);
		bins_free(bins[s]);
	}
	compare_free(c);
	result_clear(&r);
}

/* At the place in the log where its end belongs. */
static inline void
insert(unsigned s, struct flow f)
{
	size_t i = nlogs[s]++;

	for (; i > 0 && flow_end_us(&logs[s][i - 1]) > flow_end_us(&f); i--)
		logs[s][i] = logs[s][i - 1];
	logs[s][i] = f;
}

static inline void
drop(unsigned s, size_t from, size_t to)
{
	memmove(
	    logs[s] + from, logs[s] + to, (nlogs[s] - to) * sizeof(logs[s][0]));
	nlogs[s] -= to - from;
}

static inline struct flow
extra(double start_s, double end_s)
{
	return flows_make(100000, FLOWS_T0 + (int64_t)(start_s * 1e6),
	    (int64_t)((end_s - start_s) * 1e6));
}

static inline void
read_log(unsigned s)
{
	struct bins_options o = { .width_us = FLOWS_WIDTH,
		.settle_us = settle_us,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.seed = 99,
		.keep = BINS_ENTRIES | BINS_ELEMENTS | BINS_NETS };
	size_t i;

	bins[s] = bins_new(&o);
	ck_assert_ptr_nonnull(bins[s]);
	for (i = 0; i <= nlogs[s]; i++) {
		if (i < nlogs[s])
			ck_assert(bins_add(bins[s], &logs[s][i], 1));
		else
			bins_finish(bins[s]);
		while ((taken[s][ntaken[s]] = bins_take(bins[s])) != NULL)
			ntaken[s]++;
		ck_assert_uint_lt(ntaken[s], 31);
	}
	sensors[s].begin_us = bins_begin(bins[s]);
	sensors[s].mark_us = bins_watermark(bins[s]);
	sensors[s].nets = bins_netmap(bins[s]);
	sensors[s].nlate = bins_late_entries(bins[s], &sensors[s].late);
}

static inline struct bin *
bin_at(unsigned s, int64_t start)
{
	size_t i;

	for (i = 0; i < ntaken[s]; i++)
		if (taken[s][i]->start_us == start)
			return taken[s][i];
	return NULL;
}

static inline void
run(void)
{
	const struct netmap *nets[SENSORS];
	struct bin *row[SENSORS];
	unsigned s;
	int m, have;

	c = compare_new(&opt);
	ck_assert_ptr_nonnull(c);
	for (s = 0; s < opt.nsensors; s++) {
		read_log(s);
		nets[s] = sensors[s].nets;
	}
	for (m = -2; m < MINUTES + 30; m++) {
		for (s = have = 0; s < opt.nsensors; s++) {
			row[s] = bin_at(s, FLOWS_T0 + m * FLOWS_WIDTH);
			have |= row[s] != NULL;
		}
		if (have)
			ck_assert_msg(compare_add(c, FLOWS_T0 + m * FLOWS_WIDTH,
					  row, nets, &d),
			    "%s", d.text);
	}
	ck_assert_msg(compare_finish(c, sensors, &r, &d), "%s", d.text);
}

#endif
