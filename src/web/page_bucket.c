/*
 * One bucket: who had what, what was found of it, and what the rules read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "store/overview.h"
#include "store/reading.h"
#include "sys/when.h"
#include "web/page.h"

static void
bucket_gaps(struct buf *out, unsigned gaps)
{
	bool any = false;
	unsigned i;

	for (i = 0; i < RESULT_NGAPS; i++)
		if (gaps & 1U << i) {
			put(out, "%x%h", any ? ", " : "",
			    result_gap_name((enum result_gap)(1U << i)));
			any = true;
		}
	if (!any)
		put(out, "\xe2\x80\x93");
}

static void
bucket_sensors(struct visit *v, const struct result *r)
{
	uint64_t most = 1;
	size_t i;

	for (i = 0; i < r->nsensors; i++)
		if (r->sensors[i].flows > most)
			most = r->sensors[i].flows;
	put(v->out,
	    "<section><h2>Sensors</h2><div class=\"wide\"><table><thead><tr>"
	    "<th scope=\"col\">Sensor</th><th scope=\"col\" class=\"n\">Flows"
	    "</th><th scope=\"col\"></th><th scope=\"col\" class=\"n\">Clock"
	    "</th><th scope=\"col\">What is wrong with its log here</th></tr>"
	    "</thead><tbody>\n");
	for (i = 0; i < r->nsensors; i++) {
		const struct result_sensor *s = &r->sensors[i];

		put(v->out,
		    "<tr><th scope=\"row\"><a href=\"/sensor/%u\">%h</a></th>"
		    "<td class=\"n\">%n</td><td><svg class=\"share\" "
		    "height=\"12\" width=\"120\" aria-hidden=\"true\">"
		    "<rect width=\"%c%%\" height=\"12\"/></svg></td>"
		    "<td class=\"n\">",
		    s->name, s->name, s->flows,
		    100 * (double)s->flows / (double)most);
		if (s->has_offset)
			put(v->out, "%d", s->offset_us);
		else
			put(v->out, "\xe2\x80\x93");
		put(v->out, "</td><td>");
		bucket_gaps(v->out, r->buckets[0].gaps[i]);
		put(v->out, "</td></tr>\n");
	}
	put(v->out, "</tbody></table></div></section>\n");
}

static void
bucket_pairs(struct visit *v, const struct result *r)
{
	const struct result_bucket *b = &r->buckets[0];
	size_t i;

	put(v->out, "<section><h2>Pairs</h2>\n");
	if (r->npairs == 0) {
		put(v->out,
		    "<p class=\"unknown\">No pair was compared: a log that is "
		    "needed did not cover the bucket, or a sensor did not "
		    "answer.</p></section>\n");
		return;
	}
	put(v->out,
	    "<div class=\"wide\"><table><thead><tr><th scope=\"col\">a and b"
	    "</th><th scope=\"col\" class=\"n\">Agreement</th>"
	    "<th scope=\"col\" class=\"n\">Both have</th>"
	    "<th scope=\"col\" class=\"n\">Only a has</th>"
	    "<th scope=\"col\" class=\"n\">Only b has</th>"
	    "<th scope=\"col\" class=\"n\">Damaged</th>"
	    "<th scope=\"col\" class=\"n\">Shifted</th>"
	    "<th scope=\"col\" class=\"n\">Split</th></tr></thead><tbody>\n");
	for (i = 0; i < r->npairs; i++) {
		const struct result_pair *p = &r->pairs[i];

		put(v->out,
		    "<tr><th scope=\"row\">%h and %h</th><td class=\"n\">%p"
		    "</td><td class=\"n\">%n</td><td class=\"n%x\">%n</td>"
		    "<td class=\"n%x\">%n</td><td class=\"n\">%n</td>"
		    "<td class=\"n\">%n</td><td class=\"n\">%n</td></tr>\n",
		    r->sensors[p->a].name, r->sensors[p->b].name, p->agreement,
		    p->n.paired,
		    b->differs[i] && p->n.only_a > p->n.only_b ? " more" : "",
		    p->n.only_a,
		    b->differs[i] && p->n.only_b > p->n.only_a ? " more" : "",
		    p->n.only_b, p->n.damaged, p->n.shifted, p->n.split);
	}
	put(v->out, "</tbody></table></div></section>\n");
}

static bool
bucket_incidents(struct visit *v, const struct result *r)
{
	const struct store_incident_filter f = { .group = v->word[0],
		.from_us = r->from_us,
		.to_us = r->to_us,
		.max = 50 };
	struct store_incident *list = NULL;
	size_t n = 0;

	if (!visit_ok(
		v, store_incidents(v->site->store, &f, &list, &n, &v->why)))
		return false;
	put(v->out, "<section><h2>Found here</h2>\n");
	page_incident_table(v, list, n, "Nothing.");
	put(v->out, "</section>\n");
	free(list);
	return true;
}

/* -- what the rules read -- */

