/*
 * Asks all sensors of all groups of a configuration about one window, at once
 * and on one thread, compares and judges each group when it has answered:
 *	pull_many CONFIG RULES FROM TO
 * Prints sensors that answered and that did not, seconds elapsed, seconds of
 * this process's own CPU, bytes on the wire, and findings.
 */
#include <sys/resource.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "pipeline/ask.h"
#include "pipeline/verdict.h"
#include "sys/rulelist.h"

struct many {
	struct ssh *ssh;
	struct rules *rules;
	unsigned answered, failed;
	size_t findings;
};

struct many_group {
	struct many *many;
	const struct config_group *group;
	struct remote_target target[RESULT_MAX_SENSORS]; /* owned */
	struct ask *ask;                                 /* owned */
};

static double
many_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
many_cpu(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
many_must(bool ok, const char *what, const struct diag *d)
{
	if (ok)
		return;
	(void)fprintf(stderr, "pull_many: %s: %s\n", what, d->text);
	exit(2);
}

static void
many_judge(struct many_group *g, struct collect *c)
{
	const struct config_group *cg = g->group;
	struct verdict_sensor sensors[RESULT_MAX_SENSORS];
	const struct compare_options co = { .nsensors = cg->nmembers,
		.relation = cg->relation,
		.width_us = cg->width_us };
	struct diag d = DIAG_INIT;
	struct verdict v = { .sensors = sensors, .rules = g->many->rules };
	struct result r;
	size_t i;

	memset(sensors, 0, sizeof(sensors));
	memset(&r, 0, sizeof(r));
	r.nsensors = cg->nmembers;
	r.width_us = cg->width_us;
	for (i = 0; i < cg->nmembers; i++) {
		collect_state(c, i, &sensors[i].log);
		sensors[i].group = cg->head.name;
		(void)snprintf(r.sensors[i].name, RESULT_NAME_MAX, "%s",
		    cg->member[i]->head.name);
		if (sensors[i].log.failed == NULL) {
			g->many->answered++;
			continue;
		}
		g->many->failed++;
		(void)fprintf(stderr, "pull_many: %s: %s\n", r.sensors[i].name,
		    sensors[i].log.failed);
	}
	v.compare = compare_new(&co);
	v.result = &r;
	many_must(v.compare != NULL && verdict_add_answers(&v, c, &d) &&
		verdict_reach(&v, &d),
	    cg->head.name, &d);
	g->many->findings += r.nfindings;
	result_clear(&r);
	compare_free(v.compare);
}

static void
many_done(struct ask *a, void *arg)
{
	struct many_group *g = arg;
	struct diag d = DIAG_INIT;
	struct collect *c = ask_answers(a, &d);

	many_must(c != NULL, g->group->head.name, &d);
	many_judge(g, c);
	ask_free(a);
	g->ask = NULL;
}

static void
many_start(struct many_group *g, int64_t from_us, int64_t to_us)
{
	const struct config_group *cg = g->group;
	const struct remote_target *targets[RESULT_MAX_SENSORS];
	const struct collect_options co = { .nsensors = cg->nmembers,
		.relation = cg->relation,
		.from_us = from_us,
		.to_us = to_us,
		.width_us = cg->width_us,
		.settle_us = cg->settle_us,
		.seed = UINT64_C(0x1d) };
	struct diag d = DIAG_INIT;
	size_t i;

	for (i = 0; i < cg->nmembers; i++) {
		many_must(
		    remote_target_make(&g->target[i], cg->member[i], NULL, &d),
		    cg->member[i]->head.name, &d);
		targets[i] = &g->target[i];
	}
	g->ask = ask_start(g->many->ssh, &co, targets, many_done, g, &d);
	many_must(g->ask != NULL, cg->head.name, &d);
}

static void
many_run(const struct config *config, struct many *m, const char *from,
    const char *to)
{
	struct many_group *groups = calloc(config->ngroups, sizeof(*groups));
	struct diag d = DIAG_INIT;
	double begun = many_seconds();
	size_t i, k;

	m->ssh = ssh_new(NULL, &d);
	many_must(m->ssh != NULL && groups != NULL, "memory", &d);
	for (i = 0; i < config->ngroups; i++) {
		groups[i].many = m;
		groups[i].group = &config->groups[i];
		many_start(&groups[i], strtoll(from, NULL, 10) * US_PER_S,
		    strtoll(to, NULL, 10) * US_PER_S);
	}
	ssh_run(m->ssh);
	(void)printf("%u %u %.3f %.3f %" PRIu64 " %zu\n", m->answered,
	    m->failed, many_seconds() - begun, many_cpu(),
	    ssh_wire_bytes(m->ssh), m->findings);
	ssh_free(m->ssh);
	for (i = 0; i < config->ngroups; i++)
		for (k = 0; k < groups[i].group->nmembers; k++)
			remote_target_clear(&groups[i].target[k]);
	free(groups);
}

int
main(int argc, char **argv)
{
	static struct config_errors errors;
	struct config config;
	struct diag d = DIAG_INIT;
	struct many m = { .answered = 0 };
	const char *rules[1];

	if (argc != 5) {
		(void)fputs("usage: pull_many CONFIG RULES FROM TO\n", stderr);
		return 2;
	}
	rules[0] = argv[2];
	many_must(
	    config_load(argv[1], &config, &errors), argv[1], &errors.v[0].d);
	m.rules = rulelist_compile(rules, 1, &d);
	many_must(m.rules != NULL, argv[2], &d);
	many_run(&config, &m, argv[3], argv[4]);
	rules_free(m.rules);
	config_clear(&config);
	return 0;
}
