/*
 * Populations of which a hash, a facet or luck takes flows away: what a lane
 * is must be found, what only looks like one must not.
 */
#include <stdlib.h>
#include <string.h>
#include "../unit.h"
#include "compare/lanes.h"
#include "simulate/prng.h"

#define TCP 6
#define UDP 17
#define ICMP 1
#define FLOWS_MAX 20000

struct population {
	struct lanes_flow v[FLOWS_MAX];
	size_t n;
	struct prng prng;
};

static void
put32(uint8_t *p, uint32_t x)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (24 - 8 * i));
}

/* Host k of the site, or of the world, as a border sees them: half of the
 * traffic is that of a few; one in six speaks IPv6. */
static struct flow_addr
host(bool local, uint32_t k, bool v6)
{
	struct flow_addr a = { { 0 } };

	if (v6) {
		put32(a.b, local ? 0x26200083 : 0x2a000000 + k % 977);
		put32(a.b + 4, local ? k % 20 : k % 31);
		put32(a.b + 12, local ? k : k * 2654435761u);
		return a;
	}
	a.b[10] = a.b[11] = 0xff;
	put32(a.b + 12,
	    local ? 0x0a0a0000 + (k % 20) * 256 + k / 20 % 250 + 1
		  : (uint32_t)(prng_mix(k) | 0x01000000));
	return a;
}

static void
add_flow(struct population *p, int64_t at_us)
{
	struct lanes_flow *f = &p->v[p->n++];
	bool v6 = prng_below(&p->prng, 6) == 0;
	bool out = prng_below(&p->prng, 2) == 0;
	uint32_t local = prng_below(&p->prng, 2) == 0
	    ? prng_below(&p->prng, 40)
	    : prng_below(&p->prng, 2000);
	uint32_t remote = prng_below(&p->prng, 2) == 0
	    ? prng_below(&p->prng, 100)
	    : prng_below(&p->prng, 5000);
	static const uint16_t services[] = { 443, 80, 53, 22, 25, 3389 };
	uint32_t kind = prng_below(&p->prng, 10);

	*f = (struct lanes_flow){ .at_us = at_us };
	f->t.addr[!out] = host(true, local, v6);
	f->t.addr[out] = host(false, remote, v6);
	f->t.proto = kind < 6 ? TCP : kind < 9 ? UDP : v6 ? 58 : ICMP;
	f->t.port[0] =
	    kind == 9 ? 8 : (uint16_t)(32768 + prng_below(&p->prng, 28000));
	f->t.port[1] = kind == 9 ? 0 : services[prng_below(&p->prng, 6)];
}

/* n flows in 60 s; as often as not one is followed by more of its pair. */
static void
populate(struct population *p, uint64_t seed, size_t n)
{
	size_t i;

	p->n = 0;
	p->prng.state = seed;
	while (p->n < n) {
		int64_t at = (int64_t)p->n * 60 * US_PER_S / (int64_t)n;

		if (p->n == 0 || prng_below(&p->prng, 2) == 0) {
			add_flow(p, at);
			continue;
		}
		i = p->n - 1 - prng_below(&p->prng, p->n < 400 ? p->n : 400);
		p->v[p->n] = p->v[i];
		p->v[p->n].at_us = at;
		if (p->v[i].t.proto == TCP || p->v[i].t.proto == UDP)
			p->v[p->n].t.port[0] =
			    (uint16_t)(p->v[i].t.port[0] + 2);
		p->n++;
	}
}

static void
lose_at_random(struct population *p, double share)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		p->v[i].missing |= prng_chance(&p->prng, PRNG_SHARE(share));
}

static void
lose_lanes(struct population *p, const struct hash_def *h, enum hash_reduce r,
    unsigned n, unsigned lane, unsigned lanes, int64_t from_us, int64_t to_us)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		unsigned at = hashes_lane(r, h->value(h, &p->v[i].t), n);

		p->v[i].missing |= at >= lane && at < lane + lanes &&
		    p->v[i].at_us >= from_us && p->v[i].at_us < to_us;
	}
}

