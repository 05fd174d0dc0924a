/*
 * The record reader of the TSV form: straight code over the columns that are
 * wanted, each field by arithmetic on its bytes. It is the hottest code of the
 * program and is compiled once for any processor and once for x86-64 with
 * BMI2. What it does not know at once goes to the general functions of
 * values.c, and the answer is the same.
 */
#ifndef FLOW_TSV_LINE_H
#define FLOW_TSV_LINE_H

#include "flow/digits.h"
#include "flow/tsv.h"

#ifndef TSV_TARGET
#define TSV_TARGET
#endif

struct tsv_cursor {
	struct tsv_layout *t;
	const char *block;
	const uint32_t *sep;
	struct parse_fault *fault;
};

static ALWAYS_INLINE struct span
tsv_field(const struct tsv_cursor *c, enum flow_field f)
{
	int col = c->t->column[f];
	uint32_t from;

	if (col < 0)
		return (struct span){ NULL, 0 };
	from = c->sep[col - 1] + 1;
	return (struct span){ c->block + from, c->sep[col] - from };
}

static ALWAYS_INLINE bool
tsv_is_unset(const struct tsv_cursor *c, struct span s)
{
	if (s.n != c->t->unset_len)
		return false;
	/* s has bytes */
	if (s.n != 1)
		/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
		return memcmp(s.p, c->t->unset, s.n) == 0;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	return s.p[0] == c->t->unset[0];
}

static bool
tsv_fault(const struct tsv_cursor *c, enum flow_field f, struct span s)
{
	c->fault->kind = PROBLEM_BAD_VALUE;
	c->fault->field = f;
	c->fault->text = s;
	if (f == FIELD_TS && s.n > 0 && (s.p[0] == 'X' || s.p[0] == 'x'))
		c->fault->kind = PROBLEM_MASKED_TIME;
	return false;
}

static ALWAYS_INLINE bool
tsv_time(const struct tsv_cursor *c, int64_t *out)
{
	struct span s = tsv_field(c, FIELD_TS);

	if (LIKELY(s.n == 17) && LIKELY(digits_epoch_us(s.p, out)))
		return true;
	return parse_time(s, out) || tsv_fault(c, FIELD_TS, s);
}

static ALWAYS_INLINE bool
tsv_duration(const struct tsv_cursor *c, struct flow *out)
{
	struct span s = tsv_field(c, FIELD_DURATION);

	if (LIKELY(s.n - 8 <= 7) &&
	    LIKELY(digits_interval_us(s.p, s.n, &out->duration_us))) {
		out->flags |= FLOW_HAS_DURATION;
		return true;
	}
	out->duration_us = 0;
	if (s.p == NULL || tsv_is_unset(c, s))
		return true;
	out->flags |= FLOW_HAS_DURATION;
	return parse_interval(s, &out->duration_us) ||
	    tsv_fault(c, FIELD_DURATION, s);
}

static ALWAYS_INLINE bool
tsv_addr(const struct tsv_cursor *c, enum flow_field f, struct flow_addr *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
		0xff };
	struct span s = tsv_field(c, f);
	uint32_t v4;

	if (LIKELY(s.n - 7 <= 8) && LIKELY(digits_ipv4(s.p, s.n, &v4))) {
		if (!BYTES_BIG_ENDIAN)
			v4 = __builtin_bswap32(v4);
		memcpy(out->b, mapped, sizeof(mapped));
		memcpy(out->b + 12, &v4, sizeof(v4));
		return true;
	}
	return flow_addr_parse(s, out) || tsv_fault(c, f, s);
}

static ALWAYS_INLINE bool
tsv_addresses(const struct tsv_cursor *c, struct flow *out)
{
	if (UNLIKELY(!tsv_addr(c, FIELD_ORIG_H, &out->orig) ||
		!tsv_addr(c, FIELD_RESP_H, &out->resp)))
		return false;
	if (!flow_addr_is_v4(&out->orig))
		out->flags |= FLOW_IPV6;
	return true;
}

static ALWAYS_INLINE bool
tsv_port(const struct tsv_cursor *c, enum flow_field f, uint16_t *out)
{
	struct span s = tsv_field(c, f);
	uint64_t v;

	if (UNLIKELY(!digits_u64(s.p, s.n, &v) || v > UINT16_MAX))
		return tsv_fault(c, f, s);
	*out = (uint16_t)v;
	return true;
}

