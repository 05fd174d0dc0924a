/*
 * Drives the line readers over blocks: tells TSV from JSON, keeps count of
 * lines and offsets, and turns faults into messages with file and line. One
 * record in, one flow out, whatever happens to it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "flow/tsv.h"

enum parser_form {
	FORM_UNKNOWN,
	FORM_TSV,
	FORM_JSON
};

struct flow_parser {
	struct flow_parser_options opt;
	struct flow_rename *renames; /* owned */
	struct json_parser *json;    /* owned */
	scan_fn *scan;
	tsv_line_fn *read_line;
	enum parser_form form;
	bool skipping; /* inside a line that was too long */
	bool closed;
	bool header_failed; /* the columns of this file cannot be used */
	uint64_t line;      /* of the next byte; 0: not known */
	uint64_t offset;
	uint64_t records;
	uint64_t lines;
	uint64_t problems[FLOW_NPROBLEMS];
	struct diag messages[FLOW_NPROBLEMS];
	char file[256];
	struct tsv_layout tsv;
	struct parse_workers workers;
	struct scan index;
};

static const char *const problem_names[] = {
	[PROBLEM_BAD_VALUE] = "bad value",
	[PROBLEM_SHORT_LINE] = "wrong number of columns",
	[PROBLEM_LONG_LINE] = "line too long",
	[PROBLEM_NUL] = "NUL byte",
	[PROBLEM_NO_HEADER] = "no header",
	[PROBLEM_NO_COLUMN] = "column missing",
	[PROBLEM_MASKED_TIME] = "masked time",
	[PROBLEM_NOT_CONN] = "not a conn.log",
	[PROBLEM_CUT_LINE] = "cut line",
	[PROBLEM_SYNTAX] = "syntax",
};

const char *
flow_problem_name(enum flow_problem p)
{
	return problem_names[p];
}

static bool
parser_keep_renames(struct flow_parser *p, struct diag *d)
{
	size_t i, n = p->opt.nrenames;

	if (n == 0)
		return true;
	p->renames = calloc(n, sizeof(*p->renames));
	if (p->renames == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	for (i = 0; i < n; i++) {
		struct span zeek = p->opt.renames[i].zeek;

		if (parse_field_of(NULL, zeek) == FIELD_IGNORED) {
			diag_set(d,
			    "--field %.*s=%.*s: %.*s is not a field of "
			    "conn.log "
			    "that crosstap reads",
			    (int)zeek.n, zeek.p, (int)p->opt.renames[i].name.n,
			    p->opt.renames[i].name.p, (int)zeek.n, zeek.p);
			return false;
		}
		p->renames[i] = p->opt.renames[i];
	}
	p->opt.renames = p->renames;
	return true;
}

struct flow_parser *
flow_parser_new(const struct flow_parser_options *opt, struct diag *d)
{
	struct flow_parser *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		diag_set(d, "out of memory");
		return NULL;
	}
	if (opt != NULL)
		p->opt = *opt;
	p->scan = p->opt.portable ? scan_portable : scan_best();
	p->read_line = p->opt.portable ? tsv_line_portable : tsv_line_best();
	tsv_layout_init(&p->tsv);
	if (!parser_keep_renames(p, d)) {
		flow_parser_free(p);
		return NULL;
	}
	p->json = json_parser_new(&p->opt, &p->workers);
	if (p->json == NULL) {
		diag_set(d, "out of memory");
		flow_parser_free(p);
		return NULL;
	}
	flow_parser_file(p, "-", 1, 0);
	return p;
}

void
flow_parser_free(struct flow_parser *p)
{
	if (p == NULL)
		return;
	json_parser_free(p->json);
	free(p->renames);
	free(p);
}

void
flow_parser_file(
    struct flow_parser *p, const char *name, uint64_t line, uint64_t offset)
{
	(void)snprintf(p->file, sizeof(p->file), "%s", name);
	tsv_layout_init(&p->tsv);
	p->form = FORM_UNKNOWN;
	p->skipping = p->closed = p->header_failed = false;
	p->line = line;
	p->offset = offset;
}

