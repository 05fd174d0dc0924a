/*
 * Cells are filled bucket by bucket, settled once at the end. A difference is
 * counted only where both logs could have had the flow: not before one began,
 * nor after one ended.
 */
#include <stdlib.h>
#include <string.h>
#include "compare/compare_state.h"
#include "compare/reconcile.h"
#include "compare/sketchdiff.h"
#include "compare/thin.h"

#define COMPARE_MAX_LEFTOVERS (1u << 21)
/* Of the peer's flows so many are counted for each that is missing. */
#define COMPARE_FACET_RATIO 128
#define COMPARE_FACET_LEAST 2048
#define COMPARE_FACET_MOST 32768
#define COMPARE_SHRINK_BUCKETS 16
/* Tuples are kept of so many buckets, where of so many flows one is missing:
 * a lane is a larger share. */
#define COMPARE_TUPLES_MAX 64
#define COMPARE_TUPLES_SHARE 100

/* Twice as many, or half of the room that there is. */
static size_t
compare_shrink_at(const struct compare *c)
{
	size_t twice = 2 * c->left.n + 4096;
	size_t half = c->left.n + (c->left.max - c->left.n) / 2;

	return twice < half ? twice : half;
}

struct compare *
compare_new(const struct compare_options *opt)
{
	struct compare *c = calloc(1, sizeof(*c));
	size_t i, j;

	if (c == NULL)
		return NULL;
	c->opt = *opt;
	c->left.max = opt->max_leftovers != 0 ? opt->max_leftovers
					      : COMPARE_MAX_LEFTOVERS;
	c->shrink_at = compare_shrink_at(c);
	for (i = 0; i < opt->nsensors; i++) {
		for (j = i + 1; j < opt->nsensors; j++) {
			if (opt->group[i] != opt->group[j])
				continue;
			c->a[c->npairs] = (uint8_t)i;
			c->b[c->npairs++] = (uint8_t)j;
		}
	}
	return c;
}

static void
compare_free_bucket(struct compare *c, struct compare_bucket *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < RESULT_MAX_SENSORS; i++) {
		free(b->workers[i]);
		free(b->nets[i]);
		tuples_clear(&b->tuples[i]);
	}
	for (i = 0; i < c->npairs; i++) {
		facets_clear(&b->cells[i].facets[0]);
		facets_clear(&b->cells[i].facets[1]);
		free(b->cells[i].stepped);
	}
	free(b);
}

void
compare_free(struct compare *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->nbuckets; i++)
		compare_free_bucket(c, c->buckets[i]);
	free(c->buckets);
	free(c->differences);
	leftovers_clear(&c->left);
	free(c);
}

static struct compare_bucket *
compare_new_bucket(struct compare *c, int64_t start_us)
{
	struct compare_bucket *b;

	if (c->nbuckets == c->cap) {
		size_t cap = c->cap == 0 ? 64 : 2 * c->cap;
		void *p = realloc(c->buckets, cap * sizeof(*c->buckets));

		if (p == NULL)
			return NULL;
		c->buckets = p;
		c->cap = cap;
	}
	b = calloc(1, sizeof(*b) + c->npairs * sizeof(b->cells[0]));
	if (b == NULL)
		return NULL;
	b->start_us = start_us;
	b->weight = 1;
	c->buckets[c->nbuckets++] = b;
	return b;
}

static bool
compare_keep_workers(struct compare_bucket *b, size_t i, const struct bin *bin)
{
	unsigned n = 255;

	while (n > 0 && bin->workers[n - 1] == 0)
		n--;
	b->nworkers[i] = n;
	if (n == 0)
		return true;
	b->workers[i] = malloc(n * sizeof(*b->workers[i]));
	if (b->workers[i] == NULL)
		return false;
	memcpy(b->workers[i], bin->workers, n * sizeof(*b->workers[i]));
	return true;
}

static void
compare_set_offset(struct compare_cell *cell, struct pairing_offsets *o)
{
	cell->noffsets = o->n;
	if (o->n > 0)
		pairing_offset(o, &cell->offset_us, &cell->spread_us);
}

/* Would the inside sensor have seen this flow of the outside? Attempts that
 * nobody answered may have been stopped at the border. */
