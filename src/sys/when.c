/*
 * Calendar sums are our own (proleptic Gregorian, integers); the system is
 * asked for one thing only, the offset of a zone at an instant. That needs TZ
 * in the environment, so it happens under a lock and TZ is put back.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "sys/when.h"

#define WHEN_ZONE_MAX 64 /* bytes of a zone's name */
#define WHEN_DAY_S INT64_C(86400)
#define WHEN_WANTED                                                   \
	"wanted ISO 8601 (2026-11-24T08:00, also with seconds, Z or " \
	"+01:00), epoch seconds (1764000000), now, or -2h, -30m, -1d, -90s"

static pthread_mutex_t when_lock = PTHREAD_MUTEX_INITIALIZER;

/* Days since 1970-01-01; the year begins in March, so that a leap day is its
 * last day. */
static int64_t
when_days(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year + day - 1 - 719468;
}

static int
when_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* The name goes into a path: no way out of the zone folder. */
static bool
when_zone_named(const char *tz)
{
	size_t n = strlen(tz);

	return n > 0 && n <= WHEN_ZONE_MAX && tz[0] != '/' && tz[0] != '.' &&
	    strstr(tz, "..") == NULL &&
	    strspn(tz,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_+-/.") == n;
}

const char *
when_zone_dir(size_t i)
{
	static const char *const dirs[WHEN_NZONE_DIRS] = { NULL,
		"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo" };

	return i == 0 ? getenv("TZDIR") : dirs[i];
}

/* libc takes an unknown zone for UTC, silently: look for its file. */
static bool
when_zone_known(const char *tz)
{
	char path[256], magic[4];
	const char *dir;
	size_t i, n;
	FILE *f;

	for (i = 0; i < WHEN_NZONE_DIRS; i++) {
		dir = when_zone_dir(i);
		if (dir == NULL ||
		    snprintf(path, sizeof(path), "%s/%s", dir, tz) >=
			(int)sizeof(path))
			continue;
		f = fopen(path, "rb");
		if (f == NULL)
			continue;
		n = fread(magic, 1, sizeof(magic), f);
		(void)fclose(f);
		if (n == sizeof(magic) && memcmp(magic, "TZif", 4) == 0)
			return true;
	}
	return false;
}

static bool
when_is_utc(const char *tz)
{
	return tz == NULL || strcmp(tz, "UTC") == 0;
}

bool
when_zone_check(const char *tz, struct diag *d)
{
	if (when_is_utc(tz) || (when_zone_named(tz) && when_zone_known(tz)))
		return true;
	diag_set(d,
	    "unknown time zone '%.64s'; wanted a name of this system's "
	    "zone data (tzdata), like Europe/Berlin or America/Los_Angeles",
	    tz);
	return false;
}

/* localtime_r() in a zone that is known. */
static bool
when_localtime(time_t t, const char *tz, struct tm *tm)
{
	char value[WHEN_ZONE_MAX + 2], *saved = NULL;
	const char *old;
	bool ok = false;

	(void)snprintf(value, sizeof(value), ":%s", tz);
	(void)pthread_mutex_lock(&when_lock);
	old = getenv("TZ");
	if (old != NULL && (saved = strdup(old)) == NULL)
		goto out;
	if (setenv("TZ", value, 1) != 0)
		goto out;
	tzset();
	ok = localtime_r(&t, tm) != NULL;
	if (saved != NULL)
		ok = setenv("TZ", saved, 1) == 0 && ok;
	else
		(void)unsetenv("TZ");
	tzset();
out:
	(void)pthread_mutex_unlock(&when_lock);
	free(saved);
	return ok;
}

bool
when_local(int64_t us, const char *tz, struct when *out)
{
	int64_t s = us / US_PER_S - (us % US_PER_S < 0);
	time_t t = (time_t)s;
	struct tm tm;

	if (when_is_utc(tz)) {
		if (gmtime_r(&t, &tm) == NULL)
			return false;
	} else if (!when_zone_named(tz) || !when_zone_known(tz) ||
	    !when_localtime(t, tz, &tm))
		return false;
	*out = (struct when){ .year = tm.tm_year + 1900,
		.month = tm.tm_mon + 1,
		.day = tm.tm_mday,
		.hour = tm.tm_hour,
		.minute = tm.tm_min,
		.second = tm.tm_sec,
		.us = (int)(us - s * US_PER_S),
		.offset_s = when_is_utc(tz) ? 0 : (int)tm.tm_gmtoff };
	(void)snprintf(out->zone, sizeof(out->zone), "%s",
	    when_is_utc(tz) ? "UTC" : tm.tm_zone);
	return true;
}

static bool
when_offset(int64_t s, const char *tz, int64_t *offset_s)
{
	struct when w;

	if (!when_local(s * US_PER_S, tz, &w))
		return false;
	*offset_s = w.offset_s;
	return true;
}

/*
 * Seconds since 1970 of a wall clock reading. The offsets a day before and a
 * day after are the only two it can have; that before is tried first, which
 * gives the first of two equal readings.
 */
static bool
when_from_wall(int64_t wall_s, const char *tz, int64_t *out_s)
{
	int64_t before, after, now;

	if (when_is_utc(tz)) {
		*out_s = wall_s;
		return true;
	}
	if (!when_offset(wall_s - WHEN_DAY_S, tz, &before) ||
	    !when_offset(wall_s + WHEN_DAY_S, tz, &after) ||
	    !when_offset(wall_s - before, tz, &now))
		return false;
	*out_s = wall_s - before;
	if (now == before)
		return true;
	if (!when_offset(wall_s - after, tz, &now))
		return false;
	if (now == after)
		*out_s = wall_s - after;
	return true;
}

/* Exactly n digits. */
static bool
when_digits(const char **p, size_t n, int *out)
{
	int v = 0;

	for (; n > 0; n--) {
		if (**p < '0' || **p > '9')
			return false;
		v = v * 10 + (*(*p)++ - '0');
	}
	*out = v;
	return true;
}

/* ".25" to microseconds, to the nearest; nothing is 0. */
static bool
when_fraction(const char **p, int64_t *us)
{
	int64_t scale = US_PER_S, v = 0;
	bool up;

	*us = 0;
	if (**p != '.' && **p != ',')
		return true;
	(*p)++;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9' && scale > 1; (*p)++) {
		scale /= 10;
		v += (**p - '0') * scale;
	}
	up = **p >= '5' && **p <= '9';
	*p += strspn(*p, "0123456789");
	*us = v + up;
	return true;
}

