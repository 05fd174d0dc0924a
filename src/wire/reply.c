/*
 * One table a kind of reply. Keys 0 and 1 are kind and request in all.
 */
#include <stdlib.h>
#include "wire/frame.h"
#include "wire/reply_bucket.h"

/* As it is sent: the union's member lies in one of these. */
struct reply_wire {
	uint64_t kind, id;
	union {
		struct reply_hello hello;
		struct bucket_wire bucket;
		struct symbols_wire symbols;
		struct reply_records records;
		struct reply_file file;
		struct reply_end end;
		struct reply_error error;
	} u;
};

#define AT(m) .offset = offsetof(struct reply_wire, m)
#define U64(k, m)                                  \
	{                                          \
		.key = k, .type = FIELD_U64, AT(m) \
	}
#define U32(k, m, most)                                         \
	{                                                       \
		.key = k, .type = FIELD_U32, AT(m), .max = most \
	}
#define FLAG(k, m)                                  \
	{                                           \
		.key = k, .type = FIELD_BOOL, AT(m) \
	}
#define TEXT(k, m, most)                                         \
	{                                                        \
		.key = k, .type = FIELD_TEXT, AT(m), .max = most \
	}
#define BYTES(k, m)                                                         \
	{                                                                   \
		.key = k, .type = FIELD_BYTES, AT(m), .max = WIRE_FRAME_MAX \
	}
#define TEXTS(k, m, most)                                         \
	{                                                         \
		.key = k, .type = FIELD_TEXTS, AT(m), .max = most \
	}
#define TIME(k, m)                                                       \
	{                                                                \
		.key = k, .type = FIELD_I64, AT(m), .absent = INT64_MIN, \
		.max = WIRE_TIME_MAX_US                                  \
	}
/* A time or distance that is always there. */
#define SPAN_US(k, m)                                                       \
	{                                                                   \
		.key = k, .type = FIELD_I64, AT(m), .max = WIRE_TIME_MAX_US \
	}
#define HEAD U64(0, kind), U64(1, id)

static const struct field reply_hello_fields[] = { HEAD,
	U64(2, u.hello.version_min), U64(3, u.hello.version_max),
	TEXT(4, u.hello.program, WIRE_NAME_MAX),
	TEXT(5, u.hello.os, WIRE_NAME_MAX),
	TEXT(6, u.hello.machine, WIRE_NAME_MAX),
	TEXT(7, u.hello.zeek, WIRE_NAME_MAX),
	TEXT(8, u.hello.name, WIRE_NAME_MAX),
	TEXTS(9, u.hello.attributes, WIRE_TEXT_MAX),
	TEXTS(10, u.hello.folders, WIRE_PATH_MAX), TIME(11, u.hello.wall_us),
	TIME(12, u.hello.watermark_us), TIME(13, u.hello.lag_us) };

static const struct field reply_bucket_fields[] = { HEAD,
	SPAN_US(2, u.bucket.b.start_us), U64(3, u.bucket.b.flows),
	U64(4, u.bucket.b.packets), U64(5, u.bucket.b.ip_bytes),
	U64(6, u.bucket.b.bad), U64(7, u.bucket.b.late),
	FLAG(8, u.bucket.b.after_log), BYTES(9, u.bucket.facets),
	BYTES(10, u.bucket.workers), BYTES(11, u.bucket.states),
	BYTES(12, u.bucket.keys), BYTES(13, u.bucket.shards),
	BYTES(14, u.bucket.nets), BYTES(15, u.bucket.sample),
	U64(16, u.bucket.b.scope), U64(17, u.bucket.b.local_known),
	U64(18, u.bucket.b.local_ends), U64(19, u.bucket.b.fresh.flows),
	U64(20, u.bucket.b.fresh.packets),
	{ .key = 21,
	    .type = FIELD_COUNTS,
	    AT(u.bucket.b.fresh.large),
	    .max = ENTRY_NLARGE } };

