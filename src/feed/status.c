/*
 * The first line has, in this order: state, name, who and which rule, since
 * when, how much, and only then a sentence, so that what a pager cuts is the
 * least of it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include "base/number.h"
#include "feed/status.h"
#include "sys/when.h"

#define STATUS_MAX_LISTED 15 /* incidents in the further lines */

const char *
feed_state_name(enum feed_state s)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL",
		"UNKNOWN" };

	return names[s];
}

void
feed_status_clear(struct feed_status *s)
{
	buf_clear(&s->text);
	buf_clear(&s->more);
	buf_clear(&s->perfdata);
}

/* UNKNOWN is worse than WARNING, since it may hide anything. */
static enum feed_state
status_worse(enum feed_state a, enum feed_state b)
{
	static const int rank[] = { [FEED_OK] = 0,
		[FEED_WARNING] = 1,
		[FEED_UNKNOWN] = 2,
		[FEED_CRITICAL] = 3 };

	return rank[a] > rank[b] ? a : b;
}

static enum feed_state
status_of_severity(enum severity s)
{
	return s == SEVERITY_CRITICAL ? FEED_CRITICAL
	    : s == SEVERITY_WARNING   ? FEED_WARNING
				      : FEED_OK;
}

/* Text of others: as the rules of struct feed_status want it, and without what
 * a shell or a browser behind a notification might take up. */
static void
status_add(struct buf *b, const char *text)
{
	struct span s = span_from(text);
	size_t len;

	for (; s.n > 0; s.p += len, s.n -= len) {
		unsigned char c = (unsigned char)s.p[0];

		len = buf_utf8_len(s);
		if (c == '|')
			buf_add_char(b, '/');
		else if (c == ';')
			buf_add_char(b, ',');
		else if (c < 0x20 || c == 0x7f)
			buf_add_char(b, ' ');
		else if (len == 0 || strchr("`$<>\"", c) != NULL)
			buf_add_char(b, '?');
		else
			buf_add(b, s.p, len);
		len = len == 0 ? 1 : len;
	}
}

static void
status_cut(struct buf *b, size_t max)
{
	static const char more[] = "...";

	if (!buf_ok(b) || b->n <= max)
		return;
	b->n = max - (sizeof(more) - 1);
	while (b->n > 0 && ((unsigned char)b->p[b->n] & 0xc0) == 0x80)
		b->n--;
	buf_add_str(b, more);
}

/* "16:40 UTC" of the same day, else with its date. */
static void
status_time(struct buf *b, int64_t us, int64_t now_us)
{
	struct buf text = BUF_INIT, now = BUF_INIT;
	const size_t day = sizeof("2026-11-24 ") - 1;
	const size_t minute = sizeof("2026-11-24 08:00") - 1;

	when_format(us, "?", &text);
	when_format(now_us, "?", &now);
	if (buf_ok(&text) && buf_ok(&now) && text.n > minute &&
	    now.n > minute) {
		size_t from = memcmp(text.p, now.p, day) == 0 ? day : 0;

		buf_add(b, text.p + from, minute - from);
		buf_add_str(b, " UTC");
	} else
		buf_add_char(b, '?');
	buf_clear(&text);
	buf_clear(&now);
}

static void
status_span(struct buf *b, int64_t us)
{
	double s = (double)us / (double)US_PER_S;

	if (s < 120)
		buf_printf(b, "%.0f s", s);
	else if (s < 7200)
		buf_printf(b, "%.0f min", s / 60);
	else
		buf_printf(b, "%.0f h", s / 3600);
}

/* Three digits, and never 100 % of what is less. */
static void
status_percent(struct buf *b, double share)
{
	double p = 100 * share;
	int digits = p >= 99.9 ? 3 : p >= 99 ? 2 : 1;

	if (p > 99.999 && p < 100)
		p = 99.999;
	if (p >= 100)
		digits = 0;
	buf_printf(b, "%.*f %%", digits, p);
}

static bool
status_muted(const struct store_incident *i, int64_t now_us)
{
	return i->muted_until_us > now_us;
}

