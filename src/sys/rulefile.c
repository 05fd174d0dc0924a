/*
 * libcyaml checks the shape of a file and makes the strings. It says less
 * about places than a person wants, so the keys, which stand at the start of
 * a line, are found beforehand: this gives every key's line, and refuses what
 * libcyaml would let pass (a second document, a boolean of any spelling).
 */
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"
#include "sys/rulefile.h"

#define RULEFILE_MAX_BUCKETS 1000

/* What libcyaml fills; strings are taken over by the rule. */
struct rulefile_doc {
	char *name;
	char *reports;
	char *when;
	char *summary;
	char *description;
	char *see;
	char *ruled_out;
	char *share;
	char *value;
	char *direction;
	char *for_buckets;
	char *gap;
	char *unless_within;
	char **unless;
	char **evidence;
	unsigned nunless;
	unsigned nevidence;
	enum severity severity;
	enum evidence_kind per;
	int early;
};

static const cyaml_strval_t rulefile_severities[] = {
	{ "info", SEVERITY_INFO },
	{ "warning", SEVERITY_WARNING },
	{ "critical", SEVERITY_CRITICAL },
};

static const cyaml_strval_t rulefile_kinds[] = {
	{ "sensor", EVIDENCE_SENSOR },
	{ "worker", EVIDENCE_WORKER },
	{ "facet", EVIDENCE_FACET },
	{ "group", EVIDENCE_GROUP },
	{ "attribute", EVIDENCE_ATTRIBUTE },
};

static const cyaml_strval_t rulefile_bools[] = {
	{ "false", 0 },
	{ "true", 1 },
};

static const cyaml_schema_value_t rulefile_name_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, 64),
};

#define TEXT(key, member, optional, max)                             \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (optional), \
	    struct rulefile_doc, member, 1, max)
#define WORD(key, member, optional, words)                    \
	CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | (optional), \
	    struct rulefile_doc, member, words, CYAML_ARRAY_LEN(words))
#define LIST(key, member, count, max)                                      \
	CYAML_FIELD_SEQUENCE_COUNT(key,                                    \
	    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct rulefile_doc, \
	    member, count, &rulefile_name_schema, 0, max)
#define MAY CYAML_FLAG_OPTIONAL
#define MUST 0

/* In the order of enum rule_key: the key's index is its rule_key. */
static const cyaml_schema_field_t rulefile_fields[] = {
	TEXT("name", name, MUST, 64),
	WORD("severity", severity, MUST, rulefile_severities),
	WORD("per", per, MUST, rulefile_kinds),
	TEXT("when", when, MUST, 4096),
	TEXT("for", for_buckets, MAY, 32),
	TEXT("gap", gap, MAY, 32),
	WORD("early", early, MAY, rulefile_bools),
	LIST("unless", unless, nunless, RULE_MAX),
	TEXT("unless_within", unless_within, MAY, 32),
	TEXT("share", share, MAY, 4096),
	TEXT("value", value, MAY, 4096),
	TEXT("direction", direction, MAY, 4096),
	LIST("evidence", evidence, nevidence, FINDING_MAX_EVIDENCE),
	TEXT("summary", summary, MUST, 1024),
	TEXT("ruled_out", ruled_out, MAY, 1024),
	TEXT("description", description, MAY, 16384),
	TEXT("see", see, MAY, 1024),
	TEXT("reports", reports, MAY, 64),
	CYAML_FIELD_END,
};

static const cyaml_schema_value_t rulefile_schema = {
	CYAML_VALUE_MAPPING(
	    CYAML_FLAG_POINTER, struct rulefile_doc, rulefile_fields),
};

