/*
 * The pure rooms without memory: a log's bytes to flows, flows to buckets and
 * digests, three sensors to a comparison.
 */
#include <stdio.h>
#include <stdlib.h>
#include <crosstap/compare.h>
#include "../unit/flows.h"
#include "compare/compare.h"
#include "flow/parser.h"
#include "memory.h"
#include "unit.h"

#define FLOWS_OF_A_SENSOR 3000
#define MINUTES 5

/* Flow i of a sensor; false: it misses this one. Some are of IPv6, some come
 * late, and in the third minute the second sensor lacks a fifth. */
static bool
core_flow(unsigned sensor, unsigned i, struct flow *f)
{
	int64_t start =
	    FLOWS_T0 + (int64_t)i * MINUTES * FLOWS_WIDTH / FLOWS_OF_A_SENSOR;

	*f = flows_make(i % 2900, start, FLOWS_S / 2);
	f->worker = (uint8_t)(i % 3);
	if (i % 7 == 0) {
		f->flags |= FLOW_IPV6;
		f->orig.b[0] = 0x20;
		f->orig.b[10] = f->orig.b[11] = 0;
		f->orig.b[6] = (uint8_t)(i >> 8);
		f->orig.b[7] = (uint8_t)i;
	}
	if (i > 2000 && i % 97 == 0)
		f->start_us -= 2 * FLOWS_WIDTH; /* late */
	if (sensor == 1 && i % 5 == 1 && i >= 1200 && i < 1800)
		return false;
	if (sensor == 1 && i % 40 == 2)
		f->orig_pkts--;
	return sensor != 2 || i % 100 != 3;
}

struct core_sensor {
	struct bins *bins;
	struct bin *bin[MINUTES + 2];
	size_t n;
};

static bool
core_read(unsigned sensor, struct core_sensor *s)
{
	static const struct bins_options o = { .width_us = FLOWS_WIDTH,
		.settle_us = 10 * FLOWS_S,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.seed = 99,
		.sample = 64,
		.keep = BINS_ENTRIES | BINS_ELEMENTS | BINS_DIGEST |
		    BINS_TUPLES | BINS_FRESH | BINS_NETS | BINS_NAMES };
	struct flow f;
	unsigned i;

	s->bins = bins_new(&o);
	if (s->bins == NULL)
		return false;
	for (i = 0; i < FLOWS_OF_A_SENSOR; i++) {
		if (core_flow(sensor, i, &f) && !bins_add(s->bins, &f, 1))
			return false;
		while ((s->bin[s->n] = bins_take(s->bins)) != NULL)
			s->n++;
	}
	bins_finish(s->bins);
	while ((s->bin[s->n] = bins_take(s->bins)) != NULL)
		s->n++;
	return true;
}

static void
core_clear(struct core_sensor *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		bin_free(s->bin[i]);
	bins_free(s->bins);
}

static bool
core_digest(struct memory_run *r)
{
	struct core_sensor s = { 0 };
	bool ok = core_read(0, &s);
	struct digest_count n;
	size_t i;

	for (i = 0; ok && i < s.n; i++) {
		const struct digest *d = s.bin[i]->digest;

		n = digest_totals(d);
		memory_mix(r, n.flows);
		memory_mix_bytes(r, d->keys, sizeof(d->keys));
		memory_mix_bytes(r, d->state, sizeof(d->state));
		memory_mix_bytes(
		    r, d->sample, d->nsample * sizeof(d->sample[0]));
		memory_mix(r, s.bin[i]->nelements);
		memory_mix(r, s.bin[i]->tuples.n);
	}
	memory_mix(r, ok ? bins_late(s.bins) : 0);
	core_clear(&s);
	return ok;
}

START_TEST(digest_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(core_digest, MEMORY_SILENT);
}
END_TEST

static bool
core_sketch(struct memory_run *r)
{
	struct sketch a = { 0 }, b = { 0 };
	struct sketch_diff diff = { 0 };
	bool ok = sketch_init(&a, 512) && sketch_init(&b, 512);
	uint64_t key;
	size_t i;

	for (key = 1; ok && key < 3000; key++) {
		sketch_add(&a, key * UINT64_C(0x9e3779b97f4a7c15));
		if (key > 200)
			sketch_add(&b, key * UINT64_C(0x9e3779b97f4a7c15));
	}
	if (ok) {
		sketch_subtract(&a, &b);
		ok = sketch_decode(&a, SIZE_MAX, &diff) == SKETCH_DECODED;
	}
	for (i = 0, key = 0; i < diff.na + diff.nb; i++)
		key += diff.keys[i];
	memory_mix(r, key);
	memory_mix(r, diff.na);
	sketch_diff_clear(&diff);
	sketch_clear(&a);
	sketch_clear(&b);
	return ok;
}

START_TEST(sketch_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(core_sketch, MEMORY_SILENT);
}
END_TEST

static void
core_mix_result(
    struct memory_run *r, const struct compare *c, const struct result *got)
{
	uint64_t missing;
	size_t i, n;

	for (i = 0; i < got->npairs; i++)
		memory_mix_bytes(r, &got->pairs[i].n, sizeof(got->pairs[i].n));
	for (i = 0; i < got->nbuckets; i++) {
		memory_mix(r, (uint64_t)got->buckets[i].start_us);
		memory_mix(r, got->buckets[i].status);
		memory_mix_bytes(
		    r, got->buckets[i].n, sizeof(got->buckets[i].n));
	}
	(void)compare_differences(c, &n, &missing);
	/* a difference is kept, or is said to be missing */
	memory_mix(r, n + missing);
}

