/*
 * The items are one bin of varints and keys, so that a list of 100 000 keys
 * costs 8 bytes each.
 */
#include <inttypes.h>
#include <stdlib.h>
#include "base/bytes.h"
#include "wire/fields.h"
#include "wire/frame.h"
#include "wire/request.h"
#include "wire/varint.h"

#define REQUEST_DAY_US (86400 * US_PER_S)
#define REQUEST_SAMPLE_MAX 4096       /* DIGEST_SAMPLE_MAX */
#define REQUEST_SYMBOL_MAX (1u << 20) /* SKETCH_MAX */

/* As it is sent. */
struct request_wire {
	uint64_t kind, id, version;
	struct request r;
	struct span items;
};

static const struct field request_head_fields[] = {
	{ .key = 0,
	    .type = FIELD_U64,
	    .offset = offsetof(struct request_wire, kind) },
	{ .key = 1,
	    .type = FIELD_U64,
	    .offset = offsetof(struct request_wire, id) },
	{ .key = 2,
	    .type = FIELD_U64,
	    .offset = offsetof(struct request_wire, version) },
};
static const struct fields request_head = { request_head_fields,
	ARRAY_LEN(request_head_fields) };

#define AT(m) .offset = offsetof(struct request_wire, m)
static const struct field request_all_fields[] = {
	{ .key = 0, .type = FIELD_U64, AT(kind) },
	{ .key = 1, .type = FIELD_U64, AT(id) },
	{ .key = 2, .type = FIELD_U64, AT(version) },
	{ .key = 3,
	    .type = FIELD_I64,
	    AT(r.from_us),
	    .absent = INT64_MIN,
	    .max = WIRE_TIME_MAX_US },
	{ .key = 4,
	    .type = FIELD_I64,
	    AT(r.to_us),
	    .absent = INT64_MAX,
	    .max = WIRE_TIME_MAX_US },
	{ .key = 5, .type = FIELD_I64, AT(r.width_us), .max = 3600 * US_PER_S },
	{ .key = 6, .type = FIELD_I64, AT(r.settle_us), .max = REQUEST_DAY_US },
	{ .key = 7, .type = FIELD_I64, AT(r.shift_us), .max = REQUEST_DAY_US },
	{ .key = 8, .type = FIELD_U64, AT(r.seed) },
	{ .key = 9, .type = FIELD_U32, AT(r.parts) },
	{ .key = 10,
	    .type = FIELD_U32,
	    AT(r.sample),
	    .max = REQUEST_SAMPLE_MAX },
	{ .key = 11, .type = FIELD_BYTES, AT(items), .max = WIRE_FRAME_MAX },
	{ .key = 12,
	    .type = FIELD_U32,
	    AT(r.scope),
	    .max = REQUEST_NSCOPES - 1 },
};
#undef AT
static const struct fields request_all = { request_all_fields,
	ARRAY_LEN(request_all_fields) };

static const char *const request_kinds[REQUEST_END_OF_KINDS] = {
	[REQUEST_HELLO] = "hello",
	[REQUEST_DIGEST] = "digest",
	[REQUEST_SYMBOLS] = "symbols",
	[REQUEST_RESOLVE] = "resolve",
	[REQUEST_SAMPLE] = "sample",
	[REQUEST_FILES] = "files",
};

const char *
request_kind_name(enum request_kind k)
{
	return k < REQUEST_END_OF_KINDS && request_kinds[k] != NULL
	    ? request_kinds[k]
	    : "unknown";
}

static bool
request_has_items(enum request_kind k)
{
	return k == REQUEST_SYMBOLS || k == REQUEST_RESOLVE ||
	    k == REQUEST_SAMPLE;
}

static void
request_put_item(
    struct buf *out, enum request_kind kind, const struct request_item *it)
{
	uint32_t i, k;

	varint_put_signed(out, it->bucket_us);
	varint_put(out, it->set);
	if (kind == REQUEST_SYMBOLS) {
		varint_put(out, it->from);
		varint_put(out, it->to);
	} else if (kind == REQUEST_SAMPLE)
		varint_put(out, it->limit);
	else {
		varint_put(out, it->nkeys);
		for (i = 0; i < it->nkeys; i++)
			for (k = 0; k < 8; k++)
				buf_add_char(out, (char)(it->keys[i] >> 8 * k));
	}
}

bool
request_encode(struct buf *out, const struct request *r)
{
	struct request_wire w = {
		.kind = r->kind, .id = r->id, .version = WIRE_VERSION, .r = *r
	};
	struct buf items = BUF_INIT;
	size_t begun = frame_begin(out);
	uint32_t i;
	bool ok;

	for (i = 0; request_has_items(r->kind) && i < r->nitems; i++)
		request_put_item(&items, r->kind, &r->items[i]);
	w.items = buf_span(&items);
	fields_encode(out, &request_all, &w);
	ok = buf_ok(&items) && frame_end(out, begun);
	buf_clear(&items);
	return ok;
}

static void
request_get_keys(
    struct cursor *c, struct request *r, struct request_item *it, size_t *nkeys)
{
	const uint8_t *p;
	uint32_t i;