/* What is wanted of a key whose value libcyaml refuses. */
static const char *const rulefile_wanted[RULE_NKEYS] = {
	[RULE_NAME] = "a name of lower case letters, digits and '-'",
	[RULE_SEVERITY] = "info, warning or critical",
	[RULE_PER] = "sensor, worker or facet",
	[RULE_WHEN] = "an SQL expression of up to 4096 bytes",
	[RULE_FOR] = "a number of buckets, such as 2",
	[RULE_GAP] = "a number of buckets, such as 1",
	[RULE_EARLY] = "true or false",
	[RULE_UNLESS] = "a list of rule names, such as [sensor-silent]",
	[RULE_UNLESS_WITHIN] = "a number of buckets, such as 1",
	[RULE_SHARE] = "an SQL expression of up to 4096 bytes",
	[RULE_VALUE] = "an SQL expression of up to 4096 bytes",
	[RULE_DIRECTION] = "an SQL expression of up to 4096 bytes",
	[RULE_EVIDENCE] = "a list of up to 24 evidence columns",
	[RULE_SUMMARY] = "a text of up to 1024 bytes",
	[RULE_RULED_OUT] = "a text of up to 1024 bytes",
	[RULE_DESCRIPTION] = "a text of up to 16384 bytes",
	[RULE_SEE] = "a text of up to 1024 bytes",
	[RULE_REPORTS] = "the name of a verdict, such as packet-loss",
};

_Static_assert(CYAML_ARRAY_LEN(rulefile_fields) == RULE_NKEYS + 1,
    "a key of enum rule_key has no field");

/* Where parsing stands, for messages. */
struct rulefile {
	struct span text;
	const char *name;
	struct rule_place at[RULE_NKEYS]; /* of values */
	unsigned line[RULE_NKEYS];        /* of keys; 0: not there */
	char first[160];                  /* libcyaml's first complaint */
	unsigned fault_line;              /* ... and its innermost place */
	struct diag *d;
};

static void *
rulefile_memory(void *ctx, void *p, size_t n)
{
	(void)ctx;
	if (n > 0)
		return realloc(p, n);
	free(p);
	return NULL;
}

/* "... (line: 3, column: 9)": the number behind a label; 0 if none. */
static unsigned
rulefile_number(const char *text, const char *label)
{
	const char *at = strstr(text, label);
	struct span digits;
	uint64_t v;

	if (at == NULL)
		return 0;
	at += strlen(label);
	digits = (struct span){ at, strspn(at, "0123456789") };
	return span_parse_u64(digits, UINT32_MAX, &v) ? (unsigned)v : 0;
}

__attribute__((format(printf, 3, 0))) static void
rulefile_log(cyaml_log_t level, void *ctx, const char *fmt, va_list ap)
{
	static const char prefix[] = "Load: ";
	struct rulefile *f = ctx;
	const char *text;
	char line[256];

	(void)level;
	if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
		return;
	line[strcspn(line, "\n")] = '\0';
	text = line;
	if (strncmp(line, prefix, sizeof(prefix) - 1) == 0)
		text += sizeof(prefix) - 1;
	if (f->first[0] == '\0')
		(void)snprintf(f->first, sizeof(f->first), "%.159s", text);
	else if (f->fault_line == 0)
		f->fault_line = rulefile_number(text, "(line: ");
}

/* Takes one line off the text; false at the end. */
static bool
rulefile_next_line(struct span *text, struct span *line)
{
	const char *end;

	if (text->n == 0)
		return false;
	end = memchr(text->p, '\n', text->n);
	line->p = text->p;
	line->n = end == NULL ? text->n : (size_t)(end - text->p);
	text->p += line->n + (end != NULL);
	text->n -= line->n + (end != NULL);
	return true;
}

static size_t
rulefile_blanks(struct span s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return n;
}

/* Columns are only true of text that stands in the file as libcyaml gives it:
 * a plain or quoted scalar, or a literal block, from its first line on. */
static struct rule_place
rulefile_place(struct span line, size_t colon, struct span rest, unsigned nr)
{
	struct span value = { line.p + colon + 1, line.n - colon - 1 };
	size_t blanks = rulefile_blanks(value);
	char c = blanks < value.n ? value.p[blanks] : '\0';
	struct span first;

	if (c == '>')
		return (struct rule_place){ nr + 1, 0 };
	if (c == '|' && rulefile_next_line(&rest, &first))
		return (struct rule_place){ nr + 1,
			(unsigned)rulefile_blanks(first) + 1 };
	blanks += c == '\'' || c == '"';
	return (struct rule_place){ nr, (unsigned)(colon + blanks) + 2 };
}

