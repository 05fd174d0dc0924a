/*
 * Reads names against a small pattern language, so that every form is one row
 * of a table. A name that fits no row but is named for the connection log is
 * a stray; conn-summary, conn_long and their like are not.
 */
#include "source/rotation.h"
#include "sys/when.h"

#define DAY_S INT64_C(86400)

/* In a pattern D, T and C stand for a date, a time and a time with colons;
 * S for a suffix up to the end or the next literal; the rest for itself. */
static const struct {
	const char *pattern;
	enum rotation_form form;
} rotation_forms[] = {
	{ "conn.C-C.log", ROTATION_ARCHIVE },
	{ "conn.C-C-S.log", ROTATION_ARCHIVE },
	{ "conn.C-current.log", ROTATION_LINK },
	{ "conn.C-current-S.log", ROTATION_LINK },
	{ "conn.D-T.log", ROTATION_DEFAULT },
	{ "conn__D-T__D-T__.log", ROTATION_QUEUE },
	{ "conn__D-T__D-T__log_suffix=S__.log", ROTATION_QUEUE },
};

/* What one pattern found; times in the order of the name. */
struct rotation_match {
	int64_t day_s[2];
	int64_t time_s[2];
	unsigned ndays, ntimes;
	struct span suffix;
};

/* Days since 1970-01-01 of a date of the Gregorian calendar, counted in years
 * that begin in March. */
static int64_t
rotation_days(int64_t y, int64_t m, int64_t d)
{
	int64_t era_years = m <= 2 ? y - 1 : y;
	int64_t month = (m + 9) % 12;

	return era_years * 365 + era_years / 4 - era_years / 100 +
	    era_years / 400 + (month * 306 + 5) / 10 + (d - 1) - 719468;
}

/* n decimal digits at the start of s, at most max. */
static bool
rotation_number(struct span *s, size_t n, uint64_t max, int64_t *out)
{
	uint64_t v;

	if (s->n < n || !span_parse_u64((struct span){ s->p, n }, max, &v))
		return false;
	*out = (int64_t)v;
	s->p += n;
	s->n -= n;
	return true;
}

