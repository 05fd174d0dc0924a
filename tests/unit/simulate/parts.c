/*
 * The parts below a run: randomness, the spool's order, dates and lines, and
 * what the tracker makes of packets that are there or missing.
 */
#include <stdio.h>
#include <string.h>
#include "base/buf.h"
#include "simulate/conn_log.h"
#include "simulate/prng.h"
#include "simulate/spool.h"
#include "simulate/tracker.h"
#include "../unit.h"

START_TEST(splitmix64_gives_its_published_numbers)
{
	struct prng p = { 1234567 };

	ck_assert_uint_eq(prng_next(&p), UINT64_C(6457827717110365317));
	ck_assert_uint_eq(prng_next(&p), UINT64_C(3203168211198807973));
	ck_assert_uint_eq(prng_next(&p), UINT64_C(9817491932198370423));
}
END_TEST

START_TEST(exponential_has_its_mean)
{
	struct prng p = { 1 };
	double sum = 0;
	int i;

	for (i = 0; i < 100000; i++)
		sum += (double)prng_exponential(&p, 50000);
	ck_assert_double_gt(sum / 100000, 49000);
	ck_assert_double_lt(sum / 100000, 51000);
}
END_TEST

START_TEST(spread_has_its_median_and_width)
{
	struct prng p = { 2 };
	int below = 0, low = 0, i;

	for (i = 0; i < 100000; i++) {
		int64_t x = prng_spread(&p, 10000, 2 << 16);

		below += x < 10000;
		low += x < 2500; /* two to the power of one deviation */
	}
	ck_assert_int_gt(below, 49000);
	ck_assert_int_lt(below, 51000);
	ck_assert_int_gt(low, 14500);
	ck_assert_int_lt(low, 17500);
}
END_TEST

struct parts_order {
	int64_t last;
	size_t n;
};

static void
parts_take(void *ctx, const struct record *r)
{
	struct parts_order *o = ctx;

	if (r->log_us < o->last)
		ck_abort_msg("record %zu is out of order", o->n);
	o->last = r->log_us;
	o->n++;
}

START_TEST(spool_gives_back_in_order_and_all)
{
	const int64_t t0 = INT64_C(1764000000) * US_PER_S;
	struct spool *s = spool_new(t0);
	struct parts_order o = { 0, 0 };
	struct prng p = { 3 };
	struct record r = { 0 };
	int i;

	ck_assert_ptr_nonnull(s);
	for (i = 0; i < 20000; i++) {
		int64_t now = t0 + i * INT64_C(1000);

		r.log_us = now + prng_below(&p, 400000000);
		if (!spool_put(s, &r) ||
		    !spool_advance(s, now, parts_take, &o) || o.last >= now)
			ck_abort_msg("step %d", i);
	}
	ck_assert_uint_lt(o.n, 20000);
	ck_assert(spool_drain(s, parts_take, &o));
	ck_assert_uint_eq(o.n, 20000);
	spool_free(s);
}
END_TEST

static const struct {
	int64_t s;
	const char *stamp;
} parts_stamps[] = {
	{ 0, "1970-01-01-00-00-00" },
	{ 951782399, "2000-02-28-23-59-59" },
	{ 951782400, "2000-02-29-00-00-00" },
	{ 1764000000, "2025-11-24-16-00-00" },
	{ 4102444799, "2099-12-31-23-59-59" },
};

START_TEST(header_tells_the_date)
{
	struct buf b = BUF_INIT;

	conn_log_open(&b, CONN_LOG_TSV, parts_stamps[_i].s * US_PER_S);
	ck_assert_ptr_nonnull(strstr(b.p, parts_stamps[_i].stamp));
	buf_clear(&b);
}
END_TEST

/* A TCP session of ten packets, a tenth of a second apart: S h A D a d A F f
 * A. In the mask X is one that is missing, C one with a bad checksum. */
static size_t
parts_session(const char *mask, struct packet *out)
{
	static const struct packet all[] = {
		{ 0, 0, 0, 0, 60, PACKET_SYN },
		{ 1, 0, 1, 0, 60, PACKET_SYN | PACKET_ACK | PACKET_FROM_RESP },
		{ 2, 1, 1, 0, 52, PACKET_ACK },
		{ 3, 1, 1, 100, 152, PACKET_ACK },
		{ 4, 1, 101, 0, 52, PACKET_ACK | PACKET_FROM_RESP },
		{ 5, 1, 101, 500, 552, PACKET_ACK | PACKET_FROM_RESP },
		{ 6, 101, 501, 0, 52, PACKET_ACK },
		{ 7, 101, 501, 0, 52, PACKET_FIN | PACKET_ACK },
		{ 8, 501, 102, 0, 52,
		    PACKET_FIN | PACKET_ACK | PACKET_FROM_RESP },
		{ 9, 102, 502, 0, 52, PACKET_ACK },
	};
	size_t i, n = 0;

	for (i = 0; i < ARRAY_LEN(all); i++) {
		if (mask[i] == 'X')
			continue;
		out[n] = all[i];
		out[n].us = (all[i].us + 1000) * US_PER_S / 10;
		if (mask[i] == 'C')
			out[n].flags |= PACKET_BAD_CSUM;
		n++;
	}
	return n;
}

