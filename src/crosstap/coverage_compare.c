#include <stdio.h>
#include "crosstap/command.h"
#include "crosstap/comparison.h"
#include "crosstap/coverage_compare.h"
#include "store/reading.h"
#include "store/roster.h"
#include "sys/when.h"

/* A window without ends is as long as what there was. */
static bool
coverage_window(
    struct window_options *w, const struct result *r, struct diag *d)
{
	if (r->nbuckets == 0) {
		diag_set(d, "the logs have no common bucket to tell of");
		return false;
	}
	if (w->from_us == INT64_MIN)
		w->from_us = r->buckets[0].start_us;
	if (w->to_us == INT64_MAX)
		w->to_us = r->buckets[r->nbuckets - 1].start_us + r->width_us;
	return true;
}

static bool
coverage_keep(
    const struct result *r, int64_t since_us, struct store **st, struct diag *d)
{
	const char *members[RESULT_MAX_SENSORS];
	const struct store_options scratch = { .access = STORE_SCRATCH };
	const struct store_cycle c = { .group = COVERAGE_COMPARED,
		.reading = STORE_FULL_READING,
		.now_us = when_now_us(),
		.result = r };
	size_t i;

	for (i = 0; i < r->nsensors; i++)
		members[i] = r->sensors[i].name;
	if (store_open("memory", &scratch, st, d) != STORE_OK)
		return false;
	if (store_group(*st, c.group, r->pairs[0].relation, r->width_us,
		members, r->nsensors, since_us, d) == STORE_OK &&
	    store_write(*st, &c, d) == STORE_OK)
		return true;
	store_close(*st);
	*st = NULL;
	return false;
}

int
coverage_compare(
    const struct option_set *set, struct diff_options *o, struct store **st)
{
	struct comparison c;
	struct diag d = DIAG_INIT;
	int status;

	if (!window_options_resolve(&o->window, when_now_us(), &d))
		return options_fail(set, &d);
	status = comparison_begin(&c, set, o);
	if (status != OPTIONS_GO_ON)
		return status;
	status = EXIT_TROUBLE;
	if (diff_run(&c.run, &d)) {
		diff_run_say(&c.run);
		if (coverage_window(&o->window, &c.run.result, &d) &&
		    coverage_keep(&c.run.result, o->window.from_us, st, &d))
			status = OPTIONS_GO_ON;
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap: %s\n", d.text);
	comparison_end(&c);
	return status;
}