void
flow_parser_seek(struct flow_parser *p, uint64_t offset)
{
	p->line = 0;
	p->offset = offset;
	p->skipping = false;
}

/* What a value should have been, for messages. */
static const char *
parser_wanted(enum flow_field f)
{
	static const char *const wanted[FLOW_NFIELDS] = {
		[FIELD_TS] = "seconds since 1970, milliseconds or ISO 8601",
		[FIELD_ORIG_H] = "an IP address",
		[FIELD_RESP_H] = "an IP address",
		[FIELD_ORIG_P] = "a port, 0 to 65535",
		[FIELD_RESP_P] = "a port, 0 to 65535",
		[FIELD_PROTO] = "tcp, udp, icmp or unknown_transport",
		[FIELD_DURATION] = "seconds",
		[FIELD_VLAN] = "a VLAN number, 0 to 65535",
	};

	if (f >= FLOW_NFIELDS || wanted[f] == NULL)
		return "a count";
	return wanted[f];
}

static void
parser_message(
    struct flow_parser *p, uint64_t offset, const struct parse_fault *fault)
{
	struct diag *d = &p->messages[fault->kind];
	const char *name =
	    fault->field < FLOW_NFIELDS ? parse_field_name(fault->field) : "";
	char place[320];
	char shown[48];
	size_t i, n = fault->text.n < 40 ? fault->text.n : 40;

	for (i = 0; i < n; i++)
		shown[i] = fault->text.p[i] >= ' ' && fault->text.p[i] < 0x7f
		    ? fault->text.p[i]
		    : '.';
	shown[n] = '\0';
	if (p->line == 0)
		(void)snprintf(place, sizeof(place), "%s (byte %" PRIu64 ")",
		    p->file, offset);
	else
		(void)snprintf(place, sizeof(place), "%s", p->file);
	switch (fault->kind) {
	case PROBLEM_BAD_VALUE:
		diag_at(d, place, p->line, 0, "%s is \"%s\"; wanted %s", name,
		    shown, parser_wanted(fault->field));
		break;
	case PROBLEM_MASKED_TIME:
		diag_at(d, place, p->line, 0,
		    "ts is masked (\"%s\"): without times the log cannot be "
		    "compared",
		    shown);
		break;
	case PROBLEM_SHORT_LINE:
		diag_at(d, place, p->line, 0,
		    "the record does not have the %u columns of its #fields "
		    "line: \"%s\"",
		    p->tsv.ncolumns, shown);
		break;
	case PROBLEM_NO_COLUMN:
		diag_at(d, place, p->line, 0,
		    "no column %s; wanted one of that name, or --field %s=NAME",
		    name, name);
		break;
	case PROBLEM_NOT_CONN:
		diag_at(d, place, p->line, 0,
		    "not a conn.log: no %s in \"%s\"; wanted the columns of "
		    "Zeek's conn.log",
		    name, shown);
		break;
	case PROBLEM_NO_HEADER:
		diag_at(d, place, p->line, 0,
		    "a record before any #fields line, not JSON either: \"%s\"",
		    shown);
		break;
	case PROBLEM_LONG_LINE:
		diag_at(d, place, p->line, 0,
		    "a line of over %d bytes; wanted one record a line",
		    FLOW_MAX_LINE);
		break;
	case PROBLEM_NUL:
		diag_at(d, place, p->line, 0, "a NUL byte in a record");
		break;
	case PROBLEM_CUT_LINE:
		diag_at(d, place, p->line, 0,
		    "the file ends inside a record: \"%s\"", shown);
		break;
	default:
		diag_at(d, place, p->line, 0, "cannot be read: \"%s\"", shown);
	}
}

static void
parser_bad(struct flow_parser *p, struct flow *out, struct span line,
    const struct parse_fault *fault)
{
	p->problems[fault->kind]++;
	if (p->messages[fault->kind].text[0] == '\0')
		parser_message(p, p->offset, fault);
	memset(out, 0, sizeof(*out));
	out->status = FLOW_BAD;
	out->line = line;
	out->offset = p->offset;
	out->worker = FLOW_NO_WORKER;
}

