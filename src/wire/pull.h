/*
 * What crosstapd and its puller say to each other: questions one way; what was
 * found of the sensors' answers the other way, as values. doc/design.md says
 * why. Either side takes the other for hostile: what pull_decode() lets pass
 * is in its range, and every text ends within its array.
 */
#ifndef WIRE_PULL_H
#define WIRE_PULL_H

#include "base/buf.h"
#include "compare/compare.h"
#include "judge/evidence.h"
#include "judge/finding.h"
#include "wire/wire.h"

#define PULL_VERSION 1
#define PULL_TEXT_PART (256u * 1024) /* of a configuration, in a message */
#define PULL_COUNT_MAX (UINT64_C(1) << 52) /* sums of them do not overflow */
#define PULL_MAX_BUCKETS 256               /* of a question */
#define PULL_MAX_INDEX 65535               /* of a group, sensor or rule set */

enum pull_kind {
	/* To the puller, of which the first three come in this order. */
	PULL_CONFIG = 1, /* a part of the text of crosstap.yaml */
	PULL_RULE,       /* a file of a set of rules */
	PULL_START,      /* that was all */
	PULL_COMPARE,    /* buckets of a group */
	PULL_FILES,      /* the inventory of a sensor's logs */
	PULL_BREAK_OFF,  /* nobody waits for that answer any more */
	/* From it; all but the first and the last are of a question's id. */
	PULL_READY,
	PULL_SENSOR,
	PULL_PAIR,
	PULL_BUCKET,
	PULL_FINDING,
	PULL_ROW,
	PULL_FLOW,
	PULL_FILE,
	PULL_DONE,
	PULL_ALIVE, /* now and then, so that one that hangs is known */
	PULL_END_OF_KINDS
};
const char *pull_kind_name(enum pull_kind k);

struct pull_config {
	uint64_t version;
	struct span file, text; /* its name, for messages; a part */
};

struct pull_rule {
	uint32_t set; /* from 0, in order */
	struct span file, text;
};

/* As in struct cycle_plan. */
struct pull_compare {
	uint32_t group;   /* index in the configuration */
	uint32_t rules;   /* set */
	uint32_t reading; /* enum cycle_reading */
	bool flows;       /* that differ are wanted, too */
	int64_t from_us, to_us, settled_us;
	uint64_t seed;
	int64_t shift_us[RESULT_MAX_SENSORS];
	double usual[RESULT_MAX_PAIRS];
};

struct pull_files {
	uint32_t sensor; /* index in the configuration */
	bool checksums;
	int64_t from_us, to_us;
};

struct pull_ready {
	uint64_t version;
	char files[128], calls[128]; /* why they are not confined; "": are */
};

/* What its log says of itself; .name and .path are not told. */
struct pull_sensor {
	uint32_t index;
	struct result_sensor sensor;
	char failed[256]; /* "": it has answered */
	int64_t shift_us, watermark_us, lag_us;
	uint64_t sent, received; /* bytes of frames */
	uint64_t waited_us;      /* for its answers */
};

struct pull_pair {
	uint32_t index;
	struct result_pair pair;
};

/* Both have it, or one; as in struct difference. Of the flows, line and offset
 * are not told; encoding: records are what is encoded. */
struct pull_flow {
	uint32_t pair, kind;
	bool has[2];
	struct flow flow[2]; /* texts borrowed */
};

struct pull_done {
	uint64_t bytes; /* to and from the sensors, frames */
	int64_t asking_us, judging_us;
	uint64_t cpu_us, memory_kb; /* of the puller so far: its most */
	char failed[512];           /* why there is no answer; "": there is */
};

struct pull {
	enum pull_kind kind;
	uint64_t id;
	union {
		struct pull_config config;
		struct pull_rule rule;
		struct pull_compare compare;
		struct pull_files files;
		struct pull_ready ready;
		struct pull_sensor sensor;
		struct pull_pair pair;
		struct result_bucket bucket;
		struct finding finding;
		struct evidence row;
		struct pull_flow flow;
		struct span file; /* the body of a reply's frame */
		struct pull_done done;
	} u;
};

/* Appends a whole frame. False: out of memory, or too much for a frame. */
bool pull_encode(struct buf *out, const struct pull *m) MUSTCHECK;
/* Of a frame's body, into which spans of *out point. */
enum wire_status
pull_decode(struct span body, struct pull *out, struct diag *d) MUSTCHECK;

#endif
