/*
 * The sketch: its index sequence against vectors that were made without this
 * code, and that a difference is given back exactly or not at all.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "digest/sketch.h"

static FILE *
open_data(const char *name)
{
	char path[4200];
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/%s", unit_data(), name);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	return in;
}

START_TEST(indexes_of_every_vector_are_as_published)
{
	FILE *in = open_data("sketch-index.tsv");
	char line[1024], *p;
	struct sketch_walk w;
	unsigned rows = 0;

	while (fgets(line, sizeof(line), in) != NULL) {
		if (line[0] == '#')
			continue;
		sketch_walk_start(&w, strtoull(line, &p, 16));
		while (*p == '\t' || *p == ',') {
			uint32_t want = (uint32_t)strtoul(p + 1, &p, 10);

			ck_assert_uint_eq(
			    sketch_walk_next(&w, SKETCH_MAX), want);
		}
		ck_assert_int_eq(*p, '\n');
		ck_assert_uint_eq(sketch_walk_next(&w, SKETCH_MAX), UINT32_MAX);
		rows++;
	}
	(void)fclose(in);
	ck_assert_uint_ge(rows, 40);
}
END_TEST

START_TEST(symbols_of_the_vectors_are_as_published)
{
	FILE *in = open_data("sketch-symbols.tsv");
	struct sketch s;
	uint64_t total = 0, n = 0;
	char line[256], *p;
	unsigned i;

	ck_assert(sketch_init(&s, 128));
	while (fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, "#key\t", 5) == 0)
			sketch_add(&s, strtoull(line + 5, NULL, 16));
		if (line[0] == '#')
			continue;
		i = (unsigned)strtoul(line, &p, 10);
		ck_assert_uint_lt(i, 128);
		ck_assert_uint_eq(s.symbols[i].count, strtoull(p, &p, 10));
		ck_assert_uint_eq(s.symbols[i].sum, strtoull(p, &p, 16));
		ck_assert_uint_eq(s.symbols[i].check, strtoull(p, &p, 16));
		n += s.symbols[i].count;
	}
	(void)fclose(in);
	for (i = 0; i < 128; i++) /* nothing in symbols that are left out */
		total += s.symbols[i].count;
	ck_assert_uint_eq(total, n);
	ck_assert_uint_eq(s.symbols[0].count, 3);
	sketch_clear(&s);
}
END_TEST

