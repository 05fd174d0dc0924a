/*
 * libyaml, the parser below libcyaml: that one stops at the first fault and
 * forgets where values stood, which a file of a thousand sensors cannot have.
 */
#include "sys/yamldoc.h"

static void
yamldoc_at(struct diag *d, const char *name, yaml_mark_t at, const char *what)
{
	diag_at(d, name, at.line + 1, (unsigned)at.column + 1, "%s", what);
}

/* A fault of bytes has an offset, one of words a mark. */
static void
yamldoc_refused(
    const yaml_parser_t *p, struct span text, const char *name, struct diag *d)
{
	const char *problem = p->problem == NULL ? "no YAML" : p->problem;
	uint64_t line = 1;
	size_t i;

	if (p->error == YAML_MEMORY_ERROR) {
		diag_at(d, name, 0, 0, "out of memory");
		return;
	}
	if (p->error != YAML_READER_ERROR) {
		diag_at(d, name, p->problem_mark.line + 1,
		    (unsigned)p->problem_mark.column + 1,
		    "%s; wanted YAML (a value with ': ' or ' #' in it wants "
		    "quotes)",
		    problem);
		return;
	}
	for (i = 0; i < p->problem_offset && i < text.n; i++)
		line += text.p[i] == '\n';
	diag_at(d, name, line, 0, "%s; wanted YAML in UTF-8", problem);
}

struct yamldoc_shape {
	unsigned depth, nodes, documents;
};

/* NULL, or what is wrong. */
static const char *
yamldoc_event(struct yamldoc_shape *s, yaml_event_type_t type)
{
	switch (type) {
	case YAML_ALIAS_EVENT:
		return "an alias; wanted the value itself";
	case YAML_DOCUMENT_START_EVENT:
		return ++s->documents > 1 ? "a second document; wanted one"
					  : NULL;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		if (++s->depth > YAMLDOC_MAX_DEPTH)
			return "nested too deep; wanted at most 8 levels";
		break;
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		s->depth--;
		return NULL;
	case YAML_SCALAR_EVENT:
		break;
	default:
		return NULL;
	}
	return ++s->nodes > YAMLDOC_MAX_NODES
	    ? "too many values; wanted at most 100000"
	    : NULL;
}

/* Reads it once without keeping anything. */
static bool
yamldoc_check(struct span text, const char *name, struct diag *d)
{
	struct yamldoc_shape shape = { 0, 0, 0 };
	const char *fault = NULL;
	yaml_parser_t p;
	yaml_event_t e;
	bool ended = false, ok = true;

	if (!yaml_parser_initialize(&p)) {
		diag_at(d, name, 0, 0, "out of memory");
		return false;
	}
	yaml_parser_set_input_string(&p, (const unsigned char *)text.p, text.n);
	while (ok && !ended) {
		if (!yaml_parser_parse(&p, &e)) {
			yamldoc_refused(&p, text, name, d);
			ok = false;
			break;
		}
		ended = e.type == YAML_STREAM_END_EVENT;
		fault = yamldoc_event(&shape, e.type);
		if (fault != NULL) {
			yamldoc_at(d, name, e.start_mark, fault);
			ok = false;
		}
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	return ok;
}

bool
yamldoc_load(
    struct span text, const char *name, yaml_document_t *out, struct diag *d)
{
	yaml_parser_t p;
	bool ok;

	if (text.p == NULL)
		text = SPAN_LITERAL("");
	if (!yamldoc_check(text, name, d))
		return false;
	if (!yaml_parser_initialize(&p)) {
		diag_at(d, name, 0, 0, "out of memory");
		return false;
	}
	yaml_parser_set_input_string(&p, (const unsigned char *)text.p, text.n);
	ok = yaml_parser_load(&p, out);
	if (!ok)
		yamldoc_refused(&p, text, name, d);
	yaml_parser_delete(&p);
	return ok;
}
