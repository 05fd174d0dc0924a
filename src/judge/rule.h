/*
 * A rule is data: a name, a severity, an SQL condition over the evidence
 * columns and the text to print when it holds. The struct is what a YAML file
 * of rules/ says; src/sys reads the file, this module checks and compiles it.
 */
#ifndef JUDGE_RULE_H
#define JUDGE_RULE_H

#include "base/diag.h"
#include "judge/evidence.h"
#include "judge/finding.h"

#define RULE_MAX 128

/* The keys of a rule file, in the order in which `rules show` prints them. */
enum rule_key {
	RULE_NAME,
	RULE_SEVERITY,
	RULE_PER,
	RULE_WHEN,
	RULE_FOR,
	RULE_GAP,
	RULE_EARLY,
	RULE_UNLESS,
	RULE_UNLESS_WITHIN,
	RULE_SHARE,
	RULE_VALUE,
	RULE_DIRECTION,
	RULE_EVIDENCE,
	RULE_SUMMARY,
	RULE_RULED_OUT,
	RULE_DESCRIPTION,
	RULE_SEE,
	RULE_REPORTS,
	RULE_NKEYS
};

/* Where the text of a key's value begins, from 1; 0 where not known. */
struct rule_place {
	unsigned line;
	unsigned col;
};

/* All strings owned by the rule; freed by rule_clear(). */
struct rule {
	char *name;        /* lower case, digits and '-' */
	char *reports;     /* the verdict, where it is not the name; NULL */
	char *when;        /* SQL expression over the evidence columns */
	char *summary;     /* one line; {column} is replaced by its value */
	char *ruled_out;   /* the same, said where another rule holds and no
			    * condition of this one came near; NULL: nothing */
	char *description; /* what it means, for `rules show` */
	char *see;         /* where the manual says more */
	char *share;       /* SQL expression for the finding's share */
	char *value;       /* SQL expression for the finding's facet value;
			    * NULL: the row's worker, or value */
	char *direction;   /* SQL expression: 'inbound', 'outbound', NULL */
	char **unless;     /* rules that take precedence, for the same sensor
			    * and bucket; "peer:RULE": for the row's peer */
	size_t nunless;
	unsigned unless_within; /* ... or so many buckets around it */
	char **evidence;        /* columns shown with the finding */
	size_t nevidence;
	enum severity severity;
	enum evidence_kind per;
	unsigned for_buckets; /* consecutive buckets it must hold */
	unsigned gap_buckets; /* buckets it may fail to hold in between */
	bool early;           /* may be judged from the early reading */
	char *file;           /* where it was read, for messages */
	struct rule_place at[RULE_NKEYS];
};

void rule_clear(struct rule *r);

struct rules; /* a compiled set */

/*
 * Takes the n rules: their contents move, and are freed on failure. NULL with
 * a message in d (file:line) if a condition does not compile, names an unknown
 * column, reads anything but the evidence, or a name is unknown in `unless` or
 * given twice.
 */
struct rules *rules_new(struct rule *rules, size_t n, struct diag *d);
void rules_free(struct rules *rs);
size_t rules_count(const struct rules *rs);
const struct rule *rules_get(const struct rules *rs, size_t i);
const struct rule *rules_find(const struct rules *rs, const char *name);
/* Whether a finding of `to` stands in the way of one of `name` at the same
 * sensor, and within how many buckets. */
bool rules_yields(
    const struct rules *rs, const char *name, const char *to, unsigned *within);

/*
 * Judges rows (any order) of one comparison. Findings are merged over
 * consecutive buckets (width_us apart), sorted by severity, then time, then
 * sensor; *out is a malloc'd array that the caller owns.
 */
bool rules_judge(struct rules *rs, const struct evidence *rows, size_t nrows,
    int64_t width_us, struct finding **out, size_t *nout,
    struct diag *d) MUSTCHECK;

#endif