static void
rulefile_unknown_key(struct rulefile *f, struct span key, unsigned nr)
{
	struct buf names = BUF_INIT;
	size_t i;

	for (i = 0; i < RULE_NKEYS; i++)
		buf_printf(
		    &names, "%s%s", i == 0 ? "" : ", ", rulefile_fields[i].key);
	diag_at(f->d, f->name, nr, 1, "unknown key '%.*s'; wanted one of %s",
	    (int)(key.n > 40 ? 40 : key.n), key.p,
	    buf_ok(&names) ? names.p : "");
	buf_clear(&names);
}

static bool
rulefile_key(
    struct rulefile *f, struct span line, struct span rest, unsigned nr)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct span key;
	size_t i;

	if (colon == NULL) {
		diag_at(f->d, f->name, nr, 1,
		    "a line that is no key; wanted "
		    "'KEY: VALUE', and further lines of a value indented");
		return false;
	}
	key = (struct span){ line.p, (size_t)(colon - line.p) };
	for (i = 0; i < RULE_NKEYS; i++)
		if (span_is(key, rulefile_fields[i].key))
			break;
	if (i == RULE_NKEYS) {
		rulefile_unknown_key(f, key, nr);
		return false;
	}
	if (f->line[i] != 0) {
		diag_at(f->d, f->name, nr, 1,
		    "'%s' is given twice; the first "
		    "is in line %u",
		    rulefile_fields[i].key, f->line[i]);
		return false;
	}
	f->line[i] = nr;
	f->at[i] = rulefile_place(line, key.n, rest, nr);
	return true;
}

/* Finds the keys; refuses what is not one block mapping of known keys. */
static bool
rulefile_scan(struct rulefile *f)
{
	struct span rest = f->text, line;
	unsigned nr = 0, keys = 0;
	size_t i;

	while (rulefile_next_line(&rest, &line)) {
		nr++;
		if (nr == 1 && span_is(line, "---"))
			continue;
		if (line.n == 0 || line.p[0] == ' ' || line.p[0] == '\t' ||
		    line.p[0] == '#' || line.p[0] == '\r')
			continue;
		/* A list may stand under its key without being indented. */
		if (keys > 0 && line.p[0] == '-' && line.n > 1 &&
		    line.p[1] == ' ')
			continue;
		if (!rulefile_key(f, line, rest, nr))
			return false;
		keys++;
	}
	for (i = 0; i < RULE_NKEYS; i++) {
		if (f->line[i] != 0 ||
		    (rulefile_fields[i].value.flags & CYAML_FLAG_OPTIONAL))
			continue;
		diag_at(f->d, f->name, nr == 0 ? 1 : nr, 0,
		    "no '%s'; wanted '%s: ...', %s", rulefile_fields[i].key,
		    rulefile_fields[i].key, rulefile_wanted[i]);
		return false;
	}
	return true;
}

/* The key whose value holds that line; RULE_NKEYS if there is none. */
static size_t
rulefile_key_at(const struct rulefile *f, unsigned line)
{
	size_t i, best = RULE_NKEYS;

	for (i = 0; i < RULE_NKEYS; i++)
		if (f->line[i] != 0 && f->line[i] <= line &&
		    (best == RULE_NKEYS || f->line[i] > f->line[best]))
			best = i;
	return best;
}

static void
rulefile_refused(struct rulefile *f, cyaml_err_t err)
{
	size_t key = rulefile_key_at(f, f->fault_line);

	/* Not libcyaml's words: they speak of events and of ENUM. */
	if (err == CYAML_ERR_LIBYAML_PARSER)
		diag_at(f->d, f->name, f->fault_line, 0,
		    "%s; wanted YAML (a value with ': ' or ' #' in it wants "
		    "quotes or a block)",
		    f->first);
	else if (err == CYAML_ERR_OOM)
		diag_at(f->d, f->name, 0, 0, "out of memory");
	else if (key == RULE_NKEYS)
		diag_at(f->d, f->name, f->fault_line, 0,
		    "%s; wanted a mapping of keys to values",
		    f->first[0] == '\0' ? cyaml_strerror(err) : f->first);
	else
		diag_at(f->d, f->name, f->fault_line, 0,
		    "bad value for '%s'; wanted %s", rulefile_fields[key].key,
		    rulefile_wanted[key]);
}

