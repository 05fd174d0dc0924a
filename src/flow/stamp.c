/*
 * Times and intervals as text. Decimal text is scaled to microseconds as an
 * integer, never through a floating point number, so that every sensor's
 * rendering of one instant comes out the same; ties go to even, as in
 * printf's %.6f, which writes the TSV logs.
 */
#include "flow/parse.h"

/* Beyond these a value is an error; they keep start + duration in range. */
#define STAMP_MAX_TIME_US (INT64_C(100000000000) * US_PER_S)
#define STAMP_MAX_INTERVAL_US (INT64_C(1000000000000) * US_PER_S)
#define STAMP_MAX_EXPONENT 100000

/* mantissa * 10^exponent; inexact: nonzero digits were dropped after it. */
struct stamp_decimal {
	uint64_t mantissa; /* < 10^18 */
	int64_t exponent;
	bool negative;
	bool inexact;
};

static unsigned
stamp_digit(const char *p, const char *end)
{
	return p < end ? (unsigned)(unsigned char)*p - '0' : 10;
}

static const char *
stamp_digits(const char *p, const char *end, struct stamp_decimal *d, int scale)
{
	unsigned c;

	for (; (c = stamp_digit(p, end)) <= 9; p++) {
		if (d->mantissa < UINT64_C(100000000000000000)) {
			d->mantissa = d->mantissa * 10 + c;
			d->exponent -= scale;
		} else {
			d->inexact = d->inexact || c != 0;
			d->exponent += 1 - scale;
		}
	}
	return p;
}

static const char *
stamp_exponent(const char *p, const char *end, struct stamp_decimal *d)
{
	bool negative = false;
	int64_t e = 0;
	unsigned c;

	if (p < end && (*p == '-' || *p == '+'))
		negative = *p++ == '-';
	if (stamp_digit(p, end) > 9)
		return NULL;
	for (; (c = stamp_digit(p, end)) <= 9; p++)
		if (e < STAMP_MAX_EXPONENT)
			e = e * 10 + c;
	d->exponent += negative ? -e : e;
	return p;
}

/* [-]digits[.digits][e[+-]digits], all of the text. */
static bool
stamp_decimal_parse(struct span s, struct stamp_decimal *d)
{
	const char *p = s.p, *end = s.p + s.n;

	*d = (struct stamp_decimal){ 0, 0, false, false };
	if (p < end && *p == '-') {
		d->negative = true;
		p++;
	}
	if (stamp_digit(p, end) > 9)
		return false;
	p = stamp_digits(p, end, d, 0);
	if (p < end && *p == '.') {
		if (stamp_digit(++p, end) > 9)
			return false;
		p = stamp_digits(p, end, d, 1);
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p = stamp_exponent(p + 1, end, d);
		if (p == NULL)
			return false;
	}
	return p == end;
}

/* The value * 10^shift as an integer, at most max away from 0. */
static bool
stamp_scale(const struct stamp_decimal *d, int shift, int64_t max, int64_t *out)
{
	int64_t e = d->exponent + shift;
	uint64_t v = d->mantissa, unit = 1, rest;

	for (; e > 0 && v != 0; e--) {
		if (v > (uint64_t)max / 10)
			return false;
		v *= 10;
	}
	for (; e < 0 && unit < UINT64_C(10000000000000000000); e++)
		unit *= 10;
	/* e < 0 still: unit is far beyond the mantissa, the result is 0 */
	rest = v % unit;
	v /= unit;
	if (e == 0 &&
	    (rest > unit / 2 ||
		(unit > 1 && rest == unit / 2 && (d->inexact || (v & 1) != 0))))
		v++;
	if (v > (uint64_t)max)
		return false;
	*out = d->negative ? -(int64_t)v : (int64_t)v;
	return true;
}

bool
parse_count(struct span s, uint64_t max, uint64_t *out)
{
	struct stamp_decimal d;
	int64_t v;

	if (span_parse_u64(s, max, out))
		return true;
	if (max > INT64_MAX)
		max = INT64_MAX;
	if (!stamp_decimal_parse(s, &d) || d.negative || d.inexact)
		return false;
	while (d.exponent < 0 && d.mantissa % 10 == 0 && d.mantissa != 0) {
		d.mantissa /= 10;
		d.exponent++;
	}
	if (d.exponent < 0 && d.mantissa != 0)
		return false;
	if (!stamp_scale(&d, 0, (int64_t)max, &v))
		return false;
	*out = (uint64_t)v;
	return true;
}