static bool
compare_is_eligible(
    const struct compare *c, const struct entry *e, size_t pair, unsigned side)
{
	if (!compare_is_superset(c, pair, side))
		return true;
	return entry_state(e) != FLOW_CLASS_ATTEMPT &&
	    (e->pkts[0] > 0 && e->pkts[1] > 0);
}

static uint64_t
compare_count_eligible(
    const struct compare *c, const struct bin *bin, size_t pair, unsigned side)
{
	const struct entry_block *b;
	uint64_t n = 0;
	size_t i;

	if (bin->thin != NULL)
		return bin->thin->scope;
	if (!compare_is_superset(c, pair, side))
		return bin->entries.n;
	for (b = bin->entries.first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			n += compare_is_eligible(c, &b->e[i], pair, side);
	return n;
}

static uint64_t
compare_facet_sample(uint64_t left)
{
	uint64_t n = COMPARE_FACET_RATIO * left;

	if (n < COMPARE_FACET_LEAST)
		return COMPARE_FACET_LEAST;
	return n > COMPARE_FACET_MOST ? COMPARE_FACET_MOST : n;
}

static bool
compare_has_key(const struct pairing_input *in, unsigned side, uint64_t key)
{
	size_t lo = 0, hi = in->n[side];

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (in->v[side][mid]->key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < in->n[side] && in->v[side][lo]->key == key;
}

/* The entries that a sample of weight has, but those of n sorted others. */
static void
compare_count_sampled(const struct compare *c, struct facets *f,
    const struct entries *es, const struct pairing_input *others, unsigned side,
    const struct netmap *nets, uint64_t each, uint64_t weight)
{
	const struct entry_block *b;
	size_t i;

	for (b = es->first; b != NULL; b = b->next)
		for (i = 0; i < b->n; i++)
			if ((b->e[i].key / each & (weight - 1)) == 0 &&
			    compare_is_eligible(
				c, &b->e[i], others->pair, side) &&
			    !compare_has_key(others, side, b->e[i].key))
				facets_add_flow(
				    f, &b->e[i], nets, each * weight);
}

/* What the peer saw, by attribute: all of a small bucket, a sample by key of a
 * large one. Of a thin one all that differs is here, and is counted whole: so
 * what is gone altogether is known exactly, however few the sample has. */
static void
compare_count_facets(const struct compare *c, struct facets *f,
    const struct bin *bin, const struct pairing_input *in, unsigned side,
    const struct netmap *nets, uint64_t left)
{
	const struct bin_thin *thin = bin->thin;
	const struct entries *es =
	    thin == NULL ? &bin->entries : &thin->sampled;
	struct pairing_input none = { .pair = in->pair };
	bool named = thin != NULL && thin->weight == 1;
	uint64_t each = thin == NULL ? 1 : thin->sampled_weight, weight = 1;

	f->max = (uint32_t)(2 * compare_facet_sample(left));
	while (es->n / weight > compare_facet_sample(left))
		weight *= 2;
	if (named)
		compare_count_sampled(
		    c, f, &bin->entries, &none, side, nets, 1, 1);
	compare_count_sampled(
	    c, f, es, named ? in : &none, side, nets, each, weight);
}

bool
compare_is_noticeable(uint64_t left, uint64_t flows)
{
	return left >= 4 && left * 1000 >= flows;
}

static bool
compare_may_be_lanes(uint64_t left, uint64_t flows)
{
	return left * COMPARE_TUPLES_SHARE >= flows;
}

struct compare_sorted {
	const struct entry **v[RESULT_MAX_SENSORS]; /* owned */
};

/* A third sensor may have taken them already. */
static void
compare_take_tuples(
    struct compare *c, struct compare_bucket *b, unsigned i, struct bin *bin)
{
	if (bin->tuples.n == 0 || c->ntuples[i] == COMPARE_TUPLES_MAX)
		return;
	c->ntuples[i]++;
	b->tuples[i] = bin->tuples;
	tuples_init(&bin->tuples, 0);
	tuples_sort(&b->tuples[i]);
}

/* Of flows that all the others have alike the records did not come; the peer
 * has none of them. */
static void
compare_add_alone(
    struct compare_cell *cell, const struct bin *bin, unsigned side)
{
	if (bin == NULL || bin->thin == NULL)
		return;
	cell->lone[side] += bin->thin->equal;
	cell->only[side] += bin->thin->equal;
	cell->missing[1 - side] += bin->thin->equal;
}

static bool
compare_pair(struct compare *c, struct compare_bucket *b, size_t pair,
    struct bin *const bins[], const struct netmap *const nets[],
    const struct compare_sorted *sorted, struct diag *d)
{
	struct compare_cell *cell = &b->cells[pair];
	const uint8_t who[2] = { c->a[pair], c->b[pair] };
	struct pairing_input in = { .bucket_us = b->start_us,
		.width_us = c->opt.width_us,
		.pair = (unsigned)pair };
	struct pairing_offsets offsets;
	unsigned side;

	for (side = 0; side < 2; side++) {
		const struct bin *bin = bins[who[side]];

		in.v[side] = sorted->v[who[side]];
		in.n[side] = bin == NULL ? 0 : bin->entries.n;
		if (bin != NULL)
			cell->eligible[side] =
			    compare_count_eligible(c, bin, pair, side);
	}
	if (c->opt.via_sketch && in.n[0] > 0 && in.n[1] > 0 &&
	    !sketchdiff_check(bins[who[0]], bins[who[1]], &c->cost, d))
		return false;
	pairing_run(&in, &cell->p, &offsets, &c->left);
	for (side = 0; side < 2; side++) {
		cell->lone[side] = b->weight * (in.n[side] - cell->p.paired);
		if (bins[who[1 - side]] == NULL)
			compare_add_alone(cell, bins[who[side]], side);
	}
	if (bins[who[0]] != NULL && bins[who[1]] != NULL &&
	    bins[who[0]]->thin != NULL) {
		thin_add_equal(&cell->p, bins[who[0]], bins[who[1]]);
		thin_offsets(bins[who[0]], bins[who[1]], &offsets);
	}
	compare_set_offset(cell, &offsets);
	for (side = 0; side < 2; side++) {
		uint64_t left = cell->lone[side];

		if (!compare_is_noticeable(left, cell->eligible[side]))
			continue;
		compare_count_facets(c, &cell->facets[1 - side],
		    bins[who[side]], &in, side, nets[who[side]], left);
		c->failed = c->failed || cell->facets[1 - side].failed;
		if (compare_may_be_lanes(left, cell->eligible[side]))
			compare_take_tuples(c, b, who[side], bins[who[side]]);
	}
	return true;
}

/* The bucket of that start; there is one for every leftover. */
static struct compare_bucket *
compare_find(const struct compare *c, int64_t start_us)
{
	size_t lo = 0, hi = c->nbuckets;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->buckets[mid]->start_us < start_us)
			lo = mid + 1;
		else
			hi = mid;
	}
	INVARIANT(lo < c->nbuckets && c->buckets[lo]->start_us == start_us);
	return c->buckets[lo];
}

