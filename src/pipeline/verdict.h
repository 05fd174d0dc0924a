/*
 * From sensors' buckets to findings: what a comparison adds up to once all
 * buckets are in, and what the rules say of it.
 */
#ifndef PIPELINE_VERDICT_H
#define PIPELINE_VERDICT_H

#include "collect/collect.h"
#include "judge/measure.h"
#include "judge/rule.h"

/* All borrowed. */
struct verdict_sensor {
	struct collect_sensor_state log;
	const char *group;             /* name; "" where there is only one */
	const char *const *attributes; /* KEY=VALUE */
	size_t nattributes;
};

struct verdict {
	struct compare *compare; /* borrowed: all buckets were added */
	struct rules *rules;     /* borrowed */
	const struct verdict_sensor *sensors;
	/* Borrowed; takes what the rules read, or NULL; the caller frees
	 * rows->v. */
	struct measure_rows *rows;
	/* Borrowed: nsensors, their names, and width_us are set. */
	struct result *result;
};

/* Takes in what the sensors saw in one bucket; in order of start. */
bool verdict_add(struct verdict *v, int64_t start_us, struct bin *const bins[],
    const struct netmap *const nets[], struct diag *d) MUSTCHECK;
/* The same for all buckets of the answers. */
bool verdict_add_answers(
    struct verdict *v, struct collect *c, struct diag *d) MUSTCHECK;

/* Fills in the result what the logs say of themselves. */
void verdict_take_log(
    struct result_sensor *s, const struct collect_sensor_state *log);

/* Settles the comparison, measures it and judges: the result has buckets,
 * pairs, offsets, findings and notes then. */
bool verdict_reach(struct verdict *v, struct diag *d) MUSTCHECK;

#endif
