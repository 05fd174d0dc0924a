/*
 * The first line of the report: who is wrong, in what, since when, why. It
 * stands alone: --quiet prints no other, and it must not claim more than what
 * was compared.
 */
#include <math.h>
#include "crosstap/report_put.h"

/* How a rule's share reads in a sentence about the sensor. A rule that is not
 * here (of several sensors, a site's own) is told by its summary alone. */
static const struct report_phrase {
	const char *rule;
	const char *before; /* the share */
	const char *after;
	bool own; /* a share of the sensor's own flows, not of the peer's */
} report_phrases[] = {
	{ "sensor-silent", "misses", "of the flows", false },
	{ "sensor-gap", "misses", "of the flows", false },
	{ "worker-frozen", "misses", "of the flows", false },
	{ "tap-link-loss", "misses", "of the flows", false },
	{ "blind-spot", "misses", "of the flows", false },
	{ "unexplained", "misses", "of the flows", false },
	{ "packet-loss", "misses", "of the packets", false },
	{ "large-packet-loss", "lacks packets of", "of the flows", false },
	{ "tap-strand-loss", "sees one direction only of", "of the flows",
	    false },
	{ "duplicate-feed", "repeats packets in", "of the flows", false },
	{ "flow-split", "splits", "of the flows", false },
	{ "checksum-discard", "discards packets of", "of the flows", false },
	{ "config-divergence", "logs otherwise", "of the flows", false },
	{ "visibility-leak", "alone has", "of the flows", true },
};

uint64_t
report_uncompared(const struct result *r)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < r->nbuckets; i++)
		n += r->buckets[i].status >= BUCKET_INCOMPLETE;
	return n;
}

static uint64_t
report_missing(const struct result *r)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < r->nbuckets; i++)
		n += r->buckets[i].status == BUCKET_MISSING;
	return n;
}

/* A summary is "cause: numbers; numbers"; the numbers wait below. */
static void
report_verdict_cause(
    const struct report *p, const char *summary, struct buf *out)
{
	char cause[sizeof(p->r->findings->summary)];
	const char *end;
	size_t n = strlen(summary), i;

	for (i = 0; i < 2; i++) {
		end = strstr(summary, i == 0 ? ": " : "; ");
		if (end != NULL && (size_t)(end - summary) < n)
			n = (size_t)(end - summary);
	}
	INVARIANT(n < sizeof(cause));
	memcpy(cause, summary, n);
	cause[n] = '\0';
	report_put_text(p, cause, out);
}

static const struct report_phrase *
report_phrase(const struct finding *f)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(report_phrases); i++)
		if (strcmp(report_phrases[i].rule, f->rule) == 0)
			return &report_phrases[i];
	return NULL;
}

bool
report_share_is_own(const struct finding *f)
{
	const struct report_phrase *say = report_phrase(f);

	return say != NULL && say->own;
}

static void
report_verdict_finding(struct report *p, struct buf *out)
{
	const struct finding *f = &p->r->findings[0];
	const struct report_phrase *say = report_phrase(f);

	report_put_text(p, f->sensor, out);
	if (say != NULL && isfinite(f->share) && f->share > 0) {
		buf_printf(out, " %s ", say->before);
		report_put_share(f->share, out);
		buf_printf(out, " %s", say->after);
	} else
		buf_add_char(out, ',');
	report_put_stretch(p, f, out);
	buf_add_str(out, ": ");
	report_verdict_cause(p, f->summary, out);
	buf_printf(out, " (%s, %s)", f->rule, severity_name(f->severity));
	if (p->r->nfindings > 1)
		buf_printf(out, ", and %zu more finding%s", p->r->nfindings - 1,
		    p->r->nfindings == 2 ? "" : "s");
}

static uint64_t
report_verdict_sum(const struct result_counts *n, enum relation rel)
{
	return n->only_b + n->damaged + n->split +
	    (rel == RELATION_MIRROR ? n->only_a : 0);
}

/* Flows of pair i that differ, but for buckets that were not compared. */
static uint64_t
report_verdict_differ(const struct result *r, size_t i)
{
	enum relation rel = r->pairs[i].relation;
	uint64_t differ = report_verdict_sum(&r->pairs[i].n, rel);
	size_t k;

	for (k = 0; k < r->nbuckets; k++)
		if (r->buckets[k].status == BUCKET_MISSING)
			differ -= report_verdict_sum(&r->buckets[k].n[i], rel);
	return differ;
}

/* Totals of the pair that agrees least; "0 differ" means all pairs. */
static void
report_verdict_agree(struct report *p, struct buf *out)
{
	uint64_t paired = UINT64_MAX, differ = 0;
	bool subset = false;
	size_t i;

	for (i = 0; i < p->r->npairs; i++) {
		const struct result_pair *pair = &p->r->pairs[i];

		if (pair->n.paired < paired)
			paired = pair->n.paired;
		subset = subset || pair->relation == RELATION_SUBSET;
		differ += report_verdict_differ(p->r, i);
	}
	report_put_sensors(p, out);
	buf_printf(out, " agree%s: ",
	    report_uncompared(p->r) > 0 ? " in what could be compared" : "");
	report_put_count(p->r->npairs == 0 ? 0 : paired, out);
	buf_printf(out, " flows paired%s, ",
	    p->r->npairs > 1 ? " or more in each pair" : "");
	report_put_count(differ, out);
	buf_printf(out, " differ%s", subset ? " inside" : "");
	if (differ > 0)
		buf_add_str(out, ", which no rule finds wrong");
}

/* The reason that stands against most buckets, and whose it is. */
static void
report_verdict_reason(struct report *p, struct buf *out)
{
	uint64_t most = 0, n;
	size_t sensor = 0, s, i;
	unsigned gap = 0, g;

	for (s = 0; s < p->r->nsensors; s++)
		for (g = 0; g < RESULT_NGAPS; g++) {
			for (i = 0, n = 0; i < p->r->nbuckets; i++)
				n += p->r->buckets[i].gaps[s] >> g & 1;
			if (n > most) {
				most = n;
				sensor = s;
				gap = g;
			}
		}
	if (most == 0) {
		buf_add_str(out, "the logs have no bucket in common");
		return;
	}
	report_put_text(p, p->r->sensors[sensor].name, out);
	buf_printf(out, ": %s", result_gap_name(1U << gap));
}

void
report_verdict_line(struct report *p, struct buf *out)
{
	uint64_t uncompared = report_uncompared(p->r);
	bool none = report_missing(p->r) == p->r->nbuckets;

	if (p->r->nfindings > 0)
		report_verdict_finding(p, out);
	else if (none) {
		buf_add_str(out, "not compared: ");
		report_verdict_reason(p, out);
		return;
	} else
		report_verdict_agree(p, out);
	if (uncompared > 0) {
		buf_add_str(out, "; ");
		report_put_count(uncompared, out);
		buf_printf(
		    out, " of %zu buckets not fully compared", p->r->nbuckets);
	}
}
