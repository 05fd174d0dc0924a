/*
 * The record reader with AVX-512: all numbers of a record at once, in 16 lanes
 * of up to eight digits, and both IPv4 addresses at once. It knows the common
 * forms only; a record with anything else in it is read again, whole, by the
 * reader without vectors, so that there is one place that knows the odd ones.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#if defined(__x86_64__) && !defined(XT_NO_SIMD)
#include <immintrin.h>

#define TSV_TARGET                                            \
	__attribute__((                                       \
	    target("avx2,avx512f,avx512bw,avx512dq,avx512vl," \
		   "avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))
#include "flow/tsv_line.h"

#define LANES_COLUMNS 31 /* how many of the first separators are looked at */

/* The lanes: a count each in the order of struct flow, then the pieces of the
 * time (8 + 2 digits of seconds, 6 of the fraction) and of the duration. */
enum {
	LANE_ORIG_BYTES,
	LANE_RESP_BYTES,
	LANE_ORIG_PKTS,
	LANE_RESP_PKTS,
	LANE_ORIG_IP_BYTES,
	LANE_RESP_IP_BYTES,
	LANE_MISSED,
	LANE_NONE,
	LANE_TIME_HIGH,
	LANE_TIME_LOW,
	LANE_TIME_US,
	LANE_DURATION,
	LANE_DURATION_US,
	LANE_ORIG_P,
	LANE_RESP_P,
	LANE_VLAN
};
#define LANE(l) (1u << LANE_##l)
#define LANES_COUNTS 0x7fu
#define LANES_BYTES (LANE(ORIG_BYTES) | LANE(RESP_BYTES))
#define LANES_SIZES (LANES_COUNTS & ~(LANES_BYTES | LANE(MISSED)))
#define LANES_DURATION (LANE(DURATION) | LANE(DURATION_US))
#define LANES_FIXED \
	(LANE(TIME_HIGH) | LANE(TIME_LOW) | LANE(TIME_US) | LANE(DURATION_US))

_Static_assert(offsetof(struct flow, missed_bytes) ==
	    offsetof(struct flow, orig_bytes) + 8 * LANE_MISSED &&
	offsetof(struct flow, orig_ip_bytes) ==
	    offsetof(struct flow, orig_bytes) + 8 * LANE_ORIG_IP_BYTES &&
	offsetof(struct flow, orig_pkts) ==
	    offsetof(struct flow, orig_bytes) + 8 * LANE_ORIG_PKTS,
    "the counts of a flow are stored at once");
_Static_assert(offsetof(struct flow, resp) == offsetof(struct flow, orig) + 16,
    "the addresses of a flow are stored at once");

/* Where the lanes are in their line. */
struct tsv_lanes {
	__m512i from;  /* 16 x 32 bits: offset of the first byte */
	__m512i n;     /* digits; 0 or over 8: not a number for us */
	unsigned have; /* one bit a lane: there is such a column */
};