/* How many flows a record stands for. */
static uint64_t
compare_weight_of(const struct compare *c, const struct leftover *x)
{
	return compare_find(c, x->bucket_us)->weight;
}

static struct compare_cell *
compare_cell_of(const struct compare *c, const struct leftover *x)
{
	return &compare_find(c, x->bucket_us)->cells[x->pair];
}

/* Out of memory, a difference is counted and not kept. */
static void
compare_keep(struct compare *c, enum difference_kind kind,
    const struct leftover *x, const struct leftover *y)
{
	struct difference *d;

	if (!c->opt.keep_differences)
		return;
	if (c->ndifferences == c->cap_differences) {
		size_t cap =
		    c->cap_differences == 0 ? 1024 : 2 * c->cap_differences;
		void *p = realloc(c->differences, cap * sizeof(*d));

		if (p == NULL) {
			c->unkept++;
			return;
		}
		c->differences = p;
		c->cap_differences = cap;
	}
	d = &c->differences[c->ndifferences++];
	memset(d, 0, sizeof(*d));
	d->key = x->e.key;
	INVARIANT(x->kind != LEFTOVER_LATE || y != NULL);
	/* the bucket of a late record may not be there */
	d->weight = compare_weight_of(c, x->kind == LEFTOVER_LATE ? y : x);
	d->kind = (uint8_t)kind;
	d->pair = x->pair;
	d->has[x->side] = true;
	d->start_us[x->side] = entry_start_us(&x->e, x->bucket_us);
	if (y == NULL)
		return;
	d->has[y->side] = true;
	d->whole[y->side] = kind == DIFFERENCE_SPLIT;
	d->start_us[y->side] = entry_start_us(&y->e, y->bucket_us);
}

