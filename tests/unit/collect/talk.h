/*
 * Collections over sensors in this process: up to three logs in a scene, whose
 * questions are answered by the code of crosstap-sensor. A test says what the
 * logs lack, and may meddle with the answers.
 */
#ifndef UNIT_COLLECT_TALK_H
#define UNIT_COLLECT_TALK_H

#include "../flows.h"
#include "../source/scene.h"
#include "collect/exchange.h"
#include "crosstap-sensor/answer.h"
#include "wire/frame.h"

#define TALK_SENSORS 3
#define TALK_T0 (SCENE_T0 * US_PER_S)
/* The logs begin at T0 and are five minutes long; three of them are asked for.
 * Flow n begins n / per_s seconds after T0 and takes 50 ms. */
#define TALK_FROM (TALK_T0 + FLOWS_WIDTH)
#define TALK_MINUTES 3

struct talk_sensor {
	struct sensor sensor;
	FILE *out;           /* its standard output */
	struct buf question; /* that waits for an answer */
	unsigned asked[REQUEST_END_OF_KINDS];
	unsigned hung_up;
	struct collect_sensor_state state;
};

static struct talk {
	/* What a test may set. */
	struct collect_options opt;
	unsigned per_s;
	bool (*lacks)(size_t sensor, unsigned flow);
	bool (*damages)(size_t sensor, unsigned flow);
	int64_t offset_us[TALK_SENSORS];
	size_t piece;  /* bytes that come at once; 0: the whole answer */
	bool backward; /* the last sensor answers first */
	/* May change an answer; false: the sensor is gone before it. */
	bool (*meddle)(
	    size_t sensor, const struct request *q, struct buf *answer);
	/* What came of it. */
	struct talk_sensor sensor[TALK_SENSORS];
	struct collect *c;
	struct exchange *x;
	struct compare *compare;
	struct result r;
} talk;

static inline void
talk_setup(void)
{
	scene_begin();
	talk = (struct talk){
		.opt = { .nsensors = 2,
		    .relation = RELATION_MIRROR,
		    .from_us = TALK_FROM,
		    .to_us = TALK_FROM + TALK_MINUTES * FLOWS_WIDTH,
		    .width_us = FLOWS_WIDTH,
		    .settle_us = 10 * FLOWS_S,
		    .seed = 99 },
		.per_s = 10,
	};
}

static inline void
talk_teardown(void)
{
	size_t i;

	compare_free(talk.compare);
	result_clear(&talk.r);
	exchange_free(talk.x);
	collect_free(talk.c);
	for (i = 0; i < talk.opt.nsensors; i++) {
		struct talk_sensor *s = &talk.sensor[i];

		folders_close(&s->sensor.folders);
		buf_clear(&s->sensor.channel.out);
		buf_clear(&s->question);
		if (s->out != NULL)
			(void)fclose(s->out);
	}
	scene_end();
}

static inline void
talk_write_log(size_t sensor, const char *folder)
{
	struct buf b = BUF_INIT;
	char name[64];
	unsigned n;

	buf_add_str(&b,
	    "#separator \\x09\n#unset_field\t-\n#path\tconn\n"
	    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p"
	    "\tproto\tduration\tconn_state\tlocal_orig\torig_pkts"
	    "\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\n");
	for (n = 0; n < 300 * talk.per_s; n++) {
		int64_t us = TALK_T0 + n * US_PER_S / talk.per_s +
		    talk.offset_us[sensor];

		if (talk.lacks != NULL && talk.lacks(sensor, n))
			continue;
		buf_printf(&b,
		    "%" PRId64 ".%06" PRId64 "\tC%u\t10.%u.%u.%u\t40000"
		    "\t192.0.2.7\t443\ttcp\t0.050000\tSF\tT\t%u\t500\t4\t400\n",
		    us / US_PER_S, us % US_PER_S, n, n >> 16, n >> 8 & 255,
		    n & 255,
		    talk.damages != NULL && talk.damages(sensor, n) ? 4 : 5);
	}
	buf_add_str(&b, "#close\t2024-06-01-00-05-00\n");
	ck_assert(buf_ok(&b));
	(void)snprintf(name, sizeof(name), "%s/conn.log", folder);
	scene_put(name, b.p, b.n);
	scene_age(name);
	buf_clear(&b);
}

static inline void
talk_open_sensor(size_t i)
{
	static struct option_list folders[TALK_SENSORS], attributes;
	static char path[TALK_SENSORS][512];
	struct talk_sensor *s = &talk.sensor[i];
	char name[2] = { (char)('a' + (int)i), '\0' };
	struct diag d = DIAG_INIT;

	scene_folder(name);
	talk_write_log(i, name);
	(void)snprintf(path[i], sizeof(path[i]), "%s", scene_path(name));
	folders[i].item[folders[i].n++] = path[i];
	ck_assert_msg(
	    folders_open(&s->sensor.folders, &folders[i], &d), "%s", d.text);
	folders_source(&s->sensor.folders, &s->sensor.source);
	s->sensor.parser.detail = true;
	s->sensor.source.parser = &s->sensor.parser;
	s->sensor.attributes = &attributes;
	s->sensor.timeout_us = 3600 * US_PER_S;
	s->out = tmpfile();
	ck_assert_ptr_nonnull(s->out);
	s->sensor.channel.fd = fileno(s->out);
}

static inline bool
talk_send(void *arg, size_t i, struct span bytes)
{
	(void)arg;
	ck_assert_uint_eq(talk.sensor[i].question.n, 0);
	buf_add(&talk.sensor[i].question, bytes.p, bytes.n);
	return true;
}