struct parts_seen {
	char text[256];
	struct record last;
	size_t n;
};

static void
parts_see(void *ctx, const struct record *r)
{
	struct parts_seen *s = ctx;
	size_t at = strlen(s->text);

	(void)snprintf(s->text + at, sizeof(s->text) - at, "%s%s/%.*s",
	    at == 0 ? "" : " ", flow_state_name((enum flow_state)r->state),
	    r->nhistory, r->history);
	s->last = *r;
	s->n++;
}

/* As Zeek 6 wrote them for real packets. */
static const struct {
	const char *mask;
	uint16_t port;
	const char *want;
	uint64_t missed;
} parts_tracks[] = {
	{ "..........", 443, "SF/ShADadFf", 0 },
	{ "X.........", 443, "SF/^hADadFf", 0 },
	{ ".X........", 443, "SF/SADadFf", 0 },
	{ "..X.......", 443, "SF/ShDadAFf", 0 },
	{ "...X......", 443, "SF/ShAaGdFf", 100 },
	{ ".....X....", 443, "SF/ShADagFf", 500 },
	{ ".......X..", 443, "S3/ShADadfG", 1 },
	{ "........X.", 443, "S2/ShADadFg", 1 },
	{ ".X..XX..X.", 443, "SH/SADF", 0 },
	{ "X.XX..XX.X", 443, "SHR/^hadf", 0 },
	{ "X.XX..XX.X", 8443, "SH/HADF", 0 },
	{ "XXX.......", 443, "SF/DadAFf", 0 },
	{ "XXX....XXX", 443, "OTH/DadA", 0 },
	{ ".......XXX", 443, "S1/ShADad", 0 },
	{ ".XXXXXXXXX", 443, "S0/S", 0 },
	{ "C.CC..CC.C", 443, "OTH/C SHR/^hCadf", 0 },
	{ ".C..CC..C.", 443, "SH/ScADF", 0 },
};

START_TEST(tracker_logs_what_zeek_would)
{
	struct tuple t = { .proto = PROTO_TCP,
		.orig_port = 40000,
		.resp_port = parts_tracks[_i].port };
	struct parts_seen seen = { { 0 }, { 0 }, 0 };
	struct packet k[16];
	size_t n = parts_session(parts_tracks[_i].mask, k);
	const char *want = parts_tracks[_i].want;

	tracker_run(&tracker_defaults, &t, SERVICE_SSL, k, n, parts_see, &seen);
	if (strcmp(seen.text, want) != 0)
		ck_abort_msg("%s on %u: %s, wanted %s", parts_tracks[_i].mask,
		    parts_tracks[_i].port, seen.text, want);
	ck_assert_uint_eq(seen.last.missed_bytes, parts_tracks[_i].missed);
}
END_TEST

START_TEST(tracker_waits_as_zeek_does)
{
	struct tuple t = {
		.proto = PROTO_TCP, .orig_port = 40000, .resp_port = 443
	};
	struct parts_seen seen = { { 0 }, { 0 }, 0 };
	struct packet k[16];
	size_t n = parts_session("..........", k);
	const int64_t us = US_PER_S / 10;

	/* Closed: five seconds after the second FIN. */
	tracker_run(&tracker_defaults, &t, SERVICE_SSL, k, n, parts_see, &seen);
	ck_assert_int_eq(seen.last.log_us, 1008 * us + 5 * US_PER_S);
	ck_assert_int_eq(seen.last.duration_us, 8 * us);
	ck_assert_uint_eq(seen.last.orig_bytes, 100);
	ck_assert_uint_eq(seen.last.resp_bytes, 500);
	ck_assert_int_eq(seen.last.service, SERVICE_SSL);
	/* Left open: five minutes, ssh an hour. */
	tracker_run(&tracker_defaults, &t, SERVICE_SSL, k, 7, parts_see, &seen);
	ck_assert_int_eq(seen.last.log_us, 1006 * us + 300 * US_PER_S);
	t.resp_port = 22;
	tracker_run(&tracker_defaults, &t, SERVICE_SSH, k, 7, parts_see, &seen);
	ck_assert_int_eq(seen.last.log_us, 1006 * us + 3600 * US_PER_S);
	/* A lone SYN: five seconds. */
	tracker_run(&tracker_defaults, &t, SERVICE_SSH, k, 1, parts_see, &seen);
	ck_assert_int_eq(seen.last.log_us, 1000 * us + 5 * US_PER_S);
	ck_assert_int_eq(seen.last.duration_us, 0);
}
END_TEST

