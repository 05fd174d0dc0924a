/*
 * Every kind of line that a pager would show, in tests/data/feed/pager.txt, to
 * be read as at three in the morning.
 */
#include <math.h>
#include <stdio.h>
#include "feed/status.h"
#include "golden.h"
#include "unit.h"

#define NOW INT64_C(1764003600000000) /* 2025-11-24 17:00:00 */
#define MIN (60 * US_PER_S)

struct scene {
	struct status_group g;
	struct result_bucket bucket;
	struct result_pair pair[3];
	struct store_incident v[40];
};

static void
scene_init(struct scene *s)
{
	static const char *const names[] = { "ext1", "ext2", "ext3" };
	size_t i;

	*s = (struct scene){ .g = { .name = "outside",
				 .now_us = NOW,
				 .until_us = NOW - 7 * MIN,
				 .settle_us = 400 * US_PER_S,
				 .nsensors = 2,
				 .npairs = 1 } };
	s->bucket = (struct result_bucket){ .start_us = NOW - 8 * MIN,
		.flows = { 1100000, 1099800, 1099900 },
		.compared = { true, true, true } };
	for (i = 0; i < 3; i++) {
		s->g.sensor[i] = (struct status_sensor){ .name = names[i],
			.failed = "",
			.success_us = NOW - 4 * US_PER_S,
			.watermark_us = NOW - 12 * US_PER_S,
			.lag_us = 11500000,
			.offset_us = i == 0 ? 0 : 3250,
			.has_offset = i > 0 };
		s->pair[i] = (struct result_pair){ .a = i == 2,
			.b = i == 0 ? 1 : 2,
			.n = { 1099700, 400, 100, 12, 30, 2 },
			.compared = true,
			.agreement = 0.999545 };
	}
	s->g.usual[0] = 0.004;
	s->g.bucket = &s->bucket;
	s->g.pair = s->pair;
	s->g.incident = s->v;
}

static struct store_incident *
scene_add(struct scene *s, const char *rule, const char *sensor,
    enum severity severity, double share, const char *summary)
{
	struct store_incident *i = &s->v[s->g.nincidents++];

	*i = (struct store_incident){ .group = "outside" };
	i->i.id = (int64_t)(40 - s->g.nincidents);
	i->i.severity = severity;
	i->i.from_us = NOW - 20 * MIN;
	i->i.to_us = NOW - 7 * MIN;
	i->i.share = i->i.worst = share;
	(void)snprintf(i->i.rule, sizeof(i->i.rule), "%s", rule);
	(void)snprintf(i->i.sensor, sizeof(i->i.sensor), "%s", sensor);
	(void)snprintf(i->i.summary, sizeof(i->i.summary), "%s", summary);
	return i;
}

static struct store_incident *
scene_worker(struct scene *s)
{
	return scene_add(s, "worker-frozen", "ext2", SEVERITY_CRITICAL, 0.331,
	    "worker-2 of ext2 stands still");
}

static void
scene_ok(struct scene *s)
{
	(void)s;
}

static void
scene_muted(struct scene *s)
{
	struct store_incident *i = scene_worker(s);

	i->muted_until_us = NOW + 120 * MIN;
	(void)snprintf(i->ack_by, sizeof(i->ack_by), "ops");
}

static void
scene_info(struct scene *s)
{
	(void)scene_add(s, "config-divergence", "ext2", SEVERITY_INFO, 0.012,
	    "ext2 cuts flows into pieces that ext1 logs whole: 1.2 % of its "
	    "records; the inactivity timeouts differ");
}

static void
scene_warning(struct scene *s)
{
	(void)scene_add(s, "packet-loss", "ext1", SEVERITY_WARNING, 0.021,
	    "ext1 lost 2.1 % of the packets that ext2 counted, in 14.8 % of "
	    "the flows");
}

static void
scene_critical(struct scene *s)
{
	(void)scene_worker(s);
}

static void
scene_acknowledged(struct scene *s)
{
	(void)snprintf(scene_worker(s)->ack_by, sizeof(s->v[0].ack_by), "ops");
}

static void
scene_yesterday(struct scene *s)
{
	scene_worker(s)->i.from_us = NOW - 26 * 60 * MIN;
}