static void
bucket_share_bar(struct buf *out, double share, double usual)
{
	put(out,
	    "<svg class=\"share\" height=\"14\" width=\"120\" "
	    "aria-hidden=\"true\"><rect width=\"%c%%\" height=\"14\"/>",
	    isnan(share) ? 0 : 100 * share);
	if (!isnan(usual))
		put(out, "<line x1=\"%c%%\" x2=\"%c%%\" y1=\"0\" y2=\"14\"/>",
		    100 * usual, 100 * usual);
	put(out, "</svg>");
}

static void
bucket_workers(struct visit *v, const struct evidence *e, size_t n)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (e[i].kind != EVIDENCE_WORKER)
			continue;
		if (!any)
			put(v->out,
			    "<section><h2>Workers</h2><div class=\"wide\">"
			    "<table><thead><tr><th scope=\"col\">Sensor</th>"
			    "<th scope=\"col\">Against</th>"
			    "<th scope=\"col\">Worker</th>"
			    "<th scope=\"col\" class=\"n\">Flows</th>"
			    "<th scope=\"col\" class=\"n\">Share</th>"
			    "<th scope=\"col\" class=\"n\">Usual</th>"
			    "<th scope=\"col\"></th></tr></thead><tbody>\n");
		any = true;
		put(v->out,
		    "<tr><td>%h</td><td>%h</td><td>%h</td><td class=\"n\">%n"
		    "</td><td class=\"n\">%p</td><td class=\"n\">%p</td><td>",
		    e[i].t[EVT_sensor], e[i].t[EVT_peer], e[i].t[EVT_worker],
		    (uint64_t)fmax(0, e[i].n[EV_worker_flows]),
		    e[i].n[EV_worker_share], e[i].n[EV_worker_usual]);
		bucket_share_bar(
		    v->out, e[i].n[EV_worker_share], e[i].n[EV_worker_usual]);
		put(v->out, "</td></tr>\n");
	}
	if (any)
		put(v->out, "</tbody></table></div></section>\n");
}

static void
bucket_facets(struct visit *v, const struct evidence *e, size_t n)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		if (e[i].kind != EVIDENCE_FACET)
			continue;
		if (!any)
			put(v->out,
			    "<section><h2>What the missing flows have in common"
			    "</h2><div class=\"wide\"><table><thead><tr>"
			    "<th scope=\"col\">Sensor</th>"
			    "<th scope=\"col\">Against</th>"
			    "<th scope=\"col\">Facet</th>"
			    "<th scope=\"col\">Value</th>"
			    "<th scope=\"col\" class=\"n\">Flows of it</th>"
			    "<th scope=\"col\" class=\"n\">Missing</th>"
			    "<th scope=\"col\" class=\"n\">of these flows</th>"
			    "<th scope=\"col\" class=\"n\">of all missing</th>"
			    "</tr></thead><tbody>\n");
		any = true;
		put(v->out,
		    "<tr><td>%h</td><td>%h</td><td>%h</td><td>%h</td>"
		    "<td class=\"n\">%n</td><td class=\"n\">%n</td>"
		    "<td class=\"n\">%p</td><td class=\"n\">%p</td></tr>\n",
		    e[i].t[EVT_sensor], e[i].t[EVT_peer], e[i].t[EVT_facet],
		    e[i].t[EVT_value],
		    (uint64_t)fmax(0, e[i].n[EV_facet_flows]),
		    (uint64_t)fmax(0, e[i].n[EV_facet_missing]),
		    e[i].n[EV_precision], e[i].n[EV_recall]);
	}
	if (any)
		put(v->out, "</tbody></table></div></section>\n");
}