static struct lanes
find(const struct population *p)
{
	struct lanes_input in = { p->v, p->n, 1 };
	struct lanes l;

	ck_assert(lanes_find(&in, &l));
	return l;
}

static const unsigned moduli[] = { 2, 3, 4, 7, 8, 10, 16, 64 };
#define NMODULI (sizeof(moduli) / sizeof(moduli[0]))

static struct population *
new_population(void)
{
	struct population *p = calloc(1, sizeof(*p));

	ck_assert_ptr_nonnull(p);
	return p;
}

/* Over two lanes, a sum and an exclusive or are the same. */
static bool
is_same(const struct hash_def *a, const struct hash_def *b, unsigned n)
{
	return a == b ||
	    (n == 2 && a->over == b->over && strcmp(a->name, "sum") == 0 &&
		strcmp(b->name, "xor") == 0);
}

static void
check_lane(const struct lanes *l, const struct hash_def *h, enum hash_reduce r,
    unsigned n, unsigned lost)
{
	char text[LANES_TEXT_MAX];

	lanes_format(l, text, sizeof(text));
	ck_assert_msg(l->kind == LANES_HASH && is_same(l->hash, h, n) &&
		l->n == n && l->lost == lost &&
		(l->reduce == r || (n & (n - 1)) == 0),
	    "%u of %u of %s, %s, %d: found '%s', recall %.3f, precision %.3f, "
	    "10^%.1f, %u pairs",
	    lost, n, h->name, hash_over_name(h->over), (int)r, text, l->recall,
	    l->precision, l->chance_log10, l->pairs);
	ck_assert_double_gt(l->recall, 0.9);
	ck_assert_double_gt(l->precision, 0.95);
	ck_assert_double_lt(l->plain, 0.2);
}

START_TEST(every_lane_of_every_hash_is_found_in_noise)
{
	const struct hash_def *h = &hash_table[_i];
	struct population *p = new_population();
	unsigned r, k, lane;

	for (r = 0; r < (h->tables ? HASH_NREDUCES : 1u); r++) {
		for (k = 0; k < NMODULI; k++) {
			struct lanes l;

			lane = (k * 5 + 1) % moduli[k];
			populate(p, 77 * k + r, 12000);
			lose_lanes(p, h, (enum hash_reduce)r, moduli[k], lane,
			    1, 0, INT64_MAX);
			lose_at_random(p, 0.001);
			l = find(p);
			check_lane(&l, h, (enum hash_reduce)r, moduli[k], 1);
			ck_assert_uint_eq(l.which, UINT64_C(1) << lane);
		}
	}
	free(p);
}
END_TEST

START_TEST(a_lane_lost_for_a_part_of_the_time_is_found)
{
	const struct hash_def *h = &hash_table[_i];
	struct population *p = new_population();
	struct lanes l;

	populate(p, 5, 12000);
	lose_lanes(p, h, HASH_MODULO, 8, 3, 1, 30 * US_PER_S, 45 * US_PER_S);
	lose_at_random(p, 0.001);
	l = find(p);
	ck_assert_int_eq(l.kind, LANES_HASH);
	ck_assert_ptr_eq(l.hash, h);
	ck_assert_uint_eq(l.n, 8);
	ck_assert_uint_eq(l.lost, 1);
	ck_assert_double_gt(l.precision, 0.9);
	ck_assert_int_ge(l.from_us, 30 * US_PER_S);
	ck_assert_int_le(l.to_us, 45 * US_PER_S);
	free(p);
}
END_TEST

START_TEST(several_lost_lanes_are_counted)
{
	static const unsigned of[][2] = { { 2, 3 }, { 2, 7 }, { 3, 8 },
		{ 3, 10 }, { 5, 16 }, { 7, 64 } };
	struct population *p = new_population();
	const struct hash_def *h = &hash_table[_i];
	struct lanes l;
	size_t k;

	for (k = 0; k < sizeof(of) / sizeof(of[0]); k++) {
		populate(p, 900 + k, 12000);
		lose_lanes(
		    p, h, HASH_MODULO, of[k][1], 0, of[k][0], 0, INT64_MAX);
		lose_at_random(p, 0.001);
		l = find(p);
		check_lane(&l, h, HASH_MODULO, of[k][1], of[k][0]);
	}
	free(p);
}
END_TEST

