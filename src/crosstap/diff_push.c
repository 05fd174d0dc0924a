#include <inttypes.h>
#include <stdio.h>
#include "crosstap/diff_push.h"

/* What is read in no time is read: all flows tell more than a sample. */
#define PUSH_AUTO_US (2 * 3600 * US_PER_S)

static bool
push_is_mirror(const struct diff_options *o, bool one_group, struct diag *d)
{
	if (o->relation == RELATION_MIRROR && one_group && !o->via_sketch)
		return true;
	diag_set(
	    d, "a push-down is of one group of mirrors, without --via-sketch");
	return false;
}

bool
diff_push_wanted(const struct diff_options *o, bool one_group,
    const struct pushdown_options *p, struct diag *d)
{
	struct diag quiet = DIAG_INIT;
	bool always = o->push_down == PUSH_DOWN_ALWAYS;

	if (o->push_down == PUSH_DOWN_NEVER)
		return false;
	if (!push_is_mirror(o, one_group, always ? d : &quiet) ||
	    !pushdown_is_possible(p, always ? d : &quiet))
		return false;
	return always || p->to_us - p->from_us > PUSH_AUTO_US;
}

bool
diff_push_compare(struct pushdown *p, struct verdict *v,
    struct verdict_sensor sensors[], size_t n, struct diag *d)
{
	const struct netmap *nets[RESULT_MAX_SENSORS] = { NULL };
	struct bin *now[RESULT_MAX_SENSORS];
	int64_t start;
	size_t i;
	bool ok = true;

	while (ok && pushdown_next(p, &start, now, nets, d)) {
		ok = verdict_add(v, start, now, nets, d);
		for (i = 0; i < n; i++)
			bin_free(now[i]);
	}
	if (!ok || d->text[0] != '\0')
		return false;
	for (i = 0; i < n; i++)
		pushdown_state(p, i, &sensors[i].log);
	return true;
}

void
diff_push_say(const struct pushdown *p)
{
	struct pushdown_cost c = pushdown_cost(p);

	(void)fprintf(stderr,
	    "crosstap: push-down: %" PRIu64 " of %" PRIu64
	    " shards differ, of %u a bucket\n",
	    c.differing, c.shards, 1u << c.bits);
}
