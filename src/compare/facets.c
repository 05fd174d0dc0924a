/*
 * A value's id carries what is needed to print it, so that counts of several
 * buckets and sensors can be merged without their network maps.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "compare/facets.h"
#include "digest/digest.h"

/* Prefix lengths at which networks are counted, and how many of them a cause
 * may take: the longer they are, the more of them look alike by chance. */
#define FACET_LEVELS 3
static const struct facet_level {
	unsigned v4_bits, v6_bits, max_values;
} facet_levels[2][FACET_LEVELS] = { { { 16, 48, 16 }, { 24, 64, 32 },
					{ 32, 64, 8 } }, /* local */
	{ { 8, 16, EXPLAIN_MAX_VALUES }, { 16, 32, 64 }, { 24, 48, 16 } } };

static const char *const facet_names[FACET_NFACETS] = { "ip_version", "proto",
	"port", "local_net", "remote_net", "vlan", "state_class", "direction",
	"size_class" };

const char *
facet_name(enum facet f)
{
	return facet_names[f];
}

void
facets_clear(struct facets *f)
{
	free(f->values);
	memset(f, 0, sizeof(*f));
}

static uint32_t
facets_hash(struct facet_id id)
{
	uint64_t x = id.value ^ (uint64_t)id.facet << 52 ^
	    (uint64_t)id.ipv6 << 51 ^ (uint64_t)id.level << 48;

	return (uint32_t)(x * UINT64_C(0x9e3779b97f4a7c15) >> 40);
}

static bool
facets_same(struct facet_id a, struct facet_id b)
{
	return a.value == b.value && a.facet == b.facet && a.ipv6 == b.ipv6 &&
	    a.level == b.level;
}

/* The slot of an id, or the free one where it would go. */
static struct facet_value *
facets_slot(struct facet_value *v, uint32_t nslots, struct facet_id id)
{
	uint32_t at = facets_hash(id) & (nslots - 1);

	while (v[at].id.facet != 0 && !facets_same(v[at].id, id))
		at = (at + 1) & (nslots - 1);
	return &v[at];
}

static bool
facets_grow(struct facets *f)
{
	uint32_t want = f->nslots == 0 ? 512 : 2 * f->nslots, i;
	struct facet_value *v = calloc(want, sizeof(*v));

	if (v == NULL)
		return false;
	for (i = 0; i < f->nslots; i++)
		if (f->values[i].id.facet != 0)
			*facets_slot(v, want, f->values[i].id) = f->values[i];
	free(f->values);
	f->values = v;
	f->nslots = want;
	return true;
}

/* NULL: no memory, or too many values. */
static struct facet_value *
facets_get(struct facets *f, struct facet_id id)
{
	struct facet_value *v;

	if (4 * f->n >= 3 * f->nslots && !facets_grow(f)) {
		f->failed = true;
		return NULL;
	}
	v = facets_slot(f->values, f->nslots, id);
	if (v->id.facet != 0)
		return v;
	if (f->n == (f->max == 0 ? FACETS_MAX : f->max))
		return NULL;
	v->id = id;
	f->n++;
	return v;
}

static void
facets_count(struct facets *f, enum facet facet, struct facet_id id,
    uint64_t flows, uint64_t missing)
{
	struct facet_value *v;

	id.facet = (uint16_t)(facet + 1);
	v = facets_get(f, id);
	if (v == NULL)
		return;
	v->flows += (uint32_t)flows;
	v->missing += (uint32_t)missing;
}

static struct facet_id
facets_number(uint64_t value)
{
	return (struct facet_id){ value, 0, 0, 0 };
}

static const struct facet_level *
facets_level(enum facet facet, unsigned level)
{
	return &facet_levels[facet == FACET_REMOTE_NET][level];
}

static void
facets_count_net(struct facets *f, enum facet facet, const struct entry *e,
    const struct netmap *nets, unsigned side, uint64_t flows, uint64_t missing)
{
	bool ipv6 = (e->class_bits & ENTRY_IPV6) != 0;
	uint64_t whole = ipv6 ? netmap_prefix(nets, e->net[side])
			      : (uint64_t)e->net[side] << 32;
	unsigned i, bits, before = 0;

	for (i = 0; i < FACET_LEVELS; i++) {
		const struct facet_level *l = facets_level(facet, i);
		struct facet_id id = { 0, 0, ipv6, (uint8_t)i };

		bits = ipv6 ? l->v6_bits : l->v4_bits;
		id.value = whole >> (64 - bits) << (64 - bits);
		if (bits != before)
			facets_count(f, facet, id, flows, missing);
		before = bits;
	}
}

/* 0 or 1: the endpoint that is inside; 2: the log does not tell. */
static unsigned
facets_local_side(const struct entry *e)
{
	unsigned both = e->class_bits & (ENTRY_LOCAL_ORIG | ENTRY_LOCAL_RESP);

	return both == ENTRY_LOCAL_ORIG ? 0 : both == ENTRY_LOCAL_RESP ? 1 : 2;
}

