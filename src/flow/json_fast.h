/*
 * Private to json.c: values in the form that Zeek writes, read straight from
 * the line. Every reader checks that the value ends where it stops and before
 * the line does; what it does not know it leaves to json_field.c.
 */
#ifndef FLOW_JSON_FAST_H
#define FLOW_JSON_FAST_H

#include "flow/digits.h"
#include "flow/json.h"

/* How many of the 8 bytes at p are digits, from the first on. */
static ALWAYS_INLINE unsigned
json_count_digits(const char *p)
{
	uint64_t bad = digits_bad(digits_load(p, 8));

	return bad == 0 ? 8 : (unsigned)__builtin_ctzll(bad) / 8;
}

static ALWAYS_INLINE bool
json_ends_value(const char *p, const char *end)
{
	return p < end && (*p == ',' || *p == '}');
}

static const uint32_t json_tens[9] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000 };

/* One to eight digits and the end of the value. */
static ALWAYS_INLINE const char *
json_fast_count(const char *p, const char *end, uint64_t *out)
{
	unsigned n = json_count_digits(p);

	if (UNLIKELY(n == 0 || (n > 1 && *p == '0')) ||
	    !json_ends_value(p + n, end))
		return NULL;
	*out = digits_value8(digits_load(p, n));
	return p + n;
}

/* Ten digits, a point, up to six digits. */
static ALWAYS_INLINE const char *
json_fast_time(const char *p, const char *end, int64_t *us)
{
	unsigned d8 = (unsigned char)p[8] - '0', d9 = (unsigned char)p[9] - '0';
	unsigned n = json_count_digits(p + 11);
	int64_t s;

	if (UNLIKELY(json_count_digits(p) != 8 || d8 > 9 || d9 > 9 ||
		p[10] != '.' || n - 1 > 5 || !json_ends_value(p + 11 + n, end)))
		return NULL;
	s = (int64_t)digits_value8(digits_load(p, 8)) * 100 + d8 * 10 + d9;
	*us = s * US_PER_S +
	    (int64_t)digits_value8(digits_load(p + 11, n)) * json_tens[6 - n];
	return p + 11 + n;
}

/*
 * Up to seven digits, a point, and any number of digits: the first eight
 * make the value, any other than 0 after them breaks a tie.
 */
static ALWAYS_INLINE const char *
json_fast_interval(const char *p, const char *end, int64_t *us)
{
	unsigned n = json_count_digits(p), m;
	uint64_t whole, v, rest;
	bool more = false;
	int64_t t;

	if (UNLIKELY(n - 1 > 6 || p[n] != '.'))
		return NULL;
	whole = digits_value8(digits_load(p, n));
	p += n + 1;
	m = json_count_digits(p);
	if (UNLIKELY(m == 0 || p + m > end))
		return NULL;
	v = (uint64_t)digits_value8(digits_load(p, m)) * json_tens[8 - m];
	for (p += m; m == 8 && p < end; p += m) {
		m = json_count_digits(p);
		more |= m > 0 && digits_value8(digits_load(p, m)) != 0;
	}
	if (UNLIKELY(!json_ends_value(p, end)))
		return NULL;
	t = (int64_t)(whole * 1000000 + v / 100);
	rest = v % 100;
	*us = t + (rest > 50 || (rest == 50 && (more || (t & 1) != 0)));
	return p;
}

static ALWAYS_INLINE const char *
json_fast_addr(const char *p, const char *end, struct flow_addr *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
		0xff };
	const char *stop = json_string_stop(p + 1, end);
	struct span s = { p + 1, (size_t)(stop - p - 1) };
	uint32_t v4;

	if (UNLIKELY(*p != '"' || stop == end || *stop != '"'))
		return NULL;
	if (s.n - 7 <= 8 && digits_ipv4(s.p, s.n, &v4)) {
		v4 = BYTES_BIG_ENDIAN ? v4 : __builtin_bswap32(v4);
		memcpy(out->b, mapped, sizeof(mapped));
		memcpy(out->b + 12, &v4, sizeof(v4));
		return stop + 1;
	}
	return flow_addr_parse(s, out) ? stop + 1 : NULL;
}

static ALWAYS_INLINE const char *
json_fast_text(
    struct json_record *r, unsigned field, const char *p, const char *end)
{
	const char *stop = json_string_stop(p + 1, end);
	struct span s = { p + 1, (size_t)(stop - p - 1) };

	if (UNLIKELY(*p != '"' || stop == end || *stop != '"'))
		return NULL;
	if (field == FIELD_PROTO && s.n == 3) {
		if (memcmp(s.p, "tcp", 3) == 0)
			r->proto = 6;
		else if (memcmp(s.p, "udp", 3) == 0)
			r->proto = 17;
		else
			return NULL;
		return stop + 1;
	}
	return json_record_text(r, field, s) ? stop + 1 : NULL;
}

static ALWAYS_INLINE const char *
json_fast_bool(const char *p, const char *end, bool *out)
{
	if (end - p > 4 && memcmp(p, "true", 4) == 0) {
		*out = true;
		p += 4;
	} else if (end - p > 5 && memcmp(p, "false", 5) == 0) {
		*out = false;
		p += 5;
	} else {
		return NULL;
	}
	return json_ends_value(p, end) ? p : NULL;
}

/*
 * The position behind the value at p, or NULL if it has another form and
 * json_record_set() must look.
 */
static ALWAYS_INLINE const char *
json_fast(struct json_record *r, unsigned field, const char *p, const char *end)
{
	uint64_t v;
	const char *next;

	switch (field) {
	case FIELD_TS:
		next = json_fast_time(p, end, &r->out->start_us);
		break;
	case FIELD_DURATION:
		next = json_fast_interval(p, end, &r->out->duration_us);
		break;
	case FIELD_ORIG_H:
		next = json_fast_addr(p, end, &r->out->orig);
		break;
	case FIELD_RESP_H:
		next = json_fast_addr(p, end, &r->out->resp);
		break;
	case FIELD_ORIG_P:
	case FIELD_RESP_P:
		next = json_fast_count(p, end, &v);
		if (UNLIKELY(next == NULL || v > UINT16_MAX))
			return NULL;
		*json_short_slot(r->out, field) = (uint16_t)v;
		break;
	case FIELD_ORIG_BYTES:
	case FIELD_RESP_BYTES:
	case FIELD_MISSED:
	case FIELD_ORIG_PKTS:
	case FIELD_ORIG_IP_BYTES:
	case FIELD_RESP_PKTS:
	case FIELD_RESP_IP_BYTES:
		next = json_fast_count(p, end, json_count_slot(r->out, field));
		break;
	case FIELD_UID:
	case FIELD_SERVICE:
	case FIELD_HISTORY:
	case FIELD_STATE:
	case FIELD_WORKER:
	case FIELD_PROTO:
		next = json_fast_text(r, field, p, end);
		break;
	case FIELD_LOCAL_ORIG:
		next = json_fast_bool(p, end, &r->local_orig);
		break;
	case FIELD_LOCAL_RESP:
		next = json_fast_bool(p, end, &r->local_resp);
		break;
	default:
		return NULL;
	}
	r->seen |= next == NULL ? 0 : json_bit(field);
	return next;
}

#endif
