/*
 * The shipped rules: rows for which each must hold, alone, and near misses
 * for which nothing may. A row starts healthy; a case changes a few columns.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sys/rulelist.h"
#include "unit.h"

#define WIDTH (60 * US_PER_S)
#define END EVIDENCE_NNUMBERS

struct change {
	enum evidence_number column;
	double v;
};

struct given {
	const char *what;
	const char *rule; /* that holds; NULL: none */
	enum evidence_kind kind;
	const char *facet; /* or the worker */
	struct change change[20];
};

#define GONE                                                            \
	{ EV_flows, 0 }, { EV_missing, 1000 }, { EV_missing_share, 1 }, \
	    { EV_missing_sigma, 900 },                                  \
	{                                                               \
		EV_paired, 0                                            \
	}

#define THIRD_MISSING                                                       \
	{ EV_flows, 670 }, { EV_missing, 330 }, { EV_missing_share, 0.33 }, \
	    { EV_missing_sigma, 300 },                                      \
	{                                                                   \
		EV_paired, 670                                              \
	}

#define FROZEN                                                         \
	THIRD_MISSING, { EV_worker_flows, 0 }, { EV_worker_share, 0 }, \
	    { EV_worker_usual, 0.32 }, { EV_worker_expected, 320 },    \
	    { EV_worker_recall, 0.97 }, { EV_workers, 3 },             \
	{                                                              \
		EV_workers_frozen, 1                                   \
	}

#define SPOT                                                                  \
	{ EV_flows, 900 }, { EV_missing, 100 }, { EV_missing_share, 0.1 },    \
	    { EV_missing_sigma, 90 }, { EV_facet_flows, 100 },                \
	    { EV_facet_missing, 100 }, { EV_precision, 1 }, { EV_recall, 1 }, \
	    { EV_cause_precision, 1 }, { EV_cause_recall, 1 },                \
	    { EV_values_n, 1 },                                               \
	{                                                                     \
		EV_facet_sigma, 90                                            \
	}

#define LOSSY                                                   \
	{ EV_damaged, 80 }, { EV_damaged_share, 0.1 },          \
	    { EV_damaged_sigma, 70 }, { EV_lost_packets, 200 }, \
	    { EV_packet_loss, 0.01 },                           \
	{                                                       \
		EV_damage_random, 0.9                           \
	}

#define SKEWED                                           \
	{ EV_offset, 2.5 }, { EV_offset_spread, 0.001 }, \
	{                                                \
		EV_offset_pairs, 500                     \
	}

