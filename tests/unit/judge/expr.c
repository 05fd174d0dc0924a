/*
 * The expression engine: what compiles, what must not, and what it yields.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "judge/expr.h"
#include "unit.h"

static struct expr_engine *engine;

static void
setup(void)
{
	engine = expr_engine_new();
	ck_assert_ptr_nonnull(engine);
}

static void
teardown(void)
{
	expr_engine_free(engine);
}

static const struct refused {
	const char *sql;
	const char *says; /* part of the message */
	int at;           /* offset, or -1 */
} refused[] = {
	{ "missing_shar > 1", "did you mean 'missing_share'", 0 },
	{ "flows > 1 AND nonsense > 2", "no evidence column 'nonsense'", 14 },
	{ "\"flowz\" > 1", "did you mean 'flows'", 0 },
	{ "rowid > 1", "no column of the evidence", -1 },
	{ "_rowid_ > 1", "no column of the evidence", -1 },
	{ "evidence.oid > 1", "no column of the evidence", -1 },
	{ "(SELECT 1)", "no SELECT", -1 },
	{ "flows IN (SELECT 1)", "no SELECT", -1 },
	{ "EXISTS (SELECT sql FROM sqlite_master)", "cannot be read", -1 },
	{ "flows IN sqlite_master", "", -1 },
	{ "flows IN pragma_database_list", "", -1 },
	{ "flows IN (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 "
	  "FROM c) SELECT x FROM c)",
	    "", -1 },
	{ "1); ATTACH 'x' AS y", "')' without its '('", 1 },
	{ "1) FROM evidence UNION SELECT (2", "')' without its '('", 1 },
	{ "1; DROP TABLE evidence", "no place", 1 },
	{ "(1", "not closed", 0 },
	{ "'a", "quote that is not closed", 0 },
	{ "flows > 1 /* and", "comment", 10 },
	{ "flows > ?1", "no place", 8 },
	{ "flows > :x", "no place", 8 },
	{ "flows > $x", "no place", 8 },
	{ "[flows] > 1", "no place", 0 },
	{ "flows > \001", "not plain text", 8 },
	{ "\303\251 = 1", "not plain text", 0 },
	{ "random() > 1", "'random' is not for rules", -1 },
	{ "load_extension('x')", "", -1 },
	{ "zeroblob(1000000000)", "not for rules", -1 },
	{ "printf('%1000000000d', 1)", "not for rules", -1 },
	{ "nosuch(flows)", "no function 'nosuch'", 0 },
	{ "count(*) > 1", "not for rules", -1 },
	{ "max(flows) > 1", "misuse of aggregate", -1 },
	{ "max(flows) OVER () > 1", "", -1 },
	{ "flows > 1, 2", "", -1 },
	{ "flows >", "syntax error", -1 },
	{ "", "", -1 },
	{ "worker_flows > 1", "rows per sensor have no column", -1 },
	{ "recall > 1", "rows per sensor have no column", -1 },
	{ "value = '6'", "rows per sensor have no column", -1 },
};

START_TEST(what_is_no_plain_expression_is_refused)
{
	const struct refused *r = &refused[_i];
	struct diag d = DIAG_INIT;
	struct expr *x;
	int at;

	x = expr_compile(engine, r->sql, EVIDENCE_SENSOR, &at, &d);
	ck_assert_msg(x == NULL, "'%s' compiled", r->sql);
	ck_assert_msg(d.text[0] != '\0', "'%s' has no message", r->sql);
	ck_assert_msg(
	    strstr(d.text, r->says) != NULL, "'%s' says '%s'", r->sql, d.text);
	if (r->at >= 0)
		ck_assert_msg(at == r->at, "'%s' at %d", r->sql, at);
}
END_TEST

START_TEST(what_is_too_long_or_too_deep_is_refused)
{
	static char text[EXPR_MAX_BYTES + 2];
	struct diag d = DIAG_INIT;
	size_t i;
	int at;

	memset(text, ' ', sizeof(text) - 1);
	text[0] = '1';
	ck_assert_ptr_null(
	    expr_compile(engine, text, EVIDENCE_SENSOR, &at, &d));
	ck_assert_ptr_nonnull(strstr(d.text, "wanted at most 4096"));
	d = (struct diag)DIAG_INIT;
	memset(text, '\0', sizeof(text));
	for (i = 0; i < 300; i++)
		text[i] = '~';
	text[300] = '1';
	ck_assert_ptr_null(
	    expr_compile(engine, text, EVIDENCE_SENSOR, &at, &d));
	ck_assert_msg(strstr(d.text, "parser stack") != NULL ||
		strstr(d.text, "depth") != NULL,
	    "%s", d.text);
}
END_TEST

