/*
 * Community ID against vectors that were made without this code, among them
 * the ones that other implementations publish; and SHA-1 against FIPS 180-4.
 */
#include <stdio.h>
#include <stdlib.h>
#include "../unit.h"
#include "base/sha1.h"
#include "flow/key.h"

START_TEST(community_id_of_every_vector_is_as_specified)
{
	char path[4200], line[512], got[FLOW_COMMUNITY_ID_MAX], *part[7];
	unsigned rows = 0;
	struct flow f;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/community-id.tsv", unit_data());
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in) != NULL) {
		if (line[0] == '#')
			continue;
		ck_assert_uint_eq(unit_split(line, part, 7), 7);
		memset(&f, 0, sizeof(f));
		ck_assert(flow_addr_parse(span_from(part[0]), &f.orig));
		ck_assert(flow_addr_parse(span_from(part[2]), &f.resp));
		f.orig_port = (uint16_t)strtoul(part[1], NULL, 10);
		f.resp_port = (uint16_t)strtoul(part[3], NULL, 10);
		f.proto = (uint8_t)strtoul(part[4], NULL, 10);
		flow_community_id(
		    &f, (uint16_t)strtoul(part[5], NULL, 10), got);
		ck_assert_str_eq(got, part[6]);
		rows++;
	}
	(void)fclose(in);
	ck_assert_uint_ge(rows, 90);
}
END_TEST

static const struct {
	const char *orig, *resp, *id;
	uint16_t op, rp;
	uint8_t proto;
} known[] = {
	{ "1.2.3.4", "5.6.7.8", "1:wCb3OG7yAFWelaUydu0D+125CLM=", 1122, 3344,
	    6 },
	{ "1.2.3.4", "5.6.7.8", "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg=", 1122, 3344,
	    17 },
};

START_TEST(community_id_agrees_with_the_published_baseline)
{
	char got[FLOW_COMMUNITY_ID_MAX];
	struct flow f;

	memset(&f, 0, sizeof(f));
	ck_assert(flow_addr_parse(span_from(known[_i].orig), &f.orig));
	ck_assert(flow_addr_parse(span_from(known[_i].resp), &f.resp));
	f.orig_port = known[_i].op;
	f.resp_port = known[_i].rp;
	f.proto = known[_i].proto;
	flow_community_id(&f, 0, got);
	ck_assert_str_eq(got, known[_i].id);
}
END_TEST

/* FIPS 180-4's examples, and lengths around the padding's second block. */
static const struct {
	size_t n;
	char fill;
	const char *text, *digest;
} hashes[] = {
	{ 0, 0, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
	{ 3, 0, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ 56, 0, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
	{ 55, 'a', NULL, "c1c8bbdc22796e28c0e15163d20899b65621d65a" },
	{ 64, 'a', NULL, "0098ba824b5c16427bd7a1122a5a442a25ec644d" },
	{ 119, 'a', NULL, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56" },
	{ 1000000, 'a', NULL, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
};

START_TEST(sha1_gives_the_digests_of_the_standard)
{
	char *text = malloc(hashes[_i].n + 1), hex[2 * SHA1_BYTES + 1];
	uint8_t out[SHA1_BYTES];
	unsigned i;

	ck_assert_ptr_nonnull(text);
	if (hashes[_i].text != NULL)
		memcpy(text, hashes[_i].text, hashes[_i].n);
	else
		memset(text, hashes[_i].fill, hashes[_i].n);
	sha1(text, hashes[_i].n, out);
	for (i = 0; i < SHA1_BYTES; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", out[i]);
	ck_assert_str_eq(hex, hashes[_i].digest);
	free(text);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("flow/community");
	TCase *t = tcase_create("community");

	tcase_add_test(t, community_id_of_every_vector_is_as_specified);
	tcase_add_loop_test(t, community_id_agrees_with_the_published_baseline,
	    0, (int)ARRAY_LEN(known));
	tcase_add_loop_test(t, sha1_gives_the_digests_of_the_standard, 0,
	    (int)ARRAY_LEN(hashes));
	suite_add_tcase(s, t);
	return s;
}