/* Where hardly a flow pairs within its bucket a clock may have stepped. */
static void
compare_note_step(struct compare *c, struct compare_cell *cell, int64_t us)
{
	if (cell->eligible[0] < 4 * cell->p.paired)
		return;
	if (cell->stepped == NULL)
		cell->stepped = calloc(1, sizeof(*cell->stepped));
	if (cell->stepped == NULL)
		c->failed = true;
	else if (cell->stepped->n < PAIRING_OFFSETS)
		cell->stepped->us[cell->stepped->n++] = us;
}

/* The few that did pair there are chance meetings of like tuples, which say
 * nothing of packets or of the clock. */
static void
compare_use_step(struct compare_cell *cell)
{
	struct pairing *p = &cell->p;

	if (cell->stepped == NULL || cell->shifted <= 2 * p->paired)
		return;
	compare_set_offset(cell, cell->stepped);
	cell->step = true;
	p->fresh = 0;
	memset(p->side, 0, sizeof(p->side));
}

static void
compare_on_shifted(
    void *arg, const struct leftover *a, const struct leftover *b)
{
	/* the bucket of a late record may not be there */
	struct compare_cell *cell =
	    compare_cell_of(arg, a->kind == LEFTOVER_LONE ? a : b);
	uint64_t before = cell->p.damaged;
	uint64_t weight =
	    compare_weight_of(arg, a->kind == LEFTOVER_LONE ? a : b);

	if (a->kind == LEFTOVER_LONE)
		compare_cell_of(arg, a)->lone[0] -= compare_weight_of(arg, a);
	if (b->kind == LEFTOVER_LONE)
		compare_cell_of(arg, b)->lone[1] -= compare_weight_of(arg, b);
	compare_note_step(arg, cell,
	    entry_start_us(&b->e, b->bucket_us) -
		entry_start_us(&a->e, a->bucket_us));
	cell->shifted += weight;
	pairing_damage(&a->e, &b->e, PAIRING_OLD, &cell->p);
	if (cell->p.damaged != before)
		compare_keep(arg, DIFFERENCE_DAMAGED, a, b);
}

static void
compare_on_damaged(
    void *arg, const struct leftover *a, const struct leftover *b)
{
	compare_keep(arg, DIFFERENCE_DAMAGED, a, b);
}

/* Begun in its bucket or the one before. */
static bool
compare_is_fresh(const struct compare *c, const struct leftover *x)
{
	return entry_start_us(&x->e, x->bucket_us) >=
	    x->bucket_us - c->opt.width_us;
}

static void
compare_on_split(
    void *arg, const struct leftover *x, const struct leftover *whole)
{
	struct compare *c = arg;
	struct compare_cell *cell = compare_cell_of(c, x);
	uint64_t weight = compare_weight_of(c, x);

	cell->split[x->side] += weight;
	if (compare_is_fresh(c, x)) {
		cell->split_fresh[x->side] += weight;
		cell->split_packets[x->side] +=
		    weight * ((uint64_t)x->e.pkts[0] + x->e.pkts[1]);
	}
	compare_keep(c, DIFFERENCE_SPLIT, x, whole);
}

/* When the record was logged, as well as is known, against the stretch for
 * which the peer's log has records. */
static bool
compare_peer_could(const struct compare *c, const struct leftover *x)
{
	unsigned peer = x->side == 0 ? c->b[x->pair] : c->a[x->pair];
	const struct compare_sensor *s = &c->sensors[peer];
	int64_t logged = entry_end_us(&x->e, x->bucket_us) +
	    (int64_t)x->e.delay * ENTRY_DELAY_UNIT_US;

	if (s->begin_us != INT64_MIN && logged < s->begin_us + COMPARE_EDGE_US)
		return false;
	/* beyond the end of a log whole buckets are missing, and said so; the
	 * end of an empty log is INT64_MIN */
	return !s->ended || x->bucket_us >= s->mark_us ||
	    logged < s->mark_us - COMPARE_EDGE_US;
}

/* Records of one tuple that end in the same microsecond pass for one. */
static void
compare_mark_tuple(const struct compare *c, const struct leftover *x,
    unsigned owner, unsigned lacks)
{
	struct tuple_flow *t =
	    tuples_find(&compare_find(c, x->bucket_us)->tuples[owner], x->e.key,
		x->e.end_off_us);

	if (t != NULL)
		t->missing |= (uint8_t)(1u << lacks);
}

