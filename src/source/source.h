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
#include "source/files.h"

struct source_window {
	int64_t from_us;   /* INT64_MIN: from the beginning */
	int64_t to_us;     /* INT64_MAX: to the end */
	int64_t settle_us; /* records of the window are logged until then */
};

struct source_options {
	struct source_window window;
	const char *tz; /* of rotation names; NULL: UTC. borrowed */
	const struct flow_parser_options *parser; /* borrowed; for bisection */
	const char *const
	    *more; /* further operands, all of one log; borrowed */
	size_t nmore;
	/* Where the files are, and what may be read of them; NULL: here, all.
	 * borrowed */
	const struct files *files;
};

/*
 * Files that overlap in time (several loggers) are read side by side, each as
 * a stream of its own, and handed over in the order of their records' ends.
 * A file is: SOURCE_FILE; where it is entered in the middle, SOURCE_BLOCK
 * with its header lines and then SOURCE_SEEK, which may come again where a
 * stretch before the window was left out; SOURCE_BLOCKs, the last of which
 * says FLOW_LAST_BLOCK and may be empty; at last SOURCE_TROUBLE if it ended
 * early. A file that cannot be opened is SOURCE_TROUBLE alone.
 */
enum source_event {
	SOURCE_FILE,    /* another file begins: file, stream, line, offset */
	SOURCE_SEEK,    /* the next block of that stream is at offset, line 0 */
	SOURCE_BLOCK,   /* bytes of a stream's file */
	SOURCE_TROUBLE, /* the file ends early: diag says why */
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

#define SOURCE_MAX_STREAMS 16 /* files that are open at a time */

struct source_item {
	enum source_event event;
	unsigned stream; /* below SOURCE_MAX_STREAMS; one parser for each */
	enum source_trouble trouble;
	const char *file; /* borrowed until the next call */
	uint64_t line;    /* SOURCE_FILE: of the first byte; 0 = unknown */
	uint64_t offset;  /* bytes into the (decompressed) file */
	/* Whole lines, but for the last block of a file that has no newline at
	 * its end and for lines over FLOW_MAX_LINE: a block without newline at
	 * its end and with FLOW_MORE_FOLLOWS says that the line goes on.
	 * FLOW_PARSER_SLACK bytes after the end are readable. Borrowed until
	 * the next call. */
	struct span block;
	enum flow_parser_end end; /* FLOW_LAST_BLOCK: the last of this file */
};

struct source;

/*
 * The operand: a file, a FIFO, "-", a glob(3) pattern, or a directory in any
 * layout that Zeek, zeekctl and zeek-archiver write. NULL with d set if there
 * is nothing of that name, it cannot be read, or holds no conn.log; a source
 * without files if it holds some, but none for the window.
 */
struct source *source_open(
    const char *operand, const struct source_options *opt, struct diag *d);
void source_close(struct source *s);

/* d is set for SOURCE_TROUBLE and SOURCE_FAILED, with the file's name. */
void source_next(struct source *s, struct source_item *out, struct diag *d);

/* For --verbose and the progress bar. */
uint64_t source_bytes_read(const struct source *s);  /* from disk */
uint64_t source_bytes_total(const struct source *s); /* on disk; 0 unknown */
size_t source_files(const struct source *s);         /* chosen for the window */
/* True if more may be appended while we read: a plain file that was written
 * to in the last ten minutes and does not end in #close, or one of `current`.
 */
bool source_is_live(const struct source *s);
/* When the newest file was last written to, microseconds since 1970; INT64_MIN
 * where that says nothing of its records: standard input, compressed files. */
int64_t source_written_us(const struct source *s);

#endif
