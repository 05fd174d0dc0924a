/*
 * Base64 in both directions. Decoding is strict: whole groups of four, nothing
 * but the alphabet, padding at the end alone.
 */
#include "net/base64.h"

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
base64_encode(struct span bytes, enum base64_padding padding, struct buf *out)
{
	size_t i, k, n;
	uint32_t v;

	for (i = 0; i < bytes.n; i += 3) {
		n = bytes.n - i < 3 ? bytes.n - i : 3;
		for (v = 0, k = 0; k < 3; k++)
			v = v << 8 | (k < n ? (uint8_t)bytes.p[i + k] : 0);
		for (k = 0; k < 4; k++) {
			if (k <= n)
				buf_add_char(
				    out, base64_digits[v >> (18 - 6 * k) & 63]);
			else if (padding == BASE64_PADDED)
				buf_add_char(out, '=');
		}
	}
}

bool
base64_decode(struct span s, struct buf *out)
{
	size_t i, k, pad = 0;
	const char *digit;
	uint32_t v;

	if (s.n % 4 != 0)
		return false;
	while (pad < 2 && pad < s.n && s.p[s.n - 1 - pad] == '=')
		pad++;
	for (i = 0; i < s.n; i += 4) {
		size_t digits = i + 4 == s.n ? 4 - pad : 4;

		for (v = 0, k = 0; k < 4; k++) {
			digit = k < digits
			    ? memchr(base64_digits, s.p[i + k], 64)
			    : base64_digits;
			if (digit == NULL)
				return false;
			v = v << 6 | (uint32_t)(digit - base64_digits);
		}
		for (k = 0; k + 1 < digits; k++)
			buf_add_char(out, (char)(v >> (16 - 8 * k) & 0xff));
	}
	return buf_ok(out);
}