static const struct given cases[] = {
	{ "healthy", NULL, EVIDENCE_SENSOR, "", { { END, 0 } } },
	{ "a few flows missing", NULL, EVIDENCE_SENSOR, "",
	    { { EV_missing, 7 }, { EV_missing_share, 0.007 },
		{ EV_missing_sigma, 7 }, { END, 0 } } },
	{ "many missing, as usual for the pair", NULL, EVIDENCE_SENSOR, "",
	    { { EV_missing, 300 }, { EV_missing_share, 0.3 },
		{ EV_missing_sigma, 2 }, { END, 0 } } },
	{ "missing below the floor", NULL, EVIDENCE_SENSOR, "",
	    { { EV_missing, 20 }, { EV_missing_share, 0.0001 },
		{ EV_missing_sigma, 9 }, { END, 0 } } },
	{ "loss of 1e-5", NULL, EVIDENCE_SENSOR, "",
	    { { EV_damaged, 3 }, { EV_damaged_share, 0.004 },
		{ EV_damaged_sigma, 3 }, { EV_packet_loss, 1e-5 },
		{ EV_damage_random, 1 }, { END, 0 } } },

	{ "silent", "sensor-silent", EVIDENCE_SENSOR, "",
	    { GONE, { EV_resumes, 0 }, { END, 0 } } },
	{ "silent from the start", "sensor-silent", EVIDENCE_SENSOR, "",
	    { GONE, { EV_resumes, 0 }, { EV_began, 0 }, { END, 0 } } },
	{ "silent for long, at the edge", "sensor-silent", EVIDENCE_SENSOR, "",
	    { GONE, { EV_resumes, 0 }, { EV_edge, 1 },
		{ EV_silent_before, 180 }, { END, 0 } } },
	{ "nothing in the last bucket alone", NULL, EVIDENCE_SENSOR, "",
	    { GONE, { EV_resumes, 0 }, { EV_edge, 1 }, { EV_silent_before, 60 },
		{ END, 0 } } },
	{ "silent when the peer hardly speaks", NULL, EVIDENCE_SENSOR, "",
	    { { EV_flows, 0 }, { EV_peer_flows, 7 }, { EV_missing, 7 },
		{ EV_missing_share, 1 }, { EV_missing_sigma, 7 },
		{ EV_resumes, 0 }, { END, 0 } } },
	{ "silent but for a straggler", "sensor-silent", EVIDENCE_SENSOR, "",
	    { GONE, { EV_flows, 1 }, { EV_resumes, 0 }, { END, 0 } } },
	{ "a tenth is not silence", "unexplained", EVIDENCE_SENSOR, "",
	    { GONE, { EV_flows, 100 }, { EV_resumes, 0 }, { END, 0 } } },

	{ "a gap", "sensor-gap", EVIDENCE_SENSOR, "", { GONE, { END, 0 } } },
	{ "a pause in which nothing is missing", NULL, EVIDENCE_SENSOR, "",
	    { { EV_flows, 0 }, { END, 0 } } },
	{ "a log that begins later", NULL, EVIDENCE_SENSOR, "",
	    { GONE, { EV_began, 0 }, { EV_edge, 1 }, { END, 0 } } },

	{ "a worker frozen", "worker-frozen", EVIDENCE_WORKER, "worker-2",
	    { FROZEN, { END, 0 } } },
	{ "two of four frozen", "worker-frozen", EVIDENCE_WORKER, "worker-2",
	    { FROZEN, { EV_workers_frozen, 2 }, { EV_worker_recall, 0.5 },
		{ END, 0 } } },
	{ "a worker frozen while much else is missing", NULL, EVIDENCE_WORKER,
	    "worker-2", { FROZEN, { EV_worker_recall, 0.3 }, { END, 0 } } },
	{ "a worker renamed: nothing is missing", NULL, EVIDENCE_WORKER,
	    "worker-2",
	    { FROZEN, { EV_missing, 0 }, { EV_missing_sigma, 0 },
		{ EV_worker_recall, NAN }, { END, 0 } } },
	{ "a worker at a fifth of its load", NULL, EVIDENCE_WORKER, "worker-2",
	    { FROZEN, { EV_worker_flows, 64 }, { END, 0 } } },
	{ "a worker that never had much", NULL, EVIDENCE_WORKER, "worker-2",
	    { FROZEN, { EV_worker_usual, 0.01 }, { END, 0 } } },
	{ "the only worker", NULL, EVIDENCE_WORKER, "worker-2",
	    { FROZEN, { EV_workers, 1 }, { END, 0 } } },

	{ "blind to IPv6", "blind-spot", EVIDENCE_FACET, "ip_version",
	    { SPOT, { END, 0 } } },
	{ "blind to a network", "blind-spot", EVIDENCE_FACET, "local_net",
	    { SPOT, { EV_values_n, 2 }, { END, 0 } } },
	{ "remote networks are a link", "tap-link-loss", EVIDENCE_FACET,
	    "remote_net", { SPOT, { EV_values_n, 40 }, { END, 0 } } },
	{ "a VLAN is a link", "tap-link-loss", EVIDENCE_FACET, "vlan",
	    { SPOT, { END, 0 } } },
	{ "a link and much else", NULL, EVIDENCE_FACET, "remote_net",
	    { SPOT, { EV_recall, 0.5 }, { END, 0 } } },
	{ "a link half seen", NULL, EVIDENCE_FACET, "remote_net",
	    { SPOT, { EV_cause_precision, 0.5 }, { END, 0 } } },
	{ "half of the kind is seen", NULL, EVIDENCE_FACET, "port",
	    { SPOT, { EV_cause_precision, 0.5 }, { END, 0 } } },
	{ "a bucket of it that the fault fills in part", "blind-spot",
	    EVIDENCE_FACET, "port",
	    { SPOT, { EV_precision, 0.5 }, { END, 0 } } },
	{ "half of the missing is of other kinds", NULL, EVIDENCE_FACET, "port",
	    { SPOT, { EV_recall, 0.5 }, { END, 0 } } },
	{ "seven flows are chance", NULL, EVIDENCE_FACET, "port",
	    { SPOT, { EV_facet_missing, 7 }, { END, 0 } } },
	{ "most are of that kind anyway", NULL, EVIDENCE_FACET, "proto",
	    { SPOT, { EV_facet_sigma, 3 }, { END, 0 } } },

	{ "one percent of packets lost", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { END, 0 } } },
	{ "bursts lose the big flows", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_large_share, 0.9 }, { EV_large_base, 0.7 },
		{ END, 0 } } },
	{ "lost packets and flows", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_missing, 20 }, { EV_missing_share, 0.02 },
		{ EV_missing_sigma, 19 }, { END, 0 } } },
	{ "one direction is silent", "tap-strand-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_damage_random, 0.05 }, { EV_onesided_in, 0.95 },
		{ EV_onesided_out, 0 }, { END, 0 } } },
	{ "both directions are silent in turn", "unexplained", EVIDENCE_SENSOR,
	    "",
	    { LOSSY, { EV_damage_random, 0.05 }, { EV_onesided_in, 0.5 },
		{ EV_onesided_out, 0.5 }, { END, 0 } } },
	{ "torn flows", "flow-split", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_damage_random, 0.05 }, { EV_onesided_in, 0.5 },
		{ EV_onesided_out, 0.5 }, { EV_split, 90 },
		{ EV_split_share, 0.08 }, { EV_split_packets, 200 },
		{ END, 0 } } },
	{ "cut flows", "config-divergence", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_onesided_in, 0.1 }, { EV_split, 90 },
		{ EV_split_share, 0.08 }, { EV_split_packets, 200 },
		{ END, 0 } } },
	{ "checksums", "checksum-discard", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_checksum_share, 0.95 }, { END, 0 } } },
	{ "large packets only", "large-packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_large_over, 1400 }, { EV_large_share, 1 },
		{ EV_large_base, 0.3 }, { END, 0 } } },
	{ "the peer counts twice", NULL, EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_damaged, 800 }, { EV_damaged_share, 1 },
		{ EV_packet_loss, 0.5 }, { EV_damage_random, 1 },
		{ END, 0 } } },
	{ "loss within the norm", NULL, EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_damaged_sigma, 2 }, { END, 0 } } },

	{ "some packets twice", "duplicate-feed", EVIDENCE_SENSOR, "",
	    { { EV_peer_damaged, 80 }, { EV_extra_packets, 100 },
		{ EV_repeat_share, 0.3 }, { EV_peer_gap_share, 0 },
		{ END, 0 } } },
	{ "more packets here, and gaps there", NULL, EVIDENCE_SENSOR, "",
	    { { EV_peer_damaged, 80 }, { EV_extra_packets, 100 },
		{ EV_repeat_share, 0.3 }, { EV_peer_gap_share, 0.3 },
		{ END, 0 } } },
	{ "some packets twice, and lossy", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_peer_damaged, 80 }, { EV_extra_packets, 100 },
		{ EV_repeat_share, 0.3 }, { EV_peer_gap_share, 0 },
		{ END, 0 } } },
	{ "large flows break off", "config-divergence", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_cut, 30 }, { EV_damaged, 40 }, { EV_cut_share, 0.99 },
		{ EV_large_share, 0.95 }, { EV_large_base, 0.3 },
		{ END, 0 } } },
	{ "one large flow breaks off", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_cut, 1 }, { EV_cut_share, 0.99 }, { END, 0 } } },
	{ "large flows suffer in a burst", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_cut, 9 }, { EV_cut_share, 0.9 }, { END, 0 } } },
	{ "no local networks", "config-divergence", EVIDENCE_SENSOR, "",
	    { { EV_local_ends, 0 }, { EV_peer_local_ends, 1 }, { END, 0 } } },
	{ "no IPv6 local network", "config-divergence", EVIDENCE_SENSOR, "",
	    { { EV_local_ends, 0.95 }, { EV_peer_local_ends, 1 },
		{ END, 0 } } },
	{ "more local networks", NULL, EVIDENCE_SENSOR, "",
	    { { EV_local_ends, 1 }, { EV_peer_local_ends, 0.5 }, { END, 0 } } },
	{ "flows between local hosts inside", NULL, EVIDENCE_SENSOR, "",
	    { { EV_superset, 1 }, { EV_local_ends, 1 },
		{ EV_peer_local_ends, 1.3 }, { END, 0 } } },
	{ "a log without local_orig", NULL, EVIDENCE_SENSOR, "",
	    { { EV_peer_local_ends, 1 }, { END, 0 } } },
	{ "local networks and a lossy wire", "packet-loss", EVIDENCE_SENSOR, "",
	    { LOSSY, { EV_local_ends, 1 }, { EV_peer_local_ends, 1 },
		{ END, 0 } } },
	{ "a clock ahead", "clock-skew", EVIDENCE_SENSOR, "",
	    { SKEWED, { END, 0 } } },
	{ "a clock behind", "clock-skew", EVIDENCE_SENSOR, "",
	    { SKEWED, { EV_offset, -0.3 }, { END, 0 } } },
	{ "16 ms are healthy", NULL, EVIDENCE_SENSOR, "",
	    { SKEWED, { EV_offset, 0.016 }, { END, 0 } } },
	{ "few pairs", NULL, EVIDENCE_SENSOR, "",
	    { SKEWED, { EV_offset_pairs, 10 }, { END, 0 } } },
	{ "offsets that scatter", NULL, EVIDENCE_SENSOR, "",
	    { SKEWED, { EV_offset_spread, 2 }, { END, 0 } } },

	{ "a tenth missing for no known cause", "unexplained", EVIDENCE_SENSOR,
	    "",
	    { { EV_missing, 100 }, { EV_missing_share, 0.1 },
		{ EV_missing_sigma, 90 }, { END, 0 } } },
	{ "flows in pieces", "config-divergence", EVIDENCE_SENSOR, "",
	    { { EV_split, 400 }, { EV_split_share, 0.3 }, { END, 0 } } },
	{ "a few pieces", NULL, EVIDENCE_SENSOR, "",
	    { { EV_split, 12 }, { EV_split_share, 0.012 }, { END, 0 } } },
	{ "every packet twice", "duplicate-feed", EVIDENCE_SENSOR, "",
	    { { EV_multiple, 0.99 }, { EV_multiple_factor, 2 },
		{ EV_peer_damaged, 795 }, { END, 0 } } },
	{ "a peer that loses packets", NULL, EVIDENCE_SENSOR, "",
	    { { EV_multiple, 0.1 }, { EV_multiple_factor, 2 },
		{ EV_peer_damaged, 700 }, { END, 0 } } },
	{ "flows that the outside never saw", "visibility-leak",
	    EVIDENCE_SENSOR, "",
	    { { EV_subset, 1 }, { EV_extra, 40 }, { EV_extra_fresh, 38 },
		{ EV_extra_sigma, 39 }, { END, 0 } } },
	{ "flows that a mirror never saw are its own to explain", NULL,
	    EVIDENCE_SENSOR, "",
	    { { EV_extra, 40 }, { EV_extra_sigma, 39 }, { END, 0 } } },
	{ "missing at the edge", NULL, EVIDENCE_SENSOR, "",
	    { { EV_edge, 1 }, { EV_missing, 100 }, { EV_missing_share, 0.1 },
		{ EV_missing_sigma, 90 }, { END, 0 } } },
};

