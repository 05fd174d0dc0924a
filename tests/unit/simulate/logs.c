/*
 * Reads TSV by position: the order of the columns is the simulator's own.
 * check notes every assertion in a file: none in the loops unless it fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include "logs.h"
#include "../unit.h"

#define LOGS_COLUMNS 22

struct simulate_options
logs_options(void)
{
	struct simulate_options o = plan_defaults;

	o.rate = 40;
	o.duration_s = 260;
	o.seed = 7;
	return o;
}

static bool
logs_write(void *ctx, unsigned sensor, const char *p, size_t n)
{
	struct logs *l = ctx;

	buf_add(&l->text[sensor], p, n);
	return true;
}

static int64_t
logs_us(struct span s)
{
	int64_t us = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] != '.')
			us = us * 10 + (s.p[i] - '0');
	return us;
}

static uint64_t
logs_u64(struct span s)
{
	uint64_t x = 0;

	if (!span_parse_u64(s, UINT64_MAX, &x))
		ck_abort_msg("not a number: %.*s", (int)s.n, s.p);
	return x;
}

static void
logs_copy(char *out, size_t size, struct span s)
{
	(void)snprintf(out, size, "%.*s", (int)s.n, s.p);
}

static void
logs_parse(struct logs_row *r, const struct span *f)
{
	bool swap = f[2].n > f[4].n ||
	    (f[2].n == f[4].n && memcmp(f[2].p, f[4].p, f[2].n) > 0);
	const struct span *a = swap ? f + 4 : f + 2, *b = swap ? f + 2 : f + 4;

	r->start_us = logs_us(f[0]);
	(void)snprintf(r->tuple, sizeof(r->tuple), "%.*s %.*s %.*s %.*s %.*s",
	    (int)a[0].n, a[0].p, (int)a[1].n, a[1].p, (int)b[0].n, b[0].p,
	    (int)b[1].n, b[1].p, (int)f[6].n, f[6].p);
	r->proto = f[6].p[0];
	logs_copy(r->service, sizeof(r->service), f[7]);
	r->duration_us = f[8].p[0] == '-' ? 0 : logs_us(f[8]);
	logs_copy(r->state, sizeof(r->state), f[11]);
	r->orig_local = f[12].p[0] == 'T';
	r->resp_local = f[13].p[0] == 'T';
	logs_copy(r->history, sizeof(r->history), f[15]);
	r->orig_pkts = logs_u64(f[16]);
	r->resp_pkts = logs_u64(f[18]);
	r->ip_bytes = logs_u64(f[17]) + logs_u64(f[19]);
	r->worker = (unsigned)(f[21].p[7] - '0');
	r->v6 = memchr(f[2].p, ':', f[2].n) != NULL;
}

static int
logs_order(const void *x, const void *y)
{
	const struct logs_row *a = x, *b = y;
	int c = strcmp(a->tuple, b->tuple);

	if (c != 0)
		return c;
	return a->start_us < b->start_us ? -1 : a->start_us > b->start_us;
}

static void
logs_read(struct logs *l, unsigned sensor)
{
	struct span rest = buf_span(&l->text[sensor]);
	size_t cap = l->outcome.records[sensor] + 1;

	l->row[sensor] = calloc(cap, sizeof(*l->row[sensor]));
	ck_assert_ptr_nonnull(l->row[sensor]);
	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);
		struct span f[LOGS_COLUMNS];
		size_t i = 0;
		const char *p, *from = rest.p;

		if (end == NULL)
			ck_abort_msg("the last line is cut");
		for (p = from; rest.p[0] != '#' && p <= end; p++)
			if (i < LOGS_COLUMNS && (*p == '\t' || p == end)) {
				f[i++] =
				    (struct span){ from, (size_t)(p - from) };
				from = p + 1;
			}
		if (i > 0) {
			if (i != LOGS_COLUMNS || from != end + 1 ||
			    l->n[sensor] == cap)
				ck_abort_msg("line %zu", l->n[sensor]);
			l->row[sensor][l->n[sensor]].place = l->n[sensor];
			logs_parse(&l->row[sensor][l->n[sensor]++], f);
		}
		rest.n -= (size_t)(end + 1 - rest.p);
		rest.p = end + 1;
	}
	qsort(
	    l->row[sensor], l->n[sensor], sizeof(*l->row[sensor]), logs_order);
}

void
logs_make(struct logs *l, struct simulate_options o, const char *fault)
{
	struct diag d = DIAG_INIT;
	unsigned i;

	*l = (struct logs){ 0 };
	if (fault != NULL) {
		o.specs.item = &fault;
		o.specs.n = 1;
	}
	ck_assert_msg(plan_make(&o, &l->plan, &d), "%s", d.text);
	ck_assert(simulate_run(&l->plan, logs_write, l, &l->outcome, &d));
	truth_format(&l->plan, &l->outcome, &l->truth);
	ck_assert(buf_ok(&l->truth));
	for (i = 0; i < o.sensors; i++) {
		ck_assert(buf_ok(&l->text[i]));
		if (o.format == CONN_LOG_TSV)
			logs_read(l, i);
		if (o.format == CONN_LOG_TSV)
			ck_assert_uint_eq(l->n[i], l->outcome.records[i]);
	}
}

void
logs_clear(struct logs *l)
{
	unsigned i;

	for (i = 0; i < RESULT_MAX_SENSORS; i++) {
		buf_clear(&l->text[i]);
		free(l->row[i]);
	}
	buf_clear(&l->truth);
}

static int
logs_number_order(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

struct logs_difference
logs_compare(const struct logs *l)
{
	struct logs_difference d = { 0 };
	int64_t *offsets = calloc(l->n[0] + 1, sizeof(*offsets));
	size_t i = 0, j = 0;

	ck_assert_ptr_nonnull(offsets);
	while (i < l->n[0] || j < l->n[1]) {
		const struct logs_row *a = &l->row[0][i], *b = &l->row[1][j];
		int c = i == l->n[0] ? 1
		    : j == l->n[1]   ? -1
				     : strcmp(a->tuple, b->tuple);

		if (c < 0) {
			d.only_a++;
			i++;
			continue;
		}
		if (c > 0) {
			d.only_b++;
			j++;
			continue;
		}
		offsets[d.paired++] = b->start_us - a->start_us;
		if (a->orig_pkts != b->orig_pkts ||
		    a->resp_pkts != b->resp_pkts)
			d.damaged++;
		i++;
		j++;
	}
	qsort(offsets, d.paired, sizeof(*offsets), logs_number_order);
	if (d.paired > 0)
		d.median_us = offsets[d.paired / 2];
	free(offsets);
	return d;
}

size_t
logs_count(const struct logs *l, unsigned sensor, logs_match *match)
{
	size_t i, n = 0;

	for (i = 0; i < l->n[sensor]; i++)
		n += match(l, &l->row[sensor][i]);
	return n;
}

double
logs_start(const struct logs *l, const struct logs_row *r)
{
	return (double)(r->start_us - l->plan.start_us) / 1e6;
}

double
logs_end(const struct logs *l, const struct logs_row *r)
{
	return logs_start(l, r) + (double)r->duration_us / 1e6;
}

bool
logs_in_window(const struct logs *l, const struct logs_row *r)
{
	int64_t from = l->plan.faults[0].from_us + US_PER_S;
	int64_t to = l->plan.faults[0].to_us;

	return r->start_us >= from &&
	    (to == INT64_MAX || r->start_us + r->duration_us < to - US_PER_S);
}
