/*
 * The first symbols of many keys at once: the vector form adds what the
 * portable one adds, and so the digest of a log is the same by either path.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../flows.h"
#include "../simulate/logs.h"
#include "../unit.h"
#include "digest/bins.h"
#include "flow/parser.h"

static sketch_first_fn *
fast_form(void)
{
#if defined(__x86_64__) && !defined(XT_NO_SIMD)
	if (__builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl"))
		return sketch_first_avx512;
#endif
	printf("SKIP: sketch_first_avx512 cannot run here\n");
	return NULL;
}

START_TEST(many_keys_at_once_are_the_sketch_of_each)
{
	sketch_first_fn *const forms[] = { sketch_first_portable,
		sketch_first_best(), fast_form() };
	struct sketch_symbol symbols[SKETCH_MIN];
	uint64_t keys[300], state = 1;
	unsigned n, i, wrong = 0;
	struct sketch want;

	if (forms[_i] == NULL)
		return;
	for (n = 0; n <= ARRAY_LEN(keys); n++) {
		ck_assert(sketch_init(&want, SKETCH_MIN));
		memset(symbols, 0, sizeof(symbols));
		for (i = 0; i < n; i++) {
			keys[i] =
			    i < 3 ? (uint64_t)i - 1 : flows_random(&state);
			sketch_add(&want, keys[i]);
		}
		forms[_i](symbols, keys, n);
		wrong += memcmp(symbols, want.symbols, sizeof(symbols)) != 0;
		sketch_clear(&want);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(symbols_that_hold_keys_already_are_added_to)
{
	struct sketch_symbol once[SKETCH_MIN], twice[SKETCH_MIN];
	sketch_first_fn *const forms[] = { sketch_first_portable,
		sketch_first_best(), fast_form() };
	uint64_t keys[200], state = 2;
	unsigned i;

	if (forms[_i] == NULL)
		return;
	for (i = 0; i < ARRAY_LEN(keys); i++)
		keys[i] = flows_random(&state);
	memset(once, 0, sizeof(once));
	memset(twice, 0, sizeof(twice));
	sketch_first_portable(once, keys, ARRAY_LEN(keys));
	forms[_i](twice, keys, 67);
	forms[_i](twice, keys + 67, ARRAY_LEN(keys) - 67);
	ck_assert_mem_eq(once, twice, sizeof(once));
}
END_TEST

#define BLOCK 4096

static const struct bins_options options = { .width_us = FLOWS_WIDTH,
	.from_us = INT64_MIN,
	.to_us = INT64_MAX,
	.seed = UINT64_C(0x0123456789abcdef),
	.settle_us = INT64_MAX / 4, /* no bucket closes before the end */
	.keep = BINS_DIGEST | BINS_ELEMENTS,
	.sample = 100 };

/* All flows of the text; the caller frees them. */
static struct flow *
parse(struct span text, bool portable, size_t *n)
{
	const struct flow_parser_options o = { .portable = portable };
	struct flow_parser *p = flow_parser_new(&o, NULL);
	struct flow *v = calloc(20000, sizeof(*v));
	size_t used = 0, at = 0;

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(v);
	for (*n = 0; at < text.n; at += used)
		*n += flow_parser_feed(p,
		    (struct span){ text.p + at, text.n - at }, FLOW_LAST_BLOCK,
		    v + *n, 20000 - *n, &used);
	flow_parser_free(p);
	return v;
}

/* The digest of bin's flows, one by one and portable all the way. */
static struct digest *
plain_digest(const struct flow *v, size_t n, const struct bin *bin)
{
	struct digest *d =
	    digest_new(bin->start_us, options.width_us, options.sample);
	struct keyset seen = { NULL, NULL, 0, 0 };
	size_t i;

	ck_assert_ptr_nonnull(d);
	d->encode = sketch_first_portable;
	for (i = 0; i < n; i++) {
		int64_t end = flow_end_us(v + i);
		struct flow_tuple t;
		uint64_t key;

		if (end < bin->start_us ||
		    end >= bin->start_us + options.width_us)
			continue;
		flow_tuple_from(v + i, &t);
		key = flow_tuple_hash(&t, options.seed);
		key = flow_tuple_hash(
		    &t, options.seed + keyset_count(&seen, key));
		digest_add(d, v + i, key, v[i].start_us, end);
	}
	digest_finish(d);
	keyset_clear(&seen);
	return d;
}

static void
check_same(const struct digest *x, const struct digest *y)
{
	ck_assert_mem_eq(x->shards, y->shards, sizeof(x->shards));
	ck_assert_mem_eq(x->combos, y->combos, sizeof(x->combos));
	ck_assert_mem_eq(x->keys, y->keys, sizeof(x->keys));
	ck_assert_mem_eq(x->state, y->state, sizeof(x->state));
	ck_assert_uint_eq(x->nsample, y->nsample);
	ck_assert_mem_eq(
	    x->sample, y->sample, x->nsample * sizeof(x->sample[0]));
}

START_TEST(the_digest_of_a_log_is_the_same_by_either_path)
{
	struct bins *b = bins_new(&options);
	size_t n, m, i, buckets = 0;
	struct flow *fast, *plain;
	struct bin *bin;
	struct logs l;

	logs_make(&l, logs_options(), NULL);
	ck_assert(buf_reserve(&l.text[0], FLOW_PARSER_SLACK));
	fast = parse(buf_span(&l.text[0]), false, &n);
	plain = parse(buf_span(&l.text[0]), true, &m);
	ck_assert_uint_eq(n, m);
	ck_assert_uint_gt(n, 5000);
	ck_assert_ptr_nonnull(b);
	for (i = 0; i < n; i += BLOCK)
		ck_assert(bins_add(b, fast + i, n - i < BLOCK ? n - i : BLOCK));
	bins_finish(b);
	while ((bin = bins_take(b)) != NULL) {
		struct digest *d = plain_digest(plain, n, bin);

		check_same(bin->digest, d);
		digest_free(d);
		bin_free(bin);
		buckets++;
	}
	ck_assert_uint_gt(buckets, 3);
	bins_free(b);
	logs_clear(&l);
	free(fast);
	free(plain);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("digest/sketch_first");
	TCase *t = tcase_create("sketch_first");

	tcase_add_loop_test(t, many_keys_at_once_are_the_sketch_of_each, 0, 3);
	tcase_add_loop_test(
	    t, symbols_that_hold_keys_already_are_added_to, 0, 3);
	tcase_add_test(t, the_digest_of_a_log_is_the_same_by_either_path);
	suite_add_tcase(s, t);
	return s;
}
