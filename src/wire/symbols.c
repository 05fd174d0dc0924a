#include "base/bytes.h"
#include "wire/cursor.h"
#include "wire/symbols.h"
#include "wire/varint.h"

/* floor(n * 2 / (i + 2)), mod 2^64 as counts are. */
static uint64_t
symbols_expected(uint64_t n, uint32_t i)
{
	/* n / d * 2 + n % d * 2 / d: no product over 64 bits */
	uint64_t d = (uint64_t)i + 2;

	return n / d * 2 + n % d * 2 / d;
}

static void
symbols_put_le(struct buf *out, uint64_t v, unsigned bytes)
{
	char b[8];
	unsigned i;

	for (i = 0; i < bytes; i++)
		b[i] = (char)(v >> 8 * i);
	buf_add(out, b, bytes);
}

void
symbols_encode(struct buf *out, const struct sketch_symbol *s, uint32_t from,
    uint32_t to, uint64_t n)
{
	uint32_t i;

	for (i = from; i < to; i++, s++) {
		symbols_put_le(out, s->sum, 8);
		symbols_put_le(out, s->check, 4);
		varint_put_signed(
		    out, (int64_t)(s->count - symbols_expected(n, i)));
	}
}

bool
symbols_decode(struct span in, uint32_t from, uint32_t to, uint64_t n,
    struct sketch_symbol *s)
{
	struct cursor c = cursor_of(in);
	const uint8_t *p;
	uint32_t i;

	for (i = from; i < to; i++, s++) {
		p = cursor_take(&c, 12);
		if (p == NULL)
			return false;
		*s = (struct sketch_symbol){ .sum = bytes_le64(p),
			.check = bytes_le32(p + 8) };
		s->count = symbols_expected(n, i) + (uint64_t)cursor_zigzag(&c);
	}
	return c.failed == NULL && c.p == c.end;
}
