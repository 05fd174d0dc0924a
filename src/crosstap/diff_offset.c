/*
 * Only tuples that occur once on each side are used. The offset is believed
 * when most of them agree on it.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/offset.h"
#include "crosstap/diff_offset.h"
#include "flow/key.h"

#define PROBE_RECORDS 60000

struct probe {
	struct offset_start *v; /* owned */
	size_t n;
};

static bool
probe_read(struct probe *p, const struct pull_options *opt, struct diag *d)
{
	struct reader *r;
	struct flow *flows;
	size_t i, n;

	p->n = 0;
	p->v = calloc(PROBE_RECORDS, sizeof(*p->v));
	if (p->v == NULL) {
		diag_set(d, "out of memory");
		return false;
	}
	r = reader_open(opt->operand, &opt->source, &opt->parser, d);
	if (r == NULL)
		return false;
	/* what is wrong with the log is said when it is compared */
	while (p->n < PROBE_RECORDS && (n = reader_next(r, &flows)) > 0)
		for (i = 0; i < n && p->n < PROBE_RECORDS; i++)
			if (flows[i].status == FLOW_OK)
				p->v[p->n++] = (struct offset_start){
					flow_key(&flows[i], opt->bins.seed),
					flows[i].start_us
				};
	reader_close(r);
	offset_sort(p->v, p->n);
	return true;
}

bool
diff_offset_probe(const struct pull_options *pulls, size_t n,
    int64_t offsets_us[], struct diag *d)
{
	struct probe first = { NULL, 0 }, other = { NULL, 0 };
	size_t i;
	bool ok = true;

	memset(offsets_us, 0, n * sizeof(offsets_us[0]));
	if (!reader_can_reread(pulls[0].operand))
		return true;
	ok = probe_read(&first, &pulls[0], d);
	for (i = 1; ok && i < n; i++) {
		if (!reader_can_reread(pulls[i].operand))
			continue;
		ok = probe_read(&other, &pulls[i], d);
		if (ok)
			offsets_us[i] =
			    offset_estimate(first.v, first.n, other.v, other.n);
		free(other.v);
	}
	free(first.v);
	return ok;
}