static void
compare_on_only(void *arg, const struct leftover *x)
{
	struct compare *c = arg;
	struct compare_cell *cell = compare_cell_of(c, x);
	uint64_t weight = compare_weight_of(c, x);
	unsigned lacks = 1 - x->side;
	unsigned owner = x->side == 0 ? c->a[x->pair] : c->b[x->pair];

	if (!compare_peer_could(c, x))
		return;
	cell->only[x->side] += weight;
	if (compare_is_fresh(c, x))
		cell->only_fresh[x->side] += weight;
	compare_keep(c, DIFFERENCE_ONLY, x, NULL);
	if (!compare_is_eligible(c, &x->e, x->pair, x->side))
		return;
	cell->missing[lacks] += weight;
	compare_mark_tuple(
	    c, x, owner, lacks == 0 ? c->a[x->pair] : c->b[x->pair]);
	if (cell->facets[lacks].n > 0)
		facets_add_missing(&cell->facets[lacks], &x->e,
		    c->sensors[owner].nets, weight);
}

static struct reconcile
compare_reconcile(struct compare *c)
{
	return (struct reconcile){ &c->left, c->opt.width_us,
		compare_on_shifted, compare_on_damaged, compare_on_split,
		compare_on_only, c };
}

static void
compare_forget_bucket(struct compare *c, struct compare_bucket *b)
{
	bool lanes[RESULT_MAX_SENSORS] = { false };
	size_t p, i;
	unsigned side;

	for (p = 0; p < c->npairs; p++) {
		struct compare_cell *cell = &b->cells[p];

		for (side = 0; side < 2; side++) {
			uint64_t lone = cell->lone[side];
			uint64_t flows = cell->eligible[side];

			if (!compare_is_noticeable(lone, flows))
				facets_clear(&cell->facets[1 - side]);
			else if (compare_may_be_lanes(lone, flows))
				lanes[side == 0 ? c->a[p] : c->b[p]] = true;
		}
	}
	for (i = 0; i < c->opt.nsensors; i++) {
		if (lanes[i] || b->tuples[i].n == 0)
			continue;
		tuples_clear(&b->tuples[i]);
		c->ntuples[i]--;
	}
}

/* Where all but a few records found their partners there is nothing to
 * explain. The last buckets still wait for theirs. */
static void
compare_forget(struct compare *c)
{
	for (; c->forgotten + 2 < c->nbuckets; c->forgotten++)
		compare_forget_bucket(c, c->buckets[c->forgotten]);
}

/* Flows that end in other buckets at the peer are most of a healthy pair's
 * leftovers: they need not wait for the end. */
static void
compare_make_room(struct compare *c)
{
	struct reconcile r = compare_reconcile(c);

	if (c->left.n < c->shrink_at &&
	    c->nbuckets - c->forgotten < COMPARE_SHRINK_BUCKETS)
		return;
	reconcile_shrink(&r);
	c->shrink_at = compare_shrink_at(c);
	compare_forget(c);
}

bool
compare_add(struct compare *c, int64_t start_us, struct bin *const bins[],
    const struct netmap *const nets[], struct diag *d)
{
	struct compare_bucket *b = compare_new_bucket(c, start_us);
	struct compare_sorted sorted = { { NULL } };
	bool ok = b != NULL;
	size_t i;

	for (i = 0; ok && i < c->opt.nsensors; i++) {
		if (bins[i] == NULL)
			continue;
		b->flows[i] = bins[i]->flows;
		b->bad[i] = bins[i]->bad;
		if (bins[i]->thin != NULL)
			b->weight = bins[i]->thin->weight;
		b->local_known[i] = bins[i]->local_known;
		b->local_ends[i] = bins[i]->local_ends;
		sorted.v[i] = entries_sort(&bins[i]->entries);
		ok = (sorted.v[i] != NULL || bins[i]->entries.n == 0) &&
		    compare_keep_workers(b, i, bins[i]);
		b->nets[i] = bins[i]->nets;
		bins[i]->nets = NULL;
	}
	for (i = 0; ok && i < c->npairs; i++)
		ok = compare_pair(c, b, i, bins, nets, &sorted, d);
	for (i = 0; i < c->opt.nsensors; i++)
		free(sorted.v[i]);
	compare_make_room(c);
	ok = ok && !c->left.failed && !c->failed;
	if (!ok)
		diag_set(d, "out of memory");
	return ok;
}