static void
scene_several(struct scene *s)
{
	(void)scene_add(s, "clock-skew", "ext2", SEVERITY_WARNING, NAN,
	    "the clock of ext2 is +1.204 s against ext1 (plus is ahead, and "
	    "either may be wrong)");
	(void)scene_worker(s);
	scene_warning(s);
	scene_info(s);
}

static void
scene_platform(struct scene *s)
{
	(void)scene_add(s, "platform-bug", "ext1, int1", SEVERITY_CRITICAL,
	    0.055,
	    "all 2 sensors with os=freebsd show duplicate-packets, and none "
	    "of the others; look at what they have in common, not at the "
	    "taps");
}

static void
scene_early(struct scene *s)
{
	scene_add(s, "sensor-silent", "ext1", SEVERITY_CRITICAL, 1,
	    "ext1 has logged nothing since 16:58:00, while ext2 logged 181 200 "
	    "flows")
	    ->i.early = true;
}

static void
scene_away(struct scene *s)
{
	s->g.sensor[0].failed = "ssh: connect to ext1.example.net port 22: "
				"Connection refused";
	s->g.sensor[0].success_us = NOW - 11 * MIN;
	s->bucket.status = BUCKET_MISSING;
	s->bucket.gaps[0] = GAP_NO_ANSWER;
	s->bucket.compared[0] = false;
}

static void
scene_away_as_planned(struct scene *s)
{
	scene_away(s);
	s->g.sensor[0].planned_us = NOW + 90 * MIN;
}

static void
scene_away_and_warning(struct scene *s)
{
	scene_warning(s);
	scene_away(s);
}

static void
scene_away_and_critical(struct scene *s)
{
	(void)scene_worker(s);
	scene_away(s);
}

static void
scene_no_log(struct scene *s)
{
	s->bucket.status = BUCKET_INCOMPLETE;
	s->bucket.gaps[1] = GAP_NOT_YET;
}

static void
scene_bad_lines(struct scene *s)
{
	s->bucket.status = BUCKET_INCOMPLETE;
	s->bucket.gaps[1] = GAP_BAD_LINES;
}

static void
scene_unreadable(struct scene *s)
{
	s->bucket.status = BUCKET_INCOMPLETE;
	s->bucket.gaps[1] = GAP_TROUBLE;
}

static void
scene_late(struct scene *s)
{
	s->g.late_us = 26 * MIN;
}

static void
scene_new(struct scene *s)
{
	s->g.until_us = INT64_MIN;
	s->g.bucket = NULL;
	s->g.npairs = 0;
	s->g.sensor[0].success_us = s->g.sensor[1].success_us = INT64_MIN;
}

static void
scene_three(struct scene *s)
{
	s->g.nsensors = s->g.npairs = 3;
	s->pair[1].agreement = 0.9731;
}

static void
scene_three_one_away(struct scene *s)
{
	scene_three(s);
	s->g.sensor[2].failed = "ssh: timed out";
	s->g.sensor[2].success_us = NOW - 11 * MIN;
	s->bucket.status = BUCKET_MISSING;
	s->bucket.gaps[2] = GAP_NO_ANSWER;
	s->bucket.compared[1] = s->bucket.compared[2] = false;
}

/* What an attacker may write into names that reach a summary. */
static void
scene_hostile(struct scene *s)
{
	(void)scene_add(s, "blind-spot", "ext2", SEVERITY_CRITICAL, 0.5,
	    "ext2 misses 100 % of worker a|b;c\nd\t\x1b[2J\\n\xff "
	    "$(reboot) '\xc3\xa9'");
}

static void
scene_long(struct scene *s)
{
	size_t i;

	for (i = 0; i < 17; i++)
		(void)scene_add(s, "blind-spot", "ext2", SEVERITY_CRITICAL,
		    0.123,
		    "ext2 misses 99.8 % of local_net 2001:db8:1234:5678::/64, "
		    "2001:db8:1234:5679::/64, 2001:db8:1234:567a::/64, "
		    "2001:db8:1234:567b::/64, 2001:db8:1234:567c::/64, 97.1 % "
		    "of all it misses");
}