static const struct change healthy[] = { { EV_width, 60 }, { EV_subset, 0 },
	{ EV_superset, 0 }, { EV_edge, 0 }, { EV_flows, 1000 },
	{ EV_peer_flows, 1000 }, { EV_peer_usual, 1000 }, { EV_usual, 1000 },
	{ EV_paired, 1000 }, { EV_missing, 0 }, { EV_missing_share, 0 },
	{ EV_missing_expected, 1 }, { EV_missing_sigma, 0 }, { EV_extra, 0 },
	{ EV_extra_sigma, 0 }, { EV_split, 0 }, { EV_split_share, 0 },
	{ EV_split_packets, 0 }, { EV_fresh, 800 }, { EV_damaged, 0 },
	{ EV_damaged_share, 0 }, { EV_damaged_sigma, 0 },
	{ EV_peer_damaged, 0 }, { EV_peer_packets, 20000 },
	{ EV_lost_packets, 0 }, { EV_packet_loss, 0 }, { EV_multiple, 0 },
	{ EV_multiple_factor, 1 }, { EV_silent_before, 0 },
	{ EV_silent_after, 0 }, { EV_resumes, 1 }, { EV_began, 1 },
	{ EV_behind, 0 }, { EV_bad_lines, 0 }, { EV_late, 0 },
	{ EV_explained, 0 }, { EV_peers, 0 }, { EV_peers_agree, 0 },
	{ EV_peers_lack, 0 }, { EV_stepped, 0 } };

