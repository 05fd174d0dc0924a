/*
 * A source is the log of one sensor as a stream of byte blocks, whatever it
 * lies in: one file, a glob, a directory in any layout Zeek writes, .gz, .zst
 * or standard input. It opens only the files that can hold records of the
 * window, and enters a plain file by bisection.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/diag.h"
#include "flow/parser.h"

struct source_window {
	int64_t from_us; /* INT64_MIN: from the beginning */
	int64_t to_us;   /* INT64_MAX: to the end */
	int64_t settle_us; /* records of the window are logged until then */
};

struct source_options {
	struct source_window window;
	const char *tz; /* of rotation names; NULL: UTC. borrowed */
	const struct flow_parser_options *parser; /* borrowed; for bisection */
};

enum source_event {
	SOURCE_FILE,    /* another file begins: name, line, offset are set */
	SOURCE_BLOCK,   /* bytes of the current file */
	SOURCE_TROUBLE, /* the file at hand ends early: diag says why */
	SOURCE_END,     /* no more */
	SOURCE_FAILED   /* nothing can be read: diag says why */
};

enum source_trouble {
	TROUBLE_NONE,
	TROUBLE_TRUNCATED,  /* .gz or .zst ends in the middle */
	TROUBLE_CORRUPT,    /* not what the suffix says, or bad checksum */
	TROUBLE_UNREADABLE, /* open or read failed */
	TROUBLE_GROWING     /* still being written */
};

struct source_item {
	enum source_event event;
	enum source_trouble trouble;
	const char *file; /* borrowed until the next call */
	uint64_t line;    /* SOURCE_FILE: of the first byte; 0 = unknown */
	uint64_t offset;  /* bytes into the (decompressed) file */
	/* Whole lines, but for the last block of a file that has no newline at
	 * its end and for lines over FLOW_MAX_LINE. FLOW_PARSER_SLACK bytes
	 * after the end are readable. Borrowed until the next call. */
	struct span block;
	enum flow_parser_end end; /* FLOW_LAST_BLOCK: the last of this file */
};

struct source;

struct source *source_open(const char *operand,
    const struct source_options *opt, struct diag *d);
void source_close(struct source *s);

void source_next(struct source *s, struct source_item *out, struct diag *d);

/* For --verbose and the progress bar. */
uint64_t source_bytes_read(const struct source *s);  /* from disk */
uint64_t source_bytes_total(const struct source *s); /* on disk; 0 unknown */
size_t source_files(const struct source *s);         /* chosen for the window */
/* True if the operand is one regular plain file or finished set of files:
 * nothing will be appended while we read. */
bool source_is_live(const struct source *s);

#endif
