/*
 * crosstap rules test: labelled logs go through the rules, and what is said is
 * counted against what is expected. A folder holds truth.json and the logs; a
 * sensor whose log it has not is taken from the folder "healthy" beside it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "crosstap/command.h"
#include "crosstap/rules_cmd.h"
#include "crosstap/truth_read.h"

#define RULES_TEST_PATH 4096
#define RULES_TEST_TRUTH_BYTES 65536

struct rules_test {
	const struct rules_options *opt; /* borrowed */
	struct rules *rules;             /* owned */
	unsigned folders, right, wrong;
	/* [expected][said]; the last of both is nothing */
	unsigned count[RULE_MAX + 1][RULE_MAX + 1];
};

static bool
rules_test_join(char out[RULES_TEST_PATH], const char *a, const char *b)
{
	int n = snprintf(out, RULES_TEST_PATH, "%s/%s", a, b);

	return n > 0 && n < RULES_TEST_PATH;
}

static size_t
rules_test_index(const struct rules *rs, const char *name)
{
	size_t i;

	for (i = 0; i < rules_count(rs); i++)
		if (strcmp(rules_get(rs, i)->name, name) == 0)
			break;
	return i;
}

static bool
rules_test_truth(const char *dir, struct truth_read *t, struct diag *d)
{
	char path[RULES_TEST_PATH], *text = malloc(RULES_TEST_TRUTH_BYTES);
	struct diag why = DIAG_INIT;
	FILE *f = NULL;
	size_t n;
	bool ok = false;

	if (text == NULL || !rules_test_join(path, dir, "truth.json"))
		goto out;
	f = fopen(path, "re");
	if (f == NULL) {
		diag_set(d,
		    "%s: cannot be read; wanted a folder of labelled "
		    "logs",
		    path);
		goto out;
	}
	n = fread(text, 1, RULES_TEST_TRUTH_BYTES, f);
	ok = n < RULES_TEST_TRUTH_BYTES &&
	    truth_read((struct span){ text, n }, t, &why);
	if (!ok)
		diag_set(d, "%s: %s", path,
		    why.text[0] == '\0' ? "is too long" : why.text);
out:
	if (f != NULL)
		(void)fclose(f);
	free(text);
	return ok;
}

static int
rules_test_is_log(const struct dirent *e)
{
	return strstr(e->d_name, ".conn.log") != NULL;
}

static bool
rules_test_same_sensor(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");

	return n == strcspn(b, ".") && strncmp(a, b, n) == 0;
}

/* The logs below dir that are not yet in the list: owned by the caller, in
 * order of name. */
static size_t
rules_test_logs(const char *dir, char *logs[], size_t n)
{
	struct dirent **e;
	int k = scandir(dir, &e, rules_test_is_log, alphasort), i;
	char path[RULES_TEST_PATH];
	size_t j;

	for (i = 0; i < k; i++) {
		for (j = 0; j < n; j++)
			if (rules_test_same_sensor(
				strrchr(logs[j], '/') + 1, e[i]->d_name))
				break;
		if (j == n && n < RESULT_MAX_SENSORS &&
		    rules_test_join(path, dir, e[i]->d_name) &&
		    (logs[n] = strdup(path)) != NULL)
			n++;
		free(e[i]);
	}
	if (k >= 0)
		free(e);
	return n;
}

static int
rules_test_by_name(const void *a, const void *b)
{
	char *const *x = a, *const *y = b;

	return strcmp(strrchr(*x, '/'), strrchr(*y, '/'));
}

static const char *
rules_test_said(const struct result *r, const struct truth_expected *t)
{
	const char *said = NULL;
	size_t i;

	for (i = 0; i < r->nfindings; i++) {
		const struct finding *f = &r->findings[i];

		if (!truth_covers(t, f, r->width_us))
			continue;
		if (strcmp(f->rule, t->rule) == 0)
			return f->rule;
		if (said == NULL)
			said = f->rule;
	}
	return said;
}

/* Whether a truth accounts for the finding. */
static bool
rules_test_is_expected(
    const struct truth_read *t, const struct result *r, const struct finding *f)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (truth_covers(&t->expected[i], f, r->width_us) &&
		    (strcmp(t->expected[i].rule, f->rule) == 0 ||
			rules_test_said(r, &t->expected[i]) == f->rule))
			return true;
	return false;
}

static void
rules_test_count(struct rules_test *t, const char *dir, const char *expected,
    const char *said, const struct finding *f)
{
	size_t none = rules_count(t->rules);
	size_t i =
	    expected == NULL ? none : rules_test_index(t->rules, expected);
	size_t j = said == NULL ? none : rules_test_index(t->rules, said);

	t->count[i][j]++;
	if (i == j && (i < none || expected == said)) {
		t->right++;
		return;
	}
	t->wrong++;
	(void)printf("%s: expected %s, said %s%s%s\n", dir,
	    expected == NULL ? "nothing" : expected,
	    said == NULL ? "nothing" : said, f == NULL ? "" : ": ",
	    f == NULL ? "" : f->summary);
}

