/*
 * The digest of a bucket: against vectors that were made from the format's
 * description, and at the limits of its parts.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "digest/bins.h"
#include "flow/parser.h"

static struct flow vector_flows[4];
static char vector_text[4096 + FLOW_PARSER_SLACK];

/* The records of digest.log; returns how many. */
static size_t
read_vector_log(void)
{
	struct flow_parser *p = flow_parser_new(NULL, NULL);
	char path[4200];
	size_t n, used;
	FILE *in;

	ck_assert_ptr_nonnull(p);
	(void)snprintf(path, sizeof(path), "%s/digest.log", unit_data());
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	n = fread(vector_text, 1, sizeof(vector_text) - FLOW_PARSER_SLACK, in);
	(void)fclose(in);
	n = flow_parser_feed(p, (struct span){ vector_text, n },
	    FLOW_LAST_BLOCK, vector_flows, ARRAY_LEN(vector_flows), &used);
	flow_parser_free(p);
	return n;
}

static struct bin *
vector_bin(void)
{
	struct bins_options o = { .width_us = FLOWS_WIDTH,
		.from_us = INT64_MIN,
		.to_us = INT64_MAX,
		.keep = BINS_DIGEST | BINS_ELEMENTS,
		.sample = 8 };
	struct bins *b = bins_new(&o);
	size_t n = read_vector_log();
	struct bin *bin;

	ck_assert_uint_eq(n, 3);
	ck_assert(bins_add(b, vector_flows, n));
	bins_finish(b);
	bin = bins_take(b);
	ck_assert_ptr_nonnull(bin);
	ck_assert_ptr_null(bins_take(b));
	bins_free(b);
	return bin;
}

static uint64_t
number(const char *s)
{
	return strtoull(s, NULL, 10);
}

static void
check_count(struct digest_count c, char **part)
{
	ck_assert_uint_eq(c.flows, number(part[0]));
	ck_assert_uint_eq(c.packets, number(part[1]));
	ck_assert_uint_eq(c.ip_bytes, number(part[2]));
}

/* Returns the flows that the row accounts for in its kind. */
static uint64_t
check_facet(const struct digest *d, char **part)
{
	unsigned f, v;

	for (f = 0; f < DIGEST_NFACETS; f++) {
		if (strcmp(digest_facet_name((enum digest_facet)f), part[1]) !=
		    0)
			continue;
		for (v = 0; v < DIGEST_FACET_VALUES; v++) {
			const char *s =
			    digest_facet_value((enum digest_facet)f, v);

			if (s == NULL || strcmp(s, part[2]) != 0)
				continue;
			check_count(
			    digest_facet(d, (enum digest_facet)f, v), part + 3);
			return number(part[3]);
		}
	}
	ck_abort_msg("no facet %s of value %s", part[1], part[2]);
	return 0;
}

static void
check_shard(const struct digest *d, char **part)
{
	const struct digest_shard *s = &d->shards[number(part[1])];

	ck_assert_uint_eq(s->flows, number(part[2]));
	ck_assert_uint_eq(s->key_sum, strtoull(part[3], NULL, 16));
	ck_assert_uint_eq(s->time_sum_us, number(part[4]));
	ck_assert_uint_eq(s->packets, number(part[5]));
	ck_assert_uint_eq(s->ip_bytes, number(part[6]));
}

START_TEST(digest_of_the_vector_log_is_as_published)
{
	unsigned elements = 0, shards = 0, n;
	char path[4200], line[512], *part[7];
	uint64_t in_facets = 0;
	struct bin *bin = vector_bin();
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/digest-bucket.tsv", unit_data());
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		if (line[0] == '#')
			continue;
		n = unit_split(line, part, 7);
		if (strcmp(part[0], "element") == 0) {
			uint64_t key = strtoull(part[1], NULL, 16);

			ck_assert_uint_eq(bin->elements[elements], key);
			ck_assert_uint_eq(digest_state_element(
					      key, &vector_flows[elements++]),
			    strtoull(part[2], NULL, 16));
		} else if (strcmp(part[0], "total") == 0) {
			check_count(digest_totals(bin->digest), part + 1);
		} else if (strcmp(part[0], "facet") == 0) {
			in_facets += check_facet(bin->digest, part);
		} else {
			ck_assert_str_eq(part[0], "shard");
			ck_assert_uint_eq(n, 7);
			check_shard(bin->digest, part);
			shards++;
		}
	}
	(void)fclose(in);
	ck_assert_uint_eq(elements, 3);
	ck_assert_uint_eq(shards, 3);
	ck_assert_uint_eq(in_facets, 3 * DIGEST_NFACETS);
	ck_assert_int_eq(bin->digest->start_us, FLOWS_T0);
	bin_free(bin);
}
END_TEST

