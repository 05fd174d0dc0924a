/*
 * A row per bucket and pair, for spreadsheets and awk. A field is quoted only
 * where RFC 4180 asks for it.
 */
#include <inttypes.h>
#include "base/escape.h"
#include "base/number.h"
#include "crosstap/report.h"
#include "crosstap/report_words.h"

static const char report_csv_header[] =
    "start,status,a,b,relation,flows_a,flows_b,paired,only_a,only_b,damaged,"
    "shifted,split,agreement,gaps_a,gaps_b\n";

/* "bad-lines edge": several reasons are one field. */
static void
csv_gaps(unsigned gaps, struct buf *out)
{
	bool first = true;
	unsigned g;

	for (g = 0; g < RESULT_NGAPS; g++) {
		if ((gaps >> g & 1) == 0)
			continue;
		if (!first)
			buf_add_char(out, ' ');
		buf_add_str(out, report_gap_id(1U << g));
		first = false;
	}
}

static void
csv_row(const struct result *r, const struct result_bucket *b, size_t i,
    struct buf *out)
{
	const struct result_pair *p = &r->pairs[i];
	const struct result_counts *n = &b->n[i];
	const uint64_t counts[] = { b->flows[p->a], b->flows[p->b], n->paired,
		n->only_a, n->only_b, n->damaged, n->shifted, n->split };
	size_t c;

	number_seconds(b->start_us, out);
	buf_printf(out, ",%s,", bucket_status_name(b->status));
	escape_csv(out, span_from(r->sensors[p->a].name));
	buf_add_char(out, ',');
	escape_csv(out, span_from(r->sensors[p->b].name));
	buf_printf(out, ",%s", report_relation_id(p->relation));
	for (c = 0; c < ARRAY_LEN(counts); c++)
		buf_printf(out, ",%" PRIu64, counts[c]);
	buf_add_char(out, ',');
	if (b->compared[i])
		number_real(result_agreement(n, p->relation), out);
	buf_add_char(out, ',');
	csv_gaps(b->gaps[p->a], out);
	buf_add_char(out, ',');
	csv_gaps(b->gaps[p->b], out);
	buf_add_char(out, '\n');
}

void
report_csv(const struct result *r, struct buf *out)
{
	size_t i, pair;

	buf_add_str(out, report_csv_header);
	for (i = 0; i < r->nbuckets; i++)
		for (pair = 0; pair < r->npairs; pair++)
			csv_row(r, &r->buckets[i], pair, out);
}
