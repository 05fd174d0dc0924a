/*
 * What vector instructions read is what the portable code reads: flows and
 * messages of whole records, of odd ones, and of records with a byte changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../unit.h"
#include "flow/parser.h"

#define HEADER_FIELDS                                                     \
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t"  \
	"proto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\t"  \
	"local_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\t"      \
	"orig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\tvlan\t" \
	"peer\n"
#define ENDS "10.1.2.3\t40000\t192.168.100.200\t443\ttcp\tssl\t"

static const char *const records[] = {
	"1717200000.207304\tC0Z\t" ENDS
	"1.500000\t10\t20\tSF\tT\tF\t0\tShADadFf\t3\t156\t4\t208\t-\t7\tw-1",
	"1717200000.207304\tC0Z\t" ENDS
	"-\t-\t-\tS0\tF\tT\t0\tS\t1\t60\t0\t0\t-\t-\tworker-number-11",
	"1717200000.20730\tC0Z\t" ENDS
	"1234567.500000\t1\t2\tRSTOS0\t-\t-\t0\t^hADcGgTtafFrR\t123456789\t1\t"
	"99999999\t8\t(empty)\t4095\t-",
	"1717200000.207304\t-\t2001:db8::1\t0\tff02::16\t65535\ticmp\t-\t"
	"0.000001\t0\t0\tOTH\tF\tF\t18446744073709551615\t-\t0\t0\t0\t0\t-\t-"
	"\t-",
	"1717200000.207304\tC\t255.255.255.255\t1\t0.0.0.0\t65535\tudp\tdns\t"
	"12345678.000000\t00000001\t00\tSHR\tF\tF\t-\tDd\t1\t2\t3\t4\t-\t0\tx",
};

static const char alphabet[] = "0129.:-+eTF\tx/\x7f\xff";

struct reading {
	struct flow_parser *parser;
	struct flow flows[4];
	size_t n;
};

static void
reading_of(struct reading *r, struct span block, bool portable)
{
	struct flow_parser_options opt = { .detail = true,
		.portable = portable };
	size_t used;

	memset(r, 0, sizeof(*r));
	r->parser = flow_parser_new(&opt, NULL);
	ck_assert_ptr_nonnull(r->parser);
	r->n = flow_parser_feed(
	    r->parser, block, FLOW_LAST_BLOCK, r->flows, 4, &used);
	ck_assert_uint_eq(used, block.n);
}

static void
check_equal(struct reading *a, struct reading *b)
{
	size_t i;
	int k;

	ck_assert_uint_eq(a->n, b->n);
	for (i = 0; i < a->n; i++)
		ck_assert_mem_eq(
		    &a->flows[i], &b->flows[i], sizeof(a->flows[i]));
	for (k = 0; k < FLOW_NPROBLEMS; k++)
		ck_assert_pstr_eq(
		    flow_parser_message(a->parser, (enum flow_problem)k),
		    flow_parser_message(b->parser, (enum flow_problem)k));
	flow_parser_free(a->parser);
	flow_parser_free(b->parser);
}

static void
check_twins(const char *text, size_t n)
{
	struct reading fast, portable;
	struct span block = { text, n };

	reading_of(&fast, block, false);
	reading_of(&portable, block, true);
	check_equal(&fast, &portable);
}

/* The text of a log with the record; its header's columns may be few. */
static size_t
log_of(char *to, size_t max, const char *header, const char *record)
{
	int n = snprintf(to, max, "%s%s\n", header, record);

	ck_assert(n > 0 && (size_t)n + FLOW_PARSER_SLACK < max);
	return (size_t)n;
}

START_TEST(twins_read_records_alike)
{
	static char text[2048];

	check_twins(
	    text, log_of(text, sizeof(text), HEADER_FIELDS, records[_i]));
}
END_TEST

START_TEST(twins_read_records_with_a_changed_byte_alike)
{
	static char text[2048];
	size_t n = log_of(text, sizeof(text), HEADER_FIELDS, records[_i]);
	size_t at = strlen(HEADER_FIELDS), i;
	char was;

	for (; at + 1 < n; at++) {
		was = text[at];
		for (i = 0; i < sizeof(alphabet) - 1; i++) {
			text[at] = alphabet[i];
			check_twins(text, n);
		}
		text[at] = was;
	}
}
END_TEST

START_TEST(twins_read_records_without_a_byte_alike)
{
	static char text[2048], cut[2048];
	size_t n = log_of(text, sizeof(text), HEADER_FIELDS, records[_i]);
	size_t at;

	for (at = strlen(HEADER_FIELDS); at + 1 < n; at++) {
		memcpy(cut, text, at);
		memcpy(cut + at, text + at + 1, n - at - 1);
		check_twins(cut, n - 1);
	}
}
END_TEST

START_TEST(twins_agree_where_columns_are_missing_or_in_another_order)
{
	static const char *const logs[][2] = {
		{ "#fields\tproto\tid.resp_p\tid.orig_h\tid.orig_p\tid.resp_h\t"
		  "ts\n",
		    "udp\t53\t1.2.3.4\t1\t5.6.7.8\t1717200000.000001" },
		{ "#unset_field\t0\n#fields\tts\tid.orig_h\tid.orig_p\t"
		  "id.resp_h\tid.resp_p\tproto\torig_pkts\tvlan\n",
		    "1717200000.000001\t1.2.3.4\t0\t5.6.7.8\t0\tudp\t0\t0" },
		{ "#unset_field\tnone\n#fields\tts\tid.orig_h\tid.orig_p\t"
		  "id.resp_h\tid.resp_p\tproto\tduration\n",
		    "1717200000.000001\t1.2.3.4\t1\t5.6.7.8\t2\tudp\tnone" },
	};
	static char text[2048];

	check_twins(text, log_of(text, sizeof(text), logs[_i][0], logs[_i][1]));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/twins");
	TCase *tc = tcase_create("twins");
	int n = (int)ARRAY_LEN(records);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, twins_read_records_alike, 0, n);
	tcase_add_loop_test(
	    tc, twins_read_records_with_a_changed_byte_alike, 0, n);
	tcase_add_loop_test(tc, twins_read_records_without_a_byte_alike, 0, n);
	tcase_add_loop_test(tc,
	    twins_agree_where_columns_are_missing_or_in_another_order, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}