static bool
when_clock(const char **p, int64_t *s, int64_t *us)
{
	int hour, minute, second = 0;

	*us = 0;
	if (!when_digits(p, 2, &hour) || *(*p)++ != ':' ||
	    !when_digits(p, 2, &minute))
		return false;
	if (**p == ':') {
		(*p)++;
		if (!when_digits(p, 2, &second) || !when_fraction(p, us))
			return false;
	}
	*s = hour * 3600 + minute * 60 + second;
	return hour <= 23 && minute <= 59 && second <= 60;
}

/* "Z", "+01:00", "+0100", "+01"; *has says whether there was one. */
static bool
when_suffix(const char **p, bool *has, int64_t *offset_s)
{
	int hour, minute = 0, sign = **p == '-' ? -1 : 1;

	*has = **p != '\0';
	*offset_s = 0;
	if (!*has)
		return true;
	if (**p == 'Z' || **p == 'z') {
		(*p)++;
		return **p == '\0';
	}
	if (**p != '+' && **p != '-')
		return false;
	(*p)++;
	if (!when_digits(p, 2, &hour))
		return false;
	if (**p == ':')
		(*p)++;
	if (**p != '\0' && !when_digits(p, 2, &minute))
		return false;
	*offset_s = sign * (hour * 3600 + minute * 60);
	return **p == '\0' && hour <= 15 && minute <= 59;
}

