/*
 * MessagePack headers are one table: what the first byte says of the type, of
 * the bytes of length or number that follow.
 */
#include <math.h>
#include "base/bytes.h"
#include "wire/cursor.h"

enum cursor_type {
	TYPE_OTHER, /* nil, and float32 and float64, whose bytes are skipped */
	TYPE_BOOL,
	TYPE_UINT,
	TYPE_INT,
	TYPE_STR,
	TYPE_BIN,
	TYPE_EXT,
	TYPE_ARRAY,
	TYPE_MAP,
	TYPE_NEVER
};

/* 0xc0 to 0xdf: type, and bytes of the number after it. */
static const struct {
	uint8_t type, width;
} cursor_heads[32] = { { TYPE_OTHER, 0 }, { TYPE_NEVER, 0 }, { TYPE_BOOL, 0 },
	{ TYPE_BOOL, 0 }, { TYPE_BIN, 1 }, { TYPE_BIN, 2 }, { TYPE_BIN, 4 },
	{ TYPE_EXT, 1 }, { TYPE_EXT, 2 }, { TYPE_EXT, 4 }, { TYPE_OTHER, 4 },
	{ TYPE_OTHER, 8 }, { TYPE_UINT, 1 }, { TYPE_UINT, 2 }, { TYPE_UINT, 4 },
	{ TYPE_UINT, 8 }, { TYPE_INT, 1 }, { TYPE_INT, 2 }, { TYPE_INT, 4 },
	{ TYPE_INT, 8 },
	/* fixext: a type byte and 1, 2, 4, 8, 16 bytes */
	{ TYPE_OTHER, 2 }, { TYPE_OTHER, 3 }, { TYPE_OTHER, 5 },
	{ TYPE_OTHER, 9 }, { TYPE_OTHER, 17 }, { TYPE_STR, 1 }, { TYPE_STR, 2 },
	{ TYPE_STR, 4 }, { TYPE_ARRAY, 2 }, { TYPE_ARRAY, 4 }, { TYPE_MAP, 2 },
	{ TYPE_MAP, 4 } };

struct cursor_head {
	enum cursor_type type;
	uint64_t n; /* the number, or the length; TYPE_INT: two's complement */
};

struct cursor
cursor_of(struct span s)
{
	const uint8_t *p = (const uint8_t *)s.p;

	return (struct cursor){ p, s.n > 0 ? p + s.n : p, NULL };
}

void
cursor_fail(struct cursor *c, const char *why)
{
	if (c->failed == NULL)
		c->failed = why;
	c->p = c->end;
}

const uint8_t *
cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->p;

	if (c->failed != NULL || n > (size_t)(c->end - p)) {
		cursor_fail(c, "ends too early");
		return NULL;
	}
	c->p += n;
	return p;
}

uint64_t
cursor_varint(struct cursor *c, uint64_t max)
{
	uint64_t v = 0;
	unsigned shift = 0;
	const uint8_t *p;

	do {
		p = cursor_take(c, 1);
		if (p == NULL)
			return 0;
		if (shift > 63 || (shift == 63 && (*p & 0x7f) > 1)) {
			cursor_fail(c, "a varint of over 64 bits");
			return 0;
		}
		v |= (uint64_t)(*p & 0x7f) << shift;
		shift += 7;
	} while ((*p & 0x80) != 0);
	if (v > max) {
		cursor_fail(c, "a varint that is too large");
		return 0;
	}
	return v;
}

