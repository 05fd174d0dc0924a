/*
 * The reader of TSV records: the form for any processor and the one for BMI2
 * give the same flows and the same faults, line by line and as part of the
 * parser, on logs as they are and on logs that were spoilt.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../flows.h"
#include "../simulate/logs.h"
#include "../unit.h"
#include "flow/tsv.h"

#define HEADER                                                           \
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p"   \
	"\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state" \
	"\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts"     \
	"\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\tvlan\tip_proto\tpeer\n"

#define FLOWS_MAX 256

static tsv_line_fn *
fast_form(void)
{
#if defined(__x86_64__) && !defined(XT_NO_SIMD)
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return tsv_line_bmi2;
#endif
	printf("SKIP: tsv_line_bmi2 cannot run here\n");
	return NULL;
}

/* Two readers with memories of their own. */
struct twin {
	struct tsv_layout layout[2];
	struct parse_workers workers[2];
};

static struct twin *
twin_new(const char *fields)
{
	const struct flow_parser_options opt = { .detail = true };
	struct twin *w = calloc(1, sizeof(*w));
	struct span line = { fields, strlen(fields) - 1 };
	struct parse_fault fault;
	bool is_fields;
	unsigned i;

	ck_assert_ptr_nonnull(w);
	for (i = 0; i < 2; i++) {
		tsv_layout_init(&w->layout[i]);
		ck_assert(
		    tsv_header(&w->layout[i], &opt, line, &is_fields, &fault));
		ck_assert(is_fields);
	}
	return w;
}

/* 0: both say the same of the line; its newline is at p[n - 1]. */
static unsigned
twin_differs(struct twin *w, tsv_line_fn *fast, const char *p, size_t n)
{
	static struct scan x;
	struct parse_fault fault[2];
	struct flow f[2];
	bool ok[2];

	memset(f, 0, sizeof(f));
	memset(fault, 0, sizeof(fault));
	if (!scan_portable(p, n, '\t', &x) || x.nlines == 0)
		return 0;
	ok[0] = tsv_line_portable(&w->layout[0], &w->workers[0], p, x.sep + 1,
	    x.first[1] - 1, &f[0], &fault[0]);
	ok[1] = fast(&w->layout[1], &w->workers[1], p, x.sep + 1,
	    x.first[1] - 1, &f[1], &fault[1]);
	if (ok[0] != ok[1])
		return 1;
	if (ok[0])
		return memcmp(&f[0], &f[1], sizeof(f[0])) != 0;
	return fault[0].kind != fault[1].kind ||
	    fault[0].field != fault[1].field ||
	    fault[0].text.p != fault[1].text.p ||
	    fault[0].text.n != fault[1].text.n;
}

#define TAIL "\ttcp\t-\t1.500000\t1\t2\tSF\tT\tF\t0\tShAf\t3\t4\t5\t6"
#define WHOLE "1717200000.000001\tC1\t10.0.0.1\t1\t10.0.0.2\t2" TAIL

static const char *const hostile[] = {
	WHOLE "\t-\t6\tw-1\n",
	WHOLE "\t4095\t-\tw-1\n",
	WHOLE "\t65536\t6\tw-1\n",
	WHOLE "\t-1\t6\tw-1\n",
	WHOLE "\t\t\t\n",
	WHOLE "\n",
	WHOLE "\t-\t6\tw-1\textra\n",
	"\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n",
	"-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-"
	"\t-\n",
	"1717200000.00000\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1717200000,000000\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"17172000000000000\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1717200000.00000:\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"171720000/.000000\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"XXXXXXXXXX.XXXXXX\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"2024-06-01T00:00:00.1000000Z\tC\t1.2.3.4\t1\t::1\t2" TAIL
	"\t-\t-\t-\n",
	"9223372036854775807\tC\t1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t256.1.1.1\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t1.1.1\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t1.1.1.1.1\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t01.1.1.1\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t....\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t1234.1.1.1\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t255.255.255.255\t65535\tfe80::1%eth0\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t1.1.1.1\t65536\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t1.1.1.1\t00000000001\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t1.1.1.1\t18446744073709551616\t::1\t2" TAIL "\t-\t-\t-\n",
	"1\tC\t::ffff:1.2.3.4\t1\t::1\t2" TAIL "\t-\t-\t-\n",
	"\xff\xfe\t\x80\t\x81\t\xc3\t\xa9\t\xff" TAIL "\t-\t-\t-\n",
};

