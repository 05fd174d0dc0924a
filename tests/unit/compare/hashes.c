/*
 * The balancing hashes against what their makers publish, or, where nothing
 * is published, against sums done by hand from the source that is named.
 */
#include "../unit.h"
#include "compare/hashes.h"

#define TCP 6
#define UDP 17
#define ICMP 1

static struct hash_tuple
tuple(const char *orig, unsigned orig_port, const char *resp,
    unsigned resp_port, uint8_t proto)
{
	struct hash_tuple t = { .port = { (uint16_t)orig_port,
				    (uint16_t)resp_port },
		.proto = proto };

	ck_assert(flow_addr_parse(span_from(orig), &t.addr[0]));
	ck_assert(flow_addr_parse(span_from(resp), &t.addr[1]));
	return t;
}

static uint32_t
value(const char *name, enum hash_over over, const struct hash_tuple *t)
{
	size_t i;

	for (i = 0; i < hash_table_len; i++)
		if (strcmp(hash_table[i].name, name) == 0 &&
		    hash_table[i].over == over)
			return hash_table[i].value(&hash_table[i], t);
	ck_abort_msg("no hash %s over %s", name, hash_over_name(over));
	return 0;
}

/* Microsoft, "Verifying the RSS Hash Calculation". */
static const struct {
	const char *dst, *src;
	unsigned dst_port, src_port;
	uint32_t hosts, ports;
} microsoft[] = {
	{ "161.142.100.80", "66.9.149.187", 1766, 2794, 0x323e8fc2,
	    0x51ccc178 },
	{ "65.69.140.83", "199.92.111.2", 4739, 14230, 0xd718262a, 0xc626b0ea },
	{ "12.22.207.184", "24.19.198.95", 38024, 12898, 0xd2d0a5de,
	    0x5c2b394a },
	{ "209.142.163.6", "38.27.205.30", 2217, 48228, 0x82989176,
	    0xafc7327f },
	{ "202.188.127.2", "153.39.163.191", 1303, 44251, 0x5d1809c5,
	    0x10e828a2 },
	{ "3ffe:2501:200:3::1", "3ffe:2501:200:1fff::7", 1766, 2794, 0x2cc18cd5,
	    0x40207d3d },
	{ "ff02::1", "3ffe:501:8::260:97ff:fe40:efab", 4739, 14230, 0x0f0c461c,
	    0xdde51bbf },
	{ "fe80::200:f8ff:fe21:67cf", "3ffe:1900:4545:3:200:f8ff:fe21:67cf",
	    38024, 44251, 0x4b61e985, 0x02d1feef },
};

START_TEST(microsoft_rss_gives_the_published_values)
{
	size_t i;

	for (i = 0; i < sizeof(microsoft) / sizeof(microsoft[0]); i++) {
		struct hash_tuple t =
		    tuple(microsoft[i].src, microsoft[i].src_port,
			microsoft[i].dst, microsoft[i].dst_port, TCP);

		ck_assert_uint_eq(
		    value("Microsoft RSS", HASH_HOSTS, &t), microsoft[i].hosts);
		ck_assert_uint_eq(
		    value("Microsoft RSS", HASH_PORTS, &t), microsoft[i].ports);
		ck_assert_uint_eq(value("Microsoft RSS", HASH_TCP_PORTS, &t),
		    microsoft[i].ports);
		t.proto = UDP;
		ck_assert_uint_eq(
		    value("Microsoft RSS", HASH_PORTS, &t), microsoft[i].ports);
		ck_assert_uint_eq(value("Microsoft RSS", HASH_TCP_PORTS, &t),
		    microsoft[i].hosts);
		t.proto = ICMP;
		ck_assert_uint_eq(
		    value("Microsoft RSS", HASH_PORTS, &t), microsoft[i].hosts);
	}
}
END_TEST

START_TEST(symmetric_hashes_give_both_directions_one_value)
{
	static const char *const ends[][2] = {
		{ "66.9.149.187", "161.142.100.80" },
		{ "2620:83:8000:1::7", "2001:db8:ffff:3::9:1" },
	};
	static const uint8_t protos[] = { TCP, UDP, ICMP };
	size_t e, p, i;
	unsigned unlike = 0;

	for (e = 0; e < 2; e++) {
		for (p = 0; p < sizeof(protos); p++) {
			struct hash_tuple t = tuple(
			    ends[e][0], 40000, ends[e][1], 443, protos[p]);
			struct hash_tuple back = tuple(
			    ends[e][1], 443, ends[e][0], 40000, protos[p]);

			for (i = 0; i < hash_table_len; i++) {
				const struct hash_def *h = &hash_table[i];

				if (h->symmetric)
					ck_assert_uint_eq(h->value(h, &t),
					    h->value(h, &back));
				else
					unlike += h->value(h, &t) !=
					    h->value(h, &back);
			}
		}
	}
	ck_assert_uint_eq(unlike, 18);
}
END_TEST

