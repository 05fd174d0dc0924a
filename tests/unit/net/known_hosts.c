/*
 * The hashed lines were made by ssh-keygen -H.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "net/known_hosts.h"
#include "../unit.h"

#define ED "ssh-ed25519"
#define EC "ecdsa-sha2-nistp256"
#define HASHED_KEY \
	"AAAAC3NzaC1lZDI1NTE5AAAAIKSRuPjS2Qg4hwGGMCFC0xSDAU0+8B21iGiJ8ffD6q9p"
#define HASHED                                                             \
	"|1|oRD773a4N3UdkrpDOuYfWkQy4gA=|TeRZ6JPd42asN4E5feov7qjHZMQ= " ED \
	" " HASHED_KEY "\n"                                                \
	"|1|fLuE4gVdfl9AIlRWLEyE2lAJ2dI=|RNOMBMM3/Uq7FboA/lNlDlNCS7s= " ED \
	" " HASHED_KEY "\n"

static const struct {
	const char *text, *host;
	unsigned port;
	const char *type, *key;
	enum known_hosts_verdict verdict;
	uint64_t line;
} rows[] = {
	{ "", "a", 22, ED, "AAAA", KNOWN_HOSTS_UNKNOWN, 0 },
	{ "a " ED " AAAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_MATCH, 1 },
	{ "a " ED " AAAA", "a", 22, ED, "AAAA", KNOWN_HOSTS_MATCH, 1 },
	{ "a " ED " AAAA comment\r\n", "A", 22, ED, "AAAA", KNOWN_HOSTS_MATCH,
	    1 },
	{ "# a\n\na\t" ED "\tAAAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_MATCH,
	    3 },
	{ "b,a,c " ED " AAAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_MATCH, 1 },
	{ "a " ED " BBBB\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_CHANGED, 1 },
	{ "a " EC " BBBB\na " ED " CCCC\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_CHANGED, 2 },
	{ "a " EC " AAAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_CHANGED, 1 },
	{ "a " ED " BBBB\na " ED " AAAA\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_MATCH, 2 },
	{ "ab " ED " AAAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_UNKNOWN, 0 },
	{ "a " ED " AAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_CHANGED, 1 },
	{ "a " ED "\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_UNKNOWN, 0 },
	{ "a " ED " AAAA\n", "a", 2222, ED, "AAAA", KNOWN_HOSTS_UNKNOWN, 0 },
	{ "[a]:2222 " ED " AAAA\n", "a", 2222, ED, "AAAA", KNOWN_HOSTS_MATCH,
	    1 },
	{ "[a]:2222 " ED " AAAA\n", "a", 22, ED, "AAAA", KNOWN_HOSTS_UNKNOWN,
	    0 },
	{ "*.lab,!b.lab " ED " AAAA\n", "a.lab", 22, ED, "AAAA",
	    KNOWN_HOSTS_MATCH, 1 },
	{ "*.lab,!b.lab " ED " AAAA\n", "b.lab", 22, ED, "AAAA",
	    KNOWN_HOSTS_UNKNOWN, 0 },
	{ "@revoked a " ED " AAAA\na " ED " AAAA\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_REVOKED, 1 },
	{ "a " ED " AAAA\n@revoked * " ED " AAAA\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_REVOKED, 2 },
	{ "@revoked a " ED " BBBB\na " ED " AAAA\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_MATCH, 2 },
	{ "@cert-authority a " ED " AAAA\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_UNKNOWN, 0 },
	{ HASHED, "hashed.example", 22, ED, HASHED_KEY, KNOWN_HOSTS_MATCH, 1 },
	{ HASHED, "hashed.example", 2222, ED, HASHED_KEY, KNOWN_HOSTS_MATCH,
	    2 },
	{ HASHED, "hashed.example", 22, ED, "AAAA", KNOWN_HOSTS_CHANGED, 1 },
	{ HASHED, "other.example", 22, ED, HASHED_KEY, KNOWN_HOSTS_UNKNOWN, 0 },
	{ "|1|AAAA|AAAA " ED " AAAA\n|1|x " ED " AAAA\n", "a", 22, ED, "AAAA",
	    KNOWN_HOSTS_UNKNOWN, 0 },
};

START_TEST(check_tells_known_from_unknown_changed_and_revoked)
{
	struct known_key k = { rows[_i].host, rows[_i].port,
		span_from(rows[_i].type), span_from(rows[_i].key) };
	uint64_t line = 99;
	enum known_hosts_verdict v =
	    known_hosts_check(span_from(rows[_i].text), &k, &line);

	ck_assert_msg(v == rows[_i].verdict && line == rows[_i].line,
	    "row %d: verdict %d in line %d", _i, (int)v, (int)line);
}
END_TEST

START_TEST(no_line_that_is_cut_makes_a_key_known)
{
	struct known_key k = { "hashed.example", 22, SPAN_LITERAL(ED),
		SPAN_LITERAL(HASHED_KEY) };
	const char *text = HASHED;
	size_t whole = (size_t)(strchr(text, '\n') - text), n;
	uint64_t line;

	for (n = 0; n < whole; n++)
		ck_assert(known_hosts_check((struct span){ text, n }, &k,
			      &line) != KNOWN_HOSTS_MATCH);
	ck_assert(known_hosts_check((struct span){ text, n }, &k, &line) ==
	    KNOWN_HOSTS_MATCH);
}
END_TEST

START_TEST(types_are_those_of_the_host)
{
	struct buf out = BUF_INIT;

	known_hosts_types(
	    SPAN_LITERAL("a " ED " AAAA\nb ssh-rsa AAAA\n@revoked a ssh-dss "
			 "AAAA\n* " EC " AAAA\n"),
	    "a", 22, &out);
	ck_assert_str_eq(out.p, ED "," EC ",");
	buf_clear(&out);
}
END_TEST

START_TEST(append_makes_a_file_and_ends_a_line_that_was_cut)
{
	char path[] = "/tmp/known_hosts.XXXXXX";
	struct known_key k = { "A", 2222, SPAN_LITERAL(ED),
		SPAN_LITERAL("AAAA") };
	struct buf text = BUF_INIT;
	struct diag d = DIAG_INIT;
	int fd = mkstemp(path);

	ck_assert_int_eq(write(fd, "# cut", 5), 5);
	ck_assert_int_eq(close(fd), 0);
	ck_assert_msg(known_hosts_append(path, &k, &d), "%s", d.text);
	ck_assert(known_hosts_load(path, &text, &d));
	ck_assert(span_is(buf_span(&text), "# cut\n[a]:2222 " ED " AAAA\n"));
	ck_assert_int_eq(unlink(path), 0);
	buf_clear(&text);
	ck_assert(known_hosts_append(path, &k, &d));
	ck_assert(known_hosts_load(path, &text, &d));
	ck_assert(span_is(buf_span(&text), "[a]:2222 " ED " AAAA\n"));
	ck_assert_int_eq(unlink(path), 0);
	buf_clear(&text);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("known_hosts");
	TCase *t = tcase_create("known_hosts");

	tcase_add_loop_test(t,
	    check_tells_known_from_unknown_changed_and_revoked, 0,
	    ARRAY_LEN(rows));
	tcase_add_test(t, no_line_that_is_cut_makes_a_key_known);
	tcase_add_test(t, types_are_those_of_the_host);
	tcase_add_test(t, append_makes_a_file_and_ends_a_line_that_was_cut);
	suite_add_tcase(s, t);
	return s;
}