static void
parser_passed(struct flow_parser *p, size_t bytes)
{
	p->offset += bytes;
	p->lines++;
	if (p->line != 0)
		p->line++;
}

static void
parser_take_good(struct flow_parser *p, struct flow *out, struct span line)
{
	out->line = line;
	out->offset = p->offset;
	out->status = FLOW_OK;
	p->records++;
}

/* A line that starts with '#', or a bare header. 0 or 1 flows come out: a
 * header that cannot be used is a bad record, since all after it are lost. */
static size_t
parser_header(struct flow_parser *p, struct span line, struct flow *out)
{
	struct parse_fault fault;
	bool fields = false, ok;

	if (line.p[0] == '#') {
		p->closed = line.n >= 6 && memcmp(line.p, "#close", 6) == 0;
		ok = tsv_header(&p->tsv, &p->opt, line, &fields, &fault);
	} else {
		ok = tsv_bare_header(&p->tsv, &p->opt, line, &fault);
		fields = true;
	}
	if (fields)
		p->form = FORM_TSV;
	if (fields || !ok)
		p->header_failed = !ok;
	if (ok)
		return 0;
	parser_bad(p, out, line, &fault);
	return 1;
}

/* A header without '#' names the time and an endpoint. */
static bool
parser_is_bare_header(struct flow_parser *p, struct span line)
{
	struct span rest = line;
	uint32_t seen = 0;
	const uint32_t want = 1 << FIELD_TS | 1 << FIELD_ORIG_H;

	while (rest.n > 0) {
		const char *end = memchr(rest.p, p->tsv.separator, rest.n);
		struct span name = { rest.p,
			end == NULL ? rest.n : (size_t)(end - rest.p) };
		enum flow_field f = parse_field_of(&p->opt, name);

		if (f != FIELD_IGNORED)
			seen |= UINT32_C(1) << f;
		if (end == NULL)
			break;
		rest.n -= (size_t)(end + 1 - rest.p);
		rest.p = end + 1;
	}
	return (seen & want) == want;
}

/* Any line that the fast paths do not take. */
static size_t
parser_odd_line(struct flow_parser *p, struct span line, struct flow *out)
{
	struct parse_fault fault = { PROBLEM_NO_HEADER, FIELD_IGNORED, line };

	if (line.n == 0 || (line.n == 1 && line.p[0] == '\r'))
		return 0;
	if (line.p[0] == '#' ||
	    (p->form == FORM_UNKNOWN && parser_is_bare_header(p, line)))
		return parser_header(p, line, out);
	if (p->header_failed) {
		/* said once for the header; the records only count */
		p->problems[PROBLEM_NO_HEADER]++;
		memset(out, 0, sizeof(*out));
		out->status = FLOW_BAD;
		out->line = line;
		out->offset = p->offset;
		return 1;
	}
	parser_bad(p, out, line, &fault);
	return 1;
}

static size_t
parser_json_line(struct flow_parser *p, struct span line, struct flow *out)
{
	struct parse_fault fault;

	if (json_parse_line(p->json, line, out, &fault))
		parser_take_good(p, out, line);
	else
		parser_bad(p, out, line, &fault);
	return 1;
}

/* One line found by hand; its newline is not part of it. */
static size_t
parser_slow_line(struct flow_parser *p, struct span line, struct flow *out)
{
	size_t made;

	if (line.n > 0 && line.p[0] == '{' && p->form != FORM_TSV) {
		p->form = FORM_JSON;
		made = parser_json_line(p, line, out);
	} else {
		made = parser_odd_line(p, line, out);
	}
	parser_passed(p, line.n + 1);
	return made;
}