START_TEST(a_walk_ascends_from_zero_and_stops_at_the_limit)
{
	static const uint32_t limits[] = { 1, 2, 63, 64, 65, 1000, SKETCH_MAX };
	uint32_t limit = limits[_i], i, last, wrong = 0;
	uint64_t state = 4;
	struct sketch_walk w;
	unsigned k;

	for (k = 0; k < 1000; k++) {
		sketch_walk_start(&w, flows_random(&state));
		last = sketch_walk_next(&w, limit);
		wrong += last != 0;
		while ((i = sketch_walk_next(&w, limit)) != UINT32_MAX) {
			wrong += i <= last || i >= limit;
			last = i;
		}
		wrong += sketch_walk_next(&w, limit) != UINT32_MAX;
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(symbol_i_holds_a_key_with_chance_one_in_one_plus_half_i)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = { { 1, 2 }, { 8, 16 }, { 32, 64 }, { 64, 128 },
		{ 512, 1024 } };
	const unsigned n = 20000;
	double expected = 0;
	uint64_t state = 9;
	struct sketch_walk w;
	unsigned k, held = 0;
	uint32_t i;

	for (i = ranges[_i].from; i < ranges[_i].to; i++)
		expected += n / (1 + i / 2.0);
	for (k = 0; k < n; k++) {
		sketch_walk_start(&w, flows_random(&state));
		while ((i = sketch_walk_next(&w, ranges[_i].to)) != UINT32_MAX)
			held += i >= ranges[_i].from;
	}
	/* one byte of chance: a few per cent are lost to rounding */
	ck_assert_double_lt(held, expected * 1.06);
	ck_assert_double_gt(held, expected * 0.94);
}
END_TEST

static int
compare_keys(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The sketch of `common` keys and of n more from the state on. */
static struct sketch
make(uint32_t m, unsigned common, unsigned n, uint64_t state, uint64_t *keys)
{
	uint64_t both = 1;
	struct sketch s;
	unsigned i;

	ck_assert(sketch_init(&s, m));
	for (i = 0; i < common; i++)
		sketch_add(&s, flows_random(&both));
	for (i = 0; i < n; i++) {
		keys[i] = flows_random(&state);
		sketch_add(&s, keys[i]);
	}
	qsort(keys, n, sizeof(*keys), compare_keys);
	return s;
}

static const struct {
	unsigned common, a, b;
	uint32_t m;
} sets[] = {
	{ 0, 0, 0, 64 },
	{ 5000, 0, 0, 64 },
	{ 5000, 1, 0, 64 },
	{ 5000, 0, 1, 64 },
	{ 0, 1, 0, 1 }, /* one symbol is enough for one key */
	{ 1000, 12, 13, 64 },
	{ 1000, 0, 300, 512 },
	{ 1000, 300, 0, 512 },
	{ 1000, 2500, 2500, 8192 },
	{ 0, 20000, 10, 32768 },
};

START_TEST(a_difference_decodes_to_the_keys_of_each_side)
{
	static uint64_t ka[20000], kb[20000];
	struct sketch_diff got;
	struct sketch a, b;

	a = make(sets[_i].m, sets[_i].common, sets[_i].a, 1000, ka);
	b = make(sets[_i].m, sets[_i].common, sets[_i].b, 2000, kb);
	sketch_subtract(&a, &b);
	ck_assert_int_eq(sketch_decode(&a, SIZE_MAX, &got), SKETCH_DECODED);
	ck_assert_uint_eq(got.na, sets[_i].a);
	ck_assert_uint_eq(got.nb, sets[_i].b);
	qsort(got.keys, got.na, sizeof(*got.keys), compare_keys);
	qsort(got.keys + got.na, got.nb, sizeof(*got.keys), compare_keys);
	ck_assert(memcmp(got.keys, ka, got.na * sizeof(*ka)) == 0);
	ck_assert(memcmp(got.keys + got.na, kb, got.nb * sizeof(*kb)) == 0);
	sketch_diff_clear(&got);
	sketch_clear(&a);
	sketch_clear(&b);
}
END_TEST

START_TEST(checks_of_32_bits_decode_and_see_what_is_no_sketch)
{
	static uint64_t ka[40], kb[40];
	struct sketch a = make(128, 1000, 20, 1000, ka);
	struct sketch b = make(128, 1000, 15, 2000, kb);
	struct sketch_diff got;
	unsigned damaged, i;

	for (damaged = 0; damaged < 2; damaged++) {
		struct sketch d;

		ck_assert(sketch_init(&d, 128));
		memcpy(d.symbols, a.symbols, 128 * sizeof(*d.symbols));
		sketch_subtract(&d, &b);
		for (i = 0; i < 128; i++)
			d.symbols[i].check &= UINT32_MAX;
		d.symbols[7].check ^= damaged;
		d.check32 = true;
		ck_assert_int_eq(sketch_decode(&d, SIZE_MAX, &got),
		    damaged == 0 ? SKETCH_DECODED : SKETCH_NEED_MORE);
		ck_assert_uint_eq(got.na, damaged == 0 ? 20 : 0);
		ck_assert_uint_eq(got.nb, damaged == 0 ? 15 : 0);
		sketch_diff_clear(&got);
		sketch_clear(&d);
	}
	sketch_clear(&a);
	sketch_clear(&b);
}
END_TEST

START_TEST(fewer_symbols_are_the_first_of_more)
{
	static uint64_t keys[500];
	struct sketch few = make(64, 0, 500, 7, keys);
	struct sketch many = make(4096, 0, 500, 7, keys);

	ck_assert(memcmp(few.symbols, many.symbols,
		      64 * sizeof(few.symbols[0])) == 0);
	sketch_clear(&few);
	sketch_clear(&many);
}
END_TEST

START_TEST(too_few_symbols_ask_for_more_and_give_no_keys)
{
	static uint64_t keys[200];
	struct sketch s = make(64, 0, 200, 7, keys);
	struct sketch_diff got;

	ck_assert_int_eq(sketch_decode(&s, SIZE_MAX, &got), SKETCH_NEED_MORE);
	ck_assert_ptr_null(got.keys);
	ck_assert_uint_eq(got.na + got.nb, 0);
	sketch_diff_clear(&got);
	sketch_clear(&s);
}
END_TEST

START_TEST(more_differences_than_wanted_are_too_large)
{
	static uint64_t keys[100];
	struct sketch_diff got;
	struct sketch s;
	unsigned max;

	for (max = 98; max <= 100; max++) {
		s = make(1024, 0, 100, 7, keys);
		ck_assert_int_eq(sketch_decode(&s, max, &got),
		    max == 100 ? SKETCH_DECODED : SKETCH_TOO_LARGE);
		ck_assert_uint_eq(got.na, max == 100 ? 100 : 0);
		sketch_diff_clear(&got);
		sketch_clear(&s);
	}
}
END_TEST

START_TEST(keys_of_zero_and_of_all_ones_are_keys)
{
	static const uint64_t keys[] = { 0, 1, UINT64_MAX };
	struct sketch_diff got;
	struct sketch s;
	unsigned i;

	ck_assert(sketch_init(&s, 64));
	for (i = 0; i < ARRAY_LEN(keys); i++)
		sketch_add(&s, keys[i]);
	ck_assert_int_eq(sketch_decode(&s, SIZE_MAX, &got), SKETCH_DECODED);
	ck_assert_uint_eq(got.na, ARRAY_LEN(keys));
	qsort(got.keys, got.na, sizeof(*got.keys), compare_keys);
	ck_assert(memcmp(got.keys, keys, sizeof(keys)) == 0);
	sketch_diff_clear(&got);
	sketch_clear(&s);
}
END_TEST

START_TEST(a_sketch_that_is_no_sketch_never_decodes)
{
	unsigned flip = (unsigned)_i, tried;
	static uint64_t keys[20];
	struct sketch_diff got;
	enum sketch_status st;
	uint64_t state = flip;
	struct sketch s;

	for (tried = 0; tried < 200; tried++) {
		uint64_t *word;

		s = make(64, 0, 20, 7, keys);
		word = &s.symbols[flows_random(&state) % 64].count;
		word[flip] ^= UINT64_C(1) << flows_random(&state) % 64;
		st = sketch_decode(&s, SIZE_MAX, &got);
		ck_assert_int_ne(st, SKETCH_DECODED);
		ck_assert_ptr_null(got.keys);
		sketch_clear(&s);
	}
}
END_TEST

START_TEST(noise_ends_and_gives_nothing)
{
	struct sketch_diff got;
	uint64_t state = (uint64_t)_i;
	struct sketch s;
	unsigned i;

	ck_assert(sketch_init(&s, 512));
	for (i = 0; i < 512; i++) {
		s.symbols[i].count = flows_random(&state) % 3 - 1;
		s.symbols[i].sum = flows_random(&state);
		s.symbols[i].check = flows_random(&state);
	}
	ck_assert_int_ne(sketch_decode(&s, SIZE_MAX, &got), SKETCH_DECODED);
	ck_assert_ptr_null(got.keys);
	sketch_clear(&s);
}
END_TEST

/* d keys, a part of them on the other side, in m symbols. */
static const struct {
	size_t a, b;
	uint32_t m;
} guesses[] = {
	{ 1000, 0, 64 },
	{ 0, 1000, 64 },
	{ 500, 500, 64 },
	{ 100000, 100000, 64 },
	{ 20000, 19000, 512 },
	{ 3000, 3000, 4096 },
};

START_TEST(the_scatter_of_the_symbols_tells_how_many_differ)
{
	double d = (double)(guesses[_i].a + guesses[_i].b), got;
	uint64_t state = 7;
	struct sketch s, other;
	size_t i;

	ck_assert(sketch_init(&s, guesses[_i].m));
	ck_assert(sketch_init(&other, guesses[_i].m));
	for (i = 0; i < guesses[_i].a; i++)
		sketch_add(&s, flows_random(&state));
	for (i = 0; i < guesses[_i].b; i++)
		sketch_add(&other, flows_random(&state));
	sketch_subtract(&s, &other);
	got = sketch_estimate(&s);
	/* three standard errors */
	ck_assert_msg(fabs(got - d) <= 3 * sqrt(2.0 / guesses[_i].m) * d,
	    "%g of %g", got, d);
	sketch_clear(&s);
	sketch_clear(&other);
}
END_TEST

START_TEST(where_nothing_differs_nothing_is_estimated)
{
	struct sketch s;

	ck_assert(sketch_init(&s, SKETCH_MIN));
	ck_assert_double_eq(sketch_estimate(&s), 0);
	sketch_clear(&s);
}
END_TEST

START_TEST(fewer_than_the_totals_differ_by_is_never_estimated)
{
	struct sketch s;
	uint64_t state = 3;
	size_t i;

	ck_assert(sketch_init(&s, 2));
	for (i = 0; i < 50; i++)
		sketch_add(&s, flows_random(&state));
	ck_assert_double_ge(sketch_estimate(&s), 50);
	sketch_clear(&s);
}
END_TEST

START_TEST(every_status_has_a_name)
{
	ck_assert_str_eq(sketch_status_name(SKETCH_DECODED), "decoded");
	ck_assert_str_eq(sketch_status_name(SKETCH_NEED_MORE), "need more");
	ck_assert_str_eq(sketch_status_name(SKETCH_TOO_LARGE), "too large");
	ck_assert_str_eq(sketch_status_name(SKETCH_CORRUPT), "corrupt");
	ck_assert_str_eq(sketch_status_name(SKETCH_NO_MEMORY), "out of memory");
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/sketch");
	TCase *t = tcase_create("sketch");

	tcase_add_test(t, indexes_of_every_vector_are_as_published);
	tcase_add_test(t, symbols_of_the_vectors_are_as_published);
	tcase_add_loop_test(
	    t, a_walk_ascends_from_zero_and_stops_at_the_limit, 0, 7);
	tcase_add_loop_test(
	    t, symbol_i_holds_a_key_with_chance_one_in_one_plus_half_i, 0, 5);
	tcase_add_loop_test(t, a_difference_decodes_to_the_keys_of_each_side, 0,
	    (int)ARRAY_LEN(sets));
	tcase_add_test(t, checks_of_32_bits_decode_and_see_what_is_no_sketch);
	tcase_add_test(t, fewer_symbols_are_the_first_of_more);
	tcase_add_test(t, too_few_symbols_ask_for_more_and_give_no_keys);
	tcase_add_test(t, more_differences_than_wanted_are_too_large);
	tcase_add_test(t, keys_of_zero_and_of_all_ones_are_keys);
	tcase_add_loop_test(t, a_sketch_that_is_no_sketch_never_decodes, 0, 3);
	tcase_add_loop_test(t, noise_ends_and_gives_nothing, 1, 9);
	tcase_add_loop_test(t, the_scatter_of_the_symbols_tells_how_many_differ,
	    0, ARRAY_LEN(guesses));
	tcase_add_test(t, where_nothing_differs_nothing_is_estimated);
	tcase_add_test(t, fewer_than_the_totals_differ_by_is_never_estimated);
	tcase_add_test(t, every_status_has_a_name);
	suite_add_tcase(s, t);
	return s;
}