/* By hand. Toeplitz of one bit is the 32 bits of the key that begin there. */
static const struct {
	const char *name;
	enum hash_over over;
	const char *orig;
	unsigned orig_port;
	const char *resp;
	unsigned resp_port;
	uint8_t proto;
	uint32_t want;
} by_hand[] = {
	/* bit 31 of 6d5a6d5a 6d5a6d5a ...: 0, then 6d5a6d5a >> 1 */
	{ "symmetric RSS", HASH_HOSTS, "0.0.0.1", 0, "0.0.0.0", 0, TCP,
	    0x36ad36ad },
	/* bit 0 of the address: the key itself */
	{ "symmetric RSS", HASH_HOSTS, "128.0.0.0", 0, "0.0.0.0", 0, TCP,
	    0x6d5a6d5a },
	{ "symmetric RSS", HASH_PORTS, "0.0.0.0", 0x8000, "0.0.0.0", 1, TCP,
	    0x6d5a6d5a ^ 0x36ad36ad },
	/* kernel/pf_ring.c, hash_pkt() */
	{ "PF_RING", HASH_HOSTS, "10.0.0.1", 1000, "192.168.0.2", 80, TCP,
	    0x0a000001 + 0xc0a80002 },
	{ "PF_RING", HASH_PORTS, "10.0.0.1", 1000, "192.168.0.2", 80, TCP,
	    0x0a000001 + 0xc0a80002 + 1080 },
	{ "PF_RING", HASH_PROTO, "10.0.0.1", 1000, "192.168.0.2", 80, TCP,
	    0x0a000001 + 0xc0a80002 + 1080 + TCP },
	{ "PF_RING", HASH_PROTO, "10.0.0.1", 8, "192.168.0.2", 0, ICMP,
	    0x0a000001 + 0xc0a80002 + ICMP },
	{ "PF_RING", HASH_TCP_PROTO, "10.0.0.1", 1000, "192.168.0.2", 80, UDP,
	    0x0a000001 + 0xc0a80002 },
	{ "PF_RING", HASH_TCP_PROTO, "10.0.0.1", 1000, "192.168.0.2", 80, TCP,
	    0x0a000001 + 0xc0a80002 + 1080 + TCP },
	/* words of an IPv6 address as a little endian host reads them */
	{ "PF_RING", HASH_HOSTS, "2001:db8::1", 0, "::2", 0, TCP,
	    0xb80d0120 + 0x01000000 + 0x02000000 },
	/* base/frameworks/packet-filter/utils.zeek: ip[14:2] + ip[18:2] */
	{ "Zeek BPF", HASH_HOSTS, "10.1.255.255", 0, "10.2.0.3", 0, UDP,
	    0xffff + 3 },
	{ "Zeek BPF", HASH_HOSTS, "2001:db8::ab:1", 0, "2001:db8::cd:ffff", 0,
	    UDP, 1 + 0xffff },
	{ "sum", HASH_HOSTS, "2001:db8::1", 0, "::2", 0, TCP,
	    0x20010db8 + 1 + 2 },
	{ "sum", HASH_PORTS, "255.255.255.255", 7, "0.0.0.2", 9, UDP, 17 },
	{ "xor", HASH_HOSTS, "10.0.0.1", 7, "192.168.0.3", 9, UDP,
	    0x0a000001 ^ 0xc0a80003 },
	{ "xor", HASH_PORTS, "10.0.0.1", 7, "192.168.0.3", 9, UDP,
	    0x0a000001 ^ 0xc0a80003 ^ 7 ^ 9 },
	/* apps/lb/pkt_hash.c: 506d again and again, 'B' added to each port;
	 * ports 0xffbe and 0xffbe + 'B' are 0, so that one bit is left */
	{ "netmap lb", HASH_PORTS, "128.0.0.0", 0xffbe, "0.0.0.0", 0xffbe, TCP,
	    0x506d506d },
	{ "netmap lb", HASH_PORTS, "8000::1", 0xffbe, "::1", 0xffbe, TCP,
	    0x506d506d },
	{ "netmap lb", HASH_PORTS, "0.0.0.0", 0xffbe, "0.0.0.0", 0xffbf, TCP,
	    0x506d506d >> 1 | 0x80000000 },
};

START_TEST(other_hashes_give_what_their_source_adds_up)
{
	size_t i;

	for (i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++) {
		struct hash_tuple t = tuple(by_hand[i].orig,
		    by_hand[i].orig_port, by_hand[i].resp, by_hand[i].resp_port,
		    by_hand[i].proto);
		uint32_t got = value(by_hand[i].name, by_hand[i].over, &t);

		ck_assert_msg(got == by_hand[i].want,
		    "row %zu, %s: 0x%08x, wanted 0x%08x", i, by_hand[i].name,
		    got, by_hand[i].want);
	}
}
END_TEST

START_TEST(lanes_are_the_modulus_or_a_table_filled_in_turn)
{
	ck_assert_uint_eq(hashes_lane(HASH_MODULO, 0xffffffff, 10), 5);
	/* 0xffffffff & 127 = 127; & 511 = 511 */
	ck_assert_uint_eq(hashes_lane(HASH_TABLE_128, 0xffffffff, 10), 7);
	ck_assert_uint_eq(hashes_lane(HASH_TABLE_512, 0xffffffff, 10), 1);
	ck_assert_uint_eq(hashes_lane(HASH_TABLE_128, 0x00000083, 16), 3);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/hashes");
	TCase *tc = tcase_create("hashes");

	tcase_add_test(tc, microsoft_rss_gives_the_published_values);
	tcase_add_test(tc, symmetric_hashes_give_both_directions_one_value);
	tcase_add_test(tc, other_hashes_give_what_their_source_adds_up);
	tcase_add_test(tc, lanes_are_the_modulus_or_a_table_filled_in_turn);
	suite_add_tcase(s, tc);
	return s;
}