/* Lines of a TSV log by the scanner, up to the first odd one. */
static size_t
parser_tsv_lines(struct flow_parser *p, struct span block, struct flow *out,
    size_t max, size_t *used)
{
	struct scan *x = &p->index;
	size_t made = 0;
	uint32_t i;

	*used = 0;
	if (!p->scan(block.p, block.n, p->tsv.separator, x))
		return 0;
	for (i = 0; i < x->nlines && made < max; i++) {
		const uint32_t *sep = x->sep + x->first[i];
		unsigned nsep = x->first[i + 1] - x->first[i];
		const char *from = block.p + (uint32_t)(sep[-1] + 1);
		struct span line = { from,
			(size_t)(block.p + sep[nsep - 1] - from) };
		struct flow *f = out + made;
		struct parse_fault fault;
		bool good;

		if (UNLIKELY(line.n <= 1 || from[0] == '#'))
			break;
		good = p->read_line(
		    &p->tsv, &p->workers, block.p, sep, nsep, f, &fault);
		if (UNLIKELY(x->has_nul && memchr(from, 0, line.n) != NULL)) {
			fault = (struct parse_fault){ PROBLEM_NUL,
				FIELD_IGNORED, line };
			good = false;
		}
		if (LIKELY(good))
			parser_take_good(p, f, line);
		else
			parser_bad(p, f, line, &fault);
		made++;
		parser_passed(p, line.n + 1);
		*used = sep[nsep - 1] + 1;
	}
	return made;
}

/* A line longer than any may be: count it once, drop it to its end. */
static size_t
parser_skip(struct flow_parser *p, struct span block, size_t *used)
{
	const char *end = memchr(block.p, '\n', block.n);

	if (end == NULL) {
		p->offset += block.n;
		*used = block.n;
		return 0;
	}
	p->skipping = false;
	*used = (size_t)(end + 1 - block.p);
	parser_passed(p, *used);
	return 0;
}

/* The rest of a block has no newline. */
static size_t
parser_tail(struct flow_parser *p, struct span rest, enum flow_parser_end end,
    struct flow *out)
{
	struct parse_fault fault = { PROBLEM_CUT_LINE, FIELD_IGNORED, rest };
	size_t made = 1;

	if (end == FLOW_MORE_FOLLOWS) {
		fault.kind = PROBLEM_LONG_LINE;
		p->skipping = true;
		parser_bad(p, out, rest, &fault);
		p->offset += rest.n;
		return 1;
	}
	if (rest.p[0] == '#')
		made = 0;
	else
		parser_bad(p, out, rest, &fault);
	parser_passed(p, rest.n);
	return made;
}

size_t
flow_parser_feed(struct flow_parser *p, struct span block,
    enum flow_parser_end end, struct flow *out, size_t max, size_t *used)
{
	size_t made = 0, at = 0, n;
	const char *newline;

	json_reset(p->json);
	while (at < block.n && made < max) {
		struct span rest = { block.p + at, block.n - at };

		n = 0;
		if (UNLIKELY(p->skipping)) {
			made += parser_skip(p, rest, &n);
			at += n;
			continue;
		}
		if (LIKELY(p->form == FORM_TSV && !p->header_failed)) {
			made += parser_tsv_lines(
			    p, rest, out + made, max - made, &n);
			at += n;
			if (LIKELY(n > 0))
				continue;
		}
		newline = memchr(rest.p, '\n', rest.n);
		if (newline == NULL) {
			made += parser_tail(p, rest, end, out + made);
			at = block.n;
			break;
		}
		rest.n = (size_t)(newline - rest.p);
		made += parser_slow_line(p, rest, out + made);
		at += rest.n + 1;
	}
	*used = at;
	return made;
}

uint64_t
flow_parser_records(const struct flow_parser *p)
{
	return p->records;
}

uint64_t
flow_parser_lines(const struct flow_parser *p)
{
	return p->lines;
}

uint64_t
flow_parser_problems(const struct flow_parser *p, enum flow_problem kind)
{
	return p->problems[kind];
}

const char *
flow_parser_message(const struct flow_parser *p, enum flow_problem kind)
{
	return p->messages[kind].text[0] == '\0' ? NULL
						 : p->messages[kind].text;
}

uint32_t
flow_parser_columns(const struct flow_parser *p)
{
	return p->form == FORM_JSON ? json_columns(p->json)
				    : tsv_columns(&p->tsv);
}

bool
flow_parser_closed(const struct flow_parser *p)
{
	return p->closed;
}

const char *
flow_parser_worker(const struct flow_parser *p, unsigned index)
{
	return index < p->workers.n ? p->workers.names[index] : NULL;
}