static inline void
talk_hang_up(void *arg, size_t i)
{
	(void)arg;
	talk.sensor[i].hung_up++;
}

/* The answer of sensor i to the question q. */
static inline void
talk_answer(size_t i, const struct request *q, struct buf *answer)
{
	static answer_fn *const answers[REQUEST_END_OF_KINDS] = {
		[REQUEST_DIGEST] = answer_digest,
		[REQUEST_SYMBOLS] = answer_symbols,
		[REQUEST_RESOLVE] = answer_records,
		[REQUEST_SAMPLE] = answer_records,
	};
	struct talk_sensor *s = &talk.sensor[i];
	off_t n;

	s->asked[q->kind]++;
	channel_begin(&s->sensor.channel, s->sensor.timeout_us);
	ck_assert(answers[q->kind](&s->sensor, q));
	ck_assert(channel_flush(&s->sensor.channel));
	n = lseek(s->sensor.channel.fd, 0, SEEK_CUR);
	ck_assert(n > 0 && buf_reserve(answer, (size_t)n));
	ck_assert_int_eq(
	    pread(s->sensor.channel.fd, answer->p, (size_t)n, 0), n);
	answer->n = (size_t)n;
	ck_assert_int_eq(ftruncate(s->sensor.channel.fd, 0), 0);
	ck_assert_int_eq(lseek(s->sensor.channel.fd, 0, SEEK_SET), 0);
}

static inline void
talk_serve(size_t i)
{
	struct buf question = talk.sensor[i].question, answer = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct request q;
	size_t at, n;

	memset(&talk.sensor[i].question, 0, sizeof(question));
	ck_assert_int_eq(
	    request_decode((struct span){ question.p + FRAME_HEAD_BYTES,
			       question.n - FRAME_HEAD_BYTES },
		&q, &d),
	    WIRE_OK);
	talk_answer(i, &q, &answer);
	if (talk.meddle != NULL && !talk.meddle(i, &q, &answer))
		exchange_lost(talk.x, i, "closed: in the test");
	else
		for (at = 0; at < answer.n; at += n) {
			n = talk.piece != 0 && talk.piece < answer.n - at
			    ? talk.piece
			    : answer.n - at;
			exchange_feed(
			    talk.x, i, (struct span){ answer.p + at, n });
		}
	request_clear(&q);
	buf_clear(&question);
	buf_clear(&answer);
}

/* Asks until all is done; what does not answer any more is given up. */
static inline void
talk_collect(void)
{
	static const struct exchange_carrier carrier = { talk_send,
		talk_hang_up, NULL };
	size_t i, k, served;

	for (i = 0; i < talk.opt.nsensors; i++)
		talk_open_sensor(i);
	talk.c = collect_new(&talk.opt);
	talk.x = exchange_new(talk.c, talk.opt.nsensors, &carrier);
	ck_assert_ptr_nonnull(talk.x);
	exchange_start(talk.x);
	do {
		for (i = served = 0; i < talk.opt.nsensors; i++) {
			k = talk.backward ? talk.opt.nsensors - 1 - i : i;
			if (talk.sensor[k].question.n == 0)
				continue;
			talk_serve(k);
			served++;
		}
		for (i = 0; served == 0 && i < talk.opt.nsensors; i++) {
			if (!exchange_waits_for(talk.x, i))
				continue;
			exchange_lost(talk.x, i, "timeout: in the test");
			served++;
		}
	} while (served > 0);
	ck_assert(collect_is_done(talk.c));
	ck_assert(!collect_is_broken(talk.c));
	for (i = 0; i < talk.opt.nsensors; i++)
		collect_state(talk.c, i, &talk.sensor[i].state);
}

/* Asks, and compares what came. */
static inline void
talk_run(void)
{
	struct compare_options opt;
	struct compare_sensor logs[TALK_SENSORS];
	const struct netmap *nets[TALK_SENSORS];
	struct bin *bins[TALK_SENSORS];
	struct diag d = DIAG_INIT;
	int64_t start;
	size_t i, k;

	talk_collect();
	opt = (struct compare_options){ .nsensors = talk.opt.nsensors,
		.relation = talk.opt.relation,
		.width_us = talk.opt.width_us };
	memcpy(opt.group, talk.opt.group, sizeof(opt.group));
	talk.compare = compare_new(&opt);
	ck_assert_ptr_nonnull(talk.compare);
	for (i = 0; i < talk.opt.nsensors; i++) {
		nets[i] = collect_nets(talk.c, i);
		logs[i] = talk.sensor[i].state.log;
	}
	for (k = 0; k < collect_nbuckets(talk.c); k++) {
		ck_assert(collect_take(talk.c, k, &start, bins));
		ck_assert_msg(compare_add(talk.compare, start, bins, nets, &d),
		    "%s", d.text);
		for (i = 0; i < talk.opt.nsensors; i++)
			bin_free(bins[i]);
	}
	ck_assert_msg(
	    compare_finish(talk.compare, logs, &talk.r, &d), "%s", d.text);
}

/* One frame of an answer, head included; the next begins after it. */
static inline struct span
talk_frame(const struct buf *answer, size_t at)
{
	const uint8_t *p = (const uint8_t *)answer->p + at;

	ck_assert_uint_ge(answer->n, at + FRAME_HEAD_BYTES);
	return (struct span){ answer->p + at,
		FRAME_HEAD_BYTES +
		    ((size_t)p[0] << 24 | (size_t)p[1] << 16 |
			(size_t)p[2] << 8 | p[3]) };
}

#endif