static __attribute__((noinline)) bool
tsv_odd_count(const struct tsv_cursor *c, enum flow_field f, struct span s,
    uint64_t *out, unsigned *set)
{
	*out = 0;
	if (s.p == NULL || tsv_is_unset(c, s)) {
		*set = 0;
		return true;
	}
	return digits_u64(s.p, s.n, out) || tsv_fault(c, f, s);
}

/* *set is cleared if there is no value. */
static ALWAYS_INLINE bool
tsv_count(
    const struct tsv_cursor *c, enum flow_field f, uint64_t *out, unsigned *set)
{
	struct span s = tsv_field(c, f);

	if (LIKELY(s.n - 1 < 8)) {
		uint64_t t = digits_load(s.p, (unsigned)s.n);

		*out = digits_value8(t);
		if (LIKELY(digits_bad(t) == 0))
			return true;
	}
	return tsv_odd_count(c, f, s, out, set);
}

static ALWAYS_INLINE bool
tsv_proto(const struct tsv_cursor *c, struct flow *out)
{
	struct span s = tsv_field(c, FIELD_PROTO);
	bool v6 = (out->flags & FLOW_IPV6) != 0;
	struct span n;
	uint64_t v;

	if (s.n == 3 && memcmp(s.p, "tcp", 3) == 0)
		out->proto = 6;
	else if (s.n == 3 && memcmp(s.p, "udp", 3) == 0)
		out->proto = 17;
	else if (!parse_proto(s, v6, &out->proto))
		return tsv_fault(c, FIELD_PROTO, s);
	if (out->proto != 0)
		return true;
	/* unknown_transport: ip_proto says which, from Zeek 7.1 on */
	n = tsv_field(c, FIELD_IP_PROTO);
	if (n.p != NULL && digits_u64(n.p, n.n, &v) && v <= UINT8_MAX)
		out->proto = (uint8_t)v;
	return true;
}

/* The place of a text of 1 to 16 bytes in a memory; *known if its value is
 * there already, else the caller sets it. */
static ALWAYS_INLINE uint16_t *
tsv_recall(struct tsv_memo *m, struct span s, bool *known)
{
	uint64_t low = bytes_le64(s.p), high = bytes_le64(s.p + 8);
	unsigned bits = (unsigned)(8 * s.n), slot;

	low &= bits < 64 ? UINT64_MAX >> (64 - bits) : UINT64_MAX;
	high &= bits > 64 ? UINT64_MAX >> (128 - bits) : 0;
	slot = (unsigned)((low ^ high * UINT64_C(0xd6e8feb86659fd93)) *
		UINT64_C(0x9e3779b97f4a7c15) >>
	    56);
	*known = (m->low[slot] == low) & (m->high[slot] == high);
	m->low[slot] = low;
	m->high[slot] = high;
	return &m->value[slot];
}

static ALWAYS_INLINE void
tsv_history(const struct tsv_cursor *c, struct flow *out)
{
	struct span s = tsv_field(c, FIELD_HISTORY);
	uint16_t *value;
	bool known;

	out->history = (struct span){ NULL, 0 };
	out->history_bits = 0;
	if (s.n == 0 || tsv_is_unset(c, s))
		return;
	out->history = s;
	if (UNLIKELY(s.n > TSV_MEMO_TEXT)) {
		out->history_bits = flow_history_parse(s);
		return;
	}
	value = tsv_recall(&c->t->history, s, &known);
	if (UNLIKELY(!known))
		*value = flow_history_parse(s);
	out->history_bits = *value;
}

static ALWAYS_INLINE void
tsv_worker(
    const struct tsv_cursor *c, struct parse_workers *w, struct flow *out)
{
	struct span s = tsv_field(c, FIELD_WORKER);
	uint16_t *value;
	bool known;

	out->worker = FLOW_NO_WORKER;
	if (s.n == 0 || tsv_is_unset(c, s))
		return;
	if (UNLIKELY(s.n > TSV_MEMO_TEXT)) {
		out->worker = parse_worker(w, s);
		return;
	}
	value = tsv_recall(&c->t->worker, s, &known);
	if (UNLIKELY(!known))
		*value = parse_worker(w, s);
	out->worker = (uint8_t)*value;
}

static ALWAYS_INLINE void
tsv_state(const struct tsv_cursor *c, struct flow *out)
{
	struct span s = tsv_field(c, FIELD_STATE);
	uint16_t *value;
	bool known;

	out->state = FLOW_STATE_NONE;
	if (s.n - 1 >= TSV_MEMO_TEXT) /* none, or no state is so long */
		return;
	value = tsv_recall(&c->t->state, s, &known);
	if (UNLIKELY(!known))
		*value = (uint16_t)flow_state_parse(s);
	out->state = (uint8_t)*value;
}