START_TEST(hostile_lines_are_read_alike)
{
	tsv_line_fn *fast = fast_form();
	size_t n = strlen(hostile[_i]);
	char *p = calloc(1, n + FLOW_PARSER_SLACK);
	struct twin *w = twin_new(HEADER);

	ck_assert_ptr_nonnull(p);
	memcpy(p, hostile[_i], n);
	memset(p + n, '9', FLOW_PARSER_SLACK); /* must not matter */
	if (fast != NULL)
		ck_assert_uint_eq(twin_differs(w, fast, p, n), 0);
	free(w);
	free(p);
}
END_TEST

/* What stands in logs, and what is next to it. */
static const char letters[] = "0123456789.-:/eE+ \txX^SFTh\0\x80\xff,;";

static void
spoil(char *p, size_t n, uint64_t *state)
{
	unsigned i, times = 1 + (unsigned)(flows_random(state) % 3);

	for (i = 0; i < times; i++)
		p[flows_random(state) % n] =
		    letters[flows_random(state) % (sizeof(letters) - 1)];
}

START_TEST(spoilt_lines_of_a_log_are_read_alike)
{
	tsv_line_fn *fast = fast_form();
	struct twin *w;
	uint64_t state = (uint64_t)_i;
	unsigned lines = 0, wrong = 0;
	const char *p, *end, *fields;
	char line[1024];
	struct logs l;

	if (fast == NULL)
		return;
	logs_make(&l, logs_options(), NULL);
	fields = memmem(l.text[0].p, l.text[0].n, "#fields", 7);
	ck_assert_ptr_nonnull(fields);
	end = strchr(fields, '\n');
	(void)snprintf(
	    line, sizeof(line), "%.*s", (int)(end + 1 - fields), fields);
	w = twin_new(line);
	for (p = l.text[0].p; (end = strchr(p, '\n')) != NULL; p = end + 1) {
		size_t n = (size_t)(end + 1 - p);

		if (*p == '#')
			continue;
		memcpy(line, p, n);
		memset(line + n, '\t', FLOW_PARSER_SLACK);
		if (_i > 0)
			spoil(line, n - 1, &state);
		wrong += twin_differs(w, fast, line, n);
		lines++;
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_gt(lines, 5000);
	logs_clear(&l);
	free(w);
}
END_TEST

static struct flow_parser *
parser(bool portable)
{
	const struct flow_parser_options opt = { .detail = true,
		.portable = portable };
	struct flow_parser *p = flow_parser_new(&opt, NULL);

	ck_assert_ptr_nonnull(p);
	return p;
}

/* Both parsers get the text in blocks of any size; what comes out differs so
 * often. */
static unsigned
parsers_differ(
    struct flow_parser *const p[2], char *text, size_t n, uint64_t *state)
{
	static struct flow out[2][FLOWS_MAX];
	size_t at = 0, used[2], made[2], max, block, i;
	unsigned wrong = 0;

	while (at < n) {
		const char *end;

		block = 1 + flows_random(state) % 8000;
		end = block < n - at
		    ? memchr(text + at + block, '\n', n - at - block)
		    : NULL;
		block = end == NULL ? n - at : (size_t)(end + 1 - text) - at;
		max = 1 + flows_random(state) % FLOWS_MAX;
		memset(out, 0, sizeof(out));
		for (i = 0; i < 2; i++)
			made[i] = flow_parser_feed(p[i],
			    (struct span){ text + at, block },
			    at + block == n ? FLOW_LAST_BLOCK
					    : FLOW_MORE_FOLLOWS,
			    out[i], max, &used[i]);
		if (made[0] != made[1] || used[0] != used[1] || used[0] == 0)
			return wrong + 1;
		for (i = 0; i < made[0]; i++)
			wrong += out[0][i].status != out[1][i].status ||
			    (out[0][i].status == FLOW_OK &&
				memcmp(&out[0][i], &out[1][i],
				    sizeof(out[0][i])) != 0);
		at += used[0];
	}
	return wrong;
}

static void
check_totals(struct flow_parser *const p[2])
{
	int k;

	ck_assert_uint_eq(flow_parser_records(p[0]), flow_parser_records(p[1]));
	ck_assert_uint_eq(flow_parser_lines(p[0]), flow_parser_lines(p[1]));
	for (k = 0; k < FLOW_NPROBLEMS; k++) {
		const char *a = flow_parser_message(p[0], (enum flow_problem)k);
		const char *b = flow_parser_message(p[1], (enum flow_problem)k);

		ck_assert_uint_eq(
		    flow_parser_problems(p[0], (enum flow_problem)k),
		    flow_parser_problems(p[1], (enum flow_problem)k));
		ck_assert_str_eq(a == NULL ? "" : a, b == NULL ? "" : b);
	}
}

START_TEST(parsers_of_either_form_agree_on_whole_logs)
{
	struct flow_parser *p[2] = { parser(true), parser(false) };
	uint64_t state = 77 + (uint64_t)_i;
	struct logs l;
	size_t n, i;
	char *text;

	logs_make(&l, logs_options(), NULL);
	n = l.text[0].n;
	text = calloc(1, n + FLOW_PARSER_SLACK);
	ck_assert_ptr_nonnull(text);
	memcpy(text, l.text[0].p, n);
	/* 0: as it is; 1: a byte in 2000, 2: one in 60 is spoilt, newlines
	 * and header lines too */
	for (i = 0; _i > 0 && i < n; i++)
		if (flows_random(&state) % (_i == 1 ? 2000 : 60) == 0)
			spoil(text + i, 1, &state);
	ck_assert_uint_eq(parsers_differ(p, text, n, &state), 0);
	check_totals(p);
	if (_i == 0)
		ck_assert_uint_eq(
		    flow_parser_records(p[0]), l.outcome.records[0]);
	flow_parser_free(p[0]);
	flow_parser_free(p[1]);
	logs_clear(&l);
	free(text);
}
END_TEST

START_TEST(the_workers_of_a_log_get_the_same_numbers)
{
	struct flow_parser *p[2] = { parser(true), parser(false) };
	struct buf b = BUF_INIT;
	uint64_t state = 6;
	unsigned i;

	buf_add_str(&b, HEADER);
	/* more names than there are numbers, short ones and long ones */
	for (i = 0; i < 2000; i++)
		buf_printf(&b, WHOLE "\t-\t6\t%s%u\n",
		    i % 2 ? "w" : "worker-of-a-cluster-",
		    (unsigned)(flows_random(&state) % 200));
	ck_assert(buf_reserve(&b, FLOW_PARSER_SLACK));
	ck_assert_uint_eq(parsers_differ(p, b.p, b.n, &state), 0);
	check_totals(p);
	ck_assert_uint_eq(flow_parser_records(p[0]), 2000);
	for (i = 0; i < FLOW_MAX_WORKERS; i++)
		ck_assert_str_eq(
		    flow_parser_worker(p[0], i), flow_parser_worker(p[1], i));
	ck_assert_ptr_null(flow_parser_worker(p[0], FLOW_MAX_WORKERS));
	flow_parser_free(p[0]);
	flow_parser_free(p[1]);
	buf_clear(&b);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/tsv");
	TCase *t = tcase_create("tsv");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(
	    t, hostile_lines_are_read_alike, 0, (int)ARRAY_LEN(hostile));
	tcase_add_loop_test(t, spoilt_lines_of_a_log_are_read_alike, 0, 6);
	tcase_add_loop_test(
	    t, parsers_of_either_form_agree_on_whole_logs, 0, 3);
	tcase_add_test(t, the_workers_of_a_log_get_the_same_numbers);
	suite_add_tcase(s, t);
	return s;
}