static void
rules_test_score(struct rules_test *t, const char *dir,
    const struct truth_read *truth, const struct result *r)
{
	bool extra = false;
	size_t i;

	for (i = 0; i < truth->n; i++)
		rules_test_count(t, dir, truth->expected[i].rule,
		    rules_test_said(r, &truth->expected[i]), NULL);
	for (i = 0; i < r->nfindings; i++) {
		if (rules_test_is_expected(truth, r, &r->findings[i]))
			continue;
		extra = true;
		rules_test_count(
		    t, dir, NULL, r->findings[i].rule, &r->findings[i]);
	}
	if (truth->n == 0 && !extra)
		rules_test_count(t, dir, NULL, NULL, NULL);
}

static bool
rules_test_folder(struct rules_test *t, const char *dir, struct diag *d)
{
	struct truth_read truth;
	struct diff_options opt = t->opt->diff;
	struct diff_run run = { .opt = &opt, .rules = t->rules };
	char *logs[RESULT_MAX_SENSORS], beside[RULES_TEST_PATH];
	size_t n, i;
	bool ok = false;

	if (!rules_test_truth(dir, &truth, d))
		return false;
	n = rules_test_logs(dir, logs, 0);
	if (n == 1 &&
	    rules_test_join(
		beside, dir, truth.subset ? "../subset-healthy" : "../healthy"))
		n = rules_test_logs(beside, logs, n);
	qsort(logs, n, sizeof(*logs), rules_test_by_name);
	opt.operands = (struct operands){ logs, n };
	opt.relation = truth.subset ? RELATION_SUBSET : RELATION_MIRROR;
	opt.no_progress = true;
	run.seed = diff_run_seed(&opt);
	if (n < 2)
		diag_set(d,
		    "%s: %zu logs; wanted *.conn.log of two sensors or "
		    "more",
		    dir, n);
	else if (diff_run(&run, d)) {
		ok = true;
		t->folders++;
		rules_test_score(t, dir, &truth, &run.result);
		result_clear(&run.result);
	}
	for (i = 0; i < n; i++)
		free(logs[i]);
	return ok;
}

static char
rules_test_letter(size_t i)
{
	return (char)(i < 26 ? 'a' + (int)i : 'A' + (int)(i - 26) % 26);
}

/* Rows are what is expected, columns what is said; rules that are neither are
 * left out. */
static void
rules_test_matrix(const struct rules_test *t)
{
	size_t n = rules_count(t->rules), i, j, used = 0, at[RULE_MAX + 1];

	for (i = 0; i <= n; i++) {
		unsigned sum = 0;

		for (j = 0; j <= n; j++)
			sum += t->count[i][j] + t->count[j][i];
		if (sum > 0)
			at[used++] = i;
	}
	(void)printf("\n%-24s", "expected \\ said");
	for (j = 0; j < used; j++)
		/* cppcheck-suppress uninitvar; set above, up to used */
		(void)printf("%5c", at[j] == n ? '-' : rules_test_letter(j));
	(void)putchar('\n');
	for (i = 0; i < used; i++) {
		(void)printf("%c  %-21s",
		    at[i] == n ? '-' : rules_test_letter(i),
		    at[i] == n ? "nothing" : rules_get(t->rules, at[i])->name);
		for (j = 0; j < used; j++) {
			if (t->count[at[i]][at[j]] == 0)
				(void)printf("%5c", '.');
			else
				(void)printf("%5u", t->count[at[i]][at[j]]);
		}
		(void)putchar('\n');
	}
	(void)printf("\n%u folder%s: %u right, %u wrong\n", t->folders,
	    t->folders == 1 ? "" : "s", t->right, t->wrong);
}

static bool
rules_test_has_truth(const char *dir)
{
	char path[RULES_TEST_PATH];
	struct stat st;

	return rules_test_join(path, dir, "truth.json") && stat(path, &st) == 0;
}

/* A folder of labelled logs, or one of such folders. */
static bool
rules_test_operand(struct rules_test *t, const char *dir, struct diag *d)
{
	char path[RULES_TEST_PATH];
	struct dirent **e;
	int n, i, found = 0;
	bool ok = true;

	if (rules_test_has_truth(dir))
		return rules_test_folder(t, dir, d);
	n = scandir(dir, &e, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (ok && e[i]->d_name[0] != '.' &&
		    rules_test_join(path, dir, e[i]->d_name) &&
		    rules_test_has_truth(path)) {
			found++;
			ok = rules_test_folder(t, path, d);
		}
		free(e[i]);
	}
	if (n >= 0)
		free(e);
	if (ok && found == 0) {
		diag_set(d,
		    "%s: wanted a folder with truth.json and logs, or "
		    "one of such folders",
		    dir);
		ok = false;
	}
	return ok;
}

int
rules_test(const struct rules_options *opt, const struct operands *left)
{
	struct rules_test *t = calloc(1, sizeof(*t));
	struct diag d = DIAG_INIT;
	int status = EXIT_TROUBLE;
	size_t i;

	if (t == NULL)
		return EXIT_TROUBLE;
	t->opt = opt;
	t->rules = rulelist_compile(&opt->dir, 1, &d);
	for (i = 0; t->rules != NULL && i < left->n; i++)
		if (!rules_test_operand(t, left->item[i], &d))
			break;
	if (t->rules != NULL && i == left->n) {
		rules_test_matrix(t);
		status = t->wrong == 0 ? EXIT_AGREE : EXIT_FINDINGS;
	}
	if (d.text[0] != '\0')
		(void)fprintf(stderr, "crosstap rules: %s\n", d.text);
	rules_free(t->rules);
	free(t);
	return status;
}
