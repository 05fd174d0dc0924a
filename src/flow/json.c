/*
 * One JSON object a line, as Zeek's JSON writer makes it. A log's lines have
 * their keys in one order, though each lacks some: the parser keeps that
 * order as it learns it, and looks at a line for the next key of it, byte by
 * byte as it must stand there. What does not match costs a look-up, never an
 * error.
 */
#include <stdlib.h>
#include "flow/json_fast.h"

#define JSON_MAX_KEYS 64 /* that are kept in order; further ones are slow */
#define JSON_MAX_KEY 40  /* bytes with quotes and colon, to be kept */
#define JSON_CHUNK_MIN 65536

struct json_key {
	uint64_t head; /* the first 8 bytes of text, under mask */
	uint64_t mask;
	uint64_t tail; /* the last 8, where there are more than 8 */
	uint8_t len;
	uint8_t field;
	char text[JSON_MAX_KEY]; /* "key": */
};

/* Decoded strings of the batch at hand; the list is freed but for one. */
struct json_chunk {
	struct json_chunk *next; /* owned */
	size_t used;
	size_t cap;
	char bytes[];
};

struct json_parser {
	const struct flow_parser_options *opt; /* borrowed */
	struct parse_workers *workers;         /* borrowed */
	struct json_chunk *chunks;             /* owned; the newest first */
	uint32_t columns;
	unsigned nkeys;
	struct json_key keys[JSON_MAX_KEYS];
};

struct json_parser *
json_parser_new(
    const struct flow_parser_options *opt, struct parse_workers *workers)
{
	struct json_parser *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->opt = opt;
	j->workers = workers;
	return j;
}