static const struct {
	const char *name;
	void (*make)(struct scene *s);
} scenes[] = {
	{ "all is well", scene_ok },
	{ "all is well but for what is muted", scene_muted },
	{ "for information", scene_info },
	{ "a warning", scene_warning },
	{ "critical", scene_critical },
	{ "acknowledged", scene_acknowledged },
	{ "since yesterday", scene_yesterday },
	{ "several", scene_several },
	{ "of an attribute", scene_platform },
	{ "early", scene_early },
	{ "a sensor does not answer", scene_away },
	{ "a sensor does not answer, as planned", scene_away_as_planned },
	{ "a sensor does not answer, and a warning", scene_away_and_warning },
	{ "a sensor does not answer, and critical", scene_away_and_critical },
	{ "a log is not there", scene_no_log },
	{ "lines that cannot be read", scene_bad_lines },
	{ "a file that cannot be read", scene_unreadable },
	{ "comparisons are late", scene_late },
	{ "nothing yet", scene_new },
	{ "three sensors", scene_three },
	{ "one of three does not answer", scene_three_one_away },
	{ "hostile names", scene_hostile },
	{ "many", scene_long },
};

static void
put(struct buf *out, const struct feed_status *s)
{
	ck_assert(feed_status_ok(s));
	ck_assert_uint_le(s->text.n, FEED_MAX_TEXT);
	ck_assert_uint_eq(strlen(s->text.p), s->text.n);
	buf_add(out, s->text.p, s->text.n);
	buf_add_char(out, '\n');
	if (s->more.n > 0) {
		const char *at = s->more.p, *end;

		ck_assert_uint_eq(strlen(at), s->more.n);
		for (;;) {
			end = strchr(at, '\n');
			buf_printf(out, "    %.*s\n",
			    (int)(end == NULL ? strlen(at)
					      : (size_t)(end - at)),
			    at);
			if (end == NULL)
				break;
			at = end + 1;
		}
	}
	buf_printf(out, "    | %s\n", s->perfdata.n > 0 ? s->perfdata.p : "");
}

START_TEST(every_line_is_as_in_the_file)
{
	struct buf out = BUF_INIT;
	struct scene s;
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(scenes); i++) {
		scene_init(&s);
		scenes[i].make(&s);
		buf_printf(
		    &out, "%s# %s\n", i == 0 ? "" : "\n", scenes[i].name);
		for (k = 0; k <= s.g.nsensors; k++) {
			struct feed_status made = { 0 };

			if (k == 0)
				status_of_group(&s.g, &made);
			else
				status_of_sensor(&s.g, k - 1, &made);
			put(&out, &made);
			feed_status_clear(&made);
		}
	}
	golden_check("feed/pager.txt", buf_span(&out));
	buf_clear(&out);
}
END_TEST

START_TEST(the_daemon_tells_of_itself)
{
	struct status_collector c = { .version = "0.1.0",
		.now_us = NOW,
		.store = "",
		.ngroups = 2,
		.nsensors = 4,
		.nincidents = 1,
		.slowest_s = 1.25,
		.memory_bytes = 52428800,
		.cpu_s = 812.5 };
	struct buf out = BUF_INIT;
	struct feed_status made;
	int i;

	for (i = 0; i < 4; i++) {
		if (i == 1)
			c.trouble[c.ntroubles++] =
			    (struct status_trouble){ "outside",
				    "does not keep up: 75.1 s of the last "
				    "comparison went into asking the sensors, "
				    "74.8 s into waiting for ext2" };
		else if (i == 2)
			c.trouble[c.ntroubles++] =
			    (struct status_trouble){ "hook",
				    "https://hook.example.net: timed out" };
		else if (i == 3)
			c.store = "/var/lib/crosstap/crosstap.db: no room";
		made = (struct feed_status){ 0 };
		status_of_collector(&c, &made);
		put(&out, &made);
		feed_status_clear(&made);
	}
	golden_check("feed/daemon.txt", buf_span(&out));
	buf_clear(&out);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("feed/pager");
	TCase *t = tcase_create("lines");

	tcase_add_test(t, every_line_is_as_in_the_file);
	tcase_add_test(t, the_daemon_tells_of_itself);
	suite_add_tcase(s, t);
	return s;
}
