/*
 * Addresses as text. Both directions keep to one form inside: 16 bytes in
 * network order, IPv4 mapped. What inet_pton(3) refuses is refused here too
 * (leading zeros, short forms, zones), but the text need not be terminated.
 */
#include "flow/flow.h"

static const uint8_t addr_v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

bool
flow_addr_is_v4(const struct flow_addr *a)
{
	return memcmp(a->b, addr_v4_prefix, sizeof(addr_v4_prefix)) == 0;
}

/* Four decimal octets, all of the text. */
static bool
addr_parse_v4(const char *p, const char *end, uint8_t out[4])
{
	unsigned i, v, c;
	const char *start;

	for (i = 0; i < 4; i++) {
		start = p;
		for (v = 0; p < end && p - start < 3; p++) {
			c = (unsigned char)*p - '0';
			if (c > 9)
				break;
			v = v * 10 + c;
		}
		if (p == start || v > 255 || (*start == '0' && p - start > 1))
			return false;
		out[i] = (uint8_t)v;
		if (i < 3 && (p == end || *p++ != '.'))
			return false;
	}
	return p == end;
}

static int
addr_hex(char ch)
{
	unsigned c = (unsigned char)ch;

	if (c - '0' <= 9)
		return (int)(c - '0');
	c |= 0x20;
	return c - 'a' <= 5 ? (int)(c - 'a' + 10) : -1;
}

/* One to four hex digits at p; returns how many. */
static unsigned
addr_group(const char *p, const char *end, uint8_t out[2])
{
	unsigned n = 0, v = 0;
	int d;

	while (n < 4 && p + n < end && (d = addr_hex(p[n])) >= 0) {
		v = v << 4 | (unsigned)d;
		n++;
	}
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
	return n;
}

/* Opens the gap that "::" stands for: bytes gap..n move to the end. */
static bool
addr_spread(uint8_t b[16], size_t n, size_t gap)
{
	if (n > 14)
		return false;
	memmove(b + 16 - (n - gap), b + gap, n - gap);
	memset(b + gap, 0, 16 - n);
	return true;
}

static bool
addr_parse_v6(const char *p, const char *end, uint8_t b[16])
{
	size_t n = 0, gap = SIZE_MAX;
	unsigned len;

	if (end - p >= 2 && p[0] == ':' && p[1] == ':') {
		gap = 0;
		p += 2;
	}
	while (p < end) {
		if (n > 14)
			return false;
		len = addr_group(p, end, b + n);
		if (len == 0)
			return false;
		if (p + len < end && p[len] == '.') {
			if (n > 12 || !addr_parse_v4(p, end, b + n))
				return false;
			n += 4;
			break;
		}
		n += 2;
		p += len;
		if (p == end)
			break;
		if (*p++ != ':' || p == end)
			return false;
		if (*p == ':') {
			if (gap != SIZE_MAX)
				return false;
			gap = n;
			p++;
		}
	}
	return gap == SIZE_MAX ? n == 16 : addr_spread(b, n, gap);
}

bool
flow_addr_parse(struct span s, struct flow_addr *out)
{
	const char *end = s.p + s.n;

	if (s.n < 2 || s.n >= FLOW_ADDR_MAX)
		return false;
	if (memchr(s.p, ':', s.n < 5 ? s.n : 5) != NULL)
		return addr_parse_v6(s.p, end, out->b);
	memcpy(out->b, addr_v4_prefix, sizeof(addr_v4_prefix));
	return addr_parse_v4(s.p, end, out->b + 12);
}

static char *
addr_put_decimal(char *o, unsigned v)
{
	if (v >= 100)
		*o++ = (char)('0' + v / 100);
	if (v >= 10)
		*o++ = (char)('0' + v / 10 % 10);
	*o++ = (char)('0' + v % 10);
	return o;
}

static char *
addr_put_hex(char *o, unsigned v)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift > 0 && v >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*o++ = digits[v >> shift & 15];
	return o;
}

/* RFC 5952, 4.2: the first of the longest runs of two or more zero groups. */
static unsigned
addr_longest_zeros(const unsigned g[8], unsigned *first)
{
	unsigned i, run = 0, best = 0;

	*first = 8;
	for (i = 0; i < 8; i++) {
		run = g[i] == 0 ? run + 1 : 0;
		if (run > best && run > 1) {
			best = run;
			*first = i + 1 - run;
		}
	}
	return best;
}

void
flow_addr_format(const struct flow_addr *a, char *out)
{
	unsigned g[8], i, first, zeros;
	char *o = out;

	if (flow_addr_is_v4(a)) {
		for (i = 12; i < 16; i++) {
			o = addr_put_decimal(o, a->b[i]);
			*o++ = i < 15 ? '.' : '\0';
		}
		return;
	}
	for (i = 0; i < 8; i++)
		g[i] = (unsigned)a->b[2 * i] << 8 | a->b[2 * i + 1];
	zeros = addr_longest_zeros(g, &first);
	for (i = 0; i < 8; i++) {
		if (i == first) {
			*o++ = ':';
			*o++ = ':';
			i += zeros - 1;
			continue;
		}
		if (i > 0 && i != first + zeros)
			*o++ = ':';
		o = addr_put_hex(o, g[i]);
	}
	*o = '\0';
}