static void
json_chunks_free(struct json_chunk *c)
{
	struct json_chunk *next;

	for (; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
}

void
json_parser_free(struct json_parser *j)
{
	if (j == NULL)
		return;
	json_chunks_free(j->chunks);
	free(j);
}

void
json_reset(struct json_parser *j)
{
	if (j->chunks == NULL)
		return;
	json_chunks_free(j->chunks->next);
	j->chunks->next = NULL;
	j->chunks->used = 0;
}

uint32_t
json_columns(const struct json_parser *j)
{
	return j->columns;
}

/* n bytes that live until json_reset(); NULL when out of memory. */
static char *
json_room(struct json_parser *j, size_t n)
{
	struct json_chunk *c = j->chunks;
	size_t cap = n > JSON_CHUNK_MIN ? n : JSON_CHUNK_MIN;

	if (c == NULL || c->cap - c->used < n) {
		c = malloc(sizeof(*c) + cap);
		if (c == NULL)
			return NULL;
		c->next = j->chunks;
		c->used = 0;
		c->cap = cap;
		j->chunks = c;
	}
	c->used += n;
	return c->bytes + c->used - n;
}

/* Replaces the text by what it means. Without memory the text stays as it is
 * in the log, which only a reader of the text can tell. */
static bool
json_decode(struct json_parser *j, struct span *text)
{
	char *room = json_room(j, text->n);
	size_t n;

	if (room == NULL)
		return true;
	n = json_unescape(*text, room);
	if (n == SIZE_MAX)
		return false;
	*text = (struct span){ room, n };
	return true;
}

static unsigned
json_field_of(const struct json_parser *j, struct span name)
{
	enum flow_field f = parse_field_of(j->opt, name);

	if (f == FIELD_IGNORED && span_is(name, "_path"))
		return JSON_FIELD_PATH;
	if (!j->opt->detail &&
	    (f == FIELD_ORIG_BYTES || f == FIELD_RESP_BYTES ||
		f == FIELD_MISSED))
		return FIELD_IGNORED;
	return f;
}

/* Text is "key": without space; it goes before the key that was expected. */
static void
json_learn(struct json_parser *j, unsigned at, struct span text, unsigned field)
{
	struct json_key *k;

	if (j->nkeys == JSON_MAX_KEYS || text.n > JSON_MAX_KEY)
		return;
	k = &j->keys[at];
	memmove(k + 1, k, (j->nkeys - at) * sizeof(*k));
	j->nkeys++;
	memset(k, 0, sizeof(*k));
	memcpy(k->text, text.p, text.n);
	k->len = (uint8_t)text.n;
	k->field = (uint8_t)field;
	k->mask = text.n >= 8 ? UINT64_MAX : UINT64_MAX >> (64 - 8 * text.n);
	k->head = bytes_le64(k->text) & k->mask;
	k->tail = text.n > 8 ? bytes_le64(k->text + text.n - 8) : 0;
}

static ALWAYS_INLINE bool
json_key_stands(const struct json_key *k, const char *p)
{
	if (((bytes_le64(p) ^ k->head) & k->mask) != 0)
		return false;
	if (k->len <= 8)
		return true;
	return bytes_le64(p + k->len - 8) == k->tail &&
	    (k->len <= 16 || memcmp(p + 8, k->text + 8, k->len - 16u) == 0);
}

/* The cursor in one line. */
struct json_cursor {
	struct json_parser *j;
	struct json_record *r;
	const char *p;
	const char *end;
	unsigned expect; /* index of the key that should come next */
};

/* A key that is not in the order, or not written as Zeek does. */
static bool
json_key_slow(struct json_cursor *c, unsigned *field)
{
	struct json_parser *j = c->j;
	const char *from = c->p, *stop, *colon;
	bool escaped = false;
	struct span name;

	if (from == c->end || *from != '"')
		return false;
	stop = json_string_end(from + 1, c->end, &escaped);
	if (stop == NULL)
		return false;
	colon = json_skip_space(stop + 1, c->end);
	if (colon == c->end || *colon != ':')
		return false;
	c->p = colon + 1;
	name = (struct span){ from + 1, (size_t)(stop - from) - 1 };
	if (escaped && !json_decode(j, &name))
		return false;
	*field = json_field_of(j, name);
	if (!escaped && colon == stop + 1) {
		json_learn(j, c->expect,
		    (struct span){ from, (size_t)(c->p - from) }, *field);
		c->expect += c->expect < j->nkeys;
	}
	return true;
}

/* Reads one key and its colon. The keys after the expected one are tried
 * first: it is usual that some are absent. */
static ALWAYS_INLINE bool
json_key(struct json_cursor *c, unsigned *field)
{
	const struct json_parser *j = c->j;
	unsigned i = c->expect, tries;

	for (tries = 0; tries < j->nkeys; tries++, i++) {
		if (i >= j->nkeys)
			i = 0;
		if (LIKELY(!json_key_stands(&j->keys[i], c->p)))
			continue;
		if (c->end - c->p < j->keys[i].len)
			return false;
		c->p += j->keys[i].len;
		c->expect = i + 1;
		*field = j->keys[i].field;
		return true;
	}
	if (c->expect > j->nkeys)
		c->expect = j->nkeys;
	return json_key_slow(c, field);
}

/* The value in its general form. */
static bool
json_value_slow(struct json_cursor *c, unsigned field)
{
	struct json_record *r = c->r;
	struct json_value v;
	const char *from = c->p;
	struct span rest = { from, (size_t)(c->end - from) };

	c->p = json_value_scan(from, c->end, &v);
	if (c->p == NULL)
		return json_fault(r, PROBLEM_SYNTAX, field, rest);
	if (v.escaped && field != FIELD_IGNORED && !json_decode(c->j, &v.text))
		return json_fault(r, PROBLEM_SYNTAX, field, v.text);
	if (field < FIELD_IGNORED)
		return json_record_set(r, field, &v);
	if (v.kind == JSON_WORD ||
	    (v.kind == JSON_NUMBER && !json_number_valid(v.text)))
		return json_fault(r, PROBLEM_SYNTAX, field, v.text);
	if (field == JSON_FIELD_PATH)
		r->other_log =
		    v.kind == JSON_STRING && !span_is(v.text, "conn");
	return true;
}

/* Key, value and what follows; *more tells whether that is a comma. */
static ALWAYS_INLINE bool
json_pair(struct json_cursor *c, bool *more)
{
	struct span rest = { c->p, (size_t)(c->end - c->p) };
	unsigned field = FIELD_IGNORED;
	const char *next;

	if (UNLIKELY(!json_key(c, &field)))
		return json_fault(c->r, PROBLEM_SYNTAX, field, rest);
	c->p = json_skip_space(c->p, c->end);
	next = json_fast(c->r, field, c->p, c->end);
	if (LIKELY(next != NULL))
		c->p = next;
	else if (!json_value_slow(c, field))
		return false;
	c->p = json_skip_space(c->p, c->end);
	rest = (struct span){ c->p, (size_t)(c->end - c->p) };
	if (UNLIKELY(rest.n == 0 || (*c->p != ',' && *c->p != '}')))
		return json_fault(c->r, PROBLEM_SYNTAX, field, rest);
	*more = *c->p++ == ',';
	if (*more)
		c->p = json_skip_space(c->p, c->end);
	return true;
}

/* No byte of a string may be NUL: say so, rather than "syntax". */
static bool
json_failed(struct json_record *r, struct span line)
{
	if (r->fault->kind == PROBLEM_SYNTAX && line.n > 0 &&
	    memchr(line.p, '\0', line.n) != NULL)
		r->fault->kind = PROBLEM_NUL;
	return false;
}

bool
json_parse_line(struct json_parser *j, struct span line, struct flow *out,
    struct parse_fault *fault)
{
	struct json_record r;
	struct json_cursor c = { j, &r, line.p, line.p + line.n, 0 };
	struct span rest;
	bool more;

	json_record_init(&r, out, j->workers, fault);
	c.p = json_skip_space(c.p, c.end);
	more = c.p < c.end && *c.p++ == '{';
	if (!more) {
		(void)json_fault(&r, PROBLEM_SYNTAX, FIELD_IGNORED, line);
		return json_failed(&r, line);
	}
	c.p = json_skip_space(c.p, c.end);
	if (c.p < c.end && *c.p == '}') {
		c.p++;
		more = false;
	}
	while (more)
		if (!json_pair(&c, &more))
			return json_failed(&r, line);
	c.p = json_skip_space(c.p, c.end);
	rest = (struct span){ c.p, (size_t)(c.end - c.p) };
	if (rest.n != 0) {
		(void)json_fault(&r, PROBLEM_SYNTAX, FIELD_IGNORED, rest);
		return json_failed(&r, line);
	}
	if (!json_record_finish(&r, line))
		return false;
	j->columns |= r.seen;
	return true;
}
