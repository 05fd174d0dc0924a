/*
 * A message between the daemon and its puller: the bytes are the body of one
 * frame, without its length.
 */
#include <string.h>
#include "recode.h"
#include "wire/pull.h"

/* Every text ends within its array. */
static void
pull_look(const struct pull *m)
{
	const struct finding *f = &m->u.finding;
	size_t i;

	if (m->kind == PULL_FINDING) {
		INVARIANT(memchr(f->rule, '\0', sizeof(f->rule)) != NULL);
		INVARIANT(memchr(f->by, '\0', sizeof(f->by)) != NULL);
		INVARIANT(memchr(f->sensor, '\0', sizeof(f->sensor)) != NULL);
		INVARIANT(memchr(f->value, '\0', sizeof(f->value)) != NULL);
		INVARIANT(memchr(f->summary, '\0', sizeof(f->summary)) != NULL);
		INVARIANT(f->nevidence <= FINDING_MAX_EVIDENCE);
		for (i = 0; i < f->nevidence; i++)
			INVARIANT(f->evidence[i].name != NULL);
	} else if (m->kind == PULL_ROW) {
		for (i = 0; i < EVIDENCE_NTEXTS; i++)
			INVARIANT(memchr(m->u.row.t[i], '\0',
				      EVIDENCE_TEXT_MAX) != NULL);
	} else if (m->kind == PULL_PAIR) {
		INVARIANT(m->u.pair.pair.a < m->u.pair.pair.b);
		INVARIANT(m->u.pair.pair.b < RESULT_MAX_SENSORS);
	}
}

/* False: it was none. */
static bool
pull_recode(struct span body, struct buf *out)
{
	struct diag d = DIAG_INIT;
	struct pull m;
	bool ok = pull_decode(body, &m, &d) == WIRE_OK;

	INVARIANT(ok == (d.text[0] == '\0'));
	if (!ok)
		return false;
	pull_look(&m);
	return pull_encode(out, &m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	recode_twice((struct span){ (const char *)data, size }, pull_recode);
	return 0;
}