START_TEST(present_flows_may_be_a_sample_of_host_pairs)
{
	struct population *p = new_population();
	const struct hash_def *h = &hash_table[0];
	struct lanes l;
	struct lanes_input in = { p->v, 0, 4 };
	size_t i;

	populate(p, 31, FLOWS_MAX);
	lose_lanes(p, h, HASH_MODULO, 16, 9, 1, 0, INT64_MAX);
	for (i = 0; i < p->n; i++) {
		const struct hash_tuple *t = &p->v[i].t;
		unsigned luck = t->addr[0].b[14] ^ t->addr[1].b[14] ^
		    t->addr[0].b[15] ^ t->addr[1].b[15];

		if (p->v[i].missing || (luck * 37 >> 3) % 4 == 0)
			p->v[in.n++] = p->v[i];
	}
	ck_assert(lanes_find(&in, &l));
	check_lane(&l, h, HASH_MODULO, 16, 1);
	ck_assert_double_gt(l.share, 0.04);
	ck_assert_double_lt(l.share, 0.09);
	free(p);
}
END_TEST

/* An unpublished hash. */
static uint64_t
secret(const struct hash_tuple *t, bool ports)
{
	uint64_t sum = 0;
	unsigned i, k;

	for (i = 0; i < 2; i++) {
		uint64_t x = ports ? t->port[i] : 0;

		for (k = 0; k < 16; k++)
			x = prng_mix(x * 257 + t->addr[i].b[k] + 1);
		sum += x;
	}
	return prng_mix(sum);
}

START_TEST(an_unknown_hash_of_host_pairs_is_told_without_a_name)
{
	static const unsigned n[] = { 2, 3, 4, 7, 8 };
	struct population *p = new_population();
	struct lanes l;
	size_t k, i;

	for (k = 0; k < sizeof(n) / sizeof(n[0]); k++) {
		populate(p, 40 + k, 12000);
		for (i = 0; i < p->n; i++)
			p->v[i].missing = secret(&p->v[i].t, false) % n[k] == 0;
		lose_at_random(p, 0.001);
		l = find(p);
		ck_assert_msg(l.kind == LANES_HOST_PAIRS,
		    "1 of %u: kind %d, plain %.3f, 10^%.1f", n[k], (int)l.kind,
		    l.plain, l.chance_log10);
		ck_assert_ptr_null(l.hash);
		ck_assert_double_gt(l.share, 0.9 / n[k]);
		ck_assert_double_lt(l.share, 1.1 / n[k]);
		ck_assert_double_gt(l.recall, 0.95);
		ck_assert_double_gt(l.precision, 0.95);
		if (n[k] <= 4)
			ck_assert_msg(l.n == n[k], "1 of %u: %u, share %.4f",
			    n[k], l.n, l.share);
	}
	free(p);
}
END_TEST

/* What takes flows away that is no lane. */
static bool
blind_v6(const struct lanes_flow *f)
{
	return !flow_addr_is_v4(&f->t.addr[0]);
}

static bool
is_local_net(const struct flow_addr *a)
{
	return flow_addr_is_v4(a) && a->b[12] == 10 && a->b[14] == 3;
}

static bool
blind_subnet(const struct lanes_flow *f)
{
	return is_local_net(&f->t.addr[0]) || is_local_net(&f->t.addr[1]);
}

static bool
blind_link(const struct lanes_flow *f)
{
	const struct flow_addr *a = &f->t.addr[f->t.addr[0].b[12] == 10];

	return flow_addr_is_v4(a) ? a->b[12] % 4 == 1 : a->b[3] % 4 == 1;
}

static bool
blind_port(const struct lanes_flow *f)
{
	return f->t.port[1] == 443;
}

static bool
blind_port_of_subnet(const struct lanes_flow *f)
{
	return blind_port(f) &&
	    (is_local_net(&f->t.addr[0]) || is_local_net(&f->t.addr[1]));
}

static bool
blind_udp(const struct lanes_flow *f)
{
	return f->t.proto == UDP;
}