START_TEST(sketches_of_a_digest_are_those_of_its_elements)
{
	struct bin *bin = vector_bin();
	struct sketch keys, states;
	unsigned i;

	ck_assert(sketch_init(&keys, SKETCH_MIN));
	ck_assert(sketch_init(&states, SKETCH_MIN));
	for (i = 0; i < 3; i++) {
		sketch_add(&keys, bin->elements[i]);
		sketch_add(&states,
		    digest_state_element(bin->elements[i], &vector_flows[i]));
	}
	ck_assert(memcmp(keys.symbols, bin->digest->keys,
		      sizeof(bin->digest->keys)) == 0);
	ck_assert(memcmp(states.symbols, bin->digest->state,
		      sizeof(bin->digest->state)) == 0);
	sketch_clear(&keys);
	sketch_clear(&states);
	bin_free(bin);
}
END_TEST

static struct digest *
make(uint32_t sample)
{
	struct digest *d = digest_new(FLOWS_T0, FLOWS_WIDTH, sample);

	ck_assert_ptr_nonnull(d);
	return d;
}

START_TEST(an_empty_digest_is_all_zero)
{
	struct digest *d = make(16);
	struct digest_count all;
	unsigned i;

	digest_finish(d);
	all = digest_totals(d);
	ck_assert_uint_eq(all.flows + all.packets + all.ip_bytes, 0);
	ck_assert_uint_eq(d->nsample, 0);
	for (i = 0; i < SKETCH_MIN; i++)
		ck_assert_uint_eq(d->keys[i].count | d->state[i].count, 0);
	digest_free(d);
	digest_free(NULL);
}
END_TEST

START_TEST(the_sample_is_of_the_smallest_elements_in_order)
{
	static const uint32_t sizes[] = { 0, 1, 2, 100, DIGEST_SAMPLE_MAX };
	uint32_t size = sizes[_i], i, below = 0, wrong = 0;
	struct flow f = flows_make(1, FLOWS_T0, 0);
	static uint64_t elements[3000];
	struct digest *d = make(size);
	uint64_t state = 8;

	for (i = 0; i < ARRAY_LEN(elements); i++) {
		elements[i] = flows_random(&state);
		digest_add(d, &f, elements[i], FLOWS_T0, FLOWS_T0 + i);
	}
	digest_finish(d);
	ck_assert_uint_eq(d->nsample,
	    size < ARRAY_LEN(elements) ? size : ARRAY_LEN(elements));
	for (i = 1; i < d->nsample; i++)
		wrong += d->sample[i - 1].key >= d->sample[i].key;
	for (i = 0; d->nsample > 0 && i < ARRAY_LEN(elements); i++)
		below += elements[i] <= d->sample[d->nsample - 1].key;
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(below, d->nsample);
	for (i = 0; i < d->nsample; i++)
		wrong += elements[d->sample[i].end_us - FLOWS_T0] !=
		    d->sample[i].key;
	ck_assert_uint_eq(wrong, 0);
	digest_free(d);
}
END_TEST

START_TEST(sums_wrap_and_do_not_trap)
{
	struct flow f = flows_make(1, FLOWS_T0, 0);
	struct digest *d = make(0);

	f.orig_pkts = f.resp_pkts = UINT64_MAX;
	f.orig_ip_bytes = f.resp_ip_bytes = UINT64_MAX;
	digest_add(d, &f, UINT64_MAX, FLOWS_T0, FLOWS_T0 + 1);
	digest_add(d, &f, UINT64_MAX - 1, FLOWS_T0, FLOWS_T0 + 1);
	digest_finish(d);
	ck_assert_uint_eq(digest_totals(d).flows, 2);
	ck_assert_uint_eq(digest_totals(d).packets, UINT64_MAX - 3);
	ck_assert_uint_eq(d->shards[63].key_sum, UINT64_MAX - 2);
	digest_free(d);
}
END_TEST

