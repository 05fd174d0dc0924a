/*
 * Rows of a group: all its sensors together against the usual of the time
 * around a bucket.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/measure_state.h"

/* A bucket that all logs of the group cover, with the flows that are logged
 * late: what ends shortly before a log does is not in it yet. */
static bool
measure_is_settled(const struct measure *m, size_t i, const char *group)
{
	int64_t end = compare_get(m->c, i)->start_us + m->r->width_us;
	size_t s;

	for (s = 0; s < m->r->nsensors; s++)
		if (strcmp(m->sensors[s].group, group) == 0 &&
		    (m->r->buckets[i].gaps[s] != 0 ||
			compare_get(m->c, i)->start_us <
			    m->logs[s].begin_us + MEASURE_RISE_US ||
			end + MEASURE_TAIL_US > m->logs[s].mark_us))
			return false;
	return true;
}

/* How far sensor s is below its usual: median and spread of the settled
 * buckets around i. False where these are too few. */
static bool
measure_drop(const struct measure *m, size_t i, size_t s, double *tmp,
    double *share, double *sigma)
{
	size_t n = compare_nbuckets(m->c), k = 0, j;
	double now = (double)compare_get(m->c, i)->flows[s], usual, spread;

	for (j = i > MEASURE_AROUND ? i - MEASURE_AROUND : 0;
	     j < n && j <= i + MEASURE_AROUND; j++)
		if (measure_is_settled(m, j, m->sensors[s].group))
			tmp[k++] = (double)compare_get(m->c, j)->flows[s];
	if (k < MEASURE_MIN_AROUND)
		return false;
	usual = measure_median(tmp, k);
	for (j = 0; j < k; j++)
		tmp[j] = fabs(tmp[j] - usual);
	/* 1.4826 MAD is the deviation of a normal distribution */
	spread = fmax(1.4826 * measure_median(tmp, k), sqrt(usual));
	*share = usual > 0 ? (usual - now) / usual : 0;
	*sigma = spread > 0 ? (usual - now) / spread : 0;
	return true;
}

/* The usual of each outside network of sensor s, over the settled buckets from
 * `from` on, a stretch of MEASURE_AROUND and as many on either side. */
static void
measure_usual_nets(const struct measure *m, size_t from, size_t s, double *tmp,
    double usual[NETS_MAX])
{
	size_t n = compare_nbuckets(m->c), j, k, net;
	size_t first = from > MEASURE_AROUND ? from - MEASURE_AROUND : 0;

	for (net = 0; net < NETS_MAX; net++) {
		for (k = 0, j = first; j < n && j < from + 2 * MEASURE_AROUND;
		     j++)
			if (measure_is_settled(m, j, m->sensors[s].group) &&
			    compare_get(m->c, j)->nets[s] != NULL)
				tmp[k++] = compare_get(m->c, j)->nets[s][net];
		usual[net] =
		    k < MEASURE_MIN_AROUND ? 0 : measure_median(tmp, k);
	}
}

/* Networks that had flows all along and have none now, at every sensor. */
static void
measure_vanished(const struct measure *m, size_t i, const char *group,
    double (*usual)[NETS_MAX], struct evidence *e)
{
	double gone = 0, all = 0, nets = 0;
	size_t s, net, first = RESULT_MAX_SENSORS, at = 0;

	for (net = 0; net < NETS_MAX; net++) {
		bool vanished = true;

		for (s = m->r->nsensors; s-- > 0;) {
			const uint32_t *now = compare_get(m->c, i)->nets[s];

			if (strcmp(m->sensors[s].group, group) != 0)
				continue;
			first = s;
			vanished = vanished && usual[s][net] >= 8 &&
			    (now == NULL || now[net] <= 0.1 * usual[s][net]);
		}
		if (first == RESULT_MAX_SENSORS)
			return;
		all += usual[first][net];
		gone += vanished ? usual[first][net] : 0;
		nets += vanished;
		/* IPv6 networks are counted, but have no name here */
		if (vanished && net < 256 && at + 20 < EVIDENCE_TEXT_MAX)
			at += (size_t)snprintf(e->t[EVT_value] + at,
			    EVIDENCE_TEXT_MAX - at, "%s%zu.0.0.0/8",
			    at > 0 ? ", " : "", net);
	}
	e->n[EV_vanished_share] = measure_share(gone, all);
	e->n[EV_vanished_nets] = nets;
	if (at > 0)
		(void)snprintf(e->t[EVT_facet], EVIDENCE_TEXT_MAX, "%s",
		    facet_name(FACET_REMOTE_NET));
}

static bool
measure_group_bucket(struct measure *m, size_t i, const char *group,
    double (*usual)[NETS_MAX], double *tmp)
{
	double least = 1, sigma = INFINITY, share, far, flows = 0;
	struct evidence *e;
	unsigned members = 0;
	size_t s;

	for (s = 0; s < m->r->nsensors; s++) {
		if (strcmp(m->sensors[s].group, group) != 0)
			continue;
		if (!measure_drop(m, i, s, tmp, &share, &far))
			return true;
		members++;
		least = fmin(least, share);
		sigma = fmin(sigma, far);
		flows += (double)compare_get(m->c, i)->flows[s];
	}
	e = measure_row(m, EVIDENCE_GROUP);
	if (e == NULL)
		return false;
	e->start_us = compare_get(m->c, i)->start_us;
	(void)snprintf(e->t[EVT_sensor], EVIDENCE_TEXT_MAX, "all sensors%s%s",
	    group[0] == '\0' ? "" : " of ", group);
	e->n[EV_width] = measure_seconds(m->r->width_us);
	e->n[EV_edge] = 0;
	e->n[EV_flows] = flows;
	e->n[EV_peer_flows] = least < 1 ? flows / (1 - least) : flows;
	e->n[EV_group_sensors] = members;
	e->n[EV_drop_share] = least;
	e->n[EV_drop_sigma] = sigma;
	measure_vanished(m, i, group, usual, e);
	return true;
}

bool
measure_groups(struct measure *m)
{
	size_t n = compare_nbuckets(m->c), i, s, k;
	double *tmp = calloc(n + 1, sizeof(*tmp));
	double(*usual)[NETS_MAX] = calloc(m->r->nsensors + 1, sizeof(*usual));
	bool ok = tmp != NULL && usual != NULL;

	for (s = 0; ok && s < m->r->nsensors; s++) {
		const char *group = m->sensors[s].group;
		unsigned first = 0, members = 0;

		for (k = 0; k < m->r->nsensors; k++) {
			bool in = strcmp(m->sensors[k].group, group) == 0;

			members += in;
			first += in && k < s;
		}
		if (first > 0 || members < 2)
			continue;
		for (i = 0; ok && i < n; i++) {
			for (k = 0; k < m->r->nsensors; k++)
				if (i % MEASURE_AROUND == 0 &&
				    strcmp(m->sensors[k].group, group) == 0)
					measure_usual_nets(
					    m, i, k, tmp, usual[k]);
			if (measure_is_settled(m, i, group))
				ok = measure_group_bucket(
				    m, i, group, usual, tmp);
		}
	}
	free(usual);
	free(tmp);
	return ok;
}