	it->nkeys = (uint32_t)cursor_varint(c, WIRE_KEYS_MAX);
	p = cursor_take(c, 8 * (size_t)it->nkeys);
	if (p == NULL) {
		it->nkeys = 0;
		return;
	}
	it->keys = r->keys + *nkeys;
	for (i = 0; i < it->nkeys; i++)
		r->keys[(*nkeys)++] = bytes_le64(p + 8 * i);
}

static void
request_get_item(
    struct cursor *c, struct request *r, struct request_item *it, size_t *nkeys)
{
	it->bucket_us = cursor_zigzag(c);
	it->set = (enum request_set)cursor_varint(c, REQUEST_NSETS - 1);
	if (r->kind == REQUEST_SYMBOLS) {
		it->from = (uint32_t)cursor_varint(c, REQUEST_SYMBOL_MAX);
		it->to = (uint32_t)cursor_varint(c, REQUEST_SYMBOL_MAX);
	} else if (r->kind == REQUEST_SAMPLE)
		it->limit = (uint32_t)cursor_varint(c, 64);
	else
		request_get_keys(c, r, it, nkeys);
}

/* Room is made for what the bytes can hold: an item takes 3 or more. */
static enum wire_status
request_get_items(struct request *r, struct span in, struct diag *d)
{
	struct cursor c = cursor_of(in);
	size_t room = in.n / 3 < WIRE_ITEMS_MAX ? in.n / 3 : WIRE_ITEMS_MAX;
	size_t nkeys = 0;

	r->items = calloc(room + 1, sizeof(*r->items));
	r->keys = calloc(in.n / 8 + 1, sizeof(*r->keys));
	if (r->items == NULL || r->keys == NULL) {
		diag_set(d, "out of memory");
		return WIRE_NO_MEMORY;
	}
	while (c.failed == NULL && c.p != c.end) {
		if (r->nitems == room) {
			cursor_fail(&c, "more items than a request may have");
			break;
		}
		request_get_item(&c, r, &r->items[r->nitems++], &nkeys);
	}
	if (c.failed == NULL)
		return WIRE_OK;
	diag_set(d, "key 11: %s", c.failed);
	return WIRE_GARBAGE;
}

static bool
request_check_item(const struct request *r, const struct request_item *it)
{
	if (it->bucket_us > WIRE_TIME_MAX_US ||
	    it->bucket_us < -WIRE_TIME_MAX_US ||
	    it->bucket_us % r->width_us != 0)
		return false;
	switch (r->kind) {
	case REQUEST_SYMBOLS:
		return it->from < it->to && it->set <= REQUEST_SET_STATES;
	case REQUEST_RESOLVE:
		return it->set <= REQUEST_SET_TUPLES;
	default:
		return it->set >= REQUEST_SET_TUPLES;
	}
}

/* NULL: in order. */
static const char *
request_check(const struct request *r)
{
	uint32_t i;

	if (r->kind < REQUEST_HELLO || r->kind >= REQUEST_END_OF_KINDS)
		return "a kind of request that is not known here";
	if (r->kind == REQUEST_HELLO)
		return NULL;
	if (r->from_us >= r->to_us)
		return "from (key 3) is not before to (key 4)";
	if (r->kind == REQUEST_FILES)
		return NULL;
	if (r->width_us < US_PER_S)
		return "a width (key 5) below one second";
	if ((r->from_us != INT64_MIN && r->from_us % r->width_us != 0) ||
	    (r->to_us != INT64_MAX && r->to_us % r->width_us != 0))
		return "from (key 3) or to (key 4) within a bucket";
	if (r->settle_us < 0)
		return "a settle time (key 6) below 0";
	if (request_has_items(r->kind) && r->nitems == 0)
		return "no items (key 11)";
	for (i = 0; i < r->nitems; i++)
		if (!request_check_item(r, &r->items[i]))
			return "an item (key 11) that makes no sense";
	return NULL;
}

enum wire_status
request_decode(struct span body, struct request *out, struct diag *d)
{
	struct cursor c = cursor_of(body), again = c;
	enum wire_status status;
	struct request_wire w;
	const char *wrong;

	memset(out, 0, sizeof(*out));
	memset(&w, 0, sizeof(w));
	/* first what every version has */
	status = fields_decode(&c, &request_head, &w, d);
	out->id = w.id;
	if (status != WIRE_OK)
		return status;
	if (w.version < WIRE_VERSION_MIN || w.version > WIRE_VERSION) {
		diag_set(d,
		    "version %" PRIu64 " of the protocol is not known here; "
		    "wanted %d to %d",
		    w.version, WIRE_VERSION_MIN, WIRE_VERSION);
		return WIRE_VERSION_UNKNOWN;
	}
	status = fields_decode(&again, &request_all, &w, d);
	if (status != WIRE_OK)
		return status;
	*out = w.r;
	out->id = w.id;
	out->kind = w.kind < REQUEST_END_OF_KINDS ? (enum request_kind)w.kind
						  : (enum request_kind)0;
	if (request_has_items(out->kind))
		status = request_get_items(out, w.items, d);
	if (status != WIRE_OK)
		return status;
	wrong = request_check(out);
	if (wrong != NULL)
		diag_set(d, "%s", wrong);
	return wrong == NULL ? WIRE_OK : WIRE_INVALID;
}

void
request_clear(struct request *r)
{
	free(r->items);
	free(r->keys);
	memset(r, 0, sizeof(*r));
}