static void
facets_add(struct facets *f, const struct entry *e, const struct netmap *nets,
    uint64_t flows, uint64_t missing)
{
	unsigned local = facets_local_side(e), side;
	static const uint8_t directions[] = { DIGEST_DIR_OUTBOUND,
		DIGEST_DIR_INBOUND, DIGEST_DIR_UNKNOWN };

	f->flows += flows;
	f->missing += missing;
	facets_count(f, FACET_IP_VERSION,
	    facets_number(e->class_bits & ENTRY_IPV6 ? 6 : 4), flows, missing);
	facets_count(
	    f, FACET_PROTO, facets_number(entry_proto(e)), flows, missing);
	facets_count(f, FACET_PORT, facets_number(e->port), flows, missing);
	facets_count(f, FACET_STATE_CLASS, facets_number(entry_state(e)), flows,
	    missing);
	facets_count(f, FACET_DIRECTION, facets_number(directions[local]),
	    flows, missing);
	if ((e->class_bits & ENTRY_COUNTS) != 0)
		facets_count(f, FACET_SIZE_CLASS,
		    facets_number(digest_size_class(
			(uint64_t)e->ip_bytes[0] + e->ip_bytes[1])),
		    flows, missing);
	if (e->vlan != 0)
		facets_count(
		    f, FACET_VLAN, facets_number(e->vlan), flows, missing);
	/* where the log does not tell, an endpoint is taken for both */
	for (side = 0; side < 2; side++) {
		if (local == 2 || side == local)
			facets_count_net(
			    f, FACET_LOCAL_NET, e, nets, side, flows, missing);
		if (local == 2 || side != local)
			facets_count_net(
			    f, FACET_REMOTE_NET, e, nets, side, flows, missing);
	}
}

void
facets_add_flow(struct facets *f, const struct entry *e,
    const struct netmap *nets, uint64_t weight)
{
	if (weight > f->weight)
		f->weight = weight;
	facets_add(f, e, nets, weight, 0);
}

void
facets_add_missing(struct facets *f, const struct entry *e,
    const struct netmap *nets, uint64_t weight)
{
	facets_add(f, e, nets, 0, weight);
}

void
facets_merge(struct facets *into, const struct facets *from)
{
	uint32_t i;

	into->failed = into->failed || from->failed;
	into->flows += from->flows;
	into->missing += from->missing;
	if (from->weight > into->weight)
		into->weight = from->weight;
	for (i = 0; i < from->nslots; i++) {
		const struct facet_value *v = &from->values[i];
		struct facet_value *to;

		if (v->id.facet == 0)
			continue;
		to = facets_get(into, v->id);
		if (to == NULL)
			continue;
		to->flows += v->flows;
		to->missing += v->missing;
	}
}

static int
facets_compare(const void *a, const void *b)
{
	const struct facet_value *x = *(const struct facet_value *const *)a;
	const struct facet_value *y = *(const struct facet_value *const *)b;

	if (x->id.facet != y->id.facet)
		return x->id.facet < y->id.facet ? -1 : 1;
	if (x->id.level != y->id.level)
		return x->id.level < y->id.level ? -1 : 1;
	if (x->missing != y->missing)
		return x->missing > y->missing ? -1 : 1;
	if (x->id.ipv6 != y->id.ipv6)
		return x->id.ipv6 < y->id.ipv6 ? -1 : 1;
	return (x->id.value > y->id.value) - (x->id.value < y->id.value);
}

/* All of a value's flows are gone, and that is no accident: were flows missing
 * at random at the overall rate p, so many of one value all missing would have
 * the chance p^missing. */
static bool
facets_is_cause(const struct facets *f, const struct facet_value *v)
{
	double rate = (double)f->missing / (double)(f->flows ? f->flows : 1);
	double flows = (double)v->flows;

	/* a sample may show too many: two deviations of it are allowed for */
	if (f->weight > 1)
		flows -= fmin(2 * sqrt(flows * (double)f->weight), 0.5 * flows);
	if (v->missing < 2 || (double)v->missing < 0.8 * flows)
		return false;
	return (double)v->missing * -log(rate > 0.98 ? 0.98 : rate) > 9;
}

/* What one facet covers, from its values in order of missing. */
static void
facets_try(const struct facets *f, const struct facet_value **v, size_t n,
    struct explanation *out)
{
	uint64_t flows = 0, missing = 0;
	unsigned max = EXPLAIN_MAX_VALUES;
	size_t i;

