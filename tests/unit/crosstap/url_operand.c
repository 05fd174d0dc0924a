/*
 * ssh:// operands become sensors like those of a configuration.
 */
#include <stdlib.h>
#include "crosstap/url_operand.h"
#include "../unit.h"

static const struct {
	const char *url;
	const char *host, *user, *path; /* host NULL: refused */
	unsigned port;
} rows[] = {
	{ "ssh://h/var/log/conn.log", "h", NULL, "/var/log/conn.log", 0 },
	{ "ssh://u@h.example:2222/x", "h.example", "u", "/x", 2222 },
	{ "ssh://u@[2001:db8::1]:22/x", "2001:db8::1", "u", "/x", 22 },
	{ "ssh://h/~/logs", "h", NULL, "/~/logs", 0 },
	{ "ssh://h/a b\"]}, x: {\\*?[a]'#%41", "h", NULL,
	    "/a b\"]}, x: {\\*?[a]'#%41", 0 },
	{ "ssh://h/x@y:z/ssh://u@i/x", "h", NULL, "/x@y:z/ssh://u@i/x", 0 },
	{ "ssh://h", NULL, NULL, NULL, 0 },
	{ "ssh://h/", NULL, NULL, NULL, 0 },
	{ "ssh:///x", NULL, NULL, NULL, 0 },
	{ "ssh://-oProxyCommand=x/x", NULL, NULL, NULL, 0 },
	{ "ssh://u:secret@h/x", NULL, NULL, NULL, 0 },
	{ "ssh://h:0/x", NULL, NULL, NULL, 0 },
	{ "ssh://h\"/x", NULL, NULL, NULL, 0 },
};

START_TEST(a_url_is_a_sensor_without_an_agent)
{
	const struct config_sensor *s;
	struct diag d = DIAG_INIT;
	struct config c;

	if (rows[_i].host == NULL) {
		ck_assert(!url_operand_parse(rows[_i].url, &c, &d));
		ck_assert_ptr_nonnull(strstr(d.text, "wanted "));
		return;
	}
	ck_assert_msg(url_operand_parse(rows[_i].url, &c, &d), "%s", d.text);
	ck_assert_uint_eq(c.nsensors, 1);
	s = &c.sensors[0];
	ck_assert(s->agentless);
	ck_assert_str_eq(s->host, rows[_i].host);
	ck_assert_pstr_eq(s->user, rows[_i].user);
	ck_assert_uint_eq(s->port, rows[_i].port);
	ck_assert_uint_eq(s->logs.n, 1);
	ck_assert_str_eq(s->logs.item[0], rows[_i].path);
	ck_assert_int_gt(s->idle_timeout_us, 0);
	config_clear(&c);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("crosstap/url_operand");
	TCase *t = tcase_create("urls");

	tcase_add_loop_test(
	    t, a_url_is_a_sensor_without_an_agent, 0, ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