static const struct field reply_symbols_fields[] = { HEAD,
	SPAN_US(2, u.symbols.s.bucket_us),
	U32(3, u.symbols.s.set, REQUEST_SET_STATES),
	U32(4, u.symbols.s.from, SKETCH_MAX),
	U32(5, u.symbols.s.to, SKETCH_MAX), U64(6, u.symbols.s.flows),
	BYTES(7, u.symbols.packed) };

static const struct field reply_records_fields[] = { HEAD,
	SPAN_US(2, u.records.base_us), SPAN_US(3, u.records.width_us),
	SPAN_US(4, u.records.shift_us), BYTES(5, u.records.packed) };

static const struct field reply_file_fields[] = { HEAD,
	TEXT(2, u.file.path, WIRE_PATH_MAX), U64(3, u.file.size),
	SPAN_US(4, u.file.written_us), TIME(5, u.file.first_us),
	TIME(6, u.file.last_us), FLAG(7, u.file.live),
	FLAG(8, u.file.compressed), FLAG(9, u.file.hashed),
	U64(10, u.file.lines), U64(11, u.file.checksum),
	TEXT(12, u.file.trouble, WIRE_TEXT_MAX) };

static const struct field reply_end_fields[] = { HEAD, U64(2, u.end.frames),
	TIME(3, u.end.begin_us), TIME(4, u.end.watermark_us),
	TIME(5, u.end.last_us), FLAG(6, u.end.ended), FLAG(7, u.end.live),
	TIME(8, u.end.lag_us), U64(9, u.end.late), U64(10, u.end.outside),
	U64(11, u.end.lines), U64(12, u.end.bytes),
	{ .key = 13,
	    .type = FIELD_COUNTS,
	    AT(u.end.problems),
	    .max = FLOW_NPROBLEMS },
	TEXTS(14, u.end.messages, WIRE_TEXT_MAX),
	TEXTS(15, u.end.workers, WIRE_NAME_MAX), U32(16, u.end.trouble, 255),
	TEXT(17, u.end.trouble_text, WIRE_TEXT_MAX), U64(18, u.end.left_out) };

static const struct field reply_error_fields[] = { HEAD,
	U32(2, u.error.code, UINT32_MAX), TEXT(3, u.error.text, WIRE_TEXT_MAX),
	TIME(4, u.error.watermark_us), U64(5, u.error.version_min),
	U64(6, u.error.version_max) };

static const struct field reply_head_fields[] = { HEAD };
static const struct fields reply_head = { reply_head_fields,
	ARRAY_LEN(reply_head_fields) };

static const struct {
	const char *name;
	struct fields fields;
} reply_kinds[] = {
#define KIND(x)                                                           \
	{                                                                 \
#x,                                                       \
		{                                                         \
			reply_##x##_fields, ARRAY_LEN(reply_##x##_fields) \
		}                                                         \
	}
	KIND(hello),
	KIND(bucket),
	KIND(symbols),
	KIND(records),
	KIND(file),
	KIND(end),
	KIND(error),
};

static const char *const reply_codes[REPLY_END_OF_CODES] = {
	[REPLY_BAD_REQUEST] = "bad-request",
	[REPLY_BAD_VERSION] = "bad-version",
	[REPLY_NOT_YET] = "not-yet",
	[REPLY_NO_SUCH_TIME] = "no-such-time",
	[REPLY_COMPRESSING] = "compressing",
	[REPLY_UNREADABLE] = "unreadable",
	[REPLY_LIMIT] = "limit",
	[REPLY_INTERNAL] = "internal",
};

const char *
reply_kind_name(enum reply_kind k)
{
	return k >= REPLY_HELLO && k < REPLY_END_OF_KINDS
	    ? reply_kinds[k - REPLY_HELLO].name
	    : "unknown";
}

const char *
reply_code_name(enum reply_code c)
{
	return c > 0 && c < REPLY_END_OF_CODES ? reply_codes[c] : "unknown";
}

