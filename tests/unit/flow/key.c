/*
 * The flow key against vectors that were made without this code, and the
 * promises that make it a key: no direction, no family, no byte order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "../unit.h"
#include "flow/key_inline.h"

static void
fill(struct flow *f, const char *orig, unsigned op, const char *resp,
    unsigned rp, unsigned proto)
{
	memset(f, 0, sizeof(*f));
	ck_assert(flow_addr_parse(span_from(orig), &f->orig));
	ck_assert(flow_addr_parse(span_from(resp), &f->resp));
	f->orig_port = (uint16_t)op;
	f->resp_port = (uint16_t)rp;
	f->proto = (uint8_t)proto;
}

static void
check_vector(char **part)
{
	char hex[2 * FLOW_TUPLE_BYTES + 1];
	uint64_t seed = strtoull(part[5], NULL, 16);
	uint64_t key = strtoull(part[7], NULL, 16);
	struct flow_tuple t;
	struct flow f;
	unsigned i;

	fill(&f, part[0], (unsigned)strtoul(part[1], NULL, 10), part[2],
	    (unsigned)strtoul(part[3], NULL, 10),
	    (unsigned)strtoul(part[4], NULL, 10));
	flow_tuple_from(&f, &t);
	for (i = 0; i < FLOW_TUPLE_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", t.b[i]);
	ck_assert_str_eq(hex, part[6]);
	ck_assert_uint_eq(flow_tuple_hash(&t, seed), key);
	ck_assert_uint_eq(flow_key(&f, seed), key);
	ck_assert_uint_eq(key_hash(&f, seed), key);
}

START_TEST(key_of_every_vector_is_as_published)
{
	char path[4200], line[512], *part[8];
	unsigned rows = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/flow-key.tsv", unit_data());
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		if (line[0] == '#')
			continue;
		ck_assert_uint_eq(unit_split(line, part, 8), 8);
		check_vector(part);
		rows++;
	}
	(void)fclose(in);
	ck_assert_uint_ge(rows, 90);
}
END_TEST

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *state >> 24;
}

static void
fill_random(struct flow *f, uint64_t *state)
{
	static const uint8_t protos[] = { 6, 17, 1, 58, 132, 47 };
	unsigned i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < 16; i++) {
		/* few values, so that equal halves occur */
		f->orig.b[i] = (uint8_t)(next_random(state) % 3 * 127);
		f->resp.b[i] = (uint8_t)(next_random(state) % 3 * 127);
	}
	if (next_random(state) % 4 == 0)
		f->resp = f->orig;
	f->orig_port = (uint16_t)next_random(state);
	f->resp_port = (uint16_t)(next_random(state) % 2 ? next_random(state)
							 : f->orig_port);
	f->proto = protos[next_random(state) % sizeof(protos)];
}

START_TEST(key_from_registers_equals_the_hash_of_the_tuple)
{
	uint64_t state = 1, seed;
	struct flow_tuple t;
	struct flow f;
	unsigned i;

	for (i = 0; i < 100000; i++) {
		fill_random(&f, &state);
		seed = next_random(&state) * next_random(&state);
		flow_tuple_from(&f, &t);
		ck_assert_uint_eq(
		    flow_key(&f, seed), flow_tuple_hash(&t, seed));
	}
}
END_TEST

/* Products whose carries go every way. */
static const uint64_t factors[] = { 0, 1, 2, UINT32_MAX, UINT64_C(0x100000000),
	UINT64_C(0xffffffff00000000), UINT64_C(0xffffffff00000001),
	UINT64_C(0x8000000080000000), UINT64_MAX - 1, UINT64_MAX };

