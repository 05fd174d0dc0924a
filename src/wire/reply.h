/*
 * What a sensor answers. An answer is a row of frames with the request's id:
 * the frames of its kind, then one `end`, or one `error` in its place (what
 * came before it does not count then). Hello is one frame alone.
 */
#ifndef WIRE_REPLY_H
#define WIRE_REPLY_H

#include "base/buf.h"
#include "digest/digest.h"
#include "digest/entry.h"
#include "digest/nets.h"
#include "flow/parser.h"
#include "wire/record.h"
#include "wire/request.h"

enum reply_kind {
	REPLY_HELLO = 64,
	REPLY_BUCKET,
	REPLY_SYMBOLS,
	REPLY_RECORDS,
	REPLY_FILE,
	REPLY_END,
	REPLY_ERROR,
	REPLY_END_OF_KINDS
};
const char *reply_kind_name(enum reply_kind k);

struct reply_hello {
	uint64_t version_min, version_max; /* of the protocol */
	struct span program;               /* its version, "0.1.0" */
	struct span os, machine;           /* "Linux 6.1.0", "x86_64" */
	struct span zeek;                  /* release; empty: not known */
	struct span name;                  /* --name; empty: none */
	struct wire_texts attributes;      /* "KEY=VALUE", --attribute */
	struct wire_texts folders;         /* --logs, as given */
	int64_t wall_us;                   /* the sensor's clock */
	int64_t watermark_us; /* of the newest log; INT64_MIN: not known */
	int64_t lag_us; /* last write minus watermark; INT64_MIN: not known */
};

/* One bucket of a digest. */
struct reply_bucket {
	int64_t start_us;
	uint64_t flows, packets, ip_bytes, bad, late;
	bool after_log; /* closed by the end of the log, not by settling */
	uint64_t scope; /* flows that are compared: request.scope */
	uint64_t local_known;     /* flows that say which ends are local */
	uint64_t local_ends;      /* these ends */
	struct entry_fresh fresh; /* of scope */
	struct digest_count facets[DIGEST_NFACETS][DIGEST_FACET_VALUES];
	uint32_t workers[256]; /* flows of each, by index into the names that
				* come in the end; [255]: of none */
	/* Of the parts that were asked for; NULL else. Encoding: borrowed;
	 * decoded: owned. Checks of symbols have 32 bits. */
	struct sketch_symbol *states, *keys; /* SKETCH_MIN each */
	struct digest_shard *shards;         /* DIGEST_SHARDS */
	uint32_t *nets;                      /* NETS_MAX: digest/nets.h */
	struct digest_sampled *sample;       /* by key */
	uint32_t nsample;
};

struct reply_symbols {
	int64_t bucket_us;
	enum request_set set; /* keys or states */
	uint32_t from, to;    /* indexes; parts of a range come in order */
	uint64_t flows;       /* of the scope, in the bucket */
	struct sketch_symbol *symbols; /* to - from; as in reply_bucket */
};

/* Records of resolve and sample, in the order of the log. A flow belongs to
 * the bucket record_bucket(&flow, width_us, shift_us). */
struct reply_records {
	int64_t base_us, width_us, shift_us;
	struct span packed; /* borrowed; read it with record_decode() */
};

struct reply_file {
	struct span path; /* below one of the folders, which is part of it */
	uint64_t size;    /* bytes on disk */
	int64_t written_us;
	int64_t first_us, last_us; /* ends of records; INT64_MIN: not known */
	bool live;                 /* more may be appended */
	bool compressed;
	bool hashed;         /* lines and checksum are set: asked for, and the
			      * file could be read to its end */
	uint64_t lines;      /* of the plain bytes, as the checksum is */
	uint64_t checksum;   /* XXH3-64, seed 0 */
	struct span trouble; /* why it could not be read; empty: could */
};

/* The state of the log after a digest, symbols, resolve, sample or files. */
struct reply_end {
	uint64_t frames;  /* of this answer before this one */
	int64_t begin_us; /* where the log begins; INT64_MIN: before the
			   * window */
	int64_t watermark_us, last_us; /* bins_watermark(), bins_last() */
	bool ended;     /* read to the end of the log, not of the window */
	bool live;      /* if ended: more may be appended */
	int64_t lag_us; /* if ended and open: last write minus watermark */
	uint64_t late;  /* records of the window, after their bucket */
	uint64_t outside, lines, bytes; /* records, read; REQUEST_PART_COST */
	uint64_t problems[FLOW_NPROBLEMS];
	struct wire_texts messages; /* first of each kind, empty for none */
	struct wire_texts workers;  /* names, by index */
	uint32_t trouble;           /* enum source_trouble of a file */
	struct span trouble_text;
	uint64_t left_out; /* records or late ones beyond a limit */
};

enum reply_code {
	REPLY_BAD_REQUEST = 1,
	REPLY_BAD_VERSION,
	REPLY_NOT_YET,      /* the log has not reached the window */
	REPLY_NO_SUCH_TIME, /* the log has no such time: it begins later */
	REPLY_COMPRESSING,  /* a .gz or .zst is still being written */
	REPLY_UNREADABLE,   /* no permission, or no conn.log */
	REPLY_LIMIT,        /* of memory or of time */
	REPLY_INTERNAL,
	REPLY_END_OF_CODES
};
const char *reply_code_name(enum reply_code c); /* "not-yet" */

struct reply_error {
	enum reply_code code; /* REPLY_INTERNAL for one that is newer */
	struct span text;
	int64_t watermark_us;              /* not-yet; INT64_MIN: not known */
	uint64_t version_min, version_max; /* bad-version */
};

struct reply {
	enum reply_kind kind;
	uint64_t id; /* of the request; 0: none could be read */
	union {
		struct reply_hello hello;
		struct reply_bucket bucket;
		struct reply_symbols symbols;
		struct reply_records records;
		struct reply_file file;
		struct reply_end end;
		struct reply_error error;
	} u;
};

/* A reply of that kind with every field at its value for absence. */
void reply_init(struct reply *r, enum reply_kind kind, uint64_t id);

/* Appends a whole frame. False: out of memory, or too much for a frame. */
bool reply_encode(struct buf *out, const struct reply *r) MUSTCHECK;

/* Of a frame's body, into which spans of *out point. d says what was wrong.
 * reply_clear() in every case. */
enum wire_status
reply_decode(struct span body, struct reply *out, struct diag *d) MUSTCHECK;
void reply_clear(struct reply *r); /* of a decoded one */

#endif
