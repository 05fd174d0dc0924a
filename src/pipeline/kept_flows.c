#include <stdlib.h>
#include <string.h>
#include "pipeline/kept_flows.h"

static struct span
kept_flows_text(struct span s, char **at)
{
	struct span kept = { *at, s.n };

	if (s.n > 0)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return kept;
}

struct flow *
kept_flows_copy(const struct flow *f)
{
	struct flow *c =
	    malloc(sizeof(*c) + f->uid.n + f->service.n + f->history.n);
	char *at;

	if (c == NULL)
		return NULL;
	*c = *f;
	at = (char *)(c + 1);
	c->uid = kept_flows_text(f->uid, &at);
	c->service = kept_flows_text(f->service, &at);
	c->history = kept_flows_text(f->history, &at);
	c->line = (struct span){ NULL, 0 };
	return c;
}

void
kept_flows_add(struct kept_flows *k, const struct flow *f)
{
	struct flow **more;
	size_t cap = k->cap == 0 ? 256 : 2 * k->cap;

	if (k->n == k->cap) {
		more = realloc(k->v, cap * sizeof(*more));
		k->failed = k->failed || more == NULL;
		if (more == NULL)
			return;
		k->v = more;
		k->cap = cap;
	}
	k->v[k->n] = kept_flows_copy(f);
	if (k->v[k->n] == NULL)
		k->failed = true;
	else
		k->n++;
}

static int
kept_flows_compare(const void *a, const void *b)
{
	const struct flow *x = *(struct flow *const *)a;
	const struct flow *y = *(struct flow *const *)b;
	size_t n = x->uid.n < y->uid.n ? x->uid.n : y->uid.n;
	int c;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	c = n == 0 ? 0 : memcmp(x->uid.p, y->uid.p, n);
	if (c != 0)
		return c;
	if (x->uid.n != y->uid.n)
		return x->uid.n < y->uid.n ? -1 : 1;
	return (x->duration_us > y->duration_us) -
	    (x->duration_us < y->duration_us);
}

void
kept_flows_sort(struct kept_flows *k)
{
	size_t i, n = 0;

	if (k->n > 0)
		qsort(k->v, k->n, sizeof(*k->v), kept_flows_compare);
	for (i = 0; i < k->n; i++) {
		if (n > 0 && k->v[i]->uid.n > 0 &&
		    kept_flows_compare(&k->v[n - 1], &k->v[i]) == 0)
			free(k->v[i]);
		else
			k->v[n++] = k->v[i];
	}
	k->n = n;
}

void
kept_flows_clear(struct kept_flows *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		free(k->v[i]);
	free(k->v);
	*k = (struct kept_flows){ NULL, 0, 0, false };
}