static bool
core_compare_bins(
    struct memory_run *r, struct core_sensor s[3], struct compare *c)
{
	struct compare_sensor logs[3] = { 0 };
	const struct netmap *nets[3];
	struct result got = { 0 };
	struct bin *row[3];
	size_t i, k;
	bool ok = true;

	for (i = 0; i < 3; i++)
		nets[i] = bins_netmap(s[i].bins);
	for (k = 0; ok && k < s[0].n; k++) {
		for (i = 0; i < 3; i++)
			row[i] = k < s[i].n ? s[i].bin[k] : NULL;
		ok = compare_add(c, s[0].bin[k]->start_us, row, nets, &r->why);
	}
	for (i = 0; i < 3; i++) {
		logs[i].begin_us = bins_begin(s[i].bins);
		logs[i].mark_us = bins_watermark(s[i].bins);
		logs[i].nets = nets[i];
		logs[i].ended = true;
		logs[i].nlate = bins_late_entries(s[i].bins, &logs[i].late);
	}
	ok = ok && compare_finish(c, logs, &got, &r->why);
	if (ok)
		core_mix_result(r, c, &got);
	result_clear(&got);
	return ok;
}

static bool
core_compare(struct memory_run *r)
{
	struct compare_options opt = { .nsensors = 3,
		.relation = RELATION_MIRROR,
		.width_us = FLOWS_WIDTH,
		.via_sketch = true,
		.keep_differences = true };
	struct core_sensor s[3] = { { 0 }, { 0 }, { 0 } };
	struct compare *c = compare_new(&opt);
	bool ok = c != NULL;
	unsigned i;

	for (i = 0; ok && i < 3; i++)
		ok = core_read(i, &s[i]);
	if (!ok)
		diag_set(&r->why, "out of memory");
	ok = ok && core_compare_bins(r, s, c);
	for (i = 0; i < 3; i++)
		core_clear(&s[i]);
	compare_free(c);
	return ok;
}

START_TEST(comparison_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(core_compare, MEMORY_SAYS_WHY);
}
END_TEST

static const char core_tsv[] =
    "#separator \\x09\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p"
    "\tid.resp_h\tid.resp_p\tproto\tduration"
    "\torig_pkts\tresp_pkts\tpeer\n";

static size_t
core_log(char *out, size_t room, bool json, unsigned lost)
{
	size_t n = 0;
	unsigned i;

	if (!json)
		n = (size_t)snprintf(out, room, "%s", core_tsv);
	for (i = 0; i < 400; i++) {
		if (i % 100 == lost)
			continue;
		n += (size_t)snprintf(out + n, room - n,
		    json ? "{\"ts\":17172%05u.5,\"uid\":\"C%u\","
			   "\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":%u,"
			   "\"id.resp_h\":\"192.0.2.7\",\"id.resp_p\":80,"
			   "\"proto\":\"tcp\",\"service\":\"a\\u0062c\","
			   "\"duration\":1.5,\"peer\":\"worker-%u\"}\n"
			 : "17172%05u.5\tC%u\t10.0.0.1\t%u\t192.0.2.7\t80\ttcp"
			   "\t1.5\t3\t4\tworker-%u\n",
		    i, i, 1024 + i, i % 4);
	}
	return n;
}

static bool
core_api_read(struct memory_run *r, bool json, unsigned lost,
    struct crosstap_digest **out)
{
	static const struct crosstap_digest_options opt = { .seed = 7 };
	static char text[200 * 1024];
	size_t n = core_log(text, sizeof(text), json, lost), at;
	struct crosstap_parser *p = crosstap_parser_new();
	const struct crosstap_flow *f;
	enum crosstap_status status = CROSSTAP_OK;

	*out = crosstap_digest_new(&opt);
	if (p == NULL || *out == NULL)
		status = CROSSTAP_NO_MEMORY;
	for (at = 0; status == CROSSTAP_OK && at < n; at += 4000) {
		status = crosstap_parser_feed(
		    p, text + at, n - at < 4000 ? n - at : 4000);
		while (status == CROSSTAP_OK &&
		    (f = crosstap_parser_next(p)) != NULL)
			status = crosstap_digest_add(*out, f);
	}
	if (status == CROSSTAP_OK)
		status = crosstap_parser_end(p);
	if (status == CROSSTAP_OK)
		status = crosstap_digest_end(*out);
	if (status == CROSSTAP_OK) {
		memory_mix(r, crosstap_parser_good(p));
		memory_mix(r, crosstap_parser_bad(p));
	}
	crosstap_parser_free(p);
	return status == CROSSTAP_OK;
}

static bool
core_api(struct memory_run *r)
{
	struct crosstap_digest *a = NULL, *b = NULL;
	struct crosstap_result *result = NULL;
	struct crosstap_counts n;
	bool ok = core_api_read(r, false, 50, &a) &&
	    core_api_read(r, true, 60, &b) &&
	    crosstap_compare(a, b, CROSSTAP_MIRROR, &result) == CROSSTAP_OK;

	if (ok) {
		crosstap_result_counts(result, &n);
		memory_mix_bytes(r, &n, sizeof(n));
		memory_mix(r, crosstap_result_buckets(result));
	}
	crosstap_result_free(result);
	crosstap_digest_free(a);
	crosstap_digest_free(b);
	return ok;
}

START_TEST(library_says_that_memory_ran_out_or_is_right)
{
	memory_everywhere(core_api, MEMORY_SILENT);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("memory_core");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, digest_says_that_memory_ran_out_or_is_right);
	tcase_add_test(tc, sketch_says_that_memory_ran_out_or_is_right);
	tcase_add_test(tc, comparison_says_that_memory_ran_out_or_is_right);
	tcase_add_test(tc, library_says_that_memory_ran_out_or_is_right);
	suite_add_tcase(s, tc);
	return s;
}