static const struct yields {
	const char *sql;
	enum expr_type type;
	double number;
	const char *text;
} yields[] = {
	{ "flows", EXPR_NUMBER, 3, NULL },
	{ "\"flows\" + 1 -- more", EXPR_NUMBER, 4, NULL },
	{ "flows / 2", EXPR_NUMBER, 1.5, NULL },
	{ "flows / 0", EXPR_NULL, 0, NULL },
	{ "missing", EXPR_NULL, 0, NULL },
	{ "missing > 1", EXPR_NULL, 0, NULL },
	{ "coalesce(missing, 7)", EXPR_NUMBER, 7, NULL },
	{ "offset > 0", EXPR_NUMBER, 1, NULL },
	{ "sensor", EXPR_TEXT, 0, "B" },
	{ "sensor LIKE 'b'", EXPR_NUMBER, 1, NULL },
	{ "'\303\251'", EXPR_TEXT, 0, "\303\251" },
	{ "'it''s (;'", EXPR_TEXT, 0, "it's (;" },
	{ "CASE WHEN flows > 2 THEN 'inbound' END", EXPR_TEXT, 0, "inbound" },
	{ "max(flows, 9)", EXPR_NUMBER, 9, NULL },
	{ "iif(flows BETWEEN 1 AND 3, 1, 0)", EXPR_NUMBER, 1, NULL },
	{ "sensor IN ('A', 'B')", EXPR_NUMBER, 1, NULL },
	{ "peer", EXPR_NULL, 0, NULL },
	{ "x'00'", EXPR_NULL, 0, NULL },
};

START_TEST(an_expression_yields_its_value)
{
	const struct yields *y = &yields[_i];
	struct diag d = DIAG_INIT;
	struct expr_value v;
	struct evidence row;
	struct expr *x;
	int at;

	evidence_init(&row, EVIDENCE_SENSOR);
	row.n[EV_flows] = 3;
	row.n[EV_offset] = 2.5;
	memcpy(row.t[EVT_sensor], "B", 2);
	ck_assert(expr_load(engine, &row, 1, EVIDENCE_SENSOR, &d));
	x = expr_compile(engine, y->sql, EVIDENCE_SENSOR, &at, &d);
	ck_assert_msg(x != NULL, "'%s': %s", y->sql, d.text);
	ck_assert(expr_step(x, &v, &d));
	ck_assert_msg(v.type == y->type, "'%s'", y->sql);
	if (y->type == EXPR_NUMBER)
		ck_assert_double_eq(v.number, y->number);
	if (y->type == EXPR_TEXT)
		ck_assert_str_eq(v.text, y->text);
	ck_assert(!expr_step(x, &v, &d));
	ck_assert_str_eq(d.text, "");
	expr_free(x);
}
END_TEST

START_TEST(rows_keep_their_order_and_kinds_stay_apart)
{
	struct diag d = DIAG_INIT;
	struct evidence rows[6];
	struct expr_value v;
	struct expr *x;
	size_t i;
	int at;

	for (i = 0; i < 6; i++) {
		evidence_init(
		    &rows[i], i % 2 == 0 ? EVIDENCE_FACET : EVIDENCE_SENSOR);
		rows[i].n[EV_flows] = (double)(10 - i);
	}
	x = expr_compile(engine, "flows", EVIDENCE_FACET, &at, &d);
	ck_assert_ptr_nonnull(x);
	ck_assert(expr_load(engine, rows, 6, EVIDENCE_SENSOR, &d));
	ck_assert(expr_load(engine, rows, 6, EVIDENCE_FACET, &d));
	for (i = 0; i < 6; i += 2) {
		ck_assert(expr_step(x, &v, &d));
		ck_assert_double_eq(v.number, (double)(10 - i));
	}
	ck_assert(!expr_step(x, &v, &d));
	expr_rewind(x);
	ck_assert(expr_step(x, &v, &d));
	ck_assert_double_eq(v.number, 10);
	expr_free(x);
}
END_TEST

START_TEST(a_column_alone_is_known_from_an_expression)
{
	enum evidence_number c;

	ck_assert(expr_is_column(" packet_loss\n", &c));
	ck_assert_int_eq(c, EV_packet_loss);
	ck_assert(!expr_is_column("packet_loss * 2", &c));
	ck_assert(!expr_is_column("", &c));
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("judge/expr");
	TCase *t = tcase_create("expr");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_is_no_plain_expression_is_refused, 0,
	    (int)ARRAY_LEN(refused));
	tcase_add_test(t, what_is_too_long_or_too_deep_is_refused);
	tcase_add_loop_test(
	    t, an_expression_yields_its_value, 0, (int)ARRAY_LEN(yields));
	tcase_add_test(t, rows_keep_their_order_and_kinds_stay_apart);
	tcase_add_test(t, a_column_alone_is_known_from_an_expression);
	suite_add_tcase(s, t);
	return s;
}