/* Names are joined with ", ". */
static bool
status_names(const struct store_incident *i, const char *sensor)
{
	const char *at = i->i.sensor;
	size_t n;

	for (; *at != '\0'; at += strspn(at, ", ")) {
		n = strcspn(at, ",");
		if (n == strlen(sensor) && memcmp(at, sensor, n) == 0)
			return true;
		at += n;
	}
	return false;
}

/* Those of a group, or those that name a sensor. */
struct status_pick {
	const struct status_group *g;
	const char *group, *sensor; /* one is NULL */
};

static const struct store_incident *
status_next(const struct status_pick *p, size_t *at)
{
	while (*at < p->g->nincidents) {
		const struct store_incident *i = &p->g->incident[(*at)++];

		if (p->group != NULL ? strcmp(i->group, p->group) == 0
				     : status_names(i, p->sensor))
			return i;
	}
	return NULL;
}

struct status_worst {
	const struct store_incident *is; /* NULL: none that is not muted */
	size_t further, muted;
};

/* The worst; of equal ones the oldest: the list is newest first. */
static struct status_worst
status_worst(const struct status_pick *p)
{
	struct status_worst w = { NULL, 0, 0 };
	const struct store_incident *i;
	size_t at = 0, n = 0;

	while ((i = status_next(p, &at)) != NULL) {
		if (status_muted(i, p->g->now_us)) {
			w.muted++;
			continue;
		}
		n++;
		if (w.is == NULL || i->i.severity >= w.is->i.severity)
			w.is = i;
	}
	w.further = n - (n > 0);
	return w;
}

static void
status_how_much(struct buf *b, const struct incident *i)
{
	if (!(i->share > 0))
		return;
	buf_add_str(b, ", ");
	status_percent(b, i->share > 1 ? 1 : i->share);
	buf_add_str(b, " affected");
}

/* "ext2 worker-frozen since 16:40 UTC, 33.1 % affected: ..." */
static void
status_say_incident(
    struct buf *b, const struct status_pick *p, const struct status_worst *w)
{
	const struct incident *i = &w->is->i;
	struct buf end = BUF_INIT;

	if (p->sensor == NULL) {
		status_add(b, i->sensor);
		buf_add_char(b, ' ');
	}
	status_add(b, i->rule);
	buf_add_str(b, " since ");
	status_time(b, i->from_us, p->g->now_us);
	status_how_much(b, i);
	buf_add_str(b, ": ");
	status_add(b, i->summary);
	if (w->is->ack_by[0] != '\0')
		buf_add_str(&end, " (acknowledged)");
	if (w->further > 0)
		buf_printf(&end, ", and %zu more", w->further);
	if (buf_ok(&end) && end.n > 0) {
		status_cut(b, FEED_MAX_TEXT - end.n);
		buf_add(b, end.p, end.n);
	}
	buf_clear(&end);
}

static void
status_list_incident(const struct status_pick *p,
    const struct store_incident *i, struct buf *more)
{
	buf_printf(more, "%s, incident %" PRId64, severity_name(i->i.severity),
	    i->i.id);
	if (p->sensor != NULL) {
		buf_add_str(more, " of ");
		status_add(more, i->group);
	}
	buf_add_str(more, ": ");
	status_add(more, i->i.sensor);
	buf_add_char(more, ' ');
	status_add(more, i->i.rule);
	buf_add_str(more, " since ");
	status_time(more, i->i.from_us, p->g->now_us);
	status_how_much(more, &i->i);
	if (status_muted(i, p->g->now_us)) {
		buf_add_str(more, " (muted until ");
		status_time(more, i->muted_until_us, p->g->now_us);
		buf_add_char(more, ')');
	}
	if (i->ack_by[0] != '\0') {
		buf_add_str(more, " (acknowledged by ");
		status_add(more, i->ack_by);
		buf_add_char(more, ')');
	}
	if (i->i.early)
		buf_add_str(more, " (early)");
	buf_add_str(more, ": ");
	status_add(more, i->i.summary);
	buf_add_char(more, '\n');
}