static bool
rotation_char(struct span *s, char c)
{
	if (s->n == 0 || *s->p != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool
rotation_date(struct span *s, int64_t *day_s)
{
	int64_t y, m, d;

	if (!rotation_number(s, 4, 9999, &y) || !rotation_char(s, '-') ||
	    !rotation_number(s, 2, 12, &m) || !rotation_char(s, '-') ||
	    !rotation_number(s, 2, 31, &d) || y < 1970 || m == 0 || d == 0)
		return false;
	*day_s = rotation_days(y, m, d) * DAY_S;
	return true;
}

static bool
rotation_time(struct span *s, char separator, int64_t *time_s)
{
	int64_t h, m, sec;

	if (!rotation_number(s, 2, 23, &h) || !rotation_char(s, separator) ||
	    !rotation_number(s, 2, 59, &m) || !rotation_char(s, separator) ||
	    !rotation_number(s, 2, 60, &sec))
		return false;
	*time_s = h * 3600 + m * 60 + sec;
	return true;
}

/* Up to where the rest of the pattern, all literal, ends the name. */
static bool
rotation_suffix(struct span *s, const char *rest, struct span *suffix)
{
	size_t n = strlen(rest);

	if (s->n <= n || memcmp(s->p + s->n - n, rest, n) != 0)
		return false;
	*suffix = (struct span){ s->p, s->n - n };
	s->p += suffix->n;
	s->n = n;
	return true;
}

static bool
rotation_matches(struct span s, const char *pattern, struct rotation_match *m)
{
	bool ok = true;

	*m = (struct rotation_match){ .ndays = 0 };
	for (; ok && *pattern != '\0'; pattern++) {
		switch (*pattern) {
		case 'D':
			ok = rotation_date(&s, &m->day_s[m->ndays++]);
			break;
		case 'T':
			ok = rotation_time(&s, '-', &m->time_s[m->ntimes++]);
			break;
		case 'C':
			ok = rotation_time(&s, ':', &m->time_s[m->ntimes++]);
			break;
		case 'S':
			ok = rotation_suffix(&s, pattern + 1, &m->suffix);
			break;
		default:
			ok = rotation_char(&s, *pattern);
		}
	}
	return ok && s.n == 0;
}

static void
rotation_set(struct rotation *out, enum rotation_form form,
    const struct rotation_match *m, int64_t day_s)
{
	out->form = form;
	out->suffix = m->suffix;
	if (m->ndays > 0) {
		out->open_wall_s = m->day_s[0] + m->time_s[0];
		if (m->ndays > 1)
			out->close_wall_s = m->day_s[1] + m->time_s[1];
		return;
	}
	if (day_s == ROTATION_NO_TIME)
		return;
	/* The folder is the day of opening; a log can close on the next. */
	out->open_wall_s = day_s + m->time_s[0];
	if (m->ntimes > 1)
		out->close_wall_s = day_s + m->time_s[1] +
		    (m->time_s[1] < m->time_s[0] ? DAY_S : 0);
}

static struct span
rotation_stem(const char *name)
{
	static const struct span packed[] = {
		{ ".gz", 3 },
		{ ".zst", 4 },
	};
	struct span s = span_from(name);
	size_t i;

	for (i = 0; i < ARRAY_LEN(packed); i++) {
		if (s.n > packed[i].n &&
		    memcmp(s.p + s.n - packed[i].n, packed[i].p, packed[i].n) ==
			0)
			return (struct span){ s.p, s.n - packed[i].n };
	}
	return s;
}

/* conn.log and conn.WHATEVER.log. */
static bool
rotation_is_stray(struct span s)
{
	static const char first[] = "conn.", last[] = ".log";
	const size_t nfirst = sizeof(first) - 1, nlast = sizeof(last) - 1;

	if (span_is(s, "conn.log"))
		return true;
	return s.n > nfirst + nlast && memcmp(s.p, first, nfirst) == 0 &&
	    memcmp(s.p + s.n - nlast, last, nlast) == 0;
}

void
rotation_parse(const char *name, int64_t day_s, struct rotation *out)
{
	struct rotation_match m;
	size_t i;

	*out = (struct rotation){ .form = ROTATION_FOREIGN,
		.open_wall_s = ROTATION_NO_TIME,
		.close_wall_s = ROTATION_NO_TIME,
		.stem = rotation_stem(name) };
	for (i = 0; i < ARRAY_LEN(rotation_forms); i++) {
		if (!rotation_matches(out->stem, rotation_forms[i].pattern, &m))
			continue;
		rotation_set(out, rotation_forms[i].form, &m, day_s);
		return;
	}
	if (rotation_is_stray(out->stem))
		out->form = ROTATION_STRAY;
}

bool
rotation_parse_day(const char *name, int64_t *day_s)
{
	struct span s = span_from(name);

	return rotation_date(&s, day_s) && s.n == 0;
}

/* The offset changes at most once in two days, so that the offsets a day
 * before and a day after are all that a reading can have. */
static void
rotation_zone_about(struct rotation_zone *z, int64_t day)
{
	struct when before, after;

	z->known = true;
	z->day = day;
	z->min_offset_s = z->max_offset_s = 0;
	if (z->tz == NULL ||
	    !when_local((day - 1) * DAY_S * US_PER_S, z->tz, &before) ||
	    !when_local((day + 2) * DAY_S * US_PER_S, z->tz, &after))
		return;
	z->min_offset_s =
	    before.offset_s < after.offset_s ? before.offset_s : after.offset_s;
	z->max_offset_s =
	    before.offset_s > after.offset_s ? before.offset_s : after.offset_s;
}

void
rotation_zone_range(struct rotation_zone *z, int64_t wall_s,
    int64_t *earliest_us, int64_t *latest_us)
{
	int64_t day = wall_s / DAY_S;

	if (!z->known || z->day != day)
		rotation_zone_about(z, day);
	*earliest_us = (wall_s - z->max_offset_s) * US_PER_S;
	*latest_us = (wall_s - z->min_offset_s) * US_PER_S;
}