static bool
blind_host(const struct lanes_flow *f)
{
	return f->t.addr[0].b[15] == 2 && f->t.addr[0].b[14] < 2;
}

static bool
blind_seconds(const struct lanes_flow *f)
{
	return f->at_us / US_PER_S % 20 == 7;
}

static bool
blind_moments(const struct lanes_flow *f)
{
	return f->at_us / (US_PER_S / 10) % 25 == 7;
}

/* AF_PACKET: each flow is whole or gone, as with loss at random. */
static bool
unknown_flow_hash(const struct lanes_flow *f)
{
	return secret(&f->t, true) % 4 == 0;
}

static const struct {
	const char *what;
	bool (*lost)(const struct lanes_flow *f);
} plain[] = {
	{ "IPv6", blind_v6 },
	{ "one subnet", blind_subnet },
	{ "one link", blind_link },
	{ "a port", blind_port },
	{ "a port of one subnet", blind_port_of_subnet },
	{ "UDP", blind_udp },
	{ "some hosts", blind_host },
	{ "whole seconds", blind_seconds },
	{ "tenths of a second", blind_moments },
	{ "an unknown hash of flows", unknown_flow_hash },
};
#define NPLAIN (int)(sizeof(plain) / sizeof(plain[0]))

START_TEST(what_a_facet_explains_is_no_lane)
{
	struct population *p = new_population();
	uint64_t seed;
	size_t i;

	for (seed = 0; seed < 40; seed++) {
		struct lanes l;
		char text[LANES_TEXT_MAX];

		populate(p, seed * 11 + 3, seed % 2 == 0 ? 3000 : 12000);
		for (i = 0; i < p->n; i++)
			p->v[i].missing = plain[_i].lost(&p->v[i]);
		lose_at_random(p, 0.001);
		l = find(p);
		lanes_format(&l, text, sizeof(text));
		ck_assert_msg(l.kind == LANES_NONE,
		    "%s, seed %u: '%s', recall %.3f, precision %.3f, plain "
		    "%.3f, 10^%.1f",
		    plain[_i].what, (unsigned)seed, text, l.recall, l.precision,
		    l.plain, l.chance_log10);
	}
	free(p);
}
END_TEST

START_TEST(loss_at_random_is_no_lane)
{
	static const double rates[] = { 0.001, 0.01, 0.05, 0.25, 0.5, 0.9 };
	struct population *p = new_population();
	unsigned i, alarms = 0;

	for (i = 0; i < 500; i++) {
		struct lanes l;

		populate(p, 1000 * (uint64_t)_i + i, 300 + prng_mix(i) % 3700);
		lose_at_random(p, rates[i % 6]);
		l = find(p);
		alarms += l.kind != LANES_NONE;
	}
	free(p);
	ck_assert_uint_eq(alarms, 0);
}
END_TEST

START_TEST(a_healthy_sensor_has_no_lost_lane)
{
	struct population *p = new_population();
	struct lanes l;

	populate(p, 1, 12000);
	l = find(p);
	ck_assert_int_eq(l.kind, LANES_NONE);
	p->n = 0;
	l = find(p);
	ck_assert_int_eq(l.kind, LANES_NONE);
	free(p);
}
END_TEST

START_TEST(a_silent_sensor_has_no_lost_lane)
{
	struct population *p = new_population();
	struct lanes l;

	populate(p, 1, 6000);
	lose_at_random(p, 1);
	l = find(p);
	ck_assert_int_eq(l.kind, LANES_NONE);
	free(p);
}
END_TEST

/* Each flow of a pair of its own; the first ones of a lane are lost. */
static struct lanes
find_with(struct population *p, unsigned modulus, unsigned missing)
{
	const struct hash_def *h = &hash_table[0];
	uint32_t k, lost = 0;

	memset(p->v, 0, sizeof(p->v));
	for (k = 0; k < 8000; k++) {
		struct lanes_flow *f = &p->v[k];

		f->t.addr[0] = host(true, (uint32_t)prng_mix(k) % 2000, false);
		f->t.addr[1] = host(false, k, false);
		f->t.proto = TCP;
		f->missing = lost < missing &&
		    hashes_lane(HASH_MODULO, h->value(h, &f->t), modulus) == 1;
		f->at_us = k;
		lost += f->missing;
	}
	p->n = k;
	return find(p);
}

