/*
 * Fields in the order of the format. IPv4 addresses take 4 bytes each, if both
 * are of that kind.
 */
#include "wire/record.h"
#include "wire/varint.h"

#define RECORD_LATE (1u << 8)
#define RECORD_V4 (1u << 9) /* above the 8 bits of enum flow_flag */
#define RECORD_MAX_BYTES 1024

static void
record_put_text(struct buf *out, struct span s)
{
	size_t n = s.n > WIRE_NAME_MAX ? WIRE_NAME_MAX : s.n;

	varint_put(out, n);
	buf_add(out, s.p, n);
}

static void
record_put_addr(struct buf *out, const struct flow_addr *a, bool v4)
{
	buf_add(out, v4 ? a->b + 12 : a->b, v4 ? 4 : 16);
}

/* The counts of a flow, in the order of the format. */
static void
record_counts(struct flow *f, uint64_t *v[7])
{
	v[0] = &f->orig_pkts;
	v[1] = &f->resp_pkts;
	v[2] = &f->orig_ip_bytes;
	v[3] = &f->resp_ip_bytes;
	v[4] = &f->orig_bytes;
	v[5] = &f->resp_bytes;
	v[6] = &f->missed_bytes;
}

static void
record_put_body(struct buf *out, const struct record *r, int64_t base_us)
{
	struct flow f = r->flow;
	bool v4 = flow_addr_is_v4(&f.orig) && flow_addr_is_v4(&f.resp);
	const uint8_t ports[4] = { (uint8_t)(f.orig_port >> 8),
		(uint8_t)f.orig_port, (uint8_t)(f.resp_port >> 8),
		(uint8_t)f.resp_port };
	const uint8_t octets[4] = { f.proto, f.state, f.worker, r->delay };
	uint64_t *counts[7];
	size_t i;

	varint_put(
	    out, f.flags | (r->late ? RECORD_LATE : 0) | (v4 ? RECORD_V4 : 0));
	varint_put_signed(
	    out, (int64_t)((uint64_t)f.start_us - (uint64_t)base_us));
	varint_put_signed(out, f.duration_us);
	record_put_addr(out, &f.orig, v4);
	record_put_addr(out, &f.resp, v4);
	buf_add(out, ports, sizeof(ports));
	buf_add(out, octets, sizeof(octets));
	record_counts(&f, counts);
	for (i = 0; i < ARRAY_LEN(counts); i++)
		varint_put(out, *counts[i]);
	varint_put(out, f.vlan);
	varint_put(out, f.history_bits);
	record_put_text(out, f.uid);
	record_put_text(out, f.service);
	record_put_text(out, f.history);
}

/* The length before the body takes two bytes where the body is long. */
void
record_encode(struct buf *out, const struct record *r, int64_t base_us)
{
	size_t at = out->n, n;

	buf_add(out, "\0", 1);
	record_put_body(out, r, base_us);
	if (!buf_ok(out))
		return;
	n = out->n - at - 1;
	INVARIANT(n <= RECORD_MAX_BYTES);
	if (n < 0x80) {
		out->p[at] = (char)n;
		return;
	}
	buf_add(out, "\0", 1);
	if (!buf_ok(out))
		return;
	memmove(out->p + at + 2, out->p + at + 1, n);
	out->p[at] = (char)(n | 0x80);
	out->p[at + 1] = (char)(n >> 7);
}

static void
record_get_addr(struct cursor *c, bool v4, struct flow_addr *out)
{
	const uint8_t *p = cursor_take(c, v4 ? 4 : 16);

	memset(out, 0, sizeof(*out));
	if (p == NULL)
		return;
	if (v4)
		out->b[10] = out->b[11] = 0xff;
	memcpy(v4 ? out->b + 12 : out->b, p, v4 ? 4 : 16);
}

static struct span
record_get_text(struct cursor *c)
{
	size_t n = (size_t)cursor_varint(c, WIRE_NAME_MAX);
	const uint8_t *p = cursor_take(c, n);

	return (struct span){ (const char *)p, p == NULL ? 0 : n };
}

static void
record_get_body(struct cursor *c, int64_t base_us, struct record *r)
{
	struct flow *f = &r->flow;
	uint64_t flags = cursor_varint(c, UINT64_MAX);
	bool v4 = (flags & RECORD_V4) != 0;
	uint64_t *counts[7];
	const uint8_t *p;
	size_t i;

	r->late = (flags & RECORD_LATE) != 0;
	f->flags = (uint8_t)flags;
	f->start_us = (int64_t)((uint64_t)cursor_zigzag(c) + (uint64_t)base_us);
	f->duration_us = cursor_zigzag(c);
	record_get_addr(c, v4, &f->orig);
	record_get_addr(c, v4, &f->resp);
	p = cursor_take(c, 8);
	if (p != NULL) {
		f->orig_port = (uint16_t)(p[0] << 8 | p[1]);
		f->resp_port = (uint16_t)(p[2] << 8 | p[3]);
		f->proto = p[4];
		f->state = p[5];
		f->worker = p[6];
		r->delay = p[7];
	}
	record_counts(f, counts);
	for (i = 0; i < ARRAY_LEN(counts); i++)
		*counts[i] = cursor_varint(c, UINT64_MAX);
	f->vlan = (uint16_t)cursor_varint(c, UINT16_MAX);
	f->history_bits = (uint16_t)cursor_varint(c, UINT16_MAX);
	f->uid = record_get_text(c);
	f->service = record_get_text(c);
	f->history = record_get_text(c);
}

bool
record_decode(struct cursor *c, int64_t base_us, struct record *out)
{
	struct flow *f = &out->flow;
	struct cursor body;
	const uint8_t *p;
	size_t n;

	memset(out, 0, sizeof(*out));
	if (c->failed != NULL || c->p == c->end)
		return false;
	n = (size_t)cursor_varint(c, WIRE_FRAME_MAX);
	p = cursor_take(c, n);
	if (p == NULL)
		return false;
	body = cursor_of((struct span){ (const char *)p, n });
	record_get_body(&body, base_us, out);
	if (body.failed != NULL)
		cursor_fail(c, body.failed);
	else if (f->state >= FLOW_NSTATES)
		cursor_fail(c, "a conn_state that does not exist");
	else if (f->start_us > WIRE_TIME_MAX_US ||
	    f->start_us < -WIRE_TIME_MAX_US ||
	    f->duration_us > WIRE_TIME_MAX_US ||
	    f->duration_us < -WIRE_TIME_MAX_US)
		cursor_fail(c, "a time out of its range");
	return c->failed == NULL;
}

int64_t
record_bucket(const struct flow *f, int64_t width_us, int64_t shift_us)
{
	int64_t end = flow_end_us(f) + shift_us, r = end % width_us;

	return end - (r < 0 ? r + width_us : r);
}