bool
parse_interval(struct span s, int64_t *us)
{
	struct stamp_decimal d;

	return stamp_decimal_parse(s, &d) &&
	    stamp_scale(&d, 6, STAMP_MAX_INTERVAL_US, us);
}

/* A fixed number of digits at *p, which moves on. */
static bool
stamp_number(const char **p, const char *end, unsigned ndigits, unsigned min,
    unsigned max, unsigned *out)
{
	unsigned v = 0, c;

	for (; ndigits > 0; ndigits--, ++*p) {
		if ((c = stamp_digit(*p, end)) > 9)
			return false;
		v = v * 10 + c;
	}
	*out = v;
	return v >= min && v <= max;
}

static bool
stamp_mark(const char **p, const char *end, char mark)
{
	return *p < end && *(*p)++ == mark;
}

/* Days since 1970-01-01 of the Gregorian calendar, from March on, so that a
 * leap day is the last of its year. */
static int64_t
stamp_days(unsigned year, unsigned month, unsigned day)
{
	unsigned y = year - (month <= 2);
	unsigned m = (month + 9) % 12;

	return (int64_t)y * 365 + y / 4 - y / 100 + y / 400 +
	    (153 * m + 2) / 5 + day - 1 - 719468;
}

static unsigned
stamp_month_days(unsigned year, unsigned month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/*
 * The fraction of a second: digits and "Z" up to end. Zeek prints whole
 * microseconds with %06.0f, so that a value rounded up reads 1000000.
 */
static bool
stamp_fraction(const char *p, const char *end, int64_t *us)
{
	struct stamp_decimal d = { 0, 0, false, false };
	const char *start = p;

	p = stamp_digits(p, end, &d, 1);
	if (p == start || end - p != 1 || *p != 'Z')
		return false;
	if (p - start == 7 && d.mantissa == 1000000)
		d.exponent = -6;
	return stamp_scale(&d, 6, US_PER_S, us);
}

/* YYYY-MM-DDTHH:MM:SS[.digits]Z, all of the text. */
static bool
stamp_iso_parse(struct span s, int64_t *us)
{
	const char *p = s.p, *end = s.p + s.n;
	unsigned year, month, day, h, m, sec;
	int64_t days, fraction = 0;

	if (!stamp_number(&p, end, 4, 1, 9999, &year) ||
	    !stamp_mark(&p, end, '-') ||
	    !stamp_number(&p, end, 2, 1, 12, &month) ||
	    !stamp_mark(&p, end, '-') ||
	    !stamp_number(&p, end, 2, 1, stamp_month_days(year, month), &day) ||
	    !stamp_mark(&p, end, 'T') || !stamp_number(&p, end, 2, 0, 23, &h) ||
	    !stamp_mark(&p, end, ':') || !stamp_number(&p, end, 2, 0, 59, &m) ||
	    !stamp_mark(&p, end, ':') || !stamp_number(&p, end, 2, 0, 60, &sec))
		return false;
	if (p < end && *p == '.') {
		if (!stamp_fraction(p + 1, end, &fraction))
			return false;
	} else if (end - p != 1 || *p != 'Z')
		return false;
	days = stamp_days(year, month, day);
	*us = (((days * 24 + h) * 60 + m) * 60 + sec) * US_PER_S + fraction;
	return true;
}

bool
parse_time(struct span s, int64_t *us)
{
	struct stamp_decimal d;

	if (s.n > 4 && s.p[4] == '-')
		return stamp_iso_parse(s, us);
	if (!stamp_decimal_parse(s, &d))
		return false;
	/* 10^11 s is the year 5138: beyond, it can only be milliseconds */
	return stamp_scale(&d, 6, STAMP_MAX_TIME_US, us) ||
	    stamp_scale(&d, 3, STAMP_MAX_TIME_US, us);
}
