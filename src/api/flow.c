/*
 * Collects bytes until there are whole lines, since the parser wants them. A
 * line that is too long is passed on in pieces, which the parser skips.
 */
#include <stdlib.h>
#include "api/api.h"
#include "base/buf.h"
#include "flow/key.h"

#define API_BATCH 64

struct crosstap_parser {
	struct flow_parser *parser; /* owned */
	struct buf block;           /* bytes not used up yet */
	size_t at, whole; /* those of whole lines: block.p[at..whole) */
	enum flow_parser_end end;
	struct flow batch[API_BATCH];
	size_t nbatch, next;
};

struct crosstap_parser *
crosstap_parser_new(void)
{
	struct crosstap_parser *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->end = FLOW_MORE_FOLLOWS;
	p->parser = flow_parser_new(NULL, NULL);
	if (p->parser == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

void
crosstap_parser_free(struct crosstap_parser *p)
{
	if (p == NULL)
		return;
	flow_parser_free(p->parser);
	buf_clear(&p->block);
	free(p);
}

enum crosstap_status
crosstap_parser_feed(struct crosstap_parser *p, const void *bytes, size_t n)
{
	struct buf *b = &p->block;
	size_t i;

	if (p->end == FLOW_LAST_BLOCK)
		return CROSSTAP_INVALID;
	if (p->at > 0) {
		memmove(b->p, b->p + p->at, b->n - p->at);
		b->n -= p->at;
		p->whole -= p->at;
		p->at = 0;
	}
	if (n == 0)
		return CROSSTAP_OK;
	buf_add(b, bytes, n);
	if (!buf_reserve(b, FLOW_PARSER_SLACK))
		return CROSSTAP_NO_MEMORY;
	for (i = b->n; i > b->n - n && b->p[i - 1] != '\n'; i--)
		;
	if (i > b->n - n)
		p->whole = i;
	else if (b->n - p->whole > FLOW_MAX_LINE)
		p->whole = b->n;
	return CROSSTAP_OK;
}

enum crosstap_status
crosstap_parser_end(struct crosstap_parser *p)
{
	p->end = FLOW_LAST_BLOCK;
	p->whole = p->block.n;
	return buf_ok(&p->block) ? CROSSTAP_OK : CROSSTAP_NO_MEMORY;
}

const struct crosstap_flow *
crosstap_parser_next(struct crosstap_parser *p)
{
	size_t used;

	while (p->next == p->nbatch) {
		struct span rest = { p->block.p + p->at, p->whole - p->at };

		if (p->at == p->whole)
			return NULL;
		p->next = 0;
		p->nbatch = flow_parser_feed(
		    p->parser, rest, p->end, p->batch, API_BATCH, &used);
		p->at += used;
	}
	return (const struct crosstap_flow *)(void *)&p->batch[p->next++];
}

uint64_t
crosstap_parser_good(const struct crosstap_parser *p)
{
	return flow_parser_records(p->parser);
}

uint64_t
crosstap_parser_bad(const struct crosstap_parser *p)
{
	uint64_t n = 0;
	int k;

	for (k = 0; k < FLOW_NPROBLEMS; k++)
		n += flow_parser_problems(p->parser, (enum flow_problem)k);
	return n;
}

const char *
crosstap_parser_problem(const struct crosstap_parser *p)
{
	const char *text = NULL;
	int k;

	for (k = 0; k < FLOW_NPROBLEMS && text == NULL; k++)
		text = flow_parser_message(p->parser, (enum flow_problem)k);
	return text;
}

int
crosstap_flow_is_bad(const struct crosstap_flow *f)
{
	return api_flow(f)->status != FLOW_OK;
}

int64_t
crosstap_flow_start_us(const struct crosstap_flow *f)
{
	return api_flow(f)->start_us;
}

int64_t
crosstap_flow_end_us(const struct crosstap_flow *f)
{
	return flow_end_us(api_flow(f));
}

void
crosstap_flow_community_id(const struct crosstap_flow *f, char *out)
{
	_Static_assert(CROSSTAP_COMMUNITY_ID_MAX == FLOW_COMMUNITY_ID_MAX,
	    "a community id has one size");

	out[0] = '\0';
	if (!crosstap_flow_is_bad(f))
		flow_community_id(api_flow(f), 0, out);
}