START_TEST(few_flows_are_no_lane)
{
	/* what lanes.h says, to one or two: lanes are not of one size */
	static const struct {
		unsigned modulus, least;
	} rows[] = { { 2, 43 }, { 4, LANES_MIN_PAIRS },
		{ 64, LANES_MIN_PAIRS } };
	struct population *p = new_population();
	struct lanes l;
	size_t i;
	unsigned n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (n = 1; n < rows[i].least; n++) {
			l = find_with(p, rows[i].modulus, n);
			ck_assert_msg(l.kind == LANES_NONE,
			    "1 of %u, %u pairs: 10^%.1f", rows[i].modulus, n,
			    l.chance_log10);
		}
		l = find_with(p, rows[i].modulus, rows[i].least + 4);
		ck_assert_msg(l.kind == LANES_HASH,
		    "1 of %u, %u pairs: 10^%.1f", rows[i].modulus,
		    rows[i].least + 4, l.chance_log10);
		ck_assert_uint_eq(l.n, rows[i].modulus);
	}
	free(p);
}
END_TEST

START_TEST(one_busy_host_pair_is_no_lane)
{
	struct population *p = new_population();
	struct lanes l;
	size_t i;

	populate(p, 3, 4000);
	for (i = 0; i < 4000; i++) {
		p->v[p->n] = p->v[17];
		p->v[p->n].t.port[0] = (uint16_t)(32768 + 2 * i);
		p->v[p->n].at_us = p->v[i].at_us;
		p->v[p->n++].missing = true;
	}
	l = find(p);
	ck_assert_int_eq(l.kind, LANES_NONE);
	free(p);
}
END_TEST

START_TEST(texts_say_how_many_lanes_of_what)
{
	static const struct {
		struct lanes l;
		const char *text;
	} rows[] = {
		{ { .kind = LANES_NONE }, "" },
		{ { .kind = LANES_HASH,
		      .hash = &hash_table[1],
		      .n = 4,
		      .lost = 1 },
		    "1 lane of 4 (symmetric RSS, 4-tuple)" },
		{ { .kind = LANES_HASH,
		      .hash = &hash_table[5],
		      .reduce = HASH_TABLE_128,
		      .n = 10,
		      .lost = 2 },
		    "2 lanes of 10 (Microsoft RSS, 4-tuple of TCP, table of "
		    "128)" },
		{ { .kind = LANES_HOST_PAIRS, .n = 3, .lost = 1 },
		    "about 1 lane of 3 (by host pair)" },
		{ { .kind = LANES_HOST_PAIRS, .share = 0.0123 },
		    "0.012 of the host pairs" },
	};
	char text[LANES_TEXT_MAX];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lanes_format(&rows[i].l, text, sizeof(text));
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("compare/lanes");
	TCase *tc = tcase_create("lanes");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, every_lane_of_every_hash_is_found_in_noise, 0,
	    (int)hash_table_len);
	tcase_add_loop_test(tc, a_lane_lost_for_a_part_of_the_time_is_found, 0,
	    (int)hash_table_len);
	tcase_add_loop_test(
	    tc, several_lost_lanes_are_counted, 0, (int)hash_table_len);
	tcase_add_test(tc, present_flows_may_be_a_sample_of_host_pairs);
	tcase_add_test(
	    tc, an_unknown_hash_of_host_pairs_is_told_without_a_name);
	tcase_add_loop_test(tc, what_a_facet_explains_is_no_lane, 0, NPLAIN);
	tcase_add_loop_test(tc, loss_at_random_is_no_lane, 0, 5);
	tcase_add_test(tc, a_healthy_sensor_has_no_lost_lane);
	tcase_add_test(tc, a_silent_sensor_has_no_lost_lane);
	tcase_add_test(tc, few_flows_are_no_lane);
	tcase_add_test(tc, one_busy_host_pair_is_no_lane);
	tcase_add_test(tc, texts_say_how_many_lanes_of_what);
	suite_add_tcase(s, tc);
	return s;
}