/* One line each: the worst first, what is muted last. */
static void
status_list_incidents(const struct status_pick *p, struct buf *more)
{
	const struct store_incident *i;
	size_t at, all = 0;
	int rank, of;

	for (rank = SEVERITY_CRITICAL; rank >= -1; rank--)
		for (at = 0; (i = status_next(p, &at)) != NULL;) {
			of = status_muted(i, p->g->now_us) ? -1
							   : (int)i->i.severity;
			if (of != rank)
				continue;
			if (all < STATUS_MAX_LISTED)
				status_list_incident(p, i, more);
			all++;
		}
	if (all > STATUS_MAX_LISTED)
		buf_printf(more, "and %zu more\n", all - STATUS_MAX_LISTED);
}

static void
status_say_sensor(
    struct buf *b, const struct status_group *g, const struct status_sensor *s)
{
	if (s->failed[0] != '\0') {
		buf_add_str(b, "does not answer");
		if (s->success_us != INT64_MIN) {
			buf_add_str(b, " since ");
			status_time(b, s->success_us, g->now_us);
		}
		if (s->planned_us != 0) {
			buf_add_str(b, " (planned work until ");
			status_time(b, s->planned_us, g->now_us);
			buf_add_char(b, ')');
		}
		buf_add_str(b, ": ");
		status_add(b, s->failed);
		return;
	}
	if (s->success_us == INT64_MIN) {
		buf_add_str(b, "not asked yet");
		return;
	}
	buf_add_str(b, "log until ");
	status_time(b, s->watermark_us, g->now_us);
	if (s->has_offset) {
		buf_add_str(b, ", clock ");
		number_offset(s->offset_us, b);
	}
}

/* Other sensors of the group could be held against each other. */
static bool
status_in_part(const struct status_group *g)
{
	size_t i;

	for (i = 0; g->npairs > 1 && i < g->npairs; i++)
		if (g->bucket->compared[i])
			return true;
	return false;
}

/* Why the newest reading says nothing; false: it does. */
static bool
status_not_compared(const struct status_group *g, struct buf *b)
{
	const unsigned lost = GAP_NO_ANSWER | GAP_NOT_YET | GAP_BEFORE_LOG |
	    GAP_AFTER_LOG | GAP_TROUBLE;
	size_t i;

	if (g->until_us == INT64_MIN || g->bucket == NULL) {
		buf_add_str(b, "nothing compared yet");
		for (i = 0; i < g->nsensors; i++)
			if (g->sensor[i].failed[0] != '\0') {
				buf_printf(b, ", %s ", g->sensor[i].name);
				status_say_sensor(b, g, &g->sensor[i]);
				break;
			}
		return true;
	}
	if (g->late_us > 0) {
		buf_add_str(b, "nothing compared since ");
		status_time(b, g->until_us, g->now_us);
		buf_add_str(b, ", ");
		status_span(b, g->late_us);
		buf_add_str(b, " late");
		return true;
	}
	for (i = 0; i < g->nsensors; i++) {
		unsigned gap = g->bucket->gaps[i] & lost;

		if (gap == 0 || g->bucket->status < BUCKET_INCOMPLETE)
			continue;
		buf_printf(b, "%s, %s ",
		    status_in_part(g) ? "compared in part" : "not compared",
		    g->sensor[i].name);
		if (gap & GAP_NO_ANSWER)
			status_say_sensor(b, g, &g->sensor[i]);
		else if (gap & GAP_TROUBLE)
			buf_add_str(b, "has a log that cannot be read");
		else {
			buf_add_str(b,
			    gap & GAP_NOT_YET ? "has not logged "
					      : "has no log of ");
			status_time(b, g->bucket->start_us, g->now_us);
			buf_add_str(b, gap & GAP_NOT_YET ? " yet" : "");
		}
		return true;
	}
	if (g->bucket->status < BUCKET_MISSING)
		return false;
	buf_add_str(b, "not compared, no log of ");
	status_time(b, g->bucket->start_us, g->now_us);
	return true;
}

/* -- numbers -- */

static void
status_label(struct buf *b, const char *label)
{
	buf_printf(b, "%s'%s'=", b->n == 0 ? "" : " ", label);
}

static void
status_count(struct buf *b, const char *label, uint64_t n)
{
	status_label(b, label);
	buf_printf(b, "%" PRIu64 ";;;0", n);
}

