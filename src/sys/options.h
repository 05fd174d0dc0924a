/*
 * Command line options as data: one table gives parsing, range checks, the
 * usage line and the --help text. The manual and the completion are tested
 * against the same table. Nothing here knows a command.
 */
#ifndef SYS_OPTIONS_H
#define SYS_OPTIONS_H

#include "base/buf.h"
#include "base/diag.h"

#define OPTION_LIST_MAX 64

/* Strings of a repeatable option, in order; borrowed from argv. */
struct option_list {
	const char *item[OPTION_LIST_MAX];
	size_t n;
};

/* The type says what lies at `offset` in the command's options struct. */
enum option_type {
	OPTION_FLAG,   /* bool, set to true */
	OPTION_U64,    /* uint64_t, decimal, min..max */
	OPTION_HEX,    /* uint64_t, up to 16 hexadecimal digits, 0x allowed */
	OPTION_DOUBLE, /* double, min..max, finite */
	OPTION_STRING, /* const char *, borrowed from argv, not empty */
	OPTION_LIST,   /* struct option_list: may be repeated */
	OPTION_ENUM    /* an enum (of int's size): the index into words */
};

struct option_def {
	const char *name; /* without "--" */
	char letter;      /* 0: none */
	enum option_type type;
	const char *arg;  /* what the help calls the argument; NULL for flags */
	const char *help; /* one line, no full stop */
	size_t offset;
	size_t given;    /* offset of a bool set when the option was there;
			  * 0: nobody asks */
	double min, max; /* U64 and DOUBLE, both included */
	const char *const *words; /* ENUM: NULL ends it */
};

struct option_set {
	const char *command;  /* "diff" */
	const char *summary;  /* one line, no full stop */
	const char *operands; /* "A B [C ...]"; "" if there are none */
	size_t min_operands, max_operands;
	const struct option_def *defs;
	size_t ndefs;
	const char *program; /* NULL: "crosstap" */
};

/* What is left over: borrowed from argv. */
struct operands {
	char **item;
	size_t n;
};

enum options_outcome {
	OPTIONS_RUN,
	OPTIONS_HELP,    /* --help was there */
	OPTIONS_VERSION, /* --version was there */
	OPTIONS_BAD      /* d says what was wrong and what was wanted */
};

/*
 * Reads argv[1..]; argv[0] is the command's name. Options and operands mix
 * freely, "--" ends the options, "-" is an operand. `into` comes with the
 * defaults; fields without their option stay. argv is permuted.
 */
enum options_outcome options_parse(const struct option_set *set, int argc,
    char **argv, void *into, struct operands *left, struct diag *d) MUSTCHECK;

/*
 * The same for a command's first line: prints help and version on standard
 * output, errors on standard error. Returns the exit status to leave with
 * (0 or 2), or OPTIONS_GO_ON.
 */
#define OPTIONS_GO_ON (-1)
#define OPTIONS_TROUBLE 2
int options_start(const struct option_set *set, int argc, char **argv,
    void *into, struct operands *left) MUSTCHECK;

/* Prints "crosstap COMMAND: MESSAGE" and where to find help; returns 2. */
int options_fail(const struct option_set *set, const struct diag *d);

const char *options_version(void); /* "0.1.0" */

void options_usage(const struct option_set *set, struct buf *out);
void options_help(const struct option_set *set, struct buf *out);

/* The options that were given, as words of a shell, a blank before each: of the
 * rows that are strings, lists and flags, and of others that say so
 * (option_def.given). */
void options_repeat(
    const struct option_def *defs, size_t n, const void *from, struct buf *out);

/* The nearest of n words by edit distance, or NULL if none is near. */
const char *
options_nearest(const char *word, const char *const *words, size_t n);

#endif
