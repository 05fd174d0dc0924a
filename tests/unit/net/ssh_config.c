/*
 * What is expected is what ssh_config(5) says: the first value wins.
 */
#include "base/buf.h"
#include "net/ssh_config.h"
#include "../unit.h"

static struct ssh_config
parse(const char *text, const char *host)
{
	struct diag d = DIAG_INIT;
	struct ssh_config c;

	ck_assert_msg(
	    ssh_config_parse(span_from(text), "f", host, "/home/a", &c, &d),
	    "%s", d.text);
	return c;
}

START_TEST(first_value_of_matching_blocks_wins)
{
	struct ssh_config c = parse("User before\n"
				    "Host other\n Port 1\n"
				    "Host s? !s2\n HostName 10.0.0.1\n"
				    "  port = 2222\n\tUser late\n"
				    "Host *\nPort 3\nCompression yes\n",
	    "s1");

	ck_assert_str_eq(c.user, "before");
	ck_assert_str_eq(c.hostname, "10.0.0.1");
	ck_assert_uint_eq(c.port, 2222);
	c = parse("Host s? !s2\nPort 1\nHost *\nPort 3\n", "s2");
	ck_assert_uint_eq(c.port, 3);
}
END_TEST

START_TEST(identity_files_add_up_and_expand)
{
	struct ssh_config c = parse("IdentityFile ~/.ssh/id\r\n"
				    "IdentityFile \"/a b/%%\"\n"
				    "UserKnownHostsFile ~/k /etc/k\n",
	    "a");

	ck_assert_uint_eq(c.identities_n, 2);
	ck_assert_str_eq(c.identities[0], "/home/a/.ssh/id");
	ck_assert_str_eq(c.identities[1], "/a b/%");
	ck_assert_str_eq(c.known_hosts, "/home/a/k");
}
END_TEST

START_TEST(proxy_jump_is_a_list_of_hosts)
{
	struct ssh_config c = parse("ProxyJump me@b1:22,[fd00::1]:2222\n", "a");

	ck_assert_uint_eq(c.jumps_n, 2);
	ck_assert_str_eq(c.jumps[0].user, "me");
	ck_assert_str_eq(c.jumps[0].host, "b1");
	ck_assert_uint_eq(c.jumps[0].port, 22);
	ck_assert_str_eq(c.jumps[1].user, "");
	ck_assert_str_eq(c.jumps[1].host, "fd00::1");
	ck_assert_uint_eq(c.jumps[1].port, 2222);
	c = parse("ProxyJump none\nProxyJump b\n", "a");
	ck_assert(c.has_jump && c.jumps_n == 0);
}
END_TEST

static const struct {
	const char *text, *message;
} wrong[] = {
	{ "\nPort 0\n", "f:2: is no port; wanted 1 to 65535: \"0\"" },
	{ "Port 65536\n", "f:1: is no port; wanted 1 to 65535: \"65536\"" },
	{ "Port\n", "f:1: a value is missing: \"Port\"" },
	{ "Include x\n",
	    "f:1: Include and Match are not read; wanted Host blocks: \"x\"" },
	{ "Host b\nMatch all\n",
	    "f:2: Include and Match are not read; wanted Host blocks: "
	    "\"all\"" },
	{ "User \"a\n", "f:1: quotes stand around a whole value: \"\"a\"" },
	{ "IdentityFile %d/x\n",
	    "f:1: of the % tokens only %% is read: \"%d/x\"" },
	{ "ProxyJump a,b,c\n", "f:1: too many hosts of ProxyJump: \"c\"" },
	{ "ProxyJump a,\n", "f:1: value is empty or too long: \"\"" },
	{ "ProxyJump @a\n", "f:1: value is empty or too long: \"\"" },
};

START_TEST(errors_have_file_and_line)
{
	struct diag d = DIAG_INIT;
	struct ssh_config c;

	ck_assert(!ssh_config_parse(
	    span_from(wrong[_i].text), "f", "a", "/home/a", &c, &d));
	ck_assert_str_eq(d.text, wrong[_i].message);
}
END_TEST

START_TEST(a_value_that_does_not_fit_is_an_error)
{
	struct buf text = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct ssh_config c;
	int i;

	buf_add_str(&text, "User ");
	for (i = 0; i < 64; i++)
		buf_add_char(&text, 'u');
	ck_assert(
	    !ssh_config_parse(buf_span(&text), "f", "a", "/home/a", &c, &d));
	text.n--;
	ck_assert(
	    ssh_config_parse(buf_span(&text), "f", "a", "/home/a", &c, &d));
	buf_clear(&text);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("ssh_config");
	TCase *t = tcase_create("ssh_config");

	tcase_add_test(t, first_value_of_matching_blocks_wins);
	tcase_add_test(t, identity_files_add_up_and_expand);
	tcase_add_test(t, proxy_jump_is_a_list_of_hosts);
	tcase_add_loop_test(t, errors_have_file_and_line, 0, ARRAY_LEN(wrong));
	tcase_add_test(t, a_value_that_does_not_fit_is_an_error);
	suite_add_tcase(s, t);
	return s;
}
