/*
 * The separator scanner: the portable form against a loop over the bytes, and
 * the vector forms against the portable one.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../flows.h"
#include "../unit.h"
#include "flow/scan.h"

#define SLACK 64
#define MAX_BYTES 20000

static struct scan got, want;

/* NULL, said aloud, where the processor lacks it. */
static scan_fn *
form(int i)
{
#if defined(__x86_64__) && !defined(XT_NO_SIMD)
	if (i == 0 && __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("bmi"))
		return scan_avx2;
	if (i == 1 && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512vbmi2"))
		return scan_avx512;
#endif
	printf("SKIP: scan_%s cannot run here\n", i == 0 ? "avx2" : "avx512");
	return NULL;
}

/* n bytes of a kind in a block of their own, behind them what would be found
 * if it were looked at. */
static char *
make(size_t n, unsigned kind, uint64_t *state)
{
	static const char few[] = "a\t\n";
	char *p = malloc(n + SLACK);
	size_t i;

	ck_assert_ptr_nonnull(p);
	for (i = 0; i < n; i++) {
		uint64_t r = flows_random(state);

		switch (kind) {
		case 0: /* all bytes */
			p[i] = (char)r;
			break;
		case 1: /* hardly anything but separators */
			p[i] = few[r % 3];
			break;
		case 2: /* long lines */
			p[i] = r % 500 == 0 ? '\n' : r % 9 == 0 ? '\t' : 'x';
			break;
		case 3: /* no line at all */
			p[i] = r % 2 == 0 ? '\t' : 'y';
			break;
		default: /* what differs from them in one bit */
			p[i] = (char)("\t\n\x0b\x08\x89\x8a\0,"[r % 8]);
		}
	}
	for (i = 0; i < SLACK; i++)
		p[n + i] = "\t\n\0,"[i % 4];
	return p;
}

/* Lengths around the width of a vector, and some that are long. */
static size_t
length(unsigned i, uint64_t *state)
{
	if (i < 200)
		return i;
	return flows_random(state) % MAX_BYTES;
}

static unsigned
differs(const struct scan *a, const struct scan *b)
{
	return a->nlines != b->nlines || a->nseps != b->nseps ||
	    a->has_nul != b->has_nul ||
	    memcmp(a->first, b->first, (a->nlines + 1) * sizeof(a->first[0])) !=
	    0 ||
	    memcmp(a->sep, b->sep, (a->nseps + 1) * sizeof(a->sep[0])) != 0;
}

START_TEST(vector_forms_find_what_the_portable_one_finds)
{
	scan_fn *fast = form(_i);
	uint64_t state = 1;
	unsigned i, kind, wrong = 0;

	if (fast == NULL)
		return;
	for (i = 0; i < 400; i++) {
		for (kind = 0; kind < 5; kind++) {
			size_t n = length(i, &state);
			char *p = make(n, kind, &state);
			char sep = kind == 4 && i % 2 ? ',' : '\t';
			bool a = scan_portable(p, n, sep, &want);
			bool b = fast(p, n, sep, &got);

			wrong += a != b || differs(&want, &got);
			free(p);
		}
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* Counts what a loop over the bytes contradicts. */
static unsigned
check(const char *p, size_t n, char sep, bool ok)
{
	uint32_t i, nseps = 0, nlines = 0;
	unsigned wrong = want.sep[0] != UINT32_MAX || want.first[0] != 1;

	for (i = 0; i < n && nseps < want.nseps; i++) {
		if (p[i] != sep && p[i] != '\n')
			continue;
		wrong += want.sep[++nseps] != i;
		if (p[i] == '\n' && nlines < SCAN_MAX_LINES)
			wrong += want.first[++nlines] != nseps + 1;
	}
	wrong += nseps != want.nseps || nlines != want.nlines;
	/* a NUL in a line that was found must not be overlooked */
	if (nlines > 0 &&
	    memchr(p, 0, want.sep[want.first[nlines] - 1]) != NULL)
		wrong += !want.has_nul;
	/* no line: because there is none, or because one does not fit */
	if (nlines == 0)
		wrong += ok && memchr(p, '\n', n) != NULL;
	else
		wrong += !ok;
	return wrong;
}

START_TEST(the_portable_form_finds_every_separator_in_order)
{
	uint64_t state = 2;
	unsigned i, kind, wrong = 0;

	for (i = 0; i < 400; i++) {
		for (kind = 0; kind < 5; kind++) {
			size_t n = length(i, &state);
			char *p = make(n, kind, &state);
			bool ok = scan_portable(p, n, '\t', &want);

			wrong += check(p, n, '\t', ok);
			free(p);
		}
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(a_line_of_too_many_fields_is_refused)
{
	size_t n = SCAN_MAX_SEPS + 100;
	char *p = calloc(1, n + SLACK);

	ck_assert_ptr_nonnull(p);
	memset(p, '\t', n);
	p[n - 1] = '\n';
	ck_assert(!scan_portable(p, n, '\t', &want));
	/* what is taken for sure */
	p[SCAN_MAX_SEPS - 65] = '\n';
	ck_assert(scan_portable(p, SCAN_MAX_SEPS - 64, '\t', &want));
	ck_assert_uint_eq(want.nlines, 1);
	ck_assert_uint_eq(want.nseps, SCAN_MAX_SEPS - 64);
	free(p);
}
END_TEST

START_TEST(the_best_form_is_one_of_them)
{
	uint64_t state = 3;
	char *p = make(1000, 2, &state);
	bool a = scan_best()(p, 1000, '\t', &got);
	bool b = scan_portable(p, 1000, '\t', &want);

	ck_assert(a == b);
	ck_assert_uint_eq(differs(&want, &got), 0);
	free(p);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/scan");
	TCase *t = tcase_create("scan");

	tcase_add_loop_test(
	    t, vector_forms_find_what_the_portable_one_finds, 0, 2);
	tcase_add_test(t, the_portable_form_finds_every_separator_in_order);
	tcase_add_test(t, a_line_of_too_many_fields_is_refused);
	tcase_add_test(t, the_best_form_is_one_of_them);
	suite_add_tcase(s, t);
	return s;
}