static const char *
status_pair_label(const struct status_group *g, const struct result_pair *p,
    const char *what, char out[], size_t size)
{
	if (g->npairs == 1)
		(void)snprintf(out, size, "%s", what);
	else
		(void)snprintf(out, size, "%s %.63s %.63s", what,
		    g->sensor[p->a].name, g->sensor[p->b].name);
	return out;
}

/* Of pairs that were compared; a is the first of the pair. */
static void
status_perfdata_pairs(const struct status_group *g, struct buf *b)
{
	char label[160];
	size_t i;

	for (i = 0; g->bucket != NULL && i < g->npairs; i++) {
		const struct result_pair *p = &g->pair[i];

		if (!g->bucket->compared[i])
			continue;
		status_label(b,
		    status_pair_label(g, p, "agreement", label, sizeof(label)));
		buf_printf(b, "%.4f%%;", 100 * p->agreement);
		if (g->usual[i] > 0 && g->usual[i] < 1)
			buf_printf(b, "%.4f:", 100 * (1 - g->usual[i]));
		buf_add_str(b, ";;0;100");
#define COUNT(member)                                               \
	status_count(b,                                             \
	    status_pair_label(g, p, #member, label, sizeof(label)), \
	    p->n.member)
		COUNT(only_a);
		COUNT(only_b);
		COUNT(damaged);
#undef COUNT
	}
}

static void
status_perfdata_sensor(const struct status_group *g, size_t i, struct buf *b)
{
	const struct status_sensor *s = &g->sensor[i];

	if (g->bucket != NULL && s->failed[0] == '\0')
		status_count(b, "flows", g->bucket->flows[i]);
	if (s->has_offset) {
		status_label(b, "offset");
		buf_printf(b, "%.6fs", (double)s->offset_us / US_PER_S);
	}
	if (s->failed[0] == '\0' && s->lag_us != INT64_MIN) {
		status_label(b, "lag");
		buf_printf(b, "%.1fs;%.0f;;0", (double)s->lag_us / US_PER_S,
		    (double)g->settle_us / US_PER_S);
	}
}

/* -- services -- */

/* Text goes behind a state that is known only now. */
static void
status_begin(struct feed_status *out, enum feed_state state, const char *name)
{
	out->state = state;
	buf_printf(&out->text, "%s - %s: ", feed_state_name(state), name);
}

/* Incidents, what is not known, what is well: the worse one goes first. */
static void
status_verdict(const struct status_pick *p, const char *name,
    const struct buf *unknown, const struct buf *well, struct feed_status *out)
{
	struct status_worst w = status_worst(p);
	enum feed_state faults =
	    w.is == NULL ? FEED_OK : status_of_severity(w.is->i.severity);
	enum feed_state state =
	    status_worse(faults, unknown->n > 0 ? FEED_UNKNOWN : FEED_OK);

	status_begin(out, state, name);
	if (state == FEED_UNKNOWN)
		buf_add(&out->text, unknown->p, unknown->n);
	else if (w.is != NULL && state != FEED_OK)
		status_say_incident(&out->text, p, &w);
	else
		buf_add(&out->text, well->p, well->n);
	if (state != FEED_UNKNOWN && unknown->n > 0) {
		buf_add_str(&out->more, "also: ");
		buf_add(&out->more, unknown->p, unknown->n);
		buf_add_char(&out->more, '\n');
	}
	if (state == FEED_UNKNOWN && w.is != NULL) {
		buf_add_str(&out->text, ", and ");
		status_say_incident(&out->text, p, &w);
	} else if (state == FEED_OK && w.is != NULL)
		buf_printf(&out->text, ", %zu for information", w.further + 1);
	if (state == FEED_OK && w.muted > 0)
		buf_printf(&out->text, ", %zu muted", w.muted);
	status_cut(&out->text, FEED_MAX_TEXT);
	status_list_incidents(p, &out->more);
}

static void
status_end(struct feed_status *out)
{
	if (buf_ok(&out->more) && out->more.n > 0)
		out->more.p[--out->more.n] = '\0'; /* the last line end */
}

void
status_of_group(const struct status_group *g, struct feed_status *out)
{
	const struct status_pick pick = { g, g->name, NULL };
	struct buf unknown = BUF_INIT, well = BUF_INIT;
	double least = 1;
	size_t i;

	out->what = FEED_GROUP;
	out->at_us = g->now_us;
	(void)snprintf(out->name, sizeof(out->name), "%s", g->name);
	(void)status_not_compared(g, &unknown);
	for (i = 0; i < g->npairs; i++)
		if (g->pair[i].agreement < least)
			least = g->pair[i].agreement;
	for (i = 0; i < g->nsensors; i++)
		buf_printf(
		    &well, "%s%s", i == 0 ? "" : ", ", g->sensor[i].name);
	buf_add_str(&well, " agree by ");
	status_percent(&well, least);
	buf_add_str(&well, ", until ");
	status_time(&well, g->until_us, g->now_us);
	status_verdict(&pick, g->name, &unknown, &well, out);
	for (i = 0; i < g->nsensors; i++) {
		buf_printf(&out->more, "%s: ", g->sensor[i].name);
		status_say_sensor(&out->more, g, &g->sensor[i]);
		buf_add_char(&out->more, '\n');
	}
	status_end(out);
	status_perfdata_pairs(g, &out->perfdata);
	if (!buf_ok(&unknown) || !buf_ok(&well))
		out->text.failed = true;
	buf_clear(&unknown);
	buf_clear(&well);
}

/*
 * A sensor that does not answer is UNKNOWN, not CRITICAL: whether it is blind
 * nobody knows, and that its host is down is told by other checks.
 */
void
status_of_sensor(
    const struct status_group *g, size_t i, struct feed_status *out)
{
	const struct status_sensor *s = &g->sensor[i];
	const struct status_pick pick = { g, NULL, s->name };
	struct buf unknown = BUF_INIT, well = BUF_INIT;

	out->what = FEED_SENSOR;
	out->at_us = g->now_us;
	(void)snprintf(out->name, sizeof(out->name), "%s", s->name);
	status_say_sensor(s->failed[0] != '\0' || s->success_us == INT64_MIN
		? &unknown
		: &well,
	    g, s);
	status_verdict(&pick, s->name, &unknown, &well, out);
	status_end(out);
	status_perfdata_sensor(g, i, &out->perfdata);
	if (!buf_ok(&unknown) || !buf_ok(&well))
		out->text.failed = true;
	buf_clear(&unknown);
	buf_clear(&well);
}

void
status_of_collector(const struct status_collector *c, struct feed_status *out)
{
	enum feed_state state = c->store[0] != '\0' ? FEED_CRITICAL
	    : c->ntroubles > 0                      ? FEED_WARNING
						    : FEED_OK;
	struct buf *b = &out->text;
	size_t i;

	out->what = FEED_COLLECTOR;
	out->at_us = c->now_us;
	out->name[0] = '\0';
	status_begin(out, state, "crosstapd");
	if (state == FEED_CRITICAL) {
		buf_add_str(b, "the store cannot be written: ");
		status_add(b, c->store);
	} else if (state == FEED_WARNING) {
		status_add(b, c->trouble[0].what);
		buf_add_str(b, ": ");
		status_add(b, c->trouble[0].why);
		if (c->ntroubles > 1)
			buf_printf(b, ", and %zu more", c->ntroubles - 1);
	} else
		buf_printf(b, "%zu groups, %zu sensors, open incidents: %zu",
		    c->ngroups, c->nsensors, c->nincidents);
	status_cut(b, FEED_MAX_TEXT);
	for (i = 0; i < c->ntroubles; i++) {
		status_add(&out->more, c->trouble[i].what);
		buf_add_str(&out->more, ": ");
		status_add(&out->more, c->trouble[i].why);
		buf_add_char(&out->more, '\n');
	}
	buf_printf(&out->more, "crosstapd %s\n", c->version);
	status_end(out);
	b = &out->perfdata;
	status_count(b, "open", c->nincidents);
	status_count(b, "missed", c->missing);
	status_label(b, "slowest");
	buf_printf(b, "%.3fs;;;0", c->slowest_s);
	status_label(b, "memory");
	buf_printf(b, "%.0fB;;;0", c->memory_bytes);
	status_label(b, "cpu");
	buf_printf(b, "%.3fc", c->cpu_s);
}