/* "3", "3 buckets" or "1 bucket". */
static bool
rulefile_buckets(
    struct rulefile *f, enum rule_key key, const char *text, unsigned *out)
{
	struct span digits, rest;
	uint64_t v = 0;

	if (text == NULL)
		return true;
	digits = (struct span){ text, strspn(text, "0123456789") };
	rest = span_from(text + digits.n);
	if (span_parse_u64(digits, RULEFILE_MAX_BUCKETS, &v) &&
	    (key != RULE_FOR || v > 0) &&
	    (rest.n == 0 || span_is(rest, " buckets") ||
		span_is(rest, " bucket"))) {
		*out = (unsigned)v;
		return true;
	}
	diag_at(f->d, f->name, f->line[key], 0,
	    "bad value for '%s'; wanted %s, at most %d",
	    rulefile_fields[key].key, rulefile_wanted[key],
	    RULEFILE_MAX_BUCKETS);
	return false;
}

static void
rulefile_take(char **to, char **from)
{
	*to = *from;
	*from = NULL;
}

/* A block ends with a newline, which is no part of an expression or line. */
static void
rulefile_trim(char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == ' '))
		s[--n] = '\0';
}

static bool
rulefile_to_rule(struct rulefile *f, struct rulefile_doc *doc, struct rule *out)
{
	char *const texts[] = { doc->when, doc->summary, doc->description,
		doc->see, doc->share, doc->value, doc->direction,
		doc->ruled_out };
	size_t i;

	*out = (struct rule){ .severity = doc->severity,
		.per = doc->per,
		.for_buckets = 1,
		.early = doc->early != 0 };
	if (!rulefile_buckets(
		f, RULE_FOR, doc->for_buckets, &out->for_buckets) ||
	    !rulefile_buckets(f, RULE_GAP, doc->gap, &out->gap_buckets) ||
	    !rulefile_buckets(
		f, RULE_UNLESS_WITHIN, doc->unless_within, &out->unless_within))
		return false;
	out->file = strdup(f->name);
	if (out->file == NULL) {
		diag_at(f->d, f->name, 0, 0, "out of memory");
		return false;
	}
	for (i = 0; i < ARRAY_LEN(texts); i++)
		rulefile_trim(texts[i]);
	rulefile_take(&out->name, &doc->name);
	rulefile_take(&out->reports, &doc->reports);
	rulefile_take(&out->when, &doc->when);
	rulefile_take(&out->summary, &doc->summary);
	rulefile_take(&out->description, &doc->description);
	rulefile_take(&out->see, &doc->see);
	rulefile_take(&out->ruled_out, &doc->ruled_out);
	rulefile_take(&out->share, &doc->share);
	rulefile_take(&out->value, &doc->value);
	rulefile_take(&out->direction, &doc->direction);
	out->unless = doc->unless;
	out->nunless = doc->nunless;
	out->evidence = doc->evidence;
	out->nevidence = doc->nevidence;
	doc->unless = doc->evidence = NULL;
	doc->nunless = doc->nevidence = 0;
	memcpy(out->at, f->at, sizeof(out->at));
	return true;
}

bool
rulefile_parse(
    struct span text, const char *name, struct rule *out, struct diag *d)
{
	struct rulefile f = { .text = text, .name = name, .d = d };
	cyaml_config_t config = { .log_fn = rulefile_log,
		.log_ctx = &f,
		.mem_fn = rulefile_memory,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS };
	struct rulefile_doc *doc = NULL;
	cyaml_err_t err;
	bool ok = false;

	*out = (struct rule){ 0 };
	if (text.n > RULEFILE_MAX_BYTES) {
		diag_at(d, name, 0, 0, "a rule of %zu bytes; wanted at most %d",
		    text.n, RULEFILE_MAX_BYTES);
		return false;
	}
	if (!rulefile_scan(&f))
		return false;
	err = cyaml_load_data((const uint8_t *)text.p, text.n, &config,
	    &rulefile_schema, (cyaml_data_t **)&doc, NULL);
	if (err == CYAML_OK && doc != NULL)
		ok = rulefile_to_rule(&f, doc, out);
	else
		rulefile_refused(&f, err);
	(void)cyaml_free(&config, &rulefile_schema, doc, 0);
	return ok;
}
