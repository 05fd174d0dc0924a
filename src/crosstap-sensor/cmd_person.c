/*
 * For a person at the sensor: digest shows the buckets that a collector would
 * get, locate where in the files a window lies.
 */
#include <inttypes.h>
#include <stdio.h>
#include "crosstap-sensor/command.h"
#include "crosstap-sensor/sensor_options.h"

#define PERSON_TIME_US (INT64_C(86400) * US_PER_S)

static void
person_request(const struct sensor_options *o, struct request *r)
{
	*r = (struct request){ .kind = REQUEST_DIGEST,
		.from_us = o->window.from_us,
		.to_us = o->window.to_us,
		.width_us = o->window.width_us,
		.settle_us = o->window.settle_us };
}

/* The same line as `crosstap digest` prints. */
static bool
digest_bin(void *arg, struct scan *s, struct bin *bin)
{
	uint64_t sum = 0;
	unsigned i;

	(void)arg;
	(void)s;
	for (i = 0; i < DIGEST_SHARDS; i++)
		sum += bin->digest->shards[i].key_sum;
	return printf("%" PRId64 "  flows %" PRIu64 "  packets %" PRIu64
		      "  ip_bytes %" PRIu64 "  keys %016" PRIx64 "%s\n",
		   bin->start_us / US_PER_S, bin->flows, bin->packets,
		   bin->ip_bytes, sum,
		   bin->after_log ? "  (not settled)" : "") > 0;
}

int
cmd_digest(int argc, char **argv)
{
	const struct scan_calls calls = { .bin = digest_bin };
	struct sensor_options o;
	struct sensor sensor;
	struct request r;
	struct scan s;
	int status = sensor_start(&digest_option_set, argc, argv, &o, &sensor);

	if (status != OPTIONS_GO_ON)
		return status;
	channel_begin(&sensor.channel, PERSON_TIME_US);
	person_request(&o, &r);
	status = 0;
	if (!scan_run(&s, &sensor, &r, BINS_DIGEST, &calls)) {
		(void)fprintf(stderr, "crosstap-sensor: %s: %s\n",
		    reply_code_name(s.code == 0 ? REPLY_INTERNAL : s.code),
		    s.diag.text);
		status = OPTIONS_TROUBLE;
	} else if (reader_trouble(s.reader) != NULL)
		(void)fprintf(
		    stderr, "crosstap-sensor: %s\n", reader_trouble(s.reader));
	if (fflush(stdout) != 0)
		status = OPTIONS_TROUBLE;
	scan_close(&s);
	sensor_stop(&sensor);
	return status;
}

/* Where a stream is: its file, and the bytes that are read of it. */
struct located_region {
	char file[WIRE_PATH_MAX];
	uint64_t begin, end; /* of plain bytes */
};

static void
locate_print(const struct located_region *v)
{
	if (v->file[0] != '\0')
		(void)printf("%s\t%" PRIu64 "\t%" PRIu64 "\n", v->file,
		    v->begin, v->end);
}

/* False with d set where it ends in trouble. */
static bool
locate_item(struct located_region *v, const struct source_item *item,
    const struct diag *d)
{
	struct located_region *at = v + item->stream;

	switch (item->event) {
	case SOURCE_FILE:
		locate_print(at);
		(void)snprintf(at->file, sizeof(at->file), "%s", item->file);
		at->begin = at->end = item->offset;
		return true;
	case SOURCE_SEEK:
		at->begin = at->end = item->offset;
		return true;
	case SOURCE_BLOCK:
		at->end += item->block.n;
		return true;
	case SOURCE_TROUBLE:
		(void)fprintf(stderr, "crosstap-sensor: %s\n", d->text);
		return true;
	default:
		return false;
	}
}

/* Reads on until the window has settled, as a digest does. */
static int
locate(struct sensor *sensor, const struct window_options *w)
{
	static struct located_region v[SOURCE_MAX_STREAMS];
	struct source_options so = sensor->source;
	struct source_item item;
	struct diag d = DIAG_INIT;
	struct source *source;
	unsigned i;

	so.window =
	    (struct source_window){ w->from_us, w->to_us, w->settle_us };
	source = source_open(sensor->folders.names[0], &so, &d);
	if (source == NULL) {
		(void)fprintf(stderr, "crosstap-sensor: %s\n", d.text);
		return OPTIONS_TROUBLE;
	}
	do {
		d = (struct diag)DIAG_INIT;
		source_next(source, &item, &d);
	} while (locate_item(v, &item, &d));
	for (i = 0; i < SOURCE_MAX_STREAMS; i++)
		locate_print(&v[i]);
	source_close(source);
	return fflush(stdout) == 0 ? 0 : OPTIONS_TROUBLE;
}

int
cmd_locate(int argc, char **argv)
{
	struct sensor_options o;
	struct sensor sensor;
	int status = sensor_start(&locate_option_set, argc, argv, &o, &sensor);

	if (status != OPTIONS_GO_ON)
		return status;
	status = locate(&sensor, &o.window);
	sensor_stop(&sensor);
	return status;
}
