/*
 * Incidents in the file: ids, history, and what people did stays.
 */
#include "scene.h"
#include "../golden.h"
#include "../sample_result.h"

static struct incident_list list;

/* One bucket with these findings of B, judged and written. */
static enum store_error
cycle(int64_t i, const struct finding *f, size_t nf, bool full)
{
	struct incident_cycle ic = { .start_us = AT(i),
		.end_us = AT(i + 1),
		.now_us = AT(i + 7),
		.width_us = MINUTE,
		.full = full,
		.compared = 1,
		.quiet_buckets = 5,
		.flap_us = 30 * MINUTE };
	struct store_cycle c = { .group = "g",
		.reading = full ? STORE_FULL_READING : STORE_EARLY,
		.now_us = AT(i + 7),
		.incidents = &list };
	enum store_error error;
	struct result r;
	size_t k;

	scene_result(&r, 2, AT(i), 1);
	for (k = 0; k < nf; k++)
		scene_find(&r, &f[k]);
	c.result = &r;
	ck_assert(incident_run(&list, &ic, r.findings, r.nfindings));
	scene_diag = (struct diag)DIAG_INIT;
	error = store_write(scene, &c, &scene_diag);
	result_clear(&r);
	return error;
}

static void
cycle_full(int64_t i, const char *rule)
{
	struct finding f;

	if (rule != NULL)
		f = scene_finding(rule, "B", AT(i), AT(i + 1), 0.25);
	scene_ok(cycle(i, &f, rule != NULL, true));
}

static void
finish(void)
{
	incident_clear(&list);
	scene_end();
}

static void
load(int64_t since_us)
{
	incident_clear(&list);
	scene_ok(
	    store_incidents_load(scene, "g", since_us, &list, &scene_diag));
}

START_TEST(a_new_incident_has_its_id_and_is_loaded_as_it_was)
{
	struct incident was;

	cycle_full(0, "packet-loss");
	ck_assert_int_eq(list.v[0].id, 1);
	was = list.v[0];
	load(AT(0));
	ck_assert_uint_eq(list.n, 1);
	ck_assert_str_eq(list.v[0].rule, "packet-loss");
	ck_assert_str_eq(list.v[0].sensor, "B");
	ck_assert_str_eq(list.v[0].summary, was.summary);
	ck_assert_int_eq(list.v[0].from_us, AT(0));
	ck_assert_int_eq(list.v[0].to_us, AT(1));
	ck_assert_int_eq(list.v[0].opened_us, AT(7));
	ck_assert_int_eq(list.v[0].cleared_us, 0);
	ck_assert_double_eq(list.v[0].worst, 0.25);
	ck_assert_int_eq(list.v[0].severity, SEVERITY_WARNING);
}
END_TEST

START_TEST(a_fault_that_goes_on_is_one_incident_and_one_finding)
{
	struct store_event *e;
	struct finding *f;
	size_t n;
	int i;

	for (i = 0; i < 10; i++) {
		cycle_full(i, "packet-loss");
		load(AT(i - 30));
	}
	ck_assert_int_eq(store_rows(scene, "incident"), 1);
	scene_ok(store_findings(scene, 1, &f, &n, &scene_diag));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(f[0].from_us, AT(0));
	ck_assert_int_eq(f[0].to_us, AT(10));
	free(f);
	scene_ok(store_history(scene, 1, &e, &n, &scene_diag));
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(e[0].event, INCIDENT_OPENED);
	free(e);
}
END_TEST

START_TEST(history_tells_of_opening_clearing_and_opening_again)
{
	static const enum incident_event want[] = { INCIDENT_OPENED,
		INCIDENT_CLEARS, INCIDENT_REOPENED };
	struct store_incident inc;
	struct store_event *e;
	size_t n, i;

	cycle_full(0, "packet-loss");
	for (i = 1; i <= 5; i++)
		cycle_full((int64_t)i, NULL);
	load(AT(0));
	ck_assert_int_eq(list.v[0].state, INCIDENT_CLEARED);
	cycle_full(8, "packet-loss");
	scene_ok(store_history(scene, 1, &e, &n, &scene_diag));
	ck_assert_uint_eq(n, 3);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(e[i].event, want[i]);
	ck_assert_str_eq(e[1].text, "quiet for 5 buckets");
	free(e);
	scene_ok(store_incident(scene, 1, &inc, &scene_diag));
	ck_assert_uint_eq(inc.i.flaps, 1);
	ck_assert_int_eq(inc.i.state, INCIDENT_OPEN);
}
END_TEST