static bool
bucket_evidence(struct visit *v, const struct result *r)
{
	struct evidence *e = NULL;
	size_t n = 0;

	if (!visit_ok(v,
		store_evidence(v->site->store, v->word[0], r->from_us, r->to_us,
		    &e, &n, &v->why)))
		return false;
	bucket_workers(v, e, n);
	bucket_facets(v, e, n);
	if (n == 0)
		put(v->out,
		    "<p class=\"none\">What the rules read of this bucket is "
		    "kept where they found something, and for some weeks."
		    "</p>");
	free(e);
	return true;
}

static void
bucket_head(struct visit *v, const struct result *r, const struct store_cell *c)
{
	unsigned status = 0;
	int64_t at = r->from_us / US_PER_S, w = r->width_us / US_PER_S;

	while (status + 1 < STORE_NSTATUSES && c->status[status] == 0)
		status++;
	put(v->out,
	    "<nav class=\"views\" aria-label=\"Buckets\"><span>"
	    "<a rel=\"prev\" href=\"/bucket/%u/%l\">\xe2\x86\x90 before</a> "
	    "<a rel=\"next\" href=\"/bucket/%u/%l\">after \xe2\x86\x92</a> "
	    "<a href=\"/group/%u?view=hour&amp;to=%l\">the hour around</a>"
	    "</span></nav>\n<p>Bucket of <a href=\"/group/%u\">%h</a>, %t to "
	    "%t: <strong class=\"status s-%x\">%x"
	    "</strong>",
	    v->word[0], at - w, v->word[0], at + w, v->word[0],
	    (r->from_us / US_PER_S / 3600 + 1) * 3600, v->word[0], v->word[0],
	    r->from_us, r->to_us, store_status_name(status),
	    store_status_name(status));
	if (c->reason[0] != '\0')
		put(v->out, " (%h)", c->reason);
	if (c->reading == STORE_EARLY)
		put(v->out,
		    ". This is the first look; the full one comes when the "
		    "logs are complete");
	if (c->early_status >= 0 && c->early_status < STORE_NSTATUSES &&
	    (unsigned)c->early_status != status)
		put(v->out, "; the first look said %x",
		    store_status_name((unsigned)c->early_status));
	put(v->out, ".</p>\n");
}

void
page_bucket(struct visit *v)
{
	struct result *r = calloc(1, sizeof(*r));
	struct store_cell *c = NULL;
	struct buf title = BUF_INIT;
	size_t n = 0;
	int64_t at;

	v->out->failed |= r == NULL;
	if (r == NULL ||
	    !visit_number(v, v->word[1], 1, INT64_C(99999999999), &at))
		goto out;
	if (!visit_ok(v,
		store_bucket(
		    v->site->store, v->word[0], at * US_PER_S, r, &v->why)) ||
	    !visit_ok(v,
		store_heat(v->site->store, v->word[0], r->from_us,
		    r->from_us + 1, STORE_BY_BUCKET, &c, &n, &v->why)))
		goto out;
	buf_printf(&title, "%s at ", v->word[0]);
	when_format(r->from_us, "?", &title);
	page_begin(v, buf_ok(&title) ? title.p : "Bucket", "", PAGE_STILL);
	if (n > 0)
		bucket_head(v, r, c);
	bucket_pairs(v, r);
	bucket_sensors(v, r);
	if (bucket_incidents(v, r) && bucket_evidence(v, r))
		page_end(v);
out:
	buf_clear(&title);
	free(c);
	if (r != NULL)
		result_clear(r);
	free(r);
}