START_TEST(udp_flow_ends_when_it_is_quiet)
{
	struct tuple t = {
		.proto = PROTO_UDP, .orig_port = 40000, .resp_port = 51820
	};
	struct tracker_timeouts hasty = tracker_defaults;
	struct packet k[] = { { 1 * US_PER_S, 0, 0, 50, 78, 0 },
		{ 2 * US_PER_S, 0, 0, 90, 118, PACKET_FROM_RESP },
		{ 12 * US_PER_S, 0, 0, 50, 78, 0 } };
	struct parts_seen usual = { { 0 }, { 0 }, 0 };
	struct parts_seen split = { { 0 }, { 0 }, 0 };

	tracker_run(
	    &tracker_defaults, &t, SERVICE_NONE, k, 3, parts_see, &usual);
	ck_assert_str_eq(usual.text, "SF/Dd");
	ck_assert_int_eq(usual.last.log_us, 72 * US_PER_S);
	ck_assert_uint_eq(usual.last.orig_bytes, 100);
	hasty.udp_us = 3 * US_PER_S;
	tracker_run(&hasty, &t, SERVICE_NONE, k, 3, parts_see, &split);
	ck_assert_str_eq(split.text, "SF/Dd S0/D");
}
END_TEST

START_TEST(line_is_as_zeek_writes_it)
{
	struct record r = { .start_us = INT64_C(1764000000011327),
		.duration_us = 95557,
		.uid = 1,
		.orig_bytes = 338,
		.resp_bytes = 1041,
		.orig_pkts = 6,
		.orig_ip_bytes = 578,
		.resp_pkts = 4,
		.resp_ip_bytes = 1201,
		.state = FLOW_SF,
		.service = SERVICE_HTTP,
		.worker = 3,
		.nhistory = 8,
		.history = "ShADadFf" };
	struct buf b = BUF_INIT;
	const char *rest;

	r.tuple.proto = PROTO_TCP;
	r.tuple.orig.bits = 0x0a0b11df;
	r.tuple.orig.is_local = true;
	r.tuple.orig_port = 37308;
	r.tuple.resp.bits = 0x687f3e90;
	r.tuple.resp_port = 80;
	conn_log_record(&b, CONN_LOG_TSV, &r);
	rest = strchr(strchr(b.p, '\t') + 1, '\t');
	ck_assert(memcmp(b.p, "1764000000.011327\tC", 19) == 0);
	ck_assert_str_eq(rest,
	    "\t10.11.17.223\t37308\t104.127.62.144\t80\ttcp\thttp\t0.095557\t"
	    "338\t1041\tSF\tT\tF\t0\tShADadFf\t6\t578\t4\t1201\t-\tworker-4\n");
	b.n = 0;
	r.duration_us = 0;
	r.service = SERVICE_NONE;
	conn_log_record(&b, CONN_LOG_JSON, &r);
	ck_assert_ptr_nonnull(strstr(b.p, "\"id.orig_h\":\"10.11.17.223\""));
	ck_assert_ptr_nonnull(strstr(b.p, "\"local_orig\":true"));
	ck_assert_ptr_null(strstr(b.p, "duration"));
	ck_assert_ptr_null(strstr(b.p, "service"));
	ck_assert_ptr_nonnull(strstr(b.p, "\"peer\":\"worker-4\"}\n"));
	buf_clear(&b);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("simulate parts");
	TCase *t = tcase_create("parts");

	tcase_add_test(t, splitmix64_gives_its_published_numbers);
	tcase_add_test(t, exponential_has_its_mean);
	tcase_add_test(t, spread_has_its_median_and_width);
	tcase_add_test(t, spool_gives_back_in_order_and_all);
	tcase_add_loop_test(
	    t, header_tells_the_date, 0, (int)ARRAY_LEN(parts_stamps));
	tcase_add_loop_test(
	    t, tracker_logs_what_zeek_would, 0, (int)ARRAY_LEN(parts_tracks));
	tcase_add_test(t, tracker_waits_as_zeek_does);
	tcase_add_test(t, udp_flow_ends_when_it_is_quiet);
	tcase_add_test(t, line_is_as_zeek_writes_it);
	suite_add_tcase(s, t);
	return s;
}