static ALWAYS_INLINE void
tsv_locality(const struct tsv_cursor *c, struct flow *out)
{
	struct span o = tsv_field(c, FIELD_LOCAL_ORIG);
	struct span r = tsv_field(c, FIELD_LOCAL_RESP);
	/* it has a byte */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	char ov = o.n == 1 ? o.p[0] : '-';
	/* it has a byte */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	char rv = r.n == 1 ? r.p[0] : '-';

	if (ov == 'T')
		out->flags |= FLOW_LOCAL_ORIG;
	if (rv == 'T')
		out->flags |= FLOW_LOCAL_RESP;
	if ((ov == 'T' || ov == 'F') && (rv == 'T' || rv == 'F'))
		out->flags |= FLOW_LOCAL_KNOWN;
}

static ALWAYS_INLINE struct span
tsv_text(const struct tsv_cursor *c, enum flow_field f)
{
	struct span s = tsv_field(c, f);

	return tsv_is_unset(c, s) ? (struct span){ NULL, 0 } : s;
}

/* What is neither a number nor part of the key; none of it can be bad. */
static ALWAYS_INLINE void
tsv_words(
    const struct tsv_cursor *c, struct parse_workers *workers, struct flow *out)
{
	tsv_state(c, out);
	tsv_history(c, out);
	tsv_worker(c, workers, out);
	tsv_locality(c, out);
	out->uid = tsv_text(c, FIELD_UID);
	out->service = tsv_text(c, FIELD_SERVICE);
}

static ALWAYS_INLINE bool
tsv_counts(const struct tsv_cursor *c, struct flow *out)
{
	unsigned bytes = FLOW_HAS_BYTES, counts = FLOW_HAS_COUNTS, missed = 1;

	if (UNLIKELY(
		!tsv_count(c, FIELD_ORIG_BYTES, &out->orig_bytes, &bytes) ||
		!tsv_count(c, FIELD_RESP_BYTES, &out->resp_bytes, &bytes) ||
		!tsv_count(c, FIELD_MISSED, &out->missed_bytes, &missed) ||
		!tsv_count(c, FIELD_ORIG_PKTS, &out->orig_pkts, &counts) ||
		!tsv_count(c, FIELD_RESP_PKTS, &out->resp_pkts, &counts) ||
		!tsv_count(
		    c, FIELD_ORIG_IP_BYTES, &out->orig_ip_bytes, &counts) ||
		!tsv_count(
		    c, FIELD_RESP_IP_BYTES, &out->resp_ip_bytes, &counts)))
		return false;
	out->flags |= (uint8_t)(bytes | counts);
	return true;
}

static bool
tsv_vlan(const struct tsv_cursor *c, struct flow *out)
{
	struct span s = tsv_field(c, FIELD_VLAN);
	uint64_t v;

	if (tsv_is_unset(c, s))
		return true;
	if (!digits_u64(s.p, s.n, &v) || v > UINT16_MAX)
		return tsv_fault(c, FIELD_VLAN, s);
	out->vlan = (uint16_t)v;
	out->flags |= FLOW_HAS_VLAN;
	return true;
}

TSV_TARGET static ALWAYS_INLINE bool
tsv_read(struct tsv_layout *t, struct parse_workers *workers, const char *block,
    const uint32_t *sep, unsigned nsep, struct flow *out,
    struct parse_fault *fault)
{
	struct tsv_cursor c = { t, block, sep, fault };

	if (UNLIKELY(nsep != t->ncolumns)) {
		fault->kind = PROBLEM_SHORT_LINE;
		fault->field = FIELD_IGNORED;
		/* sep[-1] of a block's first line is UINT32_MAX */
		fault->text = (struct span){ block + (uint32_t)(sep[-1] + 1),
			sep[nsep - 1] - (sep[-1] + 1) };
		return false;
	}
	out->flags = 0;
	out->vlan = 0;
	if (UNLIKELY(!tsv_time(&c, &out->start_us) || !tsv_addresses(&c, out) ||
		!tsv_port(&c, FIELD_ORIG_P, &out->orig_port) ||
		!tsv_port(&c, FIELD_RESP_P, &out->resp_port)))
		return false;
	if (UNLIKELY(!tsv_proto(&c, out) || !tsv_duration(&c, out) ||
		!tsv_counts(&c, out)))
		return false;
	tsv_words(&c, workers, out);
	return t->column[FIELD_VLAN] < 0 || tsv_vlan(&c, out);
}

#endif