void
reply_init(struct reply *r, enum reply_kind kind, uint64_t id)
{
	memset(r, 0, sizeof(*r));
	r->kind = kind;
	r->id = id;
	if (kind == REPLY_HELLO)
		r->u.hello.wall_us = r->u.hello.watermark_us =
		    r->u.hello.lag_us = INT64_MIN;
	else if (kind == REPLY_FILE)
		r->u.file.first_us = r->u.file.last_us = INT64_MIN;
	else if (kind == REPLY_END)
		r->u.end.begin_us = r->u.end.watermark_us = r->u.end.last_us =
		    r->u.end.lag_us = INT64_MIN;
	else if (kind == REPLY_ERROR)
		r->u.error.watermark_us = INT64_MIN;
}

/* The member of the union, either way; with packed lists on the wire's side. */
static void
reply_copy(struct reply_wire *w, struct reply *r, bool to_wire)
{
#define COPY(kind, wire, plain)                 \
	case kind:                              \
		if (to_wire)                    \
			w->u.wire = r->u.plain; \
		else                            \
			r->u.plain = w->u.wire; \
		break
	switch (r->kind) {
		COPY(REPLY_HELLO, hello, hello);
		COPY(REPLY_BUCKET, bucket.b, bucket);
		COPY(REPLY_SYMBOLS, symbols.s, symbols);
		COPY(REPLY_RECORDS, records, records);
		COPY(REPLY_FILE, file, file);
		COPY(REPLY_END, end, end);
		COPY(REPLY_ERROR, error, error);
	case REPLY_END_OF_KINDS:
		break;
	}
#undef COPY
}

bool
reply_encode(struct buf *out, const struct reply *r)
{
	struct reply_wire w = { .kind = r->kind, .id = r->id };
	struct buf scratch = BUF_INIT;
	size_t begun = frame_begin(out);
	struct reply copy = *r;
	bool ok = true;

	INVARIANT(r->kind >= REPLY_HELLO && r->kind < REPLY_END_OF_KINDS);
	reply_copy(&w, &copy, true);
	if (r->kind == REPLY_BUCKET)
		ok = reply_bucket_pack(&w.u.bucket, &scratch);
	else if (r->kind == REPLY_SYMBOLS)
		ok = reply_symbols_pack(&w.u.symbols, &scratch);
	if (ok)
		fields_encode(
		    out, &reply_kinds[r->kind - REPLY_HELLO].fields, &w);
	buf_clear(&scratch);
	return frame_end(out, begun) && ok;
}

enum wire_status
reply_decode(struct span body, struct reply *out, struct diag *d)
{
	struct cursor c = cursor_of(body), again = c;
	enum wire_status status;
	struct reply_wire w;

	memset(out, 0, sizeof(*out));
	out->kind = REPLY_END_OF_KINDS;
	memset(&w, 0, sizeof(w));
	status = fields_decode(&c, &reply_head, &w, d);
	out->id = w.id;
	if (status != WIRE_OK)
		return status;
	if (w.kind < REPLY_HELLO || w.kind >= REPLY_END_OF_KINDS) {
		diag_set(d, "a kind of reply that is not known here");
		return WIRE_INVALID;
	}
	out->kind = (enum reply_kind)w.kind;
	status = fields_decode(
	    &again, &reply_kinds[out->kind - REPLY_HELLO].fields, &w, d);
	if (status == WIRE_OK && out->kind == REPLY_BUCKET)
		status = reply_bucket_unpack(&w.u.bucket, d);
	else if (status == WIRE_OK && out->kind == REPLY_SYMBOLS)
		status = reply_symbols_unpack(&w.u.symbols, d);
	else if (out->kind == REPLY_ERROR &&
	    (w.u.error.code == 0 || w.u.error.code >= REPLY_END_OF_CODES))
		w.u.error.code = REPLY_INTERNAL;
	if (status == WIRE_OK && out->kind == REPLY_RECORDS &&
	    w.u.records.width_us <= 0) {
		diag_set(d, "records of buckets without width");
		status = WIRE_INVALID;
	}
	reply_copy(&w, out, false);
	return status;
}

void
reply_clear(struct reply *r)
{
	if (r->kind == REPLY_BUCKET)
		reply_bucket_clear(&r->u.bucket);
	else if (r->kind == REPLY_SYMBOLS)
		free(r->u.symbols.symbols);
	memset(r, 0, sizeof(*r));
}
