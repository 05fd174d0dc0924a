/*
 * Hours and days of a group. They are changed by the difference that a bucket
 * makes, so that they stay when the bucket is pruned.
 */
#include <math.h>
#include "store/cycle.h"

static const struct roll rollup_nothing = { .worst = NAN };

static void
rollup_add(struct store *st, int64_t group, int64_t span_us, int64_t start_us,
    const struct roll *was, const struct roll *is)
{
	int64_t n[STORE_NSTATUSES] = { 0 };

	if (was->is)
		n[was->status]--;
	n[is->status]++;
	(void)state_run(st,
	    "INSERT INTO rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET"
	    " buckets = buckets + excluded.buckets,"
	    " equal = equal + excluded.equal,"
	    " differs = differs + excluded.differs,"
	    " incomplete = incomplete + excluded.incomplete,"
	    " missing = missing + excluded.missing,"
	    " not_compared = not_compared + excluded.not_compared,"
	    " paired = paired + excluded.paired,"
	    " unpaired = unpaired + excluded.unpaired,"
	    " damaged = damaged + excluded.damaged,"
	    " worst = min(ifnull(worst, excluded.worst),"
	    " ifnull(excluded.worst, worst))",
	    "iiiiiiiiiiiid", group, span_us, start_us,
	    (int64_t)(was->is ? 0 : 1), n[0], n[1], n[2], n[3], n[4],
	    is->paired - was->paired, is->unpaired - was->unpaired,
	    is->damaged - was->damaged, is->worst);
}

/* The least of what is there, where it may have become better. */
static void
rollup_worst(struct store *st, int64_t group, int64_t hour_us, int64_t day_us)
{
	(void)state_run(st,
	    "UPDATE rollup SET worst = (SELECT min(agreement) FROM comparison"
	    " WHERE group_id = ?1 AND start_us >= ?2"
	    " AND start_us < ?2 + 3600000000)"
	    " WHERE group_id = ?1 AND span_us = 3600000000 AND start_us = ?2",
	    "ii", group, hour_us);
	(void)state_run(st,
	    "UPDATE rollup SET worst = (SELECT min(worst) FROM rollup"
	    " WHERE group_id = ?1 AND span_us = 3600000000"
	    " AND start_us >= ?2 AND start_us < ?2 + 86400000000)"
	    " WHERE group_id = ?1 AND span_us = 86400000000 AND start_us = ?2",
	    "ii", group, day_us);
}

void
rollup_replace(struct store *st, int64_t group, int64_t start_us,
    const struct roll *was, const struct roll *is)
{
	int64_t hour = state_floor(start_us, CYCLE_HOUR_US);
	int64_t day = state_floor(start_us, CYCLE_DAY_US);

	if (!was->is)
		was = &rollup_nothing;
	rollup_add(st, group, CYCLE_HOUR_US, hour, was, is);
	rollup_add(st, group, CYCLE_DAY_US, day, was, is);
	if (!isnan(was->worst) && !(is->worst <= was->worst))
		rollup_worst(st, group, hour, day);
}