START_TEST(quiet_buckets_are_kept_while_it_is_open)
{
	cycle_full(0, "packet-loss");
	cycle_full(1, NULL);
	cycle_full(2, NULL);
	load(AT(0));
	ck_assert_uint_eq(list.v[0].quiet, 2);
}
END_TEST

START_TEST(old_incidents_are_not_loaded)
{
	int i;

	cycle_full(0, "packet-loss");
	for (i = 1; i <= 5; i++)
		cycle_full(i, NULL);
	load(AT(2));
	ck_assert_uint_eq(list.n, 0);
}
END_TEST

START_TEST(what_becomes_worse_is_history)
{
	struct finding f = scene_finding("packet-loss", "B", AT(1), AT(2), 0.9);
	struct store_event *e;
	size_t n;

	cycle_full(0, "packet-loss");
	f.severity = SEVERITY_CRITICAL;
	scene_ok(cycle(1, &f, 1, true));
	scene_ok(store_history(scene, 1, &e, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(e[1].event, INCIDENT_UPDATED);
	free(e);
}
END_TEST

START_TEST(merged_incidents_name_the_one_that_stays)
{
	struct finding f[2] = {
		scene_finding("blind-spot", "B", AT(0), AT(1), 0.1),
		scene_finding("blind-spot", "B", AT(0), AT(1), 0.1),
	};
	struct store_incident inc;

	(void)snprintf(f[0].value, sizeof(f[0].value), "80");
	(void)snprintf(f[1].value, sizeof(f[1].value), "443");
	scene_ok(cycle(0, f, 2, true));
	ck_assert_uint_eq(list.n, 2);
	f[0] = scene_finding("blind-spot", "B", AT(1), AT(2), 0.2);
	(void)snprintf(f[0].value, sizeof(f[0].value), "80, 443");
	scene_ok(cycle(1, f, 1, true));
	ck_assert_int_eq(list.v[1].merged_into, 1);
	scene_ok(store_incident(scene, 2, &inc, &scene_diag));
	ck_assert_int_eq(inc.i.merged_into, 1);
	ck_assert_int_eq(inc.i.state, INCIDENT_CLEARED);
	load(AT(0));
	ck_assert_uint_eq(list.n, 1);
}
END_TEST

START_TEST(a_failed_write_leaves_ids_and_can_be_repeated)
{
	struct finding f = scene_finding("packet-loss", "B", AT(0), AT(1), 0.1);
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(scene_file, &db), SQLITE_OK);
	ck_assert_int_eq(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(cycle(0, &f, 1, true), STORE_BUSY);
	ck_assert_int_eq(list.v[0].id, 0);
	ck_assert_int_eq(
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	ck_assert_int_eq(store_rows(scene, "bucket"), 0);
	incident_clear(&list);
	scene_ok(cycle(0, &f, 1, true));
	ck_assert_int_eq(list.v[0].id, 1);
}
END_TEST

START_TEST(what_people_did_outlives_the_next_reading)
{
	struct store_incident inc;
	struct store_event *e;
	bool muted;
	size_t n;

	cycle_full(0, "packet-loss");
	scene_ok(store_acknowledge(
	    scene, 1, "mary", "cable ordered", AT(8), &scene_diag));
	scene_ok(store_mute(scene, 1, "mary", AT(60), AT(9), &scene_diag));
	scene_ok(store_comment(scene, 1, "joe", "came", AT(10), &scene_diag));
	cycle_full(1, "packet-loss");
	scene_ok(store_incident(scene, 1, &inc, &scene_diag));
	ck_assert_str_eq(inc.group, "g");
	ck_assert_str_eq(inc.ack_by, "mary");
	ck_assert_int_eq(inc.ack_us, AT(8));
	ck_assert_str_eq(inc.comment, "came");
	ck_assert_int_eq(inc.muted_until_us, AT(60));
	ck_assert_int_eq(inc.i.to_us, AT(2));
	scene_ok(store_history(scene, 1, &e, &n, &scene_diag));
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(e[1].event, INCIDENT_ACKNOWLEDGED);
	ck_assert_str_eq(e[1].text, "cable ordered");
	ck_assert_str_eq(e[2].text, "until 2026-11-24T01:00:00Z");
	ck_assert_str_eq(e[3].who, "joe");
	free(e);
	scene_ok(store_muted(scene, 1, AT(59), &muted, &scene_diag));
	ck_assert(muted);
	scene_ok(store_muted(scene, 1, AT(60), &muted, &scene_diag));
	ck_assert(!muted);
}
END_TEST

START_TEST(a_mute_can_be_ended)
{
	bool muted;

	cycle_full(0, "packet-loss");
	scene_ok(store_mute(scene, 1, "mary", AT(60), AT(9), &scene_diag));
	scene_ok(store_mute(scene, 1, "mary", 0, AT(10), &scene_diag));
	scene_ok(store_muted(scene, 1, AT(11), &muted, &scene_diag));
	ck_assert(!muted);
}
END_TEST

START_TEST(an_incident_that_is_not_there_is_said)
{
	struct store_incident inc;

	ck_assert_int_eq(
	    store_incident(scene, 7, &inc, &scene_diag), STORE_NOT_FOUND);
	ck_assert_int_eq(
	    store_mute(scene, 7, "mary", 1, 0, &scene_diag), STORE_NOT_FOUND);
}
END_TEST

static size_t
count(const struct store_incident_filter *f)
{
	struct store_incident *v;
	size_t n;

	scene_ok(store_incidents(scene, f, &v, &n, &scene_diag));
	free(v);
	return n;
}

START_TEST(incidents_are_filtered_by_sensor_state_time_and_page)
{
	struct finding f[2] = {
		scene_finding("packet-loss", "B", AT(0), AT(1), 0.1),
		scene_finding("platform-bug", "A, B", AT(0), AT(1), 0.1),
	};
	struct store_incident *v;
	int i;
	size_t n;

	f[1].several = true;
	scene_ok(cycle(0, f, 2, true));
	for (i = 1; i <= 5; i++)
		cycle_full(i, "packet-loss");
	scene_ok(store_incidents(scene,
	    &(struct store_incident_filter){ .group = "g" }, &v, &n,
	    &scene_diag));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(v[0].i.id, 2);
	free(v);
	ck_assert_uint_eq(
	    count(&(struct store_incident_filter){ .sensor = "A" }), 1);
	ck_assert_uint_eq(
	    count(&(struct store_incident_filter){ .sensor = "B" }), 2);
	ck_assert_uint_eq(
	    count(&(struct store_incident_filter){ .open_only = true }), 1);
	ck_assert_uint_eq(count(&(struct store_incident_filter){
			      .from_us = AT(3), .to_us = AT(4) }),
	    1);
	ck_assert_uint_eq(
	    count(&(struct store_incident_filter){ .before_id = 2 }), 1);
	ck_assert_uint_eq(
	    count(&(struct store_incident_filter){ .max = 1 }), 1);
}
END_TEST

START_TEST(a_finding_is_read_as_it_was_written)
{
	struct finding f = sample_frozen_finding, *v;
	size_t n, i;

	f.from_us = AT(0);
	f.to_us = AT(1);
	f.direction = DIRECTION_INBOUND;
	scene_ok(cycle(0, &f, 1, true));
	scene_ok(store_findings(scene, 1, &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(v[0].rule, f.rule);
	ck_assert_str_eq(v[0].peer, f.peer);
	ck_assert_str_eq(v[0].facet, f.facet);
	ck_assert_str_eq(v[0].value, f.value);
	ck_assert_str_eq(v[0].summary, f.summary);
	ck_assert_int_eq(v[0].severity, f.severity);
	ck_assert_int_eq(v[0].direction, DIRECTION_INBOUND);
	ck_assert_double_eq(v[0].share, f.share);
	ck_assert_uint_eq(v[0].nevidence, f.nevidence);
	for (i = 0; i < f.nevidence; i++) {
		ck_assert_str_eq(v[0].evidence[i].name, f.evidence[i].name);
		ck_assert_double_eq(
		    v[0].evidence[i].value, f.evidence[i].value);
	}
	free(v);
}
END_TEST

static struct store_flow
damaged_flow(unsigned port)
{
	struct store_flow f = { .kind = "damaged" };
	int i;

	for (i = 0; i < 2; i++) {
		struct store_flow_side *s = &f.side[i];

		(void)snprintf(s->sensor, sizeof(s->sensor), "s%d", i);
		(void)snprintf(s->uid, sizeof(s->uid), "C%d", i);
		(void)snprintf(s->history, sizeof(s->history), "ShAd");
		s->has = true;
		s->flow = (struct flow){ .start_us = T0 + i,
			.duration_us = 7,
			.orig_port = (uint16_t)port,
			.resp_port = 53,
			.orig_pkts = 9,
			.resp_ip_bytes = 1234,
			.proto = 17,
			.flags = FLOW_HAS_COUNTS,
			.state = (uint8_t)flow_state_parse(span_from("SF")) };
		ck_assert(
		    flow_addr_parse(span_from("10.0.0.1"), &s->flow.orig));
		ck_assert(
		    flow_addr_parse(span_from("2001:db8::1"), &s->flow.resp));
	}
	return f;
}

START_TEST(flows_come_out_as_they_were_given)
{
	struct store_flow f[2] = { damaged_flow(1), damaged_flow(2) }, *v;
	char text[FLOW_ADDR_MAX];
	size_t n, i;

	cycle_full(0, "packet-loss");
	f[1].side[1].has = false;
	scene_ok(store_add_flows(scene, 1, f, 2, AT(1), &scene_diag));
	scene_ok(store_flows(scene, 1, &v, &n, &scene_diag));
	ck_assert_uint_eq(n, 2);
	for (i = 0; i < 2; i++) {
		const struct store_flow_side *s = &v[0].side[i];

		ck_assert_str_eq(s->sensor, f[0].side[i].sensor);
		ck_assert(s->has);
		ck_assert_int_eq(s->flow.start_us, T0 + (int64_t)i);
		ck_assert_int_eq(s->flow.duration_us, 7);
		ck_assert_uint_eq(s->flow.orig_port, 1);
		ck_assert_uint_eq(s->flow.orig_pkts, 9);
		ck_assert_uint_eq(s->flow.resp_ip_bytes, 1234);
		ck_assert_uint_eq(s->flow.flags, FLOW_HAS_COUNTS);
		ck_assert_uint_eq(s->flow.state, f[0].side[i].flow.state);
		ck_assert(span_equal(s->flow.uid, span_from(f[0].side[i].uid)));
		ck_assert(span_equal(s->flow.history, span_from("ShAd")));
		flow_addr_format(&s->flow.resp, text);
		ck_assert_str_eq(text, "2001:db8::1");
	}
	ck_assert_str_eq(v[1].kind, "damaged");
	ck_assert(v[1].side[0].has);
	ck_assert(!v[1].side[1].has);
	ck_assert_str_eq(v[1].side[1].sensor, "s1");
	free(v);
}
END_TEST

START_TEST(the_flows_of_an_incident_are_bounded)
{
	static struct store_flow f[700];
	struct store_flow *v;
	int64_t until;
	size_t n, i;

	cycle_full(0, "packet-loss");
	for (i = 0; i < ARRAY_LEN(f); i++)
		f[i] = damaged_flow((unsigned)i);
	scene_ok(store_flows_until(scene, 1, &until, &scene_diag));
	ck_assert_int_eq(until, INT64_MIN);
	scene_ok(store_add_flows(scene, 1, f, 700, AT(1), &scene_diag));
	scene_ok(store_flows_until(scene, 1, &until, &scene_diag));
	ck_assert_int_eq(until, AT(1));
	scene_ok(store_add_flows(scene, 1, f, 700, AT(2), &scene_diag));
	scene_ok(store_flows_until(scene, 1, &until, &scene_diag));
	ck_assert_int_eq(until, INT64_MAX);
	scene_ok(store_flows(scene, 1, &v, &n, &scene_diag));
	ck_assert_uint_eq(n, STORE_MAX_FLOWS);
	ck_assert_uint_eq(v[699].side[0].flow.orig_port, 699);
	ck_assert_uint_eq(v[700].side[0].flow.orig_port, 0);
	free(v);
}
END_TEST

START_TEST(flows_of_no_incident_are_refused)
{
	struct store_flow f = damaged_flow(1);
	int64_t until;

	ck_assert_int_eq(store_add_flows(scene, 9, &f, 1, AT(1), &scene_diag),
	    STORE_NOT_FOUND);
	ck_assert_int_eq(
	    store_flows_until(scene, 9, &until, &scene_diag), STORE_NOT_FOUND);
}
END_TEST

/* The messages of a feed, one a line, and none is left. */
static void
messages(const char *feed, struct buf *out)
{
	struct store_message m;

	for (;;) {
		scene_ok(
		    store_outbox_next(scene, feed, INT64_MAX, &m, &scene_diag));
		if (m.id == 0)
			return;
		buf_add(out, m.payload.p, m.payload.n);
		buf_add_char(out, '\n');
		buf_clear(&m.payload);
		scene_ok(store_outbox_done(scene, m.id, &scene_diag));
	}
}

static const char *const group_g = "g", *const group_h = "h";

START_TEST(each_change_is_a_message_to_those_who_listen)
{
	static const struct store_listener v[] = { { .feed = "all" },
		{ "g", &group_g, 1 }, { "h", &group_h, 1 } };
	struct finding f = scene_finding("packet-loss", "B", AT(2), AT(3), 0.5);
	struct buf all = BUF_INIT, one = BUF_INIT, other = BUF_INIT;
	int64_t i;

	store_listen(scene, v, ARRAY_LEN(v));
	cycle_full(0, "packet-loss");
	cycle_full(1, "packet-loss"); /* no worse: no news */
	f.severity = SEVERITY_CRITICAL;
	(void)snprintf(
	    f.summary, sizeof(f.summary), "B misses \"half\"\nof 10.0.0.0/8");
	scene_ok(cycle(2, &f, 1, true));
	scene_ok(store_acknowledge(
	    scene, 1, "vern", "h\xc3\xb6r ich", AT(10), &scene_diag));
	scene_ok(store_mute(scene, 1, "vern", AT(60), AT(11), &scene_diag));
	scene_ok(store_comment(scene, 1, "vern", "\xff", AT(12), &scene_diag));
	load(AT(0));
	for (i = 3; i < 9; i++)
		cycle_full(i, NULL);
	messages("all", &all);
	messages("g", &one);
	messages("h", &other);
	golden_check("store/messages.json", buf_span(&all));
	ck_assert(span_equal(buf_span(&all), buf_span(&one)));
	ck_assert_uint_eq(other.n, 0);
	buf_clear(&all);
	buf_clear(&one);
}
END_TEST

START_TEST(a_write_that_fails_tells_nobody)
{
	static const struct store_listener v = { .feed = "all" };
	struct finding f = scene_finding("packet-loss", "B", AT(0), AT(1), 0.5);

	store_listen(scene, &v, 1);
	ck_assert_int_eq(
	    scene_sql("CREATE TRIGGER t BEFORE INSERT ON outbox BEGIN"
		      " SELECT RAISE(ABORT, 'no'); END"),
	    -1);
	ck_assert_int_ne(cycle(0, &f, 1, true), STORE_OK);
	ck_assert_int_eq(store_rows(scene, "incident"), 0);
	ck_assert_int_eq(store_rows(scene, "bucket"), 0);
	ck_assert_int_eq(scene_sql("DROP TRIGGER t"), -1);
	load(AT(0));
	scene_ok(cycle(0, &f, 1, true));
	ck_assert_int_eq(store_rows(scene, "outbox"), 1);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("store/incidents");
	TCase *tc = tcase_create("incidents");

	tcase_add_checked_fixture(tc, scene_two, finish);
	tcase_add_test(tc, a_new_incident_has_its_id_and_is_loaded_as_it_was);
	tcase_add_test(
	    tc, a_fault_that_goes_on_is_one_incident_and_one_finding);
	tcase_add_test(tc, history_tells_of_opening_clearing_and_opening_again);
	tcase_add_test(tc, quiet_buckets_are_kept_while_it_is_open);
	tcase_add_test(tc, old_incidents_are_not_loaded);
	tcase_add_test(tc, what_becomes_worse_is_history);
	tcase_add_test(tc, merged_incidents_name_the_one_that_stays);
	tcase_add_test(tc, a_failed_write_leaves_ids_and_can_be_repeated);
	tcase_add_test(tc, what_people_did_outlives_the_next_reading);
	tcase_add_test(tc, a_mute_can_be_ended);
	tcase_add_test(tc, an_incident_that_is_not_there_is_said);
	tcase_add_test(
	    tc, incidents_are_filtered_by_sensor_state_time_and_page);
	tcase_add_test(tc, a_finding_is_read_as_it_was_written);
	tcase_add_test(tc, flows_come_out_as_they_were_given);
	tcase_add_test(tc, the_flows_of_an_incident_are_bounded);
	tcase_add_test(tc, flows_of_no_incident_are_refused);
	tcase_add_test(tc, each_change_is_a_message_to_those_who_listen);
	tcase_add_test(tc, a_write_that_fails_tells_nobody);
	suite_add_tcase(s, tc);
	return s;
}