static struct rules *
load(void)
{
	const char *src = getenv("srcdir"), *path;
	struct diag d = DIAG_INIT;
	struct rules *rs;
	char text[4096];

	(void)snprintf(text, sizeof(text), "%s/rules", src == NULL ? "." : src);
	path = text;
	rs = rulelist_compile(&path, 1, &d);
	ck_assert_msg(rs != NULL, "%s", d.text);
	return rs;
}

static void
make_row(const struct given *g, int bucket, struct evidence *e)
{
	size_t i;

	evidence_init(e, g->kind);
	for (i = 0; i < ARRAY_LEN(healthy); i++)
		e->n[healthy[i].column] = healthy[i].v;
	for (i = 0; g->change[i].column != END; i++)
		e->n[g->change[i].column] = g->change[i].v;
	e->start_us = (1764000000 + 60 * bucket) * US_PER_S;
	(void)snprintf(e->t[EVT_sensor], EVIDENCE_TEXT_MAX, "B");
	(void)snprintf(e->t[EVT_peer], EVIDENCE_TEXT_MAX, "A");
	if (g->kind == EVIDENCE_WORKER)
		(void)snprintf(
		    e->t[EVT_worker], EVIDENCE_TEXT_MAX, "%s", g->facet);
	if (g->kind != EVIDENCE_FACET)
		return;
	(void)snprintf(e->t[EVT_facet], EVIDENCE_TEXT_MAX, "%s", g->facet);
	(void)snprintf(e->t[EVT_value], EVIDENCE_TEXT_MAX, "6");
}

