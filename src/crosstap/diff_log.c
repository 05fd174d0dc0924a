#include "crosstap/diff_log.h"

/* How long after its newest record a log that is open was written to: not of
 * one that could not be read to its end, which has newer ones. */
static int64_t
log_lag(const struct pull *p, int64_t shift_us)
{
	const struct reader *reader = pull_reader(p);
	int64_t written = source_written_us(reader_source(reader));
	int64_t mark = bins_watermark(pull_bins(p));

	if (!reader_is_open(reader) || reader_trouble(reader) != NULL ||
	    written == INT64_MIN || mark == INT64_MIN)
		return INT64_MIN;
	return written - (mark - shift_us);
}

void
diff_log_local(const struct pull *p, int64_t shift_us,
    const char *workers[FLOW_MAX_WORKERS], struct collect_sensor_state *log)
{
	const struct bins *b = pull_bins(p);
	const struct reader *reader = pull_reader(p);
	uint64_t bad = 0;
	int k;

	*log = (struct collect_sensor_state){ .failed = pull_failed(p),
		.shift_us = shift_us,
		.workers = workers,
		.lines = reader_lines(reader),
		.bytes_read = pull_bytes_read(p),
		.late = bins_late(b),
		.outside = bins_outside(b),
		.trouble = reader_trouble(reader) };
	for (k = 0; k < FLOW_NPROBLEMS; k++) {
		log->messages[k] = reader_message(reader, (enum flow_problem)k);
		log->problems[k] =
		    reader_problems(reader, (enum flow_problem)k);
		bad += log->problems[k];
	}
	for (; log->nworkers < FLOW_MAX_WORKERS &&
	     reader_worker(reader, log->nworkers) != NULL;
	     log->nworkers++)
		workers[log->nworkers] = reader_worker(reader, log->nworkers);
	log->log = (struct compare_sensor){ bins_begin(b),
		reader_ended(reader) ? bins_last(b) : bins_watermark(b),
		reader_ended(reader), source_is_live(reader_source(reader)),
		log_lag(p, shift_us),
		reader_trouble(reader) != NULL ||
		    reader_problems(reader, PROBLEM_CUT_LINE) > 0,
		bins_watermark(b) == INT64_MIN && bad > 0, bins_netmap(b), NULL,
		0, false };
	log->log.nlate = bins_late_entries(b, &log->log.late);
}
