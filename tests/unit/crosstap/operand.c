/*
 * What the words of a command line name.
 */
#include "crosstap/operand.h"
#include "unit.h"

static const char text[] = "sensors:\n  a: {logs: x}\n  b.c: {address: h}\n"
			   "groups:\n  g: {sensors: [a, b.c]}\n";

static const struct row {
	const char *text;
	bool exists, configured;
	enum operand_kind kind;
	const char *refused; /* NULL: it is not */
} rows[] = {
	{ "a", false, true, OPERAND_SENSOR, NULL },
	{ "b.c", false, true, OPERAND_SENSOR, NULL },
	{ "g", false, true, OPERAND_GROUP, NULL },
	{ "a", false, false, OPERAND_PATH, NULL },
	{ "a", true, false, OPERAND_PATH, NULL },
	{ "other", false, true, OPERAND_PATH, NULL },
	{ "./a", true, true, OPERAND_PATH, NULL },
	{ "-", false, true, OPERAND_PATH, NULL },
	{ "x=a", false, true, OPERAND_PATH, NULL },
	{ "x=g", true, true, OPERAND_PATH, NULL },
	{ "ssh://h/x", false, true, OPERAND_URL, NULL },
	{ "ssh://h/x=y", false, false, OPERAND_URL, NULL },
	{ "n=ssh://h/x", false, false, OPERAND_URL, NULL },
	{ "./n=ssh://h/x", false, true, OPERAND_PATH, NULL },
	{ "a", true, true, OPERAND_SENSOR,
	    "'a' is a file here and a sensor of x.yaml; ./a means the file" },
	{ "g", true, true, OPERAND_GROUP,
	    "'g' is a file here and a group of x.yaml; ./g means the file" },
};

START_TEST(an_operand_is_a_path_a_url_a_sensor_or_a_group)
{
	static struct config_errors errors;
	const struct row *r = &rows[_i];
	struct diag d = DIAG_INIT;
	struct operand op;
	struct config c;
	bool ok;

	ck_assert(config_parse(SPAN_LITERAL(text), "x.yaml", &c, &errors));
	ok = operand_resolve(
	    r->text, r->exists, r->configured ? &c : NULL, &op, &d);
	ck_assert_int_eq(ok, r->refused == NULL);
	ck_assert_str_eq(d.text, ok ? "" : r->refused);
	if (ok) {
		ck_assert_int_eq(op.kind, r->kind);
		ck_assert_int_eq(op.sensor != NULL, r->kind == OPERAND_SENSOR);
		ck_assert_int_eq(op.group != NULL, r->kind == OPERAND_GROUP);
	}
	config_clear(&c);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/operand");
	TCase *t = tcase_create("operand");

	tcase_add_loop_test(t, an_operand_is_a_path_a_url_a_sensor_or_a_group,
	    0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