START_TEST(a_rule_holds_where_it_must_and_nowhere_else)
{
	const struct given *g = &cases[_i];
	struct rules *rs = load();
	struct diag d = DIAG_INIT;
	struct evidence rows[3];
	struct finding *f;
	size_t n, i;

	for (i = 0; i < 3; i++)
		make_row(g, (int)i, &rows[i]);
	ck_assert_msg(
	    rules_judge(rs, rows, 3, WIDTH, &f, &n, &d), "%s", d.text);
	ck_assert_msg(n == (g->rule != NULL), "%s: %zu findings, first %s",
	    g->what, n, n > 0 ? f[0].rule : "");
	if (g->rule != NULL) {
		ck_assert_msg(strcmp(f[0].rule, g->rule) == 0, "%s: %s",
		    g->what, f[0].rule);
		ck_assert_int_eq(f[0].to_us - f[0].from_us, 3 * WIDTH);
		ck_assert_uint_gt(strlen(f[0].summary), 20);
		ck_assert_ptr_null(strchr(f[0].summary, '{'));
		ck_assert_ptr_null(strstr(f[0].summary, "unknown"));
		ck_assert_uint_gt(f[0].nevidence, 0);
	}
	free(f);
	rules_free(rs);
}
END_TEST

START_TEST(a_frozen_worker_says_which_since_when_and_how_much)
{
	struct rules *rs = load();
	struct diag d = DIAG_INIT;
	struct evidence rows[5];
	struct given g = { "", NULL, EVIDENCE_SENSOR, "",
		{ THIRD_MISSING, { END, 0 } } };
	struct given w = { "", NULL, EVIDENCE_WORKER, "worker-2",
		{ FROZEN, { END, 0 } } };
	struct finding *f;
	size_t n;

	/* A part of the fault in the bucket before it is not another one. */
	make_row(&g, 3, &rows[0]);
	make_row(&g, 4, &rows[1]);
	make_row(&g, 5, &rows[2]);
	make_row(&w, 4, &rows[3]);
	make_row(&w, 5, &rows[4]);
	ck_assert(rules_judge(rs, rows, 5, WIDTH, &f, &n, &d));
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(f[0].rule, "worker-frozen");
	ck_assert_str_eq(f[0].sensor, "B");
	ck_assert_str_eq(f[0].facet, "worker");
	ck_assert_str_eq(f[0].value, "worker-2");
	ck_assert_int_eq(f[0].severity, SEVERITY_CRITICAL);
	ck_assert_int_eq(f[0].from_us, 1764000240 * US_PER_S);
	ck_assert_double_eq_tol(f[0].share, 0.32, 1e-9);
	ck_assert_str_eq(f[0].summary,
	    "worker-2 of B stands still: 0 flows where its usual 32.0 % of the "
	    "load make 640; B misses 33.0 % of what A saw");
	free(f);
	rules_free(rs);
}
END_TEST