static bool
when_parse_iso(const char *s, const char *tz, int64_t *out_us)
{
	int64_t wall_s, clock_s = 0, us = 0, offset_s = 0;
	int year, month, day;
	const char *p = s;
	bool has = false;

	if (!when_digits(&p, 4, &year) || *p++ != '-' ||
	    !when_digits(&p, 2, &month) || *p++ != '-' ||
	    !when_digits(&p, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > when_month_days(year, month))
		return false;
	if (*p != '\0') {
		if (*p != 'T' && *p != 't' && *p != ' ')
			return false;
		p++;
		if (!when_clock(&p, &clock_s, &us) ||
		    !when_suffix(&p, &has, &offset_s))
			return false;
	}
	wall_s = when_days(year, month, day) * WHEN_DAY_S + clock_s;
	if (has)
		wall_s -= offset_s;
	else if (!when_from_wall(wall_s, tz, &wall_s))
		return false;
	*out_us = wall_s * US_PER_S + us;
	return true;
}

/* Fewer than nine digits are more likely a year or a date than a second of
 * 1970; more than eleven are milliseconds. */
static bool
when_parse_epoch(const char *s, int64_t *out_us)
{
	size_t n = strspn(s, "0123456789");
	const char *p = s + n;
	uint64_t seconds;
	int64_t us;

	if ((n < 9 && !(n == 1 && s[0] == '0')) || n > 11 ||
	    !span_parse_u64((struct span){ s, n }, UINT64_MAX, &seconds) ||
	    !when_fraction(&p, &us) || *p != '\0')
		return false;
	*out_us = (int64_t)seconds * US_PER_S + us;
	return true;
}

bool
when_parse_duration(const char *s, int64_t *out_s)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 },
		{ 'd', WHEN_DAY_S }, { 'w', 7 * WHEN_DAY_S } };
	int64_t sum_s = 0;

	if (*s == '\0')
		return false;
	while (*s != '\0') {
		size_t n = strspn(s, "0123456789"), i;
		uint64_t v;

		if (!span_parse_u64((struct span){ s, n }, 999999999, &v))
			return false;
		for (i = 0; i < ARRAY_LEN(units); i++)
			if (units[i].letter == s[n])
				break;
		if (i == ARRAY_LEN(units))
			return false;
		sum_s += (int64_t)v * units[i].seconds;
		if (sum_s > WHEN_MAX_DURATION_S)
			return false;
		s += n + 1;
	}
	*out_s = sum_s;
	return true;
}

/* "-2h", "-1h30m" */
static bool
when_parse_relative(const char *s, int64_t now_us, int64_t *out_us)
{
	int64_t back_s;

	if (!when_parse_duration(s + 1, &back_s) || back_s > now_us / US_PER_S)
		return false;
	*out_us = now_us - back_s * US_PER_S;
	return true;
}

bool
when_parse(const char *s, const char *tz, int64_t now_us, int64_t *out_us,
    struct diag *d)
{
	bool ok;

	if (!when_zone_check(tz, d))
		return false;
	if (strcmp(s, "now") == 0) {
		*out_us = now_us;
		return true;
	}
	if (s[0] == '-')
		ok = when_parse_relative(s, now_us, out_us);
	else if (strlen(s) > 4 && s[4] == '-')
		ok = when_parse_iso(s, tz, out_us);
	else
		ok = when_parse_epoch(s, out_us);
	if (!ok)
		diag_set(d, "bad time '%.64s'; " WHEN_WANTED, s);
	return ok;
}

void
when_format(int64_t us, const char *none, struct buf *out)
{
	struct when w;

	if (us == INT64_MIN || !when_local(us, NULL, &w))
		buf_add_str(out, none);
	else
		buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", w.year,
		    w.month, w.day, w.hour, w.minute, w.second);
}

int64_t
when_now_us(void)
{
	struct timespec t;

	INVARIANT(clock_gettime(CLOCK_REALTIME, &t) == 0);
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}