TSV_TARGET static ALWAYS_INLINE bool
lanes_find(const struct tsv_cursor *c, struct tsv_lanes *l)
{
	static const uint16_t fields[32] = { FIELD_ORIG_BYTES, FIELD_RESP_BYTES,
		FIELD_ORIG_PKTS, FIELD_RESP_PKTS, FIELD_ORIG_IP_BYTES,
		FIELD_RESP_IP_BYTES, FIELD_MISSED, FLOW_NFIELDS, FIELD_TS,
		FIELD_TS, FIELD_TS, FIELD_DURATION, FIELD_DURATION,
		FIELD_ORIG_P, FIELD_RESP_P, FIELD_VLAN };
	/* added to the length, and to the start, or to the end for the last
	 * part of the duration */
	const __m512i less =
	    _mm512_set_epi32(0, 0, 0, 0, -7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m512i fixed =
	    _mm512_set_epi32(0, 0, 0, 6, 0, 6, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0);
	const __m512i skip =
	    _mm512_set_epi32(0, 0, 0, -6, 0, 11, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	const uint32_t *sep = c->sep - 1;
	__m512i columns =
	    _mm512_maskz_loadu_epi16((1u << FLOW_NFIELDS) - 1, c->t->column);
	__m512i low = _mm512_loadu_si512(sep);
	__m512i high = _mm512_loadu_si512(sep + 16);
	__m512i at, start, end, n;

	if (UNLIKELY(_mm512_cmpgt_epi16_mask(
			 columns, _mm512_set1_epi16(LANES_COLUMNS - 1)) != 0))
		return false;
	at = _mm512_cvtepi16_epi32(_mm512_castsi512_si256(
	    _mm512_permutexvar_epi16(_mm512_loadu_si512(fields), columns)));
	l->have = ~(unsigned)_mm512_movepi32_mask(at) & ~LANE(NONE) & 0xffff;
	start = _mm512_add_epi32(
	    _mm512_permutex2var_epi32(low, at, high), _mm512_set1_epi32(1));
	end = _mm512_permutex2var_epi32(
	    low, _mm512_add_epi32(at, _mm512_set1_epi32(1)), high);
	n = _mm512_sub_epi32(end, start);
	l->n = _mm512_mask_mov_epi32(
	    _mm512_add_epi32(n, less), LANES_FIXED, fixed);
	l->from = _mm512_add_epi32(
	    _mm512_mask_mov_epi32(start, LANE(DURATION_US), end), skip);
	l->from = _mm512_sub_epi32(l->from, _mm512_set1_epi32((int)(*sep + 1)));
	return true;
}

/* The digits of eight lanes, most significant lowest, zeros before them. */
TSV_TARGET static ALWAYS_INLINE __m512i
lanes_load(const char *line, __mmask8 wanted, __m256i from, __m256i n)
{
	__m512i x = _mm512_mask_i32gather_epi64(
	    _mm512_setzero_si512(), wanted, from, (const void *)line, 1);
	__m256i up =
	    _mm256_sub_epi32(_mm256_set1_epi32(64), _mm256_slli_epi32(n, 3));

	return _mm512_sllv_epi64(
	    _mm512_maskz_xor_epi64(
		wanted, x, _mm512_set1_epi64((long long)DIGITS_ZEROS)),
	    _mm512_cvtepu32_epi64(up));
}

TSV_TARGET static ALWAYS_INLINE __mmask8
lanes_bad(__m512i t)
{
	return _mm512_test_epi64_mask(
	    _mm512_adds_epu8(t, _mm512_set1_epi8(0x76)),
	    _mm512_set1_epi8((char)0x80));
}

TSV_TARGET static ALWAYS_INLINE __m512i
lanes_value(__m512i t)
{
	t = _mm512_maddubs_epi16(t, _mm512_set1_epi16(0x010a));
	t = _mm512_madd_epi16(t, _mm512_set1_epi32(0x00010064));
	return _mm512_add_epi64(_mm512_mul_epu32(t, _mm512_set1_epi64(10000)),
	    _mm512_srli_epi64(t, 32));
}

/* Lanes that hold the sign of an unset value alone. */
TSV_TARGET static ALWAYS_INLINE __mmask8
lanes_unset(const struct tsv_cursor *c, __m512i t, __m256i n)
{
	uint64_t sign = (uint64_t)(uint8_t)(c->t->unset[0] ^ '0') << 56;

	return _mm512_cmpeq_epi64_mask(t, _mm512_set1_epi64((long long)sign)) &
	    _mm256_cmpeq_epi32_mask(n, _mm256_set1_epi32(1));
}

/* Time, duration, ports, VLAN and counts. */
TSV_TARGET static ALWAYS_INLINE bool
lanes_numbers(const struct tsv_cursor *c, struct flow *out)
{
	struct span ts = tsv_field(c, FIELD_TS);
	struct span duration = tsv_field(c, FIELD_DURATION);
	const char *line = c->block + (uint32_t)(c->sep[-1] + 1);
	bool timed = duration.n - 8 <= 7;
	struct tsv_lanes l;
	__m256i n0, n1;
	__m512i t0, t1;
	unsigned wanted, unset, odd, set;
	uint64_t v[8];

	if (UNLIKELY(ts.n != 17 || ts.p[10] != '.' || c->t->unset_len != 1 ||
		(uint8_t)(c->t->unset[0] - '0') <= 9 || !lanes_find(c, &l)))
		return false;
	if (timed ? duration.p[duration.n - 7] != '.'
		  : duration.p != NULL && !tsv_is_unset(c, duration))
		return false;
	wanted = l.have & ~(timed ? 0 : LANES_DURATION);
	n0 = _mm512_castsi512_si256(l.n);
	n1 = _mm512_extracti32x8_epi32(l.n, 1);
	t0 = lanes_load(
	    line, (__mmask8)wanted, _mm512_castsi512_si256(l.from), n0);
	t1 = lanes_load(line, (__mmask8)(wanted >> 8),
	    _mm512_extracti32x8_epi32(l.from, 1), n1);
	unset = lanes_unset(c, t0, n0) | (unsigned)lanes_unset(c, t1, n1) << 8;
	unset &= LANES_COUNTS | LANE(VLAN);
	odd = (unsigned)lanes_bad(t0) | (unsigned)lanes_bad(t1) << 8 |
	    _mm512_cmpgt_epu32_mask(_mm512_sub_epi32(l.n, _mm512_set1_epi32(1)),
		_mm512_set1_epi32(7));
	set = wanted & ~unset;
	if (UNLIKELY((odd & set) != 0))
		return false;
	_mm512_mask_storeu_epi64(&out->orig_bytes, LANES_COUNTS,
	    _mm512_maskz_mov_epi64((__mmask8)set, lanes_value(t0)));
	_mm512_storeu_si512(
	    v, _mm512_maskz_mov_epi64((__mmask8)(set >> 8), lanes_value(t1)));
#define LANE_HIGH(l) v[LANE_##l - 8]
	if (UNLIKELY((LANE_HIGH(ORIG_P) | LANE_HIGH(RESP_P) | LANE_HIGH(VLAN)) >
		UINT16_MAX))
		return false;
	out->start_us = (int64_t)(LANE_HIGH(TIME_HIGH) * 100000000 +
	    LANE_HIGH(TIME_LOW) * 1000000 + LANE_HIGH(TIME_US));
	out->duration_us =
	    (int64_t)(LANE_HIGH(DURATION) * 1000000 + LANE_HIGH(DURATION_US));
	out->orig_port = (uint16_t)LANE_HIGH(ORIG_P);
	out->resp_port = (uint16_t)LANE_HIGH(RESP_P);
	out->vlan = (uint16_t)LANE_HIGH(VLAN);
	out->flags = (uint8_t)((timed ? FLOW_HAS_DURATION : 0) |
	    ((set & LANES_BYTES) == LANES_BYTES ? FLOW_HAS_BYTES : 0) |
	    ((set & LANES_SIZES) == LANES_SIZES ? FLOW_HAS_COUNTS : 0) |
	    ((set & LANE(VLAN)) != 0 ? FLOW_HAS_VLAN : 0));
	return true;
}

/* Two dotted quads. The three digits before each of an address's four ends
 * are brought to places of their own, four bytes an octet. */
TSV_TARGET static ALWAYS_INLINE bool
lanes_ipv4(const struct tsv_cursor *c, struct flow *out)
{
	const __m256i places = _mm256_broadcastsi128_si256(
	    _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
	const __m256i octet = _mm256_set_epi32(0x07070707, 0x06060606,
	    0x05050505, 0x04040404, 0x03030303, 0x02020202, 0x01010101, 0);
	const __m256i first = _mm256_set_epi32(0, 0, 0, -1, 0, 0, 0, -1);
	const __m256i joined =
	    _mm256_set_epi32(0x1c181410, 0, 0, 0, 0x0c080400, 0, 0, 0);
	const __m256i mapped =
	    _mm256_broadcastsi128_si256(_mm_set_epi32(0, -65536, 0, 0));
	struct span o = tsv_field(c, FIELD_ORIG_H);
	struct span r = tsv_field(c, FIELD_RESP_H);
	__m256i text = _mm256_inserti128_si256(
	    _mm256_castsi128_si256(_mm_loadu_si128((const void *)o.p)),
	    _mm_loadu_si128((const void *)r.p), 1);
	__m256i ends, to, before, digits, v;
	uint32_t dots, stop, valid;

	if (o.n - 7 > 8 || r.n - 7 > 8)
		return false;
	stop = UINT32_C(1) << o.n | UINT32_C(0x10000) << r.n;
	dots = _mm256_cmpeq_epi8_mask(text, _mm256_set1_epi8('.'));
	/* those before the stop of each half, and the stop */
	dots = (dots & (stop - 0x10001)) | stop;
	if (__builtin_popcount(dots) != 8 ||
	    __builtin_popcount(dots & 0xffff) != 4)
		return false;
	ends = _mm256_maskz_compress_epi8(dots, places);
	to = _mm256_permutexvar_epi8(octet, ends);
	before = _mm256_or_si256(first,
	    _mm256_permutexvar_epi8(
		_mm256_sub_epi8(octet, _mm256_set1_epi8(1)), ends));
	to = _mm256_sub_epi8(to, _mm256_set1_epi32(0x01020304));
	valid = _mm256_cmpgt_epi8_mask(to, before);
	digits = _mm256_maskz_shuffle_epi8(
	    valid, _mm256_sub_epi8(text, _mm256_set1_epi8('0')), to);
	v = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x010a6400));
	v = _mm256_madd_epi16(v, _mm256_set1_epi16(1));
	/* one to three digits each, up to 255 */
	if (UNLIKELY((valid & 0x99999999) != 0x88888888 ||
		_mm256_cmpgt_epu8_mask(digits, _mm256_set1_epi8(9)) != 0 ||
		_mm256_cmpgt_epu32_mask(v, _mm256_set1_epi32(255)) != 0))
		return false;
	v = _mm256_maskz_permutexvar_epi8(0xf000f000, joined, v);
	_mm256_storeu_si256((void *)out->orig.b, _mm256_or_si256(v, mapped));
	return true;
}

TSV_TARGET bool
tsv_line_avx512(struct tsv_layout *t, struct parse_workers *workers,
    const char *block, const uint32_t *sep, unsigned nsep, struct flow *out,
    struct parse_fault *fault)
{
	struct tsv_cursor c = { t, block, sep, fault };

	if (UNLIKELY(nsep != t->ncolumns ||
		sep[nsep - 1] - sep[-1] > FLOW_MAX_LINE ||
		!lanes_numbers(&c, out)))
		return tsv_line_bmi2(t, workers, block, sep, nsep, out, fault);
	if (!lanes_ipv4(&c, out) && !tsv_addresses(&c, out))
		return false;
	if (UNLIKELY(!tsv_proto(&c, out)))
		return false;
	tsv_words(&c, workers, out);
	return true;
}
#endif