START_TEST(every_rule_is_there_and_explained)
{
	static const char *const names[] = { "sensor-silent", "sensor-gap",
		"worker-frozen", "tap-link-loss", "tap-strand-loss",
		"packet-loss", "large-packet-loss", "duplicate-feed",
		"flow-split", "checksum-discard", "clock-skew", "blind-spot",
		"config-divergence", "visibility-leak", "sensor-lagging",
		"common-drop", "platform-bug", "local-nets", "shunting",
		"repeated-packets", "unexplained" };
	struct rules *rs = load();
	const struct rule *r;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		r = rules_find(rs, names[i]);
		ck_assert_msg(r != NULL, "%s", names[i]);
		ck_assert_ptr_nonnull(r->description);
		ck_assert_ptr_nonnull(strstr(r->description, "looks alike"));
		ck_assert_ptr_nonnull(strstr(r->description, "What to do"));
		ck_assert_ptr_nonnull(r->see);
		ck_assert_ptr_nonnull(r->share);
	}
	rules_free(rs);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/shipped");
	TCase *t = tcase_create("shipped");

	tcase_add_loop_test(t, a_rule_holds_where_it_must_and_nowhere_else, 0,
	    (int)ARRAY_LEN(cases));
	tcase_add_test(t, a_frozen_worker_says_which_since_when_and_how_much);
	tcase_add_test(t, every_rule_is_there_and_explained);
	suite_add_tcase(s, t);
	return s;
}