START_TEST(a_product_is_folded_alike_with_and_without_wide_integers)
{
	uint64_t state = 3, a, b;
	unsigned i, j, wrong = 0;

	for (i = 0; i < ARRAY_LEN(factors); i++)
		for (j = 0; j < ARRAY_LEN(factors); j++)
			wrong += key_mix(factors[i], factors[j]) !=
			    key_mix_plain(factors[i], factors[j]);
	for (i = 0; i < 100000; i++) {
		a = next_random(&state) * next_random(&state);
		b = next_random(&state) * next_random(&state);
		wrong += key_mix(a, b) != key_mix_plain(a, b);
	}
	ck_assert_uint_eq(wrong, 0);
	/* (2^64 - 1)^2 = 2^128 - 2^65 + 1 */
	ck_assert_uint_eq(key_mix_plain(UINT64_MAX, UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(
	    key_mix_plain(UINT64_C(1) << 32, UINT64_C(1) << 32), 1);
}
END_TEST

START_TEST(key_is_the_same_from_both_ends)
{
	struct flow_tuple t, u;
	uint64_t state = 2;
	struct flow f, g;
	unsigned i;

	for (i = 0; i < 100000; i++) {
		fill_random(&f, &state);
		if (icmp_is(f.proto))
			continue;
		g = f;
		g.orig = f.resp;
		g.resp = f.orig;
		g.orig_port = f.resp_port;
		g.resp_port = f.orig_port;
		flow_tuple_from(&f, &t);
		flow_tuple_from(&g, &u);
		ck_assert_mem_eq(t.b, u.b, FLOW_TUPLE_BYTES);
		ck_assert_int_le(memcmp(t.b, t.b + 16, 16), 0);
		ck_assert_uint_le(t.orig_is_high + u.orig_is_high, 1);
	}
}
END_TEST

START_TEST(tuple_tells_which_endpoint_is_the_originator)
{
	struct flow_tuple t;
	struct flow f;

	fill(&f, "10.0.0.2", 5, "10.0.0.1", 9, 6);
	flow_tuple_from(&f, &t);
	ck_assert_uint_eq(t.orig_is_high, 1);
	fill(&f, "10.0.0.1", 5, "10.0.0.2", 9, 6);
	flow_tuple_from(&f, &t);
	ck_assert_uint_eq(t.orig_is_high, 0);
	fill(&f, "10.0.0.1", 9, "10.0.0.1", 5, 6);
	flow_tuple_from(&f, &t);
	ck_assert_uint_eq(t.orig_is_high, 1);
}
END_TEST

START_TEST(icmp_answer_is_the_same_flow_as_its_request)
{
	struct flow f, g;

	fill(&f, "10.0.0.2", 8, "10.0.0.1", 0, 1);
	fill(&g, "10.0.0.1", 0, "10.0.0.2", 8, 1);
	ck_assert_uint_eq(flow_key(&f, 7), flow_key(&g, 7));
	/* a log that holds the code in place of the counterpart */
	fill(&f, "10.0.0.2", 13, "10.0.0.1", 0, 1);
	fill(&g, "10.0.0.1", 14, "10.0.0.2", 13, 1);
	ck_assert_uint_eq(flow_key(&f, 7), flow_key(&g, 7));
	/* types of IPv4 are not paired in ICMPv6 */
	fill(&f, "fe80::2", 8, "fe80::1", 0, 58);
	fill(&g, "fe80::1", 0, "fe80::2", 8, 58);
	ck_assert_uint_ne(flow_key(&f, 7), flow_key(&g, 7));
}
END_TEST

START_TEST(one_way_icmp_keeps_its_direction)
{
	struct flow f, g;

	fill(&f, "10.0.0.2", 3, "10.0.0.1", 1, 1);
	fill(&g, "10.0.0.1", 1, "10.0.0.2", 3, 1);
	ck_assert_uint_ne(flow_key(&f, 7), flow_key(&g, 7));
	/* a type that no byte holds is not taken for a paired one */
	fill(&f, "10.0.0.2", 256 + 8, "10.0.0.1", 0, 1);
	ck_assert_int_eq(icmp_counterpart(1, f.orig_port), ICMP_ONE_WAY);
}
END_TEST

START_TEST(every_part_of_the_tuple_matters_and_so_does_the_seed)
{
	struct flow f, g;

	fill(&f, "10.0.0.1", 1, "10.0.0.2", 2, 6);
	g = f;
	g.proto = 17;
	ck_assert_uint_ne(flow_key(&f, 0), flow_key(&g, 0));
	g = f;
	g.resp_port = 3;
	ck_assert_uint_ne(flow_key(&f, 0), flow_key(&g, 0));
	g = f;
	g.orig.b[0] = 1;
	ck_assert_uint_ne(flow_key(&f, 0), flow_key(&g, 0));
	ck_assert_uint_ne(flow_key(&f, 0), flow_key(&f, 1));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/key");
	TCase *t = tcase_create("key");

	tcase_add_test(t, key_of_every_vector_is_as_published);
	tcase_add_test(t, key_from_registers_equals_the_hash_of_the_tuple);
	tcase_add_test(
	    t, a_product_is_folded_alike_with_and_without_wide_integers);
	tcase_add_test(t, key_is_the_same_from_both_ends);
	tcase_add_test(t, tuple_tells_which_endpoint_is_the_originator);
	tcase_add_test(t, icmp_answer_is_the_same_flow_as_its_request);
	tcase_add_test(t, one_way_icmp_keeps_its_direction);
	tcase_add_test(t, every_part_of_the_tuple_matters_and_so_does_the_seed);
	suite_add_tcase(s, t);
	return s;
}