START_TEST(every_flow_has_one_value_of_each_facet)
{
	struct digest *d = make(0);
	struct digest_count c;
	uint64_t state = 5;
	unsigned i, f, v;

	for (i = 0; i < 3000; i++) {
		struct flow x = flows_make(i, FLOWS_T0, 0);

		x.proto = (uint8_t)flows_random(&state);
		x.state = (uint8_t)(flows_random(&state) % FLOW_NSTATES);
		x.flags = (uint8_t)flows_random(&state);
		x.orig_ip_bytes =
		    flows_random(&state) >> flows_random(&state) % 64;
		x.resp_ip_bytes = 0;
		ck_assert_uint_lt(digest_combo(&x), DIGEST_COMBOS);
		digest_add(d, &x, flows_random(&state), FLOWS_T0, FLOWS_T0);
	}
	digest_finish(d);
	for (f = 0; f < DIGEST_NFACETS; f++) {
		for (v = 0, c.flows = 0; v < DIGEST_FACET_VALUES; v++) {
			struct digest_count one =
			    digest_facet(d, (enum digest_facet)f, v);

			if (digest_facet_value((enum digest_facet)f, v) == NULL)
				ck_assert_uint_eq(one.flows, 0);
			c.flows += one.flows;
		}
		ck_assert_uint_eq(c.flows, 3000);
	}
	ck_assert_ptr_null(digest_facet_value(DIGEST_PROTO, 8));
	digest_free(d);
}
END_TEST

/* IP bytes and the size class that they are in. */
static const struct {
	uint64_t bytes;
	const char *name;
} sizes[] = {
	{ 0, "<64" },
	{ 63, "<64" },
	{ 64, "64+" },
	{ 1023, "64+" },
	{ 1024, "1K+" },
	{ 16384, "16K+" },
	{ 262143, "16K+" },
	{ 262144, "256K+" },
	{ 4194304, "4M+" },
	{ 67108864, "64M+" },
	{ 1073741823, "64M+" },
	{ 1073741824, "1G+" },
	{ UINT64_MAX, "1G+" },
};

START_TEST(size_classes_begin_at_what_they_are_called)
{
	struct flow f = flows_make(1, FLOWS_T0, 0);

	f.orig_ip_bytes = sizes[_i].bytes / 2;
	f.resp_ip_bytes = sizes[_i].bytes - f.orig_ip_bytes;
	ck_assert_str_eq(
	    digest_facet_value(DIGEST_SIZE_CLASS, digest_combo(&f) >> 8),
	    sizes[_i].name);
}
END_TEST

START_TEST(a_state_element_changes_with_every_part_and_with_nothing_else)
{
	struct flow f = flows_make(1, FLOWS_T0, FLOWS_S), g = f;
	uint64_t x = digest_state_element(77, &f);

	ck_assert_uint_ne(digest_state_element(78, &f), x);
	g.orig_pkts++;
	ck_assert_uint_ne(digest_state_element(77, &g), x);
	g = f;
	g.resp_ip_bytes++;
	ck_assert_uint_ne(digest_state_element(77, &g), x);
	g = f;
	g.state = FLOW_S1;
	ck_assert_uint_ne(digest_state_element(77, &g), x);
	g = flows_flip(f);
	g.duration_us++;
	g.state = FLOW_RSTO; /* of the class of SF */
	ck_assert_uint_eq(digest_state_element(77, &g), x);
}
END_TEST

START_TEST(direction_follows_from_which_end_is_local)
{
	ck_assert_int_eq(
	    digest_direction(FLOW_LOCAL_ORIG), DIGEST_DIR_OUTBOUND);
	ck_assert_int_eq(digest_direction(FLOW_LOCAL_RESP), DIGEST_DIR_INBOUND);
	ck_assert_int_eq(digest_direction(FLOW_LOCAL_ORIG | FLOW_LOCAL_RESP),
	    DIGEST_DIR_INTERNAL);
	ck_assert_int_eq(
	    digest_direction(FLOW_IPV6 | FLOW_LOCAL_KNOWN), DIGEST_DIR_UNKNOWN);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/digest");
	TCase *t = tcase_create("digest");

	tcase_add_test(t, digest_of_the_vector_log_is_as_published);
	tcase_add_test(t, sketches_of_a_digest_are_those_of_its_elements);
	tcase_add_test(t, an_empty_digest_is_all_zero);
	tcase_add_loop_test(
	    t, the_sample_is_of_the_smallest_elements_in_order, 0, 5);
	tcase_add_test(t, sums_wrap_and_do_not_trap);
	tcase_add_test(t, every_flow_has_one_value_of_each_facet);
	tcase_add_loop_test(t, size_classes_begin_at_what_they_are_called, 0,
	    (int)ARRAY_LEN(sizes));
	tcase_add_test(
	    t, a_state_element_changes_with_every_part_and_with_nothing_else);
	tcase_add_test(t, direction_follows_from_which_end_is_local);
	suite_add_tcase(s, t);
	return s;
}