/* What was logged too late to be compared can still show that a flow was not
 * missed. When there is no room, the others stand as missing. */
static void
compare_add_late(struct compare *c)
{
	size_t p, i;
	unsigned side;

	for (p = 0; p < c->npairs; p++) {
		for (side = 0; side < 2; side++) {
			const struct compare_sensor *s =
			    &c->sensors[side == 0 ? c->a[p] : c->b[p]];

			for (i = 0; i < s->nlate; i++)
				(void)leftovers_add(&c->left, &s->late[i].e,
				    s->late[i].bucket_us, (unsigned)p, side,
				    LEFTOVER_LATE);
		}
	}
}

/* What was not kept counts as missing, but where only the record itself could
 * have told whether the peer should have had it. */
static void
compare_add_overflow(
    struct compare *c, struct compare_bucket *b, size_t pair, unsigned side)
{
	struct compare_cell *cell = &b->cells[pair];

	cell->only[side] += cell->p.overflow[side];
	c->unkept += cell->p.overflow[side];
	if (!compare_is_superset(c, pair, side))
		cell->missing[1 - side] += cell->p.overflow[side];
}

static void
compare_settle(struct compare *c)
{
	struct reconcile r = compare_reconcile(c);
	size_t i, p;

	compare_add_late(c);
	reconcile_run(&r);
	for (i = 0; i < c->nbuckets; i++) {
		for (p = 0; p < c->npairs; p++) {
			compare_add_overflow(c, c->buckets[i], p, 0);
			compare_add_overflow(c, c->buckets[i], p, 1);
			compare_use_step(&c->buckets[i]->cells[p]);
		}
	}
}

/* Buckets that lie outside of what any log covers hold strays (wrong times,
 * flows logged long after their end) and are not compared. */
static void
compare_trim(struct compare *c)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t i, n = 0;

	for (i = 0; i < c->opt.nsensors; i++) {
		if (c->sensors[i].begin_us == INT64_MIN)
			continue;
		if (c->sensors[i].begin_us < first)
			first = c->sensors[i].begin_us;
		if (c->sensors[i].mark_us > last)
			last = c->sensors[i].mark_us;
	}
	for (i = 0; i < c->nbuckets; i++) {
		struct compare_bucket *b = c->buckets[i];

		if (b->start_us + c->opt.width_us <= first ||
		    b->start_us > last)
			compare_free_bucket(c, b);
		else
			c->buckets[n++] = b;
	}
	c->nbuckets = n;
}

bool
compare_finish(struct compare *c, const struct compare_sensor sensors[],
    struct result *r, struct diag *d)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t i;

	c->sensors = sensors;
	compare_settle(c);
	compare_trim(c);
	for (i = 0; i < c->opt.nsensors; i++) {
		if (sensors[i].begin_us == INT64_MIN)
			continue;
		first =
		    sensors[i].begin_us < first ? sensors[i].begin_us : first;
		last = sensors[i].mark_us > last ? sensors[i].mark_us : last;
	}
	r->buckets = calloc(c->nbuckets + 1, sizeof(*r->buckets));
	if (r->buckets == NULL || c->left.failed || c->failed) {
		diag_set(d, "out of memory");
		return false;
	}
	r->nbuckets = c->nbuckets;
	r->nsensors = c->opt.nsensors;
	r->width_us = c->opt.width_us;
	compare_fill(c, r, first, last);
	if (c->nbuckets > 0) {
		r->from_us = c->buckets[0]->start_us;
		r->to_us =
		    c->buckets[c->nbuckets - 1]->start_us + c->opt.width_us;
	}
	c->sensors = NULL;
	return true;
}

size_t
compare_nbuckets(const struct compare *c)
{
	return c->nbuckets;
}

const struct compare_bucket *
compare_get(const struct compare *c, size_t i)
{
	return c->buckets[i];
}

struct compare_sketch_cost
compare_sketch_cost(const struct compare *c)
{
	return c->cost;
}

const struct difference *
compare_differences(const struct compare *c, size_t *n, uint64_t *missing)
{
	*n = c->ndifferences;
	*missing = c->unkept;
	return c->differences;
}