int64_t
cursor_zigzag(struct cursor *c)
{
	uint64_t v = cursor_varint(c, UINT64_MAX);

	return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

static uint64_t
cursor_be(struct cursor *c, unsigned width)
{
	const uint8_t *p = cursor_take(c, width);
	uint64_t v = 0;
	unsigned i;

	for (i = 0; p != NULL && i < width; i++)
		v = v << 8 | p[i];
	return v;
}

static struct cursor_head
cursor_head(struct cursor *c)
{
	struct cursor_head h = { TYPE_NEVER, 0 };
	const uint8_t *p = cursor_take(c, 1);
	unsigned width;
	uint8_t b;

	if (p == NULL)
		return h;
	b = *p;
	if (b < 0x80)
		return (struct cursor_head){ TYPE_UINT, b };
	if (b < 0xa0)
		return (struct cursor_head){ b < 0x90 ? TYPE_MAP : TYPE_ARRAY,
			b & 15u };
	if (b < 0xc0)
		return (struct cursor_head){ TYPE_STR, b & 31u };
	if (b >= 0xe0)
		return (struct cursor_head){ TYPE_INT,
			(uint64_t)(int64_t)(int8_t)b };
	h.type = (enum cursor_type)cursor_heads[b - 0xc0].type;
	width = cursor_heads[b - 0xc0].width;
	if (h.type == TYPE_OTHER)
		(void)cursor_take(c, width);
	else if (h.type == TYPE_BOOL)
		h.n = b & 1;
	else
		h.n = cursor_be(c, width);
	if (h.type == TYPE_INT && width > 0) /* extends the sign */
		h.n = (uint64_t)((int64_t)(h.n << (64 - 8 * width)) >>
		    (64 - 8 * width));
	if (h.type == TYPE_NEVER)
		cursor_fail(c, "a byte that MessagePack never uses");
	return h;
}

uint64_t
cursor_uint(struct cursor *c, uint64_t max)
{
	struct cursor_head h = cursor_head(c);

	if (h.type != TYPE_UINT && (h.type != TYPE_INT || h.n >> 63 != 0))
		cursor_fail(c, "wanted a number that is not negative");
	else if (h.n > max)
		cursor_fail(c, "a number that is too large");
	return c->failed == NULL ? h.n : 0;
}

int64_t
cursor_int(struct cursor *c)
{
	struct cursor_head h = cursor_head(c);

	if (h.type == TYPE_UINT && h.n > INT64_MAX)
		cursor_fail(c, "a number that is too large");
	else if (h.type != TYPE_UINT && h.type != TYPE_INT)
		cursor_fail(c, "wanted a whole number");
	return c->failed == NULL ? (int64_t)h.n : 0;
}

double
cursor_double(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);
	uint64_t bits = 0;
	double v = NAN;

	if (p != NULL && *p == 0xcb) {
		bits = cursor_be(c, 8);
		memcpy(&v, &bits, sizeof(v));
	} else if (p != NULL && *p != 0xc0)
		cursor_fail(c, "wanted a number of 64 bits with a fraction");
	return c->failed == NULL ? v : NAN;
}

bool
cursor_bool(struct cursor *c)
{
	struct cursor_head h = cursor_head(c);

	if (h.type != TYPE_BOOL)
		cursor_fail(c, "wanted true or false");
	return c->failed == NULL && h.n != 0;
}

static struct span
cursor_bytes(
    struct cursor *c, enum cursor_type type, size_t max, const char *wanted)
{
	struct cursor_head h = cursor_head(c);
	const uint8_t *p = NULL;

	if (h.type != type)
		cursor_fail(c, wanted);
	else if (h.n > max)
		cursor_fail(c, "more bytes than the field may have");
	else
		p = cursor_take(c, (size_t)h.n);
	return (struct span){ (const char *)p, p == NULL ? 0 : (size_t)h.n };
}

struct span
cursor_str(struct cursor *c, size_t max)
{
	return cursor_bytes(c, TYPE_STR, max, "wanted a text");
}

struct span
cursor_bin(struct cursor *c, size_t max)
{
	return cursor_bytes(c, TYPE_BIN, max, "wanted bytes");
}

/* A value takes a byte or more, so that what is left bounds a count. */
static uint32_t
cursor_count(
    struct cursor *c, enum cursor_type type, uint64_t max, const char *wanted)
{
	struct cursor_head h = cursor_head(c);

	if (h.type != type)
		cursor_fail(c, wanted);
	else if (h.n > max)
		cursor_fail(c, "a list that is too long");
	else if (h.n * (type == TYPE_MAP ? 2 : 1) > (size_t)(c->end - c->p))
		cursor_fail(c, "ends too early");
	return c->failed == NULL ? (uint32_t)h.n : 0;
}

uint32_t
cursor_array(struct cursor *c, uint32_t max)
{
	return cursor_count(c, TYPE_ARRAY, max, "wanted a list");
}

uint32_t
cursor_map(struct cursor *c)
{
	return cursor_count(c, TYPE_MAP, UINT32_MAX, "wanted a map");
}

void
cursor_skip(struct cursor *c)
{
	uint64_t left = 1; /* values to skip: no recursion, so no depth */
	struct cursor_head h;

	for (; left > 0 && c->failed == NULL; left--) {
		h = cursor_head(c);
		if (h.type == TYPE_ARRAY || h.type == TYPE_MAP) {
			left += h.type == TYPE_MAP ? 2 * h.n : h.n;
			if (left - 1 > (size_t)(c->end - c->p))
				cursor_fail(c, "ends too early");
		} else if (h.type == TYPE_EXT)
			(void)cursor_take(c, (size_t)h.n + 1);
		else if (h.type == TYPE_STR || h.type == TYPE_BIN)
			(void)cursor_take(c, (size_t)h.n);
	}
}
