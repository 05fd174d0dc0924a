/*
 * A pair's norm is learned from its own buckets, once a day and at the start.
 * Before there is a day of them it has none, which is said once.
 */
#include "crosstapd/daemon.h"
#include "store/roster.h"

#define NORM_EVERY_US (86400 * US_PER_S)
#define NORM_WINDOW_US (28 * 86400 * US_PER_S)
/* So many deviations above the median are still usual; 1.4826 makes a median
 * deviation comparable to a standard one (Rousseeuw and Croux 1993). */
#define NORM_DEVIATIONS (6 * 1.4826)

static void
norm_say(const struct group *g, const char *a, const char *b,
    const struct norm_week *w)
{
	const struct norm *all = &w->slot[NORM_ALL];
	struct norm_week none = { 0 };
	struct log_line line;
	struct norm now;

	log_begin(&line, &g->daemon->log, LOG_EVENTS, "norm");
	log_text(&line, "group", g->config->head.name);
	log_text(&line, "a", a);
	log_text(&line, "b", b);
	log_number(&line, "buckets", (double)all->n);
	if (all->n > 0) {
		log_number(&line, "median", all->median);
		log_number(&line, "mad", all->mad);
	} else
		log_text(
		    &line, "text", norm_basis_text(norm_get(&none, 0, &now)));
	log_end(&line);
}

void
group_learn(struct group *g)
{
	const struct config_group *c = g->config;
	int64_t now = daemon_now(g->daemon);
	struct store *st = g->daemon->store;
	struct diag d = DIAG_INIT;
	size_t a, b, p = 0;

	if (now - g->learned_us < NORM_EVERY_US)
		return;
	g->learned_us = now;
	for (a = 0; a < c->nmembers; a++)
		for (b = a + 1; b < c->nmembers; b++, p++) {
			const char *x = c->member[a]->head.name;
			const char *y = c->member[b]->head.name;

			if (store_norm_learn(st, c->head.name, x, y,
				now - NORM_WINDOW_US, now, &d) != STORE_OK ||
			    store_norm(st, c->head.name, x, y, &g->norm[p],
				&d) != STORE_OK) {
				log_say(&g->daemon->log, LOG_WARNINGS, "store",
				    "%s", d.text);
				return;
			}
			norm_say(g, x, y, &g->norm[p]);
		}
}

void
group_limits(const struct group *g, int64_t at_us, double limit[])
{
	size_t n = g->config->nmembers, pairs = n * (n - 1) / 2, p;
	struct norm usual;

	for (p = 0; p < pairs; p++)
		limit[p] = norm_get(&g->norm[p], at_us, &usual) == NORM_NONE
		    ? 0
		    : usual.median + NORM_DEVIATIONS * usual.mad;
}
