/*
 * Rules, their expressions in SQLite, norms and incidents without memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge/explain.h"
#include "judge/incident.h"
#include "judge/norm.h"
#include "judge/rule.h"
#include "memory.h"
#include "unit.h"

#define WIDTH (60 * US_PER_S)
#define START (1764000000 * US_PER_S)
#define ROWS 6

static char *
judge_text(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = malloc(n);

	if (p != NULL)
		memcpy(p, s, n);
	return p;
}

/* As a reader of files makes them: whole, or none at all. */
static bool
judge_rules(struct rule rules[2])
{
	static const char *const when[] = { "missing > 5 AND missing_share > "
					    "0.05",
		"missing > 5 AND packet_loss > 0.001" };
	bool ok = true;
	size_t i;

	for (i = 0; i < 2; i++) {
		rules[i] = (struct rule){ .name = judge_text(
					      i == 0 ? "first" : "second"),
			.when = judge_text(when[i]),
			.summary = judge_text("{sensor} lacks {missing}"),
			.share = judge_text("missing_share"),
			.file = judge_text("x.yaml"),
			.severity = SEVERITY_WARNING,
			.per = EVIDENCE_SENSOR,
			.for_buckets = 1 };
		ok = ok && rules[i].name != NULL && rules[i].when != NULL &&
		    rules[i].summary != NULL && rules[i].share != NULL &&
		    rules[i].file != NULL;
	}
	if (ok)
		return true;
	rule_clear(&rules[0]);
	rule_clear(&rules[1]);
	return false;
}

static void
judge_rows(struct evidence rows[ROWS])
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		struct evidence *e = &rows[i];

		evidence_init(e, EVIDENCE_SENSOR);
		e->start_us = START + (int64_t)i * WIDTH;
		(void)snprintf(e->t[EVT_sensor], EVIDENCE_TEXT_MAX, "B");
		(void)snprintf(e->t[EVT_peer], EVIDENCE_TEXT_MAX, "A");
		e->n[EV_peer_flows] = 100;
		e->n[EV_missing] = i < 4 ? 10 : 0;
		e->n[EV_missing_share] = i < 4 ? 0.1 : 0;
	}
}

static bool
judge_explain(struct memory_run *r, const struct rules *rs,
    const struct finding *f, const struct evidence *rows)
{
	struct explain_rule out[2];
	bool ok = explain_finding(rs, f, rows, ROWS, out, &r->why);

	if (ok)
		memory_mix(r, out[0].held);
	explain_clear(out, 2);
	return ok;
}

static bool
judge_findings(struct memory_run *r)
{
	struct finding *found = NULL;
	struct evidence rows[ROWS];
	struct rules *rs = NULL;
	struct rule rules[2];
	size_t n = 0, i;
	bool ok = judge_rules(rules);

	judge_rows(rows);
	if (ok) {
		rs = rules_new(rules, 2, &r->why);
		ok = rs != NULL &&
		    rules_judge(rs, rows, ROWS, WIDTH, &found, &n, &r->why);
	} else
		diag_set(&r->why, "out of memory");
	for (i = 0; ok && i < n; i++) {
		memory_mix_bytes(r, found[i].rule, strlen(found[i].rule));
		memory_mix_bytes(r, found[i].summary, strlen(found[i].summary));
		memory_mix(r, (uint64_t)(found[i].to_us - found[i].from_us));
	}
	memory_mix(r, n);
	ok = ok && (n == 0 || judge_explain(r, rs, &found[0], rows));
	free(found);
	rules_free(rs);
	return ok;
}

START_TEST(rules_say_that_memory_ran_out_or_are_right)
{
	memory_with_sqlite();
	memory_everywhere(judge_findings, MEMORY_SAYS_WHY);
}
END_TEST

static bool
judge_incidents(struct memory_run *r)
{
	struct incident_list l = { 0 };
	struct incident_cycle c = { .width_us = WIDTH,
		.full = true,
		.compared = 1,
		.quiet_buckets = 2 };
	struct finding f[20];
	bool ok = true;
	size_t i, k;

	memset(f, 0, sizeof(f));
	for (i = 0; i < ARRAY_LEN(f); i++) {
		(void)snprintf(f[i].rule, sizeof(f[i].rule), "rule-%zu", i);
		(void)snprintf(f[i].sensor, sizeof(f[i].sensor), "B");
	}
	for (k = 0; ok && k < 6; k++) {
		c.start_us = START + (int64_t)k * WIDTH;
		c.end_us = c.now_us = c.start_us + WIDTH;
		for (i = 0; i < ARRAY_LEN(f); i++) {
			f[i].from_us = c.start_us;
			f[i].to_us = c.end_us;
		}
		ok = incident_run(&l, &c, f, k < 3 ? ARRAY_LEN(f) : 0);
		for (i = 0; ok && i < l.nchanges; i++)
			memory_mix(r, l.change[i].event);
	}
	memory_mix(r, l.n);
	incident_clear(&l);
	return ok;
}

START_TEST(incidents_say_that_memory_ran_out_or_are_right)
{
	memory_everywhere(judge_incidents, MEMORY_SILENT);
}
END_TEST

static bool
judge_norm(struct memory_run *r)
{
	static struct norm_sample s[400];
	static struct norm_week w;
	size_t i;
	bool ok;

	for (i = 0; i < ARRAY_LEN(s); i++)
		s[i] = (struct norm_sample){ START +
			    (int64_t)(i * 1801) * US_PER_S,
			(double)(i % 17) / 1000 };
	ok = norm_learn(s, ARRAY_LEN(s), &w);
	if (ok)
		memory_mix_bytes(r, &w, sizeof(w));
	return ok;
}

START_TEST(norms_say_that_memory_ran_out_or_are_right)
{
	memory_everywhere(judge_norm, MEMORY_SILENT);
}
END_TEST

Suite *
unit_suite(void)
{
	Suite *s = suite_create("memory_judge");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, rules_say_that_memory_ran_out_or_are_right);
	tcase_add_test(tc, incidents_say_that_memory_ran_out_or_are_right);
	tcase_add_test(tc, norms_say_that_memory_ran_out_or_are_right);
	suite_add_tcase(s, tc);
	return s;
}