	out->facet = (enum facet)(v[0]->id.facet - 1);
	out->nvalues = 0;
	if (out->facet == FACET_LOCAL_NET || out->facet == FACET_REMOTE_NET)
		max = facets_level(out->facet, v[0]->id.level)->max_values;
	for (i = 0; i < n && out->nvalues < max; i++) {
		if (!facets_is_cause(f, v[i]))
			continue;
		out->ids[out->nvalues++] = v[i]->id;
		missing += v[i]->missing;
		flows +=
		    v[i]->flows > v[i]->missing ? v[i]->flows : v[i]->missing;
	}
	/* what all flows have in common is no cause */
	if ((double)flows >= 0.98 * (double)f->flows)
		out->nvalues = 0;
	out->precision = flows == 0 ? 0 : (double)missing / (double)flows;
	out->recall = (double)missing / (double)f->missing;
	if (out->recall > 1) /* an endpoint was taken for both */
		out->recall = 1;
}

static double
facets_score(const struct explanation *x)
{
	if (x->nvalues == 0)
		return -1;
	return x->precision * x->recall - 0.01 * log2((double)x->nvalues);
}

bool
facets_explain(const struct facets *f, struct explanation *out)
{
	const struct facet_value **v;
	struct explanation x;
	size_t i, from, n = 0;

	memset(out, 0, sizeof(*out));
	if (f->failed)
		return false;
	if (f->missing == 0 || f->n == 0)
		return true;
	v = malloc(f->n * sizeof(*v));
	if (v == NULL)
		return false;
	for (i = 0; i < f->nslots; i++)
		if (f->values[i].id.facet != 0)
			v[n++] = &f->values[i];
	qsort(v, n, sizeof(*v), facets_compare);
	for (from = 0; from < n; from = i) {
		const struct facet_id *id = &v[from]->id;

		for (i = from; i < n && v[i]->id.facet == id->facet &&
		     v[i]->id.level == id->level;)
			i++;
		facets_try(f, v + from, i - from, &x);
		if (facets_score(&x) > facets_score(out))
			*out = x;
	}
	free(v);
	return true;
}

void
facets_measure(const struct facets *f, const struct explanation *x,
    uint64_t *flows, uint64_t *missing)
{
	unsigned i;

	*flows = *missing = 0;
	for (i = 0; i < x->nvalues && f->nslots > 0; i++) {
		const struct facet_value *v =
		    facets_slot(f->values, f->nslots, x->ids[i]);

		*missing += v->missing;
		*flows += v->flows > v->missing ? v->flows : v->missing;
	}
}

static void
facets_format_net(struct facet_id id, enum facet facet, char *out, size_t n)
{
	const struct facet_level *l = facets_level(facet, id.level);
	uint64_t v = id.value;
	struct flow_addr a = { { 0 } };
	char text[FLOW_ADDR_MAX];
	unsigned i;

	if (id.ipv6 == 0) {
		(void)snprintf(out, n, "%u.%u.%u.%u/%u", (unsigned)(v >> 56),
		    (unsigned)(v >> 48 & 255), (unsigned)(v >> 40 & 255),
		    (unsigned)(v >> 32 & 255), l->v4_bits);
		return;
	}
	for (i = 0; i < 8; i++)
		a.b[i] = (uint8_t)(v >> (56 - 8 * i));
	flow_addr_format(&a, text);
	(void)snprintf(out, n, "%s/%u", text, l->v6_bits);
}

static void
facets_format_one(struct facet_id id, enum facet facet, char *out, size_t n)
{
	uint64_t v = id.value;
	const char *word = NULL;

	switch (facet) {
	case FACET_LOCAL_NET:
	case FACET_REMOTE_NET:
		facets_format_net(id, facet, out, n);
		return;
	case FACET_PROTO:
		word = entry_proto_name((enum entry_proto)v);
		break;
	case FACET_STATE_CLASS:
		word = digest_facet_value(DIGEST_STATE_CLASS, (unsigned)v);
		break;
	case FACET_SIZE_CLASS:
		word = digest_facet_value(DIGEST_SIZE_CLASS, (unsigned)v);
		break;
	case FACET_DIRECTION:
		word = digest_facet_value(DIGEST_DIRECTION, (unsigned)v);
		break;
	default:
		break;
	}
	if (word != NULL)
		(void)snprintf(out, n, "%s", word);
	else
		(void)snprintf(out, n, "%llu", (unsigned long long)v);
}

void
facets_format(const struct explanation *x, char *out, size_t n)
{
	char one[64];
	size_t at = 0, len;
	unsigned i;

	out[0] = '\0';
	for (i = 0; i < x->nvalues; i++) {
		facets_format_one(x->ids[i], x->facet, one, sizeof(one));
		len = strlen(one);
		if (at + len + 16 > n || (i == 6 && x->nvalues > 8)) {
			(void)snprintf(
			    out + at, n - at, ", %u more", x->nvalues - i);
			return;
		}
		at += (size_t)snprintf(
		    out + at, n - at, "%s%s", i == 0 ? "" : ", ", one);
	}
}
